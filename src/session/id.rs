//! The identifier of a session: a bearer secret.

use std::fmt;

use uuid::Uuid;

/// A session's identifier, a random UUID (version 4). Whoever has it is the client, so it is never logged whole:
/// `Debug` shows 8 characters, and only [`Sid::secret`] shows all.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sid(Uuid);

impl Sid {
    /// Wraps a UUID that its maker vouches to be random.
    pub fn new(uuid: Uuid) -> Self {
        Sid(uuid)
    }

    /// Reads the hyphenated form, in either case, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 36 {
            return None;
        }
        Uuid::try_parse(text).ok().map(Sid)
    }

    /// All 36 characters, for the client alone.
    pub fn secret(&self) -> String {
        self.0.to_string()
    }

    /// A number to spread sessions over shards by: random, so no hash is needed.
    pub fn spread(&self) -> u64 {
        self.0.as_u64_pair().1
    }
}

impl fmt::Debug for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string();
        f.write_str(&text[..8])
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The public name of a session's client: other clients may see it, and learn nothing from it. 16 hexadecimal digits.
///
/// ```
/// use everwire::PeerId;
///
/// let id = PeerId::parse("0123456789abcdef").unwrap();
/// assert_eq!(id.to_string(), "0123456789abcdef");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerId(u64);

impl PeerId {
    /// Wraps a number that its maker vouches to be random.
    ///
    /// ```
    /// # use everwire::PeerId;
    /// assert_eq!(PeerId::new(255).to_string(), "00000000000000ff");
    /// ```
    pub fn new(random: u64) -> Self {
        PeerId(random)
    }

    /// Reads what `Display` writes.
    ///
    /// ```
    /// # use everwire::PeerId;
    /// assert_eq!(PeerId::parse("00000000000000ff"), Some(PeerId::new(255)));
    /// assert_eq!(PeerId::parse("ff"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !digits {
            return None;
        }
        u64::from_str_radix(text, 16).ok().map(PeerId)
    }
}

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

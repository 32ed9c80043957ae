//! One JSON object of the protocol as a table from its known keys to their raw values.
//!
//! One pass of a serde visitor fills it; nothing below the object's own level is built. Every key is watched
//! for a second appearance, an unknown one too: where two parsers on the way disagree about which of two equal
//! keys counts, something has been smuggled past one of them.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::malformed::{Malformed, Reason};
use super::{Bounds, MAX_INTEGER};

macro_rules! keys {
    ($($key:ident = $text:literal,)*) => {
        /// The keys that the protocol knows: the kinds first, then what stands beside or below them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Key { $($key,)* }

        impl Key {
            const ALL: &[Self] = &[$(Self::$key,)*];

            fn of(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$key),)*
                    _ => None,
                }
            }

            pub(super) fn text(self) -> &'static str {
                match self {
                    $(Self::$key => $text,)*
                }
            }
        }
    };
}

keys! {
    Event = "event", Reply = "reply", Ack = "ack", Ping = "ping", Pong = "pong", From = "from",
    Join = "join", Leave = "leave", Connect = "connect", Disconnect = "disconnect", Auth = "auth",
    Open = "open", Resume = "resume", Attach = "attach", Close = "close",
    Error = "error", Joined = "joined", Left = "left", Lost = "lost", Moved = "moved", Drain = "drain",
    Data = "data", Id = "id", Ns = "ns", Room = "room", Binary = "binary",
    Since = "since", Epoch = "epoch", At = "at", Nonce = "key", Session = "session",
    After = "after", Turn = "turn", Code = "code", Message = "message", Reason = "reason",
}

/// The kinds of either side, as a set of bits.
const KINDS: u64 = Key::Drain.bit() * 2 - 1;

/// The set of bits has room for every key.
const _: () = assert!(Key::ALL.len() <= 64);

impl Key {
    pub(super) const fn bit(self) -> u64 {
        1 << self as u32
    }
}

/// The known keys of one object.
pub(super) struct Fields<'a> {
    values: [Option<&'a RawValue>; Key::ALL.len()],
    seen: u64,
    /// The key below which the object stands; none for the packet itself.
    below: Option<Key>,
    /// Where the packet's text begins in memory, so that a value's position can be told from its own address.
    origin: usize,
}

impl<'a> Fields<'a> {
    /// Reads a packet, trimmed of the space around it.
    pub(super) fn of_packet(text: &'a str) -> Result<Self, Malformed> {
        if !text.starts_with('{') {
            return Err(no_object(text));
        }
        Self::read(text, None, text.as_ptr().addr())
    }

    fn read(text: &'a str, below: Option<Key>, origin: usize) -> Result<Self, Malformed> {
        let mut fields = Self { values: [None; Key::ALL.len()], seen: 0, below, origin };
        let mut repeated = false;
        let mut source = serde_json::Deserializer::from_str(text);
        let reader = Reader { fields: &mut fields, repeated: &mut repeated };
        let outcome = source.deserialize_map(reader).and_then(|()| source.end());
        let Err(fault) = outcome else { return Ok(fields) };
        let place = below.map_or("packet", Key::text);
        if repeated {
            return Err(Malformed::new(
                Reason::Duplicate,
                format!("In the {place}, {fault}: send each key once."),
            ));
        }
        Err(Malformed::syntax(format!("The {place} is not valid JSON: {fault}.")))
    }

    /// The one kind key.
    pub(super) fn kind(&self) -> Result<Key, Malformed> {
        let mut kinds = self.seen & KINDS;
        if self.has(Key::Reply) {
            kinds &= !Key::Error.bit();
        }
        let mut present = Key::ALL.iter().copied().filter(|key| kinds & key.bit() != 0);
        match (present.next(), present.next()) {
            (Some(kind), None) => Ok(kind),
            (Some(one), Some(other)) => Err(Malformed::kind(format!(
                "A packet has exactly one kind, but this one has `{}` and `{}`: send two packets.",
                one.text(),
                other.text()
            ))),
            (None, _) => Err(Malformed::kind(
                "The packet has no kind that this version of the protocol knows: a message is \
                 {\"event\":\"name\",\"data\":…}.",
            )),
        }
    }

    /// Whether there is a kind key other than this one.
    pub(super) fn has_kind_besides(&self, kind: Key) -> bool {
        self.seen & KINDS & !kind.bit() != 0
    }

    pub(super) fn has(&self, key: Key) -> bool {
        self.seen & key.bit() != 0
    }

    /// The value as it was written, `null` included.
    pub(super) fn raw(&self, key: Key) -> Option<&'a RawValue> {
        self.values[key as usize]
    }

    /// An integer from 0 to 2^53 - 1.
    pub(super) fn integer(&self, key: Key) -> Result<Option<u64>, Malformed> {
        self.integer_from(key, 0)
    }

    /// An integer from `least` to 2^53 - 1.
    pub(super) fn integer_from(&self, key: Key, least: u64) -> Result<Option<u64>, Malformed> {
        let Some(raw) = self.raw(key) else { return Ok(None) };
        match integer(raw.get()).filter(|number| *number >= least) {
            Some(number) => Ok(Some(number)),
            None => Err(self.wrong(
                key,
                &format!("an integer from {least} to {MAX_INTEGER}, without a fraction or an exponent"),
            )),
        }
    }

    /// Any string.
    pub(super) fn text(&self, key: Key) -> Result<Option<Cow<'a, str>>, Malformed> {
        let Some(raw) = self.raw(key) else { return Ok(None) };
        let inside = raw.get().strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let Some(inside) = inside else { return Err(self.wrong(key, "a string")) };
        if !inside.contains('\\') {
            return Ok(Some(Cow::Borrowed(inside)));
        }
        match serde_json::from_str::<String>(raw.get()) {
            Ok(text) => Ok(Some(Cow::Owned(text))),
            Err(_) => {
                Err(self.wrong(key, "a string whose escapes all stand for characters, in pairs where due"))
            }
        }
    }

    /// A string that names something.
    pub(super) fn name(&self, key: Key, bounds: &Bounds) -> Result<Option<Cow<'a, str>>, Malformed> {
        let Some(name) = self.text(key)? else { return Ok(None) };
        if name.is_empty() || name.len() > bounds.name {
            return Err(self.wrong(key, &format!("a string of 1 to {} bytes in UTF-8", bounds.name)));
        }
        if name.chars().any(char::is_control) {
            return Err(self.wrong(key, "a string without control characters"));
        }
        Ok(Some(name))
    }

    /// A namespace as it is written.
    pub(super) fn namespace(&self, bounds: &Bounds) -> Result<Option<Cow<'a, str>>, Malformed> {
        let Some(name) = self.name(Key::Ns, bounds)? else { return Ok(None) };
        if !name.starts_with('/') {
            return Err(self.wrong(Key::Ns, "a namespace, which begins with a slash"));
        }
        Ok(Some(name))
    }

    /// An object below this one.
    pub(super) fn object(&self, key: Key) -> Result<Option<Self>, Malformed> {
        let Some(raw) = self.raw(key) else { return Ok(None) };
        if !raw.get().starts_with('{') {
            return Err(self.wrong(key, "an object"));
        }
        Self::read(raw.get(), Some(key), self.origin).map(Some)
    }

    /// The value itself, or the complaint that there is none.
    pub(super) fn required<T>(&self, key: Key, value: Option<T>) -> Result<T, Malformed> {
        value.ok_or_else(|| Malformed::field(format!("{} is missing.", self.path(key))))
    }

    /// The complaint that a value isn't what it has to be.
    pub(super) fn wrong(&self, key: Key, expected: &str) -> Malformed {
        let path = self.path(key);
        match self.raw(key) {
            Some(raw) => {
                let at = raw.get().as_ptr().addr().wrapping_sub(self.origin);
                Malformed::field(format!("{path} (at byte {at} of the packet) must be {expected}."))
            }
            None => Malformed::field(format!("{path} must be {expected}.")),
        }
    }

    fn path(&self, key: Key) -> String {
        match self.below {
            Some(above) => format!("`{}` in `{}`", key.text(), above.text()),
            None => format!("`{}`", key.text()),
        }
    }
}

/// The number that decimal digits stand for: JSON's other ways of writing it (1.0, 1e0, -0) are none of ours.
fn integer(digits: &str) -> Option<u64> {
    // 16 digits hold 2^53 - 1, and can't overflow.
    if digits.is_empty() || digits.len() > 16 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = digits.bytes().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    (number <= MAX_INTEGER).then_some(number)
}

fn no_object(text: &str) -> Malformed {
    Malformed::syntax(match text.chars().next() {
        None => "A packet is one JSON object, but there is nothing here.",
        Some('\u{FEFF}') => "The text begins with a byte order mark: send it without.",
        Some('[') => "A packet is one JSON object: an array of packets is for the body of a POST only.",
        Some(_) => "A packet is one JSON object, beginning with a brace.",
    })
}

/// Fills [`Fields`].
struct Reader<'f, 'a> {
    fields: &'f mut Fields<'a>,
    repeated: &'f mut bool,
}

impl<'a> Visitor<'a> for Reader<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let mut strangers = Strangers::default();
        while let Some(name) = map.next_key_seed(NameSeed)? {
            let is_new = match &name {
                Name::Known(key) => !self.fields.has(*key),
                Name::Unknown(text) => !strangers.contains(text),
            };
            if !is_new {
                *self.repeated = true;
                return Err(A::Error::custom(format_args!("the key {name} stands twice")));
            }
            let value = map.next_value::<&RawValue>()?;
            match name {
                Name::Known(key) => {
                    self.fields.seen |= key.bit();
                    self.fields.values[key as usize] = Some(value);
                }
                Name::Unknown(text) => strangers.insert(text),
            }
        }
        Ok(())
    }
}

/// The unknown keys so far. A few are compared one by one; many go into a set, since comparing each with each
/// would let one packet of a megabyte cost minutes.
#[derive(Default)]
struct Strangers<'a> {
    few: [Option<Cow<'a, str>>; 8],
    many: HashSet<Cow<'a, str>>,
}

impl<'a> Strangers<'a> {
    fn contains(&self, text: &str) -> bool {
        self.few.iter().map_while(Option::as_deref).any(|known| known == text) || self.many.contains(text)
    }

    fn insert(&mut self, text: Cow<'a, str>) {
        match self.few.iter_mut().find(|place| place.is_none()) {
            Some(place) => *place = Some(text),
            None => {
                self.many.insert(text);
            }
        }
    }
}

/// A key, unescaped: `"e\u0076ent"` is `event`.
enum Name<'a> {
    Known(Key),
    Unknown(Cow<'a, str>),
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(key) => write!(f, "`{}`", key.text()),
            // Cut and escaped, since it is the sender's choice and may end in a log.
            Self::Unknown(text) => {
                write!(f, "`{}`", text.chars().take(40).collect::<String>().escape_debug())
            }
        }
    }
}

struct NameSeed;

impl<'a> DeserializeSeed<'a> for NameSeed {
    type Value = Name<'a>;

    fn deserialize<D: Deserializer<'a>>(self, source: D) -> Result<Name<'a>, D::Error> {
        source.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for NameSeed {
    type Value = Name<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Name<'a>, E> {
        Ok(Key::of(text).map_or(Name::Unknown(Cow::Borrowed(text)), Name::Known))
    }

    fn visit_str<E>(self, text: &str) -> Result<Name<'a>, E> {
        Ok(Key::of(text).map_or_else(|| Name::Unknown(Cow::Owned(text.to_owned())), Name::Known))
    }
}

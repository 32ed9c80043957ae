//! The opening key: an opening that is retried, repeated by a proxy, or raced over two transports makes one session
//! (docs/PROTOCOL.md, section 3).

use std::collections::HashMap;

use super::Sid;

/// A client's nonce of at least 128 bits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key(Box<[u8]>);

impl Key {
    /// Wraps the decoded bytes of a key.
    pub fn new(bytes: &[u8]) -> Self {
        Key(bytes.into())
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// What is known of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nothing: this opening is the first.
    Fresh,
    /// The same key with the same credentials opened this session.
    Same(Sid),
    /// The key is known, with other credentials.
    Other,
}

/// Which session each key opened, as long as the session or its tombstone is there.
#[derive(Debug, Default)]
pub struct Openings {
    known: HashMap<Key, (Sid, u64)>,
}

impl Openings {
    /// Looks a key up; `auth` is a keyed digest of the credentials that came with it.
    pub fn look(&self, key: &Key, auth: u64) -> Look {
        match self.known.get(key) {
            None => Look::Fresh,
            Some(&(sid, with)) if with == auth => Look::Same(sid),
            Some(_) => Look::Other,
        }
    }

    /// The session that this key opened, whatever its credentials.
    pub fn find(&self, key: &Key) -> Option<Sid> {
        self.known.get(key).map(|(sid, _)| *sid)
    }

    /// The key opened this session.
    pub fn remember(&mut self, key: Key, auth: u64, sid: Sid) {
        self.known.insert(key, (sid, auth));
    }

    /// The session is gone, and its key with it.
    pub fn forget(&mut self, key: &Key) {
        self.known.remove(key);
    }
}

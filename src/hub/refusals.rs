//! Openings that were refused, for clients that could not read the answer: by a form, which tells its page nothing.

use std::collections::VecDeque;

use parking_lot::Mutex;

use super::{Hub, Refused};
use crate::session::Key;

/// Remembered at most; then the oldest is forgotten. A client asks within seconds.
const MOST: usize = 1_024;

/// Why openings were refused, by their keys.
#[derive(Debug, Default)]
pub(super) struct Refusals(Mutex<VecDeque<(Key, Refused)>>);

impl Refusals {
    fn remember(&self, key: Key, refused: Refused) {
        let mut known = self.0.lock();
        known.retain(|(known, _)| *known != key);
        if known.len() == MOST {
            known.pop_front();
        }
        known.push_back((key, refused));
    }

    /// Why the last opening with this key was refused, if it was.
    pub(super) fn find(&self, key: &Key) -> Option<Refused> {
        let known = self.0.lock();
        known.iter().rev().find(|(known, _)| known == key).map(|(_, refused)| refused.clone())
    }
}

impl Hub {
    /// Keeps for a while why an opening was refused, for [`opened_with`](Self::opened_with).
    pub fn remember_refusal(&self, key: Key, refused: Refused) {
        self.refusals.remember(key, refused);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: usize) -> Key {
        Key::new(&number.to_be_bytes())
    }

    #[test]
    fn the_last_refusal_of_a_key_is_known_and_the_oldest_keys_are_forgotten() {
        let refusals = Refusals::default();
        refusals.remember(key(0), Refused::Fault);
        refusals.remember(key(0), Refused::Conflict);
        assert_eq!(refusals.find(&key(0)), Some(Refused::Conflict));
        assert_eq!(refusals.find(&key(1)), None);
        (1..=MOST).for_each(|number| refusals.remember(key(number), Refused::Fault));
        assert_eq!((refusals.find(&key(0)), refusals.find(&key(1))), (None, Some(Refused::Fault)));
        assert_eq!(refusals.0.lock().len(), MOST);
    }
}

//! Messages that are worth nothing later: dropped where no carrier can take them now (docs/PROTOCOL.md, section 7).

use std::sync::Arc;

use super::{Moment, Session};
use crate::wire::parcel::Parcel;

/// The newest volatile message per event and room, kept for the next poll of a session that polls.
#[derive(Debug, Default)]
pub(super) struct Kept(Vec<Arc<Parcel>>);

impl Session {
    /// Sends a message only if it can be handed over at once, or kept for a poll that will come soon. It gets its number
    /// when it is handed to a carrier, and is then repeated like any other. Tells whether it was taken.
    pub fn push_volatile(&mut self, now: Moment, parcel: Arc<Parcel>) -> bool {
        if self.is_closed() {
            return false;
        }
        match &self.link {
            Some(link) if link.congested => false,
            Some(_) => self.number_volatile(parcel),
            None if self.life.polled_within(now, self.rules.volatile_keep) => self.keep(parcel),
            None => false,
        }
    }

    /// What is worth nothing later fills at most half of the queue, on a carrier that is dead and not known to be: the
    /// bound that ends a session is for what has to arrive.
    fn number_volatile(&mut self, parcel: Arc<Parcel>) -> bool {
        let outbox = &self.outbox;
        let full = outbox.bytes() + parcel.weight() > self.rules.queue_bytes / 2
            || outbox.len() >= self.rules.queue_messages / 2;
        if full && !outbox.is_empty() {
            return false;
        }
        let taken = self.outbox.push(parcel, &self.rules).is_ok();
        self.wake |= taken;
        taken
    }

    fn keep(&mut self, parcel: Arc<Parcel>) -> bool {
        let kept = &mut self.kept.0;
        if let Some(older) = kept.iter().position(|older| older.topic() == parcel.topic()) {
            kept.remove(older);
        }
        let bytes: usize = kept.iter().map(|kept| kept.weight()).sum();
        if kept.len() >= self.rules.volatile_kinds || bytes + parcel.weight() > self.rules.queue_bytes {
            return false;
        }
        kept.push(parcel);
        true
    }

    /// A carrier has come: what was kept gets its numbers, behind all that waits.
    pub(super) fn release_kept(&mut self) {
        for parcel in std::mem::take(&mut self.kept.0) {
            self.number_volatile(parcel);
        }
    }
}

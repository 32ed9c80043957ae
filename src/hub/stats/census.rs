//! What stands at the moment: every session is looked at, one after the other.

use super::{ByCarrier, Stats};
use crate::hub::{Hub, State};

/// Sessions and what waits in them.
#[derive(Debug, Default)]
struct Census {
    open: u64,
    carried: ByCarrier,
    parted: u64,
    tombstones: u64,
    queued_messages: u64,
    queued_bytes: u64,
    backlog_messages: u64,
}

impl Census {
    /// Counts a session, unless the application has not let it in.
    fn count(&mut self, state: &State) {
        let session = &state.session;
        self.backlog_messages += state.backlog.len() as u64;
        if !state.is_admitted() || session.is_gone() {
            return;
        }
        self.queued_messages += session.outbox().len() as u64;
        self.queued_bytes += session.outbox().bytes() as u64;
        if session.is_closed() {
            self.tombstones += 1;
            return;
        }
        self.open += 1;
        if session.is_parted() {
            self.parted += 1;
        } else if let Some(carrier) = state.record.carrier() {
            self.carried.0[carrier as usize] += 1;
        }
    }
}

impl Hub {
    /// The hub in numbers.
    pub fn stats(&self) -> Stats {
        let stats = self.tally.stats();
        let mut census = Census::default();
        self.registry.each(|cell| cell.peek(|state| census.count(state)));
        Stats {
            open: census.open,
            carried: census.carried,
            parted: census.parted,
            tombstones: census.tombstones,
            queued_messages: census.queued_messages,
            queued_bytes: census.queued_bytes,
            backlog_messages: census.backlog_messages,
            rooms: self.room_count() as u64,
            draining: self.draining().is_some(),
            ..stats
        }
    }
}

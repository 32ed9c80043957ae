//! What a session's client has said and nobody has handled yet.

use std::{collections::VecDeque, time::Duration};

use super::{Limits, Work};

/// Work taken over from the client and not done yet.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    queue: VecDeque<Work>,
    bytes: usize,
    /// Somebody works on it.
    busy: bool,
    /// When the handler of an event was begun with, in the hub's microseconds; 0 for none.
    begun: u64,
}

impl Backlog {
    /// Whether there is room for this work; an empty queue admits any.
    pub(super) fn has_room(&self, work: &Work, limits: &Limits) -> bool {
        self.queue.is_empty()
            || (self.queue.len() < limits.backlog_messages
                && self.bytes + work.weight() <= limits.backlog_bytes)
    }

    pub(super) fn push(&mut self, work: Work) {
        self.bytes += work.weight();
        self.queue.push_back(work);
    }

    /// The next work, and how long the event before it took to be handled, if it was one. Without work the claim on it
    /// ends, and its memory goes.
    pub(super) fn pop(&mut self, now: u64) -> (Option<Work>, Option<Duration>) {
        let took = Some(self.begun).filter(|begun| *begun > 0).map(|begun| now.saturating_sub(begun));
        let work = self.queue.pop_front();
        match &work {
            Some(work) => {
                self.bytes -= work.weight();
                self.begun = if matches!(work, Work::Event(_)) { now.max(1) } else { 0 };
            }
            None => *self = Backlog::default(),
        }
        (work, took.map(Duration::from_micros))
    }

    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    /// There is work and nobody works on it: the caller does from now on.
    pub(super) fn claim(&mut self) -> bool {
        let claimed = !self.busy && !self.queue.is_empty();
        self.busy |= claimed;
        claimed
    }
}

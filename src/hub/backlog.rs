//! What a session's client has said and nobody has handled yet, and what it was asked and has not answered.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

use tokio::sync::oneshot;

use super::{Limits, Payload, Work};
use crate::dialect::Failure;

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

/// What a client answers a request with.
pub(super) type Answer = Result<Payload, Failure>;

/// Requests to the client that wait for their replies.
#[derive(Debug, Default)]
pub(super) struct Asks {
    last: u64,
    waiting: HashMap<u64, oneshot::Sender<Answer>>,
}

impl Asks {
    pub(super) fn begin(&mut self, sender: oneshot::Sender<Answer>) -> u64 {
        self.last += 1;
        self.waiting.insert(self.last, sender);
        self.last
    }

    pub(super) fn forget(&mut self, id: u64) {
        self.waiting.remove(&id);
    }

    /// A reply that nobody waits for came too late, and that was told to whoever waited.
    pub(super) fn answer(&mut self, id: u64, answer: Answer) {
        if let Some(sender) = self.waiting.remove(&id) {
            let _ = sender.send(answer);
        }
    }
}

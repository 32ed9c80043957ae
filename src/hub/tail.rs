//! The end of a room's talk, for readers without a session: a plain GET that asks for one message after another.
//!
//! It is there only while it is read, and at most once is all it promises (docs/PROTOCOL.md, section 9): what the ring
//! no longer has is counted as lost, and the reader is told how many.

use std::{collections::VecDeque, sync::Arc};

use tokio::sync::Notify;

use crate::{session::Moment, wire::parcel::Parcel};

/// Messages kept for readers between two of their GETs.
const MESSAGES: usize = 256;
/// Bytes kept at most.
const BYTES: usize = 1 << 20;
/// Milliseconds without a reader after which nothing is kept any more.
const UNREAD: u64 = 60_000;
/// Positions start at the present millisecond times this, so that they rise over the life of the process even where a
/// tail ended and began anew.
const PER_MILLI: u64 = 1_000;

#[derive(Debug)]
pub(super) struct Tail {
    ring: VecDeque<Arc<Parcel>>,
    bytes: usize,
    /// Position of the next message.
    next: u64,
    read: Moment,
    news: Arc<Notify>,
}

/// What a reader gets.
#[derive(Debug)]
pub enum Tailed {
    /// A message, its position, and how many before it were missed.
    Message {
        /// The message.
        parcel: Arc<Parcel>,
        /// Its position, to be named as `after` the next time.
        position: u64,
        /// Messages between `after` and this one that are not kept any more.
        lost: u64,
    },
    /// Nothing yet: wait for news and read behind this position.
    Wait {
        /// Told when a message comes.
        news: Arc<Notify>,
        /// The position of the newest message.
        after: u64,
    },
}

impl Tail {
    pub(super) fn new(now: Moment) -> Self {
        let next = now.0 * PER_MILLI + 1;
        Tail { ring: VecDeque::new(), bytes: 0, next, read: now, news: Arc::default() }
    }

    pub(super) fn push(&mut self, parcel: Arc<Parcel>) {
        self.bytes += parcel.weight();
        self.ring.push_back(parcel);
        self.next += 1;
        while self.ring.len() > MESSAGES || (self.bytes > BYTES && self.ring.len() > 1) {
            let dropped = self.ring.pop_front().expect("the loop saw a message");
            self.bytes -= dropped.weight();
        }
        self.news.notify_waiters();
    }

    pub(super) fn read(&mut self, now: Moment, after: Option<u64>) -> Tailed {
        self.read = now;
        let last = self.next - 1;
        let after = after.unwrap_or(last);
        // A position from the future is one of another process: begin with what comes next.
        if after >= last {
            return Tailed::Wait { news: Arc::clone(&self.news), after: last };
        }
        let oldest = self.next - self.ring.len() as u64;
        let position = (after + 1).max(oldest);
        if position > last {
            return Tailed::Wait { news: Arc::clone(&self.news), after: last };
        }
        let parcel = Arc::clone(&self.ring[(position - oldest) as usize]);
        Tailed::Message { parcel, position, lost: position - (after + 1) }
    }

    pub(super) fn is_read(&self, now: Moment) -> bool {
        // Who waits holds the news: a GET may be held for longer than what is kept between two of them.
        now.since(self.read) < UNREAD || Arc::strong_count(&self.news) > 1
    }
}

#[cfg(test)]
mod tests;

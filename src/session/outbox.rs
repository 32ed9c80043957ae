//! Messages on their way to the client: acknowledged | in flight | waiting.
//!
//! Numbers are counted, not stored: the queue holds what lies between `acked` and `last`, so message `n` stands at
//! `n - acked - 1`. What has been handed to a carrier stays here until the client says that it has it.

use std::{collections::VecDeque, sync::Arc};

use super::{Rules, Seq};
use crate::wire::parcel::Parcel;

/// A queue that grew past this many places gives its memory back once it is empty: most bursts are smaller, and
/// ordinary traffic between two acknowledgements (32 messages) must not allocate anew each time.
const KEEP_CAPACITY: usize = 64;

/// The unacknowledged messages of one session.
#[derive(Debug, Default)]
pub struct Outbox {
    queue: VecDeque<Arc<Parcel>>,
    acked: Seq,
    sent: Seq,
    bytes: usize,
}

/// Why a message found no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// The bound on bytes, and what it is.
    Bytes(usize),
    /// The bound on messages, and what it is.
    Messages(usize),
}

impl Outbox {
    /// Takes a message; an empty queue always admits one, however large.
    pub(super) fn push(&mut self, parcel: Arc<Parcel>, rules: &Rules) -> Result<Seq, Full> {
        let weight = parcel.weight();
        if !self.queue.is_empty() {
            if self.queue.len() >= rules.queue_messages {
                return Err(Full::Messages(rules.queue_messages));
            }
            if self.bytes + weight > rules.queue_bytes {
                return Err(Full::Bytes(rules.queue_bytes));
            }
        }
        self.bytes += weight;
        self.queue.push_back(parcel);
        Ok(self.last())
    }

    /// Forgets every message up to `seq`; a number below what is acknowledged already counts as that. Tells whether
    /// anything was forgotten, or, as an error, the highest number ever sent where `seq` lies above it.
    pub(super) fn ack(&mut self, seq: Seq) -> Result<bool, Seq> {
        if seq > self.sent {
            return Err(self.sent);
        }
        if seq <= self.acked {
            return Ok(false);
        }
        for parcel in self.queue.drain(..(seq - self.acked) as usize) {
            self.bytes -= parcel.weight();
        }
        self.acked = seq;
        if self.queue.is_empty() && self.queue.capacity() > KEEP_CAPACITY {
            self.queue = VecDeque::new();
        }
        Ok(true)
    }

    /// Message `seq`, if it is queued and not acknowledged.
    pub fn message(&self, seq: Seq) -> Option<&Arc<Parcel>> {
        let index = seq.checked_sub(self.acked + 1)?;
        self.queue.get(usize::try_from(index).ok()?)
    }

    /// Message `seq` has been handed to a carrier.
    pub(super) fn mark_sent(&mut self, seq: Seq) {
        self.sent = self.sent.max(seq);
    }

    /// Drops everything that is queued, as if it had been acknowledged.
    pub(super) fn clear(&mut self) -> Vec<Arc<Parcel>> {
        let last = self.last();
        let dropped = std::mem::take(&mut self.queue).into();
        self.acked = last;
        self.sent = last;
        self.bytes = 0;
        dropped
    }

    /// The messages not acknowledged yet, oldest first.
    pub fn unacked(&self) -> impl Iterator<Item = &Arc<Parcel>> {
        self.queue.iter()
    }

    /// Number of the last message queued.
    pub fn last(&self) -> Seq {
        self.acked + self.queue.len() as Seq
    }

    /// Number up to which the client has acknowledged.
    pub fn acked(&self) -> Seq {
        self.acked
    }

    /// Number of the highest message ever handed to a carrier.
    pub fn sent(&self) -> Seq {
        self.sent
    }

    /// Bytes held.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Messages held.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Nothing is held.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}

//! What a carrier is given to write.

use std::sync::Arc;

use super::{Close, LinkId, Moment, Seq, Session};
use crate::wire::parcel::Parcel;

/// The next thing for a carrier to write.
#[derive(Debug, Clone)]
pub enum Transmit {
    /// A message and its number.
    Parcel(Seq, Arc<Parcel>),
    /// The client's messages up to this number have been taken.
    Ack(Seq),
    /// A sign of life, to be answered by a pong with the same number.
    Ping(u64),
    /// The gateway goes away: come back within so many milliseconds. The carrier ends behind it.
    Drain {
        /// Milliseconds.
        retry: u64,
    },
    /// The session is over, and the carrier with it.
    Close(Close),
    /// This carrier is over; the session may go on.
    Over(Over),
    /// Nothing now.
    Idle,
}

/// Why a carrier ended while its session goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Another one attached, with this turn.
    Moved {
        /// The turn that won.
        turn: u64,
    },
    /// Nothing was heard on it for the ping period and the grace.
    Silent,
    /// It acknowledged before, and does not any more.
    Unacknowledged,
    /// A poll's wait is over.
    Elapsed,
}

impl Session {
    /// What the carrier should write next; ask until [`Transmit::Idle`] or the end.
    pub fn poll_transmit(&mut self, now: Moment, link: LinkId) -> Transmit {
        let Some(attached) = self.link.as_mut().filter(|attached| attached.id == link) else {
            return self.farewell(link);
        };
        if attached.ack_due || self.owes_ack {
            self.owes_ack = false;
            attached.ack_sent();
            return Transmit::Ack(self.taken);
        }
        if let Some(parcel) = self.outbox.message(attached.next) {
            let (seq, parcel) = (attached.next, Arc::clone(parcel));
            let acknowledged = attached.handed(now);
            self.outbox.mark_sent(seq);
            if acknowledged {
                self.outbox.ack(seq).expect("a message that was marked as sent can be acknowledged");
            }
            return Transmit::Parcel(seq, parcel);
        }
        self.poll_control(now)
    }

    /// What comes behind the messages.
    fn poll_control(&mut self, now: Moment) -> Transmit {
        if let Some(close) = self.closed().cloned() {
            self.detach(now);
            return Transmit::Close(close);
        }
        let attached = self.link.as_mut().expect("poll_transmit saw the link");
        if let Some(retry) = attached.drain {
            self.detach(now);
            return Transmit::Drain { retry };
        }
        if attached.ping_due {
            attached.ping_due = false;
            attached.pings += 1;
            attached.pinged = now;
            attached.sent = now;
            attached.ping_at = now + self.rules.ping;
            return Transmit::Ping(u64::from(attached.pings));
        }
        if now >= attached.until {
            self.detach(now);
            return Transmit::Over(Over::Elapsed);
        }
        Transmit::Idle
    }

    /// The acknowledgement went out by itself, ahead of its time.
    pub fn ack_sent(&mut self, link: LinkId) {
        if let Some(attached) = self.link.as_mut().filter(|attached| attached.id == link) {
            attached.ack_sent();
        }
    }

    /// What a carrier is told that has lost the delivery: where its session was forgotten meanwhile, the end of it.
    fn farewell(&self, link: LinkId) -> Transmit {
        match (self.closed(), self.over) {
            (Some(close), _) if self.is_gone() => Transmit::Close(close.clone()),
            (_, Some((id, why))) if id == link => Transmit::Over(why),
            _ => Transmit::Over(Over::Moved { turn: self.turn }),
        }
    }
}

//! The session: a pure state machine that outlives its carriers.
//!
//! It knows no clock and no socket. What happens to it comes in through `handle_*` with the moment as an argument; what it
//! wants to happen is asked for through `poll_*`. A carrier is whatever holds a [`LinkId`] to it at the moment; losing the
//! carrier loses nothing, because messages leave the [`Outbox`] when they are acknowledged, never when they are written
//! (docs/PROTOCOL.md, section 5).
#![deny(clippy::disallowed_methods)]

mod attach;
mod code;
mod id;
mod lane;
mod life;
mod link;
mod openings;
mod outbox;
mod rules;
#[cfg(test)]
mod tests;
mod transmit;
mod volatile;

use std::sync::Arc;

use crate::wire::parcel::Parcel;

pub use attach::{Attach, Refusal};
pub use code::{Close, Code};
pub use id::{PeerId, Sid};
pub use lane::{Lane, Verdict};
pub use life::{Goodbye, SessionEvent};
pub use link::{Carriage, LinkId};
pub use openings::{Key, Look, Openings};
pub use outbox::Outbox;
pub use rules::{Moment, Rules};
pub use transmit::{Over, Transmit};

use life::Life;
use link::Attached;
use volatile::Kept;

/// The number of a message, counted from 1 in each direction of a session; 0 stands for "none yet".
pub type Seq = u64;

/// One logical connection of one client, whatever carries it.
#[derive(Debug)]
pub struct Session {
    rules: Arc<Rules>,
    outbox: Outbox,
    /// Number of the last client message taken over.
    taken: Seq,
    turn: u64,
    links: u32,
    link: Option<Attached>,
    /// Why the carrier before the present one ended, for its driver to learn when it asks.
    over: Option<(LinkId, Over)>,
    life: Life,
    kept: Kept,
    events: Vec<SessionEvent>,
    /// The sid has been named by its client: an opening can't be repeated any more.
    used: bool,
    /// The carrier, or the next one, says how far the client's messages were taken.
    owes_ack: bool,
    /// The driver of a carrier has something to do: its waker is due.
    wake: bool,
}

/// What a batch of client messages led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// How many from the front had been taken before: drop them.
    pub repeats: u64,
    /// How many behind those are taken now.
    pub taken: u64,
}

impl Session {
    /// A session that nobody is attached to yet.
    pub fn new(now: Moment, rules: Arc<Rules>) -> Self {
        Session {
            rules,
            outbox: Outbox::default(),
            taken: 0,
            turn: 0,
            links: 0,
            link: None,
            over: None,
            life: Life::new(now),
            kept: Kept::default(),
            events: Vec::new(),
            used: false,
            owes_ack: false,
            wake: false,
        }
    }

    /// Queues a message for the client. Past the bound the session closes with 4008, whose notice is exempt from the bound.
    ///
    /// # Errors
    /// The [`Close`] that ended the session, this very push's included: the message will not arrive.
    pub fn push(&mut self, now: Moment, parcel: Arc<Parcel>) -> Result<Seq, Close> {
        if let Some(close) = self.closed() {
            return Err(close.clone());
        }
        match self.outbox.push(parcel, &self.rules) {
            Ok(seq) => {
                self.wake |= self.link.is_some();
                Ok(seq)
            }
            Err(refused) => Err(self.close_slow(now, refused)),
        }
    }

    /// The client has every message up to `seq`.
    ///
    /// # Errors
    /// [`Refusal::Beyond`] for a number above what was ever sent.
    pub fn handle_ack(&mut self, now: Moment, seq: Seq) -> Result<(), Refusal> {
        let sent = self.outbox.sent();
        if seq > sent {
            return Err(Refusal::Beyond { sent });
        }
        // The receiver counts along from where its carrier began, so none may be left out on it. What a carrier before
        // it had brought, and it has not been handed yet, goes out once more and is forgotten then.
        let handed = self.link.as_ref().map_or(sent, |link| link.next - 1);
        let moved = self.outbox.ack(seq.min(handed)).map_err(|sent| Refusal::Beyond { sent })?;
        if let Some(link) = &mut self.link {
            link.claimed = link.claimed.max(seq);
            link.acked(now, moved, link.next > self.outbox.acked() + 1);
        }
        Ok(())
    }

    /// Client messages `first`, `first + 1`, … `count` of them arrived, and the handlers' queue has `room` for so many.
    ///
    /// # Errors
    /// [`Refusal::Gap`] where a message before `first` is missing, [`Refusal::Closed`] where the session is over.
    pub fn handle_receive(&mut self, first: Seq, count: u64, room: u64) -> Result<Received, Refusal> {
        if let Some(close) = self.closed() {
            return Err(Refusal::Closed(close.clone()));
        }
        if first > self.taken + 1 {
            return Err(Refusal::Gap { taken: self.taken });
        }
        let repeats = count.min(self.taken + 1 - first.max(1));
        let taken = (count - repeats).min(room);
        self.taken += taken;
        Ok(Received { repeats, taken })
    }

    /// Number of the last client message taken.
    pub fn taken(&self) -> Seq {
        self.taken
    }

    /// Number of the last message queued for the client.
    pub fn last(&self) -> Seq {
        self.outbox.last()
    }

    /// The outbox, to read.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// The turn of the last attach that won.
    pub fn turn(&self) -> u64 {
        self.turn
    }

    /// The client has named the sid: an opening with its key is over (docs/PROTOCOL.md, section 3).
    pub fn is_used(&self) -> bool {
        self.used
    }

    /// A valid request or frame named this session: its resume window starts anew.
    pub fn handle_named(&mut self, now: Moment) {
        self.used = true;
        self.life.seen(now);
    }

    /// What happened since the last call, for whoever stands above the session.
    pub fn poll_event(&mut self) -> Option<SessionEvent> {
        if self.events.is_empty() { None } else { Some(self.events.remove(0)) }
    }

    /// Whether the driver of the carrier should be woken; asking resets it.
    pub fn take_wake(&mut self) -> bool {
        std::mem::take(&mut self.wake)
    }

    /// The rules this session keeps.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }
}

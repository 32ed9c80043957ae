//! The life of a session: parting, expiry, the end and the tombstone (docs/PROTOCOL.md, sections 1 and 8).

use std::sync::Arc;

use super::{Close, Code, Moment, Rules, Session, link::NEVER, outbox::Full};
use crate::wire::parcel::Parcel;

/// What happened to a session, for whoever stands above it.
#[derive(Debug, Clone)]
pub enum SessionEvent {
    /// Nobody carries it: its resume window runs.
    Parted,
    /// It is carried again.
    Resumed,
    /// It is over: what was never acknowledged is in the goodbye.
    Closed(Goodbye),
    /// Its tombstone has stood its time: forget it.
    Gone,
}

/// How a session ended.
#[derive(Debug, Clone)]
pub struct Goodbye {
    /// Why.
    pub code: Code,
    /// In a sentence.
    pub reason: Box<str>,
    /// What the client had not acknowledged when the session ended, oldest first.
    pub undelivered: Vec<Arc<Parcel>>,
}

/// Where a session stands in its life.
#[derive(Debug)]
pub(super) struct Life {
    /// The last valid request or frame that named the session.
    seen: Moment,
    parted: Moment,
    /// When the last poll was answered.
    polled: Moment,
    /// Milliseconds in which nothing was attached, before the last poll and before the one before it: a single retry
    /// that comes quickly must not part a client that polls slowly.
    gaps: [u64; 2],
    tombstone: Option<Box<Tombstone>>,
    gone: bool,
}

#[derive(Debug)]
struct Tombstone {
    close: Close,
    until: Moment,
}

impl Life {
    pub(super) fn new(now: Moment) -> Self {
        Life { seen: now, parted: NEVER, polled: NEVER, gaps: [0; 2], tombstone: None, gone: false }
    }

    pub(super) fn seen(&mut self, now: Moment) {
        self.seen = now;
    }

    pub(super) fn attached(&mut self, now: Moment, by_poll: bool, events: &mut Vec<SessionEvent>) {
        if by_poll && self.polled != NEVER {
            self.gaps = [now.since(self.polled), self.gaps[0]];
        }
        self.seen = now;
        if self.tombstone.is_none() && self.parted != NEVER {
            self.parted = NEVER;
            events.push(SessionEvent::Resumed);
        }
    }

    /// A WebSocket or a stream parts the session with its end; between two polls it is not parted.
    pub(super) fn detached(&mut self, now: Moment, was_poll: bool, events: &mut Vec<SessionEvent>) {
        self.seen = now;
        if was_poll {
            self.polled = now;
        } else {
            self.polled = NEVER;
            self.gaps = [0; 2];
            self.part(now, events);
        }
    }

    /// Another carrier took over at once: the time before it was no interval between polls. A poll that is repeated
    /// keeps the interval there was.
    pub(super) fn superseded(&mut self, was_poll: bool) {
        self.polled = NEVER;
        if !was_poll {
            self.gaps = [0; 2];
        }
    }

    fn part(&mut self, now: Moment, events: &mut Vec<SessionEvent>) {
        if self.tombstone.is_none() && self.parted == NEVER {
            self.parted = now;
            events.push(SessionEvent::Parted);
        }
    }

    /// When silence parts a session that nothing is attached to, or ends it once it is parted.
    fn deadline(&self, rules: &Rules) -> Moment {
        if self.parted != NEVER {
            return self.parted.max(self.seen) + rules.resume;
        }
        self.seen + rules.parting.max((3 * self.gaps[0].max(self.gaps[1])).min(rules.parting_max))
    }

    /// The session was polled within the last `millis`, so it will probably be polled again.
    pub(super) fn polled_within(&self, now: Moment, millis: u64) -> bool {
        self.polled != NEVER && now.since(self.polled) <= millis
    }
}

impl Session {
    /// Ends the session. What is queued is delivered as long as the tombstone stands, the notice behind it. Ending it
    /// again changes nothing.
    pub fn close(&mut self, now: Moment, code: Code, reason: &str) {
        if self.is_closed() {
            return;
        }
        let undelivered = self.outbox.unacked().cloned().collect();
        self.bury(now, code, reason, undelivered);
    }

    /// The queue reached its bound: it is dropped, the code is kept, the notice needs no room in it.
    pub(super) fn close_slow(&mut self, now: Moment, full: Full) -> Close {
        let reason = match full {
            Full::Bytes(bound) => format!(
                "slow consumer: {bound} bytes of messages wait unacknowledged; open a new session and reload what was missed"
            ),
            Full::Messages(bound) => format!(
                "slow consumer: {bound} messages wait unacknowledged; open a new session and reload what was missed"
            ),
        };
        let undelivered = self.outbox.clear();
        if let Some(link) = &mut self.link {
            link.next = self.outbox.last() + 1;
        }
        self.bury(now, Code::Slow, &reason, undelivered)
    }

    fn bury(&mut self, now: Moment, code: Code, reason: &str, undelivered: Vec<Arc<Parcel>>) -> Close {
        let close = Close { code, reason: reason.into(), last: self.outbox.last(), received: self.taken };
        self.kept = Default::default();
        self.life.tombstone =
            Some(Box::new(Tombstone { close: close.clone(), until: now + self.rules.resume }));
        self.events.push(SessionEvent::Closed(Goodbye { code, reason: reason.into(), undelivered }));
        self.wake = true;
        close
    }

    /// How the session ended, if it did.
    pub fn closed(&self) -> Option<&Close> {
        self.life.tombstone.as_deref().map(|tombstone| &tombstone.close)
    }

    /// The session is over; its tombstone may still deliver what is left.
    pub fn is_closed(&self) -> bool {
        self.life.tombstone.is_some()
    }

    /// Nobody carries the session, and its resume window runs.
    pub fn is_parted(&self) -> bool {
        self.life.parted != NEVER
    }

    /// The tombstone has stood its time, or the parted session was not resumed: it can be forgotten.
    pub fn is_gone(&self) -> bool {
        self.life.gone
    }

    /// When [`handle_timeout`](Self::handle_timeout) should be called next.
    pub fn poll_timeout(&self) -> Option<Moment> {
        if self.life.gone {
            return None;
        }
        let carrier = self.link.as_ref().map(|link| link.deadline(&self.rules));
        let own = match (&self.life.tombstone, &self.link) {
            (Some(tombstone), _) => Some(tombstone.until),
            (None, Some(_)) => None,
            (None, None) => Some(self.life.deadline(&self.rules)),
        };
        [carrier, own].into_iter().flatten().min().filter(|at| *at != NEVER)
    }

    /// Lets every deadline that has passed take effect.
    pub fn handle_timeout(&mut self, now: Moment) {
        if self.life.gone {
            return;
        }
        if self.life.tombstone.as_ref().is_some_and(|tombstone| now >= tombstone.until) {
            self.forget();
            return;
        }
        if let Some(link) = &mut self.link {
            if let Some(why) = link.expire(now, &self.rules, &mut self.wake) {
                self.end_link(now, why);
            }
        } else if !self.is_closed() && now >= self.life.deadline(&self.rules) {
            self.time_out(now);
        }
    }

    fn time_out(&mut self, now: Moment) {
        if !self.is_parted() {
            self.kept = Default::default();
            self.life.part(now, &mut self.events);
            return;
        }
        let reason = format!("not resumed within {} s", self.rules.resume / 1000);
        self.close(now, Code::Unknown, &reason);
        self.forget();
    }

    /// Ends the tombstone: nothing is left of the session but the events that say so.
    pub fn forget(&mut self) {
        self.life.gone = true;
        self.wake = true;
        self.link = None;
        self.outbox.clear();
        self.events.push(SessionEvent::Gone);
    }
}

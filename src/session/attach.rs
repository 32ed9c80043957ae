//! Attaching, switching, resuming: docs/PROTOCOL.md, section 5.

use super::{
    Carriage, Close, LinkId, Moment, Over, Seq, Session,
    link::{Attached, NEVER},
};

/// The largest integer of the protocol, 2^53 - 1.
const MAX_TURN: u64 = (1 << 53) - 1;

/// How a carrier wants to attach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attach {
    /// What it is.
    pub carriage: Carriage,
    /// The client's counter of attaches; absent counts as the session's plus one.
    pub turn: Option<u64>,
    /// Number of the last message the client has; absent acknowledges nothing.
    pub after: Option<Seq>,
    /// What is handed over counts as acknowledged: at most once, for clients that can't acknowledge.
    pub auto: bool,
    /// A random number: when in its period the first ping falls.
    pub jitter: u16,
}

/// Why something a client asked of a session was refused. The session goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The turn is lower than that of the carrier which has the delivery: a late or repeated request.
    Stale {
        /// The session's turn.
        turn: u64,
    },
    /// An acknowledgement above what was ever sent.
    Beyond {
        /// Number of the last message sent.
        sent: Seq,
    },
    /// A client message is missing before this one.
    Gap {
        /// Number of the last message taken.
        taken: Seq,
    },
    /// A message came on a resumed carrier before its `from`.
    NoFrom,
    /// The session is over.
    Closed(Close),
}

impl Session {
    /// Attaches a carrier. It supersedes the one before, which learns it as [`Over::Moved`], and the delivery goes on
    /// behind `after`. An equal turn is a retry and wins as well; a lower one leaves everything untouched, its `after`
    /// unread.
    ///
    /// # Errors
    /// [`Refusal::Stale`] and [`Refusal::Beyond`]; neither changes anything.
    pub fn handle_attach(&mut self, now: Moment, how: Attach) -> Result<LinkId, Refusal> {
        // At the largest number that JSON carries whole, an attach without one is a retry.
        let turn = how.turn.unwrap_or((self.turn + 1).min(MAX_TURN));
        if turn < self.turn {
            return Err(Refusal::Stale { turn: self.turn });
        }
        if let Some(after) = how.after {
            self.outbox.ack(after).map_err(|sent| Refusal::Beyond { sent })?;
        }
        self.turn = turn;
        self.supersede();
        self.links = self.links.wrapping_add(1);
        let id = LinkId(self.links);
        self.life.attached(now, matches!(how.carriage, Carriage::Poll { .. }), &mut self.events);
        self.link = Some(Attached::new(now, id, &how, self.outbox.acked() + 1, &self.rules));
        self.release_kept();
        Ok(id)
    }

    /// The carrier is gone. What it had not acknowledged stays queued.
    pub fn handle_detach(&mut self, now: Moment, link: LinkId) {
        if self.link.as_ref().is_some_and(|attached| attached.id == link) {
            self.detach(now);
        }
        if self.over.is_some_and(|(id, _)| id == link) {
            self.over = None;
        }
    }

    pub(super) fn detach(&mut self, now: Moment) {
        if let Some(attached) = self.unlink() {
            self.life.detached(now, attached.is_poll(), &mut self.events);
        }
    }

    /// Takes the link off. What the client has acknowledged ahead of it counts from now on: nobody counts along any more.
    fn unlink(&mut self) -> Option<Attached> {
        let attached = self.link.take()?;
        self.outbox.ack(attached.claimed).expect("a claim was compared with what was sent");
        Some(attached)
    }

    /// Ends the present carrier without the session, and tells its driver why.
    pub(super) fn end_link(&mut self, now: Moment, why: Over) {
        if let Some(attached) = &self.link {
            self.over = Some((attached.id, why));
            self.wake = true;
            self.detach(now);
        }
    }

    fn supersede(&mut self) {
        if let Some(before) = self.unlink() {
            self.life.superseded(before.is_poll());
            self.over = Some((before.id, Over::Moved { turn: self.turn }));
            self.wake = true;
        }
    }

    /// The gateway goes away: whatever is attached is asked, behind its messages, to come back within `retry`
    /// milliseconds.
    pub fn drain(&mut self, retry: u64) {
        if let Some(attached) = &mut self.link {
            attached.drain = Some(retry);
            self.wake = true;
        }
    }

    /// The link that has the delivery.
    pub fn link(&self) -> Option<LinkId> {
        self.link.as_ref().map(|attached| attached.id)
    }

    /// How the link that has the delivery carries.
    pub fn carriage(&self) -> Option<Carriage> {
        self.link.as_ref().map(|attached| attached.carriage)
    }

    /// Number of the next message the link will be handed.
    pub fn next(&self) -> Seq {
        self.link.as_ref().map_or(self.outbox.acked() + 1, |attached| attached.next)
    }

    /// Something valid was heard on the link.
    pub fn handle_heard(&mut self, now: Moment, link: LinkId) {
        if let Some(attached) = self.link.as_mut().filter(|attached| attached.id == link) {
            attached.heard = now;
        }
    }

    /// The client answered ping `number` of this link. What is returned is how long that took, in milliseconds, where it
    /// is the first answer to the present ping.
    pub fn handle_pong(&mut self, now: Moment, link: LinkId, number: u64) -> Option<u64> {
        // A ping is answered once; a repeated pong tells nothing of the way.
        let current = |attached: &&mut Attached| {
            attached.id == link && number == u64::from(attached.pings) && attached.pinged != NEVER
        };
        let attached = self.link.as_mut().filter(current)?;
        attached.rtt = now.since(attached.pinged);
        attached.pinged = NEVER;
        Some(attached.rtt)
    }

    /// The round-trip time of the link in milliseconds, once a pong has told it.
    pub fn rtt(&self) -> Option<u64> {
        self.link
            .as_ref()
            .filter(|attached| attached.pings > 0 && attached.rtt > 0)
            .map(|attached| attached.rtt)
    }

    /// The link's socket takes no more for now, or takes something again.
    pub fn handle_congestion(&mut self, now: Moment, link: LinkId, congested: bool) {
        if let Some(attached) = self.link.as_mut().filter(|attached| attached.id == link) {
            attached.congest(now, congested);
        }
    }
}

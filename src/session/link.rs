//! What holds a session at the moment: at most one receiving carrier, and its clocks.

use super::{Moment, Over, Rules, Seq};

/// Names one attachment of one session; never used again after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LinkId(pub(super) u32);

/// How a carrier carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carriage {
    /// Both ways, kept: a WebSocket. Its end parts the session, its silence detaches it.
    Socket,
    /// One way, kept: an event stream, a forever frame. Its end parts the session.
    Stream,
    /// One answer to one request, held for so many milliseconds at most. Its end parts nothing.
    Poll {
        /// Milliseconds to hold the answer back while there is nothing to say; 0 is a short-poll.
        wait: u64,
    },
}

/// A deadline that is not set.
pub(super) const NEVER: Moment = Moment(u64::MAX);

/// The receiving carrier.
#[derive(Debug)]
pub(super) struct Attached {
    pub(super) id: LinkId,
    pub(super) carriage: Carriage,
    /// What is handed over counts as acknowledged.
    pub(super) auto: bool,
    /// Its socket takes no more at the moment.
    pub(super) congested: bool,
    pub(super) ping_due: bool,
    pub(super) ack_due: bool,
    /// The client has acknowledged something on this carrier, so it is one that does.
    pub(super) acknowledges: bool,
    /// Milliseconds within which to come back, once the gateway drains.
    pub(super) drain: Option<u64>,
    /// Number of the next message to hand over.
    pub(super) next: Seq,
    /// The client has acknowledged up to here by another way, perhaps ahead of what this carrier has been handed.
    pub(super) claimed: Seq,
    pub(super) sent: Moment,
    pub(super) heard: Moment,
    pub(super) ping_at: Moment,
    pub(super) pings: u32,
    pub(super) pinged: Moment,
    /// Round-trip time in milliseconds, as the last pong told it.
    pub(super) rtt: u64,
    /// When a poll must be answered.
    pub(super) until: Moment,
    ack_at: Moment,
    /// Since when something has been in flight without any acknowledgement.
    unacked: Moment,
}

impl Attached {
    pub(super) fn new(now: Moment, id: LinkId, how: &super::Attach, next: Seq, rules: &Rules) -> Self {
        // The first ping comes at a random moment of the second half of the period, so that a storm of reconnects
        // is no storm of pings.
        let first = rules.ping / 2 + rules.ping * u64::from(how.jitter) / (2 * u64::from(u16::MAX));
        let (ping_at, until) = match how.carriage {
            Carriage::Poll { wait } => (NEVER, now + wait),
            _ => (now + first.max(1), NEVER),
        };
        Attached {
            id,
            carriage: how.carriage,
            auto: how.auto,
            congested: false,
            ping_due: false,
            ack_due: false,
            acknowledges: false,
            drain: None,
            next,
            claimed: 0,
            sent: now,
            heard: now,
            ping_at,
            pings: 0,
            pinged: NEVER,
            rtt: 0,
            until,
            ack_at: NEVER,
            unacked: NEVER,
        }
    }

    pub(super) fn is_poll(&self) -> bool {
        matches!(self.carriage, Carriage::Poll { .. })
    }

    /// A message has been handed over. Tells whether that acknowledges it.
    pub(super) fn handed(&mut self, now: Moment) -> bool {
        let acknowledged = self.auto || self.next <= self.claimed;
        self.next += 1;
        self.sent = now;
        if self.unacked == NEVER && !acknowledged {
            self.unacked = now;
        }
        acknowledged
    }

    /// An acknowledgement came; `progress` if it told something new, `more` if something is still in flight.
    pub(super) fn acked(&mut self, now: Moment, progress: bool, more: bool) {
        if progress {
            self.acknowledges = true;
            self.unacked = if more { now } else { NEVER };
        }
    }

    pub(super) fn owe_ack(&mut self, at: Moment) {
        if self.ack_at == NEVER {
            self.ack_at = at;
        }
    }

    pub(super) fn ack_sent(&mut self) {
        self.ack_due = false;
        self.ack_at = NEVER;
    }

    /// The moment at which the oldest deadline of this carrier falls.
    pub(super) fn deadline(&self, rules: &Rules) -> Moment {
        let mut first = self.until.min(self.ack_at);
        if !self.ping_due {
            first = first.min(self.ping_at);
        }
        if self.carriage == Carriage::Socket {
            first = first.min(self.heard + rules.ping + rules.grace).min(self.unacked_until(rules));
        }
        first
    }

    /// A client can't acknowledge what does not reach it: as long as the socket takes no more, the clock for that stands.
    pub(super) fn congest(&mut self, now: Moment, congested: bool) {
        if self.congested && !congested && self.unacked != NEVER {
            self.unacked = now;
        }
        self.congested = congested;
    }

    fn unacked_until(&self, rules: &Rules) -> Moment {
        if self.acknowledges && self.unacked != NEVER && !self.congested {
            self.unacked + rules.grace + 2 * self.rtt
        } else {
            NEVER
        }
    }

    /// Lets the deadlines that have passed take effect: `Some` if they end this carrier. `wake` is set where its driver
    /// has something to do.
    pub(super) fn expire(&mut self, now: Moment, rules: &Rules, wake: &mut bool) -> Option<Over> {
        if self.carriage == Carriage::Socket {
            if now >= self.heard + rules.ping + rules.grace {
                return Some(Over::Silent);
            }
            if now >= self.unacked_until(rules) {
                return Some(Over::Unacknowledged);
            }
        }
        if now >= self.ack_at {
            self.ack_at = NEVER;
            self.ack_due = true;
            *wake = true;
        }
        if now >= self.ping_at && !self.ping_due {
            // The first ping comes at its random moment; later ones only after silence.
            if self.pings == 0 || now >= self.sent + rules.ping {
                self.ping_due = true;
                *wake = true;
            } else {
                self.ping_at = self.sent + rules.ping;
            }
        }
        *wake |= now >= self.until;
        None
    }
}

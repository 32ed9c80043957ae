//! What a session remembers of its life, to be told in one line when it ends.

use std::net::IpAddr;

use super::stats::{Carrier, Tally};
use crate::session::{Goodbye, Moment, PeerId, Session, Sid};

/// The carriers whose attaches are counted: all that carry a session for longer than one request.
const COUNTED: usize = Carrier::DOWN.len() - 1;

/// What a session has done. Every session has one, so it is small: with the time of its handler (`backlog.rs`) 56 bytes, some
/// 2 % of what an idle one costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    opened: Moment,
    /// Number of the message whose acknowledgement is timed; 0 for none.
    timed: u64,
    /// When it was queued, in milliseconds, without the higher half: a session is not silent for 49 days.
    timed_at: u32,
    resumes: u32,
    received_again: u32,
    sent_again: u32,
    /// Attaches by each of [`Carrier::DOWN`] but raw. The largest number stands for that many or more: 19 days of long-polls.
    attaches: [u16; COUNTED],
    carrier: Option<Carrier>,
}

impl Record {
    pub(super) fn new(opened: Moment) -> Self {
        Record {
            opened,
            timed: 0,
            timed_at: 0,
            resumes: 0,
            received_again: 0,
            sent_again: 0,
            attaches: [0; COUNTED],
            carrier: None,
        }
    }

    /// What carries the session, or did last.
    pub(super) fn carrier(&self) -> Option<Carrier> {
        self.carrier
    }

    /// What brings the messages of a client that come outside of a WebSocket.
    pub(super) fn uplink(&self) -> Carrier {
        if self.carrier == Some(Carrier::Raw) { Carrier::Raw } else { Carrier::Post }
    }

    /// The session is one of a raw endpoint, and stays it.
    pub(super) fn mark_raw(&mut self) {
        self.carrier = Some(Carrier::Raw);
    }

    /// A carrier was attached: which kind, and which kind it was before, if that was another.
    pub(super) fn attached(&mut self, carrier: Carrier) -> Option<(Carrier, Option<Carrier>)> {
        if self.carrier == Some(Carrier::Raw) {
            return None;
        }
        if let Some(count) = self.attaches.get_mut(carrier as usize) {
            *count = count.saturating_add(1);
        }
        let before = self.carrier.replace(carrier).filter(|before| *before != carrier);
        Some((carrier, before))
    }

    pub(super) fn resumed(&mut self) {
        self.resumes = self.resumes.saturating_add(1);
    }

    pub(super) fn received_again(&mut self, count: u64) {
        self.received_again = self.received_again.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
    }

    pub(super) fn sent_again(&mut self, count: u64) {
        self.sent_again = self.sent_again.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
    }

    /// Times how long acknowledgements take: the last message queued, until it is acknowledged, then the next. To time each
    /// would cost 8 bytes a message. A session that is over may have dropped its queue, which acknowledges nothing.
    pub(super) fn time_acknowledgement(&mut self, session: &Session, now: Moment, tally: &Tally) {
        let outbox = session.outbox();
        if self.timed == 0 {
            if !outbox.is_empty() && !session.is_closed() {
                (self.timed, self.timed_at) = (outbox.last(), now.0 as u32);
            }
        } else if outbox.acked() >= self.timed {
            if !session.is_closed() {
                tally.acknowledged(u64::from((now.0 as u32).wrapping_sub(self.timed_at)));
            }
            self.timed = 0;
        }
    }
}

/// A session's life, when it is over.
#[derive(Debug)]
pub(super) struct Life {
    record: Record,
    lived: u64,
    code: u16,
    reason: Box<str>,
    received: u64,
    queued: u64,
    undelivered: usize,
}

impl Life {
    pub(super) fn new(record: Record, session: &Session, goodbye: &Goodbye, now: Moment) -> Self {
        Life {
            record,
            lived: now.since(record.opened),
            code: goodbye.code.number(),
            reason: goodbye.reason.clone(),
            received: session.taken(),
            queued: session.last(),
            undelivered: goodbye.undelivered.len(),
        }
    }

    /// Counts it and tells it: one line in the log, without anything secret. A raw request is a session too, and its line
    /// is for those who look closer.
    pub(super) fn tell(&self, sid: Sid, peer: PeerId, address: Option<IpAddr>, tally: &Tally) {
        tally.ended(self.code, self.undelivered);
        let Life { record, lived, code, reason, received, queued, undelivered } = self;
        let Record { resumes, received_again, sent_again, .. } = record;
        let used = |carrier: Carrier| Some(record.attaches[carrier as usize]).filter(|count| *count > 0);
        let raw = (record.carrier == Some(Carrier::Raw)).then_some(1_u32);
        let address = address.map(tracing::field::display);
        macro_rules! tell {
            ($level:ident) => {
                tracing::$level!(
                    target: TARGET,
                    %sid,
                    %peer,
                    address,
                    code,
                    reason = &**reason,
                    lived_ms = lived,
                    "carriers.ws" = used(Carrier::Ws),
                    "carriers.stream" = used(Carrier::Stream),
                    "carriers.sse" = used(Carrier::Sse),
                    "carriers.frame" = used(Carrier::Frame),
                    "carriers.long-poll" = used(Carrier::LongPoll),
                    "carriers.jsonp" = used(Carrier::Jsonp),
                    "carriers.short-poll" = used(Carrier::ShortPoll),
                    "carriers.raw" = raw,
                    messages_in = received,
                    messages_out = queued,
                    undelivered,
                    received_again,
                    sent_again,
                    resumes,
                    "a session ended"
                )
            };
        }
        if raw.is_some() { tell!(debug) } else { tell!(info) }
    }
}

/// Where the lives of sessions are told, for a filter such as `everwire::session=debug`.
pub(super) const TARGET: &str = "everwire::session";

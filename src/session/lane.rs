//! A carrier's own counter for what the client sends on it.
//!
//! Numbers are counted, not carried, so each carrier needs a counter of its own: while a POST with messages 5 and 6 is
//! in flight, a WebSocket may take over and repeat them. One counter for both would take the repeats for 7 and 8.

use super::{Moment, Received, Refusal, Rules, Seq, Session};

/// The counter of one carrier that brings client messages, and what it owes in acknowledgements.
#[derive(Debug, Clone, Default)]
pub struct Lane {
    /// Number of the next message on this carrier; 0 until the client has said `from`.
    next: Seq,
    /// The handlers' queue was full: what comes is dropped until the client says `from` again.
    busy: bool,
    unacked: u32,
    bytes: u32,
}

/// What became of one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Taken: queue it.
    Take,
    /// Taken before, on this carrier or another: drop it.
    Repeat,
    /// The handlers' queue is full: drop it, and say so (once per `from`).
    Busy,
    /// Dropped because the client has been told already that the queue is full.
    Dropped,
}

impl Lane {
    /// The lane of a carrier that opened its session: the client counts from 1.
    pub fn opening() -> Self {
        Lane { next: 1, ..Lane::default() }
    }

    /// The lane of a resumed carrier: the client says `from` before its first message.
    pub fn resumed() -> Self {
        Lane::default()
    }

    /// The client says that its next message here is number `seq`.
    ///
    /// # Errors
    /// [`Refusal::Gap`] where that leaves a message out.
    pub fn handle_from(&mut self, seq: Seq, session: &Session) -> Result<(), Refusal> {
        if seq > session.taken() + 1 {
            return Err(Refusal::Gap { taken: session.taken() });
        }
        self.next = seq.max(1);
        self.busy = false;
        Ok(())
    }

    /// One message of `bytes` came on this carrier, and the handlers' queue has a place for it or not.
    ///
    /// # Errors
    /// [`Refusal::NoFrom`] before `from` was said, [`Refusal::Gap`], [`Refusal::Closed`].
    pub fn handle_message(
        &mut self,
        session: &mut Session,
        bytes: usize,
        room: bool,
    ) -> Result<Verdict, Refusal> {
        if self.next == 0 {
            return Err(Refusal::NoFrom);
        }
        if self.busy {
            return Ok(Verdict::Dropped);
        }
        let Received { repeats, taken } = session.handle_receive(self.next, 1, u64::from(room))?;
        if repeats + taken == 0 {
            self.busy = true;
            return Ok(Verdict::Busy);
        }
        self.next += 1;
        self.unacked += 1;
        self.bytes = self.bytes.saturating_add(u32::try_from(bytes).unwrap_or(u32::MAX));
        Ok(if taken == 1 { Verdict::Take } else { Verdict::Repeat })
    }

    /// So much has come that an acknowledgement is due now.
    pub fn is_ack_due(&self, rules: &Rules) -> bool {
        self.unacked >= rules.ack_messages || self.bytes >= rules.ack_bytes
    }

    /// Something has come that is not acknowledged yet.
    pub fn owes_ack(&self) -> bool {
        self.unacked > 0
    }

    /// The acknowledgement went out.
    pub fn acked(&mut self) {
        self.unacked = 0;
        self.bytes = 0;
    }
}

impl Session {
    /// What the client's messages have been taken up to is told at once, on whatever carries the session down, or on the
    /// next that does: they came by a way that can't be answered.
    pub fn owe_ack_now(&mut self) {
        if !self.is_closed() {
            self.owes_ack = true;
            self.wake |= self.link.is_some();
        }
    }

    /// The carrier owes an acknowledgement of what came on it: at the latest after the rules' time.
    pub fn owe_ack(&mut self, now: Moment, link: super::LinkId) {
        let after = self.rules.ack_after;
        if let Some(attached) = self.link.as_mut().filter(|attached| attached.id == link) {
            attached.owe_ack(now + after);
        }
    }
}

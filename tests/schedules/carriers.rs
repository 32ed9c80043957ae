//! The gateway's carriers: what a transport does between its socket and a session.

use everwire::session::{Attach, Close, Code, LinkId, Over, Refusal, Seq, Transmit};

use super::{
    coverage::{Sight, see},
    node::{Driver, Node},
    sockets::Socket,
    wire::{Net, Open},
};

/// What a refused attach leads to.
pub(super) enum Denied {
    Stale(u64),
    Beyond,
}

impl Node {
    /// Takes what there is room for; tells the last number taken, and whether the queue was full.
    pub(super) fn receive(
        &mut self,
        cell: usize,
        first: Seq,
        messages: Vec<Seq>,
    ) -> Result<(Seq, bool), Refusal> {
        for (number, content) in (first..).zip(messages) {
            let room = u64::from(self.has_room(cell));
            let received = self.act(cell, |session, _| session.handle_receive(number, 1, room))?;
            if received.taken == 1 {
                self.take(cell, content);
            } else if received.repeats == 0 {
                see(Sight::FullByPost);
                return Ok((self.cells[cell].session.taken(), true));
            } else {
                see(Sight::RepeatByPost);
            }
        }
        match self.cells[cell].session.closed() {
            Some(close) => Err(Refusal::Closed(close.clone())),
            None => Ok((self.cells[cell].session.taken(), false)),
        }
    }

    /// `false` for a number that was never sent.
    pub(super) fn acknowledge(&mut self, cell: usize, number: Seq) -> bool {
        let session = &self.cells[cell].session;
        let sent = session.outbox().sent();
        if session.link().is_some() && number >= session.next() && number <= sent {
            see(Sight::AckAhead);
        }
        let told = self.act(cell, |session, now| session.handle_ack(now, number));
        if told.is_ok() != (number <= sent) {
            self.fault(format!("ack: {number} of {sent} sent led to {told:?}"));
        }
        match told {
            Ok(()) => self.cells[cell].claimed = self.cells[cell].claimed.max(number),
            Err(_) => see(Sight::Beyond),
        }
        told.is_ok()
    }

    /// Attaches a carrier that names the session.
    pub(super) fn attach_named(&mut self, cell: usize, how: Attach) -> Result<(LinkId, Seq), Denied> {
        let attached = self.attach(cell, how)?;
        self.act(cell, |session, now| session.handle_named(now));
        Ok(attached)
    }

    /// Attaches, and checks what section 5 of the protocol says about it.
    pub(super) fn attach(&mut self, cell: usize, how: Attach) -> Result<(LinkId, Seq), Denied> {
        let session = &self.cells[cell].session;
        let (turn, link, outbox) = (session.turn(), session.link(), session.outbox());
        let (acked, sent) = (outbox.acked(), outbox.sent());
        self.cells[cell].expected = self.cells[cell].kept.iter().cloned().collect();
        let numbered = self.cells[cell].numbered.len();
        let attached = self.act(cell, |session, now| session.handle_attach(now, how));
        let session = &self.cells[cell].session;
        let unchanged = (session.turn(), session.link(), session.outbox().acked()) == (turn, link, acked);
        let is_stale = how.turn.is_some_and(|wish| wish < turn);
        let is_beyond = how.after.is_some_and(|after| after > sent);
        match attached {
            Err(Refusal::Stale { turn }) if is_stale && unchanged => {
                see(Sight::Stale);
                Err(Denied::Stale(turn))
            }
            Err(Refusal::Beyond { .. }) if !is_stale && is_beyond && unchanged => {
                see(Sight::Beyond);
                Err(Denied::Beyond)
            }
            Ok(id) if !is_stale && !is_beyond => {
                if self.cells[cell].numbered.len() > numbered {
                    see(Sight::VolatileKept);
                }
                self.cells[cell].kept.clear();
                if how.turn == Some(turn) {
                    see(Sight::EqualTurn);
                }
                Ok((id, self.attached(cell, how, how.turn.unwrap_or(turn + 1))))
            }
            other => {
                self.fault(format!("attach: turn {turn}, {sent} sent, {how:?} led to {other:?}"));
                Err(Denied::Stale(turn))
            }
        }
    }

    /// Checks where a carrier begins that has just attached, and tells it.
    fn attached(&mut self, cell: usize, how: Attach, turn: u64) -> Seq {
        let cell = &mut self.cells[cell];
        cell.claimed = cell.claimed.max(how.after.unwrap_or(0)).max(cell.acked);
        let (session, claimed) = (&cell.session, cell.claimed);
        let start = session.next();
        if session.outbox().sent() >= start {
            see(Sight::Rewound);
        }
        if session.turn() != turn || start != claimed + 1 {
            self.faults.push(format!("attach: {how:?} behind {claimed} started at {start}"));
        }
        start
    }

    /// Lets the drivers that were woken do their work.
    pub(crate) fn run_drivers(&mut self, net: &mut Net) {
        while let Some(driver) = self.woken.pop() {
            match driver {
                Driver::Socket(ws) => self.run_socket(net, ws),
                Driver::Held(poll) => self.run_held(net, poll),
            }
        }
    }

    pub(super) fn next_to_write(&mut self, cell: usize, link: LinkId) -> Transmit {
        let (held, closed) = (self.holds(cell, link), self.cells[cell].session.is_closed());
        let transmit = self.act(cell, |session, now| session.poll_transmit(now, link));
        match &transmit {
            Transmit::Over(Over::Moved { .. }) => see(Sight::Superseded),
            Transmit::Over(Over::Silent) => see(Sight::Silent),
            Transmit::Over(Over::Unacknowledged) => see(Sight::Unacknowledged),
            Transmit::Over(Over::Elapsed) => see(Sight::Elapsed),
            // A session that was forgotten has no carrier; whoever asks late is told its end.
            Transmit::Close(_) if self.cells[cell].gone => {}
            _ if !held => self.fault(format!("one link: a superseded carrier was given {transmit:?}")),
            Transmit::Parcel(..) if closed => see(Sight::Tombstone),
            Transmit::Ping(_) => see(Sight::Ping),
            Transmit::Drain { .. } => see(Sight::Drained),
            Transmit::Ack(number) => self.check_ack(cell, *number),
            Transmit::Idle if self.cells[cell].form_owed && !closed => {
                self.fault("ack: a form's was not told on the receiving carrier".into());
            }
            _ => {}
        }
        transmit
    }

    /// An acknowledgement that was due, by its time or because of a form, says how far the session is.
    fn check_ack(&mut self, cell: usize, number: Seq) {
        let is_form = std::mem::take(&mut self.cells[cell].form_owed);
        see(if is_form { Sight::AckOfForm } else { Sight::AckByTime });
        let taken = self.cells[cell].taken;
        if number != taken {
            self.fault(format!("ack: {number} was told, and {taken} are taken"));
        }
    }

    /// A form's acknowledgement is owed on a carrier that could take it.
    pub(crate) fn withholds_ack(&self, cell: usize) -> bool {
        let session = &self.cells[cell].session;
        let is_stuck = |socket: &Socket| socket.is_stuck_with(cell, session.link());
        let carried = session.link().is_some() && !session.is_closed();
        self.cells[cell].form_owed && carried && !self.sockets.values().any(is_stuck)
    }

    pub(super) fn described(&self, cell: usize, from: Option<Seq>) -> Open {
        let session = &self.cells[cell].session;
        Open { sid: self.cells[cell].sid, turn: session.turn(), received: session.taken(), from }
    }

    pub(super) fn close_for_client(&mut self, cell: usize) {
        if !self.cells[cell].session.is_closed() {
            see(Sight::ClosedByClient);
        }
        self.act(cell, |session, now| session.close(now, Code::Closed, "closed by the client"));
    }

    /// A close comes behind all messages, as long as there is anything left of the session.
    pub(super) fn check_close(&mut self, cell: usize, close: &Close, next: Seq) {
        if close.code != Code::Slow && !self.cells[cell].gone && next != close.last + 1 {
            self.fault(format!("close: it overtook the messages from {next} to {}", close.last));
        }
    }
}

//! The gateway's carriers: what a transport does between its socket and a session.

use std::sync::Arc;

use everwire::{
    session::{Attach, Carriage, Code, Lane, LinkId, Over, Refusal, Seq, Transmit, Verdict},
    wire::parcel::Parcel,
};

use super::{
    coverage::{Sight, see},
    node::{Driver, Entry, Node},
    wire::{Answer, Down, Exchange, Net, Open, Request, Up, Ws},
};

/// What a refused attach leads to.
enum Denied {
    Stale(u64),
    Beyond,
}

impl Node {
    /// Takes what there is room for; tells the last number taken, and whether the queue was full.
    fn receive(&mut self, cell: usize, first: Seq, messages: Vec<Seq>) -> Result<(Seq, bool), Refusal> {
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
    fn acknowledge(&mut self, cell: usize, number: Seq) -> bool {
        let session = &self.cells[cell].session;
        let sent = session.outbox().sent();
        if session.link().is_some() && number >= session.next() && number <= sent {
            see(Sight::AckAhead);
        }
        let told = self.act(cell, |session, now| session.handle_ack(now, number));
        if told.is_ok() != (number <= sent) {
            self.fault(format!("ack: {number} of {sent} sent led to {told:?}"));
        }
        if told.is_err() {
            see(Sight::Beyond);
        }
        told.is_ok()
    }

    /// Attaches, and checks what section 5 of the protocol says about it.
    fn attach(&mut self, cell: usize, how: Attach, named: bool) -> Result<(LinkId, Seq), Denied> {
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
                let start = session.next();
                let won = how.turn.unwrap_or(turn + 1);
                if (session.turn(), session.link(), start) != (won, Some(id), how.after.unwrap_or(0).max(acked) + 1) {
                    self.fault(format!("attach: {how:?} behind {acked} started at {start}"));
                }
                if sent >= start {
                    see(Sight::Rewound);
                }
                if how.turn == Some(turn) {
                    see(Sight::EqualTurn);
                }
                if self.cells[cell].numbered.len() > numbered {
                    see(Sight::VolatileKept);
                }
                self.cells[cell].kept.clear();
                if named {
                    self.act(cell, |session, now| session.handle_named(now));
                }
                Ok((id, start))
            }
            other => {
                self.fault(format!("attach: turn {turn}, {sent} sent, {how:?} led to {other:?}"));
                Err(Denied::Stale(turn))
            }
        }
    }

    /// Lets the drivers that were woken do their work.
    pub fn run_drivers(&mut self, net: &mut Net) {
        while let Some(driver) = self.woken.pop() {
            match driver {
                Driver::Socket(ws) => self.run_socket(net, ws),
                Driver::Held(poll) => self.run_held(net, poll),
            }
        }
    }

    fn next_to_write(&mut self, cell: usize, link: LinkId) -> Transmit {
        let (held, closed) = (self.holds(cell, link), self.cells[cell].session.is_closed());
        let transmit = self.act(cell, |session, now| session.poll_transmit(now, link));
        match &transmit {
            Transmit::Over(Over::Moved { .. }) => see(Sight::Superseded),
            Transmit::Over(Over::Silent) => see(Sight::Silent),
            Transmit::Over(Over::Unacknowledged) => see(Sight::Unacknowledged),
            Transmit::Over(Over::Elapsed) => see(Sight::Elapsed),
            _ if !held => self.fault(format!("one link: a superseded carrier was given {transmit:?}")),
            Transmit::Parcel(..) if closed => see(Sight::Tombstone),
            Transmit::Ping(_) => see(Sight::Ping),
            Transmit::Drain { .. } => see(Sight::Drained),
            Transmit::Ack(_) => see(Sight::AckByTime),
            _ => {}
        }
        transmit
    }

}

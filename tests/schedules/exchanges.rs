//! The gateway's side of HTTP exchanges: openings, posts, polls.

use std::sync::Arc;

use everwire::{
    session::{Attach, Carriage, LinkId, Over, Refusal, Seq, Transmit},
    wire::parcel::Parcel,
};

use super::{
    carriers::Denied,
    coverage::{Sight, see},
    node::{Driver, Entry, Node},
    wire::{Answer, Down, Exchange, Net, Request},
};

/// A GET that may be held.
#[derive(Debug)]
pub(crate) struct Held {
    pub(super) exchange: Exchange,
    cell: usize,
    link: LinkId,
    from: Seq,
    messages: Vec<Arc<Parcel>>,
    control: Vec<Down>,
}

impl Node {
    /// A request arrives.
    pub(crate) fn serve(&mut self, net: &mut Net, exchange: Exchange, request: Request) {
        let answer = match request {
            Request::Open { key, messages } => self.serve_open(key, messages),
            Request::Get { sid, after, turn, wait } => match self.find(sid) {
                Some(cell) => return self.serve_get(net, exchange, cell, (after, turn, wait)),
                None => Answer::Unknown,
            },
            Request::Post { sid, first, messages, ack } => match self.find(sid) {
                Some(cell) => self.serve_post(cell, first, messages, ack),
                None => Answer::Unknown,
            },
            Request::Form { sid, first, messages } => {
                if let Some(cell) = self.find(sid) {
                    self.serve_form(cell, first, messages);
                }
                Answer::Loaded
            }
            Request::Delete { sid } => match self.find(sid) {
                Some(cell) => self.serve_delete(cell),
                None => Answer::Unknown,
            },
        };
        net.answer(exchange, answer);
    }

    fn serve_open(&mut self, key: u64, messages: Vec<Seq>) -> Answer {
        let cell = match self.open(key) {
            None => return Answer::Conflict,
            Some(Entry::Made(cell) | Entry::Joined(cell)) => cell,
        };
        match self.receive(cell, 1, messages) {
            Ok(_) => Answer::Open(self.described(cell, None)),
            Err(Refusal::Closed(close)) => Answer::Closed(close),
            Err(other) => {
                self.fault(format!("opening: its messages were refused: {other:?}"));
                Answer::Done
            }
        }
    }

    fn serve_get(&mut self, net: &mut Net, exchange: Exchange, cell: usize, how: (Option<Seq>, u64, u64)) {
        let (after, turn, wait) = how;
        let how =
            Attach { carriage: Carriage::Poll { wait }, turn: Some(turn), after, auto: false, jitter: 0 };
        match self.attach_named(cell, how) {
            Err(Denied::Stale(turn)) => net.answer(exchange, Answer::Stale { turn }),
            Err(Denied::Beyond) => net.answer(exchange, Answer::Beyond),
            Ok((link, from)) => {
                self.polls += 1;
                let held = Held { exchange, cell, link, from, messages: Vec::new(), control: Vec::new() };
                self.held.insert(self.polls, held);
                self.woken.push(Driver::Held(self.polls));
            }
        }
    }

    fn serve_post(&mut self, cell: usize, first: Seq, messages: Vec<Seq>, ack: Option<Seq>) -> Answer {
        self.act(cell, |session, now| session.handle_named(now));
        if ack.is_some_and(|number| !self.acknowledge(cell, number)) {
            return Answer::Beyond;
        }
        match self.receive(cell, first, messages) {
            Ok((taken, false)) => Answer::Ack(taken),
            Ok((taken, true)) => Answer::Full(taken),
            Err(Refusal::Gap { taken }) => {
                see(Sight::GapByPost);
                Answer::Gap(taken)
            }
            Err(Refusal::Closed(close)) => Answer::Closed(close),
            Err(other) => {
                self.fault(format!("post: refused as {other:?}"));
                Answer::Done
            }
        }
    }

    fn serve_form(&mut self, cell: usize, first: Seq, messages: Vec<Seq>) {
        self.serve_post(cell, first, messages, None);
        self.act(cell, |session, _| session.owe_ack_now());
        let session = &self.cells[cell].session;
        if session.link().is_none() {
            see(Sight::FormUnattached);
        }
        self.cells[cell].form_owed |= !session.is_closed();
    }

    fn serve_delete(&mut self, cell: usize) -> Answer {
        self.close_for_client(cell);
        Answer::Done
    }

    pub(super) fn run_held(&mut self, net: &mut Net, poll: usize) {
        let Some(mut held) = self.held.remove(&poll) else { return };
        loop {
            match self.next_to_write(held.cell, held.link) {
                Transmit::Parcel(number, parcel) => {
                    let expected = held.from + held.messages.len() as Seq;
                    if number != expected {
                        self.fault(format!("counting: a poll was given message {number} for {expected}"));
                    }
                    held.messages.push(parcel);
                }
                Transmit::Ack(number) => held.control.push(Down::Ack { number, busy: false }),
                Transmit::Ping(number) => held.control.push(Down::Ping(number)),
                Transmit::Idle if held.messages.is_empty() && held.control.is_empty() => {
                    self.cells[held.cell].waker = Some(Driver::Held(poll));
                    self.held.insert(poll, held);
                    return;
                }
                Transmit::Idle | Transmit::Over(Over::Elapsed) => break,
                Transmit::Drain { .. } => break held.control.push(Down::Drain),
                Transmit::Close(close) => {
                    self.check_close(held.cell, &close, held.from + held.messages.len() as Seq);
                    break held.control.push(Down::Close(close));
                }
                Transmit::Over(Over::Moved { turn }) => break held.control.push(Down::Moved { turn }),
                Transmit::Over(_) => break,
            }
        }
        self.act(held.cell, |session, now| session.handle_detach(now, held.link));
        let Held { exchange, from, messages, control, .. } = held;
        net.answer(exchange, Answer::Poll { from, messages, control });
    }

    /// The reader of a held poll dies: its connection's end detaches it.
    pub(crate) fn lose_reader(&mut self, pick: u8) {
        let Some(poll) = self.held.keys().nth(usize::from(pick) % self.held.len().max(1)).copied() else {
            return;
        };
        see(Sight::DeadReader);
        let held = self.held.remove(&poll).expect("the key was just read");
        self.act(held.cell, |session, now| session.handle_detach(now, held.link));
    }
}

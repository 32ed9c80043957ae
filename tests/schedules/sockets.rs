//! The gateway's side of WebSockets and streams.

use everwire::session::{Attach, Carriage, Lane, LinkId, Over, Refusal, Seq, Sid, Transmit, Verdict};

use super::{
    carriers::Denied,
    coverage::{Sight, see},
    node::{Driver, Entry, Node},
    wire::{Down, Net, Up, Ws},
};

/// Messages behind which a stream ends itself.
const STREAM_BOUND: usize = 5;

/// A WebSocket, or a stream.
#[derive(Debug)]
pub(crate) struct Socket {
    cell: usize,
    lane: Lane,
    link: Option<LinkId>,
    /// Number of the next message, as the client counts.
    next: Seq,
    /// Messages that it may still bring: a stream ends itself.
    left: usize,
    /// It took no more when its driver last looked.
    stuck: bool,
}

impl Socket {
    fn new(cell: usize, lane: Lane, link: Option<LinkId>, next: Seq) -> Self {
        Socket { cell, lane, link, next, left: usize::MAX, stuck: false }
    }

    /// Whether it is what carries this session, and takes no more.
    pub(super) fn is_stuck_with(&self, cell: usize, link: Option<LinkId>) -> bool {
        self.stuck && self.cell == cell && self.link == link
    }
}

impl Node {
    /// A packet arrives on a connection.
    pub(crate) fn hear(&mut self, net: &mut Net, ws: Ws, packet: Up) {
        if let Some(&Socket { cell, link: Some(link), .. }) = self.sockets.get(&ws) {
            self.act(cell, |session, now| session.handle_heard(now, link));
        }
        match packet {
            Up::Open { key } => self.hear_open(net, ws, key),
            Up::Resume { sid } => self.hear_resume(net, ws, sid),
            Up::Stream { sid, after, turn } => self.hear_stream(net, ws, sid, (after, turn)),
            Up::End => self.drop_socket(ws),
            // Behind an end that the gateway has set, packets of the client may still come.
            _ if !self.sockets.contains_key(&ws) => {}
            Up::Attach { after, turn } => self.hear_attach(net, ws, after, turn),
            Up::From(number) => self.hear_from(net, ws, number),
            Up::Message(content) => self.hear_message(net, ws, content),
            Up::Ack(number) => {
                let cell = self.socket(ws).cell;
                if !self.acknowledge(cell, number) {
                    self.end_socket(net, ws, Down::Malformed);
                }
            }
            Up::Pong(number) => {
                let Socket { cell, link, .. } = *self.socket(ws);
                see(Sight::Pong);
                if let Some(link) = link {
                    self.act(cell, |session, now| session.handle_pong(now, link, number));
                }
            }
            Up::Close => {
                let Socket { cell, link, .. } = *self.socket(ws);
                self.close_for_client(cell);
                if link.is_none() {
                    self.end_socket(net, ws, Down::End);
                }
            }
        }
    }

    fn hear_open(&mut self, net: &mut Net, ws: Ws, key: u64) {
        let entry = self.open(key);
        let (cell, link, next) = match entry {
            None => {
                net.down(ws, Down::Conflict);
                return net.down(ws, Down::End);
            }
            Some(Entry::Joined(cell)) => (cell, None, 0),
            Some(Entry::Made(cell)) => {
                let how = Attach {
                    carriage: Carriage::Socket,
                    turn: None,
                    after: None,
                    auto: false,
                    jitter: 9_000,
                };
                match self.attach(cell, how) {
                    Ok((link, start)) => (cell, Some(link), start),
                    Err(_) => return self.fault("opening: its WebSocket was refused".into()),
                }
            }
        };
        self.sockets.insert(ws, Socket::new(cell, Lane::opening(), link, next));
        let open = self.described(cell, link.map(|_| next));
        net.down(ws, Down::Open(open));
        self.woken.push(Driver::Socket(ws));
    }

    fn hear_resume(&mut self, net: &mut Net, ws: Ws, sid: Sid) {
        let Some(cell) = self.find(sid) else {
            net.down(ws, Down::Unknown);
            return net.down(ws, Down::End);
        };
        self.act(cell, |session, now| session.handle_named(now));
        self.sockets.insert(ws, Socket::new(cell, Lane::resumed(), None, 0));
        let open = self.described(cell, None);
        net.down(ws, Down::Open(open));
    }

    fn hear_stream(&mut self, net: &mut Net, ws: Ws, sid: Sid, (after, turn): (Seq, u64)) {
        let Some(cell) = self.find(sid) else {
            net.down(ws, Down::Unknown);
            return net.down(ws, Down::End);
        };
        self.sockets.insert(ws, Socket { left: STREAM_BOUND, ..Socket::new(cell, Lane::resumed(), None, 0) });
        let again = self.cells[cell].session.turn() == turn;
        if let Some(start) = self.attach_socket(net, ws, Carriage::Stream, (after, turn)) {
            if again {
                see(Sight::StreamAgain);
            }
            let open = self.described(cell, Some(start));
            net.down(ws, Down::Open(open));
        }
    }

    fn hear_attach(&mut self, net: &mut Net, ws: Ws, after: Seq, turn: u64) {
        if self.socket(ws).link.is_some() {
            return self.end_socket(net, ws, Down::Malformed);
        }
        if let Some(start) = self.attach_socket(net, ws, Carriage::Socket, (after, turn)) {
            net.down(ws, Down::From(start));
        }
    }

    /// Attaches a connection that is there; one that is refused ends.
    fn attach_socket(&mut self, net: &mut Net, ws: Ws, carriage: Carriage, how: (Seq, u64)) -> Option<Seq> {
        let (after, turn) = how;
        let cell = self.socket(ws).cell;
        let how = Attach { carriage, turn: Some(turn), after: Some(after), auto: false, jitter: 9_000 };
        match self.attach_named(cell, how) {
            Ok((link, start)) => {
                let socket = self.socket(ws);
                socket.link = Some(link);
                socket.next = start;
                self.woken.push(Driver::Socket(ws));
                Some(start)
            }
            Err(Denied::Stale(turn)) => {
                self.end_socket(net, ws, Down::Moved { turn });
                None
            }
            Err(Denied::Beyond) => {
                self.end_socket(net, ws, Down::Malformed);
                None
            }
        }
    }

    fn hear_from(&mut self, net: &mut Net, ws: Ws, number: Seq) {
        let socket = self.sockets.get_mut(&ws).expect("it was looked up before");
        let session = &self.cells[socket.cell].session;
        let is_gap = number > session.taken() + 1;
        let said = socket.lane.handle_from(number, session);
        if said.is_err() != is_gap {
            self.fault(format!("from: {number} led to {said:?}"));
        }
        if said.is_err() {
            see(Sight::GapByFrom);
            self.end_socket(net, ws, Down::Malformed);
        }
    }

    fn hear_message(&mut self, net: &mut Net, ws: Ws, content: Seq) {
        let Socket { cell, link, .. } = *self.socket(ws);
        let room = self.has_room(cell);
        let mut lane = std::mem::take(&mut self.socket(ws).lane);
        let heard = self.act(cell, |session, _| lane.handle_message(session, 100, room));
        let attached = link.filter(|link| self.holds(cell, *link));
        if let Some(link) = attached.filter(|_| heard.is_ok()) {
            self.act(cell, |session, now| session.owe_ack(now, link));
        }
        let by_count = lane.is_ack_due(&self.rules);
        let mut ack = lane.owes_ack() && (by_count || attached.is_none());
        match heard {
            Ok(Verdict::Take) => self.take(cell, content),
            Ok(Verdict::Repeat) => see(Sight::RepeatBySocket),
            Ok(Verdict::Busy) => {
                see(Sight::FullBySocket);
                let number = self.cells[cell].session.taken();
                net.down(ws, Down::Ack { number, busy: true });
                ack = false;
                lane.acked();
            }
            Ok(Verdict::Dropped) => see(Sight::DroppedWhileBusy),
            // One that is or was attached is told by its driver: behind the messages that are left, or that it was moved.
            Err(Refusal::Closed(_)) if link.is_some() => {}
            Err(Refusal::Closed(close)) => return self.end_socket(net, ws, Down::Close(close)),
            Err(_) => return self.end_socket(net, ws, Down::Malformed),
        }
        if ack {
            if by_count {
                see(Sight::AckByCount);
            }
            lane.acked();
            let number = self.cells[cell].session.taken();
            net.down(ws, Down::Ack { number, busy: false });
            if let Some(link) = link {
                self.act(cell, |session, _| session.ack_sent(link));
            }
        }
        self.socket(ws).lane = lane;
    }

    pub(super) fn run_socket(&mut self, net: &mut Net, ws: Ws) {
        loop {
            let Some(&Socket { cell, link: Some(link), next, .. }) = self.sockets.get(&ws) else { return };
            self.socket(ws).stuck = net.is_congested(ws) && self.holds(cell, link);
            if self.socket(ws).stuck {
                see(Sight::Congested);
                self.cells[cell].waker = Some(Driver::Socket(ws));
                return self.act(cell, |session, now| session.handle_congestion(now, link, true));
            }
            let packet = match self.next_to_write(cell, link) {
                Transmit::Parcel(number, parcel) => {
                    self.count(ws, number);
                    if self.socket(ws).left == 0 {
                        see(Sight::StreamBound);
                        return self.end_socket(net, ws, Down::Message(parcel));
                    }
                    Down::Message(parcel)
                }
                Transmit::Ack(number) => {
                    self.socket(ws).lane.acked();
                    Down::Ack { number, busy: false }
                }
                Transmit::Ping(number) => Down::Ping(number),
                Transmit::Idle => return self.cells[cell].waker = Some(Driver::Socket(ws)),
                Transmit::Drain { .. } => return self.end_socket(net, ws, Down::Drain),
                Transmit::Over(Over::Moved { turn }) => {
                    return self.end_socket(net, ws, Down::Moved { turn });
                }
                Transmit::Over(_) => return self.end_socket(net, ws, Down::End),
                Transmit::Close(close) => {
                    self.check_close(cell, &close, next);
                    return self.end_socket(net, ws, Down::Close(close));
                }
            };
            net.down(ws, packet);
        }
    }

    fn socket(&mut self, ws: Ws) -> &mut Socket {
        self.sockets.get_mut(&ws).expect("it is there as long as its driver runs")
    }

    /// The client counts along: a message must be the one it takes it for.
    fn count(&mut self, ws: Ws, number: Seq) {
        let socket = self.sockets.get_mut(&ws).expect("its driver runs");
        socket.left -= 1;
        let expected = std::mem::replace(&mut socket.next, number + 1);
        if number != expected {
            self.fault(format!(
                "counting: message {number} was handed over where the client counts {expected}"
            ));
        }
    }

    fn end_socket(&mut self, net: &mut Net, ws: Ws, farewell: Down) {
        net.down(ws, farewell);
        net.down(ws, Down::End);
        self.drop_socket(ws);
    }

    fn drop_socket(&mut self, ws: Ws) {
        if let Some(Socket { cell, link: Some(link), .. }) = self.sockets.remove(&ws) {
            self.act(cell, |session, now| session.handle_detach(now, link));
        }
    }

    /// A socket takes something again.
    pub(crate) fn handle_writable(&mut self, net: &mut Net, ws: Ws) {
        let Some(&Socket { cell, link: Some(link), .. }) = self.sockets.get(&ws) else { return };
        if !net.is_congested(ws) {
            self.act(cell, |session, now| session.handle_congestion(now, link, false));
            self.woken.push(Driver::Socket(ws));
        }
    }
}

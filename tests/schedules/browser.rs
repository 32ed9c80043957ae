//! The client's WebSockets and streams.

use everwire::session::{Moment, Seq};

use super::{
    client::{Client, Ending, PATIENCE, SILENCE},
    coverage::{Sight, see},
    wire::{Down, Net, Open, Up, Ws},
};

/// Milliseconds after which the client acknowledges at the latest.
const ACK_AFTER: u64 = 5_000;

/// A connection, as the client sees it.
#[derive(Debug, Clone)]
pub(crate) struct ClientSocket {
    pub(crate) ws: Ws,
    stream: bool,
    /// The turn with which an EventSource connects again by itself, whatever has happened since.
    native: Option<u64>,
    /// The gateway has said `open`.
    opened: bool,
    /// It has been asked to carry messages to the client.
    attached: bool,
    /// Number of the next message on it.
    next_in: Option<Seq>,
    /// Number of the next message the client sends on it; 0 before `from`.
    next_out: Seq,
    heard: Moment,
    /// Since when an acknowledgement is owed.
    owes: Option<Moment>,
    /// Since when the client has been waiting for one.
    waits: Option<Moment>,
    acked: Seq,
    /// The gateway drops what comes until the client says `from`.
    busy: bool,
    /// The client said something wrong on it, and expects to be told so.
    wild: bool,
}

impl ClientSocket {
    pub(crate) fn is_receiving(&self) -> bool {
        self.attached
    }

    pub(crate) fn next_timeout(&self) -> Option<Moment> {
        let acks = [self.owes.map(|since| since + ACK_AFTER), self.waits.map(|since| since + PATIENCE)];
        acks.into_iter().flatten().chain([self.heard + SILENCE]).min()
    }
}

impl Client {
    fn connect(&mut self, net: &mut Net, first: Up) -> &mut ClientSocket {
        let ws = net.connect();
        net.up(ws, first);
        self.sockets.push(ClientSocket {
            ws,
            stream: false,
            native: None,
            opened: false,
            attached: false,
            next_in: None,
            next_out: 0,
            heard: self.now,
            owes: None,
            waits: None,
            acked: 0,
            busy: false,
            wild: false,
        });
        self.sockets.last_mut().expect("it was just pushed")
    }

    fn may_connect(&self) -> bool {
        !self.is_over() && self.sockets.len() < 3
    }

    /// Opens by WebSocket, perhaps with messages right behind.
    pub(crate) fn open_socket(&mut self, net: &mut Net, messages: bool) {
        if !self.may_connect() || self.sid.is_some() {
            return;
        }
        let socket = self.connect(net, Up::Open { key: 1 });
        socket.next_out = 1;
        let ws = socket.ws;
        if messages {
            self.send_by(net, ws);
        }
    }

    /// A further WebSocket; an eager one moves everything there at once.
    pub(crate) fn resume(&mut self, net: &mut Net, eager: bool, sends: bool) {
        let Some(sid) = self.sid.filter(|_| self.may_connect()) else { return };
        let ws = self.connect(net, Up::Resume { sid }).ws;
        if eager {
            self.attach(net, ws);
        }
        if sends {
            self.send_by(net, ws);
        }
    }

    /// A stream: it carries to the client only. A native one connects again by itself.
    pub(crate) fn stream(&mut self, net: &mut Net, native: bool) {
        self.turn += 1;
        let turn = self.turn;
        self.stream_with(net, turn, native);
    }

    fn stream_with(&mut self, net: &mut Net, turn: u64, native: bool) {
        let Some(sid) = self.sid.filter(|_| self.may_connect()) else { return };
        let after = self.has();
        let socket = self.connect(net, Up::Stream { sid, after, turn });
        (socket.stream, socket.attached) = (true, true);
        socket.native = native.then_some(turn);
    }

    fn socket(&mut self, ws: Ws) -> Option<&mut ClientSocket> {
        self.sockets.iter_mut().find(|socket| socket.ws == ws)
    }

    /// The picked one of the sockets that `wanted` holds for.
    pub(crate) fn pick(&self, pick: u8, wanted: impl Fn(&ClientSocket) -> bool) -> Option<Ws> {
        let fitting: Vec<Ws> =
            self.sockets.iter().filter(|socket| wanted(socket)).map(|socket| socket.ws).collect();
        fitting.get(usize::from(pick) % fitting.len().max(1)).copied()
    }

    /// Moves the delivery to a WebSocket that has answered and is not attached.
    pub(crate) fn attach_one(&mut self, net: &mut Net, pick: u8) {
        if let Some(ws) = self.pick(pick, |socket| socket.opened && !socket.attached) {
            self.attach(net, ws);
        }
    }

    fn attach(&mut self, net: &mut Net, ws: Ws) {
        self.turn += 1;
        net.up(ws, Up::Attach { after: self.has(), turn: self.turn });
        if let Some(socket) = self.socket(ws) {
            socket.attached = true;
        }
    }

    /// Sends by a WebSocket from now on: everything that is not acknowledged first.
    pub(crate) fn send_by_one(&mut self, net: &mut Net, pick: u8) {
        if let Some(ws) = self.pick(pick, |socket| !socket.stream && (socket.opened || socket.next_out > 0)) {
            self.send_by(net, ws);
        }
    }

    fn send_by(&mut self, net: &mut Net, ws: Ws) {
        self.uplink = Some(ws);
        self.send_by_uplink(net);
    }

    /// Sends what has not been sent on the WebSocket that carries the client's messages.
    pub(crate) fn send_by_uplink(&mut self, net: &mut Net) {
        let (said, acked, now) = (self.said, self.acked, self.now);
        let Some(socket) = self.uplink.and_then(|ws| self.socket(ws)) else { return };
        if socket.next_out == 0 || socket.busy {
            socket.next_out = acked + 1;
            socket.busy = false;
            net.up(socket.ws, Up::From(acked + 1));
        }
        while socket.next_out <= said {
            net.up(socket.ws, Up::Message(socket.next_out));
            socket.next_out += 1;
            socket.waits.get_or_insert(now);
        }
    }

    /// A client that is wrong says a `from` that leaves messages out: those before its last one, or far more than there are.
    pub(crate) fn wild_from(&mut self, net: &mut Net, pick: u8) {
        let number = if self.said > self.acked + 1 { self.said } else { self.said + 1_000 };
        let Some(ws) = self.pick(pick, |socket| !socket.stream && socket.opened) else { return };
        net.up(ws, Up::From(number));
        net.up(ws, Up::Message(number));
        let socket = self.socket(ws).expect("it was just picked");
        (socket.wild, socket.waits, socket.next_out) = (true, None, number + 1);
    }

    /// A client that is wrong acknowledges what it can't have.
    pub(crate) fn wild_ack(&mut self, net: &mut Net, number: Seq) {
        let Some(ws) = self.pick(0, |socket| !socket.stream && socket.opened) else { return };
        net.up(ws, Up::Ack(number));
        self.socket(ws).expect("it was just picked").wild = true;
    }

    /// Acknowledges on the carriers that brought messages.
    pub(crate) fn ack_all(&mut self, net: &mut Net) {
        for index in 0..self.sockets.len() {
            if self.sockets[index].owes.is_some() {
                self.ack(net, index);
            }
        }
    }

    fn ack(&mut self, net: &mut Net, index: usize) {
        let has = self.has();
        let socket = &mut self.sockets[index];
        socket.owes = None;
        if socket.stream { self.post_ack(net) } else { net.up(socket.ws, Up::Ack(has)) }
    }

    /// Acknowledges on one carrier, owed or not.
    pub(crate) fn ack_one(&mut self, net: &mut Net, pick: u8) {
        if !self.sockets.is_empty() {
            let index = usize::from(pick) % self.sockets.len();
            if self.sockets[index].next_in.is_some() {
                self.ack(net, index);
            }
        }
    }

    /// Closes the session by a WebSocket.
    pub(crate) fn close_by_socket(&mut self, net: &mut Net) {
        if let Some(ws) = self.pick(0, |socket| !socket.stream && socket.opened) {
            net.up(ws, Up::Close);
            self.end(net, Ending::Own);
        }
    }

    /// Leaves a carrier.
    pub(crate) fn leave(&mut self, net: &mut Net, ws: Ws) {
        net.up(ws, Up::End);
        self.forget(ws);
    }

    fn forget(&mut self, ws: Ws) {
        self.sockets.retain(|socket| socket.ws != ws);
        if self.uplink == Some(ws) {
            self.uplink = None;
        }
    }

    /// A packet arrives.
    pub(crate) fn hear_socket(&mut self, net: &mut Net, ws: Ws, packet: Down) {
        let now = self.now;
        let over = self.is_over();
        let Some(socket) = self.socket(ws).filter(|_| !over) else { return };
        socket.heard = now;
        match packet {
            Down::Open(open) => self.hear_open(net, ws, open),
            Down::From(number) => socket.next_in = Some(number),
            Down::Message(parcel) => {
                let Some(number) = socket.next_in else {
                    return self.faults.push("down: a message came before `from`".into());
                };
                (socket.next_in, socket.owes) = (Some(number + 1), socket.owes.or(Some(now)));
                if socket.stream {
                    see(Sight::Streamed);
                }
                self.accept(number, parcel);
            }
            Down::Ack { number, busy } => self.hear_ack(ws, number, busy),
            // A stream has no way back.
            Down::Ping(_) if socket.stream => {}
            Down::Ping(number) => net.up(ws, Up::Pong(number)),
            Down::Malformed if socket.wild => self.forget(ws),
            Down::End => self.ended(net, ws),
            Down::Conflict | Down::Drain => self.forget(ws),
            Down::Unknown => self.end(net, Ending::Lost),
            Down::Close(close) => {
                let receiving = socket.next_in.is_some();
                self.forget(ws);
                self.told(net, close, receiving);
            }
            Down::Moved { turn } => {
                self.forget(ws);
                self.superseded(turn);
            }
            Down::Malformed => self.faults.push("4002 for a client that did nothing wrong".into()),
        }
    }

    fn ended(&mut self, net: &mut Net, ws: Ws) {
        let native = self.socket(ws).and_then(|socket| socket.native);
        self.forget(ws);
        if let Some(turn) = native {
            self.stream_with(net, turn, true);
        }
    }

    fn hear_open(&mut self, net: &mut Net, ws: Ws, open: Open) {
        if !self.bind(open.sid) {
            return self.leave(net, ws);
        }
        if let Some(socket) = self.socket(ws) {
            (socket.opened, socket.next_in) = (true, open.from);
            socket.attached |= open.from.is_some();
        }
        self.turn = self.turn.max(open.turn);
        self.acked(open.received);
    }

    fn hear_ack(&mut self, ws: Ws, number: Seq, busy: bool) {
        self.acked(number);
        let (said, now, acked) = (self.said, self.now, self.acked);
        let Some(socket) = self.socket(ws) else { return };
        if number < socket.acked {
            let before = socket.acked;
            return self.faults.push(format!("ack: {number} came behind {before}"));
        }
        let progress = number > socket.acked;
        socket.acked = number;
        socket.busy |= busy;
        if busy || acked >= said {
            socket.waits = None;
        } else if progress {
            socket.waits = socket.waits.map(|_| now);
        }
    }

    pub(super) fn tick_sockets(&mut self, net: &mut Net) {
        let now = self.now;
        for index in (0..self.sockets.len()).rev() {
            let socket = &self.sockets[index];
            let unacknowledged = socket.waits.is_some_and(|since| now >= since + PATIENCE);
            if unacknowledged || now >= socket.heard + SILENCE {
                see(Sight::LeftMute);
                let ws = socket.ws;
                self.leave(net, ws);
            } else if socket.owes.is_some_and(|since| now >= since + ACK_AFTER) {
                self.ack(net, index);
            }
        }
        if !self.is_over() && self.sockets.iter().any(|socket| socket.busy && self.uplink == Some(socket.ws))
        {
            self.send_by_uplink(net);
        }
    }
}

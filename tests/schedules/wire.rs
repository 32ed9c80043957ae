//! What travels between the two ends, and the network that loses, repeats, reorders and cuts it.

use std::{collections::VecDeque, sync::Arc};

use everwire::{
    session::{Close, Moment, Seq, Sid},
    wire::parcel::Parcel,
};

/// Names one HTTP exchange; a duplicate of its request shares it.
pub(crate) type Exchange = usize;
/// Names one WebSocket or stream.
pub(crate) type Ws = usize;

/// What a client sends on a WebSocket; the first packet also stands for a stream's request.
#[derive(Debug, Clone)]
pub(crate) enum Up {
    Open {
        key: u64,
    },
    Resume {
        sid: Sid,
    },
    Stream {
        sid: Sid,
        after: Seq,
        turn: u64,
    },
    Attach {
        after: Seq,
        turn: u64,
    },
    From(Seq),
    /// A message; its content is its own number, so that the receiver sees what it got.
    Message(Seq),
    Ack(Seq),
    Pong(u64),
    Close,
    /// The transport's end.
    End,
}

/// The `open` that the gateway answers with.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    pub(crate) sid: Sid,
    pub(crate) turn: u64,
    pub(crate) received: Seq,
    pub(crate) from: Option<Seq>,
}

/// What the gateway sends on a WebSocket or a stream, or as control packets in a poll's answer.
#[derive(Debug, Clone)]
pub(crate) enum Down {
    Open(Open),
    From(Seq),
    Message(Arc<Parcel>),
    Ack {
        number: Seq,
        busy: bool,
    },
    Ping(u64),
    Moved {
        turn: u64,
    },
    Drain,
    Close(Close),
    /// No such session (4004).
    Unknown,
    /// The opening key's session is in use (409).
    Conflict,
    /// 4002, on this carrier only.
    Malformed,
    /// The transport's end.
    End,
}

/// An HTTP request.
#[derive(Debug, Clone)]
pub(crate) enum Request {
    /// Opening, with the client's first messages behind it.
    Open {
        key: u64,
        messages: Vec<Seq>,
    },
    Get {
        sid: Sid,
        after: Option<Seq>,
        turn: u64,
        wait: u64,
    },
    Post {
        sid: Sid,
        first: Seq,
        messages: Vec<Seq>,
        ack: Option<Seq>,
    },
    /// The same by form: nobody can read its answer.
    Form {
        sid: Sid,
        first: Seq,
        messages: Vec<Seq>,
    },
    Delete {
        sid: Sid,
    },
}

/// Its answer.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Open(Open),
    Poll {
        from: Seq,
        messages: Vec<Arc<Parcel>>,
        control: Vec<Down>,
    },
    Stale {
        turn: u64,
    },
    Ack(Seq),
    Gap(Seq),
    Full(Seq),
    Closed(Close),
    Conflict,
    Unknown,
    Beyond,
    Done,
    /// A form's frame has loaded, whatever it shows.
    Loaded,
}

/// Something of an HTTP exchange on its way.
#[derive(Debug, Clone)]
pub(crate) enum Mail {
    Request(Exchange, Request),
    Answer(Exchange, Answer),
}

/// A kept connection: each direction in order, until it is cut or goes mute.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    pub(crate) up: VecDeque<Up>,
    pub(crate) down: VecDeque<Down>,
    /// What is sent in this direction stays in some buffer for ever.
    pub(crate) mute_up: bool,
    pub(crate) mute_down: bool,
    /// Nothing more comes: its end has been queued.
    up_ended: bool,
    down_ended: bool,
}

impl Wire {
    /// Both ends have been delivered.
    pub(crate) fn is_done(&self) -> bool {
        self.up_ended && self.down_ended && self.up.is_empty() && self.down.is_empty()
    }
}

/// Everything that is under way.
#[derive(Debug, Default)]
pub(crate) struct Net {
    pub(crate) mail: Vec<Mail>,
    pub(crate) wires: Vec<Wire>,
    pub(crate) now: Moment,
    exchanges: usize,
}

impl Net {
    /// Sends a request.
    pub(crate) fn request(&mut self, request: Request) -> Exchange {
        self.exchanges += 1;
        self.mail.push(Mail::Request(self.exchanges, request));
        self.exchanges
    }

    /// Answers one.
    pub(crate) fn answer(&mut self, exchange: Exchange, answer: Answer) {
        self.mail.push(Mail::Answer(exchange, answer));
    }

    /// Opens a connection.
    pub(crate) fn connect(&mut self) -> Ws {
        self.wires.push(Wire::default());
        self.wires.len() - 1
    }

    /// The client sends on a connection. What is sent behind an end goes nowhere.
    pub(crate) fn up(&mut self, ws: Ws, packet: Up) {
        let wire = &mut self.wires[ws];
        if !wire.up_ended {
            wire.up_ended = matches!(packet, Up::End);
            wire.up.push_back(packet);
        }
    }

    /// The gateway sends on a connection.
    pub(crate) fn down(&mut self, ws: Ws, packet: Down) {
        let wire = &mut self.wires[ws];
        if !wire.down_ended {
            wire.down_ended = matches!(packet, Down::End);
            wire.down.push_back(packet);
        }
    }

    /// Takes the next packet that reaches the gateway.
    pub(crate) fn next_up(&mut self, ws: Ws) -> Option<Up> {
        let wire = &mut self.wires[ws];
        if wire.mute_up { None } else { wire.up.pop_front() }
    }

    /// Takes the next packet that reaches the client.
    pub(crate) fn next_down(&mut self, ws: Ws) -> Option<Down> {
        let wire = &mut self.wires[ws];
        if wire.mute_down { None } else { wire.down.pop_front() }
    }

    /// Cuts a connection: of what is under way only so many packets still arrive in each direction, then its end does.
    pub(crate) fn cut(&mut self, ws: Ws, keep_up: usize, keep_down: usize) {
        let wire = &mut self.wires[ws];
        wire.up.truncate(keep_up);
        wire.down.truncate(keep_down);
        wire.up_ended = true;
        wire.down_ended = true;
        wire.up.push_back(Up::End);
        wire.down.push_back(Down::End);
    }

    /// The gateway's socket takes no more: the client is slow to read, or does not read at all.
    pub(crate) fn is_congested(&self, ws: Ws) -> bool {
        self.wires[ws].down.len() >= 6
    }

    /// Nothing that could still arrive is under way.
    pub(crate) fn is_quiet(&self) -> bool {
        let done =
            |wire: &Wire| (wire.up.is_empty() || wire.mute_up) && (wire.down.is_empty() || wire.mute_down);
        self.mail.is_empty() && self.wires.iter().all(done)
    }
}

//! What is said and heard on a native WebSocket, packet by packet.

use std::sync::Arc;

use super::{
    Context,
    heard::{self, Control, Sorted},
    socket::{Conversation, Ending, Outgoing, Turn},
    websocket,
};
use crate::{
    dialect::{
        native,
        packet::{self, Packet},
    },
    hub::{Cell, Heard, Link, stats::Carrier},
    session::{Attach, Carriage, Code, Lane, Over, Refusal, Transmit, Verdict},
    wire::{
        frame::{self, Item, Opcode},
        parcel::Form,
    },
};

/// Milliseconds after which a client may repeat what a full queue did not take.
const BUSY: u64 = 200;

/// One end of a native WebSocket.
pub(super) struct Talk {
    context: Arc<Context>,
    lane: Lane,
    stage: Stage,
}

enum Stage {
    /// Neither opened nor resumed.
    Fresh(Option<Request>),
    /// The session is known, and delivered elsewhere or nowhere.
    Joined(Probing),
    /// The session is delivered here.
    Attached(Link),
}

/// The first packet, for somebody who can wait. It has secrets, and so no `Debug`.
pub(super) enum Request {
    /// Open a session.
    Open { auth: Option<Box<str>>, key: Option<Vec<u8>> },
    /// Resume this one.
    Resume(String),
}

/// A WebSocket that counts as not attached, until it is dropped.
struct Probing(Arc<Cell>);

impl Drop for Probing {
    fn drop(&mut self) {
        self.0.end_socket();
    }
}

impl Talk {
    pub(super) fn new(context: Arc<Context>) -> Self {
        Talk { context, lane: Lane::default(), stage: Stage::Fresh(None) }
    }

    pub(super) fn context(&self) -> &Arc<Context> {
        &self.context
    }

    pub(super) fn take_request(&mut self) -> Option<Request> {
        if let Stage::Fresh(request) = &mut self.stage { request.take() } else { None }
    }

    pub(super) fn is_attached(&self) -> bool {
        matches!(self.stage, Stage::Attached(_))
    }

    pub(super) fn attached(&mut self, link: Link, lane: Lane) {
        self.lane = lane;
        self.stage = Stage::Attached(link);
    }

    pub(super) fn joined(&mut self, cell: Arc<Cell>, lane: Lane) -> Result<(), Ending> {
        if !cell.begin_socket() {
            let reason = "this session has as many WebSockets that are not attached as it may";
            return Err(Ending::Close(Code::TooMany.number(), reason.into()));
        }
        self.lane = lane;
        self.stage = Stage::Joined(Probing(cell));
        Ok(())
    }

    fn cell(&self) -> Option<&Arc<Cell>> {
        match &self.stage {
            Stage::Fresh(_) => None,
            Stage::Joined(probing) => Some(&probing.0),
            Stage::Attached(link) => Some(link.cell()),
        }
    }

    fn hear_packet(&mut self, packet: Packet<'_>, bytes: usize, out: &mut Outgoing) -> Turn {
        match (&mut self.stage, packet) {
            (Stage::Fresh(request), Packet::Open(opening)) => {
                let (auth, key) = websocket::credentials(&opening);
                *request = Some(Request::Open { auth, key });
                Turn::Pause
            }
            (Stage::Fresh(request), Packet::Resume { session }) => {
                *request = Some(Request::Resume(session.into_owned()));
                Turn::Pause
            }
            (Stage::Fresh(_), _) => breach("say `open` or `resume` first"),
            (Stage::Joined(_), Packet::Attach { after, turn }) => self.attach(after, turn, out),
            (_, packet) => match heard::sort(packet) {
                Sorted::Numbered(heard) => self.hear_message(heard, bytes, out),
                Sorted::Control(control) => self.hear_control(control, out),
                Sorted::Carrier(kind) => breach(&format!("a second `{kind}` on one WebSocket")),
            },
        }
    }

    fn attach(&mut self, after: Option<u64>, turn: Option<u64>, out: &mut Outgoing) -> Turn {
        let Some(cell) = self.cell().cloned() else { return breach("say `open` or `resume` first") };
        let jitter = cell.sid.spread() as u16;
        match cell
            .attach(Carrier::Ws, Attach { carriage: Carriage::Socket, turn, after, auto: false, jitter })
        {
            Ok(link) => {
                out.push(native::Control::From(link.start()).frame());
                self.stage = Stage::Attached(link);
                Turn::Pause
            }
            Err(Refusal::Stale { turn }) => {
                out.push(native::Control::Moved(turn).frame());
                Turn::End(moved())
            }
            Err(refusal) => refused(&cell, &refusal, out),
        }
    }

    fn hear_message(&mut self, heard: Heard, bytes: usize, out: &mut Outgoing) -> Turn {
        let link = if let Stage::Attached(link) = &self.stage { Some(link.id()) } else { None };
        let Some(cell) = self.cell().cloned() else { return breach("say `open` or `resume` first") };
        match cell.receive_on(&mut self.lane, link, bytes, heard) {
            Ok(Verdict::Take | Verdict::Repeat)
                if link.is_none() || self.lane.is_ack_due(&cell.hub().rules) =>
            {
                self.acknowledge(&cell, None, out);
            }
            Ok(Verdict::Busy) => self.acknowledge(&cell, Some(BUSY), out),
            Ok(Verdict::Take | Verdict::Repeat | Verdict::Dropped) => {}
            // Its close comes behind what is left to deliver here.
            Err(Refusal::Closed(_)) if link.is_some() => {}
            Err(refusal) => return refused(&cell, &refusal, out),
        }
        Turn::On
    }

    fn acknowledge(&mut self, cell: &Arc<Cell>, busy: Option<u64>, out: &mut Outgoing) {
        let link = if let Stage::Attached(link) = &self.stage { Some(link.id()) } else { None };
        let taken = cell.act(|state, _| {
            if let Some(link) = link {
                state.session.ack_sent(link);
            }
            state.session.taken()
        });
        self.lane.acked();
        out.answer(native::Control::Ack(taken, busy).frame());
    }

    fn hear_control(&mut self, control: Control, out: &mut Outgoing) -> Turn {
        let link = if let Stage::Attached(link) = &self.stage { Some(link.id()) } else { None };
        let Some(cell) = self.cell().cloned() else { return breach("say `open` or `resume` first") };
        let (lane, tally) = (&mut self.lane, &cell.hub().tally);
        let heard = cell.act(|state, now| {
            let session = &mut state.session;
            if let Some(link) = link {
                session.handle_heard(now, link);
            }
            match control {
                Control::Ack(seq) => {
                    session.handle_named(now);
                    session.handle_ack(now, seq)
                }
                Control::From(seq) => lane.handle_from(seq, session),
                Control::Pong(number) => {
                    session.handle_named(now);
                    if let Some(rtt) = link.and_then(|link| session.handle_pong(now, link, number)) {
                        tally.ponged(rtt);
                    }
                    Ok(())
                }
                Control::Ping(number) => {
                    out.answer(native::Control::Pong(number).frame());
                    Ok(())
                }
                Control::Close { code, reason } => {
                    session.close(now, code, &reason);
                    Ok(())
                }
            }
        });
        if let Err(refusal) = heard {
            return refused(&cell, &refusal, out);
        }
        // Attached, the close comes from the session, behind its messages.
        let closed = link.is_none().then(|| cell.peek(|state| state.session.closed().cloned())).flatten();
        closed.map_or(Turn::On, |close| refused(&cell, &Refusal::Closed(close), out))
    }

    fn malformed(&self, fault: &packet::Malformed, out: &mut Outgoing) -> Turn {
        let Some(cell) = self.cell() else { return breach(&fault.message) };
        cell.act(|state, now| state.session.close(now, Code::Malformed, &fault.message));
        match (&self.stage, cell.peek(|state| state.session.closed().cloned())) {
            (Stage::Joined(_), Some(close)) => refused(cell, &Refusal::Closed(close), out),
            // The session says its close itself, behind its messages.
            _ => Turn::On,
        }
    }
}

impl Conversation for Talk {
    fn link(&self) -> Option<&Link> {
        if let Stage::Attached(link) = &self.stage { Some(link) } else { None }
    }

    fn hear(&mut self, item: Item<'_>, out: &mut Outgoing) -> Turn {
        let context = Arc::clone(&self.context);
        let (packet, bytes) = match item {
            Item::Text(text) => (packet::parse(text, &context.bounds), text.len()),
            Item::Binary(bytes) => (packet::parse_binary(bytes, &context.bounds), bytes.len()),
            Item::Ping(payload) => {
                out.answer(frame::frame(Opcode::Pong, payload));
                return self.heard();
            }
            Item::Pong(_) => return self.heard(),
            Item::Close(reason) => return Turn::End(Ending::Answer(reason.map(|(code, _)| code))),
        };
        match packet {
            Ok(packet) => self.hear_packet(packet, bytes, out),
            Err(fault) => self.malformed(&fault, out),
        }
    }

    fn say(&mut self, transmit: Transmit, out: &mut Outgoing) -> Option<Ending> {
        let control = match &transmit {
            Transmit::Parcel(_, parcel) => {
                out.push(parcel.form(Form::Frame, |parcel| native::make(Form::Frame, parcel)));
                return None;
            }
            Transmit::Idle => return None,
            Transmit::Ack(seq) => {
                self.lane.acked();
                native::Control::Ack(*seq, None)
            }
            Transmit::Ping(number) => native::Control::Ping(*number),
            Transmit::Drain { retry } => native::Control::Drain(*retry),
            Transmit::Close(close) => native::Control::Close(close),
            Transmit::Over(Over::Moved { turn }) => native::Control::Moved(*turn),
            Transmit::Over(over) => return Some(left(*over)),
        };
        out.push(control.frame());
        match transmit {
            Transmit::Close(close) => Some(Ending::Close(close.code.number(), close.reason.into())),
            Transmit::Drain { .. } => {
                Some(Ending::Close(Code::Draining.number(), "the gateway is going away".into()))
            }
            Transmit::Over(_) => Some(moved()),
            _ => None,
        }
    }
}

impl Talk {
    /// A sign of life below the protocol.
    fn heard(&self) -> Turn {
        if let Stage::Attached(link) = &self.stage {
            link.cell().act(|state, now| state.session.handle_heard(now, link.id()));
        }
        Turn::On
    }
}

/// A breach of the protocol that ends this WebSocket, and not the session.
fn breach(reason: &str) -> Turn {
    Turn::End(Ending::Close(Code::Malformed.number(), reason.into()))
}

fn moved() -> Ending {
    Ending::Close(Code::Moved.number(), "the session moved to another carrier".into())
}

fn left(over: Over) -> Ending {
    // 1001, going away (RFC 6455, section 7.4.1): the session goes on, so none of the protocol's own codes fits.
    let reason = match over {
        Over::Unacknowledged => "messages here are not acknowledged any more; resume on another carrier",
        _ => "nothing was heard here; resume on another carrier",
    };
    Ending::Close(1001, reason.into())
}

fn refused(cell: &Arc<Cell>, refusal: &Refusal, out: &mut Outgoing) -> Turn {
    match refusal {
        Refusal::Closed(close) => {
            out.push(native::Control::Close(close).frame());
            Turn::End(Ending::Close(close.code.number(), close.reason.to_string()))
        }
        Refusal::Gap { taken } => breach(&format!("a message is missing; repeat from number {}", taken + 1)),
        Refusal::NoFrom => breach("say `from` before the first message on a resumed WebSocket"),
        Refusal::Beyond { sent } => {
            breach(&format!("an acknowledgement above message {sent}, the last that was sent"))
        }
        Refusal::Stale { turn } => breach(&format!("a stale attach; the turn of {} is {turn}", cell.sid)),
    }
}

//! The native protocol, the gateway's half: what it says (docs/PROTOCOL.md, section 2). What it hears is in
//! [`packet`](super::packet).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;

use super::Failure;
use crate::{
    session::{Close, PeerId, Seq, Session, Sid},
    wire::{
        frame::{self, Opcode},
        json,
        parcel::{Content, Form, Marks, Parcel},
        script,
    },
};

/// The version announced in `open`.
pub const VERSION: u64 = 1;

/// An event on its way to clients.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// The event's name.
    pub name: &'a str,
    /// Its data; JSON text must be valid.
    pub content: Content<'a>,
    /// The room it came from.
    pub room: Option<&'a str>,
    /// The client that published it.
    pub peer: Option<PeerId>,
    /// The number under which a reply is expected.
    pub id: Option<u64>,
}

impl<'a> Outgoing<'a> {
    /// An event with data, and nothing else.
    pub fn new(name: &'a str, content: Content<'a>) -> Self {
        Outgoing { name, content, room: None, peer: None, id: None }
    }

    /// Encodes the event.
    pub fn parcel(&self) -> Parcel {
        let data = if let Content::Json(data) = self.content { data.len() } else { 0 };
        let mut out = Vec::with_capacity(64 + self.name.len() + data);
        let mut marks = Marks::default();
        out.extend_from_slice(b"{\"event\":");
        marks.name = marked(&mut out, |out| json::push_string(out, self.name));
        if let Content::Json(data) = self.content {
            out.extend_from_slice(b",\"data\":");
            marks.data = marked(&mut out, |out| out.extend_from_slice(json::tidy(data).as_bytes()));
        }
        if let Some(room) = self.room {
            out.extend_from_slice(b",\"room\":");
            marks.room = marked(&mut out, |out| json::push_string(out, room));
        }
        if let Some(peer) = self.peer {
            out.extend_from_slice(b",\"peer\":");
            json::push_string(&mut out, &peer.to_string());
        }
        push_id(&mut out, self.id);
        out.push(b'}');
        match self.content {
            Content::Binary(payload) => Parcel::binary(&out, payload, &marks),
            _ => Parcel::text(&out, &marks),
        }
    }
}

/// Encodes the answer to the client's request `id`.
pub fn reply(id: u64, outcome: Result<Content<'_>, &Failure>) -> Parcel {
    let mut out = b"{\"reply\":".to_vec();
    json::push_number(&mut out, id);
    match outcome {
        Ok(Content::Json(data)) => {
            out.extend_from_slice(b",\"data\":");
            out.extend_from_slice(json::tidy(data).as_bytes());
        }
        Ok(Content::Binary(payload)) => {
            out.push(b'}');
            return Parcel::binary(&out, payload, &Marks::default());
        }
        Ok(Content::Nothing) => {}
        Err(failure) => {
            out.push(b',');
            push_error(&mut out, failure);
        }
    }
    out.push(b'}');
    Parcel::text(&out, &Marks::default())
}

/// Encodes the refusal of something the client sent without an `id`.
pub fn error(failure: &Failure) -> Parcel {
    let mut out = b"{".to_vec();
    push_error(&mut out, failure);
    out.push(b'}');
    Parcel::text(&out, &Marks::default())
}

/// Makes the forms of a message that are not at hand with it.
pub fn make(form: Form, parcel: &Parcel) -> Bytes {
    match form {
        Form::Packet => with_base64(parcel),
        Form::Script => script::escaped(parcel.form(Form::Packet, with_base64)),
        Form::Bare => Bytes::from(super::raw::bare(parcel)),
        Form::BareEvent => Bytes::from(super::raw::event(parcel)),
        Form::BareFrame => super::raw::frame(parcel),
        Form::Frame => unreachable!("a parcel is made with its frame"),
    }
}

/// A binary message on a carrier that is text only: its header with the payload as base64.
fn with_base64(parcel: &Parcel) -> Bytes {
    let Content::Binary(payload) = parcel.content() else { return Bytes::copy_from_slice(parcel.header()) };
    let header = parcel.header();
    let mut out = Vec::with_capacity(header.len() + payload.len() * 4 / 3 + 20);
    out.extend_from_slice(&header[..header.len() - 1]);
    out.extend_from_slice(b",\"binary\":\"");
    out.extend_from_slice(STANDARD.encode(payload).as_bytes());
    out.extend_from_slice(b"\"}");
    Bytes::from(out)
}

/// A packet that is not numbered.
#[derive(Debug, Clone)]
pub enum Control<'a> {
    /// `{"ack":12}`, with `busy` the milliseconds after which to try again what was dropped.
    Ack(Seq, Option<u64>),
    /// `{"ping":n}`
    Ping(u64),
    /// `{"pong":n}`
    Pong(u64),
    /// `{"from":13}`
    From(Seq),
    /// `{"moved":{"turn":5}}`
    Moved(u64),
    /// `{"drain":{"retry":ms}}`
    Drain(u64),
    /// `{"close":{…}}`
    Close(&'a Close),
}

impl Control<'_> {
    /// The key that tells its kind, which is also its name as an event.
    pub fn name(&self) -> &'static str {
        match self {
            Control::Ack(..) => "ack",
            Control::Ping(_) => "ping",
            Control::Pong(_) => "pong",
            Control::From(_) => "from",
            Control::Moved(_) => "moved",
            Control::Drain(_) => "drain",
            Control::Close(_) => "close",
        }
    }

    /// Writes the packet.
    pub fn push(&self, out: &mut Vec<u8>) {
        let plain = |out: &mut Vec<u8>, head: &str, number: u64, tail: &str| {
            out.extend_from_slice(head.as_bytes());
            json::push_number(out, number);
            out.extend_from_slice(tail.as_bytes());
        };
        match *self {
            Control::Ack(seq, None) => plain(out, "{\"ack\":", seq, "}"),
            Control::Ack(seq, Some(busy)) => {
                plain(out, "{\"ack\":", seq, "");
                plain(out, ",\"busy\":", busy, "}");
            }
            Control::Ping(number) => plain(out, "{\"ping\":", number, "}"),
            Control::Pong(number) => plain(out, "{\"pong\":", number, "}"),
            Control::From(seq) => plain(out, "{\"from\":", seq, "}"),
            Control::Moved(turn) => plain(out, "{\"moved\":{\"turn\":", turn, "}}"),
            Control::Drain(retry) => plain(out, "{\"drain\":{\"retry\":", retry, "}}"),
            Control::Close(close) => {
                out.extend_from_slice(b"{\"close\":");
                push_close(out, close);
                out.push(b'}');
            }
        }
    }

    /// The packet as a WebSocket frame.
    pub fn frame(&self) -> Bytes {
        let mut out = Vec::with_capacity(48);
        self.push(&mut out);
        frame::frame(Opcode::Text, &out)
    }
}

/// Writes what stands behind `"close":`.
pub fn push_close(out: &mut Vec<u8>, close: &Close) {
    out.extend_from_slice(b"{\"code\":");
    json::push_number(out, u64::from(close.code.number()));
    out.extend_from_slice(b",\"reason\":");
    json::push_string(out, &close.reason);
    out.extend_from_slice(b",\"last\":");
    json::push_number(out, close.last);
    out.extend_from_slice(b",\"received\":");
    json::push_number(out, close.received);
    out.push(b'}');
}

/// What a gateway tells of itself in `open`. Times in whole seconds.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Silence after which the gateway pings.
    pub ping: u64,
    /// How long a poll is held unless it asks otherwise.
    pub wait: u64,
    /// The resume window.
    pub resume: u64,
    /// Largest packet and body, decoded, in bytes.
    pub max: usize,
    /// The carriers there are, best first.
    pub carriers: Vec<&'static str>,
}

/// Writes the `open` packet of a session; `from` is the number of the next message on the carrier that brings it, where the
/// session is attached there.
pub fn push_open(
    out: &mut Vec<u8>,
    sid: &Sid,
    peer: PeerId,
    session: &Session,
    from: Option<Seq>,
    terms: &Terms,
) {
    let mut field = |name: &str, number: u64| {
        out.extend_from_slice(name.as_bytes());
        json::push_number(out, number);
    };
    field("{\"open\":{\"v\":", VERSION);
    out.extend_from_slice(format!(",\"session\":\"{}\",\"peer\":\"{peer}\"", sid.secret()).as_bytes());
    let mut field = |name: &str, number: u64| {
        out.extend_from_slice(name.as_bytes());
        json::push_number(out, number);
    };
    field(",\"turn\":", session.turn());
    field(",\"received\":", session.taken());
    field(",\"last\":", session.last());
    if let Some(from) = from {
        field(",\"from\":", from);
    }
    field(",\"ping\":", terms.ping);
    field(",\"wait\":", terms.wait);
    field(",\"resume\":", terms.resume);
    field(",\"max\":", terms.max as u64);
    out.extend_from_slice(b",\"carriers\":[");
    for (index, name) in terms.carriers.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        json::push_string(out, name);
    }
    out.extend_from_slice(b"]}}");
}

/// Writes `"error":{"code":…,"message":…}`.
pub fn push_error(out: &mut Vec<u8>, failure: &Failure) {
    out.extend_from_slice(b"\"error\":{\"code\":");
    json::push_string(out, &failure.code);
    out.extend_from_slice(b",\"message\":");
    json::push_string(out, &failure.message);
    out.push(b'}');
}

fn push_id(out: &mut Vec<u8>, id: Option<u64>) {
    if let Some(id) = id {
        out.extend_from_slice(b",\"id\":");
        json::push_number(out, id);
    }
}

/// Runs `write` and tells where in `out` it wrote.
fn marked(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) -> std::ops::Range<usize> {
    let start = out.len();
    write(out);
    start..out.len()
}

#[cfg(test)]
mod tests;

//! From packets to work: what a client said, owned, and separated into what is numbered and what is not.

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::{
    dialect::{
        Failure,
        packet::{Content, Packet},
    },
    hub::{Asker, Heard, Incoming, Payload, Work},
    session::Code,
    wire::json,
};

/// What a client that closes without a word of its own is recorded with.
pub(super) const GOODBYE: &str = "closed by the client";

/// A packet that is not numbered, as far as any carrier may bring it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Control {
    /// The client has everything up to this number.
    Ack(u64),
    /// To be echoed.
    Ping(u64),
    /// The echo.
    Pong(u64),
    /// The number of the client's next message on this carrier.
    From(u64),
    /// The session ends.
    Close { code: Code, reason: String },
}

/// A packet, sorted.
#[derive(Debug)]
pub(super) enum Sorted {
    /// A message.
    Numbered(Heard),
    /// A control packet.
    Control(Control),
    /// `open`, `resume` or `attach`: only a WebSocket takes them, each in its place.
    Carrier(&'static str),
}

/// Sorts a packet and takes what it borrows.
pub(super) fn sort(packet: Packet<'_>) -> Sorted {
    let control = match packet {
        Packet::Open(_) | Packet::Resume { .. } | Packet::Attach { .. } => {
            return Sorted::Carrier(packet.kind());
        }
        Packet::From(seq) => Control::From(seq),
        Packet::Ack(seq) => Control::Ack(seq),
        Packet::Ping(number) => Control::Ping(number),
        Packet::Pong(number) => Control::Pong(number),
        Packet::Close { code, reason } => farewell(code, &reason),
        numbered => return Sorted::Numbered(numbered_packet(numbered)),
    };
    Sorted::Control(control)
}

/// Longest reason of a client's that is kept, in bytes: a tombstone holds it for the whole resume window.
const REASON: usize = 256;

/// A client's own end. The codes of the protocol are the gateway's to say, and others may not stand in a close frame
/// (RFC 6455, section 7.4): what is neither 4000 nor the application's counts as 4000.
fn farewell(code: Option<u16>, reason: &str) -> Control {
    let code = code.filter(|code| (4100..=4999).contains(code)).map_or(Code::Closed, Code::from);
    let reason = if reason.is_empty() { GOODBYE } else { &reason[..reason.floor_char_boundary(REASON)] };
    Control::Close { code, reason: reason.to_owned() }
}

fn numbered_packet(packet: Packet<'_>) -> Heard {
    let work = match packet {
        Packet::Reply { id, outcome } => return Heard::Reply(id, outcome.map(raw)),
        Packet::Event(event) if event.ns.is_none() => Work::Event(Incoming {
            event: event.name.into(),
            payload: match event.content {
                Content::Json(data) => raw(data),
                Content::Binary(bytes) => Payload::Binary(Bytes::from(bytes.into_owned())),
            },
            room: event.room.map(Into::into),
            asker: asker(event.id),
        }),
        Packet::Join { room, ns: None, id, .. } => Work::Join { room: room.into(), asker: asker(id) },
        Packet::Leave { room, ns: None, id } => Work::Leave { room: room.into(), asker: asker(id) },
        other => refused(&other),
    };
    Heard::Work(work)
}

/// What no session of this gateway offers is refused by name, in its turn.
fn refused(packet: &Packet<'_>) -> Work {
    let (code, message, id) = match packet {
        Packet::Auth { id, .. } => {
            ("unsupported", "This gateway takes credentials only when a session opens; open a new one.", *id)
        }
        Packet::Event(event) => (NS, NS_MESSAGE, event.id),
        Packet::Connect { id, .. }
        | Packet::Disconnect { id, .. }
        | Packet::Join { id, .. }
        | Packet::Leave { id, .. } => (NS, NS_MESSAGE, *id),
        other => ("unsupported", other.kind(), None),
    };
    Work::Refuse { failure: Failure { code: code.into(), message: message.into() }, asker: asker(id) }
}

const NS: &str = "unknown_namespace";
const NS_MESSAGE: &str = "There is no such namespace on this gateway; leave `ns` away to talk to `/`.";

fn asker(id: Option<u64>) -> Asker {
    id.map_or(Asker::Nobody, Asker::Client)
}

fn raw(data: Option<&RawValue>) -> Payload {
    data.map_or(Payload::Nothing, |data| Payload::Json(json::tidy(data.get()).into()))
}

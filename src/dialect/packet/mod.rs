//! The packets of the native protocol that a client sends (`docs/PROTOCOL.md`, sections 2, 3, 5 and 8).
//!
//! Text in, borrowed values out: `data` and `auth` stay the raw JSON they were, names borrow from the text, and
//! an ordinary message parses without a heap allocation. What can be judged by looking at a packet alone is
//! judged here; what depends on a session (is this `ack` possible, may this room be entered) is not.

mod body;
mod fields;
mod malformed;
mod read;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use serde_json::value::RawValue;

use crate::wire::frame::take_leb128;
use crate::wire::json;

use fields::Fields;

pub use body::{parse_body, parse_opening};
pub use malformed::{Malformed, Reason};
pub use read::key;

/// The largest integer of the protocol, 2^53 - 1: what every JavaScript engine holds exactly.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;

/// What a packet may measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of one packet: of its text without the space around it, or of a whole binary frame.
    pub packet: usize,
    /// Bytes of the name of an event, a room or a namespace, of an epoch and of a session's identifier.
    pub name: usize,
    /// How deep arrays and objects may be nested, the packet itself counted.
    pub depth: usize,
    /// Packets in one body.
    pub batch: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { packet: 1 << 20, name: 256, depth: 64, batch: 1024 }
    }
}

/// One packet from a client.
///
/// Its `Debug` form shows no credentials, no nonce and no identifier of a session, since it may end in a log.
#[derive(Clone)]
pub enum Packet<'a> {
    /// `{"event":…}`: a message. Numbered.
    Event(Event<'a>),
    /// `{"reply":7,…}`: the answer to a message that the gateway sent with an `id`. Numbered.
    Reply {
        /// The `id` that is answered, from 1.
        id: u64,
        /// The answer's `data`, where it has any, or what stood in `error`.
        outcome: Result<Option<&'a RawValue>, Failure>,
    },
    /// `{"connect":{…}}`: enter a further namespace. Numbered.
    Connect {
        /// The namespace as it was written: `/` is not folded away here, since the packet is about it.
        ns: Cow<'a, str>,
        /// Credentials for this namespace, raw.
        auth: Option<&'a RawValue>,
        /// Where a reply is wanted.
        id: Option<u64>,
    },
    /// `{"disconnect":{…}}`: leave a namespace. Numbered.
    Disconnect {
        /// The namespace, as in [`Packet::Connect`].
        ns: Cow<'a, str>,
        /// Where a reply is wanted.
        id: Option<u64>,
    },
    /// `{"join":{…}}`: enter a room. Numbered.
    Join {
        /// The room's name.
        room: Cow<'a, str>,
        /// The namespace, absent for `/`.
        ns: Option<Cow<'a, str>>,
        /// The last position that the client has seen, where it wants what it missed.
        since: Option<Position>,
        /// Where a reply is wanted.
        id: Option<u64>,
    },
    /// `{"leave":{…}}`: leave a room. Numbered.
    Leave {
        /// The room's name.
        room: Cow<'a, str>,
        /// The namespace, absent for `/`.
        ns: Option<Cow<'a, str>>,
        /// Where a reply is wanted.
        id: Option<u64>,
    },
    /// `{"auth":…}`: fresh credentials. Numbered.
    Auth {
        /// The credentials, raw; `null` where the client wrote `null`.
        auth: &'a RawValue,
        /// Where a reply is wanted.
        id: Option<u64>,
    },
    /// `{"open":{…}}`: begin a session.
    Open(Opening<'a>),
    /// `{"resume":{"session":…}}`: this WebSocket is for that session.
    Resume {
        /// The session's identifier, not yet looked at more closely than any name.
        session: Cow<'a, str>,
    },
    /// `{"attach":{…}}`: move the delivery to this WebSocket.
    Attach {
        /// The number of the last message that the client has.
        after: Option<u64>,
        /// The turn; absent: one more than the session's.
        turn: Option<u64>,
    },
    /// `{"from":13}`: the number of the next message on this carrier, from 1.
    From(u64),
    /// `{"ack":12}`: every message up to this number has been taken over.
    Ack(u64),
    /// `{"ping":n}`: to be echoed.
    Ping(u64),
    /// `{"pong":n}`: the echo.
    Pong(u64),
    /// `{"close":{…}}`: the client ends the session.
    Close {
        /// A code of section 8 or one of the application's.
        code: Option<u16>,
        /// What the client says about it; empty where it says nothing.
        reason: Cow<'a, str>,
    },
}

/// A message: one datum of the application with a name.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// The event's name.
    pub name: Cow<'a, str>,
    /// The namespace, absent for `/`.
    pub ns: Option<Cow<'a, str>>,
    /// Where a reply is wanted.
    pub id: Option<u64>,
    /// The room to publish it to, where it isn't for the gateway's application.
    pub room: Option<Cow<'a, str>>,
    /// What it says.
    pub content: Content<'a>,
}

/// What a message carries.
#[derive(Debug, Clone)]
pub enum Content<'a> {
    /// `data`, raw, as it was sent (see [`json::tidy`]), or nothing.
    Json(Option<&'a RawValue>),
    /// Bytes: decoded from `binary`, or the payload of a binary frame.
    Binary(Cow<'a, [u8]>),
}

/// What a client says to begin a session.
#[derive(Clone, Default)]
pub struct Opening<'a> {
    /// Credentials, raw; `null` where the client wrote `null`.
    pub auth: Option<&'a RawValue>,
    /// The client's nonce, 16 to 64 bytes, by which a repeated opening finds the same session.
    pub key: Option<Vec<u8>>,
}

/// A place in a room's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Which history: a room that lost it begins another one.
    pub epoch: String,
    /// The number in it.
    pub at: u64,
}

/// What is said in place of an answer: why a request, or anything else, failed.
///
/// ```
/// use everwire::{Error, Failure};
///
/// let failure = Failure { code: "full".into(), message: "The table is full.".into() };
/// assert_eq!(Error::from(failure), Error::refused("full", "The table is full."));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// For programs. A number stands here in decimal.
    pub code: String,
    /// For people; empty where the client left it out.
    pub message: String,
}

impl Packet<'_> {
    /// Whether it counts as one of the client's messages 1, 2, 3, …
    pub fn is_numbered(&self) -> bool {
        match self {
            Self::Event(_)
            | Self::Reply { .. }
            | Self::Connect { .. }
            | Self::Disconnect { .. }
            | Self::Join { .. }
            | Self::Leave { .. }
            | Self::Auth { .. } => true,
            Self::Open(_)
            | Self::Resume { .. }
            | Self::Attach { .. }
            | Self::From(_)
            | Self::Ack(_)
            | Self::Ping(_)
            | Self::Pong(_)
            | Self::Close { .. } => false,
        }
    }

    /// The kind key, as it stands in the packet.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Event(_) => "event",
            Self::Reply { .. } => "reply",
            Self::Connect { .. } => "connect",
            Self::Disconnect { .. } => "disconnect",
            Self::Join { .. } => "join",
            Self::Leave { .. } => "leave",
            Self::Auth { .. } => "auth",
            Self::Open(_) => "open",
            Self::Resume { .. } => "resume",
            Self::Attach { .. } => "attach",
            Self::From(_) => "from",
            Self::Ack(_) => "ack",
            Self::Ping(_) => "ping",
            Self::Pong(_) => "pong",
            Self::Close { .. } => "close",
        }
    }
}

impl fmt::Debug for Packet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Event(event) => event.fmt(f),
            Self::Open(opening) => opening.fmt(f),
            Self::Attach { after, turn } => {
                f.debug_struct("Attach").field("after", after).field("turn", turn).finish()
            }
            Self::From(number) | Self::Ack(number) | Self::Ping(number) | Self::Pong(number) => {
                f.debug_tuple(self.kind()).field(number).finish()
            }
            _ => f.debug_struct(self.kind()).finish_non_exhaustive(),
        }
    }
}

impl fmt::Debug for Opening<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening")
            .field("has_auth", &self.auth.is_some())
            .field("has_key", &self.key.is_some())
            .finish()
    }
}

/// Reads one packet of a text frame, a line or a body.
///
/// # Errors
/// [`Malformed`], where the text is no single JSON object, breaks a bound, or isn't a packet of the table in
/// section 2 that a client may send.
pub fn parse<'a>(text: &'a str, bounds: &Bounds) -> Result<Packet<'a>, Malformed> {
    read::packet(&guarded(text, bounds)?, bounds)
}

/// Reads a binary frame: an unsigned LEB128 length L, L bytes of JSON header, the payload.
///
/// # Errors
/// [`Malformed`], where the length is missing, padded or beyond the frame, or the header is no message, or
/// carries `data` or `binary` of its own.
pub fn parse_binary<'a>(frame: &'a [u8], bounds: &Bounds) -> Result<Packet<'a>, Malformed> {
    if frame.len() > bounds.packet {
        return Err(Malformed::too_large("The binary frame", bounds.packet));
    }
    let Some((length, rest)) = take_leb128(frame) else {
        return Err(Malformed::field(
            "A binary frame begins with the length of its header as an unsigned LEB128 of at most 4 bytes, \
             without padding.",
        ));
    };
    let split = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
    let Some((header, payload)) = split else {
        return Err(Malformed::field(format!(
            "The binary frame announces a header of {length} bytes, but only {} follow.",
            rest.len()
        )));
    };
    let Ok(header) = std::str::from_utf8(header) else {
        return Err(Malformed::syntax("The header of the binary frame is not UTF-8."));
    };
    read::binary(&guarded(header, bounds)?, payload, bounds).map(Packet::Event)
}

/// The fields of one packet, after its size and its depth have been found to be within bounds.
fn guarded<'a>(text: &'a str, bounds: &Bounds) -> Result<Fields<'a>, Malformed> {
    let text = trimmed(text);
    if text.len() > bounds.packet {
        return Err(Malformed::too_large("The packet", bounds.packet));
    }
    if json::depth(text) > bounds.depth {
        return Err(Malformed::too_deep(bounds.depth));
    }
    Fields::of_packet(text)
}

/// Without the white space that JSON allows around a value (RFC 8259, section 2), and no other.
fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

//! One message on its way out, encoded at most once per form.
//!
//! A broadcast is one `Arc<Parcel>` in ten thousand queues. Its native WebSocket frame is made with it, head included;
//! the JSON packet inside that frame is a slice of the same bytes. Any other form is made by the first carrier that
//! needs it and shared by the rest.

use std::{ops::Range, sync::OnceLock};

use bytes::Bytes;

use super::frame::{self, Opcode};

/// A complete encoding of a message: dialect × framing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The native packet, JSON text without framing: a poll's answer is made of these.
    Packet,
    /// The native packet as it may stand in a script.
    Script,
    /// The native packet as a WebSocket frame.
    Frame,
    /// The bare data, without framing: raw endpoints over HTTP.
    Bare,
    /// The bare data as a WebSocket frame.
    BareFrame,
    /// The bare data as what stands behind `id` in an event stream.
    BareEvent,
}

/// Forms that are not at hand from the start.
const MADE: usize = 5;

/// What a message says, without its envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content<'a> {
    /// No data.
    Nothing,
    /// JSON text.
    Json(&'a str),
    /// Bytes.
    Binary(&'a [u8]),
}

/// One message, shared by all the queues it stands in.
#[derive(Debug)]
pub struct Parcel {
    /// The native WebSocket frame: head, then the packet (text), or LEB128 length, header and payload (binary).
    frame: Bytes,
    /// The JSON packet in `frame`; of a binary message the header without its payload.
    packet: Range<u32>,
    name: Range<u32>,
    room: Range<u32>,
    /// The data's JSON text or the payload; empty for none.
    data: Range<u32>,
    binary: bool,
    made: OnceLock<Box<[OnceLock<Bytes>; MADE]>>,
}

/// Where the parts of a packet stand in its text.
#[derive(Debug, Clone, Default)]
pub struct Marks {
    /// The event's name as a JSON string literal; empty for a packet that is no event.
    pub name: Range<usize>,
    /// The room as a JSON string literal; empty for none.
    pub room: Range<usize>,
    /// The data's JSON text; empty for none.
    pub data: Range<usize>,
}

impl Parcel {
    /// Wraps a JSON packet.
    pub fn text(packet: &[u8], marks: &Marks) -> Self {
        let head = frame::head(Opcode::Text, packet.len());
        let frame = Bytes::from([&head[..], packet].concat());
        let base = head.len();
        Parcel {
            packet: shift(&(0..packet.len()), base),
            name: shift(&marks.name, base),
            room: shift(&marks.room, base),
            data: shift(&marks.data, base),
            frame,
            binary: false,
            made: OnceLock::new(),
        }
    }

    /// Wraps a binary message: its JSON header, which has no `data`, and its payload.
    pub fn binary(header: &[u8], payload: &[u8], marks: &Marks) -> Self {
        let mut length = Vec::with_capacity(4);
        frame::leb128(&mut length, u32::try_from(header.len()).expect("a header is bounded far below 4 GiB"));
        let head = frame::head(Opcode::Binary, length.len() + header.len() + payload.len());
        let frame = Bytes::from([&head[..], &length, header, payload].concat());
        let base = head.len() + length.len();
        Parcel {
            packet: shift(&(0..header.len()), base),
            name: shift(&marks.name, base),
            room: shift(&marks.room, base),
            data: shift(&(0..payload.len()), base + header.len()),
            frame,
            binary: true,
            made: OnceLock::new(),
        }
    }

    /// The message in a form, made by `make` if nobody needed it before.
    pub fn form(&self, form: Form, make: impl FnOnce(&Parcel) -> Bytes) -> Bytes {
        let index = match form {
            Form::Frame => return self.frame.clone(),
            Form::Packet if !self.binary => return self.slice(&self.packet),
            Form::Packet => 0,
            Form::Bare => 1,
            Form::BareFrame => 2,
            Form::Script => 3,
            Form::BareEvent => 4,
        };
        let made = self.made.get_or_init(Box::default);
        made[index].get_or_init(|| make(self)).clone()
    }

    /// What the message says.
    pub fn content(&self) -> Content<'_> {
        let data = &self.frame[range(&self.data)];
        match (self.binary, data.is_empty()) {
            (true, _) => Content::Binary(data),
            (false, true) => Content::Nothing,
            (false, false) => Content::Json(std::str::from_utf8(data).expect("packets are composed of text")),
        }
    }

    /// The JSON packet; of a binary message the header without its payload.
    pub fn header(&self) -> &[u8] {
        &self.frame[range(&self.packet)]
    }

    /// The event's name as a JSON string literal; `None` for a packet that is no event.
    pub fn name(&self) -> Option<&[u8]> {
        Some(&self.frame[range(&self.name)]).filter(|name| !name.is_empty())
    }

    /// What makes two volatile messages the same: event and room.
    pub fn topic(&self) -> (&[u8], &[u8]) {
        (&self.frame[range(&self.name)], &self.frame[range(&self.room)])
    }

    /// What it counts for in a queue's bound, in bytes: its encoding and its place.
    pub fn weight(&self) -> usize {
        self.frame.len() + std::mem::size_of::<Parcel>()
    }

    fn slice(&self, part: &Range<u32>) -> Bytes {
        self.frame.slice(range(part))
    }
}

fn shift(part: &Range<usize>, by: usize) -> Range<u32> {
    let shifted = |at: usize| u32::try_from(at + by).expect("a message is bounded far below 4 GiB");
    shifted(part.start)..shifted(part.end)
}

fn range(part: &Range<u32>) -> Range<usize> {
    part.start as usize..part.end as usize
}

#[cfg(test)]
mod tests;

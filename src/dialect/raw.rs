//! The dialect without an envelope: what arrives is a message's bare data (docs/PROTOCOL.md, section 9).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;

use crate::wire::{
    frame::{self, Opcode},
    parcel::{Content, Parcel},
};

/// The event that everything sent over a raw endpoint is.
pub const EVENT: &str = "message";

/// A message's bare data: a string bare, other JSON as its text, bytes as they are. Empty for what is no event.
pub fn bare(parcel: &Parcel) -> Vec<u8> {
    if parcel.name().is_none() {
        return Vec::new();
    }
    match parcel.content() {
        Content::Nothing => Vec::new(),
        Content::Binary(bytes) => bytes.to_vec(),
        Content::Json(text) if text.starts_with('"') => {
            serde_json::from_str::<String>(text).map_or_else(|_| text.into(), String::into_bytes)
        }
        Content::Json(text) => text.into(),
    }
}

/// The same as a WebSocket frame, text or binary; empty for what is no event: it is counted, and not written.
pub fn frame(parcel: &Parcel) -> Bytes {
    if parcel.name().is_none() {
        return Bytes::new();
    }
    let opcode = if is_binary(parcel) { Opcode::Binary } else { Opcode::Text };
    frame::frame(opcode, &bare(parcel))
}

/// The same for an event stream, as what stands behind `id`: a `data` line for each line of text, bytes as base64 in an event
/// named `binary`. An empty line for what is no event: without data it is none to a browser either.
pub fn event(parcel: &Parcel) -> Vec<u8> {
    if parcel.name().is_none() {
        return b"\n".to_vec();
    }
    let data = bare(parcel);
    if is_binary(parcel) {
        return format!("event: binary\ndata: {}\n\n", STANDARD.encode(data)).into_bytes();
    }
    let mut out = Vec::with_capacity(data.len() + 16);
    let mut rest = &data[..];
    loop {
        // Each of CR, LF and CR LF ends a line (the HTML standard, section 9.2.5).
        let end = memchr::memchr2(b'\r', b'\n', rest);
        out.extend_from_slice(b"data: ");
        out.extend_from_slice(&rest[..end.unwrap_or(rest.len())]);
        out.push(b'\n');
        let Some(end) = end else { break };
        rest = &rest[end..];
        rest = rest.strip_prefix(b"\r\n").unwrap_or(&rest[1..]);
    }
    out.push(b'\n');
    out
}

/// Whether the bare data is bytes rather than text. A JSON string with a lone surrogate has no text form: it stays JSON.
pub fn is_binary(parcel: &Parcel) -> bool {
    matches!(parcel.content(), Content::Binary(_))
}

#[cfg(test)]
mod tests;

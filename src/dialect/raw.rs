//! The dialect without an envelope: what arrives is a message's bare data (docs/PROTOCOL.md, section 9).

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

/// Whether the bare data is bytes rather than text. A JSON string with a lone surrogate has no text form: it stays JSON.
pub fn is_binary(parcel: &Parcel) -> bool {
    matches!(parcel.content(), Content::Binary(_))
}

#[cfg(test)]
mod tests;

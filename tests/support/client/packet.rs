//! A packet, whatever carries it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// A packet: its JSON, and the bytes of a binary message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Packet {
    pub(crate) json: Value,
    pub(crate) bytes: Option<Vec<u8>>,
}

impl Packet {
    pub(crate) fn event(name: &str, data: Value) -> Self {
        Packet { json: json!({ "event": name, "data": data }), bytes: None }
    }

    pub(crate) fn binary(name: &str, bytes: &[u8]) -> Self {
        Packet { json: json!({ "event": name }), bytes: Some(bytes.to_vec()) }
    }

    pub(crate) fn is(&self, event: &str) -> bool {
        self.json["event"] == event
    }

    pub(crate) fn data(&self) -> &Value {
        &self.json["data"]
    }

    /// As it stands on a carrier that is text only.
    pub(crate) fn text(&self) -> Value {
        let mut json = self.json.clone();
        if let Some(bytes) = &self.bytes {
            json["binary"] = STANDARD.encode(bytes).into();
        }
        json
    }

    /// From a carrier that is text only.
    pub(crate) fn from_text(mut json: Value) -> Self {
        let binary = json.as_object_mut().and_then(|object| object.remove("binary"));
        let bytes = binary.map(|text| {
            STANDARD.decode(text.as_str().expect("`binary` is a string")).expect("`binary` is base64")
        });
        Packet { json, bytes }
    }

    /// As a binary frame: the length of the header, the header, the bytes.
    pub(crate) fn frame(&self) -> Option<Vec<u8>> {
        let bytes = self.bytes.as_ref()?;
        let header = self.json.to_string();
        let (mut frame, mut length) = (Vec::new(), header.len());
        while length >= 0x80 {
            frame.push(length as u8 | 0x80);
            length >>= 7;
        }
        frame.push(length as u8);
        frame.extend_from_slice(header.as_bytes());
        frame.extend_from_slice(bytes);
        Some(frame)
    }

    /// From a binary frame.
    pub(crate) fn from_frame(frame: &[u8]) -> Self {
        let digits = frame.iter().position(|byte| byte & 0x80 == 0).expect("the length ends") + 1;
        let length =
            frame[..digits].iter().rev().fold(0, |length, byte| length << 7 | usize::from(byte & 0x7f));
        let (header, bytes) = frame[digits..].split_at(length);
        let json = serde_json::from_slice(header).expect("the header is JSON");
        Packet { json, bytes: Some(bytes.to_vec()) }
    }
}

//! What the server sends: frame heads, whole frames, and the lengths inside binary frames.

use std::ops::Deref;

use bytes::Bytes;

use super::header::{MAX_CONTROL, Opcode};

/// One more than the largest number that four bytes of LEB128 hold.
pub const MAX_LEB128: u32 = 1 << 28;

/// The head of a server's frame, at most 10 bytes; it derefs to them.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    bytes: [u8; 10],
    len: u8,
}

impl Deref for Head {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

/// The head of a frame with `len` bytes of payload: FIN set, unmasked (RFC 6455 section 5.2). It is
/// apart from the payload, so that both go out by one `writev` and the payload can be shared.
pub fn head(opcode: Opcode, len: usize) -> Head {
    let mut bytes = [0; 10];
    bytes[0] = 0x80 | opcode as u8;
    let used = match len {
        0..=125 => {
            bytes[1] = len as u8;
            2
        }
        126..=0xffff => {
            bytes[1] = 126;
            bytes[2..4].copy_from_slice(&(len as u16).to_be_bytes());
            4
        }
        _ => {
            bytes[1] = 127;
            bytes[2..].copy_from_slice(&(len as u64).to_be_bytes());
            10
        }
    };
    Head { bytes, len: used }
}

/// A whole frame. A control frame's `payload` is at most 125 bytes long; what a ping brought always is.
pub fn frame(opcode: Opcode, payload: &[u8]) -> Bytes {
    debug_assert!(!opcode.is_control() || payload.len() <= MAX_CONTROL, "RFC 6455 section 5.5");
    let head = head(opcode, payload.len());
    let mut bytes = Vec::with_capacity(head.len() + payload.len());
    bytes.extend_from_slice(&head);
    bytes.extend_from_slice(payload);
    bytes.into()
}

/// A close frame. `code` is one that may stand on the wire (not 1005, 1006 or 1015); `reason` is cut
/// at the end of a character to the 123 bytes that fit.
pub fn close(code: u16, reason: &str) -> Bytes {
    let reason = &reason[..reason.floor_char_boundary(MAX_CONTROL - 2)];
    let mut payload = [0; MAX_CONTROL];
    payload[..2].copy_from_slice(&code.to_be_bytes());
    payload[2..2 + reason.len()].copy_from_slice(reason.as_bytes());
    frame(Opcode::Close, &payload[..2 + reason.len()])
}

/// Appends `n` as unsigned LEB128, in as few bytes as it takes: the length of the JSON header at the
/// front of a binary frame.
///
/// # Panics
/// With [`MAX_LEB128`] or more, which needs a fifth byte; a header is far below the largest packet.
pub fn leb128(out: &mut Vec<u8>, mut n: u32) {
    assert!(n < MAX_LEB128, "a binary frame's header is shorter than 256 MiB");
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

/// The number at the front of `bytes` and what stands behind it; `None` where it is cut off, longer
/// than four bytes, or not written in as few bytes as it takes.
pub fn take_leb128(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let end = bytes.iter().take(4).position(|byte| byte & 0x80 == 0)?;
    let (number, rest) = bytes.split_at(end + 1);
    if end > 0 && number[end] == 0 {
        return None;
    }
    let n = number.iter().rev().fold(0, |n, byte| n << 7 | u32::from(byte & 0x7f));
    Some((n, rest))
}

#[cfg(test)]
#[path = "outgoing_tests.rs"]
mod tests;

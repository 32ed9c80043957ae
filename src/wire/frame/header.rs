//! Reading a client's frame header, and unmasking what follows it.

use super::Fault;

/// Longest header a client can send: two bytes, eight of length, four of mask.
pub(super) const MAX_HEAD: usize = 14;

/// Longest payload of a control frame, in bytes (RFC 6455 section 5.5).
pub(super) const MAX_CONTROL: usize = 125;

/// What a frame is, by the number it has on the wire (RFC 6455 section 5.2). Continuations are not
/// among them: a decoder never hands one out, and the gateway never sends one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// A whole message of UTF-8 text.
    Text = 1,
    /// A whole message of bytes.
    Binary = 2,
    /// The sender will send nothing more.
    Close = 8,
    /// Asks for a pong with the same payload.
    Ping = 9,
    /// Answers a ping, or is a sign of life by itself.
    Pong = 10,
}

impl Opcode {
    fn from_wire(code: u8) -> Result<Opcode, Fault> {
        match code {
            1 => Ok(Opcode::Text),
            2 => Ok(Opcode::Binary),
            8 => Ok(Opcode::Close),
            9 => Ok(Opcode::Ping),
            10 => Ok(Opcode::Pong),
            _ => Err(Fault::UNKNOWN_OPCODE),
        }
    }

    pub(super) fn is_control(self) -> bool {
        matches!(self, Opcode::Close | Opcode::Ping | Opcode::Pong)
    }
}

/// A client's frame header (RFC 6455 section 5.2).
#[derive(Clone, Copy)]
pub(super) struct Header {
    pub(super) fin: bool,
    /// `None` continues the message that has begun.
    pub(super) opcode: Option<Opcode>,
    pub(super) mask: [u8; 4],
    pub(super) len: usize,
}

impl Header {
    /// The header at the beginning of `head` and its own size, or `None` where it is incomplete. A
    /// fault is found with the first byte that shows it.
    pub(super) fn parse(head: &[u8]) -> Result<Option<(Header, usize)>, Fault> {
        let Some((&first, rest)) = head.split_first() else { return Ok(None) };
        if first & 0x70 != 0 {
            return Err(Fault::RESERVED_BITS);
        }
        let fin = first & 0x80 != 0;
        let opcode = Some(first & 0x0f).filter(|&code| code != 0).map(Opcode::from_wire).transpose()?;
        let control = opcode.is_some_and(Opcode::is_control);
        if control && !fin {
            return Err(Fault::CUT_CONTROL);
        }
        let Some((&second, rest)) = rest.split_first() else { return Ok(None) };
        if second & 0x80 == 0 {
            return Err(Fault::UNMASKED);
        }
        let short = second & 0x7f;
        if control && usize::from(short) > MAX_CONTROL {
            return Err(Fault::LONG_CONTROL);
        }
        let Some((len, rest)) = read_length(short, rest)? else { return Ok(None) };
        let Some((&mask, rest)) = rest.split_first_chunk() else { return Ok(None) };
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        Ok(Some((Header { fin, opcode, mask, len }, head.len() - rest.len())))
    }

    pub(super) fn is_control(&self) -> bool {
        self.opcode.is_some_and(Opcode::is_control)
    }
}

/// The length that `short` (seven bits) says or that follows it, and what stands behind it.
fn read_length(short: u8, rest: &[u8]) -> Result<Option<(u64, &[u8])>, Fault> {
    let (len, rest) = match short {
        126 => {
            let Some((bytes, rest)) = rest.split_first_chunk() else { return Ok(None) };
            (u64::from(u16::from_be_bytes(*bytes)), rest)
        }
        127 => {
            let Some((bytes, rest)) = rest.split_first_chunk() else { return Ok(None) };
            (u64::from_be_bytes(*bytes), rest)
        }
        _ => return Ok(Some((u64::from(short), rest))),
    };
    let least = if short == 126 { 126 } else { 1 << 16 };
    if len < least || len >> 63 != 0 {
        return Err(Fault::LENGTH);
    }
    Ok(Some((len, rest)))
}

/// RFC 6455 section 5.3, eight bytes at a time; `offset` is where in the frame's payload the bytes
/// stand.
pub(super) fn unmask(payload: &mut [u8], mut mask: [u8; 4], offset: usize) {
    mask.rotate_left(offset % 4);
    let [a, b, c, d] = mask;
    let word = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let (words, tail) = payload.as_chunks_mut::<8>();
    for bytes in words {
        *bytes = (u64::from_ne_bytes(*bytes) ^ word).to_ne_bytes();
    }
    for (byte, key) in tail.iter_mut().zip(mask.iter().cycle()) {
        *byte ^= key;
    }
}

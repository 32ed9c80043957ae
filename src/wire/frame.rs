//! RFC 6455 framing, the server's side: a client's frames come in masked, ours go out unmasked.
//!
//! No I/O happens here. The transport reads into a scratch buffer that many connections share and
//! lends it to [`Decoder::next`]; a frame that lies whole in it is unmasked where it lies and handed
//! out without a copy, so a connection that waits between frames owns nothing but a null pointer.
//!
//! The header is parsed here and not by tungstenite, whose `FrameHeader::parse` lets overlong
//! lengths and a length of 2^63 or more pass, knows no server's rules (mask, size of control
//! frames) and wants a cursor over a contiguous header; its `CloseCode` refuses 1014, which IANA
//! has since registered. What would be left of it to use is less than what stands here.

mod header;
mod outgoing;

use std::{fmt, mem, str};

use self::header::{Header, MAX_HEAD, unmask};
pub use self::{
    header::Opcode,
    outgoing::{Head, MAX_LEB128, close, frame, head, leb128, take_leb128},
};

/// Most frames that one message may come in. The size of a message bounds those that carry
/// something; this one ends a run of empty fragments, which would keep a message open for ever. It
/// is twice what conformance suites do at their finest (4 MiB in pieces of 64 bytes), and reaching
/// it costs the sender 768 KiB of headers: no more than an honest message.
pub const MAX_FRAGMENTS: u32 = 1 << 17;

/// What the peer sent, complete and unmasked; borrowed from the input or from the decoder's own
/// buffer until the next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// A message of text.
    Text(&'a str),
    /// A message of bytes.
    Binary(&'a [u8]),
    /// To be answered by a pong with the same bytes, at most 125.
    Ping(&'a [u8]),
    /// At most 125 bytes.
    Pong(&'a [u8]),
    /// A code that may stand on the wire and a reason of at most 123 bytes, or neither.
    Close(Option<(u16, &'a str)>),
}

impl<'a> Item<'a> {
    fn read(opcode: Opcode, payload: &'a [u8]) -> Result<Item<'a>, Fault> {
        Ok(match opcode {
            Opcode::Text => Item::Text(str::from_utf8(payload).map_err(|_| Fault::TEXT)?),
            Opcode::Binary => Item::Binary(payload),
            Opcode::Ping => Item::Ping(payload),
            Opcode::Pong => Item::Pong(payload),
            Opcode::Close => Item::Close(read_close(payload)?),
        })
    }
}

/// RFC 6455 section 5.5.1, and section 7.4 with IANA's registry for the codes. 1005, 1006 and 1015
/// tell an application what happened to a connection and are never sent.
fn read_close(payload: &[u8]) -> Result<Option<(u16, &str)>, Fault> {
    if payload.is_empty() {
        return Ok(None);
    }
    let (code, reason) = payload.split_first_chunk().ok_or(Fault::SHORT_CLOSE)?;
    let code = u16::from_be_bytes(*code);
    if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
        return Err(Fault::CLOSE_CODE);
    }
    Ok(Some((code, str::from_utf8(reason).map_err(|_| Fault::CLOSE_REASON)?)))
}

/// A breach of RFC 6455 that ends the connection. It is the carrier's fault, not the session's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// For the close frame: 1002 (protocol), 1007 (not UTF-8) or 1009 (too big).
    pub code: u16,
    /// A sentence that says what to do, short enough for a close frame.
    pub reason: &'static str,
}

impl Fault {
    const RESERVED_BITS: Fault = Fault::new(1002, "Send RSV1, RSV2 and RSV3 as 0: no extension was agreed.");
    const UNKNOWN_OPCODE: Fault = Fault::new(1002, "Use the opcodes 0, 1, 2, 8, 9 and 10 only.");
    const UNMASKED: Fault = Fault::new(1002, "Mask every frame that a client sends.");
    const LENGTH: Fault = Fault::new(1002, "Write a length in the shortest of its three forms, below 2^63.");
    const CUT_CONTROL: Fault = Fault::new(1002, "Send close, ping and pong each in one frame, with FIN.");
    const LONG_CONTROL: Fault = Fault::new(1002, "Send at most 125 bytes in a close, ping or pong.");
    const NOT_BEGUN: Fault = Fault::new(1002, "Begin a message by a text or binary frame.");
    const NOT_ENDED: Fault = Fault::new(1002, "End the fragmented message before beginning another.");
    const SHORT_CLOSE: Fault = Fault::new(1002, "Send a close without payload, or with a code of two bytes.");
    const CLOSE_CODE: Fault = Fault::new(1002, "Close with 1000 to 1003, 1007 to 1014 or 3000 to 4999.");
    const CLOSE_REASON: Fault = Fault::new(1007, "Send the reason of a close as UTF-8.");
    const TEXT: Fault = Fault::new(1007, "Send a text message as UTF-8.");
    const TOO_BIG: Fault =
        Fault::new(1009, "Send smaller messages: the gateway announced its limit in `max`.");
    const FRAGMENTS: Fault = Fault::new(1009, "Send a message in fewer and larger fragments.");

    const fn new(code: u16, reason: &'static str) -> Fault {
        Fault { code, reason }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.reason, self.code)
    }
}

impl std::error::Error for Fault {}

/// Takes a client's byte stream apart. Between messages it owns no heap memory.
pub struct Decoder {
    max_message: usize,
    held: Option<Box<Held>>,
}

impl Decoder {
    /// `max_message` is the size in bytes of one whole message, its fragments together.
    pub fn new(max_message: usize) -> Self {
        // No `Vec` can be larger, and so a length that saturates (32 bits) is refused too.
        Decoder { max_message: max_message.min(isize::MAX as usize), held: None }
    }

    /// Takes the next item out of `input`, consuming what it used; call it until it says `None`: then
    /// all of `input` is consumed and more is needed.
    ///
    /// What is used is unmasked in place. Only an incomplete frame, or a fragment, is copied into a
    /// buffer of the decoder's own; the call that follows the handing out frees it.
    ///
    /// # Errors
    /// A breach of RFC 6455. Close with its code; the decoder and the rest of the input mean nothing
    /// any more and must not be used again. The same bytes give the same items and the same fault
    /// however they are cut into calls.
    pub fn next<'s, 'b: 's>(&'s mut self, input: &mut &'b mut [u8]) -> Result<Option<Item<'s>>, Fault> {
        self.reclaim();
        let opcode = loop {
            let Some(header) = self.header(input)? else { return Ok(None) };
            if let Some(opcode) = self.whole(&header, input.len()) {
                let payload = take(input, header.len);
                unmask(payload, header.mask, 0);
                return Item::read(opcode, payload).map(Some);
            }
            match self.absorb(header, input)? {
                Step::Partial => return Ok(None),
                Step::Fragment => {}
                Step::Complete(opcode) => break opcode,
            }
        };
        self.held.as_deref().map(|held| Item::read(opcode, held.lent())).transpose()
    }

    /// Whether no partial frame and no fragment is held: a stream that ends here ends between messages.
    pub fn is_idle(&self) -> bool {
        self.held.as_ref().is_none_or(|held| held.is_idle())
    }

    /// Forgets what the call before handed out.
    fn reclaim(&mut self) {
        let Some(held) = &mut self.held else { return };
        if let Some(start) = held.lent.take() {
            held.bytes.truncate(start);
        }
        if held.is_idle() {
            self.held = None;
        }
    }

    /// The header of the frame whose payload comes next in `input`, admitted; `None` when it has not
    /// all arrived.
    fn header(&mut self, input: &mut &mut [u8]) -> Result<Option<Header>, Fault> {
        let held = self.held.as_deref();
        if let Some(header) = held.and_then(|held| held.frame) {
            return Ok(Some(header));
        }
        let (mut head, old) = held.map_or(([0; MAX_HEAD], 0), |held| (held.head, held.head_len));
        let new = input.len().min(MAX_HEAD - old);
        head[old..old + new].copy_from_slice(&input[..new]);
        let Some((header, size)) = Header::parse(&head[..old + new])? else {
            take(input, new);
            if new > 0 {
                let held = self.held.get_or_insert_default();
                (held.head, held.head_len) = (head, old + new);
            }
            return Ok(None);
        };
        take(input, size - old);
        if let Some(held) = &mut self.held {
            held.head_len = 0;
        }
        self.admit(&header)?;
        Ok(Some(header))
    }

    /// Whether a frame may come here, by its header alone (RFC 6455 section 5.4) and by its size:
    /// nothing is kept of a message that will not fit.
    fn admit(&self, header: &Header) -> Result<(), Fault> {
        if header.is_control() {
            return Ok(());
        }
        let (message, arrived, fragments) = match &self.held {
            Some(held) => (held.message, held.bytes.len(), held.fragments),
            None => (None, 0, 0),
        };
        match (header.opcode, message) {
            (None, None) => return Err(Fault::NOT_BEGUN),
            (Some(_), Some(_)) => return Err(Fault::NOT_ENDED),
            _ => {}
        }
        if header.len > self.max_message - arrived {
            return Err(Fault::TOO_BIG);
        }
        if fragments == MAX_FRAGMENTS {
            return Err(Fault::FRAGMENTS);
        }
        Ok(())
    }

    /// The kind of a frame that is an item by itself and lies whole in the `available` bytes.
    fn whole(&self, header: &Header, available: usize) -> Option<Opcode> {
        let begun = self.held.as_ref().is_some_and(|held| held.frame.is_some());
        header.opcode.filter(|_| header.fin && !begun && available >= header.len)
    }

    /// Copies what has arrived of a frame that can't be handed out where it lies.
    fn absorb(&mut self, header: Header, input: &mut &mut [u8]) -> Result<Step, Fault> {
        let held = self.held.get_or_insert_default();
        if held.frame.is_none() {
            held.open(header);
        }
        let seen = held.bytes.len() - held.start;
        let rest = header.len - seen;
        let payload = take(input, rest.min(input.len()));
        unmask(payload, header.mask, seen);
        let most = if header.fin { rest } else { self.max_message - held.bytes.len() };
        held.push(payload, most);
        if held.message == Some(Opcode::Text) && !header.is_control() {
            held.check_text()?;
        }
        Ok(if payload.len() < rest { Step::Partial } else { held.finish(header) })
    }
}

/// Where a frame is after what has arrived of it was copied.
enum Step {
    Partial,
    Fragment,
    Complete(Opcode),
}

/// What can't be handed out yet. Boxed, so that a connection without any is as small as can be.
#[derive(Default)]
struct Held {
    /// An incomplete header: the first `head_len` bytes.
    head: [u8; MAX_HEAD],
    head_len: usize,
    /// The frame whose payload is arriving, and where in `bytes` that payload starts.
    frame: Option<Header>,
    start: usize,
    /// The kind of the message that has begun, and in how many frames it has come so far.
    message: Option<Opcode>,
    fragments: u32,
    /// The message as far as it has arrived; behind it, a control frame that came in between.
    bytes: Vec<u8>,
    /// How far `bytes` is known to be UTF-8, in a text message.
    checked: usize,
    /// Where in `bytes` the item begins that was handed out last.
    lent: Option<usize>,
}

impl Held {
    fn is_idle(&self) -> bool {
        self.head_len == 0 && self.frame.is_none() && self.message.is_none()
    }

    fn open(&mut self, header: Header) {
        self.frame = Some(header);
        self.start = self.bytes.len();
        if header.is_control() {
            return;
        }
        self.fragments += 1;
        self.message = self.message.or(header.opcode);
    }

    /// Grows by doubling what has arrived, never by what was announced: a peer that announces a
    /// gigabyte has to send it first. `most` is what can still follow, where growth ends exactly.
    fn push(&mut self, payload: &[u8], most: usize) {
        if self.bytes.capacity() - self.bytes.len() < payload.len() {
            self.bytes.reserve_exact(self.bytes.len().max(payload.len()).min(most));
        }
        self.bytes.extend_from_slice(payload);
    }

    /// RFC 6455 section 8.1, as early as it can be known: a character may be cut at the end of what
    /// has arrived, but what is wrong already will not get right.
    fn check_text(&mut self) -> Result<(), Fault> {
        match str::from_utf8(&self.bytes[self.checked..]) {
            Ok(text) => self.checked += text.len(),
            Err(error) if error.error_len().is_none() => self.checked += error.valid_up_to(),
            Err(_) => return Err(Fault::TEXT),
        }
        Ok(())
    }

    fn finish(&mut self, header: Header) -> Step {
        self.frame = None;
        if let Some(control) = header.opcode.filter(|opcode| opcode.is_control()) {
            self.lent = Some(self.start);
            return Step::Complete(control);
        }
        if !header.fin {
            return Step::Fragment;
        }
        self.lent = Some(0);
        Step::Complete(
            self.message.take().expect("a data frame is admitted as part of a message, noted by `open`"),
        )
    }

    fn lent(&self) -> &[u8] {
        &self.bytes[self.lent.unwrap_or(self.bytes.len())..]
    }
}

/// Splits the first `n` bytes off.
fn take<'b>(input: &mut &'b mut [u8], n: usize) -> &'b mut [u8] {
    let (taken, rest) = mem::take(input).split_at_mut(n);
    *input = rest;
    taken
}

#[cfg(test)]
mod model_tests;
#[cfg(test)]
mod tests;

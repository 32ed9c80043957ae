//! A WebSocket's bytes: reading into a buffer that all connections of a thread share, writing what is queued by
//! `writev`. An idle one owns no buffer.

use std::{
    cell::RefCell,
    collections::VecDeque,
    future::poll_fn,
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf, Bytes};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use crate::{
    hub::{Carried, Link, Turnout},
    session::Transmit,
    wire::frame::{self, Decoder, Item},
};

/// What one read takes at most; a frame that is larger comes in several.
const SCRATCH: usize = 16 << 10;
/// Slices of one `writev`; also what is taken from the session under one lock.
const SLICES: usize = 64;
/// As long as so many bytes of answers wait to be written nothing more is read: who floods with pings has to take the
/// pongs. What the session has to say does not count: a slow reader is still heard.
const UNANSWERED: usize = 64 << 10;

thread_local! {
    static SCRATCH_BUFFER: RefCell<Box<[u8]>> = RefCell::new(vec![0; SCRATCH].into());
}

/// The connection below a WebSocket.
pub(super) struct Socket {
    io: Io,
    decoder: Decoder,
    /// Read, and not decoded yet: the conversation paused.
    unread: Vec<u8>,
    out: Outgoing,
    /// The connection takes no more at the moment, and the session knows.
    blocked: bool,
    /// The framing was broken: nothing that comes can be decoded any more.
    broken: bool,
    /// Draining waits for what is written here.
    carried: Carried,
}

#[derive(Debug)]
enum Io {
    Tcp(TcpStream),
    Other(Box<TokioIo<Upgraded>>),
}

/// What waits to be written.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    queue: VecDeque<Bytes>,
    /// Bytes that answer what was heard, since the queue was last empty.
    answers: usize,
}

impl Outgoing {
    /// Queues a frame that the session has to say.
    pub(super) fn push(&mut self, frame: Bytes) {
        if !frame.is_empty() {
            self.queue.push_back(frame);
        }
    }

    /// Queues a frame that answers one of the peer's.
    pub(super) fn answer(&mut self, frame: Bytes) {
        self.answers += frame.len();
        self.push(frame);
    }
}

/// Who talks on a WebSocket.
pub(super) trait Conversation {
    /// The session that is delivered here, once it is attached.
    fn link(&self) -> Option<&Link>;

    /// Something came.
    fn hear(&mut self, item: Item<'_>, out: &mut Outgoing) -> Turn;

    /// The session wants to say something. An end is said behind it.
    fn say(&mut self, transmit: Transmit, out: &mut Outgoing) -> Option<Ending>;
}

/// How a conversation goes on behind an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Turn {
    /// With the next item.
    On,
    /// Somebody has to wait for something first.
    Pause,
    /// Not at all.
    End(Ending),
}

/// How a conversation ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ending {
    /// With this close frame, behind what is queued.
    Close(u16, String),
    /// The peer closed: its close frame is answered.
    Answer(Option<u16>),
    /// The connection is gone.
    Gone,
}

/// Why the pump stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// The conversation paused.
    Paused,
    /// It is over.
    Ended(Ending),
}

impl Socket {
    pub(super) fn new(upgraded: Upgraded, max_message: usize, carried: Carried) -> Self {
        // The upgraded connection keeps hyper's buffers; the socket alone is a third of that.
        let (io, unread) = match upgraded.downcast::<TokioIo<TcpStream>>() {
            Ok(parts) => (Io::Tcp(parts.io.into_inner()), parts.read_buf.to_vec()),
            Err(upgraded) => (Io::Other(Box::new(TokioIo::new(upgraded))), Vec::new()),
        };
        carried.read(unread.len());
        let out = Outgoing::default();
        let decoder = Decoder::new(max_message);
        Socket { io, decoder, unread, out, blocked: false, broken: false, carried }
    }

    pub(super) fn out(&mut self) -> &mut Outgoing {
        &mut self.out
    }

    /// Talks until the conversation pauses or ends.
    pub(super) async fn pump(&mut self, talk: &mut impl Conversation) -> Stop {
        // Whoever talks may have attached since: the session learns anew whether the connection takes more.
        self.blocked = false;
        poll_fn(|cx| self.poll_pump(cx, talk)).await
    }

    /// Says what there is to say, and hears nothing, until the conversation ends.
    pub(super) async fn say(&mut self, talk: &mut impl Conversation) -> Ending {
        poll_fn(|cx| match self.poll_say(cx, talk) {
            Ok(_) => Poll::Pending,
            Err(ending) => Poll::Ready(ending),
        })
        .await
    }

    fn poll_pump(&mut self, cx: &mut Context<'_>, talk: &mut impl Conversation) -> Poll<Stop> {
        loop {
            let writing = match self.poll_say(cx, talk) {
                Ok(writing) => writing,
                Err(ending) => return Poll::Ready(Stop::Ended(ending)),
            };
            if writing && self.out.answers > UNANSWERED {
                return Poll::Pending;
            }
            match self.poll_hear(cx, talk) {
                Poll::Ready(None) => {}
                Poll::Ready(Some(stop)) => return Poll::Ready(stop),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// Writes what is queued, and what the session has to say, until there is nothing more (`false`) or the connection
    /// takes no more (`true`).
    fn poll_say(&mut self, cx: &mut Context<'_>, talk: &mut impl Conversation) -> Result<bool, Ending> {
        let mut taken = Vec::new();
        loop {
            match self.poll_flush(cx) {
                Poll::Ready(Ok(())) => self.note_blocked(false, talk),
                Poll::Ready(Err(_)) => return Err(Ending::Gone),
                Poll::Pending => {
                    self.note_blocked(true, talk);
                    // A carrier that is over says so, as far as it still can.
                    if talk.link().is_none_or(|link| link.watch(cx.waker())) {
                        return Ok(true);
                    }
                }
            }
            let Some(link) = talk.link() else { return Ok(false) };
            let turnout = link.take(&mut taken, SLICES, Some(cx.waker()));
            for transmit in taken.drain(..) {
                if let Some(ending) = talk.say(transmit, &mut self.out) {
                    return Err(ending);
                }
            }
            if turnout == Turnout::All && self.out.queue.is_empty() {
                return Ok(false);
            }
        }
    }

    /// Reads once and lets the conversation hear it. `None`: something was read, there may be more.
    fn poll_hear(&mut self, cx: &mut Context<'_>, talk: &mut impl Conversation) -> Poll<Option<Stop>> {
        if !self.unread.is_empty() {
            let mut unread = std::mem::take(&mut self.unread);
            return Poll::Ready(self.decode(&mut unread, talk));
        }
        SCRATCH_BUFFER.with_borrow_mut(|scratch| {
            let mut buffer = ReadBuf::new(scratch);
            match ready!(Pin::new(&mut self.io).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {
                    self.carried.read(buffer.filled().len());
                    Poll::Ready(self.decode(buffer.filled_mut(), talk))
                }
                _ => Poll::Ready(Some(Stop::Ended(Ending::Gone))),
            }
        })
    }

    fn decode(&mut self, mut input: &mut [u8], talk: &mut impl Conversation) -> Option<Stop> {
        loop {
            let turn = match self.decoder.next(&mut input) {
                Ok(None) => return None,
                Ok(Some(item)) => talk.hear(item, &mut self.out),
                Err(fault) => {
                    self.broken = true;
                    Turn::End(Ending::Close(fault.code, fault.reason.to_owned()))
                }
            };
            match turn {
                Turn::On => {}
                Turn::Pause => {
                    self.unread = input.to_vec();
                    return Some(Stop::Paused);
                }
                Turn::End(ending) => {
                    if !self.broken {
                        self.unread = input.to_vec();
                    }
                    return Some(Stop::Ended(ending));
                }
            }
        }
    }

    /// Tells the session whether the connection takes more; volatile messages are dropped while it does not.
    fn note_blocked(&mut self, blocked: bool, talk: &impl Conversation) {
        if self.blocked == blocked {
            return;
        }
        self.blocked = blocked;
        if let Some(link) = talk.link() {
            link.cell().act(|state, now| state.session.handle_congestion(now, link.id(), blocked));
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.out.queue.is_empty() {
            let mut slices = [IoSlice::new(&[]); SLICES];
            let count = self.out.queue.len().min(SLICES);
            for (slice, bytes) in slices.iter_mut().zip(&self.out.queue) {
                *slice = IoSlice::new(bytes);
            }
            let written = ready!(Pin::new(&mut self.io).poll_write_vectored(cx, &slices[..count]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.carried.wrote(written);
            self.out.advance(written);
        }
        Pin::new(&mut self.io).poll_flush(cx)
    }

    /// Closes: what is queued, the close frame, then the peer's, for as long as `patience` (RFC 6455, section 7.1.1).
    pub(super) async fn close(mut self, ending: Ending, patience: Duration) {
        let answered = matches!(ending, Ending::Answer(_));
        match ending {
            Ending::Gone => return,
            Ending::Close(code, reason) => self.out.push(frame::close(code, &reason)),
            Ending::Answer(code) => self.out.push(frame::close(code.unwrap_or(1000), "")),
        }
        // Past the patience the connection is dropped, which is what closing it means by then.
        let _ = tokio::time::timeout(patience, self.part(answered)).await;
    }

    async fn part(&mut self, answered: bool) -> io::Result<()> {
        poll_fn(|cx| self.poll_flush(cx)).await?;
        if !answered && !self.broken {
            self.await_close().await?;
        }
        poll_fn(|cx| Pin::new(&mut self.io).poll_shutdown(cx)).await?;
        // Behind broken frames more may come: it is read, so that the close frame does not meet a reset on its way.
        while self.broken && !self.read().await?.is_empty() {}
        Ok(())
    }

    /// Waits for the peer's close frame.
    async fn await_close(&mut self) -> io::Result<()> {
        let mut read = std::mem::take(&mut self.unread);
        loop {
            let mut input = read.as_mut_slice();
            loop {
                match self.decoder.next(&mut input) {
                    Ok(None) => break,
                    Ok(Some(Item::Close(_))) | Err(_) => return Ok(()),
                    Ok(Some(_)) => {}
                }
            }
            read = self.read().await?;
            if read.is_empty() {
                return Ok(());
            }
        }
    }

    /// Reads once; empty at the end of the stream.
    async fn read(&mut self) -> io::Result<Vec<u8>> {
        poll_fn(|cx| {
            SCRATCH_BUFFER.with_borrow_mut(|scratch| {
                let mut buffer = ReadBuf::new(scratch);
                ready!(Pin::new(&mut self.io).poll_read(cx, &mut buffer))?;
                self.carried.read(buffer.filled().len());
                Poll::Ready(Ok(buffer.filled().to_vec()))
            })
        })
        .await
    }
}

impl Outgoing {
    fn advance(&mut self, mut written: usize) {
        while written > 0 {
            let first = self.queue.front_mut().expect("no more is written than is queued");
            if written < first.len() {
                first.advance(written);
                return;
            }
            written -= first.len();
            self.queue.pop_front();
        }
        if self.queue.is_empty() {
            *self = Outgoing::default();
        }
    }
}

impl AsyncRead for Io {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Io::Tcp(io) => Pin::new(io).poll_read(cx, buffer),
            Io::Other(io) => Pin::new(io).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Io {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Io::Tcp(io) => Pin::new(io).poll_write(cx, bytes),
            Io::Other(io) => Pin::new(io).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Io::Tcp(io) => Pin::new(io).poll_write_vectored(cx, slices),
            Io::Other(io) => Pin::new(io).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Io::Tcp(io) => Pin::new(io).poll_flush(cx),
            Io::Other(io) => Pin::new(io).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Io::Tcp(io) => Pin::new(io).poll_shutdown(cx),
            Io::Other(io) => Pin::new(io).poll_shutdown(cx),
        }
    }
}

//! What a session can be attached to, as the client sees it.

use std::{any::Any, net::SocketAddr};

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{Answer, Packet};

/// A session's place: where its gateway is, and what it is called there.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) address: SocketAddr,
    pub(crate) sid: String,
}

impl Place {
    /// The path of something under the session.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/everwire/session/{}{rest}", self.sid)
    }
}

/// What comes from a carrier.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A message, with the number that this carrier has counted.
    Message(u64, Packet),
    /// A packet that is not numbered.
    Control(Value),
    /// A request was refused; the carrier may be used again.
    Refused(Answer),
    /// The carrier is over, a WebSocket with its code.
    Ended(Option<u16>),
}

/// What became of messages that were handed to a carrier.
#[derive(Debug)]
pub(crate) enum Sent {
    /// They are on their way; acknowledgements come from [`Carrier::receive`].
    Under,
    /// Answered at once.
    Answered(Answer),
    /// The carrier broke.
    Broken,
}

/// How much of a request or frame is written before the cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Half.
    Half,
    /// All of it; the answer is not waited for.
    Whole,
}

/// What a cut leaves of its connection: dropping it hangs up, keeping it leaves the request in flight.
pub(crate) type Remains = Box<dyn Any + Send>;

/// One carrier of one session: a WebSocket; or a receiving request, or a row of them, with POSTs beside it.
/// Dropping it cuts whatever is in flight.
pub(crate) trait Carrier: Send {
    /// Takes the delivery over, behind message `after`.
    fn attach(&mut self, after: u64, turn: u64) -> BoxFuture<'_, ()>;

    /// Sends messages, the first of them number `first`.
    fn send<'a>(&'a mut self, first: u64, packets: &'a [Packet]) -> BoxFuture<'a, Sent>;

    /// Sends a packet that is not numbered.
    fn control(&mut self, packet: Value) -> BoxFuture<'_, ()>;

    /// Sees to it that the carrier is ready to be told something: a poll's request is written.
    fn listen(&mut self, after: u64) -> BoxFuture<'_, ()>;

    /// The next thing that comes; the client has all messages up to `after`. May be dropped and called again.
    fn receive(&mut self, after: u64) -> BoxFuture<'_, Heard>;

    /// Is cut while messages are being sent.
    fn cut_sending(
        self: Box<Self>,
        first: u64,
        packets: Vec<Packet>,
        part: Part,
    ) -> BoxFuture<'static, Remains>;

    /// Is cut in the middle of what the gateway says, which must have something to say. What had come whole by then
    /// counts; what had not is discarded.
    fn cut_receiving(self: Box<Self>, after: u64) -> BoxFuture<'static, Vec<Heard>>;
}

/// What opening makes: a carrier, and the `open` packet's content.
pub(crate) type Opened = (Box<dyn Carrier>, Value);

/// A kind of carrier. A later one is a constant of this type and one line in the list of `scenarios.rs`.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// One connection is kept, whose end parts the session.
    pub(crate) kept: bool,
    /// It carries both ways: opening attaches it, and its end has a code.
    pub(crate) both_ways: bool,
    /// It sends by form, whose answer no page can read: acknowledgements come on the receiving carrier.
    pub(crate) posts_forms: bool,
    /// A carrier that waits is told of news at once: it need not ask.
    pub(crate) held: bool,
    /// Opens a session with the content of `open`.
    pub(crate) open: fn(SocketAddr, Value) -> BoxFuture<'static, Opened>,
    /// A carrier for a session that is there, to be attached.
    pub(crate) resume: fn(Place) -> Box<dyn Carrier>,
}

impl Kind {
    /// The code with which a carrier of this kind ends, where its end has one.
    pub(crate) fn ends_with(&self, code: u16) -> Option<u16> {
        self.both_ways.then_some(code)
    }
}

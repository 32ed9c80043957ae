//! What a gateway has done and has to do, in numbers.
//!
//! What is counted, is counted when it happens: by the turn of a carrier and not by the message, where a turn has many, in
//! counters that the threads share only when they are read. What stands at the moment (sessions, queues) costs nothing
//! until somebody asks; then every session is looked at.

mod census;
mod tally;

use std::{collections::BTreeMap, ops::Index, time::Duration};

pub(crate) use tally::Tally;

/// What carries a session's messages, or brings them.
///
/// ```
/// use everwire::stats::Carrier;
///
/// let names: Vec<&str> = Carrier::ALL.into_iter().map(Carrier::name).collect();
/// assert_eq!(names, ["ws", "stream", "sse", "frame", "long-poll", "jsonp", "short-poll", "raw", "post"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Carrier {
    /// A WebSocket of the native protocol: both ways.
    Ws,
    /// A GET whose answer grows by one line a packet (XHR, XDR and fetch streaming): down only.
    Stream,
    /// An EventSource: down only.
    Sse,
    /// A forever iframe, or an htmlfile: down only.
    Frame,
    /// A GET that is held until there is something to say: down only.
    LongPoll,
    /// A poll that is answered by a script, held or not: down only.
    Jsonp,
    /// A GET that is answered at once (`wait=0`): down only.
    ShortPoll,
    /// A raw endpoint, a WebSocket or not: both ways. Each is a session of its own.
    Raw,
    /// A POST: up only, whatever carries the way down. An opening is one too.
    Post,
}

impl Carrier {
    /// All of them.
    pub const ALL: [Carrier; 9] = [
        Carrier::Ws,
        Carrier::Stream,
        Carrier::Sse,
        Carrier::Frame,
        Carrier::LongPoll,
        Carrier::Jsonp,
        Carrier::ShortPoll,
        Carrier::Raw,
        Carrier::Post,
    ];

    /// Those that carry a session's messages to its client, best first, raw endpoints last. A POST only brings some.
    pub(crate) const DOWN: [Carrier; 8] = [
        Carrier::Ws,
        Carrier::Stream,
        Carrier::Sse,
        Carrier::Frame,
        Carrier::LongPoll,
        Carrier::Jsonp,
        Carrier::ShortPoll,
        Carrier::Raw,
    ];

    /// Its name in metrics and logs: `ws`, `stream`, `sse`, `frame`, `long-poll`, `jsonp`, `short-poll`, `raw`, `post`.
    ///
    /// ```
    /// assert_eq!(everwire::stats::Carrier::LongPoll.name(), "long-poll");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Carrier::Ws => "ws",
            Carrier::Stream => "stream",
            Carrier::Sse => "sse",
            Carrier::Frame => "frame",
            Carrier::LongPoll => "long-poll",
            Carrier::Jsonp => "jsonp",
            Carrier::ShortPoll => "short-poll",
            Carrier::Raw => "raw",
            Carrier::Post => "post",
        }
    }
}

/// A number for each carrier.
///
/// ```
/// use everwire::{Gateway, stats::Carrier};
///
/// let attaches = Gateway::builder().build().stats().attaches;
/// assert_eq!(attaches[Carrier::Ws], 0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ByCarrier([u64; Carrier::ALL.len()]);

impl ByCarrier {
    /// The numbers, each with its carrier.
    ///
    /// ```
    /// let sent = everwire::Gateway::builder().build().stats().sent;
    /// for (carrier, messages) in sent.iter() {
    ///     println!("{messages} by {}", carrier.name());
    /// }
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (Carrier, u64)> {
        Carrier::ALL.into_iter().zip(self.0)
    }

    /// All together.
    ///
    /// ```
    /// assert_eq!(everwire::Gateway::builder().build().stats().sent.total(), 0);
    /// ```
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

impl Index<Carrier> for ByCarrier {
    type Output = u64;

    fn index(&self, carrier: Carrier) -> &u64 {
        &self.0[carrier as usize]
    }
}

/// A gateway in numbers. What grows is counted from its beginning, and never falls; what stands is of the moment. The
/// numbers are read one after the other while the gateway goes on, so that two of them may be some microseconds apart.
///
/// ```
/// let stats = everwire::Gateway::builder().build().stats();
/// let lost: u64 = stats.ends.values().map(|ends| ends.undelivered).sum();
/// assert_eq!((stats.open, stats.queued_messages, lost), (0, 0, 0));
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Stats {
    /// Sessions that are open now, parted ones included, tombstones not.
    pub open: u64,
    /// Open sessions by what carries them now. One that polls is carried by its last poll until it counts as parted.
    pub carried: ByCarrier,
    /// Open sessions whose resume window runs: nobody carries them.
    pub parted: u64,
    /// Sessions that are over and still answer with their end.
    pub tombstones: u64,
    /// Messages for clients that are not acknowledged, in the queues of all sessions now.
    pub queued_messages: u64,
    /// The same in bytes, as `queue_bytes` counts them: what a broadcast shares counts for each session.
    pub queued_bytes: u64,
    /// What clients have said and no handler has begun with, in all sessions now.
    pub backlog_messages: u64,
    /// Rooms that have members or readers now.
    pub rooms: u64,
    /// The gateway is going away.
    pub draining: bool,
    /// Carriers that were attached. Each poll attaches anew; each raw request is one.
    pub attaches: ByCarrier,
    /// Sessions that went on over another kind of carrier than the one before.
    pub moves: Vec<Move>,
    /// Parted sessions that were carried again.
    pub resumes: u64,
    /// Messages taken from clients, by what brought them. Entering a room is one, also for a raw endpoint.
    pub received: ByCarrier,
    /// Messages that clients sent again and that had been taken before.
    pub received_again: ByCarrier,
    /// Messages handed over to carriers for the first time.
    pub sent: ByCarrier,
    /// Messages handed over again, because the carrier before had not brought an acknowledgement.
    pub sent_again: ByCarrier,
    /// Bytes read: frames of WebSockets, heads included, and the bodies of requests.
    pub bytes_in: ByCarrier,
    /// Bytes written: frames of WebSockets, heads included, and the bodies of answers.
    pub bytes_out: ByCarrier,
    /// Sessions that ended, by the code (docs/PROTOCOL.md, section 8).
    pub ends: BTreeMap<u16, Ends>,
    /// Openings by what came of them: `accepted`, `repeated` (with the key of a session that was there), or why they were
    /// refused: `flood`, `conflict`, `unauthenticated`, `forbidden`, `fault`, `draining`.
    pub openings: BTreeMap<&'static str, u64>,
    /// Handshakes of WebSockets by what came of them: `accepted`, or why they were refused: `not_websocket`, `malformed`,
    /// `origin`, `unsupported`, `flood`.
    pub upgrades: BTreeMap<&'static str, u64>,
    /// HTTP requests that were answered.
    pub requests: Vec<Requests>,
    /// How long pings on WebSockets took to be answered.
    pub round_trips: Histogram,
    /// How long handlers of events took.
    pub handler_times: Histogram,
    /// How long messages waited for their acknowledgement, from when they were queued: one message of each session at a
    /// time is timed. Where handing over acknowledges, until then.
    pub acknowledgements: Histogram,
}

/// How often sessions moved from one kind of carrier to another.
///
/// ```
/// use everwire::stats::Carrier;
///
/// let stats = everwire::Gateway::builder().build().stats();
/// let fell_back = stats.moves.iter().filter(|moved| moved.from == Carrier::Ws).map(|moved| moved.count).sum::<u64>();
/// assert_eq!(fell_back, 0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Move {
    /// What carried before.
    pub from: Carrier,
    /// What carries now.
    pub to: Carrier,
    /// How often.
    pub count: u64,
}

/// Sessions that ended with one code.
///
/// ```
/// let stats = everwire::Gateway::builder().build().stats();
/// // 4008: clients that were too slow.
/// let slow = stats.ends.get(&4008).copied().unwrap_or_default();
/// assert_eq!((slow.sessions, slow.undelivered), (0, 0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Ends {
    /// How many.
    pub sessions: u64,
    /// Messages that their clients had not acknowledged when they ended. Those of 4000 may still have arrived.
    pub undelivered: u64,
}

/// Requests of one kind, answered with one class of status.
///
/// ```
/// let stats = everwire::Gateway::builder().build().stats();
/// let failed = stats.requests.iter().filter(|requests| requests.class == 5).map(|requests| requests.count);
/// assert_eq!(failed.sum::<u64>(), 0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Requests {
    /// What was asked for.
    pub place: Place,
    /// The hundreds of the status: 2 for 200…299.
    pub class: u16,
    /// How many.
    pub count: u64,
}

/// What a request asks for.
///
/// ```
/// use everwire::stats::Place;
///
/// assert!(Place::ALL.contains(&Place::Poll));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// How the gateway is.
    Health,
    /// To open a session.
    Session,
    /// A WebSocket.
    Ws,
    /// A session's messages, as a stream of lines.
    Stream,
    /// The same as an event stream.
    Sse,
    /// The same as a page that grows.
    Frame,
    /// A session's messages.
    Poll,
    /// The same as a script.
    Jsonp,
    /// To say something.
    Post,
    /// To end a session.
    Close,
    /// A raw endpoint.
    Raw,
    /// The JavaScript client.
    Client,
    /// Nothing that there is.
    Unknown,
}

impl Place {
    /// All of them.
    pub const ALL: [Place; 13] = [
        Place::Health,
        Place::Session,
        Place::Ws,
        Place::Stream,
        Place::Sse,
        Place::Frame,
        Place::Poll,
        Place::Jsonp,
        Place::Post,
        Place::Close,
        Place::Raw,
        Place::Client,
        Place::Unknown,
    ];

    /// Its name in metrics.
    ///
    /// ```
    /// assert_eq!(everwire::stats::Place::Session.name(), "session");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Place::Health => "health",
            Place::Session => "session",
            Place::Ws => "ws",
            Place::Stream => "stream",
            Place::Sse => "sse",
            Place::Frame => "frame",
            Place::Poll => "poll",
            Place::Jsonp => "jsonp",
            Place::Post => "post",
            Place::Close => "close",
            Place::Raw => "raw",
            Place::Client => "client",
            Place::Unknown => "unknown",
        }
    }
}

/// How long something took, over all the times that it happened.
///
/// ```
/// let pings = everwire::Gateway::builder().build().stats().round_trips;
/// if let Some(mean) = u32::try_from(pings.count()).ok().filter(|count| *count > 0).map(|count| pings.sum() / count) {
///     println!("{mean:?} on average");
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Histogram {
    counts: [u64; BOUNDS.len() + 1],
    micros: u64,
}

/// Upper bounds of the histograms' buckets, in microseconds: 0.1 ms, which a handler takes that does little, to a minute,
/// after which a session is resumed or lost.
const BOUNDS: [u64; 17] = [
    100, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000,
    5_000_000, 10_000_000, 30_000_000, 60_000_000,
];

impl Histogram {
    /// How many fell into each bucket, by its upper bound, which belongs to it; the last one has none. Not cumulative.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let times = everwire::Gateway::builder().build().stats().handler_times;
    /// let second = Some(Duration::from_secs(1));
    /// let slow = times.buckets().filter(|(bound, _)| bound.is_none() || *bound > second).map(|(_, count)| count);
    /// assert_eq!(slow.sum::<u64>(), 0);
    /// ```
    pub fn buckets(&self) -> impl Iterator<Item = (Option<Duration>, u64)> {
        let bounds = BOUNDS.into_iter().map(|bound| Some(Duration::from_micros(bound)));
        bounds.chain([None]).zip(self.counts)
    }

    /// How often it happened.
    ///
    /// ```
    /// assert_eq!(everwire::Gateway::builder().build().stats().round_trips.count(), 0);
    /// ```
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// All the times added up.
    ///
    /// ```
    /// assert!(everwire::Gateway::builder().build().stats().round_trips.sum().is_zero());
    /// ```
    pub fn sum(&self) -> Duration {
        Duration::from_micros(self.micros)
    }
}

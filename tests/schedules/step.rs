//! What a schedule consists of, and how one is drawn.

use proptest::{collection::vec, prelude::*};

/// How a schedule begins, and what its session is held to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup {
    pub(crate) start: Start,
    /// The first request of all is under way once more, and arrives whenever it is picked.
    pub(crate) echo: bool,
    /// The queue towards the client has room for eight messages only.
    pub(crate) small_queue: bool,
    /// The handlers' queue has room for three messages only.
    pub(crate) small_backlog: bool,
}

/// What has happened before the first step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Start {
    Nothing,
    OpenByPost,
    OpenBySocket,
    /// Two openings race.
    OpenByBoth,
}

/// How long a step of time is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Span {
    /// 300 ms: less than anything.
    Instant,
    /// 1.5 s: a volatile message is still kept for the next poll.
    Moment,
    /// 5.5 s: acknowledgements fall due.
    Ack,
    /// 11 s: a sender without acknowledgement leaves.
    Patience,
    /// 26 s: pings fall due, polls elapse.
    Ping,
    /// 37 s: silent WebSockets are detached, polled sessions part.
    Silence,
    /// 64 s: parted sessions expire.
    Window,
}

impl Span {
    pub(crate) fn millis(self) -> u64 {
        match self {
            Span::Instant => 300,
            Span::Moment => 1_500,
            Span::Ack => 5_500,
            Span::Patience => 11_000,
            Span::Ping => 26_000,
            Span::Silence => 37_000,
            Span::Window => 64_000,
        }
    }
}

/// One step. A pick is an index into what there is, modulo its number.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    // The applications.
    ClientSays(u8),
    ServerSays(u8),
    Volatile(u8),
    ServerCloses,
    ClientCloses {
        by_socket: bool,
    },
    /// The handlers sleep, or work off what is queued for them.
    Handlers {
        asleep: bool,
    },
    // The client's carriers.
    OpenByPost,
    OpenBySocket {
        messages: bool,
    },
    Poll {
        long: bool,
        after: bool,
    },
    /// The same poll once more, with the same turn.
    RetryPoll,
    AbandonPoll,
    Post,
    /// A form of what is not acknowledged.
    Form,
    /// A POST of what follows the one in flight, whose answer the client should have waited for.
    Pipeline,
    AckByPost,
    /// A stream; a native one connects again by itself, with the turn it had.
    Stream {
        native: bool,
    },
    /// A further WebSocket for the same session; eagerly, with `attach` right behind `resume`.
    Resume {
        eager: bool,
        sends: bool,
    },
    Attach(u8),
    SendBySocket(u8),
    SendByPost,
    Ack(u8),
    Leave(u8),
    // The network.
    Deliver(u8),
    Duplicate(u8),
    Lose(u8),
    /// The reader of a held poll dies.
    LoseReader(u8),
    /// So many packets of one direction of a connection arrive.
    PumpUp(u8, u8),
    PumpDown(u8, u8),
    Cut {
        pick: u8,
        up: u8,
        down: u8,
    },
    Mute {
        pick: u8,
        up: bool,
        down: bool,
    },
    /// Everything that is under way arrives.
    Calm,
    // The gateway.
    /// The carriers' drivers run only when they are told to.
    Lazy(bool),
    Drain,
    // Time.
    Wait(Span),
    /// Time in which the network delivers everything.
    Live(Span),
    // A client that is wrong: refused, and nothing changes.
    WildFrom(u8),
    WildAck {
        by_socket: bool,
    },
}

/// Draws schedules.
pub(crate) fn schedules() -> impl Strategy<Value = (Setup, Vec<Step>)> {
    (setup(), vec(step(), 0..90))
}

fn setup() -> impl Strategy<Value = Setup> {
    let start = prop_oneof![
        2 => Just(Start::Nothing),
        5 => Just(Start::OpenByPost),
        5 => Just(Start::OpenBySocket),
        2 => Just(Start::OpenByBoth),
    ];
    let weighted = prop::bool::weighted;
    (start, weighted(0.3), weighted(0.2), weighted(0.4)).prop_map(
        |(start, echo, small_queue, small_backlog)| Setup { start, echo, small_queue, small_backlog },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        30 => application(),
        45 => carriers(),
        60 => network(),
        20 => time(),
        4 => prop_oneof![
            3 => any::<bool>().prop_map(Step::Lazy),
            1 => Just(Step::Drain),
            1 => any::<u8>().prop_map(Step::WildFrom),
            2 => any::<bool>().prop_map(|by_socket| Step::WildAck { by_socket }),
        ],
    ]
}

fn application() -> impl Strategy<Value = Step> {
    prop_oneof![
        40 => (1..5u8).prop_map(Step::ClientSays),
        40 => (1..6u8).prop_map(Step::ServerSays),
        20 => any::<u8>().prop_map(Step::Volatile),
        10 => any::<bool>().prop_map(|asleep| Step::Handlers { asleep }),
        1 => Just(Step::ServerCloses),
        2 => any::<bool>().prop_map(|by_socket| Step::ClientCloses { by_socket }),
    ]
}

fn carriers() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::OpenByPost),
        2 => any::<bool>().prop_map(|messages| Step::OpenBySocket { messages }),
        12 => any::<(bool, bool)>().prop_map(|(long, after)| Step::Poll { long, after }),
        3 => Just(Step::RetryPoll),
        3 => Just(Step::AbandonPoll),
        12 => Just(Step::Post),
        6 => Just(Step::Form),
        4 => Just(Step::Pipeline),
        4 => Just(Step::AckByPost),
        5 => any::<bool>().prop_map(|native| Step::Stream { native }),
        10 => any::<(bool, bool)>().prop_map(|(eager, sends)| Step::Resume { eager, sends }),
        8 => any::<u8>().prop_map(Step::Attach),
        8 => any::<u8>().prop_map(Step::SendBySocket),
        4 => Just(Step::SendByPost),
        8 => any::<u8>().prop_map(Step::Ack),
        2 => any::<u8>().prop_map(Step::Leave),
    ]
}

fn network() -> impl Strategy<Value = Step> {
    prop_oneof![
        25 => any::<u8>().prop_map(Step::Deliver),
        5 => any::<u8>().prop_map(Step::Duplicate),
        4 => any::<u8>().prop_map(Step::Lose),
        2 => any::<u8>().prop_map(Step::LoseReader),
        12 => (any::<u8>(), 1..6u8).prop_map(|(pick, count)| Step::PumpUp(pick, count)),
        12 => (any::<u8>(), 1..6u8).prop_map(|(pick, count)| Step::PumpDown(pick, count)),
        4 => (any::<u8>(), 0..5u8, 0..5u8).prop_map(|(pick, up, down)| Step::Cut { pick, up, down }),
        2 => any::<(u8, bool, bool)>().prop_map(|(pick, up, down)| Step::Mute { pick, up, down }),
        12 => Just(Step::Calm),
    ]
}

fn time() -> impl Strategy<Value = Step> {
    let span = || {
        prop_oneof![
            8 => Just(Span::Instant),
            6 => Just(Span::Moment),
            6 => Just(Span::Ack),
            4 => Just(Span::Patience),
            2 => Just(Span::Ping),
            2 => Just(Span::Silence),
            1 => Just(Span::Window),
        ]
    };
    prop_oneof![3 => span().prop_map(Step::Wait), 1 => span().prop_map(Step::Live)]
}

//! What a run of schedules has come past. A generator that never reaches a state checks nothing about it, so every
//! entry has a number of times that a run must reach it.

use std::{
    cell::{Cell, RefCell},
    fmt::Write,
};

macro_rules! sights {
    ($($(#[$doc:meta])* $name:ident = $least:literal,)*) => {
        /// Something worth having come past.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Sight {
            $($(#[$doc])* $name,)*
        }

        /// Each sight's name, and how often a run of 10,000 schedules must have had it.
        const SIGHTS: &[(&str, u64)] = &[$((stringify!($name), $least),)*];
    };
}

sights! {
    /// An attach with a lower turn was refused.
    Stale = 700,
    /// An attach with the session's own turn, a retry, won.
    EqualTurn = 300,
    /// A carrier learnt that another one has taken its place.
    Superseded = 1_000,
    /// An attach found messages in flight that had to be handed over again.
    Rewound = 2_000,
    /// A message came up again by POST and was dropped.
    RepeatByPost = 2_000,
    /// A message came up again by WebSocket and was dropped.
    RepeatBySocket = 2_000,
    /// A message came down again and was dropped by the client.
    RepeatDown = 3_000,
    /// A POST that left out messages was refused.
    GapByPost = 100,
    /// A `from` that left out messages was refused.
    GapByFrom = 60,
    /// An acknowledgement of what was never sent was refused.
    Beyond = 300,
    /// An opening joined the session that another one with its key had made.
    Joined = 900,
    /// An opening came when the sid had been used.
    Conflict = 40,
    /// Two openings with one key, a session's whole life apart, made one session each.
    KeyAnew = 4,
    /// A session was not resumed in its window.
    Expired = 100,
    /// A session was closed by its application.
    ClosedByServer = 100,
    /// A session was closed by its client.
    ClosedByClient = 100,
    /// A tombstone delivered what was left.
    Tombstone = 600,
    /// A queue reached its bound.
    Slow = 100,
    /// A POST found the handlers' queue full.
    FullByPost = 90,
    /// A message on a WebSocket found the handlers' queue full.
    FullBySocket = 60,
    /// What followed such a message was dropped until the client said `from`.
    DroppedWhileBusy = 200,
    /// The gateway pinged.
    Ping = 600,
    /// The client answered a ping.
    Pong = 100,
    /// A WebSocket was detached because nothing was heard on it.
    Silent = 200,
    /// A WebSocket was left because the client had stopped acknowledging.
    Unacknowledged = 20,
    /// A socket took no more.
    Congested = 3_000,
    /// A volatile message was numbered at once.
    VolatileNow = 900,
    /// A volatile message was kept for the next poll, and numbered then.
    VolatileKept = 200,
    /// A newer volatile message took the place of a kept one.
    VolatileReplaced = 20,
    /// A volatile message was dropped.
    VolatileDropped = 1_000,
    /// A volatile message reached the client.
    VolatileHeard = 1_000,
    /// A poll's wait was over.
    Elapsed = 1_000,
    /// A poll's reader died while it was held.
    DeadReader = 40,
    /// An answer that nobody waited for any more arrived.
    LateAnswer = 4_000,
    /// Messages that a stream carried reached the client.
    Streamed = 2_000,
    /// A stream ended itself behind so many messages.
    StreamBound = 100,
    /// A stream was asked for once more with the turn it had, and won.
    StreamAgain = 100,
    /// The gateway said that it goes away.
    Drained = 90,
    /// A POST with messages arrived while the client was sending on a WebSocket.
    PostBesideSocket = 600,
    /// The WebSocket acknowledged because enough had come.
    AckByCount = 400,
    /// The WebSocket acknowledged because it was time.
    AckByTime = 200,
    /// A carrier acknowledged because a form had come.
    AckOfForm = 300,
    /// A form came while nothing was attached.
    FormUnattached = 100,
    /// An acknowledgement passed by what the carrier had handed over.
    AckAhead = 10,
    /// The client left a carrier on which nothing was heard or acknowledged.
    LeftMute = 1_000,
    /// The client was left with messages of which it doesn't know whether they were taken.
    Uncertain = 400,
    /// The application was told of messages that did not arrive.
    Undelivered = 400,
    /// A schedule settled with everything delivered.
    Whole = 7_000,
}

thread_local! {
    static LOOKING: Cell<bool> = const { Cell::new(true) };
    static SEEN: RefCell<Vec<u64>> = RefCell::new(vec![0; SIGHTS.len()]);
}

/// Looks, or looks away: what every schedule ends with says nothing about what was drawn.
pub(crate) fn look(looking: bool) {
    LOOKING.set(looking);
}

/// Notes a sight.
pub(crate) fn see(sight: Sight) {
    if LOOKING.get() {
        SEEN.with_borrow_mut(|seen| seen[sight as usize] += 1);
    }
}

/// The table of what was seen in a run of so many schedules, and the names of what was not seen often enough.
pub(crate) fn report(schedules: u64) -> (String, Vec<&'static str>) {
    let mut table = String::new();
    let mut missed = Vec::new();
    SEEN.with_borrow(|seen| {
        for (&(name, least), &count) in SIGHTS.iter().zip(seen) {
            let least = least * schedules / 10_000;
            writeln!(table, "{name:>18} {count:>9}  (at least {least})").expect("a String takes everything");
            if count < least {
                missed.push(name);
            }
        }
    });
    (table, missed)
}

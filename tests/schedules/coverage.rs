//! What a run of schedules has come past. A generator that never reaches a state checks nothing about it, so every
//! entry has a number of times that a run must reach it.

use std::{cell::RefCell, fmt::Write};

macro_rules! sights {
    ($($(#[$doc:meta])* $name:ident = $least:literal,)*) => {
        /// Something worth having come past.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Sight {
            $($(#[$doc])* $name,)*
        }

        /// Each sight's name, and how often a run of 10,000 schedules must have had it.
        const SIGHTS: &[(&str, u64)] = &[$((stringify!($name), $least),)*];
    };
}

sights! {
    /// An attach with a lower turn was refused.
    Stale = 300,
    /// An attach with the session's own turn, a retry, won.
    EqualTurn = 300,
    /// A carrier learnt that another one has taken its place.
    Superseded = 2_000,
    /// An attach found messages in flight that had to be handed over again.
    Rewound = 1_000,
    /// A message came up again by POST and was dropped.
    RepeatByPost = 500,
    /// A message came up again by WebSocket and was dropped.
    RepeatBySocket = 500,
    /// A message came down again and was dropped by the client.
    RepeatDown = 1_000,
    /// A POST that left out messages was refused.
    GapByPost = 50,
    /// A `from` that left out messages was refused.
    GapByFrom = 50,
    /// An acknowledgement of what was never sent was refused.
    Beyond = 200,
    /// An opening joined the session that another one with its key had made.
    Joined = 300,
    /// An opening came when the sid had been used.
    Conflict = 300,
    /// Two openings with one key, a session's whole life apart, made one session each.
    KeyAnew = 5,
    /// A session was not resumed in its window.
    Expired = 200,
    /// A session was closed by its application.
    ClosedByServer = 300,
    /// A session was closed by its client.
    ClosedByClient = 300,
    /// A tombstone delivered what was left.
    Tombstone = 100,
    /// A queue reached its bound.
    Slow = 50,
    /// A POST found the handlers' queue full.
    FullByPost = 100,
    /// A message on a WebSocket found the handlers' queue full.
    FullBySocket = 100,
    /// What followed such a message was dropped until the client said `from`.
    DroppedWhileBusy = 50,
    /// The gateway pinged.
    Ping = 1_000,
    /// The client answered a ping.
    Pong = 300,
    /// A WebSocket was detached because nothing was heard on it.
    Silent = 100,
    /// A WebSocket was left because the client had stopped acknowledging.
    Unacknowledged = 100,
    /// A socket took no more.
    Congested = 300,
    /// A volatile message was numbered at once.
    VolatileNow = 1_000,
    /// A volatile message was kept for the next poll, and numbered then.
    VolatileKept = 100,
    /// A newer volatile message took the place of a kept one.
    VolatileReplaced = 30,
    /// A volatile message was dropped.
    VolatileDropped = 500,
    /// A volatile message reached the client.
    VolatileHeard = 500,
    /// A poll's wait was over.
    Elapsed = 500,
    /// A poll's reader died while it was held.
    DeadReader = 100,
    /// An answer that nobody waited for any more arrived.
    LateAnswer = 500,
    /// Messages that a stream carried reached the client.
    Streamed = 300,
    /// The gateway said that it goes away.
    Drained = 100,
    /// A POST with messages arrived while the client was sending on a WebSocket.
    PostBesideSocket = 300,
    /// The WebSocket acknowledged because enough had come.
    AckByCount = 100,
    /// The WebSocket acknowledged because it was time.
    AckByTime = 300,
    /// An acknowledgement passed by what the carrier had handed over.
    AckAhead = 5,
    /// The client left a carrier on which nothing was heard or acknowledged.
    LeftMute = 300,
    /// The client was left with messages of which it doesn't know whether they were taken.
    Uncertain = 100,
    /// The application was told of messages that did not arrive.
    Undelivered = 300,
    /// A schedule settled with everything delivered.
    Whole = 3_000,
}

thread_local! {
    static SEEN: RefCell<Vec<u64>> = RefCell::new(vec![0; SIGHTS.len()]);
}

/// Notes a sight.
pub fn see(sight: Sight) {
    SEEN.with_borrow_mut(|seen| seen[sight as usize] += 1);
}

/// The table of what was seen in a run of so many schedules, and the names of what was not seen often enough.
pub fn report(schedules: u64) -> (String, Vec<&'static str>) {
    let mut table = String::new();
    let mut missed = Vec::new();
    SEEN.with_borrow(|seen| {
        for (&(name, least), &count) in SIGHTS.iter().zip(seen) {
            let least = (least * schedules / 10_000).max(1);
            writeln!(table, "{name:>18} {count:>9}  (at least {least})").expect("a String takes everything");
            if count < least {
                missed.push(name);
            }
        }
    });
    (table, missed)
}

//! What a session is held to, and how it counts time.

use std::ops::Add;

/// A moment in milliseconds since the gateway started. The pure core is told it, and never asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Moment(pub u64);

impl Moment {
    /// Milliseconds from `earlier` to this moment, 0 if it is not earlier.
    pub fn since(self, earlier: Moment) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<u64> for Moment {
    type Output = Moment;

    fn add(self, millis: u64) -> Moment {
        Moment(self.0.saturating_add(millis))
    }
}

/// The bounds and periods of a session. Times are milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Bytes of unacknowledged messages a session may hold; past it the client is a slow consumer (4008).
    pub queue_bytes: usize,
    /// Unacknowledged messages a session may hold: many tiny ones cost more memory than their bytes.
    pub queue_messages: usize,
    /// Silence on a WebSocket or stream after which the gateway pings.
    pub ping: u64,
    /// What a silent peer is granted beyond `ping`, and a sender without acknowledgement beyond two round trips.
    pub grace: u64,
    /// How long a parted session is kept, and a closed one answers with its close.
    pub resume: u64,
    /// Silence after which a polled session counts as parted, at the least; three poll intervals if that is longer.
    pub parting: u64,
    /// The most that three poll intervals may come to: a client must not stretch its own memory.
    pub parting_max: u64,
    /// Messages after which the gateway acknowledges on a WebSocket.
    pub ack_messages: u32,
    /// Bytes after which the gateway acknowledges on a WebSocket.
    pub ack_bytes: u32,
    /// Time after which the gateway acknowledges on a WebSocket.
    pub ack_after: u64,
    /// How recently a session must have been polled for a volatile message to be kept for its next poll.
    pub volatile_keep: u64,
    /// Different volatile messages (by event and room) kept for one session's next poll.
    pub volatile_kinds: usize,
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            queue_bytes: 4 << 20,
            queue_messages: 16_384,
            ping: 25_000,
            grace: 10_000,
            resume: 60_000,
            parting: 35_000,
            parting_max: 180_000,
            ack_messages: 32,
            ack_bytes: 64 << 10,
            ack_after: 5_000,
            volatile_keep: 2_000,
            volatile_kinds: 64,
        }
    }
}

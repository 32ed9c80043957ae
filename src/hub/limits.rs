//! What a node is held to.

use std::time::Duration;

/// The bounds of a hub. Each is there because something outside could otherwise make it grow without end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Sessions in all, tombstones included: at a few KiB each, memory.
    pub sessions: usize,
    /// Sessions from one address. Generous: an office, or a mobile carrier, shares one.
    pub sessions_per_address: usize,
    /// Openings and refused resumes a second and address, on average.
    pub opens_per_second: u32,
    /// How many of them may come at once: an office after a power cut.
    pub opens_burst: u32,
    /// Messages that wait for a session's handlers.
    pub backlog_messages: usize,
    /// Bytes that wait for a session's handlers; an empty queue admits one message of any size.
    pub backlog_bytes: usize,
    /// Requests of one session in progress at once: a poll, a POST, and a few that the network delayed.
    pub requests_per_session: u8,
    /// WebSockets a session may have that are not attached: one that probes, one that replaces it.
    pub unattached_sockets: u8,
    /// Rooms one session may be in.
    pub rooms_per_session: usize,
    /// Requests to one client that wait for its reply.
    pub pending_requests: usize,
    /// For the reply to a request to a client, where nothing else is said.
    pub request_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            sessions: 1_000_000,
            sessions_per_address: 20_000,
            opens_per_second: 200,
            opens_burst: 2_000,
            backlog_messages: 256,
            backlog_bytes: 1 << 20,
            requests_per_session: 8,
            unattached_sockets: 2,
            rooms_per_session: 1_024,
            pending_requests: 256,
            request_timeout: Duration::from_secs(10),
        }
    }
}

//! Every limit of a gateway, with its unit, its default and the reason for it.

use std::time::Duration;

use crate::{
    dialect::{native::Terms, packet::Bounds},
    hub::Limits,
    session::Rules,
    transport::{CARRIERS, Times},
};

/// What a gateway is held to. Take the default and change what you need:
///
/// ```
/// use std::time::Duration;
///
/// let mut options = everwire::Options::default();
/// options.resume = Duration::from_secs(300);
/// let gateway = everwire::Gateway::builder().options(options).build();
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The path that everything stands under. Default `/everwire`; empty for the root.
    pub prefix: String,
    /// Origins (`https://example.com`) whose pages count as the gateway's own, beside those of its own host; `*` lets any
    /// page open a WebSocket, without the credentials that its browser adds. Default: none.
    pub allowed_origins: Vec<String>,
    /// Largest packet and body, decoded, in bytes. Default 1 MiB: what fits a queue four times.
    pub max_message: usize,
    /// Longest name of an event, room or namespace, in bytes. Default 256.
    pub max_name: usize,
    /// Deepest nesting of JSON. Default 64: what old browsers and strict parsers survive.
    pub max_depth: usize,
    /// Most packets in one body. Default 1,024.
    pub max_batch: usize,
    /// Bytes of unacknowledged messages a session may hold before it is closed as a slow consumer (4008). Default 4 MiB.
    pub queue_bytes: usize,
    /// The same in messages. Default 16,384: tiny ones cost more than their bytes.
    pub queue_messages: usize,
    /// Messages that wait for the handlers of one session; past it the client is told to come back. Default 256.
    pub backlog_messages: usize,
    /// The same in bytes; an empty queue admits one message of any size. Default 1 MiB.
    pub backlog_bytes: usize,
    /// Silence on a WebSocket or a stream after which the gateway pings. Default 25 s: proxies cut at 30 s and more.
    pub ping: Duration,
    /// What a silent peer is granted beyond `ping`. Default 10 s.
    pub grace: Duration,
    /// How long a parted session is kept to be resumed. Default 60 s: a tunnel, a lift, a reload.
    pub resume: Duration,
    /// Silence after which a polled session counts as parted, at the least. Default 35 s: a poll's wait and a grace.
    pub parting: Duration,
    /// How long a poll is held that asks for nothing else. Default 25 s.
    pub wait: Duration,
    /// The longest that a poll may ask to be held. Default 55 s: proxies cut at 60 s.
    pub wait_max: Duration,
    /// Bytes behind which a stream (event stream, XHR streaming, forever frame) ends itself, and is asked for anew; 0 for
    /// never. Default 128 KiB: browsers keep all of a stream in memory, and old ones look through it at every packet.
    pub stream_bytes: usize,
    /// For a request's body to arrive. Default 20 s.
    pub body_timeout: Duration,
    /// For the first packet on a WebSocket. Default 10 s.
    pub handshake_timeout: Duration,
    /// For a resumed WebSocket to attach. Default 60 s.
    pub attach_timeout: Duration,
    /// For the answer to a close frame. Default 5 s.
    pub closing_timeout: Duration,
    /// For a client's reply to a request, where the request says nothing else. Default 10 s: longer than a carrier takes to be
    /// replaced, and not so long that a handler seems stuck.
    pub request_timeout: Duration,
    /// Sessions in all; at the bound, those that were never used go first. Default 1,000,000.
    pub max_sessions: usize,
    /// Sessions from one address; 0 for no bound. Default 20,000: an office, or a mobile carrier, shares one.
    pub max_sessions_per_address: usize,
    /// Openings and refused resumes a second and address, on average; 0 for no bound. Default 200.
    pub opens_per_second: u32,
    /// How many of them may come at once. Default 2,000: an office after a power cut.
    pub opens_burst: u32,
    /// Requests of one session in progress at once, polls and streams among them. Default 8: a poll, a POST, and some that the
    /// network delayed.
    pub requests_per_session: u8,
    /// WebSockets of one session that are not attached. Default 2: one that probes, one that replaces it.
    pub unattached_sockets: u8,
    /// Rooms one session may be in. Default 1,024.
    pub rooms_per_session: usize,
    /// Requests to one client that wait for its reply; past it a further one fails at once. Default 256.
    pub pending_requests: usize,
    /// Proxies in front whose entries in `X-Forwarded-For` are believed. Default 0.
    pub trusted_proxies: usize,
}

/// The longest of any time here.
const LONGEST: Duration = Duration::from_secs(30 * 24 * 3600);

impl Default for Options {
    fn default() -> Self {
        let (rules, limits, times, bounds) =
            (Rules::default(), Limits::default(), Times::default(), Bounds::default());
        Options {
            prefix: "/everwire".into(),
            allowed_origins: Vec::new(),
            max_message: bounds.packet,
            max_name: bounds.name,
            max_depth: bounds.depth,
            max_batch: bounds.batch,
            queue_bytes: rules.queue_bytes,
            queue_messages: rules.queue_messages,
            backlog_messages: limits.backlog_messages,
            backlog_bytes: limits.backlog_bytes,
            ping: Duration::from_millis(rules.ping),
            grace: Duration::from_millis(rules.grace),
            resume: Duration::from_millis(rules.resume),
            parting: Duration::from_millis(rules.parting),
            wait: Duration::from_secs(25),
            wait_max: times.wait_max,
            stream_bytes: 128 << 10,
            body_timeout: times.body,
            handshake_timeout: times.handshake,
            attach_timeout: times.attach,
            closing_timeout: times.closing,
            request_timeout: limits.request_timeout,
            max_sessions: limits.sessions,
            max_sessions_per_address: limits.sessions_per_address,
            opens_per_second: limits.opens_per_second,
            opens_burst: limits.opens_burst,
            requests_per_session: limits.requests_per_session,
            unattached_sockets: limits.unattached_sockets,
            rooms_per_session: limits.rooms_per_session,
            pending_requests: limits.pending_requests,
            trusted_proxies: 0,
        }
    }
}

impl Options {
    /// Says what is wrong with these options, if anything is.
    ///
    /// ```
    /// let options = everwire::Options { prefix: "no/slash".into(), ..Default::default() };
    /// assert!(options.check().unwrap_err().starts_with("prefix: "));
    /// ```
    ///
    /// # Errors
    /// A sentence that names the option and what it may be.
    pub fn check(&self) -> Result<(), String> {
        if !self.prefix.is_empty() && (!self.prefix.starts_with('/') || self.prefix.ends_with('/')) {
            return Err(format!("prefix: `{}` must begin with a slash and not end with one", self.prefix));
        }
        if !self.prefix.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte)) {
            return Err(format!(
                "prefix: `{}` has characters that no path has without escaping",
                self.prefix
            ));
        }
        self.check_times()?;
        crate::transport::Origins::parse(&self.allowed_origins)
            .map_err(|why| format!("allowed_origins: {why}"))?;
        if self.max_message > self.queue_bytes / 4 {
            return Err(format!(
                "max_message: {} bytes are more than a quarter of queue_bytes ({}), so that a few messages would close \
                 a session as slow",
                self.max_message, self.queue_bytes
            ));
        }
        if self.wait > self.wait_max {
            return Err("wait: longer than wait_max".into());
        }
        let nonzero = [
            ("max_message", self.max_message),
            ("max_name", self.max_name),
            ("max_depth", self.max_depth),
            ("max_batch", self.max_batch),
            ("queue_messages", self.queue_messages),
            ("backlog_messages", self.backlog_messages),
            ("max_sessions", self.max_sessions),
            ("requests_per_session", self.requests_per_session.into()),
            ("ping", self.ping.as_millis() as usize),
            ("resume", self.resume.as_millis() as usize),
        ];
        match nonzero.iter().find(|(_, value)| *value == 0) {
            Some((name, _)) => Err(format!("{name}: must not be 0")),
            None => Ok(()),
        }
    }

    /// Times that are felt, and none so long that adding it to another overflows.
    fn check_times(&self) -> Result<(), String> {
        let times = [
            ("ping", self.ping),
            ("grace", self.grace),
            ("resume", self.resume),
            ("parting", self.parting),
            ("wait", self.wait),
            ("wait_max", self.wait_max),
            ("body_timeout", self.body_timeout),
            ("handshake_timeout", self.handshake_timeout),
            ("attach_timeout", self.attach_timeout),
            ("closing_timeout", self.closing_timeout),
            ("request_timeout", self.request_timeout),
        ];
        match times.iter().find(|(_, time)| *time > LONGEST) {
            Some((name, _)) => Err(format!("{name}: longer than 30 days")),
            None => Ok(()),
        }
    }

    pub(super) fn rules(&self) -> Rules {
        Rules {
            queue_bytes: self.queue_bytes,
            queue_messages: self.queue_messages,
            ping: millis(self.ping),
            grace: millis(self.grace),
            resume: millis(self.resume),
            parting: millis(self.parting),
            ..Rules::default()
        }
    }

    pub(super) fn limits(&self) -> Limits {
        let unbounded = |bound: usize| if bound == 0 { usize::MAX } else { bound };
        let rate = |rate: u32| if self.opens_per_second == 0 { u32::MAX } else { rate };
        Limits {
            sessions: self.max_sessions,
            sessions_per_address: unbounded(self.max_sessions_per_address),
            opens_per_second: rate(self.opens_per_second),
            opens_burst: rate(self.opens_burst),
            backlog_messages: self.backlog_messages,
            backlog_bytes: self.backlog_bytes,
            requests_per_session: self.requests_per_session,
            unattached_sockets: self.unattached_sockets,
            rooms_per_session: self.rooms_per_session,
            pending_requests: self.pending_requests,
            request_timeout: self.request_timeout,
        }
    }

    pub(super) fn times(&self) -> Times {
        Times {
            wait_max: self.wait_max,
            body: self.body_timeout,
            handshake: self.handshake_timeout,
            attach: self.attach_timeout,
            closing: self.closing_timeout,
        }
    }

    pub(super) fn bounds(&self) -> Bounds {
        Bounds { packet: self.max_message, name: self.max_name, depth: self.max_depth, batch: self.max_batch }
    }

    pub(super) fn terms(&self) -> Terms {
        Terms {
            ping: whole_seconds(self.ping),
            wait: whole_seconds(self.wait),
            resume: whole_seconds(self.resume),
            max: self.max_message,
            carriers: CARRIERS.to_vec(),
        }
    }
}

/// Rounded up: a client that comes a little late is early by what it was told.
fn whole_seconds(time: Duration) -> u64 {
    millis(time).div_ceil(1000)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_sound() {
        Options::default().check().unwrap();
    }

    #[test]
    fn what_is_wrong_is_named() {
        type Change = fn(&mut Options);
        let cases: [(Change, &str); 6] = [
            (|options| options.prefix = "everwire".into(), "prefix"),
            (|options| options.prefix = "/a/".into(), "prefix"),
            (|options| options.allowed_origins = vec!["example.com".into()], "allowed_origins"),
            (|options| options.max_message = 2 << 20, "max_message"),
            (|options| options.wait = Duration::from_secs(56), "wait"),
            (|options| options.ping = Duration::ZERO, "ping"),
        ];
        for (change, named) in cases {
            let mut options = Options::default();
            change(&mut options);
            assert!(options.check().unwrap_err().starts_with(named), "{named}");
        }
    }
}

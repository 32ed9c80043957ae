//! What all exchanges of one gateway share.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use super::Origins;
use crate::{
    dialect::{native::Terms, packet::Bounds},
    hub::Hub,
};

/// The address at the other end of a connection. A listener puts it into the extensions of each request; without it
/// there are no limits per address.
///
/// ```
/// use everwire::{Gateway, Remote};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let gateway = Gateway::builder().build();
/// let mut request = http::Request::post("/everwire/session").body(String::new()).unwrap();
/// request.extensions_mut().insert(Remote("192.0.2.1:5000".parse().unwrap()));
/// assert_eq!(gateway.handle(request).await.status(), 201);
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remote(pub SocketAddr);

/// What all exchanges of one gateway share.
#[derive(Debug)]
pub struct Context {
    /// The sessions.
    pub hub: Arc<Hub>,
    /// The path that everything stands under, without a slash at its end: `/everwire`.
    pub prefix: String,
    /// Which pages may talk to the gateway as themselves.
    pub origins: Origins,
    /// What a packet may be.
    pub bounds: Bounds,
    /// How long things may take.
    pub times: Times,
    /// Bytes behind which a stream ends itself; 0 for never.
    pub stream_bytes: usize,
    /// What `open` announces.
    pub terms: Terms,
    /// Proxies in front whose entries in `X-Forwarded-For` are believed.
    pub proxies: usize,
}

/// How long things may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The longest that a poll may ask to be held. Proxies cut at 60 s.
    pub wait_max: Duration,
    /// For the body of a request to arrive: an uplink of 1 MiB takes 8 s at 1 Mbit/s.
    pub body: Duration,
    /// For the first packet on a WebSocket.
    pub handshake: Duration,
    /// For a resumed WebSocket to attach, or go.
    pub attach: Duration,
    /// For the answer to a close frame.
    pub closing: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Times {
            wait_max: Duration::from_secs(55),
            body: Duration::from_secs(20),
            handshake: Duration::from_secs(10),
            attach: Duration::from_secs(60),
            closing: Duration::from_secs(5),
        }
    }
}

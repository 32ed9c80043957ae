//! Clients of the native protocol, written from its text and independent of the library's own code: what both
//! ends would get wrong in the same way shows here.
//!
//! A [`Client`] is a session; what it is carried by is a [`Carrier`], one file each, made by a [`Kind`].

// Each test program that has these clients uses what it needs of them.
#![allow(dead_code, unused_imports)]

mod carrier;
mod frame;
mod http;
mod jsonp;
mod packet;
mod poll;
mod session;
mod sse;
mod stream;
mod streamed;
mod ws;

use std::{future::Future, net::SocketAddr, time::Duration};

pub(crate) use carrier::{Carrier, Heard, Kind, Part, Place, Sent};
pub(crate) use frame::{FRAME, Page, from_script};
pub(crate) use http::{Answer, Http, ask, request};
pub(crate) use jsonp::{JSONP, called, form, loaded};
pub(crate) use packet::Packet;
pub(crate) use poll::{LONG_POLL, SHORT_POLL};
pub(crate) use session::Client;
pub(crate) use sse::{Event, Events, SSE};
pub(crate) use stream::STREAM;
pub(crate) use ws::{Socket, WS, dial};

/// Every carrier there is: a scenario that switches goes from each to each.
pub(crate) const KINDS: [Kind; 7] = [WS, STREAM, SSE, FRAME, LONG_POLL, JSONP, SHORT_POLL];

/// What a condition may take: generous, as the machine may be busy; a test that fails says what it waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// Waits, and panics with what was waited for.
pub(crate) async fn within<F: Future>(what: &str, future: F) -> F::Output {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(output) => output,
        Err(_) => panic!("waited {} s for {what}", PATIENCE.as_secs()),
    }
}

/// One request on a connection of its own.
pub(crate) async fn once(address: SocketAddr, method: &str, path: &str, body: &str) -> Answer {
    let mut http = Http::connect(address).await;
    ask(&mut http, method, path, body).await
}

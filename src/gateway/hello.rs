//! How a session begins and ends, as its handlers are told.

use std::{fmt, net::IpAddr, sync::Arc};

use http::{HeaderMap, Uri};
use serde::de::DeserializeOwned;

use crate::{hub::Opener, session::Code, wire::parcel::Parcel};

/// With what a client opened its session.
#[derive(Clone)]
pub struct Hello {
    /// The headers of the request that opened it. Cookies, and HTTP authentication that a browser adds by itself, are
    /// there only if the page is of the gateway's own host or of an allowed origin.
    pub headers: HeaderMap,
    /// The URI of that request.
    pub uri: Uri,
    /// The client's address, where it is known.
    pub address: Option<IpAddr>,
    /// Whether the page that opened it is of the gateway's own host or of an allowed origin.
    pub trusted_origin: bool,
    auth: Option<Box<str>>,
}

/// Without credentials: headers, query and `auth` are secrets, and a log is not the place for them.
impl fmt::Debug for Hello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hello")
            .field("path", &self.uri.path())
            .field("address", &self.address)
            .field("trusted_origin", &self.trusted_origin)
            .finish_non_exhaustive()
    }
}

impl Hello {
    pub(super) fn new(opener: Opener) -> Self {
        Hello {
            headers: opener.head.headers,
            uri: opener.head.uri,
            address: opener.address,
            trusted_origin: opener.trusted_origin,
            auth: opener.auth,
        }
    }

    /// The `auth` of the opening packet, read as `T`; `None` if there was none, or it is something else.
    pub fn auth<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(self.auth.as_deref()?).ok()
    }
}

/// How a session ended.
#[derive(Debug, Clone)]
pub struct Goodbye {
    /// Why, by docs/PROTOCOL.md, section 8: 4000 closed by either side, 4004 not resumed in time, 4008 a slow consumer, …
    pub code: u16,
    /// The same in a sentence.
    pub reason: String,
    /// How many messages the client had not acknowledged when the session ended. Those of a session that the application
    /// closed may still arrive; of any other they are uncertain.
    pub undelivered: usize,
    parcels: Vec<Arc<Parcel>>,
}

impl Goodbye {
    pub(super) fn new(goodbye: crate::session::Goodbye) -> Self {
        Goodbye {
            code: Code::number(goodbye.code),
            reason: goodbye.reason.into(),
            undelivered: goodbye.undelivered.len(),
            parcels: goodbye.undelivered,
        }
    }

    /// The packets that were not acknowledged, as JSON, oldest first; of a binary message its header.
    pub fn undelivered_packets(&self) -> impl Iterator<Item = &str> {
        self.parcels.iter().map(|parcel| std::str::from_utf8(parcel.header()).expect("packets are text"))
    }
}

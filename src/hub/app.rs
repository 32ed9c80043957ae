//! The seam between what carries a session and what it is carried for.

use std::{future::Future, net::IpAddr, pin::Pin, sync::Arc};

use bytes::Bytes;
use http::request::Parts;
use tokio::sync::oneshot;

use super::Cell;
use crate::{
    dialect::Failure,
    session::{Code, Goodbye},
    wire::parcel::Content,
};

/// A future on the heap, as the seam needs it.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What stands above the hub. Carriers never see it; they put work into a [`Cell`], and the cell calls here.
pub trait App: Send + Sync + 'static {
    /// A new session wants to open. It is answered when the future is done; an error refuses it.
    fn connect(&self, cell: Arc<Cell>, hello: Opener) -> BoxFuture<Result<(), Denial>>;

    /// The cell has work, and nobody works on it: take it with [`Cell::next_work`] until there is none. Must not block.
    fn work(&self, cell: Arc<Cell>);
}

/// With what a session was opened. Full of secrets, and so without `Debug`.
pub struct Opener {
    /// The head of the request that opened it: headers, query.
    pub head: Parts,
    /// The `auth` of the opening packet, as JSON text.
    pub auth: Option<Box<str>>,
    /// The client's address, where it is known.
    pub address: Option<IpAddr>,
    /// Whether cookies and other credentials that a browser adds by itself may be believed: the page's origin is the
    /// gateway's own or an allowed one.
    pub trusted_origin: bool,
}

/// An opening was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// Whose fault it was.
    pub cause: Cause,
    /// A sentence for the client.
    pub reason: Box<str>,
}

/// Why an opening was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The client's credentials were missing or wrong: 401.
    Unauthenticated,
    /// They do not suffice: 403.
    Forbidden,
    /// The application failed: 500.
    Fault,
}

impl Cause {
    /// The code with which the session ends before it began.
    pub fn code(self) -> Code {
        match self {
            Cause::Unauthenticated | Cause::Forbidden => Code::Unauthorized,
            Cause::Fault => Code::Fault,
        }
    }
}

/// Data of a message, owned.
///
/// ```
/// use everwire::Payload;
///
/// let payload = Payload::of(&["a", "b"]).unwrap();
/// assert_eq!(payload, Payload::Json(r#"["a","b"]"#.into()));
/// assert_eq!(payload.read::<Vec<String>>().unwrap(), ["a", "b"]);
/// assert_eq!(Payload::from(bytes::Bytes::from_static(b"raw")), Payload::Binary("raw".into()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Payload {
    /// None.
    #[default]
    Nothing,
    /// Valid JSON text, without raw CR or LF.
    Json(Box<str>),
    /// Bytes.
    Binary(Bytes),
}

impl Payload {
    /// The data, borrowed.
    pub fn content(&self) -> Content<'_> {
        match self {
            Payload::Nothing => Content::Nothing,
            Payload::Json(text) => Content::Json(text),
            Payload::Binary(bytes) => Content::Binary(bytes),
        }
    }
}

/// Who waits for the answer to some work.
#[derive(Debug, Default)]
pub enum Asker {
    /// Nobody; a failure is told as an `error` packet.
    #[default]
    Nobody,
    /// The client, under the `id` of its request.
    Client(u64),
    /// A carrier without packets of its own.
    Here(oneshot::Sender<Result<Payload, Failure>>),
}

/// One thing a client said, taken over and waiting for its handler.
#[derive(Debug)]
pub enum Work {
    /// An event.
    Event(Incoming),
    /// The client wants to enter a room.
    Join {
        /// The room.
        room: Box<str>,
        /// Where the answer goes.
        asker: Asker,
    },
    /// The client wants to leave a room.
    Leave {
        /// The room.
        room: Box<str>,
        /// Where the answer goes.
        asker: Asker,
    },
    /// Something this gateway does not offer: it is answered with the failure.
    Refuse {
        /// What to answer.
        failure: Failure,
        /// Where the answer goes.
        asker: Asker,
    },
    /// The session is over.
    Ended(Goodbye),
}

/// An event from a client.
#[derive(Debug)]
pub struct Incoming {
    /// Its name.
    pub event: Box<str>,
    /// Its data.
    pub payload: Payload,
    /// The room it is to be published to, rather than handled.
    pub room: Option<Box<str>>,
    /// Where the answer goes.
    pub asker: Asker,
}

impl Work {
    /// What it counts for in the bound of the handlers' queue, in bytes.
    pub fn weight(&self) -> usize {
        let Work::Event(incoming) = self else { return 64 };
        64 + incoming.event.len()
            + match &incoming.payload {
                Payload::Nothing => 0,
                Payload::Json(text) => text.len(),
                Payload::Binary(bytes) => bytes.len(),
            }
    }
}

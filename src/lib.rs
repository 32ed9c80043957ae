//! Everwire keeps a wire to every browser ever made.
//!
//! One session, numbered and acknowledged both ways, over whatever carries it at the moment: a WebSocket, a held-open
//! long-poll, periodic short-polls, or plain `curl`. Messages are delivered exactly once and in order as long as the session
//! lives, across cuts, retries and changes of the carrier.
//!
//! ```no_run
//! use everwire::{Gateway, Goodbye, Hello, Peer};
//!
//! let gateway = Gateway::builder()
//!     .on_connect(|peer: Peer, _: Hello| async move { peer.join("lobby").await })
//!     .on("say", |peer: Peer, line: String| async move { peer.to("lobby").emit("said", &line).await })
//!     .on_disconnect(|peer: Peer, goodbye: Goodbye| async move { println!("{peer:?} left: {}", goodbye.reason) })
//!     .build();
//! # drop(gateway);
//! ```
//!
//! # The house
//! Imports point downward only.
//!
//! | floor | module | knows |
//! |---|---|---|
//! | 0 | `wire` | bytes in, bytes out |
//! | 1 | `session` | the pure state machine; time is an argument |
//! | 2 | `dialect` | what bytes mean |
//! | 3 | `hub` | who is here: sessions, rooms, deadlines |
//! | 4 | `transport` | an HTTP exchange ↔ a link to a session |
//! | 5 | `gateway` | handlers, peers, scopes: the library's face |
//! | 6 | `server` | the binary: configuration, listeners, the playground |

mod gateway;

// The lower floors are open to the project's own tests, benches and fuzz targets; they promise no stability.
#[doc(hidden)]
pub mod dialect;
#[doc(hidden)]
pub mod hub;
#[cfg(feature = "server")]
#[doc(hidden)]
pub mod server;
#[doc(hidden)]
pub mod session;
#[doc(hidden)]
pub mod transport;
#[doc(hidden)]
pub mod wire;

pub use dialect::Failure;

#[cfg(feature = "testing")]
pub use gateway::testing;
pub use gateway::{
    Builder, Ended, Error, ForRemote, FromMessage, FromReply, Gateway, Goodbye, Handler, HandlerResult,
    Hello, Internal, IntoReply, ListenOn, Message, Options, Peer, Request, Scope, Serve, serve,
};
pub use hub::Payload;
pub use session::PeerId;
pub use transport::{Body, Remote, Response};

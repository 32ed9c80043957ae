//! An HTTP exchange ↔ a link to a session. A transport never sees the application.

mod answer;
mod body;
mod client;
mod context;
mod file;
mod frame;
mod heard;
mod jsonp;
mod long_poll;
mod manner;
mod native_talk;
mod negotiate;
mod opening;
mod origin;
mod polling;
mod probe;
mod problem;
mod raw;
mod raw_events;
mod raw_socket;
mod router;
mod short_poll;
mod socket;
mod sse;
mod stream;
mod streaming;
mod uplink;
mod upload;
mod websocket;

pub use answer::Response;
pub use body::Body;
pub use context::{Context, Remote, Times};
pub use file::File;
pub use origin::Origins;
pub use router::route;

/// The carriers there are, best first, as `open` announces them.
pub const CARRIERS: &[&str] =
    &[websocket::NAME, sse::NAME, stream::NAME, frame::NAME, long_poll::NAME, jsonp::NAME];

/// An error of whatever kind, as HTTP bodies have them.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

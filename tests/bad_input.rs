//! What a client should not send, and what a network does to it, on real sockets: the answer says what to do; the
//! session it was about and its neighbours go on, unless the test says otherwise.

#[path = "bad_input/attaching.rs"]
mod attaching;
#[path = "bad_input/bodies.rs"]
mod bodies;
#[path = "bad_input/credentials.rs"]
mod credentials;
#[path = "bad_input/cross_origin.rs"]
mod cross_origin;
#[path = "bad_input/events.rs"]
mod events;
#[path = "bad_input/forms.rs"]
mod forms;
#[path = "bad_input/frames.rs"]
mod frames;
#[path = "bad_input/handlers.rs"]
mod handlers;
#[path = "bad_input/handshakes.rs"]
mod handshakes;
#[path = "bad_input/http.rs"]
mod http_rules;
#[path = "bad_input/limits.rs"]
mod limits;
#[path = "bad_input/probes.rs"]
mod probes;
#[path = "bad_input/scripts.rs"]
mod scripts;
#[path = "bad_input/sessions.rs"]
mod sessions;
#[path = "bad_input/slowness.rs"]
mod slowness;
#[path = "bad_input/streams.rs"]
mod streams;
#[path = "bad_input/unfinished.rs"]
mod unfinished;

#[path = "support/log.rs"]
mod log;
#[path = "support/raw_http/mod.rs"]
mod raw_http;

//! A client for an application's own tests, without sockets (feature `testing`).
//!
//! A [`TestClient`] is a client of the native protocol in the same process: it opens a session, says packets and polls, by
//! requests to [`Gateway::handle`](crate::Gateway::handle), so that a test goes through the real session, its rules and its
//! bounds. It does nothing behind the test's back: it hears what comes while one of its methods is awaited, and answers the
//! gateway's requests then.
//!
//! What does not come is waited for 5 seconds (see [`TestClient::patience`]), and then the test fails with a sentence that says
//! what was awaited and what came instead. Under tokio's paused time (`#[tokio::test(start_paused = true)]`) those seconds
//! take no time, and neither do a handler's sleeps, a request's timeout or a session's expiry.
//!
//! ```
//! use everwire::{Error, Gateway, Goodbye, Peer, testing::TestClient};
//!
//! fn chat() -> Gateway {
//!     Gateway::builder()
//!         .on_join(|_: Peer, room: String| async move {
//!             if room == "lobby" { Ok(()) } else { Err(Error::refused("closed", "Only the lobby is open.")) }
//!         })
//!         .on("say", |peer: Peer, line: String| async move { peer.everyone_in("lobby").emit("said", &line).await })
//!         .build()
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! // #[tokio::test]
//! // async fn what_is_said_is_heard_by_all_in_the_lobby() {
//! let gateway = chat();
//! let (mut ada, mut bob) = (TestClient::connect(&gateway).await, TestClient::connect(&gateway).await);
//! for client in [&mut ada, &mut bob] {
//!     client.join("lobby").await.unwrap();
//! }
//! assert_eq!(ada.join("vault").await.unwrap_err().code, "closed");
//!
//! bob.cut();
//! assert_eq!(ada.request::<usize>("say", &"hi").await.unwrap(), 2);
//! assert_eq!(ada.next::<String>("said").await, "hi");
//! bob.resume().await;
//! assert_eq!(bob.next::<String>("said").await, "hi");
//!
//! ada.close().await;
//! assert_eq!(ada.expect_close().await.code, 4000);
//! # }
//! ```

mod builder;
mod client;
mod heard;
mod listening;
mod sending;

pub use builder::TestClientBuilder;
pub use client::TestClient;
pub use heard::{Heard, Refusal};

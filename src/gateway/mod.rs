//! The library's face.

mod builder;
mod dispatch;
mod error;
mod events;
mod handler;
mod hello;
mod message;
mod options;
mod peer;
mod request;
mod scope;
pub(crate) mod serve;
mod service;
mod state;
pub mod stats;
#[cfg(feature = "testing")]
pub mod testing;

use std::{sync::Arc, time::Duration};

use crate::{hub::Hub, session::Code, transport::Context};

pub use builder::Builder;
pub use error::{Error, HandlerResult, Internal};
pub use handler::{Handler, IntoReply};
pub use hello::{Goodbye, Hello};
pub use message::{FromMessage, Message};
pub use options::Options;
pub use peer::{Ended, Peer};
pub use request::{FromReply, Request};
pub use scope::Scope;
pub use serve::{ListenOn, Serve, serve};
pub use service::ForRemote;

use dispatch::Dispatcher;

/// A gateway: it answers HTTP requests, keeps the sessions, and calls the handlers.
///
/// Cheap to clone; all clones are the same gateway, and its sessions end with the last of them, with code 4003. It is a hyper
/// [`Service`](hyper::service::Service) and a tower service, for requests with any body, so it is served by [`serve`], or
/// mounted where services go; see [the tutorial](crate#beside-other-routes).
///
/// ```
/// use everwire::{Gateway, Peer, testing::TestClient};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let gateway = Gateway::builder()
///     .on("add", |_: Peer, (a, b): (u32, u32)| async move { a.saturating_add(b) })
///     .build();
/// let mut client = TestClient::connect(&gateway).await;
/// assert_eq!(client.request::<u32>("add", &(1, 2)).await.unwrap(), 3);
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Gateway(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    context: Arc<Context>,
    /// The sessions hold it weakly; without the gateway there is nobody to call.
    _app: Arc<Dispatcher>,
}

impl Shared {
    /// Ends every session: nobody can resume it here.
    fn go_away(&self) {
        self.context.hub.close_all(Code::Draining, "the gateway went away");
    }
}

impl Drop for Shared {
    /// WebSockets outlive what served them. Without handlers they would go on to acknowledge what nobody will ever handle.
    fn drop(&mut self) {
        self.go_away();
    }
}

/// How often it is looked whether something has ended, where nobody tells.
const LOOK: Duration = Duration::from_millis(20);

impl Gateway {
    /// Begins to build a gateway.
    ///
    /// ```
    /// let gateway = everwire::Gateway::builder().build();
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Addresses everyone in a room.
    ///
    /// ```
    /// # async fn example(gateway: everwire::Gateway) -> Result<(), everwire::Error> {
    /// gateway.to("lobby").emit("news", &"the bar is open").await?;
    /// # Ok(()) }
    /// ```
    pub fn to(&self, room: impl Into<String>) -> Scope {
        Scope::new(Arc::clone(self.hub()), room.into(), None)
    }

    /// Sessions that are kept: open ones, parted ones included, and for the resume window those that are over and still
    /// answer with their end. How many are open is [`stats().open`](stats::Stats::open).
    ///
    /// ```
    /// # use everwire::{Gateway, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder().build();
    /// let client = TestClient::connect(&gateway).await;
    /// assert_eq!(gateway.sessions(), 1);
    /// # }
    /// ```
    pub fn sessions(&self) -> usize {
        self.hub().sessions()
    }

    /// Goes away: every carrier is asked to come back within `retry`, spread, and nothing new is let in. What is queued
    /// is delivered first. Returns when all carriers are gone, or after `patience`. The sessions stay until they expire, or until
    /// [`close_all`](Self::close_all) ends them, or the last clone of the gateway is gone: that tells `on_disconnect`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use everwire::{Gateway, testing::TestClient};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder().build();
    /// gateway.drain(Duration::from_secs(5), Duration::from_secs(10)).await;
    /// let refusal = TestClient::builder(&gateway).connect().await.unwrap_err();
    /// assert_eq!((refusal.status, refusal.code), (503, 4003));
    /// # }
    /// ```
    pub async fn drain(&self, retry: Duration, patience: Duration) {
        let hub = self.hub();
        hub.drain(u64::try_from(retry.as_millis()).unwrap_or(u64::MAX));
        let gone = async {
            while hub.carriers() > 0 {
                tokio::time::sleep(LOOK).await;
            }
        };
        if tokio::time::timeout(patience, gone).await.is_err() {
            tracing::warn!(
                carriers = hub.carriers(),
                "some carriers did not go within the time for draining"
            );
        }
    }

    /// Ends every session with a code and a reason of the application's.
    ///
    /// ```
    /// # use everwire::{Gateway, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let gateway = Gateway::builder().build();
    /// # let mut client = TestClient::connect(&gateway).await;
    /// gateway.close_all(4100, "the game is over");
    /// assert_eq!(client.expect_close().await.code, 4100);
    /// # }
    /// ```
    pub fn close_all(&self, code: u16, reason: &str) {
        self.hub().close_all(Code::from(code), reason);
    }

    /// Waits until `on_disconnect` is through with every session that is over.
    async fn ends_told(&self) {
        while !self.hub().are_ends_told() {
            tokio::time::sleep(LOOK).await;
        }
    }

    fn hub(&self) -> &Arc<Hub> {
        &self.0.context.hub
    }
}

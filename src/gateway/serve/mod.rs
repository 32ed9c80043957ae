//! A server of the gateway and nothing else, for applications that have no other.

mod accepting;
mod connection;
mod listen_on;

use std::{
    fmt,
    future::{IntoFuture, pending},
    io,
    sync::Arc,
    time::Duration,
};

use tokio::{
    net::TcpListener,
    sync::watch,
    task::JoinSet,
    time::{Instant, timeout_at},
};

use super::Gateway;
use crate::hub::BoxFuture;

pub(crate) use accepting::{Trouble, next};
pub(crate) use connection::{ConnectionRules, connection};
pub use listen_on::ListenOn;

/// For the head of a request to arrive, and so also how long a connection is kept without one.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// For what is sent to arrive: a ping period and its grace.
const SEND_TIMEOUT: Duration = Duration::from_secs(35);
/// Within what time clients are asked to come back.
const RETRY: Duration = Duration::from_secs(5);
/// For everything to go. Below the 30 s after which many supervisors kill.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves a gateway at an address, such as `"127.0.0.1:8080"`, or on a listener that is bound already. See [`Serve`].
///
/// ```no_run
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// let gateway = everwire::Gateway::builder().build();
/// everwire::serve("127.0.0.1:8080", gateway).await
/// # }
/// ```
pub fn serve(on: impl Into<ListenOn>, gateway: Gateway) -> Serve {
    Serve {
        on: on.into(),
        gateway,
        signal: Box::pin(pending()),
        header_timeout: HEADER_TIMEOUT,
        send_timeout: SEND_TIMEOUT,
        retry: RETRY,
        patience: PATIENCE,
    }
}

/// A server that is about to start: `.await` it. It speaks HTTP/1.1, without TLS, which stands in front; it answers what is
/// under the gateway's prefix, and all else with 404.
///
/// The future ends with an error where the address can't be listened on; and without one behind a
/// [graceful shutdown](Self::with_graceful_shutdown). Dropped, it neither listens nor answers any more; sessions and their
/// WebSockets belong to the gateway, and go on.
///
/// ```
/// use tokio::{net::TcpListener, sync::oneshot};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// let gateway = everwire::Gateway::builder().build();
/// let listener = TcpListener::bind("127.0.0.1:0").await?;
/// println!("listening on http://{}", listener.local_addr()?);
/// let (stop, stopped) = oneshot::channel::<()>();
/// let server = everwire::serve(listener, gateway).with_graceful_shutdown(async { drop(stopped.await) });
/// # drop(stop);
/// server.await
/// # }
/// ```
#[must_use = "nothing is served before the server is awaited"]
pub struct Serve {
    on: ListenOn,
    gateway: Gateway,
    signal: BoxFuture<()>,
    header_timeout: Duration,
    send_timeout: Duration,
    retry: Duration,
    patience: Duration,
}

impl Serve {
    /// Ends well once the future is done, a signal of the system say: accepts nothing more, [drains](Gateway::drain) the
    /// gateway, ends its sessions with 4003, and returns when all connections have ended behind what they have in progress and
    /// `on_disconnect` has been told of every session, or the time for that is over.
    ///
    /// ```no_run
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
    /// # let gateway = everwire::Gateway::builder().build();
    /// let interrupted = async { drop(tokio::signal::ctrl_c().await) };
    /// everwire::serve("127.0.0.1:8080", gateway).with_graceful_shutdown(interrupted).await
    /// # }
    /// ```
    pub fn with_graceful_shutdown(mut self, signal: impl Future<Output = ()> + Send + 'static) -> Self {
        self.signal = Box::pin(signal);
        self
    }

    /// How it ends: clients are asked to come back within `retry` (5 s), each at a moment of its own, and everything has
    /// `patience` (10 s) to go.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # let gateway = everwire::Gateway::builder().build();
    /// let server = everwire::serve("127.0.0.1:8080", gateway)
    ///     .with_graceful_shutdown(std::future::ready(()))
    ///     .drain(Duration::from_secs(10), Duration::from_secs(25));
    /// ```
    pub fn drain(mut self, retry: Duration, patience: Duration) -> Self {
        (self.retry, self.patience) = (retry, patience);
        self
    }

    /// For the head of a request to arrive, counted from the end of the answer before it, so that it is also how long a
    /// connection is kept open without a request. 30 s unless told otherwise.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # let gateway = everwire::Gateway::builder().build();
    /// let server = everwire::serve("127.0.0.1:8080", gateway).header_timeout(Duration::from_secs(60));
    /// ```
    pub fn header_timeout(mut self, timeout: Duration) -> Self {
        self.header_timeout = timeout;
        self
    }

    /// How long what was sent may stay unacknowledged by the client's machine, or unread by the client where its machine has
    /// no more room, before the connection counts as dead; zero leaves it to the system, which tries for a quarter of an
    /// hour. 35 s unless told otherwise. Only on Linux, elsewhere it is the system's to decide.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # let gateway = everwire::Gateway::builder().build();
    /// let server = everwire::serve("127.0.0.1:8080", gateway).send_timeout(Duration::from_secs(60));
    /// ```
    pub fn send_timeout(mut self, timeout: Duration) -> Self {
        self.send_timeout = timeout;
        self
    }

    async fn run(self) -> io::Result<()> {
        let Serve { on, gateway, signal, header_timeout, send_timeout, retry, patience } = self;
        let listener = on.listen().await?;
        let (ending, heard) = watch::channel(false);
        let mut connections = JoinSet::new();
        let rules = Arc::new(ConnectionRules::new(header_timeout, send_timeout));
        let serving = |stream, address| {
            let (rules, gateway, mut heard) = (Arc::clone(&rules), gateway.clone(), heard.clone());
            async move { connection(&rules, stream, address, gateway, &mut heard).await }
        };
        accept(listener, &mut connections, serving, signal).await;

        let deadline = Instant::now() + patience;
        // Until the carriers have gone, requests on connections that stand are still answered.
        gateway.drain(retry, patience).await;
        gateway.0.go_away();
        ending.send_replace(true);
        let ended = async {
            while connections.join_next().await.is_some() {}
            gateway.ends_told().await;
        };
        if timeout_at(deadline, ended).await.is_err() {
            tracing::warn!("not everything ended within the time for draining");
        }
        Ok(())
    }
}

/// Accepts until the signal, and lets the listener go.
async fn accept<F>(
    listener: TcpListener,
    connections: &mut JoinSet<()>,
    serving: impl Fn(tokio::net::TcpStream, std::net::SocketAddr) -> F,
    mut signal: BoxFuture<()>,
) where
    F: Future<Output = ()> + Send + 'static,
{
    let mut trouble = Trouble::default();
    loop {
        tokio::select! {
            () = &mut signal => return,
            (stream, address) = next(&listener, &mut trouble) => {
                connections.spawn(serving(stream, address));
            }
            // What has ended is not kept; a panic was of its own connection.
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

impl IntoFuture for Serve {
    type Output = io::Result<()>;
    type IntoFuture = BoxFuture<io::Result<()>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl fmt::Debug for Serve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve").field("on", &self.on).field("gateway", &self.gateway).finish_non_exhaustive()
    }
}

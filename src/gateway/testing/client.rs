//! The test client's state, and its requests.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    net::SocketAddr,
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header::HOST};
use http_body_util::{BodyExt, Full};
use serde_json::Value;

use super::{Heard, Refusal, TestClientBuilder};
use crate::{dialect::Failure, gateway::Gateway, hub::Payload, transport::Remote};

/// How long a test waits for what should come.
const PATIENCE: Duration = Duration::from_secs(5);

/// What answers one of the gateway's requests.
pub(super) type Responder = Box<dyn FnMut(Payload) -> Result<Payload, Failure> + Send>;

/// A client in the same process: see [the module](crate::testing).
///
/// ```
/// use everwire::{Gateway, Peer, testing::TestClient};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let gateway = Gateway::builder().on("echo", |peer: Peer, n: u32| async move { peer.emit("echo", &n) }).build();
/// let mut client = TestClient::connect(&gateway).await;
/// client.emit("echo", &7).await;
/// assert_eq!(client.next::<u32>("echo").await, 7);
/// # }
/// ```
pub struct TestClient {
    pub(super) wire: Wire,
    /// The path of the session.
    pub(super) path: String,
    peer: String,
    pub(super) turn: u64,
    /// Number of the last message taken.
    pub(super) received: u64,
    /// Number of the last message that the gateway has taken.
    pub(super) acked: u64,
    /// Said, and not taken yet: as long as a packet stands here it may be said again, under the same number.
    pub(super) unacked: VecDeque<Value>,
    /// Of the last request.
    pub(super) ids: u64,
    pub(super) inbox: VecDeque<Heard>,
    pub(super) replies: BTreeMap<u64, Result<Payload, Failure>>,
    pub(super) errors: VecDeque<Failure>,
    pub(super) responders: BTreeMap<String, Responder>,
    pub(super) end: Option<Refusal>,
    pub(super) away: bool,
    pub(super) patience: Duration,
}

impl TestClient {
    /// Opens a session without credentials.
    ///
    /// ```
    /// # use everwire::{Gateway, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder().build();
    /// let client = TestClient::connect(&gateway).await;
    /// # }
    /// ```
    ///
    /// # Panics
    /// Where it is refused, with the reason.
    pub async fn connect(gateway: &Gateway) -> Self {
        match Self::builder(gateway).connect().await {
            Ok(client) => client,
            Err(refusal) => panic!("the session was refused: {refusal:?}"),
        }
    }

    /// Begins to open a session with credentials, headers or a query.
    ///
    /// ```
    /// # use everwire::{Gateway, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder().build();
    /// let client = TestClient::builder(&gateway).auth(&"sesame").connect().await.unwrap();
    /// # }
    /// ```
    pub fn builder(gateway: &Gateway) -> TestClientBuilder {
        TestClientBuilder::new(gateway)
    }

    pub(super) fn opened(wire: Wire, open: &Value) -> Self {
        let text = |key: &str| open[key].as_str().expect("`open` has texts for the session and the peer");
        TestClient {
            path: format!("{}/session/{}", wire.prefix(), text("session")),
            peer: text("peer").to_owned(),
            turn: open["turn"].as_u64().expect("`open` has the turn") + 1,
            wire,
            received: 0,
            acked: 0,
            unacked: VecDeque::new(),
            ids: 0,
            inbox: VecDeque::new(),
            replies: BTreeMap::new(),
            errors: VecDeque::new(),
            responders: BTreeMap::new(),
            end: None,
            away: false,
            patience: PATIENCE,
        }
    }

    /// Waits for so long for what should come, instead of 5 seconds.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use everwire::{Gateway, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let client = TestClient::connect(&Gateway::builder().build()).await.patience(Duration::from_secs(60));
    /// # }
    /// ```
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The client's public id, as [`Peer::id`](crate::Peer::id) shows it.
    ///
    /// ```
    /// # use everwire::{Gateway, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder().on("me", |peer: Peer| async move { peer.id().to_string() }).build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// let me: String = client.request("me", &()).await.unwrap();
    /// assert_eq!(me, client.peer());
    /// # }
    /// ```
    pub fn peer(&self) -> &str {
        &self.peer
    }

    /// What the test should know of when it fails.
    pub(super) fn situation(&self) -> String {
        let mut parts = Vec::new();
        if self.inbox.is_empty() {
            parts.push("no event waits".to_owned());
        }
        parts.extend(self.inbox.iter().map(|heard| format!("{heard} waits")));
        parts.extend(
            self.errors.iter().map(|error| format!("the gateway said `{}`: {}", error.code, error.message)),
        );
        if let Some(end) = &self.end {
            parts.push(format!("the session is over ({}: {})", end.code, end.reason));
        }
        if self.away {
            parts.push("the client was cut and has not resumed".to_owned());
        }
        parts.join("; ")
    }
}

impl fmt::Debug for TestClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestClient")
            .field("peer", &self.peer)
            .field("received", &self.received)
            .field("acked", &self.acked)
            .field("inbox", &self.inbox)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

/// How requests reach the gateway.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    gateway: Gateway,
    pub(super) headers: HeaderMap,
    pub(super) remote: Option<SocketAddr>,
}

/// What a request was answered with.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

impl Wire {
    pub(super) fn new(gateway: &Gateway) -> Self {
        let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static("gateway.test"))]);
        Wire { gateway: gateway.clone(), headers, remote: None }
    }

    pub(super) fn prefix(&self) -> &str {
        self.gateway.prefix()
    }

    pub(super) async fn ask(&self, method: Method, path: &str, body: String) -> Answer {
        let mut request = Request::new(Full::<Bytes>::from(body));
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().expect("the client's own paths are valid");
        *request.headers_mut() = self.headers.clone();
        if let Some(address) = self.remote {
            request.extensions_mut().insert(Remote(address));
        }
        let (head, body) = self.gateway.handle(request).await.into_parts();
        let bytes = body.collect().await.expect("an answer's body can't fail").to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status: head.status, headers: head.headers, body }
    }
}

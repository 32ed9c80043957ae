//! With what a test client opens its session.

use form_urlencoded::Serializer;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Refusal, TestClient, client::Wire};
use crate::gateway::Gateway;

/// A client that is about to open its session.
///
/// ```
/// use everwire::{Error, Gateway, Hello, Peer, testing::TestClient};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let gateway = Gateway::builder()
///     .on_connect(|_: Peer, hello: Hello| async move {
///         match (hello.auth::<String>().as_deref(), hello.query("room").as_deref(), hello.header("x-app")) {
///             (Some("word"), Some("lobby"), Some("1")) => Ok(()),
///             _ => Err(Error::unauthenticated("say the word")),
///         }
///     })
///     .build();
/// let refusal = TestClient::builder(&gateway).auth(&"sword").connect().await.unwrap_err();
/// assert_eq!((refusal.status, refusal.code, &*refusal.reason), (401, 4001, "say the word"));
///
/// let opening = TestClient::builder(&gateway).auth(&"word").query("room", "lobby").header("x-app", "1");
/// let client = opening.connect().await.unwrap();
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is opened before `connect`"]
pub struct TestClientBuilder {
    wire: Wire,
    auth: Option<Value>,
    query: Vec<(String, String)>,
}

impl TestClientBuilder {
    pub(super) fn new(gateway: &Gateway) -> Self {
        TestClientBuilder { wire: Wire::new(gateway), auth: None, query: Vec::new() }
    }

    /// What `Hello::auth` reads.
    ///
    /// ```
    /// # use everwire::{Gateway, testing::TestClient};
    /// let opening = TestClient::builder(&Gateway::builder().build()).auth(&["Ada", "sesame"]);
    /// ```
    ///
    /// # Panics
    /// Where serde can't write it as JSON.
    pub fn auth(mut self, auth: &(impl Serialize + ?Sized)) -> Self {
        self.auth = Some(serde_json::to_value(auth).expect("what a test logs in with is JSON"));
        self
    }

    /// A header of all its requests. A `cookie` counts only with an `origin` that the gateway trusts; the host that is asked is
    /// `gateway.test`, so `http://gateway.test` is such a one.
    ///
    /// ```
    /// # use everwire::{Gateway, Hello, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder()
    ///     .on_connect(|_: Peer, hello: Hello| async move {
    ///         assert_eq!(hello.cookie("id"), Some("7"));
    ///         Ok::<(), everwire::Error>(())
    ///     })
    ///     .build();
    /// let opening = TestClient::builder(&gateway).header("origin", "http://gateway.test").header("cookie", "id=7");
    /// opening.connect().await.unwrap();
    /// # }
    /// ```
    ///
    /// # Panics
    /// Where it is no valid header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a valid header name");
        self.wire.headers.append(name, HeaderValue::from_str(value).expect("a valid header value"));
        self
    }

    /// A pair of the opening's query, encoded here.
    ///
    /// ```
    /// # use everwire::{Gateway, testing::TestClient};
    /// let opening = TestClient::builder(&Gateway::builder().build()).query("room", "tea & biscuits");
    /// ```
    pub fn query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// The address that its requests come from.
    ///
    /// ```
    /// # use everwire::{Gateway, testing::TestClient};
    /// let opening = TestClient::builder(&Gateway::builder().build()).remote("192.0.2.1:5000".parse().unwrap());
    /// ```
    pub fn remote(mut self, address: std::net::SocketAddr) -> Self {
        self.wire.remote = Some(address);
        self
    }

    /// Opens the session.
    ///
    /// ```
    /// # use everwire::{Gateway, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder().build();
    /// let client = TestClient::builder(&gateway).connect().await.unwrap();
    /// assert_eq!(gateway.sessions(), 1);
    /// # }
    /// ```
    ///
    /// # Errors
    /// How the gateway, or the application's `on_connect`, refused it.
    pub async fn connect(self) -> Result<TestClient, Refusal> {
        let query = Serializer::new(String::new()).extend_pairs(&self.query).finish();
        let path =
            format!("{}/session{}{query}", self.wire.prefix(), if query.is_empty() { "" } else { "?" });
        let body = self.auth.map_or_else(|| json!({}), |auth| json!({ "auth": auth }));
        let answer = self.wire.ask(Method::POST, &path, body.to_string()).await;
        if answer.status != StatusCode::CREATED {
            return Err(Refusal::of(&answer));
        }
        Ok(TestClient::opened(self.wire, &answer.body["open"]))
    }
}

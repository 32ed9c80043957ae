//! Everwire keeps a wire to every browser ever made.
//!
//! One **session**, numbered and acknowledged both ways, over whatever carries it at the moment: a WebSocket, a held-open
//! long-poll, periodic short-polls, or plain `curl`. Messages are delivered exactly once and in order as long as the session
//! lives, across cuts, retries and changes of the carrier. What can't be delivered is told, never silently lost.
//!
//! This page is a tutorial. Each part is a whole program or a test; all of them are run by the library's own tests.
//!
//! # Hello
//!
//! A [`Gateway`] is put together from handlers, and [`serve`]d. Besides this crate a program needs tokio with its features
//! `macros` and `rt-multi-thread`; without `default-features` this crate leaves out what only its own program needs.
//!
//! ```no_run
//! use everwire::{Gateway, Peer};
//!
//! #[tokio::main]
//! async fn main() -> std::io::Result<()> {
//!     let gateway = Gateway::builder()
//!         .on("hello", |peer: Peer, name: String| async move { peer.emit("greeting", &format!("Hello, {name}!")) })
//!         .build();
//!     everwire::serve("127.0.0.1:8080", gateway).await
//! }
//! ```
//!
//! A page talks to it by the JavaScript client, and anybody by curl: a POST opens a session and says something, a GET waits for
//! what comes back.
//!
//! ```text
//! $ S=http://127.0.0.1:8080$(curl -si -X POST http://127.0.0.1:8080/everwire/session | tr -d '\r' | sed -n 's/^location: //Ip')
//! $ curl "$S/messages" -d '{"event":"hello","data":"Ada"}'
//! {"ack":1}
//! $ curl "$S/messages"
//! {"from":1,"messages":[{"event":"greeting","data":"Hello, Ada!"}]}
//! ```
//!
//! # Handlers
//!
//! A handler is an async function of a [`Peer`], the client's session, and of the event's data, as whatever serde can read.
//! What it returns is the reply to a client that asked for one. The events of one session are handled one after the other, in
//! the order in which they were said; different sessions do not wait for each other.
//!
//! ```
//! use everwire::{Error, Gateway, Peer, testing::TestClient};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Deserialize)]
//! struct Order { dish: String, count: u32 }
//!
//! #[derive(Serialize)]
//! struct Bill { cents: u32 }
//!
//! async fn order(_: Peer, order: Order) -> Result<Bill, Error> {
//!     match &*order.dish {
//!         "soup" => Ok(Bill { cents: order.count * 450 }),
//!         other => Err(Error::refused("unknown_dish", format!("There is no {other} today."))),
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let gateway = Gateway::builder().on("order", order).build();
//!
//! let mut guest = TestClient::connect(&gateway).await;
//! let bill = guest.request::<serde_json::Value>("order", &serde_json::json!({ "dish": "soup", "count": 2 })).await;
//! assert_eq!(bill.unwrap()["cents"], 900);
//! # }
//! ```
//!
//! Data that is not what the handler takes never reaches it: the client is told so. A handler that panics ends its own session
//! with code 4011, and nothing else.
//!
//! # Who is there
//!
//! `on_connect` sees each [`Hello`] first, with the credentials, and lets the client in or not. What is to be known of it later
//! is kept with the peer, by its type. `on_disconnect` is told how the session ended, behind its last event.
//!
//! ```
//! use everwire::{Error, Gateway, Goodbye, Hello, Peer, testing::TestClient};
//!
//! struct User { name: String }
//!
//! async fn check(peer: Peer, hello: Hello) -> Result<(), Error> {
//!     let token: String = hello.auth().ok_or(Error::unauthenticated("log in first"))?;
//!     let name = token.strip_prefix("token of ").ok_or(Error::unauthenticated("this token is no good"))?;
//!     peer.insert(User { name: name.into() });
//!     Ok(())
//! }
//!
//! async fn whoami(peer: Peer) -> Option<String> {
//!     peer.get::<User>().map(|user| user.name.clone())
//! }
//!
//! async fn parted(peer: Peer, goodbye: Goodbye) {
//!     if let (Some(user), 1..) = (peer.get::<User>(), goodbye.undelivered) {
//!         println!("{} may have missed {} messages ({})", user.name, goodbye.undelivered, goodbye.reason);
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let gateway = Gateway::builder().on_connect(check).on("whoami", whoami).on_disconnect(parted).build();
//!
//! let refusal = TestClient::builder(&gateway).connect().await.unwrap_err();
//! assert_eq!((refusal.status, &*refusal.reason), (401, "log in first"));
//! let mut ada = TestClient::builder(&gateway).auth(&"token of Ada").connect().await.unwrap();
//! assert_eq!(ada.request::<String>("whoami", &()).await.unwrap(), "Ada");
//! # }
//! ```
//!
//! A browser adds cookies by itself, also for pages that are not yours. So they count only for pages of the gateway's own host
//! and of [`Options::allowed_origins`]; see [`Hello::cookie`].
//!
//! # Rooms
//!
//! A room is whoever is in it: it begins with its first member and ends with its last. Handlers put peers into rooms; clients
//! enter and publish by their own wish only where a rule permits it.
//!
//! ```
//! use everwire::{Error, Gateway, Hello, Message, Peer, testing::TestClient};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let gateway = Gateway::builder()
//!     .on_connect(|peer: Peer, _: Hello| async move { peer.join("news").await })
//!     .on_join(|_: Peer, room: String| async move {
//!         if room.starts_with("chat:") { Ok(()) } else { Err(Error::refused("closed", "Only chats are open.")) }
//!     })
//!     .on_publish(|_: Peer, message: Message| async move {
//!         if message.event == "said" { Ok(()) } else { Err(Error::refused("forbidden", "Only `said`.")) }
//!     })
//!     .build();
//!
//! let (mut ada, mut bob) = (TestClient::connect(&gateway).await, TestClient::connect(&gateway).await);
//! ada.join("chat:1").await.unwrap();
//! bob.join("chat:1").await.unwrap();
//! ada.publish("chat:1", "said", &"hi").await.unwrap();
//! assert_eq!(bob.next::<String>("said").await, "hi");
//!
//! // From anywhere: the gateway is cheap to clone.
//! let members = gateway.to("news").emit("headline", &"It works").await.unwrap();
//! assert_eq!(members, 2);
//! # }
//! ```
//!
//! A [`Scope`] says whom a message is for: `peer.to(room)` leaves the peer out, `peer.everyone_in(room)` and `gateway.to(room)`
//! do not, and `.except(peer.id())` leaves out whom you like. `.volatile()` reaches only those who can be reached now: for what
//! is worth nothing later. A message to a room is encoded once for all.
//!
//! # Asking a client
//!
//! [`Peer::request`] waits for a client's reply. The reply goes past the events that wait for the handler, so a handler may ask
//! its own client.
//!
//! ```
//! use everwire::{Error, Gateway, Peer, testing::TestClient};
//!
//! async fn delete(peer: Peer, file: String) -> Result<(), Error> {
//!     let sure: bool = peer.request("sure?", &file).await?;
//!     if sure { Ok(()) } else { Err(Error::refused("kept", "Then it stays.")) }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let gateway = Gateway::builder().on("delete", delete).build();
//!
//! let mut client = TestClient::connect(&gateway).await;
//! client.answer("sure?", |file: String| Ok(file == "old.txt"));
//! assert!(client.request::<()>("delete", &"old.txt").await.is_ok());
//! assert_eq!(client.request::<()>("delete", &"new.txt").await.unwrap_err().code, "kept");
//! # }
//! ```
//!
//! # Errors
//!
//! With `?` any [`Error`] of this library becomes what the client is told. Errors of other libraries are no client's business:
//! [`Error::internal`] logs them and tells the client no more than that the application failed. In a handler that returns a
//! [`HandlerResult`], `?` does that by itself, for whatever error comes.
//!
//! ```
//! use everwire::{Error, Gateway, HandlerResult, Peer, testing::TestClient};
//!
//! async fn motto(_: Peer, name: String) -> HandlerResult<String> {
//!     if name.contains(['/', '.']) {
//!         return Err(Error::refused("bad_name", "A name has letters only.").into());
//!     }
//!     Ok(std::fs::read_to_string(format!("/no/such/folder/{name}"))?)
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! let gateway = Gateway::builder().on("motto", motto).build();
//!
//! let mut client = TestClient::connect(&gateway).await;
//! assert_eq!(client.request::<String>("motto", &"../x").await.unwrap_err().code, "bad_name");
//! let failure = client.request::<String>("motto", &"ada").await.unwrap_err();
//! assert_eq!((&*failure.code, failure.message.contains("folder")), ("internal", false));
//! # }
//! ```
//!
//! # Tests of your own
//!
//! With the feature `testing` there is `everwire::testing::TestClient`, which you have seen above: a client in the same process,
//! without sockets, that goes through the real session. It can be cut and resume, and under tokio's paused time nothing takes
//! time.
//!
//! ```
//! # use everwire::{Gateway, Hello, Peer, testing::TestClient};
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! # let gateway = Gateway::builder()
//! #     .on_connect(|peer: Peer, _: Hello| async move { peer.join("news").await })
//! #     .build();
//! let mut client = TestClient::connect(&gateway).await;
//! client.cut();
//! for n in 1..=3 {
//!     gateway.to("news").emit("n", &n).await.unwrap();
//! }
//! client.resume().await;
//! for n in 1..=3 {
//!     assert_eq!(client.next::<u32>("n").await, n, "nothing is lost in a tunnel");
//! }
//! # }
//! ```
//!
//! # Beside other routes
//!
//! A gateway is a [hyper service](hyper::service::Service) and a tower service for any body, so it goes where one goes. In axum
//! it takes what no route does:
//!
//! ```
//! use axum::{Router, extract::State, routing::get};
//! use everwire::Gateway;
//!
//! async fn count(State(gateway): State<Gateway>) -> String {
//!     format!("{} on the wire", gateway.sessions())
//! }
//!
//! let gateway = Gateway::builder().build();
//! let app: Router = Router::new().route("/count", get(count)).with_state(gateway.clone()).fallback_service(gateway);
//! ```
//!
//! With the feature `axum` it is also right below a path of its own: there it goes by the path that clients see, which is what
//! its prefix then is. And it takes the clients' addresses from `ConnectInfo`, which its limits by address, and
//! [`Hello::address`], need.
//!
//! ```no_run
//! use std::net::SocketAddr;
//! use axum::Router;
//! use everwire::{Gateway, Options};
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
//! let options = Options { prefix: "/realtime/everwire".into(), ..Options::default() };
//! let gateway = Gateway::builder().options(options).build();
//! let app: Router = Router::new().nest_service("/realtime", gateway);
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await
//! # }
//! ```
//!
//! What a middleware has put into the extensions of a request is in [`Hello::extensions`]. Other servers put a [`Remote`] there,
//! or call [`Gateway::for_remote`].
//!
//! # Limits
//!
//! Whatever comes from outside is bounded, and every bound is one of the [`Options`], with its default and the reason for it.
//! A client that reads too slowly is closed with 4008 once its queue is full; one that says more than its handlers can do is told to
//! wait. Handlers see to their own time: what they wait for should have a timeout.
//!
//! ```
//! use std::time::Duration;
//! use everwire::{Gateway, Options};
//!
//! let options = Options {
//!     resume: Duration::from_secs(300),
//!     max_message: 64 << 10,
//!     allowed_origins: vec!["https://app.example.com".into()],
//!     ..Options::default()
//! };
//! assert_eq!(options.check(), Ok(()));
//! let gateway = Gateway::builder().options(options).build();
//! ```
//!
//! # Going away
//!
//! A server that is to end asks its clients to come back, spread over some seconds, and lets what is in progress end:
//!
//! ```no_run
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
//! # let gateway = everwire::Gateway::builder().build();
//! let interrupted = async { drop(tokio::signal::ctrl_c().await) };
//! everwire::serve("127.0.0.1:8080", gateway).with_graceful_shutdown(interrupted).await
//! # }
//! ```
//!
//! Below another server, [`Gateway::drain`] does the gateway's part of that; call it before that server's own shutdown.
//!
//! # The house
//!
//! What travels is in docs/PROTOCOL.md, and how the library is built in docs/ARCHITECTURE.md. Imports point downward only.
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
    Hello, Internal, IntoReply, ListenOn, Message, Options, Peer, Request, Scope, Serve, serve, stats,
};
pub use hub::Payload;
pub use session::PeerId;
pub use transport::{Body, Remote, Response};

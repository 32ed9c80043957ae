//! What a test client hears, and waits for.

use std::time::Duration;

use http::{Method, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Heard, Refusal, TestClient, heard::Said, sending::fill};
use crate::{dialect::Failure, gateway::handler};

impl TestClient {
    /// The data of the next event, which must be this one.
    ///
    /// ```
    /// # use everwire::{Gateway, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder()
    ///     .on("count", |peer: Peer, to: u32| async move { (1..=to).try_for_each(|n| peer.emit("n", &n)) })
    ///     .build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// client.emit("count", &3).await;
    /// for n in 1..=3 {
    ///     assert_eq!(client.next::<u32>("n").await, n);
    /// }
    /// # }
    /// ```
    ///
    /// # Panics
    /// Where none comes, or another, or its data is no `T`.
    pub async fn next<T: DeserializeOwned>(&mut self, event: &str) -> T {
        let heard = self.until(&format!("`{event}`"), |client| client.inbox.pop_front()).await;
        assert!(
            heard.event == event,
            "the test expects `{event}`, and {heard} came; behind it: {}",
            self.situation()
        );
        heard.data()
    }

    /// The next event, whatever it is.
    ///
    /// ```
    /// # use everwire::{Gateway, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder().on("hi", |peer: Peer| async move { peer.emit("hi", &"there") }).build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// client.emit("hi", &()).await;
    /// let heard = client.next_event().await;
    /// assert_eq!((&*heard.event, heard.room), ("hi", None));
    /// # }
    /// ```
    ///
    /// # Panics
    /// Where none comes.
    pub async fn next_event(&mut self) -> Heard {
        self.until("an event", |client| client.inbox.pop_front()).await
    }

    /// The next `error`: what the gateway, or a handler, says of something that wanted no reply.
    ///
    /// ```
    /// # use everwire::{Gateway, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let mut client = TestClient::connect(&Gateway::builder().build()).await;
    /// client.emit("nobody", &()).await;
    /// assert_eq!(client.next_error().await.code, "unhandled");
    /// # }
    /// ```
    ///
    /// # Panics
    /// Where none comes.
    pub async fn next_error(&mut self) -> Failure {
        self.until("an error", |client| client.errors.pop_front()).await
    }

    /// Listens for so long, and sees to it that no event and no error comes, nor the session's end.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use everwire::{Gateway, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// let gateway = Gateway::builder().on("note", |_: Peer, _: String| async {}).build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// client.emit("note", &"for nobody").await;
    /// client.expect_nothing(Duration::from_secs(1)).await;
    /// # }
    /// ```
    ///
    /// # Panics
    /// Where something comes.
    pub async fn expect_nothing(&mut self, time: Duration) {
        let listening = async {
            while self.inbox.is_empty() && self.errors.is_empty() && self.end.is_none() {
                self.listen().await;
            }
        };
        let quiet = tokio::time::timeout(time, listening).await.is_err();
        assert!(quiet, "the test expects nothing to come: {}", self.situation());
    }

    /// Waits for the session's end. What came before it stays to be asked for.
    ///
    /// ```
    /// # use everwire::{Gateway, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder().build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// gateway.close_all(4100, "time to go");
    /// let end = client.expect_close().await;
    /// assert_eq!((end.code, &*end.reason), (4100, "time to go"));
    /// # }
    /// ```
    ///
    /// # Panics
    /// Where it goes on.
    pub async fn expect_close(&mut self) -> Refusal {
        self.until("the session's end", |client| client.end.clone()).await
    }

    /// Replies to a request of the gateway's that no [`answer`](Self::answer) was set for, and that so came as an event.
    ///
    /// ```
    /// # use everwire::{Gateway, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder()
    ///     .on("ask me", |peer: Peer| async move {
    ///         let n: u32 = peer.request("a number?", &()).await?;
    ///         peer.emit("got", &n)
    ///     })
    ///     .build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// client.emit("ask me", &()).await;
    /// let asked = client.next_event().await;
    /// client.reply(&asked, &7).await;
    /// assert_eq!(client.next::<u32>("got").await, 7);
    /// # }
    /// ```
    ///
    /// # Panics
    /// Where the event wants no reply.
    pub async fn reply(&mut self, asked: &Heard, data: &(impl Serialize + ?Sized)) {
        let id = asked.id.unwrap_or_else(|| panic!("nobody waits for a reply to {asked}"));
        let mut packet = json!({ "reply": id });
        fill(&mut packet, &handler::payload(data).expect("what a test replies is JSON"));
        self.unacked.push_back(packet);
        self.flush().await;
    }

    /// Goes out of reach, as a client in a tunnel: it hears and says nothing until it [resumes](Self::resume), and the session
    /// keeps for it what is said meanwhile. Without that it expires when its time has come.
    ///
    /// ```
    /// # use everwire::{Gateway, Goodbye, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// let (sender, mut goodbyes) = tokio::sync::mpsc::unbounded_channel();
    /// let gateway = Gateway::builder()
    ///     .on_disconnect(move |_: Peer, goodbye: Goodbye| {
    ///         let sender = sender.clone();
    ///         async move { sender.send(goodbye.code).unwrap() }
    ///     })
    ///     .build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// client.cut();
    /// assert_eq!(goodbyes.recv().await, Some(4004), "it did not come back in time");
    /// # }
    /// ```
    pub fn cut(&mut self) {
        self.away = true;
    }

    /// Comes back, on a new carrier, and takes what is there.
    ///
    /// ```
    /// # use everwire::{Gateway, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// # let gateway = Gateway::builder().on_join(|_: Peer, _: String| async {}).build();
    /// # let mut client = TestClient::connect(&gateway).await;
    /// # client.join("lobby").await.unwrap();
    /// client.cut();
    /// gateway.to("lobby").emit("news", &1).await.unwrap();
    /// client.resume().await;
    /// assert_eq!(client.next::<u32>("news").await, 1);
    /// # }
    /// ```
    pub async fn resume(&mut self) {
        self.away = false;
        self.turn += 1;
        self.poll(0).await;
    }

    /// Listens until something is there.
    ///
    /// # Panics
    /// Where that does not happen within the patience, or can't happen any more.
    pub(super) async fn until<T>(&mut self, what: &str, mut find: impl FnMut(&mut Self) -> Option<T>) -> T {
        let patience = self.patience;
        let waiting = async {
            loop {
                if let Some(found) = find(self) {
                    return Some(found);
                }
                if self.end.is_some() {
                    return None;
                }
                self.listen().await;
            }
        };
        match tokio::time::timeout(patience, waiting).await {
            Ok(Some(found)) => found,
            Ok(None) => panic!("the test expects {what}, which will not come: {}", self.situation()),
            Err(_) => panic!(
                "the test expects {what}, which did not come within {patience:?}: {}",
                self.situation()
            ),
        }
    }

    /// Polls once, and answers what was asked. Away, it hears nothing ever.
    async fn listen(&mut self) {
        if self.away {
            std::future::pending::<()>().await;
        }
        self.poll(25).await;
    }

    async fn poll(&mut self, wait: u64) {
        if self.say_all().await.is_err() {
            // The session is over, which the poll tells behind what is left.
            self.unacked.clear();
        }
        let Self { path, received, turn, .. } = self;
        let path = format!("{path}/messages?after={received}&turn={turn}&wait={wait}");
        let answer = self.wire.ask(Method::GET, &path, String::new()).await;
        if answer.status != StatusCode::OK {
            self.end = Some(Refusal::of(&answer));
            return;
        }
        let from = answer.body["from"].as_u64().expect("a poll's answer has `from`");
        assert_eq!(from, self.received + 1, "the answer begins behind what was taken");
        for packet in answer.body["messages"].as_array().into_iter().flatten() {
            self.received += 1;
            self.take(packet);
        }
        let controls = answer.body["control"].as_array().into_iter().flatten();
        let close = controls.filter_map(|control| control.get("close")).next_back();
        self.end = close.map(Refusal::by_poll).or(self.end.take());
    }

    fn take(&mut self, packet: &Value) {
        match Said::of(packet) {
            Said::Reply(id, outcome) => drop(self.replies.insert(id, outcome)),
            Said::Error(failure) => self.errors.push_back(failure),
            Said::Event(heard) => match (heard.id, self.responders.get_mut(&heard.event)) {
                (Some(id), Some(responder)) => {
                    let mut reply = json!({ "reply": id });
                    match responder(heard.payload) {
                        Ok(payload) => fill(&mut reply, &payload),
                        Err(Failure { code, message }) => {
                            reply["error"] = json!({ "code": code, "message": message })
                        }
                    }
                    // Said with the next poll, which nobody can interrupt between the one and the other.
                    self.unacked.push_back(reply);
                }
                _ => self.inbox.push_back(heard),
            },
        }
    }
}

//! What a test client says.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{Method, StatusCode, header::RETRY_AFTER};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Refusal, TestClient, client::Answer};
use crate::{
    dialect::Failure,
    gateway::{FromReply, handler, message},
    hub::Payload,
};

impl TestClient {
    /// Says an event. What its handler says to that is heard by the methods that wait for something.
    ///
    /// ```
    /// # use everwire::{Gateway, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder().on("ping", |peer: Peer| async move { peer.emit("pong", &()) }).build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// client.emit("ping", &()).await;
    /// client.next::<()>("pong").await;
    /// # }
    /// ```
    ///
    /// # Panics
    /// Where the session is over, or the client was cut.
    pub async fn emit(&mut self, event: &str, data: &(impl Serialize + ?Sized)) {
        self.send(event, &json_of(data)).await;
    }

    /// The same with bytes, or JSON text that is at hand.
    ///
    /// ```
    /// # use everwire::{Gateway, Message, Payload, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder()
    ///     .on("back", |peer: Peer, message: Message| async move { peer.send("back", &message.payload) })
    ///     .build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// let bytes = Payload::Binary(vec![0, 255].into());
    /// client.send("back", &bytes).await;
    /// assert_eq!(client.next_event().await.payload, bytes);
    /// # }
    /// ```
    ///
    /// # Panics
    /// Where the session is over, or the client was cut.
    pub async fn send(&mut self, event: &str, payload: &Payload) {
        self.say(packet(event, payload)).await;
    }

    /// Asks a handler, and waits for its reply; meanwhile the gateway's own requests are [answered](Self::answer).
    ///
    /// ```
    /// # use everwire::{Error, Gateway, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder()
    ///     .on("half", |_: Peer, n: u32| async move {
    ///         if n % 2 == 0 { Ok(n / 2) } else { Err(Error::refused("odd", "That leaves a rest.")) }
    ///     })
    ///     .build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// assert_eq!(client.request::<u32>("half", &8).await, Ok(4));
    /// assert_eq!(client.request::<u32>("half", &7).await.unwrap_err().code, "odd");
    /// # }
    /// ```
    ///
    /// # Errors
    /// The failure that the handler replied with.
    ///
    /// # Panics
    /// Where no reply comes, or one that is no `T`.
    pub async fn request<T: FromReply>(
        &mut self,
        event: &str,
        data: &(impl Serialize + ?Sized),
    ) -> Result<T, Failure> {
        let reply = self.ask(&format!("the reply to `{event}`"), packet(event, &json_of(data))).await?;
        match T::from_reply(reply) {
            Ok(reply) => Ok(reply),
            Err(why) => panic!("the reply to `{event}` is not what the test expects: {why}"),
        }
    }

    /// Enters a room by the client's own wish.
    ///
    /// ```
    /// # use everwire::{Gateway, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder().on_join(|_: Peer, _: String| async {}).build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// client.join("lobby").await.unwrap();
    /// gateway.to("lobby").emit("news", &"fresh").await.unwrap();
    /// assert_eq!(client.next::<String>("news").await, "fresh");
    /// # }
    /// ```
    ///
    /// # Errors
    /// How `on_join` refused it.
    pub async fn join(&mut self, room: &str) -> Result<(), Failure> {
        self.ask(&format!("the reply to joining `{room}`"), json!({ "join": { "room": room } }))
            .await
            .map(drop)
    }

    /// Leaves a room.
    ///
    /// ```
    /// # use everwire::{Gateway, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder().on_join(|_: Peer, _: String| async {}).build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// client.join("lobby").await.unwrap();
    /// client.leave("lobby").await;
    /// assert_eq!(gateway.to("lobby").emit("news", &"fresh").await.unwrap(), 0);
    /// # }
    /// ```
    pub async fn leave(&mut self, room: &str) {
        let left =
            self.ask(&format!("the reply to leaving `{room}`"), json!({ "leave": { "room": room } })).await;
        left.expect("leaving is never refused");
    }

    /// Publishes an event to a room.
    ///
    /// ```
    /// # use everwire::{Error, Gateway, Message, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder()
    ///     .on_publish(|_: Peer, message: Message| async move {
    ///         if message.room.as_deref() == Some("lobby") { Ok(()) } else { Err(Error::refused("closed", "Not there.")) }
    ///     })
    ///     .build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// client.publish("lobby", "said", &"hi").await.unwrap();
    /// assert_eq!(client.publish("vault", "said", &"hi").await.unwrap_err().code, "closed");
    /// # }
    /// ```
    ///
    /// # Errors
    /// How `on_publish` refused it.
    pub async fn publish(
        &mut self,
        room: &str,
        event: &str,
        data: &(impl Serialize + ?Sized),
    ) -> Result<(), Failure> {
        let mut packet = packet(event, &json_of(data));
        packet["room"] = room.into();
        self.ask(&format!("the reply to publishing `{event}`"), packet).await.map(drop)
    }

    /// From now on the gateway's requests by this name are answered so, whenever the client hears one. The gateway's handler
    /// gets an [`Error::Answered`](crate::Error::Answered) for an `Err`.
    ///
    /// ```
    /// # use everwire::{Error, Failure, Gateway, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder()
    ///     .on("greet", |peer: Peer| async move {
    ///         let name: String = peer.request("name?", &"please").await?;
    ///         Ok::<_, Error>(format!("Hello, {name}!"))
    ///     })
    ///     .build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// client.answer("name?", |word: String| match &*word {
    ///     "please" => Ok("Ada"),
    ///     _ => Err(Failure { code: "rude".into(), message: "Say please.".into() }),
    /// });
    /// assert_eq!(client.request::<String>("greet", &()).await.unwrap(), "Hello, Ada!");
    /// # }
    /// ```
    pub fn answer<T: DeserializeOwned, R: Serialize>(
        &mut self,
        event: &str,
        mut answer: impl FnMut(T) -> Result<R, Failure> + Send + 'static,
    ) {
        let name = event.to_owned();
        let responder = move |payload: Payload| match message::read(&payload) {
            Ok(data) => answer(data).map(|reply| json_of(&reply)),
            Err(why) => panic!("the gateway's request `{name}` is not what the test expects: {why}"),
        };
        self.responders.insert(event.to_owned(), Box::new(responder));
    }

    /// Closes the session, as a client that says goodbye.
    ///
    /// ```
    /// # use everwire::{Gateway, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let mut client = TestClient::connect(&Gateway::builder().build()).await;
    /// client.close().await;
    /// assert_eq!(client.expect_close().await.code, 4000);
    /// # }
    /// ```
    pub async fn close(&mut self) {
        let path = self.path.clone();
        let answer = self.wire.ask(Method::DELETE, &path, String::new()).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "a session that is there can be closed");
    }

    /// Says a packet that wants a reply, and waits for it.
    async fn ask(&mut self, what: &str, mut packet: Value) -> Result<Payload, Failure> {
        self.ids += 1;
        let id = self.ids;
        packet["id"] = id.into();
        self.say(packet).await;
        self.until(what, |client| client.replies.remove(&id)).await
    }

    /// Says one numbered packet.
    async fn say(&mut self, packet: Value) {
        assert!(!self.away, "the client was cut: it can say nothing before `resume`");
        self.unacked.push_back(packet);
        self.flush().await;
    }

    /// Says what has not been taken yet, again and again as long as the handlers have too much to do.
    pub(super) async fn flush(&mut self) {
        let patience = self.patience;
        match tokio::time::timeout(patience, self.say_all()).await {
            Ok(Ok(())) => {}
            Ok(Err(end)) => panic!("the gateway does not take {}: {end:?}", self.unsaid()),
            Err(_) => panic!("the handlers took no more within {patience:?}, and so not {}", self.unsaid()),
        }
    }

    pub(super) async fn say_all(&mut self) -> Result<(), Refusal> {
        while !self.unacked.is_empty() {
            let path = format!("{}/messages?seq={}", self.path, self.acked + 1);
            let body = Value::from_iter(self.unacked.iter().cloned()).to_string();
            let answer = self.wire.ask(Method::POST, &path, body).await;
            let Some(ack) = answer.body["ack"].as_u64() else { return Err(Refusal::of(&answer)) };
            while self.acked < ack {
                self.unacked.pop_front();
                self.acked += 1;
            }
            if answer.status == StatusCode::TOO_MANY_REQUESTS {
                tokio::time::sleep(pause(&answer)).await;
            }
        }
        Ok(())
    }

    fn unsaid(&self) -> String {
        self.unacked.front().map(Value::to_string).unwrap_or_default()
    }
}

fn pause(answer: &Answer) -> Duration {
    let seconds = answer.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    Duration::from_secs(seconds.unwrap_or(1))
}

fn json_of(data: &(impl Serialize + ?Sized)) -> Payload {
    handler::payload(data).expect("what a test says is JSON")
}

fn packet(event: &str, payload: &Payload) -> Value {
    let mut packet = json!({ "event": event });
    fill(&mut packet, payload);
    packet
}

/// Puts data into a packet.
pub(super) fn fill(packet: &mut Value, payload: &Payload) {
    match payload {
        Payload::Nothing => {}
        Payload::Json(text) => packet["data"] = serde_json::from_str(text).expect("a payload's text is JSON"),
        Payload::Binary(bytes) => packet["binary"] = STANDARD.encode(bytes).into(),
    }
}

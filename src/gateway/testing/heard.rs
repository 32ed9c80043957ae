//! What a test client hears.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::client::Answer;
use crate::{dialect::Failure, gateway::message, hub::Payload};

/// An event that came from the gateway.
///
/// ```
/// use everwire::{Gateway, Payload, Peer, testing::TestClient};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let gateway = Gateway::builder()
///     .on_join(|_: Peer, _: String| async {})
///     .on("ring", |peer: Peer| async move { peer.everyone_in("tower").emit("bell", &3).await })
///     .build();
/// let mut client = TestClient::connect(&gateway).await;
/// client.join("tower").await.unwrap();
/// client.emit("ring", &()).await;
/// let heard = client.next_event().await;
/// assert_eq!((&*heard.event, heard.room.as_deref(), heard.data::<u8>()), ("bell", Some("tower"), 3));
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Its name.
    pub event: String,
    /// Its data.
    pub payload: Payload,
    /// The room it came from, if it came from one.
    pub room: Option<String>,
    /// The public id of the client that published it, if one did.
    pub peer: Option<String>,
    /// The number under which the gateway's application waits for a reply, if it does.
    pub id: Option<u64>,
}

impl Heard {
    /// The data, read as `T`.
    ///
    /// ```
    /// # use everwire::{Payload, testing::Heard};
    /// # let payload = Payload::Json("[1,2]".into());
    /// # let heard = Heard { event: "sum".into(), payload, room: None, peer: None, id: None };
    /// let numbers: Vec<u8> = heard.data();
    /// ```
    ///
    /// # Panics
    /// Where it is something else, with what it is.
    #[track_caller]
    pub fn data<T: DeserializeOwned>(&self) -> T {
        match message::read(&self.payload) {
            Ok(data) => data,
            Err(why) => panic!("the data of {self} is not what the test expects: {why}"),
        }
    }
}

impl fmt::Display for Heard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` with ", self.event)?;
        match &self.payload {
            Payload::Nothing => f.write_str("no data"),
            Payload::Json(text) => f.write_str(text),
            Payload::Binary(bytes) => write!(f, "{} bytes", bytes.len()),
        }
    }
}

/// How a session, or the attempt to open one, ended.
///
/// ```
/// use everwire::{Gateway, Peer, testing::TestClient};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let gateway = Gateway::builder().on("leave", |peer: Peer| async move { peer.close(4100, "as you like") }).build();
/// let mut client = TestClient::connect(&gateway).await;
/// client.emit("leave", &()).await;
/// let end = client.expect_close().await;
/// assert_eq!((end.code, &*end.reason), (4100, "as you like"));
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status of the HTTP answer that told it; 200 where a poll brought it.
    pub status: u16,
    /// The code (docs/PROTOCOL.md, section 8); 0 where what was refused has only a name.
    pub code: u16,
    /// The same in a sentence.
    pub reason: String,
}

impl Refusal {
    pub(super) fn of(answer: &Answer) -> Self {
        let (close, error) = (&answer.body["close"], &answer.body["error"]);
        let (code, reason) = if close.is_object() {
            (&close["code"], &close["reason"])
        } else {
            (&error["code"], &error["message"])
        };
        Refusal {
            status: answer.status.as_u16(),
            code: code.as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or_default(),
            reason: reason.as_str().unwrap_or_default().to_owned(),
        }
    }

    pub(super) fn by_poll(close: &Value) -> Self {
        Refusal {
            status: 200,
            code: close["code"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or_default(),
            reason: close["reason"].as_str().unwrap_or_default().to_owned(),
        }
    }
}

/// What one numbered packet is.
#[derive(Debug)]
pub(super) enum Said {
    Event(Heard),
    Reply(u64, Result<Payload, Failure>),
    Error(Failure),
}

impl Said {
    pub(super) fn of(packet: &Value) -> Self {
        if let Some(id) = packet["reply"].as_u64() {
            let error = packet.get("error").map(failure);
            return Said::Reply(id, error.map_or_else(|| Ok(payload(packet)), Err));
        }
        if let Some(error) = packet.get("error") {
            return Said::Error(failure(error));
        }
        let text = |key: &str| packet[key].as_str().map(str::to_owned);
        Said::Event(Heard {
            event: text("event").expect("what is no reply and no error is an event"),
            payload: payload(packet),
            room: text("room"),
            peer: text("peer"),
            id: packet["id"].as_u64(),
        })
    }
}

fn failure(error: &Value) -> Failure {
    let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
    Failure { code: text("code"), message: text("message") }
}

fn payload(packet: &Value) -> Payload {
    if let Some(base64) = packet["binary"].as_str() {
        return Payload::Binary(STANDARD.decode(base64).expect("the gateway writes base64").into());
    }
    packet.get("data").map_or(Payload::Nothing, |data| Payload::Json(data.to_string().into()))
}

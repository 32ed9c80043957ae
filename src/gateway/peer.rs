//! A session, as its handlers see it.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use serde::Serialize;

use super::{Error, Scope, handler};
use crate::{
    dialect::native::Outgoing,
    hub::{Cell, Payload},
    session::{Close, Code, PeerId},
};

/// One client's session, whatever carries it at the moment. Cheap to clone.
///
/// ```
/// use everwire::{Error, Gateway, Peer};
///
/// async fn say(peer: Peer, line: String) -> Result<(), Error> {
///     peer.emit("heard", &line.len())?; // to this client
///     peer.to("lobby").emit("said", &line).await?; // to the others in the room
///     Ok(())
/// }
///
/// let gateway = Gateway::builder().on("say", say).build();
/// ```
#[derive(Clone)]
pub struct Peer(pub(super) Arc<Cell>);

/// The session is over, so nothing can be sent to it.
///
/// ```
/// use everwire::{Ended, Error, Peer};
///
/// fn tell(peer: &Peer) {
///     if let Err(Error::Ended(Ended { code, reason })) = peer.emit("news", &1) {
///         println!("{} left before: {code} ({reason})", peer.id());
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Why, by docs/PROTOCOL.md, section 8.
    pub code: u16,
    /// The same in a sentence.
    pub reason: String,
}

impl Peer {
    /// The peer's public name: other clients may see it, and learn nothing from it.
    ///
    /// ```
    /// # use everwire::{Error, Peer};
    /// async fn came(peer: Peer) -> Result<(), Error> {
    ///     peer.to("lobby").emit("came", &peer.id().to_string()).await.map(drop)
    /// }
    /// # everwire::Gateway::builder().on("came", came).build();
    /// ```
    pub fn id(&self) -> PeerId {
        self.0.peer
    }

    /// Queues an event for this client. It arrives exactly once and in order as long as the session lives; what does not
    /// is told by the goodbye.
    ///
    /// ```
    /// # use everwire::{Gateway, Hello, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder()
    ///     .on_connect(|peer: Peer, _: Hello| async move { peer.emit("welcome", &["rules", "news"]) })
    ///     .build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// assert_eq!(client.next::<Vec<String>>("welcome").await, ["rules", "news"]);
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Data`] where serde can't write the data, [`Error::Ended`] where the session is over.
    pub fn emit<T: Serialize + ?Sized>(&self, event: &str, data: &T) -> Result<(), Error> {
        let payload = handler::payload(data)?;
        self.send(event, &payload)
    }

    /// The same with data that is not for serde: bytes, or JSON text that is at hand.
    ///
    /// ```
    /// # use everwire::{Error, Payload, Peer};
    /// # fn example(peer: Peer) -> Result<(), Error> {
    /// peer.send("ready", &Payload::Nothing)?;
    /// peer.send("stored", &Payload::Json(r#"{"at":17}"#.into()))?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Ended`] where the session is over.
    pub fn send(&self, event: &str, payload: &Payload) -> Result<(), Error> {
        let parcel = Outgoing::new(event, payload.content()).parcel();
        self.0.push(parcel).map(drop).map_err(|close| Error::Ended(close.into()))
    }

    /// The same with bytes, which a WebSocket carries as they are.
    ///
    /// ```
    /// # use everwire::{Error, Peer};
    /// # fn example(peer: Peer) -> Result<(), Error> {
    /// peer.emit_bytes("frame", vec![0x89, 0x50, 0x4e, 0x47])?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Ended`] where the session is over.
    pub fn emit_bytes(&self, event: &str, bytes: impl Into<Bytes>) -> Result<(), Error> {
        self.send(event, &Payload::Binary(bytes.into()))
    }

    /// Sends an event only if it can go at once, or with the next poll of a client that polls often. `false` if it was
    /// dropped.
    ///
    /// ```
    /// # use everwire::{Error, Peer};
    /// # fn example(peer: Peer) -> Result<(), Error> {
    /// let sent = peer.emit_volatile("cursor", &(120, 80))?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Data`] where serde can't write the data.
    pub fn emit_volatile<T: Serialize + ?Sized>(&self, event: &str, data: &T) -> Result<bool, Error> {
        let payload = handler::payload(data)?;
        let parcel = Arc::new(Outgoing::new(event, payload.content()).parcel());
        Ok(self.0.act(|state, now| state.session.push_volatile(now, parcel)))
    }

    /// Enters a room.
    ///
    /// ```
    /// # use everwire::{Gateway, Hello, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder()
    ///     .on_connect(|peer: Peer, _: Hello| async move { peer.join("lobby").await })
    ///     .build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// assert_eq!(gateway.to("lobby").emit("news", &1).await.unwrap(), 1);
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Refused`] where the session is over, or in as many rooms as it may be.
    pub async fn join(&self, room: &str) -> Result<(), Error> {
        if self.0.hub().join(&self.0, room) {
            return Ok(());
        }
        Err(Error::refused("rooms", format!("The session is over, or in too many rooms to enter `{room}`.")))
    }

    /// Leaves a room. `false` if the peer was not in it.
    ///
    /// ```
    /// # use everwire::Peer;
    /// # async fn example(peer: Peer) {
    /// let was_there = peer.leave("lobby").await;
    /// # }
    /// ```
    pub async fn leave(&self, room: &str) -> bool {
        self.0.hub().leave(&self.0, room)
    }

    /// Addresses everyone in a room but this peer.
    ///
    /// ```
    /// # use everwire::{Error, Peer};
    /// # async fn example(peer: Peer) -> Result<(), Error> {
    /// let others = peer.to("lobby").emit("typing", &true).await?;
    /// # Ok(()) }
    /// ```
    pub fn to(&self, room: impl Into<String>) -> Scope {
        Scope::new(Arc::clone(self.0.hub()), room.into(), Some(self.id()))
    }

    /// Addresses everyone in a room, this peer included if it is in it.
    ///
    /// ```
    /// # use everwire::{Error, Peer};
    /// # async fn example(peer: Peer) -> Result<(), Error> {
    /// let all = peer.everyone_in("lobby").emit("said", &"hi").await?;
    /// # Ok(()) }
    /// ```
    pub fn everyone_in(&self, room: impl Into<String>) -> Scope {
        Scope::new(Arc::clone(self.0.hub()), room.into(), None)
    }

    /// Ends the session, behind what was sent before. `code` is 4000 for the ordinary case, or one of 4100…4999 that the
    /// application gives a meaning.
    ///
    /// ```
    /// # use everwire::{Gateway, Peer, testing::TestClient};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder().on("bye", |peer: Peer| async move { peer.close(4000, "goodbye") }).build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// client.emit("bye", &()).await;
    /// assert_eq!(client.expect_close().await.reason, "goodbye");
    /// # }
    /// ```
    pub fn close(&self, code: u16, reason: &str) {
        self.0.act(|state, now| state.session.close(now, Code::from(code), reason));
    }

    /// Whether the session is over.
    ///
    /// ```
    /// # use everwire::Peer;
    /// # fn example(players: &mut Vec<Peer>) {
    /// players.retain(|peer| !peer.is_closed());
    /// # }
    /// ```
    pub fn is_closed(&self) -> bool {
        self.0.peek(|state| state.session.is_closed())
    }
}

impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Peer").field(&self.id()).finish()
    }
}

impl From<Close> for Ended {
    fn from(close: Close) -> Self {
        Ended { code: close.code.number(), reason: close.reason.into() }
    }
}

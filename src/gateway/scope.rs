//! Whom a message is for.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;

use super::{Error, handler};
use crate::{
    dialect::native::Outgoing,
    hub::{Hub, Payload},
    session::PeerId,
};

/// Those whom a message is for: a room, without some of its members.
///
/// ```
/// use everwire::{Error, Gateway, Peer, Scope};
///
/// async fn announce(gateway: &Gateway, unwanted: &Peer) -> Result<usize, Error> {
///     let scope: Scope = gateway.to("lobby").except(unwanted.id()).volatile();
///     scope.emit("position", &(3, 4)).await
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a scope addresses nobody until something is emitted to it"]
pub struct Scope {
    hub: Arc<Hub>,
    room: String,
    except: Vec<PeerId>,
    volatile: bool,
    publisher: Option<PeerId>,
}

impl Scope {
    pub(super) fn new(hub: Arc<Hub>, room: String, except: Option<PeerId>) -> Self {
        Scope { hub, room, except: except.into_iter().collect(), volatile: false, publisher: None }
    }

    /// Leaves a peer out.
    ///
    /// ```
    /// # use everwire::{Error, Gateway, Peer};
    /// # async fn example(gateway: Gateway, winner: Peer) -> Result<(), Error> {
    /// gateway.to("game").except(winner.id()).emit("lost", &()).await?;
    /// # Ok(()) }
    /// ```
    pub fn except(mut self, peer: PeerId) -> Self {
        self.except.push(peer);
        self
    }

    /// Only those who can be reached at once: a message that is worth nothing later.
    ///
    /// ```
    /// # use everwire::{Error, Gateway};
    /// # async fn example(gateway: Gateway) -> Result<(), Error> {
    /// let reached = gateway.to("map").volatile().emit("position", &(3, 4)).await?;
    /// # Ok(()) }
    /// ```
    pub fn volatile(mut self) -> Self {
        self.volatile = true;
        self
    }

    /// Names the client that published it.
    pub(super) fn published_by(mut self, peer: PeerId) -> Self {
        self.publisher = Some(peer);
        self
    }

    /// Queues an event for all of them, encoded once. Tells how many they are.
    ///
    /// ```
    /// # use everwire::{Error, Gateway};
    /// # async fn example(gateway: Gateway) -> Result<(), Error> {
    /// let members = gateway.to("lobby").emit("news", &["one", "two"]).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Error::Data`] where serde can't write the data.
    pub async fn emit<T: Serialize + ?Sized>(self, event: &str, data: &T) -> Result<usize, Error> {
        let payload = handler::payload(data)?;
        Ok(self.send(event, &payload).await)
    }

    /// The same with bytes, which a WebSocket carries as they are.
    ///
    /// ```
    /// # async fn example(gateway: everwire::Gateway) {
    /// let members = gateway.to("video").emit_bytes("frame", vec![1, 2, 3]).await;
    /// # }
    /// ```
    pub async fn emit_bytes(self, event: &str, bytes: impl Into<Bytes>) -> usize {
        self.send(event, &Payload::Binary(bytes.into())).await
    }

    /// The same with data that is not for serde: bytes, or JSON text that is at hand.
    ///
    /// ```
    /// # use everwire::{Gateway, Payload};
    /// # async fn example(gateway: Gateway) {
    /// let members = gateway.to("lobby").send("stored", &Payload::Json(r#"{"at":17}"#.into())).await;
    /// # }
    /// ```
    pub async fn send(self, event: &str, payload: &Payload) -> usize {
        let outgoing = Outgoing {
            room: Some(&self.room),
            peer: self.publisher,
            ..Outgoing::new(event, payload.content())
        };
        self.hub.publish(&self.room, &Arc::new(outgoing.parcel()), &self.except, self.volatile)
    }
}

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
    pub fn except(mut self, peer: PeerId) -> Self {
        self.except.push(peer);
        self
    }

    /// Only those who can be reached at once: a message that is worth nothing later.
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
    /// # Errors
    /// [`Error::Data`] where serde can't write the data.
    pub async fn emit<T: Serialize + ?Sized>(self, event: &str, data: &T) -> Result<usize, Error> {
        let payload = handler::payload(data)?;
        Ok(self.send(event, &payload).await)
    }

    /// The same with bytes, which a WebSocket carries as they are.
    pub async fn emit_bytes(self, event: &str, bytes: impl Into<Bytes>) -> usize {
        self.send(event, &Payload::Binary(bytes.into())).await
    }

    /// The same with data that is not for serde: bytes, or JSON text that is at hand.
    pub async fn send(self, event: &str, payload: &Payload) -> usize {
        let outgoing = Outgoing {
            room: Some(&self.room),
            peer: self.publisher,
            ..Outgoing::new(event, payload.content())
        };
        self.hub.publish(&self.room, &Arc::new(outgoing.parcel()), &self.except, self.volatile)
    }
}

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
#[derive(Clone)]
pub struct Peer(pub(super) Arc<Cell>);

/// The session is over, so nothing can be sent to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Why, by docs/PROTOCOL.md, section 8.
    pub code: u16,
    /// The same in a sentence.
    pub reason: String,
}

impl Peer {
    /// The peer's public name: other clients may see it, and learn nothing from it.
    pub fn id(&self) -> PeerId {
        self.0.peer
    }

    /// Queues an event for this client. It arrives exactly once and in order as long as the session lives; what does not
    /// is told by the goodbye.
    ///
    /// # Errors
    /// [`Error::Data`] where serde can't write the data, [`Error::Ended`] where the session is over.
    pub fn emit<T: Serialize + ?Sized>(&self, event: &str, data: &T) -> Result<(), Error> {
        let payload = handler::payload(data)?;
        self.send(event, &payload)
    }

    /// The same with data that is not for serde: bytes, or JSON text that is at hand.
    ///
    /// # Errors
    /// [`Error::Ended`] where the session is over.
    pub fn send(&self, event: &str, payload: &Payload) -> Result<(), Error> {
        let parcel = Outgoing::new(event, payload.content()).parcel();
        self.0.push(parcel).map(drop).map_err(|close| Error::Ended(close.into()))
    }

    /// The same with bytes, which a WebSocket carries as they are.
    ///
    /// # Errors
    /// [`Error::Ended`] where the session is over.
    pub fn emit_bytes(&self, event: &str, bytes: impl Into<Bytes>) -> Result<(), Error> {
        self.send(event, &Payload::Binary(bytes.into()))
    }

    /// Sends an event only if it can go at once, or with the next poll of a client that polls often. `false` if it was
    /// dropped.
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
    /// # Errors
    /// [`Error::Refused`] where the session is over, or in as many rooms as it may be.
    pub async fn join(&self, room: &str) -> Result<(), Error> {
        if self.0.hub().join(&self.0, room) {
            return Ok(());
        }
        Err(Error::refused("rooms", format!("The session is over, or in too many rooms to enter `{room}`.")))
    }

    /// Leaves a room. `false` if the peer was not in it.
    pub async fn leave(&self, room: &str) -> bool {
        self.0.hub().leave(&self.0, room)
    }

    /// Addresses everyone in a room but this peer.
    pub fn to(&self, room: impl Into<String>) -> Scope {
        Scope::new(Arc::clone(self.0.hub()), room.into(), Some(self.id()))
    }

    /// Addresses everyone in a room, this peer included if it is in it.
    pub fn everyone_in(&self, room: impl Into<String>) -> Scope {
        Scope::new(Arc::clone(self.0.hub()), room.into(), None)
    }

    /// Ends the session, behind what was sent before. `code` is 4000 for the ordinary case, or one of 4100…4999 that the
    /// application gives a meaning.
    pub fn close(&self, code: u16, reason: &str) {
        self.0.act(|state, now| state.session.close(now, Code::from(code), reason));
    }

    /// Whether the session is over.
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

//! An event from a client, and what a handler may take it as.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::{
    dialect::Failure,
    hub::{Incoming, Payload},
};

/// An event from a client, as it came. A handler that takes any other type gets the data read as that type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The event's name.
    pub event: String,
    /// Its data.
    pub payload: Payload,
    /// The room it is to be published to; `None` where it is for the handlers.
    pub room: Option<String>,
    /// Whether the client waits for a reply.
    pub wants_reply: bool,
}

impl Message {
    pub(super) fn new(incoming: Incoming, wants_reply: bool) -> Self {
        Message {
            event: incoming.event.into(),
            payload: incoming.payload,
            room: incoming.room.map(Into::into),
            wants_reply,
        }
    }
}

/// What a handler can take as its second argument: [`Message`], [`Bytes`] wrapped in [`Payload`], or anything that serde
/// reads from the data.
pub trait FromMessage: Sized + Send + 'static {
    /// Reads the message.
    ///
    /// # Errors
    /// A failure that the client is told.
    fn from_message(message: Message) -> Result<Self, Failure>;
}

impl FromMessage for Message {
    fn from_message(message: Message) -> Result<Self, Failure> {
        Ok(message)
    }
}

impl FromMessage for Payload {
    fn from_message(message: Message) -> Result<Self, Failure> {
        Ok(message.payload)
    }
}

impl<T: DeserializeOwned + Send + 'static> FromMessage for T {
    fn from_message(message: Message) -> Result<Self, Failure> {
        let read = match &message.payload {
            Payload::Json(text) => serde_json::from_str(text),
            Payload::Nothing => serde_json::from_str("null"),
            Payload::Binary(_) => {
                let message = format!("`{}` takes JSON data, and got bytes.", message.event);
                return Err(Failure { code: "bad_data".into(), message });
            }
        };
        read.map_err(|error| {
            let message = format!("The data of `{}` is not what it takes: {error}.", message.event);
            Failure { code: "bad_data".into(), message }
        })
    }
}

impl From<Bytes> for Payload {
    fn from(bytes: Bytes) -> Self {
        Payload::Binary(bytes)
    }
}

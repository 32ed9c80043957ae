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
        read(&message.payload).map_err(|why| {
            let message = format!("The data of `{}` is not what it takes: {why}.", message.event);
            Failure { code: "bad_data".into(), message }
        })
    }
}

/// Reads data as serde does; no data is read as `null`.
///
/// # Errors
/// What is wrong with it.
pub(super) fn read<T: DeserializeOwned>(payload: &Payload) -> Result<T, String> {
    let text = match payload {
        Payload::Json(text) => text,
        Payload::Nothing => "null",
        Payload::Binary(_) => return Err("JSON was expected, and not bytes".into()),
    };
    serde_json::from_str(text).map_err(|error| error.to_string())
}

impl From<Bytes> for Payload {
    fn from(bytes: Bytes) -> Self {
        Payload::Binary(bytes)
    }
}

//! An event from a client, and what a handler may take it as.

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use super::{Error, handler};
use crate::{
    dialect::Failure,
    hub::{Incoming, Payload},
};

/// An event from a client, as it came. A handler that takes any other type gets the data read as that type.
///
/// ```
/// use everwire::{Error, Gateway, Message, Payload, Peer};
///
/// async fn forward(peer: Peer, message: Message) -> Result<Payload, Error> {
///     let heard = peer.to("lobby").send(&message.event, &message.payload).await;
///     Ok(if message.wants_reply { Payload::of(&heard)? } else { Payload::Nothing })
/// }
///
/// let gateway = Gateway::builder().on_any(forward).build();
/// ```
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
///
/// ```
/// use everwire::{FromMessage, Message, Payload};
///
/// let payload = Payload::Json("[1,2]".into());
/// let message = Message { event: "sum".into(), payload, room: None, wants_reply: true };
/// assert_eq!(Vec::<u8>::from_message(message.clone()).unwrap(), [1, 2]);
/// assert_eq!(bool::from_message(message).unwrap_err().code, "bad_data");
/// ```
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

impl Payload {
    /// Data as JSON; [`Payload::Nothing`] for what JSON calls `null`.
    ///
    /// ```
    /// # use everwire::Payload;
    /// assert_eq!(Payload::of(&[1, 2]).unwrap(), Payload::Json("[1,2]".into()));
    /// assert_eq!(Payload::of(&()).unwrap(), Payload::Nothing);
    /// ```
    ///
    /// # Errors
    /// [`Error::Data`] where serde can't write it: a map whose keys are no texts, say.
    pub fn of<T: Serialize + ?Sized>(data: &T) -> Result<Self, Error> {
        Ok(handler::payload(data)?)
    }

    /// The data as `T`; no data is read as `null`.
    ///
    /// ```
    /// # use everwire::Payload;
    /// assert_eq!(Payload::Json("[1,2]".into()).read::<(u8, u8)>().unwrap(), (1, 2));
    /// assert_eq!(Payload::Nothing.read::<Option<u8>>().unwrap(), None);
    /// assert!(Payload::Binary(vec![1].into()).read::<u8>().is_err());
    /// ```
    ///
    /// # Errors
    /// [`Error::Data`] where it is something else, or bytes.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        read(self).map_err(|why| {
            let message = format!("The data is not what was expected: {why}.");
            Error::Data(Failure { code: "bad_data".into(), message })
        })
    }
}

impl From<Bytes> for Payload {
    fn from(bytes: Bytes) -> Self {
        Payload::Binary(bytes)
    }
}

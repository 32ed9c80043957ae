//! What can handle an event: an async function of a [`Peer`], or of a peer and the event's data.

use std::{future::Future, sync::Arc};

use serde::Serialize;

use super::{Error, FromMessage, Message, Peer};
use crate::{
    dialect::Failure,
    hub::{BoxFuture, Payload},
};

#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler",
    label = "not a handler",
    note = "a handler is an async function of a `Peer`, or of a `Peer` and of data that serde can read, and keeps nothing that is not `Send`",
    note = "it returns nothing, a text, a number, a `Payload`, or a `Result<T, everwire::Error>` with any `T` that serde can write"
)]
/// A handler of an event: `async fn(Peer)`, or `async fn(Peer, T)` with the data read as `T`. What it returns is the reply
/// to a client that asked for one: nothing, or a `Result` whose error the client is told.
///
/// ```
/// use everwire::{Error, Gateway, Message, Payload, Peer};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Deserialize)]
/// struct Order { dish: String, count: u32 }
///
/// #[derive(Serialize)]
/// struct Bill { cents: u32 }
///
/// async fn ping(_: Peer) {}
///
/// async fn order(peer: Peer, order: Order) -> Result<Bill, Error> {
///     peer.to("kitchen").emit("cook", &order.dish).await?;
///     Ok(Bill { cents: order.count * 950 })
/// }
///
/// async fn echo(_: Peer, message: Message) -> Payload {
///     message.payload
/// }
///
/// let gateway = Gateway::builder().on("ping", ping).on("order", order).on_any(echo).build();
/// ```
pub trait Handler<Arguments>: Send + Sync + 'static {
    /// Handles one event.
    fn call(&self, peer: Peer, message: Message) -> BoxFuture<Result<Payload, Error>>;
}

impl<F, Fut, R> Handler<(Peer,)> for F
where
    F: Fn(Peer) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = R> + Send + 'static,
    R: IntoReply,
{
    fn call(&self, peer: Peer, _: Message) -> BoxFuture<Result<Payload, Error>> {
        let future = self(peer);
        Box::pin(async move { future.await.into_reply() })
    }
}

impl<F, Fut, R, T> Handler<(Peer, T)> for F
where
    F: Fn(Peer, T) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = R> + Send + 'static,
    R: IntoReply,
    T: FromMessage,
{
    fn call(&self, peer: Peer, message: Message) -> BoxFuture<Result<Payload, Error>> {
        match T::from_message(message) {
            Ok(data) => {
                let future = self(peer, data);
                Box::pin(async move { future.await.into_reply() })
            }
            Err(failure) => Box::pin(std::future::ready(Err(failure.into()))),
        }
    }
}

/// What a handler may return.
///
/// ```
/// use everwire::{Error, IntoReply, Payload};
///
/// assert_eq!(().into_reply(), Ok(Payload::Nothing));
/// assert_eq!("text".into_reply(), Ok(Payload::Json("\"text\"".into())));
/// assert_eq!(Ok::<_, Error>((1, "two")).into_reply(), Ok(Payload::Json("[1,\"two\"]".into())));
/// assert!(Err::<(), _>(Error::refused("no", "No.")).into_reply().is_err());
/// ```
pub trait IntoReply {
    /// The reply's data, or the failure that the client is told.
    ///
    /// # Errors
    /// The failure.
    fn into_reply(self) -> Result<Payload, Error>;
}

impl IntoReply for () {
    fn into_reply(self) -> Result<Payload, Error> {
        Ok(Payload::Nothing)
    }
}

impl IntoReply for Payload {
    fn into_reply(self) -> Result<Payload, Error> {
        Ok(self)
    }
}

impl<T: Reply, E: Into<Error>> IntoReply for Result<T, E> {
    fn into_reply(self) -> Result<Payload, Error> {
        Ok(self.map_err(Into::into)?.into_payload()?)
    }
}

macro_rules! replies {
    ($($type:ty),+ $(,)?) => {
        $(impl IntoReply for $type {
            fn into_reply(self) -> Result<Payload, Error> {
                Ok(payload(&self)?)
            }
        })+
    };
}

// Not whatever serde can write: a `Result` is that too.
replies! { bool, u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, f32, f64, &'static str, String, serde_json::Value }

impl<T: Serialize> IntoReply for Option<T> {
    fn into_reply(self) -> Result<Payload, Error> {
        Ok(payload(&self)?)
    }
}

impl<T: Serialize> IntoReply for Vec<T> {
    fn into_reply(self) -> Result<Payload, Error> {
        Ok(payload(&self)?)
    }
}

/// The data of a reply: whatever serde can write, or a [`Payload`] for bytes.
pub trait Reply {
    /// The data.
    ///
    /// # Errors
    /// Where it can't be written as JSON.
    fn into_payload(self) -> Result<Payload, Failure>;
}

impl<T: Serialize> Reply for T {
    fn into_payload(self) -> Result<Payload, Failure> {
        payload(&self)
    }
}

impl Reply for Payload {
    fn into_payload(self) -> Result<Payload, Failure> {
        Ok(self)
    }
}

/// Writes data as JSON; nothing for `()`.
pub(super) fn payload<T: Serialize + ?Sized>(data: &T) -> Result<Payload, Failure> {
    let text = serde_json::to_string(data).map_err(|error| Failure {
        code: "bad_data".into(),
        message: format!("The data can't be written as JSON: {error}."),
    })?;
    Ok(if text == "null" { Payload::Nothing } else { Payload::Json(text.into()) })
}

/// A handler whose types are forgotten.
pub(super) type Erased = Arc<dyn Fn(Peer, Message) -> BoxFuture<Result<Payload, Error>> + Send + Sync>;

pub(super) fn erase<A, H: Handler<A>>(handler: H) -> Erased {
    Arc::new(move |peer, message| handler.call(peer, message))
}

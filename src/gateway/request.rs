//! Requests to a client, whose reply a handler awaits.

use std::{future::IntoFuture, marker::PhantomData, time::Duration};

use serde::{Serialize, de::DeserializeOwned};

use super::{Ended, Error, Peer, handler, message};
use crate::{
    dialect::{Failure, native::Outgoing},
    hub::{BoxFuture, Payload, Unasked},
    session::Code,
};

/// A request to a client: `.await` sends it and waits for the reply, read as `T`.
///
/// Nothing is sent before. Dropping the future gives the request up; the client may have got it all the same.
///
/// ```
/// use std::time::Duration;
/// use everwire::{Error, Gateway, Peer};
///
/// async fn greet(peer: Peer) -> Result<String, Error> {
///     let asked = peer.request("name?", &()).timeout(Duration::from_secs(60)).await;
///     let name: String = match asked {
///         Err(Error::TimedOut(_)) => "whoever you are".into(),
///         other => other?,
///     };
///     Ok(format!("Hello, {name}!"))
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let gateway = Gateway::builder().on("greet", greet).build();
/// # let mut client = everwire::testing::TestClient::connect(&gateway).await;
/// # client.answer("name?", |(): ()| Ok("Ada"));
/// # assert_eq!(client.request::<String>("greet", &()).await.unwrap(), "Hello, Ada!");
/// # }
/// ```
#[must_use = "nothing is sent before the request is awaited"]
#[derive(Debug)]
pub struct Request<T> {
    peer: Peer,
    event: Box<str>,
    payload: Result<Payload, Error>,
    timeout: Duration,
    read: PhantomData<fn() -> T>,
}

/// What the reply to a request can be read as: a [`Payload`], or anything that serde reads from its data.
///
/// ```
/// use everwire::{FromReply, Payload};
///
/// let reply = Payload::Json("[1,2]".into());
/// assert_eq!(Vec::<u8>::from_reply(reply.clone()).unwrap(), [1, 2]);
/// assert_eq!(Payload::from_reply(reply.clone()).unwrap(), reply);
/// assert!(bool::from_reply(reply).is_err());
/// ```
pub trait FromReply: Sized + Send + 'static {
    /// Reads the reply.
    ///
    /// # Errors
    /// What is wrong with it.
    fn from_reply(payload: Payload) -> Result<Self, String>;
}

impl FromReply for Payload {
    fn from_reply(payload: Payload) -> Result<Self, String> {
        Ok(payload)
    }
}

impl<T: DeserializeOwned + Send + 'static> FromReply for T {
    fn from_reply(payload: Payload) -> Result<Self, String> {
        message::read(&payload)
    }
}

impl Peer {
    /// Asks the client something, and waits for its reply, for as long as [`Options::request_timeout`] or
    /// [`Request::timeout`] says. Until then nothing else of this client is handled, if a handler of its own asks: its
    /// events stay in order. Its reply comes past them.
    ///
    /// The request is a message like any other: it survives a change of the carrier, and arrives once. Where the session's
    /// handlers have so much to do that the gateway takes no more from its client ([`Options::backlog_messages`]), a reply
    /// that the client says behind all that comes only when there is room again.
    ///
    /// ```
    /// use everwire::{Error, Gateway, Peer};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder()
    ///     .on("delete", |peer: Peer, file: String| async move {
    ///         let sure: bool = peer.request("sure?", &format!("{file} will be gone.")).await?;
    ///         if sure { Ok(()) } else { Err(Error::refused("kept", "Then it stays.")) }
    ///     })
    ///     .build();
    /// # let mut client = everwire::testing::TestClient::connect(&gateway).await;
    /// # client.answer("sure?", |what: String| { assert_eq!(what, "a.txt will be gone."); Ok(false) });
    /// # assert_eq!(client.request::<()>("delete", &"a.txt").await.unwrap_err().code, "kept");
    /// # }
    /// ```
    ///
    /// # Errors
    /// - [`Error::Data`]: serde can't write the data, or not read the reply as `T`.
    /// - [`Error::Ended`]: the session is over, or ended before it answered.
    /// - [`Error::Answered`]: the client answered with an error of its own.
    /// - [`Error::TimedOut`]: it did not answer in time.
    /// - [`Error::Refused`], with the code `pending`: it has not answered [`Options::pending_requests`] others yet; with
    ///   `not_open`: `on_connect` has not let it in yet, so it can't answer.
    ///
    /// [`Options::request_timeout`]: crate::Options::request_timeout
    /// [`Options::pending_requests`]: crate::Options::pending_requests
    /// [`Options::backlog_messages`]: crate::Options::backlog_messages
    pub fn request<T: FromReply>(&self, event: &str, data: &(impl Serialize + ?Sized)) -> Request<T> {
        let payload = handler::payload(data).map_err(Error::from);
        self.asking(event, payload)
    }

    /// The same with data that is not for serde: bytes, or JSON text that is at hand. A client's replies are JSON.
    ///
    /// ```
    /// use everwire::{Error, Payload, Peer};
    ///
    /// async fn checksum(peer: Peer) -> Result<Payload, Error> {
    ///     peer.send_request("checksum?", Payload::Binary(vec![1, 2, 3].into())).await
    /// }
    /// # everwire::Gateway::builder().on("checksum", checksum).build();
    /// ```
    pub fn send_request<T: FromReply>(&self, event: &str, payload: Payload) -> Request<T> {
        self.asking(event, Ok(payload))
    }

    fn asking<T>(&self, event: &str, payload: Result<Payload, Error>) -> Request<T> {
        let timeout = self.0.hub().limits.request_timeout;
        Request { peer: self.clone(), event: event.into(), payload, timeout, read: PhantomData }
    }
}

impl<T: FromReply> Request<T> {
    /// Waits for so long instead of [`Options::request_timeout`](crate::Options::request_timeout).
    ///
    /// ```
    /// # use std::time::Duration;
    /// # async fn example(peer: everwire::Peer) -> Result<(), everwire::Error> {
    /// let move_: String = peer.request("your move?", &()).timeout(Duration::from_secs(300)).await?;
    /// # Ok(()) }
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    async fn send(self) -> Result<T, Error> {
        let payload = self.payload?;
        let cell = &self.peer.0;
        let ask = cell.ask().map_err(|why| unasked(why, &self.event))?;
        let outgoing = Outgoing { id: Some(ask.id()), ..Outgoing::new(&self.event, payload.content()) };
        cell.push(outgoing.parcel()).map_err(|close| Error::Ended(close.into()))?;
        drop(payload);
        let answer = tokio::time::timeout(self.timeout, ask.reply())
            .await
            .map_err(|_| Error::TimedOut(self.timeout))?;
        let reply = answer.ok_or_else(|| Error::Ended(ended(&self.peer)))?.map_err(Error::Answered)?;
        T::from_reply(reply).map_err(|why| {
            let message = format!("The reply to `{}` is not what was expected: {why}.", self.event);
            Error::Data(Failure { code: "bad_data".into(), message })
        })
    }
}

impl<T: FromReply> IntoFuture for Request<T> {
    type Output = Result<T, Error>;
    type IntoFuture = BoxFuture<Result<T, Error>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

fn unasked(why: Unasked, event: &str) -> Error {
    match why {
        Unasked::NotOpen => Error::refused(
            "not_open",
            format!("`{event}` can't be asked yet: the session is not open, and its client can't answer."),
        ),
        Unasked::Full => Error::refused(
            "pending",
            format!("`{event}` was not asked: the client has too many requests to answer already."),
        ),
    }
}

fn ended(peer: &Peer) -> Ended {
    let close = peer.0.peek(|state| state.session.closed().cloned());
    close.map_or_else(|| Ended { code: Code::Closed.number(), reason: "closed".into() }, Into::into)
}

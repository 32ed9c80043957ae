//! What can go wrong in an application's own calls and handlers, and what a client is told of it.

use std::{fmt, sync::Arc, time::Duration};

use super::Ended;
use crate::{
    dialect::Failure,
    hub::{Cause, Denial},
};

/// What every kind of error can be put into.
pub(super) type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What a client is told that was not let in, for no fault of its own.
pub(super) const FAULT: &str = "the gateway's application failed; try again with back-off";

/// The result of a handler in which `?` takes any error: that of a database or a file as well as an [`Error`].
///
/// An [`Error`] is told to the client as what it is. Any other error counts as [`Error::internal`]: it is logged, and the
/// client learns only that the application failed.
///
/// ```
/// use everwire::{Error, Gateway, HandlerResult, Peer};
///
/// async fn double(_: Peer, number: String) -> HandlerResult<u32> {
///     let number: u32 = number.parse()?; // internal: logged, and told to nobody
///     if number > 1_000 {
///         return Err(Error::refused("too_much", "At most 1,000.").into()); // told as it is
///     }
///     Ok(number * 2)
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let gateway = Gateway::builder().on("double", double).build();
/// let mut client = everwire::testing::TestClient::connect(&gateway).await;
/// let doubled: u32 = client.request("double", &"21").await.unwrap();
/// assert_eq!(doubled, 42);
/// assert_eq!(client.request::<u32>("double", &"2000").await.unwrap_err().code, "too_much");
/// assert_eq!(client.request::<u32>("double", &"x").await.unwrap_err().code, "internal");
/// # }
/// ```
pub type HandlerResult<T = ()> = Result<T, BoxError>;

/// An error of a call on a [`Peer`](crate::Peer) or a [`Scope`](crate::Scope), or what a handler returns to refuse
/// something. Where a handler returns it, the client is told, by the reply to its request or by an `error` packet:
///
/// | variant | code | message |
/// |---|---|---|
/// | [`Refused`](Error::Refused), [`Data`](Error::Data), [`Answered`](Error::Answered) | its own | its own |
/// | [`Ended`](Error::Ended), of another session than the client's | that session's, in decimal | its reason |
/// | [`TimedOut`](Error::TimedOut) | `timeout` | that somebody did not answer in time |
/// | [`Internal`](Error::Internal) | `internal` | that the application failed; what it was stands in the log |
///
/// ```
/// use everwire::{Error, Peer};
///
/// async fn withdraw(peer: Peer, amount: u32) -> Result<u32, Error> {
///     let balance = peer.get::<u32>().ok_or(Error::unauthenticated("log in first"))?;
///     let rest = balance.checked_sub(amount);
///     rest.ok_or_else(|| Error::refused("overdrawn", format!("You have only {balance}.")))
/// }
/// # everwire::Gateway::builder().on("withdraw", withdraw).build();
/// ```
///
/// Handlers that return an error type of the application's own say once what a client is told of it:
///
/// ```
/// use everwire::{Error, Gateway, Peer};
///
/// enum ShopError { SoldOut, Database(std::io::Error) }
///
/// impl From<ShopError> for Error {
///     fn from(error: ShopError) -> Self {
///         match error {
///             ShopError::SoldOut => Error::refused("sold_out", "There is none left."),
///             ShopError::Database(error) => Error::internal(error),
///         }
///     }
/// }
///
/// async fn buy(_: Peer, _: String) -> Result<u32, ShopError> {
///     Err(ShopError::SoldOut)
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let gateway = Gateway::builder().on("buy", buy).build();
/// # let mut client = everwire::testing::TestClient::connect(&gateway).await;
/// # assert_eq!(client.request::<u32>("buy", &"tea").await.unwrap_err().code, "sold_out");
/// # let _ = ShopError::Database;
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The session is over.
    Ended(Ended),
    /// The data can't be written as JSON, or is not what was expected.
    Data(Failure),
    /// Something was refused, by the gateway or by the application.
    Refused(Failure),
    /// A client answered a [request](crate::Peer::request) with an error; the code and the message are the client's.
    Answered(Failure),
    /// A client did not answer a [request](crate::Peer::request) within this time.
    TimedOut(Duration),
    /// The application failed, in a way that is no client's business.
    Internal(Internal),
}

/// An error of the application's that no client is told: see [`Error::internal`].
///
/// ```
/// use everwire::Error;
///
/// let error = Error::internal("the disk is full");
/// assert_eq!(error.to_string(), "the application failed: the disk is full");
/// ```
#[derive(Debug, Clone)]
pub struct Internal(Arc<BoxError>);

impl Error {
    /// Refuses something: a code for programs, a sentence for people. Both are told to the client.
    ///
    /// ```
    /// # use everwire::Error;
    /// let error = Error::refused("full", "The table is full; try another one.");
    /// assert_eq!(error.to_string(), "The table is full; try another one.");
    /// ```
    pub fn refused(code: impl Into<String>, message: impl Into<String>) -> Self {
        Error::Refused(Failure { code: code.into(), message: message.into() })
    }

    /// Refuses an opening whose credentials are missing or wrong: 401 over HTTP. Its code is `unauthenticated`.
    ///
    /// ```
    /// # use everwire::{Error, Gateway, Hello, Peer};
    /// let gateway = Gateway::builder().on_connect(|_: Peer, hello: Hello| async move {
    ///     if hello.bearer() == Some("sesame") { Ok(()) } else { Err(Error::unauthenticated("say the word")) }
    /// });
    /// ```
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Error::refused("unauthenticated", message)
    }

    /// Whatever failed inside the application. Where a handler returns it, the error and its sources are logged, and the
    /// client is told the code `internal` and nothing of what it was.
    ///
    /// ```
    /// # use everwire::{Error, Gateway, Peer};
    /// let gateway = Gateway::builder().on("motto", |_: Peer| async move {
    ///     let motto = std::fs::read_to_string("/no/such/file").map_err(Error::internal)?;
    ///     Ok::<String, Error>(motto)
    /// });
    /// ```
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Error::Internal(Internal(Arc::new(error.into())))
    }

    /// What the client is told.
    pub(super) fn told(self) -> Failure {
        let (code, message) = match self {
            Error::Refused(failure) | Error::Data(failure) | Error::Answered(failure) => return failure,
            Error::Ended(ended) => (ended.code.to_string(), ended.reason),
            Error::TimedOut(time) => ("timeout".into(), format!("There was no answer within {time:?}.")),
            Error::Internal(_) => {
                ("internal".into(), "The gateway's application failed; try again later.".into())
            }
        };
        Failure { code, message }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Ended(ended) => write!(f, "the session is over ({}): {}", ended.code, ended.reason),
            Error::Data(failure) | Error::Refused(failure) => f.write_str(&failure.message),
            Error::Answered(failure) => {
                write!(f, "the client answered with an error ({}): {}", failure.code, failure.message)
            }
            Error::TimedOut(time) => write!(f, "the client did not answer within {time:?}"),
            Error::Internal(internal) => write!(f, "the application failed: {internal}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // What it says itself stands in the text above.
        if let Error::Internal(internal) = self { internal.0.source() } else { None }
    }
}

/// The error itself, and behind it those that it came from, as far as it does not say them already.
impl fmt::Display for Internal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl PartialEq for Internal {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Internal {}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        if failure.code == "bad_data" { Error::Data(failure) } else { Error::Refused(failure) }
    }
}

/// As `?` has it in a handler that returns [`HandlerResult`]: an [`Error`] is taken out again, any other is internal.
impl From<BoxError> for Error {
    fn from(error: BoxError) -> Self {
        match error.downcast::<Error>() {
            Ok(error) => *error,
            Err(error) => Error::internal(error),
        }
    }
}

impl From<Error> for Denial {
    fn from(error: Error) -> Self {
        let cause = match &error {
            Error::Refused(failure) if failure.code == "unauthenticated" => Cause::Unauthenticated,
            Error::Refused(_) => Cause::Forbidden,
            _ => Cause::Fault,
        };
        let reason = match cause {
            Cause::Fault => FAULT.into(),
            _ => error.told().message.into(),
        };
        Denial { cause, reason }
    }
}

/// An error with all that it came from, for the log.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        // Many errors repeat the one that they came from.
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn an_error_survives_the_box_of_a_handler_and_others_are_internal() {
        let refused = Error::refused("full", "The table is full.");
        assert_eq!(Error::from(BoxError::from(refused.clone())), refused);
        let other = Error::from(BoxError::from(io::Error::other("the password is 1234")));
        assert!(matches!(other, Error::Internal(_)), "{other:?}");
        assert!(other.to_string().contains("1234"), "the log is told: {other}");
        let told = other.told();
        assert_eq!(told.code, "internal");
        assert!(!told.message.contains("1234"), "the client is not: {told:?}");
    }

    #[test]
    fn a_refused_opening_learns_no_more_than_whose_fault_it_was() {
        let cases = [
            (Error::unauthenticated("say the word"), Cause::Unauthenticated, "say the word"),
            (Error::refused("banned", "go away"), Cause::Forbidden, "go away"),
            (Error::internal("secret"), Cause::Fault, FAULT),
        ];
        for (error, cause, reason) in cases {
            assert_eq!(Denial::from(error), Denial { cause, reason: reason.into() });
        }
    }

    #[test]
    fn the_log_has_the_whole_chain_and_nothing_twice() {
        #[derive(Debug)]
        struct Outer(io::Error, bool);
        impl fmt::Display for Outer {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if self.1 { write!(f, "no index: {}", self.0) } else { f.write_str("no index") }
            }
        }
        impl std::error::Error for Outer {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                Some(&self.0)
            }
        }
        for repeats in [false, true] {
            let error = Error::internal(Outer(io::Error::other("disk full"), repeats));
            assert_eq!(chain(&error), "the application failed: no index: disk full");
        }
    }
}

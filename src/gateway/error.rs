//! What can go wrong in an application's own calls and handlers.

use std::fmt;

use super::Ended;
use crate::dialect::Failure;

/// An error of a call on a [`Peer`](crate::Peer) or a [`Scope`](crate::Scope), or what a handler returns to refuse
/// something. Returned from a handler, the client is told its code and message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The session is over.
    Ended(Ended),
    /// The data can't be written as JSON.
    Data(Failure),
    /// Something was refused, by the gateway or by the application.
    Refused(Failure),
}

impl Error {
    /// Refuses something: a code for programs, a sentence for people.
    pub fn refused(code: impl Into<String>, message: impl Into<String>) -> Self {
        Error::Refused(Failure { code: code.into(), message: message.into() })
    }

    /// Refuses an opening whose credentials are missing or wrong: 401 over HTTP.
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Error::refused("unauthenticated", message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Ended(ended) => write!(f, "the session is over ({}): {}", ended.code, ended.reason),
            Error::Data(failure) | Error::Refused(failure) => f.write_str(&failure.message),
        }
    }
}

impl std::error::Error for Error {}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        if failure.code == "bad_data" { Error::Data(failure) } else { Error::Refused(failure) }
    }
}

//! The body of an answer.

use std::{
    any::Any,
    convert::Infallible,
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

/// The body of an answer. Its length is known, so that HTTP/1.0 clients and proxies that dislike chunks get
/// Content-Length.
///
/// ```
/// use http_body_util::BodyExt;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let gateway = everwire::Gateway::builder().build();
/// let request = http::Request::get("/everwire/health").body(String::new()).unwrap();
/// let body: everwire::Body = gateway.handle(request).await.into_body();
/// let bytes = body.collect().await.unwrap().to_bytes();
/// assert!(bytes.starts_with(br#"{"status":"ok""#));
/// # }
/// ```
#[derive(Default)]
pub struct Body {
    rest: Bytes,
    /// Dropped when the answer is written, or nobody will read it.
    _held: Option<Box<dyn Any + Send + Sync>>,
}

/// Handed over at a time, so that the end of the body means that nearly all of it has been written, and not only buffered.
const PART: usize = 16 << 10;

impl Body {
    /// No body.
    ///
    /// ```
    /// let response: everwire::Response = http::Response::new(everwire::Body::empty());
    /// ```
    pub fn empty() -> Self {
        Body::default()
    }

    /// All of it at once.
    ///
    /// ```
    /// let response: everwire::Response = http::Response::new(everwire::Body::full("hello"));
    /// ```
    pub fn full(bytes: impl Into<Bytes>) -> Self {
        Body { rest: bytes.into(), _held: None }
    }

    /// Its bytes that are not written yet.
    pub(super) fn len(&self) -> usize {
        self.rest.len()
    }

    /// Keeps something until the answer is written: a count of those in progress, say, so that a client that asks and
    /// does not read can't pile them up.
    pub(super) fn holding(self, held: impl Any + Send + Sync) -> Self {
        Body { _held: Some(Box::new(held)), ..self }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.rest.len().min(PART);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("length", &self.rest.len()).finish_non_exhaustive()
    }
}

//! The body of an answer.

use std::{
    any::Any,
    convert::Infallible,
    fmt,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};

/// The body of an answer. Unless it is a stream, its length is known, so that HTTP/1.0 clients and proxies that dislike
/// chunks get Content-Length.
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
pub struct Body(Kind);

enum Kind {
    Whole {
        rest: Bytes,
        /// Dropped when the answer is written, or nobody will read it.
        _held: Option<Box<dyn Any + Send + Sync>>,
    },
    Flowing(Box<dyn Flow>),
}

/// An answer that grows. It is asked for more when the connection has room for more, by the task of the connection itself.
pub(super) trait Flow: Send + Sync {
    /// The next bytes, never empty; `None` at the end.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>>;

    /// Whether nothing more will come, so that the end goes out with what comes before it.
    fn is_over(&self) -> bool;
}

/// Handed over at a time, so that the end of the body means that nearly all of it has been written, and not only buffered.
pub(super) const PART: usize = 16 << 10;

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
        Body(Kind::Whole { rest: bytes.into(), _held: None })
    }

    /// An answer that grows.
    pub(super) fn flowing(flow: impl Flow + 'static) -> Self {
        Body(Kind::Flowing(Box::new(flow)))
    }

    /// Its bytes that are not written yet; 0 for one that grows, which counts its own.
    pub(super) fn len(&self) -> usize {
        if let Kind::Whole { rest, .. } = &self.0 { rest.len() } else { 0 }
    }

    /// Keeps something until the answer is written: a count of those in progress, say, so that a client that asks and
    /// does not read can't pile them up.
    pub(super) fn holding(self, held: impl Any + Send + Sync) -> Self {
        match self.0 {
            Kind::Whole { rest, .. } => Body(Kind::Whole { rest, _held: Some(Box::new(held)) }),
            flowing @ Kind::Flowing(_) => Body(flowing),
        }
    }
}

impl Default for Body {
    fn default() -> Self {
        Body::full(Bytes::new())
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let part = match &mut self.0 {
            Kind::Whole { rest, .. } if rest.is_empty() => None,
            Kind::Whole { rest, .. } => Some(rest.split_to(rest.len().min(PART))),
            Kind::Flowing(flow) => ready!(flow.poll_next(cx)),
        };
        Poll::Ready(part.map(|part| Ok(Frame::data(part))))
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Whole { rest, .. } => rest.is_empty(),
            Kind::Flowing(flow) => flow.is_over(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole { rest, .. } => SizeHint::with_exact(rest.len() as u64),
            Kind::Flowing(_) => SizeHint::default(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("length", &self.size_hint().exact()).finish_non_exhaustive()
    }
}

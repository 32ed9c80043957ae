//! The body of a request, which is taken to its end also where nobody wants it.
//!
//! A connection that is closed with bytes unread is reset (RFC 9112, section 9.6), and the reset may overtake the answer:
//! a client, or a proxy in front, then learns that something broke, and not that its message was too large or its session
//! over. So what a refused request still brings is read and thrown away, for a while.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Buf;
use http::{HeaderMap, header::EXPECT};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;

/// Bytes that are thrown away at most: a queue's worth. Who sends more than that unasked may be reset.
const MOST: usize = 4 << 20;
/// For how long. A slow uplink is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long nothing may come: who has read the answer sends no more.
const SILENCE: Duration = Duration::from_secs(1);

/// A request's body. Dropped before its end, the rest of it is thrown away by a task of its own.
pub(super) struct Upload<B>
where
    B: Body + Send + 'static,
    B::Data: Buf + Send,
{
    /// `None` at the end. On the heap, because most requests are polls and have none.
    rest: Option<Pin<Box<B>>>,
    /// The client waits to be told to go on (RFC 9110, section 10.1.1): what it has not sent needs no reading.
    waits: bool,
}

impl<B> Upload<B>
where
    B: Body + Send + 'static,
    B::Data: Buf + Send,
{
    pub(super) fn new(headers: &HeaderMap, body: B) -> Self {
        let rest = (!body.is_end_stream()).then(|| Box::pin(body));
        Upload { rest, waits: headers.contains_key(EXPECT) }
    }
}

impl<B> Body for Upload<B>
where
    B: Body + Send + 'static,
    B::Data: Buf + Send,
{
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let Some(body) = &mut self.rest else { return Poll::Ready(None) };
        let polled = body.as_mut().poll_frame(cx);
        // Once it has been asked for, it comes.
        self.waits = false;
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.rest = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.rest.as_ref().is_none_or(|body| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.rest.as_ref().map_or(SizeHint::with_exact(0), |body| body.size_hint())
    }
}

impl<B> Drop for Upload<B>
where
    B: Body + Send + 'static,
    B::Data: Buf + Send,
{
    fn drop(&mut self) {
        let Some(body) = self.rest.take().filter(|body| !self.waits && !body.is_end_stream()) else { return };
        // Without a runtime there is no connection that could be reset.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(tokio::time::timeout(PATIENCE, discard(body)));
        }
    }
}

async fn discard<B>(mut body: Pin<Box<B>>)
where
    B: Body,
    B::Data: Buf,
{
    let mut left = MOST;
    while let Ok(Some(Ok(frame))) = tokio::time::timeout(SILENCE, body.frame()).await {
        let length = frame.data_ref().map_or(0, Buf::remaining);
        match left.checked_sub(length) {
            Some(fewer) => left = fewer,
            None => return,
        }
    }
}

//! Long-poll: a GET that is answered when there is something to say, or when its wait is over.

use std::{future::poll_fn, task::Poll};

use crate::{hub::Link, session::Transmit};

use super::polling;

/// Its name on the wire; short-poll is the same with `wait=0`.
pub(super) const NAME: &str = "poll";

/// Waits for something to say and takes all of it.
pub(super) async fn wait(link: &Link) -> Vec<Transmit> {
    poll_fn(|cx| {
        let taken = polling::gather(link, Some(cx.waker()));
        if taken.is_empty() { Poll::Pending } else { Poll::Ready(taken) }
    })
    .await
}

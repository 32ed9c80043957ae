//! Short-poll: a GET with `wait=0`, answered at once with whatever is queued.

use crate::{hub::Link, session::Transmit};

use super::polling;

/// Takes all there is. Nothing to say is an answer too.
pub(super) fn take(link: &Link) -> Vec<Transmit> {
    polling::gather(link, None)
}

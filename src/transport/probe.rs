//! A stream that only shows whether it flows: its beginning, a pause, a ping, its end. It attaches nothing, so a client can
//! try one beside what it has.

use std::{future::Future, pin::Pin, sync::Arc, task::Poll, time::Duration};

use bytes::Bytes;
use tokio::time::Sleep;

use super::{
    Body, Context,
    answer::Response,
    body::Flow,
    opening,
    polling::Request,
    problem::Problem,
    streaming::{self, Framing},
};
use crate::{
    dialect::native::Control,
    hub::{Carried, Cell},
};

/// Between the beginning and the ping: long enough that what arrives together has been held back by somebody.
const PAUSE: Duration = Duration::from_millis(300);

struct Probe {
    begin: Option<Bytes>,
    ping: Option<Bytes>,
    pause: Pin<Box<Sleep>>,
    carried: Carried,
    _request: Request,
}

/// Answers a GET with `probe=1`.
pub(super) fn get<F: Framing>(context: &Context, cell: &Arc<Cell>, framing: F) -> Result<Response, Problem> {
    if let Some(retry) = context.hub.draining() {
        return Err(Problem::draining(retry));
    }
    if let Some(close) = cell.peek(|state| state.session.closed().cloned()) {
        return Err(Problem::closed(close));
    }
    let request = Request::begin(cell)?;
    cell.act(|state, now| state.session.handle_named(now));
    let (mut ping, mut packet) = (Vec::new(), Vec::new());
    let control = Control::Ping(0);
    control.push(&mut packet);
    framing.control(&mut ping, control.name(), &packet);
    let begin = streaming::begin(&framing, &opening::open_packet(context, cell, None));
    let state = Probe {
        begin: Some(begin),
        ping: Some(ping.into()),
        pause: Box::pin(tokio::time::sleep(PAUSE)),
        carried: context.hub.carry(F::CARRIER),
        _request: request,
    };
    Ok(streaming::answer::<F>(Body::flowing(state)))
}

impl Flow for Probe {
    fn poll_next(&mut self, cx: &mut std::task::Context<'_>) -> Poll<Option<Bytes>> {
        if self.begin.is_none() && self.pause.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        let piece = self.begin.take().or_else(|| self.ping.take());
        self.carried.wrote(piece.as_ref().map_or(0, Bytes::len));
        Poll::Ready(piece)
    }

    fn is_over(&self) -> bool {
        self.ping.is_none()
    }
}

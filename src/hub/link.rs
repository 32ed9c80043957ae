//! A carrier's hold on a session. Dropping it detaches: a carrier can't forget to.

use std::{sync::Arc, task::Waker};

use super::Cell;
use crate::session::{LinkId, Seq, Transmit};

/// Bytes taken at a time: what is taken waits for the socket, and what is said of the carrier waits behind it.
const WEIGHT: usize = 256 << 10;

/// The receiving end of a session, as long as no newer carrier takes it over.
#[derive(Debug)]
pub struct Link {
    cell: Arc<Cell>,
    id: LinkId,
    start: Seq,
}

/// How a turn of taking things to write ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turnout {
    /// There is more.
    More,
    /// That was all for now; the waker, if one was given, is called when there is something.
    All,
    /// The last thing taken ends the carrier.
    End,
}

impl Link {
    pub(super) fn new(cell: Arc<Cell>, id: LinkId, start: Seq) -> Self {
        Link { cell, id, start }
    }

    /// The session.
    pub fn cell(&self) -> &Arc<Cell> {
        &self.cell
    }

    /// Names the attachment.
    pub fn id(&self) -> LinkId {
        self.id
    }

    /// Number of the first message it was to be given.
    pub fn start(&self) -> Seq {
        self.start
    }

    /// Keeps the waker without taking anything: the carrier is blocked, and still wants to know when it is over. `false`
    /// if it is.
    pub fn watch(&self, waker: &Waker) -> bool {
        self.cell.act(|state, _| {
            let current = state.session.link() == Some(self.id);
            if current {
                state.wait(waker);
            }
            current
        })
    }

    /// Takes up to `most` things, and no more than some hundred KiB at a time, to write into `out`. Where that is all there is, `waker` is kept.
    pub fn take(&self, out: &mut Vec<Transmit>, most: usize, waker: Option<&Waker>) -> Turnout {
        self.cell.act(|state, now| {
            let mut weight = 0;
            for _ in 0..most {
                if weight > WEIGHT {
                    break;
                }
                match state.session.poll_transmit(now, self.id) {
                    Transmit::Idle => {
                        if let Some(waker) = waker {
                            state.wait(waker);
                        }
                        return Turnout::All;
                    }
                    end @ (Transmit::Close(_) | Transmit::Over(_) | Transmit::Drain { .. }) => {
                        out.push(end);
                        return Turnout::End;
                    }
                    other => {
                        weight += if let Transmit::Parcel(_, parcel) = &other { parcel.weight() } else { 0 };
                        out.push(other);
                    }
                }
            }
            Turnout::More
        })
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.cell.act(|state, now| {
            state.session.handle_detach(now, self.id);
            state.forget_waker();
        });
    }
}

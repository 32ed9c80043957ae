//! A carrier's hold on a session. Dropping it detaches: a carrier can't forget to.

use std::{sync::Arc, task::Waker};

use super::{Cell, State, stats::Carrier};
use crate::session::{LinkId, Moment, Seq, Transmit};

/// Bytes taken at a time: what is taken waits for the socket, and what is said of the carrier waits behind it.
const WEIGHT: usize = 256 << 10;

/// The receiving end of a session, as long as no newer carrier takes it over.
#[derive(Debug)]
pub struct Link {
    cell: Arc<Cell>,
    id: LinkId,
    start: Seq,
    carrier: Carrier,
    /// What is taken reaches nobody.
    mute: bool,
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
    pub(super) fn new(cell: Arc<Cell>, id: LinkId, start: Seq, carrier: Carrier) -> Self {
        Link { cell, id, start, carrier, mute: false }
    }

    /// The same, for a carrier that only waits for the end: what it takes is dropped, and does not count as sent.
    pub fn mute(mut self) -> Self {
        self.mute = true;
        self
    }

    /// The session.
    pub fn cell(&self) -> &Arc<Cell> {
        &self.cell
    }

    /// Names the attachment.
    pub fn id(&self) -> LinkId {
        self.id
    }

    /// What carries.
    pub fn carrier(&self) -> Carrier {
        self.carrier
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
        self.take_up_to(WEIGHT, out, most, waker)
    }

    /// The same, and nothing more behind the message that passes `weight` bytes.
    pub fn take_up_to(
        &self,
        weight: usize,
        out: &mut Vec<Transmit>,
        most: usize,
        waker: Option<&Waker>,
    ) -> Turnout {
        self.cell.act(|state, now| {
            let before = state.session.outbox().sent();
            let (turnout, parcels) = self.fill(state, now, out, (most, weight.min(WEIGHT)));
            if let (Turnout::All, Some(waker)) = (turnout, waker) {
                state.wait(waker);
            }
            self.count(state, before, parcels);
            turnout
        })
    }

    /// Takes, and tells how many of the things are messages.
    fn fill(
        &self,
        state: &mut State,
        now: Moment,
        out: &mut Vec<Transmit>,
        (most, heaviest): (usize, usize),
    ) -> (Turnout, u64) {
        let (mut weight, mut parcels) = (0, 0);
        for _ in 0..most {
            if weight > heaviest {
                break;
            }
            match state.session.poll_transmit(now, self.id) {
                Transmit::Idle => return (Turnout::All, parcels),
                end @ (Transmit::Close(_) | Transmit::Over(_) | Transmit::Drain { .. }) => {
                    out.push(end);
                    return (Turnout::End, parcels);
                }
                other => {
                    if let Transmit::Parcel(_, parcel) = &other {
                        weight += parcel.weight();
                        parcels += 1;
                    }
                    out.push(other);
                }
            }
        }
        (Turnout::More, parcels)
    }

    /// Counts what was taken, once a turn. What was handed to some carrier `before` goes out again.
    fn count(&self, state: &mut State, before: Seq, parcels: u64) {
        if parcels == 0 || self.mute {
            return;
        }
        let first = state.session.outbox().sent() - before;
        state.record.sent_again(parcels - first);
        self.cell.hub().tally.sent(self.carrier, first, parcels - first);
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

//! A session with what surrounds it on this node: its lock, the waker of its carrier, the work for its handlers.

use std::{
    net::IpAddr,
    sync::{Arc, Weak},
};

use parking_lot::Mutex;

use super::{
    Asker, Hub, Link, Room, State, Work, asks::Answer, deadlines::Slot, record::Life, state::Settled,
    stats::Carrier,
};
use crate::{
    dialect::native,
    session::{
        Attach, Close, Goodbye, Key, Lane, LinkId, Moment, PeerId, Refusal, Seq, Session, SessionEvent, Sid,
        Verdict,
    },
    wire::parcel::Parcel,
};

/// A session on this node.
#[derive(Debug)]
pub struct Cell {
    /// Its secret identifier.
    pub sid: Sid,
    /// Its public one.
    pub peer: PeerId,
    /// The address it was opened from.
    pub address: Option<IpAddr>,
    pub(super) hub: Arc<Hub>,
    pub(super) rooms: Mutex<Option<Vec<Arc<Room>>>>,
    slot: Slot,
    state: Mutex<State>,
}

/// One numbered packet of a client.
#[derive(Debug)]
pub enum Heard {
    /// For the handlers, in order.
    Work(Work),
    /// The answer to a request: it takes effect when it is read, not behind the handlers.
    Reply(u64, Result<super::Payload, crate::dialect::Failure>),
}

/// What became of a batch of packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// Number of the last message taken.
    pub ack: Seq,
    /// The handlers' queue was full before the end of the batch.
    pub full: bool,
}

impl Cell {
    pub(super) fn new(
        hub: Arc<Hub>,
        sid: Sid,
        peer: PeerId,
        address: Option<IpAddr>,
        key: Option<Key>,
    ) -> Arc<Cell> {
        let now = hub.now();
        let session = Session::new(now, Arc::clone(&hub.rules));
        Arc::new_cyclic(|this: &Weak<Cell>| {
            let slot = hub.deadlines.claim(this.clone());
            slot.set(session.poll_timeout());
            Cell {
                sid,
                peer,
                address,
                rooms: Mutex::new(Some(Vec::new())),
                slot,
                state: Mutex::new(State::new(session, key, now)),
                hub,
            }
        })
    }

    /// The hub it lives in.
    pub fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// Looks at the session.
    pub fn peek<R>(&self, look: impl FnOnce(&State) -> R) -> R {
        look(&self.state.lock())
    }

    /// Does something with the session; what follows from it (wake-ups, deadlines, events) is seen to behind the lock.
    pub fn act<R>(self: &Arc<Self>, act: impl FnOnce(&mut State, Moment) -> R) -> R {
        let now = self.hub.now();
        let mut state = self.state.lock();
        let result = act(&mut state, now);
        let settled = state.settle(&self.slot, now, &self.hub.tally);
        drop(state);
        if let Some(settled) = settled {
            self.settle(settled);
        }
        result
    }

    /// Queues one message of a broadcast. What is to be done behind it is the caller's, who holds the room's lock.
    pub(super) fn offer(&self, now: Moment, parcel: &Arc<Parcel>, volatile: bool) -> Option<Settled> {
        let mut state = self.state.lock();
        if volatile {
            state.session.push_volatile(now, Arc::clone(parcel));
        } else {
            // A session that is over, or is by this, tells its own application; the broadcast goes on.
            let _ = state.session.push(now, Arc::clone(parcel));
        }
        state.settle(&self.slot, now, &self.hub.tally)
    }

    pub(super) fn settle(self: &Arc<Self>, settled: Settled) {
        if let Some(waker) = settled.waker {
            waker.wake();
        }
        for event in settled.events {
            match event {
                SessionEvent::Closed(goodbye) => self.ended(goodbye),
                SessionEvent::Gone => self.gone(),
                SessionEvent::Parted => tracing::trace!(sid = %self.sid, "parted"),
                SessionEvent::Resumed => {
                    self.hub.tally.resumed();
                    tracing::trace!(sid = %self.sid, "resumed");
                }
            }
        }
        if settled.work {
            self.start_work();
        }
    }

    fn ended(self: &Arc<Self>, goodbye: Goodbye) {
        self.hub.leave_all(self);
        let life = self.act(|state, now| {
            state.asks = None;
            state.goodbye = Some(Box::new(goodbye));
            state.tell_end(now)
        });
        self.tell_life(life);
    }

    pub(super) fn tell_life(&self, life: Option<Life>) {
        if let Some(life) = life {
            life.tell(self.sid, self.peer, self.address, &self.hub.tally);
        }
    }

    fn gone(&self) {
        let key = self.state.lock().key.take();
        if self.hub.registry.remove(&self.sid, key.as_ref()) {
            self.hub.floods.leave(self.address, self.hub.now());
        }
    }

    fn start_work(self: &Arc<Self>) {
        match self.hub.app() {
            Some(app) => app.work(Arc::clone(self)),
            None => tracing::debug!(sid = %self.sid, "no application is there any more"),
        }
    }

    /// Attaches a carrier.
    ///
    /// # Errors
    /// As [`Session::handle_attach`].
    pub fn attach(self: &Arc<Self>, by: Carrier, how: Attach) -> Result<Link, Refusal> {
        let link = self.attach_unnamed(by, how)?;
        self.act(|state, now| state.session.handle_named(now));
        Ok(link)
    }

    /// Attaches the carrier that opened the session: its client has not named the sid yet.
    ///
    /// # Errors
    /// As [`Session::handle_attach`].
    pub fn attach_unnamed(self: &Arc<Self>, by: Carrier, how: Attach) -> Result<Link, Refusal> {
        let (link, attached) = self.act(|state, now| {
            let id = state.session.handle_attach(now, how)?;
            if let Some(retry) = self.hub.draining() {
                state.session.drain(retry);
            }
            let attached = state.record.attached(by);
            let carrier = attached.map_or(Carrier::Raw, |(carrier, _)| carrier);
            Ok((Link::new(Arc::clone(self), id, state.session.next(), carrier), attached))
        })?;
        if let Some((carrier, before)) = attached {
            self.hub.tally.attached(carrier, before);
        }
        Ok(link)
    }

    /// The session is that of one raw request or WebSocket, which is all that ever carries it.
    pub fn mark_raw(&self) {
        self.state.lock().record.mark_raw();
        self.hub.tally.attached(Carrier::Raw, None);
    }

    /// Whether there is room for this work in the handlers' queue.
    pub fn has_room(&self, work: &Work) -> bool {
        self.state.lock().backlog.has_room(work, &self.hub.limits)
    }

    /// The next work for the handlers. With the last of it the claim on the cell ends: who gets `None` stops.
    pub fn next_work(&self) -> Option<Work> {
        let (work, took) = self.state.lock().backlog.pop(self.hub.micros());
        if let Some(took) = took {
            self.hub.tally.handled(took);
        }
        work
    }

    /// Takes numbered packets over: each in order, none twice, and as many as the handlers' queue has room for.
    /// `first` is the number of the first; without it they follow what was taken last.
    ///
    /// # Errors
    /// [`Refusal::Gap`] and [`Refusal::Closed`]: nothing was taken.
    pub fn receive(self: &Arc<Self>, first: Option<Seq>, heard: Vec<Heard>) -> Result<Taken, Refusal> {
        self.act(|state, _| {
            let mut repeats = 0;
            let before = state.session.taken();
            let first = first.unwrap_or(before + 1);
            let mut full = false;
            for (number, heard) in (first..).zip(heard) {
                let room = u64::from(state.has_room(&heard, &self.hub.limits));
                let received = state.session.handle_receive(number, 1, room)?;
                repeats += received.repeats;
                if received.taken == 1 {
                    state.queue(heard);
                } else if received.repeats == 0 {
                    full = true;
                    break;
                }
            }
            let ack = state.session.taken();
            state.record.received_again(repeats);
            self.hub.tally.received(state.record.uplink(), ack - before, repeats);
            Ok(Taken { ack, full })
        })
    }

    /// Takes one numbered packet over from a WebSocket, which has a counter of its own; `link` if it is attached.
    ///
    /// # Errors
    /// As [`Lane::handle_message`].
    pub fn receive_on(
        self: &Arc<Self>,
        lane: &mut Lane,
        link: Option<LinkId>,
        bytes: usize,
        heard: Heard,
    ) -> Result<Verdict, Refusal> {
        self.act(|state, now| {
            let room = state.has_room(&heard, &self.hub.limits);
            let verdict = lane.handle_message(&mut state.session, bytes, room)?;
            match verdict {
                Verdict::Take => {
                    state.queue(heard);
                    self.hub.tally.received(Carrier::Ws, 1, 0);
                }
                Verdict::Repeat => {
                    state.record.received_again(1);
                    self.hub.tally.received(Carrier::Ws, 0, 1);
                }
                Verdict::Busy | Verdict::Dropped => {}
            }
            if let Some(link) = link {
                state.session.handle_heard(now, link);
                state.session.owe_ack(now, link);
            }
            Ok(verdict)
        })
    }

    /// Queues a message for the client.
    ///
    /// # Errors
    /// How the session ended, if it has.
    pub fn push(self: &Arc<Self>, parcel: Parcel) -> Result<Seq, Close> {
        self.act(|state, now| state.session.push(now, Arc::new(parcel)))
    }

    /// Answers whoever asked; where nobody did, only a failure is told.
    pub fn answer(self: &Arc<Self>, asker: Asker, outcome: Answer) {
        let parcel = match (asker, &outcome) {
            (Asker::Client(id), Ok(payload)) => native::reply(id, Ok(payload.content())),
            (Asker::Client(id), Err(failure)) => native::reply(id, Err(failure)),
            (Asker::Nobody, Err(failure)) => native::error(failure),
            (Asker::Nobody, Ok(_)) => return,
            (Asker::Here(sender), _) => {
                // Who asked may be gone; then nobody misses the answer.
                let _ = sender.send(outcome);
                return;
            }
        };
        // A session that is over gets no answers; its application is told by its end.
        let _ = self.push(parcel);
    }

    /// Counts a request of the session in. `false` if there are too many in progress.
    pub fn begin_request(&self) -> bool {
        let mut state = self.state.lock();
        if state.requests >= self.hub.limits.requests_per_session {
            return false;
        }
        state.requests += 1;
        true
    }

    /// Counts a request of the session out.
    pub fn end_request(&self) {
        let mut state = self.state.lock();
        state.requests = state.requests.saturating_sub(1);
    }

    /// Counts a WebSocket that is not attached in. `false` if there are too many.
    pub fn begin_socket(&self) -> bool {
        let mut state = self.state.lock();
        if state.sockets >= self.hub.limits.unattached_sockets {
            return false;
        }
        state.sockets += 1;
        true
    }

    /// Counts a WebSocket that was not attached out: it is now, or it is gone.
    pub fn end_socket(&self) {
        let mut state = self.state.lock();
        state.sockets = state.sockets.saturating_sub(1);
    }
}

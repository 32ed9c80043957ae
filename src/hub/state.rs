//! What a cell's lock guards, and what follows from touching it.

use std::task::Waker;

use http::Extensions;

use super::{
    Heard, Limits, Work,
    admission::Admission,
    asks::Asks,
    backlog::Backlog,
    deadlines::Slot,
    record::{Life, Record},
    stats::Tally,
};
use crate::session::{Goodbye, Key, Moment, Session, SessionEvent};

/// What a cell's lock guards.
#[derive(Debug)]
pub struct State {
    /// The session.
    pub session: Session,
    pub(super) admission: Admission,
    pub(super) key: Option<Key>,
    pub(super) waker: Option<Waker>,
    pub(super) backlog: Backlog,
    pub(super) asks: Option<Box<Asks>>,
    /// How the session ended, until its application is told.
    pub(super) goodbye: Option<Box<Goodbye>>,
    pub(super) requests: u8,
    pub(super) sockets: u8,
    pub(super) record: Record,
    /// What the application keeps with the session, by its type. One pointer, and null as long as that is nothing.
    pub(super) values: Extensions,
    /// The application was told of the end, and keeps nothing here any more.
    pub(super) told: bool,
}

/// What is to be done once a cell's lock is released.
#[derive(Debug)]
#[must_use]
pub(super) struct Settled {
    pub(super) waker: Option<Waker>,
    pub(super) events: Vec<SessionEvent>,
    pub(super) work: bool,
}

impl State {
    pub(super) fn new(session: Session, key: Option<Key>, now: Moment) -> Self {
        State {
            session,
            admission: Admission::default(),
            key,
            waker: None,
            backlog: Backlog::default(),
            asks: None,
            goodbye: None,
            requests: 0,
            sockets: 0,
            record: Record::new(now),
            values: Extensions::new(),
            told: false,
        }
    }

    /// Keeps the waker of the carrier, to be called when there is something to write.
    pub(super) fn wait(&mut self, waker: &Waker) {
        match &mut self.waker {
            Some(kept) => kept.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
    }

    pub(super) fn settle(&mut self, slot: &Slot, now: Moment, tally: &Tally) -> Option<Settled> {
        slot.set(self.session.poll_timeout());
        self.record.time_acknowledgement(&self.session, now, tally);
        let waker = if self.session.take_wake() { self.waker.take() } else { None };
        let mut events = Vec::new();
        while let Some(event) = self.session.poll_event() {
            if matches!(event, SessionEvent::Resumed) {
                self.record.resumed();
            }
            events.push(event);
        }
        let work = self.backlog.claim();
        (waker.is_some() || !events.is_empty() || work).then_some(Settled { waker, events, work })
    }

    /// The application has let it in.
    pub(super) fn is_admitted(&self) -> bool {
        matches!(self.admission, Admission::Admitted)
    }

    /// Nobody is attached: the task that was keeps no memory here.
    pub(super) fn forget_waker(&mut self) {
        if self.session.link().is_none() {
            self.waker = None;
        }
    }

    /// The end is told once, behind everything else, and only of a session that was let in: by whatever came last, the end
    /// or the admission. What is left is to tell its life.
    pub(super) fn tell_end(&mut self, now: Moment) -> Option<Life> {
        if !self.is_admitted() {
            return None;
        }
        let goodbye = self.goodbye.take()?;
        let life = Life::new(self.record, &self.session, &goodbye, now);
        self.backlog.push(Work::Ended(*goodbye));
        Some(life)
    }

    pub(super) fn has_room(&self, heard: &Heard, limits: &Limits) -> bool {
        if let Heard::Work(work) = heard { self.backlog.has_room(work, limits) } else { true }
    }

    pub(super) fn queue(&mut self, heard: Heard) {
        match heard {
            Heard::Work(work) => self.backlog.push(work),
            Heard::Reply(id, answer) => {
                if let Some(asks) = &mut self.asks {
                    asks.answer(id, answer);
                }
            }
        }
    }
}

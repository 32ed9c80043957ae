//! The gateway's end: what the hub does around its sessions, without threads and sockets.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use everwire::{
    session::{Code, Goodbye, Key, LinkId, Look, Moment, Openings, Rules, Seq, Session, SessionEvent, Sid},
    wire::parcel::{Marks, Parcel},
};
use uuid::Uuid;

use super::{
    coverage::{Sight, see},
    exchanges::Held,
    sockets::Socket,
    step::Setup,
    wire::Ws,
};

/// Whoever writes to a carrier: in the gateway its task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Driver {
    Socket(Ws),
    Held(usize),
}

/// A session with its surroundings.
#[derive(Debug)]
pub(crate) struct Cell {
    pub(crate) sid: Sid,
    key: u64,
    pub(crate) session: Session,
    pub(super) waker: Option<Driver>,
    /// Messages that wait for the handlers.
    pub(super) backlog: usize,
    /// Content of the last message taken; messages say their own numbers.
    pub(crate) taken: Seq,
    /// Every message that ever got a number: what the client receives must be a prefix of this.
    pub(crate) numbered: Vec<Arc<Parcel>>,
    /// Volatile messages that wait for a poll, by this model's own account.
    pub(super) kept: Vec<Arc<Parcel>>,
    /// What may get a number in the present act, in order.
    pub(super) expected: VecDeque<Arc<Parcel>>,
    pub(crate) acked: Seq,
    /// The highest number that the client has acknowledged in any way: behind it the next carrier begins.
    pub(super) claimed: Seq,
    /// A form came: the receiving carrier, or the next one, owes an acknowledgement at once.
    pub(crate) form_owed: bool,
    turn: u64,
    pub(crate) goodbye: Option<Goodbye>,
    pub(crate) gone: bool,
}

/// The node.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) cells: Vec<Cell>,
    pub(super) openings: Openings,
    pub(super) rules: Arc<Rules>,
    pub(crate) now: Moment,
    room: usize,
    pub(super) asleep: bool,
    pub(super) sockets: BTreeMap<Ws, Socket>,
    pub(super) held: BTreeMap<usize, Held>,
    pub(super) polls: usize,
    pub(crate) woken: Vec<Driver>,
    parcels: u64,
    pub(crate) faults: Vec<String>,
}

/// How an opening came to its session.
pub(crate) enum Entry {
    Made(usize),
    Joined(usize),
}

impl Node {
    pub(crate) fn new(setup: Setup) -> Self {
        let rules = Rules {
            queue_messages: if setup.small_queue { 8 } else { 4_096 },
            ack_messages: 4,
            volatile_kinds: 2,
            ..Rules::default()
        };
        Node {
            cells: Vec::new(),
            openings: Openings::default(),
            rules: Arc::new(rules),
            now: Moment(0),
            room: if setup.small_backlog { 3 } else { 1_000 },
            asleep: false,
            sockets: BTreeMap::new(),
            held: BTreeMap::new(),
            polls: 0,
            woken: Vec::new(),
            parcels: 0,
            faults: Vec::new(),
        }
    }

    pub(crate) fn fault(&mut self, what: String) {
        self.faults.push(what);
    }

    pub(crate) fn find(&self, sid: Sid) -> Option<usize> {
        self.cells.iter().position(|cell| cell.sid == sid && !cell.gone)
    }

    /// Opens by key; `None` where the key's session is in use.
    pub(super) fn open(&mut self, key: u64) -> Option<Entry> {
        let name = Key::new(&key.to_be_bytes());
        if let Look::Same(sid) = self.openings.look(&name, 7) {
            let index = self.find(sid).expect("a key is forgotten with its session");
            see(if self.cells[index].session.is_used() { Sight::Conflict } else { Sight::Joined });
            return (!self.cells[index].session.is_used()).then_some(Entry::Joined(index));
        }
        if self.cells.iter().any(|cell| cell.key == key && !cell.gone) {
            self.fault(format!("opening: key {key} made a second session beside the first"));
        }
        if !self.cells.is_empty() {
            see(Sight::KeyAnew);
        }
        let sid = Sid::new(Uuid::from_u128(self.cells.len() as u128 + 1));
        self.openings.remember(name, 7, sid);
        self.cells.push(Cell::new(sid, key, Session::new(self.now, Arc::clone(&self.rules))));
        Some(Entry::Made(self.cells.len() - 1))
    }

    /// Does something with a session, and sees to what follows from it.
    pub(super) fn act<R>(&mut self, index: usize, act: impl FnOnce(&mut Session, Moment) -> R) -> R {
        let cell = &mut self.cells[index];
        let was_gone = cell.gone;
        let result = act(&mut cell.session, self.now);
        if cell.session.take_wake() {
            self.woken.extend(cell.waker.take());
        }
        cell.note(&mut self.faults);
        if cell.gone && !was_gone {
            self.openings.forget(&Key::new(&cell.key.to_be_bytes()));
        }
        result
    }

    /// The newest session, which the application speaks to.
    fn newest(&self) -> Option<usize> {
        self.cells.len().checked_sub(1)
    }

    /// The application sends.
    pub(crate) fn say(&mut self) {
        let Some(index) = self.newest() else { return };
        let parcel = self.parcel("chat");
        self.cells[index].expected = [Arc::clone(&parcel)].into();
        let before = self.cells[index].numbered.len();
        let was_closed = self.cells[index].session.is_closed();
        let pushed = self.act(index, |session, now| session.push(now, parcel));
        match pushed {
            Ok(number) if number as usize != before + 1 || self.cells[index].numbered.len() != before + 1 => {
                self.fault(format!("numbers: {number} was given behind {before}"));
            }
            Err(close) if close.code == Code::Slow && !was_closed => see(Sight::Slow),
            Err(_) if !was_closed => self.fault("a message was refused by an open session".into()),
            _ => {}
        }
    }

    /// The application sends something that is worth nothing later.
    pub(crate) fn say_volatile(&mut self, kind: u8) {
        let Some(index) = self.newest() else { return };
        let parcel = self.parcel(["v0", "v1", "v2"][usize::from(kind) % 3]);
        let linked = self.cells[index].session.link().is_some();
        if linked {
            self.cells[index].expected = [Arc::clone(&parcel)].into();
        }
        let taken = self.act(index, |session, now| session.push_volatile(now, Arc::clone(&parcel)));
        match (taken, linked) {
            (true, true) => see(Sight::VolatileNow),
            (true, false) => {
                let kept = &mut self.cells[index].kept;
                let before = kept.len();
                kept.retain(|older| older.topic() != parcel.topic());
                if kept.len() < before {
                    see(Sight::VolatileReplaced);
                }
                kept.push(parcel);
                if kept.len() > self.rules.volatile_kinds {
                    self.fault("bounds: too many volatile messages are kept".into());
                }
            }
            (false, _) => see(Sight::VolatileDropped),
        }
    }

    fn parcel(&mut self, name: &str) -> Arc<Parcel> {
        self.parcels += 1;
        let text = format!("{{\"event\":\"{name}\",\"data\":{}}}", self.parcels);
        let marks = Marks { name: 9..11 + name.len(), room: 0..0, data: 0..0 };
        Arc::new(Parcel::text(text.as_bytes(), &marks))
    }

    /// The application closes the session.
    pub(crate) fn close(&mut self) {
        let Some(index) = self.newest().filter(|index| !self.cells[*index].session.is_closed()) else {
            return;
        };
        see(Sight::ClosedByServer);
        self.act(index, |session, now| session.close(now, Code::Closed, "closed by the application"));
    }

    pub(crate) fn drain(&mut self) {
        let Some(index) = self.newest() else { return };
        self.act(index, |session, _| session.drain(1_000));
    }

    /// The handlers fall asleep, or wake and work off their queues.
    pub(crate) fn sleep(&mut self, asleep: bool) {
        self.asleep = asleep;
        if !asleep {
            self.cells.iter_mut().for_each(|cell| cell.backlog = 0);
        }
    }

    pub(super) fn has_room(&self, index: usize) -> bool {
        self.cells[index].backlog < self.room
    }

    /// A message has been taken: it must be the one behind the last.
    pub(super) fn take(&mut self, index: usize, content: Seq) {
        let cell = &mut self.cells[index];
        cell.taken += 1;
        cell.backlog += usize::from(self.asleep);
        let expected = cell.taken;
        if content != expected {
            self.fault(format!("up: message {content} was taken as number {expected}"));
        }
    }

    /// When the next deadline falls.
    pub(crate) fn next_timeout(&self) -> Option<Moment> {
        self.cells.iter().filter_map(|cell| cell.session.poll_timeout()).filter(|at| *at > self.now).min()
    }

    /// The sweep.
    pub(crate) fn handle_timeouts(&mut self) {
        for index in 0..self.cells.len() {
            if self.cells[index].session.poll_timeout().is_some_and(|at| at <= self.now) {
                self.act(index, |session, now| session.handle_timeout(now));
            }
        }
    }

    /// Nothing is left: no carrier, no session, no key.
    pub(crate) fn is_empty(&self) -> bool {
        let known = |cell: &Cell| self.openings.look(&Key::new(&cell.key.to_be_bytes()), 7) != Look::Fresh;
        self.sockets.is_empty() && self.held.is_empty() && !self.cells.iter().any(known)
    }

    /// Whether a driver's carrier still has the delivery.
    pub(super) fn holds(&self, index: usize, link: LinkId) -> bool {
        self.cells[index].session.link() == Some(link)
    }
}

impl Cell {
    fn new(sid: Sid, key: u64, session: Session) -> Self {
        Cell {
            sid,
            key,
            session,
            waker: None,
            backlog: 0,
            taken: 0,
            numbered: Vec::new(),
            kept: Vec::new(),
            expected: VecDeque::new(),
            acked: 0,
            claimed: 0,
            form_owed: false,
            turn: 0,
            goodbye: None,
            gone: false,
        }
    }

    /// Looks at what an act has led to.
    fn note(&mut self, faults: &mut Vec<String>) {
        self.note_numbers(faults);
        while let Some(event) = self.session.poll_event() {
            match event {
                SessionEvent::Closed(goodbye) => self.note_end(goodbye, faults),
                SessionEvent::Gone if self.gone => faults.push("life: a session was gone twice".into()),
                SessionEvent::Gone => self.gone = true,
                SessionEvent::Parted => self.kept.clear(),
                SessionEvent::Resumed => {}
            }
        }
        if self.session.outbox().acked() < self.acked || self.session.turn() < self.turn {
            faults.push("rising: an acknowledgement or a turn fell".into());
        }
        self.acked = self.session.outbox().acked();
        self.turn = self.session.turn();
        self.expected.clear();
    }

    /// A message that has got its number stays in the queue at least until this act is over, so none is overlooked.
    fn note_numbers(&mut self, faults: &mut Vec<String>) {
        for number in self.numbered.len() as Seq + 1..=self.session.last() {
            let parcel = self.session.outbox().message(number).cloned();
            match (parcel, self.expected.pop_front()) {
                (Some(parcel), Some(expected)) if Arc::ptr_eq(&parcel, &expected) => {
                    self.numbered.push(parcel)
                }
                _ => faults.push(format!("numbers: {number} went to a message that was not next")),
            }
        }
    }

    fn note_end(&mut self, goodbye: Goodbye, faults: &mut Vec<String>) {
        if self.goodbye.is_some() {
            faults.push("life: a session ended twice".into());
        }
        let left = &self.numbered[self.acked as usize..];
        let same = |(told, left): (&Arc<Parcel>, &Arc<Parcel>)| Arc::ptr_eq(told, left);
        if goodbye.undelivered.len() != left.len() || !goodbye.undelivered.iter().zip(left).all(same) {
            let told = goodbye.undelivered.len();
            faults.push(format!("report: {told} messages were told as undelivered, {} are", left.len()));
        }
        if !left.is_empty() {
            see(Sight::Undelivered);
        }
        if goodbye.code == Code::Unknown {
            see(Sight::Expired);
        }
        self.kept.clear();
        self.goodbye = Some(goodbye);
    }
}

//! Rooms: who hears what is said in them.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

use indexmap::IndexMap;
use parking_lot::Mutex;

use super::{Cell, Hub, Tailed, tail::Tail};
use crate::{
    session::{Moment, PeerId},
    wire::parcel::Parcel,
};

const SHARDS: usize = 16;

/// A group of sessions under a name.
#[derive(Debug)]
pub struct Room {
    name: Box<str>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    members: IndexMap<PeerId, Arc<Cell>>,
    /// The newest messages, as long as somebody reads the room without a session.
    tail: Option<Box<Tail>>,
}

impl Room {
    /// The room's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sessions in the room.
    pub fn len(&self) -> usize {
        self.state.lock().members.len()
    }

    /// Nobody is in the room.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Queues a message for every member but `except`. All members see the messages of a room in one order: that of
    /// its lock, under which only queues are touched; carriers are woken behind it. Tells how many it was queued for.
    pub fn broadcast(&self, now: Moment, parcel: &Arc<Parcel>, except: &[PeerId], volatile: bool) -> usize {
        let mut settled = Vec::new();
        let mut count = 0;
        let mut state = self.state.lock();
        for (peer, cell) in &state.members {
            if !except.contains(peer) {
                count += 1;
                settled.extend(cell.offer(now, parcel, volatile).map(|settled| (Arc::clone(cell), settled)));
            }
        }
        if let Some(tail) = &mut state.tail {
            tail.push(Arc::clone(parcel));
        }
        drop(state);
        for (cell, settled) in settled {
            cell.settle(settled);
        }
        count
    }

    /// The message behind position `after`, or what comes next; and whether nobody has read the room lately.
    fn read(&self, now: Moment, after: Option<u64>) -> (Tailed, bool) {
        let mut state = self.state.lock();
        let is_first = state.tail.is_none();
        let tail = state.tail.get_or_insert_with(|| Box::new(Tail::new(now)));
        (tail.read(now, after), is_first)
    }
}

/// The rooms that have members or readers; others cost nothing.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    shards: [Mutex<HashMap<Box<str>, Arc<Room>>>; SHARDS],
    spread: RandomState,
    read: Mutex<Vec<Arc<Room>>>,
}

impl Rooms {
    pub(super) fn find(&self, name: &str) -> Option<Arc<Room>> {
        self.shard(name).lock().get(name).cloned()
    }

    /// Reads a room without a session, and makes it if need be; it stays as long as it is read.
    fn read(&self, name: &str, now: Moment, after: Option<u64>) -> Tailed {
        let mut shard = self.shard(name).lock();
        let room = find_or_make(&mut shard, name);
        // Under the shard's lock, so that the room is not dropped as empty before it is read.
        let (tailed, is_first) = room.read(now, after);
        drop(shard);
        if is_first {
            self.read.lock().push(room);
        }
        tailed
    }

    pub(super) fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().len()).sum()
    }

    fn enter(&self, name: &str, cell: &Arc<Cell>) -> Arc<Room> {
        // Under the shard's lock, so that the room is not dropped as empty between finding and entering it.
        let mut shard = self.shard(name).lock();
        let room = find_or_make(&mut shard, name);
        room.state.lock().members.insert(cell.peer, Arc::clone(cell));
        room
    }

    fn leave(&self, room: &Room, peer: PeerId) {
        room.state.lock().members.swap_remove(&peer);
        self.drop_if_empty(room);
    }

    fn drop_if_empty(&self, room: &Room) {
        let mut shard = self.shard(&room.name).lock();
        let state = room.state.lock();
        let is_this = shard.get(&room.name).is_some_and(|known| std::ptr::eq(&**known, room));
        if is_this && state.members.is_empty() && state.tail.is_none() {
            shard.remove(&room.name);
        }
    }

    /// Ends the tails that nobody reads any more.
    pub(super) fn sweep(&self, now: Moment) {
        let mut read = self.read.lock();
        if read.is_empty() {
            return;
        }
        let (over, kept) = std::mem::take(&mut *read).into_iter().partition(|room: &Arc<Room>| {
            let mut state = room.state.lock();
            if state.tail.as_ref().is_some_and(|tail| tail.is_read(now)) {
                return false;
            }
            state.tail = None;
            true
        });
        *read = kept;
        drop(read);
        let over: Vec<Arc<Room>> = over;
        for room in over {
            self.drop_if_empty(&room);
        }
    }

    fn shard(&self, name: &str) -> &Mutex<HashMap<Box<str>, Arc<Room>>> {
        &self.shards[self.spread.hash_one(name) as usize % SHARDS]
    }
}

fn find_or_make(shard: &mut HashMap<Box<str>, Arc<Room>>, name: &str) -> Arc<Room> {
    if let Some(room) = shard.get(name) {
        return Arc::clone(room);
    }
    let room = Arc::new(Room { name: name.into(), state: Mutex::default() });
    shard.insert(name.into(), Arc::clone(&room));
    room
}

impl Hub {
    /// Puts a session into a room. `false` if it is over, or in as many rooms as it may be.
    pub fn join(&self, cell: &Arc<Cell>, name: &str) -> bool {
        let mut rooms = cell.rooms.lock();
        let Some(joined) = rooms.as_mut() else { return false };
        if joined.iter().any(|room| &*room.name == name) {
            return true;
        }
        if joined.len() >= self.limits.rooms_per_session {
            return false;
        }
        // The session's list stays locked: its end takes the list, and must find this room on it.
        joined.push(self.rooms.enter(name, cell));
        true
    }

    /// Takes a session out of a room. `false` if it was not in it.
    pub fn leave(&self, cell: &Arc<Cell>, name: &str) -> bool {
        let room = {
            let mut rooms = cell.rooms.lock();
            let Some(joined) = rooms.as_mut() else { return false };
            let Some(index) = joined.iter().position(|room| &*room.name == name) else { return false };
            joined.swap_remove(index)
        };
        self.rooms.leave(&room, cell.peer);
        true
    }

    /// Takes an ended session out of all its rooms; it can't enter one any more.
    pub(super) fn leave_all(&self, cell: &Cell) {
        let rooms = cell.rooms.lock().take();
        for room in rooms.into_iter().flatten() {
            self.rooms.leave(&room, cell.peer);
        }
    }

    /// Reads a room without a session: the message behind position `after`, or what comes next.
    pub fn read(&self, room: &str, after: Option<u64>) -> Tailed {
        self.rooms.read(room, self.now(), after)
    }

    /// Queues a message for everyone in a room but `except`. Tells how many that were.
    pub fn publish(&self, room: &str, parcel: &Arc<Parcel>, except: &[PeerId], volatile: bool) -> usize {
        self.published.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.rooms.find(room).map_or(0, |room| room.broadcast(self.now(), parcel, except, volatile))
    }
}

#[cfg(test)]
mod tests;

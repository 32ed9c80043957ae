//! The sessions by their identifiers, and the keys that opened them.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use parking_lot::Mutex;

use super::Cell;
use crate::session::{Key, Openings, Sid};

/// Shards, so that a lookup rarely waits for another.
const SHARDS: usize = 32;

#[derive(Default)]
pub(super) struct Registry {
    shards: [Mutex<HashMap<Sid, Arc<Cell>>>; SHARDS],
    /// Held while a keyed opening makes its session, so that two at once make one.
    pub(super) openings: Mutex<Openings>,
    count: AtomicUsize,
    /// Sessions in the order of their opening, as long as those at its front were never used.
    unused: Mutex<VecDeque<Sid>>,
}

impl Registry {
    pub(super) fn find(&self, sid: &Sid) -> Option<Arc<Cell>> {
        self.shard(sid).lock().get(sid).cloned()
    }

    pub(super) fn insert(&self, cell: Arc<Cell>) {
        let sid = cell.sid;
        self.queue_unused(sid);
        if self.shard(&sid).lock().insert(sid, cell).is_none() {
            self.count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Forgets the session and its key.
    pub(super) fn remove(&self, sid: &Sid, key: Option<&Key>) -> bool {
        if let Some(key) = key {
            self.openings.lock().forget(key);
        }
        let removed = self.shard(sid).lock().remove(sid).is_some();
        if removed {
            self.count.fetch_sub(1, Ordering::Relaxed);
        }
        removed
    }

    pub(super) fn len(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }

    pub(super) fn all(&self) -> Vec<Arc<Cell>> {
        self.shards.iter().flat_map(|shard| shard.lock().values().cloned().collect::<Vec<_>>()).collect()
    }

    /// Does something with each session. Those of one shard are held meanwhile, and its lock is not.
    pub(super) fn each(&self, mut act: impl FnMut(&Cell)) {
        for shard in &self.shards {
            let cells: Vec<Arc<Cell>> = shard.lock().values().cloned().collect();
            cells.iter().for_each(|cell| act(cell));
        }
    }

    /// The oldest session that was opened and never used: the first to go when there are too many.
    pub(super) fn oldest_unused(&self) -> Option<Arc<Cell>> {
        let mut unused = self.unused.lock();
        while let Some(sid) = unused.pop_front() {
            if let Some(cell) = self.find(&sid).filter(|cell| is_unused(cell)) {
                return Some(cell);
            }
        }
        None
    }

    /// An unused session expires within minutes, so the queue holds no more than what was opened in that time.
    fn queue_unused(&self, sid: Sid) {
        let mut unused = self.unused.lock();
        while let Some(front) = unused.front() {
            if self.find(front).is_some_and(|cell| is_unused(&cell)) {
                break;
            }
            unused.pop_front();
        }
        unused.push_back(sid);
    }

    fn shard(&self, sid: &Sid) -> &Mutex<HashMap<Sid, Arc<Cell>>> {
        &self.shards[sid.spread() as usize % SHARDS]
    }
}

fn is_unused(cell: &Cell) -> bool {
    cell.peek(|state| state.is_admitted() && !state.session.is_used() && state.session.link().is_none())
}

//! Every deadline of every session, packed side by side: one sweep reads them all, and no session has a timer.

use std::{
    array,
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use parking_lot::{Mutex, RwLock};

use super::Cell;
use crate::session::Moment;

/// Cells a chunk: a page of deadlines.
const CHUNK: usize = 512;
const NEVER: u64 = u64::MAX;

/// The deadlines of a hub.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    chunks: RwLock<Vec<Arc<Chunk>>>,
    free: Arc<Mutex<Vec<(u32, u32)>>>,
}

#[derive(Debug)]
struct Chunk {
    at: [AtomicU64; CHUNK],
    cells: Mutex<Vec<Weak<Cell>>>,
}

/// One cell's place among the deadlines, given back when the cell is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    chunk: Arc<Chunk>,
    place: (u32, u32),
    free: Arc<Mutex<Vec<(u32, u32)>>>,
}

impl Deadlines {
    pub(super) fn claim(&self, cell: Weak<Cell>) -> Slot {
        let place = self.place();
        let chunk = Arc::clone(&self.chunks.read()[place.0 as usize]);
        chunk.cells.lock()[place.1 as usize] = cell;
        Slot { chunk, place, free: Arc::clone(&self.free) }
    }

    fn place(&self) -> (u32, u32) {
        let mut free = self.free.lock();
        if let Some(place) = free.pop() {
            return place;
        }
        let mut chunks = self.chunks.write();
        let index = u32::try_from(chunks.len()).expect("sessions are bounded below 2^32 chunks");
        chunks.push(Arc::new(Chunk {
            at: array::from_fn(|_| AtomicU64::new(NEVER)),
            cells: Mutex::new((0..CHUNK).map(|_| Weak::new()).collect()),
        }));
        free.extend((1..CHUNK as u32).rev().map(|slot| (index, slot)));
        (index, 0)
    }

    /// The cells whose deadline has come.
    pub(super) fn due(&self, now: Moment) -> Vec<Arc<Cell>> {
        let mut due = Vec::new();
        for chunk in self.chunks.read().iter() {
            for (slot, at) in chunk.at.iter().enumerate() {
                if at.load(Ordering::Relaxed) <= now.0 {
                    due.extend(chunk.cells.lock()[slot].upgrade());
                }
            }
        }
        due
    }
}

impl Slot {
    /// Sets or clears the deadline. The caller holds the cell's lock, so that the newest one stands.
    pub(super) fn set(&self, at: Option<Moment>) {
        self.chunk.at[self.place.1 as usize].store(at.map_or(NEVER, |at| at.0), Ordering::Relaxed);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.set(None);
        self.chunk.cells.lock()[self.place.1 as usize] = Weak::new();
        self.free.lock().push(self.place);
    }
}

#[cfg(test)]
mod tests;

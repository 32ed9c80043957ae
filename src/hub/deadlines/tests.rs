//! Claiming, setting and giving back places among the deadlines.

use std::collections::HashSet;

use super::*;
use crate::{
    hub::{Hub, Limits},
    session::{PeerId, Rules, Sid},
};

/// A cell for the deadlines to name; its own place is in those of its hub.
fn cell(number: u64) -> Arc<Cell> {
    let hub = Hub::new(Rules::default(), Limits::default());
    let sid = Sid::new(uuid::Uuid::from_u128(u128::from(number)));
    Cell::new(hub, sid, PeerId::new(number), None, None)
}

fn due(deadlines: &Deadlines, now: u64) -> Vec<PeerId> {
    let mut due: Vec<_> = deadlines.due(Moment(now)).iter().map(|cell| cell.peer).collect();
    due.sort_unstable();
    due
}

#[test]
fn a_cell_is_due_from_its_deadline_on() {
    let deadlines = Deadlines::default();
    let cells = [cell(1), cell(2), cell(3)];
    let slots = cells.each_ref().map(|cell| deadlines.claim(Arc::downgrade(cell)));
    assert_eq!(due(&deadlines, u64::MAX - 1), [], "no deadline is set yet");
    slots[0].set(Some(Moment(10)));
    slots[1].set(Some(Moment(20)));
    assert_eq!(due(&deadlines, 9), []);
    assert_eq!(due(&deadlines, 10), [PeerId::new(1)]);
    assert_eq!(due(&deadlines, 20), [PeerId::new(1), PeerId::new(2)]);
}

#[test]
fn a_deadline_can_be_moved_and_cleared() {
    let deadlines = Deadlines::default();
    let cell = cell(1);
    let slot = deadlines.claim(Arc::downgrade(&cell));
    slot.set(Some(Moment(10)));
    slot.set(Some(Moment(30)));
    assert_eq!(due(&deadlines, 29), []);
    slot.set(Some(Moment(5)));
    assert_eq!(due(&deadlines, 5), [cell.peer]);
    slot.set(None);
    assert_eq!(due(&deadlines, u64::MAX - 1), []);
}

#[test]
fn a_place_that_is_given_back_is_clean_and_used_again() {
    let deadlines = Deadlines::default();
    let (old, new) = (cell(1), cell(2));
    let slot = deadlines.claim(Arc::downgrade(&old));
    let place = slot.place;
    slot.set(Some(Moment(10)));
    drop(slot);
    assert_eq!(due(&deadlines, 10), []);
    let slot = deadlines.claim(Arc::downgrade(&new));
    assert_eq!(slot.place, place);
    assert_eq!(due(&deadlines, 10), [], "the deadline before was another cell's");
    slot.set(Some(Moment(10)));
    assert_eq!(due(&deadlines, 10), [new.peer]);
}

#[test]
fn a_cell_that_is_gone_is_not_due() {
    let deadlines = Deadlines::default();
    let cell = cell(1);
    let slot = deadlines.claim(Arc::downgrade(&cell));
    slot.set(Some(Moment(10)));
    drop(cell);
    assert_eq!(due(&deadlines, 10), []);
}

#[test]
fn more_cells_than_a_chunk_holds_have_places_of_their_own() {
    let deadlines = Deadlines::default();
    let cell = cell(1);
    let slots: Vec<_> = (0..2 * CHUNK + 1).map(|_| deadlines.claim(Arc::downgrade(&cell))).collect();
    let places: HashSet<_> = slots.iter().map(|slot| slot.place).collect();
    assert_eq!((places.len(), deadlines.chunks.read().len()), (2 * CHUNK + 1, 3));
    slots[0].set(Some(Moment(1)));
    slots[CHUNK].set(Some(Moment(1)));
    slots[2 * CHUNK].set(Some(Moment(1)));
    assert_eq!(due(&deadlines, 1).len(), 3);
    drop(slots);
    let again: Vec<_> = (0..3 * CHUNK).map(|_| deadlines.claim(Arc::downgrade(&cell))).collect();
    assert_eq!(
        (again.len(), deadlines.chunks.read().len()),
        (3 * CHUNK, 3),
        "no fourth chunk for as many again"
    );
}

#[test]
fn a_cell_keeps_its_session_s_deadline_and_gives_it_back() {
    let hub = Hub::new(Rules::default(), Limits::default());
    let cell = Cell::new(Arc::clone(&hub), Sid::new(uuid::Uuid::nil()), PeerId::new(1), None, None);
    let at = cell.peek(|state| state.session.poll_timeout()).unwrap();
    assert_eq!(due(&hub.deadlines, at.0 - 1), []);
    assert_eq!(due(&hub.deadlines, at.0), [cell.peer]);
    cell.act(|state, now| state.session.handle_named(now + 60_000));
    assert_eq!(due(&hub.deadlines, at.0), []);
    drop(cell);
    assert_eq!(due(&hub.deadlines, u64::MAX - 1), []);
    assert_eq!(hub.deadlines.free.lock().len(), CHUNK);
}

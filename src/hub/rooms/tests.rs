//! Entering, leaving, and what is said in a room.

use super::*;
use crate::{
    hub::{Limits, stats::Carrier},
    session::{Attach, Carriage, Rules, Sid},
    wire::parcel::Marks,
};

fn hub() -> Arc<Hub> {
    Hub::new(Rules::default(), Limits { rooms_per_session: 3, ..Limits::default() })
}

fn cell(hub: &Arc<Hub>, number: u64) -> Arc<Cell> {
    let sid = Sid::new(uuid::Uuid::from_u128(u128::from(number)));
    Cell::new(Arc::clone(hub), sid, PeerId::new(number), None, None)
}

fn parcel(text: &str) -> Arc<Parcel> {
    Arc::new(Parcel::text(text.as_bytes(), &Marks::default()))
}

fn say(hub: &Hub, room: &str, text: &str) -> usize {
    hub.publish(room, &parcel(text), &[], false)
}

/// What is queued for a session.
fn heard(cell: &Cell) -> String {
    let text = |parcel: &Arc<Parcel>| String::from_utf8(parcel.header().to_vec()).unwrap();
    cell.peek(|state| state.session.outbox().unacked().map(text).collect::<Vec<_>>().join(" "))
}

fn socket() -> Attach {
    Attach { carriage: Carriage::Socket, turn: None, after: None, auto: false, jitter: 0 }
}

#[test]
fn members_hear_what_is_said_and_others_do_not() {
    let hub = hub();
    let [a, b, c] = [1, 2, 3].map(|number| cell(&hub, number));
    assert!(hub.join(&a, "lobby") && hub.join(&b, "lobby") && hub.join(&c, "attic"));
    assert_eq!(say(&hub, "lobby", "hi"), 2);
    assert_eq!(say(&hub, "cellar", "anybody?"), 0);
    assert_eq!([&a, &b, &c].map(|cell| heard(cell)), ["hi", "hi", ""]);
    assert_eq!(hub.room_count(), 2);
}

#[test]
fn joining_twice_is_joining_once() {
    let hub = hub();
    let a = cell(&hub, 1);
    assert!(hub.join(&a, "lobby") && hub.join(&a, "lobby"));
    assert_eq!((say(&hub, "lobby", "hi"), heard(&a)), (1, "hi".to_owned()));
    assert!(hub.leave(&a, "lobby"));
    assert!(!hub.leave(&a, "lobby"));
    assert_eq!(say(&hub, "lobby", "gone"), 0);
}

#[test]
fn whoever_left_hears_no_more_and_the_others_do() {
    let hub = hub();
    let [a, b, c] = [1, 2, 3].map(|number| cell(&hub, number));
    for cell in [&a, &b, &c] {
        hub.join(cell, "lobby");
    }
    hub.leave(&a, "lobby");
    assert_eq!(say(&hub, "lobby", "hi"), 2);
    assert_eq!([&a, &b, &c].map(|cell| heard(cell)), ["", "hi", "hi"]);
}

#[test]
fn an_empty_room_vanishes() {
    let hub = hub();
    let [a, b] = [1, 2].map(|number| cell(&hub, number));
    hub.join(&a, "lobby");
    hub.join(&b, "lobby");
    hub.leave(&a, "lobby");
    assert_eq!(hub.room_count(), 1);
    hub.leave(&b, "lobby");
    assert_eq!(hub.room_count(), 0);
    hub.join(&a, "lobby");
    assert_eq!((hub.room_count(), say(&hub, "lobby", "hi")), (1, 1));
}

#[test]
fn a_session_enters_so_many_rooms_and_no_more() {
    let hub = hub();
    let a = cell(&hub, 1);
    for room in ["a", "b", "c"] {
        assert!(hub.join(&a, room));
    }
    assert!(!hub.join(&a, "d"));
    assert!(hub.join(&a, "c"), "it is in that one already");
    assert_eq!(hub.room_count(), 3, "a refused entry leaves no empty room");
    hub.leave(&a, "a");
    assert!(hub.join(&a, "d"));
}

#[test]
fn an_ended_session_is_in_no_room_and_enters_none() {
    let hub = hub();
    let [a, b] = [1, 2].map(|number| cell(&hub, number));
    for room in ["x", "y"] {
        hub.join(&a, room);
    }
    hub.join(&b, "y");
    a.act(|state, now| state.session.close(now, crate::session::Code::Closed, "done"));
    assert_eq!((hub.room_count(), say(&hub, "x", "hi"), say(&hub, "y", "hi")), (1, 0, 1));
    assert!(!hub.join(&a, "z") && !hub.leave(&a, "y"));
    assert_eq!(hub.room_count(), 1);
}

#[test]
fn all_members_hear_in_one_order() {
    let hub = hub();
    let cells: Vec<_> = (0..4).map(|number| cell(&hub, number)).collect();
    for cell in &cells {
        hub.join(cell, "lobby");
    }
    std::thread::scope(|scope| {
        for speaker in 0..4 {
            let hub = &hub;
            scope.spawn(move || {
                for number in 0..200 {
                    assert_eq!(say(hub, "lobby", &format!("{speaker}.{number}")), 4);
                }
            });
        }
    });
    let first = heard(&cells[0]);
    assert_eq!(first.split(' ').count(), 800);
    assert!(cells.iter().all(|cell| heard(cell) == first));
    for speaker in 0..4 {
        let own = first.split(' ').filter_map(|word| word.strip_prefix(&format!("{speaker}.")));
        assert!(own.eq((0..200).map(|number| number.to_string())), "each speaker's own order holds");
    }
}

#[test]
fn those_excepted_are_left_out_and_not_counted() {
    let hub = hub();
    let [a, b, c] = [1, 2, 3].map(|number| cell(&hub, number));
    for cell in [&a, &b, &c] {
        hub.join(cell, "lobby");
    }
    let stranger = PeerId::new(9);
    assert_eq!(hub.publish("lobby", &parcel("hi"), &[b.peer, stranger, a.peer], false), 1);
    assert_eq!([&a, &b, &c].map(|cell| heard(cell)), ["", "", "hi"]);
}

#[test]
fn volatile_reaches_only_those_who_can_take_it_now() {
    let hub = hub();
    let [there, away] = [1, 2].map(|number| cell(&hub, number));
    hub.join(&there, "lobby");
    hub.join(&away, "lobby");
    let link = there.attach(Carrier::Ws, socket()).unwrap();
    hub.publish("lobby", &parcel("v"), &[], true);
    assert_eq!([&there, &away].map(|cell| heard(cell)), ["v", ""]);
    drop(link);
    hub.publish("lobby", &parcel("w"), &[], true);
    assert_eq!([&there, &away].map(|cell| heard(cell)), ["v", ""]);
}

#[test]
fn one_slow_member_is_closed_and_the_broadcast_goes_on() {
    let hub = Hub::new(Rules { queue_messages: 2, ..Rules::default() }, Limits::default());
    let [slow, quick] = [1, 2].map(|number| cell(&hub, number));
    for cell in [&slow, &quick] {
        hub.join(cell, "lobby");
    }
    let link = quick.attach(Carrier::Ws, Attach { auto: true, ..socket() }).unwrap();
    for number in 0..5 {
        say(&hub, "lobby", &number.to_string());
        link.take(&mut Vec::new(), 64, None);
    }
    assert_eq!(slow.peek(|state| state.session.closed().map(|close| close.code.number())), Some(4008));
    assert_eq!(quick.peek(|state| (state.session.last(), state.session.is_closed())), (5, false));
    assert_eq!(say(&hub, "lobby", "on"), 1, "the closed one was taken out");
}

/// What a reader without a session finds behind a position: a message, or where to wait.
fn read(hub: &Hub, now: Moment, after: Option<u64>) -> Result<u64, u64> {
    match hub.rooms.read("lobby", now, after) {
        Tailed::Message { position, .. } => Ok(position),
        Tailed::Wait { after, .. } => Err(after),
    }
}

#[test]
fn a_room_that_is_read_stays_while_it_is_read() {
    let hub = hub();
    let start = read(&hub, Moment(0), None).unwrap_err();
    assert_eq!((hub.room_count(), hub.rooms.find("lobby").unwrap().is_empty()), (1, true));
    hub.rooms.sweep(Moment(59_999));
    assert_eq!(say(&hub, "lobby", "hi"), 0, "a reader is no member");
    assert_eq!(read(&hub, Moment(59_999), Some(start)), Ok(start + 1));
    hub.rooms.sweep(Moment(119_998));
    assert_eq!(hub.room_count(), 1);
    hub.rooms.sweep(Moment(119_999));
    assert_eq!(hub.room_count(), 0);
}

#[test]
fn members_come_and_go_without_ending_what_is_read() {
    let hub = hub();
    let a = cell(&hub, 1);
    hub.join(&a, "lobby");
    let start = read(&hub, Moment(0), None).unwrap_err();
    hub.leave(&a, "lobby");
    assert_eq!(hub.room_count(), 1);
    say(&hub, "lobby", "hi");
    assert_eq!(read(&hub, Moment(1), Some(start)), Ok(start + 1));
}

#[test]
fn a_room_with_members_stays_when_its_readers_are_gone() {
    let hub = hub();
    let a = cell(&hub, 1);
    hub.join(&a, "lobby");
    let room = hub.rooms.find("lobby").unwrap();
    read(&hub, Moment(0), None).unwrap_err();
    assert_eq!(hub.rooms.read.lock().len(), 1);
    read(&hub, Moment(0), None).unwrap_err();
    assert_eq!(hub.rooms.read.lock().len(), 1, "it is on the list once");
    hub.rooms.sweep(Moment(60_000));
    assert_eq!((hub.rooms.read.lock().len(), room.state.lock().tail.is_none()), (0, true));
    assert_eq!((hub.room_count(), say(&hub, "lobby", "hi"), room.len()), (1, 1, 1));
}

//! Messages that are worth nothing later: section 7 of the protocol.

use super::*;

/// A volatile message: what it says, the event it is, the room it comes from.
fn volatile(says: &str, event: &str, room: &str) -> Arc<Parcel> {
    let packet = format!("{says}{event}{room}");
    let (name, place) = (says.len()..says.len() + event.len(), says.len() + event.len()..packet.len());
    Arc::new(Parcel::text(packet.as_bytes(), &Marks { name, room: place, data: 0..0 }))
}

/// A session that was polled, last at this moment.
fn polled(now: Moment) -> Session {
    let mut session = session();
    let link = session.handle_attach(now, poll(0)).unwrap();
    assert_eq!(said(&mut session, now, link), "elapsed");
    session
}

fn next_answer(session: &mut Session, now: Moment) -> String {
    let link = session.handle_attach(now, poll(0)).unwrap();
    said(session, now, link)
}

#[test]
fn it_is_handed_over_where_a_carrier_can_take_it() {
    let mut session = session();
    push(&mut session, "a");
    let link = session.handle_attach(at(0), socket()).unwrap();
    assert!(session.push_volatile(at(0), parcel("v")));
    assert!(session.take_wake());
    push(&mut session, "b");
    assert_eq!(said(&mut session, at(0), link), "1:a 2:v 3:b idle");
}

#[test]
fn once_it_has_its_number_it_is_repeated_like_any_other() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    assert!(session.push_volatile(at(0), parcel("v")));
    assert_eq!(said(&mut session, at(0), link), "1:v idle");
    let link = session.handle_attach(at(9), socket()).unwrap();
    assert_eq!(said(&mut session, at(9), link), "1:v idle");
    session.handle_ack(at(9), 1).unwrap();
    assert_eq!(queued(&session), "");
}

#[test]
fn it_is_dropped_where_the_carrier_is_congested() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    session.handle_congestion(at(0), link, true);
    assert!(!session.push_volatile(at(0), parcel("v")));
    push(&mut session, "a");
    session.handle_congestion(at(0), link, false);
    assert!(session.push_volatile(at(0), parcel("w")));
    assert_eq!(said(&mut session, at(0), link), "1:a 2:w idle", "the dropped one has left no gap");
}

#[test]
fn congestion_ends_with_its_carrier() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    session.handle_congestion(at(0), link, true);
    session.handle_attach(at(0), socket()).unwrap();
    session.handle_congestion(at(0), link, true);
    assert!(session.push_volatile(at(0), parcel("v")));
}

#[test]
fn it_is_dropped_where_no_carrier_is() {
    let mut session = session();
    assert!(!session.push_volatile(at(0), parcel("v")), "nobody has come yet");
    for how in [socket(), stream()] {
        let link = session.handle_attach(at(0), how).unwrap();
        session.handle_detach(at(0), link);
        assert!(!session.push_volatile(at(0), parcel("v")), "nobody is there any more");
    }
    assert_eq!(next_answer(&mut session, at(1)), "elapsed");
}

#[test]
fn a_session_polled_a_moment_ago_keeps_it_for_the_next_answer() {
    let mut session = polled(at(0));
    assert!(session.push_volatile(at(2_000), parcel("v")));
    assert_eq!(session.last(), 0, "it has no number before it is handed over");
    assert!(!session.push_volatile(at(2_001), parcel("w")), "more than 2 s ago");
    assert_eq!(next_answer(&mut session, at(3_000)), "1:v elapsed");
    assert_eq!(next_answer(&mut session, at(3_001)), "1:v elapsed", "repeated until it is acknowledged");
}

#[test]
fn kept_is_the_newest_for_each_event_and_room() {
    let mut session = polled(at(0));
    let kept = [("1", "move", "a"), ("2", "move", "b"), ("3", "turn", "a"), ("4", "move", "a")];
    for (says, event, room) in kept {
        assert!(session.push_volatile(at(10), volatile(says, event, room)));
    }
    assert_eq!(next_answer(&mut session, at(20)), "1:2moveb 2:3turna 3:4movea elapsed");
}

#[test]
fn what_was_kept_comes_behind_all_that_waits() {
    let mut session = polled(at(0));
    assert!(session.push_volatile(at(1), parcel("v")));
    push(&mut session, "a b");
    assert_eq!(next_answer(&mut session, at(2)), "1:a 2:b 3:v elapsed");
}

#[test]
fn so_many_different_ones_are_kept_and_no_more() {
    let mut session = polled(at(0));
    for number in 0..64 {
        assert!(session.push_volatile(at(1), volatile("", &format!("e{number}"), "")));
    }
    assert!(!session.push_volatile(at(1), volatile("", "other", "")));
    assert!(
        session.push_volatile(at(1), volatile("new", "e0", "")),
        "a newer one takes the place of the older"
    );
    let answer = next_answer(&mut session, at(2));
    assert!(answer.starts_with("1:e1 2:e2 ") && answer.ends_with(" 64:newe0 elapsed"), "{answer}");
}

#[test]
fn a_stream_takes_what_was_kept_as_well() {
    let mut session = polled(at(0));
    assert!(session.push_volatile(at(1), parcel("v")));
    let link = session.handle_attach(at(2), stream()).unwrap();
    assert_eq!(said(&mut session, at(2), link), "1:v idle");
}

#[test]
fn parting_drops_what_was_kept() {
    let mut session = polled(at(0));
    assert!(session.push_volatile(at(1), parcel("v")));
    session.handle_timeout(at(35_000));
    assert_eq!(happened(&mut session), "parted");
    assert_eq!(next_answer(&mut session, at(35_001)), "elapsed");
}

#[test]
fn a_bound_that_is_reached_drops_the_message_and_not_the_session() {
    let mut session = session_with(|rules| rules.queue_messages = 1);
    session.handle_attach(at(0), socket()).unwrap();
    push(&mut session, "a");
    assert!(!session.push_volatile(at(0), parcel("v")));
    assert_eq!((session.is_closed(), queued(&session)), (false, "a".to_owned()));
}

#[test]
fn what_was_kept_does_not_end_a_session_either() {
    let mut session = session_with(|rules| rules.queue_messages = 1);
    let link = session.handle_attach(at(0), poll(0)).unwrap();
    session.handle_detach(at(0), link);
    assert!(session.push_volatile(at(0), volatile("1", "a", "")));
    assert!(session.push_volatile(at(0), volatile("2", "b", "")));
    assert_eq!(next_answer(&mut session, at(1)), "1:1a elapsed");
    assert!(!session.is_closed());
}

#[test]
fn nothing_is_taken_once_the_session_is_over() {
    let mut session = polled(at(0));
    assert!(session.push_volatile(at(1), parcel("v")));
    session.close(at(1), Code::Closed, "done");
    assert!(!session.push_volatile(at(1), parcel("w")));
    assert_eq!(next_answer(&mut session, at(2)), "close:4000");
}

//! What comes from the client: a counter for each carrier, repeats, gaps, and the acknowledgements owed.

use super::*;

/// A message finds a place with the handlers, or doesn't.
const ROOM: bool = true;
const FULL: bool = false;

fn take(lane: &mut Lane, session: &mut Session) -> Result<Verdict, Refusal> {
    lane.handle_message(session, 10, ROOM)
}

#[test]
fn a_batch_is_taken_once() {
    let mut session = session();
    assert_eq!(session.handle_receive(1, 3, 9), Ok(Received { repeats: 0, taken: 3 }));
    assert_eq!(session.handle_receive(1, 3, 9), Ok(Received { repeats: 3, taken: 0 }), "a retry is harmless");
    assert_eq!(session.handle_receive(2, 4, 9), Ok(Received { repeats: 2, taken: 2 }));
    assert_eq!(session.handle_receive(6, 0, 9), Ok(Received { repeats: 0, taken: 0 }));
    assert_eq!(session.taken(), 5);
}

#[test]
fn a_gap_takes_nothing() {
    let mut session = session();
    assert_eq!(session.handle_receive(2, 1, 9), Err(Refusal::Gap { taken: 0 }));
    session.handle_receive(1, 2, 9).unwrap();
    assert_eq!(session.handle_receive(4, 5, 9), Err(Refusal::Gap { taken: 2 }));
    assert_eq!(session.handle_receive(u64::MAX, 1, 9), Err(Refusal::Gap { taken: 2 }));
    assert_eq!(session.taken(), 2);
}

#[test]
fn what_the_handlers_have_no_room_for_is_not_taken() {
    let mut session = session();
    assert_eq!(session.handle_receive(1, 5, 2), Ok(Received { repeats: 0, taken: 2 }));
    assert_eq!(
        session.handle_receive(1, 5, 0),
        Ok(Received { repeats: 2, taken: 0 }),
        "repeats need no room"
    );
    assert_eq!(session.handle_receive(1, 5, 9), Ok(Received { repeats: 2, taken: 3 }));
    assert_eq!(session.taken(), 5);
}

#[test]
fn on_the_carrier_that_opened_the_session_messages_count_from_one() {
    let mut session = session();
    let mut lane = Lane::opening();
    assert_eq!(take(&mut lane, &mut session), Ok(Verdict::Take));
    assert_eq!(take(&mut lane, &mut session), Ok(Verdict::Take));
    assert_eq!(session.taken(), 2);
    // The opening is raced over two carriers: the other one counts from 1 again.
    let mut other = Lane::opening();
    assert_eq!(take(&mut other, &mut session), Ok(Verdict::Repeat));
    assert_eq!(take(&mut other, &mut session), Ok(Verdict::Repeat));
    assert_eq!(take(&mut other, &mut session), Ok(Verdict::Take));
    assert_eq!(session.taken(), 3);
}

#[test]
fn on_a_resumed_carrier_from_comes_first() {
    let mut session = session();
    session.handle_receive(1, 3, 9).unwrap();
    let mut lane = Lane::resumed();
    assert_eq!(take(&mut lane, &mut session), Err(Refusal::NoFrom));
    lane.handle_from(3, &session).unwrap();
    assert_eq!(take(&mut lane, &mut session), Ok(Verdict::Repeat));
    assert_eq!(take(&mut lane, &mut session), Ok(Verdict::Take));
    assert_eq!(session.taken(), 4);
}

#[test]
fn from_may_leave_nothing_out() {
    let mut session = session();
    session.handle_receive(1, 3, 9).unwrap();
    let mut lane = Lane::resumed();
    assert_eq!(lane.handle_from(5, &session), Err(Refusal::Gap { taken: 3 }));
    assert_eq!(take(&mut lane, &mut session), Err(Refusal::NoFrom), "a refused `from` sets nothing");
    lane.handle_from(4, &session).unwrap();
    assert_eq!(take(&mut lane, &mut session), Ok(Verdict::Take));
    assert_eq!(lane.handle_from(6, &session), Err(Refusal::Gap { taken: 4 }));
    assert_eq!(take(&mut lane, &mut session), Ok(Verdict::Take), "the counter goes on as before");
    assert_eq!(session.taken(), 5);
}

#[test]
fn each_carrier_has_a_counter_of_its_own() {
    let mut session = session();
    session.handle_receive(1, 4, 9).unwrap();
    // A POST with 5 and 6 is under way while a WebSocket takes over and repeats them.
    let mut socket = Lane::resumed();
    socket.handle_from(5, &session).unwrap();
    assert_eq!(take(&mut socket, &mut session), Ok(Verdict::Take));
    assert_eq!(session.handle_receive(5, 2, 9), Ok(Received { repeats: 1, taken: 1 }));
    assert_eq!(take(&mut socket, &mut session), Ok(Verdict::Repeat), "its own next one is 6");
    assert_eq!(take(&mut socket, &mut session), Ok(Verdict::Take));
    assert_eq!(session.taken(), 7);
}

#[test]
fn busy_is_said_once_and_drops_until_the_next_from() {
    let mut session = session();
    let mut lane = Lane::opening();
    assert_eq!(take(&mut lane, &mut session), Ok(Verdict::Take));
    assert_eq!(lane.handle_message(&mut session, 10, FULL), Ok(Verdict::Busy));
    assert_eq!(lane.handle_message(&mut session, 10, FULL), Ok(Verdict::Dropped));
    assert_eq!(take(&mut lane, &mut session), Ok(Verdict::Dropped), "this one would have left a gap");
    assert_eq!(session.taken(), 1);
    lane.handle_from(2, &session).unwrap();
    assert_eq!(take(&mut lane, &mut session), Ok(Verdict::Take));
    assert_eq!(lane.handle_message(&mut session, 10, FULL), Ok(Verdict::Busy), "a new `from`, a new notice");
    assert_eq!(session.taken(), 2);
}

#[test]
fn a_refused_from_leaves_a_busy_carrier_busy() {
    let mut session = session();
    let mut lane = Lane::opening();
    assert_eq!(lane.handle_message(&mut session, 10, FULL), Ok(Verdict::Busy));
    assert_eq!(lane.handle_from(2, &session), Err(Refusal::Gap { taken: 0 }));
    assert_eq!(take(&mut lane, &mut session), Ok(Verdict::Dropped));
}

#[test]
fn a_repeat_needs_no_room() {
    let mut session = session();
    session.handle_receive(1, 1, 9).unwrap();
    let mut lane = Lane::opening();
    assert_eq!(lane.handle_message(&mut session, 10, FULL), Ok(Verdict::Repeat));
    assert_eq!(lane.handle_message(&mut session, 10, FULL), Ok(Verdict::Busy));
}

#[test]
fn an_acknowledgement_is_due_after_32_messages() {
    let mut session = session();
    let rules = Rules::default();
    let mut lane = Lane::opening();
    assert!(!lane.owes_ack());
    for number in 1..=32 {
        assert!(!lane.is_ack_due(&rules), "before message {number}");
        take(&mut lane, &mut session).unwrap();
        assert!(lane.owes_ack());
    }
    assert!(lane.is_ack_due(&rules));
    lane.acked();
    assert!(!lane.is_ack_due(&rules) && !lane.owes_ack());
}

#[test]
fn an_acknowledgement_is_due_after_64_kib() {
    let mut session = session();
    let rules = Rules::default();
    let mut lane = Lane::opening();
    lane.handle_message(&mut session, (64 << 10) - 1, ROOM).unwrap();
    assert!(!lane.is_ack_due(&rules));
    lane.handle_message(&mut session, 1, ROOM).unwrap();
    assert!(lane.is_ack_due(&rules));
    lane.acked();
    assert!(!lane.is_ack_due(&rules));
    lane.handle_message(&mut session, usize::MAX, ROOM).unwrap();
    lane.handle_message(&mut session, usize::MAX, ROOM).unwrap();
    assert!(lane.is_ack_due(&rules), "the sum doesn't wrap");
}

#[test]
fn repeats_are_acknowledged_like_anything_else_and_what_is_dropped_is_not() {
    let mut session = session();
    session.handle_receive(1, 2, 9).unwrap();
    let mut lane = Lane::opening();
    take(&mut lane, &mut session).unwrap();
    assert!(lane.owes_ack(), "the client repeated it because it has no acknowledgement");
    lane.acked();
    lane.handle_from(3, &session).unwrap();
    lane.handle_message(&mut session, 10, FULL).unwrap();
    take(&mut lane, &mut session).unwrap();
    assert!(!lane.owes_ack());
}

#[test]
fn an_acknowledgement_is_due_after_5_s() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    session.handle_receive(1, 1, 9).unwrap();
    session.owe_ack(at(100), link);
    session.handle_receive(2, 1, 9).unwrap();
    session.owe_ack(at(4_000), link);
    assert_eq!(session.poll_timeout(), Some(at(5_100)), "more messages don't postpone it");
    session.handle_timeout(at(5_099));
    assert_eq!((session.take_wake(), said(&mut session, at(5_099), link)), (false, "idle".to_owned()));
    session.handle_timeout(at(5_100));
    assert!(session.take_wake());
    push(&mut session, "a");
    assert_eq!(said(&mut session, at(5_100), link), "ack:2 1:a idle");
    assert_eq!(said(&mut session, at(5_100), link), "idle", "once");
}

#[test]
fn an_acknowledgement_that_went_out_ahead_of_its_time_is_not_repeated() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    session.handle_receive(1, 1, 9).unwrap();
    session.owe_ack(at(0), link);
    session.ack_sent(link);
    session.handle_timeout(at(5_000));
    assert_eq!(said(&mut session, at(5_000), link), "idle");
    session.owe_ack(at(5_000), link);
    session.handle_timeout(at(10_000));
    session.ack_sent(link);
    assert_eq!(said(&mut session, at(10_000), link), "idle");
}

#[test]
fn a_session_that_is_over_takes_nothing() {
    let mut session = session();
    session.handle_receive(1, 1, 9).unwrap();
    session.close(at(0), Code::Closed, "done");
    let close = Close { code: Code::Closed, reason: "done".into(), last: 0, received: 1 };
    assert_eq!(session.handle_receive(2, 1, 9), Err(Refusal::Closed(close.clone())));
    assert_eq!(take(&mut Lane::opening(), &mut session), Err(Refusal::Closed(close)));
    assert_eq!(session.taken(), 1);
}

#[test]
fn what_came_by_a_way_without_an_answer_is_acknowledged_at_once_on_what_is_attached() {
    let mut session = session();
    let link = session.handle_attach(at(0), poll(25_000)).unwrap();
    assert_eq!(said(&mut session, at(0), link), "idle");
    session.take_wake();
    session.handle_receive(1, 2, 9).unwrap();
    session.owe_ack_now();
    assert!(session.take_wake(), "a held poll is completed");
    assert_eq!(said(&mut session, at(1), link), "ack:2 idle");
    assert_eq!(said(&mut session, at(60_000), link), "elapsed", "once");
}

#[test]
fn with_nothing_attached_it_is_acknowledged_on_what_comes_next() {
    let mut session = session();
    session.handle_receive(1, 1, 9).unwrap();
    session.owe_ack_now();
    assert!(!session.take_wake());
    // What is superseded before it was asked leaves the acknowledgement to what supersedes it.
    let before = session.handle_attach(at(0), poll(25_000)).unwrap();
    let link = session.handle_attach(at(0), stream()).unwrap();
    assert_eq!(said(&mut session, at(0), before), "moved:2");
    push(&mut session, "a");
    assert_eq!(said(&mut session, at(0), link), "ack:1 1:a idle");
    // One that takes more is none the worse for having nothing new to tell.
    session.owe_ack_now();
    assert_eq!(said(&mut session, at(0), link), "ack:1 idle");
}

#[test]
fn a_session_that_is_over_owes_nothing() {
    let mut session = session();
    session.close(at(0), Code::Closed, "bye");
    session.owe_ack_now();
    let link = session.handle_attach(at(0), poll(0)).unwrap();
    assert_eq!(said(&mut session, at(0), link), "close:4000");
}

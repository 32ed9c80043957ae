//! The bounds of a session's queue: section 7 of the protocol.

use super::*;

fn of_size(bytes: usize) -> Arc<Parcel> {
    parcel(&"x".repeat(bytes))
}

#[test]
fn an_empty_queue_admits_one_message_of_any_size() {
    let mut session = session_with(|rules| rules.queue_bytes = 1);
    assert_eq!(session.push(at(0), of_size(100_000)), Ok(1));
    let close = session.push(at(0), of_size(0)).unwrap_err();
    assert_eq!(close.code, Code::Slow);
}

#[test]
fn an_empty_queue_admits_one_message_whatever_the_bound_on_messages() {
    let mut session = session_with(|rules| rules.queue_messages = 0);
    assert_eq!(session.push(at(0), of_size(1)), Ok(1));
    session.push(at(0), of_size(1)).unwrap_err();
}

#[test]
fn bytes_are_bounded_to_the_byte() {
    let weight = of_size(100).weight();
    let mut session = session_with(|rules| rules.queue_bytes = 3 * weight);
    for seq in 1..=3 {
        assert_eq!(session.push(at(0), of_size(100)), Ok(seq));
    }
    assert_eq!(session.outbox().bytes(), 3 * weight);
    assert_eq!(session.push(at(0), of_size(0)).map_err(|close| close.code), Err(Code::Slow));
}

#[test]
fn messages_are_bounded() {
    let mut session = session_with(|rules| rules.queue_messages = 5);
    push(&mut session, "a b c d e");
    assert_eq!(session.outbox().len(), 5);
    let close = session.push(at(0), parcel("f")).unwrap_err();
    assert_eq!((close.code, close.last), (Code::Slow, 5));
    assert!(close.reason.contains("5 messages") && close.reason.contains("open a new session"), "{close:?}");
}

#[test]
fn what_is_acknowledged_makes_room_and_what_is_written_does_not() {
    let weight = of_size(10).weight();
    let mut session = session_with(|rules| rules.queue_bytes = 2 * weight);
    let link = session.handle_attach(at(0), socket()).unwrap();
    for seq in (2..40).step_by(2) {
        session.push(at(0), of_size(10)).unwrap();
        assert_eq!(session.push(at(0), of_size(10)), Ok(seq));
        said(&mut session, at(0), link);
        assert_eq!(session.outbox().bytes(), 2 * weight);
        session.handle_ack(at(0), seq).unwrap();
        assert_eq!((session.outbox().bytes(), session.outbox().is_empty()), (0, true));
    }
    session.push(at(0), of_size(10)).unwrap();
    session.push(at(0), of_size(10)).unwrap();
    said(&mut session, at(0), link);
    session.push(at(0), of_size(10)).unwrap_err();
}

#[test]
fn the_defaults_are_those_of_the_protocol() {
    let rules = Rules::default();
    assert_eq!((rules.queue_bytes, rules.resume, rules.parting), (4 << 20, 60_000, 35_000));
    assert_eq!((rules.ack_messages, rules.ack_bytes, rules.ack_after), (32, 64 << 10, 5_000));
    assert_eq!((rules.ping, rules.grace, rules.volatile_keep), (25_000, 10_000, 2_000));
}

#[test]
fn every_queued_message_is_found_by_its_number() {
    let mut session = session();
    push(&mut session, "a b c");
    let link = session.handle_attach(at(0), socket()).unwrap();
    said(&mut session, at(0), link);
    session.handle_ack(at(0), 1).unwrap();
    let found = |seq| session.outbox().message(seq).map(|parcel| text(parcel));
    assert_eq!([0, 1, 2, 3, 4, u64::MAX].map(found), [None, None, Some("b"), Some("c"), None, None]);
    assert_eq!((session.outbox().acked(), session.outbox().sent(), session.last()), (1, 3, 3));
}

//! The end of a session and its tombstone: section 8 of the protocol.

use super::*;

const WINDOW: u64 = 60_000;

#[test]
fn a_close_comes_behind_all_messages_before_it() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    push(&mut session, "a b");
    session.take_wake();
    session.close(at(0), Code::Closed, "that was all");
    assert!(session.take_wake());
    assert_eq!(said(&mut session, at(0), link), "1:a 2:b close:4000");
    assert_eq!(session.link(), None);
}

#[test]
fn the_notice_tells_how_far_each_side_was() {
    let mut session = session();
    session.handle_receive(1, 3, 9).unwrap();
    push(&mut session, "a b");
    session.close(at(0), Code::Other(4321), "enough");
    let close = Close { code: Code::Other(4321), reason: "enough".into(), last: 2, received: 3 };
    assert_eq!(session.closed(), Some(&close));
    let link = session.handle_attach(at(0), poll(0)).unwrap();
    assert!(matches!(session.poll_transmit(at(0), link), Transmit::Parcel(1, _)));
    assert!(matches!(session.poll_transmit(at(0), link), Transmit::Parcel(2, _)));
    assert!(matches!(session.poll_transmit(at(0), link), Transmit::Close(told) if told == close));
}

#[test]
fn the_first_close_stands() {
    let mut session = session();
    session.close(at(0), Code::Unauthorized, "no");
    session.close(at(5), Code::Closed, "bye");
    assert_eq!(session.closed().map(|close| close.code), Some(Code::Unauthorized));
    assert_eq!(happened(&mut session), "closed:4001");
    assert_eq!(session.push(at(5), parcel("a")).map_err(|close| close.code), Err(Code::Unauthorized));
}

#[test]
fn what_was_not_acknowledged_when_it_ended_is_told() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    push(&mut session, "a b c");
    assert_eq!(said(&mut session, at(0), link), "1:a 2:b 3:c idle");
    session.handle_ack(at(0), 1).unwrap();
    session.close(at(0), Code::Fault, "a handler failed");
    let goodbye = goodbye(&mut session);
    assert_eq!((goodbye.code, &*goodbye.reason), (Code::Fault, "a handler failed"));
    assert_eq!(goodbye.undelivered.iter().map(|parcel| text(parcel)).collect::<Vec<_>>(), ["b", "c"]);
}

#[test]
fn a_tombstone_delivers_what_is_left_to_whoever_comes() {
    let mut session = session();
    push(&mut session, "a b c");
    session.close(at(0), Code::Closed, "done");
    let first = session.handle_attach(at(0), poll(25_000)).unwrap();
    assert_eq!(said(&mut session, at(0), first), "1:a 2:b 3:c close:4000");
    // The answer was lost on the way: it is asked for again.
    let second = session.handle_attach(at(10), Attach { after: Some(1), ..socket() }).unwrap();
    assert_eq!(said(&mut session, at(10), second), "2:b 3:c close:4000");
}

#[test]
fn a_tombstone_is_not_forgotten_before_the_window_ends() {
    let mut session = session();
    push(&mut session, "a");
    session.close(at(0), Code::Closed, "done");
    happened(&mut session);
    let link = session.handle_attach(at(0), poll(0)).unwrap();
    assert_eq!(said(&mut session, at(0), link), "1:a close:4000");
    session.handle_ack(at(1), 1).unwrap();
    assert_eq!(session.poll_timeout(), Some(at(WINDOW)), "even with everything acknowledged");
    for millis in [1, 30_000, WINDOW - 1] {
        session.handle_timeout(at(millis));
        let link = session.handle_attach(at(millis), poll(0)).unwrap();
        assert_eq!(said(&mut session, at(millis), link), "close:4000");
    }
    assert_eq!(happened(&mut session), "");
    session.handle_timeout(at(WINDOW));
    assert_eq!((happened(&mut session), session.is_gone()), ("gone".to_owned(), true));
    assert_eq!(session.poll_timeout(), None);
}

#[test]
fn a_tombstone_neither_parts_nor_resumes() {
    let mut session = session();
    let link = session.handle_attach(at(0), stream()).unwrap();
    session.close(at(0), Code::Closed, "done");
    session.handle_detach(at(5), link);
    session.handle_attach(at(50_000), socket()).unwrap();
    assert_eq!(happened(&mut session), "closed:4000");
}

#[test]
fn a_parted_session_can_be_closed_too() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    session.handle_detach(at(0), link);
    session.close(at(50_000), Code::Closed, "done");
    session.handle_timeout(at(60_000));
    assert_eq!((happened(&mut session), session.is_gone()), ("parted closed:4000".to_owned(), false));
    assert_eq!(session.poll_timeout(), Some(at(110_000)));
    session.handle_attach(at(60_001), socket()).unwrap();
    assert_eq!(happened(&mut session), "", "what is over is not resumed");
}

#[test]
fn a_carrier_that_is_still_there_when_the_tombstone_goes_is_told_the_end() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    push(&mut session, "a");
    session.handle_congestion(at(0), link, true);
    session.close(at(0), Code::Closed, "done");
    session.take_wake();
    session.handle_heard(at(59_000), link);
    session.handle_timeout(at(WINDOW));
    assert!(session.take_wake());
    assert_eq!(said(&mut session, at(WINDOW), link), "close:4000", "not that the delivery moved elsewhere");
}

#[test]
fn the_slow_are_closed_with_4008_and_the_queue_is_dropped() {
    let mut session = session_with(|rules| rules.queue_messages = 2);
    push(&mut session, "a b");
    let link = session.handle_attach(at(0), socket()).unwrap();
    assert!(matches!(session.poll_transmit(at(0), link), Transmit::Parcel(1, _)));
    let close = session.push(at(7), parcel("c")).unwrap_err();
    assert_eq!((close.code, close.last), (Code::Slow, 2), "the one that was refused has no number");
    assert!(session.outbox().is_empty() && session.outbox().bytes() == 0);
    assert!(session.take_wake());
    assert_eq!(said(&mut session, at(7), link), "close:4008");
    let goodbye = goodbye(&mut session);
    assert_eq!(goodbye.undelivered.iter().map(|parcel| text(parcel)).collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn the_code_4008_is_kept_for_the_window() {
    let mut session = session_with(|rules| rules.queue_messages = 1);
    push(&mut session, "a");
    session.push(at(0), parcel("b")).unwrap_err();
    for (millis, after) in [(0, None), (20_000, Some(0)), (59_999, Some(1))] {
        session.handle_timeout(at(millis));
        let link = session.handle_attach(at(millis), Attach { after, ..poll(0) }).unwrap();
        assert_eq!(said(&mut session, at(millis), link), "close:4008");
    }
    assert_eq!(session.push(at(1), parcel("c")).map_err(|close| close.code), Err(Code::Slow));
}

#[test]
fn codes_and_their_numbers() {
    let named = [
        (Code::Closed, 4000),
        (Code::Unauthorized, 4001),
        (Code::Malformed, 4002),
        (Code::Draining, 4003),
        (Code::Unknown, 4004),
        (Code::Moved, 4006),
        (Code::Slow, 4008),
        (Code::TooMany, 4009),
        (Code::Fault, 4011),
        (Code::Other(4005), 4005),
    ];
    for (code, number) in named {
        assert_eq!((code.number(), Code::from(number)), (number, code));
    }
}

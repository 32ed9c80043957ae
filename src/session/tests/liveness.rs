//! Pings, silence, and clients that stop acknowledging: sections 5 and 6 of the protocol.

use super::*;

const SECOND: u64 = 1_000;

/// Lets the deadline at `now` take effect and tells what the carrier is to write.
fn step(session: &mut Session, now: Moment, link: LinkId) -> String {
    session.handle_timeout(now);
    said(session, now, link)
}

#[test]
fn the_first_ping_comes_at_a_random_moment_of_the_second_half() {
    for (jitter, first) in [(0, 12_500), (u16::MAX / 2, 18_749), (u16::MAX, 25_000)] {
        for how in [socket(), stream()] {
            let mut session = session();
            let link = session.handle_attach(at(0), Attach { jitter, ..how }).unwrap();
            assert_eq!(session.poll_timeout(), Some(at(first)));
            assert_eq!(step(&mut session, at(first - 1), link), "idle");
            assert_eq!(step(&mut session, at(first), link), "ping:1 idle");
        }
    }
}

#[test]
fn the_first_ping_comes_even_where_there_was_no_silence() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    push(&mut session, "a");
    assert_eq!(said(&mut session, at(12_499), link), "1:a idle");
    assert_eq!(step(&mut session, at(12_500), link), "ping:1 idle");
}

#[test]
fn later_pings_come_only_after_silence() {
    let mut session = session();
    let link = session.handle_attach(at(0), stream()).unwrap();
    assert_eq!(step(&mut session, at(12_500), link), "ping:1 idle");
    push(&mut session, "a");
    assert_eq!(said(&mut session, at(30 * SECOND), link), "1:a idle");
    assert_eq!(step(&mut session, at(37_500), link), "idle", "7.5 s after a message");
    assert_eq!(session.poll_timeout(), Some(at(55 * SECOND)));
    assert_eq!(step(&mut session, at(55 * SECOND), link), "ping:2 idle");
    assert_eq!(session.poll_timeout(), Some(at(80 * SECOND)));
    assert_eq!(step(&mut session, at(80 * SECOND), link), "ping:3 idle");
}

#[test]
fn a_ping_waits_behind_messages_and_is_due_once() {
    let mut session = session();
    let link = session.handle_attach(at(0), stream()).unwrap();
    session.handle_timeout(at(12_500));
    assert!(session.take_wake());
    assert_eq!(session.poll_timeout(), None, "the driver was told, nothing else is set");
    session.handle_timeout(at(13_000));
    assert!(!session.take_wake());
    push(&mut session, "a");
    assert_eq!(said(&mut session, at(13_000), link), "1:a ping:1 idle");
}

#[test]
fn a_poll_is_not_pinged() {
    let mut session = session();
    let link = session.handle_attach(at(0), poll(55 * SECOND)).unwrap();
    assert_eq!(session.poll_timeout(), Some(at(55 * SECOND)));
    assert_eq!(step(&mut session, at(50 * SECOND), link), "idle");
}

#[test]
fn silence_detaches_a_websocket() {
    let mut session = session();
    push(&mut session, "a");
    let link = session.handle_attach(at(0), socket()).unwrap();
    assert_eq!(said(&mut session, at(0), link), "1:a idle");
    session.handle_heard(at(7 * SECOND), link);
    assert_eq!(step(&mut session, at(12_500), link), "ping:1 idle");
    assert_eq!(step(&mut session, at(37_500), link), "ping:2 idle");
    assert_eq!(session.poll_timeout(), Some(at(42 * SECOND)), "35 s after the last sign of life");
    session.handle_timeout(at(41_999));
    assert_eq!(session.link(), Some(link));
    session.take_wake();
    session.handle_timeout(at(42 * SECOND));
    assert!(session.take_wake());
    assert_eq!(said(&mut session, at(42 * SECOND), link), "silent");
    assert_eq!((session.link(), happened(&mut session)), (None, "parted".to_owned()));
    assert_eq!(queued(&session), "a");
}

#[test]
fn a_stream_has_nothing_to_be_heard_on() {
    let mut session = session();
    let link = session.handle_attach(at(0), stream()).unwrap();
    assert_eq!(step(&mut session, at(12_500), link), "ping:1 idle");
    for ping in 2..10 {
        let now = at(12_500 + (ping - 1) * 25 * SECOND);
        assert_eq!(step(&mut session, now, link), format!("ping:{ping} idle"));
    }
}

#[test]
fn the_carrier_that_follows_a_silent_one_is_not_told_of_it() {
    let mut session = session();
    let silent = session.handle_attach(at(0), socket()).unwrap();
    session.handle_timeout(at(35 * SECOND));
    let next = session.handle_attach(at(36 * SECOND), socket()).unwrap();
    assert_eq!(said(&mut session, at(36 * SECOND), next), "idle");
    assert_eq!(said(&mut session, at(36 * SECOND), silent), "silent");
    session.handle_detach(at(36 * SECOND), silent);
    assert_eq!(session.link(), Some(next));
}

#[test]
fn a_pong_tells_the_round_trip_time() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    session.handle_pong(at(5), link, 0);
    assert_eq!(session.rtt(), None, "an answer to no ping");
    assert_eq!(step(&mut session, at(12_500), link), "ping:1 idle");
    session.handle_pong(at(12_580), link, 7);
    assert_eq!(session.rtt(), None, "nor is this one");
    session.handle_pong(at(12_580), link, 1);
    assert_eq!(session.rtt(), Some(80));
}

#[test]
fn a_client_that_has_acknowledged_and_stops_is_left() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    push(&mut session, "a b");
    assert_eq!(said(&mut session, at(100), link), "1:a 2:b idle");
    session.handle_ack(at(200), 1).unwrap();
    assert_eq!(session.poll_timeout(), Some(at(10_200)), "the grace counts anew with each progress");
    session.handle_ack(at(300), 1).unwrap();
    session.handle_heard(at(10_000), link);
    session.handle_timeout(at(10_199));
    assert_eq!(session.link(), Some(link));
    session.handle_timeout(at(10_200));
    assert_eq!(said(&mut session, at(10_200), link), "unacknowledged");
    assert_eq!((happened(&mut session), queued(&session)), ("parted".to_owned(), "b".to_owned()));
    let link = session.handle_attach(at(11_000), poll(0)).unwrap();
    assert_eq!(said(&mut session, at(11_000), link), "2:b elapsed", "repeated on another carrier");
}

#[test]
fn two_round_trips_are_granted_beyond_the_grace() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    assert_eq!(step(&mut session, at(12_500), link), "ping:1 idle");
    session.handle_pong(at(14_000), link, 1);
    push(&mut session, "a b");
    assert_eq!(said(&mut session, at(15_000), link), "1:a 2:b idle");
    session.handle_ack(at(15_000), 1).unwrap();
    session.handle_heard(at(15_000), link);
    assert_eq!(session.poll_timeout(), Some(at(28_000)));
    session.handle_timeout(at(27_999));
    assert_eq!(session.link(), Some(link));
    session.handle_timeout(at(28_000));
    assert_eq!(said(&mut session, at(28_000), link), "unacknowledged");
}

#[test]
fn a_client_that_never_acknowledges_is_left_alone() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    push(&mut session, "a");
    assert_eq!(said(&mut session, at(0), link), "1:a idle");
    session.handle_ack(at(0), 0).unwrap();
    for second in 1..300 {
        session.handle_heard(at(second * SECOND), link);
        session.handle_timeout(at(second * SECOND));
        assert!(!said(&mut session, at(second * SECOND), link).contains("unack"));
    }
    assert_eq!(session.link(), Some(link), "a person at a terminal answers nothing");
}

#[test]
fn with_nothing_in_flight_there_is_nothing_to_acknowledge() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    push(&mut session, "a b");
    assert_eq!(said(&mut session, at(0), link), "1:a 2:b idle");
    session.handle_ack(at(10), 2).unwrap();
    session.handle_heard(at(11 * SECOND), link);
    session.handle_timeout(at(11 * SECOND));
    assert_eq!(session.link(), Some(link));
    push(&mut session, "c");
    assert_eq!(said(&mut session, at(12 * SECOND), link), "3:c idle");
    session.handle_heard(at(21 * SECOND), link);
    session.handle_timeout(at(21_999));
    assert_eq!(
        session.link(),
        Some(link),
        "the time counts from the message, not from the last acknowledgement"
    );
    session.handle_timeout(at(22 * SECOND));
    assert_eq!(said(&mut session, at(22 * SECOND), link), "unacknowledged");
}

#[test]
fn more_messages_do_not_postpone_it() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    push(&mut session, "a b");
    assert_eq!(said(&mut session, at(0), link), "1:a 2:b idle");
    session.handle_ack(at(0), 1).unwrap();
    push(&mut session, "c");
    assert_eq!(said(&mut session, at(6 * SECOND), link), "3:c idle");
    assert_eq!(session.poll_timeout(), Some(at(10 * SECOND)));
}

#[test]
fn that_a_carrier_acknowledges_is_learnt_anew_on_each() {
    let mut session = session();
    let first = session.handle_attach(at(0), socket()).unwrap();
    push(&mut session, "a b");
    assert_eq!(said(&mut session, at(0), first), "1:a 2:b idle");
    session.handle_ack(at(0), 1).unwrap();
    let second = session.handle_attach(at(0), socket()).unwrap();
    assert_eq!(said(&mut session, at(0), second), "2:b idle");
    session.handle_heard(at(20 * SECOND), second);
    session.handle_timeout(at(20 * SECOND));
    assert_eq!(session.link(), Some(second));
}

#[test]
fn what_an_early_acknowledgement_covers_is_not_awaited_again() {
    let mut session = session();
    push(&mut session, "a b c");
    let first = session.handle_attach(at(0), socket()).unwrap();
    assert_eq!(said(&mut session, at(0), first), "1:a 2:b 3:c idle");
    let second = session.handle_attach(at(0), socket()).unwrap();
    assert!(matches!(session.poll_transmit(at(0), second), Transmit::Parcel(1, _)));
    session.handle_ack(at(0), 3).unwrap();
    assert_eq!(said(&mut session, at(5), second), "2:b 3:c idle");
    session.handle_heard(at(20 * SECOND), second);
    session.handle_timeout(at(20 * SECOND));
    assert_eq!(session.link(), Some(second), "all of it was acknowledged");
}

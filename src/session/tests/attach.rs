//! Turns, rewinding and acknowledging: section 5 of the protocol.

use super::*;

#[test]
fn without_a_turn_an_attach_takes_the_next_one() {
    let mut session = session();
    assert_eq!(session.turn(), 0);
    session.handle_attach(at(0), socket()).unwrap();
    assert_eq!(session.turn(), 1);
    session.handle_attach(at(0), Attach { turn: Some(7), ..socket() }).unwrap();
    session.handle_attach(at(0), socket()).unwrap();
    assert_eq!(session.turn(), 8);
}

#[test]
fn a_lower_turn_is_stale_and_leaves_everything_as_it_was() {
    let mut session = session();
    push(&mut session, "a b");
    let link = session.handle_attach(at(0), Attach { turn: Some(5), ..socket() }).unwrap();
    assert_eq!(said(&mut session, at(0), link), "1:a 2:b idle");
    session.take_wake();
    let late = |after| Attach { turn: Some(4), after: Some(after), ..poll(0) };
    for after in [0, 1, 2, 99] {
        // Even an `after` that would be refused by itself: it isn't read.
        assert_eq!(session.handle_attach(at(1), late(after)), Err(Refusal::Stale { turn: 5 }));
    }
    assert_eq!((session.turn(), session.link(), session.outbox().acked()), (5, Some(link), 0));
    assert_eq!(said(&mut session, at(1), link), "idle");
    assert!(!session.take_wake());
}

#[test]
fn an_equal_turn_is_a_retry_and_replaces_itself() {
    let mut session = session();
    push(&mut session, "a b");
    let how = Attach { turn: Some(3), ..poll(1000) };
    let first = session.handle_attach(at(0), how).unwrap();
    assert_eq!(said(&mut session, at(0), first), "1:a 2:b idle");
    session.take_wake();
    let second = session.handle_attach(at(1), Attach { after: Some(1), ..how }).unwrap();
    assert_ne!(first, second);
    assert!(session.take_wake(), "the driver of the first one has to learn that it is over");
    assert_eq!(said(&mut session, at(1), first), "moved:3");
    assert_eq!(said(&mut session, at(1), second), "2:b idle");
    assert_eq!((session.turn(), session.outbox().acked()), (3, 1));
}

#[test]
fn a_higher_turn_wins_and_the_carrier_before_it_is_released_at_once() {
    let mut session = session();
    let first = session.handle_attach(at(0), Attach { turn: Some(1), ..poll(25_000) }).unwrap();
    assert_eq!(said(&mut session, at(0), first), "idle");
    let second = session.handle_attach(at(10), Attach { turn: Some(9), ..socket() }).unwrap();
    push(&mut session, "a");
    assert!(session.take_wake());
    assert_eq!(said(&mut session, at(10), first), "moved:9");
    assert_eq!(said(&mut session, at(10), second), "1:a idle");
    assert_eq!((session.link(), session.carriage()), (Some(second), Some(Carriage::Socket)));
    assert_eq!(happened(&mut session), "", "a session that is moved is not parted");
}

#[test]
fn a_carrier_superseded_long_ago_is_told_the_turn_that_has_the_delivery() {
    let mut session = session();
    let [first, second, third] =
        [2, 4, 6].map(|turn| session.handle_attach(at(0), Attach { turn: Some(turn), ..socket() }).unwrap());
    assert_eq!(said(&mut session, at(0), first), "moved:6");
    assert_eq!(said(&mut session, at(0), second), "moved:6");
    assert_eq!(said(&mut session, at(0), third), "idle");
}

#[test]
fn the_end_of_a_superseded_carrier_changes_nothing() {
    let mut session = session();
    let first = session.handle_attach(at(0), socket()).unwrap();
    let second = session.handle_attach(at(1), socket()).unwrap();
    session.handle_detach(at(2), first);
    session.handle_congestion(at(0), first, true);
    session.owe_ack(at(2), first);
    session.ack_sent(first);
    session.handle_heard(at(2), first);
    session.handle_pong(at(2), first, 0);
    push(&mut session, "a");
    assert_eq!(said(&mut session, at(10_000), second), "1:a idle");
    assert_eq!((session.link(), happened(&mut session)), (Some(second), String::new()));
}

#[test]
fn attaching_rewinds_to_the_last_message_the_client_has() {
    let mut session = session();
    push(&mut session, "a b c d");
    let first = session.handle_attach(at(0), socket()).unwrap();
    assert_eq!(said(&mut session, at(0), first), "1:a 2:b 3:c 4:d idle");
    session.handle_detach(at(0), first);
    assert_eq!(
        queued(&session),
        "a b c d",
        "messages leave when they are acknowledged, not when they are written"
    );
    let second = session.handle_attach(at(0), Attach { after: Some(2), ..stream() }).unwrap();
    assert_eq!((session.next(), queued(&session)), (3, "c d".to_owned()));
    assert_eq!(said(&mut session, at(0), second), "3:c 4:d idle");
}

#[test]
fn without_after_the_delivery_starts_at_the_oldest_unacknowledged() {
    let mut session = session();
    push(&mut session, "a b c");
    let first = session.handle_attach(at(0), socket()).unwrap();
    assert_eq!(said(&mut session, at(0), first), "1:a 2:b 3:c idle");
    session.handle_ack(at(0), 1).unwrap();
    let second = session.handle_attach(at(0), socket()).unwrap();
    assert_eq!((session.next(), session.outbox().acked()), (2, 1));
    assert_eq!(said(&mut session, at(0), second), "2:b 3:c idle");
}

#[test]
fn below_what_was_acknowledged_counts_as_what_was_acknowledged() {
    let mut session = session();
    push(&mut session, "a b c");
    let link = session.handle_attach(at(0), socket()).unwrap();
    assert_eq!(said(&mut session, at(0), link), "1:a 2:b 3:c idle");
    session.handle_ack(at(0), 2).unwrap();
    session.handle_ack(at(0), 1).unwrap();
    session.handle_ack(at(0), 0).unwrap();
    assert_eq!(session.outbox().acked(), 2);
    let link = session.handle_attach(at(0), Attach { after: Some(0), ..socket() }).unwrap();
    assert_eq!(session.next(), 3);
    assert_eq!(said(&mut session, at(0), link), "3:c idle");
}

#[test]
fn above_what_was_sent_is_refused_and_changes_nothing() {
    let mut session = session();
    push(&mut session, "a b");
    assert_eq!(session.handle_ack(at(0), 1), Err(Refusal::Beyond { sent: 0 }), "queued, but sent to nobody");
    let link = session.handle_attach(at(0), socket()).unwrap();
    assert!(matches!(session.poll_transmit(at(0), link), Transmit::Parcel(1, _)));
    let beyond = Attach { turn: Some(9), after: Some(2), ..socket() };
    assert_eq!(session.handle_attach(at(0), beyond), Err(Refusal::Beyond { sent: 1 }));
    assert_eq!(session.handle_ack(at(0), u64::MAX), Err(Refusal::Beyond { sent: 1 }));
    assert_eq!((session.turn(), session.link(), queued(&session)), (1, Some(link), "a b".to_owned()));
    session.handle_ack(at(0), 1).unwrap();
    assert_eq!(queued(&session), "b");
}

#[test]
fn a_message_sent_once_may_be_acknowledged_while_its_repeat_waits() {
    let mut session = session();
    push(&mut session, "a b c");
    let first = session.handle_attach(at(0), socket()).unwrap();
    assert_eq!(said(&mut session, at(0), first), "1:a 2:b 3:c idle");
    // The new carrier was told that it begins with 2, and its receiver counts from there: nothing may be left out on
    // it, although a late acknowledgement overtakes the repeats.
    let second = session.handle_attach(at(0), Attach { after: Some(1), ..socket() }).unwrap();
    assert_eq!(session.next(), 2);
    session.handle_ack(at(0), 3).unwrap();
    push(&mut session, "d");
    assert_eq!(said(&mut session, at(0), second), "2:b 3:c 4:d idle");
    assert_eq!((session.outbox().acked(), queued(&session)), (3, "d".to_owned()));
}

#[test]
fn an_acknowledgement_ahead_of_its_carrier_outlives_it() {
    for supersede in [true, false] {
        let mut session = session();
        push(&mut session, "a b c");
        let first = session.handle_attach(at(0), socket()).unwrap();
        assert_eq!(said(&mut session, at(0), first), "1:a 2:b 3:c idle");
        let second = session.handle_attach(at(0), socket()).unwrap();
        session.handle_ack(at(0), 2).unwrap();
        if !supersede {
            session.handle_detach(at(0), second);
        }
        let third = session.handle_attach(at(0), Attach { after: Some(1), ..socket() }).unwrap();
        assert_eq!(session.next(), 3);
        assert_eq!(said(&mut session, at(0), third), "3:c idle");
    }
}

#[test]
fn with_auto_what_is_handed_over_is_acknowledged_by_that() {
    let mut session = session();
    push(&mut session, "a b");
    let link = session.handle_attach(at(0), Attach { auto: true, ..poll(0) }).unwrap();
    assert!(matches!(session.poll_transmit(at(0), link), Transmit::Parcel(1, _)));
    assert_eq!((session.outbox().acked(), queued(&session)), (1, "b".to_owned()));
    assert_eq!(said(&mut session, at(0), link), "2:b elapsed");
    assert!(session.outbox().is_empty());
    let link = session.handle_attach(at(0), Attach { auto: true, ..poll(0) }).unwrap();
    assert_eq!(said(&mut session, at(0), link), "elapsed", "at most once: nothing is repeated");
}

#[test]
fn a_poll_waits_as_long_as_it_asked_and_no_longer() {
    let mut session = session();
    let link = session.handle_attach(at(0), poll(25_000)).unwrap();
    assert_eq!(said(&mut session, at(0), link), "idle");
    assert_eq!(session.poll_timeout(), Some(at(25_000)));
    session.handle_timeout(at(24_999));
    assert_eq!((session.take_wake(), said(&mut session, at(24_999), link)), (false, "idle".to_owned()));
    session.handle_timeout(at(25_000));
    assert!(session.take_wake());
    assert_eq!(said(&mut session, at(25_000), link), "elapsed");
    assert_eq!(session.link(), None);
}

#[test]
fn a_message_wakes_the_poll_that_waits_for_it() {
    let mut session = session();
    let link = session.handle_attach(at(0), poll(25_000)).unwrap();
    assert_eq!(said(&mut session, at(0), link), "idle");
    assert!(!session.take_wake());
    push(&mut session, "a");
    assert!(session.take_wake());
    assert!(!session.take_wake(), "asking resets it");
    assert_eq!(said(&mut session, at(5), link), "1:a idle");
}

#[test]
fn a_short_poll_waits_for_nothing() {
    let mut session = session();
    let link = session.handle_attach(at(0), poll(0)).unwrap();
    assert_eq!(said(&mut session, at(0), link), "elapsed");
    push(&mut session, "a b");
    assert!(!session.take_wake(), "nobody is there to be woken");
    let link = session.handle_attach(at(9), poll(0)).unwrap();
    assert_eq!(said(&mut session, at(9), link), "1:a 2:b elapsed", "everything queued comes in one answer");
}

#[test]
fn drain_comes_behind_the_messages_and_ends_the_carrier() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    push(&mut session, "a b");
    session.take_wake();
    session.drain(700);
    assert!(session.take_wake());
    assert_eq!(said(&mut session, at(0), link), "1:a 2:b drain:700");
    assert_eq!((session.link(), session.is_closed(), queued(&session)), (None, false, "a b".to_owned()));
    let link = session.handle_attach(at(1), Attach { after: Some(2), ..socket() }).unwrap();
    assert_eq!(said(&mut session, at(1), link), "idle", "the session goes on where a node takes it");
}

#[test]
fn drain_without_a_carrier_asks_nobody() {
    let mut session = session();
    session.drain(700);
    assert!(!session.take_wake());
    let link = session.handle_attach(at(0), socket()).unwrap();
    assert_eq!(said(&mut session, at(0), link), "idle");
}

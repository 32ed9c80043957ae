//! When a session counts as parted, and how long it is kept then: section 1 of the protocol.

use super::*;

const SECOND: u64 = 1_000;

/// A short-poll at this moment: attached, answered, gone.
fn short_poll(session: &mut Session, now: Moment) {
    let link = session.handle_attach(now, poll(0)).unwrap();
    assert_eq!(said(session, now, link), "elapsed");
    session.handle_detach(now, link);
}

/// Drives the session by its own deadlines until something happens to it.
fn next_event(session: &mut Session) -> (Moment, String) {
    loop {
        let now = session.poll_timeout().expect("something is still to happen");
        session.handle_timeout(now);
        let words = happened(session);
        if !words.is_empty() {
            return (now, words);
        }
    }
}

#[test]
fn a_websocket_or_stream_parts_the_session_with_its_end() {
    for how in [socket(), stream()] {
        let mut session = session();
        let link = session.handle_attach(at(0), how).unwrap();
        session.handle_detach(at(SECOND), link);
        assert_eq!((happened(&mut session), session.is_parted()), ("parted".to_owned(), true));
        assert_eq!(session.poll_timeout(), Some(at(61 * SECOND)));
        session.handle_detach(at(2 * SECOND), link);
        assert_eq!(happened(&mut session), "", "it ends once");
    }
}

#[test]
fn between_two_polls_a_session_is_not_parted() {
    let mut session = session();
    for second in 0..34 {
        short_poll(&mut session, at(second * 10 * SECOND));
        session.handle_timeout(at((second * 10 + 9) * SECOND));
    }
    assert_eq!(happened(&mut session), "");
}

#[test]
fn a_polled_session_parts_after_35_s_without_a_request() {
    let mut session = session();
    short_poll(&mut session, at(0));
    short_poll(&mut session, at(2 * SECOND));
    assert_eq!(session.poll_timeout(), Some(at(37 * SECOND)));
    session.handle_timeout(at(36_999));
    assert_eq!(happened(&mut session), "");
    session.handle_timeout(at(37 * SECOND));
    assert_eq!(happened(&mut session), "parted");
}

#[test]
fn a_post_counts_as_a_request() {
    let mut session = session();
    short_poll(&mut session, at(0));
    session.handle_named(at(30 * SECOND));
    assert_eq!(session.poll_timeout(), Some(at(65 * SECOND)));
}

#[test]
fn three_poll_intervals_are_granted_where_that_is_longer() {
    let mut session = session();
    short_poll(&mut session, at(0));
    short_poll(&mut session, at(20 * SECOND));
    assert_eq!(session.poll_timeout(), Some(at(80 * SECOND)));
    assert_eq!(next_event(&mut session), (at(80 * SECOND), "parted".to_owned()));
}

#[test]
fn the_interval_is_the_time_in_which_nothing_was_attached() {
    let mut session = session();
    for second in [0, 26, 52] {
        let link = session.handle_attach(at(second * SECOND), poll(25 * SECOND)).unwrap();
        assert_eq!(said(&mut session, at(second * SECOND), link), "idle");
        assert_eq!(said(&mut session, at((second + 25) * SECOND), link), "elapsed");
    }
    assert_eq!(session.poll_timeout(), Some(at((77 + 35) * SECOND)));
}

#[test]
fn a_client_can_stretch_its_own_memory_only_so_far() {
    let mut session = session();
    short_poll(&mut session, at(0));
    assert_eq!(next_event(&mut session), (at(35 * SECOND), "parted".to_owned()));
    short_poll(&mut session, at(90 * SECOND));
    assert_eq!(happened(&mut session), "resumed");
    assert_eq!(session.poll_timeout(), Some(at((90 + 180) * SECOND)), "not 270 s");
}

#[test]
fn time_under_another_carrier_is_no_poll_interval() {
    for how in [socket(), stream()] {
        let mut session = session();
        short_poll(&mut session, at(0));
        short_poll(&mut session, at(20 * SECOND));
        session.handle_attach(at(21 * SECOND), how).unwrap();
        session.handle_attach(at(50 * SECOND), poll(0)).unwrap();
        let link = session.handle_attach(at(51 * SECOND), poll(0)).unwrap();
        session.handle_detach(at(51 * SECOND), link);
        assert_eq!(session.poll_timeout(), Some(at((51 + 35) * SECOND)));
    }
}

#[test]
fn a_poll_that_replaces_a_held_one_ends_no_interval() {
    let mut session = session();
    short_poll(&mut session, at(0));
    session.handle_attach(at(15 * SECOND), poll(25 * SECOND)).unwrap();
    let link = session.handle_attach(at(35 * SECOND), poll(25 * SECOND)).unwrap();
    session.handle_detach(at(35 * SECOND), link);
    assert_eq!(session.poll_timeout(), Some(at((35 + 45) * SECOND)), "it is still 15 s");
}

#[test]
fn a_session_that_nobody_attaches_to_parts_and_expires_as_well() {
    let mut session = session();
    assert_eq!(next_event(&mut session), (at(35 * SECOND), "parted".to_owned()));
    assert_eq!(next_event(&mut session), (at(95 * SECOND), "closed:4004 gone".to_owned()));
}

#[test]
fn the_resume_window_ends_the_session() {
    let mut session = session();
    push(&mut session, "a b");
    let link = session.handle_attach(at(0), socket()).unwrap();
    assert_eq!(said(&mut session, at(0), link), "1:a 2:b idle");
    session.handle_ack(at(0), 1).unwrap();
    session.handle_detach(at(0), link);
    session.handle_timeout(at(59_999));
    assert_eq!((happened(&mut session), session.is_gone()), ("parted".to_owned(), false));
    session.handle_timeout(at(60 * SECOND));
    let goodbye = goodbye(&mut session);
    assert_eq!((goodbye.code, goodbye.undelivered.len()), (Code::Unknown, 1));
    assert_eq!(text(&goodbye.undelivered[0]), "b", "what was never acknowledged is told");
    assert_eq!((happened(&mut session), session.is_gone()), ("gone".to_owned(), true));
    assert_eq!(session.poll_timeout(), None);
    session.handle_timeout(at(999 * SECOND));
    assert_eq!(happened(&mut session), "");
}

#[test]
fn every_valid_request_restarts_the_resume_window() {
    let mut session = session();
    let link = session.handle_attach(at(0), socket()).unwrap();
    session.handle_detach(at(0), link);
    assert!(!session.is_used());
    for second in [50, 100, 150] {
        session.handle_named(at(second * SECOND));
        session.handle_timeout(at((second + 49) * SECOND));
    }
    assert_eq!((happened(&mut session), session.is_used()), ("parted".to_owned(), true));
    assert_eq!(session.poll_timeout(), Some(at(210 * SECOND)));
}

#[test]
fn an_attach_ends_the_parting_and_is_told_once() {
    let mut session = session();
    let link = session.handle_attach(at(0), stream()).unwrap();
    session.handle_detach(at(SECOND), link);
    let link = session.handle_attach(at(30 * SECOND), socket()).unwrap();
    assert_eq!((happened(&mut session), session.is_parted()), ("parted resumed".to_owned(), false));
    session.handle_attach(at(31 * SECOND), socket()).unwrap();
    session.handle_detach(at(31 * SECOND), link);
    assert_eq!(happened(&mut session), "");
}

#[test]
fn a_stale_attach_does_not_resume() {
    let mut session = session();
    let link = session.handle_attach(at(0), Attach { turn: Some(4), ..socket() }).unwrap();
    session.handle_detach(at(0), link);
    session.handle_attach(at(SECOND), Attach { turn: Some(3), ..socket() }).unwrap_err();
    assert_eq!((happened(&mut session), session.is_parted()), ("parted".to_owned(), true));
    assert_eq!(session.poll_timeout(), Some(at(60 * SECOND)));
}

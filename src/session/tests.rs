//! The rules of a session, in virtual time: a file for each behaviour.

mod attach;
mod bounds;
mod closing;
mod deadlines;
mod liveness;
mod opening;
mod parting;
mod receive;
mod volatile;

use std::sync::Arc;

use super::*;
use crate::wire::parcel::{Marks, Parcel};

/// So many milliseconds into the test. It doesn't begin at 0, which could pass for a moment never set.
fn at(millis: u64) -> Moment {
    Moment(1_000_000 + millis)
}

fn session() -> Session {
    session_with(|_| ())
}

fn session_with(change: impl FnOnce(&mut Rules)) -> Session {
    let mut rules = Rules::default();
    change(&mut rules);
    Session::new(at(0), Arc::new(rules))
}

fn socket() -> Attach {
    Attach { carriage: Carriage::Socket, turn: None, after: None, auto: false, jitter: 0 }
}

fn stream() -> Attach {
    Attach { carriage: Carriage::Stream, ..socket() }
}

fn poll(wait: u64) -> Attach {
    Attach { carriage: Carriage::Poll { wait }, ..socket() }
}

fn parcel(text: &str) -> Arc<Parcel> {
    Arc::new(Parcel::text(text.as_bytes(), &Marks::default()))
}

/// Queues a message for each word.
fn push(session: &mut Session, words: &str) {
    for word in words.split(' ') {
        session.push(at(0), parcel(word)).unwrap();
    }
}

fn text(parcel: &Parcel) -> &str {
    std::str::from_utf8(parcel.header()).unwrap()
}

/// What a carrier's driver is given until there is nothing now or it is over, in short.
fn said(session: &mut Session, now: Moment, link: LinkId) -> String {
    let mut words = Vec::new();
    loop {
        let has_nothing = session.has_nothing_for(link);
        let transmit = session.poll_transmit(now, link);
        assert!(!has_nothing || matches!(transmit, Transmit::Idle), "{transmit:?} is not nothing");
        let (word, ends) = match transmit {
            Transmit::Parcel(seq, parcel) => (format!("{seq}:{}", text(&parcel)), false),
            Transmit::Ack(seq) => (format!("ack:{seq}"), false),
            Transmit::Ping(number) => (format!("ping:{number}"), false),
            Transmit::Drain { retry } => (format!("drain:{retry}"), true),
            Transmit::Close(close) => (format!("close:{}", close.code.number()), true),
            Transmit::Over(Over::Moved { turn }) => (format!("moved:{turn}"), true),
            Transmit::Over(Over::Silent) => ("silent".to_owned(), true),
            Transmit::Over(Over::Unacknowledged) => ("unacknowledged".to_owned(), true),
            Transmit::Over(Over::Elapsed) => ("elapsed".to_owned(), true),
            Transmit::Idle => ("idle".to_owned(), true),
        };
        words.push(word);
        if ends {
            return words.join(" ");
        }
    }
}

/// What happened to the session since it was last asked, in short.
fn happened(session: &mut Session) -> String {
    let mut words = Vec::new();
    while let Some(event) = session.poll_event() {
        words.push(match event {
            SessionEvent::Parted => "parted".to_owned(),
            SessionEvent::Resumed => "resumed".to_owned(),
            SessionEvent::Closed(goodbye) => format!("closed:{}", goodbye.code.number()),
            SessionEvent::Gone => "gone".to_owned(),
        });
    }
    words.join(" ")
}

/// The text of each message that is queued and unacknowledged.
fn queued(session: &Session) -> String {
    session.outbox().unacked().map(|parcel| text(parcel)).collect::<Vec<_>>().join(" ")
}

/// The goodbye among the events.
fn goodbye(session: &mut Session) -> Goodbye {
    while let Some(event) = session.poll_event() {
        if let SessionEvent::Closed(goodbye) = event {
            return goodbye;
        }
    }
    panic!("the session was not closed");
}

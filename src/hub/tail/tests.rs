//! Reading the end of a room's talk by position.

use std::{
    pin::pin,
    task::{Context, Waker},
};

use super::*;
use crate::wire::parcel::Marks;

const START: Moment = Moment(5_000);

fn parcel(text: &str) -> Arc<Parcel> {
    Arc::new(Parcel::text(text.as_bytes(), &Marks::default()))
}

fn push(tail: &mut Tail, words: &str) {
    for word in words.split(' ') {
        tail.push(parcel(word));
    }
}

/// The message behind a position: what it says, its position, how many were missed.
fn message(tail: &mut Tail, after: u64) -> (String, u64, u64) {
    match tail.read(START, Some(after)) {
        Tailed::Message { parcel, position, lost } => {
            (String::from_utf8(parcel.header().to_vec()).unwrap(), position, lost)
        }
        Tailed::Wait { after: last, .. } => panic!("nothing behind {after}, the newest is {last}"),
    }
}

/// The position to wait behind.
fn wait(tail: &mut Tail, after: Option<u64>) -> u64 {
    match tail.read(START, after) {
        Tailed::Wait { after, .. } => after,
        Tailed::Message { position, .. } => panic!("{position} is there"),
    }
}

#[test]
fn without_a_position_a_reader_begins_with_what_comes_next() {
    let mut tail = Tail::new(START);
    push(&mut tail, "a b");
    let after = wait(&mut tail, None);
    push(&mut tail, "c");
    assert_eq!(message(&mut tail, after), ("c".to_owned(), after + 1, 0));
}

#[test]
fn messages_are_read_one_after_another() {
    let mut tail = Tail::new(START);
    let first = wait(&mut tail, None);
    push(&mut tail, "a b c");
    let mut after = first;
    for word in ["a", "b", "c"] {
        let (text, position, lost) = message(&mut tail, after);
        assert_eq!((&*text, position, lost), (word, after + 1, 0));
        after = position;
    }
    assert_eq!(wait(&mut tail, Some(after)), after);
    assert_eq!(message(&mut tail, first).0, "a", "a retry reads the same");
}

#[test]
fn positions_rise_over_the_end_of_a_tail() {
    let mut tail = Tail::new(START);
    let start = wait(&mut tail, None);
    for _ in 0..600 {
        tail.push(parcel("a"));
    }
    let mut later = Tail::new(START + 1_000);
    assert!(wait(&mut later, None) > start + 600);
}

#[test]
fn a_position_of_another_process_begins_with_what_comes_next() {
    let mut tail = Tail::new(START);
    push(&mut tail, "a");
    let last = wait(&mut tail, Some(u64::MAX));
    push(&mut tail, "b");
    assert_eq!(message(&mut tail, last).0, "b");
}

#[test]
fn what_is_not_kept_any_more_is_counted() {
    let mut tail = Tail::new(START);
    let after = wait(&mut tail, None);
    for number in 1..=MESSAGES + 10 {
        tail.push(parcel(&number.to_string()));
    }
    assert_eq!(tail.ring.len(), MESSAGES);
    assert_eq!(message(&mut tail, after), ("11".to_owned(), after + 11, 10));
    assert_eq!(message(&mut tail, after + 3), ("11".to_owned(), after + 11, 7));
    assert_eq!(message(&mut tail, after + 10), ("11".to_owned(), after + 11, 0));
    // From before this tail began, the gap is all that is known.
    assert_eq!(message(&mut tail, 0).2, after + 10);
}

#[test]
fn bytes_are_bounded_and_the_newest_message_always_kept() {
    let mut tail = Tail::new(START);
    let after = wait(&mut tail, None);
    let big = "x".repeat(BYTES / 4);
    for _ in 0..10 {
        tail.push(parcel(&big));
    }
    assert_eq!((tail.ring.len(), message(&mut tail, after).2), (3, 7));
    tail.push(parcel(&"x".repeat(2 * BYTES)));
    assert_eq!((tail.ring.len(), message(&mut tail, after).2), (1, 10));
    tail.push(parcel("small"));
    assert_eq!((tail.ring.len(), tail.bytes), (1, parcel("small").weight()));
}

#[test]
fn whoever_waits_is_told_of_news() {
    let mut tail = Tail::new(START);
    let Tailed::Wait { news, .. } = tail.read(START, None) else { panic!("there is nothing yet") };
    let mut told = pin!(news.notified());
    let mut context = Context::from_waker(Waker::noop());
    assert!(told.as_mut().poll(&mut context).is_pending());
    push(&mut tail, "a");
    assert!(told.as_mut().poll(&mut context).is_ready());
}

#[test]
fn a_tail_is_read_as_long_as_somebody_asked_within_a_minute() {
    let mut tail = Tail::new(START);
    assert!(tail.is_read(START + (UNREAD - 1)));
    assert!(!tail.is_read(START + UNREAD));
    tail.read(START + 50_000, None);
    push(&mut tail, "a");
    assert!(tail.is_read(START + (50_000 + UNREAD - 1)));
    assert!(!tail.is_read(START + (50_000 + UNREAD)), "to be written to is not to be read");
}

//! One encoding for every receiver, and each further form made once.

use std::{
    cell::Cell,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use super::*;

/// `{"event":"x","room":"r","data":[1]}` with its parts marked.
fn text() -> Parcel {
    let packet = br#"{"event":"x","room":"r","data":[1]}"#;
    Parcel::text(packet, &Marks { name: 9..12, room: 20..23, data: 31..34 })
}

/// The same event with bytes.
fn binary(payload: &[u8]) -> Parcel {
    let header = br#"{"event":"x","room":"r"}"#;
    Parcel::binary(header, payload, &Marks { name: 9..12, room: 20..23, data: 0..0 })
}

fn unmade(_: &Parcel) -> Bytes {
    panic!("this form is at hand")
}

#[test]
fn the_packet_is_a_slice_of_the_frame() {
    let parcel = text();
    let frame = parcel.form(Form::Frame, unmade);
    let packet = parcel.form(Form::Packet, unmade);
    assert_eq!(&packet[..], br#"{"event":"x","room":"r","data":[1]}"#);
    assert_eq!(&frame[..2], [0x81, 35]);
    assert_eq!(packet.as_ptr(), frame[2..].as_ptr(), "no second copy");
    assert_eq!(parcel.form(Form::Frame, unmade).as_ptr(), frame.as_ptr(), "nor one for each receiver");
}

#[test]
fn the_marks_hold_behind_a_head_of_any_length() {
    for (length, head) in [(100, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
        let packet = format!("{{\"event\":\"x\",\"data\":{}}}", "1".repeat(length - 21));
        let marks = Marks { name: 9..12, room: 0..0, data: 20..length - 1 };
        let parcel = Parcel::text(packet.as_bytes(), &marks);
        assert_eq!(parcel.form(Form::Frame, unmade).len(), head + length);
        assert_eq!(parcel.header(), packet.as_bytes());
        assert_eq!(parcel.name(), Some(&b"\"x\""[..]));
        assert_eq!(parcel.content(), Content::Json(&"1".repeat(length - 21)));
    }
}

#[test]
fn what_a_text_message_says() {
    let parcel = text();
    assert_eq!(parcel.content(), Content::Json("[1]"));
    assert_eq!(parcel.header(), br#"{"event":"x","room":"r","data":[1]}"#);
    assert_eq!(parcel.name(), Some(&b"\"x\""[..]));
    assert_eq!(parcel.topic(), (&b"\"x\""[..], &b"\"r\""[..]));
}

#[test]
fn what_a_packet_without_marks_says() {
    let parcel = Parcel::text(br#"{"reply":7}"#, &Marks::default());
    assert_eq!((parcel.content(), parcel.name()), (Content::Nothing, None));
    assert_eq!(parcel.topic(), (&b""[..], &b""[..]));
}

#[test]
fn what_a_binary_message_says() {
    let parcel = binary(&[0, 255]);
    assert_eq!(parcel.content(), Content::Binary(&[0, 255]));
    assert_eq!(parcel.header(), br#"{"event":"x","room":"r"}"#);
    assert_eq!(parcel.topic(), (&b"\"x\""[..], &b"\"r\""[..]));
    assert_eq!(binary(&[]).content(), Content::Binary(&[]), "no bytes are bytes too");
}

#[test]
fn a_binary_frame_is_length_header_payload() {
    let frame = binary(&[0, 255]).form(Form::Frame, unmade);
    let expected = [&[0x82, 27, 24][..], br#"{"event":"x","room":"r"}"#, &[0, 255]].concat();
    assert_eq!(frame, expected);
}

#[test]
fn a_long_header_has_a_long_length() {
    let header = format!("{{\"event\":\"{}\"}}", "x".repeat(200));
    let marks = Marks { name: 9..211, room: 0..0, data: 0..0 };
    let parcel = Parcel::binary(header.as_bytes(), b"!", &marks);
    let frame = parcel.form(Form::Frame, unmade);
    assert_eq!(&frame[..6], [0x82, 126, 0, 215, 0xd4, 0x01], "212 as LEB128 takes two bytes");
    assert_eq!((parcel.header(), parcel.content()), (header.as_bytes(), Content::Binary(b"!")));
    assert_eq!(parcel.name().map(<[u8]>::len), Some(202));
}

#[test]
fn each_other_form_is_made_once() {
    let made = Cell::new(0);
    let count = |parcel: &Parcel, form| {
        parcel.form(form, |_| {
            made.set(made.get() + 1);
            Bytes::from(format!("{form:?}"))
        })
    };
    let parcel = binary(b"!");
    for _ in 0..3 {
        for (form, expected) in
            [(Form::Packet, "Packet"), (Form::Bare, "Bare"), (Form::BareFrame, "BareFrame")]
        {
            assert_eq!(count(&parcel, form), expected);
        }
    }
    assert_eq!(made.get(), 3);
    assert_eq!(count(&parcel, Form::Bare).as_ptr(), count(&parcel, Form::Bare).as_ptr(), "and shared");
}

#[test]
fn a_form_is_made_once_even_by_many_at_a_time() {
    let (parcel, made) = (text(), AtomicUsize::new(0));
    let make = || {
        parcel.form(Form::Bare, |_| {
            made.fetch_add(1, Ordering::Relaxed);
            Bytes::from_static(b"[1]")
        })
    };
    thread::scope(|scope| {
        let makers: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
        for maker in makers {
            assert_eq!(maker.join().unwrap(), "[1]");
        }
    });
    assert_eq!(made.load(Ordering::Relaxed), 1);
}

#[test]
fn the_weight_is_the_encoding_and_the_place() {
    let place = std::mem::size_of::<Parcel>();
    assert_eq!(text().weight(), 37 + place);
    assert_eq!(binary(&[0; 10]).weight(), 2 + 1 + 24 + 10 + place);
    let parcel = binary(b"!");
    let before = parcel.weight();
    parcel.form(Form::Packet, |_| Bytes::from(vec![0; 5_000]));
    assert_eq!(parcel.weight(), before, "a queue must be able to take off what it put on");
}

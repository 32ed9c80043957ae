//! Every packet that the gateway composes, byte for byte.

use uuid::Uuid;

use super::*;
use crate::{
    dialect::packet,
    session::{Attach, Carriage, Code, Moment, Rules},
};

fn packet(parcel: &Parcel) -> String {
    String::from_utf8(parcel.form(Form::Packet, |parcel| make(Form::Packet, parcel)).to_vec()).unwrap()
}

fn control(control: &Control<'_>) -> String {
    let mut out = Vec::new();
    control.push(&mut out);
    assert_eq!(control.frame()[..], frame::frame(Opcode::Text, &out)[..]);
    String::from_utf8(out).unwrap()
}

fn failure(code: &str, message: &str) -> Failure {
    Failure { code: code.to_owned(), message: message.to_owned() }
}

#[test]
fn an_event() {
    assert_eq!(packet(&Outgoing::new("chat", Content::Nothing).parcel()), r#"{"event":"chat"}"#);
    assert_eq!(
        packet(&Outgoing::new("chat", Content::Json(r#"{"a": [1]}"#)).parcel()),
        r#"{"event":"chat","data":{"a": [1]}}"#
    );
    assert_eq!(packet(&Outgoing::new("", Content::Json("null")).parcel()), r#"{"event":"","data":null}"#);
}

#[test]
fn an_event_with_everything() {
    let event = Outgoing {
        room: Some("chat:1"),
        peer: Some(PeerId::new(0xab)),
        id: Some(7),
        ..Outgoing::new("chat", Content::Json("1"))
    };
    let parcel = event.parcel();
    assert_eq!(
        packet(&parcel),
        r#"{"event":"chat","data":1,"room":"chat:1","peer":"00000000000000ab","id":7}"#
    );
    assert_eq!(parcel.content(), Content::Json("1"));
    assert_eq!(parcel.topic(), (&b"\"chat\""[..], &b"\"chat:1\""[..]));
}

#[test]
fn line_ends_and_separators_are_taken_out_of_data_and_names() {
    let event = Outgoing {
        room: Some("r\u{2029}"),
        ..Outgoing::new("a\u{2028}\"b", Content::Json("[\"\u{2028}\",\r\n1]"))
    };
    let parcel = event.parcel();
    assert_eq!(packet(&parcel), r#"{"event":"a\u2028\"b","data":["\u2028",  1],"room":"r\u2029"}"#);
    assert_eq!(
        parcel.content(),
        Content::Json(r#"["\u2028",  1]"#),
        "the marks stand where the text ended up"
    );
    assert_eq!(parcel.name(), Some(&br#""a\u2028\"b""#[..]));
}

#[test]
fn an_event_with_bytes() {
    let event =
        Outgoing { room: Some("r"), id: Some(2), ..Outgoing::new("x", Content::Binary(&[0, 255, 254, 127])) };
    let parcel = event.parcel();
    let header = br#"{"event":"x","room":"r","id":2}"#;
    let expected = [&[0x82, 36, 31][..], header, &[0, 255, 254, 127]].concat();
    assert_eq!(parcel.form(Form::Frame, |_| panic!("it is made with the parcel")), expected);
    assert_eq!(packet(&parcel), r#"{"event":"x","room":"r","id":2,"binary":"AP/+fw=="}"#);
    assert_eq!(packet(&Outgoing::new("x", Content::Binary(&[])).parcel()), r#"{"event":"x","binary":""}"#);
}

#[test]
fn what_is_composed_can_be_read_again() {
    let parcel = Outgoing::new("x\u{2028}", Content::Binary(b"\x00\xff")).parcel();
    let text = packet(&parcel);
    let packet::Packet::Event(event) = packet::parse(&text, &packet::Bounds::default()).unwrap() else {
        panic!("{text}")
    };
    assert_eq!(event.name, "x\u{2028}");
    assert!(matches!(event.content, packet::Content::Binary(bytes) if *bytes == *b"\x00\xff"));
    let frame = parcel.form(Form::Frame, |_| panic!("it is made with the parcel"));
    assert!(packet::parse_binary(&frame[2..], &packet::Bounds::default()).is_ok());
}

#[test]
fn a_reply() {
    assert_eq!(packet(&reply(7, Ok(Content::Nothing))), r#"{"reply":7}"#);
    assert_eq!(packet(&reply(7, Ok(Content::Json("{\"a\":\n1}")))), r#"{"reply":7,"data":{"a": 1}}"#);
    let largest = packet::MAX_INTEGER;
    assert_eq!(
        packet(&reply(largest, Ok(Content::Json("null")))),
        r#"{"reply":9007199254740991,"data":null}"#
    );
    assert_eq!(
        packet(&reply(7, Err(&failure("no-room", "\"x\"\nis full")))),
        r#"{"reply":7,"error":{"code":"no-room","message":"\"x\"\nis full"}}"#
    );
}

#[test]
fn a_reply_with_bytes() {
    let parcel = reply(7, Ok(Content::Binary(b"\x00\xff")));
    let expected = [&[0x82, 14, 11][..], br#"{"reply":7}"#, b"\x00\xff"].concat();
    assert_eq!(parcel.form(Form::Frame, |_| panic!("it is made with the parcel")), expected);
    assert_eq!(packet(&parcel), r#"{"reply":7,"binary":"AP8="}"#);
}

#[test]
fn replies_and_errors_are_no_events() {
    for parcel in [
        reply(1, Ok(Content::Json("1"))),
        reply(1, Ok(Content::Binary(b"!"))),
        reply(1, Err(&failure("a", "b"))),
        error(&failure("a", "b")),
    ] {
        assert_eq!(parcel.name(), None);
        assert!(make(Form::Bare, &parcel).is_empty() && make(Form::BareFrame, &parcel).is_empty());
    }
}

#[test]
fn an_error() {
    assert_eq!(
        packet(&error(&failure("forbidden", "Join the room first\u{2028}"))),
        r#"{"error":{"code":"forbidden","message":"Join the room first\u2028"}}"#
    );
}

#[test]
fn every_control_packet() {
    let close = Close { code: Code::Closed, reason: "bye \"you\"".into(), last: 12, received: 3 };
    let cases = [
        (Control::Ack(12, None), r#"{"ack":12}"#),
        (Control::Ack(12, Some(250)), r#"{"ack":12,"busy":250}"#),
        (Control::Ping(3), r#"{"ping":3}"#),
        (Control::Pong(0), r#"{"pong":0}"#),
        (Control::From(13), r#"{"from":13}"#),
        (Control::Moved(5), r#"{"moved":{"turn":5}}"#),
        (Control::Drain(700), r#"{"drain":{"retry":700}}"#),
        (Control::Close(&close), r#"{"close":{"code":4000,"reason":"bye \"you\"","last":12,"received":3}}"#),
    ];
    for (packet, expected) in cases {
        assert_eq!(control(&packet), expected);
    }
}

#[test]
fn every_control_packet_is_an_object_of_one_kind() {
    let close = Close { code: Code::Other(4999), reason: "\u{2028}\u{1}".into(), last: 0, received: 0 };
    for packet in [Control::Ack(u64::MAX, Some(1)), Control::Drain(0), Control::Close(&close)] {
        let text = control(&packet);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert!(value.is_object() && !text.contains(['\n', '\u{2028}']), "{text}");
    }
}

fn open(session: &Session, from: Option<u64>) -> String {
    let sid = Sid::new(Uuid::from_u128(0x1234_5678_9abc_4def_8123_4567_89ab_cdef));
    let terms = Terms { ping: 25, wait: 20, resume: 60, max: 1 << 20, carriers: vec!["ws", "poll"] };
    let mut out = Vec::new();
    push_open(&mut out, &sid, PeerId::new(0xab), session, from, &terms);
    String::from_utf8(out).unwrap()
}

#[test]
fn an_open_packet() {
    let mut session = Session::new(Moment(0), Rules::default().into());
    assert_eq!(
        open(&session, None),
        concat!(
            r#"{"open":{"v":1,"session":"12345678-9abc-4def-8123-456789abcdef","peer":"00000000000000ab","#,
            r#""turn":0,"received":0,"last":0,"ping":25,"wait":20,"resume":60,"max":1048576,"#,
            r#""carriers":["ws","poll"]}}"#
        )
    );
    session.handle_receive(1, 2, 9).unwrap();
    session.push(Moment(0), Outgoing::new("x", Content::Nothing).parcel().into()).unwrap();
    let how = Attach { carriage: Carriage::Socket, turn: Some(4), after: None, auto: false, jitter: 0 };
    session.handle_attach(Moment(0), how).unwrap();
    let text = open(&session, Some(1));
    assert!(text.contains(r#","turn":4,"received":2,"last":1,"from":1,"ping":25,"#), "{text}");
    let text = open(&session, None);
    assert!(text.contains(r#","last":1,"ping":25,"#), "on a carrier that is not attached: {text}");
}

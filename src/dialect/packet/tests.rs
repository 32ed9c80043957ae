//! Each packet of the table in section 2, and each rule about their form.

mod bodies;
mod hostile;
mod rules;

use std::borrow::Cow;

use super::*;

fn read(text: &str) -> Packet<'_> {
    parse(text, &Bounds::default()).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

fn fault(text: &str) -> Malformed {
    match parse(text, &Bounds::default()) {
        Ok(packet) => panic!("{text} was taken as {packet:?}"),
        Err(fault) => fault,
    }
}

/// That the text is refused for this reason, in words that contain the given ones.
fn refused(text: &str, reason: Reason, words: &str) {
    let fault = fault(text);
    assert_eq!(fault.code, reason, "{text}: {fault}");
    assert!(fault.message.contains(words), "{text}: {fault}");
}

fn event(text: &str) -> Event<'_> {
    match read(text) {
        Packet::Event(event) => event,
        other => panic!("{text} was taken as {other:?}"),
    }
}

fn data<'a>(content: &Content<'a>) -> Option<&'a str> {
    match content {
        Content::Json(data) => data.map(RawValue::get),
        Content::Binary(_) => panic!("bytes"),
    }
}

fn bytes(content: Content<'_>) -> Vec<u8> {
    match content {
        Content::Binary(bytes) => bytes.into_owned(),
        Content::Json(_) => panic!("JSON"),
    }
}

#[test]
fn an_event_with_everything() {
    let text = r#"{"event":"chat","ns":"/admin","id":7,"room":"chat:1","data":{"a":[1, 2]}}"#;
    let event = event(text);
    assert!(matches!(event.name, Cow::Borrowed("chat")));
    assert!(matches!(event.ns, Some(Cow::Borrowed("/admin"))));
    assert!(matches!(event.room, Some(Cow::Borrowed("chat:1"))));
    assert_eq!((event.id, data(&event.content)), (Some(7), Some(r#"{"a":[1, 2]}"#)));
}

#[test]
fn an_event_with_nothing() {
    let event = event(r#"{"event":"chat"}"#);
    assert_eq!((&*event.name, event.ns, event.id, event.room), ("chat", None, None, None));
    assert_eq!(data(&event.content), None);
}

#[test]
fn data_is_any_value_and_null_is_one() {
    for value in ["null", "true", "0", "-1.5e300", "1e999", "\"\"", "[]", "{}", r#""\ud800""#] {
        let text = format!(r#"{{"data": {value} ,"event":"x"}}"#);
        assert_eq!(data(&event(&text).content), Some(value));
    }
}

#[test]
fn binary_is_decoded() {
    assert_eq!(bytes(event(r#"{"event":"x","binary":"AP/+fw=="}"#).content), [0, 255, 254, 127]);
    assert_eq!(bytes(event(r#"{"event":"x","binary":"\/\/8="}"#).content), [255, 255]);
    assert!(bytes(event(r#"{"event":"x","binary":""}"#).content).is_empty());
}

#[test]
fn replies() {
    let Packet::Reply { id: 7, outcome: Ok(Some(data)) } = read(r#"{"reply":7,"data":[1]}"#) else {
        panic!()
    };
    assert_eq!(data.get(), "[1]");
    assert!(matches!(read(r#"{"reply":1}"#), Packet::Reply { id: 1, outcome: Ok(None) }));
    let failed = |text| match read(text) {
        Packet::Reply { id: 7, outcome: Err(failure) } => (failure.code, failure.message),
        other => panic!("{other:?}"),
    };
    let both = r#"{"error":{"code":"busy","message":"Try \"later\"."},"reply":7}"#;
    assert_eq!(failed(both), ("busy".to_owned(), "Try \"later\".".to_owned()));
    assert_eq!(failed(r#"{"reply":7,"error":{"code":404}}"#), ("404".to_owned(), String::new()));
}

#[test]
fn connect_and_disconnect() {
    let Packet::Connect { ns, auth: Some(auth), id: Some(3) } =
        read(r#"{"connect":{"ns":"/admin","auth":{"t":1}},"id":3}"#)
    else {
        panic!()
    };
    assert_eq!((&*ns, auth.get()), ("/admin", r#"{"t":1}"#));
    let Packet::Connect { ns, auth: None, id: None } = read(r#"{"connect":{"ns":"/"}}"#) else { panic!() };
    assert_eq!(ns, "/");
    let Packet::Disconnect { ns, id: Some(4) } = read(r#"{"disconnect":{"ns":"/admin"},"id":4}"#) else {
        panic!()
    };
    assert_eq!(ns, "/admin");
}

#[test]
fn join_and_leave() {
    let text = r#"{"join":{"room":"chat:1","since":{"epoch":"e1","at":17}},"id":4}"#;
    let Packet::Join { room, ns: None, since: Some(since), id: Some(4) } = read(text) else { panic!() };
    assert_eq!((&*room, &*since.epoch, since.at), ("chat:1", "e1", 17));
    let Packet::Join { ns: Some(ns), since: None, .. } = read(r#"{"join":{"room":"a"},"ns":"/b"}"#) else {
        panic!()
    };
    assert_eq!(ns, "/b");
    let Packet::Leave { room, ns: Some(ns), id: None } = read(r#"{"leave":{"room":"a","ns":"/b"}}"#) else {
        panic!()
    };
    assert_eq!((&*room, &*ns), ("a", "/b"));
}

#[test]
fn fresh_credentials() {
    let Packet::Auth { auth, id: Some(2) } = read(r#"{"auth":{"token":"x"},"id":2}"#) else { panic!() };
    assert_eq!(auth.get(), r#"{"token":"x"}"#);
    let Packet::Auth { auth, id: None } = read(r#"{"auth":null}"#) else { panic!() };
    assert_eq!(auth.get(), "null");
}

#[test]
fn open_resume_attach() {
    let text = r#"{"open":{"auth":"t","key":"000102030405060708090A0b0c0d0e0f"}}"#;
    let Packet::Open(opening) = read(text) else { panic!() };
    assert_eq!(opening.auth.map(RawValue::get), Some("\"t\""));
    assert_eq!(opening.key, Some((0..16).collect()));
    let Packet::Open(Opening { auth: None, key: None }) = read(r#"{"open":{}}"#) else { panic!() };
    let Packet::Resume { session } = read(r#"{"resume":{"session":"6f1d"}}"#) else { panic!() };
    assert_eq!(session, "6f1d");
    assert!(matches!(
        read(r#"{"attach":{"after":12,"turn":4}}"#),
        Packet::Attach { after: Some(12), turn: Some(4) }
    ));
    assert!(matches!(read(r#"{"attach":{}}"#), Packet::Attach { after: None, turn: None }));
}

#[test]
fn packets_of_one_number() {
    assert!(matches!(read(r#"{"from":13}"#), Packet::From(13)));
    assert!(matches!(read(r#"{"ack":0}"#), Packet::Ack(0)));
    assert!(matches!(read(r#"{"ack":12,"busy":50}"#), Packet::Ack(12)));
    assert!(matches!(read(r#"{"ping":9007199254740991}"#), Packet::Ping(MAX_INTEGER)));
    assert!(matches!(read(r#"{"pong":5}"#), Packet::Pong(5)));
}

#[test]
fn close_with_and_without_a_code() {
    let Packet::Close { code: Some(4000), reason } =
        read(r#"{"close":{"code":4000,"reason":"done","last":3,"received":4}}"#)
    else {
        panic!()
    };
    assert_eq!(reason, "done");
    assert!(matches!(read(r#"{"close":{}}"#), Packet::Close { code: None, reason } if reason.is_empty()));
}

#[test]
fn only_what_counts_is_numbered() {
    let cases = [
        (r#"{"event":"x"}"#, true),
        (r#"{"reply":1}"#, true),
        (r#"{"connect":{"ns":"/a"}}"#, true),
        (r#"{"disconnect":{"ns":"/a"}}"#, true),
        (r#"{"join":{"room":"a"}}"#, true),
        (r#"{"leave":{"room":"a"}}"#, true),
        (r#"{"auth":1}"#, true),
        (r#"{"open":{}}"#, false),
        (r#"{"resume":{"session":"s"}}"#, false),
        (r#"{"attach":{}}"#, false),
        (r#"{"from":1}"#, false),
        (r#"{"ack":1}"#, false),
        (r#"{"ping":1}"#, false),
        (r#"{"pong":1}"#, false),
        (r#"{"close":{}}"#, false),
    ];
    for (text, numbered) in cases {
        let packet = read(text);
        assert_eq!(packet.is_numbered(), numbered, "{text}");
        assert!(text.starts_with(&format!("{{\"{}\"", packet.kind())), "{text}");
    }
}

#[test]
fn space_around_and_inside_is_allowed() {
    assert_eq!(event("\r\n\t { \"event\" :\n\"x\" , \"data\": [\n1 ] } \n").name, "x");
    assert_eq!(data(&event("{\"event\":\"x\",\"data\":[\n1 ]\t}").content), Some("[\n1 ]"));
}

#[test]
fn debug_shows_no_secret() {
    let secrets = [
        r#"{"auth":"s3cret"}"#,
        r#"{"open":{"auth":"s3cret","key":"5ec4e75ec4e75ec4e75ec4e75ec4e75e"}}"#,
        r#"{"resume":{"session":"s3cret"}}"#,
        r#"{"connect":{"ns":"/a","auth":"s3cret"}}"#,
    ];
    for text in secrets {
        let shown = format!("{:?}", read(text));
        assert!(!shown.contains("s3cret") && !shown.contains("5ec4") && !shown.contains("[94"), "{shown}");
    }
}

//! The bodies of POST requests.

use super::*;

fn body(text: &str) -> Vec<Packet<'_>> {
    parse_body(text, &Bounds::default()).unwrap_or_else(|fault| panic!("{text}: {fault}"))
}

fn body_refused(text: &str, reason: Reason, words: &str) {
    let fault = parse_body(text, &Bounds::default()).unwrap_err();
    assert_eq!(fault.code, reason, "{text}: {fault}");
    assert!(fault.message.contains(words), "{text}: {fault}");
}

fn opened(text: &str) -> (Opening<'_>, Vec<&'static str>) {
    let (opening, packets) =
        parse_opening(text, &Bounds::default()).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    (opening, packets.iter().map(Packet::kind).collect())
}

fn opening_refused(text: &str, reason: Reason, words: &str) {
    let fault = parse_opening(text, &Bounds::default()).unwrap_err();
    assert_eq!(fault.code, reason, "{text}: {fault}");
    assert!(fault.message.contains(words), "{text}: {fault}");
}

const KEY: &str = "00112233445566778899aabbccddeeff";

#[test]
fn a_body_is_nothing_one_packet_or_an_array() {
    for empty in ["", " ", "\r\n", "[]", " [ ] "] {
        assert!(body(empty).is_empty());
    }
    assert!(matches!(&body(" {\"ack\":3}\n")[..], [Packet::Ack(3)]));
    let kinds: Vec<_> =
        body(r#" [{"event":"a"}, {"ack":3} ,{"close":{}}] "#).iter().map(Packet::kind).collect();
    assert_eq!(kinds, ["event", "ack", "close"]);
}

#[test]
fn one_bad_packet_spoils_the_body_and_is_counted_out() {
    body_refused(r#"[{"event":"a"},{"event":""}]"#, Reason::Field, "Packet 2 of the body: `event`");
    body_refused(r#"[{"event":"a"},[]]"#, Reason::Syntax, "Packet 2 of the body");
    body_refused(r#"[{"event":"a"},null]"#, Reason::Syntax, "Packet 2 of the body");
    body_refused(r#"[{"a":1,"a":1}]"#, Reason::Duplicate, "Packet 1 of the body");
}

#[test]
fn broken_arrays_are_refused() {
    for text in ["[", "]", "[,]", r#"[{"event":"a"},]"#, r#"[{"event":"a"}"#, r#"[{"event":"a"}]]"#, "[]\0"] {
        assert_eq!(parse_body(text, &Bounds::default()).unwrap_err().code, Reason::Syntax, "{text}");
    }
    body_refused("\u{FEFF}[]", Reason::Syntax, "byte order mark");
}

#[test]
fn the_packets_of_a_body_are_counted() {
    let bounds = Bounds { batch: 3, ..Bounds::default() };
    let text = |count| format!("[{}]", vec![r#"{"ping":1}"#; count].join(","));
    assert_eq!(parse_body(&text(3), &bounds).unwrap().len(), 3);
    for count in [4, 5, 100_000] {
        let fault = parse_body(&text(count), &bounds).unwrap_err();
        assert!(fault.code == Reason::TooMany && fault.is_too_large(), "{fault}");
        let fault = parse_opening(&text(count), &bounds).unwrap_err();
        assert_eq!(fault.code, Reason::TooMany);
    }
}

#[test]
fn size_and_depth_are_those_of_each_packet() {
    let bounds = Bounds { packet: 13, depth: 2, ..Bounds::default() };
    assert_eq!(parse_body(r#"[{"event":"x"},{"event":"y"}]"#, &bounds).unwrap().len(), 2);
    let fault = parse_body(r#"[{"event":"x"},{"event":"yy"}]"#, &bounds).unwrap_err();
    assert!(fault.is_too_large() && fault.message.starts_with("Packet 2"), "{fault}");
    assert!(parse_body(r#"[{"open":{}}]"#, &bounds).is_ok());
    let bounds = Bounds { depth: 2, ..Bounds::default() };
    let fault = parse_body(r#"[{"open":{"a":{}}}]"#, &bounds).unwrap_err();
    assert_eq!(fault.code, Reason::TooDeep);
}

#[test]
fn openings_in_every_form() {
    for empty in ["", "\n", "{}", r#"{"open":{}}"#, r#"[{"open":{}}]"#, r#"{"unknown":1,"data":2}"#] {
        let (opening, behind) = opened(empty);
        assert!(opening.auth.is_none() && opening.key.is_none() && behind.is_empty(), "{empty}");
    }
    let inner = format!(r#"{{"auth":{{"t":1}},"key":"{KEY}"}}"#);
    for text in [inner.clone(), format!(r#"{{"open":{inner}}}"#), format!(r#"[{{"open":{inner}}}]"#)] {
        let (opening, behind) = opened(&text);
        assert_eq!(opening.auth.map(RawValue::get), Some(r#"{"t":1}"#), "{text}");
        assert_eq!(opening.key.as_ref().map(Vec::len), Some(16), "{text}");
        assert!(behind.is_empty());
    }
}

#[test]
fn messages_stand_behind_an_opening() {
    let (_, behind) = opened(r#"[{"open":{}},{"event":"a"},{"join":{"room":"r"}},{"ping":1}]"#);
    assert_eq!(behind, ["event", "join", "ping"]);
}

#[test]
fn nothing_about_carriers_stands_behind_an_opening() {
    for packet in [r#"{"open":{}}"#, r#"{"resume":{"session":"s"}}"#, r#"{"attach":{}}"#] {
        opening_refused(&format!(r#"[{{"open":{{}}}},{{"ping":1}},{packet}]"#), Reason::Kind, "Packet 3 of");
    }
}

#[test]
fn an_opening_comes_first() {
    opening_refused("[]", Reason::Kind, "first packet");
    opening_refused(r#"[{"event":"a"},{"open":{}}]"#, Reason::Kind, "first packet");
    opening_refused(r#"[{"auth":1}]"#, Reason::Kind, "first packet");
    opening_refused(r#"[{}]"#, Reason::Kind, "Packet 1 of the body");
    opening_refused(r#"[{"open":{}},{"event":""}]"#, Reason::Field, "Packet 2 of the body");
    opening_refused(r#"{"event":"a"}"#, Reason::Kind, "`event` doesn't open a session");
    opening_refused(r#"{"resume":{"session":"s"}}"#, Reason::Kind, "`resume` doesn't open");
    opening_refused(r#"{"open":{},"event":"a"}"#, Reason::Kind, "`event` and `open`");
    opening_refused(r#"{"open":{},"auth":1}"#, Reason::Kind, "`auth` and `open`");
    opening_refused(r#"{"moved":{}}"#, Reason::Kind, "the gateway's to send");
}

#[test]
fn a_bare_opening_obeys_the_rules_of_a_packet() {
    opening_refused(r#"{"key":"00"}"#, Reason::Field, "`key`");
    opening_refused(r#"{"auth":1,"a\u0075th":2}"#, Reason::Duplicate, "`auth`");
    opening_refused(r#"{"auth":1} 2"#, Reason::Syntax, "not valid JSON");
    opening_refused("null", Reason::Syntax, "one JSON object");
    let bounds = Bounds { packet: 10, ..Bounds::default() };
    assert!(parse_opening(r#"{"auth":12345}"#, &bounds).unwrap_err().is_too_large());
}

//! Bare data: a string bare, other JSON as its text, bytes as they are.

use super::*;
use crate::dialect::native::Outgoing;

fn said(content: Content<'_>) -> Parcel {
    Outgoing { room: Some("r"), ..Outgoing::new(EVENT, content) }.parcel()
}

#[test]
fn a_string_stands_bare() {
    let cases = [
        (r#""""#, ""),
        (r#""hello""#, "hello"),
        (r#""a \"b\" \\ \u00e9 \ud834\udd1e\n""#, "a \"b\" \\ é 𝄞\n"),
        ("\"\u{2028}\"", "\u{2028}"),
    ];
    for (data, expected) in cases {
        let parcel = said(Content::Json(data));
        assert_eq!(String::from_utf8(bare(&parcel)).unwrap(), expected);
        assert_eq!(frame(&parcel), frame::frame(Opcode::Text, expected.as_bytes()));
        assert!(!is_binary(&parcel));
    }
}

#[test]
fn other_json_stands_as_its_text() {
    for data in ["null", "0", "-1.50e3", "true", r#"["a", "b"]"#, r#"{"a":"b"}"#] {
        let parcel = said(Content::Json(data));
        assert_eq!(bare(&parcel), data.as_bytes());
        assert_eq!(frame(&parcel), frame::frame(Opcode::Text, data.as_bytes()));
    }
}

#[test]
fn a_string_without_a_text_form_stays_json() {
    for data in [r#""\ud800""#, r#""a\udc00b""#] {
        assert_eq!(bare(&said(Content::Json(data))), data.as_bytes());
    }
}

#[test]
fn bytes_stand_as_they_are() {
    for bytes in [&b""[..], b"\x00\xff", b"text"] {
        let parcel = said(Content::Binary(bytes));
        assert_eq!(bare(&parcel), bytes);
        assert_eq!(frame(&parcel), frame::frame(Opcode::Binary, bytes));
        assert!(is_binary(&parcel));
    }
}

#[test]
fn no_data_is_an_empty_text() {
    let parcel = said(Content::Nothing);
    assert_eq!((bare(&parcel), is_binary(&parcel)), (Vec::new(), false));
    assert_eq!(frame(&parcel), frame::frame(Opcode::Text, b""));
}

#[test]
fn what_is_no_event_is_not_written() {
    let reply = crate::dialect::native::reply(1, Ok(Content::Json("1")));
    assert!(bare(&reply).is_empty() && frame(&reply).is_empty());
}

#[test]
fn each_line_of_a_text_is_a_line_of_its_event() {
    let cases = [
        (r#""hello""#, "data: hello\n\n"),
        (r#""a\nb\r\nc\rd""#, "data: a\ndata: b\ndata: c\ndata: d\n\n"),
        (r#""\n""#, "data: \ndata: \n\n"),
        (r#""""#, "data: \n\n"),
        (r#"{"a":1}"#, "data: {\"a\":1}\n\n"),
    ];
    for (data, expected) in cases {
        assert_eq!(String::from_utf8(event(&said(Content::Json(data)))).unwrap(), expected, "{data}");
    }
    assert_eq!(event(&said(Content::Binary(b"\x00\xff"))), b"event: binary\ndata: AP8=\n\n");
}

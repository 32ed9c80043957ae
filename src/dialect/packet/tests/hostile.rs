//! Text that nobody means well with, and binary frames.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::*;

fn frame(header: &str, payload: &[u8]) -> Vec<u8> {
    assert!(header.len() < 128, "one byte of length");
    [&[u8::try_from(header.len()).unwrap()], header.as_bytes(), payload].concat()
}

fn frame_fault(frame: &[u8]) -> Malformed {
    match parse_binary(frame, &Bounds::default()) {
        Ok(packet) => panic!("{frame:x?} was taken as {packet:?}"),
        Err(fault) => fault,
    }
}

#[test]
fn a_binary_frame_is_a_header_and_bytes() {
    let frame = frame(r#"{"event":"x","ns":"/a","id":2,"room":"r"}"#, &[0, 1, 0xFF]);
    let Packet::Event(event) = parse_binary(&frame, &Bounds::default()).unwrap() else { panic!() };
    assert_eq!((&*event.name, event.ns.as_deref(), event.id), ("x", Some("/a"), Some(2)));
    assert_eq!(event.room.as_deref(), Some("r"));
    assert!(matches!(event.content, Content::Binary(Cow::Borrowed([0, 1, 0xFF]))));
}

#[test]
fn a_binary_frame_may_be_empty_behind_its_header() {
    let frame = frame(r#"{"event":"x"}"#, b"");
    let Packet::Event(event) = parse_binary(&frame, &Bounds::default()).unwrap() else { panic!() };
    assert!(bytes(event.content).is_empty());
}

#[test]
fn a_long_header_has_a_length_of_two_bytes() {
    let header = format!(r#"{{"event":"{}"}}"#, "e".repeat(200));
    let mut frame = vec![u8::try_from(header.len() & 0x7F).unwrap() | 0x80, 1];
    frame.extend_from_slice(header.as_bytes());
    frame.push(9);
    let Packet::Event(event) = parse_binary(&frame, &Bounds::default()).unwrap() else { panic!() };
    assert_eq!((event.name.len(), bytes(event.content)), (200, vec![9]));
}

#[test]
fn binary_frames_with_a_broken_length_are_refused() {
    for frame in [&[][..], &[0x80], &[0x80, 0], &[0x80; 4], &[0xFF, 0xFF, 0xFF, 0xFF, 0]] {
        let fault = frame_fault(frame);
        assert!(fault.message.contains("LEB128"), "{frame:x?}: {fault}");
    }
    for frame in [&[1][..], &[14, b'{'], &[0xFF, 0xFF, 0xFF, 0x7F, b'{', b'}']] {
        let fault = frame_fault(frame);
        assert!(fault.message.contains("announces a header of"), "{frame:x?}: {fault}");
    }
}

#[test]
fn binary_frames_with_a_wrong_header_are_refused() {
    let cases = [
        ("", Reason::Syntax, "nothing here"),
        (r#"{"ack":1}"#, Reason::Kind, "carries a message"),
        (r#"{"reply":1}"#, Reason::Kind, "carries a message"),
        (r#"{"event":"x","data":1}"#, Reason::Field, "neither"),
        (r#"{"event":"x","binary":""}"#, Reason::Field, "neither"),
        (r#"{"event":"x","event":"x"}"#, Reason::Duplicate, "`event`"),
        (r#"{"event":""}"#, Reason::Field, "`event`"),
    ];
    for (header, reason, words) in cases {
        let fault = frame_fault(&frame(header, b"bytes"));
        assert_eq!(fault.code, reason, "{header}: {fault}");
        assert!(fault.message.contains(words), "{header}: {fault}");
    }
    assert_eq!(frame_fault(&[2, 0xFF, 0xFE]).message, "The header of the binary frame is not UTF-8.");
}

#[test]
fn a_binary_frame_is_bounded_as_a_whole() {
    let bounds = Bounds { packet: 20, ..Bounds::default() };
    let frame = frame(r#"{"event":"x"}"#, &[0; 6]);
    assert!(parse_binary(&frame, &bounds).is_ok());
    let fault = parse_binary(&[&frame[..], &[0]].concat(), &bounds).unwrap_err();
    assert!(fault.is_too_large(), "{fault}");
}

#[test]
fn bombs_of_brackets_do_not_reach_the_stack() {
    let count = 100_000;
    for open in ["[", "{\"a\":", "[{\"a\":", "{\"event\":"] {
        let bomb = open.repeat(count);
        for text in [bomb.clone(), format!(r#"{{"event":"x","data":{bomb}"#), format!(r#"{{"{open}":{bomb}"#)]
        {
            assert_eq!(fault(&text).code, Reason::TooDeep, "{}", &text[..30]);
            assert!(parse_body(&format!("[{text}]"), &Bounds::default()).is_err());
            assert!(parse_opening(&text, &Bounds::default()).is_err());
        }
    }
    let closed = format!(r#"{{"event":"x","data":{}{}}}"#, "[".repeat(count), "]".repeat(count));
    assert_eq!(fault(&closed).code, Reason::TooDeep);
    let body = format!("[{closed}]");
    assert_eq!(parse_body(&body, &Bounds::default()).unwrap_err().code, Reason::TooDeep);
    let strings = format!(r#"{{"event":"x","data":"{}"}}"#, "[".repeat(count));
    read(&strings);
}

#[test]
fn a_megabyte_of_unknown_keys_is_read_in_linear_time() {
    let keys: String = (0..80_000).map(|number| format!("\"k{number}\":0,")).collect();
    let text = format!("{{{keys}\"event\":\"x\"}}");
    let before = Instant::now();
    assert_eq!(event(&text).name, "x");
    // Comparing each with each would be three thousand million comparisons.
    assert!(before.elapsed() < Duration::from_secs(5));
}

#[test]
fn what_is_no_object_is_no_packet() {
    let cases = [
        ("", "nothing here"),
        (" \n", "nothing here"),
        ("\u{FEFF}{\"event\":\"x\"}", "byte order mark"),
        (r#"[{"event":"x"}]"#, "body of a POST"),
        ("null", "one JSON object"),
        ("\"event\"", "one JSON object"),
        ("\0{}", "one JSON object"),
        ("\u{A0}{}", "one JSON object"),
        ("\u{B}{}", "one JSON object"),
    ];
    for (text, words) in cases {
        refused(text, Reason::Syntax, words);
    }
}

#[test]
fn broken_json_is_refused() {
    let cases = [
        "{",
        "}",
        r#"{"event""#,
        r#"{"event":"x""#,
        r#"{"event":"x",}"#,
        r#"{"event":"x"}}"#,
        r#"{"event":"x"}{"event":"x"}"#,
        "{\"event\":\"x\"}\0",
        "{\"event\":\"x\"}\u{FEFF}",
        "{\"event\":\"a\0b\"}",
        "{\"event\":\"a\nb\"}",
        "{\"event\":\"x\",\"data\":\"\u{1}\"}",
        r#"{'event':"x"}"#,
        r#"{event:"x"}"#,
        r#"{"event":"\x41"}"#,
        r#"{"event":"x","data":"\u12"}"#,
        r#"{"event":"x","data":NaN}"#,
        r#"{"event":"x","data":+1}"#,
        r#"{"event":"x","data":.5}"#,
        r#"{"event":"x","data":1.}"#,
        r#"{"event":"x","data":01}"#,
        r#"{"event":"x","data":undefined}"#,
        r#"{"event":"x","data":[1,]}"#,
        r#"{"event":"x","data":[1}}"#,
        r#"{"event":"x"/* */}"#,
        r#"{"\ud800":1,"event":"x"}"#,
        r#"{1:2,"event":"x"}"#,
        r#"{null:2}"#,
    ];
    for text in cases {
        let fault = fault(text);
        assert_eq!(fault.code, Reason::Syntax, "{text}: {fault}");
    }
}

#[test]
fn lone_surrogates_are_no_names() {
    for name in [r"\ud800", r"\udc00\ud800", r"a\ud834b", r"\ud834\u0041"] {
        refused(&format!(r#"{{"event":"{name}"}}"#), Reason::Field, "escapes");
        refused(&format!(r#"{{"close":{{"reason":"{name}"}}}}"#), Reason::Field, "escapes");
    }
}

#[test]
fn huge_numbers_are_only_data() {
    let digits = "9".repeat(100_000);
    let text = format!(r#"{{"event":"x","data":{digits}}}"#);
    assert_eq!(data(&event(&text).content), Some(&*digits));
    refused(&format!(r#"{{"ack":{digits}}}"#), Reason::Field, "an integer from");
    refused(r#"{"ack":1e999999999}"#, Reason::Field, "an integer from");
}

proptest! {
    #[test]
    fn nothing_panics(text in "[\\[\\]{}\":,\\\\a-z0-9 \u{2028}\\n]{0,80}", bytes: Vec<u8>) {
        let bounds = Bounds { packet: 60, name: 8, depth: 3, batch: 2 };
        let _ = parse(&text, &bounds);
        let _ = parse_body(&text, &bounds);
        let _ = parse_opening(&text, &bounds);
        let _ = parse_binary(&bytes, &bounds);
    }

    #[test]
    fn names_and_data_come_out_as_they_went_in(name in "\\PC{1,40}", value in any::<String>(), id in 1..=MAX_INTEGER) {
        let mut text = b"{\"event\":".to_vec();
        json::push_string(&mut text, &name);
        text.extend_from_slice(b",\"data\":");
        let from = text.len();
        json::push_string(&mut text, &value);
        let upto = text.len();
        text.extend_from_slice(b",\"id\":");
        json::push_number(&mut text, id);
        text.push(b'}');
        let text = String::from_utf8(text).unwrap();
        let event = event(&text);
        prop_assert_eq!(&*event.name, &name);
        prop_assert_eq!(event.id, Some(id));
        prop_assert_eq!(data(&event.content), Some(&text[from..upto]));
    }

    #[test]
    fn binary_survives(bytes_in: Vec<u8>) {
        use base64::Engine as _;
        let encoded = base64::engine::general_purpose::STANDARD.encode(&bytes_in);
        let text = format!(r#"{{"event":"x","binary":"{encoded}"}}"#);
        prop_assert_eq!(&bytes(event(&text).content), &bytes_in);
        let frame = frame(r#"{"event":"x"}"#, &bytes_in);
        let Packet::Event(event) = parse_binary(&frame, &Bounds::default()).unwrap() else { panic!() };
        prop_assert_eq!(&bytes(event.content), &bytes_in);
    }
}

//! What is refused, and in which words.

use super::*;

#[test]
fn exactly_one_kind() {
    refused("{}", Reason::Kind, "no kind");
    refused(r#"{"data":1,"id":4,"peer":"x"}"#, Reason::Kind, "no kind");
    refused(r#"{"Event":"x"}"#, Reason::Kind, "no kind");
    refused(r#"{"event":"x","ack":1}"#, Reason::Kind, "`event` and `ack`");
    refused(r#"{"event":"x","moved":{"turn":1}}"#, Reason::Kind, "`event` and `moved`");
    refused(r#"{"event":"x","error":{"code":1}}"#, Reason::Kind, "`event` and `error`");
    refused(r#"{"reply":1,"auth":1}"#, Reason::Kind, "`reply` and `auth`");
    refused(r#"{"connect":{"ns":"/a"},"auth":1}"#, Reason::Kind, "`connect` and `auth`");
}

#[test]
fn the_gateways_kinds_are_not_the_clients() {
    for kind in ["joined", "left", "lost", "moved", "drain", "error"] {
        let text = format!(r#"{{"{kind}":{{}}}}"#);
        refused(&text, Reason::Kind, &format!("`{kind}`"));
        refused(&text, Reason::Kind, "the gateway's to send");
    }
}

#[test]
fn no_key_twice() {
    refused(r#"{"event":"x","event":"x"}"#, Reason::Duplicate, "`event` stands twice at line 1 column 20");
    refused(r#"{"event":"x","e\u0076ent":"y"}"#, Reason::Duplicate, "`event`");
    refused(r#"{"event":"x","a":1,"\u0061":1}"#, Reason::Duplicate, "`a`");
    refused(r#"{"event":"x","":1,"":1}"#, Reason::Duplicate, "``");
    refused(r#"{"join":{"room":"a","room":"b"}}"#, Reason::Duplicate, "In the join");
    refused(r#"{"join":{"room":"a","since":{"at":1,"at":1}}}"#, Reason::Duplicate, "In the since");
    refused(r#"{"open":{"x":1,"x":2}}"#, Reason::Duplicate, "In the open");
    // The application's own data are its own business.
    assert_eq!(data(&event(r#"{"event":"x","data":{"a":1,"a":2}}"#).content), Some(r#"{"a":1,"a":2}"#));
}

#[test]
fn no_unknown_key_twice_among_many() {
    let keys: Vec<String> = (0..40).map(|number| format!("\"k{number}\":0")).collect();
    let with = |more: &str| format!("{{{},\"event\":\"x\"{more}}}", keys.join(","));
    assert_eq!(event(&with("")).name, "x");
    for repeated in ["k0", "k7", "k8", "k39"] {
        refused(&with(&format!(",\"{repeated}\":1")), Reason::Duplicate, repeated);
    }
}

#[test]
fn a_key_in_a_complaint_is_cut_and_escaped() {
    let key = format!("\\n{}", "a".repeat(100));
    let fault = fault(&format!(r#"{{"{key}":1,"{key}":1}}"#));
    assert!(fault.message.contains(&format!("`\\n{}`", "a".repeat(39))), "{fault}");
}

#[test]
fn unknown_keys_are_ignored() {
    assert_eq!(event(r#"{"zzz":{"event":"y"},"event":"x","at":"no","since":1,"e":null}"#).name, "x");
    assert!(matches!(read(r#"{"attach":{"turn":1,"more":[]}}"#), Packet::Attach { turn: Some(1), .. }));
}

#[test]
fn integers_are_plain() {
    let wrong = [
        "1.0",
        "1e3",
        "-1",
        "-0",
        "\"1\"",
        "null",
        "true",
        "[1]",
        "9007199254740992",
        "9999999999999999",
        "18446744073709551616",
        "1000000000000000000000000000000",
    ];
    for value in wrong {
        for text in [
            format!(r#"{{"event":"x","id":{value}}}"#),
            format!(r#"{{"reply":{value}}}"#),
            format!(r#"{{"from":{value}}}"#),
            format!(r#"{{"ack":{value}}}"#),
            format!(r#"{{"ping":{value}}}"#),
            format!(r#"{{"attach":{{"turn":{value}}}}}"#),
            format!(r#"{{"join":{{"room":"a","since":{{"epoch":"e","at":{value}}}}}}}"#),
        ] {
            refused(&text, Reason::Field, "an integer from");
        }
    }
    refused(r#"{"ack":01}"#, Reason::Syntax, "not valid JSON");
    for text in [r#"{"event":"x","id":0}"#, r#"{"reply":0}"#, r#"{"from":0}"#, r#"{"auth":1,"id":0}"#] {
        refused(text, Reason::Field, "an integer from 1 to 9007199254740991");
    }
    assert_eq!(event(r#"{"event":"x","id":9007199254740991}"#).id, Some(MAX_INTEGER));
}

#[test]
fn complaints_name_key_and_place() {
    let fault = fault(r#"{"join":{"room":"a","since":{"epoch":"e","at":"1"}}}"#);
    assert_eq!(
        fault.to_string(),
        "`at` in `since` (at byte 46 of the packet) must be an integer from 0 to 9007199254740991, without a \
         fraction or an exponent."
    );
    refused(r#"{"event":"x","data":}"#, Reason::Syntax, "line 1 column 21");
}

#[test]
fn names_are_bounded_and_visible() {
    let places = [
        (r#"{"event":NAME}"#, "`event`"),
        (r#"{"event":"x","room":NAME}"#, "`room`"),
        (r#"{"event":"x","ns":NAME}"#, "`ns`"),
        (r#"{"connect":{"ns":NAME}}"#, "`ns` in `connect`"),
        (r#"{"join":{"room":NAME}}"#, "`room` in `join`"),
        (r#"{"leave":{"room":"a"},"ns":NAME}"#, "`ns`"),
        (r#"{"join":{"room":"a","since":{"epoch":NAME,"at":1}}}"#, "`epoch` in `since`"),
        (r#"{"resume":{"session":NAME}}"#, "`session` in `resume`"),
        (r#"{"reply":1,"error":{"code":NAME}}"#, "`code` in `error`"),
    ];
    let long = format!("\"/{}\"", "é".repeat(128));
    for (place, path) in places {
        for name in [r#""""#, r#""/a\u0000""#, r#""/a\n""#, "\"/\u{7f}\"", "\"/\u{85}\"", &long] {
            refused(&place.replace("NAME", name), Reason::Field, path);
        }
        for name in ["null", "{}", "[\"a\"]", "true"] {
            refused(&place.replace("NAME", name), Reason::Field, path);
        }
        let longest = format!("\"/{}a\"", "é".repeat(127));
        for name in [&longest, r#""/a b""#, r#""/caf\u00e9 \ud834\udd1e""#] {
            read(&place.replace("NAME", name));
        }
    }
}

#[test]
fn escaped_names_are_unescaped() {
    assert_eq!(event(r#"{"event":"caf\u00e9 \ud834\udd1e \"\\\/"}"#).name, "café 𝄞 \"\\/");
    let Packet::Close { reason, .. } = read(r#"{"close":{"reason":"a\nb"}}"#) else { panic!() };
    assert_eq!(reason, "a\nb");
}

#[test]
fn namespaces_begin_with_a_slash_and_the_main_one_is_absence() {
    refused(r#"{"event":"x","ns":"admin"}"#, Reason::Field, "begins with a slash");
    refused(r#"{"disconnect":{"ns":"admin"}}"#, Reason::Field, "begins with a slash");
    assert_eq!(event(r#"{"event":"x","ns":"/"}"#).ns, None);
    assert_eq!(event(r#"{"event":"x","ns":"\u002f"}"#).ns, None);
    assert!(matches!(read(r#"{"join":{"room":"a","ns":"/"}}"#), Packet::Join { ns: None, .. }));
    assert!(matches!(read(r#"{"leave":{"room":"a"},"ns":"/"}"#), Packet::Leave { ns: None, .. }));
    refused(r#"{"join":{"room":"a","ns":"/a"},"ns":"/a"}"#, Reason::Field, "not in both");
}

#[test]
fn data_and_binary_exclude_each_other() {
    refused(r#"{"event":"x","data":null,"binary":""}"#, Reason::Field, "not both");
    refused(r#"{"reply":1,"binary":"AA=="}"#, Reason::Field, "`binary` is for messages");
    refused(r#"{"reply":1,"data":1,"error":{"code":"x"}}"#, Reason::Field, "not both");
}

#[test]
fn base64_is_the_standard_one_with_padding() {
    for encoded in ["AA", "AA=", "AAA", "-_8=", "A", "====", "AB==", "AA==\\n", " AA==", "AA==AA==", "é"] {
        let text = format!(r#"{{"event":"x","binary":"{encoded}"}}"#);
        refused(&text, Reason::Field, "base64 in the standard alphabet");
    }
    refused(r#"{"event":"x","binary":[0]}"#, Reason::Field, "a string");
}

#[test]
fn what_is_missing_is_named() {
    let cases = [
        (r#"{"connect":{}}"#, "`ns` in `connect` is missing"),
        (r#"{"disconnect":{}}"#, "`ns` in `disconnect` is missing"),
        (r#"{"join":{}}"#, "`room` in `join` is missing"),
        (r#"{"leave":{}}"#, "`room` in `leave` is missing"),
        (r#"{"join":{"room":"a","since":{"at":1}}}"#, "`epoch` in `since` is missing"),
        (r#"{"join":{"room":"a","since":{"epoch":"e"}}}"#, "`at` in `since` is missing"),
        (r#"{"resume":{}}"#, "`session` in `resume` is missing"),
        (r#"{"reply":1,"error":{"message":"x"}}"#, "`code` in `error` is missing"),
    ];
    for (text, words) in cases {
        refused(text, Reason::Field, words);
    }
}

#[test]
fn what_is_an_object_is_nothing_else() {
    for kind in ["connect", "disconnect", "join", "leave", "open", "resume", "attach", "close"] {
        for value in ["null", "1", "\"/a\"", "[]", "true"] {
            refused(&format!(r#"{{"{kind}":{value}}}"#), Reason::Field, "must be an object");
        }
    }
    refused(r#"{"join":{"room":"a","since":null}}"#, Reason::Field, "`since` in `join`");
    refused(r#"{"reply":1,"error":null}"#, Reason::Field, "`error`");
}

#[test]
fn close_codes_have_sixteen_bits() {
    refused(r#"{"close":{"code":65536}}"#, Reason::Field, "0 to 65535");
    refused(r#"{"close":{"code":"4000"}}"#, Reason::Field, "`code` in `close`");
    refused(r#"{"close":{"reason":4000}}"#, Reason::Field, "`reason` in `close`");
    assert!(matches!(read(r#"{"close":{"code":65535}}"#), Packet::Close { code: Some(65535), .. }));
}

#[test]
fn keys_are_128_to_512_bits_of_hex() {
    let text = |key: &str| format!(r#"{{"open":{{"key":"{key}"}}}}"#);
    let digits = |count| "f".repeat(count);
    for wrong in [String::new(), digits(30), digits(31), digits(33), digits(129), digits(130)] {
        refused(&text(&wrong), Reason::Field, "hex digits, 32 to 128 of them");
    }
    for wrong in [format!("g{}", digits(31)), format!("+{}", digits(31)), format!("é{}", digits(30))] {
        refused(&text(&wrong), Reason::Field, "`key` in `open`");
    }
    for count in [32, 34, 128] {
        let text = text(&digits(count));
        let Packet::Open(opening) = read(&text) else { panic!() };
        assert_eq!(opening.key, Some(vec![255; count / 2]));
    }
}

#[test]
fn complaints_repeat_no_value() {
    let texts = [
        r#"{"open":{"key":"s3cret"}}"#,
        r#"{"resume":{"session":"s3cret\n"}}"#,
        r#"{"auth":"s3cret","id":0}"#,
        r#"{"auth":"s3cret","auth":"s3cret"}"#,
        r#"{"auth":"s3cret"} s3cret"#,
    ];
    for text in texts {
        let fault = fault(text);
        assert!(!fault.message.contains("s3cret"), "{fault}");
    }
}

#[test]
fn the_size_is_bounded() {
    let bounds = Bounds { packet: 13, ..Bounds::default() };
    assert!(parse(r#"  {"event":"x"}  "#, &bounds).is_ok());
    let fault = parse(r#"{"event":"xy"}"#, &bounds).unwrap_err();
    assert_eq!(fault.code, Reason::TooLarge);
    assert!(fault.is_too_large() && fault.message.contains("13 bytes"), "{fault}");
}

#[test]
fn the_depth_is_bounded() {
    let nested = |depth: usize| {
        format!(r#"{{"event":"x","data":{}{}}}"#, "[".repeat(depth - 1), "]".repeat(depth - 1))
    };
    read(&nested(64));
    let fault = fault(&nested(65));
    assert_eq!(fault.code, Reason::TooDeep);
    assert!(!fault.is_too_large() && fault.message.contains("deeper than 64"), "{fault}");
}

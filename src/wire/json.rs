//! Splicing raw JSON: the gateway passes `data` on as it came and never parses it a second time.
//!
//! Every function takes text that a parser has already found to be valid, or, in the case of [`depth`],
//! text that no parser has seen yet, because its answer decides whether one may.

use std::borrow::Cow;

use memchr::{memchr2, memchr3_iter};

/// Valid JSON text without raw line ends and without raw U+2028 and U+2029.
///
/// A packet has to be one line (NDJSON, SSE) and has to be a JavaScript literal (JSONP; before ES2019 the two
/// separators ended a line inside a string literal). In valid JSON, CR and LF stand only between tokens, so
/// each becomes a space; the separators stand only inside strings, so each becomes its escape. The value is
/// the same afterwards. The text is borrowed where nothing is to be done, which is nearly always.
pub fn tidy(raw: &str) -> Cow<'_, str> {
    let bytes = raw.as_bytes();
    let mut tidied = String::new();
    let mut kept = 0;
    // 0xE2 leads both separators, but much ordinary punctuation as well: it is a candidate, not a find.
    for at in memchr3_iter(b'\r', b'\n', 0xE2, bytes) {
        let (instead, width) = match (bytes[at], separator(bytes, at)) {
            (0xE2, None) => continue,
            (_, Some(escape)) => (escape, 3),
            (_, None) => (" ", 1),
        };
        if kept == 0 {
            tidied.reserve(raw.len() + 8);
        }
        tidied.push_str(&raw[kept..at]);
        tidied.push_str(instead);
        kept = at + width;
    }
    if kept == 0 {
        return Cow::Borrowed(raw);
    }
    tidied.push_str(&raw[kept..]);
    Cow::Owned(tidied)
}

/// Appends `text` as a JSON string literal, quotes included.
///
/// Escaped are what RFC 8259, section 7 demands (quote, backslash, U+0000 to U+001F), and U+2028 and U+2029 for
/// the reason given at [`tidy`].
pub fn push_string(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    out.reserve(bytes.len() + 2);
    out.push(b'"');
    let mut kept = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if PLAIN[usize::from(byte)] {
            continue;
        }
        let separator = separator(bytes, at);
        if byte == 0xE2 && separator.is_none() {
            continue;
        }
        out.extend_from_slice(&bytes[kept..at]);
        kept = at + 1;
        match separator {
            Some(escape) => {
                out.extend_from_slice(escape.as_bytes());
                kept = at + 3;
            }
            None => push_escape(out, byte),
        }
    }
    out.extend_from_slice(&bytes[kept..]);
    out.push(b'"');
}

/// Appends `number` in decimal.
pub fn push_number(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// How deep arrays and objects are nested at the deepest place: 0 for a bare number, 1 for `[]`.
///
/// Runs in one pass with a counter in place of a stack, so it can be asked of hostile text before anything
/// recursive reads it. Of text that isn't valid JSON the answer holds up to its first fault, which is as far
/// as a parser goes.
pub fn depth(raw: &str) -> usize {
    let bytes = raw.as_bytes();
    let (mut at, mut open, mut deepest) = (0, 0_usize, 0);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => at = behind_string(bytes, at),
            b'{' | b'[' => {
                open += 1;
                deepest = deepest.max(open);
            }
            b'}' | b']' => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The position behind the quote that ends the string whose inside starts at `at`; the end where none does.
fn behind_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(distance) = bytes.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += distance + 1;
        if bytes[at - 1] == b'"' {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

/// The escape of the separator at `at`, if U+2028 or U+2029 stands there.
fn separator(bytes: &[u8], at: usize) -> Option<&'static str> {
    match bytes.get(at..at + 3)? {
        [0xE2, 0x80, 0xA8] => Some("\\u2028"),
        [0xE2, 0x80, 0xA9] => Some("\\u2029"),
        _ => None,
    }
}

fn push_escape(out: &mut Vec<u8>, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        b'\t' => b't',
        b'\n' => b'n',
        0x0C => b'f',
        b'\r' => b'r',
        _ => {
            out.extend_from_slice(b"\\u00");
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 15)]);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// Which bytes stand in a string literal as they are, whatever follows them.
static PLAIN: [bool; 256] = {
    let mut plain = [true; 256];
    let mut control = 0;
    while control < 0x20 {
        plain[control] = false;
        control += 1;
    }
    plain[b'"' as usize] = false;
    plain[b'\\' as usize] = false;
    plain[0xE2] = false;
    plain
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn literal(text: &str) -> String {
        let mut out = Vec::new();
        push_string(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    fn recursive_depth(value: &Value) -> usize {
        match value {
            Value::Array(items) => 1 + items.iter().map(recursive_depth).max().unwrap_or(0),
            Value::Object(map) => 1 + map.values().map(recursive_depth).max().unwrap_or(0),
            _ => 0,
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[\\PC\u{2028}\u{2029}\"\\\\\n…\\[{\\]}]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(6, 48, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map("[a-c\u{2028}\"{]{0,3}", inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    #[test]
    fn tidy_borrows_what_is_tidy() {
        for text in ["", "1", r#"{"a":[1,"\n\u2028"]}"#, "\"“quoted” … €\"", "\"日本語 𝄞\""] {
            assert!(matches!(tidy(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn tidy_replaces_line_ends_and_separators() {
        assert_eq!(tidy("{\r\n\"a\":\n1\r}"), "{  \"a\": 1 }");
        assert_eq!(tidy("\n1\n"), " 1 ");
        assert_eq!(tidy("\"\u{2028}…\u{2029}\u{2028}\""), "\"\\u2028…\\u2029\\u2028\"");
        assert_eq!(tidy("\u{2029}"), "\\u2029");
    }

    #[test]
    fn strings_are_escaped_as_rfc_8259_demands() {
        assert_eq!(literal(""), "\"\"");
        assert_eq!(literal("plain, / and é 日本 𝄞 …"), "\"plain, / and é 日本 𝄞 …\"");
        assert_eq!(literal("\"\\"), r#""\"\\""#);
        assert_eq!(literal("\u{8}\t\n\u{c}\r"), r#""\b\t\n\f\r""#);
        assert_eq!(literal("\0\u{1}\u{1f}\u{7f}"), "\"\\u0000\\u0001\\u001f\u{7f}\"");
        assert_eq!(literal("a\u{2028}b\u{2029}"), r#""a\u2028b\u2029""#);
    }

    #[test]
    fn every_character_of_the_basic_plane_survives() {
        for character in (0..=0xFFFF_u32).filter_map(char::from_u32) {
            let text = format!("<{character}>");
            assert_eq!(serde_json::from_str::<String>(&literal(&text)).unwrap(), text);
        }
    }

    #[test]
    fn numbers_are_decimal() {
        for number in [0, 7, 10, 9_007_199_254_740_991, u64::MAX] {
            let mut out = b"x".to_vec();
            push_number(&mut out, number);
            assert_eq!(out, format!("x{number}").into_bytes());
        }
    }

    #[test]
    fn depth_counts_what_is_open_at_once() {
        let cases = [
            ("", 0),
            ("1", 0),
            ("[]", 1),
            ("[[],[],{}]", 2),
            (r#"{"a":{"b":[1]},"c":[]}"#, 3),
            (r#""[[[[""#, 0),
            (r#"["\"[[",[]]"#, 2),
            (r#"["\\",[[]]]"#, 3),
        ];
        for (text, expected) in cases {
            assert_eq!(depth(text), expected, "{text}");
        }
    }

    #[test]
    fn depth_bears_text_that_is_no_json() {
        let cases =
            [("]]]][", 1), ("\"[[", 0), ("[\"\\", 1), ("\"\\\"", 0), ("\\", 0), ("[\u{0}é[", 2), ("}{", 1)];
        for (text, expected) in cases {
            assert_eq!(depth(text), expected, "{text}");
        }
        assert_eq!(depth(&"[".repeat(100_000)), 100_000);
        assert_eq!(depth(&"{\"a\":".repeat(100_000)), 100_000);
    }

    proptest! {
        #[test]
        fn tidying_keeps_the_value(value in any_value()) {
            let pretty = serde_json::to_string_pretty(&value).unwrap().replace('\n', "\r\n");
            let tidied = tidy(&pretty);
            let untidy = tidied.contains(['\r', '\n', '\u{2028}', '\u{2029}']);
            prop_assert!(!untidy);
            prop_assert_eq!(serde_json::from_str::<Value>(&tidied).unwrap(), value);
        }

        #[test]
        fn depth_agrees_with_a_recursive_count(value in any_value()) {
            prop_assert_eq!(depth(&value.to_string()), recursive_depth(&value));
        }

        #[test]
        fn any_string_survives(text in any::<String>()) {
            prop_assert_eq!(serde_json::from_str::<String>(&literal(&text)).unwrap(), text);
        }
    }
}

//! JSON inside a script: what is escaped so that it stays data, and what a client may have written there.

use bytes::Bytes;
use memchr::memchr2_iter;

/// Longest name of a callback, in bytes.
pub const MAX_CALLBACK: usize = 64;

/// Longest origin of a page, in bytes: a name of the DNS has 253, and scheme and port stand around it.
pub const MAX_ORIGIN: usize = 300;

/// Appends JSON text so that it may stand in a script, and the script in a page: `<` could begin `</script>` or `<!--`, and
/// U+2028 and U+2029 end a line inside a string literal before ES2019. In valid JSON all three stand only inside strings,
/// where an escape means the same.
pub fn push(out: &mut Vec<u8>, json: &[u8]) {
    let mut kept = 0;
    for (at, instead, width) in finds(json) {
        out.extend_from_slice(&json[kept..at]);
        out.extend_from_slice(instead);
        kept = at + width;
    }
    out.extend_from_slice(&json[kept..]);
}

/// The same of shared bytes: nothing is copied where nothing is to be done, which is nearly always.
pub fn escaped(json: Bytes) -> Bytes {
    let more = finds(&json).map(|(_, instead, width)| instead.len() - width).sum::<usize>();
    if more == 0 {
        return json;
    }
    let mut out = Vec::with_capacity(json.len() + more);
    push(&mut out, &json);
    out.into()
}

/// What has to be replaced: where, by what, and how many bytes.
fn finds(json: &[u8]) -> impl Iterator<Item = (usize, &'static [u8], usize)> {
    memchr2_iter(b'<', 0xE2, json).filter_map(|at| match (json[at], json.get(at + 1..at + 3)) {
        (b'<', _) => Some((at, &b"\\u003c"[..], 1)),
        (_, Some([0x80, 0xA8])) => Some((at, b"\\u2028", 3)),
        (_, Some([0x80, 0xA9])) => Some((at, b"\\u2029", 3)),
        _ => None,
    })
}

/// Whether a script may call this: an identifier of ASCII, and nothing that could be more than one.
pub fn is_callback(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$';
    (1..=MAX_CALLBACK).contains(&name.len())
        && name.bytes().all(|byte| is_letter(byte) || byte.is_ascii_digit())
        && !name.starts_with(|first: char| first.is_ascii_digit())
}

/// Whether this is the origin of a page, `scheme://host` or `scheme://host:port`, in characters that can stand in a string
/// literal as they are.
pub fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else { return false };
    let (host, port) = match authority.rsplit_once(':') {
        // The last colon of an address in brackets is not that of a port.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let in_brackets = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_host = match in_brackets {
        Some(address) => address.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte)),
        None => host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte)),
    };
    text.len() <= MAX_ORIGIN
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        && is_host
        && !host.is_empty()
        && in_brackets != Some("")
        && port
            .is_none_or(|port| port.len() <= 5 && port.parse::<u16>().is_ok_and(|_| !port.starts_with('+')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn written(json: &str) -> String {
        let mut out = Vec::new();
        push(&mut out, json.as_bytes());
        assert_eq!(out, escaped(Bytes::copy_from_slice(json.as_bytes())));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_could_end_a_script_or_a_literal_is_escaped() {
        assert_eq!(written(r#""</script><!--""#), r#""\u003c/script>\u003c!--""#);
        assert_eq!(written("\"a\u{2028}…\u{2029}\""), "\"a\\u2028…\\u2029\"");
        assert_eq!(written("\"…€ é\""), "\"…€ é\"");
    }

    #[test]
    fn what_needs_no_escape_is_not_copied() {
        let json = Bytes::from_static("{\"event\":\"…\"}".as_bytes());
        assert_eq!(escaped(json.clone()).as_ptr(), json.as_ptr());
    }

    #[test]
    fn a_callback_is_one_identifier() {
        let longest = "a".repeat(MAX_CALLBACK);
        for name in ["F", "_", "$1", "aB9_$", &longest] {
            assert!(is_callback(name), "{name}");
        }
        let longer = "a".repeat(MAX_CALLBACK + 1);
        for name in ["", "1a", "a.b", "a b", "a(", "é", "a\u{2028}", "a<", "a'", &longer] {
            assert!(!is_callback(name), "{name}");
        }
    }

    #[test]
    fn an_origin_is_a_scheme_a_host_and_perhaps_a_port() {
        for origin in
            ["https://a.example", "http://localhost:8080", "http://[::1]:80", "http://[::1]", "app://x"]
        {
            assert!(is_origin(origin), "{origin}");
        }
        let long = format!("https://{}", "a".repeat(MAX_ORIGIN));
        let wrong = [
            "",
            "null",
            "*",
            "https://",
            "https://a/",
            "https://a?b",
            "https://a'",
            "https://a\\",
            "https://a:b",
            "https://a:",
            "https://a:65536",
            "https://a:+1",
            "https://u@a",
            "://a",
            "1://a",
            "https://[a]x",
            "https://[]",
            "https://[x]",
            "https://a</script>",
            "https://a b",
            &long,
        ];
        for origin in wrong {
            assert!(!is_origin(origin), "{origin}");
        }
    }

    proptest! {
        #[test]
        fn escaping_keeps_the_value(text in "[\\PC\u{2028}\u{2029}<>/!…\\-]{0,40}") {
            let json = Value::from(text).to_string();
            let script = written(&json);
            let left = script.contains(['<', '\u{2028}', '\u{2029}']);
            prop_assert!(!left);
            prop_assert_eq!(serde_json::from_str::<Value>(&script).unwrap(), serde_json::from_str::<Value>(&json).unwrap());
        }
    }
}

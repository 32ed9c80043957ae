//! A URL's query, bounded and exact: `after=12&turn=4`.
//!
//! A query without escapes, as every client of ours sends it, is read where it lies.

use std::{borrow::Cow, fmt};

/// Most pairs in a query; the richest request of the protocol has eight.
pub const MAX_PAIRS: usize = 32;

/// Most bytes in a query, as it arrived; none of the protocol's needs 300.
pub const MAX_BYTES: usize = 4096;

/// Largest integer on the wire: the largest up to which every JavaScript number is exact.
pub const MAX_NUMBER: u64 = (1 << 53) - 1;

/// How much of a key a [`Fault`] repeats, in characters.
const KEY_SHOWN: usize = 32;

/// The pairs of a query, decoded. No key is in it twice.
#[derive(Debug)]
pub struct Query<'a>(Form<'a>);

#[derive(Debug)]
enum Form<'a> {
    /// Without `%` and `+`: what is written is what is meant.
    Plain(&'a str),
    Decoded(Vec<(Cow<'a, str>, Cow<'a, str>)>),
}

/// A query that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Names the key and says what is allowed.
    pub message: Cow<'static, str>,
}

impl<'a> Query<'a> {
    /// Reads what stands behind a URL's `?`: `application/x-www-form-urlencoded` by the URL Standard,
    /// so a key without `=` has the value `""`, and escapes that are not UTF-8 become U+FFFD.
    ///
    /// # Errors
    /// More than [`MAX_PAIRS`] pairs or [`MAX_BYTES`] bytes, or a key given twice, known or not: which
    /// of the two counts is where a proxy and a gateway would disagree.
    pub fn parse(query: Option<&'a str>) -> Result<Query<'a>, Fault> {
        let raw = query.unwrap_or_default();
        if raw.len() > MAX_BYTES {
            return Err(Fault::new(format!("Send a query of at most {MAX_BYTES} bytes.")));
        }
        if plain(raw).nth(MAX_PAIRS).is_some() {
            return Err(Fault::new(format!("Send at most {MAX_PAIRS} pairs in a query.")));
        }
        if !raw.contains(['%', '+']) {
            refuse_repeated(plain(raw).map(|(key, _)| key))?;
            return Ok(Query(Form::Plain(raw)));
        }
        let pairs: Vec<_> = form_urlencoded::parse(raw.as_bytes()).collect();
        refuse_repeated(pairs.iter().map(|(key, _)| &**key))?;
        Ok(Query(Form::Decoded(pairs)))
    }

    /// Whether `key` is given, with a value or without.
    pub fn has(&self, key: &str) -> bool {
        self.text(key).is_some()
    }

    /// The value of `key`, decoded; `""` where it is given without one.
    pub fn text(&self, key: &str) -> Option<&str> {
        match &self.0 {
            Form::Plain(raw) => plain(raw).find(|pair| pair.0 == key).map(|pair| pair.1),
            Form::Decoded(pairs) => pairs.iter().find(|pair| pair.0 == key).map(|pair| &*pair.1),
        }
    }

    /// The value of `key` as an integer from 0 to [`MAX_NUMBER`], written in decimal digits.
    ///
    /// # Errors
    /// Anything else: a sign, a space, a fraction, nothing at all behind the key, a larger number.
    pub fn number(&self, key: &str) -> Result<Option<u64>, Fault> {
        let Some(text) = self.text(key) else { return Ok(None) };
        // `u64::from_str` would take a leading plus.
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(number) if digits && number <= MAX_NUMBER => Ok(Some(number)),
            _ => Err(Fault::new(format!("Give `{}` as decimal digits, 0 to {MAX_NUMBER}.", shown(key)))),
        }
    }
}

impl Fault {
    fn new(message: String) -> Fault {
        Fault { message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

/// The pairs as they are written. It cuts where `form_urlencoded` does: empty pairs are none.
fn plain(raw: &str) -> impl Iterator<Item = (&str, &str)> {
    raw.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// At most [`MAX_PAIRS`] keys, so looking through those before is as quick as hashing them.
fn refuse_repeated<'k>(keys: impl Iterator<Item = &'k str>) -> Result<(), Fault> {
    let mut seen = [""; MAX_PAIRS];
    for (count, key) in keys.enumerate() {
        if seen[..count].contains(&key) {
            return Err(Fault::new(format!("Give `{}` once in a query.", shown(key))));
        }
        seen[count] = key;
    }
    Ok(())
}

/// A key as a message repeats it: it is the client's text and may be long, or meant to break a log.
fn shown(key: &str) -> String {
    key.chars().take(KEY_SHOWN).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Query<'_> {
        Query::parse(Some(query)).unwrap()
    }

    fn refused(query: &str) -> String {
        Query::parse(Some(query)).unwrap_err().to_string()
    }

    #[test]
    fn reads_pairs_in_any_order() {
        let query = parse("turn=4&after=12");
        assert_eq!(query.text("after"), Some("12"));
        assert_eq!(query.text("turn"), Some("4"));
        assert_eq!(query.text("wait"), None);
        assert!(query.has("turn") && !query.has("tur") && !query.has("turn4"));
    }

    #[test]
    fn nothing_is_an_empty_query() {
        for query in [None, Some(""), Some("&"), Some("&&&")] {
            let query = Query::parse(query).unwrap();
            assert!(!query.has("after") && !query.has(""));
            assert_eq!(query.number("after"), Ok(None));
        }
    }

    #[test]
    fn a_key_without_a_value_is_given() {
        for raw in ["open", "open=", "a=1&open", "open&a=%20", "open=&a=+"] {
            let query = parse(raw);
            assert!(query.has("open"), "{raw}");
            assert_eq!(query.text("open"), Some(""), "{raw}");
        }
    }

    #[test]
    fn the_first_equals_sign_divides() {
        assert_eq!(parse("key=a=b=").text("key"), Some("a=b="));
        assert_eq!(parse("key=a=b%3d").text("key"), Some("a=b="));
        assert_eq!(parse("=a").text(""), Some("a"));
    }

    #[test]
    fn escapes_and_plus_are_decoded() {
        assert_eq!(parse("name=a+b").text("name"), Some("a b"));
        let query = parse("a%66ter=%31%32&name=J%C3%BCrgen+B%2B&odd=%zz%4&bad=%ff");
        assert_eq!(query.number("after"), Ok(Some(12)));
        assert_eq!(query.text("name"), Some("J\u{fc}rgen B+"));
        assert_eq!(query.text("odd"), Some("%zz%4"), "what is no escape stands for itself");
        assert_eq!(query.text("bad"), Some("\u{fffd}"));
    }

    #[test]
    fn a_plain_query_is_not_copied() {
        let raw = String::from("after=12&callback=F");
        let Query(Form::Plain(kept)) = parse(&raw) else { panic!("it has no escapes") };
        assert_eq!(kept.as_ptr(), raw.as_ptr());
        let Query(Form::Decoded(pairs)) = parse("a=1&b=%32") else { panic!("it has an escape") };
        assert!(matches!(pairs[0], (Cow::Borrowed("a"), Cow::Borrowed("1"))));
    }

    #[test]
    fn a_repeated_key_is_refused_known_or_not() {
        assert_eq!(refused("after=1&turn=2&after=1"), "Give `after` once in a query.");
        assert_eq!(refused("utm&utm"), "Give `utm` once in a query.");
        assert_eq!(refused("after=1&%61fter=2"), "Give `after` once in a query.");
        assert_eq!(refused("a+b=1&a%20b=2"), "Give `a b` once in a query.");
        assert_eq!(refused("=1&=2"), "Give `` once in a query.");
        assert!(parse("after=1&After=2").has("After"), "keys differ by case");
    }

    #[test]
    fn a_message_repeats_little_of_the_client() {
        let key = "%0d%0aSet-Cookie:".to_owned() + &"x".repeat(500);
        let message = refused(&format!("{key}&{key}"));
        assert!(message.starts_with("Give `\\r\\nSet-Cookie:xxx"), "{message}");
        assert!(message.len() < 80 && !message.contains(char::is_control), "{message}");
    }

    #[test]
    fn pairs_are_bounded() {
        let pairs = |count: usize, value: &str| {
            (0..count).map(|n| format!("k{n}={value}")).collect::<Vec<_>>().join("&")
        };
        for value in ["1", "%31"] {
            assert_eq!(parse(&pairs(MAX_PAIRS, value)).number("k31"), Ok(Some(1)));
            assert_eq!(refused(&pairs(MAX_PAIRS + 1, value)), "Send at most 32 pairs in a query.");
        }
        assert!(parse(&"&".repeat(MAX_BYTES)).text("").is_none(), "empty pairs don't count");
    }

    #[test]
    fn bytes_are_bounded() {
        let most = format!("a={}", "x".repeat(MAX_BYTES - 2));
        assert_eq!(parse(&most).text("a").map(str::len), Some(MAX_BYTES - 2));
        assert_eq!(refused(&(most + "x")), "Send a query of at most 4096 bytes.");
    }

    #[test]
    fn numbers_are_decimal_digits_up_to_two_to_the_53rd() {
        for (text, number) in [("0", 0), ("007", 7), ("9007199254740991", MAX_NUMBER), ("%30", 0)] {
            assert_eq!(parse(&format!("after={text}")).number("after"), Ok(Some(number)), "{text}");
        }
        let wrong =
            ["", "-1", "%2B1", "+1", "1+", "1.0", "1e3", "0x1", "auto", "\u{661}", "9007199254740992"];
        for text in wrong.into_iter().chain(["99999999999999999999999999", "18446744073709551617"]) {
            let query = format!("after={text}");
            let fault = parse(&query).number("after").unwrap_err();
            assert_eq!(fault.message, "Give `after` as decimal digits, 0 to 9007199254740991.", "{text}");
        }
        assert!(parse("after").number("after").is_err());
    }
}

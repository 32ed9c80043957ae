//! A URL's query: what is read is what `form_urlencoded` reads, and what is refused breaks a bound.

use std::collections::HashMap;

use everwire::wire::query::{MAX_BYTES, MAX_NUMBER, MAX_PAIRS, Query};

/// Panics where a rule is broken.
pub fn check(data: &[u8]) {
    // A request's head has been read as text before its query gets here.
    let Ok(raw) = std::str::from_utf8(data) else { return };
    let pairs: Vec<_> = form_urlencoded::parse(data).collect();
    let model: HashMap<&str, &str> = pairs.iter().map(|(key, value)| (&**key, &**value)).collect();
    let repeated = model.len() < pairs.len();
    match Query::parse(Some(raw)) {
        Ok(query) => {
            assert!(raw.len() <= MAX_BYTES && pairs.len() <= MAX_PAIRS && !repeated);
            for (key, value) in &model {
                check_pair(&query, key, value);
            }
            let absent = "no key that stands in a corpus";
            assert!(model.contains_key(absent) || !query.has(absent) && query.number(absent) == Ok(None));
        }
        Err(fault) => {
            assert!(raw.len() > MAX_BYTES || pairs.len() > MAX_PAIRS || repeated, "{fault}");
            check_message(&fault.message);
        }
    }
}

fn check_pair(query: &Query<'_>, key: &str, value: &str) {
    assert!(query.has(key));
    assert_eq!(query.text(key), Some(value));
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let bare = value.trim_start_matches('0');
    match query.number(key) {
        Ok(number) => {
            let number = number.expect("the key is given");
            assert!(digits && number <= MAX_NUMBER);
            assert_eq!(number.to_string(), if bare.is_empty() { "0" } else { bare });
        }
        Err(fault) => {
            let large = bare.len() > 16 || bare.parse::<u64>().is_ok_and(|number| number > MAX_NUMBER);
            assert!(!digits || large, "{value} is refused");
            check_message(&fault.message);
        }
    }
}

/// A message may go into a log: one line, and not a long one.
fn check_message(message: &str) {
    assert!(message.len() < 512 && !message.contains(char::is_control), "{message:?}");
}

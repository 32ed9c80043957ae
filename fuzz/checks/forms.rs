//! A form's body, a callback and an origin: what is read is what `form_urlencoded` reads, what is refused breaks a rule, and
//! what is let into a script can't end it.

use bytes::Bytes;
use everwire::wire::{
    form::{Form, MAX_FIELDS},
    query::MAX_NUMBER,
    script,
};

/// Panics where a rule is broken.
pub fn check(data: &[u8]) {
    check_form(data);
    let Ok(text) = std::str::from_utf8(data) else { return };
    check_name(text);
    check_escape(text);
}

fn check_form(data: &[u8]) {
    let fields: Vec<_> = form_urlencoded::parse(data).collect();
    let named = |wanted: &str| {
        fields.iter().filter(|(name, _)| name == wanted).map(|(_, value)| &**value).collect::<Vec<_>>()
    };
    let (d, seq) = (named("d"), named("seq"));
    match Form::parse(data) {
        Ok(form) => {
            assert!(fields.len() <= MAX_FIELDS);
            assert_eq!(d, [&*form.d]);
            match form.seq {
                None => assert!(seq.is_empty()),
                Some(number) => {
                    assert!((1..=MAX_NUMBER).contains(&number));
                    assert_eq!(seq.len(), 1);
                    assert_eq!(seq[0].trim_start_matches('0'), number.to_string());
                }
            }
        }
        Err(fault) => {
            assert!(fault.message.len() < 512 && !fault.message.contains(char::is_control), "{fault}");
            let number = |digits: &&str| {
                digits.bytes().all(|byte| byte.is_ascii_digit())
                    && digits.parse::<u64>().is_ok_and(|number| (1..=MAX_NUMBER).contains(&number))
            };
            // A character that replaces what is no UTF-8 may also have been sent.
            let is_sound =
                d.len() == 1 && !d[0].contains('\u{fffd}') && seq.len() <= 1 && seq.iter().all(number);
            assert!(!is_sound || fields.len() > MAX_FIELDS, "{fault}");
        }
    }
}

fn check_name(text: &str) {
    let harmless =
        |more: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.as_bytes().contains(&byte));
    if script::is_callback(text) {
        assert!(harmless("_$") && !text.is_empty() && text.len() <= script::MAX_CALLBACK);
    }
    if script::is_origin(text) {
        assert!(harmless("+-._:/[]") && text.len() <= script::MAX_ORIGIN);
        assert_eq!(text.matches('/').count(), 2);
    }
}

fn check_escape(text: &str) {
    let script = script::escaped(Bytes::copy_from_slice(text.as_bytes()));
    let script = std::str::from_utf8(&script).expect("escaping cuts no character");
    assert!(!script.contains(['<', '\u{2028}', '\u{2029}']));
    // What was not escaped before is the same again behind it.
    if !text.contains("\\u") {
        let back =
            script.replace("\\u003c", "<").replace("\\u2028", "\u{2028}").replace("\\u2029", "\u{2029}");
        assert_eq!(back, text);
    }
}

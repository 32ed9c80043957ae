//! The body of a form: `d=…&seq=…`, exact. What a page without any other way sends a packet in.

use std::{borrow::Cow, fmt};

use super::query::MAX_NUMBER;

/// Most fields in a form: its own two, and what a toolbar or a proxy may have added.
pub const MAX_FIELDS: usize = 16;

/// Bytes beside those of `d` that a form may have.
pub const MAX_BESIDE: usize = 1024;

/// The fields of a form.
#[derive(Debug, PartialEq, Eq)]
pub struct Form<'a> {
    /// One packet or an array of them, decoded.
    pub d: Cow<'a, str>,
    /// The number of its first message; absent from the form of an opening.
    pub seq: Option<u64>,
}

/// A form that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Names the field and says what is allowed.
    pub message: Cow<'static, str>,
}

impl<'a> Form<'a> {
    /// Reads an `application/x-www-form-urlencoded` body. Other fields than its own are ignored, whatever is in them.
    ///
    /// # Errors
    /// `d` missing, or either given twice; `seq` that is no number from 1 to 2^53 - 1; `d` that is not UTF-8: a character
    /// that was replaced would be another message; more than [`MAX_FIELDS`] fields.
    pub fn parse(body: &'a [u8]) -> Result<Form<'a>, Fault> {
        let (mut d, mut seq) = (None, None);
        let fields = body.split(|byte| *byte == b'&').filter(|field| !field.is_empty());
        for (count, field) in fields.enumerate() {
            if count == MAX_FIELDS {
                return Err(Fault { message: format!("Send at most {MAX_FIELDS} fields in a form.").into() });
            }
            let at = memchr::memchr(b'=', field).unwrap_or(field.len());
            let (name, value) = (&field[..at], field.get(at + 1..).unwrap_or_default());
            match &*decoded(name) {
                b"d" => once(&mut d, value, "Give `d` once in a form.")?,
                b"seq" => once(&mut seq, value, "Give `seq` once in a form.")?,
                _ => {}
            }
        }
        let d = d.ok_or(Fault::of("A form has a field `d`: one packet or an array of them, as JSON."))?;
        let d = match decoded(d) {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).ok(),
            Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).ok(),
        };
        Ok(Form {
            d: d.ok_or(Fault::of("`d` is not UTF-8: set the form's accept-charset."))?,
            seq: seq.map(|digits| number(&decoded(digits))).transpose()?,
        })
    }
}

fn once<'a>(field: &mut Option<&'a [u8]>, value: &'a [u8], twice: &'static str) -> Result<(), Fault> {
    if field.replace(value).is_some() { Err(Fault::of(twice)) } else { Ok(()) }
}

fn number(digits: &[u8]) -> Result<u64, Fault> {
    let is_decimal = digits.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(digits).ok().filter(|_| is_decimal);
    let number = text.and_then(|text| text.parse().ok()).filter(|number| (1..=MAX_NUMBER).contains(number));
    number.ok_or(Fault::of(
        "Give `seq` as decimal digits: the number of the first message, which counts from 1.",
    ))
}

/// `+` is a space, `%` and two hex digits a byte; what is no escape stands for itself.
fn decoded(text: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr2(b'%', b'+', text) else { return Cow::Borrowed(text) };
    let mut out = Vec::with_capacity(text.len());
    out.extend_from_slice(&text[..first]);
    let mut at = first;
    while let Some(&byte) = text.get(at) {
        let escape = text.get(at + 1..at + 3).and_then(|pair| Some(hex(pair[0])? << 4 | hex(pair[1])?));
        match (byte, escape) {
            (b'+', _) => out.push(b' '),
            (b'%', Some(value)) => {
                out.push(value);
                at += 2;
            }
            _ => out.push(byte),
        }
        at += 1;
    }
    Cow::Owned(out)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

impl Fault {
    fn of(message: &'static str) -> Fault {
        Fault { message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<(String, Option<u64>), String> {
        let form = Form::parse(body.as_bytes()).map_err(|fault| fault.to_string())?;
        Ok((form.d.into_owned(), form.seq))
    }

    #[test]
    fn fields_are_decoded_in_any_order() {
        let expected = Ok(("{\"a\": \"+\u{fc}\"}".to_owned(), Some(3)));
        assert_eq!(parse("d=%7B%22a%22%3A+%22%2B%c3%bc%22%7D&seq=3"), expected);
        assert_eq!(parse("seq=%33&other=%ff&&d={\"a\":+\"%2b\u{fc}\"}"), expected);
        assert_eq!(parse("%64=1"), Ok(("1".into(), None)));
        assert_eq!(
            parse("d=100%&seq=1"),
            Ok(("100%".into(), Some(1))),
            "what is no escape stands for itself"
        );
        assert_eq!(parse("d=%zz%4"), Ok(("%zz%4".into(), None)));
        assert_eq!(parse("d"), Ok((String::new(), None)));
    }

    #[test]
    fn what_is_sent_is_not_copied_without_need() {
        assert!(matches!(Form::parse(b"d=[]&seq=1").unwrap().d, Cow::Borrowed("[]")));
    }

    #[test]
    fn a_field_that_is_missing_or_doubled_is_named() {
        for (body, named) in
            [("", "`d`"), ("seq=1", "`d`"), ("D=1", "`d`"), ("d=1&d=1", "`d` once"), ("d=1&%64=2", "once")]
        {
            assert!(parse(body).unwrap_err().contains(named), "{body}");
        }
        assert!(parse("d=1&seq=1&seq=1").unwrap_err().contains("`seq` once"));
        assert!(parse("d=%ff").unwrap_err().contains("UTF-8"));
        assert!(parse(&format!("d=1{}", "&x".repeat(MAX_FIELDS))).unwrap_err().contains("fields"));
        assert!(parse(&format!("d=1{}", "&x".repeat(MAX_FIELDS - 1))).is_ok());
    }

    #[test]
    fn seq_is_a_number_from_one() {
        assert_eq!(parse("d=1&seq=9007199254740991").unwrap().1, Some(MAX_NUMBER));
        for wrong in ["", "0", "-1", "1.0", "+1", "%2b1", "x", "9007199254740992", "99999999999999999999999"]
        {
            assert!(parse(&format!("d=1&seq={wrong}")).unwrap_err().contains("`seq`"), "{wrong}");
        }
    }
}

//! Times and sizes as a configuration writes them.

use std::{fmt, time::Duration};

use serde::{Deserialize, Deserializer, de};

const TIME: &str = "a time with its unit, such as \"500ms\", \"25s\", \"2m\" or \"1h\"";
const SIZE: &str = "a number of bytes, such as 65536, \"64KiB\", \"1MiB\" or \"2GiB\"";

/// A time, written as text with its unit. A bare number is refused: nobody could see whether it is seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time(Duration);

/// Bytes, written as a number, or as text with a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size(usize);

impl From<Time> for Duration {
    fn from(time: Time) -> Self {
        time.0
    }
}

impl From<Size> for usize {
    fn from(size: Size) -> Self {
        size.0
    }
}

impl Time {
    fn parse(text: &str) -> Option<Self> {
        let (number, unit) = split(text);
        let number: u64 = number.parse().ok()?;
        let millis = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        Some(Time(Duration::from_millis(number.checked_mul(millis)?)))
    }
}

impl Size {
    fn parse(text: &str) -> Option<Self> {
        let (number, unit) = split(text);
        let number: usize = number.parse().ok()?;
        let bytes: usize = match unit {
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => return None,
        };
        Some(Size(number.checked_mul(bytes)?))
    }
}

/// A number and what is behind it; `25 s` is fine too.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Time;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(TIME)
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
                Time::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Size;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(SIZE)
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Size, E> {
                let size = usize::try_from(number).map(Size);
                size.map_err(|_| E::invalid_value(de::Unexpected::Signed(number), &self))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Size, E> {
                Size::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        let millis = |text| Time::parse(text).map(|time| time.0.as_millis());
        for (text, expected) in
            [("0s", 0), ("500ms", 500), ("25s", 25_000), ("25 s", 25_000), ("2m", 120_000)]
        {
            assert_eq!(millis(text), Some(expected), "{text}");
        }
        assert_eq!(millis("1h"), Some(3_600_000));
        for text in ["", "s", "25", "-1s", "1.5s", "25S", "25sec", "1s 1s", " 1s", "18446744073709551615h"] {
            assert_eq!(millis(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_have_binary_units() {
        let bytes = |text| Size::parse(text).map(|size| size.0);
        assert_eq!(
            (bytes("64KiB"), bytes("1 MiB"), bytes("2GiB")),
            (Some(65_536), Some(1 << 20), Some(2 << 30))
        );
        for text in ["", "64", "64K", "64kb", "1MB", "-1KiB", "18446744073709551615GiB"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }
}

//! Bodies of a POST: several packets at once, and the opening of a session.

use std::fmt;

use serde::de::{Deserializer, Error as _, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::fields::Key;
use super::malformed::Malformed;
use super::{Bounds, Opening, Packet, guarded, parse, read, trimmed};

/// Reads the body of a POST to a session: one packet or an array of them; an empty body is an empty list.
///
/// The bounds are those of each packet and of their number. The size of the whole body is for whoever reads it
/// off the wire to bound, before it is held in memory.
///
/// # Errors
/// [`Malformed`] for the first packet that is; nothing of the body is to be taken then.
pub fn parse_body<'a>(text: &'a str, bounds: &Bounds) -> Result<Vec<Packet<'a>>, Malformed> {
    let text = trimmed(text);
    if text.is_empty() {
        return Ok(Vec::new());
    }
    if !text.starts_with('[') {
        return Ok(vec![parse(text, bounds)?]);
    }
    elements(text, bounds)?.into_iter().enumerate().map(|(index, raw)| element(index, raw, bounds)).collect()
}

/// Reads the body that opens a session: empty, `{}`, `{"auth":…,"key":…}`, `{"open":{…}}`, or an array whose
/// first packet is `open` and whose others are returned beside it.
///
/// # Errors
/// [`Malformed`], as [`parse_body`], and where the first packet isn't `open` or a later one is about a carrier.
pub fn parse_opening<'a>(
    text: &'a str,
    bounds: &Bounds,
) -> Result<(Opening<'a>, Vec<Packet<'a>>), Malformed> {
    let text = trimmed(text);
    if text.is_empty() {
        return Ok((Opening::default(), Vec::new()));
    }
    if !text.starts_with('[') {
        return Ok((lone_opening(text, bounds)?, Vec::new()));
    }
    let elements = elements(text, bounds)?;
    let mut packets = elements.into_iter().enumerate().map(|(index, raw)| element(index, raw, bounds));
    let Some(Packet::Open(opening)) = packets.next().transpose()? else {
        return Err(Malformed::kind("The first packet of an opening is {\"open\":{…}}."));
    };
    let behind = packets.enumerate().map(|(index, packet)| match packet? {
        Packet::Open(_) | Packet::Resume { .. } | Packet::Attach { .. } => Err(Malformed::kind(
            "Behind the opening stand messages, and no further `open`, `resume` or `attach`.",
        )
        .in_packet(index + 1)),
        packet => Ok(packet),
    });
    Ok((opening, behind.collect::<Result<_, _>>()?))
}

/// An opening that is one object: with `open` around it or bare.
fn lone_opening<'a>(text: &'a str, bounds: &Bounds) -> Result<Opening<'a>, Malformed> {
    let fields = guarded(text, bounds)?;
    if !fields.has_kind_besides(Key::Auth) {
        return read::opening(&fields);
    }
    match read::packet(&fields, bounds)? {
        Packet::Open(opening) => Ok(opening),
        other => Err(Malformed::kind(format!(
            "`{}` doesn't open a session: send [{{\"open\":{{…}}}}, …] with it behind the opening.",
            other.kind()
        ))),
    }
}

fn element<'a>(index: usize, raw: &'a RawValue, bounds: &Bounds) -> Result<Packet<'a>, Malformed> {
    parse(raw.get(), bounds).map_err(|fault| fault.in_packet(index))
}

/// The elements of an array, each still raw. What is nested in them is skipped over without recursion.
fn elements<'a>(text: &'a str, bounds: &Bounds) -> Result<Vec<&'a RawValue>, Malformed> {
    let mut elements = Vec::new();
    let mut source = serde_json::Deserializer::from_str(text);
    let outcome = source
        .deserialize_seq(Collector { elements: &mut elements, most: bounds.batch })
        .and_then(|()| source.end());
    match outcome {
        Ok(()) => Ok(elements),
        Err(_) if elements.len() > bounds.batch => Err(Malformed::too_many(bounds.batch)),
        Err(fault) => Err(Malformed::syntax(format!("The body is not valid JSON: {fault}."))),
    }
}

/// Collects elements, and gives up with one more than there may be.
struct Collector<'c, 'a> {
    elements: &'c mut Vec<&'a RawValue>,
    most: usize,
}

impl<'a> Visitor<'a> for Collector<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of packets")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut source: A) -> Result<(), A::Error> {
        while let Some(raw) = source.next_element::<&RawValue>()? {
            self.elements.push(raw);
            if self.elements.len() > self.most {
                return Err(A::Error::custom("too many packets"));
            }
        }
        Ok(())
    }
}

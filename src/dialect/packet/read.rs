//! From the fields of a packet to the packet: one short function for each kind that has more than a number.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;

use super::fields::{Fields, Key};
use super::malformed::Malformed;
use super::{Bounds, Content, Event, Failure, Opening, Packet, Position};

/// Hex digits of an opening's `key`: at least 128 bits, so that nobody guesses it; the most is only a bound.
const KEY_DIGITS: std::ops::RangeInclusive<usize> = 32..=128;

pub(super) fn packet<'a>(fields: &Fields<'a>, bounds: &Bounds) -> Result<Packet<'a>, Malformed> {
    let kind = fields.kind()?;
    Ok(match kind {
        Key::Event => Packet::Event(event(fields, json_or_binary(fields)?, bounds)?),
        Key::Reply => reply(fields, bounds)?,
        Key::Connect => connect(fields, bounds)?,
        Key::Disconnect => {
            Packet::Disconnect { ns: own_namespace(&below(fields, kind)?, bounds)?, id: id(fields)? }
        }
        Key::Join => join(fields, bounds)?,
        Key::Leave => leave(fields, bounds)?,
        Key::Auth => Packet::Auth { auth: fields.required(kind, fields.raw(kind))?, id: id(fields)? },
        Key::Open => Packet::Open(opening(&below(fields, kind)?)?),
        Key::Resume => resume(&below(fields, kind)?, bounds)?,
        Key::Attach => attach(&below(fields, kind)?)?,
        // Messages count from 1, and so does the number of a next one.
        Key::From => Packet::From(fields.required(kind, fields.integer_from(kind, 1)?)?),
        Key::Ack => Packet::Ack(number(fields, kind)?),
        Key::Ping => Packet::Ping(number(fields, kind)?),
        Key::Pong => Packet::Pong(number(fields, kind)?),
        Key::Close => close(&below(fields, kind)?)?,
        _ => return Err(not_for_clients(kind)),
    })
}

/// The message whose header stood before `payload` in a binary frame.
pub(super) fn binary<'a>(
    fields: &Fields<'a>,
    payload: &'a [u8],
    bounds: &Bounds,
) -> Result<Event<'a>, Malformed> {
    if fields.kind()? != Key::Event {
        return Err(Malformed::kind(
            "A binary frame carries a message, with `event` in its header: send everything else as text.",
        ));
    }
    if fields.has(Key::Data) || fields.has(Key::Binary) {
        return Err(Malformed::field(
            "The header of a binary frame has neither `data` nor `binary`: the bytes behind it are the content.",
        ));
    }
    event(fields, Content::Binary(Cow::Borrowed(payload)), bounds)
}

/// What is said to begin a session: the object below `open`, or the same one bare as the body of a POST.
pub(super) fn opening<'a>(fields: &Fields<'a>) -> Result<Opening<'a>, Malformed> {
    let key = match fields.text(Key::Nonce)? {
        None => None,
        Some(digits) => match key(&digits) {
            Some(key) => Some(key),
            None => {
                return Err(fields.wrong(
                    Key::Nonce,
                    &format!(
                        "an even number of hex digits, {} to {} of them",
                        KEY_DIGITS.start(),
                        KEY_DIGITS.end()
                    ),
                ));
            }
        },
    };
    Ok(Opening { auth: fields.raw(Key::Auth), key })
}

fn event<'a>(fields: &Fields<'a>, content: Content<'a>, bounds: &Bounds) -> Result<Event<'a>, Malformed> {
    Ok(Event {
        name: fields.required(Key::Event, fields.name(Key::Event, bounds)?)?,
        ns: folded(fields.namespace(bounds)?),
        id: id(fields)?,
        room: fields.name(Key::Room, bounds)?,
        content,
    })
}

fn json_or_binary<'a>(fields: &Fields<'a>) -> Result<Content<'a>, Malformed> {
    let Some(encoded) = fields.text(Key::Binary)? else {
        return Ok(Content::Json(fields.raw(Key::Data)));
    };
    if fields.has(Key::Data) {
        return Err(Malformed::field("A message has `data` or `binary`, not both: send two messages."));
    }
    match STANDARD.decode(encoded.as_bytes()) {
        Ok(bytes) => Ok(Content::Binary(Cow::Owned(bytes))),
        Err(_) => Err(fields.wrong(
            Key::Binary,
            "base64 in the standard alphabet (`+` and `/`), padded with `=` and without spaces (RFC 4648, \
             section 4)",
        )),
    }
}

fn reply<'a>(fields: &Fields<'a>, bounds: &Bounds) -> Result<Packet<'a>, Malformed> {
    let id = fields.required(Key::Reply, fields.integer_from(Key::Reply, 1)?)?;
    if fields.has(Key::Binary) {
        return Err(Malformed::field("A reply answers with `data`; `binary` is for messages."));
    }
    let Some(error) = fields.object(Key::Error)? else {
        return Ok(Packet::Reply { id, outcome: Ok(fields.raw(Key::Data)) });
    };
    if fields.has(Key::Data) {
        return Err(Malformed::field("A reply has `data` or `error`, not both: `error` if it failed."));
    }
    let code = match error.raw(Key::Code).map(RawValue::get) {
        Some(raw) if !raw.starts_with('"') => error.integer(Key::Code)?.map(|code| code.to_string()),
        _ => error.name(Key::Code, bounds)?.map(Cow::into_owned),
    };
    let message = error.text(Key::Message)?.unwrap_or_default().into_owned();
    Ok(Packet::Reply { id, outcome: Err(Failure { code: error.required(Key::Code, code)?, message }) })
}

fn connect<'a>(fields: &Fields<'a>, bounds: &Bounds) -> Result<Packet<'a>, Malformed> {
    let wish = below(fields, Key::Connect)?;
    Ok(Packet::Connect { ns: own_namespace(&wish, bounds)?, auth: wish.raw(Key::Auth), id: id(fields)? })
}

fn join<'a>(fields: &Fields<'a>, bounds: &Bounds) -> Result<Packet<'a>, Malformed> {
    let wish = below(fields, Key::Join)?;
    let since = match wish.object(Key::Since)? {
        None => None,
        Some(since) => Some(Position {
            epoch: since.required(Key::Epoch, since.name(Key::Epoch, bounds)?)?.into_owned(),
            at: number(&since, Key::At)?,
        }),
    };
    let ns = namespace_of_room(fields, &wish, bounds)?;
    Ok(Packet::Join { room: room(&wish, bounds)?, ns, since, id: id(fields)? })
}

fn leave<'a>(fields: &Fields<'a>, bounds: &Bounds) -> Result<Packet<'a>, Malformed> {
    let wish = below(fields, Key::Leave)?;
    let ns = namespace_of_room(fields, &wish, bounds)?;
    Ok(Packet::Leave { room: room(&wish, bounds)?, ns, id: id(fields)? })
}

fn resume<'a>(wish: &Fields<'a>, bounds: &Bounds) -> Result<Packet<'a>, Malformed> {
    let session = wish.name(Key::Session, bounds)?;
    Ok(Packet::Resume { session: wish.required(Key::Session, session)? })
}

fn attach<'a>(wish: &Fields<'a>) -> Result<Packet<'a>, Malformed> {
    Ok(Packet::Attach { after: wish.integer(Key::After)?, turn: wish.integer(Key::Turn)? })
}

fn close<'a>(notice: &Fields<'a>) -> Result<Packet<'a>, Malformed> {
    let code = match notice.integer(Key::Code)?.map(u16::try_from) {
        None => None,
        Some(Ok(code)) => Some(code),
        Some(Err(_)) => return Err(notice.wrong(Key::Code, "an integer from 0 to 65535")),
    };
    Ok(Packet::Close { code, reason: notice.text(Key::Reason)?.unwrap_or_default() })
}

fn not_for_clients(kind: Key) -> Malformed {
    Malformed::kind(match kind {
        Key::Error => {
            "`error` alone is the gateway's to send: a client puts it beside `reply`, with the id that failed."
                .to_owned()
        }
        _ => format!("`{}` is the gateway's to send, not a client's.", kind.text()),
    })
}

/// The object that is the kind's own value.
fn below<'a>(fields: &Fields<'a>, kind: Key) -> Result<Fields<'a>, Malformed> {
    fields.required(kind, fields.object(kind)?)
}

fn id(fields: &Fields<'_>) -> Result<Option<u64>, Malformed> {
    fields.integer_from(Key::Id, 1)
}

fn number(fields: &Fields<'_>, key: Key) -> Result<u64, Malformed> {
    fields.required(key, fields.integer(key)?)
}

fn room<'a>(wish: &Fields<'a>, bounds: &Bounds) -> Result<Cow<'a, str>, Malformed> {
    wish.required(Key::Room, wish.name(Key::Room, bounds)?)
}

fn own_namespace<'a>(wish: &Fields<'a>, bounds: &Bounds) -> Result<Cow<'a, str>, Malformed> {
    wish.required(Key::Ns, wish.namespace(bounds)?)
}

/// The namespace of a room to enter or leave. It stands beside the kind, as with a message; below it, beside
/// `room`, it is taken as well: overlooking it there would mean another room of the same name.
fn namespace_of_room<'a>(
    fields: &Fields<'a>,
    wish: &Fields<'a>,
    bounds: &Bounds,
) -> Result<Option<Cow<'a, str>>, Malformed> {
    if fields.has(Key::Ns) && wish.has(Key::Ns) {
        return Err(Malformed::field("`ns` stands beside the kind or beside `room`, not in both places."));
    }
    let place = if wish.has(Key::Ns) { wish } else { fields };
    Ok(folded(place.namespace(bounds)?))
}

/// The main namespace has one form, absence, so that nothing behind this has to know two.
fn folded(ns: Option<Cow<'_, str>>) -> Option<Cow<'_, str>> {
    ns.filter(|ns| ns != "/")
}

/// The bytes of an opening's `key`, where it is one: an even number of hex digits, 32 to 128 of them.
pub fn key(digits: &str) -> Option<Vec<u8>> {
    if !KEY_DIGITS.contains(&digits.len()) || !digits.len().is_multiple_of(2) {
        return None;
    }
    let value = |digit: &u8| char::from(*digit).to_digit(16);
    digits
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| u8::try_from(value(&pair[0])? << 4 | value(&pair[1])?).ok())
        .collect()
}

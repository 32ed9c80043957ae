//! What a WebSocket client sends: the decoder says the same however the bytes are cut into reads.

use everwire::wire::frame::{Decoder, Fault, Item, leb128, take_leb128};

/// One limit that few inputs reach, and one that many do.
const LIMITS: [usize; 2] = [1 << 20, 100];

/// Panics where a rule is broken.
pub fn check(data: &[u8]) {
    for limit in LIMITS {
        let whole = decode(limit, [data]);
        assert_eq!(decode(limit, data.chunks(1)), whole, "byte by byte");
        assert_eq!(decode(limit, pieces(data)), whole, "chopped by its own bytes");
    }
    check_number(data);
}

/// Cuts by what the bytes say, so that a fuzzer can look for the cut that matters.
fn pieces(mut data: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let size = usize::from(*data.first()? % 23).clamp(1, data.len());
        data.split_off(..size)
    })
}

#[derive(Debug, PartialEq)]
enum Owned {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
}

type Outcome = (Vec<Owned>, Result<bool, Fault>);

/// All items, and then the fault or whether the stream ended between messages.
fn decode<'p>(limit: usize, pieces: impl IntoIterator<Item = &'p [u8]>) -> Outcome {
    let (mut decoder, mut items) = (Decoder::new(limit), vec![]);
    for piece in pieces {
        let mut buffer = piece.to_vec();
        let mut input = &mut buffer[..];
        loop {
            match decoder.next(&mut input) {
                Ok(Some(item)) => items.push(own(limit, item)),
                Ok(None) => break,
                Err(fault) => return (items, Err(fault)),
            }
        }
        assert!(input.is_empty(), "`None` says that all was consumed");
    }
    (items, Ok(decoder.is_idle()))
}

fn own(limit: usize, item: Item<'_>) -> Owned {
    let (size, most, owned) = match item {
        Item::Text(text) => (text.len(), limit, Owned::Text(text.into())),
        Item::Binary(bytes) => (bytes.len(), limit, Owned::Binary(bytes.into())),
        Item::Ping(bytes) => (bytes.len(), 125, Owned::Ping(bytes.into())),
        Item::Pong(bytes) => (bytes.len(), 125, Owned::Pong(bytes.into())),
        Item::Close(None) => (0, 0, Owned::Close(None)),
        Item::Close(Some((code, reason))) => (reason.len(), 123, Owned::Close(Some((code, reason.into())))),
    };
    assert!(size <= most, "an item of {size} bytes, where {most} are allowed");
    owned
}

/// A number has one spelling: what was read is written again as it stood.
fn check_number(data: &[u8]) {
    let Some((number, rest)) = take_leb128(data) else { return };
    let mut again = vec![];
    leb128(&mut again, number);
    again.extend(rest);
    assert_eq!(again, data);
}

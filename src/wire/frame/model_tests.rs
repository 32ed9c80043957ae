//! Streams of mixed frames, cut at every place and at random ones, against a plain encoder and a
//! list of what was meant.

use proptest::{collection::vec, prelude::*, sample::Index};

use super::{Decoder, Fault, Item};

const MAX: usize = 1 << 17;

/// An item that owns what it brought.
#[derive(Clone, Debug, PartialEq)]
enum Owned {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
}

impl From<Item<'_>> for Owned {
    fn from(item: Item<'_>) -> Owned {
        match item {
            Item::Text(text) => Owned::Text(text.into()),
            Item::Binary(bytes) => Owned::Binary(bytes.into()),
            Item::Ping(bytes) => Owned::Ping(bytes.into()),
            Item::Pong(bytes) => Owned::Pong(bytes.into()),
            Item::Close(frame) => Owned::Close(frame.map(|(code, reason)| (code, reason.into()))),
        }
    }
}

impl Owned {
    fn on_the_wire(&self) -> (u8, Vec<u8>) {
        match self {
            Owned::Text(text) => (1, text.clone().into_bytes()),
            Owned::Binary(bytes) => (2, bytes.clone()),
            Owned::Ping(bytes) => (9, bytes.clone()),
            Owned::Pong(bytes) => (10, bytes.clone()),
            Owned::Close(None) => (8, vec![]),
            Owned::Close(Some((code, reason))) => (8, [&code.to_be_bytes()[..], reason.as_bytes()].concat()),
        }
    }
}

fn encode(out: &mut Vec<u8>, fin: bool, opcode: u8, mask: [u8; 4], payload: &[u8]) {
    out.push(if fin { 0x80 } else { 0 } | opcode);
    if payload.len() > 65_535 {
        out.push(0x80 | 127);
        out.extend((payload.len() as u64).to_be_bytes());
    } else if payload.len() > 125 {
        out.push(0x80 | 126);
        out.extend((payload.len() as u16).to_be_bytes());
    } else {
        out.push(0x80 | payload.len() as u8);
    }
    out.extend(mask);
    for (at, byte) in payload.iter().enumerate() {
        out.push(byte ^ mask[at % 4]);
    }
}

/// Decodes pieces as a transport does: each in a buffer of its own that is gone before the next.
fn decode<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Result<Vec<Owned>, Fault> {
    let (mut decoder, mut items) = (Decoder::new(MAX), vec![]);
    for piece in pieces {
        let mut buffer = piece.to_vec();
        let mut input = &mut buffer[..];
        while let Some(item) = decoder.next(&mut input)? {
            items.push(item.into());
        }
        assert!(input.is_empty(), "`None` says that all was consumed");
    }
    assert!(decoder.is_idle() && decoder.held.is_none(), "nothing is kept behind a whole stream");
    Ok(items)
}

/// Some of everything, every length form, fragments with control frames between them.
fn mixed() -> (Vec<u8>, Vec<Owned>) {
    let (mut out, mask) = (vec![], [1, 2, 0x83, 0xf4]);
    let long: Vec<u8> = (0..200).collect();
    encode(&mut out, true, 1, mask, "grüß".as_bytes());
    encode(&mut out, true, 2, [0; 4], &long);
    encode(&mut out, true, 9, mask, b"");
    encode(&mut out, false, 1, mask, b"\xf0\x9f");
    encode(&mut out, true, 9, mask, b"between");
    encode(&mut out, false, 0, mask, b"");
    encode(&mut out, true, 10, mask, b"again");
    encode(&mut out, true, 0, [9, 9, 8, 7], b"\xa6\x80 bat");
    encode(&mut out, false, 2, mask, b"");
    encode(&mut out, true, 0, mask, &long[..130]);
    encode(&mut out, true, 1, mask, b"");
    encode(&mut out, true, 8, mask, b"\x0f\xa1bye");
    let items = vec![
        Owned::Text("grüß".into()),
        Owned::Binary(long.clone()),
        Owned::Ping(vec![]),
        Owned::Ping(b"between".into()),
        Owned::Pong(b"again".into()),
        Owned::Text("🦀 bat".into()),
        Owned::Binary(long[..130].into()),
        Owned::Text(String::new()),
        Owned::Close(Some((4001, "bye".into()))),
    ];
    (out, items)
}

#[test]
fn every_cut_gives_the_same_items() {
    let (bytes, items) = mixed();
    assert_eq!(decode([&bytes[..]]), Ok(items.clone()));
    for cut in 0..=bytes.len() {
        let (left, right) = bytes.split_at(cut);
        assert_eq!(decode([left, right]), Ok(items.clone()), "cut at {cut}");
    }
    for size in 1..40 {
        assert_eq!(decode(bytes.chunks(size)), Ok(items.clone()), "pieces of {size}");
    }
}

#[test]
fn every_pair_of_cuts_in_a_long_message() {
    let mut bytes = vec![];
    encode(&mut bytes, false, 1, [5, 6, 7, 8], "ab\u{e9}".as_bytes());
    encode(&mut bytes, true, 9, [4, 3, 2, 1], b"ping");
    encode(&mut bytes, true, 0, [8, 7, 6, 5], "\u{20ac}z".as_bytes());
    let items = vec![Owned::Ping(b"ping".into()), Owned::Text("ab\u{e9}\u{20ac}z".into())];
    for first in 0..=bytes.len() {
        for second in first..=bytes.len() {
            let pieces = [&bytes[..first], &bytes[first..second], &bytes[second..]];
            assert_eq!(decode(pieces), Ok(items.clone()), "cut at {first} and {second}");
        }
    }
}

fn message() -> impl Strategy<Value = Owned> {
    let size = prop_oneof![8 => 0..140_usize, 1 => 65_530..65_540_usize, 1 => 0..5000_usize];
    prop_oneof![
        "\\PC{0,80}".prop_map(Owned::Text),
        size.clone().prop_map(|size| Owned::Text("κ🦀x".chars().cycle().take(size / 3).collect())),
        (size, any::<u8>()).prop_map(|(size, step)| {
            Owned::Binary((0..size).map(|at| (at as u8).wrapping_mul(step)).collect())
        }),
    ]
}

fn control() -> impl Strategy<Value = Owned> {
    let code = prop_oneof![1000..=1003_u16, 1007..=1014_u16, 3000..=4999_u16];
    prop_oneof![
        4 => vec(any::<u8>(), 0..=125).prop_map(Owned::Ping),
        4 => vec(any::<u8>(), 0..=125).prop_map(Owned::Pong),
        1 => Just(Owned::Close(None)),
        1 => (code, "\\PC{0,30}").prop_map(|(code, reason)| Owned::Close(Some((code, reason)))),
    ]
}

/// A message, where it is cut into fragments, and a control frame for some of the gaps.
type Plan = (Owned, Vec<Index>, Vec<Option<Owned>>, [u8; 4]);

fn plan() -> impl Strategy<Value = Plan> {
    (message(), vec(any::<Index>(), 0..6), vec(proptest::option::of(control()), 7), any::<[u8; 4]>())
}

/// Encodes a plan and notes what a decoder must say.
fn carry_out((message, cuts, controls, mask): Plan, out: &mut Vec<u8>, items: &mut Vec<Owned>) {
    let (opcode, payload) = message.on_the_wire();
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(payload.len() + 1)).collect();
    ends.sort_unstable();
    ends.push(payload.len());
    let mut start = 0;
    for (nth, &end) in ends.iter().enumerate() {
        let opcode = if nth == 0 { opcode } else { 0 };
        if let Some(control) = &controls[nth] {
            let (opcode, payload) = control.on_the_wire();
            encode(out, true, opcode, mask.map(|key| key ^ 0x5a), &payload);
            items.push(control.clone());
        }
        encode(out, nth == ends.len() - 1, opcode, mask, &payload[start..end]);
        start = end;
    }
    items.push(message);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_stream_chopped_anywhere(
        plans in vec(plan(), 1..5),
        cuts in vec(any::<Index>(), 0..12),
        step in 1_usize..2000,
    ) {
        let (mut bytes, mut items) = (vec![], vec![]);
        for plan in plans {
            carry_out(plan, &mut bytes, &mut items);
        }
        let mut ends: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        ends.extend([0, bytes.len()]);
        ends.sort_unstable();
        let pieces = ends.windows(2).map(|pair| &bytes[pair[0]..pair[1]]);
        prop_assert_eq!(&decode(pieces).unwrap(), &items);
        prop_assert_eq!(&decode(bytes.chunks(step)).unwrap(), &items);
    }

    #[test]
    fn any_bytes_are_judged_alike_however_they_come(bytes in vec(any::<u8>(), 0..60), step in 1_usize..9) {
        let whole = outcome([&bytes[..]]);
        prop_assert_eq!(outcome(bytes.chunks(step)), whole);
    }
}

/// Like `decode`, of bytes that may stop anywhere or break a rule.
fn outcome<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> (Vec<Owned>, Option<Fault>) {
    let (mut decoder, mut items) = (Decoder::new(MAX), vec![]);
    for piece in pieces {
        let mut buffer = piece.to_vec();
        let mut input = &mut buffer[..];
        loop {
            match decoder.next(&mut input) {
                Ok(Some(item)) => items.push(item.into()),
                Ok(None) => break,
                Err(fault) => return (items, Some(fault)),
            }
        }
    }
    (items, None)
}

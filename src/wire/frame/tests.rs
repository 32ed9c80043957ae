//! Rule by rule: what is taken, what is refused, and what it costs to hold.

use std::mem;

use super::{header::MAX_CONTROL, *};

const MAX: usize = 1 << 20;
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A client's frame. `first` is the first byte as it stands on the wire.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    match payload.len() {
        len @ 0..=125 => out.push(0x80 | len as u8),
        len @ 126..=0xffff => {
            out.push(0xfe);
            out.extend((len as u16).to_be_bytes());
        }
        len => {
            out.push(0xff);
            out.extend((len as u64).to_be_bytes());
        }
    }
    out.extend(MASK);
    out.extend(payload.iter().enumerate().map(|(at, byte)| byte ^ MASK[at % 4]));
    out
}

/// All items of `bytes` as text, and how it ended.
fn run(max: usize, bytes: &[u8]) -> (Vec<String>, Option<Fault>) {
    let (mut bytes, mut items, mut decoder) = (bytes.to_vec(), vec![], Decoder::new(max));
    let mut input = &mut bytes[..];
    loop {
        match decoder.next(&mut input) {
            Ok(Some(item)) => items.push(format!("{item:?}")),
            Ok(None) => return (items, None),
            Err(fault) => return (items, Some(fault)),
        }
    }
}

/// The fault of `bytes`, which must be the same when they come one by one.
fn fault(bytes: &[u8]) -> Fault {
    let fault = run(MAX, bytes).1.expect("these bytes break a rule");
    let mut decoder = Decoder::new(MAX);
    let slowly = bytes.iter().find_map(|&byte| {
        let mut piece = [byte];
        let mut input = &mut piece[..];
        loop {
            match decoder.next(&mut input) {
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(fault) => return Some(fault),
            }
        }
    });
    assert_eq!(slowly, Some(fault));
    fault
}

fn items(bytes: &[u8]) -> Vec<String> {
    let (items, fault) = run(MAX, bytes);
    assert_eq!(fault, None);
    items
}

#[test]
fn a_decoder_between_messages_is_small() {
    assert!(mem::size_of::<Decoder>() <= 16);
    assert!(Decoder::new(MAX).is_idle());
}

#[test]
fn takes_the_example_of_the_rfc() {
    // RFC 6455 section 5.7: "a single-frame masked text message".
    let bytes = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58];
    assert_eq!(items(&bytes), ["Text(\"Hello\")"]);
}

#[test]
fn a_whole_frame_is_handed_out_where_it_lies() {
    for payload in [&b""[..], b"Hello", &[b'x'; 70_000]] {
        let mut bytes = [masked(0x81, payload), masked(0x82, payload)].concat();
        let (range, mut decoder, mut input) = (bytes.as_ptr_range(), Decoder::new(MAX), &mut bytes[..]);
        let Ok(Some(Item::Text(text))) = decoder.next(&mut input) else { panic!("a text comes first") };
        assert!(text.as_bytes() == payload && range.contains(&text.as_ptr()));
        let Ok(Some(Item::Binary(binary))) = decoder.next(&mut input) else { panic!("then bytes") };
        assert!(binary == payload && (binary.is_empty() || range.contains(&binary.as_ptr())));
        assert!(decoder.held.is_none(), "nothing was allocated");
        assert_eq!(decoder.next(&mut input), Ok(None));
        assert!(decoder.held.is_none() && decoder.is_idle() && input.is_empty());
    }
}

#[test]
fn a_control_frame_among_fragments_is_handed_out_where_it_lies() {
    let mut bytes = [masked(0x01, b"Hel"), masked(0x89, b"beat"), masked(0x80, b"lo")].concat();
    let (range, mut decoder, mut input) = (bytes.as_ptr_range(), Decoder::new(MAX), &mut bytes[..]);
    let Ok(Some(Item::Ping(ping))) = decoder.next(&mut input) else { panic!("the ping comes first") };
    assert!(ping == b"beat" && range.contains(&ping.as_ptr()));
    assert!(!decoder.is_idle());
    assert_eq!(decoder.next(&mut input), Ok(Some(Item::Text("Hello"))));
    assert!(decoder.is_idle(), "what is only lent is not held");
    assert_eq!(decoder.next(&mut input), Ok(None));
    assert!(decoder.held.is_none(), "the buffer is freed");
}

#[test]
fn sizes_at_the_edges_of_the_three_lengths() {
    for size in [0, 1, 7, 8, 9, 124, 125, 126, 127, 65_534, 65_535, 65_536, 65_537, MAX] {
        let payload: Vec<u8> = (0..size).map(|at| (at * 7) as u8).collect();
        let mut bytes = masked(0x82, &payload);
        assert_eq!(Decoder::new(MAX).next(&mut &mut bytes.clone()[..]), Ok(Some(Item::Binary(&payload))));
        // And in two parts, cut where the mask is at an odd place.
        let (mut decoder, middle) = (Decoder::new(MAX), bytes.len() / 2 + 3 - size % 3);
        let (mut left, mut right) = bytes.split_at_mut(middle - 1);
        assert_eq!(decoder.next(&mut left), Ok(None));
        assert!(!decoder.is_idle());
        assert_eq!(decoder.next(&mut right), Ok(Some(Item::Binary(&payload))));
    }
}

#[test]
fn unmasks_at_every_offset() {
    let plain: Vec<u8> = (0..=99).collect();
    for start in 0..plain.len() {
        let mut rest: Vec<u8> = (start..100).map(|at| plain[at] ^ MASK[at % 4]).collect();
        unmask(&mut rest, MASK, start);
        assert_eq!(rest, plain[start..]);
    }
}

#[test]
fn reserved_bits_are_refused() {
    for bit in [0x10, 0x20, 0x40, 0x70] {
        for first in [0x81, 0x82, 0x88, 0x89, 0x8a, 0x01] {
            assert_eq!(fault(&[first | bit]), Fault::RESERVED_BITS);
        }
    }
}

#[test]
fn unknown_opcodes_are_refused() {
    for code in (3..=7).chain(11..=15) {
        assert_eq!(fault(&[0x80 | code]), Fault::UNKNOWN_OPCODE);
    }
}

#[test]
fn unmasked_frames_are_refused() {
    assert_eq!(fault(&[0x81, 0x05, b'H', b'e', b'l', b'l', b'o']), Fault::UNMASKED);
    assert_eq!(fault(&[0x89, 0x00]), Fault::UNMASKED);
}

#[test]
fn lengths_must_be_in_their_shortest_form() {
    for len in [0_u16, 1, 125] {
        assert_eq!(fault(&[&[0x82, 0xfe][..], &len.to_be_bytes()].concat()), Fault::LENGTH);
    }
    for len in [0_u64, 125, 126, 65_535, 1 << 63, u64::MAX] {
        assert_eq!(fault(&[&[0x82, 0xff][..], &len.to_be_bytes()].concat()), Fault::LENGTH);
    }
}

#[test]
fn control_frames_are_whole_and_short() {
    for code in [8, 9, 10] {
        assert_eq!(fault(&[code]), Fault::CUT_CONTROL);
        assert_eq!(fault(&[0x80 | code, 0xfe]), Fault::LONG_CONTROL);
        assert_eq!(fault(&[0x80 | code, 0xff]), Fault::LONG_CONTROL);
    }
    let longest = [b'p'; MAX_CONTROL];
    assert_eq!(items(&masked(0x89, &longest)), [format!("{:?}", Item::Ping(&longest))]);
    assert_eq!(items(&masked(0x8a, &longest)), [format!("{:?}", Item::Pong(&longest))]);
    // They are no part of a message: its limit is not theirs.
    assert_eq!(run(0, &masked(0x8a, b"p")), (vec!["Pong([112])".into()], None));
}

#[test]
fn fragments_come_in_order() {
    assert_eq!(fault(&masked(0x80, b"")), Fault::NOT_BEGUN);
    assert_eq!(fault(&masked(0x00, b"x")), Fault::NOT_BEGUN);
    for second in [0x01, 0x02, 0x81, 0x82] {
        assert_eq!(fault(&[masked(0x01, b"a"), masked(second, b"b")].concat()), Fault::NOT_ENDED);
    }
    // Behind a whole message, and behind a control frame alone, nothing has begun.
    for first in [0x81, 0x89] {
        assert_eq!(fault(&[masked(first, b"a"), masked(0x80, b"b")].concat()), Fault::NOT_BEGUN);
    }
    assert_eq!(fault(&[masked(0x01, b"a"), masked(0x80, b""), masked(0x80, b"")].concat()), Fault::NOT_BEGUN);
}

#[test]
fn fragments_may_be_empty() {
    let bytes = [masked(0x02, b""), masked(0x00, b""), masked(0x80, b"")].concat();
    assert_eq!(items(&bytes), ["Binary([])"]);
    let bytes = [masked(0x01, b""), masked(0x00, b"x"), masked(0x80, b"")].concat();
    assert_eq!(items(&bytes), ["Text(\"x\")"]);
}

#[test]
fn close_payloads() {
    assert_eq!(items(&masked(0x88, b"")), ["Close(None)"]);
    assert_eq!(items(&masked(0x88, b"\x03\xe8")), ["Close(Some((1000, \"\")))"]);
    let longest = [&4000_u16.to_be_bytes()[..], &[b'r'; 123]].concat();
    assert_eq!(items(&masked(0x88, &longest)), [format!("Close(Some((4000, {:?})))", "r".repeat(123))]);
    assert_eq!(fault(&masked(0x88, b"\x03")), Fault::SHORT_CLOSE);
    for reason in [&b"\xff"[..], b"\xc3", b"\xed\xa0\x80"] {
        assert_eq!(fault(&masked(0x88, &[b"\x03\xe8", reason].concat())), Fault::CLOSE_REASON);
    }
}

#[test]
fn a_fault_fits_into_a_close_frame() {
    let all = [
        Fault::RESERVED_BITS,
        Fault::UNKNOWN_OPCODE,
        Fault::UNMASKED,
        Fault::LENGTH,
        Fault::CUT_CONTROL,
        Fault::LONG_CONTROL,
        Fault::NOT_BEGUN,
        Fault::NOT_ENDED,
        Fault::SHORT_CLOSE,
        Fault::CLOSE_CODE,
        Fault::CLOSE_REASON,
        Fault::TEXT,
        Fault::TOO_BIG,
        Fault::FRAGMENTS,
    ];
    for fault in all {
        assert!(close(fault.code, fault.reason).ends_with(fault.reason.as_bytes()), "{fault}");
    }
}

#[test]
fn close_codes() {
    let allowed = |code| matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
    for code in 0..=u16::MAX {
        let (items, fault) = run(MAX, &masked(0x88, &code.to_be_bytes()));
        assert_eq!(fault, (!allowed(code)).then_some(Fault::CLOSE_CODE), "{code}");
        assert_eq!(items.len(), usize::from(allowed(code)));
    }
}

#[test]
fn text_is_utf_8_over_the_whole_message() {
    let word = "κόσμε 🦀";
    for cut in 0..=word.len() {
        let (left, right) = word.as_bytes().split_at(cut);
        let bytes = [masked(0x01, left), masked(0x89, b"\xff"), masked(0x80, right)].concat();
        assert_eq!(items(&bytes), ["Ping([255])".to_owned(), format!("Text({word:?})")]);
    }
    for wrong in
        [&b"\x80"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"ok\xff", b"cut \xf0\x9f\xa6"]
    {
        assert_eq!(fault(&masked(0x81, wrong)), Fault::TEXT);
        assert_eq!(fault(&[masked(0x01, wrong), masked(0x80, b"")].concat()), Fault::TEXT);
        assert_eq!(items(&masked(0x82, wrong)).len(), 1, "bytes may be anything");
    }
}

#[test]
fn text_that_is_wrong_already_is_refused_before_its_end() {
    assert_eq!(fault(&[masked(0x01, b"\xc3"), masked(0x00, b"\xc3")].concat()), Fault::TEXT);
    let frame = masked(0x81, &[&[b'a'; 20][..], b"\xc0", &[b'a'; 1000]].concat());
    assert_eq!(fault(&frame[..6 + 21 + 2]), Fault::TEXT);
}

#[test]
fn text_is_looked_through_once_as_it_arrives() {
    let (mut frame, mut decoder) = (masked(0x81, "abcdé".as_bytes()), Decoder::new(MAX));
    let (left, right) = frame.split_at_mut(6 + 5);
    assert_eq!(decoder.next(&mut &mut *left), Ok(None));
    assert_eq!(decoder.held.as_ref().unwrap().checked, 4, "all but the half character");
    assert_eq!(decoder.next(&mut &mut *right), Ok(Some(Item::Text("abcdé"))));
}

#[test]
fn what_announces_too_much_is_refused_by_its_header() {
    let head = |first: u8, len: u64| [&[first, 0xff][..], &len.to_be_bytes(), &MASK].concat();
    assert_eq!(fault(&head(0x82, MAX as u64 + 1)), Fault::TOO_BIG);
    assert_eq!(fault(&head(0x82, (1 << 63) - 1)), Fault::TOO_BIG);
    assert_eq!(run(MAX, &head(0x82, MAX as u64)), (vec![], None));
    assert_eq!(run(usize::MAX, &head(0x82, (1 << 63) - 1)).0.len(), 0);
    assert_eq!(run(0, &masked(0x82, b"")).0, ["Binary([])"]);
    assert_eq!(run(0, &masked(0x82, b"x")).1, Some(Fault::TOO_BIG));
}

#[test]
fn fragments_count_together() {
    let part = |first: u8| masked(first, &[1; 50]);
    let bytes = [part(0x02), part(0x00), masked(0x89, &[9; 125]), part(0x80)].concat();
    let (items, fault) = run(150, &bytes);
    assert_eq!((items.len(), fault), (2, None));
    assert_eq!(run(149, &bytes).1, Some(Fault::TOO_BIG));
    // A message that is over no longer counts.
    let (items, fault) = run(150, &[&bytes[..], &bytes].concat());
    assert_eq!((items.len(), fault), (4, None));
}

#[test]
fn a_run_of_empty_fragments_ends() {
    let mut decoder = Decoder::new(MAX);
    assert_eq!(decoder.next(&mut &mut masked(0x02, b"")[..]), Ok(None));
    for _ in 1..MAX_FRAGMENTS {
        assert_eq!(decoder.next(&mut &mut masked(0x00, b"")[..]), Ok(None));
    }
    assert_eq!(decoder.next(&mut &mut masked(0x89, b"")[..]), Ok(Some(Item::Ping(b""))));
    assert_eq!(decoder.next(&mut &mut masked(0x80, b"")[..]), Err(Fault::FRAGMENTS));
}

#[test]
fn memory_follows_what_arrived() {
    let mut decoder = Decoder::new(1 << 30);
    let mut head = [&[0x82, 0xff][..], &(1_u64 << 30).to_be_bytes(), &MASK, &[0; 100]].concat();
    assert_eq!(decoder.next(&mut &mut head[..]), Ok(None));
    for count in 1..=200 {
        let held = decoder.held.as_ref().unwrap();
        assert!(held.bytes.capacity() <= 2 * held.bytes.len(), "after {count} pieces");
        assert_eq!(decoder.next(&mut &mut vec![0; 1000][..]), Ok(None));
    }
}

#[test]
fn a_buffer_ends_where_its_message_does() {
    let mut frame = masked(0x82, &[7; 10_000]);
    let mut decoder = Decoder::new(MAX);
    for piece in frame[..9_999].chunks_mut(700) {
        assert_eq!(decoder.next(&mut &mut *piece), Ok(None));
    }
    assert!(decoder.held.as_ref().unwrap().bytes.capacity() <= 10_000);
    assert!(!decoder.is_idle());
    let mut last = &mut frame[9_999..];
    assert_eq!(decoder.next(&mut last), Ok(Some(Item::Binary(&[7; 10_000]))));
    assert!(decoder.is_idle());
    assert_eq!(decoder.next(&mut last), Ok(None));
    assert!(decoder.held.is_none());
}

#[test]
fn an_empty_read_changes_nothing() {
    let mut decoder = Decoder::new(MAX);
    assert_eq!(decoder.next(&mut &mut [][..]), Ok(None));
    assert!(decoder.held.is_none());
    assert_eq!(decoder.next(&mut &mut [0x81][..]), Ok(None));
    assert_eq!(decoder.next(&mut &mut [][..]), Ok(None));
    assert!(!decoder.is_idle(), "a byte of a header is held");
}

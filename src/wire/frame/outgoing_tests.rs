//! What goes out, byte by byte.

use super::*;

#[test]
fn heads_use_the_shortest_length() {
    assert_eq!(&*head(Opcode::Text, 0), [0x81, 0]);
    assert_eq!(&*head(Opcode::Binary, 125), [0x82, 125]);
    assert_eq!(&*head(Opcode::Binary, 126), [0x82, 126, 0, 126]);
    assert_eq!(&*head(Opcode::Text, 65_535), [0x81, 126, 0xff, 0xff]);
    assert_eq!(&*head(Opcode::Text, 65_536), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
}

#[test]
fn frames_are_whole() {
    // RFC 6455 section 5.7: "a single-frame unmasked text message", and an "unmasked ping request".
    assert_eq!(&*frame(Opcode::Text, b"Hello"), b"\x81\x05Hello");
    assert_eq!(&*frame(Opcode::Ping, b"Hello"), b"\x89\x05Hello");
    assert_eq!(&*frame(Opcode::Pong, b""), b"\x8a\x00");
    let long = frame(Opcode::Binary, &[7; 300]);
    assert_eq!((&long[..4], &long[4..]), (&[0x82, 126, 1, 44][..], &[7; 300][..]));
}

#[test]
fn a_close_cuts_its_reason_at_a_character() {
    assert_eq!(&*close(1000, ""), b"\x88\x02\x03\xe8");
    assert_eq!(&*close(4000, "over"), b"\x88\x06\x0f\xa0over");
    let most = "r".repeat(123);
    assert_eq!(close(4000, &most)[4..], *most.as_bytes());
    assert_eq!(close(4000, &(most.clone() + "r"))[4..], *most.as_bytes());
    // 61 of two bytes are 122, and half of the next one would fit.
    let cut = close(4000, &"é".repeat(100));
    assert_eq!((cut[1], &cut[4..]), (124, "é".repeat(61).as_bytes()));
}

#[test]
fn leb128_comes_back() {
    let edges = [0, 1, 127, 128, 300, 16_383, 16_384, 2_097_151, 2_097_152, MAX_LEB128 - 1];
    for (n, len) in edges.into_iter().zip([1, 1, 1, 2, 2, 2, 3, 3, 4, 4]) {
        let mut out = vec![];
        leb128(&mut out, n);
        assert_eq!(out.len(), len, "{n}");
        out.extend(b"rest");
        assert_eq!(take_leb128(&out), Some((n, &b"rest"[..])));
        assert_eq!(take_leb128(&out[..len - 1]), None, "{n}, cut off");
    }
    assert_eq!(take_leb128(&[0xac, 0x02]), Some((300, &[][..])));
}

#[test]
fn leb128_is_minimal_and_four_bytes_at_most() {
    for wrong in [&[0x80, 0x00][..], &[0xff, 0x00], &[0x80, 0x80, 0x80, 0x00], &[0x81, 0x80, 0x00]] {
        assert_eq!(take_leb128(wrong), None, "{wrong:x?} is not minimal");
    }
    assert_eq!(take_leb128(&[0x80, 0x80, 0x80, 0x80, 0x01]), None);
    assert_eq!(take_leb128(&[0xff; 9]), None);
}

#[test]
#[should_panic(expected = "shorter than 256 MiB")]
fn leb128_refuses_a_fifth_byte() {
    leb128(&mut vec![], MAX_LEB128);
}

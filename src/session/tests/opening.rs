//! The opening key, and what a session is named by: sections 1 and 3 of the protocol.

use uuid::Uuid;

use super::*;

fn sid(number: u128) -> Sid {
    Sid::new(Uuid::from_u128(number))
}

#[test]
fn the_same_key_and_credentials_reach_the_same_session() {
    let mut openings = Openings::default();
    let key = Key::new(b"0123456789abcdef");
    assert_eq!(openings.look(&key, 5), Look::Fresh);
    openings.remember(key.clone(), 5, sid(1));
    assert_eq!(openings.look(&key, 5), Look::Same(sid(1)));
    assert_eq!(openings.look(&Key::new(b"0123456789abcdef"), 5), Look::Same(sid(1)));
    assert_eq!(openings.look(&Key::new(b"0123456789abcdeg"), 5), Look::Fresh);
}

#[test]
fn with_other_credentials_a_key_opens_nothing() {
    let mut openings = Openings::default();
    let key = Key::new(b"0123456789abcdef");
    openings.remember(key.clone(), 5, sid(1));
    assert_eq!(openings.look(&key, 6), Look::Other);
    assert_eq!(openings.look(&key, 5), Look::Same(sid(1)));
}

#[test]
fn a_key_is_forgotten_with_its_session() {
    let mut openings = Openings::default();
    let (key, other) = (Key::new(b"0123456789abcdef"), Key::new(b"fedcba9876543210"));
    openings.remember(key.clone(), 5, sid(1));
    openings.remember(other.clone(), 5, sid(2));
    openings.forget(&key);
    assert_eq!((openings.look(&key, 5), openings.look(&other, 5)), (Look::Fresh, Look::Same(sid(2))));
}

#[test]
fn an_opening_is_over_once_the_sid_was_named() {
    let mut session = session();
    assert!(!session.is_used());
    session.handle_attach(at(0), socket()).unwrap();
    push(&mut session, "a");
    assert!(!session.is_used(), "the carrier that opens it attaches without naming it");
    session.handle_named(at(0));
    assert!(session.is_used());
}

#[test]
fn no_secret_is_logged() {
    let secret = sid(0x1234_5678_9abc_4def_8123_4567_89ab_cdef);
    assert_eq!(secret.secret(), "12345678-9abc-4def-8123-456789abcdef");
    assert_eq!((format!("{secret:?}"), format!("{secret}")), ("12345678".to_owned(), "12345678".to_owned()));
    assert_eq!(format!("{:?}", Key::new(b"0123456789abcdef")), "Key(…)");
}

#[test]
fn an_identifier_is_read_in_its_hyphenated_form_only() {
    let written = "12345678-9abc-4def-8123-456789abcdef";
    let expected = Some(sid(0x1234_5678_9abc_4def_8123_4567_89ab_cdef));
    assert_eq!(Sid::parse(written), expected);
    assert_eq!(Sid::parse(&written.to_uppercase()), expected);
    let others = [
        "",
        "123456789abc4def8123456789abcdef",
        "{12345678-9abc-4def-8123-456789abcdef}",
        "urn:uuid:12345678-9abc-4def-8123-456789abcdef",
        "12345678-9abc-4def-8123-456789abcdeg",
        "12345678-9abc-4def-8123-456789abcde ",
        "1234567-89abc-4def-8123-456789abcdef",
        "12345678-9abc-4def-8123-456789abcé",
    ];
    for text in others {
        assert_eq!(Sid::parse(text), None, "{text}");
    }
}

#[test]
fn a_peer_is_16_lower_case_digits() {
    for number in [0, 0xab, u64::MAX] {
        let peer = PeerId::new(number);
        assert_eq!((peer.to_string().len(), PeerId::parse(&peer.to_string())), (16, Some(peer)));
    }
    assert_eq!(format!("{:?}", PeerId::new(0xab)), "00000000000000ab");
    for text in ["", "ab", "00000000000000AB", "00000000000000abc", "+0000000000000ab", "000000000000é0ab"] {
        assert_eq!(PeerId::parse(text), None, "{text}");
    }
}

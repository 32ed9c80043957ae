//! WebSocket frames that are wrong, and floods of right ones.
//!
//! Faults of framing end only the carrier (docs/PROTOCOL.md, section 2); a packet that is none ends the session.

use std::time::Duration;

use everwire::Options;
use serde_json::json;

use crate::raw_http::{Client, Scene, Served, Socket, all_hear, application, masked};

/// A session on a WebSocket, and a neighbour.
async fn pair(options: Options) -> (Served, Socket, Client, Client) {
    let server = Served::start(application().options(options).build()).await;
    let other = Client::open(&server).await;
    let (socket, open) = Socket::open(&server).await;
    let one = Client::of(&server, open["session"].as_str().expect("a sid"));
    (server, socket, one, other)
}

/// Bytes that break RFC 6455, the code of the close, and what its reason says.
fn broken_frames() -> Vec<(&'static str, Vec<u8>, u16, &'static str)> {
    let unmasked = [&[0x81, 14][..], b"{\"event\":\"say\"}"].concat();
    let long_ping = masked(0x89, &[b'x'; 126]);
    let overlong = vec![0x81, 0x80 | 126, 0, 5, 1, 2, 3, 4, 0, 0, 0, 0, 0];
    let negative = vec![0x81, 0x80 | 127, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4];
    let nested = [masked(0x01, b"{"), masked(0x81, b"{")].concat();
    let split = [masked(0x01, b"{\"event\":\"\xc3"), masked(0x80, b"(\"}")].concat();
    let close = |code: u16, reason: &[u8]| masked(0x88, &[&code.to_be_bytes()[..], reason].concat());
    vec![
        ("unmasked", unmasked, 1002, "Mask"),
        ("reserved bit 1", masked(0xc1, b"{}"), 1002, "RSV1"),
        ("reserved bit 2", masked(0xa1, b"{}"), 1002, "RSV"),
        ("reserved bit 3", masked(0x91, b"{}"), 1002, "RSV"),
        ("reserved bit on a ping", masked(0xc9, b""), 1002, "RSV"),
        ("reserved opcode", masked(0x83, b"{}"), 1002, "opcode"),
        ("reserved control opcode", masked(0x8b, b""), 1002, "opcode"),
        ("a fragmented ping", masked(0x09, b""), 1002, "one frame"),
        ("a long ping", long_ping, 1002, "125"),
        ("an overlong length", overlong, 1002, "shortest"),
        ("a length of 2^63", negative, 1002, "2^63"),
        ("a continuation of nothing", masked(0x80, b"{}"), 1002, "Begin"),
        ("a message inside a message", nested, 1002, "End"),
        ("bad UTF-8", masked(0x81, b"{\"event\":\"\xff\"}"), 1007, "UTF-8"),
        ("a surrogate as UTF-8", masked(0x81, b"{\"event\":\"\xed\xa0\x80\"}"), 1007, "UTF-8"),
        ("bad UTF-8 across fragments", split, 1007, "UTF-8"),
        ("a close of one byte", masked(0x88, b"x"), 1002, "two bytes"),
        ("a close code that never travels", close(1005, b""), 1002, "Close with"),
        ("a close code out of range", close(999, b""), 1002, "Close with"),
        ("a close reason that is not UTF-8", close(1000, b"\xff"), 1007, "UTF-8"),
    ]
}

#[tokio::test]
async fn a_broken_frame_ends_only_its_carrier() {
    for (name, bytes, code, says) in broken_frames() {
        println!("{name}");
        let (_server, mut socket, mut one, mut other) = pair(Options::default()).await;
        socket.wire.write(bytes).await;
        socket.closes(code, says).await;
        assert_eq!(socket.wire.ended().await, b"");
        all_hear(&mut [&mut one, &mut other]).await;
    }
}

#[tokio::test]
async fn a_broken_frame_before_any_packet_ends_only_its_connection() {
    let mut scene = Scene::new().await;
    for (name, bytes, code, says) in broken_frames() {
        println!("{name}");
        let mut socket = Socket::to(&scene.server).await;
        socket.wire.write(bytes).await;
        socket.closes(code, says).await;
        assert_eq!(socket.wire.ended().await, b"");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn an_oversized_message_is_closed_by_1009_on_its_announcement() {
    for length in [1001_u64, 1 << 31, (1 << 63) - 1] {
        let options = Options { max_message: 1000, ..Options::default() };
        let (_server, mut socket, mut one, mut other) = pair(options).await;
        let (first, long) =
            if length > 0xffff { (127, length.to_be_bytes().to_vec()) } else { (126, vec![3, 0xe9]) };
        socket.wire.write([&[0x81, 0x80 | first][..], &long, &[1, 2, 3, 4]].concat()).await;
        socket.closes(1009, "`max`").await;
        assert_eq!(socket.wire.ended().await, b"");
        all_hear(&mut [&mut one, &mut other]).await;
    }
}

#[tokio::test]
async fn an_endlessly_fragmented_message_is_closed_by_1009() {
    let some = masked(0x00, b"xxxxxxxxxx").repeat(200);
    let empty = masked(0x00, b"").repeat((1 << 17) + 1);
    for (name, fragments) in [("a little each", some), ("nothing each", empty)] {
        println!("{name}");
        let options = Options { max_message: 1000, ..Options::default() };
        let (_server, mut socket, mut one, mut other) = pair(options).await;
        socket.wire.write(masked(0x01, b"")).await;
        socket.wire.write(fragments).await;
        socket.closes(1009, "Send").await;
        all_hear(&mut [&mut one, &mut other]).await;
    }
}

#[tokio::test]
async fn a_message_cut_into_many_fragments_with_pings_between_is_taken() {
    let (_server, mut socket, mut one, mut other) = pair(Options::default()).await;
    let packet = json!({"event": "say", "data": "in pieces"}).to_string();
    let (head, last) = packet.as_bytes().split_at(packet.len() - 1);
    for (index, byte) in head.iter().enumerate() {
        socket.wire.write(masked(u8::from(index == 0), &[*byte])).await;
        socket.wire.write(masked(0x89, b"p")).await;
        assert_eq!(socket.frame().await, (0x8a, b"p".to_vec()));
    }
    socket.wire.write(masked(0x80, last)).await;
    assert_eq!(socket.hear().await["data"], "in pieces");
    assert_eq!(other.hear().await["data"], "in pieces");
    drop(socket);
    (one.after, one.sent) = (1, 1);
    all_hear(&mut [&mut one, &mut other]).await;
}

#[tokio::test]
async fn a_ping_flood_is_answered_in_order_as_fast_as_the_pongs_are_taken() {
    let (_server, mut socket, mut one, mut other) = pair(Options::default()).await;
    let flood: Vec<u8> =
        (0..200_000_u32).flat_map(|n| masked(0x89, &[&n.to_be_bytes()[..], &[0; 100]].concat())).collect();
    let taken = socket.wire.write_until_full(&flood, Duration::from_millis(300)).await;
    assert!(taken < flood.len(), "who takes no pongs is not read from: {taken} bytes were taken");
    all_hear(&mut [&mut other]).await;
    // What was taken of the last ping stays half a frame; the whole ones are answered.
    for n in 0..u32::try_from(taken / 110).unwrap() {
        let (first, payload) = loop {
            let (first, payload) = socket.frame().await;
            if first != 0x81 {
                break (first, payload);
            }
        };
        assert_eq!((first, &payload[..4]), (0x8a, &n.to_be_bytes()[..]));
    }
    drop(socket);
    // The neighbour spoke meanwhile, and the flooded session is delivered that as well.
    one.after = 0;
    assert!(one.poll().await.len() == 1);
    all_hear(&mut [&mut one, &mut other]).await;
}

/// What is no packet: 4002, and the session is over.
fn malformed_packets() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let deep = format!("{{\"event\":\"say\",\"data\":{}", "[".repeat(200_000));
    vec![
        ("words", masked(0x81, b"hello"), "JSON"),
        ("an array", masked(0x81, b"[{\"event\":\"say\"}]"), "object"),
        ("nothing", masked(0x81, b""), "object"),
        ("no kind", masked(0x81, b"{}"), "no kind"),
        ("two kinds", masked(0x81, b"{\"ack\":0,\"ping\":1}"), "exactly one kind"),
        ("a key twice", masked(0x81, b"{\"ping\":1,\"ping\":1}"), "each key once"),
        ("a depth bomb", masked(0x81, deep.as_bytes()), "64"),
        ("binary without a length", masked(0x82, b""), "LEB128"),
        ("binary with a padded length", masked(0x82, b"\x80\x00"), "LEB128"),
        ("binary with a length beyond it", masked(0x82, b"\x7fxx"), "127 bytes"),
        ("binary with a header that is none", masked(0x82, b"\x01x"), "object"),
        ("binary that is no message", masked(0x82, b"\x09{\"ack\":0}"), "`event`"),
    ]
}

#[tokio::test]
async fn a_malformed_packet_is_answered_by_close_4002_and_the_session_is_over() {
    for (name, bytes, says) in malformed_packets() {
        println!("{name}");
        let (_server, mut socket, one, mut other) = pair(Options::default()).await;
        socket.wire.write(bytes).await;
        socket.is_over(4002, says).await;
        socket.parts().await;
        one.post("{\"event\":\"say\",\"data\":\"x\"}").await.over(400, 4002, says);
        all_hear(&mut [&mut other]).await;
    }
}

#[tokio::test]
async fn what_comes_behind_a_malformed_packet_is_not_taken() {
    let (_server, mut socket, _one, mut other) = pair(Options::default()).await;
    let say = json!({"event": "say", "data": "never"}).to_string();
    socket.wire.write([masked(0x81, b"{}"), masked(0x81, say.as_bytes())].concat()).await;
    socket.is_over(4002, "no kind").await;
    socket.parts().await;
    all_hear(&mut [&mut other]).await;
}

#[tokio::test]
async fn a_websocket_that_vanishes_leaves_its_session_to_be_resumed() {
    let (_server, mut socket, mut one, mut other) = pair(Options::default()).await;
    let half = masked(0x81, b"{\"event\":\"say\",\"data\":\"half");
    socket.wire.write(&half[..12]).await;
    drop(socket);
    all_hear(&mut [&mut one, &mut other]).await;
}

//! Bodies that are not what a session takes: nothing of them is taken, and the session goes on.

use everwire::Options;
use serde_json::json;

use crate::raw_http::{Ask, PATIENCE, Scene, Wire};

/// The default of [`Options::max_depth`]; the packet itself counts.
const DEPTH: usize = 64;

fn nested(open: &str, close: &str, depth: usize) -> String {
    format!("{{\"event\":\"say\",\"data\":{}1{}}}", open.repeat(depth), close.repeat(depth))
}

/// A body, and the words that the refusal has in it.
fn not_json() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    vec![
        ("words", b"hello".to_vec(), "JSON"),
        ("a form", b"d=%7B%22event%22%3A1%7D".to_vec(), "JSON"),
        ("cut short", b"{\"event\":\"say\",\"data\":\"x".to_vec(), "JSON"),
        ("an array cut short", b"[{\"event\":\"say\",\"data\":\"x\"}".to_vec(), "JSON"),
        ("something behind", b"{\"event\":\"say\",\"data\":\"x\"} x".to_vec(), "JSON"),
        ("two packets without an array", b"{\"event\":\"say\"}{\"event\":\"say\"}".to_vec(), "JSON"),
        ("a trailing comma", b"[{\"event\":\"say\",\"data\":\"x\"},]".to_vec(), "JSON"),
        ("a byte order mark", b"\xef\xbb\xbf{\"event\":\"say\"}".to_vec(), "byte order mark"),
        ("a raw line break in a string", b"{\"event\":\"say\",\"data\":\"a\nb\"}".to_vec(), "JSON"),
        ("not a number", b"{\"event\":\"say\",\"data\":NaN}".to_vec(), "JSON"),
        ("not UTF-8", b"{\"event\":\"say\",\"data\":\"\xff\"}".to_vec(), "UTF-8"),
        ("zero bytes", vec![0; 64], "JSON"),
    ]
}

fn wrong_shapes() -> Vec<(&'static str, String, &'static str)> {
    let rows: [(&str, &str, &str); 21] = [
        ("a string", "\"say\"", "object"),
        ("a number", "7", "object"),
        ("null", "null", "object"),
        ("an array in the array", "[[{\"event\":\"say\"}]]", "Packet 1"),
        ("no kind", "{\"data\":1}", "no kind"),
        ("an unknown kind", "{\"shout\":\"x\"}", "no kind"),
        ("two kinds", "{\"event\":\"say\",\"ack\":0}", "exactly one kind"),
        ("a key twice", "{\"event\":\"say\",\"event\":\"say\"}", "each key once"),
        ("an unknown key twice", "{\"event\":\"say\",\"x\":1,\"x\":1}", "each key once"),
        ("an event without a name", "{\"event\":7}", "`event`"),
        ("an empty name", "{\"event\":\"\"}", "`event`"),
        ("an id of 0", "{\"event\":\"say\",\"id\":0}", "`id`"),
        ("a fractional id", "{\"event\":\"say\",\"id\":1.5}", "`id`"),
        ("a huge id", "{\"event\":\"say\",\"id\":9007199254740992}", "`id`"),
        ("a room that is a number", "{\"event\":\"say\",\"room\":7}", "`room`"),
        ("data and binary", "{\"event\":\"say\",\"data\":1,\"binary\":\"eA==\"}", "not both"),
        ("no base64", "{\"event\":\"say\",\"binary\":\"*\"}", "base64"),
        ("the gateway's kind", "{\"moved\":{\"turn\":1}}", "the gateway's to send"),
        ("open", "{\"open\":{}}", "`open`"),
        ("resume", "{\"resume\":{\"session\":\"x\"}}", "`resume`"),
        ("attach", "{\"attach\":{}}", "`attach`"),
    ];
    let long = format!("{{\"event\":\"{}\"}}", "x".repeat(257));
    let mut rows: Vec<_> = rows.map(|(name, body, says)| (name, body.to_owned(), says)).into();
    rows.push(("a long name", long, "256"));
    rows
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused_by_400_and_the_connection_lives() {
    let mut scene = Scene::new().await;
    let mut wire = scene.wire().await;
    for (name, body, says) in not_json() {
        println!("{name}");
        let answer = wire.ask(Ask::post(&scene.one.path("/messages"), &body)).await;
        answer.refused(400, 4002, says);
        assert!(!answer.hangs_up(), "the body was read, so the connection can go on");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_body_of_the_wrong_shape_is_refused_by_400_and_the_fault_is_named() {
    let mut scene = Scene::new().await;
    let mut wire = scene.wire().await;
    for (name, body, says) in wrong_shapes() {
        println!("{name}");
        wire.ask(Ask::post(&scene.one.path("/messages"), &body)).await.refused(400, 4002, says);
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn nothing_of_a_body_is_taken_when_one_of_its_packets_is_wrong() {
    let mut scene = Scene::new().await;
    for wrong in ["{\"shout\":1}", "{\"event\":7}", "{\"attach\":{}}", "7"] {
        let body = format!("[{{\"event\":\"say\",\"data\":\"never\"}},{wrong}]");
        scene.one.post(&body).await.refused(400, 4002, "");
    }
    let body = "[{\"event\":\"say\",\"data\":\"never\"},{\"ack\":99}]";
    scene.one.post(body).await.refused(400, 4002, "above message");
    scene.all_go_on().await;
}

#[tokio::test]
async fn an_opening_that_is_malformed_opens_nothing() {
    let mut scene = Scene::new().await;
    let before = scene.server.gateway.sessions();
    let rows = [
        ("hello", "JSON"),
        ("[]", "open"),
        ("[{\"event\":\"say\"}]", "open"),
        ("{\"event\":\"say\"}", "open"),
        ("{\"key\":\"abc\"}", "`key`"),
        ("{\"key\":7}", "`key`"),
        ("[{\"open\":{}},{\"open\":{}}]", "`open`"),
        ("[{\"open\":{}},{\"attach\":{}}]", "`attach`"),
        ("[{\"open\":{}},{\"shout\":1}]", "Packet 2"),
    ];
    for (body, says) in rows {
        println!("{body}");
        scene.ask(Ask::post("/everwire/session", body)).await.refused(400, 4002, says);
    }
    assert_eq!(scene.server.gateway.sessions(), before);
    scene.all_go_on().await;
}

#[tokio::test]
async fn an_opening_whose_acknowledgement_is_impossible_opens_nothing_half() {
    let mut scene = Scene::new().await;
    let before = scene.server.gateway.sessions();
    let answer = scene.ask(Ask::post("/everwire/session", "[{\"open\":{}},{\"ack\":99}]")).await;
    answer.refused(400, 4002, "above message");
    assert_eq!(scene.server.gateway.sessions(), before, "its client has no sid to use it by");
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_json_depth_bomb_is_refused_by_400() {
    let mut scene = Scene::new().await;
    let bombs = [
        nested("[", "]", DEPTH),
        nested("{\"a\":", "}", DEPTH),
        format!("{{\"event\":\"say\",\"data\":{}", "[".repeat(500_000)),
        format!("{{\"event\":\"say\",\"data\":{}", "{\"a\":".repeat(100_000)),
        nested("[", "]", 400_000),
        format!("[{}", nested("[", "]", 400_000)) + "]",
    ];
    for bomb in bombs {
        scene.one.post(&bomb).await.refused(400, 4002, "64");
        scene
            .ask(Ask::post("/everwire/session", format!("{{\"auth\":{bomb}}}")))
            .await
            .refused(400, 4002, "64");
    }
    for brackets in ["[", "[{\"a\":"] {
        let bomb = brackets.repeat(100_000);
        scene.one.post(&bomb).await.refused(400, 4002, "");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn data_at_the_bound_of_depth_is_taken() {
    let mut scene = Scene::new().await;
    let answer = scene.one.post(nested("[", "]", DEPTH - 1)).await;
    assert_eq!((answer.status, answer.json()), (200, json!({"ack": 1})));
    scene.one.sent = 1;
    // The handler takes a string, and says so.
    assert_eq!(scene.one.hear().await["error"]["code"], "bad_data");
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_body_that_announces_too_much_is_refused_by_413_before_it_is_sent() {
    let mut scene = Scene::with(Options { max_message: 1000, ..Options::default() }).await;
    let mut wires = Vec::new();
    for path in [scene.one.path("/messages"), "/everwire/session".into(), "/everwire/raw/hall".into()] {
        for length in ["1001", "1000000000000", "9223372036854775807"] {
            let mut wire = scene.wire().await;
            let head = Ask::new("POST", &path).header("Content-Length", length).bytes();
            wire.write(head).await;
            let answer = wire.answer().await;
            answer.refused(413, 4002, "1000 bytes");
            assert!(answer.hangs_up());
            wires.push(wire);
        }
    }
    for wire in wires {
        assert_eq!(wire.ended().await, b"", "it is waited for, but not for long");
    }
    scene.all_go_on().await;
}

/// A connection that is closed with bytes unread is reset, and a proxy in front says 502 in place of what it was told.
#[tokio::test]
async fn what_a_refused_request_still_brings_is_read_so_that_its_answer_arrives() {
    const LENGTH: usize = 3 << 20;
    let mut scene = Scene::with(Options { max_message: 1000, ..Options::default() }).await;
    let unknown = "/everwire/session/00000000-0000-4000-8000-000000000000/messages";
    for (path, status) in
        [(scene.one.path("/messages"), 413), (unknown.into(), 404), ("/nothing".into(), 404)]
    {
        let mut wire = scene.wire().await;
        let ask = Ask::post(&path, "x".repeat(LENGTH)).bytes();
        assert_eq!(wire.write_until_full(&ask, PATIENCE).await, ask.len(), "{path}: all of it is taken");
        assert_eq!(wire.answer().await.status, status, "{path}");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn what_is_sent_on_without_end_is_not_read_for_ever() {
    let mut scene = Scene::with(Options { max_message: 1000, ..Options::default() }).await;
    let mut wire = scene.wire().await;
    wire.write(Ask::new("POST", "/nothing").header("Content-Length", "1000000000").bytes()).await;
    wire.answer().await;
    let chunk = vec![b'x'; 1 << 20];
    let mut sent = 0;
    while sent < 1000 && wire.takes(&chunk).await {
        sent += 1;
    }
    assert!((3..100).contains(&sent), "{sent} MiB were read");
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_body_that_is_too_large_and_sent_at_once_is_refused_by_413() {
    let mut scene = Scene::with(Options { max_message: 1000, ..Options::default() }).await;
    for length in [1001, 5_000, 500_000] {
        let mut wire = scene.wire().await;
        let answer = wire.ask(Ask::post(&scene.one.path("/messages"), "x".repeat(length))).await;
        answer.refused(413, 4002, "1000 bytes");
        assert!(answer.hangs_up());
        wire.ended().await;
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_chunked_body_that_grows_too_large_is_refused_by_413() {
    let mut scene = Scene::with(Options { max_message: 1000, ..Options::default() }).await;
    let body = format!("{{\"event\":\"say\",\"data\":\"{}\"}}", "x".repeat(1000));
    let answer = scene.ask(Ask::chunked(&scene.one.path("/messages"), body)).await;
    answer.refused(413, 4002, "1000 bytes");
    assert!(answer.hangs_up());
    scene.all_go_on().await;
}

#[tokio::test]
async fn an_endless_chunked_body_is_cut_off() {
    let mut scene = Scene::with(Options { max_message: 1000, ..Options::default() }).await;
    let mut wire = scene.wire().await;
    let head = Ask::new("POST", &scene.one.path("/messages")).header("Transfer-Encoding", "chunked");
    wire.write(head.bytes()).await;
    for _ in 0..11 {
        wire.write(format!("64\r\n{}\r\n", "x".repeat(100))).await;
    }
    wire.answer().await.refused(413, 4002, "1000 bytes");
    assert_eq!(wire.ended().await, b"");
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_body_at_the_bound_is_taken_whole() {
    let mut scene = Scene::with(Options { max_message: 1000, ..Options::default() }).await;
    let frame = "{\"event\":\"say\",\"data\":\"\"}".len();
    let line = "x".repeat(1000 - frame);
    scene.one.say(&line).await;
    for client in [&mut scene.one, &mut scene.other] {
        assert_eq!(client.hear().await["data"], *line);
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn more_packets_than_a_body_may_have_are_refused_by_413() {
    let mut scene = Scene::with(Options { max_batch: 3, ..Options::default() }).await;
    let body = json!(vec![json!({"event": "say", "data": "never"}); 4]).to_string();
    scene.one.post(&body).await.refused(413, 4002, "3 packets");
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_truncated_body_is_refused_by_400_and_the_connection_is_closed() {
    let mut scene = Scene::new().await;
    for (name, ask) in truncated(&scene.one.path("/messages")) {
        println!("{name}");
        let mut wire = Wire::to(scene.server.address).await;
        wire.write(ask).await;
        wire.end_writing().await;
        let answer = wire.answer().await;
        answer.refused(400, 4002, "ended before");
        assert!(answer.hangs_up());
        assert_eq!(wire.ended().await, b"");
    }
    scene.all_go_on().await;
}

/// Requests whose bodies end too early.
fn truncated(path: &str) -> [(&'static str, Vec<u8>); 3] {
    let packet = b"{\"event\":\"say\",\"data\":\"never\"}";
    let length = Ask::new("POST", path).header("Content-Length", "500").bytes();
    let chunked = Ask::new("POST", path).header("Transfer-Encoding", "chunked").bytes();
    [
        ("by length", [&length[..], packet].concat()),
        ("by chunk", [&chunked[..], b"1ff\r\n", packet].concat()),
        ("without the last chunk", [&chunked[..], b"1e\r\n", packet, b"\r\n"].concat()),
    ]
}

#[tokio::test]
async fn chunks_that_are_none_are_refused_by_400() {
    let mut scene = Scene::new().await;
    for chunk in ["zz\r\n", "-1\r\nx", "ffffffffffffffffff\r\n", "5 5\r\nhello\r\n", "3\r\nabcdef\r\n"] {
        println!("{chunk:?}");
        let head = Ask::new("POST", &scene.one.path("/messages")).header("Transfer-Encoding", "chunked");
        let mut wire = scene.wire().await;
        wire.write([&head.bytes()[..], chunk.as_bytes()].concat()).await;
        let answer = wire.answer().await;
        answer.refused(400, 4002, "");
        assert!(answer.hangs_up());
        assert_eq!(wire.ended().await, b"");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_body_of_any_content_type_is_json() {
    let mut scene = Scene::new().await;
    let kinds =
        ["text/plain", "application/x-www-form-urlencoded", "image/png", "multipart/form-data", ";;;"];
    for kind in kinds {
        let ask = Ask::post(&scene.one.path("/messages"), "{\"event\":\"say\",\"data\":\"x\"}");
        let answer = scene.ask(ask.header("Content-Type", kind)).await;
        scene.one.sent += 1;
        assert_eq!((answer.status, answer.json()), (200, json!({"ack": scene.one.sent})), "{kind}");
        for client in [&mut scene.one, &mut scene.other] {
            assert_eq!(client.hear().await["data"], "x");
        }
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_compressed_body_is_refused_by_415() {
    let mut scene = Scene::new().await;
    let gzip = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x03\x00\x00\x00\x00\x00\x00\x00\x00\x00";
    for encoding in ["gzip", "GZIP", "deflate", "br", "identity, gzip", "unheard-of"] {
        for path in [scene.one.path("/messages"), "/everwire/session".into()] {
            let mut wire = scene.wire().await;
            let answer = wire.ask(Ask::post(&path, gzip).header("Content-Encoding", encoding)).await;
            answer.refused(415, "encoding", "without Content-Encoding");
            assert!(answer.hangs_up());
            assert_eq!(wire.ended().await, b"");
        }
    }
    // Compressed, and not said to be.
    scene.one.post(gzip).await.refused(400, 4002, "");
    scene.all_go_on().await;
}

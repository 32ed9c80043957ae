//! What metrics and a session's line in the log say is what happened.

use std::net::SocketAddr;

use serde_json::{Value, json};

use super::{
    admin::{all_are, life, operated, series},
    program::{Program, until},
    wire::{Wire, masked},
};

fn text(value: &str) -> Vec<u8> {
    masked(1, value.as_bytes())
}

/// A session, as its client has it.
struct Session {
    address: SocketAddr,
    wire: Wire,
    sid: String,
}

impl Session {
    fn open(address: SocketAddr) -> Self {
        let mut wire = Wire::to(address);
        let open = wire.post("/everwire/session", "").json();
        let sid = open["open"]["session"].as_str().unwrap().to_owned();
        Session { address, wire, sid }
    }

    fn path(&self, rest: &str) -> String {
        format!("/everwire/session/{}/messages{rest}", self.sid)
    }

    /// Says something twice, and hears the echo in two short-polls.
    fn say_and_hear_twice(&mut self, admin: &mut Wire) {
        for _ in 0..2 {
            let answer = self.wire.post(&self.path("?seq=1"), r#"{"event":"a","data":1}"#);
            assert_eq!(answer.json(), json!({"ack": 1}));
        }
        until(|| series(admin, "everwire_queue_messages") == Some(1.0), || "it does not echo".into());
        for _ in 0..2 {
            let answer = self.wire.get(&self.path("?wait=0"));
            assert_eq!(answer.json()["messages"].as_array().unwrap().len(), 1);
        }
    }

    /// Asks something, and hears the reply in a poll that is held.
    fn ask_in_a_long_poll(&mut self, admin: &mut Wire) {
        let mut held = Wire::to(self.address);
        held.write(format!("GET {} HTTP/1.1\r\nHost: test\r\n\r\n", self.path("?wait=20&after=1")));
        all_are(admin, &[("everwire_sessions{carrier=\"long-poll\"}", 1.0)]);
        self.wire.post(&self.path("?seq=2"), r#"{"event":"b","data":2,"id":9}"#);
        assert_eq!(held.answer().json()["messages"], json!([{"reply": 9, "data": 2}]));
    }

    /// Goes on with a WebSocket, where the reply comes again, and leaves the last of two echoes unacknowledged.
    fn go_on_with_a_websocket(&self) -> Wire {
        let mut socket = Wire::to(self.address);
        socket.upgrade("/everwire/ws");
        socket.write(text(&format!("{{\"resume\":{{\"session\":\"{}\"}}}}", self.sid)));
        assert!(socket.frame().1.starts_with(b"{\"open\":"));
        socket.write([text(r#"{"attach":{"after":1}}"#), text(r#"{"from":3}"#)].concat());
        socket.write(text(r#"{"event":"c","data":3}"#));
        let heard: Vec<String> = (0..3).map(|_| String::from_utf8(socket.frame().1).unwrap()).collect();
        assert_eq!(heard, [r#"{"from":2}"#, r#"{"reply":9,"data":2}"#, r#"{"event":"c","data":3}"#]);
        socket.write([text(r#"{"ack":3}"#), text(r#"{"event":"d","data":4}"#)].concat());
        assert_eq!(socket.frame().1, br#"{"event":"d","data":4}"#);
        socket
    }
}

#[test]
fn what_a_session_did_is_what_metrics_and_its_life_say() {
    let (program, mut admin) = operated("playground = true\n");
    all_are(&mut admin, &[("everwire_sessions{carrier=\"none\"}", 0.0)]);
    let mut session = Session::open(program.address);
    all_are(&mut admin, &[("everwire_sessions{carrier=\"none\"}", 1.0)]);
    session.say_and_hear_twice(&mut admin);
    all_are(&mut admin, &POLLED);
    session.ask_in_a_long_poll(&mut admin);
    let _socket = session.go_on_with_a_websocket();
    all_are(&mut admin, &MOVED);
    let close = format!("/everwire/session/{}/close", session.sid);
    assert_eq!(session.wire.post(&close, "").status, 200);
    let expected = json!({
        "level": "INFO", "target": "everwire::session", "message": "a session ended", "address": "127.0.0.1",
        "code": 4000, "reason": "closed by the client", "messages_in": 4, "messages_out": 4, "undelivered": 1,
        "received_again": 1, "sent_again": 2, "resumes": 0,
        "carriers.ws": 1, "carriers.long-poll": 1, "carriers.short-poll": 2,
    });
    assert_eq!(life(&program, &session.sid), expected);
    all_are(&mut admin, &ENDED);
    program.stop();
}

/// Behind two short-polls.
const POLLED: [(&str, f64); 8] = [
    ("everwire_sessions{carrier=\"short-poll\"}", 1.0),
    ("everwire_sessions{carrier=\"none\"}", 0.0),
    ("everwire_attaches_total{carrier=\"short-poll\"}", 2.0),
    ("everwire_messages_total{direction=\"in\",carrier=\"post\"}", 1.0),
    ("everwire_repeats_total{direction=\"in\",carrier=\"post\"}", 1.0),
    ("everwire_messages_total{direction=\"out\",carrier=\"short-poll\"}", 1.0),
    ("everwire_repeats_total{direction=\"out\",carrier=\"short-poll\"}", 1.0),
    ("everwire_queue_messages", 1.0),
];

/// On a WebSocket.
const MOVED: [(&str, f64); 15] = [
    ("everwire_sessions{carrier=\"ws\"}", 1.0),
    ("everwire_sessions{carrier=\"long-poll\"}", 0.0),
    ("everwire_sessions{carrier=\"short-poll\"}", 0.0),
    ("everwire_attaches_total{carrier=\"long-poll\"}", 1.0),
    ("everwire_attaches_total{carrier=\"ws\"}", 1.0),
    ("everwire_moves_total{from=\"short-poll\",to=\"long-poll\"}", 1.0),
    ("everwire_moves_total{from=\"long-poll\",to=\"ws\"}", 1.0),
    ("everwire_upgrades_total{outcome=\"accepted\"}", 1.0),
    ("everwire_openings_total{outcome=\"accepted\"}", 1.0),
    ("everwire_repeats_total{direction=\"out\",carrier=\"ws\"}", 1.0),
    ("everwire_messages_total{direction=\"out\",carrier=\"ws\"}", 2.0),
    ("everwire_messages_total{direction=\"in\",carrier=\"ws\"}", 2.0),
    ("everwire_handler_seconds_count", 4.0),
    ("everwire_acknowledgement_seconds_count", 2.0),
    ("everwire_queue_messages", 1.0),
];

/// Once it is over.
const ENDED: [(&str, f64); 9] = [
    ("everwire_sessions{carrier=\"ws\"}", 0.0),
    ("everwire_tombstones", 1.0),
    ("everwire_session_ends_total{code=\"4000\"}", 1.0),
    ("everwire_undelivered_messages_total{code=\"4000\"}", 1.0),
    ("everwire_http_requests_total{place=\"session\",status=\"2xx\"}", 1.0),
    ("everwire_http_requests_total{place=\"post\",status=\"2xx\"}", 3.0),
    ("everwire_http_requests_total{place=\"poll\",status=\"2xx\"}", 3.0),
    ("everwire_http_requests_total{place=\"ws\",status=\"1xx\"}", 1.0),
    ("everwire_http_requests_total{place=\"close\",status=\"2xx\"}", 1.0),
];

#[test]
fn bytes_are_counted_as_they_travel() {
    let (program, mut admin) = operated("playground = true\n");
    let mut wire = Wire::to(program.address);
    let open = wire.post("/everwire/session", "{}");
    let sid = open.json()["open"]["session"].as_str().unwrap().to_owned();
    let said = r#"{"event":"a","data":"x"}"#;
    let ack = wire.post(&format!("/everwire/session/{sid}/messages"), said);
    let heard = wire.get(&format!("/everwire/session/{sid}/messages?wait=20"));
    wire.post("/everwire/raw/hall", "hello");
    let mut socket = Wire::to(program.address);
    socket.upgrade("/everwire/ws?open");
    let (_, greeting) = socket.frame();
    socket.write(text(said));
    let (_, echo) = socket.frame();
    let framed = |payload: usize| if payload < 126 { payload + 2 } else { payload + 4 };
    let bytes = |direction: &str, carrier: &str| {
        format!("everwire_traffic_bytes_total{{direction=\"{direction}\",carrier=\"{carrier}\"}}")
    };
    let expected = [
        (bytes("in", "post"), said.len() + 2),
        (bytes("out", "post"), open.body.len() + ack.body.len()),
        (bytes("out", "long-poll"), heard.body.len()),
        (bytes("in", "raw"), 5),
        (bytes("out", "raw"), 2),
        (bytes("in", "ws"), framed(said.len()) + 4),
        (bytes("out", "ws"), framed(greeting.len()) + framed(echo.len())),
    ];
    let expected: Vec<(&str, f64)> = expected.iter().map(|(name, bytes)| (&**name, *bytes as f64)).collect();
    all_are(&mut admin, &expected);
    program.stop();
}

#[test]
fn a_ping_that_is_answered_is_timed_once() {
    let (program, mut admin) = operated("ping = \"1s\"\n");
    let mut socket = Wire::open_socket(program.address);
    assert_eq!(socket.frame().1, br#"{"ping":1}"#);
    all_are(&mut admin, &[("everwire_ping_seconds_count", 0.0)]);
    for _ in 0..2 {
        socket.write(text(r#"{"pong":1}"#));
    }
    socket.write(text(r#"{"ping":7}"#));
    assert_eq!(socket.frame().1, br#"{"pong":7}"#);
    all_are(&mut admin, &[("everwire_ping_seconds_count", 1.0)]);
    program.stop();
}

#[test]
fn parting_resuming_and_being_lost_are_told_apart() {
    let (program, mut admin) = operated("playground = true\nresume = \"1s\"\nparting = \"1s\"\n");
    let mut socket = Wire::to(program.address);
    socket.upgrade("/everwire/ws?open");
    let greeting: Value = serde_json::from_slice(&socket.frame().1).unwrap();
    let sid = greeting["open"]["session"].as_str().unwrap().to_owned();
    drop(socket);
    let parted = |admin: &mut Wire| series(admin, "everwire_sessions_parted") == Some(1.0);
    until(|| parted(&mut admin), || "it does not part".into());
    all_are(&mut admin, &[("everwire_sessions{carrier=\"none\"}", 1.0)]);
    let mut wire = Wire::to(program.address);
    let path = format!("/everwire/session/{sid}/messages");
    assert_eq!(wire.get(&format!("{path}?wait=0")).status, 200);
    all_are(&mut admin, &[("everwire_resumes_total", 1.0), ("everwire_sessions_parted", 0.0)]);
    wire.post(&path, r#"{"event":"a","data":1}"#);
    let told = life(&program, &sid);
    let of = |name: &str| told[name].clone();
    assert_eq!((of("code"), of("undelivered"), of("resumes")), (json!(4004), json!(1), json!(1)));
    assert_eq!((of("carriers.ws"), of("carriers.short-poll")), (json!(1), json!(1)));
    assert_eq!(of("carriers.long-poll"), Value::Null);
    all_are(
        &mut admin,
        &[
            ("everwire_session_ends_total{code=\"4004\"}", 1.0),
            ("everwire_undelivered_messages_total{code=\"4004\"}", 1.0),
        ],
    );
    program.stop();
}

#[test]
fn refusals_are_counted_by_their_reason() {
    let (program, mut admin) = operated("opens_per_second = 1\nopens_burst = 2\n");
    let mut wire = Wire::to(program.address);
    assert_eq!(wire.get("/everwire/ws").status, 426);
    let mut foreign = Wire::to(program.address);
    foreign.handshake("/everwire/ws", "Origin: https://elsewhere.example\r\n");
    assert_eq!(foreign.answer().status, 403);
    let key = r#"{"key":"00112233445566778899aabbccddeeff"}"#;
    for status in [201, 201, 429] {
        assert_eq!(wire.post("/everwire/session", key).status, status);
    }
    assert_eq!(wire.get("/everwire/nothing").status, 404);
    all_are(
        &mut admin,
        &[
            ("everwire_upgrades_total{outcome=\"not_websocket\"}", 1.0),
            ("everwire_upgrades_total{outcome=\"origin\"}", 1.0),
            ("everwire_openings_total{outcome=\"accepted\"}", 1.0),
            ("everwire_openings_total{outcome=\"repeated\"}", 1.0),
            ("everwire_openings_total{outcome=\"flood\"}", 1.0),
            ("everwire_http_requests_total{place=\"session\",status=\"4xx\"}", 1.0),
            ("everwire_http_requests_total{place=\"unknown\",status=\"4xx\"}", 1.0),
        ],
    );
    program.stop();
}

#[test]
fn a_raw_request_is_told_to_those_who_look_closer() {
    let (program, mut admin) = operated("playground = true\nlog = \"info,everwire::session=debug\"\n");
    let mut wire = Wire::to(program.address);
    wire.post("/everwire/raw/hall", "hello");
    program.logs("\"carriers.raw\":1");
    let line = program.log().lines().find(|line| line.contains("carriers.raw")).unwrap().to_owned();
    let told: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&told["level"], &told["messages_in"], &told["code"]),
        (&json!("DEBUG"), &json!(1), &json!(4000))
    );
    program.logs("a session opened");
    all_are(&mut admin, &[("everwire_attaches_total{carrier=\"raw\"}", 1.0)]);
    program.stop();
}

#[test]
fn in_text_a_life_is_one_line_too() {
    let program = Program::playground();
    let mut wire = Wire::to(program.address);
    let open = wire.post("/everwire/session?wait=0", "").json();
    let sid = open["open"]["session"].as_str().unwrap().to_owned();
    wire.post(&format!("/everwire/session/{sid}/messages"), r#"{"close":{"code":4321,"reason":"a\nb"}}"#);
    program.logs("a session ended");
    let line = program.log().lines().find(|line| line.contains("a session ended")).unwrap().to_owned();
    for part in [&*format!("sid={}", &sid[..8]), "code=4321", r#"reason="a\nb""#, "carriers.short-poll=1"] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!line.contains("carriers.ws") && !program.log().contains(&sid), "{line}");
    program.stop();
}

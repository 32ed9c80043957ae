//! Every carrier has one name, wherever the program tells of it; and what its options do to it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{
    admin::{all_are, life, operated},
    program::{Program, run},
    wire::Wire,
};

/// A path of a session, the name in metrics and logs, and the name of the place.
const CARRIERS: [(&str, &str, &str); 6] = [
    ("stream?after=0", "stream", "stream"),
    ("events?after=0", "sse", "sse"),
    ("frame?after=0&callback=F", "frame", "frame"),
    ("jsonp?after=0&callback=F&wait=20", "jsonp", "jsonp"),
    ("jsonp?after=0&callback=F&wait=0", "jsonp", "jsonp"),
    ("messages?after=0&wait=0", "short-poll", "poll"),
];

fn opened(wire: &mut Wire) -> String {
    wire.post("/everwire/session", "").json()["open"]["session"].as_str().unwrap().to_owned()
}

#[test]
fn every_carrier_is_counted_and_told_by_its_name() {
    let (program, mut admin) = operated("playground = true\n");
    let mut wire = Wire::to(program.address);
    let sid = opened(&mut wire);
    assert_eq!(wire.post(&format!("/everwire/session/{sid}/messages?seq=1"), r#"{"event":"a"}"#).status, 200);
    all_are(&mut admin, &[("everwire_queue_messages", 1.0)]);
    let mut held = Vec::new();
    for (path, name, _) in CARRIERS {
        let mut carrier = Wire::to(program.address);
        carrier.write(format!("GET /everwire/session/{sid}/{path} HTTP/1.1\r\nHost: test\r\n\r\n"));
        all_are(&mut admin, &[(&*format!("everwire_sessions{{carrier=\"{name}\"}}"), 1.0)]);
        held.push(carrier);
    }
    let moves = [("stream", "sse"), ("sse", "frame"), ("frame", "jsonp"), ("jsonp", "short-poll")];
    for (from, to) in moves {
        all_are(&mut admin, &[(&*format!("everwire_moves_total{{from=\"{from}\",to=\"{to}\"}}"), 1.0)]);
    }
    for name in ["stream", "sse", "frame"] {
        all_are(
            &mut admin,
            &[
                (&*format!("everwire_attaches_total{{carrier=\"{name}\"}}"), 1.0),
                (&*format!("everwire_http_requests_total{{place=\"{name}\",status=\"2xx\"}}"), 1.0),
            ],
        );
    }
    all_are(
        &mut admin,
        &[
            ("everwire_attaches_total{carrier=\"jsonp\"}", 2.0),
            ("everwire_http_requests_total{place=\"jsonp\",status=\"2xx\"}", 2.0),
            ("everwire_messages_total{direction=\"out\",carrier=\"stream\"}", 1.0),
        ],
    );
    assert_eq!(wire.post(&format!("/everwire/session/{sid}/close"), "").status, 200);
    check_life(&life(&program, &sid));
    program.stop();
}

fn check_life(life: &Value) {
    let told: Value = ["ws", "stream", "sse", "frame", "long-poll", "jsonp", "short-poll", "raw"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), life.get(format!("carriers.{name}"))?.clone())))
        .collect::<serde_json::Map<_, _>>()
        .into();
    assert_eq!(told, json!({"stream": 1, "sse": 1, "frame": 1, "jsonp": 2, "short-poll": 1}), "{life}");
}

/// Reads a stream that ends by itself, and tells how many bytes came behind its padding.
fn length_of_a_stream(program: &Program) -> usize {
    let mut wire = Wire::to(program.address);
    let sid = opened(&mut wire);
    for seq in 1..=40 {
        let said = json!({"event": "a", "data": "x".repeat(100)}).to_string();
        assert_eq!(wire.post(&format!("/everwire/session/{sid}/messages?seq={seq}"), &said).status, 200);
    }
    let mut stream = Wire::to(program.address);
    stream.write(format!("GET /everwire/session/{sid}/stream?after=0 HTTP/1.0\r\nHost: test\r\n\r\n"));
    assert_eq!(stream.head().status, 200);
    String::from_utf8(stream.rest()).unwrap().trim_start().len()
}

#[test]
fn the_length_of_a_stream_is_an_option() {
    let program = Program::configured("playground = true\nstream_bytes = \"2 KiB\"\n");
    let length = length_of_a_stream(&program);
    assert!((2 << 10..3 << 10).contains(&length), "{length}");
    program.stop();

    let refusal = run(&["check-config", "--config", "broken.toml"], "stream_bytes = \"many\"");
    assert_eq!(refusal.code, Some(1), "{refusal:?}");
    assert!(refusal.said.contains("stream_bytes"), "{}", refusal.said);
}

#[test]
fn a_drain_ends_streams_and_does_not_wait_for_its_patience() {
    let mut program = Program::configured("playground = true\ndrain_timeout = \"20s\"\n");
    let mut wire = Wire::to(program.address);
    let sid = opened(&mut wire);
    drop(wire);
    let mut stream = Wire::to(program.address);
    stream.write(format!("GET /everwire/session/{sid}/stream?after=0 HTTP/1.0\r\nHost: test\r\n\r\n"));
    assert_eq!(stream.head().status, 200);
    let began = Instant::now();
    program.signal("TERM");
    let body = String::from_utf8(stream.rest()).unwrap();
    let last = body.trim_end().lines().last().unwrap();
    assert!(last.starts_with("{\"drain\":{\"retry\":"), "{last}");
    assert_eq!(program.ends(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}

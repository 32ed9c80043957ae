//! Being asked to end.

use std::{
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    PATIENCE,
    program::{Program, until},
    wire::{Wire, masked},
};

const CLOSE: u8 = 8;

#[test]
fn polls_are_answered_websockets_closed_and_it_ends_with_0() {
    let mut program = Program::configured("playground = true\n");
    let mut idle = Wire::to(program.address);
    assert_eq!(idle.get("/everwire/health").status, 200);
    let mut socket = Wire::open_socket(program.address);
    let mut held = Wire::to(program.address);
    // One that is over already, and is only remembered, is not given up.
    let over = held.post("/everwire/session", "").json();
    let path = format!("/everwire/session/{}/close", over["open"]["session"].as_str().unwrap());
    assert_eq!(held.post(&path, "").status, 200);
    let open = held.post("/everwire/session", "").json();
    let path = format!("/everwire/session/{}/messages", open["open"]["session"].as_str().unwrap());
    held.write(format!("GET {path}?wait=50&turn=9 HTTP/1.1\r\nHost: test\r\n\r\n"));
    // As soon as it is held, an older attach is stale; before that one does no harm.
    let parked = || idle.get(&format!("{path}?wait=0&turn=1")).status == 409;
    until(parked, || "the poll is not held".into());
    program.signal("TERM");
    let answer = held.answer();
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (503, &json!(4003)));
    assert!(answer.head.contains("retry-after: "), "{}", answer.head);
    let (_, drain) = socket.frame();
    assert_eq!(serde_json::from_slice::<Value>(&drain).unwrap(), json!({"drain": {"retry": 5000}}));
    let (opcode, close) = socket.frame();
    assert_eq!((opcode, &close[..2]), (CLOSE, &4003_u16.to_be_bytes()[..]));
    socket.write(masked(CLOSE, &close[..2]));
    assert_eq!(socket.rest(), b"");
    assert_eq!((idle.rest(), held.rest()), (vec![], vec![]));
    assert_eq!(program.ends(), Some(0));
    program.logs("sessions given up: 2");
    assert!(!program.log().contains("not all connections"), "{}", program.log());
}

#[test]
fn a_websocket_that_does_not_answer_is_waited_for_and_cut() {
    let mut program = Program::configured("drain_timeout = \"1s\"\n");
    let mut socket = Wire::open_socket(program.address);
    let began = Instant::now();
    program.signal("TERM");
    assert!(socket.frame().1.starts_with(b"{\"drain\":"));
    assert_eq!(socket.frame().0, CLOSE);
    assert_eq!(program.ends(), Some(0));
    let took = began.elapsed();
    assert!(took > Duration::from_millis(900) && took < PATIENCE / 2, "{took:?}");
    program.logs("not all connections ended");
}

#[test]
fn with_nobody_there_both_signals_end_it_at_once() {
    for name in ["TERM", "INT"] {
        let mut program = Program::configured("drain_timeout = \"20s\"\n");
        let began = Instant::now();
        program.signal(name);
        assert_eq!(program.ends(), Some(0));
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        program.logs(&format!("SIG{name}: draining"));
    }
}

/// A WebSocket in a room where more is said than its connection holds, and that reads nothing of it.
fn deaf(program: &Program) -> Wire {
    let mut wire = Wire::open_socket(program.address);
    wire.write(masked(1, br#"{"join":{"room":"hall"},"id":1}"#));
    let (_, joined) = wire.frame();
    assert!(joined.starts_with(b"{\"reply\":1"), "{}", String::from_utf8_lossy(&joined));
    let mut speaker = Wire::to(program.address);
    let speech = "x".repeat(1_000_000);
    for _ in 0..MORE_THAN_BUFFERS_HOLD {
        assert_eq!(speaker.post("/everwire/raw/hall", &speech).status / 100, 2);
    }
    wire
}

/// In megabytes. Systems give a connection at most some 10 of them, both ends together.
const MORE_THAN_BUFFERS_HOLD: usize = 40;
/// A queue for all that a deaf client does not take.
const ROOMY: &str = "playground = true\nqueue_bytes = \"256MiB\"\n";

#[test]
fn who_does_not_go_is_cut_in_time_and_health_tells_meanwhile() {
    let mut program = Program::configured(&format!("{ROOMY}drain_timeout = \"4s\"\n"));
    let _deaf = deaf(&program);
    let mut kept = Wire::to(program.address);
    assert_eq!(kept.get("/everwire/health").status, 200);
    let began = Instant::now();
    program.signal("TERM");
    until(|| kept.get("/everwire/health").status == 503, || "health does not tell".into());
    assert_eq!(kept.get("/everwire/health").json()["status"], "draining");
    assert_eq!(kept.post("/everwire/session", "").status, 503, "nothing new is let in");
    assert!(TcpStream::connect(program.address).is_err(), "no connection is accepted");
    assert_eq!(program.ends(), Some(0));
    let took = began.elapsed();
    assert!(took > Duration::from_secs(3) && took < PATIENCE / 2, "{took:?}");
    program.logs("sessions given up: 1");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    for (second, code) in [("TERM", 143), ("INT", 130)] {
        let mut program = Program::configured(&format!("{ROOMY}drain_timeout = \"10m\"\n"));
        let _deaf = deaf(&program);
        program.signal("INT");
        program.logs("SIGINT: draining");
        // What comes along with the first one does not count, so that one of these does.
        until(|| program.ends_on(second), || "it goes on".into());
        assert_eq!(program.ends(), Some(code));
    }
}

#[test]
fn two_signals_at_once_are_one() {
    let mut program = Program::configured("drain_timeout = \"1s\"\n");
    let _mute = Wire::open_socket(program.address);
    program.signals(&["TERM", "TERM", "INT"]);
    assert_eq!(program.ends(), Some(0));
}

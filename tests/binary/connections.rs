//! What single connections may do, and how many there may be.

use std::time::{Duration, Instant};

use super::{
    PATIENCE,
    program::{Program, until},
    wire::Wire,
};

/// Long enough for an answer to come that must not come, short enough to wait for.
const WHILE: Duration = Duration::from_millis(300);

const HEALTH: &str = "GET /everwire/health HTTP/1.1\r\nHost: test\r\n\r\n";

#[test]
fn past_the_bound_connections_wait_and_websockets_count() {
    let program = Program::configured("playground = true\nmax_connections = 2\n");
    let socket = Wire::open_socket(program.address);
    let mut kept = Wire::to(program.address);
    assert_eq!(kept.get("/everwire/health").status, 200);
    let mut third = Wire::to(program.address);
    third.write(HEALTH);
    assert!(third.is_silent(WHILE), "there is no room for a third");
    assert_eq!(kept.get("/everwire/health").status, 200, "the others are served");
    program.logs("max_connections");
    drop(socket);
    assert_eq!(third.answer().status, 200);
    let mut fourth = Wire::to(program.address);
    fourth.write(HEALTH);
    assert!(fourth.is_silent(WHILE), "the third took the place of the first");
    drop(kept);
    assert_eq!(fourth.answer().status, 200);
    drop((third, fourth));
    program.stop();
}

#[test]
fn without_descriptors_it_waits_and_comes_back() {
    let program = Program::limited("ulimit -n 40", "max_connections = 1000\n");
    program.logs("more than the limit of open files has room for");
    let began = Instant::now();
    let crowd: Vec<Wire> = (0..60).map(|_| Wire::to(program.address)).collect();
    program.logs("no connection can be accepted at the moment");
    let mut late = Wire::to(program.address);
    late.write(HEALTH);
    assert!(late.is_silent(WHILE));
    let said = program.log().matches("no connection can be accepted").count();
    let seconds = usize::try_from(began.elapsed().as_secs()).unwrap();
    assert!(said <= seconds + 2, "{said} complaints in {seconds} s");
    drop(crowd);
    assert_eq!(late.answer().status, 200);
    drop(late);
    program.stop();
}

#[test]
fn a_head_that_does_not_come_is_not_waited_for() {
    let program = Program::configured("header_timeout = \"400ms\"\n");
    let began = Instant::now();
    let mut slow = Wire::to(program.address);
    slow.write("GET /everwire/health HTTP/1.1\r\nHost: te");
    let rest = String::from_utf8(slow.rest()).unwrap();
    assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 408"), "{rest}");
    let took = began.elapsed();
    assert!(took > Duration::from_millis(300) && took < PATIENCE / 2, "{took:?}");
    program.stop();
}

#[test]
fn a_head_that_comes_in_drops_is_not_waited_for_either() {
    let program = Program::configured("header_timeout = \"400ms\"\n");
    let mut slow = Wire::to(program.address);
    slow.write("GET /everwire/health HTTP/1.1\r\nX: ");
    until(
        || !slow.is_silent(Duration::from_millis(20)) || !drips(&mut slow),
        || "it is heard for ever".into(),
    );
    program.stop();
}

/// Writes one byte more; whether anybody took it.
fn drips(wire: &mut Wire) -> bool {
    use std::io::Write;

    wire.stream().write_all(b"x").is_ok()
}

#[test]
fn between_two_requests_the_same_time_is_granted() {
    let program = Program::configured("header_timeout = \"1500ms\"\n");
    let mut wire = Wire::to(program.address);
    for _ in 0..2 {
        assert_eq!(wire.get("/everwire/health").status, 200);
        assert!(wire.is_silent(Duration::from_millis(100)));
    }
    assert_eq!(wire.rest(), b"", "then it is closed, without a word");
    program.stop();
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let program = Program::playground();
    let mut wire = Wire::to(program.address);
    let open = wire.post("/everwire/session", "").json();
    let sid = open["open"]["session"].as_str().unwrap().to_owned();
    let held = format!("GET /everwire/session/{sid}/messages?wait=1 HTTP/1.1\r\nHost: test\r\n\r\n");
    let unknown = "GET /everwire/nothing HTTP/1.1\r\nHost: test\r\n\r\n";
    wire.write([&held, HEALTH, unknown, HEALTH].concat());
    let answers: Vec<_> = (0..4).map(|_| wire.answer()).collect();
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 200, 404, 200]);
    assert!(answers[0].body.contains("\"from\":1"), "{}", answers[0].body);
    program.stop();
}

#[test]
fn an_answer_does_not_wait_for_the_next_request() {
    let program = Program::playground();
    let mut wire = Wire::to(program.address);
    wire.write([HEALTH, &HEALTH[..20]].concat());
    assert_eq!(wire.answer().status, 200);
    wire.write(&HEALTH[20..]);
    assert_eq!(wire.answer().status, 200);
    program.stop();
}

#[test]
fn http_1_0_gets_a_length_and_the_end_of_the_connection() {
    let program = Program::playground();
    for path in ["/", "/everwire/health"] {
        let mut wire = Wire::to(program.address);
        wire.write(format!("GET {path} HTTP/1.0\r\n\r\n"));
        let answer = wire.answer();
        assert_eq!(answer.status, 200);
        assert!(
            answer.head.contains("content-length: ") && !answer.head.contains("transfer-encoding"),
            "{answer:?}"
        );
        assert_eq!(wire.rest(), b"", "{path}");
    }
    program.stop();
}

#[test]
fn a_head_that_is_too_large_or_none_is_refused() {
    let program = Program::playground();
    // Exactly what is read before it is too much: a connection that is closed with unread bytes would be reset.
    let long = format!("{:x<1$}", "GET / HTTP/1.1\r\nHost: test\r\nX: ", 16 << 10);
    let many = format!("GET / HTTP/1.1\r\nHost: test\r\n{}\r\n", "X: y\r\n".repeat(150));
    for (bomb, status) in [(long, 431), (many, 431), ("GET / HTTP/1.1\r\nno header\r\n\r\n".into(), 400)] {
        let mut wire = Wire::to(program.address);
        wire.write(&bomb);
        assert_eq!(wire.answer().status, status);
        wire.rest();
    }
    program.stop();
}

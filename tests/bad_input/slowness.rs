//! Clients that take their time: each costs one connection, for a bounded time.

use std::time::{Duration, Instant};

use everwire::Options;
use serde_json::json;

use crate::raw_http::{
    Ask, Client, GROWING, Grown, PATIENCE, Scene, Served, Socket, Wire, all_hear, application, handshake,
    masked,
};

const SHORT: Duration = Duration::from_millis(300);

#[tokio::test]
async fn a_head_that_comes_too_slowly_ends_only_its_connection() {
    let server = Served::start_with(application().build(), SHORT).await;
    let mut one = Client::open(&server).await;
    let mut other = Client::open(&server).await;
    let mut slow = Wire::to(server.address).await;
    let head = Ask::get(&one.path("/messages?wait=0")).bytes();
    let began = Instant::now();
    // A byte now and then: what counts is when the head is complete, not that something comes.
    for byte in &head[..head.len().min(40)] {
        slow.write([*byte]).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let said = slow.ended().await;
    assert!(began.elapsed() >= SHORT && began.elapsed() < PATIENCE);
    assert!(!said.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&said));
    all_hear(&mut [&mut one, &mut other]).await;
}

#[tokio::test]
async fn a_connection_without_any_request_is_closed_in_time() {
    let server = Served::start_with(application().build(), SHORT).await;
    let silent = Wire::to(server.address).await;
    silent.ended().await;
    let mut kept = Wire::to(server.address).await;
    assert_eq!(kept.ask(Ask::get("/everwire/health")).await.status, 200);
    kept.ended().await;
}

#[tokio::test]
async fn a_body_that_comes_too_slowly_is_refused_by_408_and_the_session_goes_on() {
    let options = Options { body_timeout: Duration::from_secs(1), ..Options::default() };
    let server = Served::start(application().options(options).build()).await;
    let mut one = Client::open(&server).await;
    let mut other = Client::open(&server).await;
    let path = one.path("/messages");
    let length = Ask::new("POST", &path).header("Content-Length", "100").bytes();
    let chunked = Ask::new("POST", &path).header("Transfer-Encoding", "chunked").bytes();
    let opening = Ask::new("POST", "/everwire/session").header("Content-Length", "100").bytes();
    let mut slow = Vec::new();
    for head in [length, chunked, opening] {
        let mut wire = Wire::to(server.address).await;
        wire.write(head).await;
        slow.push(wire);
    }
    slow[0].write(b"{\"event\"").await;
    slow[1].write(b"9\r\n{\"event\":\r\n").await;
    for mut wire in slow {
        let answer = wire.answer().await;
        answer.refused(408, "slow", "within 1s");
        assert!(answer.hangs_up());
        assert_eq!(wire.ended().await, b"");
    }
    all_hear(&mut [&mut one, &mut other]).await;
}

#[tokio::test]
async fn a_websocket_that_says_nothing_is_closed_by_4002() {
    let options = Options { handshake_timeout: SHORT, ..Options::default() };
    let server = Served::start(application().options(options).build()).await;
    let mut other = Client::open(&server).await;
    let mut silent = Socket::to(&server).await;
    // Pings are no packets: they buy no time.
    silent.wire.write(masked(0x89, b"there?")).await;
    assert_eq!(silent.frame().await, (0x8a, b"there?".to_vec()));
    silent.closes(4002, "say `open` or `resume`").await;
    silent.parts().await;
    assert_eq!(server.gateway.sessions(), 1, "the neighbour's");
    all_hear(&mut [&mut other]).await;
}

#[tokio::test]
async fn a_websocket_that_resumes_and_never_attaches_is_closed_by_4002() {
    let options = Options { attach_timeout: SHORT, ..Options::default() };
    let server = Served::start(application().options(options).build()).await;
    let mut one = Client::open(&server).await;
    let mut other = Client::open(&server).await;
    let mut socket = Socket::resume(&server, &one.sid).await;
    assert!(socket.hear().await["open"].is_object());
    socket.closes(4002, "attach").await;
    socket.parts().await;
    all_hear(&mut [&mut one, &mut other]).await;
}

#[tokio::test]
async fn a_handshake_that_is_never_used_again_costs_nothing_lasting() {
    let options = Options { handshake_timeout: SHORT, closing_timeout: SHORT, ..Options::default() };
    let server = Served::start(application().options(options).build()).await;
    let mut wire = Wire::to(server.address).await;
    assert_eq!(wire.ask(handshake("/everwire/ws")).await.status, 101);
    // Neither a packet nor an answer to the close frame.
    let said = wire.ended().await;
    assert_eq!(said[..1], [0x88]);
}

#[tokio::test]
async fn a_close_that_is_not_answered_is_waited_for_only_so_long() {
    let options = Options { closing_timeout: SHORT, ..Options::default() };
    let server = Served::start(application().options(options).build()).await;
    let (mut socket, open) = Socket::open(&server).await;
    let mut other = Client::open(&server).await;
    let session = Client::of(&server, open["session"].as_str().unwrap());
    assert_eq!(session.ask(Ask::new("DELETE", &session.path(""))).await.status, 204);
    socket.is_over(4000, "closed by the client").await;
    let began = Instant::now();
    assert_eq!(socket.wire.ended().await, b"");
    assert!(began.elapsed() < PATIENCE, "{:?}", began.elapsed());
    all_hear(&mut [&mut other]).await;
}

#[tokio::test]
async fn a_websocket_that_falls_silent_is_pinged_then_left_and_its_session_goes_on() {
    let options = Options { ping: SHORT, grace: SHORT, ..Options::default() };
    let server = Served::start(application().options(options).build()).await;
    let (mut socket, open) = Socket::open(&server).await;
    let mut one = Client::of(&server, open["session"].as_str().unwrap());
    let mut other = Client::open(&server).await;
    let (first, ping) = socket.frame().await;
    assert_eq!(first, 0x81);
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&ping).unwrap(), json!({"ping": 1}));
    socket.closes(1001, "resume on another carrier").await;
    socket.parts().await;
    all_hear(&mut [&mut one, &mut other]).await;
}

#[tokio::test]
async fn a_websocket_that_reads_nothing_goes_when_its_session_moves_on() {
    let options = Options { queue_bytes: 64 << 20, closing_timeout: SHORT, ..Options::default() };
    let server = Served::start(application().options(options).build()).await;
    let (_blocked, open) = Socket::open(&server).await;
    // More than the sockets' buffers hold, so that the gateway can't write on.
    for _ in 0..64 {
        server.gateway.to("hall").emit("said", &"x".repeat(256 << 10)).await.expect("a string is JSON");
    }
    let one = Client::of(&server, open["session"].as_str().expect("a sid"));
    let polled = one.ask(Ask::get(&one.path("/messages?wait=0&after=auto"))).await.json();
    assert_eq!(polled["messages"].as_array().map(Vec::len), Some(64), "what was stuck is repeated");
    // Draining waits for every WebSocket there is: the one that is stuck has to be given up by itself.
    let drained = server.gateway.drain(Duration::from_secs(1), 2 * PATIENCE);
    tokio::time::timeout(PATIENCE, drained).await.expect("the stuck WebSocket was not given up");
}

/// What a reader does not take stays in its session's queue, in order, until it does.
#[tokio::test]
async fn a_stream_whose_reader_pauses_misses_nothing() {
    const COUNT: usize = 64;
    for which in GROWING {
        let options = Options { queue_bytes: 64 << 20, stream_bytes: 0, ..Options::default() };
        let mut scene = Scene::with(options).await;
        let mut grown = Grown::of(&scene, which, "after=0").await;
        assert!(grown.hear().await["open"].is_object());
        // More than the sockets' buffers hold, so that the gateway can't write on.
        for number in 0..COUNT {
            let data = json!([number, "x".repeat(256 << 10)]);
            scene.server.gateway.to("hall").emit("said", &data).await.expect("it is JSON");
        }
        scene.server.gateway.to("hall").emit("said", &"end").await.expect("a string is JSON");
        assert_eq!(scene.ask(Ask::new("DELETE", &scene.one.path(""))).await.status, 204);
        let rest = grown.rest().await;
        assert_eq!(rest.len(), COUNT + 2, "{which}");
        for (number, packet) in rest.iter().take(COUNT).enumerate() {
            assert_eq!(packet["data"][0], number, "{which}");
        }
        assert_eq!((&rest[COUNT]["data"], &rest[COUNT + 1]["close"]["code"]), (&json!("end"), &json!(4000)));
        while scene.other.poll().await.last().expect("messages")["data"] != "end" {}
        scene.only_the_neighbour_goes_on().await;
    }
}

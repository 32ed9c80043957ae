//! What is begun and not ended as it should be: answers nobody reads, ends that race, requests that are cut.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use everwire::{Gateway, Goodbye, Options, Peer};
use serde_json::json;

use crate::raw_http::{Ask, Client, PATIENCE, Scene, Served, Socket, Wire, application, handshake, masked};

/// Waits until something holds.
async fn until(what: &str, holds: impl Fn() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("waited in vain: {what}"));
}

#[tokio::test]
async fn answers_that_are_not_read_count_as_requests_in_progress() {
    let options = Options { queue_bytes: 32 << 20, requests_per_session: 4, ..Options::default() };
    let server = Served::start(application().options(options).build()).await;
    let one = Client::open(&server).await;
    // More than the sockets' buffers hold.
    for _ in 0..64 {
        server.gateway.to("hall").emit("said", &"x".repeat(256 << 10)).await.expect("a string is JSON");
    }
    let mut unread = Vec::new();
    for _ in 0..4 {
        let mut wire = Wire::to(server.address).await;
        wire.write(Ask::get(&one.path("/messages?wait=0")).bytes()).await;
        // Its head has come, so that it has been made; its body has not.
        assert_eq!(wire.bare_answer().await.status, 200);
        unread.push(wire);
    }
    let refused = one.ask(Ask::get(&one.path("/messages?wait=0"))).await;
    refused.refused(429, 4009, "requests of this session in progress");
    drop(unread);
    let again = async {
        while one.ask(Ask::get(&one.path("/messages?wait=0"))).await.status == 429 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, again).await.expect("dropped answers are counted out");
}

#[tokio::test]
async fn a_slow_reader_that_talks_is_not_taken_for_silent() {
    let short = Duration::from_millis(700);
    let options = Options { ping: short, grace: short, queue_bytes: 64 << 20, ..Options::default() };
    let server = Served::start(application().options(options).build()).await;
    let (mut socket, open) = Socket::open(&server).await;
    // Twice what the sockets' buffers may hold.
    let messages = 96_usize;
    let line = "x".repeat(256 << 10);
    for _ in 0..messages {
        server.gateway.to("hall").emit("said", &line).await.expect("a string is JSON");
    }
    // Reads a message every 20 ms, more than twice as long as it would be taken for silent, and pings all the while.
    let mut heard = 0;
    while heard < messages {
        socket.packet(&json!({"ping": heard + 1})).await;
        let packet = socket.hear().await;
        heard += usize::from(packet["event"] == "said");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let one = Client::of(&server, open["session"].as_str().expect("a sid"));
    assert_eq!(one.post(json!({"ack": messages}).to_string()).await.status, 200);
}

#[tokio::test]
async fn a_resumed_websocket_is_told_no_number_of_a_carrier_that_is_another() {
    let scene = Scene::new().await;
    let mut held = scene.wire().await;
    held.write(Ask::get(&scene.one.path("/messages?after=0&wait=20")).bytes()).await;
    let mut socket = Socket::resume(&scene.server, &scene.one.sid).await;
    let open = socket.hear().await["open"].clone();
    assert!(open["session"].is_string() && open.get("from").is_none(), "{open}");
}

#[tokio::test]
async fn a_repeated_opening_does_not_take_the_delivery() {
    let server = Served::start(application().build()).await;
    let key = "00112233445566778899aabbccddeeff";
    let mut socket = Socket::to(&server).await;
    socket.packet(&json!({"open": {"key": key}})).await;
    let sid = socket.hear().await["open"]["session"].clone();
    let body = json!([{"open": {"key": key}}, {"event": "say", "data": "hi"}]).to_string();
    let answer = Wire::to(server.address).await.ask(Ask::post("/everwire/session?wait=5", body)).await;
    assert_eq!((answer.status, &answer.json()["open"]["session"]), (201, &sid));
    assert_eq!(socket.hear().await["event"], "said", "the WebSocket goes on");
}

#[tokio::test]
async fn a_held_raw_get_and_an_unattached_websocket_hear_that_the_gateway_goes() {
    let server = Served::start(application().on_join(|_: Peer, _: String| async {}).build()).await;
    let mut raw = Wire::to(server.address).await;
    raw.write(Ask::get("/everwire/raw/hall?wait=50").bytes()).await;
    let mut fresh = Wire::to(server.address).await;
    assert_eq!(fresh.ask(handshake("/everwire/ws")).await.status, 101);
    until("the raw visit", || server.gateway.sessions() == 1).await;
    let drained = server.gateway.drain(Duration::from_secs(3), 2 * PATIENCE);
    let (_, answer) = tokio::join!(
        async { tokio::time::timeout(PATIENCE, drained).await.expect("nothing held the draining up") },
        async {
            let mut socket = Socket { wire: fresh };
            assert_eq!(socket.hear().await["drain"]["retry"], 3000);
            socket.closes(4003, "going away").await;
            socket.wire.write(masked(0x88, b"")).await;
            raw.answer().await
        },
    );
    answer.refused(503, 4003, "going away");
    assert_eq!(answer.header("retry-after"), Some("3"));
}

#[tokio::test]
async fn a_raw_request_that_is_cut_while_it_is_considered_leaves_no_session() {
    let gates = Arc::new(tokio::sync::Semaphore::new(0));
    let gone = Arc::new(AtomicUsize::new(0));
    let (gate, count) = (Arc::clone(&gates), Arc::clone(&gone));
    let gateway =
        Gateway::builder()
            .on_connect(move |_: Peer, _| {
                let gate = Arc::clone(&gate);
                async move {
                    gate.acquire().await.map(drop).map_err(|_| everwire::Error::refused("closed", "closed"))
                }
            })
            .on_disconnect(move |_: Peer, _: Goodbye| {
                count.fetch_add(1, Ordering::SeqCst);
                async {}
            })
            .build();
    let server = Served::start(gateway).await;
    let mut cut = Wire::to(server.address).await;
    cut.write(Ask::get("/everwire/raw/hall").bytes()).await;
    until("the visit", || server.gateway.sessions() == 1).await;
    drop(cut);
    // Other requests are answered on the same thread: by then the gateway has seen the connection end.
    for _ in 0..3 {
        assert_eq!(Wire::to(server.address).await.ask(Ask::get("/everwire/health")).await.status, 200);
    }
    gates.add_permits(1);
    until("its end", || server.gateway.sessions() == 0).await;
    until("its goodbye", || gone.load(Ordering::SeqCst) == 1).await;
}

#[tokio::test]
async fn sessions_may_be_ended_from_any_thread_and_each_is_told_once() {
    let gone = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&gone);
    let gateway = Gateway::builder()
        .on_disconnect(move |_: Peer, goodbye: Goodbye| {
            assert_eq!(goodbye.code, 4100);
            count.fetch_add(1, Ordering::SeqCst);
            async {}
        })
        .build();
    let server = Served::start(gateway).await;
    for _ in 0..3 {
        Client::open(&server).await;
    }
    let gateway = server.gateway.clone();
    std::thread::spawn(move || gateway.close_all(4100, "enough"))
        .join()
        .expect("no panic outside of the runtime");
    until("three goodbyes", || gone.load(Ordering::SeqCst) == 3).await;
}

#[tokio::test]
async fn a_clients_close_has_a_code_of_its_own_and_a_bounded_reason() {
    for (code, counted) in [(1005, 4000), (4008, 4000), (4099, 4000), (4100, 4100), (4999, 4999)] {
        let scene = Scene::new().await;
        let close = json!({"close": {"code": code, "reason": "ä".repeat(1000)}}).to_string();
        assert_eq!(scene.one.post(close).await.status, 200);
        let answer = scene.ask(Ask::get(&scene.one.path("/messages?wait=0"))).await.json();
        let close = &answer["control"][0]["close"];
        assert_eq!(
            (&close["code"], close["reason"].as_str().map(str::len)),
            (&json!(counted), Some(256)),
            "{code}"
        );
    }
}

#[tokio::test]
async fn a_tombstone_answers_whatever_is_posted_with_its_close() {
    let scene = Scene::new().await;
    assert_eq!(scene.ask(Ask::new("DELETE", &scene.one.path(""))).await.status, 204);
    for body in ["", "[]", "{\"ping\":1}", "{\"event\":\"say\",\"data\":\"late\"}"] {
        scene.one.post(body).await.over(410, 4000, "closed by the client");
    }
}

//! Every limit, reached once.

use std::{sync::Arc, time::Duration};

use everwire::{Gateway, Options, Peer};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::raw_http::{Answer, Ask, Client, PATIENCE, Scene, Served, Socket, Wire, all_hear, application};

async fn served(options: Options) -> Served {
    Served::start(application().options(options).build()).await
}

async fn open_from(server: &Served, address: &str) -> Answer {
    let ask = Ask::post("/everwire/session", "").header("X-Forwarded-For", address);
    Wire::to(server.address).await.ask(ask).await
}

fn client(server: &Served, opened: &Answer) -> Client {
    assert_eq!(opened.status, 201, "{opened:?}");
    Client::of(server, opened.json()["open"]["session"].as_str().expect("a sid"))
}

fn retry_after(answer: &Answer) -> u64 {
    answer.header("retry-after").expect("it says when to come back").parse().expect("whole seconds")
}

#[tokio::test]
async fn the_defaults_are_those_that_the_protocol_names() {
    let server = served(Options::default()).await;
    let answer = Wire::to(server.address).await.ask(Ask::post("/everwire/session", "")).await;
    let open = &answer.json()["open"];
    for (key, value) in [("v", 1), ("ping", 25), ("wait", 25), ("resume", 60), ("max", 1 << 20)] {
        assert_eq!(open[key], value, "{key}");
    }
    let options = Options::default();
    assert_eq!((options.queue_bytes, options.wait_max), (4 << 20, Duration::from_secs(55)));
    assert_eq!((options.handshake_timeout.as_secs(), options.attach_timeout.as_secs()), (10, 60));
    assert_eq!((options.parting.as_secs(), options.unattached_sockets), (35, 2));
}

#[tokio::test]
async fn at_the_bound_of_all_sessions_one_that_was_never_used_goes_first() {
    let server = served(Options { max_sessions: 3, ..Options::default() }).await;
    let mut used = Client::open(&server).await;
    let unused = Client::open(&server).await;
    let mut late = Client::open(&server).await;
    all_hear(&mut [&mut used, &mut late]).await;
    let mut newcomer = Client::open(&server).await;
    unused.ask(Ask::get(&unused.path("/messages?wait=0"))).await.over(404, 4004, "open a new one");
    newcomer.after = 0;
    all_hear(&mut [&mut newcomer, &mut used, &mut late]).await;
    let full = Wire::to(server.address).await.ask(Ask::post("/everwire/session", "")).await;
    full.refused(429, 4009, "sessions in all");
    assert!(retry_after(&full) > 0);
    let mut socket = Socket::to(&server).await;
    socket.packet(&json!({"open": {}})).await;
    socket.closes(4009, "sessions in all").await;
    all_hear(&mut [&mut newcomer, &mut used, &mut late]).await;
}

#[tokio::test]
async fn sessions_of_one_address_are_bounded_and_those_of_another_are_not_touched() {
    let options = Options { max_sessions_per_address: 2, trusted_proxies: 1, ..Options::default() };
    let server = served(options).await;
    let mut one = client(&server, &open_from(&server, "203.0.113.1").await);
    let mut two = client(&server, &open_from(&server, "203.0.113.1").await);
    let third = open_from(&server, "203.0.113.1").await;
    third.refused(429, 4009, "sessions from one address");
    assert!(retry_after(&third) > 0);
    let mut other = client(&server, &open_from(&server, "203.0.113.2").await);
    all_hear(&mut [&mut one, &mut two, &mut other]).await;
}

#[tokio::test]
async fn openings_are_bounded_by_rate_and_address_with_retry_after() {
    let options = Options { opens_per_second: 1, opens_burst: 2, trusted_proxies: 1, ..Options::default() };
    let server = served(options).await;
    let mut one = client(&server, &open_from(&server, "203.0.113.1").await);
    open_from(&server, "203.0.113.1").await;
    let fast = open_from(&server, "203.0.113.1").await;
    fast.refused(429, 4009, "try again in");
    assert_eq!(retry_after(&fast), 1);
    let mut other = client(&server, &open_from(&server, "203.0.113.2").await);
    all_hear(&mut [&mut one, &mut other]).await;
    tokio::time::timeout(PATIENCE, async {
        while open_from(&server, "203.0.113.1").await.status != 201 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("it is let in again, as it was told");
}

#[tokio::test]
async fn refused_resumes_count_against_the_address() {
    let options = Options { opens_per_second: 1, opens_burst: 4, trusted_proxies: 1, ..Options::default() };
    let server = served(options).await;
    let mut other = client(&server, &open_from(&server, "203.0.113.2").await);
    let guess = || Ask::get("/everwire/session/nobody/messages").header("X-Forwarded-For", "203.0.113.1");
    for _ in 0..4 {
        Wire::to(server.address).await.ask(guess()).await.over(404, 4004, "open a new one");
    }
    let answer = Wire::to(server.address).await.ask(guess()).await;
    answer.refused(429, 4009, "try again in");
    assert!(retry_after(&answer) > 0);
    open_from(&server, "203.0.113.1").await.refused(429, 4009, "try again in");
    all_hear(&mut [&mut other]).await;
}

#[tokio::test]
async fn requests_of_one_session_in_flight_are_bounded() {
    let mut scene = Scene::with(Options { requests_per_session: 2, ..Options::default() }).await;
    let path = scene.one.path("/messages");
    let mut slow = Vec::new();
    for _ in 0..2 {
        let ask = Ask::new("POST", &path).header("Content-Length", "2").header("Expect", "100-continue");
        let mut wire = scene.wire().await;
        wire.write(ask.bytes()).await;
        assert_eq!(wire.bare_answer().await.status, 100, "it is in progress");
        slow.push(wire);
    }
    let third = scene.one.post("{\"event\":\"say\",\"data\":\"x\"}").await;
    third.refused(429, 4009, "requests of this session");
    assert!(retry_after(&third) > 0);
    scene.ask(Ask::get(&path)).await.refused(429, 4009, "requests of this session");
    all_hear(&mut [&mut scene.other]).await;
    scene.one.after = 0;
    for mut wire in slow {
        wire.write("[]").await;
        assert_eq!(wire.answer().await.json(), json!({"ack": 0}));
    }
    assert_eq!(scene.one.poll().await.len(), 1, "what the neighbour said meanwhile");
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_request_whose_client_vanished_is_counted_out() {
    let mut scene = Scene::with(Options { requests_per_session: 1, ..Options::default() }).await;
    for _ in 0..3 {
        let ask = Ask::new("POST", &scene.one.path("/messages")).header("Content-Length", "2");
        let mut wire = scene.wire().await;
        wire.write(ask.header("Expect", "100-continue").bytes()).await;
        // The one before may still be in the act of being dropped.
        assert!(matches!(wire.bare_answer().await.status, 100 | 429));
    }
    tokio::time::timeout(PATIENCE, async {
        while scene.one.post("").await.status != 200 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await
    .expect("nothing of it is in progress any more");
    scene.all_go_on().await;
}

#[tokio::test]
async fn websockets_of_one_session_that_are_not_attached_are_bounded() {
    let mut scene = Scene::new().await;
    let mut probing = Vec::new();
    for _ in 0..2 {
        let mut socket = Socket::resume(&scene.server, &scene.one.sid).await;
        assert!(socket.hear().await["open"].is_object());
        probing.push(socket);
    }
    let mut third = Socket::resume(&scene.server, &scene.one.sid).await;
    third.closes(4009, "WebSockets that are not attached").await;
    let mut attached = probing.pop().unwrap();
    attached.packet(&json!({"attach": {"after": 0}})).await;
    assert_eq!(attached.hear().await, json!({"from": 1}));
    let mut fourth = Socket::resume(&scene.server, &scene.one.sid).await;
    assert!(fourth.hear().await["open"].is_object(), "an attached one is no longer counted");
    drop((attached, fourth, probing));
    scene.all_go_on().await;
}

/// A gateway whose handler of `work` waits for a permit.
async fn busy(options: Options) -> (Served, Arc<Semaphore>) {
    let permits = Arc::new(Semaphore::new(0));
    let wanted = Arc::clone(&permits);
    let gateway = application().options(options).on("work", move |peer: Peer, number: u64| {
        let wanted = Arc::clone(&wanted);
        async move {
            wanted.acquire().await.expect("it is never closed").forget();
            peer.emit("done", &number)
        }
    });
    (Served::start(gateway.build()).await, permits)
}

async fn done(client: &mut Client, count: usize) -> Vec<Value> {
    let mut heard = Vec::new();
    while heard.len() < count {
        heard.extend(client.poll().await.into_iter().map(|message| message["data"].clone()));
    }
    heard
}

#[tokio::test]
async fn a_full_backlog_is_answered_by_429_with_what_was_taken_and_repeated_without_loss() {
    let (server, permits) = busy(Options { backlog_messages: 3, ..Options::default() }).await;
    let mut one = Client::open(&server).await;
    let mut other = Client::open(&server).await;
    let batch =
        |from: u64| json!((from..=10).map(|n| json!({"event": "work", "data": n})).collect::<Vec<_>>());
    let path = one.path("/messages?seq=1");
    let answer = one.ask(Ask::post(&path, batch(1).to_string())).await;
    answer.refused(429, 4009, "Retry-After");
    assert!(retry_after(&answer) > 0);
    let mut ack = answer.json()["ack"].as_u64().unwrap();
    assert!((3..10).contains(&ack), "{ack}");
    all_hear(&mut [&mut other]).await;
    permits.add_permits(10);
    tokio::time::timeout(PATIENCE, async {
        while ack < 10 {
            let path = one.path(&format!("/messages?seq={}", ack + 1));
            ack = one.ask(Ask::post(&path, batch(ack + 1).to_string())).await.json()["ack"].as_u64().unwrap();
        }
    })
    .await
    .expect("the backlog drains");
    one.sent = 10;
    let heard = done(&mut one, 11).await;
    let numbers: Vec<_> = heard.into_iter().filter(Value::is_number).collect();
    assert_eq!(numbers, (1..=10).map(|n| json!(n)).collect::<Vec<_>>());
    all_hear(&mut [&mut one, &mut other]).await;
}

#[tokio::test]
async fn a_full_backlog_on_a_websocket_is_told_busy_and_goes_on_behind_from() {
    let (server, permits) = busy(Options { backlog_messages: 2, ..Options::default() }).await;
    let (mut socket, open) = Socket::open(&server).await;
    for n in 1..=9 {
        socket.packet(&json!({"event": "work", "data": n})).await;
    }
    let busy = socket.hear().await;
    let ack = busy["ack"].as_u64().unwrap();
    assert!(busy["busy"].as_u64().is_some_and(|millis| millis > 0) && ack < 9, "{busy}");
    permits.add_permits(9);
    for n in 1..=ack {
        assert_eq!(socket.hear().await["data"], n);
    }
    socket.packet(&json!({"from": ack + 1})).await;
    socket.packet(&json!({"event": "work", "data": ack + 1})).await;
    let next = socket.hear().await;
    let next = if next.get("ack").is_some() { socket.hear().await } else { next };
    assert_eq!(next["data"], ack + 1, "those behind the full queue were dropped, not taken");
    drop(socket);
    let mut one = Client::of(&server, open["session"].as_str().unwrap());
    (one.after, one.sent) = (ack + 1, ack + 1);
    all_hear(&mut [&mut one]).await;
}

#[tokio::test]
async fn a_slow_consumer_is_closed_by_4008_and_the_others_are_not() {
    let gateway = Gateway::builder()
        .on_connect(|peer: Peer, _| async move { peer.join("hall").await })
        .options(Options { queue_messages: 4, ..Options::default() });
    let server = Served::start(gateway.build()).await;
    let (slow, mut quick) = (Client::open(&server).await, Client::open(&server).await);
    for n in 0..6 {
        server.gateway.to("hall").emit("news", &n).await.unwrap();
        assert_eq!(quick.hear().await["data"], n);
    }
    let answer = slow.ask(Ask::get(&slow.path("/messages?after=0&wait=0"))).await;
    let body = answer.json();
    assert_eq!((answer.status, &body["messages"]), (200, &json!([])), "{body}");
    assert_eq!(body["control"][0]["close"]["code"], 4008, "{body}");
    slow.post("{\"event\":\"say\"}").await.over(410, 4008, "4 messages");
    assert_eq!(slow.ask(Ask::get(&quick.path("/messages?after=6&wait=0"))).await.status, 200);
}

#[tokio::test]
async fn rooms_of_one_session_are_bounded_and_it_keeps_those_it_has() {
    let options = Options { rooms_per_session: 1, ..Options::default() };
    let gateway =
        application().options(options).on("enter", |peer: Peer| async move { peer.join("cellar").await });
    let server = Served::start(gateway.build()).await;
    let (mut one, mut other) = (Client::open(&server).await, Client::open(&server).await);
    assert_eq!(one.post("{\"event\":\"enter\",\"id\":1}").await.status, 200);
    one.sent = 1;
    let reply = one.hear().await;
    assert_eq!((&reply["reply"], &reply["error"]["code"]), (&json!(1), &json!("rooms")), "{reply}");
    all_hear(&mut [&mut one, &mut other]).await;
}

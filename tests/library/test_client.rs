//! The test client: what it sees is what a real client sees, and a test that fails says why.

use std::time::{Duration, Instant};

use everwire::{Error, Failure, Gateway, Hello, Message, Options, Payload, Peer, testing::TestClient};
use serde_json::{Value, json};

fn gateway() -> Gateway {
    Gateway::builder()
        .on_connect(|peer: Peer, _: Hello| async move { peer.join("hall").await })
        .on_join(|_: Peer, _: String| async {})
        .on_publish(|_: Peer, _: Message| async {})
        .on("echo", |peer: Peer, message: Message| async move { peer.send("echo", &message.payload) })
        .on("slow", |peer: Peer, n: u32| async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            peer.emit("slept", &n)
        })
        .on("ask", |peer: Peer, n: Value| async move { peer.request::<Value>("question", &n).await })
        .on("kick", |peer: Peer| async move {
            peer.emit("word", &"out")?;
            peer.close(4100, "shown the door");
            Ok::<(), Error>(())
        })
        .build()
}

/// What a test would have been told that failed so.
async fn failure(test: impl Future<Output = ()> + Send + 'static) -> String {
    let panic = tokio::spawn(test).await.expect_err("the test is to fail").into_panic();
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).expect("a panic has a message")
}

#[tokio::test(start_paused = true)]
async fn a_test_that_waits_in_vain_is_told_why_and_takes_no_time() {
    let (began, gateway) = (Instant::now(), gateway());
    let mut client = TestClient::connect(&gateway).await;
    client.emit("echo", &[1]).await;
    let why = failure(async move {
        client.next::<u8>("other").await;
    })
    .await;
    assert!(why.contains("`other`") && why.contains("`echo` with [1]"), "{why}");

    let mut client = TestClient::connect(&gateway).await;
    client.emit("nobody", &()).await;
    let why = failure(async move {
        client.next::<u8>("echo").await;
    })
    .await;
    assert!(why.contains("`echo`") && why.contains("within 5s") && why.contains("unhandled"), "{why}");

    let mut client = TestClient::connect(&gateway).await;
    client.emit("kick", &()).await;
    assert_eq!(client.next::<String>("word").await, "out");
    let why = failure(async move { drop(client.next_event().await) }).await;
    assert!(why.contains("will not come") && why.contains("4100: shown the door"), "{why}");

    let mut client = TestClient::connect(&gateway).await;
    client.emit("echo", &"text").await;
    let why = failure(async move {
        client.next::<u8>("echo").await;
    })
    .await;
    assert!(why.contains("`echo` with \"text\"") && why.contains("invalid type"), "{why}");

    let mut client = TestClient::connect(&gateway).await;
    client.cut();
    let why = failure(async move { client.emit("echo", &1).await }).await;
    assert!(why.contains("`resume`"), "{why}");
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_request_that_nobody_answers_times_out_without_waiting() {
    let (began, gateway) = (Instant::now(), gateway());
    let mut client = TestClient::connect(&gateway).await.patience(Duration::from_secs(60));
    let failure = client.request::<Value>("ask", &1).await.expect_err("nobody answers");
    assert_eq!(failure.code, "timeout");
    let asked = client.next_event().await;
    assert_eq!((&*asked.event, asked.id.is_some()), ("question", true));
    client.reply(&asked, &"late").await;
    client.answer("question", |n: u32| if n == 2 { Ok("two") } else { Err(no()) });
    assert_eq!(client.request::<Value>("ask", &2).await, Ok(json!("two")));
    assert_eq!(client.request::<Value>("ask", &3).await, Err(no()), "the handler handed it on");
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

fn no() -> Failure {
    Failure { code: "no".into(), message: "I won't say.".into() }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_or_doubled_over_cuts_and_interrupted_waits() {
    let gateway = gateway();
    let mut client = TestClient::connect(&gateway).await;
    let mut expected = 0;
    for round in 0..20_u32 {
        client.expect_nothing(Duration::from_millis(50)).await;
        for n in 0..round % 4 {
            client.emit("echo", &(round, n)).await;
        }
        client.cut();
        for n in 0..round % 3 {
            assert_eq!(gateway.to("hall").emit("told", &(round, n)).await, Ok(1));
        }
        client.resume().await;
        let mut heard = Vec::new();
        for _ in 0..round % 4 + round % 3 {
            let event = client.next_event().await;
            heard.push((event.event.clone(), event.data::<(u32, u32)>()));
            expected += 1;
        }
        for (name, count) in [("echo", round % 4), ("told", round % 3)] {
            let of: Vec<_> = heard.iter().filter(|(event, _)| event == name).map(|(_, data)| *data).collect();
            assert_eq!(of, (0..count).map(|n| (round, n)).collect::<Vec<_>>(), "{heard:?}");
        }
    }
    assert!(expected > 40);
    client.expect_nothing(Duration::from_secs(10)).await;
}

#[tokio::test(start_paused = true)]
async fn busy_handlers_are_waited_for() {
    let options = Options { backlog_messages: 1, ..Options::default() };
    let gateway = Gateway::builder()
        .options(options)
        .on("slow", |peer: Peer, n: u32| async move {
            tokio::time::sleep(Duration::from_millis(700)).await;
            peer.emit("slept", &n)
        })
        .build();
    let mut client = TestClient::connect(&gateway).await;
    for n in 1..=8 {
        client.emit("slow", &n).await;
    }
    for n in 1..=8 {
        assert_eq!(client.next::<u32>("slept").await, n);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_stays_away_too_long_finds_its_session_gone() {
    let (began, gateway) = (Instant::now(), gateway());
    let mut client = TestClient::connect(&gateway).await;
    client.cut();
    tokio::time::sleep(Duration::from_secs(90)).await;
    client.resume().await;
    client.emit("echo", &1).await;
    assert_eq!(client.next::<u32>("echo").await, 1, "35 s until it parts and 60 s more");
    client.cut();
    tokio::time::sleep(Duration::from_secs(600)).await;
    client.resume().await;
    let end = client.expect_close().await;
    assert_eq!((end.status, end.code), (404, 4004), "{end:?}");
    assert_eq!(gateway.sessions(), 0);
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[tokio::test]
async fn rooms_publishers_and_bytes_are_seen_as_they_are() {
    let gateway = gateway();
    let (mut ada, mut bob) = (TestClient::connect(&gateway).await, TestClient::connect(&gateway).await);
    ada.publish("hall", "said", &"hi").await.expect("anyone may publish");
    for client in [&mut ada, &mut bob] {
        let heard = client.next_event().await;
        assert_eq!((&*heard.event, heard.room.as_deref()), ("said", Some("hall")));
        assert_eq!((heard.data::<String>(), heard.id), ("hi".to_owned(), None));
    }
    gateway
        .to("hall")
        .except(everwire::PeerId::parse(ada.peer()).expect("an id"))
        .emit("psst", &1)
        .await
        .expect("JSON");
    assert_eq!(bob.next::<u8>("psst").await, 1);
    let bytes = Payload::Binary(vec![0, 1, 254, 255].into());
    ada.send("echo", &bytes).await;
    assert_eq!(ada.next_event().await.payload, bytes);
    ada.leave("hall").await;
    assert_eq!(gateway.to("hall").emit("rest", &()).await, Ok(1));
}

#[tokio::test]
async fn limits_hold_for_it_as_for_anyone() {
    let options = Options { max_sessions_per_address: 1, prefix: String::new(), ..Options::default() };
    let gateway = Gateway::builder().options(options).build();
    let from =
        |address: &str| TestClient::builder(&gateway).remote(address.parse().expect("an address")).connect();
    let first = from("192.0.2.1:1").await.expect("there is room for one");
    let refusal = from("192.0.2.1:2").await.expect_err("and not for two");
    assert_eq!((refusal.status, refusal.code), (429, 4009), "{refusal:?}");
    let mapped = from("[::ffff:192.0.2.1]:3").await.expect_err("the same address in another form");
    assert_eq!(mapped.status, 429);
    from("192.0.2.2:1").await.expect("another address");
    drop(first);
    let big = "x".repeat(2 << 20);
    let mut client = TestClient::connect(&gateway).await;
    let why = failure(async move { client.emit("big", &big).await }).await;
    assert!(why.contains("413"), "{}", &why[why.len() - 200..]);
}

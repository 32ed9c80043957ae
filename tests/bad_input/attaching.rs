//! Carriers that come too late, twice, or go without a word.

use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

use crate::raw_http::{Ask, PATIENCE, Scene, Socket, Wire};

/// A poll that is held, once the session is known to hold it.
async fn held_poll(scene: &Scene, query: &str) -> Wire {
    let mut wire = scene.wire().await;
    wire.write(Ask::get(&scene.one.path(&format!("/messages?{query}&wait=20"))).bytes()).await;
    // Nothing outside tells that a poll is attached, but an attach that is stale by then tells the turn. One that comes
    // before it has turn 0, as the fresh session has, and is over at once.
    let turn = query.split('&').find_map(|pair| pair.strip_prefix("turn=")).unwrap_or("1");
    timeout(PATIENCE, async {
        loop {
            let stale = scene.ask(Ask::get(&scene.one.path("/messages?turn=0&after=0&wait=0"))).await;
            if stale.status == 409 && stale.json()["turn"].as_u64() == turn.parse().ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await
    .expect("the poll attaches");
    wire
}

#[tokio::test]
async fn after_beyond_what_was_sent_is_refused_and_disturbs_nothing() {
    let mut scene = Scene::new().await;
    let mut held = held_poll(&scene, "after=0&turn=5").await;
    for after in ["1", "7", "9007199254740991"] {
        let target = scene.one.path(&format!("/messages?after={after}&turn=6&wait=0"));
        scene.ask(Ask::get(&target)).await.refused(400, 4002, "above message 0");
    }
    scene.one.post("{\"ack\":1}").await.refused(400, 4002, "above message 0");
    scene.other.say("hello").await;
    assert_eq!(held.answer().await.json()["messages"][0]["data"], "hello", "it holds the delivery still");
    scene.one.after = 1;
    assert_eq!(scene.other.hear().await["data"], "hello");
    scene.all_go_on().await;
}

#[tokio::test]
async fn after_below_what_was_acknowledged_counts_as_what_was_acknowledged() {
    let mut scene = Scene::new().await;
    for line in ["a", "b", "c"] {
        scene.one.say(line).await;
        assert_eq!(scene.one.hear().await["data"], line);
        assert_eq!(scene.other.hear().await["data"], line);
    }
    let acked = scene.ask(Ask::get(&scene.one.path("/messages?after=3&wait=0"))).await;
    assert_eq!(acked.json(), json!({"from": 4, "messages": []}));
    for after in ["0", "2"] {
        let again = scene.ask(Ask::get(&scene.one.path(&format!("/messages?after={after}&wait=0")))).await;
        assert_eq!((again.status, again.json()), (200, json!({"from": 4, "messages": []})));
    }
    let low = scene.one.post("{\"ack\":1}").await;
    assert_eq!((low.status, low.json()), (200, json!({"ack": 3})));
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_stale_turn_is_told_the_turn_and_leaves_the_carrier_untouched() {
    let mut scene = Scene::new().await;
    let mut held = held_poll(&scene, "after=0&turn=7").await;
    // Its `after` is not read: one beyond would be refused otherwise.
    let stale = scene.ask(Ask::get(&scene.one.path("/messages?turn=6&after=99"))).await;
    stale.refused(409, "stale", "its turn is 7");
    assert_eq!(stale.json()["turn"], 7);
    scene.other.say("hello").await;
    assert_eq!(held.answer().await.json()["messages"][0]["data"], "hello");
    scene.one.after = 1;
    assert_eq!(scene.other.hear().await["data"], "hello");
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_stale_attach_on_a_websocket_is_told_moved_and_closed_by_4006() {
    let mut scene = Scene::new().await;
    let mut held = held_poll(&scene, "after=0&turn=7").await;
    let mut socket = Socket::resume(&scene.server, &scene.one.sid).await;
    assert_eq!(socket.hear().await["open"]["turn"], 7);
    socket.packet(&json!({"attach": {"after": 99, "turn": 6}})).await;
    assert_eq!(socket.hear().await, json!({"moved": {"turn": 7}}));
    socket.closes(4006, "moved to another carrier").await;
    socket.parts().await;
    scene.other.say("hello").await;
    assert_eq!(held.answer().await.json()["messages"][0]["data"], "hello");
    scene.one.after = 1;
    assert_eq!(scene.other.hear().await["data"], "hello");
    scene.all_go_on().await;
}

#[tokio::test]
async fn of_two_polls_at_once_the_later_wins_and_the_earlier_is_told_moved() {
    let mut scene = Scene::new().await;
    let mut first = held_poll(&scene, "after=0&turn=1").await;
    let mut second = held_poll(&scene, "after=0&turn=2").await;
    let moved = first.answer().await;
    assert_eq!(moved.status, 200);
    assert_eq!(moved.json(), json!({"from": 1, "messages": [], "control": [{"moved": {"turn": 2}}]}));
    scene.other.say("hello").await;
    assert_eq!(second.answer().await.json()["messages"][0]["data"], "hello", "once, on the later");
    scene.one.after = 1;
    assert_eq!(scene.other.hear().await["data"], "hello");
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_poll_that_is_repeated_with_its_turn_replaces_itself() {
    let mut scene = Scene::new().await;
    let mut first = held_poll(&scene, "after=0&turn=3").await;
    let mut again = scene.wire().await;
    again.write(Ask::get(&scene.one.path("/messages?after=0&turn=3&wait=20")).bytes()).await;
    assert_eq!(first.answer().await.json()["control"][0], json!({"moved": {"turn": 3}}));
    scene.other.say("hello").await;
    assert_eq!(again.answer().await.json()["messages"][0]["data"], "hello");
    scene.one.after = 1;
    assert_eq!(scene.other.hear().await["data"], "hello");
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_poll_whose_client_vanishes_takes_nothing_with_it() {
    let mut scene = Scene::new().await;
    drop(held_poll(&scene, "after=0&turn=1").await);
    scene.other.say("hello").await;
    assert_eq!(scene.one.hear().await["data"], "hello", "written to nobody, and still there");
    assert_eq!(scene.other.hear().await["data"], "hello");
    scene.all_go_on().await;
}

#[tokio::test]
async fn an_answer_that_nobody_read_is_given_again() {
    let mut scene = Scene::new().await;
    scene.one.say("hello").await;
    for _ in 0..3 {
        let answer = scene.ask(Ask::get(&scene.one.path("/messages?after=0&wait=5"))).await;
        assert_eq!(
            answer.json()["messages"][0]["data"],
            "hello",
            "it leaves the queue when it is acknowledged"
        );
    }
    scene.one.after = 1;
    assert_eq!(scene.other.hear().await["data"], "hello");
    scene.all_go_on().await;
}

/// What ends a WebSocket by 4002, and only it: what is said on it, and the words of the reason.
#[tokio::test]
async fn what_does_not_fit_the_session_ends_only_its_websocket() {
    let say = json!({"event": "say", "data": "x"});
    let attach = json!({"attach": {"after": 0, "turn": 1}});
    let rows = [
        ("attach beyond what was sent", vec![json!({"attach": {"after": 9}})], "above message 0"),
        ("ack beyond what was sent", vec![json!({"ack": 9})], "above message 0"),
        ("a message before from", vec![say.clone()], "`from` before the first message"),
        ("from that leaves a message out", vec![json!({"from": 2})], "repeat from number 1"),
        ("a second open", vec![json!({"open": {}})], "second `open`"),
        ("a second resume", vec![json!({"resume": {"session": "x"}})], "second `resume`"),
        ("a second attach", vec![attach.clone(), attach.clone()], "second `attach`"),
        ("open behind attach", vec![attach.clone(), json!({"open": {}})], "second `open`"),
    ];
    for (name, packets, says) in rows {
        println!("{name}");
        let mut scene = Scene::new().await;
        let mut socket = Socket::resume(&scene.server, &scene.one.sid).await;
        assert!(socket.hear().await["open"].is_object());
        for packet in &packets {
            socket.packet(packet).await;
        }
        if packets[0] == attach {
            assert_eq!(socket.hear().await, json!({"from": 1}));
        }
        socket.closes(4002, says).await;
        socket.parts().await;
        scene.all_go_on().await;
    }
}

#[tokio::test]
async fn a_websocket_that_begins_with_anything_but_open_or_resume_is_closed_by_4002() {
    let mut scene = Scene::new().await;
    for packet in [json!({"event": "say"}), json!({"attach": {}}), json!({"ack": 0}), json!({"nonsense": 1})]
    {
        let mut socket = Socket::to(&scene.server).await;
        socket.packet(&packet).await;
        let says = if packet.get("nonsense").is_some() { "no kind" } else { "say `open` or `resume` first" };
        socket.closes(4002, says).await;
        socket.parts().await;
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_key_whose_session_is_in_use_is_a_conflict_without_the_sid() {
    let mut scene = Scene::new().await;
    let body = format!("{{\"key\":\"{}\"}}", "0123456789abcdef".repeat(2));
    let opened = scene.ask(Ask::post("/everwire/session", &body)).await;
    let sid = opened.json()["open"]["session"].as_str().unwrap().to_owned();
    let retried = scene.ask(Ask::post("/everwire/session", &body)).await;
    assert_eq!((retried.status, retried.json()["open"]["session"].as_str()), (201, Some(&*sid)));
    let other = body.replace('}', ",\"auth\":\"guessed\"}");
    scene.ask(Ask::post("/everwire/session", &other)).await.refused(409, "used", "fresh key");
    let used = scene.ask(Ask::get(&format!("/everwire/session/{sid}/messages?wait=0"))).await;
    assert_eq!(used.status, 200);
    let late = scene.ask(Ask::post("/everwire/session", &body)).await;
    late.refused(409, "used", "fresh key");
    assert!(!String::from_utf8_lossy(&late.body).contains(&sid) && late.header("location").is_none());
    scene.all_go_on().await;
}

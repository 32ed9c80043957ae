//! What an EventSource says by itself: where it was, and nothing of what it has taken.

use serde_json::json;

use super::streams::error;
use crate::raw_http::{Ask, Grown, Scene, target};

#[tokio::test]
async fn a_last_event_id_that_was_never_sent_is_refused() {
    let mut scene = Scene::new().await;
    let path = target(&scene.one, "events", "turn=3");
    for id in ["1", "9007199254740991"] {
        let answer = scene.ask(Ask::get(&path).header("Last-Event-ID", id)).await;
        answer.refused(400, 4002, "above message 0");
        let masked = Ask::get(&format!("{path}&status=200")).header("Last-Event-ID", id);
        let masked = scene.ask(masked).await;
        let kind = masked.header("content-type");
        assert_eq!((masked.status, kind), (200, Some("text/event-stream; charset=utf-8")));
        assert!(masked.body.windows(16).any(|part| part == b"event: refused\nd"), "{masked:?}");
        assert_eq!(error("events", &masked)["error"]["code"], 4002);
        masked.sealed();
    }
    scene.all_go_on().await;
}

/// A browser sends back what it was given by whoever answered under this address before: it is none of ours.
#[tokio::test]
async fn a_last_event_id_that_is_no_number_counts_as_none() {
    let mut scene = Scene::new().await;
    scene.other.say("hello").await;
    let path = target(&scene.one, "events", "after=0");
    let ids =
        ["x", "-1", "+1", "1.5", "0x1", "9007199254740992", "99999999999999999999999", "1,2", "1 2", "é"];
    for id in ids {
        println!("{id}");
        let ask = Ask::get(&path).header("Last-Event-ID", id);
        let mut events = Grown::ask(&scene, "events", ask).await;
        assert_eq!(events.hear().await["open"]["from"], 1);
        assert_eq!(events.hear().await["data"], "hello");
    }
    scene.one.after = 1;
    assert_eq!(scene.other.hear().await["data"], "hello");
    scene.all_go_on().await;
}

#[tokio::test]
async fn of_last_event_id_and_after_the_larger_counts() {
    let mut scene = Scene::new().await;
    for line in ["a", "b", "c"] {
        scene.other.say(line).await;
        assert_eq!(scene.other.hear().await["data"], line);
    }
    // They have been sent, and none is acknowledged.
    let sent = scene.ask(Ask::get(&scene.one.path("/messages?after=0&wait=0"))).await.json();
    assert_eq!(sent["messages"].as_array().map(Vec::len), Some(3));
    for (after, id, from) in [("0", "2", 3), ("1", "0", 3), ("3", "1", 4)] {
        let ask = Ask::get(&target(&scene.one, "events", &format!("after={after}")));
        let mut events = Grown::ask(&scene, "events", ask.header("Last-Event-ID", id)).await;
        assert_eq!(events.hear().await["open"]["from"], from, "what was acknowledged stays so");
    }
    scene.one.after = 3;
    scene.all_go_on().await;
}

#[tokio::test]
async fn with_ack_auto_what_was_written_counts_as_acknowledged() {
    for (which, query) in [("events", "ack=auto"), ("events", "after=auto"), ("stream", "after=auto")] {
        let mut scene = Scene::new().await;
        let mut grown = Grown::of(&scene, which, query).await;
        assert!(grown.hear().await["open"].is_object());
        scene.other.say("hello").await;
        assert_eq!(grown.hear().await["data"], "hello", "{which} {query}");
        drop(grown);
        let again = scene.ask(Ask::get(&scene.one.path("/messages?wait=0"))).await.json();
        assert_eq!(again, json!({"from": 2, "messages": []}), "{which} {query}");
        scene.one.after = 1;
        assert_eq!(scene.other.hear().await["data"], "hello");
        scene.all_go_on().await;
    }
}

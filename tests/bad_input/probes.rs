//! Streams that only show whether they flow: they touch no session, and cost little.

use std::time::{Duration, Instant};

use everwire::Options;
use serde_json::json;

use crate::raw_http::{Ask, GROWING, Grown, Scene, target};

#[tokio::test]
async fn a_probe_says_open_then_a_ping_and_attaches_nothing() {
    for which in GROWING {
        let mut scene = Scene::new().await;
        let mut held = Grown::of(&scene, which, "after=0&turn=5").await;
        assert!(held.hear().await["open"].is_object());
        // Neither `after` nor `turn` is read: both would be refused otherwise.
        let mut probe = Grown::of(&scene, which, "probe=1&after=99&turn=2").await;
        let open = probe.packet().await;
        let began = Instant::now();
        assert_eq!(open["open"]["session"], scene.one.sid, "{which}");
        assert_eq!((&open["open"]["turn"], open["open"].get("from")), (&json!(5), None), "{which}: {open}");
        assert_eq!(probe.packet().await, json!({"ping": 0}), "{which}");
        let pause = began.elapsed();
        assert!(pause > Duration::from_millis(200), "{which}: {pause:?}: what comes together proves nothing");
        assert!(probe.rest().await.is_empty(), "{which}");
        scene.other.say("hello").await;
        assert_eq!(held.hear().await["data"], "hello", "{which}: it holds the delivery still");
        scene.one.after = 1;
        assert_eq!(scene.other.hear().await["data"], "hello");
        scene.all_go_on().await;
    }
}

#[tokio::test]
async fn a_probe_of_a_session_that_is_over_or_unknown_is_refused() {
    let mut scene = Scene::new().await;
    assert_eq!(scene.ask(Ask::new("DELETE", &scene.one.path(""))).await.status, 204);
    let nobody = format!("/everwire/session/{}", crate::raw_http::NOBODY);
    for which in ["stream", "events"] {
        let over = scene.ask(Ask::get(&target(&scene.one, which, "probe=1"))).await;
        over.over(410, 4000, "closed");
        let unknown = scene.ask(Ask::get(&format!("{nobody}/{which}?probe=1"))).await;
        unknown.over(404, 4004, "open a new one");
    }
    scene.only_the_neighbour_goes_on().await;
}

#[tokio::test]
async fn probes_are_bounded_a_session_and_a_thousand_of_them_change_nothing() {
    const AT_ONCE: usize = 50;
    let mut scene = Scene::with(Options { requests_per_session: 8, ..Options::default() }).await;
    let mut held = Grown::of(&scene, "stream", "after=0&turn=5").await;
    assert!(held.hear().await["open"].is_object());
    let (mut served, mut refused) = (0, 0);
    for round in 0..20 {
        let mut wires = Vec::new();
        for number in 0..AT_ONCE {
            let which = GROWING[(round + number) % 2];
            let mut wire = scene.wire().await;
            wire.write(Ask::get(&target(&scene.one, which, "probe=1")).bytes()).await;
            wires.push(wire);
        }
        for mut wire in wires {
            let head = wire.bare_answer().await;
            match head.status {
                200 => served += 1,
                429 => {
                    assert!(head.header("retry-after").is_some(), "{head:?}");
                    refused += 1;
                }
                _ => panic!("{head:?}"),
            }
        }
    }
    assert_eq!(served + refused, 1000);
    assert!(refused > 500, "{served} were served at once of a session that may have 8");
    scene.other.say("hello").await;
    assert_eq!(held.hear().await["data"], "hello", "it holds the delivery still");
    assert_eq!(scene.server.gateway.sessions(), 2);
    drop(held);
    scene.one.after = 1;
    assert_eq!(scene.other.hear().await["data"], "hello");
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_draining_gateway_refuses_probes() {
    let scene = Scene::new().await;
    let gateway = scene.server.gateway.clone();
    gateway.drain(Duration::from_secs(3), Duration::ZERO).await;
    for which in ["stream", "events"] {
        let answer = scene.ask(Ask::get(&target(&scene.one, which, "probe=1"))).await;
        answer.refused(503, 4003, "come back");
        assert_eq!(answer.header("retry-after"), Some("3"));
    }
}

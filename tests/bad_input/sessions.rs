//! Sessions that are not there, or not any more; numbers that don't fit.

use std::time::Duration;

use everwire::Options;
use serde_json::json;

use crate::raw_http::{Ask, Client, NOBODY, PATIENCE, Scene, Served, Socket, application};

/// What stands where a sid should, by name.
fn wrong_sids(peer: &str) -> Vec<(&'static str, String)> {
    vec![
        ("unknown", NOBODY.into()),
        ("no UUID", "me".into()),
        ("empty", String::new()),
        ("too long", "a".repeat(2000)),
        ("without hyphens", NOBODY.replace('-', "")),
        ("in braces", format!("{{{NOBODY}}}").replace('{', "%7B").replace('}', "%7D")),
        ("percent-encoded", NOBODY.replace('-', "%2D")),
        ("not UTF-8", "%ff%fe".into()),
        ("the public name of a peer", peer.into()),
    ]
}

#[tokio::test]
async fn an_unknown_or_malformed_sid_is_answered_by_404_and_4004() {
    let mut scene = Scene::new().await;
    let opened = scene.ask(Ask::post("/everwire/session", "")).await.json();
    let peer = opened["open"]["peer"].as_str().unwrap().to_owned();
    for (name, sid) in wrong_sids(&peer) {
        let asks = [
            Ask::get(&format!("/everwire/session/{sid}/messages")),
            Ask::post(&format!("/everwire/session/{sid}/messages"), "{\"event\":\"say\"}"),
            Ask::post(&format!("/everwire/session/{sid}/close"), ""),
            Ask::new("DELETE", &format!("/everwire/session/{sid}")),
        ];
        for ask in asks {
            println!("{name}: {ask:?}");
            scene.ask(ask).await.over(404, 4004, "open a new one");
        }
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_websocket_that_resumes_an_unknown_or_malformed_sid_is_closed_by_4004() {
    let mut scene = Scene::new().await;
    for sid in [NOBODY, "me", "%2D", "a\u{e4}", &"7".repeat(200)] {
        let mut socket = Socket::resume(&scene.server, sid).await;
        socket.is_over(4004, "open a new one").await;
        socket.parts().await;
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn the_session_of_another_gateway_is_unknown_here() {
    let mut scene = Scene::new().await;
    let elsewhere = Served::start(application().build()).await;
    let mut foreign = Client::open(&elsewhere).await;
    scene.ask(Ask::get(&foreign.path("/messages"))).await.over(404, 4004, "open a new one");
    let mut socket = Socket::resume(&scene.server, &foreign.sid).await;
    socket.is_over(4004, "open a new one").await;
    crate::raw_http::all_hear(&mut [&mut foreign]).await;
    scene.all_go_on().await;
}

#[tokio::test]
async fn an_expired_session_is_answered_by_404_and_4004() {
    let short = Duration::from_millis(100);
    let options = Options { resume: short, parting: short, ..Options::default() };
    let server = Served::start(application().options(options).build()).await;
    let gone = Client::open(&server).await;
    tokio::time::timeout(PATIENCE, async {
        while server.gateway.sessions() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .expect("nobody resumes it, so it expires");
    gone.ask(Ask::get(&gone.path("/messages"))).await.over(404, 4004, "open a new one");
    gone.post("{\"event\":\"say\",\"data\":\"\"}").await.over(404, 4004, "open a new one");
    let mut socket = Socket::resume(&server, &gone.sid).await;
    socket.is_over(4004, "open a new one").await;
}

#[tokio::test]
async fn a_gap_in_seq_is_a_conflict_that_says_from_where_to_repeat() {
    let mut scene = Scene::new().await;
    scene.one.say("first").await;
    for seq in [3, 4, 1_000_000, (1_u64 << 53) - 1] {
        let path = scene.one.path(&format!("/messages?seq={seq}"));
        let answer = scene.ask(Ask::post(&path, "{\"event\":\"say\",\"data\":\"late\"}")).await;
        answer.refused(409, "gap", "repeat from number 2");
        assert_eq!(answer.json()["ack"], 1);
    }
    for client in [&mut scene.one, &mut scene.other] {
        assert_eq!(client.hear().await["data"], "first");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn repeats_in_seq_are_skipped_whole_or_in_part() {
    let mut scene = Scene::new().await;
    let say = |line: &str| json!({"event": "say", "data": line});
    let steps = [
        (1, vec!["a", "b"], 2),
        (1, vec!["a", "b"], 2),
        (2, vec!["b"], 2),
        (1, vec!["a", "b", "c"], 3),
        (3, vec!["c", "d"], 4),
    ];
    for (seq, lines, ack) in steps {
        let path = scene.one.path(&format!("/messages?seq={seq}"));
        let body: Vec<_> = lines.into_iter().map(say).collect();
        let answer = scene.ask(Ask::post(&path, json!(body).to_string())).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"ack": ack})));
    }
    scene.one.sent = 4;
    for client in [&mut scene.one, &mut scene.other] {
        let mut heard = Vec::new();
        while heard.len() < 4 {
            heard.extend(client.poll().await.into_iter().map(|message| message["data"].clone()));
        }
        assert_eq!(heard, ["a", "b", "c", "d"]);
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn numbers_in_the_query_that_are_none_are_named() {
    let mut scene = Scene::new().await;
    let wrong = ["", "-1", "%2B1", "1.5", "1e3", "abc", "9007199254740992", "99999999999999999999999"];
    for value in wrong {
        for key in ["after", "turn", "wait"] {
            let target = scene.one.path(&format!("/messages?{key}={value}"));
            scene.ask(Ask::get(&target)).await.refused(400, 4002, &format!("`{key}`"));
        }
        let target = scene.one.path(&format!("/messages?seq={value}"));
        scene.ask(Ask::post(&target, "{\"event\":\"say\",\"data\":\"x\"}")).await.refused(400, 4002, "`seq`");
        let target = format!("/everwire/session?wait={value}");
        scene.ask(Ask::post(&target, "")).await.refused(400, 4002, "`wait`");
    }
    let target = scene.one.path("/messages?seq=0");
    scene.ask(Ask::post(&target, "{\"event\":\"say\",\"data\":\"x\"}")).await.refused(400, 4002, "from 1");
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_query_with_a_key_twice_or_too_much_in_it_is_refused() {
    let mut scene = Scene::new().await;
    let many = (0..33).map(|n| format!("k{n}=1")).collect::<Vec<_>>().join("&");
    let long = format!("x={}", "y".repeat(4096));
    let rows = [("after=0&after=1", "`after` once"), (&*many, "at most 32"), (&*long, "at most 4096")];
    for (query, says) in rows {
        let target = scene.one.path(&format!("/messages?{query}"));
        scene.ask(Ask::get(&target)).await.refused(400, 4002, says);
        scene.ask(Ask::post(&target, "{\"event\":\"say\",\"data\":\"x\"}")).await.refused(400, 4002, says);
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_post_to_a_closed_session_is_answered_with_its_close_and_never_with_4004() {
    let mut scene = Scene::new().await;
    let closed = scene.ask(Ask::new("DELETE", &scene.one.path(""))).await;
    assert_eq!((closed.status, closed.body.len()), (204, 0));
    closed.sealed();
    for body in ["{\"event\":\"say\",\"data\":\"x\"}", "[{\"event\":\"say\"},{\"event\":\"say\"}]"] {
        scene.one.post(body).await.over(410, 4000, "closed by the client");
    }
    let again = scene.ask(Ask::post(&scene.one.path("/close"), "")).await;
    assert_eq!((again.status, again.json()), (200, json!({})), "closing twice is closing");
    scene.only_the_neighbour_goes_on().await;
}

#[tokio::test]
async fn a_closing_session_still_delivers_what_was_said_before_and_takes_nothing_more() {
    let mut scene = Scene::new().await;
    scene.one.say("last words").await;
    assert_eq!(scene.other.hear().await["data"], "last words");
    let body = "[{\"close\":{\"code\":4000,\"reason\":\"enough of this\"}}]";
    assert_eq!(scene.one.post(body).await.status, 200);
    scene.one.post("{\"event\":\"say\",\"data\":\"x\"}").await.over(410, 4000, "enough of this");
    let answer = scene.ask(Ask::get(&scene.one.path("/messages?after=0&wait=5"))).await;
    let body = answer.json();
    assert_eq!(answer.status, 200, "{body}");
    assert_eq!(body["messages"][0]["data"], "last words", "{body}");
    assert_eq!(body["control"][0]["close"]["code"], 4000, "{body}");
    scene.only_the_neighbour_goes_on().await;
}

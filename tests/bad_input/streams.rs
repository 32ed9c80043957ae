//! Answers that grow: asked for wrongly, by an old protocol, too often, or never read.

use std::time::Duration;

use everwire::Options;
use serde_json::{Value, json};

use crate::raw_http::{Answer, Ask, GROWING, Grown, PATIENCE, Scene, packets, target};

/// The error that an answer brings, in whatever form its path answers in.
pub(super) fn error(which: &str, answer: &Answer) -> Value {
    if answer.header("content-type") == Some("application/json") {
        return answer.json();
    }
    let packets = packets(which, &answer.body);
    assert_eq!(packets.len(), 1, "the error and nothing else: {}", String::from_utf8_lossy(&answer.body));
    packets[0].clone()
}

/// The status with which a path refuses: a frame shows a page, and a page has no status that anybody sees.
fn status(which: &str, status: u16) -> u16 {
    if which == "frame" { 200 } else { status }
}

#[tokio::test]
async fn a_stale_turn_is_told_so_and_leaves_the_carrier_untouched() {
    for which in GROWING {
        let mut scene = Scene::new().await;
        let mut held = Grown::of(&scene, which, "after=0&turn=7").await;
        assert_eq!(held.hear().await["open"]["turn"], 7);
        for (other, masked) in GROWING.into_iter().flat_map(|other| [(other, ""), (other, "&status=200")]) {
            // Its `after` is not read: one beyond would be refused otherwise.
            let query = format!("turn=6&after=99{masked}");
            let stale = scene.ask(Ask::get(&target(&scene.one, other, &query))).await;
            if other == "events" && masked.is_empty() {
                assert_eq!((stale.status, stale.body.len()), (204, 0), "it ends a native EventSource");
                continue;
            }
            assert_eq!(stale.status, if masked.is_empty() { status(other, 409) } else { 200 }, "{other}");
            let said = error(other, &stale);
            assert_eq!((&said["error"]["code"], &said["turn"]), (&json!("stale"), &json!(7)), "{said}");
            stale.sealed();
        }
        scene.other.say("hello").await;
        assert_eq!(held.hear().await["data"], "hello", "it holds the delivery still");
        scene.one.after = 1;
        assert_eq!(scene.other.hear().await["data"], "hello");
        scene.all_go_on().await;
    }
}

#[tokio::test]
async fn what_is_no_number_or_was_never_sent_is_refused_and_disturbs_nothing() {
    let mut scene = Scene::new().await;
    let mut held = Grown::of(&scene, "stream", "after=0&turn=3").await;
    assert!(held.hear().await["open"].is_object());
    let rows = ["after=x", "after=-1", "after=1.5", "after=9007199254740992", "after=1", "turn=x", "turn=-1"];
    for (which, row) in GROWING.into_iter().flat_map(|which| rows.map(|row| (which, row))) {
        println!("{which} {row}");
        let answer = scene.ask(Ask::get(&target(&scene.one, which, row))).await;
        assert_eq!(answer.status, status(which, 400));
        assert_eq!(error(which, &answer)["error"]["code"], 4002);
        answer.sealed();
    }
    scene.other.say("hello").await;
    assert_eq!(held.hear().await["data"], "hello", "it holds the delivery still");
    scene.one.after = 1;
    assert_eq!(scene.other.hear().await["data"], "hello");
    scene.all_go_on().await;
}

#[tokio::test]
async fn http_1_0_gets_streams_without_chunks_that_end_with_the_connection() {
    for which in GROWING {
        let mut scene = Scene::new().await;
        scene.other.say("hello").await;
        let mut wire = scene.wire().await;
        let target = target(&scene.one, which, "after=0&turn=2");
        wire.write(Ask::get(&target).version("HTTP/1.0").header("Connection", "keep-alive").bytes()).await;
        let head = wire.bare_answer().await;
        assert_eq!((head.status, head.header("transfer-encoding")), (200, None), "{which}");
        assert_eq!(head.header("content-length"), None, "{which}");
        // A newer carrier releases it, and so tells that it was attached.
        let poll = scene.ask(Ask::get(&scene.one.path("/messages?turn=3&wait=0&after=0"))).await;
        assert_eq!(poll.json()["messages"].as_array().map(Vec::len), Some(1));
        let body = packets(which, &wire.ended().await);
        assert_eq!(body[0]["open"]["from"], 1, "{which}: {body:?}");
        assert_eq!(body.last().expect("packets")["moved"], json!({"turn": 3}), "{which}: {body:?}");
        scene.one.after = 1;
        assert_eq!(scene.other.hear().await["data"], "hello");
        scene.all_go_on().await;
    }
}

#[tokio::test]
async fn other_methods_are_refused_and_options_says_which_there_are() {
    let mut scene = Scene::new().await;
    let growing = GROWING.map(|which| (which, "GET, OPTIONS", &["HEAD", "POST", "PUT", "DELETE"][..]));
    let jsonp = ("jsonp", "GET, POST, OPTIONS", &["HEAD", "PUT", "DELETE", "BREW"][..]);
    for (which, allow, methods) in growing.into_iter().chain([jsonp]) {
        let target = scene.one.path(&format!("/{which}?callback=F"));
        for method in methods {
            println!("{method} {which}");
            let answer = scene.ask(Ask::new(method, &target).header("Content-Length", "0")).await;
            assert_eq!(answer.header("allow"), Some(allow), "{answer:?}");
            answer.sealed();
        }
        let answer = scene.ask(Ask::new("OPTIONS", &target)).await;
        assert_eq!((answer.status, answer.header("access-control-allow-methods")), (204, Some(allow)));
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_stream_is_never_compressed_and_no_proxy_is_asked_to_collect_it() {
    let mut scene = Scene::new().await;
    let types = [
        "application/x-ndjson; charset=utf-8",
        "text/event-stream; charset=utf-8",
        "text/html; charset=utf-8",
    ];
    for (which, kind) in GROWING.into_iter().zip(types) {
        let ask = Ask::get(&target(&scene.one, which, "after=0"))
            .header("Accept-Encoding", "gzip, deflate, br, zstd")
            .header("Origin", "https://page.example");
        let mut grown = Grown::ask(&scene, which, ask).await;
        assert!(grown.hear().await["open"].is_object());
        let head = &grown.head;
        assert_eq!(head.header("content-type"), Some(kind));
        assert_eq!((head.header("content-encoding"), head.header("x-accel-buffering")), (None, Some("no")));
        assert_eq!(head.header("access-control-allow-origin"), Some("*"));
        assert!(grown.bytes() > 2048, "browsers show nothing before");
        head.sealed();
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn each_packet_comes_at_once_in_a_chunk_of_its_own() {
    for which in GROWING {
        let mut scene = Scene::new().await;
        let mut grown = Grown::of(&scene, which, "after=0").await;
        assert!(grown.hear().await["open"].is_object());
        for line in ["one", "two", "three"] {
            scene.server.gateway.to("hall").emit("said", &line).await.expect("a string is JSON");
            let chunk = String::from_utf8(grown.wire.chunk().await).expect("text");
            let said = packets(which, chunk.as_bytes());
            assert_eq!(said.len(), 1, "{which}: {chunk}");
            assert_eq!(said[0]["data"], line);
            let wrapped = match which {
                "stream" => chunk.starts_with('{') && chunk.ends_with("}\n"),
                "events" => chunk.starts_with("id: ") && chunk.ends_with("}\n\n"),
                _ => chunk.starts_with("<script>F({") && chunk.ends_with("});</script>\n"),
            };
            assert!(wrapped, "{which}: {chunk}");
        }
        drop(grown);
        scene.one.after = 3;
        while scene.other.after < 3 {
            scene.other.poll().await;
        }
        scene.all_go_on().await;
    }
}

#[tokio::test]
async fn a_stream_ends_behind_a_whole_packet_at_its_bound_and_nothing_is_lost() {
    const BOUND: usize = 8 << 10;
    for which in GROWING {
        let mut scene = Scene::with(Options { stream_bytes: BOUND, ..Options::default() }).await;
        let pad = "é</script>\u{2028}".repeat(30);
        let mut heard = Vec::new();
        let mut streams = 0;
        let mut told = 0;
        while heard.len() < 200 {
            let query = format!("after={}&turn=4", heard.len());
            let mut grown = Grown::of(&scene, which, &query).await;
            let open = grown.hear().await;
            assert_eq!(open["open"]["from"], heard.len() + 1, "{which}");
            streams += 1;
            let prelude = grown.bytes();
            while told < 200 {
                let data = json!([told, pad]);
                scene.server.gateway.to("hall").emit("said", &data).await.expect("it is JSON");
                told += 1;
            }
            if heard.len() >= 180 {
                scene.server.gateway.to("hall").emit("said", &pad.repeat(40)).await.expect("it is JSON");
            }
            let rest = grown.rest().await;
            assert!((BOUND..BOUND + 64 * 1024).contains(&(grown.bytes() - prelude)), "{which}");
            heard.extend(rest);
        }
        for (number, packet) in heard.iter().take(200).enumerate() {
            assert_eq!(packet["data"], json!([number, pad]), "{which}");
        }
        assert!(streams > 5, "{which}: {streams} streams for 200 messages");
        // What came behind them is still there for whoever asks next.
        scene.one.after = heard.len() as u64;
        scene.server.gateway.to("hall").emit("said", &"end").await.expect("a string is JSON");
        for client in [&mut scene.one, &mut scene.other] {
            while client.poll().await.last().expect("messages")["data"] != "end" {}
        }
        scene.all_go_on().await;
    }
}

#[tokio::test]
async fn a_stream_that_nobody_reads_is_closed_at_the_bound_of_its_queue() {
    const BOUND: usize = 256 << 10;
    for which in GROWING {
        let options =
            Options { queue_bytes: BOUND, max_message: 16 << 10, stream_bytes: 0, ..Options::default() };
        let mut scene = Scene::with(options).await;
        let mut grown = Grown::of(&scene, which, "after=0").await;
        assert!(grown.hear().await["open"].is_object());
        let mut told = 0;
        let line = "x".repeat(8 << 10);
        while scene.server.gateway.to("hall").emit("said", &line).await == Ok(2) {
            told += 1;
            assert!(told <= BOUND / (8 << 10), "{which}: {told} are more than the queue may hold");
            // The neighbour reads.
            assert_eq!(scene.other.poll().await.len(), 1);
        }
        scene.other.poll().await;
        // What was on its way may be read; behind it the end is told, or nothing more comes.
        let rest = grown.rest().await;
        let (last, messages) = rest.split_last().expect("the end");
        assert_eq!(last["close"]["code"], 4008, "{which}: {last}");
        assert!(messages.len() <= told, "{which}");
        let poll = scene.ask(Ask::get(&scene.one.path("/messages?wait=0"))).await;
        assert!(String::from_utf8_lossy(&poll.body).contains("4008"), "{which}: {poll:?}");
        scene.only_the_neighbour_goes_on().await;
    }
}

#[tokio::test]
async fn streams_count_as_requests_in_progress_until_their_connection_ends() {
    for which in GROWING {
        let mut scene = Scene::with(Options { requests_per_session: 2, ..Options::default() }).await;
        let mut first = Grown::of(&scene, which, "after=0&turn=1").await;
        assert!(first.hear().await["open"].is_object());
        let probe = Grown::of(&scene, which, "probe=1").await;
        let third = scene.ask(Ask::get(&target(&scene.one, which, "turn=2"))).await;
        assert_eq!(third.status, status(which, 429), "{which}");
        assert_eq!(error(which, &third)["error"]["code"], 4009);
        scene.other.say("hello").await;
        assert_eq!(first.hear().await["data"], "hello", "{which}: it was not displaced");
        drop((first, probe));
        scene.one.after = 1;
        assert_eq!(scene.other.hear().await["data"], "hello");
        // What has hung up is counted out as soon as it is noticed.
        let free = async {
            while scene.ask(Ask::get(&scene.one.path("/messages?wait=0&after=1"))).await.status != 200 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(PATIENCE, free).await.expect("nothing of it is in progress any more");
        scene.all_go_on().await;
    }
}

#[tokio::test]
async fn a_draining_gateway_says_so_on_its_streams_and_ends_them() {
    for which in GROWING {
        let scene = Scene::new().await;
        let mut grown = Grown::of(&scene, which, "after=0&turn=1").await;
        assert!(grown.hear().await["open"].is_object());
        scene.server.gateway.to("hall").emit("said", &"last words").await.expect("a string is JSON");
        let gateway = scene.server.gateway.clone();
        let drained = tokio::spawn(async move { gateway.drain(Duration::from_secs(3), PATIENCE).await });
        let rest = grown.rest().await;
        assert_eq!(rest[0]["data"], "last words", "{which}");
        assert_eq!(rest.last(), Some(&json!({"drain": {"retry": 3000}})), "{which}: {rest:?}");
        // Whoever asks again gets what is left, and is sent away.
        let mut again = Grown::of(&scene, which, "after=0&turn=2").await;
        assert_eq!(again.hear().await["open"]["from"], 1, "{which}");
        let rest = again.rest().await;
        assert_eq!(rest[0]["data"], "last words", "{which}");
        assert_eq!(rest.last(), Some(&json!({"drain": {"retry": 3000}})), "{which}: {rest:?}");
        tokio::time::timeout(PATIENCE, drained).await.expect("the drain ends").expect("no panic");
    }
}

#[tokio::test]
async fn a_session_that_is_over_delivers_what_is_left_then_only_its_close() {
    for which in GROWING {
        let mut scene = Scene::new().await;
        scene.server.gateway.to("hall").emit("said", &"left").await.expect("a string is JSON");
        assert_eq!(scene.ask(Ask::new("DELETE", &scene.one.path(""))).await.status, 204);
        for after in [0, 1, 1] {
            let mut grown = Grown::of(&scene, which, &format!("after={after}")).await;
            assert_eq!(grown.hear().await["open"]["from"], after + 1, "{which}");
            let rest = grown.rest().await;
            assert_eq!(rest.len(), 2 - after, "{which}: {rest:?}");
            assert_eq!(rest.last().expect("the close")["close"]["code"], 4000, "{which}");
        }
        scene.other.hear().await;
        scene.only_the_neighbour_goes_on().await;
    }
}

#[tokio::test]
async fn an_unknown_session_is_told_so_on_every_path() {
    let mut scene = Scene::new().await;
    let nobody = crate::raw_http::NOBODY;
    for (which, masked) in GROWING.into_iter().flat_map(|which| [(which, ""), (which, "&status=200")]) {
        let path = format!("/everwire/session/{nobody}/{which}?callback=F{masked}");
        let answer = scene.ask(Ask::get(&path)).await;
        assert_eq!(answer.status, if masked.is_empty() { status(which, 404) } else { 200 }, "{path}");
        let said = error(which, &answer);
        assert_eq!((&said["error"]["code"], &said["close"]["code"]), (&json!(4004), &json!(4004)), "{path}");
        answer.sealed();
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn an_event_that_fails_leaves_the_stream_alone() {
    let mut scene = Scene::new().await;
    let mut grown = Grown::of(&scene, "stream", "after=0").await;
    assert!(grown.hear().await["open"].is_object());
    let posted = scene.one.post("{\"event\":\"say\",\"data\":{\"no\":\"string\"}}").await;
    assert_eq!(posted.json(), json!({"ack": 1}));
    let told = grown.hear().await;
    assert!(told["error"]["code"].is_string(), "{told}");
    (scene.one.sent, scene.one.after) = (1, 1);
    drop(grown);
    scene.all_go_on().await;
}

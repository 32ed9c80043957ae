//! HTTP that is wrong, old, or unusual.

use serde_json::json;

use crate::raw_http::{Ask, Scene, Wire};

#[tokio::test]
async fn an_unknown_path_is_answered_by_404_that_says_where_to_go() {
    let mut scene = Scene::new().await;
    let sid = scene.one.sid.clone();
    let paths = [
        "/",
        "/everwire",
        "/everwire/",
        "/everwirex/session",
        "/everwire/sessions",
        "/everwire/ws/x",
        "/everwire//session",
        "/EVERWIRE/session",
        "/everwire/raw/",
        "/everwire/../everwire/session",
        &format!("/everwire/session/{sid}/other"),
        &format!("/everwire/session/{sid}/messages/"),
    ];
    for path in paths {
        for method in ["GET", "POST", "DELETE", "PUT", "BREW"] {
            println!("{method} {path}");
            let ask = Ask::new(method, path).header("Content-Length", "0");
            scene.ask(ask).await.refused(404, "not_found", "POST /everwire/session");
        }
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn an_unknown_method_is_answered_by_405_with_allow() {
    let mut scene = Scene::new().await;
    let (session, messages) = (scene.one.path(""), scene.one.path("/messages"));
    let close = scene.one.path("/close");
    let rows = [
        ("/everwire/session", "POST, OPTIONS", ["GET", "HEAD", "PUT", "DELETE"]),
        (&*session, "DELETE, OPTIONS", ["GET", "HEAD", "POST", "PATCH"]),
        (&*messages, "GET, POST, OPTIONS", ["HEAD", "PUT", "DELETE", "BREW"]),
        (&*close, "POST, OPTIONS", ["GET", "HEAD", "DELETE", "PUT"]),
        ("/everwire/ws", "GET, OPTIONS", ["HEAD", "POST", "PUT", "DELETE"]),
        ("/everwire/health", "GET, HEAD, OPTIONS", ["POST", "PUT", "DELETE", "TRACE"]),
        ("/everwire/raw/hall", "GET, POST, OPTIONS", ["HEAD", "PUT", "DELETE", "LINK"]),
    ];
    for (path, allow, methods) in rows {
        for method in methods {
            println!("{method} {path}");
            let answer = scene.ask(Ask::new(method, path).header("Content-Length", "0")).await;
            assert_eq!((answer.status, answer.header("allow")), (405, Some(allow)));
            if method != "HEAD" {
                answer.refused(405, "method", allow);
            }
        }
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn head_is_answered_without_a_body_and_the_connection_goes_on() {
    let mut scene = Scene::new().await;
    let mut wire = scene.wire().await;
    for (path, status) in [("/everwire/health", 200), ("/everwire/session", 405), ("/nowhere", 404)] {
        let answer = wire.ask(Ask::new("HEAD", path)).await;
        assert_eq!(answer.status, status, "{path}");
        answer.sealed();
        let next = wire.ask(Ask::get("/everwire/health")).await;
        assert_eq!((next.status, &next.json()["status"]), (200, &json!("ok")), "no body came between");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn header_bombs_are_refused_and_end_only_their_connection() {
    let mut scene = Scene::new().await;
    let many = (0..500).fold(Ask::get("/everwire/health"), |ask, n| ask.header(&format!("X-{n}"), "1"));
    let bombs = [
        ("many headers", many),
        ("a long header", Ask::get("/everwire/health").header("X", &"y".repeat(64 << 10))),
        ("a long cookie", Ask::post("/everwire/session", "").header("Cookie", &"y".repeat(64 << 10))),
        ("a long path", Ask::get(&format!("/everwire/{}", "y".repeat(70_000)))),
    ];
    for (name, bomb) in bombs {
        println!("{name}");
        let mut wire = scene.wire().await;
        wire.write(bomb.bytes()).await;
        let answer = wire.answer().await;
        assert!(matches!(answer.status, 400 | 414 | 431), "{answer:?}");
        wire.ended().await;
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn an_endless_head_is_cut_off() {
    let mut scene = Scene::new().await;
    let mut wire = scene.wire().await;
    wire.write("GET /everwire/health HTTP/1.1\r\n").await;
    wire.write("X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(2000)).await;
    let said = String::from_utf8(wire.ended().await).unwrap();
    assert!(said.starts_with("HTTP/1.1 4"), "{said}");
    scene.all_go_on().await;
}

#[tokio::test]
async fn what_is_no_http_is_refused_and_ends_only_its_connection() {
    let mut scene = Scene::new().await;
    let rows: [(&str, &[u8]); 7] = [
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x00\x00\x00\x00"),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("no version", b"GET /everwire/health\r\n\r\n"),
        ("a space in the path", b"GET /every wire HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("a folded header", b"GET /everwire/health HTTP/1.1\r\nHost: x\r\n y\r\n\r\n"),
        ("a space before the colon", b"GET /everwire/health HTTP/1.1\r\nHost : x\r\n\r\n"),
        ("a zero byte in a header", b"GET /everwire/health HTTP/1.1\r\nHost: x\0y\r\n\r\n"),
    ];
    for (name, bytes) in rows {
        let mut wire = scene.wire().await;
        wire.write(bytes).await;
        let said = wire.ended().await;
        assert!(!said.starts_with(b"HTTP/1.1 2"), "{name}: {}", String::from_utf8_lossy(&said));
    }
    scene.all_go_on().await;
}

/// Requests that a proxy and a server may cut at different places; each hides a second one.
fn smuggled(path: &str) -> Vec<(&'static str, String)> {
    let hidden = "GET /everwire/health HTTP/1.1\r\nHost: x\r\n\r\n";
    let rows = [
        (
            "length then chunks",
            format!("Content-Length: {}\r\nTransfer-Encoding: chunked", 5 + hidden.len()),
            "0\r\n\r\n",
        ),
        (
            "chunks then length",
            format!("Transfer-Encoding: chunked\r\nContent-Length: {}", 5 + hidden.len()),
            "0\r\n\r\n",
        ),
        ("two lengths", "Content-Length: 2\r\nContent-Length: 60".into(), "{}"),
        ("two lengths in one", "Content-Length: 2, 60".into(), "{}"),
        ("a length with a sign", "Content-Length: +2".into(), "{}"),
        ("a length that is none", "Content-Length: two".into(), "{}"),
        ("a coding behind chunked", "Transfer-Encoding: chunked, identity".into(), "0\r\n\r\n"),
        ("an unknown coding", "Transfer-Encoding: xchunked".into(), "0\r\n\r\n"),
    ];
    let mut all = Vec::new();
    for (name, framing, body) in rows {
        let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n");
        all.push((name, head + body + hidden));
    }
    all
}

#[tokio::test]
async fn a_smuggled_request_is_never_answered() {
    let mut scene = Scene::new().await;
    for (name, request) in smuggled(&scene.one.path("/messages")) {
        let mut wire = scene.wire().await;
        wire.write(request).await;
        let said = String::from_utf8(wire.ended().await).unwrap();
        assert_eq!(said.matches("HTTP/1.1 ").count(), 1, "{name}: {said}");
        assert!(!said.contains("\"status\":\"ok\""), "{name}: {said}");
    }
    scene.all_go_on().await;
}

/// RFC 9112, section 6.3: refused, or taken by its chunks alone; the connection is closed in both cases.
#[tokio::test]
async fn behind_content_length_with_transfer_encoding_the_connection_is_closed() {
    let mut scene = Scene::new().await;
    let path = scene.one.path("/messages");
    let (length, chunked) = ("Content-Length: 5", "Transfer-Encoding: chunked");
    for framing in [[length, chunked], [chunked, length]] {
        println!("{framing:?}");
        let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\n{}\r\n\r\n", framing.join("\r\n"));
        let mut wire = scene.wire().await;
        wire.write(head + "2\r\n[]\r\n0\r\n\r\n").await;
        let answer = wire.answer().await;
        match answer.status {
            200 => assert_eq!(answer.json(), json!({"ack": 0})),
            _ => drop(answer.refused(400, 4002, "never both")),
        }
        assert!(answer.hangs_up());
        assert_eq!(wire.ended().await, b"");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_body_that_nobody_reads_is_not_taken_for_a_request() {
    let mut scene = Scene::new().await;
    let hidden = "DELETE /everwire/health HTTP/1.1\r\nHost: x\r\n\r\n";
    for (path, status) in [("/nowhere", 404), ("/everwire/health", 405)] {
        let mut wire = scene.wire().await;
        let asks = [
            Ask::post(path, hidden).bytes(),
            Ask::get("/everwire/health").header("Connection", "close").bytes(),
        ];
        wire.write(asks.concat()).await;
        assert_eq!(wire.answer().await.status, status);
        let rest = String::from_utf8(wire.ended().await).unwrap();
        assert!(rest.is_empty() || rest.contains("\"status\":\"ok\""), "{rest}");
        assert!(!rest.contains("405"), "{rest}");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn http_1_0_is_answered_with_a_length_and_no_chunks() {
    let mut scene = Scene::new().await;
    scene.other.say("hello").await;
    let asks = [
        Ask::get(&scene.one.path("/messages?after=0&wait=5")),
        Ask::post(&scene.one.path("/messages"), "{\"ack\":1}"),
        Ask::get("/nowhere"),
    ];
    for ask in asks {
        let mut wire = scene.wire().await;
        let answer = wire.ask(ask.version("HTTP/1.0")).await;
        assert!(answer.header("transfer-encoding").is_none() && answer.header("content-length").is_some());
        assert!(answer.json().is_object());
        assert!(answer.version.starts_with("HTTP/1."));
        assert_eq!(wire.ended().await, b"", "without keep-alive it ends");
    }
    scene.one.after = 1;
    assert_eq!(scene.other.hear().await["data"], "hello");
    scene.all_go_on().await;
}

#[tokio::test]
async fn http_1_0_with_keep_alive_is_kept_alive() {
    let mut scene = Scene::new().await;
    let mut wire = scene.wire().await;
    for _ in 0..3 {
        let ask = Ask::get("/everwire/health").version("HTTP/1.0").header("Connection", "keep-alive");
        assert_eq!(wire.ask(ask).await.status, 200);
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let mut scene = Scene::new().await;
    let say = |line: &str| format!("{{\"event\":\"say\",\"data\":\"{line}\"}}");
    let path = |seq: u64| scene.one.path(&format!("/messages?seq={seq}"));
    let asks = [
        Ask::post(&path(1), say("a")),
        Ask::post(&path(2), "nonsense"),
        Ask::post(&path(2), say("b")),
        Ask::get("/nowhere"),
        Ask::post(&path(9), say("c")),
        Ask::get(&scene.one.path("/messages?after=9&wait=5")),
        Ask::new("HEAD", "/everwire/health"),
    ];
    let mut wire = scene.wire().await;
    wire.write(asks.map(|ask| ask.bytes()).concat()).await;
    for expected in [200, 400, 200, 404, 409, 400] {
        assert_eq!(wire.answer().await.status, expected);
    }
    assert_eq!(wire.bare_answer().await.status, 200);
    scene.one.sent = 2;
    for client in [&mut scene.one, &mut scene.other] {
        let mut heard = client.poll().await;
        while heard.len() < 2 {
            heard.extend(client.poll().await);
        }
        assert_eq!((&heard[0]["data"], &heard[1]["data"]), (&json!("a"), &json!("b")));
    }
    scene.all_go_on().await;
}

/// A POST that waits to be asked for its body.
async fn expecting(scene: &Scene, path: &str, length: &str) -> Wire {
    let mut wire = scene.wire().await;
    let ask = Ask::new("POST", path).header("Content-Length", length).header("Expect", "100-continue");
    wire.write(ask.bytes()).await;
    wire
}

#[tokio::test]
async fn a_client_that_expects_100_continue_is_asked_for_its_body_only_where_it_is_wanted() {
    let mut scene = Scene::new().await;
    let body = "{\"event\":\"say\",\"data\":\"x\"}";
    let mut wanted = expecting(&scene, &scene.one.path("/messages"), &body.len().to_string()).await;
    assert_eq!(wanted.bare_answer().await.status, 100);
    wanted.write(body).await;
    assert_eq!(wanted.answer().await.json(), json!({"ack": 1}));
    scene.one.sent = 1;
    for client in [&mut scene.one, &mut scene.other] {
        assert_eq!(client.hear().await["data"], "x");
    }
    for (path, length, status) in [
        ("/nowhere".to_owned(), "10", 404),
        (format!("/everwire/session/{}/messages", crate::raw_http::NOBODY), "10", 404),
        (scene.one.path("/messages"), "99999999", 413),
    ] {
        let mut wire = expecting(&scene, &path, length).await;
        assert_eq!(wire.answer().await.status, status, "no 100 came first");
        assert_eq!(wire.ended().await, b"", "the body may come or not: nothing can be read here any more");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn with_status_200_an_error_is_answered_as_200_with_the_same_body() {
    let mut scene = Scene::new().await;
    let nobody = format!("/everwire/session/{}/messages", crate::raw_http::NOBODY);
    let asks = |query: &str| {
        [
            Ask::get(&format!("{nobody}{query}")),
            Ask::get(&format!("/nowhere{query}")),
            Ask::post(&format!("/everwire/health{query}"), ""),
            Ask::post(&format!("/everwire/session{query}"), "nonsense"),
        ]
    };
    for (plain, masked) in asks("").into_iter().zip(asks("?status=200")) {
        let (plain, masked) = (scene.ask(plain).await, scene.ask(masked).await);
        assert!(plain.status >= 400 && masked.status == 200);
        assert_eq!(masked.body, plain.body);
        masked.sealed();
    }
    let target = scene.one.path("/messages?status=200&seq=9");
    let gap = scene.ask(Ask::post(&target, "{\"event\":\"say\",\"data\":\"x\"}")).await;
    assert_eq!((gap.status, &gap.json()["ack"]), (200, &json!(0)));
    scene.all_go_on().await;
}

#[tokio::test]
async fn the_connection_is_kept_behind_an_error_whose_body_was_read() {
    let mut scene = Scene::new().await;
    let mut wire = scene.wire().await;
    let messages = scene.one.path("/messages");
    let asks = [
        (Ask::post(&messages, "nonsense"), 400),
        (Ask::post(&format!("{messages}?seq=5"), "{\"event\":\"say\",\"data\":\"x\"}"), 409),
        (Ask::get("/nowhere"), 404),
        (Ask::get(&format!("{messages}?after=9")), 400),
        (Ask::new("PUT", &messages), 405),
        (Ask::get("/everwire/ws"), 426),
        (Ask::post("/everwire/session", "[]"), 400),
    ];
    for (ask, status) in asks {
        let answer = wire.ask(ask).await;
        assert!(answer.status == status && !answer.hangs_up(), "{answer:?}");
    }
    assert_eq!(wire.ask(Ask::get("/everwire/health")).await.status, 200);
    scene.all_go_on().await;
}

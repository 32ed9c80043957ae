//! What scripts of other origins may read, and what no cache may keep.

use everwire::Options;

use crate::raw_http::{Answer, Ask, Scene};

async fn scene() -> Scene {
    Scene::with(Options { allowed_origins: vec!["https://app.example".into()], ..Options::default() }).await
}

/// One request for each sort of answer.
fn requests(scene: &Scene) -> Vec<Ask> {
    let messages = scene.one.path("/messages");
    vec![
        Ask::get("/everwire/health"),
        Ask::new("HEAD", "/everwire/health"),
        Ask::post("/everwire/session", ""),
        Ask::post("/everwire/session", "nonsense"),
        Ask::get(&format!("{messages}?wait=0")),
        Ask::get(&format!("{messages}?after=99")),
        Ask::post(&messages, ""),
        Ask::post(&messages, "nonsense"),
        Ask::post(&messages, "").header("Content-Encoding", "gzip"),
        Ask::new("PUT", &messages),
        Ask::get("/everwire/session/nobody/messages"),
        Ask::get("/everwire/ws"),
        Ask::get("/nowhere"),
        Ask::get("/nowhere?status=200"),
        Ask::get("/everwire/raw/hall?wait=0"),
        Ask::get(&scene.one.path("/stream?after=99")),
        Ask::get(&scene.one.path("/events?after=99&status=200")),
        Ask::get(&scene.one.path("/frame?after=99&callback=F")),
        Ask::get(&scene.one.path("/jsonp?wait=0&callback=F")),
        Ask::get(&scene.one.path("/jsonp?callback=no.name")),
        Ask::post(&scene.one.path("/jsonp"), "seq=1"),
        Ask::post("/everwire/session/jsonp", "d="),
        Ask::get("/everwire/session/jsonp?callback=F&key=00112233445566778899aabbccddeeff"),
    ]
}

fn allows(answer: &Answer) -> [Option<&str>; 3] {
    ["access-control-allow-origin", "access-control-allow-credentials", "vary"]
        .map(|name| answer.header(name))
}

#[tokio::test]
async fn every_answer_may_be_read_by_any_page_without_credentials() {
    let mut scene = scene().await;
    for ask in requests(&scene) {
        for origin in ["https://evil.example", "null"] {
            let answer = scene.ask(ask.clone().header("Origin", origin)).await;
            assert_eq!(allows(&answer), [Some("*"), None, None], "{ask:?}");
            answer.sealed();
        }
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_listed_page_may_read_every_answer_with_credentials() {
    let mut scene = scene().await;
    for ask in requests(&scene) {
        for origin in ["https://app.example", "http://gateway.test"] {
            let answer = scene.ask(ask.clone().header("Origin", origin)).await;
            assert_eq!(allows(&answer), [Some(origin), Some("true"), Some("Origin")], "{ask:?}");
            answer.sealed();
        }
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn an_answer_that_a_listed_origin_would_change_says_that_it_varies() {
    let scene = scene().await;
    let answer = scene.ask(Ask::get("/everwire/health").header("Referer", "https://app.example/page")).await;
    assert_eq!(allows(&answer)[..2], [Some("*"), None], "there is no origin to echo");
    answer.sealed();
}

#[tokio::test]
async fn every_path_answers_a_preflight_unknown_ones_too() {
    let mut scene = scene().await;
    let rows = [
        ("/everwire/session".to_owned(), "POST, OPTIONS"),
        (scene.one.path(""), "DELETE, OPTIONS"),
        (scene.one.path("/messages"), "GET, POST, OPTIONS"),
        (scene.one.path("/close"), "POST, OPTIONS"),
        (scene.one.path("/stream"), "GET, OPTIONS"),
        (scene.one.path("/events"), "GET, OPTIONS"),
        (scene.one.path("/frame"), "GET, OPTIONS"),
        (scene.one.path("/jsonp"), "GET, POST, OPTIONS"),
        ("/everwire/session/jsonp".into(), "GET, POST, OPTIONS"),
        ("/everwire/session/nobody/messages".into(), "GET, POST, OPTIONS"),
        ("/everwire/ws".into(), "GET, OPTIONS"),
        ("/everwire/health".into(), "GET, HEAD, OPTIONS"),
        ("/everwire/raw/hall".into(), "GET, POST, OPTIONS"),
        ("/everwire/nothing".into(), "GET, POST, DELETE, OPTIONS"),
        ("/".into(), "GET, POST, DELETE, OPTIONS"),
    ];
    for (path, methods) in rows {
        for (origin, allowed, trusted) in [
            ("https://app.example", "https://app.example", Some("true")),
            ("https://evil.example", "*", None),
        ] {
            let ask = Ask::new("OPTIONS", &path)
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "content-type, authorization");
            let answer = scene.ask(ask).await;
            assert_eq!((answer.status, answer.body.len()), (204, 0), "{path}");
            assert_eq!(answer.header("access-control-allow-methods"), Some(methods), "{path}");
            let headers = answer.header("access-control-allow-headers").unwrap();
            assert!(headers.contains("Content-Type") && headers.contains("Authorization"), "{headers}");
            assert_eq!(allows(&answer)[..2], [Some(allowed), trusted], "{path}");
            answer.sealed();
        }
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn an_opening_tells_every_page_where_its_session_is() {
    let scene = scene().await;
    let answer = scene.ask(Ask::post("/everwire/session", "").header("Origin", "https://evil.example")).await;
    let sid = answer.json()["open"]["session"].as_str().unwrap().to_owned();
    assert_eq!(answer.header("location"), Some(&*format!("/everwire/session/{sid}")));
    assert!(answer.header("access-control-expose-headers").unwrap().contains("Location"));
}

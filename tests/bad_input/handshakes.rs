//! WebSocket handshakes that are wrong (RFC 6455, section 4.2.1).

use everwire::Options;

use crate::raw_http::{Ask, Scene, handshake};

/// A handshake without the headers of this name.
fn without(name: &str) -> Ask {
    with(name, &[])
}

/// A handshake with these values for a header in place of the right one.
fn with(name: &str, values: &[&str]) -> Ask {
    let right = [
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let kept = right.into_iter().filter(|header| header.0 != name);
    let ask = kept.fold(Ask::get("/everwire/ws"), |ask, (name, value)| ask.header(name, value));
    values.iter().fold(ask, |ask, value| ask.header(name, value))
}

#[tokio::test]
async fn a_handshake_of_another_version_is_told_the_one_that_is_spoken() {
    let mut scene = Scene::new().await;
    let name = "Sec-WebSocket-Version";
    let asks =
        [without(name), with(name, &["8"]), with(name, &["14"]), with(name, &["x"]), with(name, &["13, 8"])];
    for ask in asks {
        println!("{ask:?}");
        let answer = scene.ask(ask).await;
        answer.refused(426, "upgrade", "Sec-WebSocket-Version: 13");
        assert_eq!(answer.header("sec-websocket-version"), Some("13"));
        assert_eq!(answer.header("upgrade"), Some("websocket"));
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_handshake_without_a_proper_key_is_refused_by_400() {
    let mut scene = Scene::new().await;
    let name = "Sec-WebSocket-Key";
    let good = "dGhlIHNhbXBsZSBub25jZQ==";
    let asks = [
        ("none", without(name)),
        ("empty", with(name, &[""])),
        ("too short", with(name, &["dGhlIHNhbXBsZQ=="])),
        ("too long", with(name, &["dGhlIHNhbXBsZSBub25jZSBub25jZQ=="])),
        ("no base64", with(name, &["************************"])),
        ("two", with(name, &[good, good])),
    ];
    for (which, ask) in asks {
        println!("{which}");
        scene.ask(ask).await.refused(400, 4002, "base64 of 16 bytes");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_request_that_asks_for_no_websocket_is_told_how_to() {
    let mut scene = Scene::new().await;
    let asks = [
        Ask::get("/everwire/ws"),
        without("Connection"),
        without("Upgrade"),
        with("Upgrade", &["h2c"]),
        with("Connection", &["keep-alive"]),
    ];
    for ask in asks {
        let answer = scene.ask(ask).await;
        answer.refused(426, "upgrade", "Upgrade: websocket");
        assert_eq!(answer.header("upgrade"), Some("websocket"));
    }
    let post = scene.ask(Ask::post("/everwire/ws", "")).await;
    post.refused(405, "method", "GET");
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_handshake_in_http_1_0_is_refused_by_400() {
    let mut scene = Scene::new().await;
    let answer = scene.ask(handshake("/everwire/ws").version("HTTP/1.0")).await;
    assert!(matches!(answer.status, 400 | 426), "{answer:?}");
    assert!(answer.json()["error"]["message"].is_string());
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_websocket_from_a_foreign_page_is_refused_by_403() {
    let mut scene = Scene::new().await;
    for path in ["/everwire/ws", "/everwire/ws?open", "/everwire/raw/hall"] {
        for origin in
            ["https://evil.example", "null", "http://gateway.test.evil.example", "http://gateway.test:8080"]
        {
            let answer = scene.ask(handshake(path).header("Origin", origin)).await;
            answer.refused(403, "origin", "allowed_origins");
        }
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_websocket_from_an_own_or_listed_page_or_from_no_page_is_let_in() {
    let listed = Options { allowed_origins: vec!["https://app.example".into()], ..Options::default() };
    let mut scene = Scene::with(listed).await;
    for origin in
        [Some("http://gateway.test"), Some("https://gateway.test"), Some("https://app.example"), None]
    {
        let ask = handshake("/everwire/ws");
        let ask = origin.iter().fold(ask, |ask, origin| ask.header("Origin", origin));
        assert_eq!(scene.ask(ask).await.status, 101, "{origin:?}");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_star_among_the_origins_lets_every_page_open_a_websocket() {
    let mut scene = Scene::with(Options { allowed_origins: vec!["*".into()], ..Options::default() }).await;
    let ask = handshake("/everwire/ws").header("Origin", "https://anything.example");
    assert_eq!(scene.ask(ask).await.status, 101);
    scene.all_go_on().await;
}

#[tokio::test]
async fn offered_extensions_and_protocols_are_not_accepted() {
    let mut scene = Scene::new().await;
    let ask = handshake("/everwire/ws")
        .header("Sec-WebSocket-Extensions", "permessage-deflate")
        .header("Sec-WebSocket-Protocol", "soap, wamp");
    let answer = scene.ask(ask).await;
    assert_eq!(answer.status, 101);
    assert_eq!(answer.header("sec-websocket-extensions"), None);
    assert_eq!(answer.header("sec-websocket-protocol"), None);
    assert_eq!(answer.header("sec-websocket-accept"), Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    scene.all_go_on().await;
}

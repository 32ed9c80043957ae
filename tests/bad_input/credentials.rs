//! Whose credentials are believed: those that a browser adds by itself only for pages that are trusted.

use everwire::{Gateway, Hello, Options, Peer};
use serde_json::{Value, json};

use crate::raw_http::{Ask, Client, Served, Socket, Wire, handshake};

/// A gateway that tells each session with what it was opened.
async fn mirror(options: Options) -> Served {
    let gateway = Gateway::builder().options(options).on_connect(|peer: Peer, hello: Hello| async move {
        let header =
            |name: &str| hello.headers.get(name).and_then(|value| value.to_str().ok().map(str::to_owned));
        let seen = json!({
            "cookie": header("cookie"),
            "authorization": header("authorization"),
            "trusted": hello.trusted_origin,
            "address": hello.address,
            "auth": hello.auth::<String>(),
        });
        peer.emit("seen", &seen)
    });
    Served::start(gateway.build()).await
}

fn listed() -> Options {
    Options { allowed_origins: vec!["https://app.example".into()], ..Options::default() }
}

/// Opens a session by this request, and tells what the application saw of it.
async fn seen(server: &Served, ask: Ask) -> Value {
    let answer = Wire::to(server.address).await.ask(ask).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let mut client = Client::of(server, answer.json()["open"]["session"].as_str().expect("a sid"));
    client.hear().await["data"].clone()
}

/// What it is, the headers that say so, and whether it is trusted.
type Place = (&'static str, &'static [(&'static str, &'static str)], bool);

/// Headers that tell where a request comes from, and whether that place is trusted.
const PLACES: [Place; 10] = [
    ("the gateway's own page", &[("Origin", "http://gateway.test")], true),
    ("a listed page", &[("Origin", "https://app.example")], true),
    ("an own page by Referer", &[("Referer", "http://gateway.test/page?x")], true),
    ("an own page by fetch metadata", &[("Sec-Fetch-Site", "same-origin")], true),
    ("a foreign page", &[("Origin", "https://evil.example")], false),
    ("an opaque page", &[("Origin", "null")], false),
    ("a foreign page by Referer", &[("Referer", "https://evil.example/gateway.test")], false),
    ("a foreign page by fetch metadata", &[("Sec-Fetch-Site", "cross-site")], false),
    (
        "a foreign Origin with an own Referer",
        &[("Origin", "https://evil.example"), ("Referer", "http://gateway.test/")],
        false,
    ),
    ("no page at all", &[], false),
];

#[tokio::test]
async fn cookies_and_basic_authentication_are_seen_only_from_trusted_pages() {
    let server = mirror(listed()).await;
    for (name, headers, trusted) in PLACES {
        println!("{name}");
        let ask = Ask::post("/everwire/session", "")
            .header("Cookie", "user=1")
            .header("Authorization", "Basic eA==");
        let ask = headers.iter().fold(ask, |ask, (name, value)| ask.header(name, value));
        let seen = seen(&server, ask).await;
        assert_eq!(seen["trusted"], trusted);
        assert_eq!(seen["cookie"], if trusted { json!("user=1") } else { Value::Null });
        assert_eq!(seen["authorization"], if trusted { json!("Basic eA==") } else { Value::Null });
    }
}

#[tokio::test]
async fn a_bearer_token_and_auth_are_seen_from_everywhere() {
    let server = mirror(listed()).await;
    for (name, headers, _) in PLACES {
        println!("{name}");
        let ask = Ask::post("/everwire/session", "{\"auth\":\"word\"}").header("Authorization", "Bearer t");
        let ask = headers.iter().fold(ask, |ask, (name, value)| ask.header(name, value));
        let seen = seen(&server, ask).await;
        assert_eq!((&seen["authorization"], &seen["auth"]), (&json!("Bearer t"), &json!("word")));
    }
}

#[tokio::test]
async fn a_star_among_the_origins_trusts_nobody_with_credentials() {
    let server = mirror(Options { allowed_origins: vec!["*".into()], ..Options::default() }).await;
    let ask =
        handshake("/everwire/ws?open").header("Origin", "https://evil.example").header("Cookie", "user=1");
    let mut socket = Socket { wire: Wire::to(server.address).await };
    assert_eq!(socket.wire.ask(ask).await.status, 101);
    let (open, seen) = (socket.hear().await, socket.hear().await);
    assert!(open["open"].is_object(), "{open}");
    assert_eq!((&seen["data"]["cookie"], &seen["data"]["trusted"]), (&Value::Null, &json!(false)));
}

#[tokio::test]
async fn a_websocket_of_a_listed_page_brings_its_cookies() {
    let server = mirror(listed()).await;
    let ask =
        handshake("/everwire/ws?open").header("Origin", "https://app.example").header("Cookie", "user=1");
    let mut socket = Socket { wire: Wire::to(server.address).await };
    assert_eq!(socket.wire.ask(ask).await.status, 101);
    assert!(socket.hear().await["open"].is_object());
    assert_eq!(socket.hear().await["data"]["cookie"], "user=1");
}

#[tokio::test]
async fn x_forwarded_for_is_believed_as_far_as_there_are_trusted_proxies() {
    let rows = [
        (0, "203.0.113.7", "127.0.0.1"),
        (1, "203.0.113.7", "203.0.113.7"),
        (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "198.51.100.1, 203.0.113.7", "198.51.100.1"),
        (2, "6.6.6.6, 198.51.100.1, 203.0.113.7", "198.51.100.1"),
        (2, "203.0.113.7", "127.0.0.1"),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "nonsense", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ];
    for (trusted_proxies, header, address) in rows {
        println!("{trusted_proxies} {header}");
        let server = mirror(Options { trusted_proxies, ..Options::default() }).await;
        let ask = Ask::post("/everwire/session", "").header("X-Forwarded-For", header);
        assert_eq!(seen(&server, ask).await["address"], address);
    }
    let server = mirror(Options { trusted_proxies: 1, ..Options::default() }).await;
    let split = Ask::post("/everwire/session", "")
        .header("X-Forwarded-For", "6.6.6.6")
        .header("X-Forwarded-For", "203.0.113.7");
    assert_eq!(seen(&server, split).await["address"], "203.0.113.7", "several headers are one list");
}

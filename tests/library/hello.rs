//! What an application learns of whoever opens a session, and whose word it may take for it.

use std::net::{IpAddr, SocketAddr};

use everwire::{Error, Gateway, Hello, Options, Peer, testing::TestClient};

const OWN: &str = "http://gateway.test";
const LISTED: &str = "https://app.example";
const FOREIGN: &str = "https://elsewhere.example";

/// Tells each client what is known of it: cookie, bearer token, query, and whether its page is trusted.
fn gateway(options: Options) -> Gateway {
    Gateway::builder()
        .options(options)
        .on_connect(|peer: Peer, hello: Hello| async move {
            let known = (hello.cookie("id"), hello.bearer(), hello.query("room"), hello.trusted_origin);
            peer.emit("known", &known)
        })
        .build()
}

type Known = (Option<String>, Option<String>, Option<String>, bool);

#[tokio::test]
async fn cookies_count_only_where_the_page_is_trusted_and_bearer_tokens_everywhere() {
    let gateway = gateway(Options { allowed_origins: vec![LISTED.into()], ..Options::default() });
    for (origin, trusted) in [(OWN, true), (LISTED, true), (FOREIGN, false)] {
        let opening = TestClient::builder(&gateway)
            .header("origin", origin)
            .header("cookie", "theme=dark; id=\"7 7\"")
            .header("authorization", "Bearer abc")
            .query("room", "a&b = c/ü");
        let mut client = opening.connect().await.expect("everyone is let in");
        let cookie = trusted.then(|| "7 7".to_owned());
        let expected = (cookie, Some("abc".to_owned()), Some("a&b = c/ü".to_owned()), trusted);
        assert_eq!(client.next::<Known>("known").await, expected, "{origin}");
    }
    // A program has no page, so nobody else can have added its cookies; they are left out all the same.
    let mut program =
        TestClient::builder(&gateway).header("cookie", "id=7").connect().await.expect("everyone is let in");
    assert_eq!(program.next::<Known>("known").await, (None, None, None, false));
}

#[tokio::test]
async fn the_address_is_the_clients_where_proxies_are_trusted_and_the_connections_otherwise() {
    for (proxies, expected) in [(0, "10.0.0.1"), (1, "198.51.100.2"), (2, "203.0.113.9"), (3, "10.0.0.1")] {
        let gateway = Gateway::builder()
            .options(Options { trusted_proxies: proxies, ..Options::default() })
            .on_connect(|peer: Peer, hello: Hello| async move {
                peer.emit("seen", &(hello.address, hello.remote))
            })
            .build();
        let remote: SocketAddr = "10.0.0.1:5000".parse().expect("an address");
        let opening = TestClient::builder(&gateway)
            .remote(remote)
            .header("x-forwarded-for", "203.0.113.9, 198.51.100.2");
        let mut client = opening.connect().await.expect("everyone is let in");
        let (address, seen): (IpAddr, SocketAddr) = client.next("seen").await;
        assert_eq!((address.to_string().as_str(), seen), (expected, remote), "{proxies} proxies");
    }
}

#[tokio::test]
async fn what_is_said_in_auth_is_read_as_what_the_application_wants_or_not_at_all() {
    let gateway = Gateway::builder()
        .on_connect(|_: Peer, hello: Hello| async move {
            let (name, age): (String, u8) = hello.auth().ok_or(Error::unauthenticated("name and age"))?;
            if age < 18 { Err(Error::refused("young", format!("Come back later, {name}."))) } else { Ok(()) }
        })
        .build();
    let opening = |auth: &serde_json::Value| TestClient::builder(&gateway).auth(auth).connect();
    for (auth, status, reason) in [
        (serde_json::json!(["Ada", 36]), 201, ""),
        (serde_json::json!(["Bob", 12]), 403, "Come back later, Bob."),
        (serde_json::json!(["Bob", 300]), 401, "name and age"),
        (serde_json::json!(null), 401, "name and age"),
    ] {
        match opening(&auth).await {
            Ok(client) => assert_eq!(status, 201, "{client:?}"),
            Err(refusal) => assert_eq!((refusal.status, &*refusal.reason), (status, reason)),
        }
    }
}

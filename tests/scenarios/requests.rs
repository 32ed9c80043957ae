//! Events, requests and replies.

use serde_json::json;

use crate::{
    client::{Kind, Packet},
    stage::Stage,
};

pub(crate) async fn echoes(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    for number in 1..=20 {
        client.say("echo", json!(number)).await;
    }
    assert_eq!(client.hear_all("echo", 20).await, (1..=20).collect::<Vec<_>>());
    client
        .say("echo", json!({ "text": "a\nb \u{2028} </script> \u{1f600}", "list": [1, 2.5, null, true] }))
        .await;
    let echo = client.hear("echo").await;
    assert_eq!(echo["text"], "a\nb \u{2028} </script> \u{1f600}");
    assert_eq!(echo["list"], json!([1, 2.5, null, true]));
}

pub(crate) async fn echoes_bytes(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    let bytes: Vec<u8> = (0..=255).cycle().take(1000).collect();
    for length in [0, 1, 2, 3, 1000] {
        client.push(Packet::binary("echo", &bytes[..length])).await;
        assert_eq!(client.next().await, Packet::binary("echo", &bytes[..length]));
    }
    let reply = client.request(Packet::binary("echo", &bytes)).await.expect("the request succeeds");
    assert_eq!(reply.bytes.as_deref(), Some(&*bytes));
    assert_eq!(client.next().await, Packet::binary("echo", &bytes));
}

pub(crate) async fn replies(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    for number in 1..=5 {
        assert_eq!(client.ask("echo", json!([number])).await, json!([number]));
    }
    let reply = client.request(Packet::event("note", json!(1))).await.expect("the request succeeds");
    assert_eq!(reply.json.get("data"), None, "a handler that returns nothing is answered without data");
    for number in 1..=5 {
        assert_eq!(client.hear("echo").await, json!([number]), "events come beside the replies");
    }
    assert_eq!(client.hear("noted").await, 1);
}

pub(crate) async fn replies_with_errors(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    let error = client.request(Packet::event("refuse", json!(null))).await.expect_err("it is refused");
    assert_eq!(error, json!({ "code": "nope", "message": "Not today." }));
    let error = client.request(Packet::event("note", json!("one"))).await.expect_err("that is no number");
    assert_eq!(error["code"], "bad_data");
    client.say("refuse", json!(null)).await;
    assert_eq!(client.next().await.json["error"]["code"], "nope", "a refusal is told without a request too");
    assert_eq!(client.ask("echo", json!(1)).await, 1, "the session goes on");
}

pub(crate) async fn goes_on_behind_unknown_events(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    let error = client.request(Packet::event("unknown", json!(1))).await.expect_err("nobody handles it");
    assert_eq!(error["code"], "unhandled");
    client.say("unknown", json!(1)).await;
    assert_eq!(client.next().await.json["error"]["code"], "unhandled");
    assert_eq!(client.ask("echo", json!(1)).await, 1);
}

pub(crate) async fn ends_with_a_panic(kind: Kind) {
    let stage = Stage::new().await;
    let (mut client, mut other) = (stage.client(kind).await, stage.client(kind).await);
    client.say("echo", json!(1)).await;
    client.say("panic", json!(true)).await;
    assert_eq!(client.hear("echo").await, 1);
    client.until_over().await;
    assert_eq!(client.closed.as_ref().expect("the session is over")["code"], 4011);
    assert_eq!(client.code, kind.ends_with(4011));
    assert_eq!(stage.goodbye(&client).await.code, 4011);
    assert_eq!(other.ask("echo", json!(1)).await, 1, "another session goes on");
}

//! Opening a session.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{Answer, Client, Kind, Packet, Place, SHORT_POLL, WS, dial, once, within},
    stage::Stage,
};

const KEY: &str = "00112233445566778899aabbccddeeff";

pub(crate) async fn opens(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    let open = client.open.clone();
    for (member, value) in
        [("v", 1), ("received", 0), ("last", 0), ("ping", 25), ("wait", 25), ("resume", 60)]
    {
        assert_eq!(open[member], value, "`{member}` in {open}");
    }
    assert_eq!(open["max"], 1 << 20);
    assert_eq!(open["carriers"], json!(["ws", "sse", "stream", "frame", "poll", "jsonp"]));
    assert_ne!(open["session"], open["peer"], "what others may see is not the secret");
    assert_eq!(client.ask("echo", json!("first")).await, "first");
    assert_eq!(stage.gateway.sessions(), 1);
}

pub(crate) async fn opens_once_with_a_key(kind: Kind) {
    let stage = Stage::new().await;
    let first = post(&stage, "", &json!({ "key": KEY })).await;
    let again = post(&stage, "", &json!({ "open": { "key": KEY } })).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json()["open"]["session"], again.json()["open"]["session"]);
    assert_eq!(stage.gateway.sessions(), 1);

    let other = post(&stage, "", &json!({ "key": KEY, "auth": "another" })).await;
    refused(&other, &first);

    let mut client = resumed(&stage, kind, &first.json()["open"]);
    client.resume().await;
    client.ask("echo", json!(1)).await;
    refused(&post(&stage, "", &json!({ "key": KEY })).await, &first);
}

#[tokio::test]
async fn a_post_beside_a_websocket_reaches_the_same_session() {
    let stage = Stage::new().await;
    let mut socket = dial(stage.address, "/everwire/ws").await;
    let open = Message::text(json!({ "open": { "key": KEY } }).to_string());
    socket.send(open).await.expect("the WebSocket is open");
    let opened: Value = text(&within("`open`", socket.next()).await);
    let posted = post(&stage, "", &json!({ "key": KEY })).await;
    assert_eq!(posted.status, 201, "{}", posted.text());
    assert_eq!(posted.json()["open"]["session"], opened["open"]["session"]);
    assert_eq!(stage.gateway.sessions(), 1);
}

#[tokio::test]
async fn a_websocket_beside_a_post_joins_and_attaches() {
    let stage = Stage::new().await;
    let posted = post(&stage, "", &json!([{ "open": { "key": KEY } }, { "event": "note", "data": 1 }])).await;
    let mut socket = dial(stage.address, "/everwire/ws").await;
    // The message was taken by POST already: the repeat on the WebSocket is dropped, the one behind it taken.
    let packets = [
        json!({ "open": { "key": KEY } }),
        json!({ "event": "note", "data": 1 }),
        json!({ "event": "note", "data": 2 }),
        json!({ "attach": { "after": 0, "turn": 1 } }),
    ];
    for packet in packets {
        socket.send(Message::text(packet.to_string())).await.expect("the WebSocket is open");
    }
    let opened: Value = text(&within("`open`", socket.next()).await);
    assert_eq!(opened["open"]["session"], posted.json()["open"]["session"]);
    assert!(opened["open"].get("from").is_none(), "not attached yet: {opened}");
    let client = resumed(&stage, WS, &opened["open"]);
    assert_eq!(stage.notes(&client, 2).await, [1, 2]);
    let mut noted = Vec::new();
    while noted.len() < 2 {
        let packet: Value = text(&within("a message", socket.next()).await);
        noted.extend((packet["event"] == "noted").then(|| packet["data"].clone()));
    }
    assert_eq!(noted, [1, 2]);
}

#[tokio::test]
async fn opening_and_saying_something_is_one_round_trip() {
    let stage = Stage::new().await;
    let body =
        json!([{ "open": {} }, { "event": "note", "data": 7 }, { "event": "echo", "data": "hi", "id": 1 }]);
    let answer = post(&stage, "?wait=10", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let (body, mut client) = (answer.json(), resumed(&stage, SHORT_POLL, &answer.json()["open"]));
    assert_eq!((&body["from"], &body["messages"][0]), (&json!(1), &json!({ "event": "noted", "data": 7 })));
    client.turn = 5;
    client.resume().await;
    assert_eq!(client.hear("noted").await, 7);
    assert_eq!(client.hear("echo").await, "hi");
    assert_eq!(client.next().await, Packet { json: json!({ "reply": 1, "data": "hi" }), bytes: None });
    assert_eq!(stage.notes(&client, 1).await, [7]);
}

#[tokio::test]
async fn wrong_credentials_open_nothing() {
    let stage = Stage::new().await;
    let answer = post(&stage, "", &json!({ "auth": "wrong" })).await;
    assert_eq!((answer.status, &answer.json()["close"]["code"]), (401, &json!(4001)));

    let mut socket = dial(stage.address, "/everwire/ws").await;
    let open = Message::text(json!({ "open": { "auth": "wrong" } }).to_string());
    socket.send(open).await.expect("the WebSocket is open");
    let close: Value = text(&within("`close`", socket.next()).await);
    assert_eq!(close["close"]["code"], 4001, "{close}");
    let end = within("the end", socket.next()).await.expect("a frame").expect("a close frame");
    assert!(matches!(&end, Message::Close(Some(frame)) if u16::from(frame.code) == 4001), "{end:?}");
    assert_eq!(stage.gateway.sessions(), 0);
}

async fn post(stage: &Stage, query: &str, body: &Value) -> Answer {
    once(stage.address, "POST", &format!("/everwire/session{query}"), &body.to_string()).await
}

fn refused(answer: &Answer, first: &Answer) {
    let secret = first.json()["open"]["session"].as_str().expect("a sid").to_owned();
    assert_eq!(answer.status, 409, "{}", answer.text());
    assert!(!answer.text().contains(&secret), "the sid is not told twice");
    assert_eq!(answer.header("location"), None);
}

/// A client of a session that was opened by hand.
fn resumed(stage: &Stage, kind: Kind, open: &Value) -> Client {
    let sid = open["session"].as_str().expect("`open` names the session").to_owned();
    Client::of(kind, Place { address: stage.address, sid }, open.clone(), 0)
}

fn text<E: std::fmt::Debug>(message: &Option<Result<Message, E>>) -> Value {
    match message {
        Some(Ok(Message::Text(text))) => serde_json::from_str(text).expect("a text frame is JSON"),
        other => panic!("{other:?} where a packet was to come"),
    }
}

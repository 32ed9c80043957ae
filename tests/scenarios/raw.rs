//! The endpoints without an envelope.

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{Answer, Http, LONG_POLL, Packet, Socket, WS, dial, once, request, within},
    stage::{FORBIDDEN, Stage},
};

const PATH: &str = "/everwire/raw/den";

#[tokio::test]
async fn websockets_hear_each_other() {
    let stage = Stage::new().await;
    let (mut one, mut two) = (dial(stage.address, PATH).await, dial(stage.address, PATH).await);
    entered(&stage, 2).await;
    one.send(Message::text("hello")).await.expect("the WebSocket is open");
    for socket in [&mut one, &mut two] {
        assert_eq!(heard(socket).await, Message::text("hello"), "the sender hears it too");
    }
    two.send(Message::binary(vec![0, 255])).await.expect("the WebSocket is open");
    for socket in [&mut one, &mut two] {
        assert_eq!(heard(socket).await, Message::binary(vec![0, 255]));
    }
    let scope = || stage.gateway.to("den");
    assert_eq!(scope().emit("any", &json!({ "a": [1, null] })).await, Ok(2));
    assert_eq!(scope().emit("any", &"a \"string\"").await, Ok(2));
    for socket in [&mut one, &mut two] {
        assert_eq!(heard(socket).await, Message::text(r#"{"a":[1,null]}"#));
        assert_eq!(heard(socket).await, Message::text(r#"a "string""#));
    }
    one.close(None).await.expect("the WebSocket can be closed");
    entered(&stage, 1).await;
}

#[tokio::test]
async fn all_ways_meet_in_one_room() {
    let stage = Stage::new().await;
    let mut socket = dial(stage.address, PATH).await;
    let (mut native, mut polled) = (stage.client(WS).await, stage.client(LONG_POLL).await);
    native.join("den").await;
    polled.join("den").await;
    entered(&stage, 3).await;
    let start = once(stage.address, "GET", &format!("{PATH}?wait=0"), "").await;
    assert_eq!(start.status, 204, "{}", start.text());
    let position = position(&start);

    // A GET that waits, and is answered by what a POST publishes.
    let mut waiting = Http::connect(stage.address).await;
    let path = format!("{PATH}?after={position}");
    waiting.write(&request("GET", &path, "", "")).await.expect("a request can be written");
    let posted = once(stage.address, "POST", PATH, "plain text").await;
    assert_eq!(posted.status, 200, "{}", posted.text());
    let got = within("a message", waiting.answer()).await.expect("the GET is answered");
    assert_eq!((got.status, got.text()), (200, "plain text"));
    assert_eq!(got.header("everwire-position"), Some(&*(position + 1).to_string()));
    assert_eq!(heard(&mut socket).await, Message::text("plain text"));
    for client in [&mut native, &mut polled] {
        while client.hear_message().await != "plain text" {}
    }

    socket.send(Message::text("from a socket")).await.expect("the WebSocket is open");
    assert_eq!(heard(&mut socket).await, Message::text("from a socket"));
    let mut publish = Packet::event("message", json!({ "from": "a session" }));
    publish.json["room"] = "den".into();
    native.request(publish).await.expect("publishing is permitted");
    assert_eq!(heard(&mut socket).await, Message::text(r#"{"from":"a session"}"#));
    let bytes = request("POST", PATH, "Content-Type: application/octet-stream\r\n", "\u{1}\u{2}");
    waiting.write(&bytes).await.expect("a request can be written");
    assert_eq!(within("an answer", waiting.answer()).await.expect("an answer").status, 200);
    assert_eq!(heard(&mut socket).await, Message::binary(vec![1, 2]));

    read_by_position(&stage, position + 1).await;
}

/// A reader that asks for one message after another by the position of the last gets each, in its own form.
async fn read_by_position(stage: &Stage, after: u64) {
    let wanted = [
        ("from a socket", "text/plain; charset=utf-8"),
        (r#"{"from":"a session"}"#, "application/json"),
        ("\u{1}\u{2}", "application/octet-stream"),
    ];
    for (number, (body, kind)) in (after..).zip(wanted) {
        let got = once(stage.address, "GET", &format!("{PATH}?after={number}"), "").await;
        assert_eq!((got.text(), got.header("content-type")), (body, Some(kind)));
        assert_eq!(position(&got), number + 1, "each position once, in order");
    }
}

#[tokio::test]
async fn rules_hold_without_an_envelope() {
    let stage = Stage::new().await;
    let path = format!("/everwire/raw/{FORBIDDEN}");
    assert_eq!(once(stage.address, "POST", &path, "text").await.status, 403);
    assert_eq!(once(stage.address, "GET", &format!("{path}?wait=0"), "").await.status, 403);
    let mut socket = dial(stage.address, &path).await;
    let end = heard(&mut socket).await;
    assert!(matches!(&end, Message::Close(Some(frame)) if u16::from(frame.code) == 4001), "{end:?}");
    drop(socket);
    within("the end of the sessions", async {
        while stage.gateway.sessions() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

fn position(answer: &Answer) -> u64 {
    let header = answer.header("everwire-position").expect("Everwire-Position");
    header.parse().expect("a position is a number")
}

/// Waits until the room has so many members, by messages that say nothing.
async fn entered(stage: &Stage, members: usize) {
    within("the room's members", async {
        while stage.gateway.to("den").emit("message", &"").await != Ok(members) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// The next message that says something.
async fn heard(socket: &mut Socket) -> Message {
    loop {
        let message = within("a message", socket.next()).await.expect("the WebSocket goes on");
        let message = message.expect("the WebSocket goes on");
        if message != Message::text("") {
            return message;
        }
    }
}

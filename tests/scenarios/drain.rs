//! The gateway goes away: everybody is asked to come back elsewhere, behind what was said before.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{Kind, dial, once, within},
    stage::Stage,
};

const RETRY: Duration = Duration::from_secs(3);
/// Longer than a scenario waits: a drain that has to be patient fails it.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn drains_when_idle(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    client.ask("echo", json!(1)).await;
    client.hear("echo").await;
    client.listen().await;
    let drained = drain(&stage);
    client.until_over().await;
    assert_eq!(client.drained, Some(3000), "within what time to come back");
    assert_eq!(client.code, kind.ends_with(4003));
    assert!(client.closed.is_none(), "the session goes on");
    client.cut();
    within("the drain", drained).await.expect("it does not panic");
    nothing_opens(&stage).await;
    assert!(stage.log.seen().goodbyes.is_empty());
}

pub(crate) async fn drains_behind_messages(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    client.join("den").await;
    for number in 1..=3 {
        stage.tell("den", "news", number, 1).await;
    }
    let drained = drain(&stage);
    client.until_over().await;
    assert_eq!(client.hear_all("news", client.waiting()).await, [1, 2, 3]);
    assert!(client.drained.is_some());
    within("the drain", drained).await.expect("it does not panic");
}

fn drain(stage: &Stage) -> JoinHandle<()> {
    let gateway = stage.gateway.clone();
    tokio::spawn(async move { gateway.drain(RETRY, PATIENCE).await })
}

async fn nothing_opens(stage: &Stage) {
    let answer = once(stage.address, "POST", "/everwire/session", "").await;
    assert_eq!(answer.status, 503, "{}", answer.text());
    assert_eq!(answer.header("retry-after"), Some("3"), "{}", answer.text());
    let mut socket = dial(stage.address, "/everwire/ws").await;
    socket.send(Message::text(r#"{"open":{}}"#)).await.expect("the WebSocket is open");
    loop {
        match within("the end of a WebSocket", socket.next()).await {
            Some(Ok(Message::Close(Some(frame)))) => return assert_eq!(u16::from(frame.code), 4003),
            Some(Ok(Message::Text(text))) => assert!(text.starts_with("{\"drain\""), "{text}"),
            other => panic!("{other:?} on a gateway that drains"),
        }
    }
}

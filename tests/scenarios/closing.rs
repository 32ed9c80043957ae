//! The end of a session, behind its messages.

use serde_json::json;

use crate::{
    client::{Client, Kind, LONG_POLL, once},
    stage::Stage,
};

pub(crate) async fn closed_by_the_client(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    told(&stage, &mut client).await;
    client.control(json!({ "close": { "code": 4000, "reason": "done" } })).await;
    over(&mut client, 4000).await;
    let goodbye = stage.goodbye(&client).await;
    assert_eq!((goodbye.code, &*goodbye.reason), (4000, "done"));
    stage.tell("den", "news", 9, 0).await;
}

pub(crate) async fn closed_by_the_gateway(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    client.say("kick", json!(3)).await;
    assert_eq!(client.hear_all("word", 3).await, [1, 2, 3]);
    client.until_over().await;
    let close = client.closed.clone().expect("the session is over");
    assert_eq!((&close["code"], &close["reason"]), (&json!(4100), &json!("shown the door")));
    assert_eq!((&close["last"], &close["received"]), (&json!(3), &json!(1)));
    assert_eq!(client.code, kind.ends_with(4100));
    assert_eq!(stage.goodbye(&client).await.code, 4100);
}

pub(crate) async fn tombstones_deliver_what_is_left(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    told(&stage, &mut client).await;
    client.cut();
    stage.peer(&client).close(4100, "while you were out");
    client.resume().await;
    over(&mut client, 4100).await;

    // Whatever asks again hears the same.
    client.closed = None;
    client.resume().await;
    client.until_over().await;
    assert_eq!(client.closed.as_ref().expect("a tombstone says its close")["code"], 4100);
    let late =
        once(stage.address, "POST", &client.place.path("/messages?seq=2"), "{\"event\":\"late\"}").await;
    assert_eq!((late.status, &late.json()["close"]["code"]), (410, &json!(4100)));
    assert_eq!(stage.goodbye(&client).await.code, 4100);
}

#[tokio::test]
async fn closed_by_a_request_of_its_own() {
    for (method, path, status) in [("DELETE", "", 204), ("POST", "/close", 200)] {
        let stage = Stage::new().await;
        let mut client = stage.client(LONG_POLL).await;
        told(&stage, &mut client).await;
        let answer = once(stage.address, method, &client.place.path(path), "").await;
        assert_eq!(answer.status, status);
        over(&mut client, 4000).await;
        assert_eq!(stage.goodbye(&client).await.code, 4000);
    }
}

/// Tells a member three things, unheard so far.
async fn told(stage: &Stage, client: &mut Client) {
    client.join("den").await;
    for number in 1..=3 {
        stage.tell("den", "news", number, 1).await;
    }
}

/// Hears them, and behind them the end.
async fn over(client: &mut Client, code: u16) {
    assert_eq!(client.hear_all("news", 3).await, [1, 2, 3]);
    client.until_over().await;
    assert_eq!(client.closed.as_ref().expect("the session is over")["code"], code);
    assert_eq!(client.code, client.kind.ends_with(code));
}

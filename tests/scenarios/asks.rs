//! Requests to a client, from a handler of its own: the reply goes past the events that wait behind the handler.

use std::time::Duration;

use everwire::{Error, Options};
use serde_json::{Value, json};

use crate::{
    client::{Client, Kind, Packet, within},
    stage::Stage,
};

/// A request that is not to time out while the test runs.
const LONG: u64 = 60_000;

pub(crate) async fn handlers_ask_their_own_client(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    for round in 1..=3 {
        client.queue(ask(round, LONG));
        // These wait behind the handler that waits for the reply; were the reply one of them, nothing would move any more.
        client.queue(Packet::event("note", json!(round)));
        client.flush().await;
        let id = question(&mut client).await;
        let noted = stage.log.seen().notes.get(&client.peer()).map_or(0, Vec::len);
        assert_eq!(noted as u64, round - 1, "one handler at a time");
        client.push(reply(id, json!({ "data": [round, "sure"] }))).await;
        assert_eq!(stage.outcome(&client).await, Ok(json!([round, "sure"])));
        assert_eq!(client.hear("noted").await, round);
    }
}

pub(crate) async fn a_client_that_asks_is_asked_first(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    let mut asking = ask(1, LONG);
    asking.json["id"] = 7.into();
    client.push(asking).await;
    let id = question(&mut client).await;
    client.push(reply(id, json!({ "data": null }))).await;
    assert_eq!(client.next().await.json, json!({ "reply": 7 }), "no data is `null`, and the other way round");
}

pub(crate) async fn a_client_may_answer_with_an_error(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    client.push(ask(1, LONG)).await;
    let id = question(&mut client).await;
    client.push(reply(id, json!({ "error": { "code": "shy", "message": "I won't say." } }))).await;
    let Err(Error::Answered(failure)) = stage.outcome(&client).await else { panic!("an error is no answer") };
    assert_eq!((&*failure.code, &*failure.message), ("shy", "I won't say."));
    // Handed on by the handler, the client hears it again.
    let error = client.next().await;
    assert_eq!(error.json["error"], json!({ "code": "shy", "message": "I won't say." }));
    goes_on(&mut client).await;
}

pub(crate) async fn a_reply_may_come_too_late_or_to_nothing(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    client.push(ask(1, 20)).await;
    assert_eq!(stage.outcome(&client).await, Err(Error::TimedOut(Duration::from_millis(20))));
    let id = question(&mut client).await;
    assert_eq!(client.next().await.json["error"]["code"], "timeout", "the handler handed it on");
    for id in [id, id, id + 1, 1_000_000] {
        client.push(reply(id, json!({ "data": "late" }))).await;
    }
    goes_on(&mut client).await;
    client.push(ask(2, LONG)).await;
    let next = question(&mut client).await;
    assert!(next > id, "a late reply never answers another request");
    client.push(reply(next, json!({ "data": 2 }))).await;
    assert_eq!(stage.outcome(&client).await, Ok(json!(2)));
}

pub(crate) async fn an_answer_of_another_type_is_told_apart(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    let peer = stage.peer(&client);
    let asked = tokio::spawn(async move { peer.request::<u8>("question", &0).await });
    let id = question(&mut client).await;
    client.push(reply(id, json!({ "data": "eight" }))).await;
    let error = within("the outcome", asked).await.expect("no panic").expect_err("no answer");
    assert!(matches!(&error, Error::Data(failure) if failure.message.contains("`question`")), "{error}");
}

pub(crate) async fn the_end_of_the_session_ends_the_wait(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    client.push(ask(1, LONG)).await;
    question(&mut client).await;
    client.control(json!({ "close": { "code": 4000, "reason": "done" } })).await;
    let outcome = stage.outcome(&client).await;
    assert!(
        matches!(&outcome, Err(Error::Ended(ended)) if ended.code == 4000 && ended.reason == "done"),
        "{outcome:?}"
    );
    assert_eq!(stage.goodbye(&client).await.code, 4000, "the end is told behind the handler that waited");
    let peer = stage.peer(&client);
    let late = within("an answer at once", async { peer.request::<Value>("question", &0).await }).await;
    assert!(matches!(late, Err(Error::Ended(_))), "{late:?}");
}

pub(crate) async fn a_question_and_its_reply_survive_cuts(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    client.push(ask(1, LONG)).await;
    client.cut();
    client.resume().await;
    let id = question(&mut client).await;
    client.cut();
    // Said without a carrier, so that the next one brings it.
    client.push(reply(id, json!({ "data": "back" }))).await;
    client.resume().await;
    assert_eq!(stage.outcome(&client).await, Ok(json!("back")));
    goes_on(&mut client).await;
}

pub(crate) async fn no_more_is_asked_than_may_wait(kind: Kind) {
    let stage = Stage::with(Options { pending_requests: 2, ..Options::default() }).await;
    let mut client = stage.client(kind).await;
    let peer = stage.peer(&client);
    let request = |peer: &everwire::Peer| {
        let peer = peer.clone();
        tokio::spawn(async move { peer.request::<Value>("question", &0).await })
    };
    // One after the other, so that it is known which question is whose.
    let given_up = request(&peer);
    question(&mut client).await;
    let answered = request(&peer);
    let id = question(&mut client).await;
    let error = within("a refusal", request(&peer)).await.expect("no panic").expect_err("no answer");
    assert!(matches!(&error, Error::Refused(failure) if failure.code == "pending"), "{error}");

    // What is given up makes room, and what is answered too.
    given_up.abort();
    assert!(given_up.await.expect_err("it is given up").is_cancelled());
    client.push(reply(id, json!({ "data": 1 }))).await;
    assert!(within("the outcome", answered).await.expect("no panic").is_ok());
    let held = request(&peer);
    question(&mut client).await;
    let asked = request(&peer);
    let id = question(&mut client).await;
    client.push(reply(id, json!({ "data": 2 }))).await;
    assert_eq!(within("the outcome", asked).await.expect("no panic"), Ok(json!(2)));
    held.abort();
}

/// A reply stands in the order of what its client says. So one behind more than the gateway takes has to wait, the request for
/// no longer than its timeout, and then everything goes on.
pub(crate) async fn a_reply_behind_too_much_comes_too_late_and_nothing_is_lost(kind: Kind) {
    let stage = Stage::with(Options { backlog_messages: 2, ..Options::default() }).await;
    let mut client = stage.client(kind).await;
    client.push(ask(1, 300)).await;
    let id = question(&mut client).await;
    for number in 1..=6 {
        client.queue(Packet::event("note", json!(number)));
    }
    client.queue(reply(id, json!({ "data": "behind" })));
    client.flush().await;
    client.until("`busy`, or 429", |client| client.busy > 0).await;
    assert_eq!(stage.outcome(&client).await, Err(Error::TimedOut(Duration::from_millis(300))));
    assert_eq!(client.ask("echo", json!("behind them")).await, "behind them");
    assert_eq!(stage.notes(&client, 6).await, [1, 2, 3, 4, 5, 6]);
    assert_eq!(client.said(), 9);
}

fn ask(number: u64, timeout: u64) -> Packet {
    Packet::event("ask", json!([number, timeout]))
}

/// The `id` of the next message, which must be the handler's question.
async fn question(client: &mut Client) -> u64 {
    let packet = client.next().await;
    assert!(packet.is("question"), "{packet:?}");
    packet.json["id"].as_u64().expect("a request has an `id`")
}

fn reply(id: u64, with: Value) -> Packet {
    let mut json = with;
    json["reply"] = id.into();
    Packet { json, bytes: None }
}

async fn goes_on(client: &mut Client) {
    assert_eq!(client.ask("echo", json!(1)).await, 1);
    assert_eq!(client.hear("echo").await, 1);
}

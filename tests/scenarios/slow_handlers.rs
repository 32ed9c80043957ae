//! Handlers that take their time: the client is told to wait, and nothing is lost.

use everwire::Options;
use serde_json::json;

use crate::{
    client::{Kind, Packet},
    stage::Stage,
};

const BACKLOG: usize = 4;
const SAID: u64 = 8;

pub(crate) async fn busy_handlers_lose_nothing(kind: Kind) {
    let stage = Stage::with(Options { backlog_messages: BACKLOG, ..Options::default() }).await;
    let mut client = stage.client(kind).await;
    for number in 1..=SAID {
        client.queue(Packet::event("slow", json!(number)));
    }
    client.flush().await;
    client.until("`busy`, or 429", |client| client.busy > 0).await;
    assert!(stage.log.seen().notes.is_empty(), "the first handler is still at it");

    stage.gate.add_permits(SAID as usize);
    assert_eq!(client.ask("echo", json!("behind them")).await, "behind them");
    assert_eq!(stage.notes(&client, SAID as usize).await, (1..=SAID).collect::<Vec<_>>());
    assert_eq!(client.said(), SAID + 1);
}

//! Messages that are worth nothing later.

use std::time::Duration;

use everwire::Peer;
use serde_json::json;

use crate::{
    client::{Client, Kind, within},
    stage::Stage,
};

pub(crate) async fn volatile_messages_are_delivered_now_or_dropped(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    client.join("den").await;
    let peer = stage.peer(&client);
    let mut next = 1;
    let taken = emit_until(&peer, &mut next, true).await;
    assert_eq!(client.hear_all("hint", 1).await, taken, "one that was taken arrives");

    client.cut();
    // Of a poll's session the newest is kept for the poll to come; a WebSocket's takes none once the cut is noticed.
    let taken = emit_until(&peer, &mut next, !kind.kept).await;
    let newest =
        if kind.kept { taken.last().copied() } else { emit_until(&peer, &mut next, true).await.pop() };
    client.resume().await;
    let heard = hints(&stage, &mut client, newest).await;
    if kind.kept {
        assert_eq!(heard, taken, "what was taken arrives, and nothing else");
    } else {
        assert!(
            heard.is_sorted() && heard.last() == newest.as_ref(),
            "{heard:?}, and {newest:?} is the newest"
        );
    }
    if !kind.kept && !kind.held {
        assert_eq!(heard.len(), 1, "only the newest is kept: {heard:?}");
    }
    assert_eq!(client.ask("echo", json!(1)).await, 1);
}

/// Emits until one is taken, or dropped; tells which were taken.
async fn emit_until(peer: &Peer, next: &mut u64, taken: bool) -> Vec<u64> {
    let mut accepted = Vec::new();
    within("a volatile message's fate", async {
        loop {
            let was_taken = peer.emit_volatile("hint", next).expect("a number is JSON");
            *next += 1;
            if was_taken {
                accepted.push(*next - 1);
            }
            if was_taken == taken {
                return;
            }
            // Not faster, or what is taken before a cut is noticed fills the queue.
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    accepted
}

/// The hints that come, up to the newest and an ordinary message that is emitted behind them.
async fn hints(stage: &Stage, client: &mut Client, newest: Option<u64>) -> Vec<u64> {
    let (mut heard, mut marked) = (Vec::new(), false);
    stage.tell("den", "mark", 0, 1).await;
    while !marked || (newest.is_some() && heard.last() != newest.as_ref()) {
        let packet = client.next().await;
        marked |= packet.is("mark");
        heard.extend(packet.is("hint").then(|| packet.data().as_u64().expect("a number")));
    }
    heard
}

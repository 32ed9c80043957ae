//! What the gateway says in numbers is what happened.

use everwire::stats::{Carrier, Stats};
use serde_json::json;

use crate::{
    client::{KINDS, Kind, within},
    stage::Stage,
};

fn carrier(kind: Kind) -> Carrier {
    Carrier::ALL
        .into_iter()
        .find(|carrier| carrier.name() == kind.name.replace('_', "-"))
        .expect("carriers have one name")
}

/// What brings the messages of a client that is carried so.
fn uplink(kind: Kind) -> Carrier {
    if kind.both_ways { Carrier::Ws } else { Carrier::Post }
}

/// The numbers, once they are so: what a client has seen may be counted a moment later.
async fn stats(stage: &Stage, what: &str, so: impl Fn(&Stats) -> bool) -> Stats {
    within(what, async {
        loop {
            let stats = stage.gateway.stats();
            if so(&stats) {
                return stats;
            }
            tokio::task::yield_now().await;
        }
    })
    .await
}

pub(crate) async fn messages_are_counted_by_what_carries_them(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    for number in 0..3 {
        assert_eq!(client.ask("echo", json!(number)).await, json!(number));
    }
    // Each request has an event and a reply for an answer.
    let stats = stats(&stage, "six messages", |stats| stats.sent[carrier(kind)] == 6).await;
    assert_eq!((stats.sent.total(), stats.sent_again.total()), (6, 0));
    assert_eq!((stats.received[uplink(kind)], stats.received.total()), (3, 3));
    assert_eq!((stats.open, stats.parted, stats.tombstones), (1, 0, 0));
    assert_eq!((stats.carried[carrier(kind)], stats.carried.total()), (1, 1));
    assert_eq!(stats.openings.get("accepted"), Some(&1));
    assert_eq!(stats.attaches.total(), stats.attaches[carrier(kind)]);
    assert!(stats.bytes_in[uplink(kind)] > 0 && stats.bytes_out[carrier(kind)] > 0, "{stats:?}");
}

pub(crate) async fn moves_are_counted_and_repeats_beside_messages(kind: Kind) {
    for to in KINDS.into_iter().filter(|to| to.name != kind.name) {
        let stage = Stage::new().await;
        let mut client = stage.client(kind).await;
        client.ask("echo", json!(0)).await;
        client.listen().await;
        stage.peer(&client).emit("news", &0).expect("a number is JSON");
        if kind.kept {
            stats(&stage, "a message that is not read yet", |stats| stats.sent.total() == 3).await;
        }
        client.switch(to).await;
        // Once the one before knows that it was left, nothing goes out on it any more.
        client.hear_farewells().await;
        client.ask("echo", json!(1)).await;
        let stats = stats(&stage, "five messages", |stats| stats.sent.total() == 5).await;
        let moved = |moved: &&everwire::stats::Move| (moved.from, moved.to) == (carrier(kind), carrier(to));
        assert_eq!(stats.moves.iter().find(moved).expect("it moved").count, 1, "{:?}", stats.moves);
        assert_eq!((stats.carried[carrier(to)], stats.carried.total()), (1, 1));
        assert_eq!(stats.sent_again.total(), u64::from(client.repeats));
        assert!(client.repeats == 1 || !kind.kept, "{} repeats", client.repeats);
    }
}

pub(crate) async fn what_was_never_acknowledged_is_counted_by_the_code(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    client.join("den").await;
    let before = stats(&stage, "the room", |stats| stats.rooms == 1).await;
    client.cut();
    for number in 0..5 {
        stage.tell("den", "news", number, 1).await;
    }
    let queued = stage.gateway.stats().queued_messages;
    // The reply to `join` may be acknowledged or not, by how far the cut one came.
    assert!((5..=6).contains(&queued), "{queued}");
    stage.peer(&client).close(4100, "enough");
    let goodbye = stage.goodbye(&client).await;
    let stats = stats(&stage, "the end", |stats| stats.ends.contains_key(&4100)).await;
    let ends = stats.ends[&4100];
    assert_eq!((ends.sessions, ends.undelivered), (1, goodbye.undelivered as u64));
    assert_eq!(ends.undelivered, queued);
    assert_eq!((before.ends.len(), stats.open, stats.tombstones, stats.rooms), (0, 0, 1, 0));
}

//! A client that does not read: it is closed at its bound, and nobody else notices.

use std::time::Duration;

use everwire::{Error, Options};
use serde_json::json;

use crate::{
    client::{KINDS, Kind},
    stage::Stage,
};

fn narrow() -> Options {
    // The patience with acknowledgements is longer than the tests', so that a wait is told as what it was for.
    let grace = Duration::from_secs(60);
    Options { queue_bytes: 64 << 10, max_message: 16 << 10, grace, ..Options::default() }
}

pub(crate) async fn slow_reader_is_closed(kind: Kind) {
    let stage = Stage::with(narrow()).await;
    let mut client = stage.client(kind).await;
    client.ask("echo", json!(0)).await;
    client.hear("echo").await;
    let (peer, pad) = (stage.peer(&client), "x".repeat(1024));
    let mut queued = 0;
    let ended = loop {
        match peer.emit("news", &json!({ "number": queued + 1, "pad": pad })) {
            Ok(()) => queued += 1,
            Err(error) => break error,
        }
        assert!(queued < 1000, "the bound is 64 KiB");
    };
    assert!(matches!(&ended, Error::Ended(ended) if ended.code == 4008), "{ended}");
    assert!(queued > 50, "64 KiB hold more than {queued} KiB");
    let goodbye = stage.goodbye(&client).await;
    assert_eq!(goodbye.code, 4008);
    assert!(goodbye.undelivered >= queued, "{} of {queued}: nothing was acknowledged", goodbye.undelivered);

    client.until_over().await;
    assert_eq!(client.closed.as_ref().expect("the session is over")["code"], 4008);
    assert_eq!(client.code, kind.ends_with(4008));
    for number in 1..=client.waiting() {
        assert_eq!(client.hear("news").await["number"], number, "what was on its way came in order");
    }
}

pub(crate) async fn neighbours_are_not_held_up(kind: Kind) {
    let stage = Stage::with(narrow()).await;
    let mut slow = stage.client(kind).await;
    slow.join("den").await;
    let mut neighbours = Vec::new();
    for kind in KINDS {
        let mut client = stage.client(kind).await;
        client.join("den").await;
        neighbours.push(client);
    }
    let pad = "x".repeat(1024);
    for number in 1..=150 {
        stage
            .gateway
            .to("den")
            .emit("news", &json!({ "number": number, "pad": pad }))
            .await
            .expect("it is JSON");
        for client in &mut neighbours {
            assert_eq!(client.hear("news").await["number"], number, "{}", client.kind.name);
        }
    }
    assert_eq!(stage.goodbye(&slow).await.code, 4008);
    stage.tell("den", "end", 0, KINDS.len()).await;
    for client in &mut neighbours {
        assert_eq!(client.hear("end").await, 0);
    }
    slow.until_over().await;
    assert_eq!(slow.closed.expect("the session is over")["code"], 4008);
}

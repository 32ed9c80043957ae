//! How long a session lives that nobody carries.

use std::time::Duration;

use everwire::Options;
use serde_json::json;

use crate::{
    client::{Kind, once},
    stage::Stage,
};

const SECOND: Duration = Duration::from_secs(1);

fn brief() -> Options {
    Options { resume: SECOND, parting: SECOND, ping: SECOND, wait: SECOND, ..Options::default() }
}

pub(crate) async fn expires_once_parted(kind: Kind) {
    let stage = Stage::with(brief()).await;
    let mut client = stage.client(kind).await;
    client.join("den").await;
    for number in 1..=3 {
        stage.tell("den", "news", number, 1).await;
    }
    client.cut();
    let goodbye = stage.goodbye(&client).await;
    // The reply to `join` was read, and not acknowledged before the cut: the gateway can't know better.
    assert_eq!((goodbye.code, goodbye.undelivered), (4004, 4), "{}", goodbye.reason);
    let packets: Vec<&str> = goodbye.undelivered_packets().collect();
    assert!(packets[0].starts_with("{\"reply\":") && packets[3].contains("\"data\":3"), "{packets:?}");
    stage.tell("den", "news", 4, 0).await;

    client.resume().await;
    client.until_over().await;
    assert_eq!(client.closed.as_ref().expect("the session is over")["code"], 4004);
    assert_eq!(client.code, kind.ends_with(4004));
    let late = once(stage.address, "POST", &client.place.path("/messages?seq=9"), "[]").await;
    assert_eq!((late.status, &late.json()["close"]["code"]), (404, &json!(4004)));
    assert_eq!(stage.gateway.sessions(), 0);
}

/// Past every one of its periods, a session that is carried goes on; so does one that is resumed in time.
pub(crate) async fn lives_as_long_as_it_is_carried(kind: Kind) {
    let stage = Stage::with(brief()).await;
    let mut client = stage.client(kind).await;
    client.listen_for(SECOND * 5 / 2).await;
    assert_eq!(client.ask("echo", json!(1)).await, 1);
    client.resume().await;
    client.listen_for(SECOND * 3 / 2).await;
    assert_eq!(client.ask("echo", json!(2)).await, 2);
    assert!(stage.log.seen().goodbyes.is_empty());
}

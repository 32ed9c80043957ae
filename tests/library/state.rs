//! What an application keeps with a peer, and for how long.

use std::{sync::Arc, time::Duration};

use everwire::{Error, Gateway, Goodbye, Hello, Peer, testing::TestClient};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Longer than a session takes to expire, under paused time; otherwise no run that passes waits.
const PATIENCE: Duration = Duration::from_secs(200);

/// Says so when it is dropped, and looks at its peer meanwhile.
struct Kept {
    says: UnboundedSender<&'static str>,
    peer: Peer,
}

impl Drop for Kept {
    fn drop(&mut self) {
        // A value may look at the session that it was kept with: no lock is held.
        let word = if self.peer.is_closed() { "dropped" } else { "dropped, and the session goes on" };
        let _ = self.says.send(word);
    }
}

struct Stage {
    says: UnboundedSender<&'static str>,
    heard: UnboundedReceiver<&'static str>,
}

impl Stage {
    fn new() -> Self {
        let (says, heard) = unbounded_channel();
        Stage { says, heard }
    }

    /// What is said by the time that so many things were.
    async fn heard(mut self, count: usize) -> Vec<&'static str> {
        let mut words = Vec::new();
        while words.len() < count {
            let word = tokio::time::timeout(PATIENCE, self.heard.recv()).await;
            let word = word.unwrap_or_else(|_| panic!("only {words:?} in {PATIENCE:?}"));
            words.push(word.expect("the gateway is there"));
        }
        words
    }
}

fn keeping(says: UnboundedSender<&'static str>, ends: fn(&Hello) -> Result<(), Error>) -> everwire::Builder {
    Gateway::builder().on_connect(move |peer: Peer, hello: Hello| {
        let says = says.clone();
        async move {
            // It holds its peer, and the peer it: nobody but the end of the session undoes that.
            peer.insert(Kept { says, peer: peer.clone() });
            ends(&hello)
        }
    })
}

#[tokio::test]
async fn values_go_behind_on_disconnect() {
    let stage = Stage::new();
    let says = stage.says.clone();
    let gateway = keeping(stage.says.clone(), |_| Ok(()))
        .on_disconnect(move |peer: Peer, _: Goodbye| {
            let says = says.clone();
            async move {
                assert!(peer.get::<Kept>().is_some(), "it is still there");
                says.send("on_disconnect").expect("the test hears it");
            }
        })
        .build();
    TestClient::connect(&gateway).await.close().await;
    assert_eq!(stage.heard(2).await, ["on_disconnect", "dropped"]);
}

#[tokio::test]
async fn values_go_without_an_on_disconnect_and_behind_one_that_panics() {
    let (quiet, panics) = (Stage::new(), Stage::new());
    let gateway = keeping(quiet.says.clone(), |_| Ok(())).build();
    TestClient::connect(&gateway).await.close().await;
    assert_eq!(quiet.heard(1).await, ["dropped"]);
    let gateway = keeping(panics.says.clone(), |_| Ok(()))
        .on_disconnect(|_: Peer, goodbye: Goodbye| async move { assert_eq!(goodbye.code, 0, "planted") })
        .build();
    TestClient::connect(&gateway).await.close().await;
    assert_eq!(panics.heard(1).await, ["dropped"]);
}

#[tokio::test]
async fn values_of_a_session_that_was_not_let_in_go_at_once() {
    let (refused, panics) = (Stage::new(), Stage::new());
    let gateway = keeping(refused.says.clone(), |_| Err(Error::unauthenticated("no"))).build();
    assert_eq!(TestClient::builder(&gateway).connect().await.expect_err("it is refused").status, 401);
    assert_eq!(refused.heard(1).await, ["dropped, and the session goes on"]);
    let gateway = keeping(panics.says.clone(), |hello| {
        assert!(hello.auth::<()>().is_some(), "planted");
        Ok(())
    });
    assert_eq!(TestClient::builder(&gateway.build()).connect().await.expect_err("it fails").status, 500);
    assert_eq!(panics.heard(1).await, ["dropped, and the session goes on"]);
}

#[tokio::test(start_paused = true)]
async fn values_of_a_session_that_expires_go_too() {
    let stage = Stage::new();
    let gateway = keeping(stage.says.clone(), |_| Ok(())).build();
    let mut client = TestClient::connect(&gateway).await;
    client.cut();
    assert_eq!(stage.heard(1).await, ["dropped"]);
}

#[tokio::test]
async fn values_are_told_apart_by_type_and_replaced() {
    let (sender, mut peers) = unbounded_channel();
    let gateway = Gateway::builder()
        .on_connect(move |peer: Peer, _: Hello| {
            let sent = sender.send(peer).map_err(|_| Error::refused("gone", "The test is over."));
            async move { sent }
        })
        .build();
    let mut client = TestClient::connect(&gateway).await;
    let peer = peers.recv().await.expect("on_connect ran");
    assert_eq!(peer.get::<u32>(), None);
    assert_eq!((peer.insert(1_u32), peer.insert("one"), peer.insert(2_u32)), (None, None, Some(Arc::new(1))));
    assert_eq!((peer.get::<u32>(), peer.get::<&str>()), (Some(Arc::new(2)), Some(Arc::new("one"))));
    assert_eq!((peer.remove::<u32>(), peer.remove::<u32>()), (Some(Arc::new(2)), None));
    let other = TestClient::connect(&gateway).await;
    assert_eq!(
        peers.recv().await.expect("on_connect ran").get::<&str>(),
        None,
        "another session, other values"
    );
    drop(other);

    client.close().await;
    client.expect_close().await;
    // The end is told by a task of its own.
    let gone = async {
        while peer.get::<&str>().is_some() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("values go with the session");
    assert_eq!((peer.insert(3_u32), peer.get::<u32>()), (None, None), "behind the end nothing is kept");
}

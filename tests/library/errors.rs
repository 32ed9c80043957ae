//! What goes wrong inside the application is logged, and no client's business.

use std::io;

use everwire::{Error, Gateway, HandlerResult, Hello, Message, Peer, testing::TestClient};

use crate::log::Log;

/// What must be in the log, and nowhere else.
const SECRET: &str = "postgres://admin:1234@db";

fn fails() -> io::Result<()> {
    Err(io::Error::other(SECRET))
}

async fn by_question_mark(_: Peer) -> HandlerResult {
    fails()?;
    Ok(())
}

async fn by_name(_: Peer) -> Result<u8, Error> {
    fails().map_err(Error::internal)?;
    Ok(1)
}

#[tokio::test]
async fn an_error_from_elsewhere_is_logged_and_the_client_learns_nothing() {
    let (log, _guard) = Log::keep();
    let gateway = Gateway::builder()
        .on("by_question_mark", by_question_mark)
        .on("by_name", by_name)
        .on_any(|_: Peer, _: Message| async { by_question_mark_again() })
        .build();
    let mut client = TestClient::connect(&gateway).await;
    for (event, handler) in
        [("by_question_mark", "by_question_mark"), ("by_name", "by_name"), ("another", "on_any")]
    {
        let failure = client.request::<()>(event, &()).await.expect_err("it fails");
        assert_eq!(failure.code, "internal");
        assert!(!failure.message.contains("1234"), "{failure:?}");
        let lines = log.lines();
        let line = lines.last().expect("it is logged");
        assert!(line.contains(SECRET) && line.contains(&format!("handler=\"{handler}\"")), "{line}");
        let sid =
            line.split("sid=").nth(1).and_then(|rest| rest.split(' ').next()).expect("the sid is there");
        assert!(sid.len() <= 10, "8 characters of the secret sid: {line}");
    }
    // Told without a request, too, and the session goes on.
    client.emit("by_name", &()).await;
    assert_eq!(client.next_error().await.code, "internal");
    assert_eq!(log.lines().len(), 4, "{:?}", log.lines());
}

fn by_question_mark_again() -> HandlerResult {
    Ok(fails()?)
}

#[tokio::test]
async fn what_a_handler_refuses_is_told_as_it_is_and_not_logged() {
    async fn refuses(_: Peer) -> HandlerResult {
        Err(Error::refused("closed", "Come back tomorrow."))?
    }
    let (log, _guard) = Log::keep();
    let gateway = Gateway::builder().on("refuses", refuses).build();
    let mut client = TestClient::connect(&gateway).await;
    let failure = client.request::<()>("refuses", &()).await.expect_err("it is refused");
    assert_eq!((&*failure.code, &*failure.message), ("closed", "Come back tomorrow."));
    assert_eq!(log.lines(), [""; 0]);
}

#[tokio::test]
async fn rules_that_fail_refuse_and_tell_nothing() {
    let (log, _guard) = Log::keep();
    let gateway = Gateway::builder()
        .on_join(|_: Peer, _: String| async { by_question_mark_again() })
        .on_publish(|_: Peer, _: Message| async { by_question_mark_again() })
        .build();
    let mut client = TestClient::connect(&gateway).await;
    let failures = [client.join("hall").await, client.publish("hall", "said", &"hi").await];
    for failure in failures.map(|outcome| outcome.expect_err("the rule failed")) {
        assert_eq!(failure.code, "internal");
        assert!(!failure.message.contains("1234"), "{failure:?}");
    }
    let lines = log.lines();
    assert!(lines.len() == 2 && lines.iter().all(|line| line.contains(SECRET)), "{lines:?}");
    assert!(lines[0].contains("on_join") && lines[1].contains("on_publish"), "{lines:?}");
    assert_eq!(gateway.to("hall").emit("said", &1).await, Ok(0), "nobody got in");
}

#[tokio::test]
async fn an_opening_that_fails_is_answered_by_500_and_no_word_of_why() {
    async fn check(_: Peer, _: Hello) -> HandlerResult {
        Ok(fails()?)
    }
    let (log, _guard) = Log::keep();
    let gateway = Gateway::builder().on_connect(check).build();
    let refusal = TestClient::builder(&gateway).connect().await.expect_err("it fails");
    assert_eq!((refusal.status, refusal.code), (500, 4011));
    assert!(!refusal.reason.contains("1234"), "{refusal:?}");
    let lines = log.lines();
    assert!(lines.len() == 1 && lines[0].contains(SECRET) && lines[0].contains("on_connect"), "{lines:?}");
    assert_eq!(gateway.sessions(), 0);
}

#[tokio::test]
async fn a_client_can_not_be_asked_before_it_is_let_in_nor_behind_its_end() {
    let (sender, mut outcomes) = tokio::sync::mpsc::unbounded_channel();
    let late = sender.clone();
    let gateway = Gateway::builder()
        .on_connect(move |peer: Peer, _: Hello| {
            let sender = sender.clone();
            async move {
                let early = peer.request::<()>("early?", &()).await;
                sender.send(early).map_err(|_| Error::refused("gone", "The test is over."))
            }
        })
        .on_disconnect(move |peer: Peer, _: everwire::Goodbye| {
            let sender = late.clone();
            async move { drop(sender.send(peer.request::<()>("late?", &()).await)) }
        })
        .build();
    let mut client = TestClient::connect(&gateway).await;
    let early = outcomes.recv().await.expect("on_connect ran");
    assert!(matches!(&early, Err(Error::Refused(failure)) if failure.code == "not_open"), "{early:?}");
    client.close().await;
    let late = outcomes.recv().await.expect("on_disconnect ran");
    assert!(matches!(&late, Err(Error::Ended(ended)) if ended.code == 4000), "{late:?}");
}

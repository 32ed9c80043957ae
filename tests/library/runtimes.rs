//! One gateway on several runtimes, one after the other: a `static` that many tests share.

use std::time::Duration;

use everwire::{Gateway, Goodbye, Options, Peer, testing::TestClient};
use tokio::{runtime, sync::mpsc};

#[test]
fn a_gateway_outlives_the_runtime_that_it_was_first_used_on() {
    let (sender, mut goodbyes) = mpsc::unbounded_channel();
    let gateway = Gateway::builder()
        .options(Options { parting: Duration::ZERO, resume: Duration::from_secs(1), ..Options::default() })
        .on("double", |_: Peer, number: u32| async move { number * 2 })
        .on_disconnect(move |_: Peer, goodbye: Goodbye| {
            let sender = sender.clone();
            async move { sender.send(goodbye.code).unwrap_or_default() }
        })
        .build();
    for number in 1..=3 {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let mut client = TestClient::connect(&gateway).await;
            assert_eq!(client.request::<u32>("double", &number).await, Ok(number * 2));
            // Somebody looks after the deadlines here, too.
            client.cut();
            let code = tokio::time::timeout(Duration::from_secs(10), goodbyes.recv()).await;
            assert_eq!(code.expect("the session expires"), Some(4004));
        });
    }
}

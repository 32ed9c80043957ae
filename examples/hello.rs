//! A chat server, whole: `cargo run --example hello`, or with another address behind it.

use everwire::{Gateway, Goodbye, Hello, Peer};

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let gateway = Gateway::builder()
        .on_connect(|peer: Peer, hello: Hello| async move {
            let name: String = hello.auth().unwrap_or("somebody".into());
            peer.to("lobby").emit("came", &name).await?;
            peer.insert(name);
            peer.join("lobby").await
        })
        .on("say", |peer: Peer, line: String| async move {
            let name = peer.get::<String>().unwrap_or_default();
            peer.everyone_in("lobby").emit("said", &[&*name, &line]).await
        })
        .on_disconnect(|peer: Peer, goodbye: Goodbye| async move {
            let name = peer.get::<String>().unwrap_or_default();
            println!("{name} left: {}; {} messages are uncertain", goodbye.reason, goodbye.undelivered);
        })
        .build();
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:8080".into());
    println!("listening on http://{address}");
    everwire::serve(address, gateway).await
}

//! The examples as they are built and run, each talked to as its text says.

#![cfg(feature = "server")]

#[path = "support/client/mod.rs"]
mod client;
#[path = "support/server.rs"]
mod server;
#[path = "support/shell.rs"]
mod shell;

use std::{net::SocketAddr, path::Path};

use serde_json::json;

use client::{Client, LONG_POLL, WS, once};
use server::Server;

/// An example that runs, as long as the server is kept, and where it listens.
fn start(name: &str) -> (Server, SocketAddr) {
    let log =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("example-{name}-{}.log", std::process::id()));
    let server = Server::example(name, &log).unwrap_or_else(|problem| panic!("{name}: {problem}"));
    let address = server.address().parse().expect("it says an address");
    (server, address)
}

#[tokio::test]
async fn hello_is_a_chat() {
    let (_server, address) = start("hello");
    let mut ada = Client::open_with(address, WS, json!({ "auth": "Ada" })).await;
    let mut bob = Client::open_with(address, LONG_POLL, json!({ "auth": "Bob" })).await;
    assert_eq!(ada.hear("came").await, "Bob");
    ada.say("say", json!("hi")).await;
    assert_eq!(bob.hear("said").await, json!(["Ada", "hi"]));
    let mut nobody = Client::open(address, LONG_POLL).await;
    assert_eq!(nobody.ask("say", json!("psst")).await, 3, "so many hear it");
    assert_eq!(ada.hear("said").await, json!(["Ada", "hi"]));
    assert_eq!(ada.hear("came").await, "somebody");
    assert_eq!(ada.hear("said").await, json!(["somebody", "psst"]));
}

#[tokio::test]
async fn axum_has_the_gateway_beside_its_routes() {
    let (_server, address) = start("axum");
    let home = once(address, "GET", "/", "").await;
    assert_eq!(home.text(), "visit 1; 0 on the wire\n");
    let mut client = Client::open(address, WS).await;
    assert_eq!(once(address, "GET", "/", "").await.text(), "visit 2; 1 on the wire\n");
    let told = once(address, "POST", "/announce", "the bar is open").await;
    assert_eq!(told.text(), "1 will hear it\n");
    assert_eq!(client.hear("news").await, "the bar is open");
}

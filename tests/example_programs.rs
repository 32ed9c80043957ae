//! The examples as they are built and run, each talked to as its text says.

#[path = "support/client/mod.rs"]
mod client;

use std::{
    env,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::json;

use client::{Client, LONG_POLL, WS, once};

/// An example that runs; dropping it ends it.
struct Example {
    process: Child,
    address: SocketAddr,
}

impl Example {
    /// Builds it if need be, starts it at a free port, and waits until it listens.
    fn start(name: &str) -> Self {
        let profile = if cfg!(debug_assertions) { "dev" } else { "release" };
        let built = Command::new(env!("CARGO"))
            .args(["build", "--locked", "--profile", profile, "--example", name])
            .status();
        assert!(built.expect("cargo runs").success(), "{name} is not built");
        let address =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port");
        let mut process = Command::new(program(name))
            .arg(address.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the example starts");
        let mut line = String::new();
        let out = process.stdout.take().expect("standard output was asked to be a pipe");
        BufReader::new(out).read_line(&mut line).expect("it says something");
        let example = Example { process, address };
        assert_eq!(line.trim_end(), format!("listening on http://{address}"));
        // Said before it is so, where the library listens; a connection waits for it.
        while std::net::TcpStream::connect(address).is_err() {
            std::thread::sleep(Duration::from_millis(5));
        }
        example
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where cargo puts an example: beside the folder of the tests' own programs.
fn program(name: &str) -> PathBuf {
    let test = env::current_exe().expect("a test knows its own program");
    let profile =
        test.parent().and_then(|deps| deps.parent()).expect("it lies in deps of the profile's folder");
    profile.join("examples").join(name).with_extension(env::consts::EXE_EXTENSION)
}

#[tokio::test]
async fn hello_is_a_chat() {
    let example = Example::start("hello");
    let mut ada = Client::open_with(example.address, WS, json!({ "auth": "Ada" })).await;
    let mut bob = Client::open_with(example.address, LONG_POLL, json!({ "auth": "Bob" })).await;
    assert_eq!(ada.hear("came").await, "Bob");
    ada.say("say", json!("hi")).await;
    assert_eq!(bob.hear("said").await, json!(["Ada", "hi"]));
    let mut nobody = Client::open(example.address, LONG_POLL).await;
    assert_eq!(nobody.ask("say", json!("psst")).await, 3, "so many hear it");
    assert_eq!(ada.hear("said").await, json!(["Ada", "hi"]));
    assert_eq!(ada.hear("came").await, "somebody");
    assert_eq!(ada.hear("said").await, json!(["somebody", "psst"]));
}

#[tokio::test]
async fn axum_has_the_gateway_beside_its_routes() {
    let example = Example::start("axum");
    let home = once(example.address, "GET", "/", "").await;
    assert_eq!(home.text(), "visit 1; 0 on the wire\n");
    let mut client = Client::open(example.address, WS).await;
    assert_eq!(once(example.address, "GET", "/", "").await.text(), "visit 2; 1 on the wire\n");
    let told = once(example.address, "POST", "/announce", "the bar is open").await;
    assert_eq!(told.text(), "1 will hear it\n");
    assert_eq!(client.hear("news").await, "the bar is open");
}

//! `everwire::serve`: a gateway with nothing around it, from listening to its end.

#[path = "support/client/mod.rs"]
mod client;

use std::{io, net::SocketAddr, time::Duration};

use everwire::{Error, Gateway, Goodbye, Hello, ListenOn, Options, Peer};
use serde_json::{Value, json};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use client::{Client, Http, KINDS, LONG_POLL, WS, once, within};

/// Longer than a test waits: who has to be patient fails it.
const PATIENCE: Duration = Duration::from_secs(60);

struct Served {
    address: SocketAddr,
    gateway: Gateway,
    stop: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
}

impl Served {
    async fn start(patience: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let (address, gateway) = (listener.local_addr().expect("it is bound"), gateway());
        let (stop, stopped) = oneshot::channel();
        let server = everwire::serve(listener, gateway.clone())
            .with_graceful_shutdown(async move { stopped.await.expect("the test stops it") })
            .drain(Duration::from_secs(3), patience);
        Served { address, gateway, stop, server: tokio::spawn(server.into_future()) }
    }
}

fn gateway() -> Gateway {
    Gateway::builder()
        .on_connect(|peer: Peer, hello: Hello| async move {
            assert!(hello.remote.is_some_and(|remote| remote.ip().is_loopback()), "{hello:?}");
            peer.join("hall").await
        })
        .on("echo", |_: Peer, data: Value| async move { Ok::<Value, Error>(data) })
        .build()
}

#[tokio::test]
async fn serves_by_every_carrier_until_it_is_told_to_stop() {
    let served = Served::start(PATIENCE).await;
    let mut clients = Vec::new();
    for kind in KINDS {
        let mut client = Client::open(served.address, kind).await;
        assert_eq!(client.ask("echo", json!(kind.name)).await, kind.name);
        client.listen().await;
        clients.push(client);
    }
    served.stop.send(()).expect("it listens to that");
    // Not in the order of their opening: as long as the WebSocket has not ended, the server waits, and answers polls.
    for client in clients.iter_mut().rev() {
        client.until_over().await;
        assert_eq!((client.drained, client.closed.as_ref()), (Some(3000), None), "{}", client.kind.name);
        client.cut();
    }
    within("the end", served.server).await.expect("no panic").expect("it ends well");
    let refused = TcpStream::connect(served.address).await.expect_err("nobody listens");
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
    assert_eq!(served.gateway.sessions(), KINDS.len(), "the sessions are the gateway's");
}

#[tokio::test]
async fn idle_connections_end_at_once() {
    let served = Served::start(PATIENCE).await;
    let mut idle = Http::connect(served.address).await;
    assert_eq!(client::ask(&mut idle, "GET", "/everwire/health", "").await.status, 200);
    served.stop.send(()).expect("it listens to that");
    within("the end", served.server).await.expect("no panic").expect("it ends well");
    assert!(idle.answer().await.is_err(), "the connection is over");
}

#[tokio::test]
async fn a_mute_connection_is_not_waited_for_forever() {
    let served = Served::start(Duration::from_millis(300)).await;
    let mut idle = Http::connect(served.address).await;
    assert_eq!(client::ask(&mut idle, "GET", "/everwire/health", "").await.status, 200);
    // Half of a request, the rest of which never comes.
    let mut mute = Http::connect(served.address).await;
    mute.write(b"POST /everwire/session HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n[")
        .await
        .expect("it is written");
    assert_eq!(client::ask(&mut idle, "GET", "/everwire/health", "").await.status, 200);
    served.stop.send(()).expect("it listens to that");
    within("the end", served.server).await.expect("no panic").expect("it ends well");
    assert!(idle.answer().await.is_err(), "the connection is over");
    assert!(mute.answer().await.is_err(), "and so is this one");
}

#[tokio::test]
async fn dropped_it_serves_no_more_and_the_sessions_go_on() {
    let served = Served::start(PATIENCE).await;
    let mut socket = Client::open(served.address, WS).await;
    let mut polled = Client::open(served.address, LONG_POLL).await;
    polled.listen().await;
    served.server.abort();
    assert!(served.server.await.expect_err("it was dropped").is_cancelled());
    assert!(TcpStream::connect(served.address).await.is_err());
    assert_eq!(socket.ask("echo", json!(1)).await, 1, "a WebSocket is the gateway's");

    // Another server takes the same gateway up.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(everwire::serve(listener, served.gateway).into_future());
    polled.place.address = address;
    polled.resume().await;
    assert_eq!(polled.ask("echo", json!(2)).await, 2);
}

#[tokio::test]
async fn it_listens_on_what_it_is_given() {
    let free =
        TcpListener::bind("127.0.0.1:0").await.expect("a free port").local_addr().expect("it is bound");
    for on in [
        ListenOn::from(free),
        free.to_string().into(),
        (free.ip(), free.port()).into(),
        (&*free.to_string()).into(),
    ] {
        let server = tokio::spawn(everwire::serve(on, gateway()).into_future());
        let answer = within("the server", async {
            while TcpStream::connect(free).await.is_err() {
                tokio::task::yield_now().await;
            }
            once(free, "GET", "/everwire/health", "").await
        });
        assert_eq!(answer.await.status, 200);
        server.abort();
        assert!(server.await.is_err());
    }
    let taken = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = taken.local_addr().expect("it is bound");
    for on in [ListenOn::from(address), address.to_string().into()] {
        let error = everwire::serve(on, gateway()).await.expect_err("the address is taken");
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        assert!(error.to_string().contains(&address.to_string()), "{error}");
    }
}

#[tokio::test]
async fn a_connection_without_a_request_ends_in_its_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let gateway = Gateway::builder().options(Options::default()).build();
    let server = everwire::serve(listener, gateway).header_timeout(Duration::from_millis(50));
    tokio::spawn(server.into_future());
    let mut http = Http::connect(address).await;
    assert!(within("the end of a mute connection", http.answer()).await.is_err());
}

/// A gateway that tells of each session's end: the code, and how many messages may not have arrived.
fn telling() -> (Gateway, mpsc::UnboundedReceiver<(u16, usize)>) {
    let (sender, goodbyes) = mpsc::unbounded_channel();
    let gateway = Gateway::builder()
        .on_connect(|peer: Peer, _: Hello| async move { peer.emit("welcome", &1) })
        .on("echo", |_: Peer, data: Value| async move { Ok::<Value, Error>(data) })
        .on_disconnect(move |_: Peer, goodbye: Goodbye| {
            let sender = sender.clone();
            // Not at once: whoever waits for this has to wait.
            async move {
                tokio::task::yield_now().await;
                let _ = sender.send((goodbye.code, goodbye.undelivered));
            }
        })
        .build();
    (gateway, goodbyes)
}

#[tokio::test]
async fn stopped_it_tells_the_application_of_every_session_before_it_returns() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let (address, (gateway, mut goodbyes)) = (listener.local_addr().expect("it is bound"), telling());
    let (stop, stopped) = oneshot::channel::<()>();
    let server =
        everwire::serve(listener, gateway.clone()).with_graceful_shutdown(async { drop(stopped.await) });
    let server = tokio::spawn(server.into_future());
    assert_eq!(once(address, "POST", "/everwire/session", "{}").await.status, 201);
    drop(stop);
    within("the end", server).await.expect("no panic").expect("it ends well");
    assert_eq!(goodbyes.try_recv(), Ok((4003, 1)), "its client never came for the welcome");
}

#[tokio::test]
async fn without_its_gateway_a_session_ends_and_takes_nothing_that_nobody_handles() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let (address, (gateway, mut goodbyes)) = (listener.local_addr().expect("it is bound"), telling());
    let server = tokio::spawn(everwire::serve(listener, gateway).into_future());
    let mut socket = Client::open(address, WS).await;
    assert_eq!(socket.ask("echo", json!(1)).await, 1);
    server.abort();
    assert!(server.await.expect_err("it was dropped").is_cancelled());
    socket.until_over().await;
    assert_eq!(socket.closed.as_ref().map(|close| &close["code"]), Some(&json!(4003)));
    assert_eq!(within("the goodbye", goodbyes.recv()).await.map(|(code, _)| code), Some(4003));
}

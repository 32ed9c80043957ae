//! A gateway in an axum application, served by axum on real sockets: beside other routes and their state, and nested below a
//! path of its own. It is as it would be alone: by WebSocket and by poll, with the clients' addresses, and with a Location
//! that can be followed.

#[path = "support/client/mod.rs"]
mod client;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Extension, Router,
    extract::{Path, State},
    routing::{get, post},
};
use everwire::{Error, Gateway, Hello, Options, Peer};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_tungstenite::tungstenite::Message;

use client::{Client, KINDS, Socket, dial, once, within};

/// Whom the application's own middleware takes the visitor for.
#[derive(Clone)]
struct User(&'static str);

/// An application that listens, as long as it is kept.
struct Served {
    address: SocketAddr,
    gateway: Gateway,
    _server: JoinSet<()>,
}

impl Served {
    async fn start(app: Router, gateway: Gateway) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Served { address, gateway, _server: server }
    }
}

fn gateway(prefix: &str) -> Gateway {
    Gateway::builder()
        .options(Options { prefix: prefix.into(), ..Options::default() })
        .on_connect(|peer: Peer, _: Hello| async move { peer.join("hall").await })
        .on("echo", |peer: Peer, data: Value| async move {
            peer.emit("echo", &data)?;
            Ok::<Value, Error>(data)
        })
        .build()
}

/// Routes with state of their own, some of which talk through the gateway, and the gateway for all else.
fn beside(gateway: &Gateway) -> Router {
    let visits = Arc::new(AtomicUsize::new(0));
    let (teller, count) = (gateway.clone(), Arc::clone(&visits));
    Router::new()
        .route(
            "/visits",
            get(|State(visits): State<Arc<AtomicUsize>>| async move {
                visits.fetch_add(1, Ordering::Relaxed).to_string()
            }),
        )
        .route(
            "/tell/{room}",
            post(|Path(room): Path<String>, news: String| async move {
                teller.to(room).emit("news", &news).await.expect("a text is JSON").to_string()
            }),
        )
        .with_state(count)
        .fallback_service(gateway.clone())
}

#[tokio::test]
async fn a_gateway_stands_beside_routes_and_their_state() {
    let gateway = gateway("/everwire");
    let served = Served::start(beside(&gateway), gateway).await;
    for visit in 0..2 {
        let answer = once(served.address, "GET", "/visits", "").await;
        assert_eq!((answer.status, &*answer.body), (200, visit.to_string().as_bytes()));
    }
    for kind in KINDS {
        let mut client = Client::open(served.address, kind).await;
        assert_eq!(client.ask("echo", json!([kind.name])).await, json!([kind.name]));
        assert_eq!(client.hear("echo").await, json!([kind.name]));
        let told = once(served.address, "POST", "/tell/hall", "fresh").await;
        assert_eq!((told.status, &*told.body), (200, &b"1"[..]));
        assert_eq!(client.hear("news").await, "fresh");

        client.cut();
        once(served.address, "POST", "/tell/hall", "while you were out").await;
        client.resume().await;
        assert_eq!(client.hear("news").await, "while you were out");
        client.control(json!({ "close": { "code": 4000 } })).await;
        client.until_over().await;
    }
    let nothing = once(served.address, "GET", "/nowhere", "").await;
    assert_eq!((nothing.status, &nothing.json()["error"]["code"]), (404, &json!("not_found")));
}

#[tokio::test]
async fn a_session_goes_from_carrier_to_carrier_below_axum() {
    let gateway = gateway("/everwire");
    let served = Served::start(beside(&gateway), gateway).await;
    let mut client = Client::open(served.address, KINDS[0]).await;
    for kind in KINDS.into_iter().cycle().take(7) {
        client.switch(kind).await;
        assert_eq!(client.ask("echo", json!(kind.name)).await, kind.name);
        assert_eq!(client.hear("echo").await, kind.name);
    }
    client.hear_farewells().await;
}

#[tokio::test]
async fn a_nested_gateway_is_found_by_the_path_that_its_clients_see() {
    let gateway = gateway("/realtime/everwire");
    let app = Router::new()
        .route("/", get(|| async { "home" }))
        .nest_service("/realtime", gateway.clone())
        .nest("/deep", Router::new().route("/down", get(|| async { "down" })));
    let served = Served::start(app, gateway).await;
    for (path, body) in [("/", "home"), ("/deep/down", "down")] {
        assert_eq!(once(served.address, "GET", path, "").await.body, body.as_bytes());
    }

    let opened = once(served.address, "POST", "/realtime/everwire/session", "").await;
    assert_eq!(opened.status, 201);
    let location = opened.header("location").expect("Location").to_owned();
    assert!(location.starts_with("/realtime/everwire/session/"), "{location}");
    let (messages, echo) = (format!("{location}/messages"), r#"{"event":"echo","data":1,"id":1}"#);
    assert_eq!(once(served.address, "POST", &messages, echo).await.json(), json!({ "ack": 1 }));
    let heard = once(served.address, "GET", &messages, "").await;
    assert_eq!(heard.json()["messages"], json!([{ "event": "echo", "data": 1 }, { "reply": 1, "data": 1 }]));

    let mut socket = dial(served.address, "/realtime/everwire/ws?open").await;
    let open = hear(&mut socket).await;
    assert_eq!(open["open"]["from"], 1, "a WebSocket through the nest is attached: {open}");
    say(&mut socket, &json!({ "event": "echo", "data": 2 })).await;
    assert_eq!(hear(&mut socket).await, json!({ "event": "echo", "data": 2 }));

    let lost = once(served.address, "GET", "/realtime/session", "").await;
    let message = lost.json()["error"]["message"].to_string();
    assert!(lost.status == 404 && message.contains("/realtime/everwire/session"), "{message}");
}

#[tokio::test]
async fn the_address_and_what_middleware_found_out_reach_the_application() {
    let options = Options { prefix: "/in/everwire".into(), ..Options::default() };
    let gateway = Gateway::builder()
        .options(options)
        .on_connect(|peer: Peer, hello: Hello| async move {
            let user = hello.extensions.get::<User>().ok_or(Error::unauthenticated("who are you?"))?;
            peer.emit(
                "seen",
                &(user.0, hello.remote.map(|remote| remote.ip()), hello.address, hello.uri.path()),
            )
        })
        .build();
    let app = Router::new().nest_service("/in", gateway.clone()).layer(Extension(User("ada")));
    let served = Served::start(app, gateway).await;
    let opened = once(served.address, "POST", "/in/everwire/session?wait=5", r#"[{"open":{}}]"#).await.json();
    let seen = json!(["ada", "127.0.0.1", "127.0.0.1", "/in/everwire/session"]);
    assert_eq!(opened["messages"], json!([{ "event": "seen", "data": seen }]), "{opened}");
    assert_eq!(served.gateway.sessions(), 1);
}

async fn say(socket: &mut Socket, packet: &Value) {
    socket.send(Message::text(packet.to_string())).await.expect("the WebSocket is open");
}

/// The next packet but acknowledgements.
async fn hear(socket: &mut Socket) -> Value {
    loop {
        let message =
            within("a packet", socket.next()).await.expect("the WebSocket is open").expect("a message");
        let packet: Value = serde_json::from_str(message.to_text().expect("text")).expect("JSON");
        if packet.get("ack").is_none() {
            return packet;
        }
    }
}

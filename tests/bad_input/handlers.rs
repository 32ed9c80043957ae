//! Applications that fail, and clients that ask for what there is not.

use everwire::{Gateway, Goodbye, Hello, Peer};
use serde_json::json;

use crate::{
    log::Log,
    raw_http::{Ask, Client, Scene, Served, Socket, Wire, all_hear, application},
};

#[tokio::test]
async fn an_event_without_a_handler_is_answered_by_error_and_the_session_goes_on() {
    let mut scene = Scene::new().await;
    let answer = scene.one.post("[{\"event\":\"nobody\"},{\"event\":\"nobody\",\"id\":7}]").await;
    assert_eq!((answer.status, answer.json()), (200, json!({"ack": 2})));
    scene.one.sent = 2;
    let mut heard = scene.one.poll().await;
    while heard.len() < 2 {
        heard.extend(scene.one.poll().await);
    }
    assert_eq!(heard[0]["error"]["code"], "unhandled");
    assert_eq!((&heard[1]["reply"], &heard[1]["error"]["code"]), (&json!(7), &json!("unhandled")));
    for message in heard {
        assert!(message["error"]["message"].as_str().unwrap().contains("`nobody`"), "{message}");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn what_a_handler_cannot_read_or_a_rule_forbids_is_answered_by_error() {
    let mut scene = Scene::new().await;
    let rows = [
        ("data of another type", "{\"event\":\"say\",\"data\":{},\"id\":1}", "bad_data"),
        ("no data", "{\"event\":\"say\",\"id\":1}", "bad_data"),
        ("bytes", "{\"event\":\"say\",\"binary\":\"eA==\",\"id\":1}", "bad_data"),
        (
            "a room to publish to",
            "{\"event\":\"say\",\"room\":\"hall\",\"data\":\"x\",\"id\":1}",
            "forbidden",
        ),
        ("a room to join", "{\"join\":{\"room\":\"vault\"},\"id\":1}", "forbidden"),
        ("a namespace", "{\"event\":\"say\",\"ns\":\"/admin\",\"data\":\"x\",\"id\":1}", "unknown_namespace"),
        ("fresh credentials", "{\"auth\":\"word\",\"id\":1}", "unsupported"),
    ];
    for (name, packet, code) in rows {
        println!("{name}");
        scene.one.sent += 1;
        assert_eq!(scene.one.post(packet).await.json(), json!({"ack": scene.one.sent}));
        let reply = scene.one.hear().await;
        assert_eq!((&reply["reply"], &reply["error"]["code"]), (&json!(1), &json!(code)), "{reply}");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_handler_that_panics_costs_its_session_4011_and_a_log_line_and_nothing_else() {
    let (log, _guard) = Log::keep();
    let mut scene = Scene::new().await;
    assert_eq!(scene.one.post("{\"event\":\"panic\"}").await.status, 200);
    let answer = scene.ask(Ask::get(&scene.one.path("/messages?wait=5"))).await;
    let body = answer.json();
    assert_eq!((answer.status, &body["control"][0]["close"]["code"]), (200, &json!(4011)), "{body}");
    scene.one.post("{\"event\":\"say\",\"data\":\"x\"}").await.over(500, 4011, "failed");
    let lines = log.lines();
    let line = lines.iter().find(|line| line.contains("a planted panic")).expect("the panic is logged");
    assert!(
        line.contains(&scene.one.sid[..8]) && !line.contains(&scene.one.sid),
        "8 characters of the sid: {line}"
    );
    scene.only_the_neighbour_goes_on().await;
}

#[tokio::test]
async fn a_handler_that_panics_closes_its_websocket_by_4011() {
    let server = Served::start(application().build()).await;
    let mut other = Client::open(&server).await;
    let (mut socket, _) = Socket::open(&server).await;
    socket.packet(&json!({"event": "panic", "id": 3})).await;
    let packet = socket.hear().await;
    let packet = if packet.get("ack").is_some() { socket.hear().await } else { packet };
    assert_eq!(packet["close"]["code"], 4011, "{packet}");
    socket.closes(4011, "failed").await;
    socket.parts().await;
    all_hear(&mut [&mut other]).await;
}

fn planted() {
    panic!("planted in a handler of the session's life");
}

#[tokio::test]
async fn an_on_connect_that_panics_refuses_the_opening_by_500_and_4011() {
    let gateway = Gateway::builder().on_connect(|_: Peer, hello: Hello| async move {
        if hello.auth::<String>().is_some() {
            planted();
        }
        Ok::<(), everwire::Error>(())
    });
    let server = Served::start(gateway.build()).await;
    let answer = Wire::to(server.address).await.ask(Ask::post("/everwire/session", "{\"auth\":\"x\"}")).await;
    assert_eq!(server.gateway.sessions(), 0);
    Client::open(&server).await;
    answer.refused(500, 4011, "failed");
}

#[tokio::test]
async fn an_on_disconnect_that_panics_hurts_nobody() {
    let gateway = application().on_disconnect(|_: Peer, _: Goodbye| async { planted() });
    let server = Served::start(gateway.build()).await;
    let (one, mut other) = (Client::open(&server).await, Client::open(&server).await);
    assert_eq!(one.ask(Ask::new("DELETE", &one.path(""))).await.status, 204);
    one.post("{\"event\":\"say\",\"data\":\"x\"}").await.over(410, 4000, "closed by the client");
    all_hear(&mut [&mut other]).await;
}

#[tokio::test]
async fn an_opening_that_the_application_refuses_is_answered_by_401_or_403_and_4001() {
    let gateway = Gateway::builder().on_connect(|_: Peer, hello: Hello| async move {
        match hello.auth::<String>().as_deref() {
            None => Err(everwire::Error::unauthenticated("say the word first")),
            Some(_) => Err(everwire::Error::refused("banned", "you are not welcome here")),
        }
    });
    let server = Served::start(gateway.build()).await;
    for (auth, status, says) in
        [(None, 401, "say the word first"), (Some("x"), 403, "you are not welcome here")]
    {
        let body = auth.map_or(json!({}), |auth| json!({"auth": auth}));
        let answer =
            Wire::to(server.address).await.ask(Ask::post("/everwire/session", body.to_string())).await;
        answer.over(status, 4001, says);
        assert!(answer.header("location").is_none());
        let mut socket = Socket::to(&server).await;
        socket.packet(&json!({"open": body})).await;
        socket.is_over(4001, says).await;
        socket.parts().await;
    }
    assert_eq!(server.gateway.sessions(), 0);
}

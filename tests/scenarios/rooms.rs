//! Rooms: who hears what, and in which order.

use serde_json::{Value, json};

use crate::{
    client::{Client, KINDS, Kind, Packet},
    stage::{FORBIDDEN, Stage},
};

pub(crate) async fn hears_what_is_told(kind: Kind) {
    let stage = Stage::new().await;
    let mut teller = stage.client(kind).await;
    teller.join("den").await;
    let mut others = members(&stage, "den").await;
    for number in 1..=5 {
        stage.tell("den", "news", number, 1 + KINDS.len()).await;
    }
    teller.ask("tell", json!("den")).await;
    stage.tell("den", "last", 0, 1 + KINDS.len()).await;
    assert_eq!(teller.hear_all("news", 5).await, [1, 2, 3, 4, 5]);
    assert_eq!(teller.hear("last").await, 0, "who tells a room does not hear it");
    for other in &mut others {
        assert_eq!(other.hear_all("news", 5).await, [1, 2, 3, 4, 5]);
        let told = other.next().await;
        assert_eq!((&told.json["event"], &told.json["room"]), (&json!("told"), &json!("den")));
        assert_eq!(other.hear("last").await, 0);
    }
}

pub(crate) async fn publishes_by_rule(kind: Kind) {
    let stage = Stage::new().await;
    let mut publisher = stage.client(kind).await;
    publisher.join("den").await;
    let mut others = members(&stage, "den").await;
    publisher.request(to("den", Packet::event("chat", json!("hi")))).await.expect("publishing is permitted");
    publisher.push(to("den", Packet::binary("chat", b"\0\xff"))).await;
    let text = json!({ "event": "chat", "data": "hi", "room": "den", "peer": publisher.peer() });
    let binary = json!({ "event": "chat", "room": "den", "peer": publisher.peer() });
    for client in others.iter_mut().chain([&mut publisher]) {
        assert_eq!(client.next().await, Packet { json: text.clone(), bytes: None }, "{}", client.kind.name);
        assert_eq!(client.next().await, Packet { json: binary.clone(), bytes: Some(b"\0\xff".to_vec()) });
    }
    let refused = publisher.request(to(FORBIDDEN, Packet::event("chat", json!(1)))).await;
    assert_eq!(refused.expect_err("that room is closed")["code"], "forbidden");
    publisher.push(to(FORBIDDEN, Packet::event("chat", json!(1)))).await;
    assert_eq!(publisher.next().await.json["error"]["code"], "forbidden");
    let refused = publisher.request(room("join", FORBIDDEN)).await;
    assert_eq!(refused.expect_err("that room is closed")["code"], "forbidden");
}

pub(crate) async fn leaves(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    client.join("den").await;
    client.join("den").await;
    stage.tell("den", "news", 1, 1).await;
    client.request(room("leave", "den")).await.expect("a room can be left");
    stage.tell("den", "news", 2, 0).await;
    assert_eq!(client.hear("news").await, 1);
    client.join("den").await;
    stage.tell("den", "news", 3, 1).await;
    assert_eq!(client.hear("news").await, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_carriers_hear_a_room_in_one_order() {
    const EACH: u64 = 60;
    let stage = Stage::new().await;
    let mut listeners = members(&stage, "den").await;
    let mut publishers = members(&stage, "den").await;
    for number in 0..EACH {
        for publisher in &mut publishers {
            publisher.push(to("den", Packet::event("chat", json!(number)))).await;
        }
        stage.tell("den", "chat", number, 2 * KINDS.len()).await;
    }
    let count = EACH as usize * (KINDS.len() + 1);
    let mut orders = Vec::new();
    for client in listeners.iter_mut().chain(&mut publishers) {
        let mut order = Vec::new();
        for _ in 0..count {
            order.push(client.next().await);
        }
        orders.push(order);
    }
    for publisher in publishers.iter().map(|client| json!(client.peer())).chain([Value::Null]) {
        let own = orders[0].iter().filter(|packet| packet.json["peer"] == publisher);
        let numbers: Vec<_> = own.map(|packet| packet.data().as_u64()).collect();
        assert_eq!(
            numbers,
            (0..EACH).map(Some).collect::<Vec<_>>(),
            "a publisher's messages keep their order"
        );
    }
    assert!(orders.iter().all(|order| *order == orders[0]), "every member hears the same order");
}

/// A member on each carrier.
async fn members(stage: &Stage, room: &str) -> Vec<Client> {
    let mut members = Vec::new();
    for kind in KINDS {
        let mut client = stage.client(kind).await;
        client.join(room).await;
        members.push(client);
    }
    members
}

fn to(room: &str, mut packet: Packet) -> Packet {
    packet.json["room"] = room.into();
    packet
}

fn room(verb: &str, room: &str) -> Packet {
    Packet { json: json!({ verb: { "room": room } }), bytes: None }
}

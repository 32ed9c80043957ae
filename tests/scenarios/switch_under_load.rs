//! Changing the carrier in mid-stream, in both directions under load.

use everwire::Options;
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{Client, KINDS, Kind, Packet, Part, WS, dial, once, within},
    stage::Stage,
};

/// Messages each way.
const LOAD: u64 = 500;
/// Messages between two switches: there are as many switches as pairs of carriers.
const LEG: u64 = LOAD / (KINDS.len() * KINDS.len()) as u64;

pub(crate) async fn switches_to_every_carrier(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    client.join("load").await;
    let first = KINDS.iter().position(|other| other.name == kind.name).expect("the kind is in the list");
    let mut itinerary = each_to_each(KINDS.len()).into_iter().map(|step| KINDS[(first + step) % KINDS.len()]);
    assert_eq!(itinerary.next().expect("it begins where the client is").name, kind.name);
    let mut heard = Heard::default();
    for number in 1..=LOAD {
        client.say("note", json!(number)).await;
        stage.tell("load", "tick", number, 1).await;
        if number % 3 == 0 {
            heard.note(client.next().await);
        }
        let next = if number % LEG == 0 { itinerary.next() } else { None };
        if let Some(next) = next {
            client.switch(next).await;
        }
        if number % (3 * LEG) == LEG + 7 {
            client.hear_farewells().await;
        }
    }
    while heard.count() < 2 * LOAD as usize {
        heard.note(client.next().await);
    }
    client.hear_farewells().await;
    assert!(itinerary.next().is_none(), "every pair had its turn");
    let wanted: Vec<u64> = (1..=LOAD).collect();
    assert_eq!(heard.ticks, wanted);
    assert_eq!(heard.noted, wanted);
    assert_eq!(client.waiting(), 0);
    assert_eq!(stage.notes(&client, LOAD as usize).await, wanted);
}

/// A way round so many places that goes from each to each once, itself included: 0 | 0 1 | 0 2 | … | 1 | 1 2 | …, and
/// back to the start.
fn each_to_each(places: usize) -> Vec<usize> {
    let from =
        |place: usize| [place].into_iter().chain((place + 1..places).flat_map(move |next| [place, next]));
    (0..places).flat_map(from).chain([0]).collect()
}

/// A request that is in flight, whole or half, when another carrier takes over and repeats its messages.
pub(crate) async fn takes_over_a_request_in_flight(kind: Kind) {
    // Every request that was left half written stays in progress to the end.
    let stage = Stage::with(Options { requests_per_session: 64, ..Options::default() }).await;
    let mut client = stage.client(kind).await;
    let mut noted = 0;
    for part in [Part::Whole, Part::Half, Part::Whole, Part::Half] {
        for next in KINDS {
            for _ in 0..3 {
                noted += 1;
                client.queue(Packet::event("note", json!(noted)));
            }
            client.cut_sending(part, true).await;
            client.switch(next).await;
        }
    }
    assert_eq!(client.ask("echo", json!("last")).await, "last");
    let wanted: Vec<u64> = (1..=noted).collect();
    assert_eq!(client.hear_all("noted", wanted.len()).await, wanted);
    assert_eq!(stage.notes(&client, wanted.len()).await, wanted);
}

pub(crate) async fn stale_turns_touch_nothing(kind: Kind) {
    let stage = Stage::new().await;
    let mut client = stage.client(kind).await;
    client.join("den").await;
    client.resume().await;
    client.ask("echo", json!(1)).await;
    for number in 1..=2 {
        stage.tell("den", "news", number, 1).await;
    }
    let (turn, last) = (client.turn, client.received() + 2);
    assert!(turn >= 2);

    let path = client.place.path(&format!("/messages?after={last}&turn={}", turn - 1));
    let late = once(stage.address, "GET", &path, "").await;
    assert_eq!(late.status, 409, "{}", late.text());
    assert_eq!((&late.json()["error"]["code"], &late.json()["turn"]), (&json!("stale"), &json!(turn)));
    late_streams(&client, &stage, turn, last).await;
    late_socket(&client, &stage, turn, last).await;

    let path = client.place.path(&format!("/messages?after=1000&turn={}", turn + 1));
    let beyond = once(stage.address, "GET", &path, "").await;
    assert_eq!(beyond.status, 400, "{}", beyond.text());

    assert_eq!(client.hear("echo").await, 1);
    assert_eq!(client.hear_all("news", 2).await, [1, 2], "`after` of a stale request is not read");
    assert_eq!(client.ask("echo", json!(2)).await, 2, "the carrier is the one it was");
}

/// The same for what grows, and for a script: each says it as its reader can hear it.
async fn late_streams(client: &Client, stage: &Stage, turn: u64, last: u64) {
    let ask = async |which: &str, callback: &str| {
        let path = format!("/{which}?after={last}&turn={}{callback}", turn - 1);
        once(stage.address, "GET", &client.place.path(&path), "").await
    };
    let stream = ask("stream", "").await;
    assert_eq!((stream.status, &stream.json()["turn"]), (409, &json!(turn)), "{}", stream.text());
    let events = ask("events", "").await;
    assert_eq!((events.status, events.text()), (204, ""), "it ends an EventSource for good");
    for which in ["frame", "jsonp"] {
        let late = ask(which, "&callback=F").await;
        let told = format!("\"turn\":{turn}}}");
        assert_eq!(late.status, 200);
        assert!(late.text().contains("\"stale\"") && late.text().contains(&told), "{}", late.text());
    }
}

/// The same on a WebSocket: it is told that it lost, and closes.
async fn late_socket(client: &Client, stage: &Stage, turn: u64, last: u64) {
    let mut socket = dial(stage.address, "/everwire/ws").await;
    let packets = [
        json!({ "resume": { "session": client.place.sid } }),
        json!({ "attach": { "after": last, "turn": turn - 1 } }),
    ];
    for packet in packets {
        socket.send(Message::text(packet.to_string())).await.expect("the WebSocket is open");
    }
    let mut said = Vec::new();
    let code = loop {
        match within("the end of a late WebSocket", socket.next()).await {
            Some(Ok(Message::Text(text))) => said.push(text.to_string()),
            Some(Ok(Message::Close(Some(frame)))) => break u16::from(frame.code),
            other => panic!("{other:?} on a late WebSocket"),
        }
    };
    assert!(said[0].starts_with("{\"open\":"), "{said:?}");
    assert_eq!((&*said[1], code), (&*json!({ "moved": { "turn": turn } }).to_string(), 4006));
}

/// A client that waits for `open` before it attaches moves nothing until then.
#[tokio::test]
async fn a_websocket_that_only_resumes_displaces_nothing() {
    let stage = Stage::new().await;
    let mut client = stage.client(crate::client::LONG_POLL).await;
    client.join("den").await;
    client.listen().await;
    let mut socket = dial(stage.address, "/everwire/ws").await;
    let resume = json!({ "resume": { "session": client.place.sid } });
    socket.send(Message::text(resume.to_string())).await.expect("the WebSocket is open");
    within("`open`", socket.next()).await.expect("an answer").expect("a message");
    stage.tell("den", "news", 1, 1).await;
    assert_eq!(client.hear("news").await, 1, "the poll still has the delivery");
    client.switch(WS).await;
    client.hear_farewells().await;
    assert_eq!(client.ask("echo", json!(1)).await, 1);
}

#[derive(Default)]
struct Heard {
    ticks: Vec<u64>,
    noted: Vec<u64>,
}

impl Heard {
    fn note(&mut self, packet: Packet) {
        let number = packet.data().as_u64().expect("a number");
        if packet.is("tick") {
            self.ticks.push(number);
        } else {
            assert!(packet.is("noted"), "{packet:?}");
            self.noted.push(number);
        }
    }

    fn count(&self) -> usize {
        self.ticks.len() + self.noted.len()
    }
}

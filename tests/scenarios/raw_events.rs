//! A raw room as an EventSource: each message an event, its position the id, what it said the data.

use std::collections::VecDeque;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use everwire::Options;
use futures_util::SinkExt;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    client::{Event, Events, Http, LONG_POLL, Packet, dial, once, request, within},
    stage::{FORBIDDEN, Stage},
};

const PATH: &str = "/everwire/raw/den";

/// An EventSource by hand.
struct Source {
    http: Http,
    events: Events,
    ready: VecDeque<Event>,
}

impl Source {
    async fn open(stage: &Stage, query: &str, headers: &str) -> Self {
        let mut http = Http::connect(stage.address).await;
        let headers = format!("Accept: text/event-stream\r\n{headers}");
        http.write(&request("GET", &format!("{PATH}{query}"), &headers, ""))
            .await
            .expect("it can be written");
        let head = within("an event stream", http.begun()).await.expect("an answer");
        assert_eq!(head.status, 200, "{}", head.text());
        assert_eq!(head.header("content-type"), Some("text/event-stream; charset=utf-8"));
        Source { http, events: Events::default(), ready: VecDeque::new() }
    }

    /// One that asks again behind the last event it had, as a browser does by itself.
    async fn again(stage: &Stage, last: u64) -> Self {
        Self::open(stage, "", &format!("Last-Event-ID: {last}\r\n")).await
    }

    /// Reads one chunk; `false` at the end.
    async fn read(&mut self) -> bool {
        let chunk = within("an event", self.http.chunk()).await.expect("the stream goes on");
        self.ready.extend(self.events.feed(&chunk));
        !chunk.is_empty()
    }

    /// The next event of the room that says something.
    async fn next(&mut self) -> Event {
        loop {
            match self.ready.pop_front() {
                Some(event) if event.name == "ping" || event.name == "open" || event.data.is_empty() => {}
                Some(event) => return event,
                None => assert!(self.read().await, "the stream ended where an event was to come"),
            }
        }
    }

    /// The text of the next event, and its id.
    async fn text(&mut self) -> (String, u64) {
        let event = self.next().await;
        assert_eq!(event.name, "message", "{event:?}");
        (event.data, event.id.expect("a message has a position").parse().expect("a number"))
    }
}

/// Waits until the room has so many members, by messages that say nothing.
async fn entered(stage: &Stage, members: usize) {
    within("the room's members", async {
        while stage.gateway.to("den").emit("message", &"").await != Ok(members) {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

async fn publish(stage: &Stage, text: &str) {
    let posted = once(stage.address, "POST", PATH, text).await;
    assert_eq!(posted.status, 200, "{}", posted.text());
}

#[tokio::test]
async fn an_event_source_hears_every_way_of_publishing() {
    let stage = Stage::new().await;
    let mut source = Source::open(&stage, "", "").await;
    let mut socket = dial(stage.address, PATH).await;
    let mut native = stage.client(LONG_POLL).await;
    entered(&stage, 2).await;

    publish(&stage, "plain text").await;
    let (text, first) = source.text().await;
    assert_eq!(text, "plain text");
    socket.send(Message::text("from a socket")).await.expect("the WebSocket is open");
    assert_eq!(source.text().await, ("from a socket".into(), first + 1));
    let mut packet = Packet::event("message", json!({ "from": "a session" }));
    packet.json["room"] = "den".into();
    native.request(packet).await.expect("publishing is permitted");
    assert_eq!(source.text().await, (r#"{"from":"a session"}"#.into(), first + 2));

    socket.send(Message::binary(vec![0, 10, 13, 255])).await.expect("the WebSocket is open");
    let event = source.next().await;
    assert_eq!((&*event.name, event.id), ("binary", Some((first + 3).to_string())));
    assert_eq!(STANDARD.decode(event.data).expect("base64"), [0, 10, 13, 255]);
    drop((source, socket));
    entered(&stage, 0).await;
}

/// Line ends separate fields in an event stream: what has some comes as several lines of data, and as one text.
#[tokio::test]
async fn lines_stay_lines() {
    let stage = Stage::new().await;
    let mut source = Source::open(&stage, "", "").await;
    entered(&stage, 1).await;
    for text in [
        "one\ntwo",
        "\nbetween\n\nempty\n",
        "id: 7",
        "event: x\ndata: y\n\n: z",
        " leading",
        ":",
        "é\u{2028}",
    ] {
        publish(&stage, text).await;
        assert_eq!(source.text().await.0, text);
    }
    // A carriage return ends a line as well; a page can't tell which end it was.
    for (text, heard) in [("one\r\ntwo", "one\ntwo"), ("one\rtwo", "one\ntwo")] {
        publish(&stage, text).await;
        assert_eq!(source.text().await.0, heard);
    }
}

#[tokio::test]
async fn a_source_that_comes_back_reads_on_behind_its_last_event() {
    let stage = Stage::new().await;
    let mut source = Source::open(&stage, "", "").await;
    entered(&stage, 1).await;
    publish(&stage, "before").await;
    let (text, last) = source.text().await;
    assert_eq!(text, "before");
    drop(source);
    for number in 1..=5 {
        publish(&stage, &format!("meanwhile {number}")).await;
    }
    let mut again = Source::again(&stage, last).await;
    for number in 1..=5 {
        assert_eq!(again.text().await, (format!("meanwhile {number}"), last + number));
    }
    publish(&stage, "now").await;
    assert_eq!(again.text().await, ("now".into(), last + 6), "what comes behind them comes once");

    // The URL of a native EventSource stays as it was: of its `after` and the header the larger counts.
    let header = format!("Last-Event-ID: {}\r\n", last + 4);
    let mut larger = Source::open(&stage, &format!("?after={last}"), &header).await;
    assert_eq!(larger.text().await, ("meanwhile 5".into(), last + 5));
    let mut larger = Source::open(&stage, &format!("?after={}", last + 5), &header).await;
    assert_eq!(larger.text().await, ("now".into(), last + 6));
}

#[tokio::test]
async fn what_is_not_kept_any_more_is_counted() {
    let stage = Stage::new().await;
    let mut source = Source::open(&stage, "", "").await;
    entered(&stage, 1).await;
    publish(&stage, "before").await;
    let last = source.text().await.1;
    drop(source);
    for number in 1..=300_u64 {
        stage.gateway.to("den").emit("message", &number.to_string()).await.expect("a string is JSON");
    }
    let mut again = Source::again(&stage, last).await;
    let lost = again.next().await;
    assert_eq!(lost.name, "lost", "{lost:?}");
    let lost: u64 = lost.data.parse().expect("a number");
    assert_eq!(lost, 300 - 256);
    for number in lost + 1..=300 {
        assert_eq!(again.text().await, (number.to_string(), last + number));
    }
}

#[tokio::test]
async fn a_source_that_has_grown_enough_ends_and_reads_on() {
    let stage = Stage::with(Options { stream_bytes: 4 << 10, ..Options::default() }).await;
    let pad = "x".repeat(200);
    let mut source = Source::open(&stage, "", "").await;
    entered(&stage, 1).await;
    let (mut heard, mut sources) = (Vec::new(), 1);
    let mut last = None;
    for number in 0..100 {
        publish(&stage, &format!("{number} {pad}")).await;
    }
    while heard.len() < 100 {
        if let Some(event) = source.ready.pop_front() {
            if event.name == "message" && !event.data.is_empty() {
                last = event.id.map(|id| id.parse().expect("a number")).or(last);
                heard.push(event.data);
            }
        } else if !source.read().await {
            sources += 1;
            source = Source::again(&stage, last.expect("something was heard")).await;
        }
    }
    assert_eq!(heard, (0..100).map(|number| format!("{number} {pad}")).collect::<Vec<_>>());
    assert!(sources >= 4, "{sources}");
}

#[tokio::test]
async fn rules_hold_for_sources_too() {
    let stage = Stage::new().await;
    let path = format!("/everwire/raw/{FORBIDDEN}");
    for (query, status) in [("", 403), ("?status=200", 200)] {
        let mut http = Http::connect(stage.address).await;
        let ask = request("GET", &format!("{path}{query}"), "Accept: text/event-stream\r\n", "");
        http.write(&ask).await.expect("a request can be written");
        let answer = within("an answer", http.answer()).await.expect("an answer");
        assert_eq!(answer.status, status, "{}", answer.text());
        assert!(answer.text().contains("forbidden"), "{}", answer.text());
        if status == 200 {
            assert!(answer.text().contains("\nevent: refused\ndata: {"), "{}", answer.text());
        }
    }
    within("the end of the sessions", async {
        while stage.gateway.sessions() > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

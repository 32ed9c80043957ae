//! A session over plain HTTP, counting what it sends and what it has.

use std::{
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
};

use serde_json::{Value, json};

use super::{Answer, Ask, Served, Wire};

/// A session, each request on a connection of its own.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    address: SocketAddr,
    pub(crate) sid: String,
    /// Number of the last message it has.
    pub(crate) after: u64,
    /// Number of the last message it sent.
    pub(crate) sent: u64,
}

impl Client {
    pub(crate) async fn open(server: &Served) -> Self {
        let answer = Wire::to(server.address).await.ask(Ask::post("/everwire/session", "")).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        Self::of(server, answer.json()["open"]["session"].as_str().expect("a sid"))
    }

    /// A session that somebody else opened, of which nothing has been sent or read yet.
    pub(crate) fn of(server: &Served, sid: &str) -> Self {
        Client { address: server.address, sid: sid.into(), after: 0, sent: 0 }
    }

    /// The path of this session, and what stands behind it.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/everwire/session/{}{rest}", self.sid)
    }

    pub(crate) async fn ask(&self, ask: Ask) -> Answer {
        Wire::to(self.address).await.ask(ask).await
    }

    /// Posts a body as it is.
    pub(crate) async fn post(&self, body: impl AsRef<[u8]>) -> Answer {
        self.ask(Ask::post(&self.path("/messages"), body)).await
    }

    /// Says something in the room, and says it again as a client does that missed the answer.
    pub(crate) async fn say(&mut self, line: &str) {
        self.sent += 1;
        let path = self.path(&format!("/messages?seq={}", self.sent));
        let body = json!({"event": "say", "data": line}).to_string();
        for _ in 0..2 {
            let answer = self.ask(Ask::post(&path, &body)).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(answer.json(), json!({"ack": self.sent}));
        }
    }

    /// The messages of one poll.
    pub(crate) async fn poll(&mut self) -> Vec<Value> {
        let answer = self.ask(Ask::get(&self.path(&format!("/messages?after={}&wait=5", self.after)))).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let body = answer.json();
        assert_eq!(body["from"], self.after + 1, "{body}");
        let messages = body["messages"].as_array().expect("messages").clone();
        self.after += messages.len() as u64;
        messages
    }

    /// The next message.
    pub(crate) async fn hear(&mut self) -> Value {
        let messages = self.poll().await;
        assert_eq!(messages.len(), 1, "{messages:?}");
        messages[0].clone()
    }

    /// What is said in the room until these lines have come: they and nothing else.
    async fn hears(&mut self, lines: &[String]) {
        let expected: Vec<Value> = lines.iter().map(|line| json!({"event": "said", "data": line})).collect();
        let mut heard = Vec::new();
        while heard.len() < expected.len() {
            let messages = self.poll().await;
            assert!(!messages.is_empty(), "heard only {heard:?}");
            heard.extend(messages);
        }
        for message in heard.iter_mut().filter_map(Value::as_object_mut) {
            message.remove("room");
        }
        assert_eq!(heard, expected, "exactly once, in order, and nothing else");
    }
}

/// Each of them says something, and each hears everything once and in order.
pub(crate) async fn all_hear(clients: &mut [&mut Client]) {
    static LINES: AtomicU64 = AtomicU64::new(0);
    let mut lines = Vec::new();
    for client in clients.iter_mut() {
        let line = format!("line {}", LINES.fetch_add(1, Ordering::Relaxed));
        client.say(&line).await;
        lines.push(line);
        // The next one may be quicker than the handlers of this one.
        client.hears(&lines).await;
    }
    for (index, client) in clients.iter_mut().enumerate() {
        client.hears(&lines[index + 1..]).await;
    }
}

//! An answer that grows: the packets of a stream, an event stream or a frame, taken from its bytes.

use serde_json::Value;

use super::{Answer, Ask, Client, Scene, Wire};

/// The three ways in which an answer can grow, as their paths say.
pub(crate) const GROWING: [&str; 3] = ["stream", "events", "frame"];

/// The target of a GET for one of them.
pub(crate) fn target(of: &Client, which: &str, query: &str) -> String {
    let callback = if which == "frame" { "&callback=F" } else { "" };
    of.path(&format!("/{which}?{query}{callback}"))
}

/// An answer in the making.
pub(crate) struct Grown {
    pub(crate) wire: Wire,
    pub(crate) head: Answer,
    which: &'static str,
    body: Vec<u8>,
    told: usize,
}

impl Grown {
    pub(crate) async fn of(scene: &Scene, which: &'static str, query: &str) -> Self {
        Self::ask(scene, which, Ask::get(&target(&scene.one, which, query))).await
    }

    pub(crate) async fn ask(scene: &Scene, which: &'static str, ask: Ask) -> Self {
        let mut wire = scene.wire().await;
        let head = wire.begin(ask).await;
        Grown { wire, head, which, body: Vec::new(), told: 0 }
    }

    /// The next packet, whatever it is.
    pub(crate) async fn packet(&mut self) -> Value {
        loop {
            if let Some(packet) = packets(self.which, &self.body).into_iter().nth(self.told) {
                self.told += 1;
                return packet;
            }
            let chunk = self.wire.chunk().await;
            assert!(!chunk.is_empty(), "the body ended where a packet was awaited");
            self.body.extend(chunk);
        }
    }

    /// The next packet, which must not be a ping.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            let packet = self.packet().await;
            if packet.get("ping").is_none() {
                return packet;
            }
        }
    }

    /// All packets that have not been told, to the end of the body. It must end behind a whole one.
    pub(crate) async fn rest(&mut self) -> Vec<Value> {
        self.body.extend(self.wire.chunks().await);
        assert!(self.body.ends_with(end(self.which).as_bytes()), "it ends behind a whole packet");
        packets(self.which, &self.body).split_off(self.told)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.body.len()
    }
}

/// What a packet ends with.
fn end(which: &str) -> &'static str {
    match which {
        "stream" => "\n",
        "events" => "\n\n",
        _ => ");</script>\n",
    }
}

/// The packets of a body that are whole.
pub(crate) fn packets(which: &str, body: &[u8]) -> Vec<Value> {
    // A character at the end may be cut, and is of a packet that is not whole.
    let text = String::from_utf8_lossy(body);
    let whole = text.rfind(end(which)).map_or("", |at| &text[..at]);
    let json = |text: &str| serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"));
    match which {
        "stream" => whole.lines().filter(|line| !line.trim().is_empty()).map(json).collect(),
        "events" => whole
            .split("\n\n")
            .map(|event| event.lines().filter_map(|line| line.strip_prefix("data: ")).collect::<Vec<_>>())
            .filter(|data| !data.is_empty())
            .map(|data| json(&data.join("\n")))
            .collect(),
        _ => whole
            .split(end(which))
            .filter_map(|block| block.rsplit_once("<script>F("))
            .map(|(_, call)| json(call))
            .collect(),
    }
}

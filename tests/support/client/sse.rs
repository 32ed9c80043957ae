//! Server-sent events, read as the HTML standard says (section 9.2.6).

use futures_util::future::FutureExt;
use serde_json::Value;

use super::{
    Kind,
    streamed::{Format, Reader, Streamed, opened},
};

/// An event a packet.
pub(crate) const SSE: Kind = Kind {
    name: "sse",
    kept: true,
    both_ways: false,
    posts_forms: false,
    held: true,
    open: |address, open| opened(address, open, &EVENTS).boxed(),
    resume: |place| Streamed::unattached(place, &EVENTS),
};

static EVENTS: Format = Format {
    content_type: "text/event-stream; charset=utf-8",
    path: |after, turn| format!("/events?after={after}&turn={turn}"),
    reader: || Box::new(PacketEvents(Events::default())),
    says_last_event_id: true,
};

/// An event of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// `message` where it has no name.
    pub(crate) name: String,
    pub(crate) data: String,
    /// Where this very event brought one.
    pub(crate) id: Option<String>,
}

/// Takes an event stream apart.
#[derive(Default)]
pub(crate) struct Events {
    line: Vec<u8>,
    name: String,
    data: Option<String>,
    id: Option<String>,
    /// Milliseconds after which the browser is to come back.
    pub(crate) retry: Option<u64>,
    /// Bytes of comments so far.
    pub(crate) commented: usize,
}

impl Events {
    /// Takes what comes next, and tells the events that it makes whole. Lines end with a line feed here: the gateway
    /// writes no other ends.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for byte in bytes {
            assert_ne!(*byte, b'\r', "a carriage return ends a line too, and was not meant to");
            if *byte == b'\n' {
                let line =
                    String::from_utf8(std::mem::take(&mut self.line)).expect("an event stream is UTF-8");
                events.extend(self.end_line(&line));
            } else {
                self.line.push(*byte);
            }
        }
        events
    }

    fn end_line(&mut self, line: &str) -> Option<Event> {
        if line.is_empty() {
            let (name, id) = (std::mem::take(&mut self.name), self.id.take());
            let data = self.data.take()?;
            let name = if name.is_empty() { "message".to_owned() } else { name };
            return Some(Event { name, data, id });
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "" => self.commented += value.len(),
            "event" => self.name = value.to_owned(),
            "id" => self.id = Some(value.to_owned()),
            "data" => match &mut self.data {
                Some(data) => *data = format!("{data}\n{value}"),
                none => *none = Some(value.to_owned()),
            },
            "retry" => self.retry = Some(value.parse().expect("milliseconds")),
            _ => panic!("a field `{field}` that the gateway has no use for"),
        }
        None
    }

    fn unfinished(&self) -> usize {
        self.line.len() + self.data.as_ref().map_or(0, String::len)
    }
}

struct PacketEvents(Events);

impl Reader for PacketEvents {
    fn feed(&mut self, bytes: &[u8]) -> Vec<(Option<u64>, Value)> {
        self.0.feed(bytes).into_iter().map(|event| packet(&event)).collect()
    }

    fn unfinished(&self) -> usize {
        self.0.unfinished()
    }
}

/// The packet of an event: a message has its number for an id and no name, a control packet a name and no id.
fn packet(event: &Event) -> (Option<u64>, Value) {
    let packet: Value = serde_json::from_str(&event.data).expect("the data is JSON");
    let id = event.id.as_ref().map(|id| id.parse().expect("an id is a number"));
    if event.name == "message" {
        assert!(id.is_some(), "a message has its number: {event:?}");
    } else if event.name == "refused" {
        assert!(packet["error"].is_object(), "{event:?}");
    } else {
        assert!(id.is_none() && packet.get(&event.name).is_some(), "{event:?}");
    }
    (id, packet)
}

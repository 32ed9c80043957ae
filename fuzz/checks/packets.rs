//! What has to hold for any bytes that arrive where a packet is expected.

use everwire::{
    dialect::packet::{
        Bounds, Content, Event, MAX_INTEGER, Opening, Packet, parse, parse_binary, parse_body, parse_opening,
    },
    wire::json,
};
use serde_json::{Value, value::RawValue};

/// Small enough for a fuzzer to reach every one of them.
const BOUNDS: Bounds = Bounds { packet: 4096, name: 64, depth: 16, batch: 64 };

/// Reads `data` in every way there is, and panics where two ways disagree.
pub(crate) fn check(data: &[u8]) {
    if let Ok(packet) = parse_binary(data, &BOUNDS) {
        check_said(&packet);
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    check_literal(text);
    check_tidy(text);
    check_alone_and_in_a_body(text);
    check_opening(text);
}

/// A string literal of ours is read as the same string, and is one line.
fn check_literal(text: &str) {
    let mut literal = Vec::new();
    json::push_string(&mut literal, text);
    let literal = String::from_utf8(literal).expect("a literal is text");
    assert_one_line(&literal);
    let read: String = serde_json::from_str(&literal).expect("a literal is JSON");
    assert_eq!(read, text);
}

/// Tidying keeps what the text means and leaves one line; the depth is at least that of the value.
fn check_tidy(text: &str) {
    if serde_json::from_str::<&RawValue>(text).is_err() {
        // No promise about other text, but no panic either.
        json::tidy(text);
        json::depth(text);
        return;
    }
    let tidied = json::tidy(text);
    assert_one_line(&tidied);
    assert_eq!(json::depth(text), json::depth(&tidied));
    // A value may still be none that serde_json holds: a lone surrogate, a number beyond every float.
    let Ok(value) = serde_json::from_str::<Value>(text) else { return };
    assert_eq!(serde_json::from_str::<Value>(&tidied).ok().as_ref(), Some(&value));
    assert!(json::depth(text) >= depth_of(&value));
}

/// A packet is the same alone, as a body and in an array.
fn check_alone_and_in_a_body(text: &str) {
    let array = format!("[{text}]");
    let alone = parse(text, &BOUNDS);
    let listed = parse_body(&array, &BOUNDS);
    match (&alone, &listed) {
        (Ok(packet), Ok(packets)) => {
            assert_eq!(packets.len(), 1);
            assert_eq!(said(packet), said(&packets[0]));
            check_said(packet);
        }
        (Ok(packet), Err(fault)) => panic!("{packet:?} alone, but in an array {fault}"),
        (Err(fault), Ok(packets)) => assert_ne!(packets.len(), 1, "{fault} alone, but not in an array"),
        (Err(fault), Err(_)) => assert!(fault.message.ends_with('.'), "{fault}"),
    }
    let body = parse_body(text, &BOUNDS);
    if let (Ok(packet), Ok(packets)) = (&alone, &body) {
        assert_eq!(packets.iter().map(said).collect::<Vec<_>>(), [said(packet)]);
    }
    body.into_iter().flatten().for_each(|packet| check_said(&packet));
}

/// An opening is the same in its three forms, and nothing about a carrier stands behind it.
fn check_opening(text: &str) {
    let Ok((opening, behind)) = parse_opening(text, &BOUNDS) else { return };
    for packet in &behind {
        assert!(!matches!(packet, Packet::Open(_) | Packet::Resume { .. } | Packet::Attach { .. }));
    }
    if let Some(key) = &opening.key {
        assert!((16..=64).contains(&key.len()));
    }
    let bare = String::from_utf8(object_of(&opening).ended()).expect("an opening is text");
    let wide = Bounds { packet: 2 * BOUNDS.packet, depth: BOUNDS.depth + 1, ..BOUNDS };
    for form in [bare.clone(), format!("{{\"open\":{bare}}}"), format!("[{{\"open\":{bare}}}]")] {
        let (again, behind) = parse_opening(&form, &wide).expect("an opening is one in every form");
        assert_eq!(object_of(&again).ended(), bare.as_bytes());
        assert!(behind.is_empty());
    }
}

/// What was understood can be said again, is one line of JSON, and is understood as the same.
fn check_said(packet: &Packet<'_>) {
    let (text, payload) = said(packet);
    let text = String::from_utf8(text).expect("a packet is text");
    serde_json::from_str::<&RawValue>(&text).expect("a packet is JSON");
    assert_one_line(&text);
    // Escaping and `ns` beside the kind may lengthen what was within bounds.
    let wide = Bounds { packet: 16 * BOUNDS.packet, ..BOUNDS };
    let again = match &payload {
        None => parse(&text, &wide).map(|again| said(&again)),
        Some(bytes) => parse_binary(&framed(&text, bytes), &wide).map(|again| said(&again)),
    };
    assert_eq!(again, Ok((text.into_bytes(), payload)));
}

fn assert_one_line(text: &str) {
    assert!(!text.contains(['\r', '\n', '\u{2028}', '\u{2029}']), "{text:?}");
}

fn depth_of(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth_of).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(depth_of).max().unwrap_or(0),
        _ => 0,
    }
}

fn framed(header: &str, payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    let mut length = header.len();
    while length >= 0x80 {
        frame.push((length & 0x7F) as u8 | 0x80);
        length >>= 7;
    }
    frame.push(length as u8);
    frame.extend_from_slice(header.as_bytes());
    frame.extend_from_slice(payload);
    frame
}

/// The packet as JSON, and the bytes that stand behind it where it has any.
fn said(packet: &Packet<'_>) -> (Vec<u8>, Option<Vec<u8>>) {
    let mut object = Object::default();
    let mut payload = None;
    match packet {
        Packet::Event(event) => payload = say_event(&mut object, event),
        Packet::Reply { id, outcome } => {
            object.number("reply", Some(*id));
            match outcome {
                Ok(data) => object.raw("data", data.map(|data| data.get())),
                Err(failure) => {
                    let mut error = Object::default();
                    error.text("code", Some(&failure.code)).text("message", Some(&failure.message));
                    object.object("error", error);
                }
            }
        }
        Packet::Auth { auth, id } => {
            object.raw("auth", Some(auth.get()));
            object.number("id", *id);
        }
        other if other.is_numbered() => say_wish(&mut object, other),
        control => say_control(&mut object, control),
    }
    (object.ended(), payload)
}

fn say_event(object: &mut Object, event: &Event<'_>) -> Option<Vec<u8>> {
    assert!(!event.name.is_empty() && event.ns.as_deref() != Some("/"));
    object.text("event", Some(&event.name)).text("ns", event.ns.as_deref());
    object.text("room", event.room.as_deref()).number("id", event.id);
    match &event.content {
        Content::Json(data) => object.raw("data", data.map(|data| data.get())),
        Content::Binary(bytes) => return Some(bytes.to_vec()),
    }
    None
}

fn say_wish(object: &mut Object, packet: &Packet<'_>) {
    match packet {
        Packet::Connect { ns, auth, id } => {
            let mut wish = Object::default();
            wish.text("ns", Some(ns)).raw("auth", auth.map(|auth| auth.get()));
            object.object("connect", wish).number("id", *id);
        }
        Packet::Disconnect { ns, id } => {
            let mut wish = Object::default();
            wish.text("ns", Some(ns));
            object.object("disconnect", wish).number("id", *id);
        }
        Packet::Join { room, ns, since, id } => {
            let mut wish = Object::default();
            wish.text("room", Some(room));
            if let Some(since) = since {
                let mut position = Object::default();
                position.text("epoch", Some(&since.epoch)).number("at", Some(since.at));
                wish.object("since", position);
            }
            object.object("join", wish).text("ns", ns.as_deref()).number("id", *id);
        }
        Packet::Leave { room, ns, id } => {
            let mut wish = Object::default();
            wish.text("room", Some(room));
            object.object("leave", wish).text("ns", ns.as_deref()).number("id", *id);
        }
        _ => unreachable!("said elsewhere"),
    }
}

fn say_control(object: &mut Object, packet: &Packet<'_>) {
    let mut below = Object::default();
    match packet {
        Packet::Open(opening) => below = object_of(opening),
        Packet::Resume { session } => {
            below.text("session", Some(session));
        }
        Packet::Attach { after, turn } => {
            below.number("after", *after).number("turn", *turn);
        }
        Packet::Close { code, reason } => {
            below.number("code", code.map(u64::from)).text("reason", Some(reason));
        }
        Packet::From(number) | Packet::Ack(number) | Packet::Ping(number) | Packet::Pong(number) => {
            object.number(packet.kind(), Some(*number));
            return;
        }
        _ => unreachable!("numbered"),
    }
    object.object(packet.kind(), below);
}

fn object_of(opening: &Opening<'_>) -> Object {
    let digits = |key: &Vec<u8>| key.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut object = Object::default();
    object.text("key", opening.key.as_ref().map(digits).as_deref());
    object.raw("auth", opening.auth.map(|auth| auth.get()));
    object
}

/// A JSON object on its way into bytes. Absent members are left out.
#[derive(Default)]
struct Object {
    members: Vec<u8>,
}

impl Object {
    fn key(&mut self, key: &str) {
        self.members.push(if self.members.is_empty() { b'{' } else { b',' });
        json::push_string(&mut self.members, key);
        self.members.push(b':');
    }

    fn text(&mut self, key: &str, text: Option<&str>) -> &mut Self {
        if let Some(text) = text {
            self.key(key);
            json::push_string(&mut self.members, text);
        }
        self
    }

    fn number(&mut self, key: &str, number: Option<u64>) -> &mut Self {
        if let Some(number) = number {
            assert!(number <= MAX_INTEGER);
            self.key(key);
            json::push_number(&mut self.members, number);
        }
        self
    }

    fn raw(&mut self, key: &str, raw: Option<&str>) {
        if let Some(raw) = raw {
            self.key(key);
            self.members.extend_from_slice(json::tidy(raw).as_bytes());
        }
    }

    fn object(&mut self, key: &str, object: Object) -> &mut Self {
        self.key(key);
        self.members.extend_from_slice(&object.ended());
        self
    }

    fn ended(mut self) -> Vec<u8> {
        if self.members.is_empty() {
            self.members.push(b'{');
        }
        self.members.push(b'}');
        self.members
    }
}

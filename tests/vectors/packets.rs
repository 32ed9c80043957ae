//! The gateway's packets as the vectors see them: read to a meaning, composed from one.

use std::{cell::RefCell, collections::HashSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use everwire::{
    dialect::{
        Failure, native,
        packet::{self, Bounds, Malformed, Packet},
    },
    session::{Attach, Carriage, Close, Code, Moment, PeerId, Rules, Session, Sid},
    wire::parcel::{Content, Form, Marks, Parcel},
};
use serde_json::{Map, Value, json};

use super::driver::{Driver, Step};

/// Packets have no state.
#[derive(Default)]
pub(super) struct Packets;

impl Driver for Packets {
    fn step(&mut self, step: &mut Step) -> Result<(), String> {
        // Whether a client composes the same is nothing to this end.
        step.optional_flag("loose")?;
        let bounds = Bounds::default();
        let got = match step.op() {
            "hear" => meaning_or_refused(packet::parse(&step.text("text")?, &bounds)),
            "hear-binary" => {
                meaning_or_refused(packet::parse_binary(&from_hex(&step.text("hex")?)?, &bounds))
            }
            "hear-body" => match packet::parse_body(&step.text("text")?, &bounds) {
                Ok(packets) => packets.iter().map(meaning).collect(),
                Err(fault) => refused(&fault),
            },
            "say" => json!(Meaning::read(step.argument("meaning")?, say)?),
            "say-binary" => {
                let parcel = Meaning::read(step.argument("meaning")?, parcel)?;
                let frame = parcel.form(Form::Frame, |_| unreachable!("a parcel has its frame"));
                // The payloads here are short: the frame's head has two bytes.
                json!(to_hex(&frame[2..]))
            }
            op => return Err(format!("unknown op {op:?}")),
        };
        step.expect(&got)
    }
}

fn meaning_or_refused(outcome: Result<Packet<'_>, Malformed>) -> Value {
    outcome.map_or_else(|fault| refused(&fault), |packet| meaning(&packet))
}

fn refused(fault: &Malformed) -> Value {
    json!({"refused": fault.code.as_str()})
}

/// What a packet says, as the vectors write it.
fn meaning(packet: &Packet<'_>) -> Value {
    let mut says = Says::default();
    says.put("kind", Some(packet.kind()));
    match packet {
        Packet::Event(event) => {
            says.put("name", Some(&event.name));
            says.put("ns", event.ns.as_ref());
            says.put("room", event.room.as_ref());
            says.put("id", event.id);
            match &event.content {
                packet::Content::Json(data) => says.put("data", data.as_ref()),
                packet::Content::Binary(bytes) => says.put("binary", Some(STANDARD.encode(bytes))),
            }
        }
        Packet::Reply { id, outcome } => {
            says.put("id", Some(id));
            match outcome {
                Ok(data) => says.put("data", data.as_ref()),
                Err(Failure { code, message }) => {
                    says.put("error", Some(json!({"code": code, "message": message})));
                }
            }
        }
        Packet::From(number) | Packet::Ack(number) | Packet::Ping(number) | Packet::Pong(number) => {
            says.put("number", Some(number));
        }
        other => says_wish(&mut says, other),
    }
    Value::Object(says.0)
}

/// The packets that only clients send.
fn says_wish(says: &mut Says, packet: &Packet<'_>) {
    match packet {
        Packet::Connect { ns, auth, id } => {
            says.put("ns", Some(ns));
            says.put("auth", auth.as_ref());
            says.put("id", *id);
        }
        Packet::Disconnect { ns, id } => {
            says.put("ns", Some(ns));
            says.put("id", *id);
        }
        Packet::Join { room, ns, since, id } => {
            says.put("room", Some(room));
            says.put("ns", ns.as_ref());
            says.put("since", since.as_ref().map(|since| json!({"epoch": since.epoch, "at": since.at})));
            says.put("id", *id);
        }
        Packet::Leave { room, ns, id } => {
            says.put("room", Some(room));
            says.put("ns", ns.as_ref());
            says.put("id", *id);
        }
        Packet::Auth { auth, id } => {
            says.put("auth", Some(auth));
            says.put("id", *id);
        }
        Packet::Open(opening) => {
            says.put("auth", opening.auth.as_ref());
            says.put("key", opening.key.as_deref().map(to_hex));
        }
        Packet::Resume { session } => says.put("session", Some(session)),
        Packet::Attach { after, turn } => {
            says.put("after", *after);
            says.put("turn", *turn);
        }
        Packet::Close { code, reason } => {
            says.put("code", *code);
            says.put("reason", Some(reason));
        }
        _ => unreachable!("`meaning` has seen to the rest"),
    }
}

/// A meaning in the making.
#[derive(Default)]
struct Says(Map<String, Value>);

impl Says {
    fn put(&mut self, name: &str, value: Option<impl serde::Serialize>) {
        if let Some(value) = value {
            self.0.insert(name.to_owned(), json!(value));
        }
    }
}

/// A meaning to compose a packet from, and what was read of it.
struct Meaning {
    members: Map<String, Value>,
    read: RefCell<HashSet<String>>,
}

impl Meaning {
    /// Composes something from a meaning, whose every member has to be read for it.
    fn read<T>(value: Value, compose: impl Fn(&Meaning) -> Result<T, String>) -> Result<T, String> {
        let Value::Object(members) = value else { return Err(format!("no meaning: {value}")) };
        let meaning = Meaning { members, read: RefCell::default() };
        let composed = compose(&meaning)?;
        let read = meaning.read.borrow();
        match meaning.members.keys().find(|name| !read.contains(*name)) {
            Some(name) => Err(format!("unused in the meaning: {name}")),
            None => Ok(composed),
        }
    }

    fn member(&self, name: &str) -> Option<&Value> {
        self.read.borrow_mut().insert(name.to_owned());
        self.members.get(name)
    }

    fn text(&self, name: &str) -> Result<&str, String> {
        self.member(name).and_then(Value::as_str).ok_or_else(|| format!("no `{name}`"))
    }

    fn number(&self, name: &str) -> Result<u64, String> {
        self.member(name).and_then(Value::as_u64).ok_or_else(|| format!("no `{name}`"))
    }

    fn failure(&self) -> Result<Failure, String> {
        Ok(Failure { code: self.text("code")?.to_owned(), message: self.text("message")?.to_owned() })
    }
}

fn say(meaning: &Meaning) -> Result<String, String> {
    let bytes = match meaning.text("kind")? {
        "event" | "reply" | "error" => {
            let parcel = parcel(meaning)?;
            parcel.form(Form::Packet, |parcel| native::make(Form::Packet, parcel)).to_vec()
        }
        "open" => open(meaning)?,
        _ => control(meaning)?,
    };
    String::from_utf8(bytes).map_err(|fault| fault.to_string())
}

fn parcel(meaning: &Meaning) -> Result<Parcel, String> {
    let data = meaning.member("data").map(Value::to_string);
    let bytes =
        meaning.text("binary").ok().map(|text| STANDARD.decode(text).map_err(|fault| fault.to_string()));
    let bytes = bytes.transpose()?;
    let content = match (&data, &bytes) {
        (None, None) => Content::Nothing,
        (Some(data), None) => Content::Json(data),
        (None, Some(bytes)) => Content::Binary(bytes),
        (Some(_), Some(_)) => return Err("`data` and `binary`".to_owned()),
    };
    match meaning.text("kind")? {
        "reply" => {
            let failure = meaning.member("error").map(|error| Meaning::read(error.clone(), Meaning::failure));
            let failure = failure.transpose()?;
            Ok(native::reply(meaning.number("id")?, failure.as_ref().map_or(Ok(content), Err)))
        }
        "error" => Ok(native::error(&meaning.failure()?)),
        _ => {
            let event = native::Outgoing {
                room: meaning.text("room").ok(),
                peer: meaning.text("peer").ok().and_then(PeerId::parse),
                id: meaning.number("id").ok(),
                ..native::Outgoing::new(meaning.text("name")?, content)
            };
            Ok(event.parcel())
        }
    }
}

fn control(meaning: &Meaning) -> Result<Vec<u8>, String> {
    let close;
    let control = match meaning.text("kind")? {
        "from" => native::Control::From(meaning.number("number")?),
        "ack" => native::Control::Ack(meaning.number("number")?, meaning.number("busy").ok()),
        "ping" => native::Control::Ping(meaning.number("number")?),
        "pong" => native::Control::Pong(meaning.number("number")?),
        "moved" => native::Control::Moved(meaning.number("turn")?),
        "drain" => native::Control::Drain(meaning.number("retry")?),
        "close" => {
            let code = u16::try_from(meaning.number("code")?).map_err(|fault| fault.to_string())?;
            close = Close {
                code: Code::from(code),
                reason: meaning.text("reason")?.into(),
                last: meaning.number("last")?,
                received: meaning.number("received")?,
            };
            native::Control::Close(&close)
        }
        kind => return Err(format!("unknown kind {kind:?}")),
    };
    let mut out = Vec::new();
    control.push(&mut out);
    Ok(out)
}

fn open(meaning: &Meaning) -> Result<Vec<u8>, String> {
    if meaning.number("v")? != native::VERSION {
        return Err(format!("the gateway speaks version {}", native::VERSION));
    }
    let session = session(meaning)?;
    let carriers = meaning.member("carriers").and_then(Value::as_array).ok_or("no `carriers`")?;
    // The gateway's own names are constants; those of a vector live as long as this test.
    let carriers = carriers.iter().filter_map(Value::as_str).map(|name| &*name.to_owned().leak()).collect();
    let terms = native::Terms {
        ping: meaning.number("ping")?,
        wait: meaning.number("wait")?,
        resume: meaning.number("resume")?,
        max: usize::try_from(meaning.number("max")?).map_err(|fault| fault.to_string())?,
        carriers,
    };
    let sid = Sid::parse(meaning.text("session")?).ok_or("no `session`")?;
    let peer = PeerId::parse(meaning.text("peer")?).ok_or("no `peer`")?;
    let mut out = Vec::new();
    let from = session.link().map(|_| session.next());
    native::push_open(&mut out, &sid, peer, &session, from, &terms);
    Ok(out)
}

/// A session that has come as far as its `open` says.
fn session(meaning: &Meaning) -> Result<Session, String> {
    let now = Moment(0);
    let mut session = Session::new(now, Rules::default().into());
    let received = meaning.number("received")?;
    session.handle_receive(1, received, received).map_err(|refusal| format!("{refusal:?}"))?;
    for _ in 0..meaning.number("last")? {
        let parcel = Parcel::text(b"{}", &Marks::default());
        session.push(now, parcel.into()).map_err(|close| close.reason.to_string())?;
    }
    let turn = Some(meaning.number("turn")?);
    if let Ok(from) = meaning.number("from") {
        let how = Attach { carriage: Carriage::Socket, turn, after: None, auto: false, jitter: 0 };
        session.handle_attach(now, how).map_err(|refusal| format!("{refusal:?}"))?;
        if session.next() != from {
            return Err(format!("a session just attached begins with {}", session.next()));
        }
    }
    Ok(session)
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.filter(|digits| digits.len().is_multiple_of(2)).ok_or("no hex")?;
    Ok(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

//! One client session: it counts, acknowledges, repeats, and panics where a message is missing, doubled or changed.

use std::{collections::VecDeque, net::SocketAddr, time::Duration};

use serde_json::{Value, json};

use super::{Carrier, Heard, Kind, Packet, Place, Sent, carrier::Remains, within};

#[path = "switching.rs"]
mod switching;

/// Milliseconds after which a form's messages are repeated that are not acknowledged.
const FORM_PATIENCE: u64 = 250;

pub(crate) struct Client {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
    /// What `open` said.
    pub(crate) open: Value,
    pub(crate) turn: u64,
    /// How the session ended: the content of `close`.
    pub(crate) closed: Option<Value>,
    /// The code of the last WebSocket that ended.
    pub(crate) code: Option<u16>,
    /// The milliseconds of a `drain`.
    pub(crate) drained: Option<u64>,
    /// Times that the gateway's handlers had too much to do.
    pub(crate) busy: u32,
    /// Messages that came again, on another carrier.
    pub(crate) repeats: u32,
    /// Packets that acknowledged something, and came on a receiving carrier.
    pub(crate) acks: u32,
    carrier: Option<Box<dyn Carrier>>,
    old: Vec<(Kind, Box<dyn Carrier>)>,
    remains: Vec<Remains>,
    taken: Vec<Packet>,
    /// Taken, and not asked for yet.
    inbox: VecDeque<Packet>,
    said: u64,
    unacked: VecDeque<Packet>,
    /// Number of the last message handed to the present carrier.
    handed: u64,
    /// Milliseconds after which to repeat what was not taken.
    again: Option<u64>,
    ids: u64,
}

impl Client {
    pub(crate) async fn open(address: SocketAddr, kind: Kind) -> Self {
        Self::open_with(address, kind, json!({})).await
    }

    pub(crate) async fn open_with(address: SocketAddr, kind: Kind, open: Value) -> Self {
        let (carrier, open) = within("a session", (kind.open)(address, open)).await;
        let sid = open["session"].as_str().expect("`open` names the session").to_owned();
        let turn = open["turn"].as_u64().expect("`open` has a turn");
        let mut client = Self::of(kind, Place { address, sid }, open, turn);
        client.carrier = Some(carrier);
        if !kind.both_ways {
            client.turn += 1;
            client.attach().await;
        }
        client
    }

    /// A client of a session that was opened by other means, not attached yet.
    pub(crate) fn of(kind: Kind, place: Place, open: Value, turn: u64) -> Self {
        Client {
            kind,
            place,
            open,
            turn,
            closed: None,
            code: None,
            drained: None,
            busy: 0,
            repeats: 0,
            acks: 0,
            carrier: None,
            old: Vec::new(),
            remains: Vec::new(),
            taken: Vec::new(),
            inbox: VecDeque::new(),
            said: 0,
            unacked: VecDeque::new(),
            handed: 0,
            again: None,
            ids: 0,
        }
    }

    /// Its public name.
    pub(crate) fn peer(&self) -> String {
        self.open["peer"].as_str().expect("`open` names the peer").to_owned()
    }

    /// Number of the last message taken.
    pub(crate) fn received(&self) -> u64 {
        self.taken.len() as u64
    }

    /// Messages of which it is not known whether they were taken.
    pub(crate) fn unacknowledged(&self) -> usize {
        self.unacked.len()
    }

    /// Number of the last message said.
    pub(crate) fn said(&self) -> u64 {
        self.said
    }

    /// Says a message. Without a carrier it waits for the next one.
    pub(crate) async fn say(&mut self, event: &str, data: Value) {
        self.push(Packet::event(event, data)).await;
    }

    pub(crate) async fn push(&mut self, packet: Packet) {
        self.queue(packet);
        self.flush().await;
    }

    /// Queues a message without handing it to the carrier.
    pub(crate) fn queue(&mut self, packet: Packet) {
        self.said += 1;
        self.unacked.push_back(packet);
    }

    /// Says a packet that wants a reply, and waits for it: `Ok` with its data, `Err` with its error.
    pub(crate) async fn request(&mut self, mut packet: Packet) -> Result<Packet, Value> {
        self.ids += 1;
        let id = self.ids;
        packet.json["id"] = id.into();
        self.push(packet).await;
        let reply = self.take(&format!("the reply to {id}"), |packet| packet.json["reply"] == id).await;
        match reply.json.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(reply),
        }
    }

    /// Says an event that wants a reply, which must not be an error. Tells its data.
    pub(crate) async fn ask(&mut self, event: &str, data: Value) -> Value {
        self.request(Packet::event(event, data)).await.expect("the request succeeds").data().clone()
    }

    pub(crate) async fn join(&mut self, room: &str) {
        let join = Packet { json: json!({ "join": { "room": room } }), bytes: None };
        self.request(join).await.expect("the room may be entered");
    }

    /// Hands what was not handed yet to the carrier.
    pub(crate) async fn flush(&mut self) {
        // What a form may still say is not known: only a WebSocket and a POST tell a client to wait.
        while (self.again.is_none() || self.kind.posts_forms) && self.handed < self.said {
            let Some(carrier) = &mut self.carrier else { return };
            let acked = self.said - self.unacked.len() as u64;
            let first = self.handed.max(acked) + 1;
            let packets: Vec<Packet> = self.unacked.range((first - acked - 1) as usize..).cloned().collect();
            self.handed = self.said;
            match carrier.send(first, &packets).await {
                Sent::Under => {}
                Sent::Answered(answer) => self.answered(&answer),
                Sent::Broken => self.carrier = None,
            }
        }
    }

    fn answered(&mut self, answer: &super::Answer) {
        let body = answer.json();
        match answer.status {
            200 => self.acked(body["ack"].as_u64().expect("a POST's answer has `ack`")),
            429 => {
                let seconds: u64 =
                    answer.header("retry-after").expect("Retry-After").parse().expect("seconds");
                self.was_busy(body["ack"].as_u64().expect("a 429 has `ack`"), seconds * 1000);
            }
            _ if body.get("close").is_some() => self.closed = Some(body["close"].clone()),
            status => panic!("a POST is answered {status}: {body}"),
        }
    }

    fn was_busy(&mut self, ack: u64, millis: u64) {
        assert!(ack < self.said, "busy, and everything taken");
        self.busy += 1;
        self.again = Some(millis);
        self.acked(ack);
        self.handed = ack;
    }

    /// A form's answer can't be read. What stays unacknowledged for a while was not taken, and is repeated.
    fn watch_forms(&mut self) {
        if self.kind.posts_forms {
            let acked = self.said - self.unacked.len() as u64;
            self.again = (acked < self.handed).then_some(FORM_PATIENCE);
        }
    }

    fn acked(&mut self, ack: u64) {
        assert!(ack <= self.said, "{ack} is acknowledged and {} said", self.said);
        while self.said - (self.unacked.len() as u64) < ack {
            self.unacked.pop_front();
        }
        self.handed = self.handed.max(ack);
    }

    /// Sends a control packet on the carrier.
    pub(crate) async fn control(&mut self, packet: Value) {
        self.carrier.as_mut().expect("a carrier is there").control(packet).await;
    }

    /// The next message.
    pub(crate) async fn next(&mut self) -> Packet {
        self.take("a message", |_| true).await
    }

    /// The data of the next message, which must be this event.
    pub(crate) async fn hear(&mut self, event: &str) -> Value {
        let packet = self.take(event, |_| true).await;
        assert!(packet.is(event), "{packet:?} where `{event}` was to come");
        packet.data().clone()
    }

    /// The text of the next event `message`, which must be text or nothing.
    pub(crate) async fn hear_message(&mut self) -> String {
        let data = self.hear("message").await;
        data.as_str().expect("text").to_owned()
    }

    /// The data of so many of this event, which come in a row.
    pub(crate) async fn hear_all(&mut self, event: &str, count: usize) -> Vec<u64> {
        let mut heard = Vec::new();
        for _ in 0..count {
            heard.push(self.hear(event).await.as_u64().expect("a number"));
        }
        heard
    }

    /// The oldest message that is wanted; others stay for later.
    async fn take(&mut self, what: &str, wanted: impl Fn(&Packet) -> bool) -> Packet {
        let name = format!("{what} on {}", self.kind.name);
        within(&name, async {
            loop {
                if let Some(index) = self.inbox.iter().position(&wanted) {
                    return self.inbox.remove(index).expect("it was just found");
                }
                assert!(self.closed.is_none(), "closed with {:?} before {what} came", self.closed);
                assert!(self.carrier.is_some(), "no carrier ({:?}) for {what} to come on", self.code);
                self.turn_once().await;
            }
        })
        .await
    }

    /// Messages that have been taken and not asked for.
    pub(crate) fn waiting(&self) -> usize {
        self.inbox.len()
    }

    /// Listens until `done` says so.
    pub(crate) async fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let name = format!("{what} on {}", self.kind.name);
        within(&name, async {
            while !done(self) {
                assert!(self.carrier.is_some(), "the carrier ended ({:?}) before {what}", self.code);
                self.turn_once().await;
            }
        })
        .await;
    }

    /// Listens until the carrier ends by itself, or the session: `close`, or a drain.
    pub(crate) async fn until_over(&mut self) {
        let kept = self.kind.kept;
        self.until("the end", |client| {
            client.carrier.is_none() || (!kept && (client.closed.is_some() || client.drained.is_some()))
        })
        .await;
    }

    /// Listens for so long, whatever comes.
    pub(crate) async fn listen_for(&mut self, time: Duration) {
        let listening = async {
            while self.carrier.is_some() && self.closed.is_none() {
                self.turn_once().await;
            }
        };
        let ended = tokio::time::timeout(time, listening).await.is_ok();
        assert!(!ended, "the carrier ended ({:?}), or the session ({:?})", self.code, self.closed);
    }

    /// Takes one thing that comes; or repeats what was not taken, when its time has come.
    async fn turn_once(&mut self) {
        let after = self.received();
        let pause = self.again.map(Duration::from_millis);
        let Some(carrier) = &mut self.carrier else { return };
        let heard = tokio::select! {
            heard = carrier.receive(after) => Some(heard),
            () = tokio::time::sleep(pause.unwrap_or_default()), if pause.is_some() => None,
        };
        match heard {
            Some(heard) => self.process(heard).await,
            None => {
                self.again = None;
                if self.kind.posts_forms {
                    self.busy += 1;
                    self.handed = self.said - self.unacked.len() as u64;
                }
                self.flush().await;
            }
        }
    }

    async fn process(&mut self, heard: Heard) {
        match heard {
            Heard::Message(number, packet) => self.message(number, packet),
            Heard::Control(control) => self.controlled(&control).await,
            Heard::Ended(code) => {
                self.code = code;
                self.carrier = None;
            }
            Heard::Refused(answer) => {
                let body = answer.json();
                match (body.get("close"), answer.status) {
                    (Some(close), _) => self.closed = Some(close.clone()),
                    (None, 503) => {
                        let seconds: u64 =
                            answer.header("retry-after").expect("Retry-After").parse().expect("seconds");
                        self.drained = Some(seconds * 1000);
                    }
                    (None, status) => panic!("{status} on {}: {body}", self.kind.name),
                }
            }
        }
    }

    fn message(&mut self, number: u64, packet: Packet) {
        let index = usize::try_from(number).expect("a small number") - 1;
        match self.taken.get(index) {
            Some(known) => {
                assert_eq!(*known, packet, "message {number} changed when it was repeated");
                self.repeats += 1;
            }
            None => {
                assert_eq!(index, self.taken.len(), "message {number} on {}: a gap", self.kind.name);
                self.taken.push(packet.clone());
                self.inbox.push_back(packet);
            }
        }
    }

    async fn controlled(&mut self, control: &Value) {
        let (kind, content) = control.as_object().and_then(|object| object.iter().next()).expect("a packet");
        match (kind.as_str(), control["busy"].as_u64()) {
            ("ack" | "busy", Some(millis)) => {
                self.was_busy(control["ack"].as_u64().expect("a number"), millis);
            }
            ("ack", None) => {
                self.acks += 1;
                self.acked(content.as_u64().expect("a number"));
                self.watch_forms();
                self.flush().await;
            }
            ("open", _) => self.acked(content["received"].as_u64().expect("a number")),
            // Only a WebSocket has a way back that costs nothing.
            ("ping", _) if self.kind.both_ways => self.control(json!({ "pong": content })).await,
            ("ping", _) => {}
            ("drain", _) => self.drained = content["retry"].as_u64(),
            ("close", _) => {
                let code = content["code"].as_u64().expect("a code");
                assert!(code == 4008 || code == 4004 || content["last"] == self.received(), "{content}");
                self.closed = Some(content.clone());
            }
            _ => panic!("{control} on {} of turn {}", self.kind.name, self.turn),
        }
    }
}

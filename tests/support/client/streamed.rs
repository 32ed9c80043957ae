//! Answers that grow: a GET whose body brings a packet after the other, and POSTs beside it. What such a body looks
//! like is a [`Format`], one file each.

use std::{collections::VecDeque, net::SocketAddr};

use futures_util::future::{BoxFuture, FutureExt};
use serde_json::{Value, json};

use super::{
    Answer, Carrier, Heard, Http, Packet, Part, Place, Sent,
    carrier::{Opened, Remains},
    once,
    poll::{Uplink, open_by_post},
    request, within,
};

/// Messages after which the client acknowledges, well below the 32 that it may leave.
const ACK_EVERY: u64 = 8;

/// How packets stand in a body.
pub(super) struct Format {
    pub(super) content_type: &'static str,
    /// The request's path under the session.
    pub(super) path: fn(after: u64, turn: u64) -> String,
    pub(super) reader: fn() -> Box<dyn Reader>,
    /// What a native EventSource says when it connects again by itself.
    pub(super) says_last_event_id: bool,
}

/// Takes a body apart.
pub(super) trait Reader: Send {
    /// Takes what comes next, and tells the packets that it makes whole, with their numbers where they bring some.
    fn feed(&mut self, bytes: &[u8]) -> Vec<(Option<u64>, Value)>;

    /// How much there is of a packet that is not whole.
    fn unfinished(&self) -> usize;
}

pub(super) struct Streamed {
    place: Place,
    format: &'static Format,
    uplink: Uplink,
    turn: u64,
    body: Option<Body>,
    ready: VecDeque<Heard>,
    /// Number of the next message, counted from what `open` said; 0 before it.
    next: u64,
    acked: u64,
    /// `moved`, `drain` or `close` came: the body has nothing more to say.
    parted: bool,
    over: bool,
}

struct Body {
    http: Http,
    reader: Box<dyn Reader>,
    begun: bool,
    /// The path that was asked for, to ask again.
    path: String,
    after: u64,
}

pub(super) async fn opened(address: SocketAddr, open: Value, format: &'static Format) -> Opened {
    let (place, open) = open_by_post(address, open).await;
    (Streamed::unattached(place, format), open)
}

impl Streamed {
    pub(super) fn unattached(place: Place, format: &'static Format) -> Box<dyn Carrier> {
        let uplink = Uplink::new(place.clone());
        let (body, ready) = (None, VecDeque::new());
        Box::new(Streamed {
            place,
            format,
            uplink,
            turn: 0,
            body,
            ready,
            next: 0,
            acked: 0,
            parted: false,
            over: false,
        })
    }

    async fn begin(&mut self, path: String, headers: &str, after: u64) {
        let mut http = Http::connect(self.place.address).await;
        let written = http.write(&request("GET", &self.place.path(&path), headers, "")).await;
        self.next = 0;
        self.over = written.is_err();
        self.body = Some(Body { http, reader: (self.format.reader)(), begun: false, path, after });
    }

    /// The body ended by itself, as it does behind so many bytes: what follows is asked for, with the same turn.
    async fn begin_again(&mut self, after: u64, before: Body) {
        if self.format.says_last_event_id {
            let headers = format!("Last-Event-ID: {after}\r\n");
            self.begin(before.path, &headers, after.max(before.after)).await;
        } else {
            self.begin((self.format.path)(after, self.turn), "", after).await;
        }
    }

    async fn next(&mut self, after: u64) -> Heard {
        loop {
            if let Some(heard) = self.ready.pop_front() {
                return heard;
            }
            if after >= self.acked + ACK_EVERY {
                self.acknowledge(after).await;
            }
            let Some(body) = self.body.as_mut().filter(|_| !self.over) else { return Heard::Ended(None) };
            match body.chunk().await {
                // Where nobody sees a status, the refusal is the only packet of a body like any other.
                Ok(Bytes::Refused(answer)) if answer.status == 200 => {
                    self.check_head(&answer);
                    self.take(&answer.body);
                    self.over = true;
                }
                Ok(Bytes::Refused(answer)) => {
                    self.over = true;
                    return Heard::Refused(self.unmasked(answer));
                }
                Ok(Bytes::Begun(answer)) => self.check_head(&answer),
                Ok(Bytes::Chunk(chunk)) if !chunk.is_empty() => self.take(&chunk),
                Ok(Bytes::Chunk(_)) if !self.parted && self.next > 0 => {
                    let before = self.body.take().expect("a chunk came of it");
                    assert_eq!(before.reader.unfinished(), 0, "a body ends behind a whole packet");
                    self.begin_again(after, before).await;
                }
                Ok(Bytes::Chunk(_)) | Err(_) => self.over = true,
            }
        }
    }

    fn check_head(&self, answer: &Answer) {
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), Some(self.format.content_type));
        assert_eq!(answer.header("x-accel-buffering"), Some("no"));
        assert_eq!(answer.header("content-encoding"), None);
    }

    fn take(&mut self, bytes: &[u8]) {
        let body = self.body.as_mut().expect("the bytes came of it");
        for (number, packet) in body.reader.feed(bytes) {
            self.sort(number, packet);
        }
    }

    /// Sorts a packet, and checks that what is told of it is what the protocol says.
    fn sort(&mut self, number: Option<u64>, packet: Value) {
        assert!(!self.parted, "{packet} behind the last packet of a carrier");
        let kind = packet.as_object().and_then(|packet| packet.keys().next().cloned()).expect("a packet");
        match &*kind {
            "error" if self.next == 0 => {
                let status = masked_status(&packet);
                let refused = Answer::of(status, &packet);
                return self.ready.push_back(Heard::Refused(refused));
            }
            "open" => {
                assert_eq!(self.next, 0, "one `open` a carrier");
                self.next = packet["open"]["from"].as_u64().expect("a stream's `open` has `from`");
                let after = self.body.as_ref().expect("the packet came of it").after;
                // Another carrier may have acknowledged more meanwhile.
                assert!(self.next > after, "it begins behind {after}, not with {}", self.next);
            }
            "moved" | "drain" | "close" => self.parted = true,
            "ack" | "ping" => {}
            _ => {
                assert_ne!(self.next, 0, "`open` comes first: {packet}");
                assert!(number.is_none_or(|number| number == self.next), "{number:?} for {}", self.next);
                self.ready.push_back(Heard::Message(self.next, Packet::from_text(packet)));
                self.next += 1;
                return;
            }
        }
        assert_eq!(number, None, "a control packet has no number: {packet}");
        self.ready.push_back(Heard::Control(packet));
    }

    /// Acknowledges by a POST on a connection of its own, so that it may be given up halfway.
    async fn acknowledge(&mut self, after: u64) {
        let path = self.place.path("/messages");
        let answer = once(self.place.address, "POST", &path, &json!({ "ack": after }).to_string()).await;
        let is_over = answer.json().get("close").is_some();
        assert!(answer.status == 200 || is_over, "{} {}", answer.status, answer.text());
        self.acked = after;
    }

    /// A native EventSource that is stale is only told to go: its turn lost against a higher one.
    fn unmasked(&self, answer: Answer) -> Answer {
        if answer.status != 204 {
            return answer;
        }
        Answer::of(409, &json!({ "error": { "code": "stale" }, "turn": self.turn + 1 }))
    }
}

/// What comes of a body.
enum Bytes {
    /// Its head.
    Begun(Answer),
    /// A whole answer in the body's place.
    Refused(Answer),
    Chunk(Vec<u8>),
}

impl Body {
    async fn chunk(&mut self) -> std::io::Result<Bytes> {
        if self.begun {
            return self.http.chunk().await.map(Bytes::Chunk);
        }
        let answer = self.http.begun().await?;
        self.begun = answer.is_chunked();
        Ok(if self.begun { Bytes::Begun(answer) } else { Bytes::Refused(answer) })
    }
}

/// The status of a refusal that came with 200, so that it can be told like one that came with it.
pub(super) fn masked_status(refusal: &Value) -> u16 {
    let code = &refusal["error"]["code"];
    match (code.as_str(), code.as_u64()) {
        (Some("stale" | "gap" | "used"), _) => 409,
        (Some("not_found"), _) | (_, Some(4004)) => 404,
        (_, Some(4003)) => 503,
        (_, Some(4009)) => 429,
        (_, Some(4002)) => 400,
        _ => 410,
    }
}

impl Carrier for Streamed {
    fn attach(&mut self, after: u64, turn: u64) -> BoxFuture<'_, ()> {
        (self.turn, self.acked) = (turn, after);
        let path = (self.format.path)(after, turn);
        self.begin(path, "", after).boxed()
    }

    fn send<'a>(&'a mut self, first: u64, packets: &'a [Packet]) -> BoxFuture<'a, Sent> {
        self.uplink.send(first, packets).boxed()
    }

    fn control(&mut self, packet: Value) -> BoxFuture<'_, ()> {
        async move {
            let answer = self.uplink.post(None, &packet.to_string()).await.expect("the POST is answered");
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
        .boxed()
    }

    fn listen(&mut self, _: u64) -> BoxFuture<'_, ()> {
        std::future::ready(()).boxed()
    }

    fn receive(&mut self, after: u64) -> BoxFuture<'_, Heard> {
        self.next(after).boxed()
    }

    fn cut_sending(
        self: Box<Self>,
        first: u64,
        packets: Vec<Packet>,
        part: Part,
    ) -> BoxFuture<'static, Remains> {
        async move { self.uplink.cut(first, &packets, part).await }.boxed()
    }

    /// Reads byte by byte until one message is whole and a part of the next is there.
    fn cut_receiving(mut self: Box<Self>, _: u64) -> BoxFuture<'static, Vec<Heard>> {
        async move {
            loop {
                let body = self.body.as_mut().expect("the carrier is attached");
                let chunk = match within("a packet to cut", body.chunk()).await.expect("the body goes on") {
                    Bytes::Begun(_) => continue,
                    Bytes::Refused(answer) => panic!("{} {}", answer.status, answer.text()),
                    Bytes::Chunk(chunk) => chunk,
                };
                assert!(!chunk.is_empty(), "the body ended where something was to come");
                for byte in chunk {
                    self.take(&[byte]);
                    let whole = self.ready.iter().any(|heard| matches!(heard, Heard::Message(..)));
                    let body = self.body.as_ref().expect("the carrier is attached");
                    if whole && body.reader.unfinished() > 20 {
                        return self.ready.into();
                    }
                }
            }
        }
        .boxed()
    }
}

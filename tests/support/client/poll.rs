//! Polls: a row of GETs on one connection, and POSTs on another.

use std::{collections::VecDeque, net::SocketAddr, time::Duration};

use futures_util::future::{BoxFuture, FutureExt};
use serde_json::{Value, json};

use super::{
    Answer, Carrier, Heard, Http, Kind, Packet, Part, Place, Sent,
    carrier::{Opened, Remains},
    once, request, within,
};

/// A GET that is held until there is something to say.
pub(crate) const LONG_POLL: Kind = Kind {
    name: "long_poll",
    kept: false,
    both_ways: false,
    posts_forms: false,
    held: true,
    open: |address, open| opened(address, open, "").boxed(),
    resume: |place| Box::new(Poll::new(place, "")),
};

/// A GET that is answered at once.
pub(crate) const SHORT_POLL: Kind = Kind {
    name: "short_poll",
    kept: false,
    both_ways: false,
    posts_forms: false,
    held: false,
    open: |address, open| opened(address, open, "&wait=0").boxed(),
    resume: |place| Box::new(Poll::new(place, "&wait=0")),
};

/// Between two short-polls: short, as a test is in a hurry.
const INTERVAL: Duration = Duration::from_millis(5);

/// What sends by POST, for every carrier that receives on a request.
pub(crate) struct Uplink {
    place: Place,
    http: Option<Http>,
}

struct Poll {
    place: Place,
    wait: &'static str,
    turn: u64,
    uplink: Uplink,
    http: Option<Http>,
    /// A GET is in flight.
    asked: bool,
    ready: VecDeque<Heard>,
}

async fn opened(address: SocketAddr, open: Value, wait: &'static str) -> Opened {
    let (place, open) = open_by_post(address, open).await;
    (Box::new(Poll::new(place, wait)), open)
}

/// Opens a session by POST, not attached to anything.
pub(super) async fn open_by_post(address: SocketAddr, open: Value) -> (Place, Value) {
    let answer = once(address, "POST", "/everwire/session", &json!({ "open": open }).to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let open = answer.json()["open"].clone();
    let sid = open["session"].as_str().expect("`open` names the session").to_owned();
    let location = format!("/everwire/session/{sid}");
    assert_eq!(answer.header("location"), Some(&*location));
    (Place { address, sid }, open)
}

impl Uplink {
    pub(crate) fn new(place: Place) -> Self {
        Uplink { place, http: None }
    }

    fn body(packets: &[Packet]) -> String {
        Value::from(packets.iter().map(Packet::text).collect::<Vec<_>>()).to_string()
    }

    async fn write(&mut self, first: Option<u64>, body: &str, part: Part) -> Option<()> {
        let seq = first.map_or(String::new(), |first| format!("?seq={first}"));
        let bytes = request("POST", &self.place.path(&format!("/messages{seq}")), "", body);
        if self.http.is_none() {
            self.http = Some(Http::connect(self.place.address).await);
        }
        let length = if part == Part::Half { bytes.len() - body.len() / 2 } else { bytes.len() };
        self.http.as_mut()?.write(&bytes[..length]).await.ok()
    }

    pub(crate) async fn post(&mut self, first: Option<u64>, body: &str) -> Option<Answer> {
        self.write(first, body, Part::Whole).await?;
        let answer = within("the answer to a POST", self.http.as_mut()?.answer()).await.ok();
        if answer.is_none() {
            self.http = None;
        }
        answer
    }

    pub(crate) async fn send(&mut self, first: u64, packets: &[Packet]) -> Sent {
        self.post(Some(first), &Self::body(packets)).await.map_or(Sent::Broken, Sent::Answered)
    }

    pub(crate) async fn cut(mut self, first: u64, packets: &[Packet], part: Part) -> Remains {
        self.write(Some(first), &Self::body(packets), part).await.expect("the connection takes the request");
        Box::new(self.http)
    }
}

impl Poll {
    fn new(place: Place, wait: &'static str) -> Self {
        let uplink = Uplink::new(place.clone());
        Poll { place, wait, turn: 0, uplink, http: None, asked: false, ready: VecDeque::new() }
    }

    async fn begin(&mut self, after: u64) {
        if self.asked || !self.ready.is_empty() {
            return;
        }
        let query = format!("/messages?after={after}&turn={}{}", self.turn, self.wait);
        let bytes = request("GET", &self.place.path(&query), "", "");
        if self.http.is_none() {
            self.http = Some(Http::connect(self.place.address).await);
        }
        let http = self.http.as_mut().expect("it was just connected");
        if http.write(&bytes).await.is_err() {
            self.http = None;
        }
        self.asked = true;
    }

    async fn next(&mut self, after: u64) -> Heard {
        loop {
            if let Some(heard) = self.ready.pop_front() {
                return heard;
            }
            self.begin(after).await;
            let Some(http) = &mut self.http else { return Heard::Ended(None) };
            let Ok(answer) = http.answer().await else {
                self.http = None;
                return Heard::Ended(None);
            };
            self.asked = false;
            if answer.status != 200 {
                return Heard::Refused(answer);
            }
            self.take(&answer.json());
            if self.ready.is_empty() && !self.wait.is_empty() {
                tokio::time::sleep(INTERVAL).await;
            }
        }
    }

    fn take(&mut self, answer: &Value) {
        let from = answer["from"].as_u64().expect("a poll's answer has `from`");
        let messages = answer["messages"].as_array().expect("a poll's answer has `messages`");
        let numbered = (from..).zip(messages.iter().cloned().map(Packet::from_text));
        self.ready.extend(numbered.map(|(number, packet)| Heard::Message(number, packet)));
        let controls = answer["control"].as_array().into_iter().flatten();
        self.ready.extend(controls.cloned().map(Heard::Control));
    }
}

impl Carrier for Poll {
    fn attach(&mut self, after: u64, turn: u64) -> BoxFuture<'_, ()> {
        self.turn = turn;
        self.begin(after).boxed()
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

    fn listen(&mut self, after: u64) -> BoxFuture<'_, ()> {
        self.begin(after).boxed()
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

    fn cut_receiving(mut self: Box<Self>, after: u64) -> BoxFuture<'static, Vec<Heard>> {
        async move {
            self.ready.clear();
            if !self.asked {
                self.begin(after).await;
            }
            let http = self.http.take().expect("a GET is in flight");
            let read = within("half of a poll's answer", http.cut_in_answer()).await;
            assert!(read > 0, "something of the answer was read");
            Vec::new()
        }
        .boxed()
    }
}

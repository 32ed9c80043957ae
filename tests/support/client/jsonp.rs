//! JSONP: polls whose answers are scripts, and forms whose answers nobody can read. All that it needs of a page is a
//! script tag and a form.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
};

use futures_util::future::{BoxFuture, FutureExt};
use serde_json::{Value, json};

use super::{
    Answer, Carrier, Heard, Http, Kind, Packet, Part, Place, Sent,
    carrier::{Opened, Remains},
    frame::from_script,
    once, request,
    streamed::masked_status,
    within,
};

/// A script that is held until there is something to say, and form POSTs.
pub(crate) const JSONP: Kind = Kind {
    name: "jsonp",
    kept: false,
    both_ways: false,
    posts_forms: true,
    held: true,
    open: |address, open| opened(address, open).boxed(),
    resume: |place| Box::new(Jsonp::new(place)),
};

const CALLBACK: &str = "$ew_7";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

struct Jsonp {
    place: Place,
    turn: u64,
    form: Option<Http>,
    /// Number of the next message that is sent here.
    sends: u64,
    http: Option<Http>,
    asked: bool,
    ready: VecDeque<Heard>,
}

async fn opened(address: SocketAddr, mut open: Value) -> Opened {
    static KEYS: AtomicU64 = AtomicU64::new(1);
    if open.get("key").is_none() {
        open["key"] = format!("{:032x}", KEYS.fetch_add(1, Ordering::Relaxed)).into();
    }
    let key = open["key"].as_str().expect("a key is text").to_owned();
    let body = form(&[("d", &json!([{ "open": open }]).to_string())]);
    let mut http = Http::connect(address).await;
    http.write(&request("POST", "/everwire/session/jsonp", FORM, &body)).await.expect("it can be written");
    let posted = within("the answer to a form", http.answer()).await.expect("the form is answered");
    assert_eq!(loaded(&posted), None, "{}", posted.text());

    let path = format!("/everwire/session/jsonp?key={key}&callback={CALLBACK}");
    let open = called(&once(address, "GET", &path, "").await)["open"].clone();
    let sid = open["session"].as_str().expect("`open` names the session").to_owned();
    (Box::new(Jsonp::new(Place { address, sid })), open)
}

/// Fields as a form sends them (application/x-www-form-urlencoded).
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    let encoded = |text: &str| {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                    char::from(byte).to_string()
                }
                b' ' => "+".into(),
                _ => format!("%{byte:02X}"),
            })
            .collect::<String>()
    };
    fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// What the frame shows that a form was posted into: nothing but `ok`, or an error as text.
pub(crate) fn loaded(answer: &Answer) -> Option<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    let text = answer.text();
    assert!(!text.contains(['<', '>']), "{text}");
    let shown = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    let shown = shown.replace("&amp;", "&");
    (shown != "ok").then(|| serde_json::from_str(&shown).expect("an error is JSON"))
}

/// What the script of an answer calls the function with.
pub(crate) fn called(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("text/javascript; charset=utf-8"));
    let call = answer.text().strip_prefix("/**/").and_then(|rest| rest.strip_prefix(CALLBACK));
    let json = call.and_then(|rest| rest.strip_prefix('(')?.trim_end().strip_suffix(");"));
    from_script(json.unwrap_or_else(|| panic!("a script is one call: {}", answer.text())))
}

impl Jsonp {
    fn new(place: Place) -> Self {
        Jsonp { place, turn: 0, form: None, sends: 1, http: None, asked: false, ready: VecDeque::new() }
    }

    async fn begin(&mut self, after: u64) {
        if self.asked || !self.ready.is_empty() {
            return;
        }
        let query = format!("/jsonp?after={after}&turn={}&callback={CALLBACK}", self.turn);
        if self.http.is_none() {
            self.http = Some(Http::connect(self.place.address).await);
        }
        let http = self.http.as_mut().expect("it was just connected");
        if http.write(&request("GET", &self.place.path(&query), "", "")).await.is_err() {
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
            let called = called(&answer);
            if called.get("error").is_some() {
                return Heard::Refused(answer.unmasked(masked_status(&called), &called));
            }
            self.take(&called);
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

    async fn write(&mut self, first: u64, body: &str, part: Part) -> Option<()> {
        let body = form(&[("d", body), ("seq", &first.to_string())]);
        let bytes = request("POST", &self.place.path("/jsonp"), FORM, &body);
        if self.form.is_none() {
            self.form = Some(Http::connect(self.place.address).await);
        }
        let length = if part == Part::Half { bytes.len() - body.len() / 2 } else { bytes.len() };
        self.form.as_mut()?.write(&bytes[..length]).await.ok()
    }

    /// Posts a form and waits until its frame has loaded. What it shows tells a page nothing.
    async fn post(&mut self, first: u64, body: &str) -> Option<()> {
        self.write(first, body, Part::Whole).await?;
        let answer = within("the answer to a form", self.form.as_mut()?.answer()).await.ok();
        match answer {
            Some(answer) => drop(loaded(&answer)),
            None => self.form = None,
        }
        self.form.as_ref().map(drop)
    }

    fn body(packets: &[Packet]) -> String {
        Value::from(packets.iter().map(Packet::text).collect::<Vec<_>>()).to_string()
    }
}

impl Carrier for Jsonp {
    fn attach(&mut self, after: u64, turn: u64) -> BoxFuture<'_, ()> {
        self.turn = turn;
        self.begin(after).boxed()
    }

    fn send<'a>(&'a mut self, first: u64, packets: &'a [Packet]) -> BoxFuture<'a, Sent> {
        async move {
            self.sends = first + packets.len() as u64;
            self.post(first, &Self::body(packets)).await.map_or(Sent::Broken, |()| Sent::Under)
        }
        .boxed()
    }

    fn control(&mut self, packet: Value) -> BoxFuture<'_, ()> {
        async move { self.post(self.sends, &packet.to_string()).await.expect("the form is answered") }.boxed()
    }

    fn listen(&mut self, after: u64) -> BoxFuture<'_, ()> {
        self.begin(after).boxed()
    }

    fn receive(&mut self, after: u64) -> BoxFuture<'_, Heard> {
        self.next(after).boxed()
    }

    fn cut_sending(
        mut self: Box<Self>,
        first: u64,
        packets: Vec<Packet>,
        part: Part,
    ) -> BoxFuture<'static, Remains> {
        async move {
            let written = self.write(first, &Self::body(&packets), part).await;
            written.expect("the connection takes the form");
            Box::new(self.form) as Remains
        }
        .boxed()
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

//! How a client loses its carrier, and finds another.

use serde_json::json;

use super::{Client, Packet};
use crate::client::{Carrier, Heard, Kind, Part, within};

impl Client {
    /// Drops the carrier, whatever it is doing.
    pub(crate) fn cut(&mut self) {
        self.carrier = None;
    }

    /// Is cut while what was queued is being sent; `kept` leaves the request in flight.
    pub(crate) async fn cut_sending(&mut self, part: Part, kept: bool) {
        let carrier = self.carrier.take().expect("a carrier is there");
        let acked = self.said - self.unacked.len() as u64;
        let first = self.handed.max(acked) + 1;
        let packets: Vec<Packet> = self.unacked.range((first - acked - 1) as usize..).cloned().collect();
        let remains = within("a cut", carrier.cut_sending(first, packets, part)).await;
        if kept {
            self.remains.push(remains);
        }
    }

    /// Is cut in the middle of what the gateway says.
    pub(crate) async fn cut_receiving(&mut self) {
        let carrier = self.carrier.take().expect("a carrier is there");
        for heard in within("a cut", carrier.cut_receiving(self.received())).await {
            self.process(heard).await;
        }
    }

    /// Sees to it that a request is in flight where the carrier needs one.
    pub(crate) async fn listen(&mut self) {
        let after = self.received();
        self.carrier.as_mut().expect("a carrier is there").listen(after).await;
    }

    /// Goes on with a new carrier of the same kind, repeating what was not acknowledged.
    pub(crate) async fn resume(&mut self) {
        self.carrier = None;
        self.switch(self.kind).await;
    }

    /// Goes on with a new carrier; the one before, if there is one, learns it by itself.
    pub(crate) async fn switch(&mut self, kind: Kind) {
        self.old.extend(self.carrier.take().map(|before| (self.kind, before)));
        self.kind = kind;
        self.turn += 1;
        self.carrier = Some((kind.resume)(self.place.clone()));
        self.attach().await;
        self.handed = self.said - self.unacked.len() as u64;
        self.again = None;
        self.flush().await;
    }

    pub(super) async fn attach(&mut self) {
        let after = self.received();
        let carrier = self.carrier.as_mut().expect("a carrier is there");
        within("an attach", carrier.attach(after, self.turn)).await;
    }

    /// Listens on the carriers that were superseded until each has been told so: by `moved` with the turn that won, and
    /// its end where it is one connection, on a WebSocket with the code 4006; or by a refusal as stale, where it had to
    /// ask.
    pub(crate) async fn hear_farewells(&mut self) {
        for (kind, mut carrier) in std::mem::take(&mut self.old) {
            let turn = within(&format!("the farewell to {}", kind.name), self.farewell(&mut *carrier)).await;
            assert!(turn <= self.turn, "turn {turn} won, and only {} was claimed", self.turn);
            if kind.kept {
                let end = within("the end of a superseded carrier", carrier.receive(self.received())).await;
                let wanted = kind.ends_with(4006);
                assert!(
                    matches!(end, Heard::Ended(code) if code == wanted),
                    "{} ended with {end:?}",
                    kind.name
                );
            }
        }
    }

    async fn farewell(&mut self, carrier: &mut dyn Carrier) -> u64 {
        loop {
            match carrier.receive(self.received()).await {
                Heard::Control(control) if control.get("moved").is_some() => {
                    return control["moved"]["turn"].as_u64().expect("`moved` has the turn");
                }
                Heard::Control(control) if control.get("ping").is_some() => {}
                Heard::Refused(answer) => {
                    assert_eq!((answer.status, &answer.json()["error"]["code"]), (409, &json!("stale")));
                    return answer.json()["turn"].as_u64().expect("a stale one is told the turn");
                }
                Heard::Ended(code) => panic!("a superseded carrier ended with {code:?} without `moved`"),
                heard => self.process(heard).await,
            }
        }
    }
}

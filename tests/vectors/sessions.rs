//! The gateway's session as the vectors see it: its outbox through one carrier after another, its inbox through many.

use std::{collections::HashMap, sync::Arc};

use everwire::{
    session::{Attach, Carriage, Lane, LinkId, Moment, Received, Refusal, Rules, Session, Transmit, Verdict},
    wire::parcel::{Marks, Parcel},
};
use serde_json::{Value, json};

use super::driver::{Driver, Step};

/// Time is of no account here.
const NOW: Moment = Moment(0);

fn session() -> Session {
    Session::new(NOW, Arc::new(Rules::default()))
}

fn refused(refusal: &Refusal) -> Value {
    match refusal {
        Refusal::Stale { turn } => json!({"refused": "stale", "turn": turn}),
        Refusal::Beyond { sent } => json!({"refused": "beyond", "sent": sent}),
        Refusal::Gap { taken } => json!({"refused": "gap", "taken": taken}),
        Refusal::NoFrom => json!({"refused": "no-from"}),
        Refusal::Closed(_) => json!({"refused": "closed"}),
    }
}

fn ok_or_refused(outcome: &Result<(), Refusal>) -> Value {
    outcome.as_ref().map_or_else(refused, |()| json!("ok"))
}

/// Messages on their way out.
pub(super) struct OutboxEnd {
    session: Session,
    link: Option<LinkId>,
}

impl Default for OutboxEnd {
    fn default() -> Self {
        OutboxEnd { session: session(), link: None }
    }
}

impl Driver for OutboxEnd {
    fn step(&mut self, step: &mut Step) -> Result<(), String> {
        let got = match step.op() {
            "push" => self.push(step.optional_number("count")?.unwrap_or(1))?,
            "attach" => self.attach(step.optional_number("after")?),
            "hand" => self.hand(step.optional_number("most")?.unwrap_or(u64::MAX))?,
            "ack" => ok_or_refused(&self.session.handle_ack(NOW, step.number("number")?)),
            "cut" => {
                let link = self.link.take().ok_or("there is no carrier to cut")?;
                self.session.handle_detach(NOW, link);
                return Ok(());
            }
            "held" => {
                let outbox = self.session.outbox();
                json!((outbox.acked() + 1..=outbox.last()).collect::<Vec<_>>())
            }
            op => return Err(format!("unknown op {op:?}")),
        };
        step.expect(&got)
    }
}

impl OutboxEnd {
    fn push(&mut self, count: u64) -> Result<Value, String> {
        for _ in 0..count {
            let parcel = Arc::new(Parcel::text(b"{}", &Marks::default()));
            self.session.push(NOW, parcel).map_err(|close| close.reason.to_string())?;
        }
        Ok(json!(self.session.last()))
    }

    fn attach(&mut self, after: Option<u64>) -> Value {
        let how = Attach { carriage: Carriage::Socket, turn: None, after, auto: false, jitter: 0 };
        match self.session.handle_attach(NOW, how) {
            Ok(link) => {
                self.link = Some(link);
                json!({"from": self.session.next()})
            }
            Err(refusal) => refused(&refusal),
        }
    }

    fn hand(&mut self, most: u64) -> Result<Value, String> {
        let link = self.link.ok_or("there is no carrier to hand anything to")?;
        let mut numbers = Vec::new();
        while (numbers.len() as u64) < most {
            match self.session.poll_transmit(NOW, link) {
                Transmit::Parcel(seq, _) => numbers.push(seq),
                Transmit::Idle => break,
                other => return Err(format!("neither a message nor nothing: {other:?}")),
            }
        }
        Ok(json!(numbers))
    }
}

/// Messages that come in.
pub(super) struct InboxEnd {
    session: Session,
    lanes: HashMap<String, Lane>,
}

impl Default for InboxEnd {
    fn default() -> Self {
        InboxEnd { session: session(), lanes: HashMap::new() }
    }
}

impl Driver for InboxEnd {
    fn step(&mut self, step: &mut Step) -> Result<(), String> {
        let got = match step.op() {
            "carrier" => return self.carrier(step),
            "from" => {
                let number = step.number("number")?;
                let (lane, session) = self.lane(step)?;
                ok_or_refused(&lane.handle_from(number, session))
            }
            "message" => {
                let room = step.optional_flag("room")?.unwrap_or(true);
                let (lane, session) = self.lane(step)?;
                verdict(&lane.handle_message(session, 1, room))
            }
            "batch" => {
                let (first, count) = (step.number("first")?, step.number("count")?);
                let room = step.optional_number("room")?.unwrap_or(count);
                match self.session.handle_receive(first, count, room) {
                    Ok(Received { repeats, taken }) => json!({"repeats": repeats, "taken": taken}),
                    Err(refusal) => refused(&refusal),
                }
            }
            "taken" => json!(self.session.taken()),
            op => return Err(format!("unknown op {op:?}")),
        };
        step.expect(&got)
    }
}

impl InboxEnd {
    fn carrier(&mut self, step: &mut Step) -> Result<(), String> {
        let name = step.text("name")?;
        let opens = step.optional_flag("opens")?.ok_or("no `opens`")?;
        let lane = if opens { Lane::opening() } else { Lane::resumed() };
        match self.lanes.insert(name, lane) {
            None => Ok(()),
            Some(_) => Err("there is such a carrier already".to_owned()),
        }
    }

    fn lane(&mut self, step: &mut Step) -> Result<(&mut Lane, &mut Session), String> {
        let name = step.text("on")?;
        let lane = self.lanes.get_mut(&name).ok_or_else(|| format!("there is no carrier {name:?}"))?;
        Ok((lane, &mut self.session))
    }
}

fn verdict(outcome: &Result<Verdict, Refusal>) -> Value {
    match outcome {
        Ok(Verdict::Take) => json!("take"),
        Ok(Verdict::Repeat) => json!("repeat"),
        Ok(Verdict::Busy) => json!("busy"),
        Ok(Verdict::Dropped) => json!("dropped"),
        Err(refusal) => refused(refusal),
    }
}

//! Polls: one GET, one answer with everything that is queued.

use std::{sync::Arc, task::Waker, time::Duration};

use http::StatusCode;

use super::{
    Context,
    answer::{self, Outcome},
    long_poll,
    problem::Problem,
    router::Begun,
    short_poll,
};
use crate::{
    dialect::native::{self, Control},
    hub::{Carried, Cell, Link, Turnout, stats::Carrier},
    session::{Attach, Carriage, Over, Seq, Transmit},
    wire::{parcel::Form, query::Query},
};

/// Taken from the session under one lock; a long queue takes several.
const BATCH: usize = 256;

/// Answers `GET …/messages?after=N&turn=K&wait=S`.
pub(super) fn get(context: &Context, cell: &Arc<Cell>, query: &Query<'_>) -> Result<Begun, Problem> {
    let how = attach(context, query)?;
    let request = Request::begin(cell)?;
    let link = cell.attach(carrier(how.carriage), how)?;
    let held = (request, context.hub.carry(link.carrier()));
    let taken = short_poll::take(&link);
    if !taken.is_empty() || how.carriage == (Carriage::Poll { wait: 0 }) {
        return answer_with(&link, &taken, held).map(Begun::Done);
    }
    Ok(Begun::Waiting(Box::pin(async move {
        let taken = long_poll::wait(&link).await;
        answer_with(&link, &taken, held)
    })))
}

/// The answer of a poll that took this. A poll that learns nothing but that the gateway goes away has failed.
/// `held` counts it as in progress until it is written.
fn answer_with(link: &Link, taken: &[Transmit], held: (Request, Carried)) -> Outcome {
    if let [Transmit::Drain { retry }] = *taken {
        return Err(Problem::draining(retry));
    }
    let body = enclose(link.start(), taken, None);
    held.1.wrote(body.len());
    let response = answer::json(StatusCode::OK, body);
    Ok(response.map(|body| body.holding(held)))
}

/// How a poll wants to attach, by its query.
fn attach(context: &Context, query: &Query<'_>) -> Result<Attach, Problem> {
    Ok(Attach {
        carriage: Carriage::Poll { wait: wait(context, query)? },
        turn: query.number("turn")?,
        after: after(query)?,
        auto: is_auto(query),
        jitter: 0,
    })
}

/// What counts a poll of this kind.
pub(super) fn carrier(carriage: Carriage) -> Carrier {
    if carriage == (Carriage::Poll { wait: 0 }) { Carrier::ShortPoll } else { Carrier::LongPoll }
}

/// What is written counts as acknowledged.
pub(super) fn is_auto(query: &Query<'_>) -> bool {
    query.text("after") == Some("auto")
}

/// Number of the last message that the client has, by its own word.
pub(super) fn after(query: &Query<'_>) -> Result<Option<Seq>, Problem> {
    if is_auto(query) { Ok(None) } else { Ok(query.number("after")?) }
}

/// For how many milliseconds a poll wants to be held; more than the longest is cut to it.
pub(super) fn wait(context: &Context, query: &Query<'_>) -> Result<u64, Problem> {
    let seconds = query.number("wait")?.unwrap_or(context.terms.wait);
    let wait = Duration::from_secs(seconds).min(context.times.wait_max);
    Ok(u64::try_from(wait.as_millis()).expect("the longest wait is far below 500 million years"))
}

/// A request of a session in progress; dropping it counts it out.
pub(super) struct Request(Arc<Cell>);

impl Request {
    pub(super) fn begin(cell: &Arc<Cell>) -> Result<Self, Problem> {
        if !cell.begin_request() {
            return Err(Problem::flood(crate::hub::Flood {
                retry_after: 1,
                bound: "requests of this session in progress",
            }));
        }
        Ok(Request(Arc::clone(cell)))
    }
}

impl Drop for Request {
    fn drop(&mut self) {
        self.0.end_request();
    }
}

/// Takes all there is to say. Empty as long as there is nothing; then `waker` is called when that changes.
pub(super) fn gather(link: &Link, waker: Option<&Waker>) -> Vec<Transmit> {
    let mut taken = Vec::new();
    while link.take(&mut taken, BATCH, waker) == Turnout::More {}
    taken
}

/// `{"from":13,"messages":[…]}`, with `"control":[…]` where there is any; `open` is the opening that is answered with it.
pub(super) fn enclose(from: u64, taken: &[Transmit], open: Option<&[u8]>) -> Vec<u8> {
    let forms: Vec<_> = taken
        .iter()
        .filter_map(|transmit| match transmit {
            Transmit::Parcel(_, parcel) => {
                Some(parcel.form(Form::Packet, |parcel| native::make(Form::Packet, parcel)))
            }
            _ => None,
        })
        .collect();
    let mut out = Vec::with_capacity(64 + forms.iter().map(|form| form.len() + 1).sum::<usize>());
    out.push(b'{');
    if let Some(open) = open {
        // The packet `{"open":{…}}` without its braces is the member.
        out.extend_from_slice(&open[1..open.len() - 1]);
        out.push(b',');
    }
    out.extend_from_slice(format!("\"from\":{from},\"messages\":[").as_bytes());
    for (index, form) in forms.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(form);
    }
    out.push(b']');
    push_controls(&mut out, taken);
    out.push(b'}');
    out
}

fn push_controls(out: &mut Vec<u8>, taken: &[Transmit]) {
    let mut first = true;
    for control in taken.iter().filter_map(control) {
        out.extend_from_slice(if first { b",\"control\":[" } else { b"," });
        first = false;
        control.push(out);
    }
    if !first {
        out.push(b']');
    }
}

/// The packet that a carrier without an opposite direction says this with, if it is no message.
pub(super) fn control(transmit: &Transmit) -> Option<Control<'_>> {
    Some(match transmit {
        Transmit::Ack(seq) => Control::Ack(*seq, None),
        Transmit::Ping(number) => Control::Ping(*number),
        Transmit::Drain { retry } => Control::Drain(*retry),
        Transmit::Close(close) => Control::Close(close),
        Transmit::Over(Over::Moved { turn }) => Control::Moved(*turn),
        Transmit::Parcel(..) | Transmit::Over(_) | Transmit::Idle => return None,
    })
}

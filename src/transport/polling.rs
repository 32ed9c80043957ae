//! Polls: one GET, one answer with everything that is queued.

use std::{sync::Arc, task::Waker, time::Duration};

use http::StatusCode;

use super::{
    Context,
    answer::{self, Outcome, Response},
    long_poll,
    problem::Problem,
    router::Begun,
    short_poll,
};
use crate::{
    dialect::native::{self, Control},
    hub::{Carried, Cell, Link, Turnout, stats::Carrier},
    session::{Attach, Carriage, Over, Seq, Transmit},
    wire::{json, parcel::Form, query::Query},
};

/// Taken from the session under one lock; a long queue takes several.
const BATCH: usize = 256;

/// What stands around a poll's answer.
pub(super) trait Enclosing: Send + Sync + 'static {
    /// What its messages are.
    const FORM: Form;
    /// What stands behind it.
    const END: &'static [u8];
    /// Its client learns the status and the headers.
    const SHOWS_STATUS: bool;

    /// What counts a poll that is held for so many milliseconds.
    fn carrier(wait: u64) -> Carrier;

    /// Writes what stands before it.
    fn begin(&self, out: &mut Vec<u8>);

    /// Writes JSON that is no message.
    fn push(out: &mut Vec<u8>, json: &[u8]);

    /// The answer with this body.
    fn respond(&self, body: Vec<u8>) -> Response;
}

/// Nothing: a body of JSON.
pub(super) struct Json;

impl Enclosing for Json {
    const FORM: Form = Form::Packet;
    const END: &'static [u8] = b"";
    const SHOWS_STATUS: bool = true;

    fn carrier(wait: u64) -> Carrier {
        if wait == 0 { Carrier::ShortPoll } else { Carrier::LongPoll }
    }

    fn begin(&self, _: &mut Vec<u8>) {}

    fn push(out: &mut Vec<u8>, json: &[u8]) {
        out.extend_from_slice(json);
    }

    fn respond(&self, body: Vec<u8>) -> Response {
        answer::json(StatusCode::OK, body)
    }
}

/// Answers `GET …?after=N&turn=K&wait=S`.
pub(super) fn get<E: Enclosing>(
    context: &Context,
    cell: &Arc<Cell>,
    query: &Query<'_>,
    around: E,
) -> Result<Begun, Problem> {
    let wait = wait(context, query)?;
    let how = attach(wait, query)?;
    let request = Request::begin(cell)?;
    let link = cell.attach(E::carrier(wait), how)?;
    let held = (request, context.hub.carry(link.carrier()));
    let taken = short_poll::take(&link);
    if !taken.is_empty() || wait == 0 {
        return answer_with(&link, &taken, &around, held).map(Begun::Done);
    }
    Ok(Begun::Waiting(Box::pin(async move {
        let taken = long_poll::wait(&link).await;
        answer_with(&link, &taken, &around, held)
    })))
}

/// The answer of a poll that took this. A poll that learns nothing but that the gateway goes away has failed, where that
/// can be seen. `held` counts it as in progress until it is written.
fn answer_with<E: Enclosing>(
    link: &Link,
    taken: &[Transmit],
    around: &E,
    held: (Request, Carried),
) -> Outcome {
    if let ([Transmit::Drain { retry }], true) = (taken, E::SHOWS_STATUS) {
        return Err(Problem::draining(*retry));
    }
    let body = enclose(around, link.start(), taken, None);
    held.1.wrote(body.len());
    Ok(around.respond(body).map(|body| body.holding(held)))
}

/// How a poll wants to attach, by its query.
fn attach(wait: u64, query: &Query<'_>) -> Result<Attach, Problem> {
    Ok(Attach {
        carriage: Carriage::Poll { wait },
        turn: query.number("turn")?,
        after: after(query)?,
        auto: is_auto(query),
        jitter: 0,
    })
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

/// The same of a request that is only a poll where it asks to wait.
pub(super) fn asked_wait(context: &Context, query: &Query<'_>) -> Result<Option<u64>, Problem> {
    if query.has("wait") { wait(context, query).map(Some) } else { Ok(None) }
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
pub(super) fn enclose<E: Enclosing>(
    around: &E,
    from: u64,
    taken: &[Transmit],
    open: Option<&[u8]>,
) -> Vec<u8> {
    let forms: Vec<_> = taken
        .iter()
        .filter_map(|transmit| match transmit {
            Transmit::Parcel(_, parcel) => Some(parcel.form(E::FORM, |parcel| native::make(E::FORM, parcel))),
            _ => None,
        })
        .collect();
    let mut out = Vec::with_capacity(96 + forms.iter().map(|form| form.len() + 1).sum::<usize>());
    around.begin(&mut out);
    out.push(b'{');
    if let Some(open) = open {
        // The packet `{"open":{…}}` without its braces is the member.
        E::push(&mut out, &open[1..open.len() - 1]);
        out.push(b',');
    }
    out.extend_from_slice(b"\"from\":");
    json::push_number(&mut out, from);
    out.extend_from_slice(b",\"messages\":[");
    for (index, form) in forms.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        out.extend_from_slice(form);
    }
    out.push(b']');
    push_controls::<E>(&mut out, taken);
    out.push(b'}');
    out.extend_from_slice(E::END);
    out
}

fn push_controls<E: Enclosing>(out: &mut Vec<u8>, taken: &[Transmit]) {
    let mut first = true;
    let mut packet = Vec::new();
    for control in taken.iter().filter_map(control) {
        out.extend_from_slice(if first { b",\"control\":[" } else { b"," });
        first = false;
        packet.clear();
        control.push(&mut packet);
        E::push(out, &packet);
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

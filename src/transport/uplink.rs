//! What a client sends by POST.

use std::{pin::pin, sync::Arc};

use bytes::{Buf, Bytes, BytesMut};
use http::{
    HeaderMap, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_LENGTH},
    request::Parts,
};
use http_body_util::BodyExt;

use super::{
    BoxError, Context,
    answer::{self, Outcome, Response},
    heard::{self, Control, GOODBYE, Sorted},
    polling::Request,
    problem::Problem,
};
use crate::{
    dialect::{
        native,
        packet::{self, Packet},
    },
    hub::{Cell, Heard, stats::Carrier},
    session::{Code, Refusal, Seq},
    wire::{json, query::Query},
};

/// Answers `POST …/messages?seq=S`: one packet or an array of them.
pub(super) async fn post<B>(context: Arc<Context>, cell: Arc<Cell>, parts: Parts, body: B) -> Outcome
where
    B: http_body::Body + Send + 'static,
    B::Data: Buf + Send,
    B::Error: Into<BoxError>,
{
    let first = Query::parse(parts.uri.query())?.number("seq")?;
    if first == Some(0) {
        return Err(Problem::malformed("`seq` counts from 1."));
    }
    let _request = Request::begin(&cell)?;
    let text = read(&context, &parts.headers, body).await?;
    let (ack, controls) = take(&context, &cell, first, &text)?;
    Ok(answer::json(StatusCode::OK, acknowledgement(ack, &controls)))
}

/// Takes over what a body says: its messages, then its control packets. Tells how far the client's messages have been
/// taken. `first` is the number of the first one.
pub(super) fn take(
    context: &Context,
    cell: &Arc<Cell>,
    first: Option<Seq>,
    text: &str,
) -> Result<(Seq, Vec<Control>), Problem> {
    let (numbered, controls) = sort(packet::parse_body(text, &context.bounds)?)?;
    cell.act(|state, now| state.session.handle_named(now));
    // A tombstone takes no messages but is still acknowledged.
    acknowledge(cell, &controls)?;
    if let Some(close) = cell.peek(|state| state.session.closed().cloned()) {
        return Err(Problem::closed(close));
    }
    let taken = cell.receive(first, numbered)?;
    if taken.full {
        return Err(Problem::busy(taken.ack));
    }
    control(cell, &controls)?;
    Ok((taken.ack, controls))
}

/// `{"ack":n}`, with the answers to pings as `control`.
fn acknowledgement(ack: u64, controls: &[Control]) -> Vec<u8> {
    let mut out = b"{\"ack\":".to_vec();
    json::push_number(&mut out, ack);
    let pings = controls
        .iter()
        .filter_map(|control| if let Control::Ping(number) = control { Some(*number) } else { None });
    for (index, number) in pings.enumerate() {
        out.extend_from_slice(if index == 0 { b",\"control\":[" } else { b"," });
        native::Control::Pong(number).push(&mut out);
    }
    if out.last() == Some(&b'}') {
        out.push(b']');
    }
    out.push(b'}');
    out
}

/// Answers `DELETE …` and `POST …/close`: the session is over, behind what was sent before.
pub(super) fn close(cell: &Arc<Cell>, by_post: bool) -> Response {
    cell.act(|state, now| state.session.close(now, Code::Closed, GOODBYE));
    if by_post { answer::json(StatusCode::OK, b"{}".to_vec()) } else { answer::empty(StatusCode::NO_CONTENT) }
}

/// Reads a body: bounded in bytes and time, unencoded, UTF-8. What Content-Type says does not matter: some browsers
/// can't set it.
pub(super) async fn read<B>(context: &Context, headers: &HeaderMap, body: B) -> Result<String, Problem>
where
    B: http_body::Body,
    B::Data: Buf,
    B::Error: Into<BoxError>,
{
    let bytes = read_bytes(context, headers, body, context.bounds.packet).await?;
    context.hub.tally.read(Carrier::Post, bytes.len());
    String::from_utf8(bytes.into()).map_err(|_| Problem::malformed("The body is not UTF-8."))
}

/// Reads a body of at most `max` bytes, bounded in time, and not compressed.
pub(super) async fn read_bytes<B>(
    context: &Context,
    headers: &HeaderMap,
    body: B,
    max: usize,
) -> Result<Bytes, Problem>
where
    B: http_body::Body,
    B::Data: Buf,
    B::Error: Into<BoxError>,
{
    if headers
        .get(CONTENT_ENCODING)
        .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
    {
        let message = "Send the body as it is, without Content-Encoding.";
        let problem = Problem::named(StatusCode::UNSUPPORTED_MEDIA_TYPE, "encoding", message);
        return Err(problem.hanging_up());
    }
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > max as u64) {
        return Err(Problem::too_large(max));
    }
    tokio::time::timeout(context.times.body, collect(body, max)).await.unwrap_or_else(|_| {
        let message =
            format!("The body did not arrive within {:?}; send less at a time.", context.times.body);
        let problem = Problem::named(StatusCode::REQUEST_TIMEOUT, "slow", message);
        Err(problem.hanging_up())
    })
}

async fn collect<B>(body: B, max: usize) -> Result<Bytes, Problem>
where
    B: http_body::Body,
    B::Data: Buf,
    B::Error: Into<BoxError>,
{
    let mut body = pin!(body);
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let broken = |_| Problem::malformed("The body ended before its length.").hanging_up();
        let Ok(data) = frame.map_err(broken)?.into_data() else { continue };
        if whole.len() + data.remaining() > max {
            return Err(Problem::too_large(max));
        }
        let mut data = data;
        while data.has_remaining() {
            let chunk = data.chunk();
            whole.extend_from_slice(chunk);
            let length = chunk.len();
            data.advance(length);
        }
    }
    Ok(whole.freeze())
}

/// Separates messages from control packets; nothing of a body is taken where one of them is out of place.
pub(super) fn sort(packets: Vec<Packet<'_>>) -> Result<(Vec<Heard>, Vec<Control>), Problem> {
    let (mut numbered, mut controls) = (Vec::new(), Vec::new());
    for packet in packets {
        match heard::sort(packet) {
            Sorted::Numbered(heard) => numbered.push(heard),
            Sorted::Control(control) => controls.push(control),
            Sorted::Carrier(kind) => return Err(misplaced(kind)),
        }
    }
    Ok((numbered, controls))
}

/// A packet that only a WebSocket takes.
fn misplaced(kind: &'static str) -> Problem {
    Problem::malformed(format!("`{kind}` belongs on a WebSocket, not in this body."))
}

fn acknowledge(cell: &Arc<Cell>, controls: &[Control]) -> Result<(), Refusal> {
    let highest = controls
        .iter()
        .filter_map(|control| if let Control::Ack(seq) = control { Some(*seq) } else { None })
        .max();
    match highest {
        Some(seq) => cell.act(|state, now| state.session.handle_ack(now, seq)),
        None => Ok(()),
    }
}

/// Refuses an acknowledgement in an opening: there is nothing yet that it could mean.
pub(super) fn expect_no_ack(controls: &[Control]) -> Result<(), Problem> {
    if controls.iter().any(|control| matches!(control, Control::Ack(1..))) {
        return Err(Refusal::Beyond { sent: 0 }.into());
    }
    Ok(())
}

/// Lets control packets of a body take effect, behind its messages.
pub(super) fn control(cell: &Arc<Cell>, controls: &[Control]) -> Result<(), Refusal> {
    acknowledge(cell, controls)?;
    let goodbye = controls.iter().find_map(|control| match control {
        Control::Close { code, reason } => Some((code, reason)),
        _ => None,
    });
    if let Some((code, reason)) = goodbye {
        cell.act(|state, now| state.session.close(now, *code, reason));
    }
    Ok(())
}

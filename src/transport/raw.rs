//! Raw endpoints over HTTP: a room's messages one by one, and a POST that publishes, without an envelope
//! (docs/PROTOCOL.md, section 9).
//!
//! Each request is a session of its own for as long as it takes, so that the application judges it like any other.

use std::sync::Arc;

use bytes::Buf;
use http::{HeaderName, HeaderValue, StatusCode, header::CONTENT_TYPE, request::Parts};
use tokio::sync::oneshot;

use super::{
    Body, BoxError, Context,
    answer::{self, Outcome, Response},
    long_poll, negotiate, opening, polling,
    problem::Problem,
    raw_events, raw_socket, uplink,
};
use crate::{
    dialect::{Failure, native, raw},
    hub::{Asker, Cell, Heard, Incoming, Link, Opened, Payload, Refused, Tailed, Work, stats::Carrier},
    session::{Attach, Carriage, Code, Transmit},
    wire::{
        json,
        parcel::{Content, Form, Parcel},
        query::Query,
    },
};

const POSITION: HeaderName = HeaderName::from_static("everwire-position");
const LOST: HeaderName = HeaderName::from_static("everwire-lost");

/// A session that lasts as long as its request.
pub(super) struct Visit(pub(super) Arc<Cell>);

impl Visit {
    fn begin(opened: Opened) -> Self {
        opened.cell.mark_raw();
        Visit(opened.cell)
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.0.drop_at_once(Code::Closed, "a raw request was answered");
    }
}

/// Answers `GET …/raw/{room}?after=N&wait=S`: the next message, or 204 when the wait is over.
pub(super) async fn get(context: Arc<Context>, mut parts: Parts, room: Box<str>) -> Outcome {
    check_name(&context, &room)?;
    opening::check(&context, &parts)?;
    if negotiate::is_wanted(&parts.headers) {
        return raw_socket::upgrade(&context, parts, &room);
    }
    parts.headers.remove(http::header::COOKIE);
    if raw_events::is_wanted(&parts.headers) {
        return raw_events::get(context, parts, room).await;
    }
    let query = Query::parse(parts.uri.query())?;
    let (after, wait) = (query.number("after")?, polling::wait(&context, &query)?);
    let visit = visit(&context, parts).await?;
    let _carried = context.hub.carry(Carrier::Raw);
    let carriage = Carriage::Poll { wait };
    let how = Attach { carriage, turn: None, after: None, auto: true, jitter: 0 };
    let link = visit.0.attach_unnamed(Carrier::Raw, how)?.mute();
    ask(&visit.0, |asker| Work::Join { room: room.clone(), asker }).await?;
    let from = match context.hub.read(&room, after) {
        Tailed::Message { parcel, position, lost } => return Ok(message(&context, &parcel, position, lost)),
        Tailed::Wait { after, .. } => after,
    };
    tokio::select! {
        biased;
        told = read(&context, &room, from) => Ok(told),
        end = end(&link) => match end {
            Transmit::Drain { retry } => Err(Problem::draining(retry)),
            Transmit::Close(close) => Err(Problem::closed(close)),
            _ => Ok(nothing(&context, &room, from)),
        },
    }
}

/// Waits for the message behind a position.
async fn read(context: &Context, room: &str, after: u64) -> Response {
    let mut after = after;
    loop {
        let (news, last) = match context.hub.read(room, Some(after)) {
            Tailed::Message { parcel, position, lost } => return message(context, &parcel, position, lost),
            Tailed::Wait { news, after } => (news, after),
        };
        // Listening begins before the room is looked at again, so that nothing falls between.
        let told = news.notified_owned();
        if let Tailed::Message { parcel, position, lost } = context.hub.read(room, Some(last)) {
            return message(context, &parcel, position, lost);
        }
        told.await;
        after = last;
    }
}

/// Waits until the visit is over: its wait, its session, or the gateway. The room's messages are read from its tail, where
/// they have positions; what the session is given of them is dropped.
async fn end(link: &Link) -> Transmit {
    loop {
        let ends =
            |it: &Transmit| matches!(it, Transmit::Close(_) | Transmit::Over(_) | Transmit::Drain { .. });
        if let Some(end) = long_poll::wait(link).await.into_iter().find(ends) {
            return end;
        }
    }
}

fn message(context: &Context, parcel: &Arc<Parcel>, position: u64, lost: u64) -> Response {
    context.hub.tally.sent(Carrier::Raw, 1, 0);
    let body = parcel.form(Form::Bare, |parcel| native::make(Form::Bare, parcel));
    let mut response = http::Response::new(Body::full(body));
    let kind = match parcel.content() {
        _ if raw::is_binary(parcel) => "application/octet-stream",
        Content::Json(text) if !text.starts_with('"') => "application/json",
        _ => "text/plain; charset=utf-8",
    };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(POSITION, HeaderValue::from(position));
    if lost > 0 {
        response.headers_mut().insert(LOST, HeaderValue::from(lost));
    }
    response
}

/// The wait is over: the position behind which to go on, or what came at the last moment.
fn nothing(context: &Context, room: &str, after: u64) -> Response {
    match context.hub.read(room, Some(after)) {
        Tailed::Message { parcel, position, lost } => message(context, &parcel, position, lost),
        Tailed::Wait { after, .. } => {
            let mut response = answer::empty(StatusCode::NO_CONTENT);
            response.headers_mut().insert(POSITION, HeaderValue::from(after));
            response
        }
    }
}

/// Answers `POST …/raw/{room}`: publishes the body, text as a JSON string, `application/octet-stream` as bytes.
pub(super) async fn post<B>(context: Arc<Context>, mut parts: Parts, body: B, room: Box<str>) -> Outcome
where
    B: http_body::Body,
    B::Data: Buf,
    B::Error: Into<BoxError>,
{
    check_name(&context, &room)?;
    opening::check(&context, &parts)?;
    let bytes = uplink::read_bytes(&context, &parts.headers, body, context.bounds.packet).await?;
    context.hub.tally.read(Carrier::Raw, bytes.len());
    let is_binary = parts.headers.get(CONTENT_TYPE).is_some_and(|kind| kind == "application/octet-stream");
    let payload = if is_binary {
        Payload::Binary(bytes)
    } else {
        text(std::str::from_utf8(&bytes).map_err(|_| {
            Problem::malformed("The body is neither UTF-8 nor declared as application/octet-stream.")
        })?)
    };
    parts.headers.remove(http::header::COOKIE);
    let visit = visit(&context, parts).await?;
    let event = raw::EVENT.into();
    ask(&visit.0, |asker| Work::Event(Incoming { event, payload, room: Some(room), asker })).await?;
    Ok(answer::json(StatusCode::OK, b"{}".to_vec()))
}

/// Text as the data of a message.
pub(super) fn text(text: &str) -> Payload {
    let mut literal = Vec::with_capacity(text.len() + 2);
    json::push_string(&mut literal, text);
    Payload::Json(String::from_utf8(literal).expect("a JSON string of text is text").into())
}

/// Opens the session of a visit, in a task of its own: a request that is cut while the application considers it must not
/// leave a session behind.
pub(super) async fn visit(context: &Arc<Context>, parts: Parts) -> Result<Visit, Problem> {
    let opener = opening::opener(context, parts, None);
    let hub = Arc::clone(&context.hub);
    let visit = tokio::spawn(async move { hub.open(None, opener).await.map(Visit::begin) });
    Ok(visit.await.map_err(|_| Refused::Fault)??)
}

/// Lets the application do some work and waits for its answer.
pub(super) async fn ask(cell: &Arc<Cell>, work: impl FnOnce(Asker) -> Work) -> Result<(), Problem> {
    let (sender, answer) = oneshot::channel();
    cell.receive(None, vec![Heard::Work(work(Asker::Here(sender)))])?;
    match answer.await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(Failure { code, message })) => {
            tracing::debug!(sid = %cell.sid, code, "a raw request was refused");
            Err(Problem::named(StatusCode::FORBIDDEN, "forbidden", message))
        }
        Err(_) => Err(Refused::Fault.into()),
    }
}

fn check_name(context: &Context, room: &str) -> Result<(), Problem> {
    if room.len() > context.bounds.name || room.chars().any(char::is_control) {
        let message =
            format!("A room's name has at most {} bytes and no control characters.", context.bounds.name);
        return Err(Problem::malformed(message));
    }
    Ok(())
}

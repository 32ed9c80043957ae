//! JSONP: polls that are answered by a script, and forms that say things, for pages that have nothing but script tags and
//! forms. A form's answer can't be read, so what it would say is told on the way down.

use std::sync::Arc;

use bytes::Buf;
use http::{
    HeaderValue, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, COOKIE},
    request::Parts,
};

use super::{
    Body, BoxError, Context,
    answer::{Outcome, Response},
    frame, manner, opening,
    polling::{self, Enclosing, Request},
    problem::Problem,
    router::Begun,
    uplink,
};
use crate::{
    dialect::packet,
    hub::{Cell, Refused, stats::Carrier},
    session::Key,
    wire::{
        form::{self, Form},
        parcel,
        query::Query,
        script,
    },
};

/// Its name on the wire.
pub(super) const NAME: &str = "jsonp";

/// Whom an answer calls.
pub(super) struct Script(Box<str>);

impl Script {
    /// The function that the query names.
    pub(super) fn of(query: &Query<'_>) -> Result<Self, Problem> {
        Ok(Script(frame::callback(query)?.into()))
    }

    /// Calls it with this. The comment in front keeps a client from making the file begin with bytes of its choice.
    pub(super) fn answer(&self, json: &[u8]) -> Response {
        let mut out = Vec::with_capacity(json.len() + self.0.len() + 8);
        self.begin(&mut out);
        script::push(&mut out, json);
        out.extend_from_slice(Script::END);
        self.respond(out)
    }
}

impl Enclosing for Script {
    const FORM: parcel::Form = parcel::Form::Script;
    const END: &'static [u8] = b");";
    const SHOWS_STATUS: bool = false;

    fn carrier(_: u64) -> Carrier {
        Carrier::Jsonp
    }

    fn begin(&self, out: &mut Vec<u8>) {
        for part in [&b"/**/"[..], self.0.as_bytes(), b"("] {
            out.extend_from_slice(part);
        }
    }

    fn push(out: &mut Vec<u8>, json: &[u8]) {
        script::push(out, json);
    }

    fn respond(&self, body: Vec<u8>) -> Response {
        typed("text/javascript; charset=utf-8", body)
    }
}

/// A page.
pub(super) fn html(body: Vec<u8>) -> Response {
    let mut response = http::Response::new(Body::full(body));
    response.headers_mut().insert(CONTENT_TYPE, manner::HTML);
    response
}

fn typed(kind: &'static str, body: Vec<u8>) -> Response {
    let mut response = http::Response::new(Body::full(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Answers `GET …/jsonp?after=N&turn=K&wait=S&callback=F`.
pub(super) fn get(context: &Context, cell: &Arc<Cell>, query: &Query<'_>) -> Result<Begun, Problem> {
    polling::get(context, cell, query, Script::of(query)?)
}

/// Answers a form POST to `…/jsonp`. Whatever becomes of it, how far the client's messages have been taken is told on the
/// receiving carrier at once.
pub(super) async fn post<B>(context: Arc<Context>, cell: Arc<Cell>, parts: Parts, body: B) -> Outcome
where
    B: http_body::Body + Send + 'static,
    B::Data: Buf + Send,
    B::Error: Into<BoxError>,
{
    let taken = take(&context, &cell, &parts, body).await;
    cell.act(|state, _| state.session.owe_ack_now());
    taken.map(|()| html(b"ok".to_vec()))
}

async fn take<B>(context: &Context, cell: &Arc<Cell>, parts: &Parts, body: B) -> Result<(), Problem>
where
    B: http_body::Body,
    B::Data: Buf,
    B::Error: Into<BoxError>,
{
    let _request = Request::begin(cell)?;
    let body = read(context, parts, body).await?;
    let form = fields(context, &body)?;
    let Some(seq) = form.seq else {
        return Err(Problem::malformed("A form has a field `seq`: the number of its first message."));
    };
    uplink::take(context, cell, Some(seq), &form.d)?;
    Ok(())
}

/// Reads a form: as much as may be in it, however it is escaped.
async fn read<B>(context: &Context, parts: &Parts, body: B) -> Result<bytes::Bytes, Problem>
where
    B: http_body::Body,
    B::Data: Buf,
    B::Error: Into<BoxError>,
{
    let most = context.bounds.packet.saturating_mul(3).saturating_add(form::MAX_BESIDE);
    let bytes = uplink::read_bytes(context, &parts.headers, body, most).await?;
    context.hub.tally.read(Carrier::Post, bytes.len());
    Ok(bytes)
}

fn fields<'a>(context: &Context, body: &'a [u8]) -> Result<Form<'a>, Problem> {
    let form = Form::parse(body).map_err(|fault| Problem::malformed(fault.message.into_owned()))?;
    if form.d.len() > context.bounds.packet {
        return Err(Problem::too_large(context.bounds.packet));
    }
    Ok(form)
}

/// Answers a form POST to `/session/jsonp`: what an opening by POST does. Its answer can't be read; the session is asked for
/// by its key.
pub(super) async fn open<B>(context: Arc<Context>, mut parts: Parts, body: B) -> Outcome
where
    B: http_body::Body + Send + 'static,
    B::Data: Buf + Send,
    B::Error: Into<BoxError>,
{
    opening::check(&context, &parts)?;
    let body = read(&context, &parts, body).await?;
    let form = fields(&context, &body)?;
    // Any page can post a form, and the browser adds these by itself.
    parts.headers.remove(COOKIE);
    parts.headers.remove(AUTHORIZATION);
    let (opening, packets) = packet::parse_opening(&form.d, &context.bounds)?;
    if opening.key.is_none() {
        return Err(Problem::malformed("An opening by form has a `key`: the session is asked for with it."));
    }
    let note = |key: Option<Key>, refused: &Refused| {
        key.into_iter().for_each(|key| context.hub.remember_refusal(key, refused.clone()));
    };
    opening::open(&context, parts, opening, packets, note).await?;
    Ok(html(b"ok".to_vec()))
}

/// Answers `GET /session/jsonp?key=K&callback=F`: what a form has opened with that key, as long as it has not been used.
pub(super) async fn opened(context: Arc<Context>, parts: Parts) -> Outcome {
    let query = Query::parse(parts.uri.query())?;
    let script = Script::of(&query)?;
    let wait = polling::asked_wait(&context, &query)?;
    let digits = query.text("key").and_then(packet::key);
    let key = Key::new(&digits.ok_or_else(|| Problem::malformed("Give `key` as it stood in the opening."))?);
    let Some(cell) = context.hub.opened_with(&key).await? else {
        // Such a one was refused before its key was read.
        opening::check(&context, &parts)?;
        context.hub.refuse(opening::address(&context, &parts)).map_err(Problem::flood)?;
        let message = "No session was opened with this key, or it is gone; the form may still be on its way.";
        return Err(Problem::named(StatusCode::NOT_FOUND, "not_found", message));
    };
    drop(parts.headers);
    opening::answer(&context, &cell, wait, &script).await
}

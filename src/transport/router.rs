//! Which request is for what.

use std::{borrow::Cow, sync::Arc};

use bytes::Buf;
use http::{
    HeaderValue, Method, Request, StatusCode,
    header::{CONNECTION, ETAG, TRANSFER_ENCODING},
    request::Parts,
};

use super::{
    Body, BoxError, Context,
    answer::{self, Outcome, Response},
    client::{self, Asset},
    frame, jsonp,
    manner::{self, Manner},
    opening,
    origin::Access,
    polling,
    problem::Problem,
    raw, raw_events, sse,
    stream::Lines,
    streaming, uplink,
    upload::Upload,
    websocket,
};
use crate::{
    hub::{
        BoxFuture, Cell,
        stats::{self, Carrier, Tally},
    },
    session::Sid,
    wire::query::Query,
};

/// What a path under the prefix names.
#[derive(Debug, PartialEq, Eq)]
enum Place<'a> {
    Health,
    Open,
    Socket,
    Session(&'a str),
    Messages(&'a str),
    Stream(&'a str),
    Events(&'a str),
    Frame(&'a str),
    Jsonp(&'a str),
    OpenJsonp,
    Close(&'a str),
    Raw(Cow<'a, str>),
    Client(Asset),
    Unknown,
}

/// How far a request got at once. What has to wait is on the heap, each in its own size, so that a parked poll does not
/// weigh what an upload would.
pub(super) enum Begun {
    /// All the way.
    Done(Response),
    /// It has to wait for something.
    Waiting(BoxFuture<Outcome>),
}

/// Answers a request. Everything that is answered, errors included, may be read by scripts of other origins, and is kept
/// by no cache, unless it is a file.
pub fn route<B>(context: &Arc<Context>, request: Request<B>) -> impl Future<Output = Response> + Send + use<B>
where
    B: http_body::Body + Send + 'static,
    B::Data: Buf + Send,
    B::Error: Into<BoxError>,
{
    let (parts, body) = request.into_parts();
    let wrapping = Wrapping::of(context, &parts);
    // The request is gone before anything is awaited, unless what is awaited needs it: its headers share the
    // connection's read buffer.
    let body = Upload::new(&parts.headers, body);
    let begun = begin(context, parts, body);
    async move {
        let outcome = match begun {
            Ok(Begun::Done(response)) => Ok(response),
            Ok(Begun::Waiting(later)) => later.await,
            Err(problem) => Err(problem),
        };
        let answer = outcome.unwrap_or_else(|problem| wrapping.tell(problem));
        wrapping.wrap(answer)
    }
}

/// What is done to an answer by the look of its request.
struct Wrapping {
    tally: Arc<Tally>,
    place: stats::Place,
    access: Access,
    is_head: bool,
    /// XDomainRequest and EventSource see no status: they are answered 200 whatever happens.
    masked: bool,
    /// How it is told of an error, where not as usual.
    manner: Option<Box<Manner>>,
    chunked: bool,
}

impl Wrapping {
    fn of(context: &Context, parts: &Parts) -> Self {
        let place = place(parts.uri.path(), &context.prefix);
        Wrapping {
            tally: Arc::clone(&context.hub.tally),
            place: kind(&place, &parts.method),
            access: Access::of(&context.origins, &parts.headers),
            is_head: parts.method == Method::HEAD,
            masked: manner::is_masked(parts.uri.query()),
            manner: manner(&place, parts),
            chunked: parts.headers.contains_key(TRANSFER_ENCODING),
        }
    }

    fn tell(&self, problem: Problem) -> Response {
        match &self.manner {
            Some(manner) => manner.tell(problem),
            None => problem.into_response(),
        }
    }

    fn wrap(self, mut response: Response) -> Response {
        self.count(&response);
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            return response;
        }
        // That a file is as it was is no failure, and as 200 it would be an empty one.
        if self.masked && response.status() != StatusCode::NOT_MODIFIED {
            *response.status_mut() = StatusCode::OK;
        }
        let headers = response.headers_mut();
        // RFC 9112, section 6.3: a request may tell its length twice to smuggle another one past a proxy. hyper goes by the
        // chunks and hides the Content-Length, so nothing behind any chunked request is believed.
        if self.chunked {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        // A file says itself who may keep and read it.
        if !headers.contains_key(ETAG) {
            answer::seal(headers);
            self.access.allow(headers);
        }
        if self.is_head { response.map(|_| Body::empty()) } else { response }
    }
}

impl Wrapping {
    /// Counts the answer. Those of polls and WebSockets count their bytes themselves, because they know how they carry.
    fn count(&self, response: &Response) {
        self.tally.answered(self.place, response.status().as_u16());
        let carrier = match self.place {
            stats::Place::Session | stats::Place::Post | stats::Place::Close => Carrier::Post,
            stats::Place::Raw => Carrier::Raw,
            _ => return,
        };
        self.tally.wrote(carrier, response.body().len());
    }
}

/// How a request is told of an error, where not as usual.
fn manner(place: &Place<'_>, parts: &Parts) -> Option<Box<Manner>> {
    let query = parts.uri.query();
    match (place, &parts.method) {
        (Place::Events(_), &Method::GET) => Manner::events(query),
        (Place::Raw(_), &Method::GET) if raw_events::is_wanted(&parts.headers) => Manner::events(query),
        (Place::Frame(_), &Method::GET) => Manner::page(query),
        (Place::Jsonp(_) | Place::OpenJsonp, &Method::GET) => Manner::script(query),
        (Place::Jsonp(_) | Place::OpenJsonp, &Method::POST) => Some(Box::new(Manner::Form)),
        _ => None,
    }
}

/// What a request counts as.
fn kind(place: &Place<'_>, method: &Method) -> stats::Place {
    match place {
        Place::Health => stats::Place::Health,
        Place::Open | Place::OpenJsonp => stats::Place::Session,
        Place::Socket => stats::Place::Ws,
        Place::Messages(_) | Place::Jsonp(_) if *method == Method::POST => stats::Place::Post,
        Place::Messages(_) => stats::Place::Poll,
        Place::Stream(_) => stats::Place::Stream,
        Place::Events(_) => stats::Place::Sse,
        Place::Frame(_) => stats::Place::Frame,
        Place::Jsonp(_) => stats::Place::Jsonp,
        Place::Session(_) | Place::Close(_) => stats::Place::Close,
        Place::Raw(_) => stats::Place::Raw,
        Place::Client(_) => stats::Place::Client,
        Place::Unknown => stats::Place::Unknown,
    }
}

fn begin<B>(context: &Arc<Context>, parts: Parts, body: B) -> Result<Begun, Problem>
where
    B: http_body::Body + Send + 'static,
    B::Data: Buf + Send,
    B::Error: Into<BoxError>,
{
    let uri = parts.uri.clone();
    let place = place(uri.path(), &context.prefix);
    let allow = methods(&place);
    if parts.method == Method::OPTIONS {
        return Ok(Begun::Done(answer::options(allow)));
    }
    if place != Place::Unknown && !allow.split(", ").any(|method| method == parts.method.as_str()) {
        return Err(Problem::method(allow));
    }
    let is_post = parts.method == Method::POST;
    let shared = || Arc::clone(context);
    Ok(match place {
        Place::Health => Begun::Done(health(context)),
        Place::Client(asset) => Begun::Done(client::get(asset, &parts.headers)?),
        Place::Open => Begun::Waiting(Box::pin(opening::post(shared(), parts, body))),
        Place::OpenJsonp if is_post => Begun::Waiting(Box::pin(jsonp::open(shared(), parts, body))),
        Place::OpenJsonp => Begun::Waiting(Box::pin(jsonp::opened(shared(), parts))),
        Place::Socket => Begun::Done(websocket::upgrade(context, parts)?),
        Place::Messages(sid) if is_post => {
            let cell = find(context, sid, &parts)?;
            Begun::Waiting(Box::pin(uplink::post(shared(), cell, parts, body)))
        }
        Place::Jsonp(sid) if is_post => {
            let cell = find(context, sid, &parts)?;
            Begun::Waiting(Box::pin(jsonp::post(shared(), cell, parts, body)))
        }
        Place::Messages(sid)
        | Place::Jsonp(sid)
        | Place::Stream(sid)
        | Place::Events(sid)
        | Place::Frame(sid) => receive(context, &place, sid, &parts)?,
        Place::Session(sid) | Place::Close(sid) => {
            Begun::Done(uplink::close(&find(context, sid, &parts)?, is_post))
        }
        Place::Raw(room) if is_post => {
            Begun::Waiting(Box::pin(raw::post(shared(), parts, body, room.into())))
        }
        Place::Raw(room) => Begun::Waiting(Box::pin(raw::get(shared(), parts, room.into()))),
        Place::Unknown => return Err(unknown(context)),
    })
}

/// Begins to bring a session's messages.
fn receive(context: &Context, place: &Place<'_>, sid: &str, parts: &Parts) -> Result<Begun, Problem> {
    let (cell, query) = (find(context, sid, parts)?, Query::parse(parts.uri.query())?);
    let response = match place {
        Place::Jsonp(_) => return jsonp::get(context, &cell, &query),
        Place::Stream(_) => streaming::get(context, &cell, &query, polling::after(&query)?, Lines)?,
        Place::Events(_) => sse::get(context, &cell, &query, &parts.headers)?,
        Place::Frame(_) => frame::get(context, &cell, &query)?,
        _ => return polling::get(context, &cell, &query, polling::Json),
    };
    Ok(Begun::Done(response))
}

fn place<'a>(path: &'a str, prefix: &str) -> Place<'a> {
    let Some(rest) = path.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/')) else {
        return Place::Unknown;
    };
    let mut segments = rest.split('/');
    let named = (segments.next(), segments.next(), segments.next(), segments.next());
    match named {
        (Some("health"), None, ..) => Place::Health,
        (Some("session"), None, ..) => Place::Open,
        (Some("ws"), None, ..) => Place::Socket,
        (Some("session"), Some("jsonp"), None, _) => Place::OpenJsonp,
        (Some("session"), Some(sid), None, _) => Place::Session(sid),
        (Some("session"), Some(sid), Some("messages"), None) => Place::Messages(sid),
        (Some("session"), Some(sid), Some("stream"), None) => Place::Stream(sid),
        (Some("session"), Some(sid), Some("events"), None) => Place::Events(sid),
        (Some("session"), Some(sid), Some("frame"), None) => Place::Frame(sid),
        (Some("session"), Some(sid), Some("jsonp"), None) => Place::Jsonp(sid),
        (Some("session"), Some(sid), Some("close"), None) => Place::Close(sid),
        (Some("raw"), Some(room), None, _) if !room.is_empty() => Place::Raw(unescape(room)),
        _ => client::find(rest).map_or(Place::Unknown, Place::Client),
    }
}

/// A path's segment without percent-encoding. Unlike in a query, `+` is a plus here.
fn unescape(segment: &str) -> Cow<'_, str> {
    if !segment.contains('%') {
        return Cow::Borrowed(segment);
    }
    let guarded = segment.replace('+', "%2B");
    let text = form_urlencoded::parse(guarded.as_bytes()).next().map(|(key, _)| key.into_owned());
    Cow::Owned(text.unwrap_or_default())
}

fn methods(place: &Place<'_>) -> &'static str {
    match place {
        Place::Health | Place::Client(_) => "GET, HEAD, OPTIONS",
        Place::Open | Place::Close(_) => "POST, OPTIONS",
        Place::Socket | Place::Stream(_) | Place::Events(_) | Place::Frame(_) => "GET, OPTIONS",
        Place::Session(_) => "DELETE, OPTIONS",
        Place::Messages(_) | Place::Jsonp(_) | Place::OpenJsonp | Place::Raw(_) => "GET, POST, OPTIONS",
        Place::Unknown => "GET, POST, DELETE, OPTIONS",
    }
}

/// Finds the session a path names. A guess that is wrong counts against the address.
fn find(context: &Context, sid: &str, parts: &Parts) -> Result<Arc<Cell>, Problem> {
    let found = Sid::parse(sid).and_then(|sid| context.hub.find(&sid));
    found.ok_or_else(|| match context.hub.refuse(opening::address(context, parts)) {
        Ok(()) => Problem::unknown_session(),
        Err(flood) => Problem::flood(flood),
    })
}

fn health(context: &Context) -> Response {
    let hub = &context.hub;
    let (status, word) = if hub.draining().is_some() {
        (StatusCode::SERVICE_UNAVAILABLE, "draining")
    } else {
        (StatusCode::OK, "ok")
    };
    let body =
        format!("{{\"status\":\"{word}\",\"sessions\":{},\"rooms\":{}}}", hub.sessions(), hub.room_count());
    answer::json(status, body.into_bytes())
}

fn unknown(context: &Context) -> Problem {
    let message = format!(
        "Nothing is here. A session opens with POST {0}/session or a WebSocket at {0}/ws.",
        context.prefix
    );
    Problem::named(StatusCode::NOT_FOUND, "not_found", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_apart() {
        let cases = [
            ("/everwire/health", Place::Health),
            ("/everwire/session", Place::Open),
            ("/everwire/session/", Place::Session("")),
            ("/everwire/session/abc", Place::Session("abc")),
            ("/everwire/session/abc/messages", Place::Messages("abc")),
            ("/everwire/session/abc/messages/", Place::Unknown),
            ("/everwire/session/abc/stream", Place::Stream("abc")),
            ("/everwire/session/abc/events", Place::Events("abc")),
            ("/everwire/session/abc/frame", Place::Frame("abc")),
            ("/everwire/session/abc/jsonp", Place::Jsonp("abc")),
            ("/everwire/session/jsonp", Place::OpenJsonp),
            ("/everwire/session/abc/close", Place::Close("abc")),
            ("/everwire/session/abc/other", Place::Unknown),
            ("/everwire/ws", Place::Socket),
            ("/everwire/ws/x", Place::Unknown),
            ("/everwire/client.js", Place::Client(client::find("client.js").unwrap())),
            ("/everwire/9.9.9/client.js", Place::Client(client::find("9.9.9/client.js").unwrap())),
            ("/everwire/client.map", Place::Unknown),
            ("/everwire/raw/lobby", Place::Raw("lobby".into())),
            ("/everwire/raw/a%2Fb+c%20d", Place::Raw("a/b+c d".into())),
            ("/everwire/raw/", Place::Unknown),
            ("/everwirex/ws", Place::Unknown),
            ("/everwire", Place::Unknown),
            ("/", Place::Unknown),
        ];
        for (path, expected) in cases {
            assert_eq!(place(path, "/everwire"), expected, "{path}");
        }
        assert_eq!(place("/ws", ""), Place::Socket, "an empty prefix is a prefix");
    }
}

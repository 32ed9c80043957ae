//! Which request is for what.

use std::{borrow::Cow, sync::Arc};

use bytes::Buf;
use http::{
    HeaderMap, HeaderValue, Method, Request, StatusCode,
    header::{CONNECTION, CONTENT_LENGTH, ORIGIN, TRANSFER_ENCODING},
    request::Parts,
};

use super::{
    BoxError, Context,
    answer::{self, Outcome, Problem, Response},
    opening, origin, raw, uplink, websocket,
};
use crate::{hub::Cell, session::Sid, wire::query::Query};

/// What a path under the prefix names.
#[derive(Debug, PartialEq, Eq)]
enum Place<'a> {
    Health,
    Open,
    Socket,
    Session(&'a str),
    Messages(&'a str),
    Close(&'a str),
    Raw(Cow<'a, str>),
    Unknown,
}

/// Answers a request. Everything that is answered, errors included, may be read by scripts of other origins, and is kept
/// by no cache.
pub async fn route<B>(context: &Arc<Context>, request: Request<B>) -> Response
where
    B: http_body::Body + Send + Unpin + 'static,
    B::Data: Buf + Send,
    B::Error: Into<BoxError>,
{
    let (parts, body) = request.into_parts();
    let method = parts.method.clone();
    let asked = parts.headers.get(ORIGIN).cloned();
    let standing = context.origins.standing(&parts.headers);
    let masked = parts.uri.query().is_some_and(|query| query.split('&').any(|pair| pair == "status=200"));
    // RFC 9112, section 6.3: behind a request with Transfer-Encoding nothing on this connection is believed.
    let chunked = parts.headers.contains_key(TRANSFER_ENCODING);
    let mut response = match answer(context, parts, body).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    };
    if chunked {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return response;
    }
    if masked {
        *response.status_mut() = StatusCode::OK;
    }
    answer::seal(response.headers_mut());
    origin::allow(response.headers_mut(), asked.as_ref(), standing);
    answer::without_body(&method, response)
}

async fn answer<B>(context: &Arc<Context>, parts: Parts, body: B) -> Outcome
where
    B: http_body::Body + Send + Unpin + 'static,
    B::Data: Buf + Send,
    B::Error: Into<BoxError>,
{
    check_framing(&parts.headers)?;
    let path = parts.uri.path().to_owned();
    let place = place(&path, &context.prefix);
    let allow = methods(&place);
    if parts.method == Method::OPTIONS {
        return Ok(answer::options(allow));
    }
    if place != Place::Unknown && !allow.split(", ").any(|method| method == parts.method.as_str()) {
        return Err(Problem::method(allow));
    }
    let is_post = parts.method == Method::POST;
    match place {
        Place::Health => Ok(health(context)),
        Place::Open => opening::post(context, parts, body).await,
        Place::Socket => websocket::upgrade(context, parts),
        Place::Messages(sid) if is_post => {
            let cell = find(context, sid, &parts)?;
            uplink::post(context, &cell, parts, body).await
        }
        Place::Messages(sid) => {
            let cell = find(context, sid, &parts)?;
            let query = Query::parse(parts.uri.query())?;
            super::polling::get(context, &cell, &query).await
        }
        Place::Session(sid) | Place::Close(sid) => Ok(uplink::close(&find(context, sid, &parts)?, is_post)),
        Place::Raw(room) if is_post => raw::post(context, parts, body, &room).await,
        Place::Raw(room) => raw::get(context, parts, &room).await,
        Place::Unknown => Err(unknown(context)),
    }
}

/// A request whose length is told twice is how requests are smuggled past a proxy (RFC 9112, section 11.2).
fn check_framing(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.contains_key(TRANSFER_ENCODING) && headers.contains_key(CONTENT_LENGTH) {
        let problem = Problem::malformed("Send either Content-Length or Transfer-Encoding, never both.");
        return Err(problem.hanging_up());
    }
    Ok(())
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
        (Some("session"), Some(sid), None, _) => Place::Session(sid),
        (Some("session"), Some(sid), Some("messages"), None) => Place::Messages(sid),
        (Some("session"), Some(sid), Some("close"), None) => Place::Close(sid),
        (Some("raw"), Some(room), None, _) if !room.is_empty() => Place::Raw(unescape(room)),
        _ => Place::Unknown,
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
        Place::Health => "GET, HEAD, OPTIONS",
        Place::Open | Place::Close(_) => "POST, OPTIONS",
        Place::Socket => "GET, OPTIONS",
        Place::Session(_) => "DELETE, OPTIONS",
        Place::Messages(_) | Place::Raw(_) => "GET, POST, OPTIONS",
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
    let (status, word) = if hub.is_draining() {
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
            ("/everwire/session/abc/close", Place::Close("abc")),
            ("/everwire/session/abc/other", Place::Unknown),
            ("/everwire/ws", Place::Socket),
            ("/everwire/ws/x", Place::Unknown),
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

//! In what form a client is told that its request failed: a status and a body of JSON, unless it is one that sees neither.

use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};

use super::{
    Body,
    answer::{self, Response},
    frame::Page,
    jsonp::{self, Script},
    problem::Problem,
    sse::Events,
    streaming::{self, Framing},
};
use crate::wire::query::Query;

/// Who is told of an error, where it is not somebody who reads statuses.
pub(super) enum Manner {
    /// An EventSource: it takes status 200 or gives up without a word.
    Events,
    /// A frame: whatever happens has to be a script in its page.
    Page(Page),
    /// A script tag.
    Script(Script),
    /// A form: its page can't look at what it brought.
    Form,
}

impl Manner {
    /// That of an event stream, where its query says that it sees no status.
    pub(super) fn events(query: Option<&str>) -> Option<Box<Manner>> {
        is_masked(query).then(|| Box::new(Manner::Events))
    }

    /// That of a frame, as far as its query names somebody to call.
    pub(super) fn page(query: Option<&str>) -> Option<Box<Manner>> {
        let page = Page::for_errors(&Query::parse(query).ok()?)?;
        Some(Box::new(Manner::Page(page)))
    }

    /// That of a script, as far as its query names somebody to call.
    pub(super) fn script(query: Option<&str>) -> Option<Box<Manner>> {
        let script = Script::of(&Query::parse(query).ok()?).ok()?;
        Some(Box::new(Manner::Script(script)))
    }

    /// Tells an error. All of these are answered with 200.
    pub(super) fn tell(&self, problem: Problem) -> Response {
        let json = problem.body();
        // What the status would say besides the sentence: when to come back, and whether the connection can be read on.
        let plain = problem.into_response();
        let mut response = match self {
            Manner::Events => framed(&Events, "refused", &json),
            Manner::Page(page) => page.answer(framed(page, "error", &json)),
            Manner::Script(script) => script.answer(&json),
            Manner::Form => jsonp::html(html_escaped(&json)),
        };
        for (name, value) in plain.headers() {
            if name != CONTENT_TYPE {
                response.headers_mut().insert(name, value.clone());
            }
        }
        response
    }
}

/// Whether a request asks to be answered 200 whatever happens: XDomainRequest and EventSource see no status.
pub(super) fn is_masked(query: Option<&str>) -> bool {
    query.is_some_and(|query| query.split('&').any(|pair| pair == "status=200"))
}

/// A stream of one packet.
fn framed<F: Framing>(framing: &F, name: &str, packet: &[u8]) -> Response {
    let mut out = Vec::with_capacity(4096);
    framing.begin(&mut out);
    framing.control(&mut out, name, packet);
    streaming::answer::<F>(Body::full(out))
}

/// Text that a browser shows as it is.
fn html_escaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 64);
    for &byte in text {
        match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            _ => out.push(byte),
        }
    }
    out
}

/// A stream that there is nothing to say on, and that a native EventSource must not ask for again.
pub(super) fn no_more() -> Response {
    answer::empty(StatusCode::NO_CONTENT)
}

/// The type of a page.
pub(super) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

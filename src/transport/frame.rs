//! Forever frames: a page that grows by a script a packet, in a hidden iframe or an htmlfile. A frame of the gateway's own
//! origin calls its parent; one in a page of another origin posts messages to it, so that no further page is needed there.

use std::sync::Arc;

use http::{HeaderName, HeaderValue, header::CONTENT_SECURITY_POLICY};

use super::{
    Context,
    answer::Response,
    polling,
    problem::Problem,
    streaming::{self, Framing},
};
use crate::{
    hub::{Cell, stats::Carrier},
    session::Seq,
    wire::{parcel::Form, query::Query, script},
};

/// Its name on the wire.
pub(super) const NAME: &str = "frame";

/// The scripts in the page, and nothing from anywhere; who may have it in a frame is left open, because that is what it is
/// for.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; script-src 'unsafe-inline'");
/// IE 8 would cut scripts that look like something in the query.
const FILTER: HeaderName = HeaderName::from_static("x-xss-protection");

/// Answers `GET …/frame?after=N&turn=K&callback=F`.
pub(super) fn get(context: &Context, cell: &Arc<Cell>, query: &Query<'_>) -> Result<Response, Problem> {
    let page = Page::of(query)?;
    let headers = page.clone();
    let response = streaming::get(context, cell, query, polling::after(query)?, page)?;
    Ok(headers.answer(response))
}

/// The page in the frame.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// The function that its scripts call, and that calls the one of the same name around it.
    callback: Box<str>,
    /// The origin of the page around it, where that is another one than the gateway's.
    origin: Option<Box<str>>,
}

impl Page {
    /// What the query asks for.
    fn of(query: &Query<'_>) -> Result<Self, Problem> {
        let origin = query.text("origin");
        if origin.is_some_and(|origin| !script::is_origin(origin)) {
            return Err(Problem::malformed("Give `origin` as scheme://host or scheme://host:port."));
        }
        Ok(Page { callback: callback(query)?.into(), origin: origin.map(Into::into) })
    }

    /// As much of it as errors can be told with.
    pub(super) fn for_errors(query: &Query<'_>) -> Option<Self> {
        let origin = query.text("origin").filter(|origin| script::is_origin(origin));
        Some(Page { callback: callback(query).ok()?.into(), origin: origin.map(Into::into) })
    }

    /// Adds what stands around it.
    pub(super) fn answer(&self, mut response: Response) -> Response {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, POLICY);
        response.headers_mut().insert(FILTER, HeaderValue::from_static("0"));
        response
    }
}

/// The name of the function to call.
pub(super) fn callback<'q>(query: &'q Query<'_>) -> Result<&'q str, Problem> {
    query.text("callback").filter(|name| script::is_callback(name)).ok_or_else(|| {
        Problem::malformed(
            "Give `callback`: a letter, `_` or `$`, then up to 63 of these and digits ([A-Za-z_$][A-Za-z0-9_$]{0,63}).",
        )
    })
}

impl Framing for Page {
    const CARRIER: Carrier = Carrier::Frame;
    const FORM: Form = Form::Script;
    const KIND: &'static str = "text/html; charset=utf-8";
    const END: &'static [u8] = b");</script>\n";

    fn begin(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title></title>");
        streaming::pad(out);
        let name = &self.callback;
        let body = match &self.origin {
            None => format!("parent.{name}(p)"),
            Some(origin) => format!("parent.postMessage('{name}:'+JSON.stringify(p),'{origin}')"),
        };
        out.extend_from_slice(
            format!("\n<script>function {name}(p){{{body}}}</script></head><body>\n").as_bytes(),
        );
    }

    fn message(&self, out: &mut Vec<u8>, _: Seq) {
        for part in [&b"<script>"[..], self.callback.as_bytes(), b"("] {
            out.extend_from_slice(part);
        }
    }

    fn control(&self, out: &mut Vec<u8>, _: &str, packet: &[u8]) {
        self.message(out, 0);
        script::push(out, packet);
        out.extend_from_slice(Self::END);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &str) -> Result<Page, Problem> {
        Page::of(&Query::parse(Some(query)).unwrap())
    }

    fn begun(query: &str) -> String {
        let mut out = Vec::new();
        page(query).unwrap().begin(&mut out);
        String::from_utf8(out).unwrap().replace(&" ".repeat(2_048), "…")
    }

    #[test]
    fn the_page_calls_its_parent_or_posts_to_it() {
        let head = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title></title>…\n";
        let own = "<script>function F(p){parent.F(p)}</script></head><body>\n";
        assert_eq!(begun("callback=F"), format!("{head}{own}"));
        let other = "<script>function F(p){parent.postMessage('F:'+JSON.stringify(p),'https://a.example:8443')}</script></head><body>\n";
        assert_eq!(begun("callback=F&origin=https%3A%2F%2Fa.example%3A8443"), format!("{head}{other}"));
    }

    #[test]
    fn a_packet_is_a_script_that_data_cannot_end() {
        let mut out = Vec::new();
        page("callback=F").unwrap().control(
            &mut out,
            "close",
            "{\"close\":\"</script>\u{2028}\"}".as_bytes(),
        );
        assert_eq!(out, b"<script>F({\"close\":\"\\u003c/script>\\u2028\"});</script>\n");
    }

    #[test]
    fn what_cannot_be_called_or_posted_to_is_refused() {
        for query in
            ["", "callback", "callback=a.b", "callback=1", "callback=F&origin=*", "callback=F&origin=a%27b"]
        {
            assert!(page(query).is_err(), "{query}");
        }
        let query = Query::parse(Some("callback=F&origin=*")).unwrap();
        assert!(Page::for_errors(&query).unwrap().origin.is_none(), "it can still be told why");
    }
}

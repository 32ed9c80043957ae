//! What stands at the paths: the gateway under its prefix, and a page at the root that says what this is; as text, where
//! nobody would see more.

use http::{
    HeaderMap, HeaderValue, Method, Request, Response as HttpResponse,
    header::{CONTENT_TYPE, HOST, VARY, X_CONTENT_TYPE_OPTIONS},
};
use hyper::body::Incoming;

use super::page::Page;
use crate::{
    gateway::Gateway,
    transport::{Body, Response},
};

/// What all connections serve.
#[derive(Debug)]
pub(super) struct Site {
    gateway: Gateway,
    /// Of the playground.
    page: Option<Page>,
}

impl Site {
    pub(super) fn new(gateway: Gateway, playground: bool) -> Self {
        let page = playground.then(|| Page::new(gateway.prefix()));
        Site { gateway, page }
    }

    /// Answers one request.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Response {
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let (path, headers) = (request.uri().path(), request.headers());
        if reads && let Some(response) = self.page.as_ref().and_then(|page| page.answer(path, headers)) {
            return response;
        }
        if reads && path == "/" {
            return self.root(headers);
        }
        self.gateway.handle(request).await
    }

    fn root(&self, headers: &HeaderMap) -> Response {
        let base = format!("http://{}{}", host(headers), self.gateway.prefix());
        let text = text(&base, self.page.is_some());
        let mut response = HttpResponse::new(Body::full(text));
        let headers = response.headers_mut();
        if self.page.is_some() {
            headers.insert(VARY, HeaderValue::from_static("User-Agent"));
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }
}

/// The host that the client knows this by, so that its lines can be copied. What no host looks like is not repeated.
fn host(headers: &HeaderMap) -> &str {
    let plain = |character: char| character.is_ascii_alphanumeric() || ".:-_[]".contains(character);
    let named = headers.get(HOST).and_then(|host| host.to_str().ok());
    named.filter(|host| !host.is_empty() && host.chars().all(plain)).unwrap_or("localhost:8080")
}

fn text(base: &str, playground: bool) -> String {
    let session = format!(
        "  url=$(curl -si -X POST {base}/session | tr -d '\\r' | sed -n 's,^[Ll]ocation: .*/,{base}/session/,p')\n"
    );
    let health = format!("  curl {base}/health\n");
    if !playground {
        return format!(
            "This is Everwire, a realtime gateway: one session over WebSocket, long-poll or plain curl.\n\
             No rules are set, so clients may open a session and do nothing more.\n\n\
             {session}  curl \"$url/messages?after=auto&wait=5\"\n{health}"
        );
    }
    format!(
        "This is Everwire, a realtime gateway: one session over WebSocket, long-poll or plain curl.\n\
         It runs as the playground: anyone may join and publish to any room.\n\n\
         A session, a message that comes back, and the poll that brings it:\n\n\
         {session}  curl -d '{{\"event\":\"hello\",\"data\":\"world\"}}' \"$url/messages\"\n  \
         curl \"$url/messages?after=auto\"\n\n\
         A room without a session: this waits for what somebody says there, in another terminal:\n\n  \
         curl \"{base}/raw/lobby?wait=55\"\n  curl -d hello {base}/raw/lobby\n\n\
         How it is:\n\n{health}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_the_host_it_was_asked_for_by() {
        let mut headers = HeaderMap::new();
        assert_eq!(host(&headers), "localhost:8080");
        for (value, expected) in
            [("example.com:81", "example.com:81"), ("[::1]:8", "[::1]:8"), ("a\";rm -rf", "localhost:8080")]
        {
            headers.insert(HOST, HeaderValue::from_static(value));
            assert_eq!(host(&headers), expected);
        }
    }
}

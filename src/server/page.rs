//! The playground's page: HTML, its style and its script, and the client of the gateway that serves it.

use http::{
    HeaderMap, HeaderValue,
    header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, USER_AGENT, VARY},
};

use crate::transport::{File, Response};

/// Where the page takes the gateway to be; written anew where it is elsewhere.
const PREFIX: &str = "/everwire/";
/// Everything from this very host, and nothing else. WebSockets are named by scheme, because older browsers don't count
/// them as `self`.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self' ws: wss:; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

static STYLE: File = File::new(include_bytes!("page/playground.css"), "text/css; charset=utf-8");
/// Written in parts, and fetched in one, because old browsers fetch one script after the other.
const PARTS: &str = concat!(
    include_str!("page/basics.js"),
    "\n",
    include_str!("page/faults.js"),
    "\n",
    include_str!("page/proof.js"),
    "\n",
    include_str!("page/panel.js"),
    "\n",
    include_str!("page/ladder.js"),
    "\n",
    include_str!("page/room.js"),
    "\n",
    include_str!("page/playground.js"),
);
static SCRIPT: File = File::new(PARTS.as_bytes(), "text/javascript; charset=utf-8");

/// What a browser gets at the root.
#[derive(Debug)]
pub(super) struct Page(File);

impl Page {
    /// The page of a gateway under this prefix.
    pub(super) fn new(prefix: &str) -> Self {
        let html = include_str!("page/index.html").replace(PREFIX, &format!("{prefix}/"));
        // Where it is named from the page itself, so that a proxy may put all of this below a path of its own.
        let relative = format!("\"{prefix}/").replacen("\"/", "\"", 1);
        let html = html.replace(&PREFIX.replacen('/', "\"", 1), &relative);
        Page(File::made(html, "text/html; charset=utf-8"))
    }

    /// Answers GET and HEAD of the page and its files; `None` for another path.
    pub(super) fn answer(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        match path {
            "/" if is_for_people(headers) => Some(self.root(headers)),
            "/playground.css" => Some(STYLE.answer(headers)),
            "/playground.js" => Some(SCRIPT.answer(headers)),
            _ => None,
        }
    }

    fn root(&self, headers: &HeaderMap) -> Response {
        let mut response = self.0.answer(headers);
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(VARY, HeaderValue::from_static("User-Agent"));
        response
    }
}

/// Whether somebody looks who sees more than text. By its name and not by `Accept`: the oldest browsers accept `*/*`, as
/// curl does.
fn is_for_people(headers: &HeaderMap) -> bool {
    let name = headers.get(USER_AGENT).map(HeaderValue::as_bytes).unwrap_or_default();
    let begins =
        |with: &str| name.get(..with.len()).is_some_and(|it| it.eq_ignore_ascii_case(with.as_bytes()));
    !name.is_empty() && !["curl/", "wget/"].into_iter().any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_follows_the_prefix() {
        for (prefix, script, line) in [
            ("/everwire", "\"everwire/client.js\"", "8080/everwire/raw/lobby"),
            ("/a/b", "\"a/b/client.js\"", "8080/a/b/raw/lobby"),
            ("", "\"client.js\"", "8080/raw/lobby"),
        ] {
            let Page(file) = Page::new(prefix);
            let html = file.text();
            assert!(html.contains(script) && html.contains(line), "{prefix}: {html}");
            assert_eq!(html.contains("everwire/"), prefix == "/everwire", "{prefix}: {html}");
        }
    }

    #[test]
    fn a_browser_sees_the_page_and_curl_the_text() {
        for (agent, expected) in [
            (None, false),
            (Some(""), false),
            (Some("curl/8.5.0"), false),
            (Some("Wget/1.21.4"), false),
            (Some("Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)"), true),
            (Some("Lynx/2.9.0"), true),
        ] {
            let mut headers = HeaderMap::new();
            headers.extend(agent.map(|agent| (USER_AGENT, agent.parse().unwrap())));
            assert_eq!(is_for_people(&headers), expected, "{agent:?}");
            assert_eq!(Page::new("/everwire").answer("/", &headers).is_some(), expected, "{agent:?}");
        }
    }
}

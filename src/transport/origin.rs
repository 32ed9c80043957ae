//! Which pages may talk to the gateway as themselves (docs/PROTOCOL.md, section 3, credentials).

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{self, AUTHORIZATION, COOKIE, HOST, ORIGIN, REFERER},
};

/// The origins beside the gateway's own host that are trusted.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    listed: Vec<String>,
    any: bool,
}

/// Where a request comes from, as far as the browser tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// A page of the gateway's own host.
    Own,
    /// A page of a listed origin.
    Listed,
    /// A page of another origin.
    Foreign,
    /// No page as far as one can see: curl, an app, a backend.
    Unknown,
}

impl Origins {
    /// Reads a list of origins, `https://example.com` or `http://localhost:3000`; `*` lets any page open a WebSocket,
    /// but never with credentials that its browser adds.
    ///
    /// # Errors
    /// A sentence that names the entry that is no origin.
    pub fn parse<S: AsRef<str>>(list: &[S]) -> Result<Self, String> {
        let mut origins = Origins::default();
        for entry in list {
            match entry.as_ref() {
                "*" => origins.any = true,
                entry if is_origin(entry) => origins.listed.push(normal(entry)),
                entry => {
                    return Err(format!(
                        "`{entry}` is no origin: write scheme://host or scheme://host:port without a path, or `*`"
                    ));
                }
            }
        }
        Ok(origins)
    }

    /// Where a request comes from. Without an Origin the Referer tells, or Sec-Fetch-Site.
    pub(super) fn standing(&self, headers: &HeaderMap) -> Standing {
        if let Some(origin) = headers.get(ORIGIN) {
            return self.judge(origin.to_str().unwrap_or("null"), headers);
        }
        if let Some(referer) = headers.get(REFERER) {
            return self.judge(origin_of(referer.to_str().unwrap_or_default()), headers);
        }
        match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
            Some(b"same-origin") => Standing::Own,
            Some(b"none") | None => Standing::Unknown,
            Some(_) => Standing::Foreign,
        }
    }

    fn judge(&self, origin: &str, headers: &HeaderMap) -> Standing {
        let origin = normal(origin);
        if self.listed.contains(&origin) {
            return Standing::Listed;
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        match origin.split_once("://") {
            Some((scheme, authority)) if authority == normal_authority(scheme, host) => Standing::Own,
            _ => Standing::Foreign,
        }
    }

    /// Whether a page of this standing may open a WebSocket: browsers don't ask before they do.
    pub(super) fn may_upgrade(&self, standing: Standing) -> bool {
        standing != Standing::Foreign || self.any
    }
}

/// Takes away what a browser adds by itself where the page is not trusted: cookies, and HTTP authentication other than
/// `Bearer`, which only a script or a program can have set. Tells whether the page is trusted.
pub(super) fn strip_credentials(headers: &mut HeaderMap, standing: Standing) -> bool {
    if matches!(standing, Standing::Own | Standing::Listed) {
        return true;
    }
    headers.remove(COOKIE);
    let bearer =
        |value: &HeaderValue| value.as_bytes().get(..7).is_some_and(|it| it.eq_ignore_ascii_case(b"bearer "));
    if !headers.get(AUTHORIZATION).is_some_and(bearer) {
        headers.remove(AUTHORIZATION);
    }
    false
}

/// Whose scripts may read an answer: those of any page without credentials, those of trusted ones with.
pub(super) struct Access(Option<HeaderValue>);

impl Access {
    pub(super) fn of(origins: &Origins, headers: &HeaderMap) -> Self {
        let trusted = matches!(origins.standing(headers), Standing::Own | Standing::Listed);
        // A copy, because the header itself keeps the connection's read buffer for as long as a poll is parked.
        let origin = headers.get(ORIGIN).filter(|_| trusted);
        Access(origin.and_then(|origin| HeaderValue::from_bytes(origin.as_bytes()).ok()))
    }

    pub(super) fn allow(self, headers: &mut HeaderMap) {
        match self.0 {
            Some(origin) => {
                headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
                headers.insert(header::VARY, HeaderValue::from_static("Origin"));
            }
            None => {
                headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
            }
        }
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}

/// Names of headers that scripts of other origins may read.
const EXPOSED: &str = "Location, Retry-After, Everwire-Position, Everwire-Lost";

/// What a preflight is told besides the methods.
pub(super) const PREFLIGHT: [(HeaderName, HeaderValue); 2] = [
    (
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("Authorization, Content-Type, Last-Event-ID"),
    ),
    // Two hours is the most that browsers keep.
    (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200")),
];

fn is_origin(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        !scheme.is_empty()
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
            && !rest.is_empty()
            && !rest.contains(['/', '?', '#', '@', '*', ' '])
    })
}

/// The origin of a URL.
fn origin_of(url: &str) -> &str {
    let Some((scheme, rest)) = url.split_once("://") else { return "null" };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    &url[..scheme.len() + 3 + authority.len()]
}

fn normal(origin: &str) -> String {
    let lower = origin.to_ascii_lowercase();
    match lower.split_once("://") {
        Some((scheme, authority)) => format!("{scheme}://{}", normal_authority(scheme, authority)),
        None => lower,
    }
}

/// Without the port that the scheme implies, in lower case.
fn normal_authority(scheme: &str, authority: &str) -> String {
    let lower = authority.to_ascii_lowercase();
    let implied = match scheme {
        "http" | "ws" => ":80",
        "https" | "wss" => ":443",
        _ => return lower,
    };
    lower.strip_suffix(implied).map_or(lower.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_page_is_judged_by_origin_then_referer_then_fetch_metadata() {
        let origins = Origins::parse(&["https://app.example"]).unwrap();
        let cases: &[(&[(&'static str, &str)], Standing)] = &[
            (&[("host", "a.example"), ("origin", "https://a.example")], Standing::Own),
            (&[("host", "a.example:443"), ("origin", "https://A.example")], Standing::Own),
            (&[("host", "a.example:8080"), ("origin", "http://a.example")], Standing::Foreign),
            (&[("host", "a.example"), ("origin", "https://app.example:443")], Standing::Listed),
            (&[("host", "a.example"), ("origin", "http://app.example")], Standing::Foreign),
            (&[("host", "a.example"), ("origin", "null")], Standing::Foreign),
            (&[("host", "a.example"), ("referer", "https://a.example/page?x#y")], Standing::Own),
            (&[("host", "a.example"), ("referer", "https://b.example/page")], Standing::Foreign),
            (&[("host", "a.example"), ("sec-fetch-site", "same-origin")], Standing::Own),
            (&[("host", "a.example"), ("sec-fetch-site", "cross-site")], Standing::Foreign),
            (&[("host", "a.example")], Standing::Unknown),
        ];
        for (pairs, expected) in cases {
            assert_eq!(origins.standing(&headers(pairs)), *expected, "{pairs:?}");
        }
    }

    #[test]
    fn a_star_opens_websockets_and_trusts_nobody() {
        let origins = Origins::parse(&["*"]).unwrap();
        let foreign = headers(&[("host", "a.example"), ("origin", "https://b.example")]);
        assert_eq!(origins.standing(&foreign), Standing::Foreign);
        assert!(origins.may_upgrade(Standing::Foreign));
        assert!(!Origins::default().may_upgrade(Standing::Foreign));
    }

    #[test]
    fn what_is_no_origin_is_named() {
        for wrong in ["example.com", "https://a.example/", "https://*.a.example", "://x", ""] {
            assert!(Origins::parse(&[wrong]).unwrap_err().contains(wrong), "{wrong}");
        }
    }

    #[test]
    fn credentials_that_a_browser_adds_count_only_from_trusted_pages() {
        let sent = [("cookie", "a=b"), ("authorization", "Basic eA==")];
        let mut foreign = headers(&sent);
        assert!(!strip_credentials(&mut foreign, Standing::Foreign));
        assert!(foreign.is_empty());
        let mut own = headers(&sent);
        assert!(strip_credentials(&mut own, Standing::Own));
        assert_eq!(own.len(), 2);
        let mut bearer = headers(&[("authorization", "Bearer t")]);
        strip_credentials(&mut bearer, Standing::Foreign);
        assert_eq!(bearer.len(), 1, "a browser never adds a bearer token by itself");
    }
}

//! An answer, and what every refusal has in common.

use serde_json::Value;

/// An answer, read from the wire.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) version: String,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(super) fn parse(head: &str) -> Self {
        let mut lines = head.trim_end().split("\r\n");
        let mut first = lines.next().expect("a status line").splitn(3, ' ');
        let version = first.next().expect("a version").to_owned();
        let status = first.next().and_then(|status| status.parse().ok()).expect("a status");
        let headers = lines
            .map(|line| line.split_once(": ").expect("a header"))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Answer { version, status, headers, body: Vec::new() }
    }

    pub(super) fn body_length(&self) -> usize {
        assert_eq!(
            self.header("transfer-encoding"),
            None,
            "polls have a length (docs/PROTOCOL.md, section 4)"
        );
        self.header("content-length").map_or(0, |length| length.parse().expect("a length"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values =
            self.headers.iter().filter(|header| header.0 == name).map(|header| header.1.as_str());
        let value = values.next();
        assert_eq!(values.next(), None, "{name} stands twice");
        value
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// Whether the connection is closed behind this answer.
    pub(crate) fn hangs_up(&self) -> bool {
        self.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"))
    }

    /// The session goes on: `error` with this code and a sentence that has these words in it, and no `close`.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: impl Into<Value>, says: &str) -> &Self {
        let body = self.error(status, &code.into(), says);
        assert_eq!(body.get("close"), None, "the session goes on: {body}");
        self
    }

    /// The session is over: the same with `close` beside it, which has the same code.
    #[track_caller]
    pub(crate) fn over(&self, status: u16, code: u16, says: &str) -> &Self {
        let body = self.error(status, &code.into(), says);
        let close = &body["close"];
        assert_eq!(close["code"], code, "{body}");
        assert!(close["reason"].as_str().is_some_and(|reason| reason.contains(says)), "{body}");
        assert!(close["last"].is_u64() && close["received"].is_u64(), "{body}");
        self
    }

    #[track_caller]
    fn error(&self, status: u16, code: &Value, says: &str) -> Value {
        let text = String::from_utf8_lossy(&self.body).into_owned();
        assert_eq!(self.status, status, "{text}");
        assert_eq!(self.header("content-type"), Some("application/json"), "{text}");
        let body = self.json();
        assert_eq!(&body["error"]["code"], code, "{text}");
        let message = body["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(says), "`{says}` is not in {text}");
        assert!(message.split(' ').count() > 2, "that is no sentence: {text}");
        self.sealed();
        assert!(self.header("access-control-allow-origin").is_some(), "a script has to read why: {self:?}");
        body
    }

    /// No cache keeps it, no browser sniffs in it, no script of another page is kept from its headers.
    #[track_caller]
    pub(crate) fn sealed(&self) {
        let sealed = [
            ("cache-control", "no-store, no-transform"),
            ("pragma", "no-cache"),
            ("expires", "0"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
        ];
        for (name, value) in sealed {
            assert_eq!(self.header(name), Some(value), "{self:?}");
        }
        let exposed = self.header("access-control-expose-headers").unwrap_or_default();
        assert!(exposed.contains("Location") && exposed.contains("Retry-After"), "{self:?}");
    }
}

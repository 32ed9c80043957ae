//! Answers, and the ways in which a request can fail: the status, and a body that says what to do.

use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{self, ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER},
};

use super::{Body, origin::PREFLIGHT};
use crate::{
    dialect::{native, packet::Malformed},
    hub::{Denial, Flood, Refused},
    session::{Close, Code, Refusal, Seq},
    wire::{json, query},
};

/// An answer.
pub type Response = http::Response<Body>;

/// The type of nearly everything that is answered.
pub(super) const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// An answer with a JSON body.
pub(super) fn json(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = http::Response::new(Body::full(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// An answer without a body.
pub(super) fn empty(status: StatusCode) -> Response {
    let mut response = http::Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// What to OPTIONS is answered on a path that takes these methods.
pub(super) fn options(methods: &str) -> Response {
    let mut response = empty(StatusCode::NO_CONTENT);
    let methods = HeaderValue::from_str(methods).expect("methods are written here");
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods.clone());
    response.headers_mut().insert(ALLOW, methods);
    response.headers_mut().extend(PREFLIGHT.map(|(name, value)| (Some(name), value)));
    response
}

/// Marks an answer as what no cache, proxy or sniffing browser may keep or change.
pub(super) fn seal(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    headers.insert(header::EXPIRES, HeaderValue::from_static("0"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
}

/// Why a request failed. Its body has `error` with a code and a sentence, and `close` where the session is over.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    code: ErrorCode,
    message: String,
    close: Option<Close>,
    /// Further members of the body, such as `"turn":5`.
    members: Vec<(&'static str, u64)>,
    retry_after: Option<u64>,
    allow: Option<&'static str>,
    /// The path speaks WebSocket, in its only version.
    upgrade: bool,
    /// The connection can't be read on: the rest of the request is unknown.
    hang_up: bool,
}

/// A number of docs/PROTOCOL.md section 8, or a name for what concerns this request alone.
#[derive(Debug)]
enum ErrorCode {
    Number(Code),
    Name(&'static str),
}

pub(super) type Outcome = Result<Response, Problem>;

impl Problem {
    fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        let message = message.into();
        Problem {
            status,
            code,
            message,
            close: None,
            members: Vec::new(),
            retry_after: None,
            allow: None,
            upgrade: false,
            hang_up: false,
        }
    }

    pub(super) fn named(status: StatusCode, name: &'static str, message: impl Into<String>) -> Self {
        Problem::new(status, ErrorCode::Name(name), message)
    }

    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Problem::new(StatusCode::BAD_REQUEST, ErrorCode::Number(Code::Malformed), message)
    }

    pub(super) fn too_large(max: usize) -> Self {
        let message = format!("The body is larger than {max} bytes (`max` in `open`); send it in parts.");
        let problem =
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::Number(Code::Malformed), message);
        Problem { hang_up: true, ..problem }
    }

    /// No such session. The client believes this only with this body.
    pub(super) fn unknown_session() -> Self {
        let reason = "This session is unknown or has expired; open a new one with POST …/session.";
        let close = Close { code: Code::Unknown, reason: reason.into(), last: 0, received: 0 };
        let problem = Problem::new(StatusCode::NOT_FOUND, ErrorCode::Number(Code::Unknown), reason);
        Problem { close: Some(close), ..problem }
    }

    pub(super) fn closed(close: Close) -> Self {
        let status = match close.code {
            Code::Unauthorized => StatusCode::FORBIDDEN,
            Code::Malformed => StatusCode::BAD_REQUEST,
            Code::Unknown => StatusCode::NOT_FOUND,
            Code::Fault => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::GONE,
        };
        let problem = Problem::new(status, ErrorCode::Number(close.code), close.reason.to_string());
        Problem { close: Some(close), ..problem }
    }

    pub(super) fn flood(flood: Flood) -> Self {
        let message = format!("Too many {}; try again in {} s.", flood.bound, flood.retry_after);
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::Number(Code::TooMany), message);
        Problem { retry_after: Some(flood.retry_after), ..problem }
    }

    /// The handlers' queue is full behind message `ack`.
    pub(super) fn busy(ack: Seq) -> Self {
        let message = "The session's handlers have too much to do; repeat what was not taken after Retry-After seconds.";
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::Number(Code::TooMany), message);
        Problem { retry_after: Some(1), members: vec![("ack", ack)], ..problem }
    }

    pub(super) fn draining(retry: u64) -> Self {
        let message = "The gateway is going away; come back after Retry-After seconds.";
        let problem =
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Number(Code::Draining), message);
        Problem { retry_after: Some(retry.div_ceil(1000).max(1)), ..problem }
    }

    pub(super) fn upgrade_required(message: &str) -> Self {
        Problem { upgrade: true, ..Problem::named(StatusCode::UPGRADE_REQUIRED, "upgrade", message) }
    }

    pub(super) fn method(allow: &'static str) -> Self {
        let message = format!("This path takes {allow}.");
        Problem { allow: Some(allow), ..Problem::named(StatusCode::METHOD_NOT_ALLOWED, "method", message) }
    }

    /// The same, and the connection is closed behind it.
    pub(super) fn hanging_up(self) -> Self {
        Problem { hang_up: true, ..self }
    }

    /// The sentence that says what to do.
    pub(super) fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn into_response(self) -> Response {
        let mut out = b"{\"error\":{\"code\":".to_vec();
        match self.code {
            ErrorCode::Number(code) => json::push_number(&mut out, u64::from(code.number())),
            ErrorCode::Name(name) => json::push_string(&mut out, name),
        }
        out.extend_from_slice(b",\"message\":");
        json::push_string(&mut out, &self.message);
        out.push(b'}');
        for (name, number) in self.members {
            out.extend_from_slice(format!(",\"{name}\":{number}").as_bytes());
        }
        if let Some(close) = &self.close {
            out.extend_from_slice(b",\"close\":");
            native::push_close(&mut out, close);
        }
        out.push(b'}');
        let mut response = json(self.status, out);
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = self.allow {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        if self.upgrade {
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        }
        if self.hang_up {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Stale { turn } => {
                let message = format!(
                    "This attach is older than the carrier that has the delivery; its turn is {turn}."
                );
                let members = vec![("turn", turn)];
                Problem { members, ..Problem::named(StatusCode::CONFLICT, "stale", message) }
            }
            Refusal::Beyond { sent } => Problem::malformed(format!(
                "`after` or `ack` lies above message {sent}, the last that was sent."
            )),
            Refusal::Gap { taken } => {
                let message = format!("A message is missing; repeat from number {}.", taken + 1);
                Problem {
                    members: vec![("ack", taken)],
                    ..Problem::named(StatusCode::CONFLICT, "gap", message)
                }
            }
            Refusal::NoFrom => Problem::malformed("Say `from` before the first message."),
            Refusal::Closed(close) => Problem::closed(close),
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Flood(flood) => Problem::flood(flood),
            Refused::Conflict => Problem::named(
                StatusCode::CONFLICT,
                "used",
                "The session opened with this key is in use, or has other credentials; open one with a fresh key.",
            ),
            Refused::Denied(denial) => denied(&denial),
            Refused::Draining => Problem::draining(5_000),
            Refused::Fault => Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                ErrorCode::Number(Code::Fault),
                "The gateway's application failed; try again with back-off.",
            ),
        }
    }
}

fn denied(denial: &Denial) -> Problem {
    let status = if denial.unauthenticated { StatusCode::UNAUTHORIZED } else { StatusCode::FORBIDDEN };
    let close = Close { code: Code::Unauthorized, reason: denial.reason.clone(), last: 0, received: 0 };
    let problem = Problem::new(status, ErrorCode::Number(Code::Unauthorized), denial.reason.to_string());
    Problem { close: Some(close), ..problem }
}

impl From<Malformed> for Problem {
    fn from(malformed: Malformed) -> Self {
        let status =
            if malformed.is_too_large() { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST };
        Problem::new(status, ErrorCode::Number(Code::Malformed), malformed.message)
    }
}

impl From<query::Fault> for Problem {
    fn from(fault: query::Fault) -> Self {
        Problem::malformed(fault.message.into_owned())
    }
}

/// Adds where the new session is.
pub(super) fn located(mut response: Response, path: &str) -> Response {
    let path = HeaderValue::from_str(path).expect("a path of the gateway's own is a valid header");
    response.headers_mut().insert(LOCATION, path);
    response
}

/// Leaves the body away, as HEAD wants it.
pub(super) fn without_body(method: &Method, response: Response) -> Response {
    if *method == Method::HEAD { response.map(|_| Body::empty()) } else { response }
}

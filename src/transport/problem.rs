//! The ways in which a request can fail: the status, and a body that says what to do.

use http::{
    HeaderValue, StatusCode,
    header::{self, ALLOW, RETRY_AFTER},
};

use super::answer::{Response, json as answer_json};
use crate::{
    dialect::{native, packet::Malformed},
    hub::{Cause, Denial, Flood, Refused},
    session::{Close, Code, Refusal, Seq},
    wire::{json, query},
};

/// Why a request failed. Its body has `error` with a code and a sentence, and `close` where the session is over.
#[derive(Debug)]
pub(super) struct Problem(Box<Details>);

#[derive(Debug)]
struct Details {
    status: StatusCode,
    code: ErrorCode,
    message: String,
    close: Option<Close>,
    /// A further member of the body, such as `"turn":5`.
    member: Option<(&'static str, u64)>,
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

impl Problem {
    fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        Problem(Box::new(Details {
            status,
            code,
            message: message.into(),
            close: None,
            member: None,
            retry_after: None,
            allow: None,
            upgrade: false,
            hang_up: false,
        }))
    }

    fn with(mut self, change: impl FnOnce(&mut Details)) -> Self {
        change(&mut self.0);
        self
    }

    fn numbered(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Problem::new(status, ErrorCode::Number(code), message)
    }

    pub(super) fn named(status: StatusCode, name: &'static str, message: impl Into<String>) -> Self {
        Problem::new(status, ErrorCode::Name(name), message)
    }

    pub(super) fn malformed(message: impl Into<String>) -> Self {
        Problem::numbered(StatusCode::BAD_REQUEST, Code::Malformed, message)
    }

    pub(super) fn too_large(max: usize) -> Self {
        let message = format!("The body is larger than {max} bytes (`max` in `open`); send it in parts.");
        Problem::numbered(StatusCode::PAYLOAD_TOO_LARGE, Code::Malformed, message).hanging_up()
    }

    /// No such session. The client believes this only with this body.
    pub(super) fn unknown_session() -> Self {
        let reason = "This session is unknown or has expired; open a new one with POST …/session.";
        let close = Close { code: Code::Unknown, reason: reason.into(), last: 0, received: 0 };
        Problem::closed(close)
    }

    pub(super) fn closed(close: Close) -> Self {
        let status = match close.code {
            Code::Unauthorized => StatusCode::FORBIDDEN,
            Code::Malformed => StatusCode::BAD_REQUEST,
            Code::Unknown => StatusCode::NOT_FOUND,
            Code::Fault => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::GONE,
        };
        Problem::over(status, close)
    }

    fn over(status: StatusCode, close: Close) -> Self {
        let reason = close.reason.to_string();
        Problem::numbered(status, close.code, reason).with(|details| details.close = Some(close))
    }

    pub(super) fn flood(flood: Flood) -> Self {
        let message = format!("Too many {}; try again in {} s.", flood.bound, flood.retry_after);
        Problem::numbered(StatusCode::TOO_MANY_REQUESTS, Code::TooMany, message)
            .with(|details| details.retry_after = Some(flood.retry_after))
    }

    /// The handlers' queue is full behind message `ack`.
    pub(super) fn busy(ack: Seq) -> Self {
        let message = "The session's handlers have too much to do; repeat what was not taken after Retry-After seconds.";
        Problem::numbered(StatusCode::TOO_MANY_REQUESTS, Code::TooMany, message).with(|details| {
            details.retry_after = Some(1);
            details.member = Some(("ack", ack));
        })
    }

    /// The gateway goes away; `retry` is in milliseconds.
    pub(super) fn draining(retry: u64) -> Self {
        let message = "The gateway is going away; come back after Retry-After seconds.";
        Problem::numbered(StatusCode::SERVICE_UNAVAILABLE, Code::Draining, message)
            .with(|details| details.retry_after = Some(retry.div_ceil(1000).max(1)))
    }

    pub(super) fn upgrade_required(message: &str) -> Self {
        Problem::named(StatusCode::UPGRADE_REQUIRED, "upgrade", message)
            .with(|details| details.upgrade = true)
    }

    pub(super) fn method(allow: &'static str) -> Self {
        Problem::named(StatusCode::METHOD_NOT_ALLOWED, "method", format!("This path takes {allow}."))
            .with(|details| details.allow = Some(allow))
    }

    /// The same, and the connection is closed behind it.
    pub(super) fn hanging_up(self) -> Self {
        self.with(|details| details.hang_up = true)
    }

    /// What it is called in the statistics, where it refused a WebSocket.
    pub(super) fn upgrade_name(&self) -> &'static str {
        match (self.0.status, &self.0.code) {
            (StatusCode::TOO_MANY_REQUESTS, _) => "flood",
            (StatusCode::NOT_IMPLEMENTED, _) => "unsupported",
            (StatusCode::UPGRADE_REQUIRED, _) => "not_websocket",
            (StatusCode::FORBIDDEN, _) => "origin",
            _ => "malformed",
        }
    }

    /// The sentence that says what to do.
    pub(super) fn message(&self) -> &str {
        &self.0.message
    }

    /// A carrier that attached later has the delivery.
    pub(super) fn is_stale(&self) -> bool {
        matches!(self.0.code, ErrorCode::Name("stale"))
    }

    /// What it says.
    pub(super) fn body(&self) -> Vec<u8> {
        let mut out = b"{\"error\":{\"code\":".to_vec();
        match self.0.code {
            ErrorCode::Number(code) => json::push_number(&mut out, u64::from(code.number())),
            ErrorCode::Name(name) => json::push_string(&mut out, name),
        }
        out.extend_from_slice(b",\"message\":");
        json::push_string(&mut out, &self.0.message);
        out.push(b'}');
        if let Some((name, number)) = self.0.member {
            out.extend_from_slice(format!(",\"{name}\":{number}").as_bytes());
        }
        if let Some(close) = &self.0.close {
            out.extend_from_slice(b",\"close\":");
            native::push_close(&mut out, close);
        }
        out.push(b'}');
        out
    }

    pub(super) fn into_response(self) -> Response {
        let mut response = answer_json(self.0.status, self.body());
        let headers = response.headers_mut();
        if let Some(seconds) = self.0.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = self.0.allow {
            headers.insert(ALLOW, HeaderValue::from_static(allow));
        }
        if self.0.upgrade {
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        }
        if self.0.hang_up {
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
                Problem::named(StatusCode::CONFLICT, "stale", message)
                    .with(|details| details.member = Some(("turn", turn)))
            }
            Refusal::Beyond { sent } => Problem::malformed(format!(
                "`after` or `ack` lies above message {sent}, the last that was sent."
            )),
            Refusal::Gap { taken } => {
                let message = format!("A message is missing; repeat from number {}.", taken + 1);
                Problem::named(StatusCode::CONFLICT, "gap", message)
                    .with(|details| details.member = Some(("ack", taken)))
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
            Refused::Denied(denial) => Problem::denied(&denial),
            Refused::Draining { retry } => Problem::draining(retry),
            Refused::Fault => Problem::numbered(
                StatusCode::INTERNAL_SERVER_ERROR,
                Code::Fault,
                "The gateway's application failed; try again with back-off.",
            ),
        }
    }
}

impl Problem {
    fn denied(denial: &Denial) -> Problem {
        let status = match denial.cause {
            Cause::Unauthenticated => StatusCode::UNAUTHORIZED,
            Cause::Forbidden => StatusCode::FORBIDDEN,
            Cause::Fault => return Refused::Fault.into(),
        };
        Problem::over(
            status,
            Close { code: Code::Unauthorized, reason: denial.reason.clone(), last: 0, received: 0 },
        )
    }
}

impl From<Malformed> for Problem {
    fn from(malformed: Malformed) -> Self {
        let status =
            if malformed.is_too_large() { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST };
        Problem::numbered(status, Code::Malformed, malformed.message)
    }
}

impl From<query::Fault> for Problem {
    fn from(fault: query::Fault) -> Self {
        Problem::malformed(fault.message.into_owned())
    }
}

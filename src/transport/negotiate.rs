//! The WebSocket handshake, the server's half (RFC 6455, section 4.2), and what comes behind it.

use http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode, Version,
    header::{CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE},
    request::Parts,
};
use hyper::upgrade::OnUpgrade;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::{
    Context,
    answer::{self, Response},
    opening,
    problem::Problem,
};

/// Whether the request asks for a WebSocket at all.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    has_token(headers, &UPGRADE, "websocket") && has_token(headers, &CONNECTION, "upgrade")
}

/// Checks a handshake. What is returned is the answer, and the connection once the answer has been written.
pub(super) fn accept(context: &Context, parts: &mut Parts) -> Result<(Response, OnUpgrade), Problem> {
    let accepted = check(context, parts).and_then(|accepted| {
        context.hub.check_flood(opening::address(context, parts)).map_err(Problem::flood)?;
        Ok(accepted)
    });
    context.hub.tally.upgrade(accepted.as_ref().map_or_else(Problem::upgrade_name, |_| "accepted"));
    accepted
}

fn check(context: &Context, parts: &mut Parts) -> Result<(Response, OnUpgrade), Problem> {
    if !is_wanted(&parts.headers) {
        return Err(Problem::upgrade_required(
            "This path speaks WebSocket: send Upgrade: websocket and Connection: Upgrade.",
        ));
    }
    if parts.version < Version::HTTP_11 {
        return Err(Problem::malformed("A WebSocket needs HTTP/1.1 (RFC 6455, section 4.1)."));
    }
    if parts.headers.get(SEC_WEBSOCKET_VERSION).map(HeaderValue::as_bytes) != Some(b"13") {
        return Err(Problem::upgrade_required(
            "Only version 13 of the protocol is spoken (RFC 6455): Sec-WebSocket-Version: 13.",
        ));
    }
    if !context.origins.may_upgrade(context.origins.standing(&parts.headers)) {
        let message = "Pages of this origin may not open a WebSocket here; the operator can list it in allowed_origins.";
        return Err(Problem::named(StatusCode::FORBIDDEN, "origin", message));
    }
    let Some(key) = key(&parts.headers) else {
        return Err(Problem::malformed(
            "Sec-WebSocket-Key is not the base64 of 16 bytes (RFC 6455, section 4.1).",
        ));
    };
    let accept = derive_accept_key(key.as_bytes());
    let Some(upgrade) = parts.extensions.remove::<OnUpgrade>() else {
        return Err(Problem::named(
            StatusCode::NOT_IMPLEMENTED,
            "upgrade",
            "This connection can't be upgraded; use long-poll.",
        ));
    };
    Ok((switching(&accept), upgrade))
}

fn switching(accept: &str) -> Response {
    let mut response = answer::empty(StatusCode::SWITCHING_PROTOCOLS);
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_ACCEPT, HeaderValue::from_str(accept).expect("base64 is a valid header"));
    response
}

fn key(headers: &HeaderMap) -> Option<&str> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let mut keys = headers.get_all(SEC_WEBSOCKET_KEY).iter();
    let key = keys.next()?.to_str().ok()?.trim();
    let is_nonce = STANDARD.decode(key).is_ok_and(|nonce| nonce.len() == 16);
    (is_nonce && keys.next().is_none()).then_some(key)
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|entry| entry.trim().eq_ignore_ascii_case(token))
}

//! Answers and what stands around them.

use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{self, ALLOW, CONTENT_TYPE, LOCATION},
};

use super::{Body, origin::PREFLIGHT, problem::Problem};

/// What a request comes to.
pub(super) type Outcome = Result<Response, Problem>;

/// An answer.
///
/// ```
/// use everwire::{Gateway, Response};
///
/// async fn health(gateway: &Gateway) -> Response {
///     gateway.handle(http::Request::get("/everwire/health").body(String::new()).expect("a valid request")).await
/// }
/// ```
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

/// Adds where the new session is.
pub(super) fn located(mut response: Response, path: &str) -> Response {
    let path = HeaderValue::from_str(path).expect("a path of the gateway's own is a valid header");
    response.headers_mut().insert(LOCATION, path);
    response
}

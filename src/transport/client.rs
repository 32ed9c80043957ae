//! The JavaScript client, served by the gateway that it talks to, so that the two are always of one version.

use http::{HeaderMap, HeaderValue, header};

use super::{answer::Response, file::File};

/// The type of RFC 9239, which is among those that Internet Explorer takes behind `nosniff`; older ones look at the script
/// tag alone, and `application/javascript` would be unknown to IE 8.
const SCRIPT: &str = "text/javascript; charset=utf-8";

static READABLE: File = File::new(include_bytes!("../../client-js/dist/client.js"), SCRIPT);
static SMALL: File = File::new(include_bytes!("../../client-js/dist/client.min.js"), SCRIPT);

/// One of the client's builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Build {
    /// To be read.
    Readable,
    /// To be loaded.
    Small,
}

/// Answers `GET …/client.js` and `…/client.min.js`.
pub(super) fn get(build: Build, headers: &HeaderMap) -> Response {
    let file = match build {
        Build::Readable => &READABLE,
        Build::Small => &SMALL,
    };
    let mut response = file.answer(headers);
    let headers = response.headers_mut();
    // The same for everybody, so that a cache needs one copy. Pages that isolate themselves (COEP) load it as well.
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

//! The JavaScript client, served by the gateway that it talks to, so that the two are always of one version.
//!
//! Every file has two addresses: `…/NAME`, which a cache asks for each time, and `…/VERSION/NAME`, which never changes and
//! is kept for good. At the address of another version nothing is: an old page would speak to a gateway that it does not
//! know, or the other way round.

use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::{answer::Response, file::File, problem::Problem};

/// Of the client, and of the gateway that it is built into.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The type of RFC 9239, which is among those that Internet Explorer takes behind `nosniff`; older ones look at the script
/// tag alone, and `application/javascript` would be unknown to IE 8.
const SCRIPT: &str = "text/javascript; charset=utf-8";
const JSON: &str = "application/json; charset=utf-8";
/// TypeScript has no registered type, and the one that goes by `.ts` is a film. People look at these in the browser.
const TYPES: &str = "text/plain; charset=utf-8";

/// Lists the files: each with its type.
macro_rules! files {
    ($($name:literal: $kind:ident,)*) => {
        [$(($name, File::new(include_bytes!(concat!("../../client-js/", $name)), $kind)),)*]
    };
}

/// Those below `client-js/`, by their paths there.
static FILES: [(&str, File); 12] = files![
    "dist/client.js": SCRIPT,
    "dist/client.min.js": SCRIPT,
    "dist/client.min.js.map": JSON,
    "dist/client.mjs": SCRIPT,
    "dist/client.mjs.map": JSON,
    "dist/client.modern.min.js": SCRIPT,
    "dist/client.modern.min.js.map": JSON,
    "dist/client.modern.mjs": SCRIPT,
    "dist/client.modern.mjs.map": JSON,
    "dist/io.min.js": SCRIPT,
    "dist/io.min.js.map": JSON,
    "everwire.d.ts": TYPES,
];

/// One of the files, by its place in the list, and how it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asset {
    index: usize,
    version: Version,
}

/// The version in an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    /// None is named.
    Any,
    /// This one.
    Ours,
    /// One that is not here.
    Other,
}

/// The file that a path below the prefix names: `client.js`, `0.1.0/client.js`.
pub(super) fn find(path: &str) -> Option<Asset> {
    let (version, name) = match path.split_once('/') {
        None => (Version::Any, path),
        Some((VERSION, name)) => (Version::Ours, name),
        Some((other, name)) if is_version(other) => (Version::Other, name),
        Some(_) => return None,
    };
    let index = FILES.iter().position(|(path, _)| path.rsplit('/').next() == Some(name))?;
    Some(Asset { index, version })
}

/// Whether this is what versions look like: `1.2.3`, `1.2.3-rc.1`.
fn is_version(segment: &str) -> bool {
    let mut numbers = segment.splitn(3, '.');
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let begins = numbers.next().is_some_and(is_number) && numbers.next().is_some_and(is_number);
    begins && numbers.next().is_some_and(|patch| patch.starts_with(|digit: char| digit.is_ascii_digit()))
}

/// Answers `GET` and `HEAD` of a file.
///
/// # Errors
/// Where the address names another version than the one there is.
pub(super) fn get(asset: Asset, headers: &HeaderMap) -> Result<Response, Problem> {
    let (path, file) = &FILES[asset.index];
    if asset.version == Version::Other {
        let name = path.rsplit('/').next().unwrap_or(path);
        let message =
            format!("This gateway has the client of version {VERSION}, at …/{VERSION}/{name} and …/{name}.");
        return Err(Problem::named(StatusCode::NOT_FOUND, "not_found", message));
    }
    let mut response = file.answer(headers);
    let headers = response.headers_mut();
    // The same for everybody, so that a cache needs one copy. Pages that isolate themselves (COEP) load it as well.
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    if asset.version == Version::Ours {
        // A year, which is for good: no later content ever stands at this address.
        let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
        headers.insert(header::CACHE_CONTROL, forever);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_found_by_its_name_and_by_its_version() {
        for (index, (path, _)) in FILES.iter().enumerate() {
            let name = path.rsplit('/').next().unwrap();
            let found = |path: &str| find(path).map(|asset| (asset.index, asset.version));
            assert_eq!(found(name), Some((index, Version::Any)), "{name}");
            assert_eq!(found(&format!("{VERSION}/{name}")), Some((index, Version::Ours)), "{name}");
            for other in ["9.9.9", "0.1.1", "10.20.30-rc.1"] {
                assert_eq!(
                    found(&format!("{other}/{name}")),
                    Some((index, Version::Other)),
                    "{other}/{name}"
                );
            }
            for wrong in ["", "1", "1.2", "x.1.0", "1..0", "1.2.x", "session", "v0.1.0"] {
                assert_eq!(found(&format!("{wrong}/{name}")), None, "{wrong}/{name}");
            }
        }
        for wrong in
            ["", "client", "client.map", "dist/client.js", "0.1.0/dist/client.js", "0.1.0/", "client.js/"]
        {
            assert_eq!(find(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_built_is_of_this_version() {
        let built = FILES.iter().filter(|(path, _)| path.ends_with("js"));
        for (path, file) in built {
            let banner = format!("/* Everwire client {VERSION}, ");
            assert!(file.text().starts_with(&banner), "{path} is of another version: run `npm run build`");
        }
    }

    #[test]
    fn another_version_is_told_which_there_is() {
        let asset = find("9.9.9/client.min.js").unwrap();
        let problem = get(asset, &HeaderMap::new()).unwrap_err().into_response();
        assert_eq!(problem.status(), StatusCode::NOT_FOUND);
        assert!(!problem.headers().contains_key(header::ETAG));
    }
}

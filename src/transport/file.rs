//! A file that is compiled in, and served so that caches may keep it: they ask with its tag whether it is still the same.

use std::{
    hash::{DefaultHasher, Hasher},
    sync::OnceLock,
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{self, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH},
};

use super::{
    Body,
    answer::{self, Response},
};

/// A file that does not change as long as the process runs.
#[derive(Debug)]
pub struct File {
    bytes: Bytes,
    kind: HeaderValue,
    tag: OnceLock<HeaderValue>,
}

impl File {
    /// A file with this type.
    pub const fn new(bytes: &'static [u8], kind: &'static str) -> Self {
        File { bytes: Bytes::from_static(bytes), kind: HeaderValue::from_static(kind), tag: OnceLock::new() }
    }

    /// One that was made at start.
    pub fn made(text: String, kind: &'static str) -> Self {
        File { bytes: Bytes::from(text), kind: HeaderValue::from_static(kind), tag: OnceLock::new() }
    }

    /// What is in it.
    #[cfg(test)]
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or_default()
    }

    /// Answers GET and HEAD: the file, or 304 where the client has it (RFC 9110, section 13.1.2).
    pub fn answer(&self, headers: &HeaderMap) -> Response {
        let mut response = if self.is_known(headers) {
            answer::empty(StatusCode::NOT_MODIFIED)
        } else {
            let mut response = http::Response::new(Body::full(self.bytes.clone()));
            response.headers_mut().insert(CONTENT_TYPE, self.kind.clone());
            // Said here too, because the answer to HEAD loses its body on the way.
            response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(self.bytes.len()));
            response
        };
        let headers = response.headers_mut();
        headers.insert(ETAG, self.tag().clone());
        // May be kept, and is asked for each time: a page must not meet another version's gateway with an old client.
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }

    /// A strong tag, made once: 64 bits that another content does not have by chance.
    fn tag(&self) -> &HeaderValue {
        self.tag.get_or_init(|| {
            let mut hasher = DefaultHasher::new();
            hasher.write(&self.bytes);
            let tag = format!("\"{:016x}\"", hasher.finish());
            HeaderValue::from_str(&tag).expect("hexadecimal digits are a valid header")
        })
    }

    /// The comparison is the weak one (RFC 9110, section 8.8.3.2): proxies that compress on the way put `W/` in front.
    fn is_known(&self, headers: &HeaderMap) -> bool {
        let tag = self.tag().as_bytes();
        let lines = headers.get_all(IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
        lines
            .flat_map(|line| line.split(','))
            .map(str::trim)
            .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known).as_bytes() == tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(file: &File, known: Option<&str>) -> Response {
        let mut headers = HeaderMap::new();
        headers.extend(known.map(|known| (IF_NONE_MATCH, known.parse().unwrap())));
        file.answer(&headers)
    }

    #[test]
    fn who_has_it_is_told_so() {
        let file = File::new(b"var x;", "text/javascript");
        let whole = asked(&file, None);
        assert_eq!((whole.status().as_u16(), whole.headers()[CONTENT_LENGTH].as_bytes()), (200, &b"6"[..]));
        let tag = whole.headers()[ETAG].to_str().unwrap();
        for known in [tag.to_owned(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".into()] {
            let answer = asked(&file, Some(&known));
            assert_eq!(answer.status(), StatusCode::NOT_MODIFIED, "{known}");
            assert_eq!(answer.headers()[ETAG], tag);
            assert_eq!(answer.headers()[header::CACHE_CONTROL], "no-cache");
            assert!(!answer.headers().contains_key(CONTENT_TYPE));
        }
        for other in ["\"x\"", "W/\"x\"", tag.trim_matches('"'), ""] {
            assert_eq!(asked(&file, Some(other)).status(), StatusCode::OK, "{other}");
        }
    }

    #[test]
    fn another_content_has_another_tag() {
        let tag = |bytes| File::new(bytes, "text/css").tag().clone();
        assert_eq!(tag(b"a{}"), tag(b"a{}"));
        assert_ne!(tag(b"a{}"), tag(b"b{}"));
    }
}

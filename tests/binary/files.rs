//! The client and the page, as a browser fetches them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    program::Program,
    wire::{Answer, Wire},
};

const BROWSER: &str = "User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1)\r\n";

fn fetch(wire: &mut Wire, method: &str, path: &str, headers: &str) -> Answer {
    wire.write(format!("{method} {path} HTTP/1.1\r\nHost: test\r\n{headers}\r\n"));
    if method == "HEAD" { wire.head() } else { wire.answer() }
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// What is served at a path, which a cache may keep and has to ask for.
#[track_caller]
fn kept(wire: &mut Wire, path: &str, headers: &str) -> Answer {
    tagged(wire, path, headers, "no-cache")
}

/// What is served at a path with a tag, to be kept like this.
#[track_caller]
fn tagged(wire: &mut Wire, path: &str, headers: &str, keeping: &str) -> Answer {
    let whole = fetch(wire, "GET", path, headers);
    assert_eq!(whole.status, 200, "{path}: {}", whole.head);
    assert_eq!(header(&whole, "cache-control"), Some(keeping));
    assert_eq!(header(&whole, "x-content-type-options"), Some("nosniff"));
    let tag = header(&whole, "etag").unwrap();
    assert!(tag.starts_with('"') && tag.ends_with('"') && tag.len() > 9, "{tag}");
    let known = fetch(wire, "GET", path, &format!("{headers}If-None-Match: {tag}\r\n"));
    assert_eq!((known.status, known.body.as_str(), header(&known, "etag")), (304, "", Some(tag)));
    assert_eq!(header(&known, "cache-control"), Some(keeping));
    let head = fetch(wire, "HEAD", path, headers);
    assert_eq!(header(&head, "content-length"), Some(&*whole.body.len().to_string()));
    assert_eq!((head.status, header(&head, "etag")), (200, Some(tag)));
    whole
}

#[test]
fn the_client_is_served_with_a_tag_to_any_page() {
    let program = Program::configured("prefix = \"/w\"\n");
    let mut wire = Wire::to(program.address);
    for path in ["/w/client.js", "/w/client.min.js?v=1&status=200"] {
        for origin in ["", "Origin: https://elsewhere.example\r\n", "Origin: http://test\r\n"] {
            let answer = kept(&mut wire, path, origin);
            assert_eq!(header(&answer, "access-control-allow-origin"), Some("*"));
            assert_eq!(header(&answer, "vary"), None, "one copy is for everybody");
        }
        let bare = path.split('?').next().unwrap_or_default();
        assert_eq!(wire.post(bare, "").status, 405);
    }
    assert_eq!(wire.get("/everwire/client.js").status, 404, "it stands under the prefix");
    program.stop();
}

/// What is built, and the types: each by its name and its path in the repository.
fn built() -> Vec<(String, PathBuf)> {
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("client-js");
    let dist =
        fs::read_dir(client.join("dist")).expect("the client is built").map(|entry| entry.unwrap().path());
    let paths = dist.chain([client.join("everwire.d.ts")]);
    paths.map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), path)).collect()
}

#[test]
fn every_file_of_the_client_is_served_as_it_is_for_now_and_for_good() {
    let program = Program::configured("");
    let mut wire = Wire::to(program.address);
    let files = built();
    assert!(files.len() > 10, "{files:?}");
    for (name, path) in files {
        let kind = match name.rsplit('.').next() {
            Some("map") => "application/json; charset=utf-8",
            Some("ts") => "text/plain; charset=utf-8",
            _ => "text/javascript; charset=utf-8",
        };
        let version = env!("CARGO_PKG_VERSION");
        for (place, keeping) in [
            (format!("/everwire/{name}"), "no-cache"),
            (format!("/everwire/{version}/{name}"), "public, max-age=31536000, immutable"),
        ] {
            let answer = tagged(&mut wire, &place, "", keeping);
            assert_eq!(answer.body, fs::read_to_string(&path).unwrap(), "{place} is not what is built");
            assert_eq!(header(&answer, "content-type"), Some(kind), "{place}");
            assert_eq!(header(&answer, "access-control-allow-origin"), Some("*"), "{place}");
            assert_eq!(header(&answer, "cross-origin-resource-policy"), Some("cross-origin"), "{place}");
        }
        let other = wire.get(&format!("/everwire/9.9.9/{name}"));
        assert_eq!(
            (other.status, header(&other, "cache-control")),
            (404, Some("no-store, no-transform")),
            "{name}"
        );
        assert!(other.body.contains(&format!("/{version}/{name}")), "{}", other.body);
    }
    program.stop();
}

#[test]
fn a_browser_gets_the_page_and_what_it_needs() {
    let program = Program::configured("playground = true\nprefix = \"/w\"\n");
    let mut wire = Wire::to(program.address);
    let page = kept(&mut wire, "/", BROWSER);
    assert_eq!(header(&page, "content-type"), Some("text/html; charset=utf-8"));
    let policy = header(&page, "content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; "), "{policy}");
    assert_eq!(header(&page, "vary"), Some("user-agent"));
    assert!(!page.body.contains("everwire/"), "the page follows the prefix: {}", page.body);
    let mut needed: Vec<&str> = page.body.split([' ', '\n', '>']).collect();
    needed.retain(|word| word.starts_with("src=\"") || word.ends_with(".css\""));
    let named = needed.iter().filter_map(|word| word.split('"').nth(1));
    let paths: Vec<String> = named.map(|name| format!("/{}", name.trim_start_matches('/'))).collect();
    assert_eq!(paths, ["/playground.css", "/w/client.js", "/playground.js"]);
    for path in &paths {
        let answer = kept(&mut wire, path, BROWSER);
        let kind = if path.ends_with(".css") { "text/css" } else { "text/javascript" };
        assert!(header(&answer, "content-type").unwrap().starts_with(kind), "{path}: {answer:?}");
    }
    let text = fetch(&mut wire, "GET", "/", "User-Agent: curl/8.5.0\r\n");
    assert!(text.body.contains("http://test/w/session"), "{}", text.body);
    assert_eq!(header(&text, "vary"), Some("user-agent"), "a cache must not give it to a browser");
    program.stop();
}

#[test]
fn without_the_playground_there_is_no_page() {
    let program = Program::configured("");
    let mut wire = Wire::to(program.address);
    let root = fetch(&mut wire, "GET", "/", BROWSER);
    assert_eq!(header(&root, "content-type"), Some("text/plain; charset=utf-8"));
    for path in ["/playground.css", "/playground.js"] {
        assert_eq!(wire.get(path).status, 404);
    }
    program.stop();
}

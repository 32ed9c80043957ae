//! The forever iframe: an HTML page that grows by a script a packet.

use futures_util::future::FutureExt;
use serde_json::Value;

use super::{
    Kind,
    streamed::{Format, Reader, Streamed, opened},
};

/// A script a packet.
pub(crate) const FRAME: Kind = Kind {
    name: "frame",
    kept: true,
    both_ways: false,
    posts_forms: false,
    held: true,
    open: |address, open| opened(address, open, &SCRIPTS).boxed(),
    resume: |place| Streamed::unattached(place, &SCRIPTS),
};

/// A name with everything in it that a name may have.
const CALLBACK: &str = "$ew_9";

static SCRIPTS: Format = Format {
    content_type: "text/html; charset=utf-8",
    path: |after, turn| format!("/frame?after={after}&turn={turn}&callback={CALLBACK}"),
    reader: || Box::new(Page::new(CALLBACK)),
    says_last_event_id: false,
};

/// A page, taken apart as it comes.
pub(crate) struct Page {
    callback: &'static str,
    html: String,
    partial: Vec<u8>,
    /// What defines the function, once it has come.
    pub(crate) head: Option<String>,
    /// The function has been called, in the page's body.
    called: bool,
}

impl Page {
    pub(crate) fn new(callback: &'static str) -> Self {
        Page { callback, html: String::new(), partial: Vec::new(), head: None, called: false }
    }

    /// Takes what comes next, and tells what the function is called with.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Vec<Value> {
        self.partial.extend_from_slice(bytes);
        // A character may be cut.
        let whole = match std::str::from_utf8(&self.partial) {
            Ok(_) => self.partial.len(),
            Err(error) => {
                assert_eq!(error.error_len(), None, "the page is UTF-8");
                error.valid_up_to()
            }
        };
        let bytes: Vec<u8> = self.partial.drain(..whole).collect();
        self.html.push_str(std::str::from_utf8(&bytes).expect("it was just looked at"));
        let mut calls = Vec::new();
        while let Some(end) = self.html.find("</script>") {
            let block: String = self.html.drain(..end + "</script>".len()).collect();
            calls.extend(self.run(&block));
        }
        calls
    }

    /// One block, up to the end of its script, as a browser would run it.
    fn run(&mut self, block: &str) -> Option<Value> {
        let (before, script) = block.split_once("<script>").expect("a script without attributes");
        let script = script.strip_suffix("</script>").expect("it was cut there");
        if self.head.is_none() {
            assert!(before.to_ascii_lowercase().starts_with("<!doctype html>"), "{before}");
            assert!(before.len() + script.len() >= 2048, "old browsers show nothing before 2 KiB");
            assert!(script.contains(&format!("function {}(", self.callback)), "{script}");
            self.head = Some(script.to_owned());
            return None;
        }
        let in_body = std::mem::replace(&mut self.called, true);
        let wanted = if in_body { "" } else { "</head><body>" };
        assert_eq!(before.trim(), wanted, "nothing stands between the scripts");
        let call = script.strip_prefix(self.callback).and_then(|rest| rest.strip_prefix('('));
        let json = call.and_then(|rest| rest.strip_suffix(");")).expect("a script is one call");
        Some(from_script(json))
    }
}

/// JSON in a script: what would end the script or a line of it is escaped.
pub(crate) fn from_script(json: &str) -> Value {
    assert!(!json.contains(['<', '\u{2028}', '\u{2029}']), "{json}");
    serde_json::from_str(json).expect("what the function is called with is JSON")
}

impl Reader for Page {
    fn feed(&mut self, bytes: &[u8]) -> Vec<(Option<u64>, Value)> {
        self.take(bytes).into_iter().map(|packet| (None, packet)).collect()
    }

    fn unfinished(&self) -> usize {
        if self.head.is_some() { self.html.trim().len() } else { 0 }
    }
}

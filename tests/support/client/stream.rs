//! Streaming: a line a packet.

use futures_util::future::FutureExt;
use serde_json::Value;

use super::{
    Kind,
    streamed::{Format, Reader, Streamed, opened},
};

/// A GET whose answer grows by a line a packet.
pub(crate) const STREAM: Kind = Kind {
    name: "stream",
    kept: true,
    both_ways: false,
    posts_forms: false,
    held: true,
    open: |address, open| opened(address, open, &LINES).boxed(),
    resume: |place| Streamed::unattached(place, &LINES),
};

static LINES: Format = Format {
    content_type: "application/x-ndjson; charset=utf-8",
    path: |after, turn| format!("/stream?after={after}&turn={turn}"),
    reader: || Box::new(Lines { line: Vec::new(), padded: false }),
    says_last_event_id: false,
};

struct Lines {
    line: Vec<u8>,
    /// The first line has come, which makes browsers show what follows.
    padded: bool,
}

impl Reader for Lines {
    fn feed(&mut self, bytes: &[u8]) -> Vec<(Option<u64>, Value)> {
        let mut packets = Vec::new();
        for byte in bytes {
            if *byte != b'\n' {
                self.line.push(*byte);
                continue;
            }
            let line = std::mem::take(&mut self.line);
            if !self.padded {
                assert_eq!(
                    (line.len(), line.iter().all(|byte| *byte == b' ')),
                    (2048, true),
                    "the first line"
                );
                self.padded = true;
            } else if !line.trim_ascii().is_empty() {
                packets.push((None, serde_json::from_slice(&line).expect("a line is JSON")));
            }
        }
        packets
    }

    fn unfinished(&self) -> usize {
        self.line.trim_ascii().len()
    }
}

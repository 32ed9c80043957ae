//! Replays what the fuzzers have been given and what they once found, on a stable compiler.

// The checks are shared with the fuzz targets by path, so `pub` reaches no further than this file.
#![allow(unreachable_pub)]

use std::{fs, panic, path::Path};

#[path = "../fuzz/checks/forms.rs"]
mod forms;
#[path = "../fuzz/checks/frames.rs"]
mod frames;
#[path = "../fuzz/checks/packets.rs"]
mod packets;
#[path = "../fuzz/checks/queries.rs"]
mod queries;

/// Runs `check` over every file of a corpus, and names all that fail.
fn replay(corpus: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(corpus);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files: Vec<_> = entries.map(|entry| entry.expect("a corpus can be listed").path()).collect();
    assert!(!files.is_empty(), "{} holds no file", folder.display());
    let mut failed = vec![];
    for file in files {
        let data = fs::read(&file).expect("a corpus holds readable files only");
        if panic::catch_unwind(|| check(&data)).is_err() {
            failed.push(file);
        }
    }
    assert!(failed.is_empty(), "checks fail for {failed:?}");
}

#[test]
fn forms() {
    replay("forms", forms::check);
}

#[test]
fn frames() {
    replay("frames", frames::check);
}

#[test]
fn packets() {
    replay("packets", packets::check);
}

#[test]
fn queries() {
    replay("queries", queries::check);
}

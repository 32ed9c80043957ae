//! Each rule of `face.rs` finds its planted fault, and nothing where there is none.

use super::*;

#[test]
fn an_item_without_an_example_is_found() {
    let text = "/// A thing.\npub struct Thing {\n    pub field: u8,\n}\n\nimpl Thing {\n    /// Makes one.\n    ///\n    /// ```text\n    \
                /// no example\n    /// ```\n    pub const fn new() -> Self {\n        Thing { field: 1 }\n    }\n\n    pub async fn \
                bare(&self) {}\n}\n";
    let faults = items_without_example("src/gateway/thing.rs", text);
    let names: Vec<&str> = faults.iter().filter_map(|fault| fault.split(' ').nth(1)).collect();
    assert_eq!(names, ["Thing", "new", "bare"], "{faults:?}");
    assert!(faults[0].starts_with("src/gateway/thing.rs: Thing (line 2)"), "{faults:?}");
}

#[test]
fn an_example_above_attributes_counts_and_what_is_not_public_needs_none() {
    let text = "/// A thing.\n///\n/// ```no_run\n/// loop {}\n/// ```\n#[derive(Debug)]\n#[must_use = \"for the test\"]\npub struct \
                Thing;\n\npub(super) struct Hidden;\nstruct Private;\npub(crate) fn inner() {}\n#[cfg(test)]\nmod tests {\n    pub fn \
                helper() {}\n}\n";
    assert_eq!(items_without_example("src/gateway/thing.rs", text), Faults::new());
    assert_eq!((definition(text, "Thing"), definition(text, "Other")), (Some(true), None));
    assert_eq!(definition("/// Bare.\npub enum Thing {}\n", "Thing"), Some(false));
}

#[test]
fn an_example_of_the_item_before_is_not_its_own() {
    let text = "/// ```\n/// ```\npub fn one() {}\n\npub fn two() {}\n";
    assert_eq!(items_without_example("a.rs", text), ["a.rs: two (line 5) has no example"]);
}

#[test]
fn what_comes_from_other_floors_is_read_from_the_root() {
    let root = "mod gateway; // pub use nothing::Here;\npub use gateway::{\n    A, B,\n};\npub use hub::Payload;\npub use \
                transport::{Body, Remote};\n";
    let pairs = reexported(root);
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(floor, name)| (&**floor, &**name)).collect();
    assert_eq!(pairs, [("hub", "Payload"), ("transport", "Body"), ("transport", "Remote")]);
}

#[test]
fn the_first_block_of_a_language_is_taken_whole() {
    let document =
        "# A\n```toml\na = 1\n```\n```rust\nfn a() {}\n\nfn b() {}\n```\n```rust\nfn c() {}\n```\n";
    assert_eq!(first_block(document, "rust").as_deref(), Some("fn a() {}\n\nfn b() {}\n"));
    assert_eq!(first_block(document, "python"), None);
}

#[test]
fn a_crate_of_the_program_is_found_by_its_whole_name() {
    assert_eq!(
        crates_of_the_program("everwire v0.1.0\ntoml v1.0.0\nclap_lex v1.0.0\n"),
        ["toml is the program's"]
    );
}

//! Each rule of the house finds what it is there to find, and nothing else.

use super::*;

/// The lines at which a rule finds something.
fn found(rule: fn(&str, &str) -> Faults, path: &str, text: &str) -> Vec<usize> {
    let line = |fault: &String| fault.strip_prefix(path)?.strip_prefix(':')?.split(':').next()?.parse().ok();
    rule(path, text).iter().map(|fault| line(fault).unwrap_or(0)).collect()
}

#[test]
fn an_upward_import_is_found_however_it_is_written() {
    let text = "use crate::hub::Cell;
use crate::{wire::sse, gateway::{Peer, session}, session};
fn f() -> crate::server::Config { crate::wire::x() }
pub(crate) use super::super::transport::{a, b};
mod tests { mod deep { use super::super::super::super::engine::E; } use super::super::x; }
use crate as root;
use crate::Gateway;
use crate::*;
macro_rules! m { () => { $crate::hub::x() } }
";
    assert_eq!(found(upward_imports, "src/dialect/native.rs", text), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
}

#[test]
fn imports_of_the_same_floor_and_of_lower_ones_are_fine() {
    let text = "use crate::{dialect::raw, session::{gateway, hub}, wire::{self, frame::{server, a}, b}};
use crate::wire::hub::transport;
use super::{Speaker, super_thing}; use self::inner::hub; use hub::local;
pub(crate) fn f() {} pub(super) fn g() {} pub(in crate::dialect) fn h() {}
mod tests { use super::*; use super::super::Dialect; use super::super::super::wire; }
// use crate::hub::Cell;
const S: &str = \"use crate::hub::Cell;\";
";
    assert_eq!(found(upward_imports, "src/dialect/native.rs", text), [0; 0]);
}

#[test]
fn each_pair_of_floors_is_allowed_one_way_at_most() {
    for (from, height) in FLOORS {
        for (to, other) in FLOORS {
            let faults = upward_imports(&format!("src/{from}/a.rs"), &format!("use crate::{to}::x;"));
            assert_eq!(faults.is_empty(), from == to || other < height, "{from} to {to}: {faults:?}");
        }
    }
}

#[test]
fn the_depth_of_a_module_decides_what_super_means() {
    let text = "use super::super::hub::x;";
    for (path, faults) in [
        ("src/wire/mod.rs", 1),
        ("src/wire/frame.rs", 1),
        ("src/wire/frame/mod.rs", 1),
        ("src/wire/frame/tests.rs", 0),
        ("src/wire/frame_tests.rs", 0),
        ("src/wire.rs", 1),
        ("src/lib.rs", 0),
        ("src/main.rs", 0),
    ] {
        assert_eq!(upward_imports(path, text).len(), faults, "{path}");
    }
}

#[test]
fn a_file_on_no_floor_is_found() {
    assert_eq!(upward_imports("src/util/mod.rs", "").len(), 1);
    assert_eq!(upward_imports("src/helpers.rs", "").len(), 1);
}

#[test]
fn an_impure_crate_is_found_on_a_pure_floor() {
    let text = "use tokio::time::Instant;
use hyper as web;
fn f(x: http::HeaderMap) {}
use ::http_body_util::Full;
#[tokio::test]
extern crate tokio;
use tokio_tungstenite::tungstenite::Message;
pub use hyper_util;
";
    for path in ["src/wire/sse.rs", "src/session/mod.rs", "src/session/a/b.rs"] {
        assert_eq!(found(impure_crates, path, text), [1, 2, 3, 4, 5, 6, 7, 8], "{path}");
    }
    for path in ["src/hub/mod.rs", "src/main.rs", "src/lib.rs"] {
        assert_eq!(found(impure_crates, path, text), [0; 0], "{path}");
    }
}

#[test]
fn names_that_only_look_like_a_crate_are_fine() {
    let text = "let http = self.http; x.tokio(); super::http::f(); enum E { http } // use tokio::x;\n";
    assert_eq!(found(impure_crates, "src/wire/json.rs", text), [0; 0]);
}

#[test]
fn the_framing_may_use_the_part_without_io_only() {
    let text = "use tokio_tungstenite::tungstenite::protocol::frame;\nuse tokio_tungstenite::accept_async;\n";
    assert_eq!(found(impure_crates, "src/wire/frame.rs", text), [2]);
    assert_eq!(found(impure_crates, "src/wire/query.rs", text), [1, 2]);
}

#[test]
fn a_pure_floor_that_denies_no_clocks_is_found() {
    for (text, fine) in [
        ("//! Docs.\n#![deny(clippy::disallowed_methods)]\nmod a;", true),
        ("#![deny(missing_docs, clippy::disallowed_methods)]", true),
        ("#![deny(unsafe_code)]\n#![deny(clippy::disallowed_methods)]", true),
        ("", false),
        ("// #![deny(clippy::disallowed_methods)]", false),
        ("#![allow(clippy::disallowed_methods)]", false),
        ("#[deny(clippy::disallowed_methods)] mod a;", false),
    ] {
        assert_eq!(undenied_clocks("src/wire/mod.rs", text).is_empty(), fine, "{text}");
    }
}

#[test]
fn a_long_file_is_found() {
    assert_eq!(long_files("src/a.rs", &"x\n".repeat(LONGEST)).len(), 0);
    assert_eq!(long_files("src/a.rs", &"x\n".repeat(LONGEST + 1)).len(), 1);
}

#[test]
fn an_unmeasured_function_length_is_found() {
    let (clippy, cargo) = ("too-many-lines-threshold = 40\n", "[lints.clippy]\ntoo_many_lines = \"warn\"\n");
    for (clippy, cargo, faults) in [
        (clippy, cargo, 0),
        ("too-many-lines-threshold = 400\n", cargo, 1),
        ("# too-many-lines-threshold = 40\n", cargo, 1),
        (clippy, "too_many_lines = \"allow\"\n", 1),
        ("", "", 2),
    ] {
        assert_eq!(unchecked_functions(clippy, cargo).len(), faults, "{clippy}{cargo}");
    }
}

#[test]
fn what_is_left_open_is_found() {
    let text = "fn f() { todo!() }
fn g() { std::unimplemented!(\"later\") }
#[test] #[ignore] fn t() {}
#[ignore = \"slow\"]
#[cfg_attr(not(unix), ignore)]
#[allow(dead_code)] fn h() {}
#![allow(unused_imports, dead_code)]
#[expect(dead_code, reason = \"x\")]
#[cfg_attr(test, allow(dead_code))]
#[allow(clippy::too_many_lines)]\n/// ```ignore\n//! ```rust,ignore\n";
    assert_eq!(found(unfinished, "src/a.rs", text), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
}

#[test]
fn what_only_sounds_unfinished_is_fine() {
    let text = "// todo!() and #[ignore]
let todo = x.expect(\"todo!\"); ignore(todo != 1); s.ignore[0];
#[allow(clippy::needless_pass_by_value)] fn f(ignore: u8, dead_code: u8) {}
/// ```no_run
/// ```
";
    assert_eq!(found(unfinished, "src/a.rs", text), [0; 0]);
}

#[test]
fn only_shared_test_modules_may_hold_unused_code() {
    let text = "#![allow(dead_code)]";
    assert_eq!(unfinished("tests/support/client.rs", text).len(), 0);
    assert_eq!(unfinished("tests/client.rs", text).len(), 1);
}

#[test]
fn names_from_outside_are_found() {
    for line in [
        concat!("see ../", "shared/design"),
        concat!("path = \"../../", "shared\""),
        concat!("cd /wo", "rk/main"),
        concat!("`/wo", "rk`"),
        concat!("npm --registry https://registry.", "npmjs.org/"),
        concat!("https://static.", "crates.io/crates"),
        concat!("\"resolved\": ", "\"https://mirror.example/ws.tgz\","),
        concat!("source = \"registry+", "https://mirror.example/index\""),
        concat!("registry=", "https://mirror.example"),
        concat!("replace", "-with = \"mirror\""),
    ] {
        assert_eq!(found(outside_names, "README.md", &format!("\n{line}\n")), [2], "{line}");
    }
}

#[test]
fn names_that_only_resemble_them_are_fine() {
    for line in [
        "import { a } from '../shared.js'",
        "../shared_memory",
        "network/work/x and /workers/ and /work-around",
        "source = \"registry+https://github.com/rust-lang/crates.io-index\"",
        "https://crates.io/crates/everwire and https://www.npmjs.com/package/wscat",
    ] {
        assert_eq!(outside_names("README.md", line), [""; 0], "{line}");
    }
}

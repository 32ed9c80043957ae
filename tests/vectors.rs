//! The vectors of `tests/vectors/`, run against the gateway's own session and packets. Their format, and what a driver
//! must not let pass, stands in the README beside them.

#[path = "vectors/driver.rs"]
mod driver;
#[path = "vectors/packets.rs"]
mod packets;
#[path = "vectors/sessions.rs"]
mod sessions;

use driver::{Driver, Step, run};
use packets::Packets;
use sessions::{InboxEnd, OutboxEnd};

fn passes<D: Driver>(name: &str) {
    let path = format!("{}/tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the vectors are part of the repository");
    if let Err(fault) = run::<D>(&text) {
        panic!("{name}: {fault}");
    }
}

#[test]
fn outbox() {
    passes::<OutboxEnd>("outbox.json");
}

#[test]
fn inbox() {
    passes::<InboxEnd>("inbox.json");
}

#[test]
fn packets_that_both_ends_read() {
    passes::<Packets>("packets-both.json");
}

#[test]
fn packets_from_a_client() {
    passes::<Packets>("packets-from-client.json");
}

#[test]
fn packets_from_the_gateway() {
    passes::<Packets>("packets-from-gateway.json");
}

/// A driver with one operation, which answers with its argument.
#[derive(Default)]
struct Echo;

impl Driver for Echo {
    fn step(&mut self, step: &mut Step) -> Result<(), String> {
        match step.op() {
            "echo" => {
                let said = step.argument("say")?;
                step.expect(&said)
            }
            "silent" => Ok(()),
            op => Err(format!("unknown op {op:?}")),
        }
    }
}

/// A file of one case with these steps.
fn case(steps: &str) -> String {
    format!(r#"[{{"name": "n", "why": "w", "steps": {steps}}}]"#)
}

#[test]
fn a_file_that_holds_passes() {
    assert_eq!(run::<Echo>(&case(r#"[{"op": "echo", "say": 1, "expect": 1}, {"op": "silent"}]"#)), Ok(1));
}

#[test]
fn what_a_driver_must_not_let_pass() {
    let faults = [
        ("", "EOF"),
        ("[]", "no cases"),
        (&case("[]"), "no steps"),
        (&case(r#"[{"op": "echo", "say": 1, "expect": 2}]"#), "expected 2, got 1"),
        (&case(r#"[{"op": "echo", "say": 1}]"#), "no `expect`"),
        (&case(r#"[{"op": "echo", "say": null, "expect": 1}]"#), "expected 1, got null"),
        (&case(r#"[{"op": "echo", "expect": 1}]"#), "no `say`"),
        (&case(r#"[{"op": "echo", "say": 1, "expect": 1, "loud": true}]"#), "unused: loud"),
        (&case(r#"[{"op": "silent", "expect": 1}]"#), "unused: expect"),
        (&case(r#"[{"op": "shout"}]"#), "unknown op"),
        (&case(r#"[{"say": 1}]"#), "no `op`"),
        (r#"[{"name": "n", "why": "w", "steps": [{"op": "silent"}], "end": "both"}]"#, "unknown end"),
        (r#"[{"name": "n", "why": "w", "steps": [{"op": "silent"}], "only": "gateway"}]"#, "unused: only"),
        (r#"[{"name": "n", "steps": [{"op": "silent"}]}]"#, "no `why`"),
        (r#"[{"name": "n", "why": "w", "end": "client", "steps": [{"op": "silent"}]}]"#, "none of its cases"),
    ];
    for (text, words) in faults {
        let fault = run::<Echo>(text).expect_err(text);
        assert!(fault.contains(words), "{text}: {fault}");
    }
}

#[test]
fn a_meaning_is_read_whole() {
    let steps =
        r#"[{"op": "say", "meaning": {"kind": "ping", "number": 1, "turn": 2}, "expect": "{\"ping\":1}"}]"#;
    let fault = run::<Packets>(&case(steps)).expect_err(steps);
    assert!(fault.contains("unused in the meaning: turn"), "{fault}");
}

//! What the program tells of itself: the metrics of its admin listener, and the lives of sessions in its log.

use serde_json::Value;

use super::{
    program::{Program, holds, until},
    wire::Wire,
};

/// A program with an admin listener, and a connection to that.
pub(crate) fn operated(config: &str) -> (Program, Wire) {
    let program = Program::configured(&format!("admin = \"127.0.0.1:0\"\nlog_format = \"json\"\n{config}"));
    let line = program.says();
    let address = line.strip_prefix("admin on http://").unwrap_or_else(|| panic!("{line}")).parse().unwrap();
    (program, Wire::to(address))
}

/// The value of a series; `None` where it is not there.
pub(crate) fn series(admin: &mut Wire, name: &str) -> Option<f64> {
    let answer = admin.get("/metrics");
    assert_eq!(answer.status, 200);
    let line = answer.body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.map(|value| value.parse().unwrap())
}

/// Waits until all are so: what a client has seen may be counted a moment later.
#[track_caller]
pub(crate) fn all_are(admin: &mut Wire, expected: &[(&str, f64)]) {
    let (mut body, mut other) = (String::new(), "");
    let so = || {
        body = admin.get("/metrics").body;
        let value = |name: &str| body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let differs = |(name, wanted): &&(&str, f64)| value(name).map(str::parse) != Some(Ok(*wanted));
        other = expected.iter().find(differs).map_or("", |(name, _)| name);
        other.is_empty()
    };
    if !holds(so) {
        panic!("{other} is not what it has to be:\n{body}");
    }
}

/// The lives that the log tells, of all sessions or of one.
pub(crate) fn lives(program: &Program, sid: &str) -> Vec<Value> {
    let lines = program.log();
    let lines = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}")));
    let ended = |line: &Value| line["target"] == "everwire::session" && line["message"] == "a session ended";
    lines.filter(|line| ended(line) && sid.starts_with(line["sid"].as_str().unwrap())).collect()
}

/// The only life of a session, without what depends on the time.
#[track_caller]
pub(crate) fn life(program: &Program, sid: &str) -> Value {
    until(|| !lives(program, sid).is_empty(), || format!("its life is not told:\n{}", program.log()));
    let told = lives(program, sid);
    assert_eq!(told.len(), 1, "{told:?}");
    let mut life = told[0].as_object().unwrap().clone();
    let document = include_str!("../../docs/METRICS.md");
    for field in life.keys().filter(|field| !["timestamp", "level", "target", "message"].contains(&&***field))
    {
        assert!(document.contains(&format!("`{field}`")), "{field} is not documented");
    }
    assert!(life.remove("timestamp").is_some() && life.remove("lived_ms").unwrap().is_u64());
    assert_eq!(life.remove("sid").unwrap(), sid[..8]);
    assert_eq!(life.remove("peer").unwrap().as_str().unwrap().len(), 16);
    assert!(!program.log().contains(sid), "a session's identifier is a secret");
    Value::Object(life)
}

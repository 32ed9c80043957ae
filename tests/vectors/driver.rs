//! Reads a file of vectors and runs its cases. Whatever a driver leaves unread is a fault, so that a typing error in a
//! vector can't pass for agreement.

use serde_json::{Map, Value};

/// One end of what a file is about.
pub(super) trait Driver: Default {
    /// Runs one step, and compares what it expects.
    fn step(&mut self, step: &mut Step) -> Result<(), String>;
}

/// One step, with what has not been read of it yet.
pub(super) struct Step {
    op: String,
    rest: Map<String, Value>,
}

impl Step {
    fn new(value: Value) -> Result<Self, String> {
        let mut rest = object(value)?;
        let op = text(&mut rest, "op")?;
        Ok(Step { op, rest })
    }

    /// What is to be done.
    pub(super) fn op(&self) -> &str {
        &self.op
    }

    /// An argument that may be absent.
    pub(super) fn optional(&mut self, name: &str) -> Option<Value> {
        self.rest.remove(name)
    }

    /// An argument.
    pub(super) fn argument(&mut self, name: &str) -> Result<Value, String> {
        self.optional(name).ok_or_else(|| format!("no `{name}`"))
    }

    /// An argument that is text.
    pub(super) fn text(&mut self, name: &str) -> Result<String, String> {
        text(&mut self.rest, name)
    }

    /// An argument that is a number.
    pub(super) fn number(&mut self, name: &str) -> Result<u64, String> {
        self.optional_number(name)?.ok_or_else(|| format!("no `{name}`"))
    }

    /// An argument that is a number, or absent.
    pub(super) fn optional_number(&mut self, name: &str) -> Result<Option<u64>, String> {
        self.optional(name)
            .map(|value| value.as_u64().ok_or_else(|| format!("`{name}` is no number: {value}")))
            .transpose()
    }

    /// An argument that is true or false, or absent.
    pub(super) fn optional_flag(&mut self, name: &str) -> Result<Option<bool>, String> {
        self.optional(name)
            .map(|value| {
                value.as_bool().ok_or_else(|| format!("`{name}` is neither true nor false: {value}"))
            })
            .transpose()
    }

    /// Compares what came of the step with its `expect`.
    pub(super) fn expect(&mut self, got: &Value) -> Result<(), String> {
        let expected = self.argument("expect")?;
        if expected == *got { Ok(()) } else { Err(format!("expected {expected}, got {got}")) }
    }
}

/// Runs a file for the gateway's end, and tells how many cases that were.
pub(super) fn run<D: Driver>(text: &str) -> Result<usize, String> {
    let cases: Vec<Value> = serde_json::from_str(text).map_err(|fault| fault.to_string())?;
    if cases.is_empty() {
        return Err("there are no cases".to_owned());
    }
    let mut ran = 0;
    for case in cases {
        ran += usize::from(run_case::<D>(case)?);
    }
    if ran == 0 {
        return Err("none of its cases is for this end".to_owned());
    }
    Ok(ran)
}

/// Runs a case; `false` if it is for the other end.
fn run_case<D: Driver>(case: Value) -> Result<bool, String> {
    let mut case = object(case)?;
    let name = text(&mut case, "name")?;
    text(&mut case, "why").map_err(|fault| format!("{name}: {fault}"))?;
    let end = case.remove("end");
    let steps = match case.remove("steps") {
        Some(Value::Array(steps)) if !steps.is_empty() => steps,
        _ => return Err(format!("{name}: there are no steps")),
    };
    unused(&case).map_err(|fault| format!("{name}: {fault}"))?;
    match end.as_ref().map(Value::as_str) {
        None | Some(Some("gateway")) => {}
        Some(Some("client")) => return Ok(false),
        Some(_) => return Err(format!("{name}: unknown end")),
    }
    let mut driver = D::default();
    for (index, step) in steps.into_iter().enumerate() {
        run_step(&mut driver, step).map_err(|fault| format!("{name}, step {}: {fault}", index + 1))?;
    }
    Ok(true)
}

fn run_step(driver: &mut impl Driver, step: Value) -> Result<(), String> {
    let mut step = Step::new(step)?;
    driver.step(&mut step).map_err(|fault| format!("{}: {fault}", step.op))?;
    unused(&step.rest)
}

fn unused(rest: &Map<String, Value>) -> Result<(), String> {
    if rest.is_empty() {
        return Ok(());
    }
    Err(format!("unused: {}", rest.keys().map(String::as_str).collect::<Vec<_>>().join(", ")))
}

fn object(value: Value) -> Result<Map<String, Value>, String> {
    match value {
        Value::Object(map) => Ok(map),
        other => Err(format!("no object: {other}")),
    }
}

fn text(map: &mut Map<String, Value>, name: &str) -> Result<String, String> {
    match map.remove(name) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(format!("`{name}` is no text: {other}")),
        None => Err(format!("no `{name}`")),
    }
}

//! The program as an operator meets it: started as a process of its own, spoken to over bare sockets, ended by signals.

// A test may unwrap, and the helpers here are of tests alone.
#![allow(clippy::unwrap_used)]

#[path = "binary/admin.rs"]
mod admin;
#[path = "binary/carriers.rs"]
mod carriers;
#[path = "binary/connections.rs"]
mod connections;
#[path = "binary/counting.rs"]
mod counting;
#[path = "binary/draining.rs"]
mod draining;
#[path = "binary/files.rs"]
mod files;
#[path = "binary/operating.rs"]
mod operating;
#[path = "binary/program.rs"]
mod program;
#[path = "binary/starting.rs"]
mod starting;
#[path = "binary/wire.rs"]
mod wire;

use std::time::Duration;

/// How long anything may take before it counts as never happening. Nothing waits so long in a run that passes.
const PATIENCE: Duration = Duration::from_secs(30);

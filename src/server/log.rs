//! The log, on stderr, so that stdout says only where the gateway listens.

use std::io::IsTerminal;

use clap::ValueEnum;
use serde::Deserialize;
use tracing_subscriber::{EnvFilter, fmt};

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs: a JSON object a line, with the fields beside the message.
    Json,
}

/// Reads a filter.
///
/// # Errors
/// What is accepted.
pub(super) fn filter(filter: &str) -> Result<EnvFilter, String> {
    EnvFilter::try_new(filter).map_err(|error| {
        format!(
            "{error}; it takes error, warn, info, debug, trace, or a filter such as `info,everwire=debug`"
        )
    })
}

/// Begins to log what `levels` lets through.
///
/// # Errors
/// Where the filter can't be understood.
pub(super) fn start(levels: &str, format: Format) -> Result<(), String> {
    let filter = filter(levels).map_err(|why| format!("--log {levels}: {why}"))?;
    let log = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        Format::Text => log.with_ansi(std::io::stderr().is_terminal()).with_target(false).try_init(),
        Format::Json => {
            log.json().flatten_event(true).with_current_span(false).with_span_list(false).try_init()
        }
    };
    started.map_err(|error| format!("the log can't be started: {error}"))
}

//! The log: text on stderr, so that stdout says only where the gateway listens.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Begins to log what `filter` lets through.
///
/// # Errors
/// Where the filter can't be understood.
pub(super) fn start(filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        format!("--log {filter}: {error}; it takes error, warn, info, debug, trace, or a filter such as `info,everwire=debug`")
    })?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .try_init()
        .map_err(|error| format!("the log can't be started: {error}"))
}

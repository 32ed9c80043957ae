//! The log, on stderr, so that stdout says only where the gateway listens.

use std::io::IsTerminal;

use clap::ValueEnum;
use serde::Deserialize;
use tracing_subscriber::{EnvFilter, filter::LevelFilter, fmt};

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
    let read = match filter.trim() {
        // Taken as the name of a module, it would log that one and nothing else: a level with a typo, most likely.
        word if word.is_empty() || is_misspelt(word) => Err(format!("`{word}` is no level")),
        filter => EnvFilter::try_new(filter).map_err(|error| error.to_string()),
    };
    read.map_err(|why| {
        format!("{why}; it takes error, warn, info, debug, trace, or a filter such as `info,everwire=debug`")
    })
}

/// Whether it is a single word, and neither that of a level nor this program's own name.
fn is_misspelt(word: &str) -> bool {
    word != env!("CARGO_PKG_NAME")
        && word.chars().all(char::is_alphabetic)
        && word.parse::<LevelFilter>().is_err()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_with_a_typo_is_no_name_of_a_module() {
        for fine in [
            "info",
            " WARN ",
            "off",
            "3",
            "everwire",
            "everwire=debug",
            "info,everwire::session=warn",
            "info,hyper",
        ] {
            assert!(filter(fine).is_ok(), "{fine}");
        }
        for wrong in ["inof", "loud", "", "everwire=loud"] {
            assert!(filter(wrong).unwrap_err().contains("it takes error, warn, "), "{wrong}");
        }
    }
}

//! The binary: command line, configuration, listeners, and the playground. It is an application of the library like any
//! other, and uses nothing of it that others could not.

mod accept;
mod admin;
mod advice;
mod cli;
mod config;
mod environment;
mod exposure;
mod limits;
mod listen;
mod log;
mod metrics;
mod page;
mod playground;
mod run;
mod signals;
mod site;
mod units;

use std::{io::Write, process::ExitCode};

/// Does what the command line says. The exit code is 0 after an orderly end, 1 where something is wrong with the
/// configuration or the machine, 2 where the command line can't be understood.
pub fn main() -> ExitCode {
    match cli::obey() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            // With stderr closed there is nobody to tell; the exit code still does.
            let _ = writeln!(std::io::stderr(), "everwire: {why}");
            ExitCode::FAILURE
        }
    }
}

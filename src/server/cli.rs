//! The command line.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::{Args, Parser, Subcommand};

use super::{config::Config, exposure, limits, listen, log, run};

/// A realtime gateway that keeps a wire to every browser ever made.
///
/// Without a configuration it is the playground: anyone may join and publish to any room, a message to no room comes back
/// to its sender, and a request is answered with its own data.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves; the same as no command at all
    Serve(Serve),
    /// Says what is wrong with a configuration file, if anything is
    CheckConfig {
        /// The file to check
        #[arg(long, value_name = "FILE", env = "EVERWIRE_CONFIG")]
        config: PathBuf,
    },
}

#[derive(Debug, Args)]
struct Serve {
    /// Where to listen: HOST:PORT; `localhost` is IPv4 and IPv6, port 0 any free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR", env = "EVERWIRE_LISTEN")]
    listen: Option<String>,
    /// The configuration, in TOML; everwire.example.toml explains every key
    #[arg(long, value_name = "FILE", env = "EVERWIRE_CONFIG")]
    config: Option<PathBuf>,
    /// Be the playground, on whatever address: whoever reaches it may join and publish to any room
    #[arg(long)]
    playground: bool,
    /// Threads that serve [default: one a core]
    #[arg(long, value_name = "N", env = "EVERWIRE_THREADS", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// What to log: error, warn, info, debug, trace, or a filter by module such as `info,everwire=debug`
    #[arg(long, value_name = "LEVEL", env = "RUST_LOG", default_value = "info")]
    log: String,
}

/// Reads the command line and does what it says.
pub(super) fn obey() -> Result<(), String> {
    let cli = Cli::parse();
    match cli.command {
        None => serve(&cli.serve),
        Some(Command::Serve(arguments)) => serve(&arguments),
        Some(Command::CheckConfig { config }) => check_config(&config),
    }
}

fn serve(arguments: &Serve) -> Result<(), String> {
    let config = configuration(arguments)?;
    log::start(&arguments.log)?;
    let addresses = listen::resolve(&config.listen)?;
    if config.playground {
        exposure::check(&addresses, arguments.playground)?;
    }
    let listeners = listen::bind(&config.listen, &addresses)?;
    run::run(&config, listeners, limits::raise_open_files(), arguments.threads.map(usize::from))
}

/// Flags go before the file, and the file before the defaults.
fn configuration(arguments: &Serve) -> Result<Config, String> {
    let mut config = match &arguments.config {
        Some(file) => Config::load(file)?,
        None => Config { playground: true, ..Config::default() },
    };
    config.playground |= arguments.playground;
    if let Some(listen) = &arguments.listen {
        config.listen.clone_from(listen);
    }
    Ok(config)
}

fn check_config(file: &Path) -> Result<(), String> {
    Config::load(file)?;
    let _ = writeln!(std::io::stdout(), "{} is sound", file.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serve_is_what_is_meant_without_a_command() {
        let with = Cli::try_parse_from(["everwire", "serve", "--listen", "[::1]:1", "--playground"]).unwrap();
        let without = Cli::try_parse_from(["everwire", "--listen", "[::1]:1", "--playground"]).unwrap();
        let Some(Command::Serve(with)) = with.command else { panic!("{with:?}") };
        assert_eq!(format!("{with:?}"), format!("{:?}", without.serve));
        assert_eq!(configuration(&with).unwrap().listen, "[::1]:1");
    }

    #[test]
    fn without_a_configuration_it_is_the_playground() {
        let cli = Cli::try_parse_from(["everwire"]).unwrap();
        let config = configuration(&cli.serve).unwrap();
        assert!(config.playground);
        assert_eq!(config, Config { playground: true, ..Config::default() });
    }
}

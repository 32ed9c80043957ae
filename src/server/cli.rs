//! The command line.

use std::{
    io::Write,
    net::TcpListener,
    path::{Path, PathBuf},
};

use clap::{
    Args, Parser, Subcommand,
    builder::{OsStringValueParser, TypedValueParser},
};

use super::{
    advice::advice,
    config::{Config, MOST_THREADS},
    environment::Environment,
    exposure, limits, listen,
    log::{self, Format},
    run::{self, Sockets},
};

/// The configuration with every key: the one reference of them.
pub(super) const EXAMPLE: &str = include_str!("../../everwire.example.toml");

/// A realtime gateway that keeps a wire to every browser ever made.
///
/// Without a configuration it is the playground: anyone may join and publish to any room, a message to no room comes back
/// to its sender, and a request is answered with its own data.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = BEHIND)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

const BEHIND: &str = "\
Environment:
  Every key of the configuration is a variable as well, with a value of TOML or bare text:
  EVERWIRE_PING=25s is `ping = \"25s\"`. EVERWIRE_CONFIG names the file; RUST_LOG is taken for
  EVERWIRE_LOG. A flag goes before a variable, a variable before the file, the file before the
  default.

Exit codes:
  0         it ended in order, or did what it was asked for
  1         something is wrong with the configuration or the machine
  2         the command line can't be understood
  130, 143  a second SIGINT or SIGTERM ended it at once";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves; the same as no command at all
    #[command(after_help = BEHIND)]
    Serve(Serve),
    /// Says what is wrong with a configuration file and the environment, if anything is, and what is probably not meant
    CheckConfig {
        /// The file to check
        #[arg(long, value_name = "FILE", env = "EVERWIRE_CONFIG")]
        config: PathBuf,
    },
    /// Prints a configuration with every key, its default and the reason for it
    ExampleConfig,
}

#[derive(Debug, Args)]
struct Serve {
    /// Where to listen: HOST:PORT; `localhost` is IPv4 and IPv6, port 0 any free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Where to serve metrics for Prometheus: HOST:PORT; nowhere unless it is given
    #[arg(long, value_name = "ADDR")]
    admin: Option<String>,
    /// The configuration, in TOML; `everwire example-config` prints one with every key
    // An empty variable sets nothing, as with all others; clap by itself would call it a mistake of the command line.
    #[arg(long, value_name = "FILE", env = "EVERWIRE_CONFIG", value_parser = OsStringValueParser::new().map(PathBuf::from))]
    config: Option<PathBuf>,
    /// Be the playground, on whatever address: whoever reaches it may join and publish to any room
    #[arg(long)]
    playground: bool,
    /// Threads that serve [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_THREADS.into()))]
    threads: Option<u16>,
    /// What to log: error, warn, info, debug, trace, or a filter by module such as `info,everwire=debug` [default: info]
    #[arg(long, value_name = "LEVEL")]
    log: Option<String>,
    /// How to write it: for people, or an object of JSON a line [default: text]
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<Format>,
}

/// Reads the command line and does what it says.
pub(super) fn obey() -> Result<(), String> {
    let cli = Cli::parse();
    let environment = || Environment::read(std::env::vars_os());
    match cli.command {
        None => serve(&cli.serve, &environment()?),
        Some(Command::Serve(arguments)) => serve(&arguments, &environment()?),
        Some(Command::CheckConfig { config }) => check_config(&config, &environment()?),
        Some(Command::ExampleConfig) => {
            // Nobody has to read it to its end.
            let _ = std::io::stdout().write_all(EXAMPLE.as_bytes());
            Ok(())
        }
    }
}

fn serve(arguments: &Serve, environment: &Environment) -> Result<(), String> {
    let config = configuration(arguments, environment)?;
    log::start(&config.log, config.log_format)?;
    for warning in environment.warnings.iter().chain(&advice(&config)) {
        tracing::warn!("{warning}");
    }
    let addresses = listen::resolve(&config.listen).map_err(|why| format!("--listen: {why}"))?;
    if config.playground {
        exposure::check(&addresses, arguments.playground)?;
    }
    let listeners = listen::bind(&config.listen, &addresses)?;
    let sockets = Sockets { listeners, admin: admin(&config.admin)? };
    run::run(&config, sockets, limits::raise_open_files())
}

/// Listens where the metrics are to be served.
fn admin(address: &str) -> Result<Vec<TcpListener>, String> {
    if address.is_empty() {
        return Ok(Vec::new());
    }
    let addresses = listen::resolve(address).map_err(|why| format!("--admin: {why}"))?;
    listen::bind(address, &addresses).map_err(|why| why.replace("--listen", "--admin"))
}

/// Flags go before variables, variables before the file, and the file before the defaults.
fn configuration(arguments: &Serve, environment: &Environment) -> Result<Config, String> {
    let file = arguments.config.as_deref().filter(|file| !file.as_os_str().is_empty());
    let mut config = Config::load(file, environment)?;
    config.playground |= arguments.playground;
    let texts = [
        (&mut config.listen, &arguments.listen),
        (&mut config.admin, &arguments.admin),
        (&mut config.log, &arguments.log),
    ];
    for (key, flag) in texts {
        if let Some(flag) = flag {
            key.clone_from(flag);
        }
    }
    config.threads = arguments.threads.map_or(config.threads, usize::from);
    config.log_format = arguments.log_format.unwrap_or(config.log_format);
    Ok(config)
}

fn check_config(file: &Path, environment: &Environment) -> Result<(), String> {
    let config = Config::load(Some(file), environment)?;
    for warning in environment.warnings.iter().chain(&advice(&config)) {
        let _ = writeln!(std::io::stderr(), "everwire: warning: {warning}");
    }
    let with = match &environment.names()[..] {
        [] => String::new(),
        names => format!(", with {}", names.join(", ")),
    };
    let _ = writeln!(std::io::stdout(), "{} is sound{with}", file.display());
    Ok(())
}

/// The flags of `serve`.
#[cfg(test)]
pub(super) fn flags() -> Vec<String> {
    use clap::CommandFactory;

    let command = Cli::command();
    let flags = command.get_arguments().filter_map(|argument| argument.get_long().map(str::to_owned));
    flags.collect()
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
        assert_eq!(configuration(&with, &Environment::default()).unwrap().listen, "[::1]:1");
    }

    #[test]
    fn a_file_without_a_name_is_none() {
        let cli = Cli::try_parse_from(["everwire", "--config", ""]).unwrap();
        let config = configuration(&cli.serve, &Environment::default()).unwrap();
        assert!(config.playground, "it is what there is without a configuration");
    }

    #[test]
    fn threads_are_bounded_as_in_the_file() {
        let threads = |count: &str| Cli::try_parse_from(["everwire", "--threads", count]);
        assert_eq!(threads("1024").unwrap().serve.threads, Some(MOST_THREADS));
        for count in ["0", "1025", "65535"] {
            assert!(threads(count).unwrap_err().to_string().contains("1..=1024"));
        }
    }

    #[test]
    fn a_flag_goes_before_a_variable() {
        let variables =
            [("EVERWIRE_ADMIN", "127.0.0.1:1"), ("EVERWIRE_THREADS", "3"), ("EVERWIRE_LOG", "warn")];
        let pairs = variables.map(|(name, value)| (name.into(), value.into()));
        let environment = Environment::read(pairs.into_iter()).unwrap();
        let arguments = ["everwire", "--admin", "127.0.0.1:2", "--threads", "4", "--log-format", "json"];
        let config = configuration(&Cli::try_parse_from(arguments).unwrap().serve, &environment).unwrap();
        assert_eq!((&*config.admin, config.threads, config.log_format), ("127.0.0.1:2", 4, Format::Json));
        let config = configuration(&Cli::try_parse_from(["everwire"]).unwrap().serve, &environment).unwrap();
        assert_eq!((&*config.admin, config.threads, config.log_format), ("127.0.0.1:1", 3, Format::Text));
        assert_eq!((&*config.log, config.playground), ("warn", true));
    }
}

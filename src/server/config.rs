//! The configuration: the library's options under their own names, and what the program has beside them; from a file and
//! from the environment.

use std::{fs, path::Path, time::Duration};

use serde::Deserialize;

use super::{
    environment::Environment,
    listen,
    log::{self, Format},
    units::{Size, Time},
};
use crate::gateway::Options;

/// What the program is told to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Config {
    /// `HOST:PORT`.
    pub(super) listen: String,
    /// Where metrics are served, as `HOST:PORT`; empty for nowhere.
    pub(super) admin: String,
    /// Whether anyone may join and publish to any room.
    pub(super) playground: bool,
    /// Threads that serve; 0 for one a core.
    pub(super) threads: usize,
    /// What is logged: a level, or a filter by module.
    pub(super) log: String,
    /// How it is written.
    pub(super) log_format: Format,
    /// Connections at once; 0 for what the open-file limit has room for.
    pub(super) max_connections: usize,
    /// For a request's head to arrive, counted from the end of the answer before it: so also how long a connection may
    /// be kept open between two requests.
    pub(super) header_timeout: Duration,
    /// For what was sent to be acknowledged by the client's machine; 0 for as long as the system tries.
    pub(super) send_timeout: Duration,
    /// For everything to go, once the program is asked to end.
    pub(super) drain_timeout: Duration,
    /// Within what time clients are asked to come back then.
    pub(super) drain_retry: Duration,
    /// The gateway's own.
    pub(super) options: Options,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: "127.0.0.1:8080".into(),
            admin: String::new(),
            playground: false,
            threads: 0,
            log: "info".into(),
            log_format: Format::Text,
            max_connections: 0,
            header_timeout: Duration::from_secs(30),
            send_timeout: Duration::from_secs(35),
            drain_timeout: Duration::from_secs(10),
            drain_retry: Duration::from_secs(5),
            options: Options::default(),
        }
    }
}

/// Declares the file's keys. A key is optional, and where it is absent the default stands.
macro_rules! keys {
    (gateway { $($option:ident: $kind:ty,)* } program { $($own:ident: $own_kind:ty,)* }) => {
        /// Every key there is.
        pub(super) const KEYS: &[&str] = &[$(stringify!($own),)* $(stringify!($option),)*];

        #[derive(Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            $($option: Option<$kind>,)*
            $($own: Option<$own_kind>,)*
        }

        impl File {
            fn apply(self, config: &mut Config) {
                // Exhaustive: an option or a setting that has no key does not compile.
                let Config { options: Options { $($option,)* }, $($own,)* } = config;
                $(if let Some(value) = self.$option { *$option = value.into(); })*
                $(if let Some(value) = self.$own { *$own = value.into(); })*
            }

            #[cfg(test)]
            fn absent(&self) -> Vec<&'static str> {
                let mut absent = Vec::new();
                $(if self.$option.is_none() { absent.push(stringify!($option)); })*
                $(if self.$own.is_none() { absent.push(stringify!($own)); })*
                absent
            }
        }
    };
}

keys! {
    gateway {
        prefix: String,
        allowed_origins: Vec<String>,
        max_message: Size,
        max_name: Size,
        max_depth: usize,
        max_batch: usize,
        queue_bytes: Size,
        queue_messages: usize,
        backlog_messages: usize,
        backlog_bytes: Size,
        ping: Time,
        grace: Time,
        resume: Time,
        parting: Time,
        wait: Time,
        wait_max: Time,
        stream_bytes: Size,
        body_timeout: Time,
        handshake_timeout: Time,
        attach_timeout: Time,
        closing_timeout: Time,
        request_timeout: Time,
        max_sessions: usize,
        max_sessions_per_address: usize,
        opens_per_second: u32,
        opens_burst: u32,
        requests_per_session: u8,
        unattached_sockets: u8,
        rooms_per_session: usize,
        pending_requests: usize,
        trusted_proxies: usize,
    }
    program {
        listen: String,
        admin: String,
        playground: bool,
        threads: usize,
        log: String,
        log_format: Format,
        max_connections: usize,
        header_timeout: Time,
        send_timeout: Time,
        drain_timeout: Time,
        drain_retry: Time,
    }
}

/// More threads than any machine has cores. Each has a stack.
pub(super) const MOST_THREADS: u16 = 1024;

impl Config {
    /// What file and environment say. Without a file it is the playground.
    ///
    /// # Errors
    /// A text that names the file, and where they are known the line and the key; or the variable.
    pub(super) fn load(file: Option<&Path>, environment: &Environment) -> Result<Self, String> {
        let Some(file) = file else { return Config::compose(None, environment) };
        let named = file.display().to_string();
        let text = fs::read_to_string(file)
            .map_err(|error| format!("the configuration {named} can't be read: {error}"))?;
        Config::compose(Some((&named, &text)), environment)
    }

    /// The same of a file that is read, with its name. What makes sense is looked at behind both, since they may do so
    /// only together.
    fn compose(file: Option<(&str, &str)>, environment: &Environment) -> Result<Self, String> {
        let mut config = Config { playground: file.is_none(), ..Config::default() };
        if let Some((named, text)) = file {
            let read: Result<File, _> = toml::from_str(text);
            read.map_err(|error| format!("{named}: {}", in_words(error.to_string().trim_end())))?
                .apply(&mut config);
        }
        environment.apply(&mut config)?;
        config.check().map_err(|why| {
            environment.blame(&why).unwrap_or_else(|| match file {
                None => why,
                Some((named, text)) => match line_of(text, &why) {
                    Some(line) => format!("{named}: line {line}: {why}"),
                    None => format!("{named}: {why}"),
                },
            })
        })?;
        Ok(config)
    }

    /// Sets one key: to a value of TOML, or to bare text, which is what is left of a text in TOML without its quotes.
    ///
    /// # Errors
    /// What the key may be.
    pub(super) fn set(&mut self, key: &str, text: &str) -> Result<(), String> {
        let read = |value: toml::Value| {
            let table = toml::Table::from_iter([(key.to_owned(), value)]);
            table.try_into::<File>().map_err(|error| in_words(error.message()))
        };
        let bare = || read(toml::Value::String(text.to_owned()));
        let file = match text.parse::<toml::Value>() {
            Ok(value) => read(value).or_else(|why| bare().map_err(|_| why))?,
            Err(_) => bare()?,
        };
        file.apply(self);
        Ok(())
    }

    /// What the types of the keys can't say. The text begins with the key.
    fn check(&self) -> Result<(), String> {
        self.options.check()?;
        listen::parse(&self.listen).map_err(|why| format!("listen: {why}"))?;
        if !self.admin.is_empty() {
            listen::parse(&self.admin).map_err(|why| format!("admin: {why}"))?;
        }
        log::filter(&self.log).map_err(|why| format!("log: {why}"))?;
        if self.threads > MOST_THREADS.into() {
            return Err(format!("threads: more than {MOST_THREADS}"));
        }
        if self.header_timeout.is_zero() {
            return Err("header_timeout: must not be 0".into());
        }
        Ok(())
    }
}

/// What was wrong with a value, without the names that types have in Rust.
fn in_words(why: &str) -> String {
    [
        ("expected a sequence", "expected a list, such as [\"https://www.example.com\"]"),
        ("expected a boolean", "expected true or false"),
        ("expected usize", "expected a whole number"),
        ("expected u32", "expected a whole number up to 4294967295"),
        ("expected u8", "expected a whole number up to 255"),
    ]
    .iter()
    .fold(why.to_owned(), |why, (name, words)| why.replace(name, words))
}

/// The line on which the key stands that a complaint begins with.
fn line_of(text: &str, complaint: &str) -> Option<usize> {
    let key = complaint.split(':').next()?;
    let sets = |line: &str| {
        let name = line.split('=').next().unwrap_or_default().trim();
        name.trim_matches(['"', '\'']) == key
    };
    text.lines().position(sets).map(|at| at + 1)
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;

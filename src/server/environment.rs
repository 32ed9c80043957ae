//! The configuration's keys as environment variables: `EVERWIRE_PING=25s` is `ping = "25s"`.

use std::ffi::OsString;

use super::config::{self, Config};

const PREFIX: &str = "EVERWIRE_";
/// What programs written in Rust take as the filter of their log.
const FOREIGN_LOG: &str = "RUST_LOG";
/// Names the file, and so is no key in it.
const FILE: &str = "EVERWIRE_CONFIG";

/// The variables that set something.
#[derive(Debug, Default)]
pub(super) struct Environment {
    set: Vec<Variable>,
    /// What is wrong with others, and can't be an error: systems that start containers add variables of their own by the
    /// name of a service.
    pub(super) warnings: Vec<String>,
}

#[derive(Debug)]
struct Variable {
    name: String,
    key: &'static str,
    text: String,
}

impl Environment {
    /// Sorts the variables of the process.
    ///
    /// # Errors
    /// Names the variable whose value is no text.
    pub(super) fn read(variables: impl Iterator<Item = (OsString, OsString)>) -> Result<Self, String> {
        let mut environment = Environment::default();
        for (name, value) in variables {
            // Names that are no text are none of ours.
            let Ok(name) = name.into_string() else { continue };
            let Some(key) = environment.key(&name) else { continue };
            if name == FOREIGN_LOG && value.is_empty() {
                // Set for whatever runs here, and to nothing: not meant as a filter that lets nothing through.
                continue;
            }
            let text = value.into_string().map_err(|_| format!("{name}: the value is not UTF-8"))?;
            environment.set.push(Variable { name, key, text });
        }
        // Of both, the one that names this program.
        if environment.set.iter().filter(|variable| variable.key == "log").count() > 1 {
            environment.set.retain(|variable| variable.name != FOREIGN_LOG);
        }
        environment.warnings.sort_unstable();
        Ok(environment)
    }

    /// The key that a variable sets. One that looks like ours and is not is remembered for the log.
    fn key(&mut self, name: &str) -> Option<&'static str> {
        if name == FOREIGN_LOG {
            return Some("log");
        }
        let rest = name.strip_prefix(PREFIX).filter(|_| name != FILE)?;
        let known = config::KEYS.iter().find(|key| variable(key) == name);
        if known.is_none() {
            let similar = |key: &&&str| strsim::jaro(key, &rest.to_ascii_lowercase());
            let nearest = config::KEYS.iter().max_by(|a, b| similar(a).total_cmp(&similar(b)));
            let meant = nearest.filter(|key| similar(key) > 0.8);
            let meant = meant.map(|key| format!("; did you mean {}?", variable(key))).unwrap_or_default();
            self.warnings.push(format!("{name}: there is no key of that name, so it sets nothing{meant}"));
        }
        known.copied()
    }

    /// Sets what the variables set.
    ///
    /// # Errors
    /// Names the variable, and what its value may be.
    pub(super) fn apply(&self, config: &mut Config) -> Result<(), String> {
        self.set.iter().try_for_each(|Variable { name, key, text }| {
            config.set(key, text).map_err(|why| format!("{name}: {why}"))
        })
    }

    /// A complaint that begins with a key, under the name of the variable that set it; `None` where none did.
    pub(super) fn blame(&self, complaint: &str) -> Option<String> {
        let (key, why) = complaint.split_once(':')?;
        let variable = self.set.iter().find(|variable| variable.key == key)?;
        Some(format!("{}:{why}", variable.name))
    }

    /// The variables that set something, by name.
    pub(super) fn names(&self) -> Vec<&str> {
        self.set.iter().map(|variable| &*variable.name).collect()
    }
}

/// The variable of a key.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Environment {
        let pairs = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Environment::read(pairs).unwrap()
    }

    fn applied(variables: &[(&str, &str)]) -> Result<Config, String> {
        let mut config = Config::default();
        read(variables).apply(&mut config).map(|()| config)
    }

    #[test]
    fn a_variable_is_a_value_of_toml_or_bare_text() {
        let config = applied(&[
            ("EVERWIRE_LISTEN", "[::1]:80"),
            ("EVERWIRE_PREFIX", ""),
            ("EVERWIRE_PING", "\"20s\""),
            ("EVERWIRE_GRACE", "5s"),
            ("EVERWIRE_MAX_MESSAGE", "65536"),
            ("EVERWIRE_QUEUE_BYTES", "1MiB"),
            ("EVERWIRE_PLAYGROUND", "true"),
            ("EVERWIRE_ALLOWED_ORIGINS", "[\"https://a.example\", \"https://b.example\"]"),
            ("PING", "7s"),
        ])
        .unwrap();
        assert_eq!((&*config.listen, &*config.options.prefix, config.playground), ("[::1]:80", "", true));
        assert_eq!(
            (config.options.ping, config.options.grace),
            (Duration::from_secs(20), Duration::from_secs(5))
        );
        assert_eq!((config.options.max_message, config.options.queue_bytes), (65_536, 1 << 20));
        assert_eq!(config.options.allowed_origins, ["https://a.example", "https://b.example"]);
    }

    #[test]
    fn text_that_looks_like_a_value_is_text_where_text_is_wanted() {
        assert_eq!(applied(&[("EVERWIRE_LISTEN", "8080")]).unwrap().listen, "8080");
    }

    #[test]
    fn what_is_wrong_is_told_with_the_variable() {
        for (name, value, part) in [
            ("EVERWIRE_PING", "25", "a time with its unit"),
            ("EVERWIRE_PING", "soon", "a time with its unit"),
            ("EVERWIRE_MAX_MESSAGE", "1MB", "\"1MiB\""),
            ("EVERWIRE_PLAYGROUND", "yes", "expected true or false"),
            ("EVERWIRE_ALLOWED_ORIGINS", "https://a.example", "such as [\"https://"),
            ("EVERWIRE_REQUESTS_PER_SESSION", "256", "a whole number up to 255"),
            ("EVERWIRE_TRUSTED_PROXIES", "yes", "a whole number"),
            ("EVERWIRE_MAX_NAME", "1\nplayground = true", "a number of bytes"),
        ] {
            let why = applied(&[(name, value)]).unwrap_err();
            assert!(why.starts_with(&format!("{name}: ")) && why.contains(part), "{why}");
        }
        let blamed = read(&[("EVERWIRE_WAIT", "2m")]).blame("wait: longer than wait_max");
        assert_eq!(blamed.unwrap(), "EVERWIRE_WAIT: longer than wait_max");
        assert_eq!(read(&[]).blame("wait: longer than wait_max"), None);
    }

    #[test]
    fn one_that_is_not_known_is_named_with_what_was_meant() {
        let environment = read(&[
            ("EVERWIRE_PNIG", "25s"),
            ("EVERWIRE_SERVICE_HOST", "10.0.0.1"),
            ("EVERWIRE_ping", "25s"),
            ("EVERWIRE_CONFIG", "everwire.toml"),
        ]);
        let [pnig, host, ping] = &environment.warnings[..] else { panic!("{environment:?}") };
        assert!(host.starts_with("EVERWIRE_SERVICE_HOST: ") && !host.contains("did you mean"), "{host}");
        assert!(pnig.ends_with("did you mean EVERWIRE_PING?"), "{pnig}");
        assert!(ping.ends_with("did you mean EVERWIRE_PING?"), "{ping}");
        assert!(environment.names().is_empty());
    }

    #[test]
    fn the_log_goes_by_the_name_of_this_program_first() {
        assert_eq!(applied(&[("RUST_LOG", "debug")]).unwrap().log, "debug");
        assert_eq!(applied(&[("RUST_LOG", "")]).unwrap().log, "info");
        for both in [
            [("RUST_LOG", "debug"), ("EVERWIRE_LOG", "warn")],
            [("EVERWIRE_LOG", "warn"), ("RUST_LOG", "debug")],
        ] {
            assert_eq!(applied(&both).unwrap().log, "warn");
        }
    }
}

//! The example is true, and what is wrong with a file is told with its place.

use super::*;

use super::super::cli::EXAMPLE;

fn parse(text: &str) -> Result<Config, String> {
    Config::compose(Some(("test.toml", text)), &Environment::default())
}

/// The example with every key set: `# key = value` becomes `key = value`.
fn uncommented() -> String {
    let is_key = |line: &str| {
        let name = line.split(" = ").next().unwrap_or_default();
        line.contains(" = ")
            && name.chars().all(|character| character.is_ascii_lowercase() || character == '_')
    };
    let lines = EXAMPLE.lines().map(|line| match line.strip_prefix("# ") {
        Some(key) if is_key(key) => key,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_example_has_every_key_with_its_default() {
    let text = uncommented();
    let file: File = toml::from_str(&text).unwrap();
    assert_eq!(file.absent(), [""; 0], "keys that the example does not have");
    assert_eq!(parse(&text).unwrap(), Config::default());
}

#[test]
fn the_example_as_it_stands_changes_nothing() {
    assert_eq!(parse(EXAMPLE).unwrap(), Config::default());
    assert!(toml::from_str::<toml::Table>(EXAMPLE).unwrap().is_empty());
}

#[test]
fn every_key_of_the_example_has_its_reason() {
    let (mut explained, mut keys) = (false, 0);
    for line in EXAMPLE.lines() {
        if line.is_empty() {
            explained = false;
        } else if line.strip_prefix("# ").is_some_and(|text| uncommented().lines().any(|key| key == text)) {
            assert!(explained, "nothing above it says what this is for: {line}");
            keys += 1;
        } else {
            explained = true;
        }
    }
    assert_eq!(keys, toml::from_str::<toml::Table>(&uncommented()).unwrap().len());
}

#[test]
fn the_head_of_the_example_names_every_flag() {
    let head = EXAMPLE.split("# ---- ").next().unwrap();
    for flag in super::super::cli::flags() {
        assert!(head.contains(&format!("--{flag}")), "--{flag} is not in the head of the example");
    }
}

#[test]
fn a_file_sets_what_it_names() {
    let text = "listen = \"[::]:80\"\nplayground = true\nresume = \"5m\"\nmax_message = \"64KiB\"\nqueue_bytes = 1048576\n\
                allowed_origins = [\"https://example.com\"]\nmax_connections = 7\nheader_timeout = \"2s\"\n";
    let config = parse(text).unwrap();
    assert_eq!((config.listen.as_str(), config.playground, config.max_connections), ("[::]:80", true, 7));
    assert_eq!(
        (config.header_timeout, config.options.resume),
        (Duration::from_secs(2), Duration::from_secs(300))
    );
    assert_eq!((config.options.max_message, config.options.queue_bytes), (65_536, 1 << 20));
    assert_eq!(config.options.allowed_origins, ["https://example.com"]);
    assert_eq!(config.options.ping, Options::default().ping);
}

#[test]
fn what_is_wrong_is_told_with_line_and_key() {
    let cases = [
        ("a typing error", "\nresume = \"60s\"\npnig = \"25s\"", ["line 3", "unknown field `pnig`"]),
        ("no TOML", "resume = \"60s\"\nping = = 3", ["line 2", "ping"]),
        ("the same twice", "ping = \"1s\"\nping = \"2s\"", ["line 2", "duplicate key"]),
        ("no unit", "ping = 25", ["line 1", "expected a time with its unit"]),
        ("a wrong unit", "ping = \"25 sec\"", ["line 1", "\"500ms\", \"25s\", \"2m\""]),
        ("a wrong size", "# a\n# b\nmax_message = \"1MB\"", ["line 3", "\"1MiB\""]),
        ("below zero", "max_message = -1", ["line 1", "a number of bytes"]),
        ("too large", "requests_per_session = 256", ["line 1", "requests_per_session"]),
        ("another type", "playground = \"yes\"", ["line 1", "playground"]),
        ("no sense", "\nprefix = \"everwire\"", ["line 2", "prefix: "]),
        ("no sense, with others", "ping = \"1s\"\nwait = \"2m\"", ["line 2", "wait: "]),
        ("no sense, quoted key", "\n\"wait\" = \"2m\"", ["line 2", "wait: "]),
        ("no sense, by another key", "queue_bytes = 1024", ["max_message: ", "queue_bytes"]),
        ("no port", "listen = \"0.0.0.0\"", ["line 1", "listen: "]),
        ("no admin", "admin = \"9090\"", ["line 1", "admin: "]),
        ("no level", "\nlog = \"everwire=loud\"", ["line 2", "log: "]),
        ("no format", "log_format = \"xml\"", ["line 1", "`text`"]),
        ("no time at all", "header_timeout = \"0s\"", ["line 1", "header_timeout: "]),
    ];
    for (case, text, parts) in cases {
        let why = parse(text).unwrap_err();
        for part in parts {
            assert!(why.contains(part), "{case}: `{part}` is missing from:\n{why}");
        }
    }
}

#[test]
fn every_key_of_the_example_is_a_variable_too() {
    for (key, value) in toml::from_str::<toml::Table>(&uncommented()).unwrap() {
        let (name, text) = (format!("EVERWIRE_{}", key.to_ascii_uppercase()), value.to_string());
        let bare = value.as_str().map(str::to_owned);
        for text in bare.into_iter().chain([text]) {
            let environment = Environment::read([(name.clone().into(), text.into())].into_iter()).unwrap();
            assert_eq!((environment.names(), &environment.warnings[..]), (vec![&*name], &[][..]));
            assert_eq!(Config::compose(Some(("", "")), &environment).unwrap(), Config::default(), "{name}");
        }
    }
}

#[test]
fn a_variable_goes_before_the_file_and_is_blamed_for_what_it_sets() {
    let with = |text: &str, name: &str, value: &str| {
        let environment = Environment::read([(name.into(), value.into())].into_iter()).unwrap();
        Config::compose(Some(("test.toml", text)), &environment)
    };
    assert_eq!(with("ping = \"5s\"", "EVERWIRE_PING", "7s").unwrap().options.ping, Duration::from_secs(7));
    assert_eq!(
        with("wait = \"2m\"", "EVERWIRE_WAIT_MAX", "3m").unwrap().options.wait,
        Duration::from_secs(120)
    );
    let why = with("wait = \"20s\"", "EVERWIRE_WAIT", "2m").unwrap_err();
    assert!(why.starts_with("EVERWIRE_WAIT: longer"), "{why}");
    let why = with("wait = \"50s\"", "EVERWIRE_WAIT_MAX", "40s").unwrap_err();
    assert!(why.starts_with("test.toml: line 1: wait: "), "{why}");
}

#[test]
fn without_a_file_it_is_the_playground_unless_told_otherwise() {
    let set =
        |value: &str| Environment::read([("EVERWIRE_PLAYGROUND".into(), value.into())].into_iter()).unwrap();
    assert!(Config::load(None, &Environment::default()).unwrap().playground);
    assert!(!Config::load(None, &set("false")).unwrap().playground);
    assert!(!parse("").unwrap().playground);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let why = Config::load(Some(Path::new("no/such/everwire.toml")), &Environment::default()).unwrap_err();
    assert!(why.contains("no/such/everwire.toml can't be read"), "{why}");
}

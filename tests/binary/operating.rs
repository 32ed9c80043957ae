//! What an operator does: a listener for metrics, variables and flags, the configuration checked.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{
    admin::{all_are, life, operated},
    program::run,
    wire::{Wire, masked},
};

#[test]
fn the_admin_listener_says_what_it_has_and_nothing_else() {
    let (program, mut admin) = operated("prefix = \"/w\"\n");
    let listing = admin.get("/");
    assert!(listing.body.contains("/metrics") && listing.body.contains("/health"), "{}", listing.body);
    assert_eq!(admin.get("/health").json()["status"], "ok");
    assert!(admin.get("/metrics").head.contains("content-type: text/plain; version=0.0.4"));
    admin.write("GET /metrics HTTP/1.1\r\nHost: test\r\nAccept: application/openmetrics-text\r\n\r\n");
    let open_metrics = admin.answer();
    assert!(open_metrics.head.contains("content-type: application/openmetrics-text; version=1.0.0"));
    assert!(open_metrics.body.ends_with("# EOF\n"), "{}", open_metrics.body);
    assert_eq!((admin.get("/w/health").status, admin.post("/metrics", "").status), (404, 405));
    assert_eq!(Wire::to(program.address).get("/metrics").status, 404, "the world does not see them");
    program.stop();
}

#[test]
fn the_admin_listener_is_there_until_the_end_and_told_where_it_cannot_be() {
    let (mut program, mut admin) = operated("playground = true\ndrain_timeout = \"20s\"\n");
    let mut socket = Wire::to(program.address);
    socket.upgrade("/everwire/ws?open");
    let greeting: Value = serde_json::from_slice(&socket.frame().1).unwrap();
    let sid = greeting["open"]["session"].as_str().unwrap().to_owned();
    program.signal("TERM");
    assert!(socket.frame().1.starts_with(b"{\"drain\":"));
    assert_eq!(admin.get("/health").status, 503);
    all_are(&mut admin, &[("everwire_draining", 1.0)]);
    let (_, close) = socket.frame();
    socket.write(masked(8, &close[..2]));
    assert_eq!(program.ends(), Some(0));
    let told = life(&program, &sid);
    assert_eq!((&told["code"], &told["carriers.ws"]), (&json!(4003), &json!(1)), "{told}");

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refusal = run(&["--listen", "127.0.0.1:0", "--admin", &address], "");
    assert_eq!(refusal.code, Some(1), "{refusal:?}");
    for part in [&*address, "another program listens there already", "--admin"] {
        assert!(refusal.said.contains(part) && !refusal.said.contains("--listen"), "{}", refusal.said);
    }
}

/// The program with these variables, and what it says and logs until it says that it listens.
fn with(variables: &[(&str, &str)], arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_everwire"));
    command.args(arguments).envs(variables.iter().copied()).stdin(Stdio::null());
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut said).unwrap();
    if said.starts_with("listening on ") {
        process.kill().unwrap();
    }
    let output = process.wait_with_output().unwrap();
    said.push_str(&String::from_utf8(output.stderr).unwrap());
    (output.status.code(), said)
}

#[test]
fn variables_set_keys_and_flags_go_before_them() {
    let (_, said) = with(&[("EVERWIRE_LISTEN", "127.0.0.1:0"), ("EVERWIRE_SERVICE_PORT", "80")], &[]);
    assert!(said.starts_with("listening on http://127.0.0.1:") && !said.contains(":8080"), "{said}");
    assert!(said.contains("EVERWIRE_SERVICE_PORT: there is no key of that name"), "{said}");
    let (code, said) = with(&[("EVERWIRE_PING", "25")], &["--listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(1));
    assert!(said.starts_with("everwire: EVERWIRE_PING: ") && said.contains("with its unit"), "{said}");
    let (_, said) = with(&[("EVERWIRE_LISTEN", "nonsense:0")], &["--listen", "127.0.0.1:0"]);
    assert!(said.starts_with("listening on http://127.0.0.1:"), "{said}");
}

#[test]
fn a_configuration_is_checked_with_its_environment_and_advice() {
    let sound =
        run(&["check-config", "--config", "broken.toml"], "wait_max = \"90s\"\nadmin = \"0.0.0.0:9090\"\n");
    assert_eq!(sound.code, Some(0), "{sound:?}");
    for part in ["broken.toml is sound\n", "warning: wait_max: ", "warning: admin: "] {
        assert!(sound.said.contains(part), "{part}: {}", sound.said);
    }
}

#[test]
fn the_example_is_printed_and_the_help_explains_codes_and_variables() {
    let example = run(&["example-config"], "");
    assert_eq!((example.code, &*example.said), (Some(0), include_str!("../../everwire.example.toml")));
    let version = run(&["--version"], "").said;
    assert_eq!(version, format!("everwire {}\n", env!("CARGO_PKG_VERSION")));
    let help = run(&["--help"], "").said;
    for part in ["Exit codes:", "EVERWIRE_PING", "--admin", "--log-format", "example-config", "check-config"]
    {
        assert!(help.contains(part), "{part}: {help}");
    }
}

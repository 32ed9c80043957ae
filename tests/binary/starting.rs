//! How it starts, or says why it doesn't.

use std::{
    fs,
    net::{Ipv4Addr, Ipv6Addr, TcpListener},
    process::Command,
    thread,
};

use serde_json::{Value, json};

use super::{
    program::{Program, run, until},
    wire::Wire,
};

#[test]
fn it_says_where_it_listens_and_answers_there() {
    let program = Program::playground();
    assert_ne!(program.address.port(), 0);
    let health = Wire::to(program.address).get("/everwire/health");
    assert_eq!((health.status, &health.json()["status"]), (200, &json!("ok")));
    assert_eq!(program.log().matches("this is the playground").count(), 1, "{}", program.log());
    program.stop();
}

#[test]
fn localhost_is_ipv4_and_ipv6_on_one_port() {
    let program = Program::start(&["serve", "--listen", "localhost:0"]);
    assert_eq!(program.address.ip(), Ipv4Addr::LOCALHOST);
    assert_eq!(Wire::to(program.address).get("/everwire/health").status, 200);
    if TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok() {
        let second = program.listening();
        assert_eq!((second.ip(), second.port()), (Ipv6Addr::LOCALHOST.into(), program.address.port()));
        assert_eq!(Wire::to(second).get("/everwire/health").status, 200);
    } else {
        println!("this machine has no IPv6: only IPv4 was tried");
        program.logs("no IPv6 on this machine");
    }
    program.stop();
}

#[test]
fn a_port_in_use_is_named_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let _other = TcpListener::bind(&taken).unwrap();
    let refusal = run(&["--listen", &taken], "");
    assert_eq!(refusal.code, Some(1), "{refusal:?}");
    for part in [taken.as_str(), "another program listens there already", "--listen"] {
        assert!(refusal.said.contains(part), "{part}: {}", refusal.said);
    }
}

#[test]
fn a_broken_configuration_is_told_with_file_line_and_key() {
    for (config, parts) in [
        ("\nresume = \"60s\"\npnig = \"25s\"", ["broken.toml", "line 3", "pnig"]),
        ("ping = 25", ["broken.toml", "line 1", "ping"]),
        ("\n\nprefix = \"everwire\"", ["broken.toml", "line 3", "prefix"]),
    ] {
        for arguments in [["serve", "--config", "broken.toml"], ["check-config", "--config", "broken.toml"]] {
            let refusal = run(&arguments, config);
            assert_eq!(refusal.code, Some(1), "{refusal:?}");
            for part in parts {
                assert!(refusal.said.contains(part), "{part}: {}", refusal.said);
            }
        }
    }
    let sound = run(&["check-config", "--config", "broken.toml"], "ping = \"20s\"");
    assert_eq!((sound.code, sound.said.as_str()), (Some(0), "broken.toml is sound\n"));
}

#[test]
fn a_wrong_command_line_is_explained() {
    for (arguments, part) in [
        (&["--lisen", "127.0.0.1:0"][..], "--listen"),
        (&["--threads", "0"], "--threads"),
        (&["nonsense"], "Usage: everwire"),
    ] {
        let refusal = run(arguments, "");
        assert_eq!(refusal.code, Some(2), "{refusal:?}");
        assert!(refusal.said.contains(part), "{}", refusal.said);
    }
    for (arguments, part) in
        [(["--listen", "nowhere"], "is not HOST:PORT"), (["--log", "everwire=loud"], "--log everwire=loud")]
    {
        let refusal = run(&arguments, "");
        assert_eq!(refusal.code, Some(1), "{refusal:?}");
        assert!(refusal.said.contains(part), "{}", refusal.said);
    }
}

#[test]
fn the_playground_is_exposed_only_when_asked_for_by_name() {
    for arguments in [&["--listen", "0.0.0.0:0"][..], &["--listen", "0.0.0.0:0", "--config", "broken.toml"]] {
        let refusal = run(arguments, "playground = true");
        assert_eq!(refusal.code, Some(1), "{refusal:?}");
        for part in ["anyone join and publish", "0.0.0.0:0 is not a loopback address", "--playground"] {
            assert!(refusal.said.contains(part), "{part}: {}", refusal.said);
        }
    }
    let program = Program::start(&["--listen", "0.0.0.0:0", "--playground"]);
    let reached = (Ipv4Addr::LOCALHOST, program.address.port()).into();
    assert_eq!(Wire::to(reached).get("/everwire/health").status, 200);
    program.stop();
}

/// Opens a session with these packets behind the opening, and polls until so many messages came.
fn said(program: &Program, packets: &[Value], count: usize) -> Vec<Value> {
    let mut wire = Wire::to(program.address);
    let body = Value::Array([&[json!({"open": {}})], packets].concat()).to_string();
    let opened = wire.post("/everwire/session", &body);
    assert_eq!(opened.status, 201, "{opened:?}");
    let path = format!("/everwire/session/{}/messages", opened.json()["open"]["session"].as_str().unwrap());
    let mut messages: Vec<Value> = Vec::new();
    while messages.len() < count {
        let poll = wire.get(&format!("{path}?after={}&wait=20", messages.len())).json();
        messages.extend(poll["messages"].as_array().unwrap().iter().cloned());
    }
    messages
}

#[test]
fn the_playground_echoes_answers_and_lets_everyone_publish() {
    let program = Program::playground();
    let packets = [
        json!({"event": "hello", "data": {"to": "me"}}),
        json!({"event": "what", "data": [1, 2], "id": 1}),
        json!({"join": {"room": "lobby"}, "id": 2}),
        json!({"event": "news", "data": "all", "room": "lobby"}),
    ];
    let heard = said(&program, &packets, 4);
    assert_eq!(heard[0], packets[0]);
    assert_eq!(heard[1], json!({"reply": 1, "data": [1, 2]}));
    assert_eq!(heard[2]["reply"], 2, "{heard:?}");
    assert_eq!(heard[2].get("error"), None, "{heard:?}");
    assert_eq!(
        (&heard[3]["event"], &heard[3]["room"], &heard[3]["data"]),
        (&json!("news"), &json!("lobby"), &json!("all"))
    );
    program.stop();
}

#[test]
fn with_a_configuration_and_no_rules_nothing_is_permitted() {
    let program = Program::configured("ping = \"20s\"\n");
    let packets = [
        json!({"event": "hello", "data": 1, "id": 1}),
        json!({"join": {"room": "lobby"}, "id": 2}),
        json!({"event": "news", "data": "all", "room": "lobby", "id": 3}),
        json!({"event": "hello"}),
    ];
    let heard = said(&program, &packets, 4);
    let codes: Vec<&Value> = heard.iter().map(|packet| &packet["error"]["code"]).collect();
    assert_eq!(codes, ["unhandled", "forbidden", "forbidden", "unhandled"], "{heard:?}");
    assert!(!program.log().contains("playground"), "{}", program.log());
    program.stop();
}

#[test]
fn the_configuration_is_what_clients_are_told() {
    let program =
        Program::configured("ping = \"20s\"\nresume = \"2m\"\nmax_message = \"64KiB\"\nprefix = \"/w\"\n");
    let open = &Wire::to(program.address).post("/w/session", "").json()["open"];
    assert_eq!((&open["ping"], &open["resume"], &open["max"]), (&json!(20), &json!(120), &json!(65_536)));
    program.stop();
}

#[test]
fn the_open_file_limit_is_raised_to_the_hard_one() {
    let program = Program::limited("ulimit -Sn 100", "");
    let limits = fs::read_to_string(format!("/proc/{}/limits", program.id())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let values: Vec<&str> = line.split_whitespace().skip(3).take(2).collect();
    assert_eq!(values[0], values[1], "{line}");
    assert_ne!(values[0], "100", "this machine's hard limit leaves nothing to raise");
    program.logs("soft=100");
    program.logs(&format!("hard={} now={}", values[1], values[1]));
    program.stop();
}

#[test]
fn the_root_says_what_this_is() {
    let program = Program::playground();
    let mut wire = Wire::to(program.address);
    let page = wire.get("/");
    assert!(page.head.contains("content-type: text/plain; charset=utf-8"), "{}", page.head);
    assert!(
        page.body.contains("playground") && page.body.contains("http://test/everwire/session"),
        "{}",
        page.body
    );
    wire.write("HEAD / HTTP/1.1\r\nHost: test\r\n\r\n");
    let head = wire.head();
    assert!(head.head.contains(&format!("content-length: {}\r\n", page.body.len())), "{}", head.head);
    // The next answer begins where a body would have.
    assert_eq!(wire.get("/nothing").status, 404);
    assert_eq!(wire.post("/", "").status, 404);
    program.stop();
}

#[test]
fn the_lines_on_the_root_page_do_what_it_says() {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("curl is not installed: the lines of the page were not tried");
        return;
    }
    let program = Program::playground();
    let request = format!("GET / HTTP/1.1\r\nHost: {}\r\n\r\n", program.address);
    let mut wire = Wire::to(program.address);
    wire.write(request);
    let page = wire.answer().body;
    let page = page.replace("curl ", "curl -sS --noproxy '*' ");
    let lines: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    let [session, event, poll, listen, speak, health] = lines[..] else { panic!("{page}") };
    let said = shell(&[session, event, poll, health].join("\necho\n"));
    for part in [r#"{"ack":1}"#, r#""messages":[{"event":"hello","data":"world"}]"#, r#""status":"ok""#] {
        assert!(said.contains(part), "{part}:\n{said}");
    }
    let listen = listen.to_owned();
    let heard = thread::spawn(move || shell(&listen));
    let listens = || wire.get("/everwire/health").json()["rooms"] == 1;
    until(listens, || "nobody listens in the room".into());
    shell(speak);
    assert_eq!(heard.join().unwrap(), "hello");
    program.stop();
}

/// What these lines say.
fn shell(lines: &str) -> String {
    let output = Command::new("sh").args(["-c", lines]).output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{lines}");
    String::from_utf8(output.stdout).unwrap()
}

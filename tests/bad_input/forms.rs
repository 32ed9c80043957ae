//! What a form posts: every field once and whole, or nothing of it is taken.

use everwire::Options;
use serde_json::{Value, json};

use crate::raw_http::{Answer, Ask, Client, GROWING, Grown, NOBODY, Scene};

const FORM: &str = "application/x-www-form-urlencoded";

fn form(of: &Client, body: impl AsRef<[u8]>) -> Ask {
    Ask::post(&of.path("/jsonp"), body).header("Content-Type", FORM)
}

/// What the frame shows that the form was posted into: `None` for `ok`.
fn shown(answer: &Answer) -> Option<Value> {
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html; charset=utf-8")));
    answer.sealed();
    let text = std::str::from_utf8(&answer.body).expect("text");
    assert!(!text.contains(['<', '>', '"']), "nothing of it is markup: {text}");
    let plain = text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&#39;", "'");
    let plain = plain.replace("&amp;", "&");
    (plain != "ok").then(|| serde_json::from_str(&plain).unwrap_or_else(|error| panic!("{error}: {plain}")))
}

/// The control packets of a JSONP poll that is answered at once.
async fn controls(scene: &Scene) -> Vec<Value> {
    let path = scene.one.path(&format!("/jsonp?callback=F&wait=0&after={}", scene.one.after));
    let text = String::from_utf8(scene.ask(Ask::get(&path)).await.body).expect("text");
    let call = text.trim_end().strip_prefix("/**/F(").and_then(|rest| rest.strip_suffix(");"));
    let answer: Value = serde_json::from_str(call.expect("one call")).expect("JSON");
    answer["control"].as_array().cloned().unwrap_or_default()
}

const SAY: &str = "%7B%22event%22%3A%22say%22%2C%22data%22%3A%22x%22%7D";

#[tokio::test]
async fn fields_that_are_missing_doubled_or_wrong_are_refused_and_nothing_is_taken() {
    let mut scene = Scene::new().await;
    let rows: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", b"".to_vec()),
        ("no d", b"seq=1".to_vec()),
        ("no seq", format!("d={SAY}").into()),
        ("d twice", format!("d={SAY}&d={SAY}&seq=1").into()),
        ("seq twice", format!("d={SAY}&seq=1&seq=1").into()),
        ("an empty seq", format!("d={SAY}&seq=").into()),
        ("seq 0", format!("d={SAY}&seq=0").into()),
        ("seq -1", format!("d={SAY}&seq=-1").into()),
        ("seq x", format!("d={SAY}&seq=x").into()),
        ("a huge seq", format!("d={SAY}&seq=9007199254740992").into()),
        ("no JSON", b"d=%7Bnonsense&seq=1".to_vec()),
        ("markup", b"d=%3Cscript%3Ealert(1)%3C/script%3E&seq=1".to_vec()),
        ("markup for a key", b"d=%7B%22%3Cscript%3E%22%3A1%7D&seq=1".to_vec()),
        ("markup for a number", format!("d={SAY}&seq=%3Cscript%3E").into()),
        ("half an escape", format!("d={SAY}%2&seq=1").into()),
        ("no escape", b"d=%zz&seq=1".to_vec()),
        ("no UTF-8 in escapes", b"d=%7B%22event%22%3A%22%ff%22%7D&seq=1".to_vec()),
        ("no UTF-8", b"d=\xff\xfe&seq=1".to_vec()),
        ("JSON and no form", b"{\"event\":\"say\",\"data\":\"x\"}".to_vec()),
        ("an unknown packet", b"d=%7B%22neither%22%3A1%7D&seq=1".to_vec()),
        (
            "a packet of a WebSocket",
            b"d=%7B%22attach%22%3A%7B%22after%22%3A0%2C%22turn%22%3A1%7D%7D&seq=1".to_vec(),
        ),
        ("one good, one bad", format!("d=%5B{SAY}%2C1%5D&seq=1").into()),
    ];
    for (name, body) in rows {
        let answer = scene.ask(form(&scene.one, body)).await;
        println!("{name}: {}", String::from_utf8_lossy(&answer.body));
        let error = shown(&answer).unwrap_or_else(|| panic!("{name} was taken"));
        assert_eq!(error["error"]["code"], 4002, "{name}: {error}");
        assert_eq!(error.get("close"), None, "{name}: the session goes on");
    }
    scene.all_go_on().await;
}

/// What Content-Type says does not matter, as for any POST: some ways of posting can't set it. What is in the body does.
#[tokio::test]
async fn a_body_is_what_it_is_whatever_its_type_says() {
    let mut scene = Scene::new().await;
    let parts = format!("--x\r\nContent-Disposition: form-data; name=\"d\"\r\n\r\n{SAY}\r\n--x--\r\n");
    let json = "{\"d\":{\"event\":\"say\",\"data\":\"x\"},\"seq\":1}";
    for (kind, body) in
        [("multipart/form-data; boundary=x", &*parts), ("application/json", json), (FORM, json)]
    {
        let ask = Ask::post(&scene.one.path("/jsonp"), body).header("Content-Type", kind);
        let error = shown(&scene.ask(ask).await).unwrap_or_else(|| panic!("{kind} was taken"));
        assert!(error["error"]["message"].as_str().is_some_and(|says| says.contains("`d`")), "{error}");
    }
    let body = format!("d={SAY}&seq=1");
    let error = shown(&scene.ask(form(&scene.one, &body).header("Content-Encoding", "gzip")).await);
    assert_eq!(error.expect("it was taken")["error"]["code"], "encoding");
    for kind in ["Application/X-WWW-Form-Urlencoded; charset=UTF-8", "text/plain", "application/json"] {
        let ask = Ask::post(&scene.one.path("/jsonp"), &body).header("Content-Type", kind);
        assert_eq!(shown(&scene.ask(ask).await), None, "{kind}");
    }
    assert_eq!(shown(&scene.ask(form(&scene.one, "d=&seq=2")).await), None, "nothing said is nothing wrong");
    scene.one.sent = 1;
    for client in [&mut scene.one, &mut scene.other] {
        assert_eq!(client.hear().await["data"], "x", "once");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_form_that_is_too_large_is_refused_and_the_session_goes_on() {
    let mut scene = Scene::with(Options { max_message: 4 << 10, ..Options::default() }).await;
    // Of what is escaped the decoded length counts: nothing of the form's own making makes a message too large.
    let line = "é\u{1F600}".repeat(300);
    let escaped: String = json!({"event": "say", "data": line})
        .to_string()
        .bytes()
        .map(|byte| format!("%{byte:02X}"))
        .collect();
    assert!(escaped.len() > 4 << 10);
    assert_eq!(shown(&scene.ask(form(&scene.one, format!("d={escaped}&seq=1"))).await), None);
    scene.one.sent = 1;
    for client in [&mut scene.one, &mut scene.other] {
        assert_eq!(client.hear().await["data"], line);
    }
    for length in [4 << 10, 64 << 10, 8 << 20] {
        let body =
            format!("d=%7B%22event%22%3A%22say%22%2C%22data%22%3A%22{}%22%7D&seq=2", "x".repeat(length));
        let answer = scene.ask(form(&scene.one, body)).await;
        let error = shown(&answer).unwrap_or_else(|| panic!("{length} bytes were taken"));
        assert_eq!(error["error"]["code"], 4002, "{error}");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn every_form_is_acknowledged_on_the_carrier_that_receives() {
    let mut scene = Scene::new().await;
    // Nothing is attached: the next carrier brings it.
    assert_eq!(shown(&scene.ask(form(&scene.one, format!("d={SAY}&seq=1"))).await), None);
    scene.one.sent = 1;
    for client in [&mut scene.one, &mut scene.other] {
        let path = client.path(&format!("/messages?wait=5&after={}", client.after));
        let answer = client.ask(Ask::get(&path)).await.json();
        if client.sent == 1 {
            assert_eq!(answer["control"], json!([{"ack": 1}]), "{answer}");
        }
        while client.poll().await.is_empty() {}
    }
    for (seq, says, ack) in [(1, "a repeat", 1), (5, "a gap", 1), (2, "news", 2)] {
        let answer = scene.ask(form(&scene.one, format!("d={SAY}&seq={seq}"))).await;
        assert_eq!(shown(&answer).is_some(), says == "a gap", "{says}: {answer:?}");
        assert_eq!(controls(&scene).await, [json!({"ack": ack})], "{says}");
        assert!(controls(&scene).await.is_empty(), "{says}: once");
    }
    scene.one.sent = 2;
    for client in [&mut scene.one, &mut scene.other] {
        while client.poll().await.is_empty() {}
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_form_completes_a_held_poll_and_speaks_on_a_stream() {
    let mut scene = Scene::new().await;
    let mut held = scene.wire().await;
    held.write(Ask::get(&scene.one.path("/jsonp?callback=F&after=0&turn=1&wait=20")).bytes()).await;
    // An attach with a lower turn is told the turn as soon as the poll is attached.
    while scene.ask(Ask::get(&scene.one.path("/messages?turn=0&wait=0"))).await.status != 409 {
        tokio::task::yield_now().await;
    }
    assert!(shown(&scene.ask(form(&scene.one, format!("d={SAY}&seq=9"))).await).is_some());
    let answer = String::from_utf8(held.answer().await.body).expect("text");
    let completed = "/**/F({\"from\":1,\"messages\":[],\"control\":[{\"ack\":0}]});";
    assert_eq!(answer.trim_end(), completed);
    for (turn, which) in (2..).zip(GROWING) {
        let mut grown = Grown::of(&scene, which, &format!("after=0&turn={turn}")).await;
        assert!(grown.hear().await["open"].is_object());
        assert!(shown(&scene.ask(form(&scene.one, format!("d={SAY}&seq=9"))).await).is_some());
        assert_eq!(grown.hear().await, json!({"ack": 0}), "{which}");
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_form_for_a_session_that_is_over_or_unknown_shows_its_end() {
    let mut scene = Scene::new().await;
    let unknown = Ask::post(&format!("/everwire/session/{NOBODY}/jsonp"), format!("d={SAY}&seq=1"));
    let error = shown(&scene.ask(unknown.header("Content-Type", FORM)).await).expect("it is unknown");
    assert_eq!((&error["error"]["code"], &error["close"]["code"]), (&json!(4004), &json!(4004)));
    let close = "d=%7B%22close%22%3A%7B%22code%22%3A4000%2C%22reason%22%3A%22%22%7D%7D&seq=1";
    assert_eq!(shown(&scene.ask(form(&scene.one, close)).await), None);
    let error = shown(&scene.ask(form(&scene.one, format!("d={SAY}&seq=1"))).await).expect("it is over");
    assert_eq!((&error["error"]["code"], &error["close"]["code"]), (&json!(4000), &json!(4000)));
    scene.only_the_neighbour_goes_on().await;
}

fn opening(body: &str) -> Ask {
    Ask::post("/everwire/session/jsonp", body).header("Content-Type", FORM)
}

#[tokio::test]
async fn an_opening_by_form_needs_a_key_that_nobody_guesses() {
    let mut scene = Scene::new().await;
    let rows = [
        "",
        "seq=1",
        "d=",
        "d=%5B%5D",
        "d=%5B%7B%22open%22%3A%7B%7D%7D%5D",
        "d=%5B%7B%22open%22%3A%7B%22key%22%3A%22abc%22%7D%7D%5D",
        "d=%5B%7B%22open%22%3A%7B%22key%22%3A%22zz112233445566778899aabbccddeeff%22%7D%7D%5D",
        "d=%7B%22event%22%3A%22say%22%7D",
        "d=nonsense",
    ];
    for body in rows {
        let answer = scene.ask(opening(body)).await;
        let error = shown(&answer).unwrap_or_else(|| panic!("{body} opened a session"));
        assert_eq!(error["error"]["code"], 4002, "{body}: {error}");
    }
    assert_eq!(scene.server.gateway.sessions(), 2);
    scene.all_go_on().await;
}

#[tokio::test]
async fn an_opening_by_form_opens_once_and_is_told_until_its_session_is_used() {
    let mut scene = Scene::new().await;
    let key = "ffeeddccbbaa99887766554433221100";
    let body = format!("d=%5B%7B%22open%22%3A%7B%22key%22%3A%22{key}%22%7D%7D%2C{SAY}%5D");
    for _ in 0..2 {
        let answer = scene.ask(opening(&body)).await;
        assert_eq!(shown(&answer), None, "a form that is sent twice opens once");
        assert_eq!(answer.header("location"), None, "the sid is told to whoever has the key");
    }
    assert_eq!(scene.server.gateway.sessions(), 3);
    let fetch = format!("/everwire/session/jsonp?callback=F&key={key}");
    let mut opens = Vec::new();
    for _ in 0..2 {
        let text = String::from_utf8(scene.ask(Ask::get(&fetch)).await.body).expect("text");
        opens.push(text);
    }
    assert_eq!(opens[0], opens[1], "it may be fetched again until the sid was used");
    let call = opens[0].trim_end().strip_prefix("/**/F(").and_then(|rest| rest.strip_suffix(");"));
    let opened: Value = serde_json::from_str(call.expect("one call")).expect("JSON");
    let sid = opened["open"]["session"].as_str().expect("a sid");
    assert_eq!(opened["open"]["received"], 1);
    let mut third = Client::of(&scene.server, sid);
    third.sent = 1;
    assert_eq!(third.hear().await["data"], "x");
    let used = String::from_utf8(scene.ask(Ask::get(&fetch)).await.body).expect("text");
    assert!(used.starts_with("/**/F({\"error\"") && !used.contains(sid), "{used}");
    for client in [&mut scene.one, &mut scene.other] {
        assert_eq!(client.hear().await["data"], "x");
    }
    scene.all_go_on().await;
}

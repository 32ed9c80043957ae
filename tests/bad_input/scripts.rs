//! Answers that a browser runs: no name and no data may become code of somebody else's.

use everwire::{Error, Gateway, Message, Payload, Peer};
use serde_json::json;

use crate::raw_http::{Answer, Ask, Client, Scene, Served, Wire};

/// What is no identifier, and so must not stand where one does.
const NO_NAMES: [&str; 15] = [
    "",
    "a.b",
    "a[0]",
    "1a",
    "a%20b",
    "a%00",
    "a%0a",
    "a-b",
    "alert(1)",
    "alert%601%60",
    "%3C/script%3E",
    "%3Cimg%20src=x%20onerror=alert(1)%3E",
    "%C3%BC",
    "a%E2%80%A8",
    "*/",
];

#[tokio::test]
async fn a_callback_that_is_no_identifier_is_refused_where_nothing_can_be_called() {
    let mut scene = Scene::new().await;
    let long = "a".repeat(65);
    let targets = [scene.one.path("/jsonp"), scene.one.path("/frame"), "/everwire/session/jsonp".into()];
    for target in &targets {
        let key =
            if target.ends_with("session/jsonp") { "&key=00112233445566778899aabbccddeeff" } else { "" };
        let queries = NO_NAMES.into_iter().chain([&*long]).map(|name| format!("?callback={name}"));
        for query in queries.chain(["?".into(), "?callback".into(), "?callback=a&callback=b".into()]) {
            for masked in ["", "&status=200"] {
                let answer = scene.ask(Ask::get(&format!("{target}{query}{key}{masked}"))).await;
                println!("{target}{query}{masked}: {}", String::from_utf8_lossy(&answer.body));
                assert_eq!(answer.status, if masked.is_empty() { 400 } else { 200 });
                assert_eq!(answer.header("content-type"), Some("application/json"), "nothing that runs");
                assert_eq!(answer.json()["error"]["code"], 4002);
                assert!(!answer.body.contains(&b'<'), "what was sent is not shown");
                answer.sealed();
            }
        }
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn every_identifier_is_taken_up_to_64_characters() {
    let mut scene = Scene::new().await;
    for name in ["a", "_", "$", "A9_$", &"Z".repeat(64)] {
        let answer = scene.ask(Ask::get(&scene.one.path(&format!("/jsonp?wait=0&callback={name}")))).await;
        let script = format!("/**/{name}({{\"from\":1,\"messages\":[]}});");
        assert_eq!(String::from_utf8_lossy(&answer.body).trim_end(), script);
    }
    scene.all_go_on().await;
}

#[tokio::test]
async fn an_origin_that_is_none_is_refused_and_never_repeated() {
    let mut scene = Scene::new().await;
    let rows = [
        "",
        "*",
        "null",
        "page.example",
        "//page.example",
        "javascript:alert(1)",
        "https://",
        "https://page.example/",
        "https://page.example/path",
        "https://page.example:x",
        "https://user@page.example",
        "https://page.example%27);alert(1);//",
        "https://page.example%3C/script%3E",
        "https://page.example%22",
        "https://page.example%0a",
        "https://page.example%E2%80%A8",
        "https://page.example%5C",
        "data:text/html,x",
    ];
    for row in rows {
        let path = scene.one.path(&format!("/frame?callback=F&after=0&origin={row}"));
        let answer = scene.ask(Ask::get(&path)).await;
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        println!("{row}: {} {body}", answer.status);
        assert!(body.contains("\"error\"") && body.contains("4002"), "{row}");
        assert!(!body.contains("alert") && !body.contains("page.example\\\\"), "{row}: {body}");
        assert!(!body.contains("postMessage"), "{row}: nobody may hear it");
        answer.sealed();
    }
    scene.all_go_on().await;
}

/// What would end a script, a line of it, or the JSON in it.
const DANGEROUS: [&str; 8] = [
    r#""</script><script>alert(1)</script>""#,
    r#""<!--<script>""#,
    "\"\u{2028}\u{2029}\"",
    r#""\u2028\u003c/script\u003e""#,
    r#""\ud800""#,
    r#""\udc00\ud800 turned round""#,
    r#""\u0000\u001f\u007f""#,
    r#"{"</script>":["]]>","');alert(1);//","&lt;\\"]}"#,
];

/// Says back what comes, byte for byte.
async fn mirror() -> (Served, Client) {
    let gateway = Gateway::builder().on("mirror", |peer: Peer, message: Message| async move {
        peer.send("mirror", &message.payload)?;
        Ok::<Payload, Error>(message.payload)
    });
    let server = Served::start(gateway.build()).await;
    let client = Client::open(&server).await;
    (server, client)
}

/// Says all of it, each under a name that is dangerous as well.
async fn say_dangerous(client: &Client) {
    for data in DANGEROUS {
        let answer = client.post(format!("{{\"event\":\"mirror\",\"data\":{data},\"id\":1}}")).await;
        assert_eq!(answer.status, 200, "{data}: {answer:?}");
    }
}

/// What stands in a script is JSON in one line, without what ends a script; and the same as what was said.
fn check_script(text: &str, expected: &str) {
    assert!(!text.contains(['<', '\u{2028}', '\u{2029}', '\n', '\r']), "{text}");
    let plain = |text: &str| {
        let text = text.replace("\\u003c", "<").replace("\\u003C", "<");
        text.replace("\\u2028", "\u{2028}").replace("\\u2029", "\u{2029}").replace("\\u003e", ">")
    };
    assert!(plain(text).contains(&plain(expected)), "{expected} is not in {text}");
}

#[tokio::test]
async fn no_data_ends_the_script_of_a_jsonp_answer() {
    let (_server, client) = mirror().await;
    say_dangerous(&client).await;
    for (number, data) in DANGEROUS.into_iter().enumerate() {
        let path = client.path(&format!("/jsonp?callback=F&after={}&wait=5", 2 * number));
        let answer = client.ask(Ask::get(&path)).await;
        let text = String::from_utf8(answer.body).expect("text");
        let call = text.trim_end().strip_prefix("/**/F(").and_then(|rest| rest.strip_suffix(");"));
        let first = call.expect("one call").split("\"messages\":[").nth(1).expect("messages");
        check_script(call.expect("one call"), data);
        assert!(first.starts_with("{\"event\":\"mirror\""), "{first}");
    }
}

#[tokio::test]
async fn no_data_ends_a_script_of_a_frame() {
    let (server, client) = mirror().await;
    say_dangerous(&client).await;
    let mut wire = Wire::to(server.address).await;
    let head = wire.begin(Ask::get(&client.path("/frame?callback=F&after=0"))).await;
    let policy = head.header("content-security-policy").expect("a policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("script-src 'unsafe-inline'"),
        "{policy}"
    );
    assert!(!policy.contains("frame-ancestors"), "any page may hold it");
    assert_eq!(head.header("x-frame-options"), None);
    let mut page = Vec::new();
    while page.windows(9).filter(|part| part == b"</script>").count() < 2 + 2 * DANGEROUS.len() {
        page.extend(wire.chunk().await);
    }
    let page = String::from_utf8(page).expect("text");
    let blocks: Vec<&str> = page.split("</script>").skip(2).collect();
    for (number, data) in DANGEROUS.into_iter().enumerate() {
        let call = blocks[2 * number].trim_start().strip_prefix("<script>F(");
        check_script(call.and_then(|call| call.strip_suffix(");")).expect("one call"), data);
    }
}

#[tokio::test]
async fn what_a_client_says_at_its_end_ends_no_script_either() {
    for which in ["frame", "jsonp"] {
        let mut scene = Scene::new().await;
        let close = json!({"close": {"code": 4100, "reason": "</script><script>alert(1)</script>\u{2028}"}});
        assert_eq!(scene.one.post(close.to_string()).await.status, 200);
        let path = scene.one.path(&format!("/{which}?callback=F&wait=0"));
        let mut wire = scene.wire().await;
        let body = if which == "frame" {
            wire.begin(Ask::get(&path)).await;
            wire.chunks().await
        } else {
            wire.ask(Ask::get(&path)).await.body
        };
        let text = String::from_utf8(body).expect("text");
        assert!(text.contains("4100") && text.contains("\\u003c/script>"), "{text}");
        assert!(!text.contains("alert(1)</script>") && !text.contains('\u{2028}'), "{text}");
        scene.only_the_neighbour_goes_on().await;
    }
}

/// The error in a script that calls `F` with it.
fn error_in(answer: &Answer) -> serde_json::Value {
    let text = String::from_utf8_lossy(&answer.body);
    let call = text.rsplit_once("F(").and_then(|(_, rest)| rest.split_once(");")).expect("a call").0;
    serde_json::from_str(call).expect("JSON")
}

#[tokio::test]
async fn errors_of_a_script_call_the_function_with_them() {
    let mut scene = Scene::new().await;
    let nobody = format!("/everwire/session/{}/jsonp?callback=F", crate::raw_http::NOBODY);
    assert_eq!(scene.ask(Ask::get(&scene.one.path("/messages?turn=4&wait=0"))).await.status, 200);
    let rows = [
        (scene.one.path("/jsonp?callback=F&after=x"), json!(4002)),
        (scene.one.path("/jsonp?callback=F&after=99"), json!(4002)),
        (scene.one.path("/jsonp?callback=F&wait=x"), json!(4002)),
        (scene.one.path("/jsonp?callback=F&turn=3"), json!("stale")),
        (nobody, json!(4004)),
        (
            "/everwire/session/jsonp?callback=F&key=00112233445566778899aabbccddeeff".into(),
            json!("not_found"),
        ),
        ("/everwire/session/jsonp?callback=F&key=short".into(), json!(4002)),
        ("/everwire/session/jsonp?callback=F".into(), json!(4002)),
    ];
    for (path, code) in rows {
        for masked in ["", "&status=200"] {
            let answer = scene.ask(Ask::get(&format!("{path}{masked}"))).await;
            println!("{path}: {}", String::from_utf8_lossy(&answer.body));
            assert_eq!(
                (answer.status, answer.header("content-type")),
                (200, Some("text/javascript; charset=utf-8"))
            );
            assert_eq!(error_in(&answer)["error"]["code"], code, "{path}");
            assert!(answer.body.starts_with(b"/**/F({"), "{path}");
            answer.sealed();
        }
    }
    let stale = scene.ask(Ask::get(&scene.one.path("/jsonp?callback=F&turn=3&after=99"))).await;
    assert_eq!(error_in(&stale)["turn"], 4, "`after` is not read");
    scene.all_go_on().await;
}

#[tokio::test]
async fn a_frame_in_a_page_of_another_origin_posts_to_that_page_alone() {
    let scene = Scene::new().await;
    for origin in ["https://page.example", "http://localhost:3000", "https://[::1]:8443"] {
        let encoded = origin.replace(':', "%3A").replace('/', "%2F");
        let path = scene.one.path(&format!("/frame?callback=F&probe=1&origin={encoded}"));
        let mut wire = scene.wire().await;
        wire.begin(Ask::get(&path)).await;
        let page = String::from_utf8(wire.chunks().await).expect("text");
        let posts = format!("function F(p){{parent.postMessage('F:'+JSON.stringify(p),'{origin}')}}");
        assert!(page.contains(&posts) && !page.contains("parent.F("), "{page}");
        assert_eq!(page.matches("<script>F(").count(), 2, "`open` and a ping: {page}");
    }
}

#[tokio::test]
async fn http_1_0_gets_scripts_with_a_length() {
    let mut scene = Scene::new().await;
    let mut wire = scene.wire().await;
    let ask = Ask::get(&scene.one.path("/jsonp?callback=F&wait=0")).version("HTTP/1.0");
    let answer = wire.ask(ask).await;
    assert_eq!((answer.status, answer.header("transfer-encoding")), (200, None));
    assert_eq!(answer.header("content-length"), Some(&*answer.body.len().to_string()));
    assert_eq!(wire.ended().await, b"");
    scene.all_go_on().await;
}

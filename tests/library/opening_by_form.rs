//! A session that a form opens, whose page can't read what the form brought: it is asked for by its key.

use std::time::Duration;

use bytes::Bytes;
use everwire::{Error, Gateway, Hello, Options, Peer};
use http::Request;
use http_body_util::{BodyExt, Full};

const KEY: &str = "00112233445566778899aabbccddeeff";

/// Lets in who knows the word.
fn gateway(options: Options) -> Gateway {
    Gateway::builder()
        .options(options)
        .on_connect(|_: Peer, hello: Hello| async move {
            let auth: Option<String> = hello.auth();
            if auth.as_deref() == Some("word") && hello.cookie("id").is_none() {
                Ok(())
            } else {
                Err(Error::refused("word", "Say the word."))
            }
        })
        .build()
}

async fn body(gateway: &Gateway, request: http::request::Builder, body: String) -> String {
    let request = request.body(Full::<Bytes>::from(body)).expect("a request");
    let answer = gateway.handle(request).await;
    assert_eq!(answer.status(), 200);
    let bytes = answer.into_body().collect().await.expect("a body can't fail").to_bytes();
    String::from_utf8(bytes.to_vec()).expect("text")
}

async fn post(gateway: &Gateway, word: &str) -> String {
    let d = format!("[{{\"open\":{{\"key\":\"{KEY}\",\"auth\":\"{word}\"}}}}]");
    let form: String = form_urlencoded::Serializer::new(String::new()).append_pair("d", &d).finish();
    // The browser adds them by itself, and any page can post a form.
    let request = Request::post("/everwire/session/jsonp")
        .header("host", "gateway.test")
        .header("origin", "http://gateway.test")
        .header("cookie", "id=7")
        .header("authorization", "Basic eA==");
    body(gateway, request, form).await
}

async fn get(gateway: &Gateway) -> String {
    body(gateway, Request::get(format!("/everwire/session/jsonp?callback=F&key={KEY}")), String::new()).await
}

#[tokio::test]
async fn it_is_found_by_its_key_until_it_is_used() {
    let gateway = gateway(Options::default());
    assert!(get(&gateway).await.starts_with("/**/F({\"error\":{\"code\":\"not_found\","));
    assert_eq!(post(&gateway, "word").await, "ok");
    let open = get(&gateway).await;
    assert!(open.starts_with("/**/F({\"open\":{\"v\":1,\"session\":\"") && open.ends_with("}});"), "{open}");
    assert_eq!(get(&gateway).await, open, "the answer may be lost");
    let sid = open.split('"').nth(7).expect("a session");
    let used = Request::get(format!("/everwire/session/{sid}/messages?wait=0"));
    body(&gateway, used, String::new()).await;
    assert!(get(&gateway).await.starts_with("/**/F({\"error\":{\"code\":\"used\","));
}

#[tokio::test]
async fn why_it_was_refused_is_told_to_whoever_asks_with_its_key() {
    let gateway = gateway(Options::default());
    assert!(post(&gateway, "none").await.contains("&quot;message&quot;:&quot;Say the word.&quot;"));
    let told = get(&gateway).await;
    assert!(
        told.starts_with("/**/F({\"error\":{\"code\":4001,\"message\":\"Say the word.\"},\"close\":"),
        "{told}"
    );
    assert_eq!(post(&gateway, "word").await, "ok");
    assert!(get(&gateway).await.starts_with("/**/F({\"open\":"), "a refusal is none for ever");
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_goes_away_says_so_there_too() {
    let gateway = gateway(Options::default());
    gateway.drain(Duration::from_secs(2), Duration::ZERO).await;
    assert!(post(&gateway, "word").await.contains(":4003,"));
    assert!(get(&gateway).await.starts_with("/**/F({\"error\":{\"code\":4003,"));
}

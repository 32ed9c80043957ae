//! Streams as the connection sees them: what is asked of their bodies, piece by piece, in virtual time.

use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::Bytes;
use everwire::{Body, Gateway, Options, Peer};
use http::Request;
use http_body::Body as _;
use http_body_util::{BodyExt, Full};
use tokio::time::{Instant, timeout};

/// A gateway whose clients ask for messages: `many` for so many, `large` for one of so many bytes, `volatile` for one that is
/// worth nothing later.
fn gateway(options: Options) -> Gateway {
    Gateway::builder()
        .options(options)
        .on("many", |peer: Peer, count: u32| async move {
            (1..=count).try_for_each(|number| peer.emit("n", &number))
        })
        .on("large", |peer: Peer, bytes: usize| async move { peer.emit("large", &"x".repeat(bytes)) })
        .on("volatile", |peer: Peer| async move { peer.emit_volatile("v", &0).map(drop) })
        .build()
}

struct Client {
    gateway: Gateway,
    path: String,
}

impl Client {
    async fn open(options: Options) -> Self {
        let gateway = gateway(options);
        let request = Request::post("/everwire/session").body(Full::<Bytes>::default()).expect("a request");
        let answer = gateway.handle(request).await;
        let path = answer.headers()["location"].to_str().expect("a path").to_owned();
        Client { gateway, path }
    }

    async fn get(&self, what: &str) -> Body {
        let request = Request::get(format!("{}/{what}", self.path)).body(Full::<Bytes>::default());
        let answer = self.gateway.handle(request.expect("a request")).await;
        assert_eq!(answer.status(), 200);
        answer.into_body()
    }

    async fn post(&self, body: &str) {
        let request =
            Request::post(format!("{}/messages", self.path)).body(Full::<Bytes>::from(body.to_owned()));
        assert_eq!(self.gateway.handle(request.expect("a request")).await.status(), 200);
        // The handlers' tasks have their turn.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    /// Everything that is queued for it, by a poll that acknowledges nothing.
    async fn queued(&self) -> String {
        let body = self.get("messages?wait=0").await;
        text(&body.collect().await.expect("a body can't fail").to_bytes()).to_owned()
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text").trim_start_matches(' ').trim_start_matches('\n')
}

async fn next(body: &mut Body) -> Option<Bytes> {
    let frame = timeout(Duration::from_secs(5), body.frame()).await.expect("something is said in time");
    frame.map(|frame| frame.expect("a body can't fail").into_data().expect("no trailers"))
}

/// Asks once, as the connection does when it has room.
fn ask(body: &mut Body) -> Option<Bytes> {
    match Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Some(Ok(frame))) => frame.into_data().ok(),
        _ => None,
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_queued_comes_in_one_piece_and_what_comes_later_at_once() {
    let client = Client::open(Options::default()).await;
    client.post(r#"{"event":"many","data":3}"#).await;
    let mut stream = client.get("stream").await;
    assert!(text(&next(&mut stream).await.unwrap()).starts_with("{\"open\":{\"v\":1,"));
    let three = next(&mut stream).await.unwrap();
    assert_eq!(
        text(&three),
        (1..=3).map(|n| format!("{{\"event\":\"n\",\"data\":{n}}}\n")).collect::<String>()
    );
    assert!(ask(&mut stream).is_none());
    client.post(r#"{"event":"many","data":1}"#).await;
    assert_eq!(text(&ask(&mut stream).unwrap()), "{\"event\":\"n\",\"data\":1}\n");
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_itself_behind_the_packet_that_passes_its_bound_and_what_is_left_waits() {
    let client = Client::open(Options { stream_bytes: 100, ..Options::default() }).await;
    client.post(r#"[{"event":"many","data":40},{"event":"large","data":50000}]"#).await;
    let mut stream = client.get("stream").await;
    next(&mut stream).await.unwrap();
    let mut said = String::new();
    while let Some(piece) = next(&mut stream).await {
        said.push_str(text(&piece));
    }
    assert!(stream.is_end_stream());
    assert!(said.len() >= 100 && said.ends_with("}\n") && said.lines().count() < 40, "{said}");
    let queued = client.queued().await;
    assert_eq!(queued.matches("\"event\":\"n\"").count(), 40, "nothing was acknowledged");
    assert!(queued.len() > 50_000);
    // A single one that is larger than the bound comes whole.
    let mut stream = client.get("stream?after=40").await;
    next(&mut stream).await.unwrap();
    let large = stream.collect().await.expect("a body can't fail").to_bytes();
    assert_eq!(text(&large), format!("{{\"event\":\"large\",\"data\":\"{}\"}}\n", "x".repeat(50_000)));
}

#[tokio::test(start_paused = true)]
async fn without_a_bound_a_stream_goes_on() {
    let client = Client::open(Options { stream_bytes: 0, ..Options::default() }).await;
    let mut stream = client.get("stream?ack=auto").await;
    next(&mut stream).await.unwrap();
    for _ in 0..4 {
        client.post(r#"{"event":"large","data":100000}"#).await;
        let mut length = 0;
        while length < 100_000 {
            length += next(&mut stream).await.expect("it goes on").len();
        }
    }
    assert!(client.queued().await.contains("\"messages\":[]"), "what was written counts as acknowledged");
}

#[tokio::test(start_paused = true)]
async fn a_probe_shows_its_beginning_at_once_its_ping_after_a_while_and_attaches_nothing() {
    let client = Client::open(Options::default()).await;
    let mut held = client.get("stream").await;
    next(&mut held).await.unwrap();
    for (what, ping) in [
        ("stream?probe=1", "{\"ping\":0}\n"),
        ("events?probe=1&after=99", "event: ping\ndata: {\"ping\":0}\n\n"),
        ("frame?probe=1&callback=F", "<script>F({\"ping\":0});</script>\n"),
    ] {
        let began = Instant::now();
        let mut probe = client.get(what).await;
        let open = next(&mut probe).await.unwrap();
        assert!(
            open.len() > 2_048
                && text(&open).contains("{\"open\":{\"v\":1,")
                && !text(&open).contains("\"from\"")
        );
        assert_eq!(began.elapsed(), Duration::ZERO);
        assert!(ask(&mut probe).is_none());
        assert_eq!(text(&next(&mut probe).await.unwrap()), ping);
        assert!((300..310).contains(&began.elapsed().as_millis()), "{:?}", began.elapsed());
        assert!(probe.is_end_stream() && next(&mut probe).await.is_none());
    }
    client.post(r#"{"event":"many","data":1}"#).await;
    assert!(ask(&mut held).is_some(), "what was attached before still is");
}

#[tokio::test(start_paused = true)]
async fn volatile_messages_are_dropped_while_the_connection_takes_no_more() {
    let client = Client::open(Options::default()).await;
    let mut stream = client.get("stream").await;
    // What the connection has not written it still has.
    let unwritten = next(&mut stream).await.unwrap();
    assert!(ask(&mut stream).is_none(), "it asks once more before it writes");
    client.post(r#"{"event":"volatile"}"#).await;
    let first = ask(&mut stream).expect("only now it shows that the socket is full");
    client.post(r#"{"event":"volatile"}"#).await;
    assert!(ask(&mut stream).is_none(), "dropped");
    drop((unwritten, first));
    assert!(ask(&mut stream).is_none());
    client.post(r#"{"event":"volatile"}"#).await;
    assert!(ask(&mut stream).is_some(), "the socket has room again");
}

#[tokio::test(start_paused = true)]
async fn a_large_message_counts_as_more_than_the_connection_takes_until_it_has_taken_it() {
    let client = Client::open(Options::default()).await;
    let mut stream = client.get("stream").await;
    drop(next(&mut stream).await);
    client.post(r#"{"event":"large","data":40000}"#).await;
    let part = ask(&mut stream).unwrap();
    assert!(part.len() <= 16 << 10, "it comes in parts, which share the message's bytes");
    client.post(r#"{"event":"volatile"}"#).await;
    let mut said = String::new();
    while let Some(part) = ask(&mut stream) {
        said.push_str(text(&part));
    }
    assert!(said.ends_with("x\"}\n"), "{}", &said[said.len() - 40..]);
    client.post(r#"{"event":"volatile"}"#).await;
    assert_eq!(text(&ask(&mut stream).unwrap()), "{\"event\":\"v\",\"data\":0}\n");
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_is_dropped_parts_its_session_and_loses_nothing() {
    let client = Client::open(Options::default()).await;
    let mut stream = client.get("events").await;
    next(&mut stream).await.unwrap();
    client.post(r#"{"event":"many","data":2}"#).await;
    next(&mut stream).await.unwrap();
    assert_eq!(client.gateway.stats().parted, 0);
    drop(stream);
    assert_eq!(client.gateway.stats().parted, 1);
    assert!(client.queued().await.starts_with("{\"from\":1,\"messages\":[{\"event\":\"n\",\"data\":1},"));
}

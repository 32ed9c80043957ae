//! The gateway as hyper's and tower's service, for bodies of every kind.

use std::{
    cell::RefCell,
    collections::VecDeque,
    marker::PhantomPinned,
    pin::Pin,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use everwire::{ForRemote, Gateway, Hello, Peer, Remote, Response};
use http::{HeaderMap, Request};
use http_body::Frame;
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};

/// A body that can't be moved once it was polled, in pieces, and never ready at the first try.
struct Pieces {
    left: RefCell<VecDeque<Result<Frame<Bytes>, &'static str>>>,
    is_ready: RefCell<bool>,
    _pinned: PhantomPinned,
}

impl Pieces {
    fn of(frames: impl IntoIterator<Item = Result<Frame<Bytes>, &'static str>>) -> Self {
        let left = RefCell::new(frames.into_iter().collect());
        Pieces { left, is_ready: RefCell::new(false), _pinned: PhantomPinned }
    }
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        let was_ready = self.is_ready.replace_with(|ready| !*ready);
        if !was_ready {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(self.left.borrow_mut().pop_front())
    }
}

fn data(text: &'static str) -> Result<Frame<Bytes>, &'static str> {
    Ok(Frame::data(Bytes::from_static(text.as_bytes())))
}

/// Tells each client where it comes from.
fn gateway() -> Gateway {
    Gateway::builder()
        .on_connect(|peer: Peer, hello: Hello| async move { peer.emit("from", &hello.remote) })
        .build()
}

fn opening<B>(body: B) -> Request<B> {
    Request::post("/everwire/session?wait=5").body(body).expect("a valid request")
}

async fn json_of(response: Response) -> Value {
    let bytes = response.into_body().collect().await.expect("a body can't fail").to_bytes();
    serde_json::from_slice(&bytes).expect("JSON")
}

fn from(opened: &Value) -> &Value {
    &opened["messages"][0]["data"]
}

#[test]
fn a_gateway_goes_wherever_a_service_goes() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    fn hyper<S: hyper::service::Service<Request<Pieces>, Response = Response>>(_: &S) {}
    fn tower<S: tower_service::Service<Request<Pieces>, Response = Response>>(service: &mut S)
    where
        S::Error: std::fmt::Debug,
    {
        let ready = service.poll_ready(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(ready, Poll::Ready(Ok(()))), "always ready: what is too much is answered");
    }
    let mut gateway = gateway();
    let mut service: ForRemote = gateway.for_remote(Remote("192.0.2.7:70".parse().expect("an address")));
    shared(&gateway);
    shared(&service);
    hyper(&gateway);
    hyper(&service);
    tower(&mut gateway);
    tower(&mut service);
}

#[tokio::test]
async fn it_answers_by_every_way_of_calling_it() {
    let mut gateway = gateway();
    let mut service = gateway.for_remote(Remote("192.0.2.7:70".parse().expect("an address")));
    let empty = || opening(Full::<Bytes>::default());

    let opened = json_of(gateway.handle(empty()).await).await;
    assert_eq!(from(&opened), &Value::Null, "no data is `null`: nobody said where it comes from: {opened}");
    let Ok(response) = hyper::service::Service::call(&gateway, empty()).await;
    assert_eq!(response.status(), 201);
    let Ok(response) = tower_service::Service::call(&mut gateway, empty()).await;
    assert_eq!(response.status(), 201);
    let Ok(response) = hyper::service::Service::call(&service, empty()).await;
    assert_eq!(from(&json_of(response).await), "192.0.2.7:70");
    let Ok(response) = tower_service::Service::call(&mut service, empty()).await;
    assert_eq!(from(&json_of(response).await), "192.0.2.7:70");
    assert_eq!(gateway.sessions(), 5);
}

#[tokio::test]
async fn a_body_may_come_in_pieces_and_have_trailers() {
    let gateway = gateway();
    let pieces = [data("[{\"op"), data(""), data("en\":{}},{\"event\":\"nobody\",\"id\":4"), data("}]")];
    let trailers = Ok(Frame::trailers(HeaderMap::new()));
    let body = Pieces::of(pieces.into_iter().chain([trailers]));
    let response = gateway.handle(opening(body)).await;
    assert_eq!(response.status(), 201);
    let opened = json_of(response).await;
    assert_eq!(opened["open"]["received"], json!(1), "{opened}");
}

#[tokio::test]
async fn a_body_that_breaks_off_opens_nothing() {
    let gateway = gateway();
    for frames in [vec![data("{}"), Err("cut")], vec![Err("cut at once")]] {
        let response = gateway.handle(opening(Pieces::of(frames))).await;
        assert_eq!(response.status(), 400);
        let error = json_of(response).await;
        assert_eq!(error["error"]["code"], 4002, "{error}");
    }
    assert_eq!(gateway.sessions(), 0);
}

#[tokio::test]
async fn a_request_that_is_not_awaited_does_nothing() {
    let gateway = gateway();
    drop(gateway.handle(opening(Full::<Bytes>::default())));
    drop(hyper::service::Service::call(&gateway, opening(Full::<Bytes>::default())));
    assert_eq!(gateway.sessions(), 0);
}

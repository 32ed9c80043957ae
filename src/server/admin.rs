//! What an operator may ask: metrics, and how the gateway is. On a listener of its own, which is off unless it is named, so
//! that nothing of it is ever beside what the world reaches.
//!
//! It has a thread of its own as well: to count many sessions takes a while that no client should wait, and an operator
//! wants an answer above all when the others are busy.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, thread, time::Duration};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, StatusCode,
    header::{ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
};
use http_body_util::Empty;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::TcpListener,
    runtime,
    sync::{Semaphore, oneshot},
};

use super::metrics::{Form, Metrics};
use crate::{
    gateway::Gateway,
    transport::{Body, Response},
};

/// Connections at once: some scrapers, and somebody who looks.
const CONNECTIONS: usize = 64;
/// For the head of a request to arrive.
const HEAD: Duration = Duration::from_secs(10);
/// How long a listener is left alone that can't accept.
const PAUSE: Duration = Duration::from_millis(200);
/// What `/` says.
const LISTING: &str = "Everwire, for its operator:\n\n  /metrics  for Prometheus; docs/METRICS.md explains each\n  \
    /health   ok, or draining with 503\n";
const TEXT: &str = "text/plain; charset=utf-8";

/// The admin listener, served.
#[derive(Debug)]
pub(super) struct Admin {
    thread: thread::JoinHandle<()>,
    stop: oneshot::Sender<()>,
}

impl Admin {
    /// Serves on these listeners, if there are any, and tells where.
    pub(super) fn start(
        gateway: Gateway,
        listeners: Vec<std::net::TcpListener>,
    ) -> io::Result<(Option<Self>, Vec<SocketAddr>)> {
        if listeners.is_empty() {
            return Ok((None, Vec::new()));
        }
        let addresses = listeners.iter().map(std::net::TcpListener::local_addr).collect::<Result<_, _>>()?;
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let site = Arc::new(Site { metrics: Metrics::new(gateway.clone()), gateway });
        let serve = move || {
            runtime.block_on(async {
                let room = Arc::new(Semaphore::new(CONNECTIONS));
                for listener in listeners {
                    match TcpListener::from_std(listener) {
                        Ok(listener) => {
                            drop(tokio::spawn(accept(listener, Arc::clone(&site), Arc::clone(&room))))
                        }
                        Err(error) => tracing::error!(%error, "an admin listener can't be served"),
                    }
                }
                // It is told, or everything is over.
                let _ = stopped.await;
            });
        };
        let thread = thread::Builder::new().name("everwire-admin".into()).spawn(serve)?;
        Ok((Some(Admin { thread, stop }), addresses))
    }

    /// Ends it, and what it holds of the gateway. Takes as long as an answer that is being made.
    pub(super) fn stop(self) {
        // Gone already is as good.
        let _ = self.stop.send(());
        if self.thread.join().is_err() {
            tracing::error!("the admin listener had panicked");
        }
    }
}

async fn accept(listener: TcpListener, site: Arc<Site>, room: Arc<Semaphore>) {
    loop {
        let permit = Arc::clone(&room).acquire_owned().await.expect("nobody closes the semaphore");
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "no connection to the admin listener can be accepted; trying again");
                tokio::time::sleep(PAUSE).await;
                continue;
            }
        };
        let site = Arc::clone(&site);
        tokio::spawn(async move {
            let service = service_fn(move |request: Request<Incoming>| {
                let site = Arc::clone(&site);
                async move { Ok::<_, Infallible>(site.answer(&request).await) }
            });
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new()).header_read_timeout(HEAD);
            if let Err(error) = http.serve_connection(TokioIo::new(stream), service).await {
                tracing::debug!(%error, "a connection to the admin listener ended early");
            }
            drop(permit);
        });
    }
}

#[derive(Debug)]
struct Site {
    gateway: Gateway,
    metrics: Metrics,
}

impl Site {
    async fn answer(&self, request: &Request<Incoming>) -> Response {
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "This path takes GET, HEAD.\n");
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        match request.uri().path() {
            "/" => text(StatusCode::OK, LISTING),
            "/metrics" => self.metrics(request.headers()),
            "/health" => self.health().await,
            _ => text(StatusCode::NOT_FOUND, "Nothing is here; / lists what there is.\n"),
        }
    }

    fn metrics(&self, headers: &HeaderMap) -> Response {
        let accepted = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
        let form = Form::wanted(accepted);
        plain(StatusCode::OK, self.metrics.exposition(form), form.kind())
    }

    /// The same answer as under the gateway's prefix.
    async fn health(&self) -> Response {
        let mut request = Request::new(Empty::<Bytes>::new());
        let path = format!("{}/health", self.gateway.prefix());
        *request.uri_mut() = path.parse().expect("the prefix was checked to be a path");
        self.gateway.handle(request).await
    }
}

fn text(status: StatusCode, text: &str) -> Response {
    plain(status, text.to_owned(), TEXT)
}

fn plain(status: StatusCode, text: String, kind: &'static str) -> Response {
    let mut response = http::Response::new(Body::full(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

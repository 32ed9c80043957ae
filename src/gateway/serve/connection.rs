//! One connection, from its first request to its last, or to its upgrade.

use std::{convert::Infallible, net::SocketAddr, pin::pin, time::Duration};

use http::Request;
use hyper::{
    body::Incoming,
    server::conn::http1,
    service::{Service, service_fn},
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpStream, sync::watch};

use crate::transport::{Remote, Response};

/// What a connection may have read and not used; also the largest head of a request.
const BUFFER: usize = 16 << 10;

/// How HTTP is spoken. Without hyper's `pipeline_flush`: it holds an answer back for as long as anything behind its
/// request is unread, be it half of the next request, or the head that a 400 or 431 is the answer to.
pub(crate) fn http(header_timeout: Duration) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_buf_size(BUFFER)
        // A client that has closed its half has gone: nobody waits for the answer of a held poll.
        .half_close(false)
        .keep_alive(true);
    http
}

/// Serves a connection until it ends, or `ending` turns true and the request in progress is answered.
pub(crate) async fn connection<S>(
    http: &http1::Builder,
    stream: TcpStream,
    address: SocketAddr,
    service: S,
    ending: &mut watch::Receiver<bool>,
) where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    // Fails only where the peer has gone, which reading will find out too.
    let _ = stream.set_nodelay(true);
    // IPv4 in IPv6, as a listener on `[::]` has it, is shown as what it is.
    let remote = Remote(SocketAddr::new(address.ip().to_canonical(), address.port()));
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(remote);
        service.call(request)
    });
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service).with_upgrades());
    let served = tokio::select! {
        served = connection.as_mut() => served,
        () = turned(ending) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = served {
        tracing::debug!(%address, %error, "a connection ended early");
    }
}

/// Waits until it says so; without a sender there is nobody left who could end otherwise.
async fn turned(ending: &mut watch::Receiver<bool>) {
    let _ = ending.wait_for(|ending| *ending).await;
}

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

/// What connections are held to.
#[derive(Debug)]
pub(crate) struct ConnectionRules {
    http: http1::Builder,
    send_timeout: Duration,
}

impl ConnectionRules {
    /// How HTTP is spoken. Without hyper's `pipeline_flush`: it holds an answer back for as long as anything behind its
    /// request is unread, be it half of the next request, or the head that a 400 or 431 is the answer to.
    pub(crate) fn new(header_timeout: Duration, send_timeout: Duration) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(header_timeout)
            .max_buf_size(BUFFER)
            // A client that has closed its half has gone: nobody waits for the answer of a held poll.
            .half_close(false)
            .keep_alive(true);
        ConnectionRules { http, send_timeout }
    }

    /// Prepares a socket. Each fails only where the peer has gone, which reading will find out too.
    fn prepare(&self, stream: &TcpStream) {
        let _ = stream.set_nodelay(true);
        // Otherwise a client that has gone without a word, or that reads no more, holds its session for as long as TCP
        // tries: a quarter of an hour, or for ever where it still says that it has no room (tcp(7), RFC 5482).
        #[cfg(target_os = "linux")]
        if !self.send_timeout.is_zero() {
            let _ = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(self.send_timeout));
        }
    }
}

/// Serves a connection until it ends, or `ending` turns true and the request in progress is answered.
pub(crate) async fn connection<S>(
    rules: &ConnectionRules,
    stream: TcpStream,
    address: SocketAddr,
    service: S,
    ending: &mut watch::Receiver<bool>,
) where
    S: Service<Request<Incoming>, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    rules.prepare(&stream);
    // IPv4 in IPv6, as a listener on `[::]` has it, is shown as what it is.
    let remote = Remote(SocketAddr::new(address.ip().to_canonical(), address.port()));
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(remote);
        service.call(request)
    });
    let mut connection = pin!(rules.http.serve_connection(TokioIo::new(stream), service).with_upgrades());
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_sent_and_not_acknowledged_ends_a_connection_after_a_while() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let (accepted, _client) = tokio::join!(listener.accept(), client);
        let (stream, _) = accepted.unwrap();
        let timeout = || socket2::SockRef::from(&stream).tcp_user_timeout().unwrap();
        let rules = |seconds| ConnectionRules::new(Duration::from_secs(30), Duration::from_secs(seconds));
        rules(0).prepare(&stream);
        assert_eq!(timeout(), None, "0 leaves it to the system");
        rules(35).prepare(&stream);
        assert_eq!(timeout(), Some(Duration::from_secs(35)));
        assert!(stream.nodelay().unwrap());
    }
}

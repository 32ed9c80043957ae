//! The gateway behind hyper, on a port of its own.

use std::{net::SocketAddr, time::Duration};

use everwire::{Builder, Gateway, Hello, Peer, Remote};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, task::JoinHandle};

use super::PATIENCE;

/// A gateway that listens, as long as it is kept.
pub(crate) struct Served {
    pub(crate) gateway: Gateway,
    pub(crate) address: SocketAddr,
    task: JoinHandle<()>,
}

impl Served {
    pub(crate) async fn start(gateway: Gateway) -> Self {
        Self::start_with(gateway, PATIENCE).await
    }

    /// With a bound on how long the head of a request may take.
    pub(crate) async fn start_with(gateway: Gateway, header_read: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let task = tokio::spawn(accept(listener, gateway.clone(), header_read));
        Served { gateway, address, task }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, gateway: Gateway, header_read: Duration) {
    loop {
        let (stream, address) = listener.accept().await.expect("the listener stands");
        stream.set_nodelay(true).expect("a TCP option");
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(header_read)
            .max_buf_size(16 * 1024)
            .serve_connection(TokioIo::new(stream), gateway.for_remote(Remote(address)))
            .with_upgrades();
        tokio::spawn(connection);
    }
}

/// Everyone is in one room and hears what anyone says.
pub(crate) fn application() -> Builder {
    Gateway::builder()
        .on_connect(|peer: Peer, _: Hello| async move { peer.join("hall").await })
        .on("say", |peer: Peer, line: String| async move {
            peer.emit("said", &line)?;
            peer.to("hall").emit("said", &line).await.map(drop)
        })
        .on("panic", |_: Peer| async { planted() })
}

fn planted() {
    panic!("a planted panic");
}

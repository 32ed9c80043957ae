//! The gateway that a bench drives: the public [`Gateway`] with sessions, acknowledgements and a room, and no branch that
//! is there for the bench alone.
//!
//! Room `bench` is open to whoever asks; event `pub` is broadcast to it as event `m` with the same data, event `echo` comes
//! back to its sender as event `m`. It listens on 127.0.0.1:$PORT (9030), on one thread unless $THREADS says otherwise.

use std::{env, net::SocketAddr, time::Duration};

use everwire::{Error, Gateway, Message, Options, Peer, Remote};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

fn main() -> std::io::Result<()> {
    let number = |name: &str, default: u16| {
        env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let threads = usize::from(number("THREADS", 1));
    let runtime = match threads {
        1 => tokio::runtime::Builder::new_current_thread().enable_all().build()?,
        more => tokio::runtime::Builder::new_multi_thread().worker_threads(more).enable_all().build()?,
    };
    runtime.block_on(serve(SocketAddr::from(([127, 0, 0, 1], number("PORT", 9030)))))
}

fn gateway() -> Gateway {
    Gateway::builder()
        .options(options())
        .on_join(|_: Peer, room: String| async move {
            if room == "bench" { Ok(()) } else { Err(Error::refused("forbidden", "Only `bench` is open.")) }
        })
        .on("pub", |peer: Peer, message: Message| async move {
            // To everyone in the room, the sender too if it joined.
            peer.everyone_in("bench").send("m", &message.payload).await;
        })
        .on("echo", |peer: Peer, message: Message| async move { peer.send("m", &message.payload) })
        .build()
}

/// Bounds out of the way of what is measured: a subscriber that can't acknowledge, ten thousand from one address.
fn options() -> Options {
    Options {
        queue_bytes: 64 << 20,
        queue_messages: 1_000_000,
        ping: Duration::from_secs(60),
        // What ends itself after some time measures reconnecting.
        stream_bytes: 0,
        max_sessions_per_address: 0,
        opens_per_second: 0,
        ..Options::default()
    }
}

async fn serve(address: SocketAddr) -> std::io::Result<()> {
    let gateway = gateway();
    let socket = tokio::net::TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    let listener: TcpListener = socket.listen(4096)?;
    loop {
        let (stream, remote) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(30))
            .max_buf_size(16 << 10)
            .serve_connection(TokioIo::new(stream), gateway.for_remote(Remote(remote)))
            .with_upgrades();
        tokio::spawn(connection);
    }
}

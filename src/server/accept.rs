//! Accepting connections, as many as there is room for, and serving each until it ends or everything does.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

use super::site::Site;
use crate::transport::Remote;

/// What a connection may have read and not used; also the largest head of a request.
const BUFFER: usize = 16 << 10;
/// How long to leave a listener alone that can't accept: long enough that connections may end meanwhile.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How often it is looked whether a connection has ended, where there is no room for another.
const LOOK: Duration = Duration::from_millis(20);
/// How often the log says the same at most.
const SAY: Duration = Duration::from_secs(1);

/// What is the same for all listeners. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Acceptor {
    pub(super) site: Arc<Site>,
    pub(super) http: Arc<http1::Builder>,
    /// No connection is served on a descriptor with this number or a higher one.
    pub(super) ceiling: usize,
    /// Turns true when connections are to end behind the request that they have in progress.
    pub(super) ending: watch::Receiver<bool>,
}

/// How HTTP is spoken. Without hyper's `pipeline_flush`: it holds an answer back for as long as anything behind its
/// request is unread, be it half of the next request, or the head that a 400 or 431 is the answer to.
pub(super) fn http(header_timeout: Duration) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_buf_size(BUFFER)
        // A client that has closed its half has gone: nobody waits for the answer of a held poll.
        .half_close(false)
        .keep_alive(true);
    http
}

/// How many descriptors are open: the system hands out the lowest number that is free.
#[cfg(unix)]
pub(super) fn descriptors(listener: &TcpListener) -> io::Result<usize> {
    use std::os::fd::AsRawFd;

    Ok(number(SockRef::from(listener).try_clone()?.as_raw_fd()))
}

#[cfg(unix)]
fn number(descriptor: std::os::fd::RawFd) -> usize {
    usize::try_from(descriptor).expect("an open descriptor is not negative")
}

#[cfg(not(unix))]
pub(super) fn descriptors(_: &TcpListener) -> io::Result<usize> {
    Ok(0)
}

impl Acceptor {
    /// Accepts for as long as it is not dropped.
    pub(super) async fn accept(self, listener: TcpListener) {
        let mut trouble = Trouble::default();
        loop {
            match listener.accept().await {
                Ok((stream, address)) => {
                    trouble.pause = Duration::ZERO;
                    if let Ok(stream) = self.admit(stream, &mut trouble).await {
                        tokio::spawn(self.clone().serve(stream, address));
                    }
                }
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => tokio::time::sleep(trouble.pause_for(&error)).await,
            }
        }
    }

    /// Waits until there is room for a connection. WebSockets count, though they have left hyper: a descriptor has the
    /// lowest number that is free (POSIX, `dup`), so as long as none at or above the ceiling is served, no more than the
    /// ceiling are open. Nobody has to be told when one is closed.
    #[cfg(unix)]
    async fn admit(&self, mut stream: TcpStream, trouble: &mut Trouble) -> io::Result<TcpStream> {
        use std::os::fd::AsRawFd;

        while number(stream.as_raw_fd()) >= self.ceiling {
            if trouble.is_news() {
                tracing::warn!("there are as many connections as max_connections allows; the next ones wait");
            }
            tokio::time::sleep(LOOK).await;
            stream = moved_down(stream)?;
        }
        Ok(stream)
    }

    #[cfg(not(unix))]
    async fn admit(&self, stream: TcpStream, _: &mut Trouble) -> io::Result<TcpStream> {
        Ok(stream)
    }

    async fn serve(self, stream: TcpStream, address: SocketAddr) {
        // Fails only where the peer has gone, which reading will find out too.
        let _ = stream.set_nodelay(true);
        // The limits per address should not see one client as two, by IPv4 and by IPv4 in IPv6.
        let remote = Remote(SocketAddr::new(address.ip().to_canonical(), address.port()));
        let Acceptor { site, http, mut ending, .. } = self;
        let service = service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
            let site = Arc::clone(&site);
            request.extensions_mut().insert(remote);
            async move { Ok::<_, Infallible>(site.answer(request).await) }
        });
        let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service).with_upgrades());
        let served = tokio::select! {
            served = connection.as_mut() => served,
            () = turned(&mut ending) => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = served {
            tracing::debug!(%address, %error, "a connection ended early");
        }
    }
}

/// Waits until it says so; without a sender there is no program left that could end otherwise.
async fn turned(ending: &mut watch::Receiver<bool>) {
    let _ = ending.wait_for(|ending| *ending).await;
}

/// The same connection on a lower descriptor, where one is free by now.
#[cfg(unix)]
fn moved_down(stream: TcpStream) -> io::Result<TcpStream> {
    use std::os::fd::AsRawFd;

    let stream = stream.into_std()?;
    let lower = stream.try_clone().ok().filter(|lower| lower.as_raw_fd() < stream.as_raw_fd());
    TcpStream::from_std(lower.unwrap_or(stream))
}

/// Whether it was the connection that failed, and not the accepting.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};

    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

/// What stands in the way of accepting: most often that no descriptors are left (EMFILE, ENFILE) or no memory (ENOBUFS).
/// Such an error does not take the connection off the listener, so that to try again at once would only burn the CPU.
#[derive(Debug, Default)]
struct Trouble {
    pause: Duration,
    said: Option<Instant>,
}

impl Trouble {
    fn pause_for(&mut self, error: &io::Error) -> Duration {
        self.pause = (self.pause * 2).clamp(PAUSE, LONGEST_PAUSE);
        if self.is_news() {
            tracing::warn!(%error, "no connection can be accepted at the moment; trying again");
        }
        self.pause
    }

    /// Whether it is time to say something in the log.
    fn is_news(&mut self) -> bool {
        let is_news = self.said.is_none_or(|said| said.elapsed() >= SAY);
        if is_news {
            self.said = Some(Instant::now());
        }
        is_news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_doubles_up_to_a_second_and_is_told_once() {
        let mut trouble = Trouble::default();
        let error = io::Error::other("no descriptors left");
        let pauses: Vec<u128> = (0..7).map(|_| trouble.pause_for(&error).as_millis()).collect();
        assert_eq!(pauses, [50, 100, 200, 400, 800, 1000, 1000]);
        assert!(!trouble.is_news());
        trouble.said = Instant::now().checked_sub(SAY);
        assert!(trouble.is_news() && !trouble.is_news());
    }

    #[test]
    fn a_connection_that_was_given_up_is_no_trouble() {
        assert!(is_of_one_connection(&io::ErrorKind::ConnectionAborted.into()));
        #[cfg(target_os = "linux")]
        for number in [23, 24, 105, 12] {
            assert!(!is_of_one_connection(&io::Error::from_raw_os_error(number)), "{number}");
        }
    }
}

//! Accepting connections, as many as there is room for, and serving each until it ends or everything does.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use hyper::service::service_fn;
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};

use super::site::Site;
use crate::gateway::serve::{self, ConnectionRules, Trouble};

/// How often it is looked whether a connection has ended, where there is no room for another.
const LOOK: Duration = Duration::from_millis(20);

/// What is the same for all listeners. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Acceptor {
    pub(super) site: Arc<Site>,
    pub(super) rules: Arc<ConnectionRules>,
    /// No connection is served on a descriptor with this number or a higher one.
    pub(super) ceiling: usize,
    /// Turns true when connections are to end behind the request that they have in progress.
    pub(super) ending: watch::Receiver<bool>,
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
            let (stream, address) = serve::next(&listener, &mut trouble).await;
            if let Ok(stream) = self.admit(stream, &mut trouble).await {
                tokio::spawn(self.clone().serve(stream, address));
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
        let Acceptor { site, rules, mut ending, .. } = self;
        let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
            let site = Arc::clone(&site);
            async move { Ok::<_, Infallible>(site.answer(request).await) }
        });
        serve::connection(&rules, stream, address, service, &mut ending).await;
    }
}

/// The same connection on a lower descriptor, where one is free by now.
#[cfg(unix)]
fn moved_down(stream: TcpStream) -> io::Result<TcpStream> {
    use std::os::fd::AsRawFd;

    let stream = stream.into_std()?;
    let lower = stream.try_clone().ok().filter(|lower| lower.as_raw_fd() < stream.as_raw_fd());
    TcpStream::from_std(lower.unwrap_or(stream))
}

//! Where a server listens.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use tokio::net::TcpListener;

/// Where to listen: a text such as `"127.0.0.1:8080"` or `"localhost:8080"`, a [`SocketAddr`], an address and a port, or a
/// listener that is bound already, tokio's or the standard library's.
///
/// ```
/// use std::net::{Ipv4Addr, SocketAddr, TcpListener};
/// use everwire::ListenOn;
///
/// let by_text = ListenOn::from("[::1]:8080");
/// let by_address = ListenOn::from(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)));
/// let by_port = ListenOn::from((Ipv4Addr::UNSPECIFIED.into(), 8080));
/// let bound = ListenOn::from(TcpListener::bind("127.0.0.1:0").unwrap());
/// ```
#[derive(Debug)]
pub struct ListenOn(Place);

#[derive(Debug)]
enum Place {
    Named(String),
    At(SocketAddr),
    Bound(TcpListener),
    Std(std::net::TcpListener),
}

impl ListenOn {
    pub(super) async fn listen(self) -> io::Result<TcpListener> {
        match self.0 {
            Place::Named(name) => TcpListener::bind(&name).await.map_err(|error| blame(&name, &error)),
            Place::At(address) => TcpListener::bind(address).await.map_err(|error| blame(&address, &error)),
            Place::Bound(listener) => Ok(listener),
            Place::Std(listener) => {
                listener.set_nonblocking(true)?;
                TcpListener::from_std(listener)
            }
        }
    }
}

fn blame(place: &dyn std::fmt::Display, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("can't listen on {place}: {error}"))
}

impl From<&str> for ListenOn {
    fn from(name: &str) -> Self {
        ListenOn(Place::Named(name.into()))
    }
}

impl From<String> for ListenOn {
    fn from(name: String) -> Self {
        ListenOn(Place::Named(name))
    }
}

impl From<SocketAddr> for ListenOn {
    fn from(address: SocketAddr) -> Self {
        ListenOn(Place::At(address))
    }
}

impl From<(IpAddr, u16)> for ListenOn {
    fn from(address: (IpAddr, u16)) -> Self {
        ListenOn(Place::At(address.into()))
    }
}

impl From<TcpListener> for ListenOn {
    fn from(listener: TcpListener) -> Self {
        ListenOn(Place::Bound(listener))
    }
}

impl From<std::net::TcpListener> for ListenOn {
    fn from(listener: std::net::TcpListener) -> Self {
        ListenOn(Place::Std(listener))
    }
}

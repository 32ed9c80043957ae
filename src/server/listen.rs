//! Where the program listens.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs},
};

use socket2::{Domain, Protocol, Socket, Type};

/// Connections that wait to be accepted: a storm of reconnects should wait, not be turned away. The system may cut it.
const BACKLOG: i32 = 4096;
/// How often a free port is looked for that is free on IPv4 and IPv6.
const TRIES: usize = 16;

/// Splits `HOST:PORT`; the host of `[::1]:80` has no brackets.
///
/// # Errors
/// What is accepted.
pub(super) fn parse(listen: &str) -> Result<(&str, u16), String> {
    let wrong = || {
        format!(
            "`{listen}` is not HOST:PORT, such as 127.0.0.1:8080, [::1]:8080, localhost:8080 or 0.0.0.0:8080"
        )
    };
    let (host, port) = listen.rsplit_once(':').ok_or_else(wrong)?;
    let port = port.parse().map_err(|_| wrong())?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    match bare {
        Some(bare) => bare.parse::<Ipv6Addr>().map(|_| (bare, port)).map_err(|_| wrong()),
        None if host.is_empty() || host.contains([':', '[', ']', '/']) => Err(wrong()),
        None => Ok((host, port)),
    }
}

/// The addresses that a `HOST:PORT` means.
///
/// # Errors
/// Where it is none, or the name is unknown.
pub(super) fn resolve(listen: &str) -> Result<Vec<SocketAddr>, String> {
    let (host, port) = parse(listen)?;
    if is_localhost(host) {
        // Not asked of the resolver: on many machines it knows only one of them, and browsers try both.
        return Ok(localhost(port).to_vec());
    }
    let found = (host, port).to_socket_addrs();
    let mut addresses: Vec<SocketAddr> =
        found.map_err(|error| format!("the name `{host}` is unknown: {error}"))?.collect();
    addresses.sort_unstable();
    addresses.dedup();
    Ok(addresses)
}

/// Listens at the addresses that `listen` was resolved to.
///
/// # Errors
/// What is in the way, and what to do about it.
pub(super) fn bind(listen: &str, addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, String> {
    match parse(listen) {
        Ok((host, port)) if is_localhost(host) => bind_localhost(port),
        _ => {
            addresses.iter().map(|address| open(*address).map_err(|error| blame(*address, &error))).collect()
        }
    }
}

fn is_localhost(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
}

fn localhost(port: u16) -> [SocketAddr; 2] {
    [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)].map(|ip| SocketAddr::new(ip, port))
}

/// IPv4 and IPv6 on the same port. A machine that has only one of them is served on that one.
fn bind_localhost(port: u16) -> Result<Vec<TcpListener>, String> {
    let mut tries = TRIES;
    loop {
        let [ipv4, ipv6] = localhost(port);
        let first = match open(ipv4) {
            Ok(listener) => listener,
            Err(error) if is_absent(&error) => return bind("", &[ipv6]),
            Err(error) => return Err(blame(ipv4, &error)),
        };
        let taken = first.local_addr().map_err(|error| blame(ipv4, &error))?.port();
        let ipv6 = SocketAddr::new(ipv6.ip(), taken);
        match open(ipv6) {
            Ok(second) => return Ok(vec![first, second]),
            Err(error) if is_absent(&error) => {
                tracing::info!(%error, "no IPv6 on this machine: localhost is IPv4 only");
                return Ok(vec![first]);
            }
            // A port that is free on IPv4 is not always on IPv6; another one may be.
            Err(error) if port == 0 && tries > 0 && error.kind() == io::ErrorKind::AddrInUse => tries -= 1,
            Err(error) => return Err(blame(ipv6, &error)),
        }
    }
}

/// Whether the machine does not have this family of addresses at all: everything but what is known to be something else.
fn is_absent(error: &io::Error) -> bool {
    !matches!(error.kind(), io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied)
}

fn open(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if let IpAddr::V6(ip) = address.ip() {
        // `[::]` is everything, IPv4 included, whatever the system's default is.
        socket.set_only_v6(!ip.is_unspecified())?;
    }
    // A restart does not wait for old connections to time out. Elsewhere the option means that ports can be stolen.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

fn blame(address: SocketAddr, error: &io::Error) -> String {
    let advice = match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another program listens there already: end it, or choose another port with --listen (port 0 takes any free one)"
        }
        io::ErrorKind::PermissionDenied => {
            "ports below 1024 need a privilege (CAP_NET_BIND_SERVICE): choose a higher one with --listen, and let a proxy \
             listen there"
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine has no such address: 0.0.0.0 stands for all that it has, 127.0.0.1 for itself only"
        }
        _ => "choose another address with --listen",
    };
    format!("can't listen on {address}: {error}; {advice}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_host_and_a_port() {
        for (listen, expected) in [
            ("127.0.0.1:8080", ("127.0.0.1", 8080)),
            ("[::1]:0", ("::1", 0)),
            ("localhost:80", ("localhost", 80)),
            ("example.com:65535", ("example.com", 65535)),
        ] {
            assert_eq!(parse(listen), Ok(expected));
        }
        for listen in
            ["", "8080", ":8080", "127.0.0.1", "::1:80", "[::1]", "[x]:1", "a:65536", "a:-1", "http://a:80"]
        {
            assert!(parse(listen).unwrap_err().contains("is not HOST:PORT"), "{listen}");
        }
    }

    #[test]
    fn a_port_in_use_is_named_with_what_to_do() {
        let first = bind("127.0.0.1:0", &resolve("127.0.0.1:0").unwrap()).unwrap();
        let taken = first[0].local_addr().unwrap();
        let why = bind("", &[taken]).unwrap_err();
        assert!(why.contains(&taken.to_string()) && why.contains("--listen"), "{why}");
    }

    #[test]
    fn localhost_is_one_port_on_every_family_there_is() {
        let listeners = bind("localhost:0", &resolve("LocalHost:0").unwrap()).unwrap();
        let addresses: Vec<_> = listeners.iter().map(|listener| listener.local_addr().unwrap()).collect();
        assert!(
            addresses
                .iter()
                .all(|address| address.ip().is_loopback() && address.port() == addresses[0].port())
        );
        let has_ipv6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
        assert_eq!(addresses.len(), if has_ipv6 { 2 } else { 1 });
    }
}

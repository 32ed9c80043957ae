//! Where the playground may stand.

use std::net::SocketAddr;

/// Refuses a playground that others than this machine's own users reach, unless it was asked for by name: nobody should
/// find out afterwards that the world could write into every room.
pub(super) fn check(addresses: &[SocketAddr], by_name: bool) -> Result<(), String> {
    let exposed = addresses.iter().find(|address| !address.ip().to_canonical().is_loopback());
    let Some(address) = exposed.filter(|_| !by_name) else { return Ok(()) };
    Err(format!(
        "this is the playground, which lets anyone join and publish to any room, and {address} is not a loopback address: \
         it does not start where other machines may reach it. Give --playground if that is what you want, --config FILE \
         for a gateway with rules, or --listen 127.0.0.1:{}",
        address.port()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_fine_without_being_asked_for() {
        for (addresses, fine) in [
            (&["127.0.0.1:80"][..], true),
            (&["127.1.2.3:80", "[::1]:80"], true),
            (&["[::ffff:127.0.0.1]:80"], true),
            (&["0.0.0.0:80"], false),
            (&["[::]:80"], false),
            (&["127.0.0.1:80", "192.168.1.1:80"], false),
        ] {
            let parsed: Vec<SocketAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
            assert_eq!(check(&parsed, false).is_ok(), fine, "{addresses:?}");
            assert!(check(&parsed, true).is_ok(), "{addresses:?}");
        }
    }

    #[test]
    fn a_refusal_says_why_and_what_to_do() {
        let why = check(&["0.0.0.0:81".parse().unwrap()], false).unwrap_err();
        for part in ["anyone", "0.0.0.0:81", "--playground", "--config", "--listen 127.0.0.1:81"] {
            assert!(why.contains(part), "{part}: {why}");
        }
    }
}

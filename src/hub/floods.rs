//! Floods: how many sessions an address has and how fast it asks for more, checked before anything is allocated.

use std::{collections::HashMap, net::IpAddr};

use parking_lot::Mutex;

use super::Limits;
use crate::session::Moment;

/// How long an address without sessions is remembered: its bucket is full again long before.
const FORGET: u64 = 60_000;

/// Too many: come back later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flood {
    /// Seconds after which it is worth trying again.
    pub retry_after: u64,
    /// Which bound was reached, in words.
    pub bound: &'static str,
}

#[derive(Debug)]
pub(super) struct Floods {
    per_second: u64,
    burst: u64,
    sessions: usize,
    addresses: Mutex<Addresses>,
}

#[derive(Debug, Default)]
struct Addresses {
    known: HashMap<IpAddr, Standing>,
    swept: Moment,
}

/// What an address has and has done. A bucket of tokens in thousandths, filled with the milliseconds.
#[derive(Debug)]
struct Standing {
    sessions: usize,
    tokens: u64,
    filled: Moment,
}

impl Floods {
    pub(super) fn new(limits: &Limits) -> Self {
        Floods {
            per_second: u64::from(limits.opens_per_second),
            burst: u64::from(limits.opens_burst) * 1000,
            sessions: limits.sessions_per_address,
            addresses: Mutex::default(),
        }
    }

    /// Takes one token of the address.
    pub(super) fn spend(&self, address: Option<IpAddr>, now: Moment) -> Result<(), Flood> {
        let Some(address) = address else { return Ok(()) };
        self.with(address, now, |standing| {
            self.may_spend(standing)?;
            standing.tokens -= 1000;
            Ok(())
        })
    }

    fn may_spend(&self, standing: &Standing) -> Result<(), Flood> {
        if standing.tokens >= 1000 {
            return Ok(());
        }
        let missing = (1000 - standing.tokens).div_ceil(self.per_second.max(1)).div_ceil(1000);
        Err(Flood { retry_after: missing.max(1), bound: "openings a second from one address" })
    }

    /// Whether the address may ask for anything now; nothing is spent.
    pub(super) fn check(&self, address: Option<IpAddr>, now: Moment) -> Result<(), Flood> {
        let Some(address) = address else { return Ok(()) };
        self.with(address, now, |standing| self.may_spend(standing))
    }

    /// Counts a session of the address in.
    pub(super) fn enter(&self, address: Option<IpAddr>, now: Moment) -> Result<(), Flood> {
        let Some(address) = address else { return Ok(()) };
        self.with(address, now, |standing| {
            if standing.sessions >= self.sessions {
                return Err(Flood { retry_after: 30, bound: "sessions from one address" });
            }
            standing.sessions += 1;
            Ok(())
        })
    }

    /// Counts a session of the address out.
    pub(super) fn leave(&self, address: Option<IpAddr>, now: Moment) {
        let Some(address) = address else { return };
        self.with(address, now, |standing| standing.sessions = standing.sessions.saturating_sub(1));
    }

    fn with<R>(&self, address: IpAddr, now: Moment, act: impl FnOnce(&mut Standing) -> R) -> R {
        let mut addresses = self.addresses.lock();
        let standing = addresses.known.entry(household(address)).or_insert(Standing {
            sessions: 0,
            tokens: self.burst,
            filled: now,
        });
        let gained = now.since(standing.filled).saturating_mul(self.per_second);
        standing.tokens = standing.tokens.saturating_add(gained).min(self.burst);
        standing.filled = now;
        act(standing)
    }

    /// Forgets addresses that have been quiet.
    pub(super) fn sweep(&self, now: Moment) {
        let mut addresses = self.addresses.lock();
        if now.since(addresses.swept) < FORGET {
            return;
        }
        addresses.swept = now;
        addresses.known.retain(|_, standing| standing.sessions > 0 || now.since(standing.filled) < FORGET);
    }
}

/// One subscriber of IPv6 has a whole /64 to choose addresses from (RFC 6177), so that is what counts as one.
fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => {
                let mut octets = v6.octets();
                octets[8..].fill(0);
                IpAddr::from(octets)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn floods(sessions: usize, per_second: u32, burst: u32) -> Floods {
        Floods::new(&Limits {
            sessions_per_address: sessions,
            opens_per_second: per_second,
            opens_burst: burst,
            ..Limits::default()
        })
    }

    fn v4(last: u8) -> Option<IpAddr> {
        Some(IpAddr::from([192, 0, 2, last]))
    }

    #[test]
    fn a_burst_is_let_in_and_then_the_rate() {
        let floods = floods(10, 2, 3);
        for _ in 0..3 {
            floods.spend(v4(1), Moment(0)).unwrap();
        }
        assert_eq!(floods.spend(v4(1), Moment(0)).unwrap_err().retry_after, 1);
        assert!(floods.spend(v4(2), Moment(0)).is_ok(), "another address has its own bucket");
        assert!(floods.spend(v4(1), Moment(499)).is_err());
        assert!(floods.spend(v4(1), Moment(500)).is_ok());
    }

    #[test]
    fn sessions_are_counted_in_and_out() {
        let floods = floods(2, 10, 10);
        floods.enter(v4(1), Moment(0)).unwrap();
        floods.enter(v4(1), Moment(0)).unwrap();
        assert!(floods.enter(v4(1), Moment(0)).is_err());
        floods.leave(v4(1), Moment(0));
        assert!(floods.enter(v4(1), Moment(0)).is_ok());
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one_and_mapped_ipv4_as_itself() {
        let a: IpAddr = "2001:db8:1:2:aaaa::1".parse().unwrap();
        let b: IpAddr = "2001:db8:1:2:bbbb::9".parse().unwrap();
        assert_eq!(household(a), household(b));
        assert_eq!(household("::ffff:192.0.2.7".parse().unwrap()), IpAddr::from([192, 0, 2, 7]));
    }

    #[test]
    fn quiet_addresses_are_forgotten() {
        let floods = floods(2, 10, 10);
        floods.spend(v4(1), Moment(0)).unwrap();
        floods.enter(v4(2), Moment(0)).unwrap();
        floods.sweep(Moment(FORGET));
        let known = &floods.addresses.lock().known;
        assert_eq!(known.len(), 1, "only the one with a session is kept");
    }
}

//! What is allowed in a configuration, and probably not meant.

use std::{net::IpAddr, time::Duration};

use super::{config::Config, listen};

/// Common proxies (nginx, haproxy, the load balancers of clouds) cut what is silent for so long.
const PROXIES: Duration = Duration::from_secs(60);
/// Kubernetes and others kill what has not ended by then.
const SUPERVISORS: Duration = Duration::from_secs(30);

/// Sentences that begin with the key they are about.
pub(super) fn advice(config: &Config) -> Vec<String> {
    let options = &config.options;
    let advice = [
        (
            config.playground && is_exposed(&config.listen),
            "playground: it starts where others may reach it only with the flag --playground as well",
        ),
        (
            is_exposed(&config.admin),
            "admin: whoever reaches that address may read the metrics; nothing there asks for a password",
        ),
        (options.wait_max >= PROXIES, "wait_max: common proxies cut a poll that is held for 60 s"),
        (options.ping >= PROXIES, "ping: common proxies cut a WebSocket that is silent for 60 s"),
        (
            config.drain_timeout >= SUPERVISORS,
            "drain_timeout: many supervisors kill what has not ended after 30 s",
        ),
    ];
    advice.into_iter().filter(|(applies, _)| *applies).map(|(_, sentence)| sentence.to_owned()).collect()
}

/// Whether others than this machine reach an address. Of a name that is not known here.
fn is_exposed(address: &str) -> bool {
    let host = listen::parse(address).ok().and_then(|(host, _)| host.parse::<IpAddr>().ok());
    host.is_some_and(|host| !host.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_need_none() {
        assert!(advice(&Config::default()).is_empty());
    }

    #[test]
    fn each_is_given_where_it_applies() {
        type Change = fn(&mut Config);
        let cases: [(Change, &str); 5] = [
            (|config| (config.playground, config.listen) = (true, "0.0.0.0:80".into()), "playground: "),
            (|config| config.admin = "[::]:9090".into(), "admin: "),
            (|config| config.options.wait_max = PROXIES, "wait_max: "),
            (|config| config.options.ping = PROXIES, "ping: "),
            (|config| config.drain_timeout = SUPERVISORS, "drain_timeout: "),
        ];
        for (change, begin) in cases {
            let mut config = Config::default();
            change(&mut config);
            let given = advice(&config);
            assert!(matches!(&given[..], [one] if one.starts_with(begin)), "{given:?}");
        }
    }
}

//! What is written is what docs/METRICS.md says.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::hub::{
    Cause, Denial, Flood, Refused,
    stats::{Place, Tally},
};

const DOCUMENT: &str = include_str!("../../docs/METRICS.md");

/// Type, labels and explanation of a metric.
type Explained = (String, BTreeSet<String>, String);

/// The rows of the document's first table.
fn documented() -> BTreeMap<String, Explained> {
    let bare = |cell: &str| cell.trim().trim_matches('`').to_owned();
    let rows = DOCUMENT.lines().filter(|line| line.starts_with("| `everwire_"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let [name, kind, labels, help] = cells[..] else { panic!("{row}") };
        let labels = labels.split(',').map(bare).filter(|label| !label.is_empty()).collect();
        (bare(name), (bare(kind), labels, bare(help)))
    })
    .collect()
}

/// The same as a gateway on which everything has happened writes it.
fn written() -> BTreeMap<String, Explained> {
    let tally = Tally::default();
    tally.attached(Carrier::LongPoll, Some(Carrier::Ws));
    tally.answered(Place::Poll, 200);
    tally.opening("accepted");
    tally.upgrade("accepted");
    read(&exposed(tally.stats()))
}

/// Writes these numbers.
fn exposed(stats: Stats) -> String {
    #[derive(Debug)]
    struct Fixed(Stats);
    impl Collector for Fixed {
        fn encode(&self, encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
            write(&mut Page(encoder), &self.0)
        }
    }
    let mut registry = Registry::with_prefix("everwire");
    registry.register_collector(Box::new(Fixed(stats)));
    Metrics(registry).exposition(Form::Prometheus)
}

fn read(exposition: &str) -> BTreeMap<String, Explained> {
    let mut metrics: BTreeMap<String, Explained> = BTreeMap::new();
    for line in exposition.lines() {
        if let Some((name, help)) = line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' ')) {
            metrics.entry(name.into()).or_default().2 = help.into();
        } else if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' '))
        {
            metrics.entry(name.into()).or_default().0 = kind.into();
        } else {
            let name = line.split(['{', ' ']).next().unwrap();
            let of = ["_bucket", "_sum", "_count"].into_iter().find_map(|suffix| name.strip_suffix(suffix));
            let base = of.filter(|base| metrics.contains_key(*base)).unwrap_or(name);
            let labels = line.split_once('{').map_or("", |(_, rest)| rest.split('}').next().unwrap());
            let names = labels.split(',').filter_map(|label| label.split_once('=')).map(|(name, _)| name);
            let known = &mut metrics.get_mut(base).unwrap_or_else(|| panic!("{line} has no TYPE")).1;
            known.extend(names.filter(|name| *name != "le").map(str::to_owned));
        }
    }
    metrics
}

#[test]
fn every_metric_is_documented_as_it_is_written() {
    assert_eq!(written(), documented());
}

#[test]
fn every_value_of_a_label_is_documented() {
    let carriers = Carrier::ALL.map(Carrier::name);
    let places = Place::ALL.map(Place::name);
    let denied = |cause| Refused::Denied(Denial { cause, reason: "".into() });
    let refused = [
        Refused::Flood(Flood { retry_after: 1, bound: "" }),
        Refused::Conflict,
        denied(Cause::Unauthenticated),
        denied(Cause::Forbidden),
        Refused::Draining { retry: 1 },
        Refused::Fault,
    ];
    let outcomes = refused.iter().map(Refused::name);
    for value in carriers.into_iter().chain(places).chain(outcomes) {
        assert!(DOCUMENT.contains(&format!("`{value}`")), "{value}");
    }
}

#[test]
fn names_follow_the_conventions() {
    for (name, (kind, ..)) in written() {
        assert_eq!(kind == "counter", name.ends_with("_total"), "{name}");
        assert_eq!(kind == "histogram", name.ends_with("_seconds"), "{name}");
    }
}

#[test]
fn codes_that_clients_choose_are_one_series() {
    let tally = Tally::default();
    for code in [4000, 4004, 4100, 4999, 4567] {
        tally.ended(code, 2);
    }
    let text = exposed(tally.stats());
    for line in [
        "everwire_session_ends_total{code=\"4000\"} 1",
        "everwire_session_ends_total{code=\"4004\"} 1",
        "everwire_session_ends_total{code=\"4100-4999\"} 3",
        "everwire_undelivered_messages_total{code=\"4100-4999\"} 6",
    ] {
        assert!(text.lines().any(|written| written == line), "{line}:\n{text}");
    }
    assert_eq!(text.matches("session_ends_total{").count(), 3);
}

#[test]
fn buckets_are_cumulative_and_end_with_all() {
    let tally = Tally::default();
    for millis in [1, 7, 120_000] {
        tally.ponged(millis);
    }
    let text = exposed(tally.stats());
    for line in [
        "everwire_ping_seconds_bucket{le=\"0.001\"} 1",
        "everwire_ping_seconds_bucket{le=\"0.01\"} 2",
        "everwire_ping_seconds_bucket{le=\"60\"} 2",
        "everwire_ping_seconds_bucket{le=\"+Inf\"} 3",
        "everwire_ping_seconds_sum 120.008",
        "everwire_ping_seconds_count 3",
    ] {
        assert!(text.lines().any(|written| written == line), "{line}:\n{text}");
    }
}

#[test]
fn the_form_is_what_is_accepted() {
    for (accept, form) in [
        ("", Form::Prometheus),
        ("*/*", Form::Prometheus),
        ("text/plain;version=0.0.4", Form::Prometheus),
        ("application/openmetrics-text;version=1.0.0,text/plain;q=0.5", Form::OpenMetrics),
    ] {
        assert_eq!(Form::wanted(accept), form, "{accept}");
    }
    assert!(Metrics::new(Gateway::builder().build()).exposition(Form::OpenMetrics).ends_with("# EOF\n"));
}

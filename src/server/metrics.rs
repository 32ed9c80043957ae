//! The gateway's numbers as Prometheus reads them. Each is explained in docs/METRICS.md.

use std::fmt::Error;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet, prometheus_text, text},
    metrics::MetricType,
    registry::{Registry, Unit},
};

use crate::{
    gateway::Gateway,
    hub::stats::{ByCarrier, Carrier, Histogram, Stats},
};

/// The metrics of one gateway.
#[derive(Debug)]
pub(super) struct Metrics(Registry);

/// How metrics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// The text format of Prometheus, version 0.0.4.
    Prometheus,
    /// OpenMetrics, version 1.0.0.
    OpenMetrics,
}

impl Form {
    /// What somebody wants who accepts this.
    pub(super) fn wanted(accept: &str) -> Self {
        if accept.contains("application/openmetrics-text") { Form::OpenMetrics } else { Form::Prometheus }
    }

    /// Its media type.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Form::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
            Form::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

impl Metrics {
    pub(super) fn new(gateway: Gateway) -> Self {
        let mut registry = Registry::with_prefix("everwire");
        registry.register_collector(Box::new(Numbers(gateway)));
        Metrics(registry)
    }

    /// All of them, as they are now.
    pub(super) fn exposition(&self, form: Form) -> String {
        let mut out = String::new();
        let written = match form {
            Form::Prometheus => prometheus_text::encode(&mut out, &self.0),
            Form::OpenMetrics => text::encode(&mut out, &self.0),
        };
        written.expect("a string takes everything");
        out
    }
}

#[derive(Debug)]
struct Numbers(Gateway);

impl Collector for Numbers {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        write(&mut Page(encoder), &self.0.stats())
    }
}

/// Labels with a value.
type Row = (Vec<(&'static str, String)>, u64);

fn write(page: &mut Page<'_>, stats: &Stats) -> Result<(), Error> {
    standing(page, stats)?;
    carriers(page, stats)?;
    outcomes(page, stats)?;
    page.histogram("ping", "Round trips of pings on WebSockets.", &stats.round_trips)?;
    page.histogram("handler", "Time that handlers of events took.", &stats.handler_times)?;
    page.histogram(
        "acknowledgement",
        "Time from queueing a message to its acknowledgement; one message of each session at a time.",
        &stats.acknowledgements,
    )
}

/// What stands at the moment.
fn standing(page: &mut Page<'_>, stats: &Stats) -> Result<(), Error> {
    let none = stats.open - stats.carried.total().min(stats.open);
    let mut sessions = by_carrier(&[], &stats.carried, &Carrier::DOWN);
    sessions.push((vec![("carrier", "none".into())], none));
    page.gauge("sessions", "Open sessions, by what carries them now.", sessions)?;
    let gauges = [
        ("sessions_parted", "Open sessions whose resume window runs.", stats.parted),
        ("tombstones", "Sessions that are over and still answer with their end.", stats.tombstones),
        ("queue_messages", "Messages for clients that are not acknowledged.", stats.queued_messages),
        ("backlog_messages", "Messages of clients that wait for their handlers.", stats.backlog_messages),
        ("rooms", "Rooms that have members or readers.", stats.rooms),
        ("draining", "1 once the gateway is going away.", u64::from(stats.draining)),
    ];
    for (name, help, value) in gauges {
        page.gauge(name, help, [(Vec::new(), value)])?;
    }
    let help = "Bytes of messages for clients that are not acknowledged; shared ones count for each session.";
    page.family("queue", help, Some(&Unit::Bytes), MetricType::Gauge, [(Vec::new(), stats.queued_bytes)])?;
    let version = vec![("version", env!("CARGO_PKG_VERSION").into())];
    page.gauge("build_info", "The version that runs.", [(version, 1)])
}

const UP: [Carrier; 3] = [Carrier::Ws, Carrier::Raw, Carrier::Post];

/// What carriers did.
fn carriers(page: &mut Page<'_>, stats: &Stats) -> Result<(), Error> {
    page.counter(
        "attaches",
        "Carriers that were attached.",
        by_carrier(&[], &stats.attaches, &Carrier::DOWN),
    )?;
    let moves = stats
        .moves
        .iter()
        .map(|moved| (vec![("from", moved.from.name().into()), ("to", moved.to.name().into())], moved.count));
    page.counter("moves", "Sessions that went on over another kind of carrier.", moves)?;
    page.counter("resumes", "Parted sessions that were carried again.", [(Vec::new(), stats.resumes)])?;
    let help = "Messages taken from clients, and handed over to carriers for the first time.";
    page.counter("messages", help, both_ways(&stats.received, &stats.sent, &Carrier::DOWN))?;
    let help = "Messages that came again, or were handed over again.";
    page.counter("repeats", help, both_ways(&stats.received_again, &stats.sent_again, &Carrier::DOWN))?;
    let help = "Bytes of WebSocket frames and of the bodies of requests and answers.";
    let bytes = both_ways(&stats.bytes_in, &stats.bytes_out, &Carrier::ALL);
    page.family("traffic", help, Some(&Unit::Bytes), MetricType::Counter, bytes)
}

/// What came of things.
fn outcomes(page: &mut Page<'_>, stats: &Stats) -> Result<(), Error> {
    let label = |name, value: &str| vec![(name, value.to_owned())];
    let ends = |count: fn(&crate::hub::stats::Ends) -> u64| {
        let known = stats.ends.range(..APPLICATION).map(move |(code, ends)| (code.to_string(), count(ends)));
        let others = stats.ends.range(APPLICATION..).map(|(_, ends)| count(ends)).sum();
        // Clients may choose among these: they are not to make a thousand series.
        known.chain([("4100-4999".to_owned(), others)]).map(|(code, count)| (vec![("code", code)], count))
    };
    page.counter("session_ends", "Sessions that ended.", ends(|ends| ends.sessions))?;
    let help = "Messages that were not acknowledged when their session ended.";
    page.counter("undelivered_messages", help, ends(|ends| ends.undelivered))?;
    let openings = stats.openings.iter().map(|(outcome, count)| (label("outcome", outcome), *count));
    page.counter("openings", "Openings of sessions.", openings)?;
    let upgrades = stats.upgrades.iter().map(|(outcome, count)| (label("outcome", outcome), *count));
    page.counter("upgrades", "Handshakes of WebSockets.", upgrades)?;
    let requests = stats.requests.iter().map(|requests| {
        let status = format!("{}xx", requests.class);
        (vec![("place", requests.place.name().into()), ("status", status)], requests.count)
    });
    page.counter("http_requests", "Requests that were answered.", requests)
}

/// The first code that the application gives a meaning.
const APPLICATION: u16 = 4100;

fn by_carrier(labels: &[(&'static str, &str)], numbers: &ByCarrier, carriers: &[Carrier]) -> Vec<Row> {
    let row = |carrier: &Carrier| {
        let fixed = labels.iter().map(|(name, value)| (*name, (*value).to_owned()));
        (fixed.chain([("carrier", carrier.name().to_owned())]).collect(), numbers[*carrier])
    };
    carriers.iter().map(row).collect()
}

fn both_ways(received: &ByCarrier, sent: &ByCarrier, down: &[Carrier]) -> Vec<Row> {
    let mut rows = by_carrier(&[("direction", "in")], received, &UP);
    rows.extend(by_carrier(&[("direction", "out")], sent, down));
    rows
}

struct Page<'a>(DescriptorEncoder<'a>);

impl Page<'_> {
    fn gauge(&mut self, name: &str, help: &str, rows: impl IntoIterator<Item = Row>) -> Result<(), Error> {
        self.family(name, help, None, MetricType::Gauge, rows)
    }

    fn counter(&mut self, name: &str, help: &str, rows: impl IntoIterator<Item = Row>) -> Result<(), Error> {
        self.family(name, help, None, MetricType::Counter, rows)
    }

    fn family(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<&Unit>,
        kind: MetricType,
        rows: impl IntoIterator<Item = Row>,
    ) -> Result<(), Error> {
        let mut family = self.0.encode_descriptor(name, help, unit, kind)?;
        let write = |mut metric: MetricEncoder<'_>, value: u64| match kind {
            MetricType::Counter => metric.encode_counter::<NoLabelSet, _, u64>(&value, None),
            _ => metric.encode_gauge(&value),
        };
        for (labels, value) in rows {
            write(family.encode_family(&labels)?, value)?;
        }
        Ok(())
    }

    fn histogram(&mut self, name: &str, help: &str, times: &Histogram) -> Result<(), Error> {
        let mut metric = self.0.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Histogram)?;
        let bound =
            |bound: Option<std::time::Duration>| bound.map_or(f64::INFINITY, |bound| bound.as_secs_f64());
        let buckets: Vec<(f64, u64)> = times.buckets().map(|(upper, count)| (bound(upper), count)).collect();
        metric.encode_histogram::<NoLabelSet>(times.sum().as_secs_f64(), times.count(), &buckets, None)
    }
}

#[cfg(test)]
#[path = "metrics_tests.rs"]
mod tests;

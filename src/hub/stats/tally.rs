//! The counters.
//!
//! A thread counts in a shard that it rarely shares, with relaxed additions: some nanoseconds, where a line of memory that
//! all threads write to would cost each of them a hundred. Nothing is decided by these numbers, so no order is needed.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use parking_lot::Mutex;

use super::{BOUNDS, ByCarrier, Carrier, Ends, Histogram, Move, Place, Requests, Stats};

/// Shards; threads beyond so many share them two by two.
const SHARDS: usize = 16;
const CARRIERS: usize = Carrier::ALL.len();
/// The classes of HTTP's statuses, from 1xx to 5xx.
const CLASSES: usize = 5;

/// What happened since the start.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    shards: [Shard; SHARDS],
    moves: [[AtomicU64; CARRIERS]; CARRIERS],
    resumes: AtomicU64,
    ends: Mutex<BTreeMap<u16, Ends>>,
    openings: Mutex<BTreeMap<&'static str, u64>>,
    upgrades: Mutex<BTreeMap<&'static str, u64>>,
    /// WebSockets and held polls there are.
    pub(crate) carriers: AtomicUsize,
}

/// What one thread counted. Aligned to two cache lines, because processors fetch them in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard {
    attaches: [AtomicU64; CARRIERS],
    received: [AtomicU64; CARRIERS],
    received_again: [AtomicU64; CARRIERS],
    sent: [AtomicU64; CARRIERS],
    sent_again: [AtomicU64; CARRIERS],
    bytes_in: [AtomicU64; CARRIERS],
    bytes_out: [AtomicU64; CARRIERS],
    requests: [[AtomicU64; CLASSES]; Place::ALL.len()],
    round_trips: Times,
    handlers: Times,
    acknowledgements: Times,
}

#[derive(Debug, Default)]
struct Times {
    counts: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

impl Times {
    fn note(&self, micros: u64) {
        let bucket = BOUNDS.partition_point(|bound| *bound < micros);
        self.counts[bucket].fetch_add(1, Relaxed);
        self.micros.fetch_add(micros, Relaxed);
    }
}

impl Tally {
    fn shard(&self) -> &Shard {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static OWN: usize = NEXT.fetch_add(1, Relaxed) % SHARDS;
        }
        &self.shards[OWN.with(|own| *own)]
    }

    /// A carrier was attached, behind another kind of carrier or none.
    pub(crate) fn attached(&self, carrier: Carrier, moved_from: Option<Carrier>) {
        add(&self.shard().attaches, carrier, 1);
        if let Some(from) = moved_from {
            add(&self.moves[from as usize], carrier, 1);
        }
    }

    pub(crate) fn resumed(&self) {
        self.resumes.fetch_add(1, Relaxed);
    }

    /// Messages of a client came, so many of them again.
    pub(crate) fn received(&self, carrier: Carrier, taken: u64, again: u64) {
        let shard = self.shard();
        add(&shard.received, carrier, taken);
        add(&shard.received_again, carrier, again);
    }

    /// Messages were handed over, so many of them again.
    pub(crate) fn sent(&self, carrier: Carrier, first: u64, again: u64) {
        let shard = self.shard();
        add(&shard.sent, carrier, first);
        add(&shard.sent_again, carrier, again);
    }

    pub(crate) fn read(&self, carrier: Carrier, bytes: usize) {
        add(&self.shard().bytes_in, carrier, bytes as u64);
    }

    pub(crate) fn wrote(&self, carrier: Carrier, bytes: usize) {
        add(&self.shard().bytes_out, carrier, bytes as u64);
    }

    /// A request was answered with this status.
    pub(crate) fn answered(&self, place: Place, status: u16) {
        let class = usize::from(status / 100).clamp(1, CLASSES) - 1;
        self.shard().requests[place as usize][class].fetch_add(1, Relaxed);
    }

    pub(crate) fn ponged(&self, millis: u64) {
        self.shard().round_trips.note(millis.saturating_mul(1_000));
    }

    pub(crate) fn handled(&self, took: Duration) {
        self.shard().handlers.note(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    pub(crate) fn acknowledged(&self, millis: u64) {
        self.shard().acknowledgements.note(millis.saturating_mul(1_000));
    }

    pub(crate) fn ended(&self, code: u16, undelivered: usize) {
        let mut ends = self.ends.lock();
        let ends = ends.entry(code).or_default();
        ends.sessions += 1;
        ends.undelivered += undelivered as u64;
    }

    pub(crate) fn opening(&self, outcome: &'static str) {
        *self.openings.lock().entry(outcome).or_default() += 1;
    }

    pub(crate) fn upgrade(&self, outcome: &'static str) {
        *self.upgrades.lock().entry(outcome).or_default() += 1;
    }

    /// What was counted up to now; what stands at the moment is left to who knows the sessions.
    pub(crate) fn stats(&self) -> Stats {
        Stats {
            attaches: self.by_carrier(|shard| &shard.attaches),
            moves: self.moves(),
            resumes: self.resumes.load(Relaxed),
            received: self.by_carrier(|shard| &shard.received),
            received_again: self.by_carrier(|shard| &shard.received_again),
            sent: self.by_carrier(|shard| &shard.sent),
            sent_again: self.by_carrier(|shard| &shard.sent_again),
            bytes_in: self.by_carrier(|shard| &shard.bytes_in),
            bytes_out: self.by_carrier(|shard| &shard.bytes_out),
            ends: self.ends.lock().clone(),
            openings: self.openings.lock().clone(),
            upgrades: self.upgrades.lock().clone(),
            requests: self.requests(),
            round_trips: self.histogram(|shard| &shard.round_trips),
            handler_times: self.histogram(|shard| &shard.handlers),
            acknowledgements: self.histogram(|shard| &shard.acknowledgements),
            ..Stats::default()
        }
    }

    fn sum<'a>(&'a self, of: impl Fn(&'a Shard) -> &'a AtomicU64) -> u64 {
        self.shards.iter().map(|shard| of(shard).load(Relaxed)).sum()
    }

    fn by_carrier(&self, of: impl Fn(&Shard) -> &[AtomicU64; CARRIERS]) -> ByCarrier {
        ByCarrier(Carrier::ALL.map(|carrier| self.sum(|shard| &of(shard)[carrier as usize])))
    }

    fn histogram(&self, of: impl Fn(&Shard) -> &Times) -> Histogram {
        Histogram {
            counts: std::array::from_fn(|bucket| self.sum(|shard| &of(shard).counts[bucket])),
            micros: self.sum(|shard| &of(shard).micros),
        }
    }

    fn moves(&self) -> Vec<Move> {
        let pairs = Carrier::ALL.into_iter().flat_map(|from| Carrier::ALL.map(|to| (from, to)));
        pairs
            .map(|(from, to)| Move { from, to, count: self.moves[from as usize][to as usize].load(Relaxed) })
            .filter(|moved| moved.count > 0)
            .collect()
    }

    fn requests(&self) -> Vec<Requests> {
        let pairs = Place::ALL.into_iter().flat_map(|place| (0..CLASSES).map(move |class| (place, class)));
        pairs
            .map(|(place, class)| Requests {
                place,
                class: class as u16 + 1,
                count: self.sum(|shard| &shard.requests[place as usize][class]),
            })
            .filter(|requests| requests.count > 0)
            .collect()
    }
}

/// Adding nothing would still take the line of memory from whoever reads it.
fn add(counters: &[AtomicU64; CARRIERS], carrier: Carrier, count: u64) {
    if count > 0 {
        counters[carrier as usize].fetch_add(count, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_many_threads_count_is_added_up() {
        let tally = Tally::default();
        std::thread::scope(|scope| {
            for _ in 0..2 * SHARDS {
                scope.spawn(|| {
                    for _ in 0..100 {
                        tally.sent(Carrier::Ws, 3, 1);
                        tally.answered(Place::Poll, 204);
                    }
                });
            }
        });
        let stats = tally.stats();
        assert_eq!((stats.sent[Carrier::Ws], stats.sent_again[Carrier::Ws]), (9_600, 3_200));
        assert_eq!(stats.sent.total(), 9_600);
        assert_eq!(stats.requests, [Requests { place: Place::Poll, class: 2, count: 3_200 }]);
    }

    #[test]
    fn times_fall_into_the_bucket_whose_bound_they_reach() {
        let tally = Tally::default();
        for millis in [0, 1, 2, 60_000, 60_001] {
            tally.ponged(millis);
        }
        let times = tally.stats().round_trips;
        let filled: Vec<_> = times.buckets().filter(|(_, count)| *count > 0).collect();
        let bound = |millis| Some(Duration::from_millis(millis));
        let expected =
            [(Some(Duration::from_micros(100)), 1), (bound(1), 1), (Some(Duration::from_micros(2_500)), 1)];
        assert_eq!(filled, [&expected[..], &[(bound(60_000), 1), (None, 1)]].concat());
        assert_eq!((times.count(), times.sum()), (5, Duration::from_millis(120_004)));
    }

    #[test]
    fn carriers_and_places_are_numbered_as_they_are_listed() {
        assert!(Carrier::ALL.into_iter().enumerate().all(|(index, carrier)| carrier as usize == index));
        assert!(Place::ALL.into_iter().enumerate().all(|(index, place)| place as usize == index));
    }
}

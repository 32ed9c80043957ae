//! Who is here, on this node: sessions, rooms, deadlines.

mod admission;
mod app;
mod asks;
mod backlog;
mod cell;
mod deadlines;
mod floods;
mod limits;
mod link;
mod record;
mod refusals;
mod registry;
mod rooms;
mod state;
pub mod stats;
mod tail;
mod values;

use std::{
    net::IpAddr,
    sync::{
        Arc, OnceLock, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use crate::session::{Code, Moment, Rules};

pub use admission::{Admitted, Entry, Opened, Refused};
pub use app::{App, Asker, BoxFuture, Cause, Denial, Incoming, Opener, Payload, Work};
pub use asks::{Ask, Unasked};
pub use cell::{Cell, Heard, Taken};
pub use floods::Flood;
pub use limits::Limits;
pub use link::{Link, Turnout};
pub use rooms::Room;
pub use state::State;
pub use tail::Tailed;

use deadlines::Deadlines;
use floods::Floods;
use refusals::Refusals;
use registry::Registry;
use rooms::Rooms;
use stats::{Carrier, Tally};

/// How often deadlines are looked at. No deadline of the protocol is finer than a second; a tenth of that is not felt.
const SWEEP: Duration = Duration::from_millis(100);

/// Milliseconds: so late a sweep means that the process stood still. Ordinary load delays it by less.
const STALL: u64 = 1_000;

/// One node's sessions and rooms.
pub struct Hub {
    /// What every session is held to.
    pub rules: Arc<Rules>,
    /// What the node as a whole is held to.
    pub limits: Limits,
    app: OnceLock<Weak<dyn App>>,
    started: Instant,
    /// Milliseconds in which the process stood still.
    stalled: AtomicU64,
    /// Milliseconds since the start at the last sweep; `u64::MAX` before the first.
    swept: AtomicU64,
    registry: Registry,
    rooms: Rooms,
    deadlines: Deadlines,
    floods: Floods,
    refusals: Refusals,
    /// Milliseconds within which clients are to come back elsewhere; 0 as long as the gateway stays.
    draining: AtomicU64,
    drain_news: Notify,
    sweeping: AtomicBool,
    published: AtomicU64,
    pub(crate) tally: Arc<Tally>,
}

/// A sweep that goes on. Its runtime may end before the hub: then the next session to open begins another.
struct Sweeping(Weak<Hub>);

impl Drop for Sweeping {
    fn drop(&mut self) {
        if let Some(hub) = self.0.upgrade() {
            hub.sweeping.store(false, Ordering::Release);
        }
    }
}

/// A WebSocket until its last frame is written, or a poll that is held.
#[derive(Debug)]
pub struct Carried {
    tally: Arc<Tally>,
    carrier: Carrier,
}

impl Carried {
    /// So many bytes came on it.
    pub fn read(&self, bytes: usize) {
        self.tally.read(self.carrier, bytes);
    }

    /// So many bytes were written on it.
    pub fn wrote(&self, bytes: usize) {
        self.tally.wrote(self.carrier, bytes);
    }
}

impl Drop for Carried {
    fn drop(&mut self) {
        self.tally.carriers.fetch_sub(1, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hub").field("sessions", &self.registry.len()).finish_non_exhaustive()
    }
}

impl Hub {
    /// A hub without sessions, and without an application until [`serve`](Self::serve).
    pub fn new(rules: Rules, limits: Limits) -> Arc<Self> {
        Arc::new(Hub {
            rules: Arc::new(rules),
            floods: Floods::new(&limits),
            limits,
            app: OnceLock::new(),
            started: Instant::now(),
            stalled: AtomicU64::new(0),
            swept: AtomicU64::new(u64::MAX),
            registry: Registry::default(),
            rooms: Rooms::default(),
            deadlines: Deadlines::default(),
            refusals: Refusals::default(),
            draining: AtomicU64::new(0),
            drain_news: Notify::new(),
            sweeping: AtomicBool::new(false),
            published: AtomicU64::new(0),
            tally: Arc::default(),
        })
    }

    /// Names the application that the sessions are for. The hub holds it weakly: the application owns the hub.
    pub fn serve(&self, app: Weak<dyn App>) {
        assert!(self.app.set(app).is_ok(), "a hub serves one application");
    }

    /// The application, as long as it is there.
    pub(crate) fn app(&self) -> Option<Arc<dyn App>> {
        self.app.get().and_then(Weak::upgrade)
    }

    /// The present moment, in the sessions' time: without the time in which the process stood still, and could neither
    /// hear nor answer anybody.
    pub fn now(&self) -> Moment {
        let limit = self.swept.load(Ordering::Relaxed).saturating_add(STALL);
        let elapsed = self.elapsed().min(limit);
        Moment(elapsed.saturating_sub(self.stalled.load(Ordering::Relaxed)))
    }

    /// Takes a stall out of the sessions' time: what lies beyond [`STALL`] since the sweep before. Otherwise a suspended
    /// machine, or one that is too busy, would find every client silent for that long, and part with all of them at once.
    fn note_sweep(&self, elapsed: u64) {
        let before = self.swept.load(Ordering::Relaxed);
        let stall = elapsed.saturating_sub(before.saturating_add(STALL));
        if stall > 0 {
            tracing::warn!("the gateway stood still for {stall} ms; no client is blamed for that time");
            self.stalled.fetch_add(stall, Ordering::Relaxed);
        }
        self.swept.store(elapsed, Ordering::Relaxed);
    }

    /// Microseconds since the start, stalls included: for what is measured and decides nothing.
    fn micros(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn elapsed(&self) -> u64 {
        let elapsed = self.started.elapsed().as_millis();
        u64::try_from(elapsed).expect("a process does not live 500 million years")
    }

    /// Sessions that are open or stand as tombstones.
    pub fn sessions(&self) -> usize {
        self.registry.len()
    }

    /// Rooms that have members or are read from.
    pub fn room_count(&self) -> usize {
        self.rooms.len()
    }

    /// Counts a refusal (an unknown session, say) against the address.
    ///
    /// # Errors
    /// [`Flood`] once it has had too many.
    pub fn refuse(&self, address: Option<IpAddr>) -> Result<(), Flood> {
        self.floods.spend(address, self.now())
    }

    /// Whether an opening from this address has a chance, before anything is allocated for it.
    ///
    /// # Errors
    /// [`Flood`] where it has asked too often.
    pub fn check_flood(&self, address: Option<IpAddr>) -> Result<(), Flood> {
        self.floods.check(address, self.now())
    }

    /// The gateway goes away: nothing new is let in, and every carrier is asked to come back elsewhere.
    pub fn drain(&self, retry: u64) {
        self.draining.store(retry.max(1), Ordering::Release);
        self.drain_news.notify_waiters();
        for cell in self.registry.all() {
            cell.act(|state, _| state.session.drain(retry));
        }
    }

    /// Waits until the gateway goes away, for what is attached to no session.
    pub async fn drained(&self) -> u64 {
        loop {
            let news = self.drain_news.notified();
            if let Some(retry) = self.draining() {
                return retry;
            }
            news.await;
        }
    }

    /// Milliseconds within which clients are to come back, once [`drain`](Self::drain) was called.
    pub fn draining(&self) -> Option<u64> {
        Some(self.draining.load(Ordering::Acquire)).filter(|retry| *retry > 0)
    }

    /// Counts something in that draining has to wait for, until it is dropped.
    pub fn carry(&self, carrier: Carrier) -> Carried {
        self.tally.carriers.fetch_add(1, Ordering::Relaxed);
        Carried { tally: Arc::clone(&self.tally), carrier }
    }

    /// WebSockets and held polls there are.
    pub fn carriers(&self) -> usize {
        self.tally.carriers.load(Ordering::Relaxed)
    }

    /// Ends every session, each told why.
    pub fn close_all(&self, code: Code, reason: &str) {
        for cell in self.registry.all() {
            cell.act(|state, now| state.session.close(now, code, reason));
        }
    }

    /// Whether the application is through with the end of every session that it had let in and that is over.
    pub fn are_ends_told(&self) -> bool {
        let mut told = true;
        self.registry.each(|cell| {
            told &= cell.peek(|state| state.told || !state.is_admitted() || !state.session.is_closed());
        });
        told
    }

    /// Keeps the deadlines, once; the task ends with the hub. Needs a tokio runtime, so the first session starts it.
    fn keep_deadlines(self: &Arc<Self>) {
        if self.sweeping.load(Ordering::Relaxed) || self.sweeping.swap(true, Ordering::AcqRel) {
            return;
        }
        let hub = Arc::downgrade(self);
        let sweeping = Sweeping(Weak::clone(&hub));
        tokio::spawn(async move {
            let _sweeping = sweeping;
            let mut ticks = tokio::time::interval(SWEEP);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            loop {
                ticks.tick().await;
                let Some(hub) = hub.upgrade() else { return };
                hub.note_sweep(hub.elapsed());
                hub.sweep();
            }
        });
    }

    fn sweep(&self) {
        let now = self.now();
        for cell in self.deadlines.due(now) {
            cell.act(|state, now| state.session.handle_timeout(now));
        }
        self.rooms.sweep(now);
        self.floods.sweep(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_in_which_the_process_stood_still_does_not_count() {
        let hub = Hub::new(Rules::default(), Limits::default());
        hub.note_sweep(0);
        hub.note_sweep(900);
        hub.note_sweep(1_900);
        assert_eq!(hub.stalled.load(Ordering::Relaxed), 0, "ordinary load is no stall");
        hub.note_sweep(31_900);
        assert_eq!(hub.stalled.load(Ordering::Relaxed), 29_000);
        hub.note_sweep(32_000);
        assert_eq!(hub.stalled.load(Ordering::Relaxed), 29_000);
    }

    #[test]
    fn time_stands_until_the_sweep_that_is_late_and_never_runs_backwards() {
        let hub = Hub {
            started: Instant::now().checked_sub(std::time::Duration::from_secs(60)).unwrap(),
            ..bare()
        };
        hub.note_sweep(10_000);
        assert_eq!(hub.now(), Moment(11_000));
        hub.note_sweep(hub.elapsed());
        assert!((11_000..11_500).contains(&hub.now().0), "{:?}", hub.now());
    }

    fn bare() -> Hub {
        Arc::into_inner(Hub::new(Rules::default(), Limits::default())).expect("nobody else has it")
    }
}

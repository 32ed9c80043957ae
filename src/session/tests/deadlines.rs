//! `poll_timeout` and `handle_timeout`: whoever drives a session by them alone brings it to its end, never turns in
//! place, and misses nothing by waiting until the moment that was named.

use proptest::prelude::*;

use super::*;

/// One thing that happens to a session, a while after the one before.
#[derive(Debug, Clone)]
enum Step {
    Push,
    Volatile,
    Attach(Carriage, bool, u16),
    Detach,
    Ack,
    Receive,
    Heard,
    Pong,
    Congested(bool),
    Named,
    Drain,
    Close,
}

fn any_step() -> impl Strategy<Value = Step> {
    let wait = prop_oneof![Just(0), Just(25_000), 0..60_000_u64];
    let carriage = prop_oneof![
        Just(Carriage::Socket),
        Just(Carriage::Stream),
        wait.prop_map(|wait| Carriage::Poll { wait })
    ];
    prop_oneof![
        4 => Just(Step::Push),
        2 => Just(Step::Volatile),
        4 => (carriage, any::<bool>(), any::<u16>()).prop_map(|(how, auto, jitter)| Step::Attach(how, auto, jitter)),
        2 => Just(Step::Detach),
        3 => Just(Step::Ack),
        2 => Just(Step::Receive),
        2 => Just(Step::Heard),
        1 => Just(Step::Pong),
        1 => any::<bool>().prop_map(Step::Congested),
        1 => Just(Step::Named),
        1 => Just(Step::Drain),
        1 => Just(Step::Close),
    ]
}

/// A session with the driver of its carrier.
struct Driven {
    session: Session,
    now: Moment,
    link: Option<LinkId>,
}

impl Driven {
    fn apply(&mut self, step: &Step) {
        let (now, session) = (self.now, &mut self.session);
        match *step {
            Step::Push => drop(session.push(now, parcel("a"))),
            Step::Volatile => drop(session.push_volatile(now, parcel("v"))),
            Step::Attach(carriage, auto, jitter) => {
                let how = Attach { carriage, turn: None, after: None, auto, jitter };
                self.link = session.handle_attach(now, how).ok();
            }
            Step::Ack => {
                session.handle_ack(now, session.outbox().sent().min(session.outbox().acked() + 1)).unwrap()
            }
            Step::Named => session.handle_named(now),
            Step::Drain => session.drain(100),
            Step::Close => session.close(now, Code::Closed, "done"),
            Step::Detach => self.detach(),
            Step::Receive | Step::Heard | Step::Pong | Step::Congested(_) => self.apply_to_link(step),
        }
        self.transmit();
    }

    fn apply_to_link(&mut self, step: &Step) {
        let Some(link) = self.link else { return };
        match *step {
            Step::Receive => self.session.owe_ack(self.now, link),
            Step::Pong => drop(self.session.handle_pong(self.now, link, 1)),
            Step::Congested(congested) => self.session.handle_congestion(self.now, link, congested),
            _ => self.session.handle_heard(self.now, link),
        }
    }

    fn detach(&mut self) {
        if let Some(link) = self.link.take() {
            self.session.handle_detach(self.now, link);
        }
    }

    /// What a driver does when it is woken: write until there is nothing now, go when it is over.
    fn transmit(&mut self) {
        let Some(link) = self.link else { return };
        if !said(&mut self.session, self.now, link).ends_with("idle") {
            self.detach();
        }
    }

    /// Waits for the next deadline, not beyond `until`. `false` if there is none before that.
    fn wait(&mut self, until: Moment) -> bool {
        let Some(deadline) = self.session.poll_timeout().filter(|deadline| *deadline <= until) else {
            return false;
        };
        assert!(deadline > self.now, "a deadline that has passed: {self:?}");
        // One moment earlier there is nothing to do.
        if deadline.0 - 1 > self.now.0 {
            self.quiet(Moment(deadline.0 - 1));
        }
        self.now = deadline;
        self.session.handle_timeout(deadline);
        self.transmit();
        true
    }

    fn quiet(&mut self, now: Moment) {
        let (link, parted) = (self.session.link(), self.session.is_parted());
        self.session.take_wake();
        happened(&mut self.session);
        self.session.handle_timeout(now);
        assert!(!self.session.take_wake(), "woken before the deadline: {self:?}");
        assert_eq!(happened(&mut self.session), "");
        assert_eq!((self.session.link(), self.session.is_parted()), (link, parted));
    }
}

impl std::fmt::Debug for Driven {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} at {:?}", self.session, self.now)
    }
}

proptest! {
    #[test]
    fn deadlines_make_progress_and_end(steps in prop::collection::vec((any_step(), 0..20_000_u64), 0..60)) {
        let mut driven = Driven { session: session(), now: at(0), link: None };
        for (step, pause) in steps {
            driven.apply(&step);
            let until = driven.now + pause;
            while driven.wait(until) {}
            driven.now = until;
        }
        // A stream is never silent by itself: its socket ends.
        driven.detach();
        let started = driven.now;
        for _ in 0..10 {
            if !driven.wait(Moment(u64::MAX - 1)) {
                break;
            }
        }
        prop_assert!(driven.session.is_gone());
        prop_assert_eq!(driven.session.poll_timeout(), None);
        prop_assert!(driven.now.since(started) <= 180_000 + 60_000);
    }

    #[test]
    fn a_websocket_that_nobody_answers_on_ends_too(jitter in any::<u16>(), messages in 0..5_usize) {
        let mut driven = Driven { session: session(), now: at(0), link: None };
        driven.apply(&Step::Attach(Carriage::Socket, false, jitter));
        for _ in 0..messages {
            driven.apply(&Step::Push);
        }
        for _ in 0..20 {
            if !driven.wait(Moment(u64::MAX - 1)) {
                break;
            }
        }
        prop_assert!(driven.session.is_gone());
        prop_assert_eq!(driven.now, at(35_000 + 60_000));
    }
}

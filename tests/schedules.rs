//! The session pair over a lossy network: thousands of drawn schedules, each of which must keep what the protocol
//! promises. `EVERWIRE_SCHEDULES` says how many, `EVERWIRE_SEED` which; a failing one is shrunk to its least form.

use std::cell::Cell;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

#[path = "schedules/browser.rs"]
mod browser;
#[path = "schedules/carriers.rs"]
mod carriers;
#[path = "schedules/checks.rs"]
mod checks;
#[path = "schedules/client.rs"]
mod client;
#[path = "schedules/coverage.rs"]
mod coverage;
#[path = "schedules/exchanges.rs"]
mod exchanges;
#[path = "schedules/node.rs"]
mod node;
#[path = "schedules/sockets.rs"]
mod sockets;
#[path = "schedules/step.rs"]
mod step;
#[path = "schedules/wire.rs"]
mod wire;
#[path = "schedules/world.rs"]
mod world;

const SCHEDULES: u64 = 40_000;
const SEED: u64 = 20_261_123;

#[test]
fn every_schedule_keeps_the_promises() {
    let (count, seed) = (setting("EVERWIRE_SCHEDULES", SCHEDULES), setting("EVERWIRE_SEED", SEED));
    println!("{count} schedules from seed {seed}");
    let config = Config {
        cases: u32::try_from(count).expect("a number of schedules is small"),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let (ran, failed) = (Cell::new(0_u64), Cell::new(false));
    let outcome = runner.run(&step::schedules(), |(setup, steps)| {
        ran.set(ran.get() + u64::from(!failed.get()));
        world::run(setup, &steps).map_err(|fault| {
            failed.set(true);
            TestCaseError::fail(fault)
        })
    });
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(fault, schedule)) => {
            panic!(
                "schedule {} of seed {seed} breaks a promise: {fault}\nthe least such: {schedule:#?}",
                ran.get()
            );
        }
        Err(TestError::Abort(why)) => panic!("no schedules could be drawn: {why}"),
    }
    let (table, missed) = coverage::report(count);
    // A handful of schedules proves nothing either way.
    assert!(
        count < 2_000 || missed.is_empty(),
        "the schedules did not come past {missed:?} often enough:\n{table}"
    );
    println!("{table}");
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("the setting is a number"))
}

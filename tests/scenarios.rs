//! One list of scenarios, run over every carrier on real sockets, against clients that are written from the protocol's
//! text alone. A later carrier is one line in [`carriers`]; a scenario is an `async fn(Kind)` and a line in the list.

#[path = "support/client/mod.rs"]
mod client;
#[path = "scenarios/stage.rs"]
mod stage;

#[path = "scenarios/asks.rs"]
mod asks;
#[path = "scenarios/closing.rs"]
mod closing;
#[path = "scenarios/drain.rs"]
mod drain;
#[path = "scenarios/expiry.rs"]
mod expiry;
#[path = "scenarios/forms.rs"]
mod forms;
#[path = "scenarios/opening.rs"]
mod opening;
#[path = "scenarios/raw.rs"]
mod raw;
#[path = "scenarios/raw_events.rs"]
mod raw_events;
#[path = "scenarios/requests.rs"]
mod requests;
#[path = "scenarios/resume_after_cut.rs"]
mod resume_after_cut;
#[path = "scenarios/rooms.rs"]
mod rooms;
#[path = "scenarios/slow_handlers.rs"]
mod slow_handlers;
#[path = "scenarios/slow_reader.rs"]
mod slow_reader;
#[path = "scenarios/statistics.rs"]
mod statistics;
#[path = "scenarios/switch_under_load.rs"]
mod switch_under_load;
#[path = "scenarios/volatile.rs"]
mod volatile;

/// Runs each scenario over one carrier.
macro_rules! scenarios {
    ($name:ident, $kind:path, $($file:ident :: { $($scenario:ident),+ $(,)? })+) => {
        mod $name {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $scenario() {
                    crate::$file::$scenario($kind).await;
                }
            )+)+
        }
    };
}

/// The list of scenarios, for each carrier.
macro_rules! carriers {
    ($($name:ident => $kind:path),+ $(,)?) => {
        $(scenarios! { $name, $kind,
            opening::{ opens, opens_once_with_a_key }
            requests::{ echoes, echoes_bytes, replies, replies_with_errors, goes_on_behind_unknown_events, ends_with_a_panic }
            asks::{
                handlers_ask_their_own_client, a_client_that_asks_is_asked_first, a_client_may_answer_with_an_error,
                a_reply_may_come_too_late_or_to_nothing, an_answer_of_another_type_is_told_apart,
                the_end_of_the_session_ends_the_wait, a_question_and_its_reply_survive_cuts, no_more_is_asked_than_may_wait,
            }
            forms::{
                forms_are_acknowledged_on_the_receiving_carrier, an_acknowledgement_waits_for_the_next_carrier,
            }
            rooms::{ hears_what_is_told, publishes_by_rule, leaves }
            resume_after_cut::{
                cut_while_idle, cut_while_listening, cut_in_the_middle_of_a_request, cut_before_the_answer,
                cut_in_the_middle_of_the_answer, cut_before_the_acknowledgement, answers_unread, cut_at_every_stage_in_a_row,
            }
            switch_under_load::{ switches_to_every_carrier, takes_over_a_request_in_flight, stale_turns_touch_nothing }
            closing::{ closed_by_the_client, closed_by_the_gateway, tombstones_deliver_what_is_left }
            slow_reader::{ slow_reader_is_closed, neighbours_are_not_held_up }
            drain::{ drains_when_idle, drains_behind_messages }
            statistics::{
                messages_are_counted_by_what_carries_them, moves_are_counted_and_repeats_beside_messages,
                what_was_never_acknowledged_is_counted_by_the_code,
            }
            volatile::{ volatile_messages_are_delivered_now_or_dropped }
        })+
    };
}

carriers! {
    ws => crate::client::WS,
    stream => crate::client::STREAM,
    sse => crate::client::SSE,
    frame => crate::client::FRAME,
    long_poll => crate::client::LONG_POLL,
    jsonp => crate::client::JSONP,
    short_poll => crate::client::SHORT_POLL,
}

/// Runs each scenario over every carrier at once: these wait for seconds to pass, and would wait for one another.
macro_rules! patient {
    ($($file:ident :: { $($scenario:ident),+ $(,)? })+) => {
        mod every_carrier {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $scenario() {
                    crate::over_every_carrier(crate::$file::$scenario).await;
                }
            )+)+
        }
    };
}

async fn over_every_carrier<F: Future<Output = ()> + 'static>(scenario: fn(client::Kind) -> F) {
    let every = async {
        let runs = client::KINDS.map(|kind| (kind.name, tokio::task::spawn_local(scenario(kind))));
        let mut failed = Vec::new();
        for (name, run) in runs {
            failed.extend(run.await.err().map(|error| format!("{name}: {error}")));
        }
        failed
    };
    let failed = tokio::task::LocalSet::new().run_until(every).await;
    assert!(failed.is_empty(), "{failed:#?}");
}

patient! {
    asks::{ a_reply_behind_too_much_comes_too_late_and_nothing_is_lost }
    expiry::{ expires_once_parted, lives_as_long_as_it_is_carried }
    slow_handlers::{ busy_handlers_lose_nothing }
}

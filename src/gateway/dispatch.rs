//! From a session's work to its handlers: one after the other, in the order in which it came.
//!
//! A session has no task of its own. Whoever puts the first piece of work into an idle session starts one, and it ends
//! with the last piece.

use std::{
    any::Any,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::Poll,
};

use parking_lot::Mutex;
use tokio::runtime::Handle;

use super::{
    Error, Goodbye, Hello, Message, Peer, Scope,
    error::{FAULT, chain},
    events::Events,
};
use crate::{
    dialect::Failure,
    hub::{App, Asker, BoxFuture, Cause, Cell, Denial, Incoming, Opener, Payload, Work},
    session::Code,
};

#[derive(Debug)]
pub(super) struct Dispatcher {
    events: Arc<Events>,
    /// The runtime that the last session was opened on. Sessions end by calls from anywhere, also from threads that are
    /// none of its, and their handlers still have to run. Not the first: of several, as tests have them, it may be gone.
    runtime: Mutex<Option<Handle>>,
}

impl Dispatcher {
    pub(super) fn new(events: Events) -> Self {
        Dispatcher { events: Arc::new(events), runtime: Mutex::new(None) }
    }
}

impl App for Dispatcher {
    fn connect(&self, cell: Arc<Cell>, hello: Opener) -> BoxFuture<Result<(), Denial>> {
        *self.runtime.lock() = Some(Handle::current());
        let Some(connect) = self.events.connect.clone() else { return Box::pin(std::future::ready(Ok(()))) };
        Box::pin(async move {
            let peer = Peer(Arc::clone(&cell));
            let answer = guarded(async move { connect(peer, Hello::new(hello)).await }).await;
            let denied = match answer {
                Ok(Ok(())) => return Ok(()),
                Ok(Err(error)) => denied(&cell, error),
                Err(panic) => {
                    tracing::error!(sid = %cell.sid, panic, "on_connect panicked");
                    Denial { cause: Cause::Fault, reason: FAULT.into() }
                }
            };
            // Nobody will be told of the end of what has not begun.
            cell.drop_values();
            Err(denied)
        })
    }

    fn work(&self, cell: Arc<Cell>) {
        let events = Arc::clone(&self.events);
        let worker = async move {
            while let Some(work) = cell.next_work() {
                // A handler may hold much across its waits; the task of an idle session should not.
                Box::pin(handle(&events, &cell, work)).await;
            }
        };
        // Most work comes from a carrier's task, whose runtime is at hand and shared with nobody.
        if tokio::task::try_id().is_some() {
            tokio::spawn(worker);
        } else {
            let runtime = self.runtime.lock().clone();
            runtime.expect("whoever has work has been let in by `connect`").spawn(worker);
        }
    }
}

async fn handle(events: &Events, cell: &Arc<Cell>, work: Work) {
    match work {
        Work::Event(mut incoming) => {
            let asker = std::mem::take(&mut incoming.asker);
            let wants_reply = !matches!(asker, Asker::Nobody);
            answer(cell, asker, event(events, cell, incoming, wants_reply)).await;
        }
        Work::Join { room, asker } => answer(cell, asker, join(events, cell, room.into())).await,
        Work::Leave { room, asker } => {
            let left = async move {
                cell.hub().leave(cell, &room);
                Ok(Payload::Nothing)
            };
            answer(cell, asker, left).await;
        }
        Work::Refuse { failure, asker } => cell.answer(asker, Err(failure)),
        Work::Ended(goodbye) => ended(events, cell, goodbye).await,
    }
}

/// Waits for a handler and answers with what it returned. One that panics ends its session, and only that.
async fn answer<F>(cell: &Arc<Cell>, asker: Asker, handler: F)
where
    F: Future<Output = Result<Payload, Failure>>,
{
    match guarded(handler).await {
        Ok(outcome) => cell.answer(asker, outcome),
        Err(panic) => {
            tracing::error!(sid = %cell.sid, panic, "a handler panicked; its session is closed");
            cell.act(|state, now| {
                state.session.close(now, Code::Fault, "a handler of the gateway's application failed")
            });
        }
    }
}

async fn event(
    events: &Events,
    cell: &Arc<Cell>,
    incoming: Incoming,
    wants_reply: bool,
) -> Result<Payload, Failure> {
    let message = Message::new(incoming, wants_reply);
    let peer = Peer(Arc::clone(cell));
    if message.room.is_some() {
        return publish(events, peer, message).await;
    }
    match events.handler(&message.event) {
        Some((name, handler)) => handler(peer, message).await.map_err(|error| told(cell, name, error)),
        None => Err(Failure {
            code: "unhandled".into(),
            message: format!("The gateway has no handler for the event `{}`.", message.event),
        }),
    }
}

/// A client publishes to a room, where the rules let it. It hears its own message if it is in the room.
async fn publish(events: &Events, peer: Peer, message: Message) -> Result<Payload, Failure> {
    let room = message.room.clone().unwrap_or_default();
    let Some(rule) = &events.publish else {
        return Err(forbidden(format!("Clients may not publish to `{room}` here.")));
    };
    rule(peer.clone(), message.clone()).await.map_err(|error| told(&peer.0, "on_publish", error))?;
    let hub = Arc::clone(peer.0.hub());
    Scope::new(hub, room, None).published_by(peer.id()).send(&message.event, &message.payload).await;
    Ok(Payload::Nothing)
}

async fn join(events: &Events, cell: &Arc<Cell>, room: String) -> Result<Payload, Failure> {
    let Some(rule) = &events.join else {
        return Err(forbidden(format!("Clients may not enter `{room}` by themselves here.")));
    };
    let peer = Peer(Arc::clone(cell));
    let joined = match rule(peer.clone(), room.clone()).await {
        Ok(()) => peer.join(&room).await,
        refused => refused,
    };
    joined.map(|()| Payload::Nothing).map_err(|error| told(cell, "on_join", error))
}

fn forbidden(message: String) -> Failure {
    Failure { code: "forbidden".into(), message }
}

async fn ended(events: &Events, cell: &Arc<Cell>, goodbye: crate::session::Goodbye) {
    if let Some(disconnect) = &events.disconnect {
        let peer = Peer(Arc::clone(cell));
        if let Err(panic) = guarded(async move { disconnect(peer, Goodbye::new(goodbye)).await }).await {
            tracing::error!(sid = %cell.sid, panic, "on_disconnect panicked");
        }
    }
    cell.drop_values();
}

/// What the client is told of an error that a handler returned. What is not told stands in the log.
fn told(cell: &Cell, handler: &str, error: Error) -> Failure {
    if let Error::Internal(_) = &error {
        tracing::error!(sid = %cell.sid, handler, error = chain(&error), "a handler failed");
    }
    error.told()
}

fn denied(cell: &Cell, error: Error) -> Denial {
    let (text, denial) = (chain(&error), Denial::from(error));
    if denial.cause == Cause::Fault {
        tracing::error!(sid = %cell.sid, handler = "on_connect", error = text, "a handler failed");
    }
    denial
}

/// Catches a panic in a future, so that it costs only what it belongs to. The panic's message is the error.
async fn guarded<F: Future>(future: F) -> Result<F::Output, String> {
    let mut future = Box::pin(future);
    // Whatever the future left half done is dropped with it and not looked at again.
    poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
        Err(panic) => Poll::Ready(Err(words(&*panic))),
    })
    .await
}

fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".into())
}

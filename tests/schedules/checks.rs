//! What must hold, after every step and at the end (docs/PROTOCOL.md, section 10).

use std::sync::Arc;

use everwire::session::{Code, Seq};

use super::{
    client::{Ending, PATIENCE, SILENCE},
    node::Cell,
    world::World,
};

type Check = Result<(), String>;

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(what()) }
}

/// What holds at any time.
pub(crate) fn hold(world: &World) -> Check {
    if let Some(fault) = world.node.faults.iter().chain(&world.client.faults).next() {
        return Err(fault.clone());
    }
    for (index, cell) in world.node.cells.iter().enumerate() {
        bounds(cell)?;
        order(world, cell)?;
        ensure(world.lazy || !world.node.withholds_ack(index), || {
            "ack: a form's is still owed where something receives".into()
        })?;
    }
    Ok(())
}

fn bounds(cell: &Cell) -> Check {
    let (outbox, rules) = (cell.session.outbox(), cell.session.rules());
    let fits =
        outbox.len() <= rules.queue_messages && (outbox.bytes() <= rules.queue_bytes || outbox.len() == 1);
    ensure(fits, || format!("bounds: {} messages of {} bytes are queued", outbox.len(), outbox.bytes()))?;
    let weights: usize = outbox.unacked().map(|parcel| parcel.weight()).sum();
    ensure(weights == outbox.bytes(), || {
        format!("bounds: {} bytes are counted, {weights} queued", outbox.bytes())
    })?;
    let rising = outbox.acked() <= outbox.sent() && outbox.sent() <= outbox.last();
    ensure(rising, || {
        format!("rising: {} acked, {} sent, {} last", outbox.acked(), outbox.sent(), outbox.last())
    })?;
    ensure(cell.session.taken() == cell.taken, || {
        format!("up: {} messages were taken, {} counted", cell.taken, cell.session.taken())
    })
}

fn order(world: &World, cell: &Cell) -> Check {
    let client = &world.client;
    let bound = client.sid == Some(cell.sid);
    let has = if bound { client.has() } else { 0 };
    let dropped = cell.gone || cell.session.closed().is_some_and(|close| close.code == Code::Slow);
    let acked = cell.session.outbox().acked();
    ensure(dropped || acked <= has, || {
        format!("kept: {acked} messages were forgotten, and the client has {has}")
    })?;
    ensure(cell.taken <= client.said, || {
        format!("up: {} of {} messages were taken", cell.taken, client.said)
    })?;
    if !bound {
        return Ok(());
    }
    ensure(client.acked <= cell.taken, || format!("ack: {} of {} taken", client.acked, cell.taken))?;
    let same = |(got, numbered): (&Arc<_>, &Arc<_>)| Arc::ptr_eq(got, numbered);
    let prefix = client.got.len() <= cell.numbered.len() && client.got.iter().zip(&cell.numbered).all(same);
    ensure(prefix, || format!("down: what the client has is no prefix of what was sent: {:?}", texts(world)))
}

fn texts(world: &World) -> Vec<String> {
    world.client.got.iter().map(|parcel| String::from_utf8_lossy(parcel.header()).into_owned()).collect()
}

/// Both applications have everything that the other one sent.
pub(crate) fn is_whole(world: &World) -> bool {
    let client = &world.client;
    let Some(cell) = client.sid.and_then(|sid| world.node.cells.iter().find(|cell| cell.sid == sid)) else {
        return false;
    };
    !cell.gone
        && client.acked == client.said
        && cell.taken == client.said
        && client.has() == cell.session.last()
}

/// Neither end has given the session up, and its window stays open for longer than the client needs to notice that its
/// last request was lost.
pub(crate) fn is_alive(world: &World) -> bool {
    let Some(cell) = world.client.sid.and_then(|sid| world.node.find(sid)) else { return false };
    let session = &world.node.cells[cell].session;
    let enough = world.node.now + (SILENCE + PATIENCE);
    let lasting = !session.is_parted() || session.poll_timeout().is_some_and(|end| end > enough);
    !world.client.is_over() && !session.is_closed() && lasting
}

/// What holds once a schedule has settled; `alive` if the session was alive before.
pub(crate) fn settled(world: &World, alive: bool) -> Check {
    let client = &world.client;
    ensure(!alive || client.ending.is_none(), || {
        format!("whole: the session ended as {:?} although the network was good", client.ending)
    })?;
    let Some(ending) = &client.ending else {
        return ensure(is_whole(world), || {
            let cell = client.sid.and_then(|sid| world.node.cells.iter().find(|cell| cell.sid == sid));
            let (last, taken) = cell.map_or((0, 0), |cell| (cell.session.last(), cell.taken));
            format!(
                "whole: the client has {} of {last} messages, the gateway {taken} of {}, {} known",
                client.has(),
                client.said,
                client.acked
            )
        });
    };
    let cell = client.sid.and_then(|sid| world.node.cells.iter().find(|cell| cell.sid == sid));
    match (ending, cell) {
        (Ending::Told(close), Some(cell)) if close.code != Code::Slow && !cell.gone => {
            ensure(client.has() == close.last && close.last == cell.numbered.len() as Seq, || {
                format!("report: the close says {} messages, {} have come", close.last, client.has())
            })?;
            ensure(close.received == cell.taken, || {
                format!("report: the close says {} taken", close.received)
            })
        }
        (Ending::Lost, Some(cell)) => ensure(cell.gone, || "life: a session was lost that is there".into()),
        _ => Ok(()),
    }
}

/// What holds when every window has passed: nothing is left, and every end was told once, with what was not delivered.
pub(crate) fn buried(world: &World) -> Check {
    for cell in &world.node.cells {
        ensure(cell.gone && cell.session.poll_timeout().is_none(), || {
            "life: a session is still there".into()
        })?;
        let goodbye = cell.goodbye.as_ref().ok_or("life: a session went without a word")?;
        let has = if world.client.sid == Some(cell.sid) { world.client.has() } else { 0 };
        let told = goodbye.undelivered.len() as Seq;
        ensure(told + has >= cell.numbered.len() as Seq, || {
            format!("report: {told} told as undelivered, {has} of {} delivered", cell.numbered.len())
        })?;
        ensure(cell.session.outbox().is_empty(), || "bounds: a forgotten session holds messages".into())?;
    }
    ensure(world.node.is_empty(), || "life: a carrier outlived its session".into())
}

//! The native protocol on a WebSocket (docs/PROTOCOL.md, sections 3 and 5).
//!
//! A WebSocket begins with `open` or `resume`. Both are awaited in the task of the handshake; once the session is
//! attached, the talk moves to a small task of its own.

use std::{sync::Arc, time::Duration};

use http::request::Parts;
use hyper::upgrade::OnUpgrade;

use super::{
    Context,
    answer::Outcome,
    native_talk::{Request, Talk},
    negotiate, opening,
    socket::{Ending, Socket, Stop},
};
use crate::{
    dialect::{native::Control, packet::Opening},
    hub::{Cell, Entry, Opened, Refused, stats::Carrier},
    session::{Attach, Carriage, Close, Code, Key, Lane, Seq, Sid},
    wire::{
        frame::{self, Opcode},
        query::Query,
    },
};

/// Its name on the wire.
pub(super) const NAME: &str = "ws";

/// Answers `GET …/ws`.
pub(super) fn upgrade(context: &Arc<Context>, mut parts: Parts) -> Outcome {
    let opens = Query::parse(parts.uri.query())?.has("open");
    let (response, upgrade) = negotiate::accept(context, &mut parts)?;
    tokio::spawn(converse(Arc::clone(context), parts, upgrade, opens));
    Ok(response)
}

/// Talks until the session is attached, or the WebSocket over.
async fn converse(context: Arc<Context>, parts: Parts, upgrade: OnUpgrade, opens: bool) {
    let Ok(upgraded) = upgrade.await else { return };
    let mut socket = Socket::new(upgraded, context.bounds.packet, context.hub.carry(Carrier::Ws));
    let mut talk = Talk::new(Arc::clone(&context));
    let opened = if opens {
        open(&mut socket, &mut talk, parts, None).await
    } else {
        begin(&mut socket, &mut talk, parts).await
    };
    let ended = match opened {
        Ok(()) => attached(&mut socket, &mut talk).await,
        Err(ending) => Err(ending),
    };
    match ended {
        Ok(()) => drop(tokio::spawn(deliver(socket, talk))),
        Err(ending) => {
            drop(talk);
            socket.close(ending, context.times.closing).await;
        }
    }
}

/// The task of an attached WebSocket.
async fn deliver(mut socket: Socket, mut talk: Talk) {
    let stop = socket.pump(&mut talk).await;
    let closing = talk.context().times.closing;
    drop(talk);
    if let Stop::Ended(ending) = stop {
        // The closing handshake is rare and needs a timer: it stays out of the task that every connection has.
        Box::pin(socket.close(ending, closing)).await;
    }
}

/// Waits for the first packet.
async fn begin(socket: &mut Socket, talk: &mut Talk, parts: Parts) -> Result<(), Ending> {
    let patience = talk.context().times.handshake;
    pause(socket, talk, patience, "say `open` or `resume` within the time for it").await?;
    match talk.take_request() {
        Some(Request::Open { auth, key }) => open(socket, talk, parts, Some((auth, key))).await,
        Some(Request::Resume(sid)) => resume(socket, talk, &parts, &sid),
        None => Err(Ending::Close(Code::Malformed.number(), "say `open` or `resume` first".into())),
    }
}

type Credentials = (Option<Box<str>>, Option<Vec<u8>>);

/// Opens a session, or joins the one that its key has opened.
async fn open(
    socket: &mut Socket,
    talk: &mut Talk,
    parts: Parts,
    with: Option<Credentials>,
) -> Result<(), Ending> {
    let context = Arc::clone(talk.context());
    let (auth, key) = with.unwrap_or_default();
    let opener = opening::opener(&context, parts, auth);
    let opened = context.hub.open(key.as_deref().map(Key::new), opener).await;
    let Opened { cell, entry } = opened.map_err(|refused| refuse(socket, &refused))?;
    match entry {
        Entry::Made => {
            let how = Attach {
                carriage: Carriage::Socket,
                turn: None,
                after: None,
                auto: false,
                jitter: cell.sid.spread() as u16,
            };
            let link = cell.attach_unnamed(Carrier::Ws, how).map_err(|_| over(&cell))?;
            say_open(socket, &context, &cell, Some(link.start()));
            talk.attached(link, Lane::opening());
        }
        Entry::Joined => {
            talk.joined(Arc::clone(&cell), Lane::opening())?;
            say_open(socket, &context, &cell, None);
        }
    }
    Ok(())
}

/// Finds the session to resume. Nothing is displaced by that: the delivery moves when the client attaches.
fn resume(socket: &mut Socket, talk: &mut Talk, parts: &Parts, sid: &str) -> Result<(), Ending> {
    let context = Arc::clone(talk.context());
    let Some(cell) = Sid::parse(sid).and_then(|sid| context.hub.find(&sid)) else {
        return Err(match context.hub.refuse(opening::address(&context, parts)) {
            Ok(()) => unknown(socket),
            Err(flood) => refuse(socket, &Refused::Flood(flood)),
        });
    };
    cell.act(|state, now| state.session.handle_named(now));
    talk.joined(Arc::clone(&cell), Lane::resumed())?;
    say_open(socket, &context, &cell, None);
    Ok(())
}

/// Hears the joined session's client until it attaches.
async fn attached(socket: &mut Socket, talk: &mut Talk) -> Result<(), Ending> {
    while !talk.is_attached() {
        let patience = talk.context().times.attach;
        pause(socket, talk, patience, "attach within the time for it").await?;
    }
    Ok(())
}

/// Talks until the conversation pauses, for as long as `patience`.
async fn pause(socket: &mut Socket, talk: &mut Talk, patience: Duration, why: &str) -> Result<(), Ending> {
    let hub = Arc::clone(&talk.context().hub);
    let stop = tokio::select! {
        stop = tokio::time::timeout(patience, socket.pump(talk)) => stop,
        retry = hub.drained() => return Err(refuse(socket, &Refused::Draining { retry })),
    };
    match stop {
        Ok(Stop::Paused) => Ok(()),
        Ok(Stop::Ended(ending)) => Err(ending),
        Err(_) => Err(Ending::Close(Code::Malformed.number(), format!("{why}: {patience:?}"))),
    }
}

fn say_open(socket: &mut Socket, context: &Context, cell: &Cell, from: Option<Seq>) {
    socket.out().push(frame::frame(Opcode::Text, &opening::open_packet(context, cell, from)));
}

/// Tells the client that there is no such session.
fn unknown(socket: &mut Socket) -> Ending {
    end(socket, Code::Unknown, "this session is unknown or has expired; open a new one")
}

/// The end of what never was, or is no more, a session here: the packet, then the close frame, whose code old browsers
/// don't show.
fn end(socket: &mut Socket, code: Code, reason: &str) -> Ending {
    let close = Close { code, reason: reason.into(), last: 0, received: 0 };
    socket.out().push(Control::Close(&close).frame());
    Ending::Close(code.number(), reason.into())
}

fn over(cell: &Cell) -> Ending {
    let close = cell.peek(|state| state.session.closed().cloned());
    let (code, reason) = close.map_or((Code::Closed, Box::from("")), |close| (close.code, close.reason));
    Ending::Close(code.number(), reason.into())
}

pub(super) fn refuse(socket: &mut Socket, refused: &Refused) -> Ending {
    match refused {
        Refused::Denied(denial) => end(socket, denial.cause.code(), &denial.reason),
        Refused::Fault => {
            end(socket, Code::Fault, "the gateway's application failed; try again with back-off")
        }
        Refused::Flood(flood) => {
            let reason = format!("too many {}; try again in {} s", flood.bound, flood.retry_after);
            Ending::Close(Code::TooMany.number(), reason)
        }
        Refused::Conflict => {
            let reason = "this key's session is in use, or has other credentials; open one with a fresh key";
            Ending::Close(Code::Malformed.number(), reason.into())
        }
        Refused::Draining { retry } => {
            socket.out().push(Control::Drain(*retry).frame());
            Ending::Close(Code::Draining.number(), "the gateway is going away; come back later".into())
        }
    }
}

/// What `open` on a WebSocket brought, owned.
pub(super) fn credentials(opening: &Opening<'_>) -> Credentials {
    (opening.auth.map(|auth| auth.get().into()), opening.key.clone())
}

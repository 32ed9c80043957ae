//! A raw room on a WebSocket: what is sent is published, what is published arrives, bare and at most once
//! (docs/PROTOCOL.md, section 9).

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::request::Parts;
use hyper::upgrade::OnUpgrade;

use super::{
    Context,
    answer::Outcome,
    negotiate, opening, raw,
    socket::{Conversation, Ending, Outgoing, Socket, Stop, Turn},
    websocket,
};
use crate::{
    dialect::{self, native},
    hub::{Asker, Cell, Heard, Incoming, Link, Payload, Work, stats::Carrier},
    session::{Attach, Carriage, Code, Transmit},
    wire::{
        frame::{self, Item, Opcode},
        parcel::Form,
    },
};

/// How long a message waits before the handlers' queue is asked again for room. Meanwhile the room is delivered and
/// nothing is read: the client feels it as back-pressure.
const AGAIN: Duration = Duration::from_millis(20);

/// Answers a handshake at `…/raw/{room}`.
pub(super) fn upgrade(context: &Arc<Context>, mut parts: Parts, room: &str) -> Outcome {
    let (response, upgrade) = negotiate::accept(context, &mut parts)?;
    parts.headers.remove(http::header::COOKIE);
    tokio::spawn(converse(Arc::clone(context), parts, upgrade, room.into()));
    Ok(response)
}

/// Ends the session with its carrier: there is no resuming here.
struct Guest(Arc<Cell>);

impl Drop for Guest {
    fn drop(&mut self) {
        self.0.drop_at_once(Code::Closed, "the raw WebSocket ended");
    }
}

async fn converse(context: Arc<Context>, parts: Parts, upgrade: OnUpgrade, room: Box<str>) {
    let Ok(upgraded) = upgrade.await else { return };
    let mut socket = Socket::new(upgraded, context.bounds.packet, context.hub.carry(Carrier::Raw));
    let ending = match enter(&context, &mut socket, parts, &room).await {
        Ok((guest, talk)) => {
            let ending = listen(&mut socket, talk).await;
            drop(guest);
            ending
        }
        Err(ending) => ending,
    };
    socket.close(ending, context.times.closing).await;
}

async fn enter(
    context: &Arc<Context>,
    socket: &mut Socket,
    parts: Parts,
    room: &str,
) -> Result<(Guest, Talk), Ending> {
    let opened = context.hub.open(None, opening::opener(context, parts, None)).await;
    let cell = opened.map_err(|refused| websocket::refuse(socket, &refused))?.cell;
    cell.mark_raw();
    let guest = Guest(Arc::clone(&cell));
    let jitter = cell.sid.spread() as u16;
    let how = Attach { carriage: Carriage::Socket, turn: None, after: None, auto: true, jitter };
    let link = cell
        .attach_unnamed(Carrier::Raw, how)
        .map_err(|_| Ending::Close(Code::Closed.number(), String::new()))?;
    raw::ask(&cell, |asker| Work::Join { room: room.into(), asker })
        .await
        .map_err(|problem| Ending::Close(Code::Unauthorized.number(), problem.message().to_owned()))?;
    Ok((guest, Talk { link, room: room.into(), held: None }))
}

async fn listen(socket: &mut Socket, mut talk: Talk) -> Ending {
    loop {
        match socket.pump(&mut talk).await {
            Stop::Ended(ending) => return ending,
            Stop::Paused => {
                while !talk.publish_held() {
                    talk.heard();
                    if let Ok(ending) = tokio::time::timeout(AGAIN, socket.say(&mut talk)).await {
                        return ending;
                    }
                }
            }
        }
    }
}

#[derive(Debug)]
struct Talk {
    link: Link,
    room: Box<str>,
    /// A message for which the handlers' queue had no room.
    held: Option<Work>,
}

impl Talk {
    /// Publishes the message that is held. `false` while there is no room for it.
    fn publish_held(&mut self) -> bool {
        let cell = self.link.cell();
        let Some(work) = self.held.take_if(|work| cell.has_room(work)) else { return self.held.is_none() };
        // A session that is over says so itself.
        let _ = cell.receive(None, vec![Heard::Work(work)]);
        true
    }

    fn event(&self, payload: Payload) -> Option<Work> {
        let event = dialect::raw::EVENT.into();
        Some(Work::Event(Incoming { event, payload, room: Some(self.room.clone()), asker: Asker::Nobody }))
    }

    fn heard(&self) {
        self.link.cell().act(|state, now| state.session.handle_heard(now, self.link.id()));
    }
}

impl Conversation for Talk {
    fn link(&self) -> Option<&Link> {
        Some(&self.link)
    }

    fn hear(&mut self, item: Item<'_>, out: &mut Outgoing) -> Turn {
        self.heard();
        self.held = match item {
            Item::Text(text) => self.event(raw::text(text)),
            Item::Binary(bytes) => self.event(Payload::Binary(Bytes::copy_from_slice(bytes))),
            Item::Ping(payload) => {
                out.answer(frame::frame(Opcode::Pong, payload));
                None
            }
            Item::Pong(_) => None,
            Item::Close(reason) => return Turn::End(Ending::Answer(reason.map(|(code, _)| code))),
        };
        if self.publish_held() { Turn::On } else { Turn::Pause }
    }

    fn say(&mut self, transmit: Transmit, out: &mut Outgoing) -> Option<Ending> {
        match transmit {
            Transmit::Parcel(_, parcel) => {
                out.push(parcel.form(Form::BareFrame, |parcel| native::make(Form::BareFrame, parcel)));
                None
            }
            // A browser answers it by itself (RFC 6455, section 5.5.2).
            Transmit::Ping(_) => {
                out.push(frame::frame(Opcode::Ping, b""));
                None
            }
            Transmit::Ack(_) | Transmit::Idle => None,
            Transmit::Close(close) => Some(Ending::Close(close.code.number(), close.reason.into())),
            Transmit::Drain { .. } => {
                Some(Ending::Close(Code::Draining.number(), "the gateway is going away".into()))
            }
            Transmit::Over(_) => Some(Ending::Close(1001, "nothing was heard here".into())),
        }
    }
}

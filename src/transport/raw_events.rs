//! A raw room as an EventSource: bare data with positions as `id`, so that a browser that comes back by itself goes on where
//! it was (docs/PROTOCOL.md, section 9).

use std::{
    sync::Arc,
    task::{Context as Task, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, header::ACCEPT, request::Parts};
use tokio::sync::Notify;

use super::{
    Body, Context,
    answer::Outcome,
    body::Flow,
    raw::{self, Visit},
    sse::{self, Events},
    streaming::{self, Framing},
};
use crate::{
    dialect::native,
    hub::{Carried, Link, Tailed, Turnout, Work, stats::Carrier},
    session::{Attach, Carriage, Transmit},
    wire::{json, parcel::Form, query::Query},
};

/// Messages written in one piece.
const BATCH: usize = 64;
/// Milliseconds after which a browser comes back: the messages that come meanwhile are kept, but not many of them.
const RETRY: u64 = 1_000;

/// Whether a request is that of an EventSource.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .is_some_and(|accept| memchr::memmem::find(accept.as_bytes(), b"text/event-stream").is_some())
}

/// Answers `GET …/raw/{room}` of an EventSource.
pub(super) async fn get(context: Arc<Context>, parts: Parts, room: Box<str>) -> Outcome {
    let after = Query::parse(parts.uri.query())?.number("after")?.max(sse::last_event_id(&parts.headers));
    let visit = raw::visit(&context, parts).await?;
    let jitter = visit.0.sid.spread() as u16;
    let how = Attach { carriage: Carriage::Stream, turn: None, after: None, auto: true, jitter };
    let link = visit.0.attach_unnamed(Carrier::Raw, how)?.mute();
    raw::ask(&visit.0, |asker| Work::Join { room: room.clone(), asker }).await?;
    // Behind the entry, so that nothing falls between: what comes from here on has a position, and wakes the link.
    let (news, last) = listen(&context, &room);
    let after = after.unwrap_or(last);
    let left = Some(context.stream_bytes).filter(|bytes| *bytes > 0).unwrap_or(usize::MAX);
    let carried = context.hub.carry(Carrier::Raw);
    let state = Room {
        link: Some(link),
        _visit: visit,
        _news: news,
        room,
        after,
        begun: false,
        left,
        carried,
        context,
    };
    Ok(streaming::answer::<Events>(Body::flowing(state)))
}

/// Holds the end of the room's talk, and tells the position of its newest message.
fn listen(context: &Context, room: &str) -> (Arc<Notify>, u64) {
    loop {
        if let Tailed::Wait { news, after } = context.hub.read(room, None) {
            return (news, after);
        }
    }
}

struct Room {
    /// `None` once it is over. What the session is given only wakes: the messages are read where they have positions.
    link: Option<Link>,
    _visit: Visit,
    /// As long as somebody has it, the room's talk is kept.
    _news: Arc<Notify>,
    room: Box<str>,
    /// Position of the last message written.
    after: u64,
    begun: bool,
    /// Bytes until it ends itself.
    left: usize,
    carried: Carried,
    context: Arc<Context>,
}

impl Flow for Room {
    fn poll_next(&mut self, cx: &mut Task<'_>) -> Poll<Option<Bytes>> {
        let mut out = Vec::new();
        if !self.begun {
            self.begun = true;
            self.begin(&mut out);
        }
        while out.is_empty() && self.link.is_some() {
            let woken = self.look(cx, &mut out);
            let more = self.read(&mut out);
            if !woken && !more && out.is_empty() {
                return Poll::Pending;
            }
        }
        self.left = self.left.saturating_sub(out.len());
        if self.left == 0 {
            self.link = None;
        }
        self.carried.wrote(out.len());
        Poll::Ready(Some(out).filter(|out| !out.is_empty()).map(Bytes::from))
    }

    fn is_over(&self) -> bool {
        self.link.is_none() && self.begun
    }
}

impl Room {
    /// Writes the padding, and the position: of an event without data the browser keeps only that.
    fn begin(&self, out: &mut Vec<u8>) {
        Events.begin(out);
        out.extend_from_slice(b"retry: ");
        json::push_number(out, RETRY);
        out.extend_from_slice(b"\nid: ");
        json::push_number(out, self.after);
        out.extend_from_slice(b"\n\n");
    }

    /// Looks what the session has to say. Tells whether that was anything; if not, it wakes when there is something.
    fn look(&mut self, cx: &Task<'_>, out: &mut Vec<u8>) -> bool {
        let Some(link) = &self.link else { return true };
        let mut taken = Vec::new();
        let turnout = link.take(&mut taken, BATCH, Some(cx.waker()));
        if taken.iter().any(|it| matches!(it, Transmit::Ping(_))) {
            // A comment: a sign of life that no page is told of.
            out.extend_from_slice(b":\n\n");
        }
        if turnout == Turnout::End {
            self.link = None;
        }
        turnout != Turnout::All
    }

    /// Writes messages of the room. Tells whether there may be more.
    fn read(&mut self, out: &mut Vec<u8>) -> bool {
        for _ in 0..BATCH {
            let Tailed::Message { parcel, position, lost } =
                self.context.hub.read(&self.room, Some(self.after))
            else {
                return false;
            };
            if lost > 0 {
                out.extend_from_slice(b"event: lost\ndata: ");
                json::push_number(out, lost);
                out.extend_from_slice(b"\n\n");
            }
            out.extend_from_slice(b"id: ");
            json::push_number(out, position);
            out.push(b'\n');
            out.extend_from_slice(
                &parcel.form(Form::BareEvent, |parcel| native::make(Form::BareEvent, parcel)),
            );
            self.after = position;
            self.context.hub.tally.sent(Carrier::Raw, 1, 0);
            if out.len() >= self.left {
                return false;
            }
        }
        true
    }
}

//! Streams: one GET whose answer grows by a packet at a time, until something else takes over or it has grown enough.
//!
//! There is no task and no channel: the connection asks the body for more when it has room for more, and the body asks the
//! session. So what a slow client does not take stays in its session's queue, which is bounded, and not in the gateway.

use std::{collections::VecDeque, sync::Arc, task::Poll};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header::CONTENT_TYPE};

use super::{
    Body, Context,
    answer::Response,
    body::{Flow, PART},
    opening,
    polling::{self, Request},
    probe,
    problem::Problem,
};
use crate::{
    dialect::native,
    hub::{Carried, Cell, Link, Turnout, stats::Carrier},
    session::{Attach, Carriage, Seq, Transmit},
    wire::{parcel::Form, query::Query},
};

/// Taken from the session under one lock.
const BATCH: usize = 64;
/// Spaces before anything else. Some browsers show nothing of an answer before its first 2 KiB (IE 8 and 9, Chrome up to
/// 12), others look at up to 1 KiB to guess its type.
const PADDING: usize = 2_048;
/// A header that nginx reads: that this answer must not be collected before it is passed on.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// How a stream frames what it says.
pub(super) trait Framing: Send + Sync + 'static {
    /// What it is called in numbers and logs.
    const CARRIER: Carrier;
    /// What its messages are framed from; the same bytes for all of its kind.
    const FORM: Form;
    /// Its media type.
    const KIND: &'static str;
    /// What stands behind a message.
    const END: &'static [u8];

    /// Writes what stands before everything: among it the padding.
    fn begin(&self, out: &mut Vec<u8>);

    /// Writes what stands before message `seq`.
    fn message(&self, out: &mut Vec<u8>, seq: Seq);

    /// Writes a packet that is not numbered, whole.
    fn control(&self, out: &mut Vec<u8>, name: &str, packet: &[u8]);
}

/// Writes the padding.
pub(super) fn pad(out: &mut Vec<u8>) {
    out.resize(out.len() + PADDING, b' ');
}

/// Answers a GET that asks for a stream; `after` is what the client has by its own word.
pub(super) fn get<F: Framing>(
    context: &Context,
    cell: &Arc<Cell>,
    query: &Query<'_>,
    after: Option<Seq>,
    framing: F,
) -> Result<Response, Problem> {
    if query.text("probe") == Some("1") {
        return probe::get(context, cell, framing);
    }
    let how = Attach {
        carriage: Carriage::Stream,
        turn: query.number("turn")?,
        after,
        auto: polling::is_auto(query) || query.text("ack") == Some("auto"),
        jitter: cell.sid.spread() as u16,
    };
    let request = Request::begin(cell)?;
    let link = cell.attach(F::CARRIER, how)?;
    let carried = context.hub.carry(link.carrier());
    let open = opening::open_packet(context, cell, Some(link.start()));
    let ready = VecDeque::from([begin(&framing, &open)]);
    let left = Some(context.stream_bytes).filter(|bytes| *bytes > 0).unwrap_or(usize::MAX);
    let state = Stream {
        framing,
        link: Some(link),
        ready,
        left,
        handed: None,
        unwritten: 0,
        asked: false,
        congested: false,
        carried,
        _request: request,
    };
    Ok(answer::<F>(Body::flowing(state)))
}

/// What a stream begins with, up to `open`.
pub(super) fn begin<F: Framing>(framing: &F, open: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(PADDING + open.len() + 128);
    framing.begin(&mut out);
    framing.control(&mut out, "open", open);
    out.into()
}

/// The answer that a stream's body is in.
pub(super) fn answer<F: Framing>(body: Body) -> Response {
    let mut response = http::Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(F::KIND));
    response.headers_mut().insert(BUFFERING, HeaderValue::from_static("no"));
    response
}

struct Stream<F> {
    framing: F,
    /// `None` once all is said: the session does not wait for the last bytes to be written.
    link: Option<Link>,
    /// Framed, and not handed to the connection yet.
    ready: VecDeque<Bytes>,
    /// Bytes until it ends itself. Browsers keep all of a stream in memory, and look through it anew each time.
    left: usize,
    /// The last piece that the connection was given. As long as somebody else has it too, it is not written.
    handed: Option<Bytes>,
    /// Bytes that it was given since it had written all.
    unwritten: usize,
    /// The connection has asked once more since.
    asked: bool,
    /// The session knows that the connection takes no more.
    congested: bool,
    carried: Carried,
    _request: Request,
}

impl<F: Framing> Flow for Stream<F> {
    fn poll_next(&mut self, cx: &mut std::task::Context<'_>) -> Poll<Option<Bytes>> {
        self.note_written();
        if self.ready.is_empty() {
            self.take(cx);
        }
        match self.ready.pop_front() {
            Some(piece) => Poll::Ready(Some(self.hand(piece))),
            None if self.link.is_none() => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    fn is_over(&self) -> bool {
        self.link.is_none() && self.ready.is_empty()
    }
}

impl<F: Framing> Stream<F> {
    /// Takes what the session has to say, until the stream has grown enough.
    fn take(&mut self, cx: &mut std::task::Context<'_>) {
        let Some(link) = &self.link else { return };
        let mut taken = Vec::new();
        let turnout = link.take_up_to(self.left, &mut taken, BATCH, Some(cx.waker()));
        if !taken.is_empty() {
            self.frame(&taken);
        }
        if turnout == Turnout::End || self.left == 0 {
            self.link = None;
        }
    }

    /// Frames a batch: small things together in one piece, which is one chunk and one write; a large message in parts that
    /// are slices of what all its receivers share.
    fn frame(&mut self, taken: &[Transmit]) {
        let form = |transmit: &Transmit| match transmit {
            Transmit::Parcel(_, parcel) => parcel.form(F::FORM, |parcel| native::make(F::FORM, parcel)),
            _ => Bytes::new(),
        };
        let forms: Vec<Bytes> = taken.iter().map(form).collect();
        let small = |form: &Bytes| if form.len() < PART { form.len() + 64 } else { form.len() % PART + 64 };
        let mut out = Vec::with_capacity(forms.iter().map(small).sum());
        let mut bytes = 0;
        for (transmit, mut form) in taken.iter().zip(forms) {
            if let Transmit::Parcel(seq, _) = transmit {
                self.framing.message(&mut out, *seq);
                while form.len() >= PART {
                    bytes += out.len() + PART;
                    self.ready.extend([std::mem::take(&mut out).into(), form.split_to(PART)]);
                }
                out.extend_from_slice(&form);
                out.extend_from_slice(F::END);
            } else if let Some(control) = polling::control(transmit) {
                let mut packet = Vec::with_capacity(64);
                control.push(&mut packet);
                self.framing.control(&mut out, control.name(), &packet);
            }
        }
        self.left = self.left.saturating_sub(bytes + out.len());
        self.ready.push_back(out.into());
        self.ready.retain(|piece| !piece.is_empty());
    }

    /// Gives a piece to the connection. Of much at once it is not known whether it fits, and hyper does not ask again before
    /// it is written: until then the connection counts as one that takes no more.
    fn hand(&mut self, piece: Bytes) -> Bytes {
        self.carried.wrote(piece.len());
        self.asked = false;
        let is_shared = piece.len() == PART;
        self.handed = (!is_shared).then(|| piece.clone());
        self.unwritten += piece.len();
        if self.unwritten >= PART / 2 {
            self.congest(true);
        }
        piece
    }

    /// Looks whether the last piece has been written. hyper asks once before it writes; if it asks again and still has the
    /// piece, the socket did not take it. So volatile messages are dropped from the second one on that finds the socket full.
    fn note_written(&mut self) {
        let waits = self.handed.as_ref().is_some_and(|piece| !piece.is_unique());
        if !waits {
            (self.handed, self.unwritten) = (None, 0);
            self.congest(false);
        } else if self.asked {
            self.congest(true);
        }
        self.asked = true;
    }

    fn congest(&mut self, congested: bool) {
        if self.congested == congested {
            return;
        }
        self.congested = congested;
        if let Some(link) = &self.link {
            link.cell().act(|state, now| state.session.handle_congestion(now, link.id(), congested));
        }
    }
}

//! Event streams for EventSource (the HTML standard, section 9.2): messages with their numbers as `id`, everything else as
//! events with names of their own.

use std::sync::Arc;

use http::{HeaderMap, HeaderName};

use super::{
    Context,
    answer::Response,
    manner, polling,
    problem::Problem,
    streaming::{self, Framing},
};
use crate::{
    hub::{Cell, stats::Carrier},
    session::Seq,
    wire::{
        json,
        parcel::Form,
        query::{MAX_NUMBER, Query},
    },
};

/// Its name on the wire.
pub(super) const NAME: &str = "sse";

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Answers `GET …/events?after=N&turn=K`. A stale one gets 204, which tells a native EventSource to stay away.
pub(super) fn get(
    context: &Context,
    cell: &Arc<Cell>,
    query: &Query<'_>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let after = polling::after(query)?.max(last_event_id(headers));
    let sees_status = query.text("status") != Some("200");
    match streaming::get(context, cell, query, after, Events) {
        Err(problem) if problem.is_stale() && sees_status => Ok(manner::no_more()),
        other => other,
    }
}

/// The last `id` that the browser has seen. One that is no number is none of ours: browsers send back what a proxy or a
/// page before this one gave them.
pub(super) fn last_event_id(headers: &HeaderMap) -> Option<Seq> {
    let text = headers.get(LAST_EVENT_ID)?.to_str().ok()?;
    let is_decimal = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_decimal && *number <= MAX_NUMBER)
}

/// An event stream.
pub(super) struct Events;

impl Framing for Events {
    const CARRIER: Carrier = Carrier::Sse;
    const FORM: Form = Form::Packet;
    const KIND: &'static str = "text/event-stream; charset=utf-8";
    const END: &'static [u8] = b"\n\n";

    fn begin(&self, out: &mut Vec<u8>) {
        // Opera 11 loses what comes before the first line end.
        out.extend_from_slice(b"\n:");
        streaming::pad(out);
        out.push(b'\n');
    }

    fn message(&self, out: &mut Vec<u8>, seq: Seq) {
        out.extend_from_slice(b"id: ");
        json::push_number(out, seq);
        out.extend_from_slice(b"\ndata: ");
    }

    fn control(&self, out: &mut Vec<u8>, name: &str, packet: &[u8]) {
        for part in [&b"event: "[..], name.as_bytes(), b"\ndata: ", packet, Self::END] {
            out.extend_from_slice(part);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_its_number_and_the_rest_has_names() {
        let mut out = Vec::new();
        Events.message(&mut out, 13);
        Events.control(&mut out, "ping", b"{\"ping\":1}");
        assert_eq!(out, b"id: 13\ndata: event: ping\ndata: {\"ping\":1}\n\n");
    }

    #[test]
    fn it_begins_with_an_empty_line_and_a_comment() {
        let mut out = Vec::new();
        Events.begin(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), format!("\n:{}\n", " ".repeat(2_048)));
    }

    #[test]
    fn a_last_event_id_that_is_no_number_counts_as_absent() {
        let read =
            |text: &str| last_event_id(&HeaderMap::from_iter([(LAST_EVENT_ID, text.parse().unwrap())]));
        assert_eq!((read("12"), read("0")), (Some(12), Some(0)));
        for text in ["", "x", "-1", "+1", "1 ", "1.0", "9007199254740992", "99999999999999999999999"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(last_event_id(&HeaderMap::new()), None);
    }
}

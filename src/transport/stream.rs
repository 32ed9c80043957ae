//! Streaming for XMLHttpRequest, XDomainRequest and fetch: one packet a line.

use super::streaming::{self, Framing};
use crate::{hub::stats::Carrier, session::Seq, wire::parcel::Form};

/// Its name on the wire.
pub(super) const NAME: &str = "stream";

/// NDJSON behind a line of padding. A message has no line ends in it: it was made so when it was taken.
pub(super) struct Lines;

impl Framing for Lines {
    const CARRIER: Carrier = Carrier::Stream;
    const FORM: Form = Form::Packet;
    // No proxy has it in its list of what is worth compressing.
    const KIND: &'static str = "application/x-ndjson; charset=utf-8";
    const END: &'static [u8] = b"\n";

    fn begin(&self, out: &mut Vec<u8>) {
        streaming::pad(out);
        out.push(b'\n');
    }

    fn message(&self, _: &mut Vec<u8>, _: Seq) {}

    fn control(&self, out: &mut Vec<u8>, _: &str, packet: &[u8]) {
        out.extend_from_slice(packet);
        out.push(b'\n');
    }
}

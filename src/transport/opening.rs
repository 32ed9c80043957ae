//! Opening a session: `POST …/session`, and what every opening needs.

use std::{net::IpAddr, sync::Arc};

use bytes::Buf;
use http::{StatusCode, header::HeaderName, request::Parts};

use super::{
    BoxError, Context, Remote,
    answer::{self, Outcome},
    long_poll, origin,
    polling::{self, Enclosing},
    problem::Problem,
    short_poll, uplink,
};
use crate::{
    dialect::{native, packet},
    hub::{Cell, Opened, Opener, Refused},
    session::{Attach, Carriage, Key, Seq},
    wire::query::Query,
};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Answers `POST …/session`: the messages behind the opening are the client's first, and with `wait` the answer is also
/// a poll's.
pub(super) async fn post<B>(context: Arc<Context>, parts: Parts, body: B) -> Outcome
where
    B: http_body::Body + Send + 'static,
    B::Data: Buf + Send,
    B::Error: Into<BoxError>,
{
    check(&context, &parts)?;
    let wait = polling::asked_wait(&context, &Query::parse(parts.uri.query())?)?;
    let text = uplink::read(&context, &parts.headers, body).await?;
    let (opening, packets) = packet::parse_opening(&text, &context.bounds)?;
    let cell = open(&context, parts, opening, packets, |_, _| ()).await?;
    let location = format!("{}/session/{}", context.prefix, cell.sid.secret());
    let mut response = answer(&context, &cell, wait, &polling::Json).await?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(answer::located(response, &location))
}

/// Opens a session, or finds the one that was opened with this key; what stands behind the opening is said in it. A refusal
/// is `noted` with the key, before it is told.
pub(super) async fn open(
    context: &Context,
    parts: Parts,
    opening: packet::Opening<'_>,
    packets: Vec<packet::Packet<'_>>,
    noted: impl FnOnce(Option<Key>, &Refused),
) -> Result<Arc<Cell>, Problem> {
    let (numbered, controls) = uplink::sort(packets)?;
    // Checked before anything is opened or taken: whoever opens has received nothing yet.
    uplink::expect_no_ack(&controls)?;
    let key = opening.key.as_deref().map(Key::new);
    let opener = opener(context, parts, opening.auth.map(|auth| auth.get().into()));
    let opened = context.hub.open(key.clone(), opener).await;
    let Opened { cell, .. } = opened.inspect_err(|refused| noted(key, refused))?;
    // What finds no room in the handlers' queue is not acknowledged by `received`, and so repeated by the client.
    cell.receive(Some(1), numbered)?;
    uplink::control(&cell, &controls)?;
    Ok(cell)
}

/// The answer to an opening; with `wait` also that of a poll, unless the session is carried already: a repeated opening
/// does not take the delivery from whatever the first one has attached.
pub(super) async fn answer<E: Enclosing>(
    context: &Context,
    cell: &Arc<Cell>,
    wait: Option<u64>,
    around: &E,
) -> Outcome {
    let is_carried = cell.peek(|state| state.session.link().is_some());
    let body = match wait.filter(|_| !is_carried) {
        Some(wait) => first_poll(context, cell, wait, around).await?,
        None => {
            let mut body = Vec::with_capacity(320);
            around.begin(&mut body);
            E::push(&mut body, &open_packet(context, cell, None));
            body.extend_from_slice(E::END);
            body
        }
    };
    Ok(around.respond(body))
}

/// Refuses an opening that has no chance, before anything is allocated for it.
pub(super) fn check(context: &Context, parts: &Parts) -> Result<(), Problem> {
    let refused = match (context.hub.draining(), context.hub.check_flood(address(context, parts))) {
        (Some(retry), _) => Refused::Draining { retry },
        (None, Err(flood)) => Refused::Flood(flood),
        (None, Ok(())) => return Ok(()),
    };
    context.hub.tally.opening(refused.name());
    Err(refused.into())
}

/// The session's `open` packet; `from` where the carrier that brings it is attached.
pub(super) fn open_packet(context: &Context, cell: &Cell, from: Option<Seq>) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    let terms = &context.terms;
    cell.peek(|state| native::push_open(&mut out, &cell.sid, cell.peer, &state.session, from, terms));
    out
}

/// The opening's answer as that of a poll, which waits for something to say.
async fn first_poll<E: Enclosing>(
    context: &Context,
    cell: &Arc<Cell>,
    wait: u64,
    around: &E,
) -> Result<Vec<u8>, Problem> {
    let carriage = Carriage::Poll { wait };
    let how = Attach { carriage, turn: None, after: None, auto: false, jitter: 0 };
    let link = cell.attach_unnamed(E::carrier(wait), how)?;
    let _carried = context.hub.carry(link.carrier());
    let taken = if wait > 0 { long_poll::wait(&link).await } else { short_poll::take(&link) };
    Ok(polling::enclose(around, link.start(), &taken, Some(&open_packet(context, cell, None))))
}

/// What an application is told of an opening. Credentials that a browser added for a page that is not trusted are left
/// out.
pub(super) fn opener(context: &Context, mut head: Parts, auth: Option<Box<str>>) -> Opener {
    let address = address(context, &head);
    let standing = context.origins.standing(&head.headers);
    let trusted_origin = origin::strip_credentials(&mut head.headers, standing);
    Opener { head, auth, address, trusted_origin }
}

/// The client's address: that of the connection, or what the proxies that are believed say it is. The limits per address
/// should not see one client as two, by IPv4 and by IPv4 in IPv6.
pub(super) fn address(context: &Context, head: &Parts) -> Option<IpAddr> {
    told_address(context, head).map(|address| address.to_canonical())
}

fn told_address(context: &Context, head: &Parts) -> Option<IpAddr> {
    let peer = head.extensions.get::<Remote>().map(|remote| remote.0.ip());
    if context.proxies == 0 {
        return peer;
    }
    // Each proxy appends whom it saw, so the outermost believed one stands so many entries from the end.
    let entries = head.headers.get_all(FORWARDED_FOR).into_iter().filter_map(|value| value.to_str().ok());
    let addresses: Vec<&str> = entries.flat_map(|value| value.split(',')).map(str::trim).collect();
    let believed =
        addresses.len().checked_sub(context.proxies).and_then(|index| addresses[index].parse().ok());
    believed.or(peer)
}

//! The gateway of somebody who tries things out, and the one of a configuration without rules.

use crate::{
    gateway::{Error, Gateway, Message, Options, Peer},
    hub::Payload,
};

/// Anyone may join and publish to any room, and what is for no room comes back.
pub(super) fn playground(mut options: Options) -> Gateway {
    // Whoever tries things out has the page on another port, or in a file. Everything but WebSockets is open to it anyway,
    // and no origin is trusted with a visitor's cookies by this.
    if options.allowed_origins.is_empty() {
        options.allowed_origins.push("*".into());
    }
    tracing::warn!(
        "this is the playground: anyone may join and publish to any room; a message to no room comes back to its \
         sender, and a request is answered with its own data"
    );
    Gateway::builder()
        .options(options)
        .on_join(|_: Peer, _: String| async {})
        .on_publish(|_: Peer, _: Message| async {})
        .on_any(|peer: Peer, message: Message| async move { echo(&peer, message) })
        .build()
}

/// Without rules a client may do nothing but talk to handlers, and there are none.
pub(super) fn without_rules(options: Options) -> Gateway {
    Gateway::builder().options(options).build()
}

fn echo(peer: &Peer, message: Message) -> Result<Payload, Error> {
    if message.wants_reply {
        return Ok(message.payload);
    }
    peer.send(&message.event, &message.payload)?;
    Ok(Payload::Nothing)
}

//! The handlers of a gateway, by the name of their event.

use std::{collections::HashMap, fmt, sync::Arc};

use super::{Error, Goodbye, Hello, Message, Peer, handler::Erased};
use crate::hub::BoxFuture;

pub(super) type OnConnect = Arc<dyn Fn(Peer, Hello) -> BoxFuture<Result<(), Error>> + Send + Sync>;
pub(super) type OnDisconnect = Arc<dyn Fn(Peer, Goodbye) -> BoxFuture<()> + Send + Sync>;
pub(super) type OnJoin = Arc<dyn Fn(Peer, String) -> BoxFuture<Result<(), Error>> + Send + Sync>;
pub(super) type OnPublish = Arc<dyn Fn(Peer, Message) -> BoxFuture<Result<(), Error>> + Send + Sync>;

/// What a gateway does when something happens. Without a handler a client may do nothing but open a session.
#[derive(Clone, Default)]
pub(super) struct Events {
    pub(super) connect: Option<OnConnect>,
    pub(super) disconnect: Option<OnDisconnect>,
    pub(super) join: Option<OnJoin>,
    pub(super) publish: Option<OnPublish>,
    pub(super) named: HashMap<String, Erased>,
    pub(super) any: Option<Erased>,
}

impl Events {
    /// The handler of an event: its own, or the one for any.
    pub(super) fn handler(&self, event: &str) -> Option<(&str, &Erased)> {
        let named = self.named.get_key_value(event).map(|(name, handler)| (name.as_str(), handler));
        named.or_else(|| Some(("on_any", self.any.as_ref()?)))
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("named", &self.named.keys()).finish_non_exhaustive()
    }
}

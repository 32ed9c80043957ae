//! How a gateway is put together.

use std::{future::Future, sync::Arc};

use super::{
    Error, Gateway, Goodbye, Handler, Hello, Message, Options, Peer, Shared,
    dispatch::Dispatcher,
    events::Events,
    handler::{IntoReply, erase},
};
use crate::{
    hub::{App, Hub},
    transport::{Context, Origins},
};

/// Puts a gateway together: handlers, rules and options.
///
/// ```
/// use everwire::{Error, Gateway, Goodbye, Hello, Message, Peer};
///
/// let gateway = Gateway::builder()
///     .on_connect(|peer: Peer, _: Hello| async move { peer.join("lobby").await })
///     .on("say", |peer: Peer, line: String| async move { peer.to("lobby").emit("said", &line).await })
///     .on_join(|_: Peer, room: String| async move {
///         if room.starts_with("public:") { Ok(()) } else { Err(Error::refused("closed", "Not that room.")) }
///     })
///     .on_disconnect(|peer: Peer, goodbye: Goodbye| async move { println!("{}: {}", peer.id(), goodbye.reason) })
///     .build();
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a builder serves nobody until it is built"]
pub struct Builder {
    events: Events,
    options: Options,
}

impl Builder {
    /// Called once a session, before its opening is answered. An error refuses it: with 401 for
    /// [`Error::unauthenticated`], with 403 for any other, and 4001 in both cases. Without this handler everyone is let in.
    ///
    /// ```
    /// use everwire::{Error, Gateway, Hello, Peer};
    ///
    /// let gateway = Gateway::builder()
    ///     .on_connect(|peer: Peer, hello: Hello| async move {
    ///         match hello.auth::<String>().as_deref() {
    ///             Some("open sesame") => peer.join("cave").await,
    ///             _ => Err(Error::unauthenticated("say the word")),
    ///         }
    ///     })
    ///     .build();
    /// ```
    pub fn on_connect<F, Fut, E>(mut self, handler: F) -> Self
    where
        F: Fn(Peer, Hello) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Error>,
    {
        self.events.connect = Some(Arc::new(move |peer, hello| {
            let answer = handler(peer, hello);
            Box::pin(async move { answer.await.map_err(Into::into) })
        }));
        self
    }

    /// Called once a session that was let in, when it is over and behind all its events.
    ///
    /// ```
    /// use everwire::{Gateway, Goodbye, Peer, testing::TestClient};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let (sender, mut ends) = tokio::sync::mpsc::unbounded_channel();
    /// let gateway = Gateway::builder()
    ///     .on_disconnect(move |peer: Peer, goodbye: Goodbye| {
    ///         let sender = sender.clone();
    ///         async move { drop(sender.send((peer.id().to_string(), goodbye.code))) }
    ///     })
    ///     .build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// client.close().await;
    /// assert_eq!(ends.recv().await, Some((client.peer().to_owned(), 4000)));
    /// # }
    /// ```
    pub fn on_disconnect<F, Fut>(mut self, handler: F) -> Self
    where
        F: Fn(Peer, Goodbye) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.events.disconnect = Some(Arc::new(move |peer, goodbye| Box::pin(handler(peer, goodbye))));
        self
    }

    /// Handles an event by its name. The events of one session are handled in order, one after the other. What the
    /// handler returns answers a client that asked for a reply; an error is told to the client in any case.
    ///
    /// ```
    /// use everwire::{Error, Gateway, Peer};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Sum { a: u32, b: u32 }
    ///
    /// let gateway = Gateway::builder()
    ///     .on("add", |_: Peer, sum: Sum| async move {
    ///         sum.a.checked_add(sum.b).ok_or_else(|| Error::refused("overflow", "That is too much for me."))
    ///     })
    ///     .build();
    /// ```
    pub fn on<A, H: Handler<A>>(mut self, event: impl Into<String>, handler: H) -> Self {
        self.events.named.insert(event.into(), erase(handler));
        self
    }

    /// Handles every event that has no handler of its own.
    ///
    /// ```
    /// use everwire::{Gateway, Message, Peer, testing::TestClient};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder()
    ///     .on_any(|_: Peer, message: Message| async move { format!("nobody knows `{}`", message.event) })
    ///     .build();
    /// let mut client = TestClient::connect(&gateway).await;
    /// assert_eq!(client.request::<String>("huh", &1).await.unwrap(), "nobody knows `huh`");
    /// # }
    /// ```
    pub fn on_any<A, H: Handler<A>>(mut self, handler: H) -> Self {
        self.events.any = Some(erase(handler));
        self
    }

    /// Decides whether a client may enter a room by its own wish. Without this handler none may.
    ///
    /// ```
    /// use everwire::{Error, Gateway, Peer};
    ///
    /// struct Member(Vec<String>);
    ///
    /// let gateway = Gateway::builder()
    ///     .on_join(|peer: Peer, room: String| async move {
    ///         let rooms = peer.get::<Member>().ok_or(Error::unauthenticated("log in"))?;
    ///         if rooms.0.contains(&room) { Ok(()) } else { Err(Error::refused("closed", "That room is for its members.")) }
    ///     })
    ///     .build();
    /// ```
    pub fn on_join<F, Fut, R>(mut self, rule: F) -> Self
    where
        F: Fn(Peer, String) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: IntoReply,
    {
        self.events.join = Some(Arc::new(move |peer, room| {
            let answer = rule(peer, room);
            Box::pin(async move { answer.await.into_reply().map(drop) })
        }));
        self
    }

    /// Decides whether a client may publish to a room; the message's `room` says which. Without this handler none may.
    ///
    /// ```
    /// use everwire::{Error, Gateway, Message, Peer};
    ///
    /// let gateway = Gateway::builder()
    ///     .on_publish(|_: Peer, message: Message| async move {
    ///         match (message.room.as_deref(), &*message.event) {
    ///             (Some("lobby"), "said") => Ok(()),
    ///             _ => Err(Error::refused("forbidden", "Only `said`, and only in the lobby.")),
    ///         }
    ///     })
    ///     .build();
    /// ```
    pub fn on_publish<F, Fut, R>(mut self, rule: F) -> Self
    where
        F: Fn(Peer, Message) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = R> + Send + 'static,
        R: IntoReply,
    {
        self.events.publish = Some(Arc::new(move |peer, message| {
            let answer = rule(peer, message);
            Box::pin(async move { answer.await.into_reply().map(drop) })
        }));
        self
    }

    /// Sets the limits and periods.
    ///
    /// ```
    /// use std::time::Duration;
    /// use everwire::{Gateway, Options};
    ///
    /// let options = Options { resume: Duration::from_secs(300), ..Options::default() };
    /// let gateway = Gateway::builder().options(options).build();
    /// ```
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// The gateway.
    ///
    /// ```
    /// let gateway = everwire::Gateway::builder().build();
    /// assert_eq!(gateway.sessions(), 0);
    /// ```
    ///
    /// # Panics
    /// Where the options are not sound; [`Options::check`] tells beforehand.
    pub fn build(self) -> Gateway {
        let Builder { events, options } = self;
        if let Err(why) = options.check() {
            panic!("the gateway's options are not sound: {why}");
        }
        let hub = Hub::new(options.rules(), options.limits());
        let app = Arc::new(Dispatcher::new(events));
        let seam: Arc<dyn App> = app.clone();
        hub.serve(Arc::downgrade(&seam));
        let context = Context {
            hub,
            origins: Origins::parse(&options.allowed_origins).expect("the options were checked"),
            bounds: options.bounds(),
            times: options.times(),
            terms: options.terms(),
            stream_bytes: options.stream_bytes,
            proxies: options.trusted_proxies,
            prefix: options.prefix,
        };
        Gateway(Arc::new(Shared { context: Arc::new(context), _app: app }))
    }
}

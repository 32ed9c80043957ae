//! What an application keeps with a session: one value of each type.

use std::sync::Arc;

use super::Peer;

impl Peer {
    /// Keeps a value with the session, one of each type: who it is, what it has chosen. The one that was there before is
    /// returned. It is dropped behind `on_disconnect`; a session that is over keeps nothing.
    ///
    /// ```
    /// use everwire::{Error, Gateway, Hello, Peer};
    ///
    /// struct Name(String);
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = Gateway::builder()
    ///     .on_connect(|peer: Peer, hello: Hello| async move {
    ///         let name = hello.auth().ok_or(Error::unauthenticated("who are you?"))?;
    ///         peer.insert(Name(name));
    ///         Ok::<(), Error>(())
    ///     })
    ///     .on("name", |peer: Peer| async move { peer.get::<Name>().map(|name| name.0.clone()) })
    ///     .build();
    /// # let mut client = everwire::testing::TestClient::builder(&gateway).auth(&"Ada").connect().await.unwrap();
    /// # assert_eq!(client.request::<String>("name", &()).await.unwrap(), "Ada");
    /// # }
    /// ```
    pub fn insert<T: Send + Sync + 'static>(&self, value: T) -> Option<Arc<T>> {
        self.0.keep(Arc::new(value))
    }

    /// The value of this type that is kept with the session. What is to change in it needs a lock or an atomic of its own.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU32, Ordering};
    /// use everwire::Peer;
    ///
    /// #[derive(Default)]
    /// struct Said(AtomicU32);
    ///
    /// async fn say(peer: Peer) {
    ///     if let Some(said) = peer.get::<Said>() {
    ///         said.0.fetch_add(1, Ordering::Relaxed);
    ///     }
    /// }
    /// # everwire::Gateway::builder().on("say", say).build();
    /// ```
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.0.kept()
    }

    /// Takes the value of this type away.
    ///
    /// ```
    /// # struct Cart;
    /// # async fn example(peer: everwire::Peer) {
    /// let cart = peer.remove::<Cart>();
    /// # }
    /// ```
    pub fn remove<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.0.unkeep()
    }
}

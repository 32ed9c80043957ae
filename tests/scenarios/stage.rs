//! The gateway that the scenarios play on: served in this process, on a socket of its own.

use std::{
    collections::{HashMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use everwire::{Builder, Error, Gateway, Goodbye, Hello, Message, Options, Payload, Peer, Remote};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{Notify, Semaphore},
    task::JoinSet,
};

use crate::client::{Client, Kind, within};

/// A room that nobody may enter or publish to.
pub(crate) const FORBIDDEN: &str = "forbidden";

pub(crate) struct Stage {
    pub(crate) gateway: Gateway,
    pub(crate) address: SocketAddr,
    pub(crate) log: Arc<Log>,
    /// Each `slow` event takes one permit.
    pub(crate) gate: Arc<Semaphore>,
    /// Ends the listener, and its connections, with the stage.
    _server: JoinSet<()>,
}

/// What the gateway's application saw.
#[derive(Default)]
pub(crate) struct Log {
    seen: Mutex<Seen>,
    news: Notify,
}

#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) peers: HashMap<String, Peer>,
    /// The numbers that each client noted, in the order in which its handlers got them.
    pub(crate) notes: HashMap<String, Vec<u64>>,
    pub(crate) goodbyes: Vec<(String, Goodbye)>,
    /// What came of the requests that handlers made to their clients.
    outcomes: VecDeque<(String, Result<Value, Error>)>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let (log, gate) = (Arc::new(Log::default()), Arc::new(Semaphore::new(0)));
        let gateway = rules(asking(plain(remembered(Gateway::builder(), &log), &log, &gate), &log))
            .options(options)
            .build();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let mut server = JoinSet::new();
        server.spawn(serve(listener, gateway.clone()));
        Stage { gateway, address, log, gate, _server: server }
    }

    pub(crate) async fn client(&self, kind: Kind) -> Client {
        Client::open(self.address, kind).await
    }

    /// Emits to a room whose members must be so many.
    pub(crate) async fn tell(&self, room: &str, event: &str, data: u64, members: usize) {
        let told = self.gateway.to(room).emit(event, &data).await.expect("a number is JSON");
        assert_eq!(told, members, "members of {room}");
    }

    pub(crate) fn peer(&self, client: &Client) -> Peer {
        self.log.seen().peers.get(&client.peer()).expect("the session was let in").clone()
    }

    /// The numbers that a client noted, once there are so many.
    pub(crate) async fn notes(&self, client: &Client, count: usize) -> Vec<u64> {
        let peer = client.peer();
        let noted = |seen: &mut Seen| {
            let notes = seen.notes.get(&peer).map_or(&[][..], Vec::as_slice);
            (notes.len() >= count).then(|| notes.to_vec())
        };
        self.log.until(&format!("{count} notes"), noted).await
    }

    /// What came of the next request that a handler of this client made to it.
    pub(crate) async fn outcome(&self, client: &Client) -> Result<Value, Error> {
        let peer = client.peer();
        let find = |seen: &mut Seen| {
            let at = seen.outcomes.iter().position(|(of, _)| *of == peer)?;
            seen.outcomes.remove(at).map(|(_, outcome)| outcome)
        };
        self.log.until("an outcome", find).await
    }

    pub(crate) async fn goodbye(&self, client: &Client) -> Goodbye {
        let peer = client.peer();
        let find =
            |seen: &mut Seen| seen.goodbyes.iter().find(|(of, _)| *of == peer).map(|(_, said)| said.clone());
        let goodbye = self.log.until("a goodbye", find).await;
        let count = self.log.seen().goodbyes.iter().filter(|(of, _)| *of == peer).count();
        assert_eq!(count, 1, "one goodbye a session");
        goodbye
    }
}

impl Log {
    pub(crate) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().expect("nobody panics with the lock")
    }

    fn write(&self, write: impl FnOnce(&mut Seen)) {
        write(&mut self.seen());
        self.news.notify_waiters();
    }

    async fn until<T>(&self, what: &str, find: impl Fn(&mut Seen) -> Option<T>) -> T {
        within(what, async {
            loop {
                let news = self.news.notified();
                if let Some(found) = find(&mut self.seen()) {
                    return found;
                }
                news.await;
            }
        })
        .await
    }
}

async fn serve(listener: TcpListener, gateway: Gateway) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, remote) = listener.accept().await.expect("the listener accepts");
        stream.set_nodelay(true).expect("a TCP socket has TCP_NODELAY");
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(60))
            .serve_connection(TokioIo::new(stream), gateway.for_remote(Remote(remote)))
            .with_upgrades();
        // A connection that a scenario cuts ends with an error, which is what it is about.
        connections.spawn(async { drop(connection.await) });
    }
}

fn remembered(builder: Builder, log: &Arc<Log>) -> Builder {
    let (greeted, parted) = (Arc::clone(log), Arc::clone(log));
    builder
        .on_connect(move |peer: Peer, hello: Hello| {
            let log = Arc::clone(&greeted);
            async move {
                if hello.auth::<String>().as_deref() == Some("wrong") {
                    return Err(Error::unauthenticated("that is not the word"));
                }
                log.write(|seen| drop(seen.peers.insert(peer.id().to_string(), peer)));
                Ok(())
            }
        })
        .on_disconnect(move |peer: Peer, goodbye: Goodbye| {
            let log = Arc::clone(&parted);
            async move { log.write(|seen| seen.goodbyes.push((peer.id().to_string(), goodbye))) }
        })
}

fn plain(builder: Builder, log: &Arc<Log>, gate: &Arc<Semaphore>) -> Builder {
    let (noting, slowly) = (Arc::clone(log), (Arc::clone(log), Arc::clone(gate)));
    builder
        .on("echo", |peer: Peer, message: Message| async move {
            peer.send("echo", &message.payload)?;
            Ok::<Payload, Error>(message.payload)
        })
        // Notes a number, and says it back.
        .on("note", move |peer: Peer, number: u64| {
            noting.write(|seen| seen.notes.entry(peer.id().to_string()).or_default().push(number));
            async move { peer.emit("noted", &number) }
        })
        .on("slow", move |peer: Peer, number: u64| {
            let (log, gate) = (Arc::clone(&slowly.0), Arc::clone(&slowly.1));
            async move {
                gate.acquire().await.expect("the gate stays").forget();
                log.write(|seen| seen.notes.entry(peer.id().to_string()).or_default().push(number));
            }
        })
        .on("refuse", |_: Peer, _: Value| async { Err::<(), _>(Error::refused("nope", "Not today.")) })
        .on("panic", |_: Peer, wanted: bool| async move {
            assert!(!wanted, "a handler that panics, as its scenario wants it")
        })
        .on("tell", |peer: Peer, room: String| async move { peer.to(room).emit("told", &0).await })
        .on("kick", |peer: Peer, words: u64| async move {
            (1..=words).try_for_each(|word| peer.emit("word", &word))?;
            peer.close(4100, "shown the door");
            Ok::<(), Error>(())
        })
}

/// Asks the client itself, for so many milliseconds, and hands the outcome on to it.
fn asking(builder: Builder, log: &Arc<Log>) -> Builder {
    let log = Arc::clone(log);
    builder.on("ask", move |peer: Peer, (number, timeout): (u64, u64)| {
        let log = Arc::clone(&log);
        async move {
            let timeout = Duration::from_millis(timeout);
            let outcome = peer.request::<Value>("question", &number).timeout(timeout).await;
            log.write(|seen| seen.outcomes.push_back((peer.id().to_string(), outcome.clone())));
            outcome
        }
    })
}

fn rules(builder: Builder) -> Builder {
    fn allowed(room: &str) -> Result<(), Error> {
        if room == FORBIDDEN { Err(Error::refused("forbidden", "Not that room.")) } else { Ok(()) }
    }
    builder.on_join(|_: Peer, room: String| async move { allowed(&room) }).on_publish(
        |_: Peer, message: Message| async move { allowed(message.room.as_deref().unwrap_or_default()) },
    )
}

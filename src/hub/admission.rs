//! The opening of sessions: by key at most one each, let in by the application, within the node's bounds.

use std::{
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    pin::Pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll, Waker},
};

use http::header::AUTHORIZATION;
use tokio::sync::Notify;
use uuid::Uuid;

use super::{App, Cause, Cell, Denial, Flood, Hub, Opener, record};
use crate::session::{Code, Key, Look, Openings, PeerId, Sid};

/// Whether a session has been let in.
#[derive(Debug, Default)]
pub(super) enum Admission {
    /// The application has not answered yet.
    #[default]
    Fresh,
    /// The same, and others wait for its answer.
    Awaited(Arc<Notify>),
    /// It is in.
    Admitted,
    /// It is not.
    Denied(Box<Denial>),
}

/// The outcome of waiting for an admission.
pub type Admitted = Result<(), Refused>;

/// A session that is open.
#[derive(Debug)]
pub struct Opened {
    /// The session.
    pub cell: Arc<Cell>,
    /// Whether this opening made it.
    pub entry: Entry,
}

/// How an opening came to its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// It made the session.
    Made,
    /// An opening with the same key had made it.
    Joined,
}

/// Why an opening made no session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// A bound was reached.
    Flood(Flood),
    /// The key's session is in use already, or was opened with other credentials.
    Conflict,
    /// The application said no.
    Denied(Denial),
    /// The gateway goes away.
    Draining {
        /// Milliseconds after which to come back.
        retry: u64,
    },
    /// The application is gone, or failed.
    Fault,
}

impl Refused {
    /// Its name in the statistics.
    pub fn name(&self) -> &'static str {
        match self {
            Refused::Flood(_) => "flood",
            Refused::Conflict => "conflict",
            Refused::Denied(Denial { cause: Cause::Unauthenticated, .. }) => "unauthenticated",
            Refused::Denied(Denial { cause: Cause::Forbidden, .. }) => "forbidden",
            Refused::Denied(Denial { cause: Cause::Fault, .. }) | Refused::Fault => "fault",
            Refused::Draining { .. } => "draining",
        }
    }
}

impl Hub {
    /// Finds a session.
    pub fn find(&self, sid: &Sid) -> Option<Arc<Cell>> {
        self.registry.find(sid)
    }

    /// Opens a session, or finds the one that an opening with the same key and credentials has made.
    ///
    /// # Errors
    /// See [`Refused`].
    pub async fn open(self: &Arc<Self>, key: Option<Key>, opener: Opener) -> Result<Opened, Refused> {
        let opened = self.consider(key, opener).await;
        self.tally.opening(match &opened {
            Ok(Opened { entry: Entry::Made, .. }) => "accepted",
            Ok(Opened { entry: Entry::Joined, .. }) => "repeated",
            Err(refused) => refused.name(),
        });
        if let Ok(Opened { cell, entry: Entry::Made }) = &opened {
            let address = cell.address.map(tracing::field::display);
            tracing::debug!(target: record::TARGET, sid = %cell.sid, peer = %cell.peer, address, "a session opened");
        }
        opened
    }

    /// Finds the session that was opened with this key, for whom the answer to its opening has not reached. `None` where
    /// there is none.
    ///
    /// # Errors
    /// Why the opening was refused, as far as that is remembered; [`Refused::Conflict`] once the session has been used.
    pub async fn opened_with(&self, key: &Key) -> Result<Option<Arc<Cell>>, Refused> {
        let sid = self.registry.openings.lock().find(key);
        let Some(cell) = sid.and_then(|sid| self.registry.find(&sid)) else {
            return self.refusals.find(key).map_or(Ok(None), Err);
        };
        admitted(&cell).await?;
        if cell.peek(|state| state.session.is_used()) {
            return Err(Refused::Conflict);
        }
        Ok(Some(cell))
    }

    async fn consider(self: &Arc<Self>, key: Option<Key>, opener: Opener) -> Result<Opened, Refused> {
        if let Some(retry) = self.draining() {
            return Err(Refused::Draining { retry });
        }
        self.keep_deadlines();
        self.floods.spend(opener.address, self.now()).map_err(Refused::Flood)?;
        let opened = self.find_or_make(key, &opener)?;
        if opened.entry == Entry::Made {
            let app = self.app().ok_or(Refused::Fault)?;
            admit(&*app, &opened.cell, opener);
        }
        admitted(&opened.cell).await?;
        let (used, over) = opened.cell.peek(|state| (state.session.is_used(), state.session.is_gone()));
        match opened.entry {
            Entry::Joined if used => return Err(Refused::Conflict),
            // It was dropped to make room, or expired, while the application considered it.
            _ if over => return Err(Refused::Fault),
            _ => {}
        }
        Ok(opened)
    }

    fn find_or_make(self: &Arc<Self>, key: Option<Key>, opener: &Opener) -> Result<Opened, Refused> {
        let Some(key) = key else {
            self.make_room()?;
            return Ok(Opened { cell: self.make(None, opener.address)?, entry: Entry::Made });
        };
        let auth = digest(opener);
        if let Some(cell) = self.joined(&self.registry.openings.lock(), &key, auth)? {
            return Ok(Opened { cell, entry: Entry::Joined });
        }
        // Without the lock, because a session that has to go takes its own key along.
        self.make_room()?;
        let mut openings = self.registry.openings.lock();
        if let Some(cell) = self.joined(&openings, &key, auth)? {
            return Ok(Opened { cell, entry: Entry::Joined });
        }
        let cell = self.make(Some(key.clone()), opener.address)?;
        openings.remember(key, auth, cell.sid);
        Ok(Opened { cell, entry: Entry::Made })
    }

    /// The session that this key has opened.
    fn joined(&self, openings: &Openings, key: &Key, auth: u64) -> Result<Option<Arc<Cell>>, Refused> {
        match openings.look(key, auth) {
            Look::Other => Err(Refused::Conflict),
            Look::Same(sid) => Ok(self.registry.find(&sid)),
            Look::Fresh => Ok(None),
        }
    }

    fn make(self: &Arc<Self>, key: Option<Key>, address: Option<IpAddr>) -> Result<Arc<Cell>, Refused> {
        self.floods.enter(address, self.now()).map_err(Refused::Flood)?;
        let sid = Sid::new(Uuid::new_v4());
        // Not made from the sid, and all 64 bits random: the fixed bits of one half meet random ones of the other.
        let (high, low) = Uuid::new_v4().as_u64_pair();
        let peer = PeerId::new(high ^ low.rotate_left(32));
        let cell = Cell::new(Arc::clone(self), sid, peer, address, key);
        self.registry.insert(Arc::clone(&cell));
        Ok(cell)
    }

    /// At the bound, sessions that were never used go first.
    fn make_room(&self) -> Result<(), Refused> {
        if self.registry.len() < self.limits.sessions {
            return Ok(());
        }
        let full = Flood { retry_after: 10, bound: "sessions in all" };
        let cell = self.registry.oldest_unused().ok_or(Refused::Flood(full))?;
        tracing::debug!(sid = %cell.sid, "never used, dropped to make room");
        cell.drop_at_once(Code::TooMany, "the gateway is full, and this session was never used");
        Ok(())
    }
}

impl Cell {
    /// Ends the session without a tombstone.
    pub fn drop_at_once(self: &Arc<Self>, code: Code, reason: &str) {
        self.act(|state, now| {
            state.session.close(now, code, reason);
            state.session.forget();
        });
    }
}

/// Asks the application; whoever waits is told. The future is polled here once, so that an application that answers
/// at once costs no task; otherwise it goes on in a task of its own, because the opening may be retried by another request
/// when the one that began it is cut.
fn admit(app: &dyn App, cell: &Arc<Cell>, opener: Opener) {
    let mut connect = app.connect(Arc::clone(cell), opener);
    match Pin::new(&mut connect).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => settle(cell, answer),
        Poll::Pending => {
            let cell = Arc::clone(cell);
            tokio::spawn(async move { settle(&cell, connect.await) });
        }
    }
}

fn settle(cell: &Arc<Cell>, answer: Result<(), Denial>) {
    let denied = answer.as_ref().err().cloned();
    let admission = match answer {
        Ok(()) => Admission::Admitted,
        Err(denial) => Admission::Denied(Box::new(denial)),
    };
    let (before, life) = cell.act(|state, now| {
        let before = std::mem::replace(&mut state.admission, admission);
        (before, state.tell_end(now))
    });
    cell.tell_life(life);
    if let Some(Denial { cause, reason }) = denied {
        cell.drop_at_once(cause.code(), &reason);
    }
    if let Admission::Awaited(news) = before {
        news.notify_waiters();
    }
}

/// Waits until the application has answered.
async fn admitted(cell: &Arc<Cell>) -> Admitted {
    loop {
        let news = cell.act(|state, _| match &mut state.admission {
            Admission::Admitted => Ok(None),
            Admission::Denied(denial) => Err(Refused::Denied((**denial).clone())),
            Admission::Awaited(news) => Ok(Some(Arc::clone(news).notified_owned())),
            fresh => {
                let news = Arc::new(Notify::new());
                *fresh = Admission::Awaited(Arc::clone(&news));
                Ok(Some(news.notified_owned()))
            }
        })?;
        match news {
            None => return Ok(()),
            Some(news) => news.await,
        }
    }
}

/// A digest of the credentials that only this process can make, so that a key alone opens nothing twice.
fn digest(opener: &Opener) -> u64 {
    static SECRET: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    let header = opener.head.headers.get(AUTHORIZATION).map(|value| value.as_bytes());
    SECRET.hash_one((header, opener.auth.as_deref()))
}

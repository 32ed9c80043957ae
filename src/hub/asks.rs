//! Requests to a client that wait for its replies.

use std::{collections::HashMap, sync::Arc};

use tokio::sync::oneshot;

use super::{Cell, Payload};
use crate::dialect::Failure;

/// What a client answers a request with.
pub(super) type Answer = Result<Payload, Failure>;

/// The requests of one session, by the number that the client replies to.
#[derive(Debug, Default)]
pub(super) struct Asks {
    last: u64,
    waiting: HashMap<u64, oneshot::Sender<Answer>>,
}

/// A request that may be sent under its number. Dropping it gives the request up: its reply comes too late then.
#[derive(Debug)]
pub struct Ask {
    cell: Arc<Cell>,
    id: u64,
    reply: oneshot::Receiver<Answer>,
}

/// Why a client can't be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unasked {
    /// Its opening has not been answered yet, so it can't answer anything.
    NotOpen,
    /// It has not answered too many already.
    Full,
}

impl Asks {
    fn begin(&mut self, bound: usize) -> Option<(u64, oneshot::Receiver<Answer>)> {
        if self.waiting.len() >= bound {
            return None;
        }
        let (sender, receiver) = oneshot::channel();
        self.last += 1;
        self.waiting.insert(self.last, sender);
        Some((self.last, receiver))
    }

    fn forget(&mut self, id: u64) -> Option<oneshot::Sender<Answer>> {
        let sender = self.waiting.remove(&id);
        if self.waiting.is_empty() {
            // Once it was long, a table stays long: an idle session should not keep it.
            self.waiting = HashMap::new();
        }
        sender
    }

    /// A reply that nobody waits for came too late, and that was told to whoever waited; or it answers nothing.
    pub(super) fn answer(&mut self, id: u64, answer: Answer) {
        if let Some(sender) = self.forget(id) {
            let _ = sender.send(answer);
        }
    }
}

impl Cell {
    /// Reserves the number of a request to the client. The reply goes past the handlers' queue.
    ///
    /// # Errors
    /// See [`Unasked`]. That the session is over is told by sending the request.
    pub fn ask(self: &Arc<Self>) -> Result<Ask, Unasked> {
        let bound = self.hub.limits.pending_requests;
        let (id, reply) = self.act(|state, _| {
            if !state.is_admitted() {
                return Err(Unasked::NotOpen);
            }
            state.asks.get_or_insert_default().begin(bound).ok_or(Unasked::Full)
        })?;
        Ok(Ask { cell: Arc::clone(self), id, reply })
    }
}

impl Ask {
    /// The number to send the request under.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Waits for the reply; `None` if the session ends before.
    pub async fn reply(mut self) -> Option<Answer> {
        (&mut self.reply).await.ok()
    }
}

impl Drop for Ask {
    fn drop(&mut self) {
        self.cell.act(|state, _| state.asks.as_mut().map(|asks| asks.forget(self.id)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_as_long_as_it_may_be_and_gone_when_nobody_waits() {
        let mut asks = Asks::default();
        let (first, mut reply) = asks.begin(2).unwrap();
        let (second, _) = asks.begin(2).unwrap();
        assert_eq!((first, second, asks.begin(2).is_none()), (1, 2, true));
        asks.answer(9, Ok(Payload::Nothing));
        asks.answer(second, Ok(Payload::Nothing));
        asks.answer(first, Ok(Payload::Nothing));
        assert_eq!((reply.try_recv().unwrap(), asks.waiting.capacity()), (Ok(Payload::Nothing), 0));
        assert_eq!(asks.begin(2).unwrap().0, 3, "a number is never used twice");
    }
}

//! A gateway in numbers: what [`Gateway::stats`] returns.
//!
//! What happens is counted when it happens, at the cost of some nanoseconds; what stands at the moment (sessions, queues) is
//! looked at when somebody asks.

use super::Gateway;

pub use crate::hub::stats::{ByCarrier, Carrier, Ends, Histogram, Move, Place, Requests, Stats};

impl Gateway {
    /// What the gateway has done and has to do. Every session is looked at for this, which takes some 15 ms where there are
    /// 100,000: for every few seconds, not for every request.
    ///
    /// ```
    /// use everwire::{Gateway, stats::Carrier};
    ///
    /// let gateway = Gateway::builder().build();
    /// let stats = gateway.stats();
    /// println!("{} sessions, {} of them on a WebSocket", stats.open, stats.carried[Carrier::Ws]);
    /// for (code, ends) in &stats.ends {
    ///     println!("{} ended with {code}, {} messages undelivered", ends.sessions, ends.undelivered);
    /// }
    /// assert_eq!((stats.open, stats.sent.total()), (0, 0));
    /// ```
    pub fn stats(&self) -> Stats {
        self.hub().stats()
    }
}

//! A gateway in numbers.

use super::Gateway;
use crate::hub::stats::Stats;

impl Gateway {
    /// What the gateway has done and has to do. Every session is looked at for this, which takes some 0.1 µs each: for
    /// every few seconds, not for every request.
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

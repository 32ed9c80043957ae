//! What bytes mean: each dialect says events to its clients and hears packets from them.
//!
//! Event —say→ element —enclose→ chunk —wrap→ bytes: dialects say and enclose, transports wrap.

pub mod native;
pub mod packet;
pub mod raw;

pub use packet::Failure;

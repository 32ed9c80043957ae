//! Bytes in, bytes out: no clock, no I/O.
#![deny(clippy::disallowed_methods)]

pub mod form;
pub mod frame;
pub mod json;
pub mod parcel;
pub mod query;
pub mod script;

//! The codes with which a session, or only its carrier, ends (docs/PROTOCOL.md, section 8).

use super::Seq;

/// Why a session or a carrier ended. The numbers are close codes of the private range of RFC 6455, section 7.4.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// 4000: closed by the application, or by the client itself.
    Closed,
    /// 4001: not authorised.
    Unauthorized,
    /// 4002: a malformed or oversized packet.
    Malformed,
    /// 4003: the gateway goes away; the session goes on where a node can take it.
    Draining,
    /// 4004: no such session, or not any more.
    Unknown,
    /// 4006: the delivery moved to another carrier.
    Moved,
    /// 4008: a slow consumer: its queue reached the bound.
    Slow,
    /// 4009: too many connections, sessions or requests.
    TooMany,
    /// 4011: the gateway's own fault.
    Fault,
    /// Another code of 4000…4999, chosen by the application.
    Other(u16),
}

impl Code {
    /// The code as a number.
    pub fn number(self) -> u16 {
        match self {
            Code::Closed => 4000,
            Code::Unauthorized => 4001,
            Code::Malformed => 4002,
            Code::Draining => 4003,
            Code::Unknown => 4004,
            Code::Moved => 4006,
            Code::Slow => 4008,
            Code::TooMany => 4009,
            Code::Fault => 4011,
            Code::Other(code) => code,
        }
    }
}

impl From<u16> for Code {
    fn from(number: u16) -> Self {
        match number {
            4000 => Code::Closed,
            4001 => Code::Unauthorized,
            4002 => Code::Malformed,
            4003 => Code::Draining,
            4004 => Code::Unknown,
            4006 => Code::Moved,
            4008 => Code::Slow,
            4009 => Code::TooMany,
            4011 => Code::Fault,
            other => Code::Other(other),
        }
    }
}

/// The end of a session, as both sides are told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// Why.
    pub code: Code,
    /// A sentence that says what happened and what to do.
    pub reason: Box<str>,
    /// Number of the gateway's last message: a client that has fewer knows what is missing.
    pub last: Seq,
    /// Number of the client's last message that was taken.
    pub received: Seq,
}

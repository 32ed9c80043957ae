//! What is wrong with a packet, in words that help whoever wrote the client.

use std::fmt;

/// A packet that is refused: 4002, or over HTTP 400 and 413.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The sort of fault, for counters and for choosing a status.
    pub code: Reason,
    /// One or two sentences that name the key at fault and say what to do. Values are never repeated in it: they
    /// may be secret, and it may end in a log.
    pub message: String,
}

/// The sorts of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No JSON, or no JSON object.
    Syntax,
    /// A key stands twice in one object.
    Duplicate,
    /// No kind key, two of them, or one that isn't the client's to send.
    Kind,
    /// A field is missing or isn't what it has to be.
    Field,
    /// Nested too deep.
    TooDeep,
    /// More bytes than a packet may have.
    TooLarge,
    /// More packets than a body may have.
    TooMany,
}

impl Malformed {
    /// Whether less would have been accepted (HTTP 413), rather than something else (400).
    pub fn is_too_large(&self) -> bool {
        matches!(self.code, Reason::TooLarge | Reason::TooMany)
    }

    pub(super) fn new(code: Reason, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(super) fn syntax(message: impl Into<String>) -> Self {
        Self::new(Reason::Syntax, message)
    }

    pub(super) fn kind(message: impl Into<String>) -> Self {
        Self::new(Reason::Kind, message)
    }

    pub(super) fn field(message: impl Into<String>) -> Self {
        Self::new(Reason::Field, message)
    }

    pub(super) fn too_large(what: &str, bound: usize) -> Self {
        Self::new(
            Reason::TooLarge,
            format!("{what} is larger than {bound} bytes: send less at a time (`max` in `open`)."),
        )
    }

    pub(super) fn too_deep(bound: usize) -> Self {
        Self::new(
            Reason::TooDeep,
            format!("The packet nests arrays and objects deeper than {bound}: send flatter data."),
        )
    }

    pub(super) fn too_many(bound: usize) -> Self {
        Self::new(
            Reason::TooMany,
            format!("The body has more than {bound} packets: spread them over several requests."),
        )
    }

    /// The same fault, found in the packet with this index of a body.
    pub(super) fn in_packet(mut self, index: usize) -> Self {
        self.message = format!("Packet {} of the body: {}", index + 1, self.message);
        self
    }
}

impl Reason {
    /// One lower-case word, or several joined by hyphens.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Duplicate => "duplicate-key",
            Self::Kind => "kind",
            Self::Field => "field",
            Self::TooDeep => "too-deep",
            Self::TooLarge => "too-large",
            Self::TooMany => "too-many",
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Malformed {}

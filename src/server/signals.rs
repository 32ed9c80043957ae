//! Being asked to end.

use std::io;

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that ask the program to end. From its making on none of them ends the program by itself.
#[derive(Debug)]
pub(super) struct Signals {
    #[cfg(unix)]
    terminate: Signal,
    #[cfg(unix)]
    interrupt: Signal,
}

/// One that came: its name, and the exit code of a program that it ended, as shells have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) name: &'static str,
    pub(super) exit_code: i32,
}

const INTERRUPT: Asked = Asked { name: "SIGINT", exit_code: 128 + 2 };
#[cfg(unix)]
const TERMINATE: Asked = Asked { name: "SIGTERM", exit_code: 128 + 15 };

#[cfg(unix)]
impl Signals {
    /// Needs a tokio runtime.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Signals {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => TERMINATE,
            _ = self.interrupt.recv() => INTERRUPT,
        }
    }
}

#[cfg(not(unix))]
impl Signals {
    /// Needs a tokio runtime.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Signals {})
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) -> Asked {
        if tokio::signal::ctrl_c().await.is_err() {
            // Without a console nobody can ask.
            std::future::pending::<()>().await;
        }
        INTERRUPT
    }
}

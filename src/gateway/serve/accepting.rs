//! Accepting connections, and what may stand in the way of it.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::net::{TcpListener, TcpStream};

/// How long to leave a listener alone that can't accept: long enough that connections may end meanwhile.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// How often the log says the same at most.
const SAY: Duration = Duration::from_secs(1);

/// What stands in the way of accepting: most often that no descriptors are left (EMFILE, ENFILE) or no memory (ENOBUFS).
/// Such an error does not take the connection off the listener, so that to try again at once would only burn the CPU.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    pause: Duration,
    said: Option<Instant>,
}

/// The next connection, however long it takes.
pub(crate) async fn next(listener: &TcpListener, trouble: &mut Trouble) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => {
                trouble.pause = Duration::ZERO;
                return accepted;
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => tokio::time::sleep(trouble.pause_for(&error)).await,
        }
    }
}

/// Whether it was the connection that failed, and not the accepting.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};

    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

impl Trouble {
    fn pause_for(&mut self, error: &io::Error) -> Duration {
        self.pause = (self.pause * 2).clamp(PAUSE, LONGEST_PAUSE);
        if self.is_news() {
            tracing::warn!(%error, "no connection can be accepted at the moment; trying again");
        }
        self.pause
    }

    /// Whether it is time to say something in the log.
    pub(crate) fn is_news(&mut self) -> bool {
        let is_news = self.said.is_none_or(|said| said.elapsed() >= SAY);
        if is_news {
            self.said = Some(Instant::now());
        }
        is_news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_doubles_up_to_a_second_and_is_told_once() {
        let mut trouble = Trouble::default();
        let error = io::Error::other("no descriptors left");
        let pauses: Vec<u128> = (0..7).map(|_| trouble.pause_for(&error).as_millis()).collect();
        assert_eq!(pauses, [50, 100, 200, 400, 800, 1000, 1000]);
        assert!(!trouble.is_news());
        trouble.said = Instant::now().checked_sub(SAY);
        assert!(trouble.is_news() && !trouble.is_news());
    }

    #[test]
    fn a_connection_that_was_given_up_is_no_trouble() {
        assert!(is_of_one_connection(&io::ErrorKind::ConnectionAborted.into()));
        #[cfg(target_os = "linux")]
        for number in [23, 24, 105, 12] {
            assert!(!is_of_one_connection(&io::Error::from_raw_os_error(number)), "{number}");
        }
    }
}

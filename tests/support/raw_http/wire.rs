//! A bare TCP connection.

use std::{io::ErrorKind, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{Answer, Ask, PATIENCE};

/// A connection that is written by hand.
pub(crate) struct Wire {
    stream: TcpStream,
    unread: Vec<u8>,
}

impl Wire {
    pub(crate) async fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.expect("the gateway listens");
        stream.set_nodelay(true).expect("a TCP option");
        Wire { stream, unread: Vec::new() }
    }

    /// Writes. That the other side has closed is no failure here: what it said before is still to be read.
    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let written = timeout(PATIENCE, self.stream.write_all(bytes.as_ref())).await;
        if let Err(error) = written.expect("the gateway takes what is written") {
            assert!(is_end(&error), "writing failed: {error}");
        }
    }

    /// Writes until the other side takes no more for as long as `calm`; tells how much it took.
    pub(crate) async fn write_until_full(&mut self, bytes: &[u8], calm: std::time::Duration) -> usize {
        let mut written = 0;
        while written < bytes.len() {
            match timeout(calm, self.stream.write(&bytes[written..])).await {
                Ok(count) => written += count.expect("the connection stands"),
                Err(_) => break,
            }
        }
        written
    }

    /// Writes; `false` where the other side has gone.
    pub(crate) async fn takes(&mut self, bytes: &[u8]) -> bool {
        let written = timeout(PATIENCE, self.stream.write_all(bytes)).await;
        written.expect("the gateway takes what is written, or closes").is_ok()
    }

    /// Ends this direction; the other one stays open.
    pub(crate) async fn end_writing(&mut self) {
        self.stream.shutdown().await.expect("the connection stands");
    }

    /// Writes a request and reads its answer.
    pub(crate) async fn ask(&mut self, ask: Ask) -> Answer {
        self.write(ask.bytes()).await;
        if ask.method == "HEAD" { self.bare_answer().await } else { self.answer().await }
    }

    /// Reads one answer.
    pub(crate) async fn answer(&mut self) -> Answer {
        let mut answer = self.bare_answer().await;
        let length = answer.body_length();
        self.fill(length).await;
        answer.body = self.unread.drain(..length).collect();
        answer
    }

    /// Reads the head of an answer, as that to HEAD.
    pub(crate) async fn bare_answer(&mut self) -> Answer {
        loop {
            if let Some(end) = self.unread.windows(4).position(|four| four == b"\r\n\r\n") {
                let head: Vec<u8> = self.unread.drain(..end + 4).collect();
                return Answer::parse(&String::from_utf8(head).expect("heads are text"));
            }
            assert!(self.read().await, "the connection ended where an answer was awaited: {:?}", self.unread);
        }
    }

    /// Writes a request and reads the head of an answer that grows, which has to come in chunks.
    pub(crate) async fn begin(&mut self, ask: Ask) -> Answer {
        self.write(ask.bytes()).await;
        let answer = self.bare_answer().await;
        assert_eq!((answer.status, answer.header("transfer-encoding")), (200, Some("chunked")), "{answer:?}");
        answer
    }

    /// Reads one chunk; the last one is empty.
    pub(crate) async fn chunk(&mut self) -> Vec<u8> {
        let end = loop {
            match self.unread.windows(2).position(|two| two == b"\r\n") {
                Some(end) => break end,
                None => assert!(self.read().await, "the connection ended where a chunk was awaited"),
            }
        };
        let size = String::from_utf8(self.take(end + 2).await).expect("a chunk's size is text");
        let size = usize::from_str_radix(size.trim_end(), 16).expect("a chunk's size is hexadecimal");
        let mut chunk = self.take(size + 2).await;
        assert_eq!(chunk.split_off(size), b"\r\n");
        chunk
    }

    /// Reads chunks to the last.
    pub(crate) async fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let chunk = self.chunk().await;
            if chunk.is_empty() {
                return body;
            }
            body.extend(chunk);
        }
    }

    /// Reads exactly so many bytes.
    pub(crate) async fn take(&mut self, length: usize) -> Vec<u8> {
        self.fill(length).await;
        self.unread.drain(..length).collect()
    }

    /// Reads to the end, which has to come; whatever was still said is returned.
    pub(crate) async fn ended(mut self) -> Vec<u8> {
        while self.read().await {}
        self.unread
    }

    async fn fill(&mut self, length: usize) {
        while self.unread.len() < length {
            assert!(self.read().await, "the connection ended after {} of {length} bytes", self.unread.len());
        }
    }

    /// Reads once; `false` at the end.
    async fn read(&mut self) -> bool {
        let read = timeout(PATIENCE, self.stream.read_buf(&mut self.unread)).await;
        match read.expect("the gateway answers or closes in time") {
            Ok(count) => count > 0,
            Err(error) => {
                assert!(is_end(&error), "reading failed: {error}");
                false
            }
        }
    }
}

fn is_end(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted)
}

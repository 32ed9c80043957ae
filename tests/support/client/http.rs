//! HTTP/1.1 by hand (RFC 9112), so that a connection can be cut at every stage of an exchange.

use std::{io, net::SocketAddr};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::within;

/// A connection, with what was read and not understood yet.
pub(crate) struct Http {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// The bytes of a request.
pub(crate) fn request(method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("{method} {path} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
        .into()
}

/// One exchange.
pub(crate) async fn ask(http: &mut Http, method: &str, path: &str, body: &str) -> Answer {
    http.write(&request(method, path, "", body)).await.expect("a request can be written");
    within(&format!("the answer to {method} {path}"), http.answer()).await.expect("the request is answered")
}

impl Http {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = within("a connection", TcpStream::connect(address)).await.expect("the gateway listens");
        stream.set_nodelay(true).expect("a TCP socket has TCP_NODELAY");
        Http { stream, buffer: Vec::new() }
    }

    pub(crate) async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Reads one answer. May be dropped and called again: what was read is kept.
    pub(crate) async fn answer(&mut self) -> io::Result<Answer> {
        loop {
            if let Some((answer, length)) = parse(&self.buffer) {
                self.buffer.drain(..length);
                return Ok(answer);
            }
            self.read_on().await?;
        }
    }

    /// Reads until half of an answer's body is there, and hangs up. Tells how much of the body was read.
    pub(crate) async fn cut_in_answer(mut self) -> usize {
        loop {
            if let Some((head, length)) = head(&self.buffer) {
                let whole = head + length;
                let wanted = head + length / 2;
                if self.buffer.len() >= wanted {
                    return length.min(self.buffer.len() - head);
                }
                let mut rest = vec![0; wanted.min(whole) - self.buffer.len()];
                self.stream.read_exact(&mut rest).await.expect("the answer goes on");
                self.buffer.extend_from_slice(&rest);
            } else {
                let byte = self.stream.read_u8().await.expect("an answer comes");
                self.buffer.push(byte);
            }
        }
    }

    async fn read_on(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| &**value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {} {}", self.status, self.text()))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the answer is text")
    }
}

/// An answer at the front of what was read, and its length.
fn parse(read: &[u8]) -> Option<(Answer, usize)> {
    let (start, length) = head(read)?;
    let body = read.get(start..start + length)?.to_vec();
    let text = std::str::from_utf8(&read[..start]).expect("a head is text");
    let status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status line");
    let lines = text.lines().skip(1).filter_map(|line| line.split_once(": "));
    let headers = lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Some((Answer { status, headers, body }, start + length))
}

/// Where the body starts, and how long it is.
fn head(read: &[u8]) -> Option<(usize, usize)> {
    let start = read.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&read[..start]).expect("a head is text").to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    assert!(length.is_some() || head.contains(" 204 "), "an answer has Content-Length:\n{head}");
    Some((start, length.unwrap_or(0)))
}

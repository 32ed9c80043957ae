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

    /// Reads the head of an answer whose body comes in chunks, or a whole answer where it has a length. May be dropped
    /// and called again.
    pub(crate) async fn begun(&mut self) -> io::Result<Answer> {
        loop {
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                let text = std::str::from_utf8(&self.buffer[..end + 4]).expect("a head is text");
                let (status, headers) = status_and_headers(text);
                let answer = Answer { status, headers, body: Vec::new() };
                if !answer.is_chunked() {
                    return self.answer().await;
                }
                self.buffer.drain(..end + 4);
                return Ok(answer);
            }
            self.read_on().await?;
        }
    }

    /// Reads one chunk; the last one is empty. May be dropped and called again.
    pub(crate) async fn chunk(&mut self) -> io::Result<Vec<u8>> {
        loop {
            if let Some((chunk, length)) = parse_chunk(&self.buffer) {
                self.buffer.drain(..length);
                return Ok(chunk);
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
    /// An answer that says with a status of its own what an answer of 200 said in its body.
    pub(crate) fn unmasked(&self, status: u16, body: &Value) -> Self {
        Answer { status, headers: self.headers.clone(), body: body.to_string().into() }
    }

    /// The same for a refusal that was no answer of its own.
    pub(crate) fn of(status: u16, body: &Value) -> Self {
        Answer { status, headers: Vec::new(), body: body.to_string().into() }
    }

    pub(crate) fn is_chunked(&self) -> bool {
        self.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"))
    }

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
    let (status, headers) = status_and_headers(std::str::from_utf8(&read[..start]).expect("a head is text"));
    Some((Answer { status, headers, body }, start + length))
}

fn status_and_headers(head: &str) -> (u16, Vec<(String, String)>) {
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status line");
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
    (status, lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// A chunk at the front of what was read, and how much of it that is.
fn parse_chunk(read: &[u8]) -> Option<(Vec<u8>, usize)> {
    let digits = read.windows(2).position(|window| window == b"\r\n")?;
    let size = std::str::from_utf8(&read[..digits]).expect("a chunk's size is text");
    let size = usize::from_str_radix(size, 16).expect("a chunk's size is hexadecimal, without extensions");
    let start = digits + 2;
    let chunk = read.get(start..start + size)?.to_vec();
    let end = read.get(start + size..start + size + 2)?;
    assert_eq!(end, b"\r\n", "a chunk ends with a line's end, the body with no trailer");
    Some((chunk, start + size + 2))
}

/// Where the body starts, and how long it is.
fn head(read: &[u8]) -> Option<(usize, usize)> {
    let start = read.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&read[..start]).expect("a head is text").to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    assert!(length.is_some() || head.contains(" 204 "), "an answer has Content-Length:\n{head}");
    Some((start, length.unwrap_or(0)))
}

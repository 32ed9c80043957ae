//! A WebSocket that is spoken by hand (RFC 6455).

use serde_json::{Value, json};

use super::{Ask, Served, Wire};

/// The opening handshake, complete and right.
pub(crate) fn handshake(target: &str) -> Ask {
    Ask::get(target)
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
}

/// A frame as a client sends it: `first` is FIN, the reserved bits and the opcode.
pub(crate) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = head(first, payload.len());
    frame.extend_from_slice(&mask);
    frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    frame
}

/// The head of a masked frame, without the mask.
fn head(first: u8, length: usize) -> Vec<u8> {
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ 0..=125), _) => vec![first, 0x80 | short],
        (_, Ok(middle)) => [&[first, 0x80 | 126][..], &middle.to_be_bytes()].concat(),
        _ => [&[first, 0x80 | 127][..], &(length as u64).to_be_bytes()].concat(),
    }
}

/// A WebSocket.
pub(crate) struct Socket {
    pub(crate) wire: Wire,
}

impl Socket {
    /// Shakes hands.
    pub(crate) async fn to(server: &Served) -> Self {
        let mut wire = Wire::to(server.address).await;
        let answer = wire.ask(handshake("/everwire/ws")).await;
        assert_eq!(answer.status, 101, "{answer:?}");
        Socket { wire }
    }

    /// Shakes hands and opens a session, or joins the one that `key` has opened; returns its `open`.
    pub(crate) async fn open(server: &Served) -> (Self, Value) {
        let mut socket = Self::to(server).await;
        socket.packet(&json!({"open": {}})).await;
        let open = socket.hear().await;
        assert!(open["open"]["session"].is_string(), "{open}");
        (socket, open["open"].clone())
    }

    /// Shakes hands and resumes.
    pub(crate) async fn resume(server: &Served, sid: &str) -> Self {
        let mut socket = Self::to(server).await;
        socket.packet(&json!({"resume": {"session": sid}})).await;
        socket
    }

    pub(crate) async fn packet(&mut self, packet: &Value) {
        self.wire.write(masked(0x81, packet.to_string().as_bytes())).await;
    }

    /// The next frame: its first byte and its payload.
    pub(crate) async fn frame(&mut self) -> (u8, Vec<u8>) {
        let head = self.wire.take(2).await;
        assert_eq!(head[1] & 0x80, 0, "a server does not mask");
        let length = match head[1] {
            126 => u16::from_be_bytes(self.array().await).into(),
            127 => u64::from_be_bytes(self.array().await),
            short => u64::from(short),
        };
        let length = usize::try_from(length).expect("it fits");
        (head[0], self.wire.take(length).await)
    }

    async fn array<const N: usize>(&mut self) -> [u8; N] {
        self.wire.take(N).await.try_into().expect("so many were asked for")
    }

    /// The next frame, which has to be a packet, other than a ping.
    pub(crate) async fn hear(&mut self) -> Value {
        loop {
            let (first, payload) = self.frame().await;
            assert_eq!(first, 0x81, "{first:#x} {}", String::from_utf8_lossy(&payload));
            let packet: Value = serde_json::from_slice(&payload).expect("packets are JSON");
            if packet.get("ping").is_none() {
                return packet;
            }
        }
    }

    /// The close frame, which has to be next, with this code and these words in its reason.
    pub(crate) async fn closes(&mut self, code: u16, says: &str) {
        loop {
            let (first, payload) = self.frame().await;
            let text = String::from_utf8_lossy(&payload).into_owned();
            if first == 0x81 && text.starts_with("{\"ping\"") {
                continue;
            }
            assert_eq!(first, 0x88, "a close frame is next: {text}");
            let (number, reason) = payload.split_at(2);
            assert_eq!([number[0], number[1]], code.to_be_bytes(), "{}", String::from_utf8_lossy(reason));
            let reason = String::from_utf8_lossy(reason);
            assert!(reason.contains(says), "`{says}` is not in `{reason}`");
            return;
        }
    }

    /// The `close` packet, and the close frame behind it: the session is over.
    pub(crate) async fn is_over(&mut self, code: u16, says: &str) {
        let packet = self.hear().await;
        let close = &packet["close"];
        assert_eq!(close["code"], code, "{packet}");
        assert!(close["reason"].as_str().is_some_and(|reason| reason.contains(says)), "{packet}");
        self.closes(code, says).await;
    }

    /// Answers the close and reads to the end of the connection.
    pub(crate) async fn parts(mut self) {
        self.wire.write(masked(0x88, &1000_u16.to_be_bytes())).await;
        assert_eq!(self.wire.ended().await, b"", "nothing comes behind a close frame");
    }
}

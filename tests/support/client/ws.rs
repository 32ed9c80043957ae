//! The native protocol on a WebSocket.

use std::net::SocketAddr;

use futures_util::{
    SinkExt, StreamExt,
    future::{BoxFuture, FutureExt},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

use super::{
    Carrier, Heard, Kind, Packet, Part, Place, Sent,
    carrier::{Opened, Remains},
    within,
};

/// A WebSocket.
pub(crate) const WS: Kind = Kind {
    name: "ws",
    kept: true,
    both_ways: true,
    posts_forms: false,
    held: true,
    open: |address, open| opened(address, open).boxed(),
    resume: |place| Box::new(Ws { place, socket: None, next: 0, sends: None, acked: 0 }),
};

/// Messages after which the client acknowledges, well below what it may.
const ACK_EVERY: u64 = 8;

pub(crate) type Socket = WebSocketStream<TcpStream>;

struct Ws {
    place: Place,
    socket: Option<Socket>,
    /// Number of the next message that comes, counted here from `from`.
    next: u64,
    /// Number that the gateway counts the next message sent here as, once it knows.
    sends: Option<u64>,
    acked: u64,
}

/// A WebSocket at a path.
pub(crate) async fn dial(address: SocketAddr, path: &str) -> Socket {
    let stream = within("a connection", TcpStream::connect(address)).await.expect("the gateway listens");
    stream.set_nodelay(true).expect("a TCP socket has TCP_NODELAY");
    let handshake = client_async(format!("ws://{address}{path}"), stream);
    within("a WebSocket", handshake).await.expect("the handshake is answered").0
}

async fn opened(address: SocketAddr, open: Value) -> Opened {
    let mut socket = dial(address, "/everwire/ws").await;
    say(&mut socket, &json!({ "open": open })).await.expect("the WebSocket is open");
    let answer = within("`open`", socket.next()).await.expect("an answer").expect("a message");
    let packet: Value = serde_json::from_str(answer.to_text().expect("text")).expect("JSON");
    let open = packet["open"].clone();
    assert!(open.is_object(), "the answer to `open` is {packet}");
    let sid = open["session"].as_str().expect("`open` names the session").to_owned();
    let next = open["from"].as_u64().expect("an opening WebSocket is attached");
    let place = Place { address, sid };
    (Box::new(Ws { place, socket: Some(socket), next, sends: Some(1), acked: 0 }), open)
}

async fn say(socket: &mut Socket, packet: &Value) -> Option<()> {
    socket.send(Message::text(packet.to_string())).await.ok()
}

/// A client's frame below 64 KiB, as its bytes: masked (RFC 6455, section 5.3), with a mask of zeros.
fn frame(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("a test's packet is short");
    let mut bytes = vec![0x81];
    if length < 126 {
        bytes.push(0x80 | length as u8);
    } else {
        bytes.push(0x80 | 126);
        bytes.extend_from_slice(&length.to_be_bytes());
    }
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

impl Ws {
    async fn join(&mut self, after: u64, turn: u64) {
        let mut socket = dial(self.place.address, "/everwire/ws").await;
        // Where the session is unknown, what is said behind `resume` may meet a closed socket; the answer tells.
        let resumed = say(&mut socket, &json!({ "resume": { "session": self.place.sid } })).await;
        if resumed.is_some() {
            say(&mut socket, &json!({ "attach": { "after": after, "turn": turn } })).await;
        }
        self.socket = Some(socket);
        self.acked = after;
        self.sends = None;
    }

    async fn write(&mut self, first: u64, packets: &[Packet]) -> Option<()> {
        let socket = self.socket.as_mut()?;
        if self.sends != Some(first) {
            say(socket, &json!({ "from": first })).await?;
        }
        for packet in packets {
            match packet.frame() {
                Some(frame) => socket.send(Message::binary(frame)).await.ok()?,
                None => say(socket, &packet.json).await?,
            }
        }
        self.sends = Some(first + packets.len() as u64);
        Some(())
    }

    async fn next(&mut self, after: u64) -> Heard {
        if after >= self.acked + ACK_EVERY {
            self.acked = after;
            Carrier::control(self, json!({ "ack": after })).await;
        }
        loop {
            let Some(socket) = &mut self.socket else { return Heard::Ended(None) };
            let packet = match socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    Packet { json: serde_json::from_str(&text).expect("a text frame is JSON"), bytes: None }
                }
                Some(Ok(Message::Binary(bytes))) => Packet::from_frame(&bytes),
                Some(Ok(Message::Close(frame))) => {
                    // The answer to the close frame goes out with the flush; nothing depends on its arrival.
                    let _ = socket.flush().await;
                    return Heard::Ended(frame.map(|frame| frame.code.into()));
                }
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return Heard::Ended(None),
            };
            match packet.json["from"].as_u64() {
                Some(from) => self.next = from,
                None => return self.sorted(packet),
            }
        }
    }

    fn sorted(&mut self, packet: Packet) -> Heard {
        const CONTROLS: [&str; 7] = ["open", "ack", "ping", "pong", "moved", "drain", "close"];
        if CONTROLS.iter().any(|kind| packet.json.get(kind).is_some()) {
            return Heard::Control(packet.json);
        }
        assert_ne!(self.next, 0, "a message before `from`: {packet:?}");
        self.next += 1;
        Heard::Message(self.next - 1, packet)
    }
}

impl Carrier for Ws {
    fn attach(&mut self, after: u64, turn: u64) -> BoxFuture<'_, ()> {
        self.join(after, turn).boxed()
    }

    fn send<'a>(&'a mut self, first: u64, packets: &'a [Packet]) -> BoxFuture<'a, Sent> {
        async move { self.write(first, packets).await.map_or(Sent::Broken, |()| Sent::Under) }.boxed()
    }

    fn control(&mut self, packet: Value) -> BoxFuture<'_, ()> {
        async move {
            if let Some(socket) = &mut self.socket {
                // A socket that is gone says so to whoever reads next.
                let _ = say(socket, &packet).await;
            }
        }
        .boxed()
    }

    fn listen(&mut self, _: u64) -> BoxFuture<'_, ()> {
        std::future::ready(()).boxed()
    }

    fn receive(&mut self, after: u64) -> BoxFuture<'_, Heard> {
        self.next(after).boxed()
    }

    fn cut_sending(
        mut self: Box<Self>,
        first: u64,
        packets: Vec<Packet>,
        part: Part,
    ) -> BoxFuture<'static, Remains> {
        async move {
            let (last, before) = packets.split_last().expect("something is being sent");
            self.write(first, before).await.expect("the WebSocket takes messages");
            let mut socket = self.socket.take().expect("the WebSocket is open");
            let bytes = frame(&last.text().to_string());
            let length = if part == Part::Half { bytes.len() / 2 } else { bytes.len() };
            socket.get_mut().write_all(&bytes[..length]).await.expect("the connection takes the frame");
            Box::new(socket) as Remains
        }
        .boxed()
    }

    fn cut_receiving(mut self: Box<Self>, _: u64) -> BoxFuture<'static, Vec<Heard>> {
        async move {
            let mut socket = self.socket.take().expect("the WebSocket is open");
            // A frame's header and the beginning of its packet: every packet is longer than this.
            let mut half = [0; 9];
            let read = within("half of a frame", socket.get_mut().read_exact(&mut half)).await;
            read.expect("the gateway says something");
            Vec::new()
        }
        .boxed()
    }
}

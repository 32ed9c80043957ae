//! The client's end, written from the protocol: it knows nothing of the gateway's session.

use std::sync::Arc;

use everwire::{
    session::{Close, Code, Moment, Seq, Sid},
    wire::parcel::Parcel,
};

use super::{
    browser::ClientSocket,
    coverage::{Sight, see},
    wire::{Answer, Down, Exchange, Net, Request, Ws},
};

/// How long the client waits for an answer beyond what it asked the gateway to wait.
pub(crate) const PATIENCE: u64 = 10_000;
/// `ping` and what is granted beyond it: a carrier on which nothing was heard for so long is left.
pub(crate) const SILENCE: u64 = 35_000;

/// A request that has not been answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) exchange: Exchange,
    pub(crate) at: Moment,
}

/// A poll that has not been answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Poll {
    asked: Asked,
    after: Option<Seq>,
    turn: u64,
    wait: u64,
}

/// A POST that has not been answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Post {
    asked: Asked,
    last: Seq,
}

/// How the session ended for the client.
#[derive(Debug, Clone)]
pub(crate) enum Ending {
    /// By itself.
    Own,
    /// The gateway said so.
    Told(Close),
    /// The gateway does not know it (4004).
    Lost,
}

/// The client.
#[derive(Debug, Default)]
pub(crate) struct Client {
    pub(crate) sid: Option<Sid>,
    pub(crate) turn: u64,
    /// What the application was given, in order: message n stands at n - 1.
    pub(crate) got: Vec<Arc<Parcel>>,
    /// Number of the last message the application has sent; a message says its own number.
    pub(crate) said: Seq,
    /// Number of the last one acknowledged.
    pub(crate) acked: Seq,
    pub(crate) poll: Option<Poll>,
    pub(crate) post: Option<Post>,
    pub(crate) pipelined: Vec<Exchange>,
    pub(crate) opening: Option<Asked>,
    pub(crate) sockets: Vec<ClientSocket>,
    /// The connection that carries the client's messages; `None` for POSTs.
    pub(crate) uplink: Option<Ws>,
    /// The session is over, but messages of it may still be fetched.
    pub(crate) notice: Option<Close>,
    pub(crate) ending: Option<Ending>,
    pub(crate) now: Moment,
    pub(crate) faults: Vec<String>,
}

impl Client {
    /// Number of the last message it has.
    pub(crate) fn has(&self) -> Seq {
        self.got.len() as Seq
    }

    pub(crate) fn is_over(&self) -> bool {
        self.ending.is_some()
    }

    /// Opens by POST, saying what is to be said in the same round trip.
    pub(crate) fn open(&mut self, net: &mut Net) {
        if self.is_over() || self.sid.is_some() || self.opening.is_some() {
            return;
        }
        let exchange = net.request(Request::Open { key: 1, messages: (1..=self.said).collect() });
        self.opening = Some(Asked { exchange, at: self.now });
    }

    /// Asks for messages; a poll before this one is superseded by it.
    pub(crate) fn poll(&mut self, net: &mut Net, wait: u64, says_after: bool) {
        let Some(sid) = self.sid.filter(|_| !self.is_over()) else { return };
        self.turn += 1;
        let (after, turn) = (says_after.then_some(self.has()), self.turn);
        let exchange = net.request(Request::Get { sid, after, turn, wait });
        self.poll = Some(Poll { asked: Asked { exchange, at: self.now }, after, turn, wait });
    }

    /// The poll's answer is long in coming: the same again, with the same turn.
    pub(crate) fn retry_poll(&mut self, net: &mut Net) {
        let (Some(sid), Some(Poll { after, turn, wait, .. })) = (self.sid, self.poll) else { return };
        let exchange = net.request(Request::Get { sid, after, turn, wait });
        self.poll = Some(Poll { asked: Asked { exchange, at: self.now }, after, turn, wait });
    }

    /// Sends what is not acknowledged, where no POST is in flight.
    pub(crate) fn post(&mut self, net: &mut Net) {
        self.post_by(net, false);
    }

    /// The same by form: what was taken is told on the receiving carrier.
    pub(crate) fn form(&mut self, net: &mut Net) {
        self.post_by(net, true);
    }

    fn post_by(&mut self, net: &mut Net, form: bool) {
        let Some(sid) = self.sid.filter(|_| !self.is_over() && self.post.is_none() && self.acked < self.said)
        else {
            return;
        };
        let (first, messages) = (self.acked + 1, (self.acked + 1..=self.said).collect());
        let exchange = net.request(if form {
            Request::Form { sid, first, messages }
        } else {
            Request::Post { sid, first, messages, ack: None }
        });
        self.post = Some(Post { asked: Asked { exchange, at: self.now }, last: self.said });
    }

    /// Sends what is behind the POST in flight without waiting for its answer. The gateway may meet a gap then.
    pub(crate) fn pipeline(&mut self, net: &mut Net) {
        let (Some(sid), Some(post)) = (self.sid, self.post) else { return };
        if post.last < self.said {
            let messages = (post.last + 1..=self.said).collect();
            self.pipelined.push(net.request(Request::Post {
                sid,
                first: post.last + 1,
                messages,
                ack: None,
            }));
        }
    }

    /// Acknowledges by POST what came otherwise.
    pub(crate) fn post_ack(&mut self, net: &mut Net) {
        if let Some(sid) = self.sid.filter(|_| !self.is_over()) {
            net.request(Request::Post { sid, first: 1, messages: Vec::new(), ack: Some(self.has()) });
        }
    }

    /// Ends the session.
    pub(crate) fn close(&mut self, net: &mut Net) {
        if let Some(sid) = self.sid.filter(|_| !self.is_over()) {
            net.request(Request::Delete { sid });
            self.end(net, Ending::Own);
        }
    }

    /// The application is given whatever is next; numbers that it has are dropped.
    pub(crate) fn accept(&mut self, number: Seq, parcel: Arc<Parcel>) {
        if number <= self.has() {
            return see(Sight::RepeatDown);
        }
        if number > self.has() + 1 {
            self.faults.push(format!("down: message {number} came behind {}", self.has()));
        }
        if parcel.name() != Some(b"\"chat\"") {
            see(Sight::VolatileHeard);
        }
        self.got.push(parcel);
    }

    /// The gateway has taken everything up to `number`.
    pub(crate) fn acked(&mut self, number: Seq) {
        if number > self.said {
            self.faults.push(format!("ack: the gateway has {number} of {} messages", self.said));
        }
        self.acked = self.acked.max(number);
    }

    /// An answer arrives, if anybody still waits for it.
    pub(crate) fn hear(&mut self, net: &mut Net, exchange: Exchange, answer: Answer) {
        if self.is_over() {
            return;
        }
        if self.opening.is_some_and(|asked| asked.exchange == exchange) {
            self.opening = None;
            return self.hear_opening(net, answer);
        }
        if let Some(poll) = self.poll.filter(|poll| poll.asked.exchange == exchange) {
            self.poll = None;
            return self.hear_poll(net, poll.turn, answer);
        }
        if let Some(post) = self.post.filter(|post| post.asked.exchange == exchange) {
            self.post = None;
            return self.hear_post(net, Some(post.last), answer);
        }
        if let Some(index) = self.pipelined.iter().position(|sent| *sent == exchange) {
            self.pipelined.remove(index);
            return self.hear_post(net, None, answer);
        }
        see(Sight::LateAnswer);
    }

    fn hear_opening(&mut self, net: &mut Net, answer: Answer) {
        match answer {
            Answer::Open(open) if self.bind(open.sid) => {
                self.turn = self.turn.max(open.turn);
                self.acked(open.received);
            }
            Answer::Open(_) => {}
            Answer::Closed(close) => self.told(net, close, false),
            Answer::Conflict if self.sid.is_some() => {}
            other => self.faults.push(format!("opening: answered by {other:?}")),
        }
    }

    /// The sid has been told; `false` if the client lives in another session already.
    pub(crate) fn bind(&mut self, sid: Sid) -> bool {
        *self.sid.get_or_insert(sid) == sid
    }

    fn hear_poll(&mut self, net: &mut Net, turn: u64, answer: Answer) {
        match answer {
            Answer::Poll { from, messages, control } => {
                for (number, parcel) in (from..).zip(messages) {
                    self.accept(number, parcel);
                }
                for packet in control {
                    self.hear_control(net, packet);
                }
            }
            Answer::Stale { turn: won } if won > turn => self.superseded(won),
            Answer::Unknown => self.end(net, Ending::Lost),
            other => self.faults.push(format!("poll: turn {turn} was answered by {other:?}")),
        }
    }

    /// What may stand among a poll's messages as well.
    pub(crate) fn hear_control(&mut self, net: &mut Net, packet: Down) {
        match packet {
            Down::Moved { turn } => self.superseded(turn),
            Down::Close(close) => self.told(net, close, true),
            Down::Ack { number, .. } => self.acked(number),
            Down::Drain => {}
            other => self.faults.push(format!("control: {other:?}")),
        }
    }

    /// Nobody else has this session's sid, so whatever won was this client's own. An opening WebSocket's turn is 1.
    pub(crate) fn superseded(&mut self, turn: u64) {
        if turn > self.turn.max(1) {
            self.faults.push(format!("moved: turn {turn} won, and the client has only used {}", self.turn));
        }
    }

    fn hear_post(&mut self, net: &mut Net, last: Option<Seq>, answer: Answer) {
        match answer {
            Answer::Ack(number) => {
                if last.is_some_and(|last| number < last) {
                    self.faults
                        .push(format!("post: all was taken, and only {number} acknowledged of {last:?}"));
                }
                self.acked(number);
            }
            Answer::Full(number) => self.acked(number),
            Answer::Loaded => {}
            Answer::Gap(number) if last.is_none() => self.acked(number),
            Answer::Closed(close) => self.told(net, close, false),
            Answer::Unknown => self.end(net, Ending::Lost),
            other => self.faults.push(format!("post: {other:?} answered a POST up to {last:?}")),
        }
    }

    /// A close has been told. Where messages are received it comes behind all of them; elsewhere they may be fetched.
    pub(crate) fn told(&mut self, net: &mut Net, close: Close, receiving: bool) {
        let whole = self.has() >= close.last || close.code == Code::Slow;
        if whole || receiving || self.sid.is_none() {
            self.end(net, Ending::Told(close));
        } else {
            self.notice = Some(close);
        }
    }

    pub(crate) fn end(&mut self, net: &mut Net, ending: Ending) {
        if self.is_over() {
            return;
        }
        if self.acked < self.said {
            see(Sight::Uncertain);
        }
        if !matches!(ending, Ending::Own) {
            while let Some(socket) = self.sockets.first() {
                self.leave(net, socket.ws);
            }
        }
        self.ending = Some(ending);
    }

    /// Gives up what has not been answered in time.
    pub(crate) fn tick(&mut self, net: &mut Net) {
        let now = self.now;
        let late = |asked: Asked, wait: u64| now >= asked.at + (wait + PATIENCE);
        self.opening = self.opening.filter(|asked| !late(*asked, 0));
        self.poll = self.poll.filter(|poll| !late(poll.asked, poll.wait));
        self.post = self.post.filter(|post| !late(post.asked, 0));
        self.tick_sockets(net);
    }

    /// When something is next to be done.
    pub(crate) fn next_timeout(&self) -> Option<Moment> {
        let http = [
            self.opening.map(|asked| asked.at + PATIENCE),
            self.poll.map(|poll| poll.asked.at + (poll.wait + PATIENCE)),
            self.post.map(|post| post.asked.at + PATIENCE),
        ];
        let sockets = self.sockets.iter().filter_map(ClientSocket::next_timeout);
        http.into_iter().flatten().chain(sockets).filter(|at| *at > self.now).min()
    }

    /// Something carries messages to the client, as far as it knows.
    pub(crate) fn is_receiving(&self) -> bool {
        self.poll.is_some() || self.sockets.iter().any(|socket| socket.is_receiving())
    }

    /// Does what a client does by itself once its network is good: whatever is still missing.
    pub(crate) fn nurse(&mut self, net: &mut Net) {
        self.open(net);
        if self.uplink.is_none() {
            self.post(net);
        } else {
            self.send_by_uplink(net);
        }
        if !self.is_receiving() {
            self.poll(net, 25_000, true);
        }
        self.ack_all(net);
    }
}

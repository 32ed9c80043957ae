//! The two ends, the network between them, and the schedule that drives all three.

use everwire::session::{Moment, Seq};

use super::{
    checks,
    client::{Client, Ending},
    coverage::{self, Sight, see},
    node::Node,
    step::{Setup, Span, Start, Step},
    wire::{Mail, Net, Request, Ws},
};

/// Everything there is.
pub(crate) struct World {
    pub(crate) net: Net,
    pub(crate) node: Node,
    pub(crate) client: Client,
    /// The drivers run only when they are told to.
    pub(crate) lazy: bool,
}

/// Runs one schedule to its end; the error says what failed, and where.
pub(crate) fn run(setup: Setup, steps: &[Step]) -> Result<(), String> {
    let mut world = World::new(setup);
    coverage::look(true);
    world.start(setup);
    checks::hold(&world).map_err(|fault| format!("{fault} (at the start)"))?;
    for (index, step) in steps.iter().enumerate() {
        world.step(*step);
        checks::hold(&world).map_err(|fault| format!("{fault} (step {index}: {step:?})"))?;
    }
    let alive = checks::is_alive(&world);
    world.settle();
    checks::hold(&world).map_err(|fault| format!("{fault} (settling)"))?;
    checks::settled(&world, alive).map_err(|fault| format!("{fault} (settled)"))?;
    coverage::look(false);
    world.bury();
    checks::hold(&world).map_err(|fault| format!("{fault} (at the end)"))?;
    checks::buried(&world).map_err(|fault| format!("{fault} (at the end)"))
}

impl World {
    fn new(setup: Setup) -> Self {
        World { net: Net::default(), node: Node::new(setup), client: Client::default(), lazy: false }
    }

    fn start(&mut self, setup: Setup) {
        match setup.start {
            Start::Nothing => return,
            Start::OpenByPost => self.client.open(&mut self.net),
            Start::OpenBySocket => self.client.open_socket(&mut self.net, true),
            Start::OpenByBoth => {
                self.client.open(&mut self.net);
                self.client.open_socket(&mut self.net, false);
            }
        }
        let echo = self.net.mail.first().cloned().filter(|_| setup.echo);
        self.calm();
        self.net.mail.extend(echo);
    }

    fn step(&mut self, step: Step) {
        let World { net, node, client, .. } = self;
        match step {
            Step::ClientSays(count) => self.client_says(count),
            Step::ServerSays(count) => (0..count).for_each(|_| node.say()),
            Step::Volatile(kind) => node.say_volatile(kind),
            Step::ServerCloses => node.close(),
            Step::ClientCloses { by_socket: true } => client.close_by_socket(net),
            Step::ClientCloses { by_socket: false } => client.close(net),
            Step::Handlers { asleep } => node.sleep(asleep),
            Step::Lazy(lazy) => self.lazy = lazy,
            Step::Drain => node.drain(),
            Step::Wait(span) => self.wait(span.millis(), false),
            Step::Live(span) => self.wait(span.millis(), true),
            other => self.step_carriers(other),
        }
        self.run_drivers();
    }

    fn step_carriers(&mut self, step: Step) {
        let World { net, client, .. } = self;
        match step {
            Step::OpenByPost => client.open(net),
            Step::OpenBySocket { messages } => client.open_socket(net, messages),
            Step::Poll { long, after } => client.poll(net, if long { 25_000 } else { 0 }, after),
            Step::RetryPoll => client.retry_poll(net),
            Step::AbandonPoll => client.poll = None,
            Step::Post => client.post(net),
            Step::Form => client.form(net),
            Step::Pipeline => self.pipeline(),
            Step::AckByPost => client.post_ack(net),
            Step::Stream { native } => client.stream(net, native),
            Step::Resume { eager, sends } => client.resume(net, eager, sends),
            Step::Attach(pick) => client.attach_one(net, pick),
            Step::SendBySocket(pick) => client.send_by_one(net, pick),
            Step::SendByPost => client.uplink = None,
            Step::Ack(pick) => client.ack_one(net, pick),
            Step::Leave(pick) => {
                if let Some(ws) = client.pick(pick, |_| true) {
                    client.leave(net, ws);
                }
            }
            Step::WildFrom(pick) => client.wild_from(net, pick),
            Step::WildAck { by_socket } => self.wild_ack(by_socket),
            other => self.step_network(other),
        }
    }

    fn step_network(&mut self, step: Step) {
        match step {
            Step::Deliver(pick) => {
                if let Some(index) = self.pick_mail(pick) {
                    self.deliver(index);
                }
            }
            Step::Duplicate(pick) => {
                if let Some(index) = self.pick_mail(pick) {
                    let copy = self.net.mail[index].clone();
                    self.net.mail.push(copy);
                }
            }
            Step::Lose(pick) => {
                if let Some(index) = self.pick_mail(pick) {
                    self.net.mail.remove(index);
                }
            }
            Step::LoseReader(pick) => self.node.lose_reader(pick),
            Step::PumpUp(pick, count) => self.with_wire(pick, |world, ws| world.pump_up(ws, count)),
            Step::PumpDown(pick, count) => self.with_wire(pick, |world, ws| world.pump_down(ws, count)),
            Step::Cut { pick, up, down } => {
                self.with_wire(pick, |world, ws| world.net.cut(ws, usize::from(up), usize::from(down)));
            }
            Step::Mute { pick, up, down } => self.with_wire(pick, |world, ws| {
                world.net.wires[ws].mute_up |= up;
                world.net.wires[ws].mute_down |= down;
            }),
            Step::Calm => self.calm(),
            other => unreachable!("{other:?} is no step of the network"),
        }
    }

    /// The client's application sends, on whatever carries its messages.
    fn client_says(&mut self, count: u8) {
        if !self.client.is_over() {
            self.client.said += Seq::from(count);
            self.client.send_by_uplink(&mut self.net);
        }
    }

    /// The client's application sends once more while a POST is in flight, and the client does not wait.
    fn pipeline(&mut self) {
        self.client.post(&mut self.net);
        if !self.client.is_over() && self.client.post.is_some() {
            self.client.said += 1;
            self.client.pipeline(&mut self.net);
        }
    }

    /// A client that is wrong acknowledges what was never sent.
    fn wild_ack(&mut self, by_socket: bool) {
        let Some(cell) = self.client.sid.and_then(|sid| self.node.find(sid)) else { return };
        let number = self.node.cells[cell].numbered.len() as Seq + 40;
        if by_socket {
            return self.client.wild_ack(&mut self.net, number);
        }
        let (sid, turn) = (self.node.cells[cell].sid, self.node.cells[cell].session.turn());
        self.net.request(Request::Get { sid, after: Some(number), turn, wait: 0 });
    }

    fn run_drivers(&mut self) {
        if !self.lazy {
            self.node.run_drivers(&mut self.net);
        }
    }

    fn pick_mail(&self, pick: u8) -> Option<usize> {
        let count = self.net.mail.len();
        (count > 0).then(|| usize::from(pick) % count)
    }

    fn with_wire(&mut self, pick: u8, act: impl FnOnce(&mut Self, Ws)) {
        let alive: Vec<Ws> = (0..self.net.wires.len()).filter(|ws| !self.net.wires[*ws].is_done()).collect();
        if !alive.is_empty() {
            act(self, alive[usize::from(pick) % alive.len()]);
        }
    }

    fn deliver(&mut self, index: usize) {
        match self.net.mail.remove(index) {
            Mail::Request(exchange, request) => {
                let posts = matches!(&request, Request::Post { messages, .. } if !messages.is_empty());
                if posts && self.client.uplink.is_some() {
                    see(Sight::PostBesideSocket);
                }
                self.node.serve(&mut self.net, exchange, request);
            }
            Mail::Answer(exchange, answer) => self.client.hear(&mut self.net, exchange, answer),
        }
        self.run_drivers();
    }

    fn pump_up(&mut self, ws: Ws, count: u8) {
        for _ in 0..count {
            let Some(packet) = self.net.next_up(ws) else { return };
            self.node.hear(&mut self.net, ws, packet);
            self.run_drivers();
        }
    }

    fn pump_down(&mut self, ws: Ws, count: u8) {
        for _ in 0..count {
            let Some(packet) = self.net.next_down(ws) else { return };
            self.client.hear_socket(&mut self.net, ws, packet);
            self.node.handle_writable(&mut self.net, ws);
            self.run_drivers();
        }
    }

    /// Everything that is under way arrives, and what it leads to.
    fn calm(&mut self) {
        self.run_drivers();
        for _ in 0..500 {
            if self.net.is_quiet() {
                return;
            }
            while !self.net.mail.is_empty() {
                self.deliver(0);
            }
            for ws in 0..self.net.wires.len() {
                self.pump_up(ws, u8::MAX);
                self.pump_down(ws, u8::MAX);
            }
        }
        self.node.fault("calm: the two ends never come to rest".into());
    }

    /// Lets time pass, stopping at every deadline; `live` with a network that delivers everything.
    fn wait(&mut self, millis: u64, live: bool) {
        let end = self.node.now + millis;
        loop {
            let next =
                self.node.next_timeout().into_iter().chain(self.client.next_timeout()).chain([end]).min();
            self.set_time(next.unwrap_or(end).min(end));
            self.node.handle_timeouts();
            self.run_drivers();
            self.client.tick(&mut self.net);
            if live {
                self.calm();
            }
            if self.node.now >= end {
                return;
            }
        }
    }

    fn set_time(&mut self, now: Moment) {
        self.node.now = now;
        self.client.now = now;
        self.net.now = now;
    }

    /// The network turns good, and the client does whatever is missing, until nothing is.
    fn settle(&mut self) {
        self.lazy = false;
        self.node.sleep(false);
        for _ in 0..60 {
            self.calm();
            self.client.nurse(&mut self.net);
            self.calm();
            if self.client.is_over() || checks::is_whole(self) {
                break;
            }
            self.wait(1_000, true);
        }
        if checks::is_whole(self) {
            see(Sight::Whole);
        }
    }

    /// Everything that carries is cut for good, and all windows pass.
    fn bury(&mut self) {
        self.client.ending.get_or_insert(Ending::Own);
        for ws in 0..self.net.wires.len() {
            self.net.wires[ws].mute_up = false;
            self.net.cut(ws, 0, 0);
        }
        self.calm();
        for _ in 0..8 {
            self.wait(Span::Window.millis(), true);
        }
    }
}

//! A gateway on a real socket, and clients that write every byte themselves: what a well-behaved client never sends.

mod answer;
mod ask;
mod client;
mod grown;
mod served;
mod socket;
mod wire;

pub(crate) use answer::Answer;
pub(crate) use ask::Ask;
pub(crate) use client::{Client, all_hear};
pub(crate) use grown::{GROWING, Grown, packets, target};
pub(crate) use served::{Served, application};
pub(crate) use socket::{Socket, handshake, masked};
pub(crate) use wire::Wire;

use std::time::Duration;

use everwire::Options;

/// How long anything may take before it counts as never happening. Nothing waits so long in a run that passes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// A UUID that no gateway has given out.
pub(crate) const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// Two sessions in one room, and somebody who misbehaves beside them.
pub(crate) struct Scene {
    pub(crate) server: Served,
    /// The session that is meddled with.
    pub(crate) one: Client,
    /// The neighbour that must not notice.
    pub(crate) other: Client,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let server = Served::start(application().options(options).build()).await;
        let one = Client::open(&server).await;
        let other = Client::open(&server).await;
        Scene { server, one, other }
    }

    /// A fresh connection.
    pub(crate) async fn wire(&self) -> Wire {
        Wire::to(self.server.address).await
    }

    /// One request on a connection of its own.
    pub(crate) async fn ask(&self, ask: Ask) -> Answer {
        self.wire().await.ask(ask).await
    }

    /// Both sessions still take and deliver, each message once.
    pub(crate) async fn all_go_on(&mut self) {
        all_hear(&mut [&mut self.one, &mut self.other]).await;
    }

    /// The neighbour does; the other session is over.
    pub(crate) async fn only_the_neighbour_goes_on(&mut self) {
        all_hear(&mut [&mut self.other]).await;
    }
}

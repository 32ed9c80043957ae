//! The program from listening to its end.

use std::{io::Write, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::TcpListener,
    runtime::{Builder, Handle},
    sync::watch,
    task::JoinSet,
    time::Instant,
};

use super::{
    accept::{self, Acceptor},
    admin::Admin,
    config::Config,
    limits, playground,
    signals::{Asked, Signals},
    site::Site,
};
use crate::gateway::{Gateway, serve::ConnectionRules};

/// How often it is looked whether everything has ended.
const LOOK: Duration = Duration::from_millis(10);
/// The code of sessions that end because the gateway goes away (docs/PROTOCOL.md, section 8).
const DRAINING: u16 = 4003;
/// How long after a signal another one belongs to it. Nobody presses a key twice in that time.
const ALONG: Duration = Duration::from_millis(100);

/// What the program listens on.
#[derive(Debug)]
pub(super) struct Sockets {
    /// For clients.
    pub(super) listeners: Vec<std::net::TcpListener>,
    /// For the operator, if anywhere.
    pub(super) admin: Vec<std::net::TcpListener>,
}

/// Serves until it is asked to end, and has ended well.
///
/// # Errors
/// Where the system does not give what is needed to begin.
pub(super) fn run(config: &Config, sockets: Sockets, open_files: Option<u64>) -> Result<(), String> {
    let mut builder = Builder::new_multi_thread();
    if config.threads > 0 {
        builder.worker_threads(config.threads);
    }
    let runtime =
        builder.enable_all().build().map_err(|error| format!("the threads can't be started: {error}"))?;
    let outcome = runtime.block_on(serve(config, sockets, open_files));
    // Whatever is left after the time for draining is not waited for any longer.
    runtime.shutdown_background();
    outcome
}

async fn serve(config: &Config, sockets: Sockets, open_files: Option<u64>) -> Result<(), String> {
    let mut signals = Signals::new().map_err(|error| format!("signals can't be heard: {error}"))?;
    let server = Server::start(config, sockets, open_files)
        .map_err(|error| format!("the listeners can't be started: {error}"))?;
    let asked = signals.next().await;
    tracing::info!(within = ?config.drain_timeout, "{}: draining; a second signal ends at once", asked.name);
    tokio::select! {
        () = server.stop(config) => Ok(()),
        again = asked_again(&mut signals) => {
            tracing::warn!("{}: ended at once", again.name);
            // Not by returning: handlers may be busy, and were asked twice.
            std::process::exit(again.exit_code)
        }
    }
}

/// Waits for a second signal. What comes along with the first is not one: a wrapper such as `timeout` signals its child,
/// and then the group that the child is in.
async fn asked_again(signals: &mut Signals) -> Asked {
    let first = Instant::now();
    loop {
        let asked = signals.next().await;
        if first.elapsed() >= ALONG {
            return asked;
        }
    }
}

/// A gateway that listens.
struct Server {
    gateway: Gateway,
    admin: Option<Admin>,
    listening: JoinSet<()>,
    ending: watch::Sender<bool>,
}

impl Server {
    fn start(config: &Config, sockets: Sockets, open_files: Option<u64>) -> std::io::Result<Self> {
        let Sockets { listeners, admin } = sockets;
        let listeners = listeners.into_iter().map(TcpListener::from_std).collect::<Result<Vec<_>, _>>()?;
        let gateway = gateway(config);
        let (ending, heard) = watch::channel(false);
        let used = listeners.first().map_or(Ok(0), accept::descriptors)?;
        let acceptor = Acceptor {
            site: Arc::new(Site::new(gateway.clone(), config.playground)),
            rules: Arc::new(ConnectionRules::new(config.header_timeout, config.send_timeout)),
            ceiling: limits::ceiling(used, config.max_connections, open_files),
            ending: heard,
        };
        let addresses =
            listeners.iter().map(TcpListener::local_addr).collect::<Result<Vec<SocketAddr>, _>>()?;
        let mut listening = JoinSet::new();
        for listener in listeners {
            listening.spawn(acceptor.clone().accept(listener));
        }
        let (admin, admin_addresses) = Admin::start(gateway.clone(), admin)?;
        announce(&addresses, &admin_addresses);
        Ok(Server { gateway, admin, listening, ending })
    }

    /// Ends well, within `drain_timeout`: nothing new is accepted, carriers are sent away and connections end behind
    /// the request that they have in progress. Until the carriers have gone, requests on connections that stand are
    /// still answered, so that a load balancer reads in `health` what is going on.
    async fn stop(self, config: &Config) {
        let deadline = Instant::now() + config.drain_timeout;
        let Server { gateway, admin, mut listening, ending } = self;
        listening.shutdown().await;
        gateway.drain(config.drain_retry, config.drain_timeout).await;
        let (given_up, kept) = (gateway.stats().open, gateway.sessions());
        // Nobody resumes them here: so that their lives are told as well.
        gateway.close_all(DRAINING, "the gateway went away");
        if let Some(admin) = admin {
            admin.stop();
        }
        ending.send_replace(true);
        // The gateway has one task of its own, which goes on for as long as there are sessions.
        let remaining = usize::from(kept > 0);
        drop(gateway);
        let in_time = tokio::time::timeout_at(deadline, ended_but(remaining)).await.is_ok();
        if !in_time {
            tracing::warn!("not all connections ended within the time for draining");
        }
        tracing::info!("stopped; sessions given up: {given_up}");
    }
}

/// Waits until all tasks but so many have ended. Every connection is one, also when it has become a WebSocket and only
/// waits for the answer to its close frame; and every session whose handlers have something to do.
async fn ended_but(remaining: usize) {
    while Handle::current().metrics().num_alive_tasks() > remaining {
        tokio::time::sleep(LOOK).await;
    }
}

fn gateway(config: &Config) -> Gateway {
    let options = config.options.clone();
    if config.playground { playground::playground(options) } else { playground::without_rules(options) }
}

/// Says where it listens, to whoever has started this and waits for it.
fn announce(addresses: &[SocketAddr], admin: &[SocketAddr]) {
    let listening = addresses.iter().map(|address| format!("listening on http://{address}\n"));
    let admin = admin.iter().map(|address| format!("admin on http://{address}\n"));
    let lines: String = listening.chain(admin).collect();
    let mut out = std::io::stdout().lock();
    // Nobody has to listen.
    let _ = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
}

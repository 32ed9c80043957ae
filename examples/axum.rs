//! A gateway beside the routes of an axum application, sharing its state. `cargo run --example axum` serves it, and this is how
//! to talk to it:
//!
//! ```console
//! $ curl -s http://127.0.0.1:8080/
//! $ S=http://127.0.0.1:8080$(curl -si -X POST http://127.0.0.1:8080/everwire/session | tr -d '\r' | sed -n 's/^location: //Ip')
//! $ curl -s http://127.0.0.1:8080/announce -d 'the bar is open'
//! $ curl -s "$S/messages"
//! ```
//!
//! In a project of one's own this needs, besides axum and tokio, everwire with the feature `axum`.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use everwire::{Gateway, Goodbye, Hello, Peer};

/// What routes and handlers share.
#[derive(Default)]
struct Counters {
    visits: AtomicU64,
    here: AtomicU64,
}

#[derive(Clone)]
struct App {
    counters: Arc<Counters>,
    gateway: Gateway,
}

fn app() -> Router {
    let counters = Arc::new(Counters::default());
    let app = App { counters: Arc::clone(&counters), gateway: gateway(counters) };
    Router::new()
        .route("/", get(home))
        .route("/announce", post(announce))
        .with_state(app.clone())
        // All that no route takes; the gateway answers what is under `/everwire`, and the rest with 404.
        .fallback_service(app.gateway)
}

fn gateway(counters: Arc<Counters>) -> Gateway {
    let (came, left) = (Arc::clone(&counters), counters);
    Gateway::builder()
        .on_connect(move |peer: Peer, _: Hello| {
            came.here.fetch_add(1, Ordering::Relaxed);
            async move { peer.join("news").await }
        })
        .on_disconnect(move |_: Peer, _: Goodbye| {
            left.here.fetch_sub(1, Ordering::Relaxed);
            async {}
        })
        .build()
}

async fn home(State(app): State<App>) -> String {
    let visits = app.counters.visits.fetch_add(1, Ordering::Relaxed) + 1;
    format!("visit {visits}; {} on the wire\n", app.counters.here.load(Ordering::Relaxed))
}

/// A route that talks to everybody on the wire.
async fn announce(State(app): State<App>, news: String) -> String {
    let heard = app.gateway.to("news").emit("news", &news).await.unwrap_or_default();
    format!("{heard} will hear it\n")
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:8080".into());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // With the clients' addresses, which the gateway's limits by address go by.
    axum::serve(listener, app().into_make_service_with_connect_info::<SocketAddr>()).await
}

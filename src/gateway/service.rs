//! A gateway as a service for HTTP requests: hyper's and tower's.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Buf;
use http::Request;

use super::Gateway;
use crate::transport::{self, BoxError, Remote, Response};

/// A gateway that knows the address at the other end of its connection.
///
/// ```
/// use everwire::{ForRemote, Gateway, Remote};
///
/// let gateway = Gateway::builder().build();
/// let service: ForRemote = gateway.for_remote(Remote("192.0.2.1:5000".parse().unwrap()));
/// ```
#[derive(Debug, Clone)]
pub struct ForRemote {
    gateway: Gateway,
    remote: Remote,
}

impl Gateway {
    /// Answers one request. Its address, for limits by address, is [`Remote`] among the request's extensions. Needs a tokio
    /// runtime with time.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// let gateway = everwire::Gateway::builder().build();
    /// let request = http::Request::get("/everwire/health").body(String::new()).unwrap();
    /// assert_eq!(gateway.handle(request).await.status(), 200);
    /// # }
    /// ```
    pub fn handle<B>(&self, request: Request<B>) -> impl Future<Output = Response> + Send + use<B>
    where
        B: http_body::Body + Send + 'static,
        B::Data: Buf + Send,
        B::Error: Into<BoxError>,
    {
        let context = Arc::clone(&self.0.context);
        async move { transport::route(&context, adapted(request)).await }
    }

    /// The service for one connection, for servers that put no address into their requests.
    ///
    /// ```
    /// use everwire::{Gateway, Remote};
    /// use hyper_util::rt::{TokioIo, TokioTimer};
    ///
    /// async fn accept(listener: tokio::net::TcpListener, gateway: Gateway) -> std::io::Result<()> {
    ///     loop {
    ///         let (stream, address) = listener.accept().await?;
    ///         let connection = hyper::server::conn::http1::Builder::new()
    ///             .timer(TokioTimer::new())
    ///             .serve_connection(TokioIo::new(stream), gateway.for_remote(Remote(address)))
    ///             .with_upgrades();
    ///         tokio::spawn(connection);
    ///     }
    /// }
    /// ```
    pub fn for_remote(&self, remote: Remote) -> ForRemote {
        ForRemote { gateway: self.clone(), remote }
    }

    /// The path that everything stands under.
    ///
    /// ```
    /// assert_eq!(everwire::Gateway::builder().build().prefix(), "/everwire");
    /// ```
    pub fn prefix(&self) -> &str {
        &self.0.context.prefix
    }
}

/// What is known of a request only by what stands in front: below an axum router, its path without what nesting took off,
/// and the address.
#[cfg(feature = "axum")]
fn adapted<B>(mut request: Request<B>) -> Request<B> {
    use std::net::SocketAddr;

    use axum::extract::{ConnectInfo, OriginalUri};

    let extensions = request.extensions_mut();
    if extensions.get::<Remote>().is_none()
        && let Some(ConnectInfo(address)) = extensions.get::<ConnectInfo<SocketAddr>>().copied()
    {
        extensions.insert(Remote(address));
    }
    if let Some(OriginalUri(uri)) = extensions.remove::<OriginalUri>() {
        *request.uri_mut() = uri;
    }
    request
}

#[cfg(not(feature = "axum"))]
fn adapted<B>(request: Request<B>) -> Request<B> {
    request
}

type Answer = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

fn answer<B>(gateway: &Gateway, request: Request<B>) -> Answer
where
    B: http_body::Body + Send + 'static,
    B::Data: Buf + Send,
    B::Error: Into<BoxError>,
{
    let answer = gateway.handle(request);
    Box::pin(async move { Ok(answer.await) })
}

fn answer_for<B>(service: &ForRemote, mut request: Request<B>) -> Answer
where
    B: http_body::Body + Send + 'static,
    B::Data: Buf + Send,
    B::Error: Into<BoxError>,
{
    request.extensions_mut().insert(service.remote);
    answer(&service.gateway, request)
}

/// Both services, which differ in what they are called by only.
macro_rules! services {
    ($($service:ty => $answer:ident),+) => {$(
        impl<B> hyper::service::Service<Request<B>> for $service
        where
            B: http_body::Body + Send + 'static,
            B::Data: Buf + Send,
            B::Error: Into<BoxError>,
        {
            type Response = Response;
            type Error = Infallible;
            type Future = Answer;

            fn call(&self, request: Request<B>) -> Answer {
                $answer(self, request)
            }
        }

        impl<B> tower_service::Service<Request<B>> for $service
        where
            B: http_body::Body + Send + 'static,
            B::Data: Buf + Send,
            B::Error: Into<BoxError>,
        {
            type Response = Response;
            type Error = Infallible;
            type Future = Answer;

            /// Always: what is too much is answered with 429.
            fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
                Poll::Ready(Ok(()))
            }

            fn call(&mut self, request: Request<B>) -> Answer {
                $answer(self, request)
            }
        }
    )+};
}

services! { Gateway => answer, ForRemote => answer_for }

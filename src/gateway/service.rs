//! A gateway as a service for HTTP requests.

use std::{convert::Infallible, future::Future, pin::Pin, sync::Arc};

use bytes::Buf;
use http::Request;

use super::Gateway;
use crate::transport::{self, BoxError, Remote, Response};

/// A gateway that knows the address at the other end of its connection.
#[derive(Debug, Clone)]
pub struct ForRemote {
    gateway: Gateway,
    remote: Remote,
}

impl Gateway {
    /// Answers one request. Its address, for limits by address, is [`Remote`] among the request's extensions.
    pub async fn handle<B>(&self, request: Request<B>) -> Response
    where
        B: http_body::Body + Send + Unpin + 'static,
        B::Data: Buf + Send,
        B::Error: Into<BoxError>,
    {
        transport::route(&self.0.context, request).await
    }

    /// The service for one connection.
    pub fn for_remote(&self, remote: Remote) -> ForRemote {
        ForRemote { gateway: self.clone(), remote }
    }

    /// The path that everything stands under.
    pub fn prefix(&self) -> &str {
        &self.0.context.prefix
    }
}

type Answer = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

impl<B> hyper::service::Service<Request<B>> for Gateway
where
    B: http_body::Body + Send + Unpin + 'static,
    B::Data: Buf + Send,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answer;

    fn call(&self, request: Request<B>) -> Answer {
        let context = Arc::clone(&self.0.context);
        Box::pin(async move { Ok(transport::route(&context, request).await) })
    }
}

impl<B> hyper::service::Service<Request<B>> for ForRemote
where
    B: http_body::Body + Send + Unpin + 'static,
    B::Data: Buf + Send,
    B::Error: Into<BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Answer;

    fn call(&self, mut request: Request<B>) -> Answer {
        request.extensions_mut().insert(self.remote);
        hyper::service::Service::call(&self.gateway, request)
    }
}

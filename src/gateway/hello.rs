//! How a session begins and ends, as its handlers are told.

use std::{
    borrow::Cow,
    fmt,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use http::{
    Extensions, HeaderMap, Uri,
    header::{AUTHORIZATION, COOKIE},
};
use serde::de::DeserializeOwned;

use crate::{hub::Opener, session::Code, transport::Remote, wire::parcel::Parcel};

/// With what a client opened its session.
///
/// ```
/// use everwire::{Error, Gateway, Hello, Peer};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Login { name: String, word: String }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let gateway = Gateway::builder()
///     .on_connect(|peer: Peer, hello: Hello| async move {
///         let login: Login = hello.auth().ok_or(Error::unauthenticated("send name and word"))?;
///         if login.word != "sesame" {
///             return Err(Error::unauthenticated("that is not the word"));
///         }
///         println!("{} comes from {:?}", login.name, hello.address);
///         peer.join(&hello.query("room").unwrap_or("lobby".into())).await
///     })
///     .build();
/// # let login = serde_json::json!({ "name": "Ada", "word": "sesame" });
/// # let opening = everwire::testing::TestClient::builder(&gateway).auth(&login).query("room", "a b");
/// # let mut client = opening.connect().await.unwrap();
/// # assert_eq!(gateway.to("a b").emit("x", &1).await.unwrap(), 1);
/// # }
/// ```
#[derive(Clone)]
pub struct Hello {
    /// The headers of the request that opened it. Cookies, and HTTP authentication that a browser adds by itself, are
    /// there only if the page is of the gateway's own host or of an allowed origin.
    pub headers: HeaderMap,
    /// The URI of that request.
    pub uri: Uri,
    /// The client's address, where it is known: that of the connection, or what the trusted proxies say it is
    /// ([`Options::trusted_proxies`](crate::Options::trusted_proxies)).
    pub address: Option<IpAddr>,
    /// The address at the other end of the connection, which is a proxy's where one stands in front.
    pub remote: Option<SocketAddr>,
    /// Whether the page that opened it is of the gateway's own host or of an allowed origin.
    pub trusted_origin: bool,
    /// What others have put into the request's extensions before it came here: a middleware that knows the user, say.
    pub extensions: Extensions,
    auth: Option<Box<str>>,
}

/// Without credentials: headers, query and `auth` are secrets, and a log is not the place for them.
impl fmt::Debug for Hello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hello")
            .field("path", &self.uri.path())
            .field("address", &self.address)
            .field("trusted_origin", &self.trusted_origin)
            .finish_non_exhaustive()
    }
}

impl Hello {
    pub(super) fn new(opener: Opener) -> Self {
        Hello {
            remote: opener.head.extensions.get::<Remote>().map(|remote| remote.0),
            headers: opener.head.headers,
            uri: opener.head.uri,
            address: opener.address,
            trusted_origin: opener.trusted_origin,
            extensions: opener.head.extensions,
            auth: opener.auth,
        }
    }

    /// The `auth` of the opening packet, read as `T`; `None` if there was none, or it is something else.
    ///
    /// ```
    /// # use everwire::{Error, Gateway, Hello, Peer};
    /// # use serde::Deserialize;
    /// #[derive(Deserialize)]
    /// struct Login { token: String }
    ///
    /// let gateway = Gateway::builder().on_connect(|_: Peer, hello: Hello| async move {
    ///     let login = hello.auth::<Login>().ok_or(Error::unauthenticated("log in"))?;
    ///     if login.token == "1234" { Ok(()) } else { Err(Error::unauthenticated("an old token; log in again")) }
    /// });
    /// ```
    pub fn auth<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(self.auth.as_deref()?).ok()
    }

    /// The token of an `Authorization: Bearer` header, which no browser sends by itself: a script or a program has set it.
    ///
    /// ```
    /// # use everwire::{Error, Gateway, Hello, Peer};
    /// let gateway = Gateway::builder().on_connect(|_: Peer, hello: Hello| async move {
    ///     hello.bearer().filter(|token| *token == "1234").map(drop).ok_or(Error::unauthenticated("no token"))
    /// });
    /// ```
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// A header's value, the first of that name, if it is text.
    ///
    /// ```
    /// # fn example(hello: everwire::Hello) {
    /// let language = hello.header("accept-language").unwrap_or("en");
    /// # }
    /// ```
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A cookie's value, as it stands, without the quotes around it. There are cookies only where the page is trusted: see
    /// [`headers`](Self::headers).
    ///
    /// ```
    /// # use everwire::{Error, Hello, Peer};
    /// async fn check(_: Peer, hello: Hello) -> Result<(), Error> {
    ///     match hello.cookie("session") {
    ///         Some("valid") => Ok(()),
    ///         _ => Err(Error::unauthenticated("log in")),
    ///     }
    /// }
    /// # everwire::Gateway::builder().on_connect(check).build();
    /// ```
    pub fn cookie(&self, name: &str) -> Option<&str> {
        let headers = self.headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        let mut pairs = headers.flat_map(|value| value.split(';')).filter_map(|pair| pair.split_once('='));
        let (_, value) = pairs.find(|(key, _)| key.trim() == name)?;
        let value = value.trim();
        Some(value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value))
    }

    /// A value of the query of the request that opened the session, decoded; empty where the key stands alone. Queries end in
    /// logs: what is secret belongs into `auth`.
    ///
    /// ```
    /// # async fn example(peer: everwire::Peer, hello: everwire::Hello) -> Result<(), everwire::Error> {
    /// if let Some(room) = hello.query("room") {
    ///     peer.join(&room).await?;
    /// }
    /// # Ok(()) }
    /// ```
    pub fn query(&self, name: &str) -> Option<Cow<'_, str>> {
        let query = self.uri.query()?.as_bytes();
        form_urlencoded::parse(query).find(|(key, _)| key == name).map(|(_, value)| value)
    }
}

/// How a session ended.
///
/// ```
/// use everwire::{Gateway, Goodbye, Peer};
///
/// let gateway = Gateway::builder().on_disconnect(|peer: Peer, goodbye: Goodbye| async move {
///     let Goodbye { code, reason, undelivered, .. } = goodbye;
///     println!("{} left ({code}, {reason}); {undelivered} messages are uncertain", peer.id());
/// });
/// ```
#[derive(Debug, Clone)]
pub struct Goodbye {
    /// Why, by docs/PROTOCOL.md, section 8: 4000 closed by either side, 4004 not resumed in time, 4008 a slow consumer, …
    pub code: u16,
    /// The same in a sentence.
    pub reason: String,
    /// How many messages the client had not acknowledged when the session ended. Those of a session that the application
    /// closed may still arrive; of any other they are uncertain.
    pub undelivered: usize,
    parcels: Vec<Arc<Parcel>>,
}

impl Goodbye {
    pub(super) fn new(goodbye: crate::session::Goodbye) -> Self {
        Goodbye {
            code: Code::number(goodbye.code),
            reason: goodbye.reason.into(),
            undelivered: goodbye.undelivered.len(),
            parcels: goodbye.undelivered,
        }
    }

    /// The packets that were not acknowledged, as JSON, oldest first; of a binary message its header.
    ///
    /// ```
    /// # use everwire::{Goodbye, Peer};
    /// async fn parted(peer: Peer, goodbye: Goodbye) {
    ///     for packet in goodbye.undelivered_packets() {
    ///         eprintln!("{} may not have got {packet}", peer.id());
    ///     }
    /// }
    /// # everwire::Gateway::builder().on_disconnect(parted).build();
    /// ```
    pub fn undelivered_packets(&self) -> impl Iterator<Item = &str> {
        self.parcels.iter().map(|parcel| std::str::from_utf8(parcel.header()).expect("packets are text"))
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn hello(uri: &str, headers: &[(&str, &str)]) -> Hello {
        let request = headers
            .iter()
            .fold(Request::builder().uri(uri), |request, (name, value)| request.header(*name, *value));
        let (head, ()) = request.body(()).unwrap().into_parts();
        Hello::new(Opener { head, auth: None, address: None, trusted_origin: true })
    }

    #[test]
    fn the_query_is_decoded() {
        let hello = hello("/everwire/ws?open&room=a%20b+c&x=%C3%A9&x=2", &[]);
        let value = |name| hello.query(name);
        assert_eq!(value("room").as_deref(), Some("a b c"));
        assert_eq!(
            (value("open").as_deref(), value("x").as_deref(), value("y")),
            (Some(""), Some("é"), None)
        );
    }

    #[test]
    fn cookies_stand_anywhere_in_any_of_their_headers() {
        let hello =
            hello("/", &[("cookie", "a=1; b=\"two\";c=3=4"), ("cookie", "d="), ("cookie", "nothing")]);
        let values = ["a", "b", "c", "d", "nothing", ""].map(|name| hello.cookie(name));
        assert_eq!(values, [Some("1"), Some("two"), Some("3=4"), Some(""), None, None]);
    }

    #[test]
    fn a_bearer_token_has_its_scheme() {
        for (value, expected) in
            [("Bearer abc", Some("abc")), ("bearer  abc", Some("abc")), ("Basic abc", None), ("abc", None)]
        {
            assert_eq!(hello("/", &[("authorization", value)]).bearer(), expected, "{value}");
        }
        assert_eq!(hello("/", &[("x-test", "1")]).header("X-Test"), Some("1"));
    }
}

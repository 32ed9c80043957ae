//! A request, as its bytes.

/// Under which name the gateway is asked.
const HOST: &str = "gateway.test";

/// A request in the making: nothing is checked, so that anything can be sent.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    pub(crate) method: String,
    line: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Ask {
    pub(crate) fn new(method: &str, target: &str) -> Self {
        let line = format!("{method} {target} HTTP/1.1");
        let headers = vec![("Host".into(), HOST.into())];
        Ask { method: method.into(), line, headers, body: Vec::new() }
    }

    pub(crate) fn get(target: &str) -> Self {
        Ask::new("GET", target)
    }

    pub(crate) fn post(target: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let ask = Ask::new("POST", target).header("Content-Length", &body.len().to_string());
        Ask { body: body.to_vec(), ..ask }
    }

    /// The same, with the body in one chunk.
    pub(crate) fn chunked(target: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let head = format!("{:x}\r\n", body.len());
        let whole = [head.as_bytes(), body, b"\r\n0\r\n\r\n"].concat();
        let ask = Ask::new("POST", target).header("Transfer-Encoding", "chunked");
        Ask { body: whole, ..ask }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn version(mut self, version: &str) -> Self {
        let end = self.line.rfind(' ').expect("a request line ends with its version");
        self.line.replace_range(end + 1.., version);
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut head = format!("{}\r\n", self.line);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        [head.as_bytes(), &self.body].concat()
    }
}

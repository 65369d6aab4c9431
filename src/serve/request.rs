//! The request of a connection: read up to a limit, and refused unless it was meant for this preview.

use std::io::{self, Read};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

/// The most bytes of a request's head.
const MOST_BYTES: usize = 16 * 1024;

/// The most fields of a request's head.
const MOST_FIELDS: usize = 64;

/// What somebody wants to read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    /// The path in the site, decoded, without the slash at its beginning.
    pub(super) path: String,
    /// Whether only the head of the answer is wanted.
    pub(super) is_head: bool,
}

/// Why a request is not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is no request of HTTP/1.
    Malformed,
    /// Its head is too long.
    TooLong,
    /// It took too long.
    TooLate,
    /// It wants to do something else than to read.
    Method,
    /// It was meant for another host.
    Host,
}

impl Request {
    /// Returns the request that comes over `stream`, which has as much time as `patience` for all of it.
    pub(super) fn read(stream: &mut TcpStream, port: u16, patience: Duration) -> Result<Self, Refusal> {
        let deadline = Instant::now() + patience;
        let mut head = Vec::new();
        let mut chunk = [0; 2048];
        loop {
            let rest = deadline.checked_duration_since(Instant::now()).filter(|rest| !rest.is_zero());
            let rest = rest.ok_or(Refusal::TooLate)?;
            stream.set_read_timeout(Some(rest)).map_err(|_| Refusal::Malformed)?;
            let read = match stream.read(&mut chunk) {
                Ok(0) => return Err(Refusal::Malformed),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return Err(Refusal::TooLate),
            };
            head.extend_from_slice(&chunk[..read]);
            if let Some(request) = Self::parse(&head, port)? {
                return Ok(request);
            }
        }
    }

    /// Returns the request that `head` begins with; nothing when there must be more of it.
    fn parse(head: &[u8], port: u16) -> Result<Option<Self>, Refusal> {
        let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
        let mut request = httparse::Request::new(&mut fields);
        match request.parse(head) {
            Ok(httparse::Status::Complete(length)) if length <= MOST_BYTES => {}
            Ok(httparse::Status::Partial) if head.len() <= MOST_BYTES => return Ok(None),
            Ok(_) | Err(httparse::Error::TooManyHeaders) => return Err(Refusal::TooLong),
            Err(_) => return Err(Refusal::Malformed),
        }
        let mut hosts = request.headers.iter().filter(|field| field.name.eq_ignore_ascii_case("host"));
        let host = match (hosts.next(), hosts.next()) {
            (Some(host), None) => str::from_utf8(host.value).map_err(|_| Refusal::Host)?,
            _ => return Err(Refusal::Host),
        };
        if !is_own(host, port) {
            return Err(Refusal::Host);
        }
        let is_head = match request.method {
            Some("GET") => false,
            Some("HEAD") => true,
            _ => return Err(Refusal::Method),
        };
        // The form with a host is for proxies, which this is none of.
        let path = request.path.and_then(|target| target.strip_prefix('/')).ok_or(Refusal::Malformed)?;
        let path = path.split(['?', '#']).next().unwrap_or_default();
        Ok(Some(Self { path: decode(path).ok_or(Refusal::Malformed)?, is_head }))
    }
}

/// Returns whether `host` names this machine itself, at our port.
fn is_own(host: &str, port: u16) -> bool {
    let (name, at) = match host.rsplit_once(':') {
        Some((name, at)) if !at.ends_with(']') => (name, at.parse().ok()),
        _ => (host, Some(80)),
    };
    let is_local = name.eq_ignore_ascii_case("localhost") || matches!(name, "127.0.0.1" | "[::1]");
    is_local && at == Some(port)
}

/// Returns a path without its escapes; nothing when they are none, or make no text.
fn decode(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// Ends a connection whose request was not read to its end: to close it at once would take the answer back.
pub(super) fn drain(stream: &mut TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(Duration::from_millis(500)))?;
    io::copy(&mut stream.take(1024 * 1024), &mut io::sink())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_requests_for_this_machine_are_answered() {
        let head = |target: &str, host: &str| format!("GET {target} HTTP/1.1\r\n{host}\r\n");
        let path = |path: &str| Ok(Some(Request { path: path.into(), is_head: false }));
        for (head, expected) in [
            (head("/", "Host: localhost:8700\r\n"), path("")),
            (head("/a/b.html?c#d", "host: LOCALHOST:8700\r\nAccept: */*\r\n"), path("a/b.html")),
            (head("/a", "Host: 127.0.0.1:8700\r\n"), path("a")),
            (head("/a%2Fb%20%C3%BC", "Host: [::1]:8700\r\n"), path("a/b ü")),
            (head("/../../etc/passwd", "Host: [::1]:8700\r\n"), path("../../etc/passwd")),
            (head("/", "Host: evil.example:8700\r\n"), Err(Refusal::Host)),
            (head("/", "Host: localhost.evil.example:8700\r\n"), Err(Refusal::Host)),
            (head("/", "Host: localhost:8701\r\n"), Err(Refusal::Host)),
            (head("/", "Host: localhost\r\n"), Err(Refusal::Host)),
            (head("/", "Host: 127.0.0.2:8700\r\n"), Err(Refusal::Host)),
            (head("/", "Host: 0.0.0.0:8700\r\n"), Err(Refusal::Host)),
            (head("/", "Host: localhost:8700\r\nHost: evil.example\r\n"), Err(Refusal::Host)),
            (head("/", "Host: \u{fc}:8700\r\n"), Err(Refusal::Host)),
            (head("/", ""), Err(Refusal::Host)),
            (head("http://localhost:8700/", "Host: localhost:8700\r\n"), Err(Refusal::Malformed)),
            (head("/%", "Host: localhost:8700\r\n"), Err(Refusal::Malformed)),
            (head("/%zz", "Host: localhost:8700\r\n"), Err(Refusal::Malformed)),
            (head("/%ff", "Host: localhost:8700\r\n"), Err(Refusal::Malformed)),
            ("GET / HTTP/1.1\r\nHost: loc".into(), Ok(None)),
            ("GE".into(), Ok(None)),
            ("POST / HTTP/1.1\r\nHost: localhost:8700\r\n\r\nx".into(), Err(Refusal::Method)),
            ("\u{0}\u{1}".into(), Err(Refusal::Malformed)),
            ("GET / HTTP/2.0\r\n\r\n".into(), Err(Refusal::Malformed)),
            (head("/", &"X: y\r\n".repeat(100)), Err(Refusal::TooLong)),
            (format!("GET /{}", "a".repeat(20_000)), Err(Refusal::TooLong)),
        ] {
            assert_eq!(Request::parse(head.as_bytes(), 8700), expected, "{head}");
        }
        let head = b"HEAD / HTTP/1.0\r\nHost: localhost\r\n\r\n";
        assert_eq!(Request::parse(head, 80), Ok(Some(Request { path: String::new(), is_head: true })));
    }
}

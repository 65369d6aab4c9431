//! HTTP by running `curl`: all that is said to it is on its stdin, where no other process sees it.
//!
//! The program is on every CI runner, knows its proxies and certificates, and has been looked at by more people than
//! any library. Its configuration says everything: the one scheme that it may speak, that it follows no redirect
//! (whoever answers would choose who gets the credentials), how long an answer may take.

use std::io::Write;
use std::net::{IpAddr, ToSocketAddrs};

use tempfile::NamedTempFile;
use url::{Host, Url};

use super::host;
use super::outside::{HttpRequest, HttpResponse};

/// How long an answer may take, in seconds.
const LONGEST: u32 = 60;

/// The most bytes of an answer.
const MOST: u32 = 32 << 20;

/// The methods of requests.
pub(super) const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];

/// The arguments of `curl`: no configuration but the one on stdin. The first must be the first.
pub(super) const ARGUMENTS: &[&str] = &["--disable", "--config", "-"];

/// What is said to `curl`. The body is in a file that only its owner reads, removed with this.
#[derive(Debug)]
pub(super) struct Order {
    /// The configuration.
    pub(super) config: String,
    _body: Option<NamedTempFile>,
}

impl Order {
    /// Returns what to say for `request`; `plain` are the origins that may be asked without encryption.
    ///
    /// # Errors
    /// When the request must not be sent, as a phrase without its address or headers.
    pub(super) fn new(request: &HttpRequest, plain: &[String]) -> Result<Self, String> {
        let url = address(&request.url, plain)?;
        let pinned = if request.chosen { pinned(&url)? } else { None };
        if !METHODS.contains(&request.method.as_str()) {
            return Err(format!("the method of a request must be one of {}", METHODS.join(", ")));
        }
        let body = request.body.as_deref().map(kept).transpose()?;
        let mut config = Config::default();
        config.set("url", url.as_str());
        if let Some(pinned) = pinned {
            config.set("resolve", &pinned);
        }
        config.set("request", &request.method);
        config.set("proto", if url.scheme() == "http" { "=http" } else { "=https" });
        config.set("max-time", &LONGEST.to_string());
        config.set("max-filesize", &MOST.to_string());
        config.set("write-out", "\n%{http_code}");
        // Braces and brackets of an address are not several addresses.
        config.flag("globoff");
        config.flag("silent");
        for (name, value) in &request.headers {
            config.set("header", &header(name, value)?);
        }
        // What curl would say by itself: a type that nobody gave, and that it waits to be asked for the body.
        if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            config.set("header", "Content-Type:");
        }
        config.set("header", "Expect:");
        match &body {
            Some(file) => config.set("data-binary", &format!("@{}", file.path().display())),
            // Some servers want to be told that there is nothing.
            None if request.method != "GET" => config.set("data-binary", ""),
            None => {}
        }
        Ok(Self { config: config.0, _body: body })
    }
}

/// A configuration of curl.
#[derive(Default)]
struct Config(String);

impl Config {
    fn set(&mut self, key: &str, value: &str) {
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        self.0.push_str(&format!("{key} = \"{escaped}\"\n"));
    }

    fn flag(&mut self, key: &str) {
        self.0.push_str(key);
        self.0.push('\n');
    }
}

/// Returns the address of a request, as it is read here: what is sent is what was checked.
fn address(text: &str, plain: &[String]) -> Result<Url, String> {
    let hidden = |c: char| c.is_control() || c.is_whitespace();
    if text.contains(hidden) {
        return Err("the address has spaces or control characters in it".into());
    }
    let url = Url::parse(text).map_err(|error| format!("this is no address: {error}"))?;
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if local || plain.contains(&origin(&url)) => Ok(url),
        "http" => Err("the address must begin with https://".into()),
        scheme => Err(format!("the address must begin with https://, not {scheme}:")),
    }
}

/// Returns the scheme, host and port of an address.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// Returns where the host of an address is, as curl reads it, so that it asks there and does not look again: the answer
/// could be another then. `None` when it cannot be found, as where a proxy finds it.
fn pinned(url: &Url) -> Result<Option<String>, String> {
    host::check(url)?;
    let Some(Host::Domain(name)) = url.host() else { return Ok(None) };
    let port = url.port_or_known_default().unwrap_or(443);
    let Ok(addresses) = (name, port).to_socket_addrs() else { return Ok(None) };
    let addresses: Vec<IpAddr> = addresses.map(|address| address.ip()).collect();
    if addresses.iter().any(|address| host::is_inside(*address)) {
        return Err(host::refusal());
    }
    let list: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
    Ok((!list.is_empty()).then(|| format!("{name}:{port}:{}", list.join(","))))
}

/// Returns a header as curl reads it.
fn header(name: &str, value: &str) -> Result<String, String> {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return Err("a header has a name that no header can have".into());
    }
    if value.contains(|c: char| c.is_control() && c != '\t') {
        return Err(format!("the header `{name}` has a line break or another control character in it"));
    }
    // Without a value it ends in a semicolon: a colon would leave the header out.
    Ok(if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") })
}

/// Returns a file that holds the body; on Unix nobody else can read it.
fn kept(body: &[u8]) -> Result<NamedTempFile, String> {
    let written = NamedTempFile::new().and_then(|mut file| {
        file.write_all(body)?;
        file.flush()?;
        Ok(file)
    });
    written.map_err(|error| format!("the body cannot be kept for curl: {error}"))
}

/// Returns the answer in what curl wrote: the body, then the status on a line of its own.
pub(super) fn answer(mut output: Vec<u8>) -> Result<HttpResponse, String> {
    let end = output.iter().rposition(|byte| *byte == b'\n');
    let status = end.and_then(|end| std::str::from_utf8(&output[end + 1..]).ok()?.trim().parse().ok());
    let (Some(end), Some(status)) = (end, status) else {
        return Err("curl said something else than an answer".into());
    };
    output.truncate(end);
    Ok(HttpResponse { status, body: output })
}

/// Returns what an exit code of curl means. What it writes to stderr may hold parts of the address, and is not shown.
pub(super) fn meaning(code: i32) -> String {
    match code {
        5 => "the proxy cannot be found".into(),
        6 => "the host cannot be found".into(),
        7 => "the host cannot be reached".into(),
        28 => format!("there was no answer in {LONGEST} seconds"),
        35 | 53..=54 | 58..=60 | 66 | 77 | 82..=83 | 90..=91 => {
            format!("the connection could not be secured (curl ended with {code})")
        }
        63 => format!("the answer is larger than {} MiB", MOST >> 20),
        code => format!("the request could not be sent (curl ended with {code})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(url: &str, headers: &[(&str, &str)], body: Option<&str>) -> HttpRequest {
        HttpRequest {
            method: "POST".into(),
            url: url.into(),
            headers: headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
            body: body.map(|body| body.as_bytes().to_vec()),
            chosen: false,
        }
    }

    #[test]
    fn a_host_that_data_chose_is_looked_at() {
        // No look-up: the name is in every table of hosts.
        for (url, fine) in
            [("http://localhost/", false), ("https://127.0.0.1/", false), ("https://8.8.8.8/", true)]
        {
            let chosen = HttpRequest { chosen: true, ..request(url, &[], None) };
            assert_eq!(Order::new(&chosen, &[]).is_ok(), fine, "{url}");
        }
    }

    #[test]
    fn says_all_of_a_request() {
        let order = Order::new(
            &request("https://a.example/x?q={1}", &[("X-A", "\"b\\"), ("X-E", "")], Some("x")),
            &[],
        );
        let order = order.unwrap();
        for line in [
            "url = \"https://a.example/x?q={1}\"",
            "proto = \"=https\"",
            "request = \"POST\"",
            "header = \"X-A: \\\"b\\\\\"",
            "header = \"X-E;\"",
            "header = \"Content-Type:\"",
            "write-out = \"\\n%{http_code}\"",
            "globoff",
        ] {
            assert!(order.config.lines().any(|said| said == line), "{line} is not in\n{}", order.config);
        }
        let path = order.config.split("data-binary = \"@").nth(1).and_then(|rest| rest.split('"').next());
        let path = path.unwrap().to_string();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "x");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        drop(order);
        assert!(!std::path::Path::new(&path).exists());
    }

    #[test]
    fn speaks_plainly_only_where_it_may() {
        let plain = ["http://git.example:8080".to_string()];
        for (url, fine) in [
            ("https://a.example", true),
            ("http://localhost:8080/x", true),
            ("http://127.0.0.1/x", true),
            ("http://[::1]:1/x", true),
            ("http://git.example:8080/api", true),
            ("http://git.example/api", false),
            ("http://localhost.a.example/", false),
            ("http://localhost@a.example/", false),
            ("ftp://a.example", false),
            ("file:///etc/passwd", false),
            ("gopher://localhost", false),
            ("a.example/x", false),
            ("https://a.example/\nheader = \"X: y\"", false),
            ("https://a.example/ x", false),
            ("", false),
        ] {
            assert_eq!(Order::new(&request(url, &[], None), &plain).is_ok(), fine, "{url}");
        }
    }

    #[test]
    fn headers_stay_one_line() {
        for (name, value, fine) in [
            ("X-A", "b", true),
            ("X-A", "é\tb", true),
            ("X-A", "b\r\nX-B: c", false),
            ("X-A", "b\0", false),
            ("X-A: b\nX-B", "c", false),
            ("X A", "c", false),
            ("", "c", false),
        ] {
            assert_eq!(header(name, value).is_ok(), fine, "{name:?}: {value:?}");
        }
        let mut bad = request("https://a.example", &[], None);
        bad.method = "POST\nurl".into();
        assert!(Order::new(&bad, &[]).is_err());
    }

    #[test]
    fn reads_answers() {
        let read = |text: &str| answer(text.as_bytes().to_vec()).map(|it| (it.status, it.body));
        assert_eq!(read("a\nb\n\n200"), Ok((200, b"a\nb\n".to_vec())));
        assert_eq!(read("\n404"), Ok((404, Vec::new())));
        assert!(read("200").is_err() && read("a\nb").is_err() && read("").is_err());
    }
}

//! What is answered: a file of the site, one of the preview's own, or why there is none.

use std::io::{self, Write};
use std::sync::Arc;

use super::request::{Refusal, Request};
use super::{Preview, board, media};
use crate::output::Snapshot;

/// The folder of what belongs to the preview: no identifier's file is called so, for `~` is followed by two digits there.
const FOLDER: &str = "~portal/";

/// What pages listen to.
pub(super) const EVENTS: &str = "~portal/events";

const SCRIPT: &str = include_str!("../../templates/serve/live.js");
const STYLESHEET: &str = include_str!("../../templates/serve/live.css");
/// The page for as long as there is no site.
const WAITING: &str = include_str!("../../templates/serve/waiting.html");

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    status: &'static str,
    kind: &'static str,
    /// Where it is instead.
    location: Option<String>,
    /// What it holds, in parts.
    body: Vec<Body>,
}

#[derive(Debug)]
enum Body {
    Own(&'static str),
    Made(String),
    Stored(Arc<[u8]>),
}

impl Body {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Own(text) => text.as_bytes(),
            Self::Made(text) => text.as_bytes(),
            Self::Stored(bytes) => bytes,
        }
    }
}

impl Answer {
    fn new(status: &'static str, kind: &'static str, body: Vec<Body>) -> Self {
        Self { status, kind, location: None, body }
    }

    fn text(status: &'static str, text: &'static str) -> Self {
        Self::new(status, media::kind("x.txt"), vec![Body::Own(text)])
    }

    /// Returns the answer when there are too many readers.
    pub(super) fn busy() -> Self {
        Self::text("503 Service Unavailable", "Too many pages are open: close some.\n")
    }

    /// Returns the answer to a request that is refused.
    pub(super) fn refusal(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Malformed => Self::text("400 Bad Request", "This is no request of HTTP/1.1.\n"),
            Refusal::TooLong => {
                Self::text("431 Request Header Fields Too Large", "The request is too long.\n")
            }
            Refusal::TooLate => Self::text("408 Request Timeout", "The request took too long.\n"),
            Refusal::Method => Self::text("405 Method Not Allowed", "The preview can only be read.\n"),
            Refusal::Host => Self::text(
                "421 Misdirected Request",
                "The preview is for this machine alone: open it as localhost, with its port.\n",
            ),
        }
    }

    /// Returns the beginning of what pages listen to.
    pub(super) fn events() -> Self {
        Self::new("200 OK", "text/event-stream", Vec::new())
    }

    /// Writes the answer, or its head alone.
    pub(super) fn write(&self, out: &mut impl Write, is_head: bool) -> io::Result<()> {
        let length = self.body.iter().map(|part| part.bytes().len()).sum();
        self.write_head(out, Some(length))?;
        if !is_head {
            self.body.iter().try_for_each(|part| out.write_all(part.bytes()))?;
        }
        out.flush()
    }

    /// Writes the head of the answer; `length` is that of the body, when it is known.
    pub(super) fn write_head(&self, out: &mut impl Write, length: Option<usize>) -> io::Result<()> {
        let mut head = format!("HTTP/1.1 {}\r\nContent-Type: {}\r\n", self.status, self.kind);
        if let Some(length) = length {
            head.push_str(&format!("Content-Length: {length}\r\n"));
        }
        if let Some(location) = &self.location {
            head.push_str(&format!("Location: {location}\r\n"));
        }
        if self.status.starts_with("405") {
            head.push_str("Allow: GET, HEAD\r\n");
        }
        // Pages of other hosts can neither frame the preview nor load its data as scripts.
        head.push_str(
            "Cache-Control: no-store\r\nConnection: close\r\nX-Content-Type-Options: nosniff\r\n\
             Cross-Origin-Resource-Policy: same-origin\r\nContent-Security-Policy: frame-ancestors 'none'\r\n\
             Referrer-Policy: no-referrer\r\n\r\n",
        );
        out.write_all(head.as_bytes())
    }
}

/// Returns the answer to a request.
pub(super) fn to(request: &Request, preview: &Preview) -> Answer {
    if let Some(name) = request.path.strip_prefix(FOLDER) {
        return own(name);
    }
    let site = preview.shelf.shown();
    let path = request.path.as_str();
    let index =
        if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.into() };
    if let Some(bytes) = site.get(&index) {
        return file("200 OK", &index, bytes, &site);
    }
    if site.get(&format!("{path}/index.html")).is_some() {
        // From the root, for a host may not be guessed from a path that begins with two slashes.
        let location = format!("/{}/", escaped(path.trim_start_matches('/')));
        return Answer { location: Some(location), ..Answer::text("308 Permanent Redirect", "") };
    }
    match site.get("404.html") {
        Some(bytes) => file("404 Not Found", "404.html", bytes, &site),
        None if site.id() == 0 => page("503 Service Unavailable", Body::Own(WAITING), &site),
        None => Answer::text("404 Not Found", "There is no page here.\n"),
    }
}

/// Returns a file of the preview itself.
fn own(name: &str) -> Answer {
    match name {
        "live.js" => Answer::new("200 OK", media::kind(name), vec![Body::Own(SCRIPT)]),
        "live.css" => Answer::new("200 OK", media::kind(name), vec![Body::Own(STYLESHEET)]),
        "events" => Answer::events(),
        _ => Answer::text("404 Not Found", "The preview has no such file.\n"),
    }
}

fn file(status: &'static str, path: &str, bytes: Arc<[u8]>, site: &Snapshot) -> Answer {
    if media::is_page(path) {
        return page(status, Body::Stored(bytes), site);
    }
    Answer::new(status, media::kind(path), vec![Body::Stored(bytes)])
}

/// Returns a page with the script that listens at its end, which knows the build that the page is of.
fn page(status: &'static str, body: Body, site: &Snapshot) -> Answer {
    let build = board::id(site.id());
    let live = format!("<script src=\"/{FOLDER}live.js\" data-site=\"{build}\"></script>\n");
    Answer::new(status, media::kind("x.html"), vec![body, Body::Made(live)])
}

/// Returns a path as part of an address.
fn escaped(path: &str) -> String {
    let mut text = String::new();
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => text.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => text.push(char::from(byte)),
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{Output, Rank};

    fn answered(preview: &Preview, path: &str) -> String {
        let request = Request { path: path.into(), is_head: false };
        let mut out = Vec::new();
        to(&request, preview).write(&mut out, false).expect("memory takes everything");
        String::from_utf8_lossy(&out).into_owned()
    }

    fn preview(files: &[(&str, &str)]) -> Preview {
        let preview = Preview::default();
        let output = Output::memory(&preview.shelf);
        for (path, text) in files {
            output.write(path, Rank::Leaf, text.as_bytes()).expect("memory takes everything");
        }
        output.publish().expect("published");
        preview
    }

    #[test]
    fn paths_lead_to_files_of_the_site_only() {
        let preview = preview(&[
            ("index.html", "home"),
            ("a/index.html", "list"),
            ("404.html", "lost"),
            ("portal.css", "a{}"),
            ("\u{fc}/index.html", "u"),
        ]);
        for (path, status, holds) in [
            ("", "200 OK", "home<script src=\"/~portal/live.js\" data-site=\""),
            ("a/", "200 OK", "list<script"),
            ("a", "308 Permanent", "Location: /a/\r\n"),
            ("\u{fc}", "308 Permanent", "Location: /%C3%BC/\r\n"),
            ("a/b.html", "404 Not Found", "lost<script"),
            ("../Cargo.toml", "404 Not Found", "lost"),
            ("/a", "404 Not Found", "lost"),
            ("portal.css", "200 OK", "\r\n\r\na{}"),
            ("~portal/live.js", "200 OK", "EventSource"),
            ("~portal/other", "404 Not Found", "no such file"),
        ] {
            let answer = answered(&preview, path);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {answer}");
            assert!(answer.contains(holds), "{path}: {answer}");
            assert!(answer.contains("Cache-Control: no-store\r\n"), "{path}");
        }
    }

    #[test]
    fn before_the_first_build_a_page_waits() {
        let answer = answered(&Preview::default(), "a/b.html");
        assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("live.js"), "{answer}");
    }
}

//! A web server for a folder, under a path of its own, as a host of static files is one.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

/// The path that the folder is served under.
const BASE: &str = "/some/portal/";

/// A folder that is served until the end of the process.
pub(super) struct Served {
    /// The address of the folder, ending in a slash.
    pub(super) home: String,
}

impl Served {
    pub(super) fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let home = format!("http://{}{BASE}", listener.local_addr().unwrap());
        let folder = Arc::new(folder.canonicalize().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let folder = Arc::clone(&folder);
                thread::spawn(move || answer(stream, &folder));
            }
        });
        Self { home }
    }
}

/// Answers one request; who asks may have gone meanwhile.
fn answer(mut stream: TcpStream, folder: &Path) -> Option<()> {
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    let request = lines.next()?.ok()?;
    while lines.next()?.is_ok_and(|line| !line.is_empty()) {}
    let asked = request.split(' ').nth(1)?;
    let path = asked.split(['?', '#']).next()?.strip_prefix(BASE);
    let found = path.and_then(|path| read(folder, &decoded(path)));
    let (status, kind, bytes) = match &found {
        Some((path, bytes)) => ("200 OK", kind(path), bytes.as_slice()),
        None => ("404 Not Found", "text/plain", b"not found".as_slice()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        bytes.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(bytes).ok()
}

fn read(folder: &Path, path: &str) -> Option<(PathBuf, Vec<u8>)> {
    let path = folder.join(path);
    let path = if path.is_dir() { path.join("index.html") } else { path };
    let bytes = fs::read(&path).ok()?;
    Some((path, bytes))
}

/// Returns a path with its escapes undone.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| byte == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(escaped) => {
                bytes.push(escaped);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn kind(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css",
        "js" => "text/javascript",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "json" => "application/json",
        "xml" => "application/xml",
        _ => "text/plain; charset=utf-8",
    }
}

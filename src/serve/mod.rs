//! The preview: a site in memory, shown to browsers on this machine, which reload when it changes.
//!
//! A small server of HTTP/1.1, for one reader and only from here: it listens on the loopback addresses, answers only
//! requests that were meant for them (a page elsewhere can make a browser ask `127.0.0.1` under its own name), only
//! reads, and only from a [`Shelf`](crate::output::Shelf): there is no disk behind it. A thread for each request, none
//! kept alive, at most [`MOST_READERS`] at once.
//!
//! What belongs to the preview and not to the site is below `/~portal/`, where no page of a site is: the script that
//! listens and its stylesheet, added to every page on its way out, and the [events](board) it listens to.

mod answer;
mod board;
mod failure;
mod media;
mod request;

use std::io::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::output::Shelf;
use answer::Answer;
use board::Board;
pub use failure::{Failure, Finding};
use request::Request;

/// How many requests are answered at once; a browser has at most six for a page, and one for each page that listens.
const MOST_READERS: usize = 128;

/// How long a reader may take to say what it wants, or to take what it is given.
const PATIENCE: Duration = Duration::from_secs(10);

/// After how much silence a page is told that the preview is still there, by which is learned that the page is.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// How many ports are tried after the usual one.
const MORE_PORTS: u16 = 20;

/// Where the preview listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Port {
    /// This one, or any when it is 0.
    Exactly(u16),
    /// This one, or one of the next.
    From(u16),
}

/// A preview that can be reached.
#[derive(Debug)]
pub struct Server {
    listeners: Vec<TcpListener>,
    port: u16,
    preview: Arc<Preview>,
}

/// What readers are shown.
#[derive(Debug, Default)]
pub struct Preview {
    shelf: Arc<Shelf>,
    board: Board,
}

impl Preview {
    /// Returns where the site is put.
    pub fn shelf(&self) -> &Arc<Shelf> {
        &self.shelf
    }

    /// Tells pages that the site on the shelf is the catalog's; those that show another reload.
    pub fn show_site(&self) {
        self.board.put(self.shelf.shown().id(), None);
    }

    /// Tells pages why the site is not the catalog's: they show it over the last one that was.
    pub fn show_failure(&self, failure: &Failure) {
        self.board.put(self.shelf.shown().id(), Some(failure));
    }
}

impl Server {
    /// Returns a server that listens on the loopback addresses of this machine.
    ///
    /// # Errors
    /// When the port is taken, or the system permits none.
    pub fn bind(port: Port) -> io::Result<Self> {
        let ports = match port {
            Port::Exactly(port) => port..=port,
            Port::From(port) => port..=port.saturating_add(MORE_PORTS),
        };
        let mut taken = io::Error::from(io::ErrorKind::AddrInUse);
        for port in ports {
            match listen(port) {
                Ok(listeners) => {
                    let port = listeners[0].local_addr()?.port();
                    return Ok(Self { listeners, port, preview: Arc::default() });
                }
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => taken = error,
                Err(error) => return Err(error),
            }
        }
        Err(taken)
    }

    /// Returns the port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Returns the address to open in a browser.
    pub fn address(&self) -> String {
        format!("http://localhost:{}/", self.port)
    }

    /// Returns what it shows.
    pub fn preview(&self) -> &Arc<Preview> {
        &self.preview
    }

    /// Answers from now on, on threads of its own, until the process ends.
    pub fn start(self) {
        let readers = Arc::new(AtomicUsize::new(0));
        for listener in self.listeners {
            let (preview, readers) = (Arc::clone(&self.preview), Arc::clone(&readers));
            thread::spawn(move || accept(&listener, self.port, &preview, &readers));
        }
    }
}

/// Returns a listener for each loopback address that this machine has, all on one port.
fn listen(port: u16) -> io::Result<Vec<TcpListener>> {
    let first = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let second = |port| TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port)));
    match first {
        Ok(first) => match second(first.local_addr()?.port()) {
            Ok(second) => Ok(vec![first, second]),
            // Else a browser that tries this address first would read what somebody else shows there.
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(error),
            Err(_) => Ok(vec![first]),
        },
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(error),
        Err(error) => second(port).map(|second| vec![second]).map_err(|_| error),
    }
}

/// Counts a reader for as long as it is there.
struct Reader(Arc<AtomicUsize>);

impl Reader {
    /// Returns a place among the readers, unless all are taken.
    fn enter(readers: &Arc<AtomicUsize>) -> Option<Self> {
        let reader = Self(Arc::clone(readers));
        (readers.fetch_add(1, Ordering::SeqCst) < MOST_READERS).then_some(reader)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn accept(listener: &TcpListener, port: u16, preview: &Arc<Preview>, readers: &Arc<AtomicUsize>) {
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            // Such as too many open files: it passes, or not, but not by asking at once again.
            thread::sleep(Duration::from_millis(50));
            continue;
        };
        let reader = Reader::enter(readers);
        let preview = Arc::clone(preview);
        let answered = thread::Builder::new().spawn(move || {
            // Who went away needs no answer.
            let _ = serve(stream, port, &preview, reader.is_some());
            drop(reader);
        });
        drop(answered);
    }
}

/// Answers the one request of a connection.
fn serve(mut stream: TcpStream, port: u16, preview: &Preview, is_welcome: bool) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    if !is_welcome {
        return Answer::busy().write(&mut stream, false);
    }
    let request = match Request::read(&mut stream, port, PATIENCE) {
        Ok(request) => request,
        Err(refusal) => {
            Answer::refusal(refusal).write(&mut stream, false)?;
            return request::drain(&mut stream);
        }
    };
    if request.path == answer::EVENTS && !request.is_head {
        return listen_to(&preview.board, &mut stream);
    }
    answer::to(&request, preview).write(&mut stream, request.is_head)
}

/// Tells a page what is on the board, and what comes onto it, until the page is gone.
fn listen_to(board: &Board, stream: &mut TcpStream) -> io::Result<()> {
    Answer::events().write_head(stream, None)?;
    stream.write_all(b"retry: 1000\n\n")?;
    let mut seen = 0;
    loop {
        match board.wait(seen, HEARTBEAT) {
            Some((version, notice)) => {
                seen = version;
                write!(stream, "data: {notice}\n\n")?;
            }
            None => stream.write_all(b": here\n\n")?,
        }
    }
}

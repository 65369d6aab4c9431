//! The world outside: programs and requests, behind one small trait.

use std::path::PathBuf;

/// What the runtime does to the world.
pub trait Outside: Sync {
    /// Runs a program to its end and returns what it said.
    ///
    /// # Errors
    /// When it could not be started, as a phrase. A program that fails is no error: see its code.
    fn run(&self, program: &Program) -> Result<Finished, String>;

    /// Sends an HTTP request and returns the answer, whatever its status.
    ///
    /// # Errors
    /// When there was no answer, as a phrase without secrets.
    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, String>;

    /// Waits, before something is asked again.
    fn pause(&self, seconds: u64);
}

/// A program to run.
#[derive(Debug, Clone, Default)]
pub struct Program {
    /// Its name, or its path.
    pub name: String,
    /// Its arguments: never text of a catalog or a request, except after `--` or where no option can be.
    pub arguments: Vec<String>,
    /// Environment variables, besides those of the process.
    pub env: Vec<(String, String)>,
    /// Environment variables of the process that it does not get.
    pub without: Vec<String>,
    /// Where it runs; the current folder when empty.
    pub directory: PathBuf,
    /// What it reads.
    pub input: Option<Vec<u8>>,
    /// Whether people see what it says while it runs, in place of the caller getting it.
    pub shown: bool,
    /// Whether what it writes to stderr is where it was written, among what it writes to stdout.
    pub joined: bool,
    /// Whether it changes nothing, so that a rehearsal runs it, too.
    pub reads_only: bool,
}

/// What became of a program.
#[derive(Debug, Clone, Default)]
pub struct Finished {
    /// Its exit code; -1 when a signal ended it.
    pub code: i32,
    /// What it wrote to stdout, unless it was shown.
    pub stdout: String,
    /// What it wrote to stderr, unless it was shown.
    pub stderr: String,
}

impl Finished {
    /// Returns whether it succeeded.
    pub fn is_success(&self) -> bool {
        self.code == 0
    }
}

/// An HTTP request.
#[derive(Debug, Clone, Default)]
pub struct HttpRequest {
    /// `GET`, `POST` and so on; a rehearsal sends `GET` only.
    pub method: String,
    /// The address.
    pub url: String,
    /// Headers; values may be secrets and are never shown.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one.
    pub body: Option<Vec<u8>>,
    /// Whether data chose the host, so that it must be none that only the machine itself should ask.
    pub chosen: bool,
}

/// The answer to a request.
#[derive(Debug, Clone, Default)]
pub struct HttpResponse {
    /// The status: 200 and so on.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// Returns whether the status is one of success.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Returns the body as JSON; null when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

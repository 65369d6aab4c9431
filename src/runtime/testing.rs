//! A recorded outside: what it answers is written down beforehand, what it was asked can be read afterwards.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use serde_json::Value;

use super::Outside;
use super::outside::{Finished, HttpRequest, HttpResponse, Program};

/// A world that answers as it was told, and does nothing.
#[derive(Default)]
pub(crate) struct Recorded {
    answers: Mutex<BTreeMap<String, VecDeque<HttpResponse>>>,
    programs: Mutex<BTreeMap<String, VecDeque<Finished>>>,
    log: Mutex<Vec<String>>,
}

impl Recorded {
    /// Adds an answer to a request: `GET https://…`. Answers to the same request come one after the other, and the last
    /// one again and again.
    pub(crate) fn answer(self, request: &str, status: u16, body: &Value) -> Self {
        let response = HttpResponse { status, body: body.to_string().into_bytes() };
        self.answers.lock().expect("one thread").entry(request.to_string()).or_default().push_back(response);
        self
    }

    /// Adds what a program comes to: `git fetch`, the name and its first argument.
    pub(crate) fn program(self, command: &str, code: i32, stdout: &str, stderr: &str) -> Self {
        let finished = Finished { code, stdout: stdout.into(), stderr: stderr.into() };
        self.programs.lock().expect("one thread").entry(command.to_string()).or_default().push_back(finished);
        self
    }

    /// Returns what was done, a line each: requests with their bodies, programs with their arguments, pauses.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().expect("one thread").clone()
    }

    fn note(&self, line: String) {
        self.log.lock().expect("one thread").push(line);
    }
}

fn next<T: Clone>(of: &Mutex<BTreeMap<String, VecDeque<T>>>, key: &str) -> Option<T> {
    let mut all = of.lock().expect("one thread");
    let queue = all.get_mut(key)?;
    if queue.len() > 1 { queue.pop_front() } else { queue.front().cloned() }
}

impl Outside for Recorded {
    fn run(&self, program: &Program) -> Result<Finished, String> {
        self.note(format!("{} {}", program.name, program.arguments.join(" ")));
        let command = format!("{} {}", program.name, program.arguments.first().map_or("", |first| first));
        next(&self.programs, &command).ok_or_else(|| format!("`{command}` was not expected"))
    }

    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, String> {
        let body = request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        self.note(format!("{} {} {body}", request.method, request.url).trim_end().to_string());
        let key = format!("{} {}", request.method, request.url);
        next(&self.answers, &key).ok_or_else(|| format!("`{key}` was not expected"))
    }

    fn pause(&self, seconds: u64) {
        self.note(format!("pause {seconds}"));
    }
}

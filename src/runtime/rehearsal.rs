//! A rehearsal: what only reads is done, and of all else is said what it would be.

use super::outside::{Finished, HttpRequest, HttpResponse, Outside, Program};
use super::secret::Secrets;
use crate::printable::shown;

/// A world in which nothing changes.
pub struct Rehearsal<'a> {
    world: &'a dyn Outside,
    secrets: Secrets,
    say: Box<dyn Fn(&str) + Sync + 'a>,
}

impl std::fmt::Debug for Rehearsal<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Rehearsal").finish_non_exhaustive()
    }
}

impl<'a> Rehearsal<'a> {
    /// Returns a rehearsal in `world`. `say` takes a line for each thing that is not done, without the secrets.
    pub fn new(world: &'a dyn Outside, secrets: Secrets, say: impl Fn(&str) + Sync + 'a) -> Self {
        Self { world, secrets, say: Box::new(say) }
    }

    fn plan(&self, line: &str) {
        // Hidden before it is clipped: half a secret would not be found.
        (self.say)(&shown(&self.secrets.hide(line)));
    }
}

impl Outside for Rehearsal<'_> {
    fn run(&self, program: &Program) -> Result<Finished, String> {
        if program.reads_only {
            return self.world.run(program);
        }
        let words = std::iter::once(&program.name).chain(&program.arguments);
        let words: Vec<String> = words.map(|word| quoted(word)).collect();
        self.plan(&format!("would run: {}", words.join(" ")));
        Ok(Finished::default())
    }

    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, String> {
        if request.method == "GET" {
            return self.world.send(request);
        }
        let body = request.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        let space = if body.is_empty() { "" } else { " " };
        self.plan(&format!("would send: {} {}{space}{body}", request.method, request.url));
        Ok(HttpResponse { status: 200, body: b"{}".to_vec() })
    }

    fn pause(&self, _seconds: u64) {}
}

/// Returns a word as a shell would read it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_string();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::runtime::job::Job;

    /// A world that says what reached it.
    #[derive(Default)]
    struct Asked(Mutex<Vec<String>>);

    impl Outside for Asked {
        fn run(&self, program: &Program) -> Result<Finished, String> {
            self.0.lock().expect("held").push(program.name.clone());
            Ok(Finished { code: 7, ..Finished::default() })
        }

        fn send(&self, request: &HttpRequest) -> Result<HttpResponse, String> {
            self.0.lock().expect("held").push(request.method.clone());
            Ok(HttpResponse { status: 404, body: Vec::new() })
        }

        fn pause(&self, _: u64) {
            self.0.lock().expect("held").push("paused".into());
        }
    }

    #[test]
    fn only_what_reads_is_done() {
        let (world, plan) = (Asked::default(), Mutex::new(Vec::new()));
        let job = Job::of([("PORTAL_TOKEN".to_string(), "t0ken".to_string())].into_iter().collect());
        let rehearsal = Rehearsal::new(&world, Secrets::of([], &job), |line| {
            plan.lock().expect("held").push(line.to_string());
        });
        let program = |name: &str, reads_only| Program {
            name: name.into(),
            arguments: vec!["a b".into(), "it's".into(), "t0ken".into(), String::new()],
            reads_only,
            ..Program::default()
        };
        assert_eq!(rehearsal.run(&program("reads", true)).map(|done| done.code), Ok(7));
        assert_eq!(rehearsal.run(&program("writes", false)).map(|done| done.code), Ok(0));
        let request = |method: &str, body: Option<&str>| HttpRequest {
            method: method.into(),
            url: "https://a.example/t0ken".into(),
            headers: vec![("Authorization".into(), "t0ken".into())],
            body: body.map(|body| body.as_bytes().to_vec()),
            chosen: false,
        };
        assert_eq!(rehearsal.send(&request("GET", None)).map(|answer| answer.status), Ok(404));
        assert_eq!(rehearsal.send(&request("POST", Some("{\"a\":\"t0ken\"}"))).map(|it| it.status), Ok(200));
        assert!(rehearsal.send(&request("DELETE", None)).is_ok_and(|it| it.is_success()));
        rehearsal.pause(60);
        assert_eq!(*world.0.lock().expect("held"), ["reads", "GET"]);
        let plan = plan.lock().expect("held");
        assert_eq!(
            *plan,
            [
                "would run: writes 'a b' 'it'\\''s' *** ''",
                "would send: POST https://a.example/*** {\"a\":\"***\"}",
                "would send: DELETE https://a.example/***",
            ]
        );
    }
}

//! The real world outside: programs that are run, requests that are sent.

use std::io::{BufRead, BufReader, PipeReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use url::Url;

use super::curl::{self, Order};
use super::job::Job;
use super::outside::{Finished, HttpRequest, HttpResponse, Outside, Program};

/// Takes what a program writes while it runs, a line at a time and without its end.
type Show<'a> = dyn Fn(&str) + Sync + 'a;

/// The variables in which CI systems say where they are. Some say so without encryption, on the network of a company;
/// that choice has been made, and their token is sent there.
const OWN: &[&str] = &[
    "GITHUB_SERVER_URL",
    "GITHUB_API_URL",
    "GITHUB_GRAPHQL_URL",
    "CI_SERVER_URL",
    "CI_API_V4_URL",
    "SYSTEM_COLLECTIONURI",
    "BITBUCKET_GIT_HTTP_ORIGIN",
];

/// The real world.
pub struct World<'a> {
    /// The origins that may be asked without encryption.
    plain: Vec<String>,
    show: Box<Show<'a>>,
}

impl std::fmt::Debug for World<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("World").field("plain", &self.plain).finish_non_exhaustive()
    }
}

impl<'a> World<'a> {
    /// Returns the world around `job`; `show` takes each line of the programs that are shown.
    pub fn new(job: &Job, show: impl Fn(&str) + Sync + 'a) -> Self {
        let own = OWN.iter().filter_map(|name| Url::parse(job.variable(name)?).ok());
        let plain = own.filter(|url| url.scheme() == "http").map(|url| curl::origin(&url)).collect();
        Self { plain, show: Box::new(show) }
    }
}

impl Outside for World<'_> {
    fn run(&self, program: &Program) -> Result<Finished, String> {
        let failed = |error: std::io::Error| format!("cannot run `{}`: {error}", program.name);
        let mut command = command(program);
        let mut lines = None;
        if program.shown || program.joined {
            let (reader, writer) = std::io::pipe().map_err(failed)?;
            command.stdout(writer.try_clone().map_err(failed)?).stderr(writer);
            lines = Some(reader);
        } else {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        }
        let child = command.spawn().map_err(failed)?;
        // The pipe ends when nobody holds its other end, and the command still does.
        drop(command);
        match lines {
            Some(lines) if program.shown => self.follow(child, lines, program),
            Some(lines) => collect(child, Some(lines), program),
            None => collect(child, None, program),
        }
        .map_err(failed)
    }

    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, String> {
        let order = Order::new(request, &self.plain)?;
        let mut command = Command::new("curl");
        command.args(curl::ARGUMENTS).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| format!("cannot run `curl`: {error}"))?;
        feed(&mut child, order.config.as_bytes());
        let output = child.wait_with_output().map_err(|error| format!("cannot run `curl`: {error}"))?;
        match output.status.code() {
            Some(0) => curl::answer(output.stdout),
            code => Err(curl::meaning(code.unwrap_or(-1))),
        }
    }

    fn pause(&self, seconds: u64) {
        thread::sleep(Duration::from_secs(seconds));
    }
}

impl World<'_> {
    /// Shows what a program writes while it runs, and returns how it ended.
    fn follow(&self, mut child: Child, lines: PipeReader, program: &Program) -> std::io::Result<Finished> {
        feed(&mut child, program.input.as_deref().unwrap_or_default());
        let mut lines = BufReader::new(lines);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            let text = String::from_utf8_lossy(&line);
            (self.show)(text.trim_end_matches(['\n', '\r']));
            line.clear();
        }
        let status = child.wait()?;
        Ok(Finished { code: status.code().unwrap_or(-1), ..Finished::default() })
    }
}

fn command(program: &Program) -> Command {
    let mut command = Command::new(&program.name);
    command.args(&program.arguments);
    for name in &program.without {
        command.env_remove(name);
    }
    command.envs(program.env.iter().map(|(name, value)| (name, value)));
    if !program.directory.as_os_str().is_empty() {
        command.current_dir(&program.directory);
    }
    // Nobody is there to answer a question, and what portal itself reads is not for others.
    command.stdin(if program.input.is_some() { Stdio::piped() } else { Stdio::null() });
    command
}

/// Writes what a program reads, beside it: it may write before it has read all.
fn feed(child: &mut Child, input: &[u8]) {
    if let Some(mut stdin) = child.stdin.take() {
        let input = input.to_vec();
        // A program that ends without reading has said what it has to say by its exit code.
        thread::spawn(move || drop(stdin.write_all(&input)));
    }
}

/// Returns what a program wrote, and how it ended.
fn collect(mut child: Child, joined: Option<PipeReader>, program: &Program) -> std::io::Result<Finished> {
    feed(&mut child, program.input.as_deref().unwrap_or_default());
    let mut together = Vec::new();
    if let Some(mut lines) = joined {
        lines.read_to_end(&mut together)?;
    }
    let output = child.wait_with_output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(Finished {
        code: output.status.code().unwrap_or(-1),
        stdout: text(if together.is_empty() { &output.stdout } else { &together }),
        stderr: text(&output.stderr),
    })
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn sh(script: &str) -> Program {
        let arguments = vec!["-c".into(), script.into()];
        Program { name: "sh".into(), arguments, ..Program::default() }
    }

    #[test]
    fn runs_programs() {
        let shown = Mutex::new(Vec::new());
        let world = World::new(&Job::default(), |line| shown.lock().expect("held").push(line.to_string()));
        let run = |program: Program| world.run(&program).expect("it runs");
        let said = run(Program { input: Some(b"in".to_vec()), ..sh("cat; echo err >&2; exit 3") });
        assert_eq!((said.code, said.stdout.as_str(), said.stderr.as_str()), (3, "in", "err\n"));
        let said = run(Program { joined: true, ..sh("echo a; echo b >&2; echo c") });
        assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("a\nb\nc\n", ""));
        let said = run(Program { shown: true, ..sh("echo a; echo b >&2; printf 'c\\377'") });
        assert_eq!((said.stdout.as_str(), said.code), ("", 0));
        assert_eq!(*shown.lock().expect("held"), ["a", "b", "c\u{fffd}"]);
        assert_eq!(run(sh("cat")).code, 0, "there is nothing to read");
        assert_eq!(run(sh("kill -9 $$")).code, -1);
        let missing = world.run(&Program { name: "no-such-program".into(), ..Program::default() });
        assert!(missing.is_err_and(|error| error.starts_with("cannot run `no-such-program`: ")));
    }

    #[test]
    fn says_what_is_in_the_environment() {
        let world = World::new(&Job::default(), |_| ());
        let program = Program {
            env: vec![("A".into(), "$(b)".into())],
            without: vec!["PATH".into(), "A".into()],
            directory: "/".into(),
            ..sh("echo \"$A\"; pwd; echo \"${PATH-none}\"")
        };
        // The shell itself is found by our own path.
        let program = Program { name: "/bin/sh".into(), ..program };
        let said = world.run(&program).expect("it runs").stdout;
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines[..2], ["$(b)", "/"]);
        assert_ne!(lines[2], std::env::var("PATH").unwrap_or_default());
    }

    #[test]
    fn the_systems_own_address_may_be_plain() {
        let variables =
            [("CI_API_V4_URL", "http://git.example:8080/api/v4"), ("GITHUB_API_URL", "https://a.b")];
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        let world = World::new(&Job::of(variables.collect()), |_| ());
        assert_eq!(world.plain, ["http://git.example:8080"]);
    }

    /// Returns what a server is asked, when it answers once with `answer`.
    fn asked(answer: &'static str, request: impl Fn(String) -> HttpRequest) -> (String, HttpResponse) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let url =
            format!("http://127.0.0.1:{}/a?b=%20{{c}}", listener.local_addr().expect("an address").port());
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("asked");
            let mut asked = vec![0; 4096];
            let mut length = 0;
            while !String::from_utf8_lossy(&asked[..length]).ends_with("END") {
                length += stream.read(&mut asked[length..]).expect("read");
            }
            stream.write_all(answer.as_bytes()).expect("answered");
            String::from_utf8_lossy(&asked[..length]).into_owned()
        });
        let response = World::new(&Job::default(), |_| ()).send(&request(url)).expect("an answer");
        (server.join().expect("served"), response)
    }

    #[test]
    fn curl_sends_what_is_said_and_follows_no_one() {
        let header = |name: &str, value: &str| (name.to_string(), value.to_string());
        let headers =
            vec![header("X-Quote", "a\"b\\c"), header("X-Empty", ""), header("Authorization", "t0ken")];
        let redirect = "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\n\n!";
        let (asked, answer) = asked(redirect, |url| HttpRequest {
            method: "PUT".into(),
            url,
            headers: headers.clone(),
            body: Some(b"@/etc/passwd\n\0END".to_vec()),
            chosen: false,
        });
        assert_eq!((answer.status, answer.body.as_slice()), (302, b"\n!".as_slice()));
        let (head, body) = asked.split_once("\r\n\r\n").expect("a head");
        assert_eq!(body, "@/etc/passwd\n\0END");
        let mut lines = head.lines();
        assert_eq!(lines.next(), Some("PUT /a?b=%20{c} HTTP/1.1"));
        for line in ["X-Quote: a\"b\\c", "X-Empty:", "Authorization: t0ken", "Content-Length: 17"] {
            assert!(head.lines().any(|said| said == line), "{line} is not in\n{head}");
        }
        assert!(!head.contains("Content-Type") && !head.contains("Expect"), "{head}");
    }
}

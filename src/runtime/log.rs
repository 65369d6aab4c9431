//! The log of a job: headings, what is said, and what scripts write, none of which can be a command.
//!
//! CI systems read commands out of the log. What is said here comes from a catalog or a request and is made safe a line
//! at a time. What a script writes is its own business, colours and all, and may hold anything that somebody entered;
//! so GitHub is told to take no commands until a word that the script cannot know, which is why the word is random.

use std::fmt::Write as _;
use std::io::Write;
use std::sync::Mutex;

use super::secret::Secrets;
use crate::model::instant::Instant;
use crate::model::target::Target;
use crate::printable::shown;

/// The log of a job.
pub struct Log {
    style: Style,
    secrets: Secrets,
    sink: Mutex<Sink>,
}

/// How the CI system wants it.
#[derive(Debug, Clone)]
struct Style {
    target: Option<Target>,
    /// The word until which GitHub takes no commands.
    word: String,
    /// When the job began, for GitLab, which wants it with each section.
    now: Instant,
}

enum Sink {
    /// Written at once.
    Out(Box<dyn Write + Send>),
    /// Kept, to be written as a whole.
    Kept(String),
}

impl std::fmt::Debug for Log {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Log").field("style", &self.style).finish_non_exhaustive()
    }
}

impl Log {
    /// Returns a log that is written to `out`; `word` must be one that nobody can guess. The CI system is told what to
    /// hide first.
    pub fn new(
        target: Option<Target>,
        word: String,
        now: Instant,
        secrets: Secrets,
        out: impl Write + Send + 'static,
    ) -> Self {
        let style = Style { target, word, now };
        let log = Self { style, secrets, sink: Mutex::new(Sink::Out(Box::new(out))) };
        log.hide();
        log
    }

    /// Returns a log that keeps what is written, for [`join`](Self::join).
    pub fn apart(&self) -> Log {
        let sink = Mutex::new(Sink::Kept(String::new()));
        Log { style: self.style.clone(), secrets: self.secrets.clone(), sink }
    }

    /// Writes what another log has kept.
    pub fn join(&self, kept: Log) {
        if let Sink::Kept(text) = kept.sink.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
            self.write(&text);
        }
    }

    /// Tells the CI system what to hide, where it can be told.
    fn hide(&self) {
        let command = match self.style.target {
            Some(Target::GitHub) => "::add-mask::",
            Some(Target::Azure) => "##vso[task.setsecret]",
            _ => return,
        };
        let mut text = String::new();
        for line in self.secrets.lines() {
            let _ = writeln!(text, "{command}{}", escaped(line));
        }
        self.write(&text);
    }

    /// Says something: a line for each of its lines.
    pub fn say(&self, text: &str) {
        let mut lines = String::new();
        for line in self.secrets.hide(text).lines() {
            lines.push_str(&shown(line));
            lines.push('\n');
        }
        self.write(&lines);
    }

    /// Says that something failed, where the CI system shows that first.
    pub fn fail(&self, text: &str) {
        let text = shown(&self.secrets.hide(text));
        self.write(&match self.style.target {
            Some(Target::GitHub) => format!("::error::{}\n", escaped(&text)),
            Some(Target::Azure) => format!("##[error]{text}\n"),
            Some(Target::GitLab | Target::Bitbucket) | None => format!("error: {text}\n"),
        });
    }

    /// Begins what a task does; `number` is one that no other has.
    pub fn open(&self, number: usize, title: &str) {
        let title = shown(&self.secrets.hide(title));
        self.write(&match self.style.target {
            Some(Target::GitHub) => format!("::group::{}\n", escaped(&title)),
            Some(Target::GitLab) => self.section("start", number, &title),
            Some(Target::Azure) => format!("##[group]{title}\n"),
            Some(Target::Bitbucket) | None => format!("> {title}\n"),
        });
    }

    /// Ends what a task does.
    pub fn close(&self, number: usize) {
        self.write(&match self.style.target {
            Some(Target::GitHub) => "::endgroup::\n".to_string(),
            Some(Target::GitLab) => self.section("end", number, ""),
            Some(Target::Azure) => "##[endgroup]\n".to_string(),
            Some(Target::Bitbucket) | None => return,
        });
    }

    /// Returns GitLab's mark of a section.
    fn section(&self, end: &str, number: usize, title: &str) -> String {
        let seconds = self.style.now.millis().div_euclid(1000);
        format!("\u{1b}[0Ksection_{end}:{seconds}:portal_task_{number}\r\u{1b}[0K{title}\n")
    }

    /// Takes no commands from what follows, which is a script's.
    pub fn begin_script(&self) {
        if self.style.target == Some(Target::GitHub) {
            self.write(&format!("::stop-commands::{}\n", self.style.word));
        }
    }

    /// Writes a line of a script.
    pub fn script_line(&self, line: &str) {
        let mut line = self.secrets.hide(line);
        if self.style.target == Some(Target::Azure) {
            // Azure cannot be told to take no commands, wherever they are in a line.
            line = line.replace("##", "#\u{200b}#");
        }
        line.push('\n');
        self.write(&line);
    }

    /// Takes commands again.
    pub fn end_script(&self) {
        if self.style.target == Some(Target::GitHub) {
            self.write(&format!("::{}::\n", self.style.word));
        }
    }

    fn write(&self, text: &str) {
        let mut sink = self.sink.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match &mut *sink {
            // A log that nobody takes must not stop what is half done.
            Sink::Out(out) => drop(out.write_all(text.as_bytes()).and_then(|()| out.flush())),
            Sink::Kept(kept) => kept.push_str(text),
        }
    }
}

/// Returns the data of a command of GitHub.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
pub(crate) mod testing {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    /// A text that is written to and read.
    #[derive(Clone, Default)]
    pub(crate) struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Shared {
        pub(crate) fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("not poisoned").clone()).expect("text")
        }
    }

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("not poisoned").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::Shared;
    use super::*;
    use crate::runtime::job::Job;

    fn written(target: Option<Target>, say: impl Fn(&Log)) -> String {
        let variables = [("PORTAL_SECRET_S".to_string(), "p%ss".to_string())];
        let secrets = Secrets::of(["S"], &Job::of(variables.into_iter().collect()));
        let out = Shared::default();
        let log = Log::new(target, "w0rd".into(), Instant::from_seconds(7), secrets, out.clone());
        say(&log);
        out.text()
    }

    #[test]
    fn nothing_that_is_said_is_a_command() {
        let hostile =
            "::error::x\n ::set-output name=a::b\n##vso[task.x]y\n##[z]\n\u{202e}p%ss\u{1b}[2J\ra::b";
        for target in [None].into_iter().chain(Target::ALL.iter().copied().map(Some)) {
            let text = written(target, |log| {
                log.say(hostile);
                log.fail(hostile);
                log.open(1, hostile);
                log.close(1);
            });
            for line in text.lines() {
                let own = ["::add-mask::", "::group::", "::endgroup::", "##vso[task.setsecret]", "##[group]"];
                let own = own.iter().chain(&["##[endgroup]", "\u{1b}[0Ksection_", "::error::", "##[error]"]);
                let rest = own.clone().find_map(|own| line.strip_prefix(own)).unwrap_or(line);
                assert!(
                    !rest.trim_start().starts_with("::") && !rest.contains("##["),
                    "{target:?}: {line:?}"
                );
                assert!(!rest.contains("##vso[") && !rest.contains('\u{202e}'), "{target:?}: {line:?}");
            }
            let masks =
                text.lines().filter(|line| line.starts_with("::add-mask") || line.contains("setsecret"));
            let masks: Vec<&str> = masks.collect();
            let rest = text.lines().filter(|line| !masks.contains(line)).collect::<Vec<_>>().join("\n");
            assert!(!rest.contains("p%ss") && !rest.contains("p%25ss") && rest.contains("***"), "{rest}");
        }
    }

    #[test]
    fn each_system_has_its_headings() {
        let said = |target| {
            written(target, |log| {
                log.open(3, "a 100% b");
                log.begin_script();
                log.script_line("::x:: ##vso[y] p%ss");
                log.end_script();
                log.close(3);
            })
        };
        assert_eq!(
            said(Some(Target::GitHub)),
            "::add-mask::p%25ss\n::group::a 100%25 b\n::stop-commands::w0rd\n::x:: ##vso[y] ***\n::w0rd::\n::endgroup::\n"
        );
        assert_eq!(
            said(Some(Target::GitLab)),
            "\u{1b}[0Ksection_start:7:portal_task_3\r\u{1b}[0Ka 100% b\n::x:: ##vso[y] ***\n\u{1b}[0Ksection_end:7:portal_task_3\r\u{1b}[0K\n"
        );
        assert_eq!(
            said(Some(Target::Azure)),
            "##vso[task.setsecret]p%25ss\n##[group]a 100% b\n::x:: #\u{200b}#vso[y] ***\n##[endgroup]\n"
        );
        assert_eq!(said(None), "> a 100% b\n::x:: ##vso[y] ***\n");
    }

    #[test]
    fn what_is_kept_apart_is_joined() {
        let text = written(None, |log| {
            let (one, two) = (log.apart(), log.apart());
            two.say("two");
            one.say("one");
            log.join(one);
            log.join(two);
        });
        assert_eq!(text, "one\ntwo\n");
    }
}

//! `portal serve`: the site in memory, made anew whenever a file of the catalog is written.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;

use super::open::{self, Opened, Source};
use super::{Failure, Global, Outcome, build, interrupt, terminal};
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::MANIFEST;
use crate::portal::Error;
use crate::serve::{self, Finding, Port, Preview, Server};
use crate::site::{self, Built, Options};
use crate::source::Sources;
use crate::{git, worktree};

/// Preview the site: it reloads while you write
///
/// Builds the site in memory and shows it on this machine alone. When a file of the catalog is saved, it is built anew and
/// open pages reload where they are. When the catalog has an error, they keep the last site and show what is wrong.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Serve {
    /// The port to listen on; 0 for any [default: 8700, or the next one that is free]
    #[arg(long, value_name = "PORT", env = "PORTAL_PORT")]
    port: Option<u16>,
    /// Open the site in a browser
    #[arg(long)]
    open: bool,
    /// Show the site even when the catalog has errors
    #[arg(long, env = "PORTAL_KEEP_GOING")]
    keep_going: bool,
}

const EXAMPLES: &str = "Examples:
  portal serve
  portal serve --open
  portal serve --port 9000 --keep-going

The address is for this machine alone. Ctrl-C ends the preview.";

/// The usual port.
const PORT: u16 = 8700;

/// How long is waited, at least, from one look at the files to the next.
const PAUSE: Duration = Duration::from_millis(200);

/// How long files must stay as they are before they are read: an editor or Git writes several in a row.
const QUIET: Duration = Duration::from_millis(100);

/// For how long files that do not stay as they are are waited for.
const MOST_QUIET: Duration = Duration::from_secs(2);

/// How much longer than a look the pause after it is: looking takes a twentieth of one core at most.
const SHARE: u32 = 20;

impl Serve {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        // What no later change of a file could mend.
        open::now(global)?;
        let root = open::root(global)?;
        let server = Server::bind(self.port.map_or(Port::From(PORT), Port::Exactly))
            .map_err(|error| taken(self.port, &error))?;
        let stop = interrupt::flag();
        let address = server.address();
        let studio = Studio {
            global,
            address: &address,
            preview: &server.preview().clone(),
            keep_going: self.keep_going,
        };
        let mut watch = Watch::new(root);
        server.start();
        studio.say(&format!("serving {address} from {}", watch.root.display()))?;
        studio.make()?;
        studio.say("watching the files that belong to the repository; Ctrl-C ends")?;
        if self.open {
            show(&address)?;
        }
        while !stop.load(Ordering::SeqCst) {
            if watch.has_changed(stop) {
                studio.make()?;
            }
        }
        Ok(Outcome::Done)
    }
}

/// Says which port cannot be had.
fn taken(port: Option<u16>, error: &io::Error) -> Failure {
    let port = port.unwrap_or(PORT);
    Failure::Other(match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("port {port} is taken: choose another with --port, or --port 0 for any that is free")
        }
        _ => format!("cannot listen on port {port} of this machine: {error}"),
    })
}

/// Opens the address in a browser, which the system knows.
fn show(address: &str) -> Result<(), Failure> {
    if let Err(error) = ::open::that_detached(address) {
        writeln!(io::stderr(), "warning: no browser could be opened: {error}")?;
    }
    Ok(())
}

/// What makes the site anew, and says how it went.
struct Studio<'a> {
    global: &'a Global,
    address: &'a str,
    preview: &'a Preview,
    keep_going: bool,
}

impl Studio<'_> {
    /// Makes the site of the catalog as it is now. A mistake is shown on the terminal and over the last site, which stays.
    fn make(&self) -> Result<(), Failure> {
        let start = Instant::now();
        let opened = match Source::default().read(self.global, None) {
            Ok(opened) => opened,
            Err(failure) => return self.fail(&failure, &shown(&failure)),
        };
        let errors = self.errors(&opened)?;
        if let Some(errors) = errors.as_ref().filter(|_| !self.keep_going) {
            self.preview.show_failure(errors);
            return self.say("error: the catalog has errors; the last site stays");
        }
        let last = self.preview.shelf().shown().id();
        let options = match build::options(self.global, &opened, None) {
            Ok(options) => Options { base_url: Some(self.address.to_string()), ..options },
            Err(failure) => return self.fail(&failure, &shown(&failure)),
        };
        let built = match site::preview(&opened.portal, self.preview.shelf(), &options) {
            Ok(built) => built,
            Err(error) => return self.fail(&Failure::Other(error.to_string()), &mistake(&error)),
        };
        match &errors {
            None => self.preview.show_site(),
            Some(errors) => self.preview.show_failure(errors),
        }
        if self.preview.shelf().shown().id() == last {
            return Ok(());
        }
        let Built { pages, written, removed, .. } = built;
        let took = start.elapsed().as_millis();
        self.say(&format!("built {pages} pages: {written} files written, {removed} removed in {took} ms"))
    }

    /// Says the errors of a catalog on the terminal, and returns them for pages.
    fn errors(&self, opened: &Opened) -> Result<Option<serve::Failure>, Failure> {
        let (sources, found) = (&opened.portal.sources, opened.portal.diagnostics.as_slice());
        let errors: Vec<Diagnostic> =
            found.iter().filter(|finding| finding.severity == Severity::Error).cloned().collect();
        if errors.is_empty() {
            return Ok(None);
        }
        if !self.global.is_silent() {
            terminal::write_findings(sources, &errors, self.global, &mut io::stderr().lock())?;
        }
        let message = match errors.len() {
            1 => "The catalog has an error".to_string(),
            many => format!("The catalog has {many} errors"),
        };
        Ok(Some(serve::Failure { message, findings: findings(sources, &errors) }))
    }

    /// Says on the terminal and to pages why there is no new site.
    fn fail(&self, failure: &Failure, shown: &serve::Failure) -> Result<(), Failure> {
        super::explain_failure(failure, self.global);
        self.preview.show_failure(shown);
        Ok(())
    }

    fn say(&self, text: &str) -> Result<(), Failure> {
        if self.global.quiet == 0 {
            writeln!(io::stderr(), "{text}")?;
        }
        Ok(())
    }
}

/// Returns why a catalog could not be opened, for pages.
fn shown(failure: &Failure) -> serve::Failure {
    match failure {
        Failure::Open(Error::Config { sources, diagnostics }) => serve::Failure {
            message: "portal.yaml has mistakes".into(),
            findings: findings(sources, diagnostics.as_slice()),
        },
        Failure::Open(error) => serve::Failure::new(error.to_string()),
        Failure::Other(message) => serve::Failure::new(message.as_str()),
        Failure::Interrupted | Failure::BrokenPipe => serve::Failure::new("the run was interrupted"),
    }
}

/// Returns why a site could not be made, for pages.
fn mistake(error: &site::Error) -> serve::Failure {
    let site::Error::Template { name, line, reason } = error else {
        return serve::Failure::new(error.to_string());
    };
    let finding = Finding {
        message: reason.clone(),
        file: format!("templates/{name}"),
        line: *line,
        ..Finding::default()
    };
    serve::Failure { message: "A template has a mistake".into(), findings: vec![finding] }
}

/// Returns findings for pages, with the lines that they are in.
fn findings(sources: &Sources, found: &[Diagnostic]) -> Vec<Finding> {
    let finding = |found: &Diagnostic| {
        let source = sources.get(found.source());
        let place = source.position(found.primary.span.start);
        Finding {
            rule: Some(found.rule.name()),
            message: found.message.clone(),
            label: Some(found.primary.text.clone()).filter(|text| !text.is_empty()),
            help: found.help.clone(),
            file: source.path().to_string(),
            line: place.line,
            column: Some(place.column),
            text: source.text().lines().nth(place.line - 1).map(|line| line.chars().take(LONGEST).collect()),
        }
    };
    found.iter().map(finding).collect()
}

/// The most characters of a line that a page shows.
const LONGEST: usize = 200;

/// The files of a catalog, looked at from time to time: that works on every disk, also on those of other machines and of
/// containers, which tell nobody of their changes, and needs no watch for each folder.
struct Watch {
    root: PathBuf,
    seen: Seen,
    /// How long to wait until the next look.
    pause: Duration,
}

/// What is known of the files, and the commit.
type Seen = (u64, Option<String>);

impl Watch {
    /// Returns a watch that begins now.
    fn new(root: PathBuf) -> Self {
        let mut watch = Self { root, seen: (0, None), pause: PAUSE };
        watch.seen = watch.look();
        watch
    }

    /// Waits, looks, and returns whether anything is new; then what is new has come to rest.
    fn has_changed(&mut self, stop: &AtomicBool) -> bool {
        wait(self.pause, stop);
        let mut now = self.look();
        if now == self.seen {
            return false;
        }
        let start = Instant::now();
        loop {
            thread::sleep(QUIET);
            let then = std::mem::replace(&mut now, self.look());
            if then == now || start.elapsed() > MOST_QUIET {
                break;
            }
        }
        self.seen = now;
        true
    }

    fn look(&mut self) -> Seen {
        let start = Instant::now();
        let commit = git::commit(&self.root, "HEAD").map(|commit| commit.id);
        let seen = (worktree::stamp(&self.root, MANIFEST), commit);
        self.pause = PAUSE.max(start.elapsed() * SHARE);
        seen
    }
}

/// Waits for a while, or until the run is to stop.
fn wait(pause: Duration, stop: &AtomicBool) {
    let end = Instant::now() + pause;
    while let Some(rest) = end.checked_duration_since(Instant::now()).filter(|rest| !rest.is_zero()) {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        thread::sleep(rest.min(PAUSE));
    }
}

//! Opening the catalog that a command is about.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use clap::Args;

use super::{Failure, Global, progress, terminal};
use crate::diagnostic::Diagnostic;
use crate::git::{self, History, Revision};
use crate::model::Kind;
use crate::model::instant::Instant;
use crate::portal::{Origin, Portal};
use crate::worktree::{self, CONFIG_FILE, Files, Overlay, Unreadable, Worktree};

/// Options of every command that reads the catalog.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Source {
    /// Read a Git revision straight from the object store, without a checkout
    #[arg(long, value_name = "REV", env = "PORTAL_AT")]
    pub(super) at: Option<String>,
}

/// An open catalog, and where it is.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) portal: Portal,
    /// The folder that the command is about.
    pub(super) directory: PathBuf,
    /// The catalog root on disk; at a revision, what it would be.
    pub(super) root: PathBuf,
    /// The catalog root inside its repository: empty, or ending in `/`.
    pub(super) prefix: String,
    /// How long opening took.
    pub(super) elapsed: Duration,
}

impl Source {
    /// Opens the catalog; `overlay` is a file as an editor holds it: its path and its bytes.
    pub(super) fn open(
        &self,
        global: &Global,
        overlay: Option<(PathBuf, Vec<u8>)>,
    ) -> Result<&'static Opened, Failure> {
        // Never freed: the process ends soon, and the system frees a catalog in a fraction of the time.
        Ok(Box::leak(Box::new(self.read(global, overlay)?)))
    }

    /// Opens the catalog for a process that goes on, and lets go of it in the end.
    pub(super) fn read(
        &self,
        global: &Global,
        overlay: Option<(PathBuf, Vec<u8>)>,
    ) -> Result<Opened, Failure> {
        let start = std::time::Instant::now();
        let now = now(global)?;
        let spinner = progress::spinner(global, "reading the catalog");
        let directory = directory(global)?;
        let opened = match &self.at {
            Some(revision) => open_revision(global, directory, revision, overlay, now),
            None => open_worktree(global, directory, overlay, now),
        };
        spinner.finish_and_clear();
        let opened = Opened { elapsed: start.elapsed(), ..opened? };
        if global.verbose > 0 {
            opened.say(self.at.as_deref())?;
        }
        Ok(opened)
    }
}

impl Opened {
    /// Returns the files of the catalog, for what is read after it: those of the disk, or of the revision `at`.
    pub(super) fn files(&self, at: Option<&str>) -> Result<Box<dyn Files + Send>, Failure> {
        Ok(match at {
            None => Box::new(Worktree::new(&self.root)),
            Some(revision) => Box::new(Revision::open(&self.root, revision)?),
        })
    }
}

/// Returns the folder that a command is about.
fn directory(global: &Global) -> Result<PathBuf, Failure> {
    let directory = global.directory.clone().unwrap_or_else(|| PathBuf::from("."));
    match directory.is_dir() {
        true => Ok(directory),
        false => Err(Failure::Other(format!("`{}` is not a folder", directory.display()))),
    }
}

/// Returns the catalog root on disk: the folder of `--config`, else that of the nearest `portal.yaml`, else `-C`.
pub(super) fn root(global: &Global) -> Result<PathBuf, Failure> {
    let from = starting_point(global, &directory(global)?)?;
    Ok(match global.config {
        Some(_) => from,
        None => worktree::find_root(&from).unwrap_or(from),
    })
}

/// Returns the instant of the run: as asked for, else that of a reproducible build (`SOURCE_DATE_EPOCH`, in seconds
/// since 1970), else the clock's.
pub(super) fn now(global: &Global) -> Result<Instant, Failure> {
    if let Some(text) = &global.now {
        let help = "write it as 2026-03-01T09:30:00Z, or as a date";
        return Instant::parse(text).ok_or_else(|| Failure::Other(format!("`{text}` is no instant: {help}")));
    }
    if let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") {
        let seconds = text.trim().parse().map(Instant::from_seconds);
        let help = "it is a number of seconds since 1970";
        return seconds.map_err(|_| Failure::Other(format!("SOURCE_DATE_EPOCH is `{text}`, but {help}")));
    }
    let elapsed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Ok(Instant::from_millis(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)))
}

/// Returns the folder to look for the configuration from: that of `--config`, else `-C`.
fn starting_point(global: &Global, directory: &Path) -> Result<PathBuf, Failure> {
    let Some(config) = &global.config else {
        return directory
            .canonicalize()
            .map_err(|error| Failure::Other(format!("cannot read `{}`: {error}", directory.display())));
    };
    // `-C` comes first: a path on the command line is read from there.
    let whole = directory.join(config);
    let folder = whole.parent().map(Path::to_path_buf).unwrap_or_default();
    folder
        .canonicalize()
        .map_err(|error| Failure::Other(format!("cannot read `{}`: {error}", config.display())))
}

fn open_worktree(
    global: &Global,
    directory: PathBuf,
    overlay: Option<(PathBuf, Vec<u8>)>,
    now: Instant,
) -> Result<Opened, Failure> {
    let root = root(global)?;
    let config = read_config(global, &directory, &root)?;
    let worktree = Worktree::new(&root);
    let history = History::open(&root, "HEAD", None);
    let origin = Origin { files: &worktree, history: history.as_ref(), now };
    let portal = open(origin, &root, &directory, config, overlay)?;
    let prefix = git::prefix(&root);
    Ok(Opened { portal, directory, root, prefix, elapsed: Duration::ZERO })
}

/// Returns the configuration's bytes: of `--config`, which must be there, else of the root's, which may be.
fn read_config(global: &Global, directory: &Path, root: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let path = global.config.as_ref().map_or_else(|| root.join(CONFIG_FILE), |config| directory.join(config));
    match fs::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound && global.config.is_none() => Ok(None),
        Err(error) => {
            let named = global.config.as_ref().unwrap_or(&path);
            Err(Failure::Other(format!("cannot read `{}`: {error}", named.display())))
        }
    }
}

fn open_revision(
    global: &Global,
    directory: PathBuf,
    name: &str,
    overlay: Option<(PathBuf, Vec<u8>)>,
    now: Instant,
) -> Result<Opened, Failure> {
    let from = starting_point(global, &directory)?;
    let revision = Revision::open(&from, name)?;
    let file = config_file(global);
    if global.config.is_some() && revision.text(file).is_none() {
        return Err(Failure::Other(format!("the revision `{name}` has no `{}{file}`", revision.prefix())));
    }
    let prefix = revision.prefix().to_string();
    let portal = read_revision(global, &revision, (&from, &directory), name, overlay, now)?;
    Ok(Opened { portal, directory, root: from, prefix, elapsed: Duration::ZERO })
}

/// Opens the catalog at the revision `name` as of the same instant, to compare it with one that is open. A revision
/// before the catalog's folder, or its configuration, is an empty catalog.
pub(super) fn beside(global: &Global, opened: &Opened, name: &str) -> Result<Portal, Failure> {
    let spinner = progress::spinner(global, "reading the catalog to compare with");
    let revision = Revision::open_perhaps(&opened.root, name)?;
    let places = (opened.root.as_path(), opened.directory.as_path());
    let portal = read_revision(global, &revision, places, name, None, opened.portal.now);
    spinner.finish_and_clear();
    portal
}

/// Returns the name of the configuration file.
pub(super) fn config_file(global: &Global) -> &str {
    global.config.as_ref().and_then(|config| config.file_name()?.to_str()).unwrap_or(CONFIG_FILE)
}

/// Returns the catalog at a revision; `root` and `directory` are those that an overlay is found from.
fn read_revision(
    global: &Global,
    revision: &Revision,
    (root, directory): (&Path, &Path),
    name: &str,
    overlay: Option<(PathBuf, Vec<u8>)>,
    now: Instant,
) -> Result<Portal, Failure> {
    let config = revision.text(config_file(global));
    let history = History::open(root, name, Some(revision.prefix()));
    let origin = Origin { files: revision, history: history.as_ref(), now };
    open(origin, root, directory, config, overlay)
}

fn open(
    origin: Origin<'_>,
    root: &Path,
    directory: &Path,
    config: Option<Vec<u8>>,
    overlay: Option<(PathBuf, Vec<u8>)>,
) -> Result<Portal, Failure> {
    match overlay {
        None => Ok(Portal::open(origin, config)?),
        Some((path, bytes)) => {
            let path = inside(root, directory, &path)?;
            let files = Overlay::new(origin.files, path, bytes);
            Ok(Portal::open(Origin { files: &files, ..origin }, config)?)
        }
    }
}

/// Returns a path of the command line relative to the catalog root, with forward slashes. It need not exist.
pub(super) fn inside(root: &Path, directory: &Path, path: &Path) -> Result<String, Failure> {
    let directory = directory.canonicalize().unwrap_or_else(|_| directory.to_path_buf());
    let whole = directory.join(path);
    let resolved = whole.canonicalize().unwrap_or_else(|_| lexical(&whole));
    let outside =
        || Failure::Other(format!("`{}` is not inside the catalog `{}`", path.display(), root.display()));
    let relative = resolved.strip_prefix(root).map_err(|_| outside())?;
    Ok(relative.to_str().ok_or_else(outside)?.replace('\\', "/"))
}

/// Returns a path without `.` and `..`, for a file that is not there yet.
fn lexical(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::ParentDir => {
                clean.pop();
            }
            std::path::Component::CurDir => {}
            part => clean.push(part),
        }
    }
    clean
}

impl Opened {
    /// Says on stderr what was read, from where, and how long it took.
    fn say(&self, revision: Option<&str>) -> Result<(), Failure> {
        let catalog = &self.portal.catalog;
        let at = revision.map(|revision| format!(" at {revision}")).unwrap_or_default();
        let kinds = Kind::ALL.iter().filter(|&&kind| catalog.count(kind) > 0);
        let counts: Vec<String> =
            kinds.map(|&kind| format!("{} {}", catalog.count(kind), kind.plural())).collect();
        let relations = self.portal.graph.edges().len();
        let time = self.elapsed.as_millis();
        let mut stderr = io::stderr().lock();
        writeln!(stderr, "read {} files of {}{at} in {time} ms", self.portal.files, self.root.display())?;
        writeln!(stderr, "{}, {relations} relations", counts.join(", "))?;
        Ok(())
    }

    /// Returns whether a command may go on: when the catalog has errors, says them on stderr and, unless `keep_going`,
    /// that nothing was done.
    pub(super) fn is_sound(&self, global: &Global, keep_going: bool) -> Result<bool, Failure> {
        let rest =
            if keep_going { "going on as asked" } else { "nothing was done; --keep-going would go on" };
        Ok(self.is_free_of_errors(global, rest)? || keep_going)
    }

    /// Returns whether the catalog has no error; says those that it has on stderr, and what is done about it.
    pub(super) fn is_free_of_errors(&self, global: &Global, rest: &str) -> Result<bool, Failure> {
        let errors: Vec<Diagnostic> = self
            .portal
            .diagnostics
            .as_slice()
            .iter()
            .filter(|finding| finding.severity == crate::diagnostic::Severity::Error)
            .cloned()
            .collect();
        if errors.is_empty() {
            return Ok(true);
        }
        if !global.is_silent() {
            let mut stderr = io::stderr().lock();
            terminal::write_findings(&self.portal.sources, &errors, global, &mut stderr)?;
            let count = match errors.len() {
                1 => "1 error".to_string(),
                many => format!("{many} errors"),
            };
            writeln!(stderr, "error: the catalog has {count}; {rest}")?;
        }
        Ok(false)
    }
}

impl From<Unreadable> for Failure {
    fn from(error: Unreadable) -> Self {
        Self::Open(error.into())
    }
}

//! `portal init`: a catalog to start with.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::{Failure, Global, Outcome};
use crate::git;
use crate::model::instant::Instant;
use crate::model::target::Target;
use crate::portal::{Origin, Portal};
use crate::printable::shown;
use crate::starter::Starter;
use crate::workflow::{File, Plan};
use crate::worktree::{CONFIG_FILE, Memory};

/// Start a catalog: settings, blueprints, entities, a scorecard, an action, CI files
///
/// Writes into an empty folder or an existing repository. A file that is there already is left as it is.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Init {
    /// The folder of the catalog, which need not exist [default: the current one]
    folder: Option<PathBuf>,
    /// The CI system to write workflows for [default: that of the repository's remote, else github]
    #[arg(long, value_name = "CI")]
    ci: Option<Ci>,
    /// The name of the portal [default: that of the folder]
    #[arg(long)]
    title: Option<String>,
}

/// The CI systems to start with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Ci {
    /// GitHub Actions
    Github,
    /// GitLab CI
    Gitlab,
    /// None
    None,
}

const EXAMPLES: &str = "Examples:
  portal init                                 here
  portal init catalog --title 'Marlow Goods'  in a folder of its own
  portal init --ci gitlab                     with GitLab's pipelines
  portal init --ci none                       without any

Then: portal validate, portal build, portal run register_service";

impl Init {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let directory = global.directory.clone().unwrap_or_else(|| PathBuf::from("."));
        let root = self.folder.as_ref().map_or_else(|| directory.clone(), |folder| directory.join(folder));
        let fresh = !root.exists();
        fs::create_dir_all(&root)
            .map_err(|error| Failure::Other(format!("cannot make `{}`: {error}", root.display())))?;
        let done = self.fill(global, &root);
        if done.is_err() && fresh {
            // Nothing is left of what failed at once; a folder that holds something stays.
            let _ = fs::remove_dir(&root);
        }
        done
    }

    fn fill(&self, global: &Global, root: &Path) -> Result<Outcome, Failure> {
        if root.join(CONFIG_FILE).exists() {
            let message = format!("`{}` is a catalog already: it has a {CONFIG_FILE}", root.display());
            return Err(Failure::Other(format!(
                "{message} (`portal validate` checks it, `portal workflows` writes its CI files)"
            )));
        }
        let starter = self.starter(root)?;
        let files = starter.files();
        let generated = generated(&starter, &files)?;
        let repository = above(root, &starter.folder)?;
        let own = files.iter().map(|(path, text)| (root.join(path), *path, text.as_str()));
        let generated = generated
            .iter()
            .map(|file| (repository.join(&file.path), file.path.as_str(), file.text.as_str()));
        let mut kept: Vec<&str> = Vec::new();
        let mut written = 0;
        for (path, name, text) in own.chain(generated) {
            match write_new(&path, text) {
                Ok(true) => written += 1,
                Ok(false) => kept.push(name),
                Err(error) => {
                    return Err(Failure::Other(format!("cannot write `{}`: {error}", path.display())));
                }
            }
        }
        self.say(global, root, &starter, written, &kept)
    }

    fn starter(&self, root: &Path) -> Result<Starter, Failure> {
        let full = root.canonicalize().map_err(|error| Failure::Other(error.to_string()))?;
        let name = full.file_name().map_or("Catalog".into(), |name| name.to_string_lossy().into_owned());
        let remote = git::remote(root).unwrap_or_default();
        let usual = if remote.contains("gitlab") { Ci::Gitlab } else { Ci::Github };
        let target = match self.ci.unwrap_or(usual) {
            Ci::Github => Some(Target::GitHub),
            Ci::Gitlab => Some(Target::GitLab),
            Ci::None => None,
        };
        Ok(Starter {
            title: self.title.clone().unwrap_or(name),
            target,
            folder: git::prefix(root).trim_end_matches('/').to_string(),
            branch: git::head_branch(root).unwrap_or_else(|| "main".into()),
        })
    }

    fn say(
        &self,
        global: &Global,
        root: &Path,
        starter: &Starter,
        written: usize,
        kept: &[&str],
    ) -> Result<Outcome, Failure> {
        if global.is_silent() {
            return Ok(Outcome::Done);
        }
        let mut stderr = io::stderr().lock();
        writeln!(stderr, "wrote {written} files into {}", shown(&root.display().to_string()))?;
        for path in kept {
            writeln!(stderr, "left {path} as it is: it was there already")?;
        }
        let step = match (root == Path::new("."), self.folder.as_ref()) {
            (false, Some(folder)) => {
                format!("cd {} && ", crate::runtime::start::quoted(&folder.display().to_string()))
            }
            _ => String::new(),
        };
        writeln!(stderr, "next: {step}portal validate && portal build && portal score --next")?;
        if let Some(target) = starter.target {
            writeln!(
                stderr,
                "docs/workflows.md says what {target} has to be told once: environments, and who may merge"
            )?;
        }
        Ok(Outcome::Done)
    }
}

/// Returns the CI files of the new catalog.
fn generated(starter: &Starter, files: &[(&str, String)]) -> Result<Vec<File>, Failure> {
    if starter.target.is_none() {
        return Ok(Vec::new());
    }
    let config =
        files.iter().find(|(path, _)| *path == CONFIG_FILE).map(|(_, text)| text.clone().into_bytes());
    let memory = Memory::new(files.iter().map(|(path, text)| (*path, text.as_str())));
    // What is generated does not depend on the day.
    let portal = Portal::open(Origin::new(&memory, Instant::from_millis(0)), config)?;
    Ok(Plan::of(&portal.catalog, &portal.sources, starter.target.as_slice()).files)
}

/// Returns the root of the repository in which a catalog is in `folder`.
fn above(root: &Path, folder: &str) -> Result<PathBuf, Failure> {
    let full = root.canonicalize().map_err(|error| Failure::Other(error.to_string()))?;
    let depth = folder.split('/').filter(|name| !name.is_empty()).count();
    Ok(full.ancestors().nth(depth).map_or_else(|| full.clone(), Path::to_path_buf))
}

/// Writes a file that is not there yet, with the folders on the way to it; returns whether it did.
fn write_new(path: &Path, text: &str) -> io::Result<bool> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    match fs::OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => file.write_all(text.as_bytes()).map(|()| true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

//! What is in a repository elsewhere, fetched by the user's own `git`: it has the proxies, certificates and credentials.
//!
//! Nothing is checked out, no hook runs, no shell is asked, and what is fetched is gone when it has been read. Only HTTPS
//! and SSH are spoken, whatever an address, a redirect or a configuration says.

use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use git2::{Oid, Repository};
use tempfile::TempDir;

use super::{GitError, Revision, is_reference_name};
use crate::printable::shown;

/// The most bytes that `git` may answer with: so many references no repository has.
const MOST_BYTES: u64 = 32 * 1024 * 1024;

/// The most bytes of what `git` says on the side.
const MOST_SAID: u64 = 64 * 1024;

/// Settings that hold whatever the configuration says.
const SETTINGS: &[&str] = &[
    "protocol.allow=never",
    "protocol.https.allow=always",
    "protocol.ssh.allow=always",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "fetch.recurseSubmodules=false",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
    // A server that stops sending is given up, so that no build hangs.
    "http.lowSpeedLimit=1",
    "http.lowSpeedTime=60",
];

/// Variables that would have `git` work elsewhere, or run a program for what is asked here. Those that say how to reach a
/// server (`GIT_SSH_COMMAND`, proxies, certificates) stay: they are the user's.
const WITHOUT: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_TEMPLATE_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_PAGER",
    "GIT_EDITOR",
    "GIT_SEQUENCE_EDITOR",
    "GIT_PROXY_COMMAND",
    "GIT_PROTOCOL_FROM_USER",
];

/// Where what is fetched is kept while it is read.
const FETCHED: &str = "refs/portal/template";

/// The `git` of the user.
#[derive(Debug, Clone)]
pub struct Git {
    program: PathBuf,
}

impl Default for Git {
    fn default() -> Self {
        Self { program: "git".into() }
    }
}

/// A tag, or a branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// The full hash of the commit that it marks.
    pub commit: String,
}

/// What a repository elsewhere has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// Its tags, by name.
    pub tags: Vec<Tag>,
    /// Its branches, by name.
    pub branches: Vec<Tag>,
}

/// A repository elsewhere.
#[derive(Debug)]
pub struct Remote<'g> {
    git: &'g Git,
    address: String,
    folder: TempDir,
}

/// A commit of a repository elsewhere, as long as this is kept.
pub struct Fetched {
    /// Its files, from the root of the repository.
    pub revision: Revision,
    /// The full hash.
    pub commit: String,
    _folder: TempDir,
}

impl Git {
    /// Returns a `git` that is another program, for tests.
    #[cfg(test)]
    pub(crate) fn new(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into() }
    }

    /// Returns the repository at `address`, which is not asked for anything yet. Only an address that has been held
    /// against the rules for them may be given.
    ///
    /// # Errors
    /// When there is no room for what will be fetched.
    pub fn remote(&self, address: &str) -> Result<Remote<'_>, GitError> {
        let cannot = |error: io::Error| GitError(format!("cannot make a temporary folder: {error}"));
        let folder = tempfile::Builder::new().prefix("portal-template-").tempdir().map_err(cannot)?;
        let mut options = git2::RepositoryInitOptions::new();
        options.bare(true).external_template(false).no_reinit(true);
        Repository::init_opts(folder.path(), &options)
            .map_err(|error| GitError::new("cannot make a temporary repository", &error))?;
        Ok(Remote { git: self, address: address.to_string(), folder })
    }
}

impl Remote<'_> {
    /// Returns the tags and branches.
    ///
    /// # Errors
    /// What `git` said, with what to do.
    pub fn references(&self) -> Result<References, GitError> {
        let answer = self.ask(&["ls-remote", "--tags", "--heads", "--", &self.address])?;
        Ok(References::parse(&String::from_utf8_lossy(&answer)))
    }

    /// Fetches what `reference` names, and nothing before it: a full reference (`refs/tags/v1`), `HEAD`, or a full hash.
    ///
    /// # Errors
    /// What `git` said, with what to do.
    pub fn fetch(&self, reference: &str) -> Result<String, GitError> {
        let is_hash = reference.len() == 40 && Oid::from_str(reference).is_ok();
        let is_full = reference.starts_with("refs/") && is_reference_name(reference);
        if !is_hash && !is_full && reference != "HEAD" {
            return Err(GitError(format!("`{}` is no name of a revision", shown(reference))));
        }
        let wanted = format!("+{reference}:{FETCHED}");
        self.ask(&[
            "fetch",
            "--depth=1",
            "--no-tags",
            "--no-recurse-submodules",
            "--quiet",
            "--",
            &self.address,
            &wanted,
        ])?;
        let commit = super::commit(self.folder.path(), FETCHED);
        let none = || GitError(format!("`{}` of `{}` is no commit", shown(reference), shown(&self.address)));
        Ok(commit.ok_or_else(none)?.id)
    }

    /// Returns what was fetched last.
    ///
    /// # Errors
    /// When nothing was.
    pub fn fetched(self) -> Result<Fetched, GitError> {
        let revision = Revision::of(self.folder.path(), FETCHED, "")?;
        let commit = super::commit(self.folder.path(), FETCHED).map(|commit| commit.id).unwrap_or_default();
        Ok(Fetched { revision, commit, _folder: self.folder })
    }

    /// Returns what `git` answers.
    fn ask(&self, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        let mut command = self.git.command(self.folder.path());
        command.args(arguments);
        let cannot = |error: io::Error| {
            let program = self.git.program.display();
            GitError(format!(
                "cannot run `{program}`: {error}; a template by its address is fetched with Git, so install it"
            ))
        };
        let mut child = command.spawn().map_err(cannot)?;
        let said = child.stderr.take().map(|stream| thread::spawn(move || start_of(stream, MOST_SAID)));
        let answer = child.stdout.take().map(|stream| start_of(stream, MOST_BYTES)).unwrap_or_default();
        let status = child.wait().map_err(cannot)?;
        let said = said.and_then(|thread| thread.join().ok()).unwrap_or_default();
        if status.success() && answer.len() as u64 == MOST_BYTES {
            return Err(GitError(format!("`{}` has too many references", shown(&self.address))));
        }
        if status.success() {
            return Ok(answer);
        }
        Err(GitError(self.failure(&String::from_utf8_lossy(&said))))
    }

    /// Returns what to say when `git` could not: what it said, and what to do.
    fn failure(&self, said: &str) -> String {
        let lines = said.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("hint:"));
        let said = lines.take(4).collect::<Vec<_>>().join("; ");
        let said = if said.is_empty() { "it did not say why".to_string() } else { shown(&said) };
        let address = shown(&self.address);
        format!("cannot fetch `{address}`: {said}; what must work is `git ls-remote {address}`")
    }
}

/// Returns the first bytes of a stream, which is read to its end so that nobody waits for it.
fn start_of(mut stream: impl Read, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What cannot be read is missing, and the exit status says that something went wrong.
    let _ = stream.by_ref().take(most).read_to_end(&mut bytes);
    let _ = io::copy(&mut stream, &mut io::sink());
    bytes
}

impl Git {
    fn command(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.program);
        for name in WITHOUT {
            command.env_remove(name);
        }
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        // The settings give way to this variable, so it has to say the same.
        command.env("GIT_ALLOW_PROTOCOL", "https:ssh");
        command.env("LC_ALL", "C");
        if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
            command.env("GIT_TERMINAL_PROMPT", "0");
        }
        command.arg("--git-dir").arg(folder).current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }
}

impl References {
    /// Returns what `git ls-remote` lists. Of an annotated tag there are two lines; that ending in `^{}` has the commit.
    fn parse(text: &str) -> Self {
        let mut references = Self::default();
        for (commit, name) in text.lines().filter_map(|line| line.split_once('\t')) {
            let (name, is_peeled) = name.strip_suffix("^{}").map_or((name, false), |name| (name, true));
            let (of, name) = match (name.strip_prefix("refs/tags/"), name.strip_prefix("refs/heads/")) {
                (Some(name), _) => (&mut references.tags, name),
                (_, Some(name)) => (&mut references.branches, name),
                _ => continue,
            };
            if Oid::from_str(commit).is_err() {
                continue;
            }
            match of.iter_mut().find(|tag| is_peeled && tag.name == name) {
                Some(tag) => tag.commit = commit.to_string(),
                None => of.push(Tag { name: name.to_string(), commit: commit.to_string() }),
            }
        }
        references.tags.sort_by(|a, b| a.name.cmp(&b.name));
        references.branches.sort_by(|a, b| a.name.cmp(&b.name));
        references
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_listed() {
        let hash = |digit: &str| digit.repeat(40);
        let text = format!(
            "{a}\trefs/heads/main\n{b}\trefs/tags/v1\n{c}\trefs/tags/v1^{{}}\n{a}\trefs/tags/v0\nzz\trefs/tags/x\n\
             warning: something\n{a}\trefs/pull/1/head\n",
            a = hash("a"),
            b = hash("b"),
            c = hash("c")
        );
        let tag = |name: &str, digit: &str| Tag { name: name.into(), commit: hash(digit) };
        let references = References::parse(&text);
        assert_eq!(references.tags, [tag("v0", "a"), tag("v1", "c")]);
        assert_eq!(references.branches, [tag("main", "a")]);
    }

    #[test]
    fn only_names_of_revisions_are_fetched() {
        let git = Git::new("/nowhere/git");
        let remote = git.remote("https://example.com/a").unwrap();
        for name in ["", "--upload-pack=x", "main", "refs/heads/a:refs/heads/b", "refs/../x", "refs/tags/a b"]
        {
            let error = remote.fetch(name).unwrap_err().to_string();
            assert!(error.ends_with("is no name of a revision"), "{name}: {error}");
        }
        let error = remote.fetch("refs/tags/v1").unwrap_err().to_string();
        assert!(error.starts_with("cannot run `/nowhere/git`: "), "{error}");
    }

    #[test]
    fn what_git_said_is_harmless() {
        let git = Git::default();
        let remote = git.remote("https://example.com/a").unwrap();
        let said = remote.failure("remote: \u{1b}[31mno\r\nhint: x\nfatal: gone\n");
        assert!(!said.contains('\u{1b}') && !said.contains('\n') && said.contains("fatal: gone"), "{said}");
        assert!(said.ends_with("what must work is `git ls-remote https://example.com/a`"), "{said}");
    }
}

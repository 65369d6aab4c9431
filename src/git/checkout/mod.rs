//! Branches and commits of the repository that a person works in: what else they have changed or staged stays as it is.

mod commit;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use git2::{Branch, ErrorCode, Oid, Repository, RepositoryState, Status};

use super::{GitError, discover, inside};

pub use commit::commit_files;

/// A branch that was begun, which can still be taken back. To drop it is to keep it.
#[derive(Debug)]
#[must_use]
pub struct NewBranch {
    /// The folder of the repository, or of the work tree in it.
    repository: PathBuf,
    /// Its full name.
    name: String,
    /// Where it begins; nowhere when there is no commit yet.
    start: Option<Oid>,
    /// What was checked out before.
    before: Head,
}

/// What is checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Head {
    /// The branch of this full name.
    Branch(String),
    /// A commit, whatever branches there are.
    Detached(Oid),
}

impl Head {
    fn of(repository: &Repository) -> Result<Self, git2::Error> {
        let head = repository.find_reference("HEAD")?;
        if let Some(branch) = head.symbolic_target()? {
            return Ok(Self::Branch(branch.to_string()));
        }
        Ok(Self::Detached(head.peel_to_commit()?.id()))
    }
}

impl NewBranch {
    /// Takes it back: the branch is gone, and what was checked out before is again. If somebody has checked out something
    /// else meanwhile, that stays.
    ///
    /// # Errors
    /// When Git cannot, or the branch has commits, which would be lost.
    pub fn undo(self) -> Result<(), GitError> {
        let short = self.name.trim_start_matches(BRANCHES);
        let cannot = |error| GitError::new(format!("cannot take back the branch `{short}`"), &error);
        let repository = Repository::open(&self.repository).map_err(cannot)?;
        let tip = match repository.find_reference(&self.name) {
            Ok(reference) => Some(reference.peel_to_commit().map_err(cannot)?.id()),
            Err(error) if error.code() == ErrorCode::NotFound => None,
            Err(error) => return Err(cannot(error)),
        };
        if tip.is_some() && tip != self.start {
            return Err(GitError(format!("the branch `{short}` is kept: it has commits that would be lost")));
        }
        if Head::of(&repository).map_err(cannot)? == Head::Branch(self.name.clone()) {
            match &self.before {
                Head::Branch(name) => repository.set_head(name),
                Head::Detached(commit) => repository.set_head_detached(*commit),
            }
            .map_err(cannot)?;
        }
        match repository.find_branch(short, git2::BranchType::Local) {
            Ok(mut branch) => branch.delete().map_err(cannot),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(()),
            Err(error) => Err(cannot(error)),
        }
    }
}

/// What the full name of a branch begins with.
const BRANCHES: &str = "refs/heads/";

/// Begins a branch at the head of the repository that `root`, which need not exist yet, is in, and checks it out. No file
/// changes, and what is staged stays staged. Where there is no commit yet, the first one will be that of the branch.
///
/// # Errors
/// When there is no repository or it has no work tree, a merge or the like is in progress, or the branch exists or cannot be
/// called so.
pub fn begin_branch(root: &Path, name: &str) -> Result<NewBranch, GitError> {
    let (repository, _) = place(root)?;
    if !Branch::name_is_valid(name).unwrap_or(false) {
        return Err(GitError(format!(
            "no branch can be called `{name}`: use letters, digits, `-`, `_` and `/`, and no spaces"
        )));
    }
    ready(&repository)?;
    let cannot = |error| GitError::new(format!("cannot begin the branch `{name}` ({ANOTHER})"), &error);
    let full = format!("{BRANCHES}{name}");
    let before = Head::of(&repository).map_err(cannot)?;
    if before == Head::Branch(full.clone()) || repository.find_reference(&full).is_ok() {
        return Err(GitError(format!("the branch `{name}` exists already: {ANOTHER}")));
    }
    let head = head(&repository).map_err(cannot)?;
    if let Some(head) = &head {
        repository.branch(name, head, false).map_err(cannot)?;
    }
    let branch = NewBranch {
        repository: repository.path().to_path_buf(),
        name: full.clone(),
        start: head.map(|head| head.id()),
        before,
    };
    if let Err(error) = repository.set_head(&full) {
        // The first error is the one to tell.
        let _ = branch.undo();
        return Err(cannot(error));
    }
    Ok(branch)
}

const ANOTHER: &str = "choose another with `--branch NAME`";

/// Returns which of `paths`, relative to `root`, are changed, staged or not known to Git, in their order; those that it
/// ignores are not known. None without a repository.
///
/// # Errors
/// When Git cannot say.
pub fn changed_among(root: &Path, paths: &[&str]) -> Result<Vec<String>, GitError> {
    let Ok((repository, prefix)) = place(root) else { return Ok(Vec::new()) };
    let mut changed = Vec::new();
    for path in paths {
        let whole = format!("{prefix}{path}");
        let is_changed = match repository.status_file(Path::new(&whole)) {
            Ok(status) => status != Status::CURRENT,
            // Neither Git nor the disk has it, or the disk has it in another repository.
            Err(error) if error.code() == ErrorCode::NotFound => {
                fs::symlink_metadata(root.join(path)).is_ok_and(|metadata| !metadata.is_dir())
            }
            // It is a folder.
            Err(error) if error.code() == ErrorCode::Ambiguous => false,
            Err(error) => {
                return Err(GitError::new(format!("cannot tell whether `{path}` is changed"), &error));
            }
        };
        if is_changed {
            changed.push((*path).to_string());
        }
    }
    Ok(changed)
}

/// Returns the repository that a folder is in, and the path of the folder inside its work tree: empty, or ending in `/`. The
/// folder need not exist.
fn place(root: &Path) -> Result<(Repository, String), GitError> {
    let there = root.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("."));
    let repository = discover(there)?;
    if repository.workdir().is_none() {
        return Err(GitError(format!("`{}` is in a repository without a work tree", root.display())));
    }
    let rest = root.strip_prefix(there).ok().and_then(Path::to_str);
    let rest = rest.ok_or_else(|| GitError(format!("`{}` is no Unicode", root.display())))?;
    let rest = rest.replace('\\', if cfg!(windows) { "/" } else { "\\" });
    let mut prefix = format!("{}{rest}", inside(&repository, there));
    if !prefix.is_empty() && !prefix.ends_with('/') {
        prefix.push('/');
    }
    Ok((repository, prefix))
}

/// Returns the commit that is checked out; `None` when there is none yet.
fn head(repository: &Repository) -> Result<Option<git2::Commit<'_>>, git2::Error> {
    match repository.head() {
        Ok(head) => head.peel_to_commit().map(Some),
        Err(error) if error.code() == ErrorCode::UnbornBranch => Ok(None),
        Err(error) => Err(error),
    }
}

/// Refuses a repository in which something is half done.
fn ready(repository: &Repository) -> Result<(), GitError> {
    let (what, command) = match repository.state() {
        RepositoryState::Clean => return Ok(()),
        RepositoryState::Merge => ("a merge", "merge"),
        RepositoryState::Revert | RepositoryState::RevertSequence => ("a revert", "revert"),
        RepositoryState::CherryPick | RepositoryState::CherryPickSequence => ("a cherry-pick", "cherry-pick"),
        RepositoryState::Bisect => {
            return Err(GitError("a bisect is in progress: end it with `git bisect reset`".into()));
        }
        RepositoryState::Rebase
        | RepositoryState::RebaseInteractive
        | RepositoryState::RebaseMerge
        | RepositoryState::ApplyMailboxOrRebase => ("a rebase", "rebase"),
        RepositoryState::ApplyMailbox => ("`git am`", "am"),
    };
    Err(GitError(format!(
        "{what} is in progress: end it with `git {command} --continue` or `git {command} --abort`"
    )))
}

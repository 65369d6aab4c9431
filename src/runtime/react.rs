//! React: what changed between two commits, and the automations that it starts.
//!
//! How far that has come is a branch of the repository, [`REACTED`], so that a push whose job was lost is made up for by
//! the next one, and a job that is started again starts nothing twice.

use std::path::Path;

use super::event::{self, Event, Parents, Scene};
use super::ledger::{self, Ledger};
use super::plan::{Plan, Planner};
use super::request::Actor;
use super::run::{Cause, FOLDER, Run};
use super::trigger::Trigger;
use crate::git::{self, GitError, Revision};
use crate::portal::Portal;
use crate::worktree::Content;

/// The branch whose commit is the last one that automations have seen.
pub const REACTED: &str = "portal/reacted";

/// The same, as it is known of the remote.
pub const STORED: &str = "refs/remotes/origin/portal/reacted";

/// Why it cannot be said what changed.
#[derive(Debug, thiserror::Error)]
pub enum ReactError {
    /// A part of the history is missing.
    #[error(
        "the clone is shallow, so what changed cannot be known: check out the whole history (`fetch-depth: 0` on \
         GitHub, `GIT_DEPTH: 0` on GitLab)"
    )]
    Shallow,
    /// The commit is not there.
    #[error("there is no commit `{0}` in this repository")]
    Missing(String),
    /// Git could not answer.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// From where changes are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Base {
    /// From this commit; what people should know about it, if anything.
    Commit(String, Option<String>),
    /// From nowhere: nothing starts. Why, as a sentence; automations see what changes from here on.
    Unknown(String),
    /// There is nothing left: a later commit has been seen. Why, as a sentence.
    Seen(String),
}

/// Returns the full hash of the commit `after` of the repository that `root` is in, and from where changes up to it are
/// looked for: from the commit that automations have seen last, else from `before`, the one that the branch was at. A
/// history that was rewritten is looked at from where it was.
///
/// # Errors
/// When the clone is shallow, the commit is not there, or Git cannot answer.
pub fn range(
    root: &Path,
    (before, after): (&str, &str),
    ledger: &Ledger,
) -> Result<(String, Base), ReactError> {
    if git::is_shallow(root)? {
        return Err(ReactError::Shallow);
    }
    let commit = |name: &str| git::commit(root, name).map(|commit| commit.id);
    let head = commit(after).ok_or_else(|| ReactError::Missing(after.to_string()))?;
    let stored = commit(STORED);
    let named = Some(before).filter(|before| !is_zero(before)).and_then(commit);
    if let Some(stored) = &stored
        && git::is_before(root, &head, stored)?
    {
        let why = format!("automations have seen {}: `{REACTED}` is at {}", short(&head), short(stored));
        return Ok((head, Base::Seen(why)));
    }
    let seen = [stored.clone(), recorded(root, ledger, &head)?];
    if let Some(base) = furthest(root, &seen, &head)?.or(furthest(root, std::slice::from_ref(&named), &head)?)
    {
        return Ok((head, Base::Commit(base, None)));
    }
    for known in [&named, &stored].into_iter().flatten() {
        if let Ok(base) = git::merge_base(root, known, Some(&head)) {
            let note = format!(
                "the history was rewritten: what changed since {}, which {} and {} have in common, is looked at",
                short(&base),
                short(known),
                short(&head)
            );
            return Ok((head, Base::Commit(base, Some(note))));
        }
    }
    let why = match (is_zero(before), &stored) {
        (true, None) => "this is the first push",
        _ => "nothing is left of the history before this commit",
    };
    Ok((head, Base::Unknown(format!("{why}: automations see what changes from here on"))))
}

/// Returns the last commit up to `head` whose runs are on record. All runs of a range are recorded at once, so when the
/// branch was not moved afterwards, that is how far automations have come.
fn recorded(root: &Path, ledger: &Ledger, head: &str) -> Result<Option<String>, GitError> {
    /// How many commits are looked at; those of a history that was rewritten are among them.
    const MOST: usize = 20;
    let changes = ledger.iter().rev().filter(|recorded| recorded.run.cause == Cause::Change);
    let mut commits: Vec<&str> = changes.map(|recorded| recorded.run.commit.as_str()).collect();
    commits.dedup();
    for commit in commits.into_iter().take(MOST) {
        if git::commit(root, commit).is_some() && git::is_before(root, commit, head)? {
            return Ok(Some(commit.to_string()));
        }
    }
    Ok(None)
}

/// Returns the last of these commits that are in the history of `head`.
fn furthest(root: &Path, commits: &[Option<String>], head: &str) -> Result<Option<String>, GitError> {
    let mut last: Option<&String> = None;
    for commit in commits.iter().flatten() {
        let later = last.map_or(Ok(true), |last| git::is_before(root, last, commit))?;
        if later && git::is_before(root, commit, head)? {
            last = Some(commit);
        }
    }
    Ok(last.cloned())
}

/// Returns whether a hash is that of no commit: the one before the first push of a branch.
fn is_zero(hash: &str) -> bool {
    hash.bytes().all(|byte| byte == b'0')
}

/// Returns the first characters of a hash, by which people know it.
pub fn short(hash: &str) -> &str {
    hash.get(..7).unwrap_or(hash)
}

/// Returns the runs whose records a range of commits added, by path; what cannot be read is in `warnings`.
///
/// # Errors
/// When Git cannot answer.
pub fn new_runs(
    root: &Path,
    (base, head): (&str, &str),
    warnings: &mut Vec<String>,
) -> Result<Vec<Run>, GitError> {
    let revision = Revision::open_perhaps(root, head)?;
    let added = git::brought(root, base, head, FOLDER)?.added;
    let mut runs = Vec::new();
    for path in added.into_iter().filter(|path| path.ends_with(".json")) {
        let Some(bytes) = revision.text(&path) else { continue };
        match ledger::read(&path, &Content::from(bytes.as_slice())) {
            Ok(run) => runs.push(run),
            Err(why) => warnings.push(ledger::unread(&path, None, &why)),
        }
    }
    Ok(runs)
}

/// A change of the catalog, and who made it.
#[derive(Debug, Clone, Copy)]
pub struct Changed<'a> {
    /// The catalog before.
    pub before: &'a Portal,
    /// The catalog after.
    pub after: &'a Portal,
    /// The commit after.
    pub commit: &'a str,
    /// The runs whose records it added.
    pub runs: &'a [Run],
    /// Who pushed it, as far as it is known.
    pub actor: Option<&'a Actor>,
}

/// Returns the runs that a change starts, in the order of its events; those on record do not start again. The
/// automations are those of the catalog after it.
pub fn plan<'a>(changed: Changed<'a>, triggers: &[Trigger<'a>], ledger: &Ledger) -> Plan<'a> {
    let Changed { before, after, commit, actor, .. } = changed;
    let scene = Scene { before: Some(before), after, actor, at: after.now, origin: "git" };
    let planner = Planner { triggers, ledger, scene, point: commit, cause: Cause::Change, now: after.now };
    let mut plan = Plan::default();
    for event in events(changed) {
        planner.offer(&event, &mut plan);
    }
    plan
}

fn events(changed: Changed<'_>) -> Vec<Event> {
    let mut events = event::between(changed.before, changed.after, &Parents::of(changed.runs));
    events.extend(event::of_runs(changed.runs));
    events
}

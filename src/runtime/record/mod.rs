//! The record: what became of runs, and what they changed, as one commit.
//!
//! The commit is made on top of the newest state of the default branch and without a work tree, so nothing of what lies
//! around comes with it. It goes to a branch of its own, for which a pull request is opened, or straight to the default
//! branch where the configuration says so; when others are faster, the whole plan is made anew on top of theirs. What is
//! on record once is never recorded again.

mod result;
#[cfg(test)]
mod tests;
mod words;

use std::collections::BTreeMap;
use std::path::Path;

use super::effect;
use super::ledger::{BRANCHES, Ledger};
use super::provider::{Provider, PullRequest, PushError};
use super::report::Effect;
use super::run::{Run, Status, is_run_id};
use crate::git::{self, History, NewCommit, Revision};
use crate::model::ci::{self, Ci};
use crate::model::instant::Instant;
use crate::portal::{Origin, Portal};
use crate::printable::shown;

pub use result::{JobResult, joined, run_of};

/// How often a push is tried when others are faster.
const ATTEMPTS: u64 = 5;

/// Who makes the commit, unless the job says otherwise.
const AUTHOR: (&str, &str) = ("portal", "portal@noreply.invalid");

/// Where and how runs are recorded.
#[derive(Clone, Copy)]
pub struct Recorder<'a> {
    /// The catalog root.
    pub root: &'a Path,
    /// The name of the configuration file.
    pub config_file: &'a str,
    /// The settings of the CI system.
    pub ci: &'a Ci,
    /// The provider of the repository.
    pub provider: &'a Provider<'a>,
    /// The instant of the job.
    pub now: Instant,
    /// Whether nothing is written.
    pub rehearsal: bool,
}

/// What was recorded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Recording {
    /// The records that were written, as they were: what could not be changed in the catalog is said in them.
    pub runs: Vec<Run>,
    /// The runs that are on record already.
    pub already: Vec<String>,
    /// The files that changed, by path; `None` where one was deleted.
    pub files: BTreeMap<String, Option<Vec<u8>>>,
    /// The message of the commit.
    pub message: String,
    /// Where it went.
    pub place: Place,
    /// What people should know, a sentence each.
    pub notes: Vec<String>,
    /// What is wrong, with what to do about it.
    pub problems: Vec<String>,
}

/// Where a record went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Place {
    /// Nowhere: there was nothing to do, or it was only rehearsed.
    #[default]
    Nowhere,
    /// To a branch of this repository, which has no remote.
    Local(String),
    /// To a branch of the remote.
    Branch(String),
    /// To a branch of the remote, with a pull request here.
    PullRequest(String, String),
    /// To the default branch.
    Default(String),
}

impl Recorder<'_> {
    /// Records runs and what they changed in the catalog, in their order, as one commit; those that are on record
    /// already are left out.
    ///
    /// # Errors
    /// When nothing could be written, with what to do.
    pub fn record_all(&self, runs: &[Run]) -> Result<Recording, String> {
        if let Some(run) = runs.iter().find(|run| !is_run_id(&run.id) || Instant::parse(&run.at).is_none()) {
            return Err(format!("`{}` cannot be the name of a run, or has no instant", shown(&run.id)));
        }
        let remote = self.provider.has_remote();
        let mut recording = Recording::default();
        if remote {
            self.fetch(&mut recording);
        }
        let ledger = Ledger::read(self.root);
        recording.notes.extend(ledger.warnings().iter().cloned());
        let (already, new): (Vec<&Run>, Vec<&Run>) = runs.iter().partition(|run| ledger.contains(&run.id));
        recording.already = already.iter().map(|run| run.id.clone()).collect();
        if new.is_empty() {
            self.deliver_again(&ledger, remote, &mut recording);
            return Ok(recording);
        }
        self.record(&new, remote, &recording)
    }

    /// Fetches what others have recorded. What cannot be fetched is not known, and the push will say so.
    fn fetch(&self, recording: &mut Recording) {
        let fetched = [self.provider.fetch_runs(), self.provider.fetch_branch(&self.ci.branch)];
        recording.notes.extend(fetched.into_iter().filter_map(Result::err));
    }

    /// Makes the commit and sends it off, again and again when others are faster.
    fn record(&self, new: &[&Run], remote: bool, recording: &Recording) -> Result<Recording, String> {
        let own = format!("portal/run-{}", new[0].id);
        let direct = remote && self.ci.record == ci::Record::Push;
        for attempt in 1..=ATTEMPTS {
            let (base, mut planned) = self.plan(new, recording)?;
            if planned.runs.is_empty() || self.rehearsal {
                return Ok(planned);
            }
            let commit = self.commit(&base, &planned)?;
            if !direct {
                self.deliver(&own, &commit, remote, &mut planned)?;
                return Ok(planned);
            }
            match self.provider.push_as(&commit, &self.ci.branch) {
                Ok(()) => {
                    planned.place = Place::Default(self.ci.branch.clone());
                    return Ok(planned);
                }
                Err(PushError::Behind) if attempt < ATTEMPTS => {
                    self.provider.outside.pause(attempt);
                    self.provider.fetch_branch(&self.ci.branch)?;
                }
                Err(error) => {
                    let branch = &self.ci.branch;
                    planned.notes.push(format!("the record cannot be pushed to `{branch}`: {error}"));
                    self.deliver(&own, &commit, remote, &mut planned)?;
                    return Ok(planned);
                }
            }
        }
        Err("others are always faster".into())
    }

    /// Returns what the commit would change, and the revision that it follows.
    fn plan(&self, new: &[&Run], recording: &Recording) -> Result<(String, Recording), String> {
        let base = self.base();
        let revision = Revision::open(self.root, &base).map_err(|error| error.to_string())?;
        let history = History::open(self.root, &base, Some(revision.prefix()));
        let origin = Origin { files: &revision, history: history.as_ref(), now: self.now };
        let opened = Portal::open(origin, revision.text(self.config_file));
        let portal = opened.map_err(|error| format!("the catalog cannot be read: {error}"))?;
        let mut planned = recording.clone();
        // Since the ledger was read, somebody may have recorded one of them.
        let (there, new): (Vec<&&Run>, Vec<&&Run>) =
            new.iter().partition(|run| revision.text(&run.path()).is_some());
        planned.already.extend(there.iter().map(|run| run.id.clone()));
        planned.runs = new.into_iter().map(|run| (**run).clone()).collect();
        let plan = settle(&portal, &revision, &mut planned.runs);
        planned.notes.extend(plan.notes);
        planned.files = plan.files;
        for run in &planned.runs {
            let text = serde_json::to_string_pretty(run).map_err(|error| error.to_string())?;
            planned.files.insert(run.path(), Some(format!("{text}\n").into_bytes()));
        }
        planned.message = words::message(&planned.runs);
        Ok((base, planned))
    }

    /// Returns the revision that the commit follows: in CI the newest of the default branch, which the job's own may be
    /// behind by now; else what is checked out.
    fn base(&self) -> String {
        let newest = format!("refs/remotes/origin/{}", self.ci.branch);
        let in_ci = self.provider.job.target.is_some();
        match git::commit(self.root, &newest).filter(|_| in_ci) {
            Some(commit) => commit.id,
            None => "HEAD".into(),
        }
    }

    fn commit(&self, base: &str, planned: &Recording) -> Result<String, String> {
        let variable = |name: &str, usual| self.provider.job.variable(name).unwrap_or(usual);
        let author = (variable("GIT_AUTHOR_NAME", AUTHOR.0), variable("GIT_AUTHOR_EMAIL", AUTHOR.1));
        #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970 have few digits")]
        let seconds = self.now.seconds() as i64;
        let new = NewCommit { base, files: &planned.files, message: &planned.message, author, seconds };
        git::commit_on(self.root, &new).map_err(|error| error.to_string())
    }

    /// Puts a commit on the branch of its own, and asks for its merge.
    fn deliver(
        &self,
        branch: &str,
        commit: &str,
        remote: bool,
        recording: &mut Recording,
    ) -> Result<(), String> {
        git::set_branch(self.root, branch, commit).map_err(|error| error.to_string())?;
        recording.place = Place::Local(branch.to_string());
        if !remote {
            let note = format!("the record is on the branch `{branch}`; there is no remote to push it to");
            recording.notes.push(note);
            return Ok(());
        }
        if let Err(error) = self.provider.push(branch) {
            return Err(format!("the record cannot be pushed to `{branch}`: {error}"));
        }
        recording.place = Place::Branch(branch.to_string());
        self.ask_for_merge(branch, recording);
        Ok(())
    }

    /// Opens the pull request of a branch that has been pushed.
    fn ask_for_merge(&self, branch: &str, recording: &mut Recording) {
        if self.provider.job.variable("PORTAL_TOKEN").is_none() {
            recording
                .notes
                .push(format!("open a pull request for the branch `{branch}`: no token is in PORTAL_TOKEN"));
            return;
        }
        let title = words::subject(&recording.runs);
        let body = words::body(&recording.runs);
        let request = PullRequest {
            branch,
            base: &self.ci.branch,
            title: &title,
            body: &body,
            ..PullRequest::default()
        };
        match self.provider.open_pull_request(&request) {
            Ok(opened) => {
                recording.notes.extend(opened.notes);
                recording.place = Place::PullRequest(branch.to_string(), opened.link);
            }
            Err(why) => recording.problems.push(format!(
                "the record is on the branch `{branch}`, but its pull request was not opened: {why}"
            )),
        }
    }

    /// Completes what an earlier attempt has begun: a branch that was not pushed, a pull request that was not opened.
    fn deliver_again(&self, ledger: &Ledger, remote: bool, recording: &mut Recording) {
        let ids = recording.already.clone();
        let waiting = ids.iter().filter_map(|id| ledger.get(id)).find_map(|recorded| {
            let branch = recorded.branch.as_deref()?;
            Some((branch.to_string(), recorded.run.clone()))
        });
        let Some((branch, run)) = waiting.filter(|_| remote && !self.rehearsal) else { return };
        recording.runs = vec![run];
        if let Some(own) = branch.strip_prefix("refs/heads/") {
            match self.provider.push(own) {
                Ok(()) => self.ask_for_merge(own, recording),
                Err(error) => recording.problems.push(format!("`{own}` cannot be pushed: {error}")),
            }
        } else if let Some(id) = branch.strip_prefix(BRANCHES)
            && self.ci.record == ci::Record::PullRequest
        {
            self.ask_for_merge(&format!("portal/run-{id}"), recording);
        }
        recording.runs.clear();
    }
}

/// Returns what the effects of runs change. Those of a run that would break the catalog are left out, and its record says
/// so: that it ran stays true.
fn settle(portal: &Portal, files: &Revision, runs: &mut [Run]) -> effect::Plan {
    let all: Vec<Effect> = runs.iter().flat_map(|run| run.effects.iter().cloned()).collect();
    if let Ok(plan) = effect::plan(portal, files, &all) {
        return plan;
    }
    let mut kept: Vec<Effect> = Vec::new();
    let mut settled = effect::Plan::default();
    for run in runs.iter_mut().filter(|run| !run.effects.is_empty()) {
        let tried: Vec<Effect> = kept.iter().chain(&run.effects).cloned().collect();
        match effect::plan(portal, files, &tried) {
            Ok(plan) => (kept, settled) = (tried, plan),
            Err(reasons) => {
                run.effects.clear();
                run.status = Status::Failure;
                let reasons = reasons.into_iter().map(|why| format!("the catalog was not changed: {why}"));
                run.reasons.extend(reasons);
            }
        }
    }
    settled
}

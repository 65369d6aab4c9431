//! What is asked of the provider of a repository: protections and approvals, pull requests, issues, other workflows.
//!
//! One file per CI system says how it is asked there; what a system does not tell is an error that says so, never a
//! guess. Requests go through [`Outside`], tokens only in headers and in the environment of `git`. Names from a catalog
//! or a request are encoded where they stand in an address, and never are an option of a program.

mod address;
mod azure;
mod bitbucket;
mod call;
mod credential;
mod git;
mod github;
mod gitlab;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::{Job, Outside};
use crate::model::target::Target;

pub use address::encoded;
pub use git::PushError;

/// The provider of a repository, as a job sees it.
pub struct Provider<'o> {
    /// The CI system.
    pub target: Target,
    /// The job, which knows the repository, the addresses and the token.
    pub job: &'o Job,
    /// The world.
    pub outside: &'o dyn Outside,
    /// The folder in which `git` runs.
    pub directory: PathBuf,
}

/// How an environment is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// Whether the environment exists.
    pub exists: bool,
    /// How many people or teams can approve, one of whom must; 0 when nobody needs to.
    pub reviewers: usize,
    /// Which branches may use it.
    pub branches: Branches,
}

/// Which branches may use an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Branches {
    /// All.
    Any,
    /// Those that are protected themselves.
    Protected,
    /// Those that fit one of these patterns.
    Named(Vec<String>),
}

impl Protection {
    /// Returns what is missing for the environment to hold a job back until someone agrees, and to be out of reach of
    /// all branches but `branch`: a phrase each, none when nothing is.
    pub fn gaps(&self, branch: &str) -> Vec<String> {
        if !self.exists {
            return vec!["it does not exist".into()];
        }
        let mut gaps = Vec::new();
        if self.reviewers == 0 {
            gaps.push("it has no required reviewers".into());
        }
        match &self.branches {
            Branches::Any => gaps.push("every branch can use it".into()),
            Branches::Protected => {}
            Branches::Named(names) => {
                let others = names.iter().filter(|name| *name != branch);
                gaps.extend(others.map(|name| format!("the branch `{name}` can use it")));
            }
        }
        gaps
    }
}

/// A workflow that was started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Started {
    /// Its repository.
    pub repository: String,
    /// Where people see it.
    pub link: Option<String>,
    /// By which the provider knows the run; `None` when it did not say, so that nobody can wait for it.
    pub id: Option<String>,
}

/// How a workflow ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conclusion {
    /// Well.
    Success,
    /// Otherwise: in the provider's word.
    Failure(String),
}

/// A pull request, or a merge request, to open.
#[derive(Debug, Clone, Default)]
pub struct PullRequest<'a> {
    /// The branch, which has been pushed.
    pub branch: &'a str,
    /// The branch to merge into.
    pub base: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Its text, in Markdown.
    pub body: &'a str,
    /// Its labels.
    pub labels: &'a [String],
    /// Who is asked to review it: logins, or `owner/team`.
    pub reviewers: &'a [String],
}

/// A pull request that is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opened {
    /// Where people see it.
    pub link: String,
    /// What did not work, a sentence each: a label or a reviewer that was not taken.
    pub notes: Vec<String>,
}

/// A pull request that was merged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merge {
    /// Who opened it, by login.
    pub author: String,
    /// Who merged it and who approved it last, by login, sorted.
    pub approvers: Vec<String>,
    /// Where people see it.
    pub link: Option<String>,
}

/// How often a run is asked after until waiting ends: for six hours, the longest that a job can take.
const MOST_QUESTIONS: u64 = 6 * 60 * 60 / SECONDS_BETWEEN;
const SECONDS_BETWEEN: u64 = 15;

impl Provider<'_> {
    /// Returns how the environment of the repository is protected.
    ///
    /// # Errors
    /// When that cannot be read, as a phrase.
    pub fn protection(&self, environment: &str) -> Result<Protection, String> {
        match self.target {
            Target::GitHub => github::protection(self, environment),
            Target::GitLab => gitlab::protection(self, environment),
            Target::Azure | Target::Bitbucket => {
                Err(format!("{} does not tell how an environment is protected", self.target))
            }
        }
    }

    /// Returns the logins of those who approved that this run uses the environment, sorted.
    ///
    /// # Errors
    /// When that cannot be read, as a phrase.
    pub fn approvers(&self, environment: &str) -> Result<Vec<String>, String> {
        match self.target {
            Target::GitHub => github::approvers(self, environment),
            Target::GitLab => gitlab::approvers(self),
            Target::Azure | Target::Bitbucket => {
                Err(format!("{} does not tell a job who approved it", self.target))
            }
        }
    }

    /// Returns the pull request whose merge made `commit`; `None` when none did.
    ///
    /// # Errors
    /// When that cannot be read, as a phrase.
    pub fn merge_of(&self, commit: &str) -> Result<Option<Merge>, String> {
        let merge = match self.target {
            Target::GitHub => github::merge_of(self, commit),
            Target::GitLab => gitlab::merge_of(self, commit),
            Target::Azure => azure::merge_of(self, commit),
            Target::Bitbucket => bitbucket::merge_of(self, commit),
        };
        Ok(merge?.map(|mut merge| {
            merge.approvers.retain(|login| !login.is_empty());
            merge.approvers.sort_unstable();
            merge.approvers.dedup();
            merge
        }))
    }

    /// Starts a workflow or pipeline of `repository` (this one when empty) on `reference`, a branch or tag, or on the
    /// default branch. Where no workflow is named, GitLab gets the inputs as variables of the project's pipeline.
    ///
    /// # Errors
    /// When it was not started, as a phrase.
    pub fn dispatch(
        &self,
        repository: &str,
        workflow: &str,
        reference: Option<&str>,
        inputs: &Map<String, Value>,
    ) -> Result<Started, String> {
        let repository = if repository.is_empty() { self.job.repository.as_str() } else { repository };
        let reference = reference.filter(|reference| !reference.is_empty());
        match self.target {
            Target::GitHub => github::dispatch(self, repository, workflow, reference, inputs),
            Target::GitLab => gitlab::dispatch(self, repository, workflow, reference, inputs),
            Target::Azure => azure::dispatch(self, workflow, reference, inputs),
            Target::Bitbucket => bitbucket::dispatch(self, repository, workflow, reference, inputs),
        }
    }

    /// Waits until a workflow that was started ends, and returns how.
    ///
    /// # Errors
    /// When the provider did not say which run it is, cannot be asked, or the run takes more than six hours.
    pub fn wait(&self, started: &Started) -> Result<Conclusion, String> {
        let Some(id) = &started.id else {
            return Err("the provider did not say which run it started, so nobody can wait for it".into());
        };
        for _ in 0..MOST_QUESTIONS {
            let conclusion = match self.target {
                Target::GitHub => github::conclusion(self, &started.repository, id),
                Target::GitLab => gitlab::conclusion(self, &started.repository, id),
                Target::Azure => azure::conclusion(self, id),
                Target::Bitbucket => bitbucket::conclusion(self, &started.repository, id),
            };
            if let Some(conclusion) = conclusion? {
                return Ok(conclusion);
            }
            self.outside.pause(SECONDS_BETWEEN);
        }
        Err("it takes more than six hours".into())
    }

    /// Opens a pull request of this repository, or returns the one that is open for the branch.
    ///
    /// # Errors
    /// When it was not opened, with what to do about it.
    pub fn open_pull_request(&self, request: &PullRequest<'_>) -> Result<Opened, String> {
        match self.target {
            Target::GitHub => github::open_pull_request(self, request),
            Target::GitLab => gitlab::open_pull_request(self, request),
            Target::Azure => azure::open_pull_request(self, request),
            Target::Bitbucket => bitbucket::open_pull_request(self, request),
        }
    }

    /// Opens an issue of `repository` (this one when empty), unless one of the same title is open, and returns where
    /// people see it.
    ///
    /// # Errors
    /// When it was not opened, as a phrase.
    pub fn open_issue(&self, repository: &str, title: &str, body: &str) -> Result<String, String> {
        let repository = if repository.is_empty() { self.job.repository.as_str() } else { repository };
        match self.target {
            Target::GitHub => github::open_issue(self, repository, title, body),
            Target::GitLab => gitlab::open_issue(self, repository, title, body),
            Target::Azure | Target::Bitbucket => {
                Err(format!("issues of {} are not supported: use a webhook", self.target))
            }
        }
    }
}

/// Returns an input as the text that a CI system takes.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        value => value.to_string(),
    }
}

/// Returns the text at a key of an answer; nothing when it is not there.
fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).map(text_of).unwrap_or_default()
}

/// Returns the items of a list of an answer; none when it is not there.
fn items<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}

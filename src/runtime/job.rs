//! The CI job that portal runs in: who started it, from where, on what.

use std::collections::BTreeMap;

use crate::model::target::Target;

/// A job, read from the variables that its CI system sets. Outside of CI, who and what must be given by options, which
/// set the same variables (`PORTAL_ACTOR` and so on).
#[derive(Debug, Clone, Default)]
pub struct Job {
    /// The CI system; `None` on a person's machine.
    pub target: Option<Target>,
    /// The login of who started it, in the words of the CI system. Of a run that was started again: who did that.
    pub actor: String,
    /// The branch that it runs on; empty when it is none (a tag, a pull request).
    pub branch: String,
    /// A name for the run that no other run of the repository has, the attempt included: `gh-123-1`.
    pub run: String,
    /// Where people see the run.
    pub link: Option<String>,
    /// The commit that it runs on.
    pub commit: String,
    /// `owner/name` or the project's path.
    pub repository: String,
    /// The environment of the process.
    pub variables: BTreeMap<String, String>,
}

impl Job {
    /// Returns the job of a process with these environment variables.
    pub fn of(variables: BTreeMap<String, String>) -> Self {
        let get = |name: &str| variables.get(name).cloned().unwrap_or_default();
        let is = |name: &str| variables.get(name).is_some_and(|value| !value.is_empty());
        let mut job = if is("GITHUB_ACTIONS") {
            let (server, repository, run) =
                (get("GITHUB_SERVER_URL"), get("GITHUB_REPOSITORY"), get("GITHUB_RUN_ID"));
            // A run that is started again keeps its first actor; what counts is who started it now.
            let again = get("GITHUB_TRIGGERING_ACTOR");
            Self {
                target: Some(Target::GitHub),
                actor: if again.is_empty() { get("GITHUB_ACTOR") } else { again },
                branch: get("GITHUB_REF").strip_prefix("refs/heads/").unwrap_or_default().to_string(),
                run: format!("gh-{run}-{}", first(&get("GITHUB_RUN_ATTEMPT"), "1")),
                link: Some(format!("{server}/{repository}/actions/runs/{run}")),
                commit: get("GITHUB_SHA"),
                repository,
                variables: BTreeMap::new(),
            }
        } else if is("GITLAB_CI") {
            Self {
                target: Some(Target::GitLab),
                actor: get("GITLAB_USER_LOGIN"),
                branch: get("CI_COMMIT_BRANCH"),
                run: format!("gl-{}", get("CI_PIPELINE_ID")),
                link: Some(get("CI_PIPELINE_URL")).filter(|link| !link.is_empty()),
                commit: get("CI_COMMIT_SHA"),
                repository: get("CI_PROJECT_PATH"),
                variables: BTreeMap::new(),
            }
        } else if is("TF_BUILD") {
            let (server, project, build) =
                (get("SYSTEM_COLLECTIONURI"), get("SYSTEM_TEAMPROJECT"), get("BUILD_BUILDID"));
            Self {
                target: Some(Target::Azure),
                actor: first(&get("BUILD_REQUESTEDFOREMAIL"), &get("BUILD_REQUESTEDFOR")).to_string(),
                branch: get("BUILD_SOURCEBRANCH").strip_prefix("refs/heads/").unwrap_or_default().to_string(),
                run: format!("az-{build}-{}", first(&get("SYSTEM_STAGEATTEMPT"), "1")),
                link: Some(format!("{server}{project}/_build/results?buildId={build}")),
                commit: get("BUILD_SOURCEVERSION"),
                repository: get("BUILD_REPOSITORY_NAME"),
                variables: BTreeMap::new(),
            }
        } else if is("BITBUCKET_BUILD_NUMBER") {
            let (repository, build) = (get("BITBUCKET_REPO_FULL_NAME"), get("BITBUCKET_BUILD_NUMBER"));
            Self {
                target: Some(Target::Bitbucket),
                actor: get("BITBUCKET_STEP_TRIGGERER_UUID"),
                branch: get("BITBUCKET_BRANCH"),
                run: format!("bb-{build}"),
                link: Some(format!("https://bitbucket.org/{repository}/pipelines/results/{build}")),
                commit: get("BITBUCKET_COMMIT"),
                repository,
                variables: BTreeMap::new(),
            }
        } else {
            Self::default()
        };
        for (name, field) in [
            ("PORTAL_ACTOR", &mut job.actor),
            ("PORTAL_BRANCH", &mut job.branch),
            ("PORTAL_RUN_ID", &mut job.run),
            ("PORTAL_COMMIT", &mut job.commit),
        ] {
            // In CI the system says who and what: a variable that a person can set must not.
            if job.target.is_none() && is(name) {
                *field = get(name);
            }
        }
        job.variables = variables;
        job
    }

    /// Returns a variable of the job; `None` when it is not set or empty.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

fn first<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

#[cfg(test)]
mod tests {
    use super::{Job, Target};

    fn job(variables: &[(&str, &str)]) -> Job {
        Job::of(variables.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect())
    }

    #[test]
    fn each_ci_system_says_who_and_what() {
        let github = &[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_ACTOR", "ines"),
            ("GITHUB_TRIGGERING_ACTOR", "tom"),
            ("GITHUB_REF", "refs/heads/main"),
            ("GITHUB_RUN_ID", "7"),
            ("GITHUB_RUN_ATTEMPT", "2"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "marlow/catalog"),
        ];
        let started = job(github);
        assert_eq!((started.target, started.actor.as_str()), (Some(Target::GitHub), "tom"));
        assert_eq!((started.branch.as_str(), started.run.as_str()), ("main", "gh-7-2"));
        assert_eq!(started.link.as_deref(), Some("https://github.com/marlow/catalog/actions/runs/7"));
        let tag = job(&[("GITHUB_ACTIONS", "true"), ("GITHUB_REF", "refs/tags/main")]);
        assert_eq!(tag.branch, "");
        let gitlab = job(&[("GITLAB_CI", "true"), ("GITLAB_USER_LOGIN", "ines"), ("CI_PIPELINE_ID", "9")]);
        assert_eq!((gitlab.target, gitlab.actor.as_str()), (Some(Target::GitLab), "ines"));
        assert_eq!((gitlab.run.as_str(), gitlab.branch.as_str()), ("gl-9", ""));
        let azure = job(&[
            ("TF_BUILD", "True"),
            ("BUILD_REQUESTEDFOREMAIL", "ines@marlow.example"),
            ("BUILD_SOURCEBRANCH", "refs/heads/main"),
            ("BUILD_BUILDID", "3"),
        ]);
        assert_eq!((azure.actor.as_str(), azure.branch.as_str()), ("ines@marlow.example", "main"));
        let bitbucket = job(&[("BITBUCKET_BUILD_NUMBER", "4"), ("BITBUCKET_BRANCH", "main")]);
        assert_eq!((bitbucket.target, bitbucket.run.as_str()), (Some(Target::Bitbucket), "bb-4"));
    }

    #[test]
    fn nobody_can_say_in_ci_that_they_are_somebody_else() {
        let claims = &[("PORTAL_ACTOR", "rita"), ("PORTAL_BRANCH", "main")];
        assert_eq!(job(claims).actor, "rita");
        let in_ci = job(&[&[("GITHUB_ACTIONS", "true"), ("GITHUB_ACTOR", "tom")], &claims[..]].concat());
        assert_eq!((in_ci.actor.as_str(), in_ci.branch.as_str()), ("tom", ""));
    }
}

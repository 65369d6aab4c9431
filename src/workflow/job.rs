//! Jobs as every CI system has them: what one does, when, with which powers, and what it is given.

/// A job.
#[derive(Debug, Clone)]
pub(super) struct Job {
    /// Its key in the file: letters, digits and `_`.
    pub(super) id: String,
    /// What people read.
    pub(super) title: String,
    pub(super) work: Work,
    /// The jobs that come before.
    pub(super) needs: Vec<String>,
    pub(super) when: When,
    pub(super) place: Place,
    /// What the job's token may do, with the reason.
    pub(super) powers: Vec<Power>,
    /// What the job is given in its environment.
    pub(super) values: Vec<(String, Given)>,
    /// What it hands to the jobs after it.
    pub(super) hands_on: Vec<&'static str>,
    /// Whether the whole history is needed, and the branches of runs that are not merged.
    pub(super) history: bool,
    /// Whether it only decides or writes down.
    pub(super) short: bool,
}

/// What a job does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Work {
    /// `portal ci` with these words, and the action as the last one if there is one.
    Portal {
        /// The command: `guard`, `exec` and so on, with options; variables are quoted.
        command: String,
        /// Whether the action's name follows.
        action: bool,
    },
    /// A reusable workflow of the CI system.
    Uses {
        /// Which one, at a commit.
        workflow: String,
        /// The names of its inputs, whose values the job before hands on.
        inputs: Vec<String>,
        /// The job before.
        after: String,
    },
}

/// When a job starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum When {
    /// When the jobs before it succeeded.
    Success,
    /// Whatever became of the jobs before it.
    Always,
    /// When the job of this name says so.
    Told(String),
    /// When the first succeeded, and the second did or was not needed.
    After(String, String),
}

/// Where a job runs: environments hold people's agreement, secrets, and which branch may use them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// In none.
    Nowhere,
    /// Where nobody must agree.
    Run,
    /// Where someone must agree: the environment of this name.
    Approval(String),
    /// In the environment of this name, unless the guard says that nobody must agree.
    Decided(String),
}

/// What a job's token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Power {
    /// GitHub's name of it.
    pub(super) scope: &'static str,
    pub(super) level: &'static str,
    /// Why.
    pub(super) reason: &'static str,
}

/// What a job is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Given {
    /// The answers to the questions.
    Answers,
    /// What a job before hands on under this name.
    Handed(String, &'static str),
    /// What became of a job before, and all that it hands on.
    Outcome(String),
    /// What became of all jobs before.
    Outcomes,
    /// The job's token.
    Token,
    /// A token that may do more than the job's, if there is one.
    WideToken,
    /// A secret of this name.
    Secret(String),
    /// The commit before a push.
    Before,
    /// The commit that was pushed.
    After,
}

impl Power {
    pub(super) const fn new(scope: &'static str, level: &'static str, reason: &'static str) -> Self {
        Self { scope, level, reason }
    }

    pub(super) const CHECK_OUT: Self = Self::new("contents", "read", "to check out");
}

/// Returns powers with each scope once: the higher level counts, reasons are joined in order.
pub(super) fn joined(powers: &[Power]) -> Vec<(&'static str, &'static str, String)> {
    let mut all: Vec<(&'static str, &'static str, Vec<&'static str>)> = Vec::new();
    for power in powers {
        match all.iter_mut().find(|(scope, _, _)| *scope == power.scope) {
            Some((_, level, reasons)) => {
                if power.level == "write" {
                    *level = "write";
                }
                if !reasons.contains(&power.reason) {
                    reasons.push(power.reason);
                }
            }
            None => all.push((power.scope, power.level, vec![power.reason])),
        }
    }
    all.sort_by_key(|(scope, _, _)| *scope);
    all.into_iter().map(|(scope, level, reasons)| (scope, level, reasons.join(", "))).collect()
}

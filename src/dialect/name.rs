//! What things are called in a CI system.

use std::collections::BTreeSet;

use xxhash_rust::xxh3::xxh3_64;

use crate::model::target::Target;

/// Returns a name for files, jobs and environments, of letters, digits, `-` and `_`, and different for different
/// identifiers, upper and lower case apart: `deploy`, `team-deploy-1f3a09c2`.
pub fn slug(identifier: &str) -> String {
    const LONGEST: usize = 60;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let starts = identifier.starts_with(|c: char| c.is_ascii_alphanumeric());
    if starts && identifier.len() <= LONGEST && identifier.chars().all(plain) {
        return identifier.to_string();
    }
    let kept = identifier.chars().map(|c| match c.to_ascii_lowercase() {
        c if plain(c) => c,
        _ => '-',
    });
    let kept: String = kept.skip_while(|c| !c.is_ascii_alphanumeric()).take(LONGEST - 10).collect();
    let hash = xxh3_64(identifier.as_bytes()) >> 32;
    if kept.is_empty() { format!("x-{hash:08x}") } else { format!("{kept}-{hash:08x}") }
}

/// Returns the file of an action's workflow, relative to the root of the repository. All actions of Bitbucket are in
/// one file.
pub fn workflow_file(target: Target, action: &str) -> String {
    let slug = slug(action);
    match target {
        Target::GitHub => format!(".github/workflows/portal-action-{slug}.yml"),
        Target::GitLab => format!(".gitlab/portal/action-{slug}.yml"),
        Target::Azure => format!(".azure/portal-action-{slug}.yml"),
        Target::Bitbucket => "bitbucket-pipelines.yml".to_string(),
    }
}

/// Returns the environment, of the CI system, in which someone must agree before the action runs.
pub fn approval_environment(action: &str) -> String {
    format!("portal-approve-{}", slug(action))
}

/// Returns the environment, of the CI system, in which actions run that nobody must agree to.
pub fn run_environment() -> &'static str {
    "portal-run"
}

/// Returns the environment variable in which a job finds the answer to the question of this name, on a CI system that
/// has one for each.
pub fn variable(target: Target, question: &str) -> String {
    match target {
        // There, questions are variables, and are named so that none is one that means something.
        Target::Bitbucket => question.to_string(),
        Target::GitHub | Target::GitLab | Target::Azure => format!("PORTAL_ANSWER_{question}"),
    }
}

/// Names that every object has in JavaScript, in which some tools are written: to these, a question of such a name has
/// an answer already. The others begin with two underscores.
const MEMBERS: &[&str] = &[
    "constructor",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// The names of an action's questions in the file of a CI system, each given once, upper and lower case alike.
#[derive(Debug)]
pub(super) struct Names {
    target: Target,
    taken: BTreeSet<String>,
}

impl Names {
    pub(super) fn of(target: Target) -> Self {
        Self { target, taken: BTreeSet::new() }
    }

    /// Returns the name of the question about an input.
    pub(super) fn give(&mut self, identifier: &str) -> String {
        let name = self.prefixed(&self.allowed(identifier));
        self.distinct(&name)
    }

    /// Returns the name of a question of portal's own, after those of the inputs have been given.
    pub(super) fn reserve(&mut self, name: &str) -> String {
        let own = self.prefixed(name);
        if self.taken.contains(&own.to_ascii_lowercase()) {
            return self.distinct(&self.prefixed(&format!("portal_{name}")));
        }
        self.distinct(&own)
    }

    /// Returns whether a question is called as its input.
    pub(super) fn is_own(&self, name: &str, identifier: &str) -> bool {
        self.prefixed(identifier) == name
    }

    /// Returns an identifier of the characters that every CI system allows: letters, digits and `_`, on GitHub also `-`.
    fn allowed(&self, identifier: &str) -> String {
        let hyphens = self.target == Target::GitHub;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || (c == '-' && hyphens);
        let mut name: String = identifier.chars().map(|c| if plain(c) { c } else { '_' }).collect();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            name.insert(0, '_');
        }
        if name.starts_with("__") || MEMBERS.contains(&name.as_str()) {
            name.insert_str(0, "x_");
        }
        name
    }

    /// Returns the name as a variable that no program reads, where questions are variables: not `PATH`.
    fn prefixed(&self, name: &str) -> String {
        match self.target {
            Target::Bitbucket => format!("input_{name}"),
            Target::GitHub | Target::GitLab | Target::Azure => name.to_string(),
        }
    }

    fn distinct(&mut self, name: &str) -> String {
        let mut free = name.to_string();
        let mut number = 2;
        while !self.taken.insert(free.to_ascii_lowercase()) {
            free = format!("{name}_{number}");
            number += 1;
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, slug};
    use crate::model::target::Target;

    #[test]
    fn questions_have_names_that_their_system_allows() {
        let identifiers = ["name", "a-b", "a_b", "A_B", "1st", "e@x=y", "entity"];
        for (target, expected) in [
            (
                Target::GitHub,
                ["name", "a-b", "a_b", "A_B_2", "_1st", "e_x_y", "entity", "portal_entity", "ttl"],
            ),
            (
                Target::GitLab,
                ["name", "a_b", "a_b_2", "A_B_3", "_1st", "e_x_y", "entity", "portal_entity", "ttl"],
            ),
            (
                Target::Azure,
                ["name", "a_b", "a_b_2", "A_B_3", "_1st", "e_x_y", "entity", "portal_entity", "ttl"],
            ),
        ] {
            let mut names = Names::of(target);
            let mut given: Vec<String> = identifiers.iter().map(|name| names.give(name)).collect();
            given.extend(["entity", "ttl"].map(|name| names.reserve(name)));
            assert_eq!(given, expected, "{target}");
        }
        assert_eq!(Names::of(Target::GitHub).give("__proto__"), "x___proto__");
        assert_eq!(Names::of(Target::GitHub).give("constructor"), "x_constructor");
        let mut names = Names::of(Target::Bitbucket);
        assert_eq!(names.give("PATH"), "input_PATH");
        assert_eq!(names.reserve("entity"), "input_entity");
    }

    #[test]
    fn slugs_are_plain_and_distinct() {
        for (identifier, expected) in [
            ("deploy", "deploy"),
            ("deploy_service-2", "deploy_service-2"),
            ("Deploy", "deploy-"),
            ("a/b", "a-b-"),
            ("../x", "x-"),
            ("$(touch x)", "touch-x--"),
            ("-a", "a-"),
            ("äöü", "x-"),
        ] {
            let slug = slug(identifier);
            assert!(slug.starts_with(expected), "{identifier}: {slug}");
            assert_eq!(slug.len() > expected.len(), expected.ends_with('-'), "{slug}");
        }
        assert_ne!(slug("Deploy"), slug("dePloy"));
        assert!(slug(&"a".repeat(500)).len() <= 60);
    }
}

//! The `ci` part of the configuration: for which CI systems workflows are generated, and how they run.

use super::phrase::clip;
use super::schedule::Schedule;
use super::shape::{Object, Openness, Shape, optional, required};
use super::target::Target;
use super::{Spanned, string, strings};
use crate::diagnostic::{Diagnostic, Rule};
use crate::yaml::Node;

/// The `ci` part of the configuration.
pub static CI: Object = Object {
    name: "a CI setting",
    fields: &[
        required("target", TARGETS, "the CI system, or a list: github, gitlab, azure, bitbucket"),
        optional(
            "folder",
            Shape::Text,
            "the catalog's folder in its repository; empty when it is the repository",
        ),
        optional("branch", Shape::Text, "the branch on which actions run; main when absent"),
        optional("runner", Shape::Text, "what jobs run on, in the CI system's words: ubuntu-24.04"),
        optional("image", Shape::Text, "the container image of GitLab and Bitbucket jobs"),
        optional(
            "install",
            INSTALL_OR_WORD,
            "how a job gets portal; the release of this version when absent",
        ),
        optional("record", Shape::OneOf(Record::NAMES), "how runs are recorded: pull_request or push"),
        optional("timeout", Shape::Number, "the most minutes of a job; 30 when absent"),
        optional("schedule", Shape::Text, "when the sweep runs, as a cron expression in UTC"),
        optional("publish", Shape::Boolean, "whether the site is published by CI; true when absent"),
        optional("maxEvents", Shape::Number, "the most automations that one change starts; 50 when absent"),
    ],
    openness: Openness::Closed,
};

const TARGETS: Shape =
    Shape::Either(&[Shape::OneOf(Target::NAMES), Shape::List(&Shape::OneOf(Target::NAMES))]);

const INSTALL_OR_WORD: Shape = Shape::Either(&[Shape::OneOf(&["preinstalled"]), Shape::Object(&INSTALL)]);

static INSTALL: Object = Object {
    name: "an installation",
    fields: &[
        required("url", Shape::Text, "where the archive (.tar.gz) or the binary is, over https"),
        required("sha256", Shape::Text, "the SHA-256 of what is there, 64 hexadecimal digits"),
    ],
    openness: Openness::Closed,
};

/// How a job gets portal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Install {
    /// From the release of the version that generates the file, checked against the release's list of checksums.
    #[default]
    Release,
    /// It is on the runner, or in the image.
    Preinstalled,
    /// From an address, checked against a checksum.
    Archive {
        /// Where the archive or the binary is.
        url: String,
        /// 64 hexadecimal digits.
        sha256: String,
    },
}

/// How the record of a run comes into the default branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Record {
    /// By a pull request, which people merge.
    #[default]
    PullRequest,
    /// By a push, where the branch allows it.
    Push,
}

impl Record {
    const NAMES: &'static [&'static str] = &["pull_request", "push"];
}

/// The `ci` part of the configuration, decoded; every field but the targets has a default.
#[derive(Debug, Clone, PartialEq)]
pub struct Ci {
    /// The CI systems that files are generated for; none until the configuration names one.
    pub targets: Vec<Target>,
    /// The catalog's folder in its repository, without slashes at its ends; empty when it is the repository.
    pub folder: String,
    /// The branch on which actions run.
    pub branch: String,
    /// What jobs run on; the target's default when absent.
    pub runner: Option<String>,
    /// The container image of GitLab and Bitbucket jobs; the target's default when absent.
    pub image: Option<String>,
    /// How a job gets portal.
    pub install: Install,
    /// How runs are recorded.
    pub record: Record,
    /// The most minutes of a job.
    pub timeout: u32,
    /// When the sweep runs, as a cron expression in UTC.
    pub schedule: String,
    /// Whether the site is published by CI.
    pub publish: bool,
    /// The most automations that one change starts.
    pub max_events: usize,
}

impl Default for Ci {
    fn default() -> Self {
        Self {
            targets: Vec::new(),
            folder: String::new(),
            branch: "main".into(),
            runner: None,
            image: None,
            install: Install::default(),
            record: Record::default(),
            timeout: 30,
            // Providers start late what everybody asks for at the full hour.
            schedule: "17,47 * * * *".into(),
            publish: true,
            max_events: 50,
        }
    }
}

impl Ci {
    /// Returns the settings written as `node`, pushing what its shape does not say.
    pub fn decode(node: Node<'_>, found: &mut Vec<Diagnostic>) -> Self {
        let text = |key| string(node, key).map(|text| text.value);
        let usual = Self::default();
        let targets = string(node, "target").map_or_else(|| strings(node, "target"), |single| vec![single]);
        let number = |key| node.get(key).and_then(Node::as_u64);
        for key in ["branch", "runner", "image"] {
            found.extend(string(node, key).and_then(|written| unquotable(key, &written)));
        }
        Self {
            targets: targets.iter().filter_map(|name| Target::from_name(&name.value)).collect(),
            folder: folder(string(node, "folder"), found),
            branch: text("branch").unwrap_or(usual.branch),
            runner: text("runner"),
            image: text("image"),
            install: install(node.get("install"), found),
            record: match text("record").as_deref() {
                Some("push") => Record::Push,
                _ => Record::PullRequest,
            },
            timeout: number("timeout").and_then(|number| u32::try_from(number).ok()).unwrap_or(usual.timeout),
            schedule: schedule(string(node, "schedule"), found).unwrap_or(usual.schedule),
            publish: node.get("publish").and_then(Node::as_bool).unwrap_or(usual.publish),
            max_events: number("maxEvents")
                .and_then(|number| usize::try_from(number).ok())
                .unwrap_or(usual.max_events),
        }
    }
}

/// Returns the finding that a setting has characters which mean something in the files that it is written to.
fn unquotable(key: &str, written: &Spanned<String>) -> Option<Diagnostic> {
    let plain = |c: char| match key {
        "image" => c.is_ascii_alphanumeric() || "-_./:@".contains(c),
        _ => c.is_ascii_alphanumeric() || "-_./ ".contains(c),
    };
    let fine = !written.value.trim().is_empty() && written.value.chars().all(plain);
    (!fine).then(|| {
        let message = format!("`{}` cannot be the {key} of a workflow", clip(&written.value));
        let help = match key {
            "image" => "write the name of a container image: letters, digits and - _ . / : @",
            _ => "use letters, digits, spaces and - _ . /",
        };
        Diagnostic::new(Rule::InvalidValue, written.span, message).help(help)
    })
}

/// Returns the folder, reporting one that cannot be in a repository or would have to be quoted in a workflow.
fn folder(written: Option<Spanned<String>>, found: &mut Vec<Diagnostic>) -> String {
    let Some(written) = written else { return String::new() };
    let folder = written.value.trim_matches('/').to_string();
    let plain = |part: &str| {
        let named = part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        named && !part.is_empty() && !part.starts_with(['-', '.'])
    };
    if folder.is_empty() || folder == "." {
        return String::new();
    }
    if !folder.split('/').all(plain) {
        let message = format!("`{folder}` cannot be the folder of a catalog in workflows");
        let help = "write its path from the root of the repository, of letters, digits, `-`, `_` and `.`";
        found.push(Diagnostic::new(Rule::InvalidValue, written.span, message).help(help));
        return String::new();
    }
    folder
}

/// Returns when the sweep runs, reporting what is no cron expression.
fn schedule(written: Option<Spanned<String>>, found: &mut Vec<Diagnostic>) -> Option<String> {
    let written = written?;
    if let Err(error) = Schedule::parse(&written.value) {
        let help = "write minute, hour, day, month and weekday, in UTC: 17,47 * * * *";
        found.push(Diagnostic::new(Rule::InvalidSchedule, written.span, error.to_string()).help(help));
        return None;
    }
    Some(written.value)
}

/// Returns how a job gets portal, reporting an address that is not secure and a checksum that is none.
fn install(node: Option<Node<'_>>, found: &mut Vec<Diagnostic>) -> Install {
    let Some(node) = node else { return Install::Release };
    if node.as_str().is_some() {
        return Install::Preinstalled;
    }
    let (Some(url), Some(sha256)) = (string(node, "url"), string(node, "sha256")) else {
        return Install::Release;
    };
    let plain =
        |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\'' | b'`' | b'$' | b'\\' | b'<' | b'>');
    if !url.value.starts_with("https://") || !url.value.bytes().all(plain) {
        let message = format!("`{}` is no address to install from", url.value);
        let help = "it must begin with https:// and have no quotes, spaces or `$`";
        found.push(Diagnostic::new(Rule::InvalidValue, url.span, message).help(help));
    }
    if sha256.value.len() != 64 || !sha256.value.bytes().all(|b| b.is_ascii_hexdigit()) {
        let message = "this is no SHA-256";
        let help = "it is 64 hexadecimal digits: `sha256sum FILE` prints it";
        found.push(Diagnostic::new(Rule::InvalidValue, sha256.span, message).help(help));
    }
    Install::Archive { url: url.value, sha256: sha256.value.to_ascii_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::query::testing::with;

    #[test]
    fn settings_that_could_mean_something_in_a_file_are_refused() {
        for (text, expected) in [
            (
                "{target: github, branch: release/1.x, runner: ubuntu-24.04, schedule: '*/5 1,2 * * 1-5'}",
                None,
            ),
            ("{target: gitlab, image: 'docker.io/a/b:1@sha256:0f'}", None),
            ("{target: github, branch: 'a\" == \"a'}", Some("cannot be the branch")),
            ("{target: github, runner: '${{ x }}'}", Some("cannot be the runner")),
            ("{target: gitlab, image: 'a $X'}", Some("cannot be the image")),
            ("{target: github, folder: '../x'}", Some("cannot be the folder")),
            ("{target: github, install: {url: 'http://x', sha256: '0'}}", Some("no address")),
        ] {
            let mut found = Vec::new();
            with(text, |node| Ci::decode(node, &mut found));
            let message = found.first().map(|finding| finding.message.as_str());
            match expected {
                None => assert_eq!(message, None, "{text}"),
                Some(part) => {
                    assert!(message.is_some_and(|message| message.contains(part)), "{text}: {message:?}")
                }
            }
        }
    }
}

//! Pull requests with what the tasks before changed.
//!
//! The commit is made beside the work tree, from an index of its own, so that what people have staged stays as it is. In
//! CI the work tree is put back afterwards: what comes next, perhaps another automation, begins where this one began.

use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::{Done, Scene};
use crate::runtime::outside::Program;
use crate::runtime::provider::{Provider, PullRequest, PushError};
use crate::runtime::setting::text;

/// What is never committed: where jobs leave things for each other.
const HANDOVER: &str = ":(exclude,top,glob)**/.portal-handover/**";

/// Held by the one task that looks at the work tree: what one commits, no other puts back meanwhile.
pub(super) static TREE: Mutex<()> = Mutex::new(());

pub(super) fn perform(scene: &Scene<'_>) -> Result<Done, String> {
    let _alone = TREE.lock().unwrap_or_else(PoisonError::into_inner);
    let (title, body) = (scene.text_at("title")?, scene.text_at("body")?);
    let title = title.lines().next().unwrap_or_default().trim().to_string();
    if title.is_empty() {
        return Err("a pull request needs a `title`".into());
    }
    let (branch, base) = branches(scene)?;
    let (labels, reviewers) = (texts(scene, "labels")?, texts(scene, "reviewers")?);
    let provider = scene.setting.provider()?;
    let git = Git { scene, provider: &provider };
    let Some(commit) = git.commit(&title)? else {
        return Ok(Done::nothing("nothing has changed, so there is no pull request"));
    };
    provider.push_as(&commit, &branch).map_err(|error| match error {
        PushError::Behind => format!("the branch `{branch}` exists and holds something else"),
        PushError::Refused(why) => why,
    })?;
    let run = scene.setting.subject.link.as_deref().unwrap_or(&scene.setting.subject.run);
    let body = format!("{body}\n\n---\nOpened by portal: {run}").trim_start().to_string();
    let request = PullRequest {
        branch: &branch,
        base: &base,
        title: &title,
        body: &body,
        labels: &labels,
        reviewers: &reviewers,
    };
    let opened = provider.open_pull_request(&request)?;
    opened.notes.iter().for_each(|note| scene.log.say(note));
    git.restore()?;
    let done = Done::saying(format!("opened {}", opened.link)).with("link", opened.link);
    Ok(done.with("branch", branch).with("commit", commit))
}

/// Returns the branch to push, and the one to merge into. They differ: what is pushed has been reviewed by nobody.
fn branches(scene: &Scene<'_>) -> Result<(String, String), String> {
    let default = &scene.setting.portal.catalog.config().ci.branch;
    let given = |key: &str| Ok::<_, String>(Some(scene.text_at(key)?).filter(|name| !name.is_empty()));
    let base = given("base")?.unwrap_or_else(|| default.clone());
    let branch = given("branch")?.unwrap_or_else(|| {
        let before = scene.tasks[..scene.number].iter().filter(|task| task.deed == scene.task.deed).count();
        let number = if before == 0 { String::new() } else { format!("-{}", before + 1) };
        format!("portal/change-{}{number}", scene.setting.subject.run)
    });
    if branch == base || branch == *default {
        return Err(format!("`{branch}` is a branch to merge into, so nothing is pushed to it"));
    }
    Ok((branch, base))
}

/// Returns the list of texts at a key.
fn texts(scene: &Scene<'_>, key: &str) -> Result<Vec<String>, String> {
    match scene.render(scene.task.body.get(key).unwrap_or(&Value::Null))? {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) => Ok(items.iter().map(text).filter(|item| !item.is_empty()).collect()),
        one => Ok(vec![text(&one)]),
    }
}

struct Git<'a> {
    scene: &'a Scene<'a>,
    provider: &'a Provider<'a>,
}

impl Git<'_> {
    /// Returns a commit of all that has changed, which no branch holds yet; `None` when nothing has.
    fn commit(&self, message: &str) -> Result<Option<String>, String> {
        let folder =
            tempfile::tempdir().map_err(|error| format!("there is no room for an index: {error}"))?;
        let index = ("GIT_INDEX_FILE".to_string(), folder.path().join("index").display().to_string());
        let run = |arguments: &[&str], env: &[(String, String)], input: Option<&str>| {
            self.run(arguments, [env, std::slice::from_ref(&index)].concat(), input, true)
        };
        run(&["read-tree", "HEAD"], &[], None)?;
        run(&["add", "--all", "--", ":/", HANDOVER], &[], None)?;
        let tree = run(&["write-tree"], &[], None)?;
        if tree == run(&["rev-parse", "HEAD^{tree}"], &[], None)? {
            return Ok(None);
        }
        run(&["commit-tree", &tree, "-p", "HEAD", "-F", "-"], &self.identity(), Some(message)).map(Some)
    }

    /// Puts the work tree back, in CI.
    fn restore(&self) -> Result<(), String> {
        if self.scene.setting.job.target.is_none() {
            return Ok(());
        }
        self.run(&["checkout", "--quiet", "--force", "HEAD", "--", ":/"], Vec::new(), None, false)?;
        self.run(&["clean", "-d", "--force", "--quiet", "--", ":/", HANDOVER], Vec::new(), None, false)?;
        Ok(())
    }

    /// Returns who commits, and when.
    fn identity(&self) -> Vec<(String, String)> {
        let now = self.scene.setting.portal.now.iso();
        let of = |who: &str| {
            [("NAME", "portal"), ("EMAIL", "portal@localhost"), ("DATE", &*now)]
                .map(|(what, value)| (format!("GIT_{who}_{what}"), value.to_string()))
        };
        [of("AUTHOR"), of("COMMITTER")].concat()
    }

    /// Runs `git` and returns the first line that it says. Making objects that nothing refers to is no change.
    fn run(
        &self,
        arguments: &[&str],
        env: Vec<(String, String)>,
        input: Option<&str>,
        reads_only: bool,
    ) -> Result<String, String> {
        let finished = self.scene.setting.outside.run(&Program {
            name: "git".into(),
            arguments: arguments.iter().map(|argument| (*argument).to_string()).collect(),
            env,
            directory: self.scene.setting.root.to_path_buf(),
            input: input.map(|input| input.as_bytes().to_vec()),
            reads_only,
            ..Program::default()
        })?;
        if finished.is_success() {
            return Ok(finished.stdout.lines().next().unwrap_or_default().trim().to_string());
        }
        let why = finished.stderr.lines().last().unwrap_or_default();
        Err(format!("`git {}` ended with {}: {}", arguments[0], finished.code, self.provider.harmless(why)))
    }
}

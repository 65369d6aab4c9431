//! Automations in throw-away repositories with a remote, as jobs of GitHub Actions see them.

mod react;
mod sweep;

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::sandbox::{Ran, Sandbox};

const NOW: &str = "2026-11-21T12:00:00Z";

/// The hash of no commit.
const ZERO: &str = "0000000000000000000000000000000000000000";

const BLUEPRINTS: &str = "
- identifier: Service
  title: Service
  schema: {properties: {tier: {type: number}, seen: {type: string}}}
- identifier: Env
  title: Environment
  schema: {properties: {size: {type: string}, expiresAt: {type: string, format: timer}}}
";

/// Tells that it ran, in a file beside the clone.
const TELL: &str = "run: 'echo \"$PORTAL_ACTION $PORTAL_ENTITY_IDENTIFIER\" >> ../told'";

/// Returns an automation that waits for this event of a service, and does this.
fn automation(name: &str, event: &str, steps: &str) -> String {
    format!(
        "identifier: {name}\npublish: true\ntrigger: {{type: automation, event: {{{event}}}}}\nsteps:\n{steps}"
    )
}

const UPDATED: &str = "type: ENTITY_UPDATED, blueprintIdentifier: Service";

/// An action whose environments live for some days, and an end that tells.
const CREATE: &str = "identifier: create
trigger:
  type: self-service
  operation: CREATE
  blueprintIdentifier: Env
  userInputs: {properties: {name: {type: string}, size: {type: string}}}
ttl: 5d
steps: [{run: 'true'}]
onExpire:
  - run: 'echo \"down $PORTAL_ENTITY_IDENTIFIER $PORTAL_INPUT_SIZE $FROM\" >> ../told'
    env: {FROM: '{{ .user.email }} {{ .expiresAt }}'}
  - deleteEntity: {}
";

/// A repository with a remote, as a job of GitHub Actions sees it.
struct Repository {
    sandbox: Sandbox,
    /// The catalog's folder in the repository.
    folder: &'static str,
}

impl Repository {
    /// Returns a repository with a service of tier 1 and these automations, pushed as one commit.
    fn new(automations: &[String]) -> Self {
        Self::below("", automations)
    }

    /// Returns such a repository whose catalog is in a folder.
    fn below(folder: &'static str, automations: &[String]) -> Self {
        let sandbox = Sandbox::new();
        sandbox.git(&["init", "-q", "--bare", "-b", "main", "remote.git"]);
        sandbox.git(&["clone", "-q", "remote.git", "work"]);
        sandbox.git(&["-C", "work", "checkout", "-q", "-b", "main"]);
        let repository = Self { sandbox, folder };
        repository.write("portal.yaml", "ci: {target: github, record: push}\n");
        repository.write("blueprints/all.yaml", BLUEPRINTS);
        repository.tier("a", 1);
        for (number, automation) in automations.iter().enumerate() {
            repository.write(&format!("automations/{number}.yaml"), automation);
        }
        repository.push("a catalog");
        repository
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.sandbox.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        self.sandbox.write(&format!("work/{}/{path}", self.folder), text);
    }

    /// Writes a service of this tier.
    fn tier(&self, name: &str, tier: u32) {
        let text = format!("identifier: {name}\nblueprint: Service\nproperties:\n  tier: {tier}\n");
        self.write(&format!("entities/Service/{name}.yaml"), &text);
    }

    fn git(&self, arguments: &[&str]) -> String {
        self.sandbox.git(&[&["-C", "work"], arguments].concat()).stdout.trim().to_string()
    }

    /// Commits everything and pushes it; returns the commit.
    fn push(&self, subject: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", subject]);
        self.git(&["push", "-q", "origin", "main"]);
        self.head()
    }

    fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// Returns the commit of a branch of the remote, if there is one.
    fn remote(&self, branch: &str) -> Option<String> {
        let said = self.git(&["ls-remote", "origin", &format!("refs/heads/{branch}")]);
        said.split_whitespace().next().map(String::from)
    }

    /// Checks out what the remote has.
    fn pull(&self) {
        self.git(&["pull", "-q", "--rebase", "origin", "main"]);
    }

    /// Runs `portal ci` as a job of GitHub Actions on `branch`.
    fn job(&self, branch: &str, arguments: &[&str]) -> Ran {
        let reference = format!("refs/heads/{branch}");
        let summary = self.path("summary");
        let variables = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_ACTOR", "ines"),
            ("GITHUB_REF", &reference),
            ("GITHUB_RUN_ID", "7"),
            ("GITHUB_RUN_ATTEMPT", "1"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "marlow/catalog"),
            ("GITHUB_STEP_SUMMARY", summary.to_str().unwrap()),
        ];
        let portal = env!("CARGO_BIN_EXE_portal");
        let catalog = format!("work/{}", self.folder);
        let mut all = vec!["-C", &catalog, "ci"];
        all.extend(arguments);
        if !arguments.contains(&"--now") {
            all.extend(["--now", NOW]);
        }
        self.sandbox.run(portal, &all, b"", &variables)
    }

    fn react(&self, before: &str, more: &[&str]) -> Ran {
        let head = self.head();
        self.job("main", &[&["react", "--before", before, "--after", &head], more].concat())
    }

    fn sweep(&self, more: &[&str]) -> Ran {
        self.job("main", &[&["sweep"], more].concat())
    }

    /// Returns what scripts told, a line each.
    fn told(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("told")).unwrap_or_default();
        text.lines().map(|line| line.trim().to_string()).collect()
    }

    /// Returns what the jobs told people.
    fn summary(&self) -> String {
        fs::read_to_string(self.path("summary")).unwrap_or_default()
    }

    /// Returns the records of runs that the remote has on its main branch, by identifier.
    fn records(&self) -> Vec<Value> {
        self.pull();
        let mut records = Vec::new();
        collect(&self.path("work").join(self.folder).join(".portal/runs"), &mut records);
        records.sort_by_key(|record: &Value| record["id"].as_str().unwrap().to_string());
        records
    }

    /// Returns the text of a file of the work tree, if it is there.
    fn text(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.path("work").join(self.folder).join(path)).ok()
    }

    /// Writes the record of a run.
    fn record(&self, id: &str, members: &Value) {
        let mut run = serde_json::json!({
            "schema": "portal.run/v1", "id": id, "cause": "request", "action": "create", "status": "success",
            "at": "2026-11-15T00:00:00Z", "endedAt": "2026-11-15T00:01:00Z",
        });
        run.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        self.write(&format!(".portal/runs/2026/11/{id}.json"), &run.to_string());
    }
}

fn collect(folder: &Path, records: &mut Vec<Value>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => collect(&path, records),
            false => records.push(serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()),
        }
    }
}

//! Which files belong in a repository, and what they hold.

use serde_json::Value;

use super::flow::{self, Flow, Start};
use super::header::headed;
use super::settings::Settings;
use super::{azure, bitbucket, github, gitlab};
use crate::catalog::{Catalog, Definition, Place};
use crate::diagnostic::Diagnostic;
use crate::dialect::{self, Surroundings, workflow_file};
use crate::model::action::Action;
use crate::model::automation::Automation;
use crate::model::identifier;
use crate::model::target::Target;
use crate::procedure::{Deed, Procedure, Task};
use crate::source::{Sources, Span};

/// The files that belong in a repository.
#[derive(Debug, Default)]
pub struct Plan {
    /// The files, by path.
    pub files: Vec<File>,
    /// What cannot be written as it is meant, and what to do.
    pub found: Vec<Diagnostic>,
    /// The CI systems that they are for.
    pub targets: Vec<Target>,
}

/// A file that belongs in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path from the root of the repository.
    pub path: String,
    /// What it holds.
    pub text: String,
    /// The action that it is made from; absent when it is made from more.
    pub span: Option<Span>,
}

/// An action that is in force, and what it does.
struct Asked<'c> {
    action: &'c Definition<Action>,
    procedure: Procedure,
}

/// What automations there are to write files for.
struct Automatic<'c> {
    /// The tasks of those that start when something changed; absent when there are none.
    react: Option<Vec<&'c Task>>,
    /// The tasks of what is due; absent when nothing ever is.
    sweep: Option<Vec<&'c Task>>,
}

impl Plan {
    /// Returns the files of a catalog for these CI systems; `sources` says where its documents are.
    pub fn of(catalog: &Catalog, sources: &Sources, targets: &[Target]) -> Self {
        let mut plan = Self { targets: targets.to_vec(), ..Self::default() };
        if targets.is_empty() {
            return plan;
        }
        let around = Surroundings::of(catalog);
        let actions: Vec<Asked<'_>> = catalog
            .actions()
            .iter()
            .filter(|action| action.value.published && is_writable(&action.value))
            .map(|action| Asked { action, procedure: Procedure::of_action(catalog, action) })
            .collect();
        let automations: Vec<(&Automation, Procedure)> = catalog
            .automations()
            .iter()
            .filter(|automation| automation.value.published)
            .map(|automation| (&automation.value, Procedure::of_automation(catalog, automation)))
            .collect();
        let automatic = automatic(catalog, &actions, &automations);
        for &target in targets {
            let settings = Settings::of(&catalog.config().ci, target);
            let mut writer = Writer { catalog, sources, settings: &settings, plan: &mut plan };
            let flows = writer.flows(&actions, &around);
            writer.write(&flows, &automatic);
        }
        plan.files.sort_by(|a, b| a.path.cmp(&b.path));
        plan
    }
}

/// Returns whether files can be made from an action: its name is one, so that a file may hold it.
fn is_writable(action: &Action) -> bool {
    identifier::ACTION.allows(&action.identifier.value)
}

/// Returns what happens by itself.
fn automatic<'c>(
    catalog: &Catalog,
    actions: &'c [Asked<'_>],
    automations: &'c [(&Automation, Procedure)],
) -> Automatic<'c> {
    const DUE: &[&str] = &["schedule", "TIMER_PROPERTY_EXPIRED", "initiative.overdue"];
    let due = |automation: &Automation| {
        automation.event.as_ref().is_some_and(|event| DUE.contains(&event.value.as_str()))
    };
    let tasks = |of_due: bool| {
        let some: Vec<&Procedure> =
            automations.iter().filter(|(it, _)| due(it) == of_due).map(|(_, procedure)| procedure).collect();
        (!some.is_empty()).then(|| some.into_iter().flat_map(Procedure::all).collect::<Vec<&Task>>())
    };
    let expiring: Vec<&Asked<'_>> = actions.iter().filter(|asked| asked.action.value.ttl.is_some()).collect();
    let mut sweep = tasks(true);
    if !expiring.is_empty() || !catalog.initiatives().is_empty() {
        let ends = expiring.iter().flat_map(|asked| &asked.procedure.on_expire);
        sweep.get_or_insert_default().extend(ends);
    }
    Automatic { react: tasks(false), sweep }
}

struct Writer<'p, 'c> {
    catalog: &'c Catalog,
    sources: &'c Sources,
    settings: &'p Settings,
    plan: &'p mut Plan,
}

impl Writer<'_, '_> {
    /// Returns what the actions become, leaving those out that the CI system cannot run as they are.
    fn flows<'a>(
        &mut self,
        actions: &'a [Asked<'_>],
        around: &Surroundings<'_>,
    ) -> Vec<(&'a Definition<Action>, Flow)> {
        let mut flows = Vec::new();
        for Asked { action, procedure } in actions {
            let unsupported = dialect::unsupported(self.settings.target, &action.value, procedure);
            if !unsupported.is_empty() || !is_pinned(procedure) {
                self.plan.found.extend(unsupported);
                continue;
            }
            let flow = Flow::of(action, procedure, around, self.catalog, self.settings);
            flows.push((*action, flow));
        }
        flows
    }

    fn write(&mut self, flows: &[(&Definition<Action>, Flow)], automatic: &Automatic<'_>) {
        match self.settings.target {
            Target::GitHub => self.github(flows, automatic),
            Target::GitLab => self.gitlab(flows, automatic),
            Target::Azure => self.each(flows, azure::action),
            Target::Bitbucket if flows.is_empty() => {}
            Target::Bitbucket => {
                let text = bitbucket::pipelines(flows.iter().map(|(_, flow)| flow), self.settings);
                self.add(
                    workflow_file(Target::Bitbucket, ""),
                    "the actions of the catalog",
                    &documents(self, flows),
                    &text,
                );
            }
        }
    }

    fn github(&mut self, flows: &[(&Definition<Action>, Flow)], automatic: &Automatic<'_>) {
        let path = |name: &str| format!(".github/workflows/portal-{name}.yml");
        self.each(flows, github::action);
        if let Some(tasks) = &automatic.react {
            let text = github::automations(&flow::automatic(true, tasks, self.settings), self.settings);
            self.add(path("automations"), "the automations of the catalog", &self.automations(), &text);
        }
        if let Some(tasks) = &automatic.sweep {
            let text = github::schedule(&flow::automatic(false, tasks, self.settings), self.settings);
            self.add(path("schedule"), "what is due in the catalog", &self.automations(), &text);
        }
        let text = github::pull_request(&merged(flows), self.settings);
        self.add(path("pull-request"), "the catalog", "", &text);
        if self.settings.publish {
            self.add(path("publish"), "the catalog", "", &github::publish(self.settings));
        }
    }

    fn gitlab(&mut self, flows: &[(&Definition<Action>, Flow)], automatic: &Automatic<'_>) {
        let path = |name: &str| format!(".gitlab/portal/{name}.yml");
        self.each(flows, gitlab::action);
        let mut included: Vec<(String, &str)> = Vec::new();
        if let Some(tasks) = &automatic.react {
            let text = gitlab::automations(&flow::automatic(true, tasks, self.settings), self.settings);
            self.add(path("automations"), "the automations of the catalog", &self.automations(), &text);
            included.push((path("automations"), "push"));
        }
        if let Some(tasks) = &automatic.sweep {
            let text = gitlab::schedule(&flow::automatic(false, tasks, self.settings), self.settings);
            self.add(path("schedule"), "what is due in the catalog", &self.automations(), &text);
            included.push((path("schedule"), "schedule"));
        }
        self.add(
            path("merge-request"),
            "the catalog",
            "",
            &gitlab::merge_request(&merged(flows), self.settings),
        );
        included.push((path("merge-request"), "merge_request_event"));
        if self.settings.publish {
            self.add(path("publish"), "the catalog", "", &gitlab::publish(self.settings));
            included.push((path("publish"), "push"));
        }
        let all: Vec<&Flow> = flows.iter().map(|(_, flow)| flow).collect();
        if !all.is_empty() {
            self.add(
                path("actions"),
                "the actions of the catalog",
                "",
                &gitlab::actions(&all, self.settings),
            );
        }
        let included: Vec<(&str, &str)> =
            included.iter().map(|(path, source)| (path.as_str(), *source)).collect();
        let text = gitlab::main_file(&all, &included, self.settings);
        self.add(gitlab::MAIN.into(), "the catalog", "", &text);
    }

    /// Adds the file of each action.
    fn each(&mut self, flows: &[(&Definition<Action>, Flow)], write: fn(&Flow, &Settings) -> String) {
        for (action, flow) in flows {
            let path = workflow_file(self.settings.target, &flow.identifier);
            let identifier = &action.value.identifier;
            let from = self.settings.path(self.sources.get(identifier.span.source).path());
            self.add(path, &from, &self.document(action.place), &write(flow, self.settings));
            if let Some(file) = self.plan.files.last_mut() {
                file.span = Some(identifier.span);
            }
        }
    }

    /// Adds a file that is made from `documents` and the settings.
    fn add(&mut self, path: String, from: &str, documents: &str, body: &str) {
        let source = format!("{documents}\n{:?}", self.settings);
        let text = headed(from, source.as_bytes(), body);
        self.plan.files.push(File { path, text, span: None });
    }

    fn document(&self, place: Place) -> String {
        self.catalog.node(place).to_json().to_string()
    }

    fn automations(&self) -> String {
        let all = self.catalog.automations().iter().filter(|automation| automation.value.published);
        all.map(|automation| self.document(automation.place) + "\n").collect()
    }
}

fn documents(writer: &Writer<'_, '_>, flows: &[(&Definition<Action>, Flow)]) -> String {
    flows.iter().map(|(action, _)| writer.document(action.place) + "\n").collect()
}

/// Returns the actions that a merged file starts.
fn merged<'f>(flows: &'f [(&Definition<Action>, Flow)]) -> Vec<&'f Flow> {
    flows.iter().map(|(_, flow)| flow).filter(|flow| matches!(flow.start, Start::Merge(_))).collect()
}

/// Returns whether every reusable workflow of an action is at a commit, or of this repository: only that stays what was
/// reviewed. Others are errors of the catalog, of which no file is made.
fn is_pinned(procedure: &Procedure) -> bool {
    let plain = |text: &str| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/'))
            && !text.contains("..")
    };
    procedure.all().filter(|task| task.deed == Deed::Uses).all(|task| {
        let text = task.body.get("uses").and_then(Value::as_str).unwrap_or_default();
        let own = text.starts_with("./.github/workflows/") && plain(text);
        own || text.split_once('@').is_some_and(|(path, commit)| {
            let whole = commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
            path.contains("/.github/workflows/") && plain(path) && whole
        })
    })
}

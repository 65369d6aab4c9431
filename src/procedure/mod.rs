//! Procedures: what an action or automation does, as tasks in order, however it is written.
//!
//! Three ways lead here: portal's `steps`, Port's `invocationMethod` (the one task that it means), and both forms of
//! Port's actions. What comes after, the files of a CI system and their runtime, knows only tasks.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::catalog::{Catalog, Definition};
use crate::model::Spanned;
use crate::model::action::Action;
use crate::model::action::step::Step;
use crate::model::automation::Automation;
use crate::source::Span;
use crate::template;
use crate::yaml::Node;

/// What a task does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deed {
    /// A command or script.
    Run,
    /// A template that is rendered.
    Scaffold,
    /// An entity that is created or changed.
    UpsertEntity,
    /// An entity that is deleted.
    DeleteEntity,
    /// A pull request with what the tasks before it changed.
    PullRequest,
    /// Another workflow, pipeline or action that is started.
    Dispatch,
    /// A request that is sent.
    Webhook,
    /// A message to Kafka, which no CI runner sends.
    Kafka,
    /// A message to people.
    Notify,
    /// A scorecard level that must be held.
    Gate,
    /// A reusable workflow of the CI system.
    Uses,
}

impl Deed {
    /// Returns the key of a step that says so.
    pub fn key(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Scaffold => "scaffold",
            Self::UpsertEntity => "upsertEntity",
            Self::DeleteEntity => "deleteEntity",
            Self::PullRequest => "pullRequest",
            Self::Dispatch => "dispatch",
            Self::Webhook => "webhook",
            Self::Kafka => "kafka",
            Self::Notify => "notify",
            Self::Gate => "gate",
            Self::Uses => "uses",
        }
    }

    /// Returns the deed of that key.
    pub fn from_key(key: &str) -> Option<Self> {
        const ALL: &[Deed] = &[
            Deed::Run,
            Deed::Scaffold,
            Deed::UpsertEntity,
            Deed::DeleteEntity,
            Deed::PullRequest,
            Deed::Dispatch,
            Deed::Webhook,
            Deed::Kafka,
            Deed::Notify,
            Deed::Gate,
            Deed::Uses,
        ];
        ALL.iter().copied().find(|deed| deed.key() == key)
    }

    /// Returns whether it only changes the catalog, which the record of the run does.
    pub fn is_effect(self) -> bool {
        matches!(self, Self::UpsertEntity | Self::DeleteEntity)
    }
}

/// One thing that is done.
#[derive(Debug, Clone)]
pub struct Task {
    /// What it does.
    pub deed: Deed,
    /// By which later tasks read its outputs.
    pub name: Option<String>,
    /// What people read.
    pub title: Option<String>,
    /// jq, true when it is done; always when absent.
    pub when: Option<Spanned<String>>,
    /// The positions of the tasks that must be done first: the one before, unless the step says otherwise.
    pub needs: Vec<usize>,
    /// What is done, as the step's key holds it: a mapping of templates; of `run` and `uses`, the text at the key of
    /// that name; of `kafka`, whatever there is.
    pub body: Value,
    /// More environment variables, as templates.
    pub env: Map<String, Value>,
    /// The inputs of `uses`, as templates.
    pub with: Value,
    /// Where it is written.
    pub span: Span,
}

impl Task {
    fn new(deed: Deed, body: Value, span: Span) -> Self {
        let (env, with) = (Map::new(), Value::Null);
        Self { deed, name: None, title: None, when: None, needs: Vec::new(), body, env, with, span }
    }

    /// Returns what people read: the title, else the name, else what is done.
    pub fn label(&self) -> String {
        if let Some(label) = self.title.as_ref().or(self.name.as_ref()).filter(|label| !label.is_empty()) {
            return label.clone();
        }
        let text = |key: &str| self.body.get(key).and_then(Value::as_str).unwrap_or_default();
        match self.deed {
            Deed::Run => {
                text("run").lines().find(|line| !line.trim().is_empty()).unwrap_or("run").to_string()
            }
            Deed::Scaffold => format!("Scaffold {}", text("template")),
            Deed::UpsertEntity => "Update the catalog".into(),
            Deed::DeleteEntity => "Remove from the catalog".into(),
            Deed::PullRequest => "Open a pull request".into(),
            Deed::Dispatch => format!("Start {}{}", text("action"), text("workflow")),
            Deed::Webhook => "Send a request".into(),
            Deed::Kafka => "Send a message to Kafka".into(),
            Deed::Notify => "Notify".into(),
            Deed::Gate => format!("Require {} in {}", text("failUnder"), text("scorecard")),
            Deed::Uses => text("uses").to_string(),
        }
    }

    /// Returns the names of the secrets that it reads, sorted.
    pub fn secrets(&self) -> Vec<String> {
        let texts = json!([self.body, self.env, self.with]);
        let mut names = template::secrets(&texts);
        if self.deed == Deed::Notify {
            let channels = [("slack", SLACK_SECRET), ("teams", TEAMS_SECRET)];
            let needed = channels.iter().filter(|(key, _)| self.body.get(key).is_some());
            names.extend(needed.map(|(_, name)| (*name).to_string()));
            names.sort_unstable();
            names.dedup();
        }
        names
    }
}

/// The secret that holds the incoming webhook of Slack.
pub const SLACK_SECRET: &str = "SLACK_WEBHOOK_URL";
/// The secret that holds the incoming webhook of Microsoft Teams.
pub const TEAMS_SECRET: &str = "TEAMS_WEBHOOK_URL";

/// What an action or automation does.
#[derive(Debug, Clone, Default)]
pub struct Procedure {
    /// What is done.
    pub tasks: Vec<Task>,
    /// What is done when what it created expires.
    pub on_expire: Vec<Task>,
    /// What changes in the catalog besides.
    pub effects: Vec<Task>,
}

impl Procedure {
    /// Returns what an action does.
    pub fn of_action(catalog: &Catalog, action: &Definition<Action>) -> Self {
        let node = catalog.node(action.place);
        let mut tasks = tasks(node, &action.value.steps);
        if tasks.is_empty() {
            tasks.extend(invocation(node));
        }
        Self {
            tasks,
            on_expire: self::tasks(node, &action.value.on_expire),
            effects: self::tasks(node, &action.value.effects),
        }
    }

    /// Returns what an automation does.
    pub fn of_automation(catalog: &Catalog, automation: &Definition<Automation>) -> Self {
        let node = catalog.node(automation.place);
        let mut tasks = tasks(node, &automation.value.steps);
        if tasks.is_empty() {
            tasks.extend(invocation(node));
        }
        let effects = Step::decode_list(node, "effects");
        Self { tasks, on_expire: Vec::new(), effects: self::tasks(node, &effects) }
    }

    /// Returns every task, wherever it is done.
    pub fn all(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().chain(&self.on_expire).chain(&self.effects)
    }
}

/// Returns steps of a document as tasks; a step of no kind, or of several, has been reported and is none.
fn tasks(document: Node<'_>, steps: &[Step]) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    let mut named: BTreeMap<&str, usize> = BTreeMap::new();
    for step in steps {
        let [kind] = step.kinds.as_slice() else { continue };
        let Some(deed) = Deed::from_key(kind.value) else { continue };
        let node = document.document().node(step.node);
        let number = tasks.len();
        let mut task = Task::new(deed, body(deed, node), kind.span);
        task.name = step.name.as_ref().map(|name| name.value.clone());
        task.title = node.get("title").and_then(Node::as_str).map(str::to_string);
        task.when.clone_from(&step.when);
        task.needs = if node.get("needs").is_some() {
            step.needs.iter().filter_map(|name| named.get(name.value.as_str()).copied()).collect()
        } else {
            number.checked_sub(1).into_iter().collect()
        };
        if let Some(Value::Object(env)) = node.get("env").map(Node::to_json) {
            task.env = env;
        }
        task.with = node.get("with").map_or(Value::Null, Node::to_json);
        if let Some(name) = &step.name {
            named.insert(&name.value, number);
        }
        tasks.push(task);
    }
    tasks
}

fn body(deed: Deed, step: Node<'_>) -> Value {
    let value = step.get(deed.key()).map_or(Value::Null, Node::to_json);
    match (deed, value) {
        (Deed::Run | Deed::Uses, text) => json!({deed.key(): text}),
        (Deed::Scaffold, Value::String(name)) => json!({"template": name}),
        (_, value) => value,
    }
}

/// Returns the one task that an invocation method means.
fn invocation(document: Node<'_>) -> Option<Task> {
    let method = document.get("invocationMethod")?;
    let kind = method.get("type")?;
    let value = |key: &str| method.get(key).map_or(Value::Null, Node::to_json);
    let text = |key: &str| method.get(key).and_then(Node::text).unwrap_or_default();
    let (deed, body) = match kind.as_str()? {
        "WEBHOOK" => {
            let body = method.get("body").map_or_else(usual_payload, Node::to_json);
            let method = method.get("method").map_or_else(|| "POST".into(), Node::to_json);
            (
                Deed::Webhook,
                json!({"url": text("url"), "method": method, "headers": value("headers"), "body": body}),
            )
        }
        "GITHUB" => (Deed::Dispatch, github(method)),
        "GITLAB" => {
            let project = format!("{}/{}", text("groupName"), text("projectName"));
            let body = json!({
                "provider": "gitlab", "repository": project, "workflow": "", "ref": value("defaultRef"),
                "inputs": value("pipelineVariables"), "wait": false,
            });
            (Deed::Dispatch, body)
        }
        "AZURE_DEVOPS" | "AZURE-DEVOPS" => {
            let (org, webhook) = (text("org"), text("webhook"));
            let url = format!(
                "https://dev.azure.com/{org}/_apis/public/distributedtask/webhooks/{webhook}?api-version=6.0-preview"
            );
            let body = method.get("payload").map_or_else(usual_payload, Node::to_json);
            (Deed::Webhook, json!({"url": url, "method": "POST", "body": body}))
        }
        "UPSERT_ENTITY" => {
            let mut entity = match method.get("mapping").map(Node::to_json) {
                Some(Value::Object(entity)) => entity,
                Some(template) => Map::from_iter([("{{ spreadValue() }}".to_string(), template)]),
                None => Map::new(),
            };
            entity.insert("blueprint".into(), value("blueprintIdentifier"));
            (Deed::UpsertEntity, Value::Object(entity))
        }
        "INTEGRATION_ACTION" => (Deed::Dispatch, github(method.get("integrationActionExecutionProperties")?)),
        "KAFKA" => (Deed::Kafka, value("payload")),
        _ => return None,
    };
    Some(Task::new(deed, body, kind.span()))
}

/// Returns the body of a dispatch to GitHub, which Port waits for unless told otherwise.
fn github(method: Node<'_>) -> Value {
    let text = |key: &str| method.get(key).and_then(Node::text).unwrap_or_default();
    json!({
        "provider": "github",
        "repository": format!("{}/{}", text("org"), text("repo")),
        "workflow": text("workflow"),
        "ref": method.get("branch").map_or(Value::Null, Node::to_json),
        "inputs": method.get("workflowInputs").map_or_else(|| "{{ .inputs }}".into(), Node::to_json),
        "wait": method.get("reportWorkflowStatus").map_or(Value::Bool(true), Node::to_json),
    })
}

/// Returns what Port sends when a definition does not say: everything about the run, and no secrets.
fn usual_payload() -> Value {
    let members = ["action", "inputs", "entity", "trigger", "event", "run"];
    members.iter().map(|name| ((*name).to_string(), Value::from(format!("{{{{ .{name} }}}}")))).collect()
}

#[cfg(test)]
mod tests;

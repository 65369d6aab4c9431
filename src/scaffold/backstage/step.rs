//! The steps of a template, and what becomes of each.

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::yaml::{Kind, Node, NodeId};

use super::parameter::fault;

/// What becomes of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// It is performed: it makes files, or says something.
    Performed,
    /// It is not performed, and what a person does instead is among the next steps.
    Printed,
    /// There is nothing to do.
    Nothing,
    /// It cannot be taken. A template that comes to it makes nothing.
    Refused,
}

/// A step of a template.
#[derive(Debug, Clone)]
pub struct Step {
    /// By which other steps know it.
    pub id: String,
    /// What people read.
    pub name: String,
    /// The action: `fetch:template`.
    pub action: String,
    /// What becomes of it.
    pub treatment: Treatment,
    /// Where its action is written.
    pub(super) span: Span,
    pub(super) node: NodeId,
}

/// Actions that are performed.
const PERFORMED: &[&str] = &[
    "fetch:template",
    "fetch:template:file",
    "fetch:plain",
    "fetch:plain:file",
    "fs:delete",
    "fs:rename",
    "fs:readdir",
    "catalog:write",
    "debug:log",
];

/// Actions that need nothing: the files are in the plan, and nobody waits.
const NOTHING: &[&str] = &["catalog:register", "debug:wait"];

/// Actions that publish, which a person does.
const PRINTED: &[&str] = &[
    "publish:github",
    "publish:github:pull-request",
    "publish:gitlab",
    "publish:gitlab:merge-request",
    "publish:azure",
    "publish:bitbucket",
    "publish:bitbucketCloud",
    "publish:bitbucketCloud:pull-request",
    "publish:bitbucketServer",
    "publish:bitbucketServer:pull-request",
    "publish:gitea",
    "publish:gerrit",
    "publish:gerrit:review",
    "github:repo:create",
    "github:repo:push",
];

/// Returns what becomes of an action.
fn treatment(action: &str) -> Treatment {
    match action {
        action if PERFORMED.contains(&action) => Treatment::Performed,
        action if NOTHING.contains(&action) => Treatment::Nothing,
        action if PRINTED.contains(&action) => Treatment::Printed,
        _ => Treatment::Refused,
    }
}

/// Returns the steps written as `node`, in their order, and pushes what is none.
pub(super) fn steps(node: Node<'_>, found: &mut Vec<Diagnostic>) -> Vec<Step> {
    if node.kind() != Kind::List {
        found.push(fault(node.span(), format!("`steps` is a list, not {}", node.kind().name())));
        return Vec::new();
    }
    let mut steps: Vec<Step> = Vec::new();
    for (at, item) in node.items().enumerate() {
        let text = |key: &str| item.get(key).and_then(Node::text).filter(|text| !text.is_empty());
        let id = text("id").map_or_else(|| format!("step-{}", at + 1), String::from);
        let Some(action) = item.get("action").filter(|action| action.kind() == Kind::String) else {
            let what = if item.kind() == Kind::Map { "has no `action`" } else { "is no mapping" };
            found.push(fault(item.span(), format!("step `{id}` {what}")));
            continue;
        };
        if let Some(other) = steps.iter().find(|step| step.id == id) {
            let span = item.get("id").unwrap_or(item).span();
            let finding = fault(span, format!("two steps have the id `{id}`"));
            found.push(finding.related(other.span, "the other"));
        }
        let name = action.as_str().unwrap_or_default().to_string();
        steps.push(Step {
            name: text("name").map_or_else(|| id.clone(), String::from),
            id,
            treatment: treatment(&name),
            action: name,
            span: action.span(),
            node: item.id(),
        });
    }
    steps
}

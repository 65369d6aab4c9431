//! What Port calls: whether it says all that calling it takes.

use super::effect;
use super::step::{Doer, kafka};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::phrase::quoted;
use crate::yaml::{Kind, Node};

/// What each type of invocation needs.
const NEEDS: &[(&str, &[&str])] = &[
    ("WEBHOOK", &["url"]),
    ("GITHUB", &["org", "repo", "workflow"]),
    ("GITLAB", &["projectName", "groupName"]),
    ("AZURE_DEVOPS", &["org", "webhook"]),
    ("AZURE-DEVOPS", &["org", "webhook"]),
    ("UPSERT_ENTITY", &["blueprintIdentifier", "mapping"]),
    ("INTEGRATION_ACTION", &["integrationActionExecutionProperties"]),
];

/// Pushes what is wrong with the invocation `method`.
pub(super) fn check(doer: &Doer<'_>, method: Node<'_>, found: &mut Vec<Diagnostic>) {
    let Some(kind) = method.get("type") else { return };
    let name = kind.as_str().unwrap_or_default();
    let needed = NEEDS.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, needed)| needed);
    let missing: Vec<&str> =
        needed.iter().copied().filter(|key| method.get(key).is_none_or(Node::is_null)).collect();
    if !missing.is_empty() {
        let message = format!("`{name}` needs {}", quoted(missing.iter().copied()));
        let finding = Diagnostic::new(Rule::MissingKey, kind.span(), message);
        found.push(finding.help("without it nothing can be called"));
    }
    if name == "KAFKA" {
        found.push(kafka(kind.span()));
    }
    let mapping = method.get("mapping").filter(|mapping| mapping.kind() == Kind::Map);
    if let (Some(blueprint), Some(mapping)) = (method.get("blueprintIdentifier"), mapping) {
        let blueprint = doer.around.blueprint(blueprint, found);
        effect::check_entity(doer.around.catalog, mapping, blueprint, &effect::said, found);
    }
}

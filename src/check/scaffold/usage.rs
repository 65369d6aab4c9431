//! Inputs that are asked for, and make no difference.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Rule};
use crate::jq;
use crate::model::action::input::Input;
use crate::model::scaffold::Scaffold;
use crate::yaml::{Kind, Node};

/// Pushes each input that nothing uses; `used` are the names that templates ask for. A secret is no part of any file:
/// what it is for, nobody but its author can say.
pub(super) fn check(
    scaffold: &Scaffold,
    node: Node<'_>,
    used: &BTreeSet<String>,
    found: &mut Vec<Diagnostic>,
) {
    // Who looks at all of them uses each.
    if used.contains("inputs") {
        return;
    }
    let form = node.get("userInputs");
    for input in scaffold.inputs.iter().filter(|input| !input.secret) {
        let name = &input.identifier.value;
        let of_entities = is_entity(input) && used.contains("entities");
        let mut others = scaffold.inputs.iter().filter(|other| other.identifier.value != *name);
        let mut parts = ["required", "steps", "titles"].into_iter().filter_map(|key| form?.get(key));
        let is_used = used.contains(name)
            || of_entities
            || others.any(|other| depends(other, name) || asks(node.document().node(other.node), name))
            || parts.any(|part| asks(part, name));
        if !is_used {
            let message = format!("nothing uses the input `{name}`");
            let finding = Diagnostic::new(Rule::UnusedInput, input.identifier.span, message);
            let help = "use it in a file, a name or a text of the scaffold, or do not ask for it";
            found.push(finding.help(help));
        }
    }
}

fn is_entity(input: &Input) -> bool {
    input.format.as_ref().is_some_and(|format| format.value == "entity")
}

fn depends(other: &Input, name: &str) -> bool {
    other.depends_on.iter().any(|needed| needed.value == *name)
}

/// Returns whether an expression below a node reads an input.
fn asks(node: Node<'_>, input: &str) -> bool {
    match node.kind() {
        Kind::List => node.items().any(|item| asks(item, input)),
        Kind::Map => node.entries().any(|(key, value)| match (key.as_str(), value.as_str()) {
            (Some("jqQuery"), Some(source)) => reads(source, input),
            _ => asks(value, input),
        }),
        _ => false,
    }
}

/// Returns whether a jq expression reads an input: by its name, or all of them.
fn reads(source: &str, input: &str) -> bool {
    let paths = jq::paths(source);
    let form = |path: &&jq::Path| path.first().is_some_and(|(root, _)| root == "form");
    let mut members = paths.iter().filter(form).filter_map(|path| path.get(1)).peekable();
    let whole = members.peek().is_none() && paths.iter().any(|path| form(&path));
    whole || members.any(|(name, _)| name == input)
}

//! What a CI system cannot run at all.

use serde_json::Value;

use crate::diagnostic::{Diagnostic, Rule};
use crate::model::action::{Action, Mode};
use crate::model::target::Target;
use crate::procedure::{Deed, Procedure, Task};

/// Returns why a CI system cannot run an action as it is written, each reason at its step; then no file is made of it
/// for that system, and those of the others are as they are.
pub fn unsupported(target: Target, action: &Action, procedure: &Procedure) -> Vec<Diagnostic> {
    let uses = procedure.tasks.iter().filter(|task| task.deed == Deed::Uses);
    let mut found: Vec<Diagnostic> = match target {
        Target::GitHub => uses.filter_map(computed_inputs).collect(),
        _ => uses
            .map(|task| {
                let message = format!("{target} cannot use a workflow as a step");
                let help = "start another pipeline with `dispatch`, or do it with `run`";
                Diagnostic::new(Rule::UnsupportedTarget, task.span, message).help(help)
            })
            .collect(),
    };
    if target == Target::Bitbucket && action.mode == Mode::PullRequest {
        let message = format!("{target} cannot start an action when a pull request is merged");
        let help = "leave out `mode`, and people start the pipeline";
        found.push(Diagnostic::new(Rule::UnsupportedTarget, action.identifier.span, message).help(help));
    }
    found
}

/// Returns the finding that the inputs of a reusable workflow are not named where it is written: GitHub wants their names
/// in the file.
fn computed_inputs(task: &Task) -> Option<Diagnostic> {
    let name = |key: &String| {
        key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    let fixed = match &task.with {
        Value::Object(with) => with.keys().all(name),
        with => with.is_null(),
    };
    (!fixed).then(|| {
        let message = "the inputs of a workflow must be named in the definition";
        let help = "write `with:` as a mapping; its values may be templates, its keys may not";
        Diagnostic::new(Rule::UnsupportedTarget, task.span, message).help(help)
    })
}

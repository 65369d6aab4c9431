//! Steps that start something else: an action of the catalog, with inputs that it has.

use super::step::Doer;
use crate::catalog::Definition;
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::form::{Fallback, Field, Form, Necessity};
use crate::model::action::Action;
use crate::model::phrase::{clip, quoted, quoted_first};
use crate::yaml::{Kind, Node};

/// Pushes what is wrong with what a step starts.
pub(super) fn check(doer: &Doer<'_>, body: Node<'_>, found: &mut Vec<Diagnostic>) {
    let entry = |key: &str| body.entry(key).filter(|(_, value)| !value.is_null());
    let (workflow, action) = (entry("workflow"), entry("action"));
    match (workflow, action) {
        (None, None) => {
            let place = body.entries().next().map_or_else(|| body.span(), |(key, _)| key.span());
            let message = "this step does not say what it starts";
            let help = "add `workflow`, a file or pipeline, or `action`, an action of this catalog";
            found.push(Diagnostic::new(Rule::InvalidStep, place, message).help(help));
        }
        (Some((first, _)), Some((second, _))) => {
            let message = "this step starts two things, a workflow and an action";
            let finding = Diagnostic::new(Rule::InvalidStep, second.span(), message);
            found.push(finding.related(first.span(), "the workflow").help("write two steps"));
        }
        (Some(_), None) => {}
        (None, Some((_, action))) => {
            if let Some(definition) = doer.around.named_action(action, found) {
                check_inputs(doer, body, action, definition, found);
            }
        }
    }
}

/// Pushes inputs that the action does not have, those that it needs and does not get, and those that it refuses.
fn check_inputs(
    doer: &Doer<'_>,
    body: Node<'_>,
    place: Node<'_>,
    action: &Definition<Action>,
    found: &mut Vec<Diagnostic>,
) {
    let inputs = body.get("inputs");
    // A template may give anything.
    if inputs.is_some_and(|inputs| inputs.kind() != Kind::Map) {
        return;
    }
    let name = &action.value.identifier.value;
    let form = Form::of_action(doer.around.catalog.node(action.place), &action.value);
    let written = || inputs.into_iter().flat_map(Node::entries);
    let computed = |key: Node<'_>| key.as_str().is_some_and(|key| key.contains("{{"));
    for (key, value) in written().filter(|(key, _)| !computed(*key)) {
        match form.field(key.as_str().unwrap_or_default()) {
            Some(field) => found.extend(refused(field, name, value)),
            None => found.push(unknown_input(&form, name, key)),
        }
    }
    let given = |field: &Field| written().any(|(key, _)| key.as_str() == Some(&field.identifier));
    let needed = form.fields.iter().filter(|field| {
        field.necessity == Necessity::Required
            && matches!(field.fallback, Fallback::None)
            && field.visible.is_always(true)
    });
    let missing: Vec<&str> =
        needed.filter(|field| !given(field)).map(|field| field.identifier.as_str()).collect();
    if !missing.is_empty() && !written().any(|(key, _)| computed(key)) {
        let message = format!("`{name}` is not given what it needs: {}", quoted(missing.iter().copied()));
        let finding = Diagnostic::new(Rule::InvalidStep, place.span(), message);
        let finding = finding.related(action.value.identifier.span, "the action");
        found.push(finding.help("add them under `inputs`"));
    }
}

fn unknown_input(form: &Form, action: &str, key: Node<'_>) -> Diagnostic {
    let name = key.as_str().unwrap_or_default();
    let names = || form.fields.iter().map(|field| field.identifier.as_str());
    let help = did_you_mean(name, names()).unwrap_or_else(|| match names().count() {
        0 => format!("`{action}` has no inputs"),
        _ => format!("its inputs are {}", quoted_first(names())),
    });
    let message = format!("`{action}` has no input `{}`", clip(name));
    Diagnostic::new(Rule::UnknownInput, key.span(), message).help(help)
}

/// Returns the finding that an action would refuse a value that is written out.
fn refused(field: &Field, action: &str, value: Node<'_>) -> Option<Diagnostic> {
    let json = value.to_json();
    if value.is_null() || json.to_string().contains("{{") {
        return None;
    }
    let problem = field.refusals(&json).into_iter().next()?;
    let message = format!("`{action}` would refuse this: {}", problem.message);
    Some(Diagnostic::new(Rule::InvalidStep, value.span(), message).maybe_help(problem.help))
}

//! Steps that start something else: an action of the catalog, with inputs that it has.

use super::step::Doer;
use crate::catalog::Definition;
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::form::{Fallback, Field, Form, Necessity};
use crate::model::Spanned;
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

/// What takes inputs: an action, or a scaffold.
pub(super) struct Taker<'a> {
    /// What it is: `the action`.
    pub(super) what: &'static str,
    pub(super) name: &'a Spanned<String>,
    pub(super) form: Form,
}

/// Pushes inputs that the action does not have, those that it needs and does not get, and those that it refuses.
fn check_inputs(
    doer: &Doer<'_>,
    body: Node<'_>,
    place: Node<'_>,
    action: &Definition<Action>,
    found: &mut Vec<Diagnostic>,
) {
    let form = Form::of_action(doer.around.catalog.node(action.place), &action.value);
    let taker = Taker { what: "the action", name: &action.value.identifier, form };
    taker.check(body.get("inputs"), place, found);
}

impl Taker<'_> {
    /// Pushes the members of `inputs` that it does not have, those that it needs and does not get, and those that it
    /// refuses; `place` is where it is named.
    pub(super) fn check(&self, inputs: Option<Node<'_>>, place: Node<'_>, found: &mut Vec<Diagnostic>) {
        // A template may give anything.
        if inputs.is_some_and(|inputs| inputs.kind() != Kind::Map) {
            return;
        }
        let written = || inputs.into_iter().flat_map(Node::entries);
        let computed = |key: Node<'_>| key.as_str().is_some_and(|key| key.contains("{{"));
        for (key, value) in written().filter(|(key, _)| !computed(*key)) {
            match self.form.field(key.as_str().unwrap_or_default()) {
                Some(field) => found.extend(self.refused(field, value)),
                None => found.push(self.unknown_input(key)),
            }
        }
        if !written().any(|(key, _)| computed(key)) {
            let given = |name: &str| written().any(|(key, _)| key.as_str() == Some(name));
            found.extend(self.lacks(&given, place));
        }
    }

    /// Returns the finding that it does not get what it needs; `given` says what it gets.
    pub(super) fn lacks(&self, given: &dyn Fn(&str) -> bool, place: Node<'_>) -> Option<Diagnostic> {
        let needed = self.form.fields.iter().filter(|field| {
            field.necessity == Necessity::Required
                && matches!(field.fallback, Fallback::None)
                && field.visible.is_always(true)
        });
        let names = needed.map(|field| field.identifier.as_str());
        let missing: Vec<&str> = names.filter(|name| !given(name)).collect();
        if missing.is_empty() {
            return None;
        }
        let message =
            format!("`{}` is not given what it needs: {}", self.name.value, quoted(missing.iter().copied()));
        let finding = Diagnostic::new(Rule::InvalidStep, place.span(), message);
        Some(finding.related(self.name.span, self.what).help("add them under `inputs`"))
    }

    fn unknown_input(&self, key: Node<'_>) -> Diagnostic {
        let (name, of) = (key.as_str().unwrap_or_default(), &self.name.value);
        let names = || self.form.fields.iter().map(|field| field.identifier.as_str());
        let help = did_you_mean(name, names()).unwrap_or_else(|| match names().count() {
            0 => format!("`{of}` has no inputs"),
            _ => format!("its inputs are {}", quoted_first(names())),
        });
        let message = format!("`{of}` has no input `{}`", clip(name));
        Diagnostic::new(Rule::UnknownInput, key.span(), message).help(help)
    }

    /// Returns the finding that it would refuse a value that is written out.
    fn refused(&self, field: &Field, value: Node<'_>) -> Option<Diagnostic> {
        let json = value.to_json();
        if value.is_null() || json.to_string().contains("{{") {
            return None;
        }
        let problem = field.refusals(&json).into_iter().next()?;
        let message = format!("`{}` would refuse this: {}", self.name.value, problem.message);
        Some(Diagnostic::new(Rule::InvalidStep, value.span(), message).maybe_help(problem.help))
    }
}

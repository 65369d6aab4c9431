//! Forms: inputs that can be asked, in an order that names them, with defaults that they take.

use std::collections::BTreeMap;

use super::around::Around;
use super::expression::Expressions;
use super::sight::Sight;
use super::{property, unknown_icon};
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::form::{Field, Form};
use crate::model::action::Action;
use crate::model::action::input::{self, Input};
use crate::model::phrase::{clip, quoted_first};
use crate::model::property::Property;
use crate::model::strings;
use crate::yaml::{Kind, Node};

/// A form, where it is written.
pub(super) struct Written<'a> {
    around: &'a Around<'a>,
    node: Node<'a>,
    inputs: &'a [Input],
    form: Form,
}

impl<'a> Written<'a> {
    /// Returns the form of an action; `None` when it has none, or one that is no mapping, which is reported as shape.
    pub(super) fn of_action(around: &'a Around<'a>, node: Node<'a>, action: &'a Action) -> Option<Self> {
        let trigger = node.get("trigger").filter(|trigger| trigger.kind() == Kind::Map);
        let written =
            trigger.and_then(|trigger| trigger.get("userInputs")).or_else(|| node.get("userInputs"));
        Self::at(around, written?, &action.inputs)
    }

    /// Returns the form of these inputs, written as `node`.
    pub(super) fn at(around: &'a Around<'a>, node: Node<'a>, inputs: &'a [Input]) -> Option<Self> {
        let form = || Form::decode(node, inputs);
        (node.kind() == Kind::Map).then(|| Self { around, node, inputs, form: form() })
    }

    fn input(&self, identifier: &str) -> Option<&'a Input> {
        self.inputs.iter().find(|input| input.identifier.value == identifier)
    }
}

/// Pushes what is wrong with a form.
pub(super) fn check(
    written: &Written<'_>,
    sight: &Sight<'_>,
    expressions: &mut Expressions,
    found: &mut Vec<Diagnostic>,
) {
    for input in written.inputs {
        let node = written.node.document().node(input.node);
        check_property(written.node, input, found);
        check_reference(written.around, input, node, found);
        check_dependencies(written, input, found);
        check_expressions(node, sight, expressions, found);
        if let Some(field) = written.form.field(&input.identifier.value) {
            check_default(written.around, field, node, found);
        }
    }
    check_order(written, found);
    check_required(written, sight, expressions, found);
    for part in ["steps", "titles"].into_iter().filter_map(|key| written.node.get(key)) {
        let parts = part.items().chain(part.entries().map(|(_, value)| value));
        parts.for_each(|part| expressions.query(part.get("visible"), sight, found));
    }
}

/// Pushes what an input has in common with a property: its type, format, choices and their colours.
fn check_property(form: Node<'_>, input: &Input, found: &mut Vec<Diagnostic>) {
    let Some((key, node)) = form.get("properties").and_then(|all| all.entry(&input.identifier.value)) else {
        return;
    };
    let as_property = Property::decode(key, node);
    property::check_type(&as_property, found);
    property::check_format(&as_property, found);
    let computed = |node: Node<'_>| node.get("enum").is_some_and(|it| it.get("jqQuery").is_some());
    if !computed(node) && !node.get("items").is_some_and(computed) {
        property::check_enum(&as_property, found);
    }
    found.extend(input.icon.as_ref().and_then(unknown_icon));
}

/// Pushes a blueprint to pick from that is missing or does not exist.
fn check_reference(around: &Around<'_>, input: &Input, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    let picked = input.format.as_ref().filter(|format| format.value == "entity");
    let items = || node.get("items").and_then(|items| items.get("blueprint"));
    match (picked, node.get("blueprint").or_else(items)) {
        (_, Some(name)) => {
            around.blueprint(name, found);
        }
        (Some(format), None) => {
            let message =
                format!("`{}` does not say of which blueprint an entity is picked", input.identifier.value);
            let finding = Diagnostic::new(Rule::MissingKey, format.span, message);
            found.push(finding.help("add `blueprint`"));
        }
        (None, None) => {}
    }
}

/// Pushes what an input depends on and is not there, or is itself.
fn check_dependencies(written: &Written<'_>, input: &Input, found: &mut Vec<Diagnostic>) {
    for name in &input.depends_on {
        if name.value == input.identifier.value {
            let message = format!("`{}` depends on itself", name.value);
            let finding = Diagnostic::new(Rule::InvalidForm, name.span, message);
            found.push(finding.help("nobody could give it: remove it here"));
        } else if written.input(&name.value).is_none() {
            found.push(unknown_input(written, &name.value, name.span));
        }
    }
}

/// Checks every expression of an input.
fn check_expressions(
    node: Node<'_>,
    sight: &Sight<'_>,
    expressions: &mut Expressions,
    found: &mut Vec<Diagnostic>,
) {
    match node.kind() {
        Kind::List => node.items().for_each(|item| check_expressions(item, sight, expressions, found)),
        Kind::Map => {
            expressions.query(Some(node), sight, found);
            for (_, value) in node.entries() {
                check_expressions(value, sight, expressions, found);
            }
        }
        _ => {}
    }
}

/// Pushes a default that its own input refuses, and one of a secret; and a pattern that cannot be checked.
fn check_default(around: &Around<'_>, field: &Field, node: Node<'_>, found: &mut Vec<Diagnostic>) {
    let name = &field.identifier;
    let default = node.entry("default").filter(|(_, value)| !value.is_null());
    if let Some((key, _)) = default.filter(|_| field.secret) {
        let message = format!("`{name}` is a secret and has a default, which everybody can read");
        let finding = Diagnostic::new(Rule::SecretDefault, key.span(), message);
        found.push(finding.help("remove the default, and change the secret if this was it"));
        return;
    }
    if let Some(problem) = field.unusable() {
        let pattern =
            node.get("pattern").or_else(|| node.get("items").and_then(|items| items.get("pattern")));
        let place = pattern.map_or(field.span, Node::span);
        found.push(Diagnostic::new(Rule::InvalidPattern, place, problem.message).maybe_help(problem.help));
        return;
    }
    let (Some((_, value)), Some(default)) = (default, field.fixed_default()) else { return };
    let refused = field.refusals(default).into_iter().next().map(|problem| problem.message);
    let refused = refused.or_else(|| missing_reference(around, field, value));
    if let Some(why) = refused {
        let message = format!("`{name}` refuses its own default");
        found.push(Diagnostic::new(Rule::InvalidDefault, value.span(), message).help(why));
    }
}

/// Returns why the entity, team or user that a default names cannot be picked.
fn missing_reference(around: &Around<'_>, field: &Field, value: Node<'_>) -> Option<String> {
    let config = around.catalog.config();
    let (what, blueprint) = match field.format.as_deref()? {
        "team" => ("team", config.team()),
        "user" => ("user", config.user()),
        "entity" => ("entity", field.blueprint.as_deref()?),
        _ => return None,
    };
    let named = std::iter::once(value).chain(value.items());
    let missing = named.filter_map(|name| around.unknown_grantee(what, blueprint, name)).next()?;
    Some(match missing.help {
        Some(help) => format!("{}; {help}", missing.message),
        None => missing.message,
    })
}

/// Pushes an order that names what is not there, or something twice, and a form with two orders.
fn check_order(written: &Written<'_>, found: &mut Vec<Diagnostic>) {
    let form = written.node;
    let (order, steps) = (form.entry("order"), form.entry("steps"));
    if let (Some((first, _)), Some((second, steps))) = (order, steps)
        && !steps.is_empty()
    {
        let message = "a form has an `order` or `steps`, not both";
        let finding = Diagnostic::new(Rule::InvalidForm, second.span(), message);
        let help = "put the order of each page into its step, and remove the one of the form";
        found.push(finding.related(first.span(), "the order").help(help));
    }
    for (key, _) in form.get("titles").into_iter().flat_map(Node::entries) {
        if let Some(input) = written.input(key.as_str().unwrap_or_default()) {
            let message = format!("a heading is called `{}`, as an input is", input.identifier.value);
            let finding = Diagnostic::new(Rule::InvalidForm, key.span(), message);
            let help = "give it another name, and put that into the order";
            found.push(finding.related(input.identifier.span, "the input").help(help));
        }
    }
    let headings: Vec<&str> =
        form.get("titles").into_iter().flat_map(Node::entries).filter_map(|(key, _)| key.as_str()).collect();
    let mut seen: BTreeMap<String, crate::source::Span> = BTreeMap::new();
    for name in input::order(form) {
        let known = written.input(&name.value).is_some() || headings.contains(&name.value.as_str());
        if !known {
            found.push(unknown_input(written, &name.value, name.span));
        }
        if let Some(first) = seen.insert(name.value.clone(), name.span) {
            let message = format!("`{}` is in the order twice", clip(&name.value));
            let finding = Diagnostic::new(Rule::InvalidForm, name.span, message);
            found.push(finding.related(first, "first here").help("remove one of them"));
        }
    }
}

/// Pushes required inputs that are not there.
fn check_required(
    written: &Written<'_>,
    sight: &Sight<'_>,
    expressions: &mut Expressions,
    found: &mut Vec<Diagnostic>,
) {
    expressions.query(written.node.get("required"), sight, found);
    let required = strings(written.node, "required").into_iter();
    let unknown = required.filter(|name| written.input(&name.value).is_none());
    found.extend(unknown.map(|name| unknown_input(written, &name.value, name.span)));
}

fn unknown_input(written: &Written<'_>, name: &str, span: crate::source::Span) -> Diagnostic {
    let names = || written.inputs.iter().map(|input| input.identifier.value.as_str());
    let help = did_you_mean(name, names()).unwrap_or_else(|| match written.inputs.len() {
        0 => "the form has no inputs".to_string(),
        _ => format!("its inputs are {}", quoted_first(names())),
    });
    let message = format!("the form has no input `{}`", clip(name));
    Diagnostic::new(Rule::UnknownInput, span, message).help(help)
}

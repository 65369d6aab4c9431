//! Steps that render a template: one that exists, with the answers that it asks for, and what is made is kept.

use crate::catalog::{Catalog, Definition};
use crate::check::dispatch::Taker;
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::form::Form;
use crate::model::action::input::Input;
use crate::model::action::step::Step;
use crate::model::identifier::ACTION;
use crate::model::phrase::{clip, quoted_first};
use crate::model::scaffold;
use crate::model::scaffold::Scaffold;
use crate::source::Sources;
use crate::template;
use crate::worktree::Files;
use crate::yaml::{Kind, Node};

/// Pushes what is wrong with the steps of actions and automations that render a template.
pub(super) fn check(catalog: &Catalog, files: &dyn Files, sources: &Sources, found: &mut Vec<Diagnostic>) {
    for action in catalog.actions() {
        let (node, inputs) = (catalog.node(action.place), &action.value.inputs);
        let doer = Doer { catalog, files, sources, node, inputs };
        doer.check(&action.value.steps, found);
        doer.check(&action.value.on_expire, found);
    }
    for automation in catalog.automations() {
        let node = catalog.node(automation.place);
        Doer { catalog, files, sources, node, inputs: &[] }.check(&automation.value.steps, found);
    }
}

/// Who takes steps.
struct Doer<'a> {
    catalog: &'a Catalog,
    files: &'a dyn Files,
    sources: &'a Sources,
    /// The document.
    node: Node<'a>,
    /// What its own form asks.
    inputs: &'a [Input],
}

impl Doer<'_> {
    fn check(&self, steps: &[Step], found: &mut Vec<Diagnostic>) {
        for (number, step) in steps.iter().enumerate() {
            let Some(key) = step.kinds.iter().find(|kind| kind.value == "scaffold") else { continue };
            let Some(body) = self.node.document().node(step.node).get("scaffold") else { continue };
            let after = &steps[number + 1..];
            if !takes(after) {
                let message = "nothing takes what this step makes, so it is gone with the job";
                let finding = Diagnostic::new(Rule::InvalidStep, key.span, message);
                found.push(finding.help("add a step with `pullRequest` after it"));
            }
            let named = if body.kind() == Kind::String { Some(body) } else { body.get("template") };
            check_secrets(body, found);
            if let Some(named) = named {
                self.check_template(body, named, found);
            }
        }
    }

    /// Pushes a template that does not exist, and answers that it does not take.
    fn check_template(&self, body: Node<'_>, named: Node<'_>, found: &mut Vec<Diagnostic>) {
        let Some(name) = named.as_str() else { return };
        let Some(definition) = self.find(name) else {
            if is_identifier(name) && !self.is_elsewhere(name) {
                found.push(self.unknown(name, named));
            }
            return;
        };
        let form = self.catalog.node(definition.place).get("userInputs");
        let form = form.map(|node| Form::decode(node, &definition.value.inputs)).unwrap_or_default();
        let taker = Taker { what: "the scaffold", name: &definition.value.identifier, form };
        match body.get("inputs").filter(|inputs| !inputs.is_null()) {
            Some(inputs) => taker.check(Some(inputs), named, found),
            None => {
                let own = |name: &str| self.inputs.iter().any(|input| input.identifier.value == name);
                let finding = taker.lacks(&own, named);
                let help = "ask for them in the form of the action, or give them under `inputs`";
                found.extend(finding.map(|finding| finding.help(help)));
            }
        }
    }

    fn find(&self, name: &str) -> Option<&Definition<Scaffold>> {
        self.catalog.scaffolds().iter().find(|definition| definition.value.identifier.value == name)
    }

    /// Returns whether a template that is no scaffold of the catalog may well exist: one that cannot be read, or of
    /// Backstage.
    fn is_elsewhere(&self, name: &str) -> bool {
        let templates = self.catalog.templates(self.sources, self.files).unwrap_or_default();
        self.catalog.is_lost(name) || templates.iter().any(|template| template.identifier == name)
    }

    /// Returns the finding that there is no such template.
    fn unknown(&self, name: &str, place: Node<'_>) -> Diagnostic {
        let names =
            || self.catalog.scaffolds().iter().map(|definition| definition.value.identifier.value.as_str());
        let help = did_you_mean(name, names()).unwrap_or_else(|| match names().next() {
            None => format!("add it, `scaffolds/{name}/{}`", scaffold::FILE),
            Some(_) => format!("the scaffolds are {}", quoted_first(names())),
        });
        let message = format!("there is no scaffold `{}`", clip(name));
        Diagnostic::new(Rule::UnknownTemplate, place.span(), message).help(help)
    }
}

/// Returns whether one of these steps keeps what a step before them has made: as a pull request, or by a command of its
/// own.
fn takes(steps: &[Step]) -> bool {
    steps.iter().flat_map(|step| &step.kinds).any(|kind| matches!(kind.value, "pullRequest" | "run"))
}

/// Returns whether a template can only be meant by its identifier: not by a path or an address, perhaps with a revision,
/// and not by what an input says.
fn is_identifier(name: &str) -> bool {
    ACTION.allows(name) && !name.contains(['@', ':'])
}

/// Pushes answers that read a secret: they would be in files, and in the record of the service.
fn check_secrets(body: Node<'_>, found: &mut Vec<Diagnostic>) {
    let Some(inputs) = body.get("inputs") else { return };
    let members: Vec<Node<'_>> = inputs.entries().map(|(_, value)| value).collect();
    for value in if members.is_empty() { vec![inputs] } else { members } {
        if let Some(name) = template::secrets(&value.to_json()).first() {
            let message = "a template is told the name of a secret, never the secret";
            let finding = Diagnostic::new(Rule::TemplateSecret, value.span(), message);
            found.push(finding.help(format!("write `{}`, and ask for it with `encryption`", clip(name))));
        }
    }
}

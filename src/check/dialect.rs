//! What the configured CI systems cannot ask as a form does, and what they cannot run.

use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Rule};
use crate::dialect::{self, Loss, Surroundings};
use crate::form::Form;
use crate::model::target::Target;
use crate::procedure::Procedure;

/// Pushes what works differently on a CI system that the configuration names: at the input, or at the action.
pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    let targets = &catalog.config().ci.targets;
    if targets.is_empty() {
        return;
    }
    let around = Surroundings::of(catalog);
    for definition in catalog.actions() {
        let action = &definition.value;
        let form = Form::of_action(catalog.node(definition.place), action);
        let procedure = Procedure::of_action(catalog, definition);
        let mut lost: Vec<(Loss, Vec<Target>)> = Vec::new();
        for &target in targets {
            found.extend(dialect::unsupported(target, action, &procedure));
            let asking = around.ask(&form, action, target);
            for loss in asking.losses.into_iter().filter(|loss| loss.notable) {
                match lost.iter_mut().find(|(known, _)| *known == loss) {
                    Some((_, on)) => on.push(target),
                    None => lost.push((loss, vec![target])),
                }
            }
        }
        for (loss, on) in lost {
            let input = loss.input.as_ref().and_then(|name| action.input(name));
            let place = input.map_or(action.identifier.span, |input| input.identifier.span);
            let message = format!("on {}, {}", together(&on), loss.what);
            found.push(Diagnostic::new(Rule::LossyTarget, place, message).help(loss.instead));
        }
    }
}

/// Returns the names of several CI systems, for a sentence.
fn together(targets: &[Target]) -> String {
    let labels: Vec<&str> = targets.iter().map(|target| target.label()).collect();
    match labels.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        _ => labels.concat(),
    }
}

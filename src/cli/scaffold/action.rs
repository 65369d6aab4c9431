//! Actions in the place of templates: those that use one, and those that do not.

use serde_json::{Map, Value};

use super::questions::Questions;
use super::workshop::Workshop;
use crate::catalog::Definition;
use crate::cli::Failure;
use crate::cli::answers::Answered;
use crate::form::Form;
use crate::model::action::Action;
use crate::procedure::{Deed, Procedure};
use crate::runtime::commission::Commission;
use crate::runtime::start;

/// What a name means.
pub(super) enum Meant<'a> {
    /// A template, or nothing that is known.
    Template,
    /// An action that makes no files.
    Action,
    /// An action whose files come from a template.
    Commission(&'a Definition<Action>),
}

/// Returns what a name means: a template of the catalog before an action.
pub(super) fn find<'a>(workshop: &Workshop<'a>, name: &str) -> Result<Meant<'a>, Failure> {
    let catalog = &workshop.opened.portal.catalog;
    let actions = catalog.actions();
    let Some(action) = actions.iter().find(|action| action.value.identifier.value == name) else {
        return Ok(Meant::Template);
    };
    if workshop.list()?.iter().any(|listed| listed.identifier == name) {
        return Ok(Meant::Template);
    }
    if !action.value.published {
        return Err(Failure::Other(format!("`{name}` is a draft: it says `publish: false`")));
    }
    let procedure = Procedure::of_action(catalog, action);
    let uses = procedure.all().any(|task| task.deed == Deed::Scaffold);
    Ok(if uses { Meant::Commission(action) } else { Meant::Action })
}

/// An action, asked.
pub(super) struct Asked {
    pub(super) form: Form,
    pub(super) answered: Answered,
    pub(super) commission: Commission,
}

/// Asks the action's form, and returns what it then asks for; `None` when answers are refused, which has been said.
pub(super) fn ask(
    workshop: &Workshop<'_>,
    questions: &Questions,
    action: &Definition<Action>,
) -> Result<Option<Asked>, Failure> {
    let catalog = &workshop.opened.portal.catalog;
    let form = Form::of_action(catalog.node(action.place), &action.value);
    let given = questions.given(workshop, &form)?;
    let name = &action.value.identifier.value;
    let again = |said: &Map<String, Value>| {
        start::again(name, None, None, said).replacen("portal run", "portal scaffold new", 1)
    };
    let Some(answered) = questions.complete(workshop, &form, &given, again)? else { return Ok(None) };
    let actor = workshop.actor(questions.actor.as_deref());
    let portal = &workshop.opened.portal;
    let commission = Commission::of_action(portal, action, &answered.filled.values, &actor);
    let commission = commission.map_err(Failure::Other)?;
    let none = || Failure::Other(format!("`{name}` has no scaffold step"));
    Ok(Some(Asked { form, answered, commission: commission.ok_or_else(none)? }))
}

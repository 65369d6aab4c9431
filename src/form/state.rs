//! A form asked one question after the other: how each input is, given the answers so far.

use serde_json::{Map, Value};

use super::fill::{Asker, Problem, check, default};
use super::seen::Seen;
use super::value::{canonical, choices};
use super::{Field, Form, Necessity, order, reference};
use crate::jq::on_deep_stack;

/// How an input is, given the answers so far.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Whether it is shown; when not, it has its default.
    pub visible: bool,
    /// Whether it has its default and cannot be changed.
    pub disabled: bool,
    /// Whether it must be given.
    pub required: bool,
    /// What it is when nobody gives it.
    pub default: Option<Value>,
    /// What can be chosen; of an array, for each item. `None` when every value of the type can be given.
    pub choices: Option<Vec<Choice>>,
}

/// Something that can be chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The value.
    pub value: Value,
    /// What people read.
    pub label: String,
}

impl Form {
    /// Returns the inputs in the order in which to ask: each after those that it depends on, else as they are shown.
    pub fn questions(&self) -> Vec<&Field> {
        order::order(&self.fields).into_iter().map(|at| &self.fields[at]).collect()
    }

    /// Returns how an input is, given `values` for those before it.
    ///
    /// # Errors
    /// When something about it cannot be computed.
    pub fn state(
        &self,
        field: &Field,
        values: &Map<String, Value>,
        asker: &Asker<'_>,
    ) -> Result<State, Problem> {
        on_deep_stack(|| {
            let seen = Seen::with(asker, &self.fields, values);
            let disabled = seen.holds(&field.disabled);
            let visible = self.is_shown(field, &seen)?;
            let listed = || Ok(self.required_now(&seen)?.contains(&field.identifier));
            Ok(State {
                visible,
                disabled: disabled.map_err(|reason| Problem::failed(field, "disabled", &reason))?,
                required: visible && (field.necessity == Necessity::Required || listed()?),
                default: default(field, &seen)?,
                choices: if visible { offered(field, &seen)? } else { None },
            })
        })
    }

    /// Returns what is wrong with an answer, given `values` for the inputs before it.
    pub fn check(
        &self,
        field: &Field,
        answer: &Value,
        values: &Map<String, Value>,
        asker: &Asker<'_>,
    ) -> Vec<Problem> {
        on_deep_stack(|| {
            let mut found = Vec::new();
            check(field, &canonical(answer), &Seen::with(asker, &self.fields, values), &mut found);
            found
        })
    }
}

/// Returns what can be chosen: the values of an enum, or what of the catalog can be picked.
fn offered(field: &Field, seen: &Seen<'_>) -> Result<Option<Vec<Choice>>, Problem> {
    if let Some(values) = choices(field, Some(seen)).map_err(|problem| *problem)? {
        let label = |value: &Value| value.as_str().map_or_else(|| value.to_string(), ToString::to_string);
        return Ok(Some(values.into_iter().map(|value| Choice { label: label(&value), value }).collect()));
    }
    if !field.is_reference() {
        return Ok(None);
    }
    let entities = reference::candidates(field, seen);
    let entities = entities.map_err(|reason| Problem::failed(field, "dataset", &reason))?;
    let choice = |entity: crate::catalog::EntityRef<'_>| Choice {
        value: entity.identifier().into(),
        label: entity.label().to_string(),
    };
    Ok(entities.map(|entities| entities.into_iter().map(choice).collect()))
}

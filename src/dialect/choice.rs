//! What can be chosen, as the options of a CI system.

use serde_json::Value;

use super::answer::text_of;
use super::lack::Lack;
use super::limit::{Limits, MOST_NUMBERS};
use super::surroundings::Surroundings;
use super::text::holds;
use crate::form::{Choices, Field};
use crate::model::property::Type;

/// The options of an input; `None` when it is not asked by a choice, for the reason pushed to `lost`, if there is one.
pub(super) fn options(
    field: &Field,
    around: &Surroundings<'_>,
    limits: Limits,
    lost: &mut Vec<Lack>,
) -> Option<Vec<String>> {
    if matches!(field.kind, Type::Array | Type::Object) || field.secret {
        return None;
    }
    match &field.choices {
        Choices::Values(values) => {
            return checked(values.iter().map(text_of).collect(), limits, lost);
        }
        Choices::Computed(_) => {
            lost.push(Lack::ComputedChoices);
            return None;
        }
        Choices::Any => {}
    }
    if let Some(numbers) = numbers(field) {
        return checked(numbers, limits, lost);
    }
    if !field.is_reference() {
        return None;
    }
    let options = blueprint(field, around).and_then(|blueprint| entities(blueprint, around, limits));
    match &options {
        Some(_) => {
            lost.push(Lack::Snapshot);
            lost.extend(field.dataset.as_ref().map(|_| Lack::Dataset));
        }
        None => lost.push(Lack::Picker),
    }
    options
}

/// Returns the identifiers of a blueprint's entities as options, when they can be.
pub(super) fn entities(blueprint: &str, around: &Surroundings<'_>, limits: Limits) -> Option<Vec<String>> {
    let entities = around.entities(blueprint)?;
    checked(entities.into_iter().map(str::to_string).collect(), limits, &mut Vec::new())
}

/// Returns the blueprint whose entities are picked. People are asked for by name: they come and go without the catalog's
/// files being generated anew.
fn blueprint<'a>(field: &'a Field, around: &'a Surroundings<'_>) -> Option<&'a str> {
    match field.format.as_deref() {
        Some("team") => Some(around.catalog.config().team()),
        Some("entity") => field.blueprint.as_deref(),
        _ => None,
    }
}

/// Returns options that the CI system takes as they are.
fn checked(options: Vec<String>, limits: Limits, lost: &mut Vec<Lack>) -> Option<Vec<String>> {
    // One more stands for no answer.
    if options.len() >= limits.options {
        lost.push(Lack::Options);
        return None;
    }
    let mut sorted: Vec<&String> = options.iter().collect();
    sorted.sort_unstable();
    let distinct = sorted.windows(2).all(|pair| pair[0] != pair[1]);
    if options.is_empty() || !distinct || !options.iter().all(|option| holds(option)) {
        lost.push(Lack::Option);
        return None;
    }
    Some(options)
}

/// Returns each number of a small range of whole numbers.
fn numbers(field: &Field) -> Option<Vec<String>> {
    if field.kind != Type::Number || !field.whole {
        return None;
    }
    let bound = |key: &str, exclusive: &str, step: f64| {
        let inclusive = field.fixed_bound(key);
        inclusive.or_else(|| Some(field.fixed_bound(exclusive)? + step))
    };
    let least = bound("minimum", "exclusiveMinimum", 1.0)?.ceil();
    let most = bound("maximum", "exclusiveMaximum", -1.0)?.floor();
    let few = most >= least && most - least < MOST_NUMBERS as f64 && least.abs() < 1e9;
    few.then(|| (least as i64..=most as i64).map(|number| Value::from(number).to_string()).collect())
}

//! Calculation properties: values computed by jq from the entity.

use std::fmt::Write;

use rayon::prelude::*;
use serde_json::Value;

use super::{ColumnId, Formula};
use crate::catalog::{BlueprintId, EntityId, EntityRef};
use crate::condition::{Failures, invalid_jq, within};
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::jq::{Filter, Input, Reads};
use crate::known::{Known, document};
use crate::model::blueprint::{Blueprint, Calculation};
use crate::model::phrase::clip;
use crate::model::property::Type;
use crate::source::Span;

/// A compiled expression, and the type that its result is declared to have.
#[derive(Debug)]
pub(super) struct Calculated {
    pub(super) filter: Filter,
    kind: Option<Type>,
    source: String,
    span: Span,
}

/// Returns how a calculation is computed; what is wrong with its expression goes to `found`.
pub(super) fn compile(
    blueprint: &Blueprint,
    calculation: &Calculation,
    found: &mut Vec<Diagnostic>,
) -> Formula {
    let Some(expression) = &calculation.expression else { return Formula::Broken };
    let (text, span) = (&expression.value, expression.span);
    let filter = match Filter::compile(text) {
        Ok(filter) => filter,
        Err(error) => {
            found.push(invalid_jq(text, span, &error));
            return Formula::Broken;
        }
    };
    for (name, offset) in &filter.reads().properties {
        if !blueprint.readable(name) {
            found.push(unknown(blueprint, name, within(text, span, *offset, name.len())));
        }
    }
    Formula::Calculation(Calculated { filter, kind: calculation.kind, source: text.clone(), span })
}

/// Returns the finding that a calculation reads what its entities never have.
fn unknown(blueprint: &Blueprint, name: &str, span: Span) -> Diagnostic {
    let names = blueprint.names().filter(|name| !name.starts_with('$'));
    let message = format!("`{}` has no property `{}`", blueprint.identifier.value, clip(name));
    let help = did_you_mean(name, names);
    let help = help.unwrap_or_else(|| "declare it, or leave it out: it is always null".into());
    Diagnostic::new(Rule::CalculationProperty, span, message).help(help)
}

/// Returns the values of calculations that do not read each other, for each entity of a blueprint.
pub(super) fn values(
    known: Known<'_>,
    blueprint: BlueprintId,
    calculations: &[(ColumnId, &Calculated)],
    failures: &Failures,
) -> (Vec<(ColumnId, Vec<Value>)>, Vec<Diagnostic>) {
    let entities: Vec<EntityRef<'_>> = known.catalog.entities_of(blueprint).collect();
    let reads: Vec<&Reads> = calculations.iter().map(|(_, calculation)| calculation.filter.reads()).collect();
    let row = |entity: &EntityRef<'_>| {
        let input = document::input_for(known, *entity, &reads);
        let value = |(_, calculation): &(ColumnId, &Calculated)| {
            calculation.value(&input, known, entity.id(), failures)
        };
        calculations.iter().map(value).collect::<Vec<Value>>()
    };
    let rows: Vec<Vec<Value>> = entities.par_iter().map(row).collect();
    let mut columns: Vec<(ColumnId, Vec<Value>)> =
        calculations.iter().map(|(id, _)| (*id, Vec::with_capacity(rows.len()))).collect();
    for row in rows {
        columns.iter_mut().zip(row).for_each(|((_, values), value)| values.push(value));
    }
    let mut found = Vec::new();
    for ((_, values), (_, calculation)) in columns.iter_mut().zip(calculations) {
        if calculation.filter.is_spent() {
            // Which entities were still answered depends on the threads: none is.
            values.iter_mut().for_each(|value| *value = Value::Null);
            failures.forget(calculation.span);
            found.push(calculation.endless(known, entities.first().copied()));
        }
    }
    (columns, found)
}

impl Calculated {
    /// Returns the value for one entity; null when the expression fails, which is remembered.
    pub(super) fn value(
        &self,
        input: &Input,
        known: Known<'_>,
        entity: EntityId,
        failures: &Failures,
    ) -> Value {
        let given = self.filter.first(input, known.now.seconds()).map(Option::unwrap_or_default);
        let typed = given.and_then(|value| match self.wrong_type(&value) {
            None => Ok(value),
            Some(reason) => Err(reason),
        });
        typed.unwrap_or_else(|reason| {
            failures.add(self.span, entity, reason);
            Value::Null
        })
    }

    /// Returns why a value is not of the declared type.
    fn wrong_type(&self, value: &Value) -> Option<String> {
        let kind = self.kind?;
        let (own, name) = match value {
            Value::Null => return None,
            Value::Bool(_) => (Type::Boolean, "a boolean"),
            Value::Number(_) => (Type::Number, "a number"),
            Value::String(_) => (Type::String, "a text"),
            Value::Array(_) => (Type::Array, "a list"),
            Value::Object(_) => (Type::Object, "a mapping"),
        };
        (own != kind).then(|| {
            let mut text = format!("it gives {name}, but its type is {}", kind.name());
            if kind == Type::String {
                let _ = write!(text, " (end it with `| tostring`)");
            }
            text
        })
    }

    /// Returns the finding that the expression takes too much, with the entity when the first one is enough for that.
    fn endless(&self, known: Known<'_>, first: Option<EntityRef<'_>>) -> Diagnostic {
        let alone = first.filter(|entity| {
            let fresh = Filter::compile(&self.source);
            let input = document::input(known, *entity);
            fresh.is_ok_and(|filter| filter.first(&input, known.now.seconds()).is_err())
        });
        let of = alone.map(|entity| format!(" for `{}`", entity.identifier())).unwrap_or_default();
        let message = format!("this takes too much{of}: it was stopped, and every value is null");
        let help = "see that loops and recursions end, and that texts and lists stay small";
        let finding = Diagnostic::new(Rule::FailingJq, self.span, message).help(help);
        match alone {
            Some(entity) => finding.related(entity.span(), "asked about this entity"),
            None => finding,
        }
    }
}

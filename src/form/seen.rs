//! What the expressions of a form see: `.form`, `.entity` and `.user`.

use serde_json::{Map, Value};

use super::fill::Asker;
use super::{Dynamic, Expression, Field, reference};
use crate::jq::Input;

/// What the expressions of a form see while it is filled in.
pub(super) struct Seen<'a> {
    pub(super) asker: &'a Asker<'a>,
    /// The inputs so far, entities as Port's API has them.
    form: Map<String, Value>,
}

impl<'a> Seen<'a> {
    /// Returns what they see before anything is given.
    pub(super) fn new(asker: &'a Asker<'a>) -> Self {
        Self { asker, form: Map::new() }
    }

    /// Returns what they see once these values are given.
    pub(super) fn with(asker: &'a Asker<'a>, fields: &[Field], values: &Map<String, Value>) -> Self {
        let mut seen = Self::new(asker);
        for field in fields {
            if let Some(value) = values.get(&field.identifier) {
                seen.set(field, value);
            }
        }
        seen
    }

    /// Shows the value of an input.
    pub(super) fn set(&mut self, field: &Field, value: &Value) {
        let shown = reference::shown(field, value, self.asker.known).unwrap_or_else(|| value.clone());
        self.form.insert(field.identifier.clone(), shown);
    }

    /// Returns the first result of an expression, null when there is none. Call it inside
    /// [`on_deep_stack`](crate::jq::on_deep_stack).
    ///
    /// # Errors
    /// Why there is no result, as a phrase.
    pub(super) fn evaluate(&self, expression: &Expression) -> Result<Value, String> {
        let filter = expression.filter().ok_or("it is not jq")?;
        let entity = self.asker.entity.map_or_else(Input::null, Input::from_json);
        let form = self.form.iter().map(|(name, value)| (name.as_str(), Input::from_json(value)));
        let input = Input::object([
            ("form", Input::object(form)),
            ("entity", entity),
            ("user", Input::from_json(self.asker.user)),
        ]);
        Ok(filter.first(&input, self.asker.now.seconds())?.unwrap_or_default())
    }

    /// Returns whether a flag is set: what is neither `false` nor `null` is.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub(super) fn holds(&self, flag: &Dynamic<bool>) -> Result<bool, String> {
        match flag {
            Dynamic::Fixed(flag) => Ok(*flag),
            Dynamic::Computed(expression) => {
                Ok(!matches!(self.evaluate(expression)?, Value::Null | Value::Bool(false)))
            }
        }
    }
}

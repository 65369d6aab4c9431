//! Arguments of filters, tests, functions and macros.

use std::collections::VecDeque;
use std::rc::Rc;

use super::value::Value;
use super::wrong::Wrong;

/// What is left of the arguments of a call.
#[derive(Debug, Default)]
pub(super) struct Arguments<'t> {
    positional: VecDeque<Value>,
    named: Vec<(&'t str, Value)>,
}

impl<'t> Arguments<'t> {
    pub(super) fn new(positional: Vec<Value>, named: Vec<(&'t str, Value)>) -> Self {
        Self { positional: positional.into(), named }
    }

    /// Returns everything that is left.
    pub(super) fn all(self) -> (Vec<Value>, Vec<(&'t str, Value)>) {
        (self.positional.into(), self.named)
    }

    /// Returns the next one, or that of this name.
    pub(super) fn next(&mut self, name: &str) -> Option<Value> {
        self.positional.pop_front().or_else(|| self.named(name))
    }

    /// Returns the one of this name.
    pub(super) fn named(&mut self, name: &str) -> Option<Value> {
        let at = self.named.iter().position(|(other, _)| *other == name)?;
        Some(self.named.remove(at).1)
    }

    /// Returns the next one, which has to be there.
    pub(super) fn needed(&mut self, name: &str) -> Result<Value, Wrong> {
        self.next(name).ok_or_else(|| Wrong::new(format!("the argument `{name}` is missing")))
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<Rc<str>>, Wrong> {
        let given = self.next(name).filter(|value| !matches!(value, Value::Null));
        let text = |value: Value| value.as_text().cloned().ok_or_else(|| unfit(name, &value, "a text"));
        given.map(text).transpose()
    }

    pub(super) fn int(&mut self, name: &str) -> Result<Option<i128>, Wrong> {
        match self.next(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Int(number)) => Ok(Some(number)),
            Some(other) => Err(unfit(name, &other, "a whole number")),
        }
    }

    /// Returns a count.
    pub(super) fn count(&mut self, name: &str) -> Result<Option<usize>, Wrong> {
        let number = self.int(name)?;
        let count = |number: i128| {
            usize::try_from(number).map_err(|_| Wrong::new(format!("`{name}` cannot be {number}")))
        };
        number.map(count).transpose()
    }

    pub(super) fn flag(&mut self, name: &str) -> bool {
        self.next(name).is_some_and(|value| value.holds())
    }

    /// Refuses what nobody took.
    pub(super) fn finish(&self, of: &str) -> Result<(), Wrong> {
        match (self.positional.is_empty(), self.named.first()) {
            (true, None) => Ok(()),
            (_, Some((name, _))) => Err(Wrong::new(format!("`{of}` takes no `{name}`"))),
            (false, None) => Err(Wrong::new(format!("`{of}` takes fewer arguments"))),
        }
    }
}

fn unfit(name: &str, value: &Value, wanted: &str) -> Wrong {
    Wrong::new(format!("`{name}` has to be {wanted}, not {}", value.kind()))
}

//! Filling a form in: everything that was given against everything that the form asks, whole, before anything is done.
//!
//! The rules are Port's: a hidden input has its default, whatever was given; one that cannot be changed has it, too;
//! what depends on another input is not given without it. On top, nothing is converted and nothing is guessed: what is
//! not right is a problem, and all problems are found at once.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::seen::Seen;
use super::value::canonical;
use super::{Fallback, Field, Form, Necessity, order, reference, value};
use crate::diagnostic::did_you_mean;
use crate::jq::on_deep_stack;
use crate::known::Known;
use crate::model::instant::Instant;
use crate::model::phrase::{clip, quoted_first};

/// Who fills a form in, and against what.
#[derive(Debug, Clone, Copy)]
pub struct Asker<'a> {
    /// The catalog that it is held against.
    pub known: Known<'a>,
    /// Who asks, as expressions see it: `{identifier, email, teams: […], roles: [{name}]}`.
    pub user: &'a Value,
    /// The entity that the action is about, as expressions see it.
    pub entity: Option<&'a Value>,
    /// The instant of the request.
    pub now: Instant,
}

/// A form, filled in.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// The inputs that have a value, in the order of the form: numbers without a fraction as integers.
    pub values: Map<String, Value>,
    /// The inputs that are not shown, in the order of the form.
    pub hidden: Vec<String>,
}

/// Something that is wrong with what was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The input; `None` when there is no such input, or it is about the form.
    pub input: Option<String>,
    /// What is wrong: a lower-case sentence without a full stop, names in backticks.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl Problem {
    /// Returns a problem of an input.
    pub(super) fn new(field: &Field, message: impl Into<String>) -> Self {
        Self { input: Some(field.identifier.clone()), message: message.into(), help: None }
    }

    /// Returns the problem that a setting of an input cannot be computed.
    pub(super) fn failed(field: &Field, setting: &str, reason: &str) -> Self {
        Self::new(field, format!("`{setting}` of `{}` cannot be computed: {reason}", field.identifier))
    }

    #[must_use]
    pub(super) fn help(self, text: impl Into<String>) -> Self {
        Self { help: Some(text.into()), ..self }
    }

    #[must_use]
    pub(super) fn maybe_help(self, help: Option<String>) -> Self {
        Self { help, ..self }
    }
}

impl Form {
    /// Returns the form filled in with what was given.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn fill(&self, given: &Map<String, Value>, asker: &Asker<'_>) -> Result<Filled, Vec<Problem>> {
        on_deep_stack(|| {
            let mut filling = Filling::new(self, given, asker);
            filling.unknown();
            for at in order::order(&self.fields) {
                filling.field(&self.fields[at]);
            }
            filling.required();
            filling.finish()
        })
    }

    /// Returns the entities that these inputs name, teams and users among them, as Port's API has them, by input: what the
    /// templates of files see of them. A name that the catalog does not know stays a name; what names nothing is left out.
    pub fn picked(&self, values: &Map<String, Value>, known: Known<'_>) -> Map<String, Value> {
        reference::picked(&self.fields, values, known)
    }

    /// Returns the entities that these inputs name, as Port's API has them, by input: what templates see of them.
    pub fn entities(&self, values: &Map<String, Value>, known: Known<'_>) -> Map<String, Value> {
        reference::entities(&self.fields, values, known)
    }
}

/// A form that is being filled in.
struct Filling<'a> {
    form: &'a Form,
    given: &'a Map<String, Value>,
    seen: Seen<'a>,
    values: Map<String, Value>,
    hidden: BTreeSet<&'a str>,
    problems: Vec<Problem>,
}

impl<'a> Filling<'a> {
    fn new(form: &'a Form, given: &'a Map<String, Value>, asker: &'a Asker<'a>) -> Self {
        let (values, hidden, problems) = (Map::new(), BTreeSet::new(), Vec::new());
        Self { form, given, seen: Seen::new(asker), values, hidden, problems }
    }

    /// Reports what is given and not asked.
    fn unknown(&mut self) {
        let names = || self.form.fields.iter().map(|field| field.identifier.as_str());
        for name in self.given.keys().filter(|name| self.form.field(name).is_none()) {
            let help = did_you_mean(name, names()).unwrap_or_else(|| match self.form.fields.len() {
                0 => "the form has no inputs".to_string(),
                _ => format!("the inputs are {}", quoted_first(names())),
            });
            let message = format!("there is no input `{}`", clip(name));
            self.problems.push(Problem { input: None, message, help: Some(help) });
        }
    }

    /// Works one input out: whether it is shown, what it is, and whether that is right.
    fn field(&mut self, field: &'a Field) {
        let shown = self.form.is_shown(field, &self.seen);
        let shown = self.expect(shown, true);
        let default = self.expect(default(field, &self.seen), None);
        if !shown {
            self.hidden.insert(&field.identifier);
            if let Some(value) = default {
                self.set(field, value);
            }
            return;
        }
        let given =
            self.given.get(&field.identifier).filter(|value| !is_missing(field, value)).map(canonical);
        let Some(given) = given else { return self.fall_back(field, default) };
        if default.as_ref() != Some(&given) {
            let disabled = self.seen.holds(&field.disabled);
            let disabled = disabled.map_err(|reason| Problem::failed(field, "disabled", &reason));
            if self.expect(disabled, false) {
                self.problems.push(unchangeable(field, default.as_ref()));
            }
            self.after_those_it_depends_on(field);
        }
        check(field, &given, &self.seen, &mut self.problems);
        self.set(field, given);
    }

    /// Gives an input that nobody gave its default.
    fn fall_back(&mut self, field: &'a Field, default: Option<Value>) {
        match default {
            Some(value) => {
                check(field, &value, &self.seen, &mut self.problems);
                self.set(field, value);
            }
            None if field.necessity == Necessity::Required => self.problems.push(missing(field)),
            None => {}
        }
    }

    /// Reports that an input is given without one that it depends on.
    fn after_those_it_depends_on(&mut self, field: &Field) {
        for name in field.depends_on.iter().filter(|name| self.form.field(name).is_some()) {
            if self.values.get(name).is_none_or(is_empty) {
                let message = format!("`{}` needs `{name}` to be given first", field.identifier);
                self.problems
                    .push(Problem::new(field, message).help(format!("give `{name}`, or leave this out")));
            }
        }
    }

    /// Reports what an expression of the form requires and is not there.
    fn required(&mut self) {
        match self.form.required_now(&self.seen) {
            Ok(names) => {
                let fields = self.form.fields.iter().filter(|field| names.contains(&field.identifier));
                let fields = fields.filter(|field| !self.hidden.contains(field.identifier.as_str()));
                let missed = fields.filter(|field| self.values.get(&field.identifier).is_none_or(is_empty));
                self.problems.extend(missed.map(missing));
            }
            // What follows from another problem is none of its own.
            Err(_) if !self.problems.is_empty() => {}
            Err(problem) => self.problems.push(problem),
        }
    }

    fn finish(mut self) -> Result<Filled, Vec<Problem>> {
        if !self.problems.is_empty() {
            return Err(self.problems);
        }
        let names = || self.form.fields.iter().map(|field| &field.identifier);
        let values = names().filter_map(|name| Some((name.clone(), self.values.remove(name)?))).collect();
        let hidden = names().filter(|name| self.hidden.contains(name.as_str())).cloned().collect();
        Ok(Filled { values, hidden })
    }

    /// Keeps a value, right or wrong, so that what reads it is not wrong as well.
    fn set(&mut self, field: &Field, value: Value) {
        self.seen.set(field, &value);
        self.values.insert(field.identifier.clone(), value);
    }

    /// Returns the value, or `otherwise` once the problem is kept: unless another one leads to it.
    fn expect<T>(&mut self, result: Result<T, Problem>, otherwise: T) -> T {
        result.unwrap_or_else(|problem| {
            if self.problems.is_empty() {
                self.problems.push(problem);
            }
            otherwise
        })
    }
}

impl Form {
    /// Returns whether an input is shown: it is, and so is the page that it is on.
    pub(super) fn is_shown(&self, field: &Field, seen: &Seen<'_>) -> Result<bool, Problem> {
        let failed = |reason: String| Problem::failed(field, "visible", &reason);
        let page = self.pages.iter().find(|page| page.order.contains(&field.identifier));
        Ok(seen.holds(&field.visible).map_err(failed)?
            && page.map_or(Ok(true), |page| seen.holds(&page.visible)).map_err(failed)?)
    }

    /// Returns the inputs that an expression of the form requires, as far as it can say already.
    pub(super) fn required_now(&self, seen: &Seen<'_>) -> Result<Vec<String>, Problem> {
        let Some(expression) = &self.required else { return Ok(Vec::new()) };
        let failed = |reason: &str| Problem {
            input: None,
            message: format!("which inputs are required cannot be computed: {reason}"),
            help: None,
        };
        match seen.evaluate(expression).map_err(|reason| failed(&reason))? {
            Value::Null => Ok(Vec::new()),
            Value::Array(names) => {
                Ok(names.iter().filter_map(Value::as_str).map(ToString::to_string).collect())
            }
            _ => Err(failed("it gives no list of names")),
        }
    }
}

/// Returns what an input is when nobody gives it; of a computed default, null is none.
pub(super) fn default(field: &Field, seen: &Seen<'_>) -> Result<Option<Value>, Problem> {
    if field.secret {
        return Ok(None);
    }
    match &field.fallback {
        Fallback::None => Ok(None),
        Fallback::Value(value) => Ok(Some(canonical(value))),
        Fallback::Computed(expression) => {
            let computed = seen.evaluate(expression);
            let computed = computed.map_err(|reason| Problem::failed(field, "default", &reason))?;
            Ok((!computed.is_null()).then(|| canonical(&computed)))
        }
    }
}

/// Pushes everything that is wrong with the value of an input.
pub(super) fn check(field: &Field, given: &Value, seen: &Seen<'_>, found: &mut Vec<Problem>) {
    let before = found.len();
    value::check(field, given, seen, found);
    // What has another type names nothing.
    if found.len() == before && !field.secret {
        reference::check(field, given, seen, found);
    }
}

/// Returns whether what is given is nothing. For an input that must be given, an empty text is: a browser's form sends
/// one for what was left blank.
fn is_missing(field: &Field, given: &Value) -> bool {
    given.is_null() || (field.necessity == Necessity::Required && is_empty(given))
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("")
}

fn missing(field: &Field) -> Problem {
    let message = format!("`{}` is required", field.identifier);
    let help = field.description.as_ref().map(|text| clip(text));
    Problem::new(field, message).maybe_help(help)
}

fn unchangeable(field: &Field, default: Option<&Value>) -> Problem {
    let help = match default {
        Some(value) => format!("leave it out: it is `{}`", clip(&value.to_string())),
        None => "leave it out".to_string(),
    };
    Problem::new(field, format!("`{}` cannot be changed here", field.identifier)).help(help)
}

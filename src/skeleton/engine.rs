//! The language of templates, bounded.
//!
//! It is Jinja as minijinja parses it, evaluated here: minijinja counts the instructions of a template but not what one of
//! them takes (`'x' * 100000000`, a list doubled in a loop, two nested lists compared), and a template may come from
//! anyone. Here every step and every byte is charged ([`super::budget`]), so that whatever a template says ends soon.
//!
//! Differences to Jinja, all of them for files: what nobody answered is nothing, and nothing is empty as text, has no
//! items, and has its `default`; lists and mappings are written as JSON, booleans as `true` and `false`; there is no escaping, and no other file.

use std::collections::BTreeSet;
use std::ops::Range;

use minijinja::machinery::ast::{Expr, Stmt};
use minijinja::syntax::SyntaxConfig;
use serde_json::{Map, Value};

use super::budget::Budget;
use super::names::asked;
use super::parse::{parse, range, statements, syntax};
use super::run::{Place, Run, Seen, Setting};
use super::wrong::Wrong;
use super::{Extra, Mistake, lint};
use crate::diagnostic::Rule;
use crate::jq::on_deep_stack;
use crate::model::scaffold::Delimiters;

/// What an expression sees.
#[derive(Debug, Clone, Default)]
pub struct Context {
    values: Map<String, Value>,
}

impl Context {
    /// Returns the context of these values by name.
    pub fn new(values: Map<String, Value>) -> Self {
        Self { values }
    }

    /// Returns the value called `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// Returns the names that there are, in the order in which they were given.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.values.keys().map(String::as_str)
    }
}

/// What becomes of a name that the context does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undefined {
    /// It is a mistake.
    Strict,
    /// It is an empty text, also when something is asked of it: as in Backstage.
    Empty,
}

/// The language of templates with one set of delimiters.
#[derive(Debug)]
pub struct Engine {
    pub(super) syntax: SyntaxConfig,
    pub(super) delimiters: Delimiters,
    undefined: Undefined,
    extras: Vec<(String, Extra)>,
}

impl Engine {
    /// Returns the language with these delimiters.
    ///
    /// # Errors
    /// When no text could be told apart by them, as a phrase.
    pub fn new(delimiters: &Delimiters, undefined: Undefined) -> Result<Self, String> {
        let syntax = syntax(delimiters)?;
        Ok(Self { syntax, delimiters: delimiters.clone(), undefined, extras: Vec::new() })
    }

    /// Adds a filter: what it makes of a value and its arguments, or why it cannot. It has to be a function of them, and may
    /// not make more of them than a few times their size.
    pub fn add_filter(&mut self, name: &str, filter: Extra) {
        self.extras.push((name.to_string(), filter));
    }

    /// Returns what `source` says.
    ///
    /// # Errors
    /// What is wrong with it, or with what it asks for.
    pub fn text(&self, source: &str, context: &Context) -> Result<String, Mistake> {
        on_deep_stack(|| {
            let (budget, seen) = (Budget::new(), Seen::default());
            let setting = self.setting(&budget, context, &seen);
            self.say(setting, source, Place::Text).map_err(Wrong::mistake)
        })
    }

    /// Returns the value that `source` gives: one expression alone, with nothing but white space around, keeps its type;
    /// anything else is text.
    ///
    /// # Errors
    /// What is wrong with it, or with what it asks for.
    pub fn value(&self, source: &str, context: &Context) -> Result<Value, Mistake> {
        on_deep_stack(|| {
            let (budget, seen) = (Budget::new(), Seen::default());
            let setting = self.setting(&budget, context, &seen);
            let value = || -> Result<Value, Wrong> {
                let template = parse(source.trim(), &self.syntax)?;
                let Some(expr) = alone(&template) else {
                    return self.say(setting, source, Place::Text).map(Value::String);
                };
                let before = source.len() - source.trim_start().len();
                let moved = |wrong: Wrong| Wrong {
                    range: wrong.range.map(|range| range.start + before..range.end + before),
                    ..wrong
                };
                let mut run = Run::new(setting, source.trim(), Place::Text);
                let given = run.given(expr).and_then(|value| budget.to_json(&value));
                given.map_err(|wrong| moved(wrong.at(range(expr))))
            };
            value().map_err(Wrong::mistake)
        })
    }

    /// Returns the names that `source` asks the context for; of `inputs` and `entities` what is asked of them, so that
    /// `inputs.port` is `port`.
    ///
    /// # Errors
    /// When it is no template.
    pub fn names(&self, source: &str) -> Result<BTreeSet<String>, Mistake> {
        on_deep_stack(|| {
            let template = parse(source, &self.syntax).map_err(Wrong::mistake)?;
            Ok(asked(&template, &self.extras()).names.into_iter().map(|(name, _)| name).collect())
        })
    }

    /// Returns everything that is wrong with a text whatever the answers are: that it is no template, asks for names that
    /// are not `known`, or for one of the `secrets`.
    pub fn check(
        &self,
        source: &str,
        known: &BTreeSet<String>,
        secrets: &BTreeSet<String>,
    ) -> Vec<(Rule, Mistake)> {
        let found = on_deep_stack(|| lint::text(self, source, known, secrets));
        found.into_iter().map(|wrong| (wrong.rule, wrong.mistake())).collect()
    }

    /// Returns what a text says, in what it shares with others.
    pub(super) fn say(&self, setting: Setting<'_>, source: &str, place: Place) -> Result<String, Wrong> {
        let template = parse(source, &self.syntax)?;
        Run::new(setting, source, place).render(&template)
    }

    pub(super) fn setting<'e>(
        &'e self,
        budget: &'e Budget,
        context: &'e Context,
        seen: &'e Seen,
    ) -> Setting<'e> {
        Setting { budget, context, seen, undefined: self.undefined, extras: &self.extras }
    }

    /// Returns the names of the filters that were added.
    pub(super) fn extras(&self) -> Vec<&str> {
        self.extras.iter().map(|(name, _)| name.as_str()).collect()
    }
}

/// Returns the expression that a template is, if it is nothing else.
fn alone<'t, 's>(template: &'t Stmt<'s>) -> Option<&'t Expr<'s>> {
    match statements(template) {
        [Stmt::EmitExpr(emit)] => Some(&emit.expr),
        _ => None,
    }
}

/// Returns the part of `text` at `range`, empty when there is none.
pub(super) fn part(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

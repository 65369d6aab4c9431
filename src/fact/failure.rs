//! Expressions that fail: one finding each, however many items they fail for.

use std::collections::BTreeMap;

use super::expression::Expression;
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::phrase::clip;
use crate::source::{Sources, Span};

/// The expressions that failed, by their number.
#[derive(Debug, Default)]
pub(super) struct Failures(BTreeMap<usize, Failure>);

/// What an expression failed for.
#[derive(Debug)]
struct Failure {
    /// Why it failed for the first item.
    reason: String,
    wanted: Wanted,
    /// The first item.
    first: Span,
    /// How many items there are.
    count: usize,
}

/// What an expression should have given.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted {
    Anything,
    Name,
    List,
    Time,
}

impl Wanted {
    /// Returns what to do.
    fn help(self) -> &'static str {
        match self {
            Self::Anything => {
                "`?` after what may fail gives nothing in its place, and `// 0` gives another value"
            }
            Self::Name => "let it give a text for each item, or leave items out with `selector.query`",
            Self::List => "let it give a list, such as `.items`",
            Self::Time => "a time is written as 2026-03-01T09:30:00Z, or as seconds since 1970",
        }
    }
}

impl Failures {
    /// Counts that an expression fails for an item.
    pub(super) fn add(&mut self, expression: usize, first: Span, wanted: Wanted, reason: impl Into<String>) {
        let failure = || Failure { reason: reason.into(), wanted, first, count: 0 };
        self.0.entry(expression).or_insert_with(failure).count += 1;
    }

    /// Adds the failures for later items.
    pub(super) fn append(&mut self, later: Self) {
        for (expression, failure) in later.0 {
            match self.0.get_mut(&expression) {
                Some(known) => known.count += failure.count,
                None => drop(self.0.insert(expression, failure)),
            }
        }
    }

    /// Returns a finding for each expression.
    pub(super) fn findings(&self, expressions: &[Expression], sources: &Sources) -> Vec<Diagnostic> {
        let finding = |(&number, failure): (&usize, &Failure)| {
            let expression = &expressions[number];
            let (source, start) = (sources.get(failure.first.source), failure.first.start);
            let place = format!("{}:{}", source.path(), source.line_at(start));
            let others = match failure.count {
                1 => String::new(),
                2 => " and one other item".into(),
                count => format!(" and {} other items", count - 1),
            };
            let message = format!("`{}` {} for {place}{others}", clip(&expression.text), failure.reason);
            Diagnostic::new(Rule::FailingJq, expression.span, message)
                .related(failure.first, "the first such item")
                .help(failure.wanted.help())
        };
        self.0.iter().map(finding).collect()
    }
}

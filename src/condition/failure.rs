//! Expressions that fail for an entity: remembered while many are evaluated at once, and reported once each.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::catalog::{Catalog, EntityId};
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::Span;

/// The expressions that have failed so far. Threads share it.
#[derive(Debug, Default)]
pub struct Failures {
    by_place: Mutex<BTreeMap<Span, Failure>>,
}

#[derive(Debug)]
struct Failure {
    /// The first entity, by id, whichever thread came first.
    entity: EntityId,
    reason: String,
    others: usize,
}

impl Failures {
    /// Remembers that the expression written at `span` fails for `entity`.
    pub fn add(&self, span: Span, entity: EntityId, reason: String) {
        let mut failures = self.by_place.lock().unwrap_or_else(PoisonError::into_inner);
        match failures.get_mut(&span) {
            None => {
                failures.insert(span, Failure { entity, reason, others: 0 });
            }
            Some(known) if known.entity == entity => {}
            Some(known) => {
                known.others += 1;
                if entity < known.entity {
                    (known.entity, known.reason) = (entity, reason);
                }
            }
        }
    }

    /// Forgets that the expression written at `span` has failed.
    pub fn forget(&self, span: Span) {
        self.by_place.lock().unwrap_or_else(PoisonError::into_inner).remove(&span);
    }

    /// Returns a finding for each expression that failed, with the first entity that it failed for, and
    /// forgets them.
    pub fn report(&self, catalog: &Catalog) -> Vec<Diagnostic> {
        let failures = std::mem::take(&mut *self.by_place.lock().unwrap_or_else(PoisonError::into_inner));
        failures.into_iter().map(|(span, failure)| failure.finding(catalog, span)).collect()
    }
}

impl Failure {
    fn finding(self, catalog: &Catalog, span: Span) -> Diagnostic {
        let entity = catalog.entity(self.entity);
        let others = match self.others {
            0 => String::new(),
            1 => " and another entity".into(),
            others => format!(" and {others} other entities"),
        };
        let message = format!("this fails for `{}`{others}: {}", entity.identifier(), self.reason);
        Diagnostic::new(Rule::FailingJq, span, message)
            .related(entity.span(), "asked about this entity")
            .help("allow for a value that is missing or of another type: `.properties.x // 0`, `if … then … end`")
    }
}

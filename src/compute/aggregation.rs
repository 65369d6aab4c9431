//! Aggregation properties: numbers over related entities.

use rayon::prelude::*;
use serde_json::Value;

use super::measure::Measure;
use super::route::{self, Route};
use super::{Formula, number};
use crate::catalog::{BlueprintId, EntityId, EntityRef};
use crate::condition::{Asked, Condition, Gathered, Lookups, Scope, Truth, compile as compile_condition};
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::graph::Direction;
use crate::known::Known;
use crate::model::aggregation::Aggregation;

/// An aggregation, ready to be computed.
#[derive(Debug)]
pub(super) struct Aggregated {
    pub(super) target: BlueprintId,
    pub(super) route: Route,
    pub(super) condition: Option<Condition>,
    /// What is computed over the entities.
    pub(super) measure: Measure,
}

/// Returns how an aggregation is computed; what is wrong with it goes to `found`.
pub(super) fn compile(
    scope: Scope<'_>,
    host: BlueprintId,
    aggregation: &Aggregation,
    found: &mut Vec<Diagnostic>,
) -> Formula {
    let catalog = scope.catalog;
    // A target that does not exist is reported by `check`.
    let target = aggregation.target.as_ref().and_then(|target| catalog.find_blueprint(&target.value));
    let Some(target) = target else { return Formula::Broken };
    let scope = Scope { blueprint: Some(target), ..scope };
    let condition = condition(scope, host, aggregation, found);
    let over = aggregation.property.as_ref().filter(|_| aggregation.over_property);
    let dated = aggregation.measure_time_by.as_ref();
    for property in [over, dated].into_iter().flatten() {
        let blueprint = catalog.blueprint(target);
        if !blueprint.readable(&property.value) {
            let message = format!("`{}` has no property `{}`", blueprint.identifier.value, property.value);
            let help = did_you_mean(&property.value, blueprint.names());
            found.push(Diagnostic::new(Rule::InvalidPath, property.span, message).maybe_help(help));
        }
    }
    let Some(route) = route(scope, host, target, aggregation, found) else { return Formula::Broken };
    Formula::Aggregation(Box::new(Aggregated {
        target,
        route,
        condition,
        measure: Measure {
            function: aggregation.function,
            over: over.map(|property| property.value.clone()),
            period: aggregation.average_of,
            dated: dated.map_or_else(|| "$createdAt".into(), |property| property.value.clone()),
        },
    }))
}

fn condition(
    scope: Scope<'_>,
    host: BlueprintId,
    aggregation: &Aggregation,
    found: &mut Vec<Diagnostic>,
) -> Option<Condition> {
    let query = aggregation.query.as_ref()?;
    let document = scope.catalog.blueprint_node(host)?.document();
    let mut lookups = Lookups::default();
    let condition = compile_condition(query, document, scope, &mut lookups, found);
    let scores = condition.scorecards().into_iter().next();
    if scores.is_some() || !lookups.is_empty() {
        let span = aggregation.identifier.span;
        let message = "an aggregation cannot ask for scores, files or the history: they come after it";
        let help = "aggregate over a property instead";
        found.push(Diagnostic::new(Rule::InvalidCondition, span, message).help(help));
    }
    Some(condition)
}

/// Returns along which relations the entities are found: as written, else the only way there is.
fn route(
    scope: Scope<'_>,
    host: BlueprintId,
    target: BlueprintId,
    aggregation: &Aggregation,
    found: &mut Vec<Diagnostic>,
) -> Option<Route> {
    if let Some(filter) = &aggregation.path {
        let names = filter.relations.iter().map(|relation| relation.value.clone());
        return Some(match filter.from {
            None => Route { relations: names.collect(), direction: Direction::Upstream },
            // Read from the target: towards the entity it is followed backwards, last relation first.
            Some(_) => Route { relations: names.rev().collect(), direction: Direction::Downstream },
        });
    }
    let name = |id: BlueprintId| scope.catalog.blueprint(id).identifier.value.as_str();
    let mut routes = route::find(scope.catalog, host, target);
    let span = aggregation.target.as_ref().map_or(aggregation.identifier.span, |target| target.span);
    match routes.len() {
        1 => routes.pop(),
        0 => {
            let message =
                format!("no path of relations leads from `{}` to `{}`, or back", name(host), name(target));
            let help = "add a relation, or say the path with `pathFilter`";
            found.push(Diagnostic::new(Rule::InvalidPath, span, message).help(help));
            None
        }
        _ => {
            let message = format!(
                "several paths lead from `{}` to `{}`, and it is not said which is meant",
                name(host),
                name(target)
            );
            let some: Vec<String> = routes
                .iter()
                .take(3)
                .map(|route| format!("`pathFilter: {}`", route.filter(name(target))))
                .collect();
            let help = format!("add {}", some.join(", or "));
            found.push(Diagnostic::new(Rule::AmbiguousAggregation, span, message).help(help));
            None
        }
    }
}

impl Aggregated {
    /// Returns the value for each entity of a blueprint.
    pub(super) fn values(&self, known: Known<'_>, blueprint: BlueprintId, gathered: &Gathered) -> Vec<Value> {
        let targets: Vec<EntityRef<'_>> = known.catalog.entities_of(self.target).collect();
        let first = targets.first().map_or(0, |target| target.id().index());
        // Asked once for each target, however many entities aggregate it.
        let counted: Vec<bool> =
            targets.par_iter().map(|target| self.counts(known, *target, gathered)).collect();
        let entities: Vec<EntityRef<'_>> = known.catalog.entities_of(blueprint).collect();
        let value = |entity: &EntityRef<'_>| {
            let mut ends = self.route.ends(known, entity.id(), self.target);
            ends.retain(|end| counted[end.index() - first]);
            self.aggregate(known, &ends)
        };
        entities.par_iter().map(value).collect()
    }

    /// Returns whether a target is one of those that count.
    pub(super) fn counts(&self, known: Known<'_>, target: EntityRef<'_>, gathered: &Gathered) -> bool {
        let holds =
            |condition: &Condition| condition.evaluate(&Asked::new(known, target), gathered) == Truth::Holds;
        self.condition.as_ref().is_none_or(holds)
    }

    /// Returns the number that the entities come to.
    pub(super) fn aggregate(&self, known: Known<'_>, entities: &[EntityId]) -> Value {
        let asked = self.condition.as_ref().and_then(|condition| condition.period(&self.measure.dated));
        self.measure.value(known, entities, asked).map_or(Value::Null, number)
    }
}

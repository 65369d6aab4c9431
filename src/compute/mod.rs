//! Computed properties: mirrors, aggregations and calculations.
//!
//! They are columns, computed one after another in the order in which they read each other (`plan`), each for all its
//! entities in parallel. Columns that read each other in a circle, such as a sum that rolls up along a hierarchy, are
//! computed value by value (`circle`): along the circle the entities differ, and only where one waits for itself is it
//! a mistake. So a mirror of a mirror and a calculation over a calculation work, which Port forbids.

mod aggregation;
mod calculation;
mod circle;
pub mod measure;
mod mirror;
mod plan;
mod route;

use serde_json::Value;

use crate::catalog::{BlueprintId, Catalog};
use crate::condition::{Failures, Gathered, Scope};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::graph::Graph;
use crate::jq;
use crate::known::{Computed, Known, Sort};
use crate::model::instant::Instant;

use aggregation::Aggregated;
use calculation::Calculated;
use mirror::Mirrored;
use plan::Group;

/// A computed property: its blueprint, and its position among the columns of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::compute) struct ColumnId {
    blueprint: BlueprintId,
    number: usize,
}

/// How the values of a column are found.
#[derive(Debug)]
pub(in crate::compute) enum Formula {
    Mirror(Mirrored),
    Aggregation(Box<Aggregated>),
    Calculation(Calculated),
    /// Its definition has a mistake, which has been reported: every value is null.
    Broken,
}

/// Returns the computed values of a catalog; mistakes in their definitions, and expressions that fail, go to `found`.
pub fn derive(catalog: &Catalog, graph: &Graph, now: Instant, found: &mut Diagnostics) -> Computed {
    let computed = Computed::new(catalog);
    if catalog.blueprints().all(|(id, _)| computed.columns(id).is_empty()) {
        return computed;
    }
    jq::on_deep_stack(|| {
        let mut deriving = Deriving {
            catalog,
            graph,
            now,
            computed,
            formulas: Vec::new(),
            failures: Failures::default(),
            gathered: Gathered::default(),
            found: Vec::new(),
        };
        deriving.compile();
        deriving.run();
        found.extend(deriving.failures.report(catalog));
        found.extend(deriving.found);
        deriving.computed
    })
}

/// The computation while it goes on.
pub(in crate::compute) struct Deriving<'a> {
    catalog: &'a Catalog,
    graph: &'a Graph,
    now: Instant,
    computed: Computed,
    /// By blueprint, in the order of its columns.
    formulas: Vec<Vec<Formula>>,
    failures: Failures,
    /// Conditions of aggregations look up nothing outside the catalog.
    gathered: Gathered,
    found: Vec<Diagnostic>,
}

impl<'a> Deriving<'a> {
    fn known(&self) -> Known<'_> {
        Known {
            catalog: self.catalog,
            graph: self.graph,
            computed: &self.computed,
            scores: None,
            now: self.now,
        }
    }

    /// Reads the definitions.
    fn compile(&mut self) {
        let catalog = self.catalog;
        for (id, blueprint) in catalog.blueprints() {
            let mut formulas = Vec::new();
            for column in self.computed.columns(id) {
                let number = column.number;
                formulas.push(match column.sort {
                    Sort::Mirror => mirror::compile(&blueprint.mirrors[number]),
                    Sort::Aggregation => {
                        let scope = Scope {
                            catalog,
                            graph: self.graph,
                            blueprint: None,
                            max_age: None,
                            now: self.now,
                        };
                        aggregation::compile(scope, id, &blueprint.aggregations[number], &mut self.found)
                    }
                    Sort::Calculation => {
                        calculation::compile(blueprint, &blueprint.calculations[number], &mut self.found)
                    }
                });
            }
            self.formulas.push(formulas);
        }
    }

    /// Computes every column.
    fn run(&mut self) {
        for group in plan::groups(self) {
            match group {
                Group::Columns(columns) => {
                    for (column, values) in self.columns(&columns) {
                        self.computed.fill(column.blueprint, column.number, values);
                    }
                }
                Group::Circle(columns) => circle::compute(self, &columns),
            }
        }
    }

    /// Returns the values of columns that do not read each other: one, or the calculations of one blueprint, which
    /// are asked about the same input.
    fn columns(&mut self, columns: &[ColumnId]) -> Vec<(ColumnId, Vec<Value>)> {
        let Some(&first) = columns.first() else { return Vec::new() };
        match self.formula(first) {
            Formula::Mirror(mirror) => vec![(first, mirror.values(self.known(), first.blueprint))],
            Formula::Aggregation(aggregation) => {
                vec![(first, aggregation.values(self.known(), first.blueprint, &self.gathered))]
            }
            Formula::Calculation(_) => {
                let formulas: Vec<(ColumnId, &Calculated)> = columns
                    .iter()
                    .filter_map(|&id| match self.formula(id) {
                        Formula::Calculation(calculation) => Some((id, calculation)),
                        _ => None,
                    })
                    .collect();
                let (values, found) =
                    calculation::values(self.known(), first.blueprint, &formulas, &self.failures);
                self.found.extend(found);
                values
            }
            Formula::Broken => {
                let rows = self.catalog.entities_of(first.blueprint).len();
                columns.iter().map(|&id| (id, vec![Value::Null; rows])).collect()
            }
        }
    }

    fn formula(&self, column: ColumnId) -> &Formula {
        &self.formulas[column.blueprint.index()][column.number]
    }

    /// Returns the columns called `name` of a blueprint.
    fn column(&self, blueprint: BlueprintId, name: &str) -> Option<ColumnId> {
        let number = self.computed.columns(blueprint).iter().position(|column| column.identifier == name)?;
        Some(ColumnId { blueprint, number })
    }
}

/// Returns a number as JSON, whole when it is; null when it is none.
pub(in crate::compute) fn number(value: f64) -> Value {
    /// Beyond this, a float does not stand for one integer.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and fits")]
    if value.fract() == 0.0 && value.abs() < EXACT {
        return Value::from(value as i64);
    }
    serde_json::Number::from_f64(value).map_or(Value::Null, Value::Number)
}

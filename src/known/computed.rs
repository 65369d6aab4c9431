//! Computed values: a column for each computed property, in the order of its blueprint's entities.

use serde_json::Value;

use crate::catalog::{BlueprintId, Catalog, EntityId, EntityRef};

/// What kind of computed property a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// Read from related entities.
    Mirror,
    /// A number over related entities.
    Aggregation,
    /// Computed by jq from the entity.
    Calculation,
}

impl Sort {
    /// Returns the word for it: `mirror`, `aggregation` or `calculation`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mirror => "mirror",
            Self::Aggregation => "aggregation",
            Self::Calculation => "calculation",
        }
    }
}

/// A computed property, with its value for each entity of its blueprint.
#[derive(Debug)]
pub struct Column {
    /// The property's identifier.
    pub identifier: String,
    /// What people read.
    pub title: Option<String>,
    /// What kind of property it is.
    pub sort: Sort,
    /// Its position among those of its kind in the blueprint.
    pub number: usize,
    /// The values, by the position of the entity in its blueprint; empty until they are computed.
    values: Vec<Value>,
}

/// The computed values of a catalog.
#[derive(Debug, Default)]
pub struct Computed {
    /// By blueprint: mirrors, aggregations, calculations, each in the blueprint's order.
    columns: Vec<Vec<Column>>,
    /// The id of each blueprint's first entity.
    starts: Vec<usize>,
}

impl Computed {
    /// Returns a column without values for each computed property of `catalog`.
    pub fn new(catalog: &Catalog) -> Self {
        let mut computed = Self::default();
        for (id, blueprint) in catalog.blueprints() {
            let column = |sort, number, identifier: &str, title: &Option<String>| Column {
                identifier: identifier.to_string(),
                title: title.clone(),
                sort,
                number,
                values: Vec::new(),
            };
            let mut columns = Vec::new();
            for (number, mirror) in blueprint.mirrors.iter().enumerate() {
                columns.push(column(Sort::Mirror, number, &mirror.identifier.value, &mirror.title));
            }
            for (number, aggregation) in blueprint.aggregations.iter().enumerate() {
                let name = &aggregation.identifier.value;
                columns.push(column(Sort::Aggregation, number, name, &aggregation.title));
            }
            for (number, calculation) in blueprint.calculations.iter().enumerate() {
                let name = &calculation.identifier.value;
                columns.push(column(Sort::Calculation, number, name, &calculation.title));
            }
            computed.columns.push(columns);
            let first = catalog.entities_of(id).next().map_or(0, |entity| entity.id().index());
            computed.starts.push(first);
        }
        computed
    }

    /// Returns the columns of a blueprint: mirrors, aggregations, calculations.
    pub fn columns(&self, blueprint: BlueprintId) -> &[Column] {
        self.columns.get(blueprint.index()).map_or(&[], Vec::as_slice)
    }

    /// Returns the computed value called `name` of an entity; `None` when its blueprint computes none of that name, or
    /// not yet.
    pub fn value(&self, entity: EntityRef<'_>, name: &str) -> Option<&Value> {
        let column = self.columns(entity.blueprint_id()).iter().find(|column| column.identifier == name)?;
        column.values.get(self.row(entity.blueprint_id(), entity.id()))
    }

    /// Returns an entity's value in the column of that number; `None` when it is not computed yet.
    pub fn value_at(&self, entity: EntityRef<'_>, number: usize) -> Option<&Value> {
        let column = self.columns(entity.blueprint_id()).get(number)?;
        column.values.get(self.row(entity.blueprint_id(), entity.id()))
    }

    /// Returns the computed values of an entity by name, in the order of its blueprint's columns; null where there is
    /// nothing. Columns that are not computed yet are left out.
    pub fn values(&self, entity: EntityRef<'_>) -> impl Iterator<Item = (&str, &Value)> {
        let row = self.row(entity.blueprint_id(), entity.id());
        let columns = self.columns(entity.blueprint_id()).iter();
        columns.filter_map(move |column| Some((column.identifier.as_str(), column.values.get(row)?)))
    }

    /// Returns the position of an entity in the columns of its blueprint.
    pub fn row(&self, blueprint: BlueprintId, entity: EntityId) -> usize {
        entity.index() - self.starts.get(blueprint.index()).copied().unwrap_or(0)
    }

    /// Sets the values of a column.
    pub fn fill(&mut self, blueprint: BlueprintId, column: usize, values: Vec<Value>) {
        self.columns[blueprint.index()][column].values = values;
    }

    /// Sets one value of a column, whose others must be there.
    pub fn set(&mut self, blueprint: BlueprintId, column: usize, row: usize, value: Value) {
        self.columns[blueprint.index()][column].values[row] = value;
    }
}

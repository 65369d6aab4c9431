//! What changed: the same stages at two revisions, compared.
//!
//! [`Change::between`] takes two open catalogs and says what the second has that the first has not: entities, relations,
//! definitions, findings, and how the entities score. Entities are matched by blueprint and identifier, so that a file
//! may move. The cost is linear in the catalogs, up to sorting; evidence is worked out for what changed alone. How a
//! change is written is left to `change`. What the commits between two revisions did, one after the other, is a
//! [`timeline`].

mod definition;
mod entity;
mod finding;
mod level;
mod node;
mod outlook;
mod past;
mod prospect;
mod relation;
mod shift;
mod sighting;
pub mod timeline;
mod trend;

use serde_json::Value;

use crate::catalog::{EntityId, EntityRef};
use crate::diagnostic::Rule;
use crate::known::Outcome;
use crate::portal::Portal;
use crate::source::{Sources, Span};

pub use finding::newer;
pub use outlook::{Forecast, Outlook, Point, outlooks};
pub use prospect::Prospect;
pub use shift::Shift;
pub use sighting::Sightings;
pub use trend::{Followed, Sample, Trends, trends};

/// What changed from one catalog to another.
#[derive(Debug, Default)]
pub struct Change {
    /// Entities, by blueprint and identifier.
    pub entities: Vec<EntityChange>,
    /// Relations, by the entity that states them.
    pub relations: Vec<RelationChange>,
    /// References that are broken now and were not, in the order of their places.
    pub breakages: Vec<Breakage>,
    /// How many other findings are new, by rule.
    pub findings: Vec<(Rule, usize)>,
    /// Blueprints, by identifier.
    pub blueprints: Vec<DefinitionChange>,
    /// Scorecards, by blueprint and identifier, those whose rules changed included.
    pub scorecards: Vec<DefinitionChange>,
    /// How entities that both catalogs have score differently, by scorecard and entity.
    pub standings: Vec<StandingChange>,
}

/// What became of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is not what it was.
    Changed,
}

impl Fate {
    /// Returns the word for it: `added`, `removed` or `changed`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// An entity by what tells it from all others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// Its blueprint.
    pub blueprint: String,
    /// Its identifier.
    pub identifier: String,
}

impl Name {
    fn of(entity: EntityRef<'_>) -> Self {
        let (blueprint, identifier) = (&entity.blueprint().identifier.value, entity.identifier());
        Self { blueprint: blueprint.clone(), identifier: identifier.into() }
    }
}

impl std::fmt::Display for Name {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}/{}", self.blueprint, self.identifier)
    }
}

/// A place in a file, as people find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The path, relative to the catalog root.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

impl Place {
    /// Returns the place where `span` begins.
    pub fn of(sources: &Sources, span: Span) -> Self {
        let source = sources.get(span.source);
        let at = source.position(span.start);
        Self { file: source.path().into(), line: at.line, column: at.column }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}", self.file, self.line)
    }
}

/// An entity that is new, gone, or not what it was.
#[derive(Debug)]
pub struct EntityChange {
    /// Which.
    pub name: Name,
    /// Its title: as it is now, or last was.
    pub title: Option<String>,
    /// Its owners: as they are now, or last were.
    pub teams: Vec<String>,
    /// What became of it.
    pub fate: Fate,
    /// Where it is, or last was.
    pub place: Place,
    /// What of it changed: meta-values, then properties, relations and computed values.
    pub values: Vec<ValueChange>,
}

/// What kind of value changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Title, icon or team.
    Meta,
    /// A stored property.
    Property,
    /// What a relation names.
    Relation,
    /// A computed property.
    Computed,
}

impl Sort {
    /// Returns the word for it: `meta`, `property`, `relation` or `computed`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Property => "property",
            Self::Relation => "relation",
            Self::Computed => "computed",
        }
    }
}

/// A value that is not what it was; null is none.
#[derive(Debug)]
pub struct ValueChange {
    /// What kind of value.
    pub sort: Sort,
    /// Its name: `$title`, a property, a relation.
    pub name: String,
    /// What it was.
    pub before: Value,
    /// What it is.
    pub after: Value,
}

/// A relation between two entities that is new or gone.
#[derive(Debug, PartialEq, Eq)]
pub struct RelationChange {
    /// Added or removed.
    pub fate: Fate,
    /// The entity that states it.
    pub from: Name,
    /// Its name.
    pub relation: String,
    /// The entity that it points at.
    pub to: Name,
}

/// A reference that is broken now and was not before.
#[derive(Debug)]
pub struct Breakage {
    /// What is wrong with it.
    pub rule: Rule,
    /// The sentence that says so.
    pub message: String,
    /// What is at the place.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
    /// Where it is written now.
    pub place: Place,
    /// The entity that holds it.
    pub holder: Option<Name>,
    /// The holder's owners.
    pub teams: Vec<String>,
    /// The relation, when it is one.
    pub relation: Option<String>,
    /// Whether its blueprint requires the relation.
    pub required: bool,
}

impl Breakage {
    /// Returns whether it points at an entity that does not exist.
    pub fn dangles(&self) -> bool {
        self.rule == Rule::DanglingRelation
    }
}

/// A blueprint or scorecard that is new, gone, or not what it was.
#[derive(Debug, PartialEq, Eq)]
pub struct DefinitionChange {
    /// Its identifier.
    pub identifier: String,
    /// The blueprint that a scorecard judges.
    pub blueprint: Option<String>,
    /// What became of it.
    pub fate: Fate,
    /// The rules of a scorecard that changed, by name.
    pub rules: Vec<(String, Fate)>,
}

/// An entity that scores differently in a scorecard.
#[derive(Debug)]
pub struct StandingChange {
    /// The scorecard.
    pub scorecard: String,
    /// The entity.
    pub name: Name,
    /// The entity now.
    pub entity: EntityId,
    /// The entity's owners.
    pub teams: Vec<String>,
    /// The level that it had; `None` when it was not judged.
    pub before: Option<Level>,
    /// The level that it has; `None` when it is not judged any more.
    pub after: Option<Level>,
    /// The rules that came out differently, and those that changed themselves and with them the level.
    pub rules: Vec<RuleChange>,
}

/// A level that an entity reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Its name.
    pub title: String,
    /// Its number as the scorecard counts now; 0 is the floor.
    pub number: usize,
}

impl StandingChange {
    /// Returns whether the level is lower than it was.
    pub fn falls(&self) -> bool {
        matches!((&self.before, &self.after), (Some(before), Some(after)) if after.number < before.number)
    }

    /// Returns whether the level is higher than it was.
    pub fn rises(&self) -> bool {
        matches!((&self.before, &self.after), (Some(before), Some(after)) if after.number > before.number)
    }
}

/// Why a rule comes out differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// What it asks about is not what it was.
    Facts,
    /// The rule was not there.
    NewRule,
    /// The rule asks something else, or counts differently.
    ChangedRule,
    /// The rule is gone.
    RemovedRule,
    /// A waiver has begun to hold.
    Waived,
    /// A waiver holds no more.
    WaiverEnded,
}

impl Cause {
    /// Returns it in words; of facts, the evidence tells more.
    pub fn words(self) -> &'static str {
        match self {
            Self::Facts => "the facts have changed",
            Self::NewRule => "the rule is new",
            Self::ChangedRule => "the rule has changed",
            Self::RemovedRule => "the rule is gone",
            Self::Waived => "a waiver excuses it now",
            Self::WaiverEnded => "no waiver excuses it any more",
        }
    }

    /// Returns the word that programs read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::NewRule => "new-rule",
            Self::ChangedRule => "changed-rule",
            Self::RemovedRule => "removed-rule",
            Self::Waived => "waived",
            Self::WaiverEnded => "waiver-ended",
        }
    }
}

/// A rule that comes out differently for an entity.
#[derive(Debug)]
pub struct RuleChange {
    /// The rule.
    pub rule: String,
    /// How it came out; `None` when it was not asked.
    pub before: Option<Outcome>,
    /// How it comes out; `None` when it is not asked any more.
    pub after: Option<Outcome>,
    /// Why.
    pub cause: Cause,
    /// The conditions that say something else, or stand in the way.
    pub evidence: Vec<EvidenceChange>,
}

/// A condition, and what it saw.
#[derive(Debug)]
pub struct EvidenceChange {
    /// What is asked.
    pub asked: String,
    /// What was seen before, when the same was asked.
    pub before: Option<String>,
    /// What is seen now.
    pub after: Option<String>,
    /// Where that is written.
    pub place: Option<Place>,
}

impl Change {
    /// Returns what changed from `base` to `head`.
    pub fn between(base: &Portal, head: &Portal) -> Self {
        let pairs = entity::pairs(base, head);
        let (breakages, findings) = finding::compare(base, head);
        let scorecards = definition::scorecards(base, head);
        Self {
            entities: entity::compare(base, head, &pairs),
            relations: relation::compare(base, head),
            breakages,
            findings,
            blueprints: definition::blueprints(base, head),
            standings: level::compare(base, head, &pairs),
            scorecards,
        }
    }

    /// Returns whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
            && self.relations.is_empty()
            && self.breakages.is_empty()
            && self.findings.is_empty()
            && self.blueprints.is_empty()
            && self.scorecards.is_empty()
            && self.standings.is_empty()
    }
}

//! Compiled conditions, and their evaluation.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::gather::Gathered;
use super::look::{FileTest, GitTest};
use super::operator::{Operand, Operator};
use super::scaffold::ScaffoldTest;
use crate::catalog::{EntityId, EntityRef};
use crate::jq::{Filter, Input};
use crate::known::{Known, Outcome, document};
use crate::model::instant::{Age, Instant};
use crate::model::property::Type;
use crate::source::Span;

/// Whether a condition holds, as far as can be said. Ordered so that the least is what all of several come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It does not.
    Fails,
    /// It cannot be said.
    Unknown,
    /// It does.
    Holds,
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Fails }
    }
}

/// A compiled condition; threads may share it.
#[derive(Debug, Clone)]
pub struct Condition {
    pub(super) test: Test,
}

/// What is asked.
#[derive(Debug, Clone)]
pub(super) enum Test {
    /// All of these.
    All(Vec<Test>),
    /// One of these.
    Any(Vec<Test>),
    /// Something that has evidence of its own.
    Leaf(Box<Leaf>),
}

/// A condition that is no group.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) ask: Ask,
    /// What it asks, in words.
    pub(super) words: String,
    /// Of what it asks that, when it compares one thing with something else.
    pub(super) subject: Option<String>,
    /// Where it is written.
    pub(super) span: Span,
    /// The age after which a fact is unknown.
    pub(super) max_age: Option<Age>,
}

/// What a leaf asks.
#[derive(Debug, Clone)]
pub(super) enum Ask {
    /// How a value compares.
    Compare { subject: Subject, operator: Operator, operand: Operand },
    /// How a value compares with another of the same entity.
    CompareTo { subject: Subject, operator: Operator, other: String },
    /// How some value of a type compares.
    Schema { wanted: Schema, operator: Operator, operand: Operand },
    /// What related entities fulfil.
    Related { relation: String, quantifier: Quantifier, test: Test },
    /// Whether the entity is one of these, which have been looked up: what `relatedTo` and `matchAny` mean.
    Among { entities: Arc<FxHashSet<EntityId>>, asked: String },
    /// Which level it has in a scorecard.
    Level { scorecard: String, operator: Operator, operand: Operand },
    /// How a rule of a scorecard came out.
    Rule { scorecard: String, rule: String, operator: Operator, outcomes: Vec<Outcome> },
    /// A file.
    File { number: usize, test: Arc<FileTest> },
    /// The history.
    Git { number: usize, test: Arc<GitTest> },
    /// The template that it was made from.
    Scaffold { number: usize, test: Arc<ScaffoldTest> },
    /// Any jq.
    Jq { filter: Arc<Filter>, source: String },
    /// Something that depends on who looks.
    Viewer { asked: String },
    /// Something that has been reported as a mistake, which this says.
    Broken { mistake: String },
}

/// What is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// A property.
    Property(String),
    /// A property of related entities: relations, then the property.
    Path(Vec<String>, String),
    /// The identifiers, or titles, of related entities.
    Relation { name: String, titles: bool },
}

/// How many of the related entities must fulfil something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    Every,
    Some,
    None,
}

/// A type of properties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Schema {
    pub(super) kind: Type,
    pub(super) format: Option<String>,
}

/// An entity that conditions are asked about, with what several of them need of it.
#[derive(Debug)]
pub struct Asked<'a> {
    /// What is known.
    pub known: Known<'a>,
    /// The entity.
    pub entity: EntityRef<'a>,
    input: OnceCell<Input>,
}

impl<'a> Asked<'a> {
    /// Returns an entity to ask about.
    pub fn new(known: Known<'a>, entity: EntityRef<'a>) -> Self {
        Self { known, entity, input: OnceCell::new() }
    }

    /// Returns the entity as jq sees it.
    pub fn input(&self) -> &Input {
        self.input.get_or_init(|| document::input(self.known, self.entity))
    }
}

impl Condition {
    /// Returns a condition that always holds.
    pub fn always() -> Self {
        Self { test: Test::All(Vec::new()) }
    }

    /// Returns whether it holds. Call it inside [`on_deep_stack`](crate::jq::on_deep_stack) when it holds jq.
    pub fn evaluate(&self, asked: &Asked<'_>, gathered: &Gathered) -> Truth {
        self.test.evaluate(asked, gathered)
    }

    /// Returns whether it depends on who looks at it.
    pub fn is_personal(&self) -> bool {
        let mut personal = false;
        self.test.each(&mut |leaf| personal |= matches!(leaf.ask, Ask::Viewer { .. }));
        personal
    }

    /// Returns the properties that it names.
    pub fn properties(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.test.each(&mut |leaf| match &leaf.ask {
            Ask::Compare { subject: Subject::Property(name), .. } => names.push(name.clone()),
            Ask::CompareTo { subject, other, .. } => {
                names.push(other.clone());
                if let Subject::Property(name) = subject {
                    names.push(name.clone());
                }
            }
            _ => {}
        });
        names
    }

    /// Returns the period in which a date must be so that the condition can hold, when it says so for `property`.
    pub fn period(&self, property: &str) -> Option<Range<Instant>> {
        let Test::All(tests) = &self.test else { return None };
        tests.iter().find_map(|test| {
            let Test::Leaf(leaf) = test else { return None };
            match &leaf.ask {
                Ask::Compare {
                    subject: Subject::Property(name),
                    operator: Operator::Between | Operator::Equal,
                    operand: Operand::Period(period, _),
                } if name == property => Some(period.clone()),
                _ => None,
            }
        })
    }

    /// Returns whether it compares properties of the entity and looks at nothing else: files, the history, other
    /// entities, time or who looks. `is_fact` says which properties have an age.
    pub fn is_plain(&self, is_fact: impl Fn(&str) -> bool) -> bool {
        let mut plain = true;
        self.test.each(&mut |leaf| {
            plain &= match &leaf.ask {
                Ask::Compare { subject: Subject::Property(name), operand, .. } => {
                    !is_fact(name) && !matches!(operand, Operand::Period(..))
                }
                Ask::CompareTo { subject: Subject::Property(name), other, .. } => {
                    !is_fact(name) && !is_fact(other)
                }
                _ => false,
            };
        });
        plain
    }

    /// Returns the scorecards whose results it asks for.
    pub fn scorecards(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.test.each(&mut |leaf| {
            if let Ask::Level { scorecard, .. } | Ask::Rule { scorecard, .. } = &leaf.ask {
                names.push(scorecard.clone());
            }
        });
        names
    }

    /// Returns every jq expression with where it is written.
    pub fn filters(&self) -> Vec<(Span, Arc<Filter>)> {
        let mut filters = Vec::new();
        self.test.each(&mut |leaf| {
            if let Ask::Jq { filter, .. } = &leaf.ask {
                filters.push((leaf.span, Arc::clone(filter)));
            }
        });
        filters
    }
}

impl Test {
    /// Returns whether it holds: of several, the least, or the greatest.
    pub(super) fn evaluate(&self, asked: &Asked<'_>, gathered: &Gathered) -> Truth {
        match self {
            Self::Leaf(leaf) => leaf.evaluate(asked, gathered),
            Self::All(tests) => {
                let mut least = Truth::Holds;
                for test in tests {
                    least = least.min(test.evaluate(asked, gathered));
                    if least == Truth::Fails {
                        break;
                    }
                }
                least
            }
            Self::Any(tests) => {
                let mut greatest = Truth::Fails;
                for test in tests {
                    greatest = greatest.max(test.evaluate(asked, gathered));
                    if greatest == Truth::Holds {
                        break;
                    }
                }
                greatest
            }
        }
    }

    /// Calls `visit` with every leaf, those about related entities included.
    pub(super) fn each<'t>(&'t self, visit: &mut impl FnMut(&'t Leaf)) {
        match self {
            Self::All(tests) | Self::Any(tests) => tests.iter().for_each(|test| test.each(visit)),
            Self::Leaf(leaf) => {
                visit(leaf);
                if let Ask::Related { test, .. } = &leaf.ask {
                    test.each(visit);
                }
            }
        }
    }
}

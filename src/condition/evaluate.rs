//! The evaluation of single conditions: what is compared, and what it comes to.

use super::fact;
use super::gather::Gathered;
use super::operator::{Operand, Operator};
use super::test::{Ask, Asked, Leaf, Quantifier, Schema, Subject, Test, Truth};
use crate::catalog::EntityRef;
use crate::known::{Known, Outcome, Value};
use crate::model::property::Property;

impl Leaf {
    /// Returns whether it holds.
    pub(super) fn evaluate(&self, asked: &Asked<'_>, gathered: &Gathered) -> Truth {
        let Asked { known, entity, .. } = *asked;
        match &self.ask {
            Ask::Compare { subject, operator, operand } => {
                if let Some(truth) = self.doubt(asked, subject, *operator) {
                    return truth;
                }
                subject.value(known, entity).compare(*operator, operand, known).into()
            }
            Ask::CompareTo { subject, operator, other } => {
                let to = Subject::Property(other.clone());
                let doubt =
                    self.doubt(asked, subject, *operator).or_else(|| self.doubt(asked, &to, *operator));
                doubt.unwrap_or_else(|| {
                    let other = known.value(entity, other);
                    if other.is_nothing() {
                        return Truth::Fails;
                    }
                    let operand = Operand::Value(other.to_json());
                    subject.value(known, entity).compare(*operator, &operand, known).into()
                })
            }
            Ask::Schema { wanted, operator, operand } => {
                let holds = |name: &str| operator.holds(&known.value(entity, name), operand, known.now);
                wanted.names(entity).any(holds).into()
            }
            Ask::Related { relation, quantifier, test } => {
                related(asked, relation, *quantifier, test, gathered)
            }
            Ask::Among { entities, .. } => entities.contains(&entity.id()).into(),
            Ask::Level { scorecard, operator, operand } => level(asked, scorecard, *operator, operand),
            Ask::Rule { scorecard, rule, operator, outcomes } => {
                let outcome = outcome(asked, scorecard, rule);
                let same = outcome.is_some_and(|outcome| outcomes.contains(&outcome));
                (same != (*operator == Operator::NotEqual)).into()
            }
            Ask::File { number, .. } | Ask::Git { number, .. } | Ask::Scaffold { number, .. } => {
                gathered.truth(*number, entity.id())
            }
            Ask::Jq { filter, .. } => match filter.holds(asked.input(), known.now.seconds()) {
                Ok(holds) => holds.into(),
                Err(reason) => {
                    gathered.failures().add(self.span, entity.id(), reason);
                    Truth::Unknown
                }
            },
            Ask::Viewer { .. } | Ask::Broken { .. } => Truth::Unknown,
        }
    }

    /// Returns why a comparison cannot be made, or not trusted: it is about a fact that is missing, or too old.
    fn doubt(&self, asked: &Asked<'_>, subject: &Subject, operator: Operator) -> Option<Truth> {
        let Subject::Property(name) = subject else { return None };
        fact::is_doubtful(asked, name, self.max_age, operator.asks_presence()).then_some(Truth::Unknown)
    }
}

/// What a subject comes to: one value, or those of related entities.
#[derive(Debug)]
pub(super) enum Subjected<'a> {
    One(Value<'a>),
    /// One of several related entities each.
    Many(Vec<Value<'a>>),
}

impl Subject {
    pub(super) fn value<'a>(&self, known: Known<'a>, entity: EntityRef<'a>) -> Subjected<'a> {
        match self {
            Self::Property(name) => Subjected::One(known.value(entity, name)),
            Self::Path(relations, property) => {
                let mut many = false;
                let mut at = vec![entity];
                for relation in relations {
                    many |= at.iter().any(|entity| is_many(*entity, relation));
                    at = at.iter().flat_map(|entity| known.targets(entity.id(), relation)).collect();
                }
                let mut values = at.into_iter().map(|entity| known.value(entity, property));
                if many {
                    Subjected::Many(values.filter(|value| !value.is_nothing()).collect())
                } else {
                    Subjected::One(values.next().unwrap_or(Value::Nothing))
                }
            }
            Self::Relation { name, titles } => {
                let text = |target: EntityRef<'a>| if *titles { target.label() } else { target.identifier() };
                let mut targets = known.targets(entity.id(), name).map(text);
                if is_many(entity, name) {
                    Subjected::One(Value::Names(targets.collect()))
                } else {
                    Subjected::One(targets.next().map_or(Value::Nothing, Value::Text))
                }
            }
        }
    }
}

fn is_many(entity: EntityRef<'_>, relation: &str) -> bool {
    entity.blueprint().relation(relation).is_some_and(|(_, relation)| relation.many)
}

impl Subjected<'_> {
    fn compare(&self, operator: Operator, operand: &Operand, known: Known<'_>) -> bool {
        match self {
            Self::One(value) => operator.holds(value, operand, known.now),
            Self::Many(values) => match operator {
                Operator::IsEmpty => values.iter().all(Value::is_empty),
                Operator::IsNotEmpty => values.iter().any(|value| !value.is_empty()),
                // Of several values one must compare so; a negated operator denies it of each.
                _ if operator.denies() => {
                    values.iter().all(|value| operator.holds(value, operand, known.now))
                }
                _ => values.iter().any(|value| operator.holds(value, operand, known.now)),
            },
        }
    }
}

impl Schema {
    /// Returns the stored properties of the type that an entity's blueprint has.
    fn names<'a>(&'a self, entity: EntityRef<'a>) -> impl Iterator<Item = &'a str> {
        let of = move |property: &&'a Property| {
            let formatted = self.format.is_none() || property.format() == self.format.as_deref();
            property.kind == Some(self.kind) && formatted
        };
        entity.blueprint().properties.iter().filter(of).map(|property| property.identifier.value.as_str())
    }
}

/// Returns whether so many of the related entities fulfil `test`. No entity at all fulfils "every" and "none".
fn related(
    asked: &Asked<'_>,
    relation: &str,
    quantifier: Quantifier,
    test: &Test,
    gathered: &Gathered,
) -> Truth {
    let targets = asked.known.targets(asked.entity.id(), relation);
    let truths = targets.map(|target| test.evaluate(&Asked::new(asked.known, target), gathered));
    match quantifier {
        Quantifier::Every => truths.min().unwrap_or(Truth::Holds),
        Quantifier::Some => truths.max().unwrap_or(Truth::Fails),
        Quantifier::None => match truths.max().unwrap_or(Truth::Fails) {
            Truth::Holds => Truth::Fails,
            Truth::Unknown => Truth::Unknown,
            Truth::Fails => Truth::Holds,
        },
    }
}

/// Returns how the level that an entity has compares; levels are ordered from the floor up.
fn level(asked: &Asked<'_>, scorecard: &str, operator: Operator, operand: &Operand) -> Truth {
    let Some(scores) = asked.known.scores else { return Truth::Unknown };
    let Some(card) = scores.find(scorecard, Some(asked.entity.blueprint_id())) else {
        return operator.holds(&Value::Nothing, operand, asked.known.now).into();
    };
    let standing = card.standing(asked.entity.id());
    if operator.orders() {
        let Operand::Value(serde_json::Value::String(title)) = operand else { return Truth::Fails };
        let order = standing.zip(card.find_level(title)).map(|(own, wanted)| own.level.cmp(&wanted));
        return order.is_some_and(|order| operator.accepts(order)).into();
    }
    let title = standing.map_or(Value::Nothing, |standing| Value::Text(&standing.reached().title));
    operator.holds(&title, operand, asked.known.now).into()
}

/// Returns how a rule of a scorecard came out for an entity.
pub(super) fn outcome(asked: &Asked<'_>, scorecard: &str, rule: &str) -> Option<Outcome> {
    let card = asked.known.scores?.find(scorecard, Some(asked.entity.blueprint_id()))?;
    Some(card.standing(asked.entity.id())?.outcomes[card.find_rule(rule)?])
}

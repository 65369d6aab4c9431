//! Evidence: what a condition asked, what was seen, and where that is written.

use super::evaluate::{Subjected, outcome};
use super::fact;
use super::gather::Gathered;
use super::look::{FileAsk, FileTest, GitTest};
use super::operator::{Operand, Operator};
use super::test::{Ask, Asked, Condition, Leaf, Quantifier, Schema, Subject, Test, Truth};
use crate::known::Value;
use crate::model::instant::{Instant, preset_words};
use crate::model::phrase::clip;
use crate::source::Span;

/// The most related entities that are named.
const MOST_NAMED: usize = 3;

/// One condition of a rule, asked about an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence<'a> {
    /// Whether it holds.
    pub truth: Truth,
    /// What was asked, names in backticks: `` `slo` is not empty ``.
    pub asked: &'a str,
    /// Of what it was asked, when one thing was seen: `` `slo` ``.
    pub subject: Option<&'a str>,
    /// What was seen: `99.9`, `nothing`, `` there is no `README.md` ``.
    pub seen: String,
    /// Where the value that was seen is written; without a value, the entity that lacks it.
    pub span: Option<Span>,
    /// The file that was looked at, relative to the catalog root.
    pub file: Option<String>,
    /// Of what time the fact is.
    pub as_of: Option<Instant>,
    /// Where the condition is written.
    pub condition: Span,
}

impl Condition {
    /// Returns what each of its conditions asked and saw, in the order in which they are written.
    pub fn evidence<'a>(&'a self, asked: &Asked<'_>, gathered: &Gathered) -> Vec<Evidence<'a>> {
        let mut all = Vec::new();
        self.test.collect(asked, gathered, &mut all);
        all
    }

    /// Returns what it asks, in words: `` `slo` is not empty and (`tier` is 1 or `tier` is 2) ``.
    pub fn summary(&self) -> String {
        self.test.summary(false)
    }
}

impl Test {
    fn collect<'a>(&'a self, asked: &Asked<'_>, gathered: &Gathered, all: &mut Vec<Evidence<'a>>) {
        match self {
            Self::All(tests) | Self::Any(tests) => {
                tests.iter().for_each(|test| test.collect(asked, gathered, all));
            }
            Self::Leaf(leaf) => all.push(leaf.evidence(asked, gathered)),
        }
    }

    fn summary(&self, inner: bool) -> String {
        let (tests, word) = match self {
            Self::All(tests) => (tests, " and "),
            Self::Any(tests) => (tests, " or "),
            Self::Leaf(leaf) => return leaf.words.clone(),
        };
        let parts: Vec<String> = tests.iter().map(|test| test.summary(tests.len() > 1)).collect();
        let text = parts.join(word);
        match tests.len() {
            0 => "nothing is asked".into(),
            1 => text,
            _ if inner => format!("({text})"),
            _ => text,
        }
    }
}

impl Leaf {
    fn evidence(&self, asked: &Asked<'_>, gathered: &Gathered) -> Evidence<'_> {
        let mut evidence = Evidence {
            truth: self.evaluate(asked, gathered),
            asked: &self.words,
            subject: self.subject.as_deref(),
            seen: String::new(),
            span: Some(asked.entity.span()),
            file: None,
            as_of: None,
            condition: self.span,
        };
        self.see(asked, gathered, &mut evidence);
        evidence
    }

    /// Fills in what was seen, and where.
    fn see(&self, asked: &Asked<'_>, gathered: &Gathered, evidence: &mut Evidence<'_>) {
        let Asked { known, entity, .. } = *asked;
        match &self.ask {
            Ask::Compare { subject, .. } => self.see_value(asked, subject, evidence),
            Ask::CompareTo { subject, other, .. } => {
                self.see_value(asked, subject, evidence);
                let other = known.value(entity, other);
                if evidence.truth != Truth::Unknown || !other.is_nothing() {
                    evidence.seen = format!("{} and {}", evidence.seen, shown(&other));
                }
            }
            Ask::Schema { .. } => evidence.seen = "the properties of that type".into(),
            Ask::Related { relation, quantifier, test } => {
                evidence.seen = see_related(asked, relation, *quantifier, test, gathered);
            }
            Ask::Among { .. } => {
                let not = if evidence.truth == Truth::Holds { "is" } else { "is not" };
                evidence.seen = format!("it {not}");
            }
            Ask::Level { scorecard, .. } => {
                let card =
                    known.scores.and_then(|scores| scores.find(scorecard, Some(entity.blueprint_id())));
                let level =
                    card.and_then(|card| card.standing(entity.id())).map(|standing| standing.reached());
                evidence.seen = level.map_or_else(|| "it is not judged".into(), |level| level.title.clone());
            }
            Ask::Rule { scorecard, rule, .. } => {
                let outcome = outcome(asked, scorecard, rule);
                evidence.seen = outcome.map_or("it is not judged", |outcome| outcome.name()).into();
            }
            Ask::File { number, .. } | Ask::Git { number, .. } | Ask::Scaffold { number, .. } => {
                if let Some(answer) = gathered.answer(*number, entity.id()) {
                    evidence.seen.clone_from(&answer.seen);
                    evidence.file.clone_from(&answer.file);
                }
            }
            Ask::Jq { filter, .. } => {
                evidence.seen = match filter.first(asked.input(), known.now.seconds()) {
                    Ok(value) => shown_json(&value.unwrap_or_default()),
                    Err(error) => error,
                };
            }
            Ask::Viewer { .. } => evidence.seen = "that depends on who looks".into(),
            Ask::Broken { mistake } => evidence.seen.clone_from(mistake),
        }
    }

    fn see_value(&self, asked: &Asked<'_>, subject: &Subject, evidence: &mut Evidence<'_>) {
        let Asked { known, entity, .. } = *asked;
        match subject.value(known, entity) {
            Subjected::One(value) => {
                evidence.seen = shown(&value);
                if let Value::Node(node) = &value {
                    evidence.span = Some(node.span());
                }
            }
            Subjected::Many(values) => {
                let all: Vec<String> = values.iter().take(MOST_NAMED).map(shown).collect();
                let more = values.len().saturating_sub(MOST_NAMED);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                evidence.seen = if all.is_empty() { "nothing".into() } else { all.join(", ") + &more };
            }
        }
        if let Subject::Relation { name, .. } = subject
            && let Some((_, value)) = entity.relations().find(|(key, _)| key.as_str() == Some(name))
        {
            evidence.span = Some(value.span());
        }
        let Subject::Property(name) = subject else { return };
        if let Some(given) = entity.fact(name) {
            evidence.as_of = given.as_of;
            let stale = self.max_age.or(given.max_age).zip(given.as_of);
            let stale = stale.filter(|(most, as_of)| fact::is_stale(*as_of, *most, known.now));
            if let Some((most, as_of)) = stale {
                let age = known.now.since(as_of).shown();
                evidence.seen =
                    format!("{}, but that is {age} old, and {} is the most", evidence.seen, most.shown());
            }
        } else if evidence.truth == Truth::Unknown {
            evidence.seen = "the fact is missing".into();
        }
    }
}

/// Returns the related entities that decide, by name.
fn see_related(
    asked: &Asked<'_>,
    relation: &str,
    quantifier: Quantifier,
    test: &Test,
    gathered: &Gathered,
) -> String {
    let targets: Vec<_> = asked.known.targets(asked.entity.id(), relation).collect();
    if targets.is_empty() {
        return "there is none".into();
    }
    let total = targets.len();
    let decides = |truth: Truth| match quantifier {
        Quantifier::Every | Quantifier::Some => truth != Truth::Holds,
        Quantifier::None => truth != Truth::Fails,
    };
    let deciding: Vec<&str> = targets
        .iter()
        .filter(|target| decides(test.evaluate(&Asked::new(asked.known, **target), gathered)))
        .map(|target| target.identifier())
        .collect();
    let named: Vec<String> =
        deciding.iter().take(MOST_NAMED).map(|name| format!("`{}`", clip(name))).collect();
    let more = deciding.len().saturating_sub(MOST_NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let does = match (quantifier == Quantifier::None, deciding.len() == 1) {
        (true, true) => "does",
        (true, false) => "do",
        (false, true) => "does not",
        (false, false) => "do not",
    };
    match deciding.len() {
        0 => format!("{total} of {total}"),
        _ => format!("{}{more} {does}", named.join(", ")),
    }
}

impl Ask {
    /// Returns what is compared with something that is not shown beside it.
    pub(super) fn subject(&self) -> Option<String> {
        match self {
            Self::Compare { subject, .. } => Some(subject.words()),
            _ => None,
        }
    }

    /// Returns what is asked, in words.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Compare { subject, operator, operand } => {
                format!("{}{}", subject.words(), compared(*operator, operand))
            }
            Self::CompareTo { subject, operator, other } => {
                format!("{} {} `{other}`", subject.words(), operator.phrase())
            }
            Self::Schema { wanted, operator, operand } => {
                format!("{}{}", wanted.words(), compared(*operator, operand))
            }
            Self::Related { relation, quantifier, test } => {
                let of = match quantifier {
                    Quantifier::Every => "of every",
                    Quantifier::Some => "of some",
                    Quantifier::None => "of no",
                };
                format!("{of} `{relation}`, {}", test.summary(true))
            }
            Self::Among { asked, .. } => asked.clone(),
            Self::Level { scorecard, operator, operand } => {
                format!("the level in `{scorecard}`{}", compared(*operator, operand))
            }
            Self::Rule { scorecard, rule, operator, outcomes } => {
                let words: Vec<&str> = outcomes.iter().map(|outcome| outcome.name()).collect();
                format!("`{scorecard}/{rule}` {} {}", operator.phrase(), words.join(" or "))
            }
            Self::File { test, .. } => test.words(),
            Self::Git { test, .. } => test.words(),
            Self::Scaffold { test, .. } => test.words(),
            Self::Jq { source, .. } => format!("`{}`", clip(source)),
            Self::Viewer { asked } => format!("`{asked}` of who looks"),
            Self::Broken { .. } => "a condition with a mistake".into(),
        }
    }
}

impl Subject {
    fn words(&self) -> String {
        match self {
            Self::Property(name) => format!("`{name}`"),
            Self::Path(relations, property) => format!("`{}.{property}`", relations.join(".")),
            Self::Relation { name, titles: false } => format!("`{name}`"),
            Self::Relation { name, titles: true } => format!("the title of `{name}`"),
        }
    }
}

impl Schema {
    fn words(&self) -> String {
        let format =
            self.format.as_deref().map(|format| format!(" of format `{format}`")).unwrap_or_default();
        format!("some {} property{format}", self.kind.name())
    }
}

impl FileTest {
    fn words(&self) -> String {
        let from =
            self.root.as_ref().map(|root| format!(" below `{}`", clip(&root.source))).unwrap_or_default();
        let file = format!("`{}`{from}", self.pattern.text);
        match &self.ask {
            FileAsk::Exists => format!("{file} exists"),
            FileAsk::Absent => format!("{file} does not exist"),
            FileAsk::Matches(regex) => format!("{file} matches `{}`", clip(regex.as_str())),
            FileAsk::Lacks(regex) => format!("{file} does not match `{}`", clip(regex.as_str())),
            FileAsk::Jq(_, source) => format!("`{}` of {file}", clip(source)),
        }
    }
}

impl GitTest {
    fn words(&self) -> String {
        let of = self.path.as_deref().map(|path| format!(" of `{path}`")).unwrap_or_default();
        format!("the last commit{of} {} {} ago", self.operator.phrase(), self.age.shown())
    }
}

/// Returns an operator with what it compares with, in words, after a space.
fn compared(operator: Operator, operand: &Operand) -> String {
    let phrase = operator.phrase();
    match operand {
        Operand::None => format!(" {phrase}"),
        Operand::Value(serde_json::Value::Array(items)) if operator.takes_list() => {
            let items: Vec<String> = items.iter().map(shown_json).collect();
            format!(" {phrase} {}", items.join(", "))
        }
        Operand::Value(value) => format!(" {phrase} {}", shown_json(value)),
        Operand::Numbers(from, to) => format!(" {phrase} {from} and {to}"),
        Operand::Period(_, Some(preset)) => {
            let word = if operator == Operator::NotBetween { "is not in" } else { "is in" };
            format!(" {word} {}", preset_words(preset))
        }
        Operand::Period(period, None) => {
            format!(" {phrase} {} and {}", period.start.date(), period.end.date())
        }
    }
}

/// Returns a value in a few words.
pub(super) fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Nothing => "nothing".into(),
        Value::Text(text) if !text.is_empty() => clip(text),
        Value::Node(node) if node.as_str().is_some_and(|text| !text.is_empty()) => {
            clip(node.as_str().unwrap_or_default())
        }
        value => shown_json(&value.to_json()),
    }
}

/// Returns a value in a few words.
pub(super) fn shown_json(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Null => "nothing".into(),
        serde_json::Value::String(text) if text.is_empty() => "an empty text".into(),
        serde_json::Value::String(text) => clip(text),
        serde_json::Value::Array(items) if items.is_empty() => "an empty list".into(),
        serde_json::Value::Array(items) => {
            let shown: Vec<String> = items.iter().take(MOST_NAMED).map(shown_json).collect();
            let more = items.len().saturating_sub(MOST_NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            shown.join(", ") + &more
        }
        other => clip(&other.to_string()),
    }
}

//! Scorecards, compiled: their levels and the conditions of their rules.

use std::collections::BTreeMap;

use super::waiver::{self, Excuse};
use crate::catalog::{BlueprintId, Catalog, Definition, EntityId};
use crate::condition::{Asked, Condition, Evidence, Gathered, Lookups, Scope, compile, invalid_age};
use crate::diagnostic::{Diagnostic, Diagnostics, Rule, did_you_mean};
use crate::graph::Graph;
use crate::jq;
use crate::known::{CardLevel, CardRule, Known};
use crate::model::Spanned;
use crate::model::instant::{Age, Instant};
use crate::model::phrase::quoted;
use crate::model::scorecard::{self, DEFAULT_LEVELS, Scorecard};
use crate::source::Span;

/// A scorecard, compiled.
#[derive(Debug)]
pub struct Standard {
    /// Its position among the scorecards of the catalog.
    pub scorecard: usize,
    /// The blueprint whose entities it judges.
    pub blueprint: BlueprintId,
    /// The levels, from the floor up.
    pub levels: Vec<CardLevel>,
    /// What is needed to count outcomes, in the order of the document.
    pub rules: Vec<CardRule>,
    /// Which entities are judged.
    pub filter: Condition,
    /// What each rule asks.
    pub conditions: Vec<Condition>,
}

/// The scorecards of a catalog, compiled, with the waivers in force.
#[derive(Debug, Default)]
pub struct Standards {
    /// In path order; those of blueprints that do not exist are left out.
    pub standards: Vec<Standard>,
    pub(super) excuses: Vec<Excuse>,
    pub(super) lookups: Lookups,
    pub(super) gathered: Gathered,
}

impl Standards {
    /// Returns the scorecards of `catalog`, compiled; what is wrong with them and with its waivers goes to `findings`.
    pub fn compile(catalog: &Catalog, graph: &Graph, now: Instant, findings: &mut Diagnostics) -> Self {
        let found = &mut Vec::new();
        let mut standards = Self::default();
        let scope = Scope { catalog, graph, blueprint: None, max_age: None, now };
        jq::on_deep_stack(|| {
            for (number, definition) in catalog.scorecards().iter().enumerate() {
                let lookups = &mut standards.lookups;
                let mut compiler = Compiler { definition, scope, lookups, found };
                if let Some(standard) = compiler.standard(number) {
                    standards.standards.push(standard);
                }
            }
            standards.excuses = waiver::compile(&standards.standards, scope, &mut standards.lookups, found);
        });
        findings.extend(std::mem::take(found));
        standards
    }

    /// Returns the compiled form of the scorecard at `scorecard` among those of the catalog.
    pub fn find(&self, scorecard: usize) -> Option<&Standard> {
        self.standards.iter().find(|standard| standard.scorecard == scorecard)
    }

    /// Returns what a rule of a scorecard asked about an entity, and what was seen.
    pub fn evidence<'a>(
        &'a self,
        known: Known<'_>,
        scorecard: usize,
        rule: usize,
        entity: EntityId,
    ) -> Vec<Evidence<'a>> {
        let Some(condition) = self.find(scorecard).and_then(|standard| standard.conditions.get(rule)) else {
            return Vec::new();
        };
        let asked = Asked::new(known, known.catalog.entity(entity));
        condition.evidence(&asked, &self.gathered)
    }

    /// Returns the waiver that excuses an entity from a rule, as its position among those of the catalog.
    pub fn waiver(&self, known: Known<'_>, scorecard: usize, rule: usize, entity: EntityId) -> Option<usize> {
        let asked = Asked::new(known, known.catalog.entity(entity));
        let excuse =
            self.excuses.iter().find(|excuse| excuse.covers(scorecard, rule, &asked, &self.gathered));
        excuse.map(|excuse| excuse.waiver)
    }

    /// Returns the waivers in force of a rule of a scorecard, or of all its rules.
    pub fn excuses(&self, scorecard: usize, rule: Option<usize>) -> impl Iterator<Item = &Excuse> {
        self.excuses.iter().filter(move |excuse| excuse.is_for(scorecard, rule))
    }

    /// Returns what has been looked up in files and in Git.
    pub fn gathered(&self) -> &Gathered {
        &self.gathered
    }
}

struct Compiler<'a, 'b> {
    definition: &'a Definition<Scorecard>,
    scope: Scope<'a>,
    lookups: &'b mut Lookups,
    found: &'b mut Vec<Diagnostic>,
}

impl Compiler<'_, '_> {
    fn standard(&mut self, number: usize) -> Option<Standard> {
        let scorecard = &self.definition.value;
        let levels = levels(scorecard);
        self.check_rules(scorecard, &levels);
        let blueprint = self.blueprint(scorecard)?;
        self.scope.blueprint = Some(blueprint);
        let filter = match &scorecard.filter {
            Some(query) => self.compile(query, None),
            None => Condition::always(),
        };
        let mut rules = Vec::new();
        let mut conditions = Vec::new();
        for rule in &scorecard.rules {
            let max_age = self.max_age(rule.max_age.as_ref());
            conditions.push(match &rule.query {
                Some(query) => self.compile(query, max_age),
                None => Condition::always(),
            });
            rules.push(card_rule(rule, &levels));
        }
        Some(Standard { scorecard: number, blueprint, levels, rules, filter, conditions })
    }

    fn compile(&mut self, query: &crate::model::query::Query, max_age: Option<Age>) -> Condition {
        let scope = Scope { max_age, ..self.scope };
        let document = self.scope.catalog.node(self.definition.place).document();
        compile(query, document, scope, self.lookups, self.found)
    }

    fn max_age(&mut self, written: Option<&Spanned<String>>) -> Option<Age> {
        let written = written?;
        let age = Age::parse(&written.value);
        if age.is_none() {
            self.found.push(invalid_age(&written.value, written.span));
        }
        age
    }

    /// Returns the blueprint that is judged, unless there is none.
    fn blueprint(&mut self, scorecard: &Scorecard) -> Option<BlueprintId> {
        let catalog = self.scope.catalog;
        let Some(name) = &scorecard.blueprint else {
            let message = format!("`{}` does not say which entities it judges", scorecard.identifier.value);
            let finding = Diagnostic::new(Rule::MissingKey, scorecard.identifier.span, message);
            self.found.push(
                finding.help("add `blueprint: …`, or put the file into a folder of the blueprint's name"),
            );
            return None;
        };
        let found = catalog.find_blueprint(&name.value);
        if found.is_none() && !catalog.config().is_external(&name.value) && !catalog.is_lost(&name.value) {
            self.found.push(catalog.unknown_blueprint(&name.value, name.span));
        }
        found
    }

    /// Reports rules of levels that do not exist, rules on the floor, levels without rules, rules that are there twice.
    fn check_rules(&mut self, scorecard: &Scorecard, levels: &[CardLevel]) {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for rule in &scorecard.rules {
            if let Some(level) = &rule.level {
                self.found.extend(check_level(level, levels));
            }
            let name = &rule.identifier;
            if let Some(first) = seen.get(name.value.as_str()) {
                let message = format!("there is already a rule `{}`", name.value);
                let finding = Diagnostic::new(Rule::DuplicateRule, name.span, message);
                self.found.push(finding.related(*first, "first defined here").help("rename one of them"));
            } else {
                seen.insert(&name.value, name.span);
            }
        }
        let has_rule = |title: &str| {
            let on = |rule: &&scorecard::Rule| rule.level.as_ref().is_some_and(|level| level.value == title);
            scorecard.rules.iter().any(|rule| on(&rule))
        };
        for level in scorecard.levels.iter().skip(1).filter(|level| !has_rule(&level.title.value)) {
            let message =
                format!("no rule is on the level `{}`, so that nothing reaches it", level.title.value);
            let finding = Diagnostic::new(Rule::EmptyLevel, level.title.span, message);
            self.found.push(finding.help("give it a rule, or remove it"));
        }
    }
}

/// Returns the levels of a scorecard, from the floor up.
fn levels(scorecard: &Scorecard) -> Vec<CardLevel> {
    let level = |title: &str, color: &str| CardLevel { title: title.into(), color: color.into() };
    if scorecard.levels.is_empty() {
        return DEFAULT_LEVELS.iter().map(|(title, color)| level(title, color)).collect();
    }
    let color =
        |level: &scorecard::Level| level.color.as_ref().map_or("lightGray", |color| &color.value).to_string();
    let own = scorecard.levels.iter();
    own.map(|own| CardLevel { title: own.title.value.clone(), color: color(own) }).collect()
}

fn card_rule(rule: &scorecard::Rule, levels: &[CardLevel]) -> CardRule {
    let level = rule.level.as_ref().and_then(|level| levels.iter().position(|own| own.title == level.value));
    CardRule {
        identifier: rule.identifier.value.clone(),
        title: rule.label().to_string(),
        level,
        weight: rule.weight.max(0.0),
        stage: rule.stage,
    }
}

/// Returns what is wrong with the level of a rule.
fn check_level(level: &Spanned<String>, levels: &[CardLevel]) -> Option<Diagnostic> {
    let titles = || levels.iter().map(|level| level.title.as_str());
    match titles().position(|title| title == level.value) {
        None => Some(unknown_level(level, levels)),
        Some(0) => {
            let message = format!("`{}` is the lowest level, which every entity has", level.value);
            let above = quoted(titles().skip(1));
            let help = if above.is_empty() {
                "add a level above it".into()
            } else {
                format!("put the rule on one of {above}")
            };
            Some(Diagnostic::new(Rule::FloorRule, level.span, message).help(help))
        }
        Some(_) => None,
    }
}

/// Returns the finding that a scorecard has no such level.
pub(super) fn unknown_level(level: &Spanned<String>, levels: &[CardLevel]) -> Diagnostic {
    let titles = || levels.iter().map(|level| level.title.as_str());
    let message = format!("there is no level `{}`", level.value);
    let listed = || format!("the levels are {}", quoted(titles()));
    let help = did_you_mean(&level.value, titles()).unwrap_or_else(listed);
    Diagnostic::new(Rule::UnknownStandard, level.span, message).help(help)
}

/// Returns the standards that a document means by a scorecard's identifier, and perhaps its blueprint; reports one that
/// does not exist.
pub(super) fn named<'s>(
    standards: &'s [Standard],
    catalog: &Catalog,
    scorecard: Option<&Spanned<String>>,
    blueprint: Option<&Spanned<String>>,
    found: &mut Vec<Diagnostic>,
) -> Vec<&'s Standard> {
    let Some(name) = scorecard else { return Vec::new() };
    let identifier =
        |standard: &Standard| catalog.scorecards()[standard.scorecard].value.identifier.value.as_str();
    let of = |standard: &&Standard| {
        let own = &catalog.blueprint(standard.blueprint).identifier.value;
        blueprint.is_none_or(|blueprint| blueprint.value == *own)
    };
    let same = |standard: &&Standard| identifier(standard) == name.value && of(standard);
    let meant: Vec<&Standard> = standards.iter().filter(same).collect();
    // One that is there and could not be compiled has been reported itself.
    let there = catalog.scorecards().iter().any(|other| other.value.identifier.value == name.value);
    if meant.is_empty() && !(there && blueprint.is_none()) && !catalog.is_lost(&name.value) {
        let help = did_you_mean(&name.value, standards.iter().map(identifier));
        let message = match blueprint {
            Some(blueprint) if there => format!("`{}` has no scorecard `{}`", blueprint.value, name.value),
            _ => format!("there is no scorecard `{}`", name.value),
        };
        found.push(Diagnostic::new(Rule::UnknownStandard, name.span, message).maybe_help(help));
    }
    meant
}

/// Returns the positions of the rules that are named, in each of `standards`; reports those that none has.
pub(super) fn rules(
    standards: &[&Standard],
    names: &[Spanned<String>],
    found: &mut Vec<Diagnostic>,
) -> Vec<Vec<usize>> {
    let mut positions: Vec<Vec<usize>> = vec![Vec::new(); standards.len()];
    for name in names {
        let mut known = standards.is_empty();
        for (standard, positions) in standards.iter().zip(&mut positions) {
            if let Some(at) = standard.rules.iter().position(|rule| rule.identifier == name.value) {
                positions.push(at);
                known = true;
            }
        }
        if !known {
            let all =
                || standards.iter().flat_map(|standard| &standard.rules).map(|rule| rule.identifier.as_str());
            let help = did_you_mean(&name.value, all())
                .unwrap_or_else(|| format!("its rules are {}", quoted(all())));
            let message = format!("the scorecard has no rule `{}`", name.value);
            found.push(Diagnostic::new(Rule::UnknownStandard, name.span, message).help(help));
        }
    }
    positions
}

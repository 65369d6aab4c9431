//! A scorecard, or one of its rules, explained: what it asks, how it comes out, what to do.

use serde_json::{Value, json};

use super::group::distribution;
use super::result::stage;
use crate::history::Place;
use crate::known::{Card, Tally};
use crate::model::scorecard::Scorecard;
use crate::model::waiver::Waiver;
use crate::portal::Portal;
use crate::printable::markdown::{self, cell, escape, lines};
use crate::printable::shown;
use crate::score::Standard;
use crate::source::Span;

/// What is explained: a scorecard, or a rule of one.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    portal: &'a Portal,
    card: &'a Card,
    rule: Option<usize>,
}

/// Returns everything that a person may call `name`: a scorecard, `SCORECARD/RULE`, either with its blueprint and `/`
/// before it.
pub fn find<'a>(portal: &'a Portal, name: &str) -> Vec<Subject<'a>> {
    let mut found = Vec::new();
    for card in &portal.scores.cards {
        let blueprint = &portal.catalog.blueprint(card.blueprint).identifier.value;
        let qualified = name.strip_prefix(blueprint.as_str()).and_then(|rest| rest.strip_prefix('/'));
        for own in [Some(name), qualified].into_iter().flatten() {
            if own == card.identifier {
                found.push(Subject { portal, card, rule: None });
            }
            let rule = own.strip_prefix(card.identifier.as_str()).and_then(|rest| rest.strip_prefix('/'));
            let rule = rule.and_then(|rule| card.find_rule(rule));
            found.extend(rule.map(|rule| Subject { portal, card, rule: Some(rule) }));
        }
    }
    found
}

/// Returns what can be explained, by name: every scorecard and every rule.
pub fn names(portal: &Portal) -> Vec<String> {
    let mut names = Vec::new();
    for card in &portal.scores.cards {
        names.push(card.identifier.clone());
        names.extend(card.rules.iter().map(|rule| format!("{}/{}", card.identifier, rule.identifier)));
    }
    names
}

/// A fact: its name, and what it is.
type Fact = (&'static str, String);

impl<'a> Subject<'a> {
    /// Returns the name that means it alone.
    pub fn name(&self) -> String {
        let blueprint = &self.portal.catalog.blueprint(self.card.blueprint).identifier.value;
        format!("{blueprint}/{}", self.short())
    }

    fn short(&self) -> String {
        let rule = self.rule.map(|at| format!("/{}", self.card.rules[at].identifier)).unwrap_or_default();
        format!("{}{rule}", self.card.identifier)
    }

    fn scorecard(&self) -> &'a Scorecard {
        &self.portal.catalog.scorecards()[self.card.scorecard].value
    }

    fn standard(&self) -> Option<&'a Standard> {
        self.portal.standards.find(self.card.scorecard)
    }

    fn title(&self) -> &'a str {
        self.rule.map_or(&self.card.title, |at| &self.card.rules[at].title)
    }

    fn span(&self) -> Span {
        let scorecard = self.scorecard();
        let rule = self.rule.and_then(|at| scorecard.rules.get(at));
        rule.map_or(scorecard.identifier.span, |rule| rule.identifier.span)
    }

    fn place(&self) -> Place {
        Place::of(&self.portal.sources, self.span())
    }

    fn description(&self) -> Option<&'a str> {
        let scorecard = self.scorecard();
        match self.rule {
            Some(at) => scorecard.rules.get(at)?.description.as_deref(),
            None => scorecard.description.as_deref(),
        }
    }

    fn how_to_fix(&self) -> Option<&'a str> {
        self.scorecard().rules.get(self.rule?)?.how_to_fix.as_deref()
    }

    /// Returns what it asks, in words; of a scorecard, which entities it judges.
    fn asks(&self) -> String {
        let condition = self.standard().and_then(|standard| match self.rule {
            Some(at) => standard.conditions.get(at),
            None => Some(&standard.filter),
        });
        let summary = condition.map(crate::condition::Condition::summary).unwrap_or_default();
        match (self.rule, summary.as_str()) {
            (None, "nothing is asked" | "") => "all entities of the blueprint".into(),
            _ => summary,
        }
    }

    /// Returns how the rules that are explained came out.
    fn tally(&self) -> Tally {
        self.rule.map(|at| self.card.tally(at)).unwrap_or_default()
    }

    /// Returns the waivers in force.
    fn waivers(&self) -> Vec<&'a Waiver> {
        let excuses = self.portal.standards.excuses(self.card.scorecard, self.rule);
        let mut numbers: Vec<usize> = excuses.map(|excuse| excuse.waiver).collect();
        numbers.dedup();
        numbers.into_iter().map(|number| &self.portal.catalog.waivers()[number].value).collect()
    }

    /// Returns what is to be said in a word or a sentence each.
    fn facts(&self) -> Vec<Fact> {
        let blueprint = self.portal.catalog.blueprint(self.card.blueprint).identifier.value.clone();
        let mut facts = vec![("scorecard", self.card.identifier.clone()), ("blueprint", blueprint)];
        match self.rule {
            Some(at) => {
                let rule = &self.card.rules[at];
                let level = rule.level.map_or("no level", |level| &self.card.levels[level].title);
                facts.push(("level", level.to_string()));
                facts.push(("weight", rule.weight.to_string()));
                facts.push(("stage", stage(rule.stage).to_string()));
                facts.push(("asks", self.asks()));
                facts.push(("result", told(self.tally())));
            }
            None => {
                facts.push(("judges", self.asks()));
                facts.push(("levels", distribution(self.card, &self.card.distribution())));
            }
        }
        facts.push(("written", self.place().to_string()));
        facts
    }

    /// Returns a line for each rule of a scorecard.
    fn rules(&self) -> Vec<[String; 4]> {
        if self.rule.is_some() {
            return Vec::new();
        }
        let line = |(at, rule): (usize, &crate::known::CardRule)| {
            let level = rule.level.map_or("", |level| &self.card.levels[level].title);
            let level = match rule.stage {
                crate::model::scorecard::Stage::Enforce => level.to_string(),
                other => format!("{level}, {}", stage(other)),
            };
            [rule.identifier.clone(), level, told(self.card.tally(at)), rule.title.clone()]
        };
        self.card.rules.iter().enumerate().map(line).collect()
    }

    /// Returns it for a person.
    pub fn text(&self) -> String {
        let mut text = format!("{}: {}\n", shown(&self.short()), shown(self.title()));
        if let Some(description) = self.description() {
            text.push_str(&format!("\n{}\n", paragraphs(description, "")));
        }
        text.push('\n');
        for (name, fact) in self.facts() {
            text.push_str(&format!("{name:9}  {}\n", shown(&fact)));
        }
        let rules = self.rules();
        if !rules.is_empty() {
            let header = ["rule", "level", "result", "title"].map(String::from);
            let rows: Vec<Vec<String>> =
                rules.iter().map(|row| row.iter().map(|cell| shown(cell)).collect()).collect();
            let aligned = crate::printable::aligned(&header, &rows, None);
            text.push_str(&format!("\n{}\n", aligned.join("\n")));
        }
        if let Some(fix) = self.how_to_fix() {
            text.push_str(&format!("\nFix:\n{}\n", paragraphs(fix, "  ")));
        }
        for (number, waiver) in self.waivers().into_iter().enumerate() {
            let heading = if number == 0 { "\nWaivers:\n" } else { "" };
            text.push_str(&format!("{heading}  {}\n", shown(&waived(waiver))));
        }
        text
    }

    /// Returns it as a section of Markdown.
    pub fn markdown(&self) -> String {
        let plain = |text: &str| escape(&shown(text));
        let mut text = format!("## {}: {}\n", markdown::name(&self.short()), plain(self.title()));
        if let Some(description) = self.description() {
            text.push_str(&format!("\n{}\n", lines(description)));
        }
        text.push('\n');
        for (name, fact) in self.facts() {
            text.push_str(&format!("- {name}: {}\n", cell(&fact)));
        }
        let rows: Vec<Vec<String>> =
            self.rules().iter().map(|row| row.iter().map(|text| cell(text)).collect()).collect();
        if !rows.is_empty() {
            text.push_str(&format!("\n{}", markdown::table(&["rule", "level", "result", "title"], &rows)));
        }
        if let Some(fix) = self.how_to_fix() {
            text.push_str(&format!("\nFix: {}\n", lines(fix)));
        }
        for (number, waiver) in self.waivers().into_iter().enumerate() {
            let heading = if number == 0 { "\nWaivers:\n\n" } else { "" };
            text.push_str(&format!("{heading}- {}\n", cell(&waived(waiver))));
        }
        text
    }

    /// Returns it for a program.
    pub fn json(&self) -> Value {
        let (card, place) = (self.card, self.place());
        let waivers: Vec<Value> = self.waivers().into_iter().map(waiver_json).collect();
        let mut value = json!({
            "scorecard": card.identifier,
            "blueprint": self.portal.catalog.blueprint(card.blueprint).identifier.value,
            "title": self.title(),
            "description": self.description(),
            "asks": self.asks(),
            "file": place.file,
            "line": place.line,
            "waivers": waivers,
        });
        if let Some(at) = self.rule {
            let (rule, tally) = (&card.rules[at], self.tally());
            value["rule"] = rule.identifier.as_str().into();
            value["level"] = rule.level.map(|level| card.levels[level].title.as_str()).into();
            value["weight"] = rule.weight.into();
            value["stage"] = stage(rule.stage).into();
            value["howToFix"] = self.how_to_fix().into();
            value["result"] = counts(tally);
        } else {
            let levels = card.levels.iter().zip(card.distribution());
            value["levels"] =
                levels.map(|(level, count)| json!({"title": level.title, "entities": count})).collect();
            let rules = card.rules.iter().enumerate();
            value["rules"] = rules
                .map(|(at, rule)| json!({"rule": rule.identifier, "result": counts(card.tally(at))}))
                .collect();
        }
        value
    }
}

fn waiver_json(waiver: &Waiver) -> Value {
    json!({
        "identifier": waiver.identifier.value,
        "reason": waiver.reason,
        "approver": waiver.approver.as_ref().map(|name| &name.value),
        "expires": waiver.expires.as_ref().map(|day| &day.value),
    })
}

fn counts(tally: Tally) -> Value {
    json!({
        "passed": tally.passed, "waived": tally.waived, "unknown": tally.unknown, "failed": tally.failed,
    })
}

/// Returns how a rule came out, in words: `3 passed, 1 failed (75 %)`.
fn told(tally: Tally) -> String {
    let counts = [
        (tally.passed, "passed"),
        (tally.waived, "waived"),
        (tally.unknown, "unknown"),
        (tally.failed, "failed"),
    ];
    let parts: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    match tally.percent() {
        Some(percent) => format!("{} ({percent} %)", parts.join(", ")),
        None => "no entity is judged".into(),
    }
}

/// Returns a waiver in a sentence.
fn waived(waiver: &Waiver) -> String {
    let names: Vec<&str> = waiver.entities.iter().map(|name| name.value.as_str()).collect();
    let whom = if names.is_empty() { "those of its filter".into() } else { names.join(", ") };
    let until = waiver.expires.as_ref().map(|day| format!(" until {}", day.value)).unwrap_or_default();
    let approver = waiver.approver.as_ref().map(|name| format!(" ({})", name.value)).unwrap_or_default();
    let reason = waiver.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{whom}{until}{reason}{approver}")
}

/// Returns a text of several lines, each harmless, after `indent`.
fn paragraphs(text: &str, indent: &str) -> String {
    text.trim().lines().map(|line| format!("{indent}{}", shown(line))).collect::<Vec<_>>().join("\n")
}

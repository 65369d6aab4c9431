//! What changed, for a person at a terminal.

use std::io::{self, Write};

use super::{Report, phrase};
use crate::history::{Breakage, EntityChange, Fate, RuleChange, StandingChange};
use crate::printable::shown;

/// The most entries of a list.
const MOST: usize = 40;
/// The most values of an entity.
const MOST_VALUES: usize = 8;

/// Writes what hurts first, by team, then the rest.
pub(super) fn write(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    let change = report.change;
    writeln!(out, "{}", shown(&phrase::verdict(change)))?;
    if change.is_empty() {
        return Ok(());
    }
    let mut page = Page { color: report.color, out };
    let breakages = phrase::by_team(change.breakages.iter(), |breakage| &breakage.teams);
    page.groups("broken references", breakages, breakage)?;
    type Kind = fn(&StandingChange) -> bool;
    let kinds: [(&str, Kind); 3] = [
        ("levels that fall", StandingChange::falls),
        ("levels that rise", StandingChange::rises),
        ("rules that come out differently", |standing| !standing.falls() && !standing.rises()),
    ];
    for (heading, kind) in kinds {
        let standings = change.standings.iter().filter(|standing| kind(standing));
        page.groups(heading, phrase::by_team(standings, |standing| &standing.teams), standing)?;
    }
    page.list("entities", &change.entities, entity)?;
    page.list("relations", &change.relations, |relation| {
        vec![format!("{} {} {} → {}", sign(relation.fate), relation.from, relation.relation, relation.to)]
    })?;
    page.list("blueprints", &change.blueprints, |definition| vec![phrase::definition(definition)])?;
    page.list("scorecards", &change.scorecards, |definition| vec![phrase::definition(definition)])?;
    page.list("other new findings", &change.findings, |(rule, count)| {
        vec![format!("{} × {}", count, rule.name())]
    })?;
    writeln!(page.out, "\n{}", phrase::counts(change))
}

struct Page<'a> {
    color: bool,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn heading(&mut self, heading: &str) -> io::Result<()> {
        let (on, off) = if self.color { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
        writeln!(self.out, "\n{on}{heading}{off}")
    }

    /// Writes a list of entries of one or more lines each.
    fn list<T>(&mut self, heading: &str, items: &[T], lines: impl Fn(&T) -> Vec<String>) -> io::Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        self.heading(heading)?;
        self.entries(items.iter().take(MOST), "  ", &lines)?;
        self.more(items.len().saturating_sub(MOST))
    }

    /// Writes entries below the teams whose they are.
    fn groups<T>(
        &mut self,
        heading: &str,
        groups: Vec<(String, Vec<&T>)>,
        lines: impl Fn(&T) -> Vec<String>,
    ) -> io::Result<()> {
        if groups.is_empty() {
            return Ok(());
        }
        self.heading(heading)?;
        let mut left = MOST;
        let mut cut = 0;
        for (team, items) in groups {
            let fits = items.len().min(left);
            (left, cut) = (left - fits, cut + items.len() - fits);
            if fits > 0 {
                writeln!(self.out, "  {}", shown(&team))?;
                self.entries(items.into_iter().take(fits), "    ", &lines)?;
            }
        }
        self.more(cut)
    }

    fn entries<'t, T: 't>(
        &mut self,
        items: impl Iterator<Item = &'t T>,
        indent: &str,
        lines: &impl Fn(&T) -> Vec<String>,
    ) -> io::Result<()> {
        for item in items {
            for (number, line) in lines(item).iter().enumerate() {
                writeln!(self.out, "{indent}{}{}", if number > 0 { "  " } else { "" }, shown(line))?;
            }
        }
        Ok(())
    }

    fn more(&mut self, count: usize) -> io::Result<()> {
        if count > 0 { writeln!(self.out, "  and {count} more") } else { Ok(()) }
    }
}

fn sign(fate: Fate) -> char {
    match fate {
        Fate::Added => '+',
        Fate::Removed => '-',
        Fate::Changed => '~',
    }
}

fn breakage(breakage: &Breakage) -> Vec<String> {
    let holder = breakage.holder.as_ref().map(|holder| format!("{holder}: ")).unwrap_or_default();
    vec![format!("{holder}{}", phrase::breakage(breakage)), format!("{}", breakage.place)]
}

fn standing(standing: &StandingChange) -> Vec<String> {
    let mut lines =
        vec![format!("{} in {}: {}", standing.name, standing.scorecard, phrase::levels(standing))];
    lines.extend(standing.rules.iter().flat_map(rule));
    lines
}

fn rule(rule: &RuleChange) -> Vec<String> {
    let mut lines = vec![format!("{}: {}{}", rule.rule, phrase::outcomes(rule), phrase::cause(rule))];
    lines.extend(rule.evidence.iter().map(|evidence| {
        let place = evidence.place.as_ref().map(|place| format!(", {place}")).unwrap_or_default();
        format!("  {}{place}", phrase::evidence(evidence))
    }));
    lines
}

fn entity(entity: &EntityChange) -> Vec<String> {
    let mut lines = vec![format!("{} {}  {}", sign(entity.fate), entity.name, entity.place)];
    lines.extend(entity.values.iter().take(MOST_VALUES).map(|value| format!("  {}", phrase::value(value))));
    if entity.values.len() > MOST_VALUES {
        lines.push(format!("  and {} more", entity.values.len() - MOST_VALUES));
    }
    lines
}

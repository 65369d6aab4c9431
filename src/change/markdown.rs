//! A comment for a pull request: the verdict, what hurts by team, the rest folded.

use super::{Report, phrase};
use crate::history::{Breakage, Change, EntityChange, Place, RuleChange, StandingChange};
use crate::printable::markdown::{code, escape, inline, name};
use crate::printable::{plural, shown};

/// A comment on GitHub holds 65,536 characters.
const COMMENT: usize = 60_000;
/// Room for what closes a list.
const END: usize = 200;
/// The most entries of a list that is not folded.
const OPEN: usize = 30;
/// The most values of an entity.
const MOST_VALUES: usize = 12;
/// By which a program finds its comment again.
const MARKER: &str = "<!-- portal diff -->\n";

/// Returns the comment.
pub(super) fn document(report: &Report<'_>) -> String {
    let change = report.change;
    let mut comment = Comment { text: format!("{MARKER}**portal**: {}\n", escape(&phrase::verdict(change))) };
    if change.is_empty() {
        return comment.text;
    }
    let head = report.head.as_deref().map_or_else(|| "the work tree".into(), revision);
    let between =
        format!("\n{}, from {} to {head}\n", escape(&phrase::counts(change)), revision(&report.base));
    comment.text.push_str(&between);
    hurts(change, &mut comment);
    rest(change, &mut comment);
    comment.text
}

/// Returns a revision, a hash shortened.
fn revision(revision: &str) -> String {
    let hash = revision.len() == 40 && revision.bytes().all(|byte| byte.is_ascii_hexdigit());
    name(if hash { &revision[..10] } else { revision })
}

/// Adds what hurts: broken references, levels that fall.
fn hurts(change: &Change, comment: &mut Comment) {
    let broken = change.breakages.iter();
    let groups = phrase::by_team(broken, |breakage| &breakage.teams);
    comment.section("Broken references", &grouped(groups, breakage), Some(OPEN));
    let falls = change.standings.iter().filter(|standing| standing.falls());
    let groups = phrase::by_team(falls, |standing| &standing.teams);
    comment.section("Levels that fall", &grouped(groups, standing), Some(OPEN));
}

/// Adds the rest, folded.
fn rest(change: &Change, comment: &mut Comment) {
    let standings = |kind: fn(&StandingChange) -> bool| {
        let standings = change.standings.iter().filter(move |standing| kind(standing));
        grouped(phrase::by_team(standings, |standing| &standing.teams), standing)
    };
    let plain = |text: String| Entry { group: None, text: format!("- {text}\n") };
    let sections = [
        ("Levels that rise", standings(StandingChange::rises)),
        ("Rules that come out differently", standings(|standing| !standing.falls() && !standing.rises())),
        ("Entities", change.entities.iter().map(|changed| plain(entity(changed))).collect()),
        (
            "Relations",
            change
                .relations
                .iter()
                .map(|link| {
                    let (from, to) = (name(&link.from.to_string()), name(&link.to.to_string()));
                    plain(format!("{}: {from} {} {to}", link.fate.name(), name(&link.relation)))
                })
                .collect(),
        ),
        (
            "Blueprints",
            change.blueprints.iter().map(|one| plain(sentence(&phrase::definition(one)))).collect(),
        ),
        (
            "Scorecards",
            change.scorecards.iter().map(|one| plain(sentence(&phrase::definition(one)))).collect(),
        ),
        (
            "Other new findings",
            change
                .findings
                .iter()
                .map(|(rule, count)| plain(format!("{count} × {}", code(rule.name()))))
                .collect(),
        ),
    ];
    for (heading, entries) in sections {
        comment.section(heading, &entries, None);
    }
}

/// An entry of a list, with the group whose first it is.
struct Entry {
    group: Option<String>,
    text: String,
}

struct Comment {
    text: String,
}

impl Comment {
    /// Adds a heading and a list, as far as there is room: `open` entries at most, or all folded.
    fn section(&mut self, heading: &str, entries: &[Entry], open: Option<usize>) {
        if entries.is_empty() {
            return;
        }
        let count = plural(entries.len(), "entry", "entries");
        let (start, end) = match open {
            Some(_) => (format!("\n### {heading}\n\n"), ""),
            None => (format!("\n<details><summary>{heading} ({count})</summary>\n\n"), "\n</details>\n"),
        };
        // A heading that could hold nothing still says how many there are.
        if self.text.len() + start.len() + 2 * END > COMMENT {
            if self.text.len() + END < COMMENT {
                self.text.push_str(&format!("\n{heading}: {count}, not listed here\n"));
            }
            return;
        }
        self.text.push_str(&start);
        let mut written = 0;
        for entry in entries.iter().take(open.unwrap_or(usize::MAX)) {
            let group = entry
                .group
                .as_ref()
                .map(|group| format!("{}**{group}**\n\n", if written > 0 { "\n" } else { "" }))
                .unwrap_or_default();
            if self.text.len() + group.len() + entry.text.len() + 2 * END > COMMENT {
                break;
            }
            self.text.push_str(&group);
            self.text.push_str(&entry.text);
            written += 1;
        }
        if written < entries.len() {
            self.text.push_str(&format!("\nand {} more\n", entries.len() - written));
        }
        self.text.push_str(end);
    }
}

fn grouped<T>(groups: Vec<(String, Vec<&T>)>, write: impl Fn(&T) -> String) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (team, items) in groups {
        for (number, item) in items.into_iter().enumerate() {
            let group = (number == 0).then(|| escape(&shown(&team)));
            entries.push(Entry { group, text: format!("- {}\n", write(item)) });
        }
    }
    entries
}

fn sentence(text: &str) -> String {
    inline(&shown(text))
}

fn place(place: &Place) -> String {
    name(&place.to_string())
}

fn breakage(breakage: &Breakage) -> String {
    let holder = breakage.holder.as_ref().map(|holder| format!("{}: ", name(&holder.to_string())));
    let help = breakage.help.as_ref().map(|help| format!("<br>{}", sentence(help))).unwrap_or_default();
    let said = sentence(&phrase::breakage(breakage));
    format!("{}{said}, {}{help}", holder.unwrap_or_default(), place(&breakage.place))
}

fn standing(standing: &StandingChange) -> String {
    let (entity, card) = (name(&standing.name.to_string()), name(&standing.scorecard));
    let mut text = format!("{entity} in {card}: **{}**", escape(&shown(&phrase::levels(standing))));
    for changed in &standing.rules {
        text.push_str(&rule(changed));
    }
    text
}

fn rule(rule: &RuleChange) -> String {
    let mut text = format!("\n  - {}: {}{}", name(&rule.rule), phrase::outcomes(rule), phrase::cause(rule));
    for evidence in &rule.evidence {
        let at = evidence.place.as_ref().map(|at| format!(", {}", place(at))).unwrap_or_default();
        text.push_str(&format!("<br>{}{at}", sentence(&phrase::evidence(evidence))));
    }
    text
}

fn entity(entity: &EntityChange) -> String {
    let mut text =
        format!("{}: {}, {}", entity.fate.name(), name(&entity.name.to_string()), place(&entity.place));
    for value in entity.values.iter().take(MOST_VALUES) {
        text.push_str(&format!("\n  - {}", sentence(&phrase::value(value))));
    }
    if entity.values.len() > MOST_VALUES {
        text.push_str(&format!("\n  - and {} more", entity.values.len() - MOST_VALUES));
    }
    text
}

//! One entity, for a person: its levels, and each rule with what was seen.

use std::io::{self, Write};

use super::result::{Verdict, sign, stage};
use super::sheet::percent;
use super::{Board, Style};
use crate::known::Standing;
use crate::model::scorecard::Stage;
use crate::printable::shown;

/// Writes how the entity of `board` stands in each scorecard; with `next`, what stands in the way of the next level.
pub(super) fn write(board: &Board<'_>, next: bool, style: Style, out: &mut Vec<u8>) -> io::Result<()> {
    let Some(id) = board.entity else { return Ok(()) };
    let entity = board.portal.catalog.entity(id);
    let title = entity.title().map(|title| format!("  {}", shown(title))).unwrap_or_default();
    writeln!(out, "{}{title}", style.bold(&shown(entity.identifier())))?;
    let owners = board.portal.known().owners(entity);
    let owners = if owners.is_empty() { "no team".into() } else { format!("team {}", owners.join(", ")) };
    writeln!(out, "{}, {}", shown(&entity.blueprint().identifier.value), shown(&owners))?;
    if board.cards().is_empty() {
        writeln!(out, "\nno scorecard judges it")?;
    }
    for standing in board.standings() {
        writeln!(out, "\n{}", style.bold(&shown(&heading(&standing, next))))?;
        let missing = standing.next().map(|(_, missing)| missing).unwrap_or_default();
        let shown_rules: Vec<usize> = if next { missing } else { (0..standing.outcomes.len()).collect() };
        let verdicts: Vec<Verdict<'_>> =
            shown_rules.into_iter().map(|at| board.verdict(&standing, at)).collect();
        write_rules(board, &verdicts, out)?;
    }
    Ok(())
}

fn heading(standing: &Standing<'_>, next: bool) -> String {
    let card = standing.card;
    let level = &standing.reached().title;
    match standing.next() {
        Some((to, _)) if next => format!("{}: {level} → {}", card.identifier, card.levels[to].title),
        None if next => format!("{}: {level}, nothing is left to do", card.identifier),
        _ => format!("{}: {level}, {}", card.identifier, percent(standing.score())),
    }
}

fn write_rules(board: &Board<'_>, verdicts: &[Verdict<'_>], out: &mut Vec<u8>) -> io::Result<()> {
    let width = verdicts.iter().map(|verdict| shown(&verdict.rule.identifier).len()).max().unwrap_or(0);
    for verdict in verdicts {
        let name = shown(&verdict.rule.identifier);
        let level = shown(verdict.level.unwrap_or("no level"));
        let stage = match verdict.rule.stage {
            Stage::Enforce => String::new(),
            other => format!(" [{}]", stage(other)),
        };
        let (sign, word) = (sign(verdict.outcome), verdict.outcome.name());
        writeln!(out, "  {sign} {word:7}  {name:width$}  {level}: {}{stage}", shown(&verdict.rule.title))?;
        for evidence in &verdict.evidence {
            writeln!(out, "      {}", shown(&board.sentence(evidence)))?;
        }
        if let Some(waived) = verdict.waived() {
            writeln!(out, "      {}", shown(&waived))?;
        }
        for (number, line) in
            verdict.how_to_fix().into_iter().flat_map(|text| text.trim().lines()).enumerate()
        {
            writeln!(out, "      {} {}", if number == 0 { "fix:" } else { "    " }, shown(line))?;
        }
    }
    Ok(())
}

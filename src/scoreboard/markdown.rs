//! Results in Markdown, for a comment or a wiki.

use std::io::{self, Write};

use super::result::{sign, stage};
use super::sheet::{self, percent};
use super::{Board, View};
use crate::model::scorecard::Stage;
use crate::printable::markdown::{cell, escape, lines, name, table};
use crate::printable::shown;

/// A comment on GitHub holds 65,536 characters.
const COMMENT: usize = 60_000;
/// Room for what comes after the last row.
const END: usize = 200;

/// Writes the view as tables; rows beyond what a comment holds are only counted.
pub(super) fn write(board: &Board<'_>, view: View, out: &mut Vec<u8>) -> io::Result<()> {
    match board.entity {
        Some(_) if !matches!(view, View::By(_)) => entity(board, view == View::Next, out),
        _ => {
            let sheet = sheet::of(board, view);
            let rows: Vec<Vec<String>> =
                sheet.rows.iter().map(|row| row.iter().map(|text| plain(text)).collect()).collect();
            let text = format!("## Scorecards\n\n{}\n\n", board.summary());
            out.write_all(limited(&text, &sheet.header, &rows).as_bytes())
        }
    }
}

/// Returns a cell that is text.
fn plain(text: &str) -> String {
    escape(&shown(text)).replace('`', "\\`")
}

/// Returns `text` and a table, cut to what a comment holds.
fn limited(text: &str, header: &[&str], rows: &[Vec<String>]) -> String {
    let mut left = COMMENT.saturating_sub(text.len() + END);
    let fits = rows.iter().take_while(|row| {
        let length: usize = row.iter().map(|cell| cell.len() + 3).sum::<usize>() + 3;
        left.checked_sub(length).map(|rest| left = rest).is_some()
    });
    let fits = fits.count();
    let more = match rows.len() - fits {
        0 => String::new(),
        more => format!("\nand {more} more\n"),
    };
    format!("{text}{}{more}", table(header, &rows[..fits]))
}

/// Writes a table of rules for each scorecard.
fn entity(board: &Board<'_>, next: bool, out: &mut Vec<u8>) -> io::Result<()> {
    let Some(id) = board.entity else { return Ok(()) };
    let mut text = format!("## {}\n", name(&board.label(id)));
    for standing in board.standings() {
        let level = escape(&shown(&standing.reached().title));
        let score = percent(standing.score());
        text.push_str(&format!("\n### {}: {level}, {score}\n\n", name(&standing.card.identifier)));
        let missing = standing.next().map(|(_, missing)| missing).unwrap_or_default();
        let chosen: Vec<usize> = if next { missing } else { (0..standing.outcomes.len()).collect() };
        let rows: Vec<Vec<String>> = chosen
            .into_iter()
            .map(|at| {
                let verdict = board.verdict(&standing, at);
                let mut parts: Vec<String> =
                    verdict.evidence.iter().map(|evidence| cell(&board.sentence(evidence))).collect();
                parts.extend(verdict.waived().map(|waived| plain(&waived)));
                parts.extend(verdict.how_to_fix().map(|fix| format!("fix: {}", lines(fix))));
                let stage = match verdict.rule.stage {
                    Stage::Enforce => String::new(),
                    other => format!(" ({})", stage(other)),
                };
                vec![
                    format!(
                        "{} {}",
                        sign(verdict.outcome).to_string().replace('~', "\\~"),
                        verdict.outcome.name()
                    ),
                    format!("{}{stage}", name(&verdict.rule.identifier)),
                    plain(verdict.level.unwrap_or_default()),
                    parts.join("<br>"),
                ]
            })
            .collect();
        text = limited(&text, &["outcome", "rule", "level", "why"], &rows);
    }
    out.write_all(text.as_bytes())
}

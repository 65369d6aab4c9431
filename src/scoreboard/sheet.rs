//! Tables of results: for people, and as comma-separated values.

use std::io::{self, Write};

use super::result::stage;
use super::{Board, Style, View, group, next};
use crate::known::{Standing, Tally};
use crate::printable::{aligned, shown};

/// A table, its cells as they are.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) header: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
}

impl Sheet {
    /// Writes aligned columns.
    pub(super) fn write(&self, style: Style, out: &mut Vec<u8>) -> io::Result<()> {
        let header: Vec<String> = self.header.iter().map(|cell| (*cell).to_string()).collect();
        let rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(|cell| shown(cell)).collect()).collect();
        for (number, line) in aligned(&header, &rows, style.width).iter().enumerate() {
            writeln!(out, "{}", if number == 0 { style.bold(line) } else { line.clone() })?;
        }
        Ok(())
    }

    /// Writes comma-separated values.
    pub(super) fn csv(&self, out: &mut Vec<u8>) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(&self.header)?;
        for row in &self.rows {
            writer.write_record(row)?;
        }
        writer.flush()
    }
}

/// Returns the table of a view.
pub(super) fn of(board: &Board<'_>, view: View) -> Sheet {
    match view {
        View::Standings => standings(board),
        View::By(by) => group::sheet(board, by),
        View::Next => next::sheet(board),
    }
}

/// Returns a row for each entity and scorecard.
fn standings(board: &Board<'_>) -> Sheet {
    let several = board.cards().iter().any(|card| card.blueprint != board.cards()[0].blueprint);
    let mut header = vec!["entity"];
    header.extend(several.then_some("blueprint"));
    header.extend(["scorecard", "level", "score", "passed", "failed", "unknown", "waived"]);
    let row = |standing: Standing<'_>| {
        let entity = board.portal.catalog.entity(standing.entity);
        let mut row = vec![entity.identifier().to_string()];
        row.extend(several.then(|| entity.blueprint().identifier.value.clone()));
        row.push(standing.card.identifier.clone());
        row.push(standing.reached().title.clone());
        row.push(percent(standing.score()));
        row.extend(tally(standing.tally()));
        row
    };
    Sheet { header, rows: board.standings().map(row).collect() }
}

/// Returns a row for each entity, scorecard and rule.
pub(super) fn rules(board: &Board<'_>) -> Sheet {
    let header = vec![
        "entity",
        "blueprint",
        "scorecard",
        "level",
        "score",
        "rule",
        "ruleLevel",
        "stage",
        "outcome",
        "evidence",
        "waiver",
    ];
    let mut rows = Vec::new();
    for standing in board.standings() {
        let entity = board.portal.catalog.entity(standing.entity);
        for verdict in board.verdicts(&standing) {
            let evidence: Vec<String> =
                verdict.evidence.iter().map(|evidence| board.sentence(evidence)).collect();
            rows.push(vec![
                entity.identifier().to_string(),
                entity.blueprint().identifier.value.clone(),
                standing.card.identifier.clone(),
                standing.reached().title.clone(),
                rounded(standing.score()).to_string(),
                verdict.rule.identifier.clone(),
                verdict.level.unwrap_or_default().to_string(),
                stage(verdict.rule.stage).to_string(),
                verdict.outcome.name().to_string(),
                evidence.join("; "),
                verdict.waived().unwrap_or_default(),
            ]);
        }
    }
    Sheet { header, rows }
}

/// Returns the cells of a tally: passed, failed, unknown, waived.
pub(super) fn tally(tally: Tally) -> [String; 4] {
    [tally.passed, tally.failed, tally.unknown, tally.waived].map(|count| count.to_string())
}

/// Returns a score as people read it, rounded down so that only all is 100 %.
pub(super) fn percent(score: f64) -> String {
    format!("{} %", score.floor())
}

/// Returns a score with one digit, rounded down.
pub(super) fn rounded(score: f64) -> f64 {
    (score * 10.0).floor() / 10.0
}

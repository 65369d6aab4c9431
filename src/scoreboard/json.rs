//! Results for programs: `portal.score/v1`.

use std::io;

use rayon::prelude::*;
use serde_json::{Value, json};

use super::Board;
use super::result::{Verdict, stage, truth};
use super::sheet::rounded;
use crate::condition::Evidence;
use crate::known::{Card, Standing, Tally};
use crate::printable;

/// How many results are held as values at a time: there may be a million of them.
const AT_ONCE: usize = 4096;

/// Writes the document, a line for each result.
pub(super) fn write(board: &Board<'_>, out: &mut Vec<u8>) -> io::Result<()> {
    let standings: Vec<Standing<'_>> = board.standings().collect();
    let scorecards: Vec<Value> = board.cards().iter().map(|card| scorecard(board, card)).collect();
    let line = |value: &Value| printable::json_line(value);
    out.extend(b"{\n  \"schema\": \"portal.score/v1\",\n  \"now\": ");
    out.extend(line(&board.portal.now.iso().into())?.into_bytes());
    out.extend(b",\n  \"scorecards\": ");
    list(&scorecards.iter().map(line).collect::<Result<Vec<_>, _>>()?, true, out);
    out.extend(b"  ],\n  \"results\": ");
    let mut first = true;
    for some in standings.chunks(AT_ONCE) {
        let lines: Result<Vec<String>, _> = some.par_iter().map(|one| line(&result(board, one))).collect();
        list(&lines?, first, out);
        first = false;
    }
    out.extend(if first { &b"["[..] } else { b"  " });
    out.extend(b"],\n  \"summary\": ");
    out.extend(line(&summary(board, &standings))?.into_bytes());
    out.extend(b"\n}\n");
    Ok(())
}

/// Appends lines to a list; the first opens it.
fn list(lines: &[String], first: bool, out: &mut Vec<u8>) {
    if first {
        out.extend(b"[\n");
    } else {
        // The comma after the last line, before its end.
        out.pop();
        out.extend(b",\n");
    }
    for (number, line) in lines.iter().enumerate() {
        out.extend(b"    ");
        out.extend(line.as_bytes());
        out.extend(if number + 1 < lines.len() { &b",\n"[..] } else { b"\n" });
    }
}

fn scorecard(board: &Board<'_>, card: &Card) -> Value {
    let definition = &board.portal.catalog.scorecards()[card.scorecard].value;
    let rules: Vec<Value> = card
        .rules
        .iter()
        .zip(&definition.rules)
        .map(|(rule, written)| {
            json!({
                "identifier": rule.identifier,
                "title": rule.title,
                "level": rule.level.map(|level| &card.levels[level].title),
                "weight": rule.weight,
                "stage": stage(rule.stage),
                "howToFix": written.how_to_fix,
            })
        })
        .collect();
    let levels: Vec<Value> =
        card.levels.iter().map(|level| json!({"title": level.title, "color": level.color})).collect();
    json!({
        "identifier": card.identifier,
        "title": card.title,
        "blueprint": board.portal.catalog.blueprint(card.blueprint).identifier.value,
        "levels": levels,
        "rules": rules,
    })
}

fn result(board: &Board<'_>, standing: &Standing<'_>) -> Value {
    let entity = board.portal.catalog.entity(standing.entity);
    let rules: Vec<Value> =
        (0..standing.outcomes.len()).map(|at| rule(board, &board.verdict(standing, at))).collect();
    json!({
        "entity": entity.identifier(),
        "blueprint": entity.blueprint().identifier.value,
        "scorecard": standing.card.identifier,
        "level": standing.reached().title,
        "levelNumber": standing.level,
        "score": rounded(standing.score()),
        "teams": board.portal.known().owners(entity),
        "rules": rules,
    })
}

fn rule(board: &Board<'_>, verdict: &Verdict<'_>) -> Value {
    let waiver = verdict.waiver.map(|waiver| {
        json!({
            "identifier": waiver.identifier.value,
            "reason": waiver.reason,
            "approver": waiver.approver.as_ref().map(|name| &name.value),
            "expires": waiver.expires.as_ref().map(|day| &day.value),
        })
    });
    json!({
        "rule": verdict.rule.identifier,
        "level": verdict.level,
        "stage": stage(verdict.rule.stage),
        "outcome": verdict.outcome.name(),
        "evidence": verdict.evidence.iter().map(|evidence| seen(board, evidence)).collect::<Vec<_>>(),
        "waiver": waiver,
    })
}

fn seen(board: &Board<'_>, evidence: &Evidence<'_>) -> Value {
    // A file that was looked at says more than the entity that asked for it.
    let place = board.place(evidence).filter(|_| evidence.file.is_none());
    let file = evidence.file.as_deref().or(place.as_ref().map(|place| place.file.as_str()));
    json!({
        "truth": truth(evidence.truth),
        "asked": evidence.asked,
        "seen": evidence.seen,
        "file": file,
        "line": place.as_ref().map(|place| place.line),
        "column": place.as_ref().map(|place| place.column),
        "asOf": evidence.as_of.map(crate::model::instant::Instant::iso),
    })
}

fn summary(board: &Board<'_>, standings: &[Standing<'_>]) -> Value {
    let mut entities: Vec<_> = standings.iter().map(|standing| standing.entity).collect();
    entities.sort_unstable();
    entities.dedup();
    let mut tally = Tally::default();
    let counted = |standing: &Standing<'_>| {
        let own = standing.tally();
        tally.passed += own.passed;
        tally.waived += own.waived;
        tally.unknown += own.unknown;
        tally.failed += own.failed;
    };
    standings.iter().for_each(counted);
    json!({
        "entities": entities.len(),
        "scorecards": board.cards().len(),
        "results": standings.len(),
        "passed": tally.passed,
        "waived": tally.waived,
        "unknown": tally.unknown,
        "failed": tally.failed,
    })
}

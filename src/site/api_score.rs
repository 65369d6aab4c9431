//! The JSON API of scorecards and initiatives.

use rayon::prelude::*;
use serde_json::{Value, json};

use super::board::Board;
use super::initiative;
use super::{Error, Site, api, course, json};
use crate::catalog::EntityRef;
use crate::history::{Forecast, Point};
use crate::known::{Outcome, Standing};
use crate::model::scorecard::Stage;
use crate::output::{Output, Rank};
use crate::score::Progress;

/// The list of scorecards.
pub(super) const LIST: &str = "api/v1/scorecards.json";

/// The list of initiatives.
pub(super) const INITIATIVES: &str = "api/v1/initiatives.json";

/// Returns the path of the file of the scorecard whose files are called `name`.
pub(super) fn path(name: &str) -> String {
    format!("api/v1/scorecards/{name}.json")
}

/// Writes a file for each scorecard, and the lists of scorecards and initiatives; nothing when there are none.
pub(super) fn write(site: &Site<'_>, output: &Output) -> Result<(), Error> {
    site.boards.par_iter().try_for_each(|board| {
        output.write(&path(&board.name), Rank::Leaf, &file(site, board))?;
        Ok::<_, Error>(())
    })?;
    if !site.boards.is_empty() {
        let list: Vec<Value> = site.boards.iter().map(|board| summary(site, board)).collect();
        output.write(LIST, Rank::List, pretty(&Value::from(list)).as_bytes())?;
    }
    if !site.portal.progress.is_empty() {
        let list: Vec<Value> =
            site.portal.progress.iter().map(|progress| initiative(site, progress)).collect();
        output.write(INITIATIVES, Rank::List, pretty(&Value::from(list)).as_bytes())?;
    }
    Ok(())
}

/// Appends how an entity does in each scorecard that judges it: its level, its score, and each rule that does not pass.
pub(super) fn append(site: &Site<'_>, entity: EntityRef<'_>, out: &mut Vec<u8>) {
    let boards = site.boards_of(entity.blueprint_id()).iter().map(|&number| &site.boards[number]);
    let mut standings =
        boards.filter_map(|board| Some((board, board.card.standing(entity.id())?))).peekable();
    if standings.peek().is_none() {
        return;
    }
    json::key(out, "scorecards");
    out.push(b'{');
    for (board, standing) in standings {
        json::key(out, &board.card.identifier);
        out.push(b'{');
        json::key(out, "level");
        json::string(out, &standing.reached().title);
        json::key(out, "score");
        out.extend_from_slice(score(standing).to_string().as_bytes());
        json::key(out, "rules");
        out.push(b'{');
        // Most rules pass; which there are is said once, in the file of the scorecard.
        let rules = board.rules().zip(standing.outcomes);
        for ((_, rule), outcome) in rules.filter(|(_, outcome)| **outcome != Outcome::Passed) {
            json::key(out, &rule.identifier);
            json::string(out, outcome.name());
        }
        out.extend_from_slice(b"}}");
    }
    out.push(b'}');
}

/// Returns a score to one digit after the point.
fn score(standing: Standing<'_>) -> f64 {
    (standing.score() * 10.0).floor() / 10.0
}

/// Returns a scorecard with its results, and every entity on a line of its own, unless there are so many that entities
/// share files, each with how it does.
fn file(site: &Site<'_>, board: &Board<'_>) -> Vec<u8> {
    let mut head = summary(site, board);
    if let Value::Object(fields) = &mut head {
        fields.insert("rules".into(), rules(site, board));
    }
    let mut out = pretty(&head).into_bytes();
    if api::is_sharded(site) {
        return out;
    }
    // The list goes in before the closing brace.
    out.truncate(out.len() - "\n}\n".len());
    out.extend_from_slice(b",\n  \"judged\": [");
    for (at, &id) in board.order.iter().enumerate() {
        let Some(standing) = board.card.standing(id) else { continue };
        out.extend_from_slice(if at > 0 { b",\n    {" } else { b"\n    {" });
        json::key(&mut out, "identifier");
        json::string(&mut out, site.face(id).identifier());
        json::key(&mut out, "level");
        json::string(&mut out, &standing.reached().title);
        json::key(&mut out, "score");
        out.extend_from_slice(score(standing).to_string().as_bytes());
        json::key(&mut out, "missing");
        let missing = standing.next().map(|(_, missing)| missing).unwrap_or_default();
        json::strings(&mut out, missing.iter().map(|&at| board.card.rules[at].identifier.as_str()));
        out.push(b'}');
    }
    out.extend_from_slice(b"\n  ]\n}\n");
    out
}

/// Returns what a list says of a scorecard.
fn summary(site: &Site<'_>, board: &Board<'_>) -> Value {
    let (source, line) = site.place_at(board.scorecard.identifier.span);
    let levels = board.card.levels.iter().zip(&board.counts);
    let levels: Vec<Value> = levels
        .map(|(level, count)| json!({"title": level.title, "color": level.color, "entities": count}))
        .collect();
    json!({
        "identifier": board.card.identifier,
        "title": board.card.title,
        "description": board.scorecard.description,
        "blueprint": site.catalog().blueprint(board.card.blueprint).identifier.value,
        "entities": board.total(),
        "levels": levels,
        "page": board.path(),
        "file": path(&board.name),
        "source": {"path": source, "line": line},
    })
}

fn rules(site: &Site<'_>, board: &Board<'_>) -> Value {
    let standard = site.portal.standards.find(board.card.scorecard);
    let rule = |(at, rule): (usize, &crate::known::CardRule)| {
        let tally = &board.tallies[at];
        let stage = match rule.stage {
            Stage::Preview => "preview",
            Stage::Warn => "warn",
            Stage::Enforce => "enforce",
        };
        let (source, line) = site.place_at(board.scorecard.rules[at].identifier.span);
        json!({
            "identifier": rule.identifier,
            "title": rule.title,
            "level": rule.level.map(|level| board.level(level)),
            "weight": rule.weight,
            "stage": stage,
            "condition": standard.and_then(|standard| standard.conditions.get(at)).map(|own| own.summary()),
            "passed": tally.passed,
            "waived": tally.waived,
            "unknown": tally.unknown,
            "failed": tally.failed,
            "source": {"path": source, "line": line},
        })
    };
    board.rules().map(rule).collect()
}

fn initiative(site: &Site<'_>, progress: &Progress) -> Value {
    let initiative = &initiative::definition(site, progress).value;
    let catalog = site.catalog();
    let participants = progress.participants.iter().map(|participant| {
        let entity = catalog.entity(participant.entity);
        let missing: Vec<Value> = participant.missing.iter().map(|&missing| rule_of(site, missing)).collect();
        json!({
            "blueprint": entity.blueprint().identifier.value,
            "identifier": entity.identifier(),
            "missing": missing,
        })
    });
    let participants: Vec<Value> = participants.collect();
    let outlook = course::of(site, progress);
    let point = |point: &Point| json!({"at": point.at.iso(), "done": point.done, "total": point.total});
    let course: Vec<Value> = outlook.into_iter().flat_map(|outlook| &outlook.points).map(point).collect();
    let forecast = outlook.and_then(|outlook| match outlook.forecast {
        Forecast::At(at) => Some(at.iso()),
        Forecast::Done | Forecast::Never | Forecast::Unknown => None,
    });
    json!({
        "identifier": initiative.identifier.value,
        "title": initiative.label(),
        "owner": initiative.owner.as_ref().map(|owner| &owner.value),
        "start": initiative.start.as_ref().map(|day| &day.value),
        "deadline": initiative.deadline.as_ref().map(|day| &day.value),
        "done": progress.done(),
        "total": progress.participants.len(),
        "course": course,
        "forecast": forecast,
        "page": initiative::path(site, progress),
        "participants": participants,
    })
}

/// Returns a rule as `scorecard/rule`, which is how conditions name one.
fn rule_of(site: &Site<'_>, (scorecard, rule): (usize, usize)) -> Value {
    let card = site.boards.iter().map(|board| board.card).find(|card| card.scorecard == scorecard);
    let rule = card.and_then(|card| Some((card, card.rules.get(rule)?)));
    rule.map_or(Value::Null, |(card, rule)| Value::from(format!("{}/{}", card.identifier, rule.identifier)))
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

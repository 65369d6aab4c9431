//! Runs that were recorded: who asked for what, when, and how it ended.

use serde_json::{Value, json};

use super::ROOT;
use crate::model::instant::Instant;
use crate::site::link::{clip, outside};
use crate::site::markup::Markup;
use crate::site::{Site, moment, words};

/// The most runs on a page, and in a file of the API.
pub(super) const MOST: usize = 50;

/// The longest reason that is shown whole.
const LONGEST: usize = 160;

/// A run of an action, as much of its record as pages show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its name.
    pub id: String,
    /// The action, by its identifier.
    pub action: String,
    /// How it ended.
    pub state: State,
    /// Why it was refused or failed, a sentence each.
    pub reasons: Vec<String>,
    /// Who asked: the catalog's user, else the login; nobody when what it created had expired.
    pub by: Option<String>,
    /// The blueprint and identifier of the entity that it is about, or created.
    pub entity: Option<(String, String)>,
    /// When it was asked for, as an ISO 8601 instant.
    pub at: String,
    /// Who agreed, by login.
    pub approved_by: Vec<String>,
    /// When what it created expires, as an ISO 8601 instant.
    pub expires_at: Option<String>,
    /// Where people see it.
    pub link: Option<String>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// All that was to be done was done.
    Done,
    /// Something failed.
    Failed,
    /// It was not let through.
    Refused,
    /// Nobody agreed to it, or it was cancelled.
    Cancelled,
}

impl State {
    /// Returns the word for it.
    pub(in crate::site) fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }

    /// Returns the class of the stylesheet that shows it.
    pub(in crate::site) fn class(self) -> &'static str {
        match self {
            Self::Done => "st pass",
            Self::Failed => "st fail",
            Self::Refused => "st warn",
            Self::Cancelled => "st dim",
        }
    }
}

/// Returns the runs by action, the newest first.
pub(in crate::site) fn sorted(mut runs: Vec<Run>) -> Vec<Run> {
    // Texts of instants in UTC are in the order of time; a name breaks ties, so that the order is one.
    runs.sort_by(|a, b| a.action.cmp(&b.action).then_with(|| b.at.cmp(&a.at)).then_with(|| b.id.cmp(&a.id)));
    runs
}

/// Returns the runs of an action, the newest first, of runs that are [`sorted`].
pub(super) fn of<'r>(runs: &'r [Run], action: &str) -> &'r [Run] {
    let start = runs.partition_point(|run| run.action.as_str() < action);
    let end = runs.partition_point(|run| run.action.as_str() <= action);
    &runs[start..end]
}

/// Returns the rows of the newest runs of an action, or of all, for a page beside those of actions.
pub(in crate::site) fn newest(site: &Site<'_>, action: Option<&str>) -> Markup {
    match action {
        Some(action) => rows(site, of(&site.runs, action)),
        None => {
            let mut runs = site.runs.clone();
            runs.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| b.id.cmp(&a.id)));
            rows(site, &runs)
        }
    }
}

/// Returns the rows of the newest runs.
pub(super) fn rows(site: &Site<'_>, runs: &[Run]) -> Markup {
    let mut out = Markup::default();
    for run in runs.iter().take(MOST) {
        out.raw("<tr><th>");
        name(site, run, &mut out);
        out.raw("<td>");
        match &run.by {
            Some(by) => words::person(site, by, ROOT, &mut out),
            None => {
                out.raw("nobody: its time was over");
            }
        }
        out.raw("<td class=\"p2\">");
        instant(&run.at, &mut out);
        out.raw("<td class=\"hi\"><span class=\"").raw(run.state.class()).raw("\">");
        match run.link.as_deref().and_then(outside) {
            Some(link) => {
                out.raw("<a href=\"").text(&link.href).raw("\" rel=\"noopener noreferrer\">");
                out.raw(run.state.name()).raw("</a>")
            }
            None => out.raw(run.state.name()),
        };
        out.raw("</span><td class=\"dim p2\">");
        remark(site, run, &mut out);
        out.raw("\n");
    }
    out
}

/// Writes what a run is about: its entity, else its name.
fn name(site: &Site<'_>, run: &Run, out: &mut Markup) {
    let Some((blueprint, identifier)) = &run.entity else {
        out.raw("<span class=\"id\">").text(&clip(&run.id, 60)).raw("</span>");
        return;
    };
    let catalog = site.catalog();
    let found = catalog.find_blueprint(blueprint).and_then(|id| catalog.find_entity(id, identifier));
    match found {
        Some(entity) => {
            let face = site.face(entity);
            face.begin(ROOT, out).raw("\"><b>").text(face.label()).raw("</b></a>")
        }
        // It may not be in the catalog yet, or no longer.
        None => out.raw("<b>").text(&clip(identifier, 80)).raw("</b>"),
    };
}

/// Writes why it ended so, who agreed, or how long what it created lives.
fn remark(site: &Site<'_>, run: &Run, out: &mut Markup) {
    if let Some((reason, others)) = run.reasons.split_first() {
        out.text(&clip(reason, LONGEST));
        if !others.is_empty() {
            out.raw(" and ").text(&words::counted(others.len(), "reason more", "reasons more"));
        }
        return;
    }
    if let Some(expiry) = run.expires_at.as_deref().and_then(Instant::parse) {
        out.raw(if expiry > site.portal.now { "lives until " } else { "expired " });
        words::day(expiry, out);
    }
    for (at, approver) in run.approved_by.iter().enumerate() {
        let first = if run.expires_at.is_some() { ", approved by " } else { "approved by " };
        out.raw(if at == 0 { first } else { ", " });
        words::person(site, approver, ROOT, out);
    }
}

/// Writes an instant, or the text that is none.
fn instant(text: &str, out: &mut Markup) {
    match moment::read(text) {
        Some(moment) => {
            out.raw("<time datetime=\"").text(&moment.iso).raw("\">").text(&moment.shown).raw("</time>")
        }
        None => out.text(&clip(text, 40)),
    };
}

/// Returns a run for programs.
pub(super) fn json(run: &Run) -> Value {
    let entity = run.entity.as_ref();
    let entity =
        entity.map(|(blueprint, identifier)| json!({"blueprint": blueprint, "identifier": identifier}));
    json!({
        "id": run.id, "state": run.state.name(), "reasons": run.reasons, "by": run.by, "entity": entity,
        "at": run.at, "approvedBy": run.approved_by, "expiresAt": run.expires_at, "link": run.link,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(action: &str, id: &str, at: &str) -> Run {
        Run {
            id: id.into(),
            action: action.into(),
            state: State::Done,
            reasons: Vec::new(),
            by: None,
            entity: None,
            at: at.into(),
            approved_by: Vec::new(),
            expires_at: None,
            link: None,
        }
    }

    #[test]
    fn runs_of_an_action_are_found_newest_first() {
        let runs = sorted(vec![
            run("b", "1", "2026-01-01T00:00:00Z"),
            run("a", "2", "2026-01-01T00:00:00Z"),
            run("b", "3", "2026-02-01T00:00:00Z"),
            run("b", "4", "2026-02-01T00:00:00Z"),
        ]);
        let names = |action| of(&runs, action).iter().map(|run| run.id.as_str()).collect::<Vec<_>>();
        assert_eq!((names("a"), names("b"), names("c")), (vec!["2"], vec!["4", "3", "1"], vec![]));
    }
}

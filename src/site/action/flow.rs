//! What happens when an action runs, drawn as a line: the guard, an approval, each task, the record, and what follows
//! later.

use serde_json::Value as Json;

use super::grant::{self, Detail};
use super::wording::{self, code};
use super::{Offer, ROOT};
use crate::model::action::Approval;
use crate::model::action::trigger::Operation;
use crate::model::ci::Record;
use crate::procedure::{Deed, Task};
use crate::site::Site;
use crate::site::link::clip;
use crate::site::markup::Markup;

/// The longest command that is shown whole.
const LONGEST: usize = 90;

/// The most points of the line beside each other.
const MOST: usize = 6;

/// A point of the line.
struct Point {
    /// Whether it is only reached under a condition, or only later.
    conditional: bool,
    later: bool,
    markup: Markup,
}

impl Point {
    fn new(markup: Markup) -> Self {
        Self { conditional: false, later: false, markup }
    }
}

/// Returns the drawing of what an action does.
pub(super) fn draw(site: &Site<'_>, offer: &Offer<'_>) -> Markup {
    let mut points = vec![guard(offer)];
    points.extend(approval(site, offer));
    points.extend(tasks(site, offer, &offer.procedure.tasks));
    points.push(record(site, offer));
    let expiry = expiry(site, offer);
    if let Some(last) = points.last_mut() {
        // What leads to a later point is dashed.
        last.later = !expiry.is_empty();
    }
    points.extend(expiry);
    let mut out = Markup::default();
    out.raw(class(points.len()));
    for point in &points {
        out.raw(match (point.conditional, point.later) {
            (false, false) => "<li>",
            (true, false) => "<li class=\"if\">",
            (false, true) => "<li class=\"later\">",
            (true, true) => "<li class=\"if later\">",
        });
        out.append(&point.markup);
    }
    out.raw("</ol>");
    out
}

/// Returns the beginning of the list: a long line is broken into rows of about the same length.
fn class(points: usize) -> &'static str {
    match points.div_ceil(points.div_ceil(MOST)) {
        _ if points <= MOST => "<ol class=\"flow\">",
        4 => "<ol class=\"flow w4\">",
        5 => "<ol class=\"flow w5\">",
        _ => "<ol class=\"flow w6\">",
    }
}

fn guard(offer: &Offer<'_>) -> Point {
    let mut out = Markup::default();
    out.raw("<b>Guard</b><small>inputs");
    out.raw(if offer.action.permissions.execute.is_some() { ", permissions" } else { "" });
    out.raw(if offer.action.limits.is_empty() { "" } else { ", limits" });
    out.raw("</small>");
    Point::new(out)
}

fn approval(site: &Site<'_>, offer: &Offer<'_>) -> Option<Point> {
    let Approval { quorum, when } = &offer.action.approval;
    (*quorum)?;
    let mut out = Markup::default();
    out.raw("<b>Approval</b><small>");
    if let Some(when) = when {
        out.raw("if ");
        wording::condition(&when.value, &mut out);
    }
    if let Some(approvers) = &offer.action.permissions.approve {
        out.raw(if when.is_some() { ", by " } else { "by " });
        grant::write(site, approvers, Detail::Short, ROOT, &mut out);
    }
    out.raw("</small>");
    Some(Point { conditional: when.is_some(), ..Point::new(out) })
}

/// Returns the points of tasks: those that need the same tasks before them are one, for their order is open.
fn tasks(site: &Site<'_>, offer: &Offer<'_>, tasks: &[Task]) -> Vec<Point> {
    let columns = columns(tasks);
    let mut points = Vec::with_capacity(columns.len());
    for (number, column) in columns.iter().enumerate() {
        let before = number.checked_sub(1).map_or(&[][..], |before| &columns[before]);
        if let &[only] = column.as_slice() {
            let mut out = Markup::default();
            task(site, offer, tasks, only, before, &mut out);
            points.push(Point { conditional: tasks[only].when.is_some(), ..Point::new(out) });
            continue;
        }
        let mut out = Markup::default();
        out.raw("<small>in any order</small>");
        for &at in column {
            out.raw("<div>");
            task(site, offer, tasks, at, before, &mut out);
            out.raw("</div>");
        }
        points.push(Point::new(out));
    }
    points
}

/// Returns the tasks by how many others must be done before them, one after the other.
fn columns(tasks: &[Task]) -> Vec<Vec<usize>> {
    let mut depths: Vec<usize> = Vec::with_capacity(tasks.len());
    let mut columns: Vec<Vec<usize>> = Vec::new();
    for (at, task) in tasks.iter().enumerate() {
        // A task needs only tasks that are written before it.
        let before = task.needs.iter().filter_map(|&need| depths.get(need));
        let depth = before.map(|depth| depth + 1).max().unwrap_or(0);
        depths.push(depth);
        if columns.len() <= depth {
            columns.resize_with(depth + 1, Vec::new);
        }
        columns[depth].push(at);
    }
    columns
}

/// Writes a task; `before` are those that everybody expects to be done first.
fn task(site: &Site<'_>, offer: &Offer<'_>, tasks: &[Task], at: usize, before: &[usize], out: &mut Markup) {
    let task = &tasks[at];
    out.raw("<b>").text(&clip(&label(site, task), LONGEST)).raw("</b>");
    detail(site, offer, task, out);
    if let Some(when) = &task.when {
        out.raw("<small>if ");
        wording::condition(&when.value, out);
        out.raw("</small>");
    }
    let mut needs = task.needs.clone();
    needs.sort_unstable();
    if needs != before {
        out.raw("<small>");
        for (number, &need) in needs.iter().enumerate() {
            out.raw(if number == 0 { "after " } else { " and " });
            out.text(&clip(&label(site, &tasks[need]), 40));
        }
        out.raw(if needs.is_empty() { "waits for nothing" } else { "" }).raw("</small>");
    }
}

/// Returns what people read; a command is shown as one below, a template by its title.
fn label(site: &Site<'_>, task: &Task) -> String {
    match task.deed {
        Deed::Run if !is_named(task) => "Run".into(),
        Deed::Uses if !is_named(task) => "Call".into(),
        Deed::Scaffold if !is_named(task) => {
            template(site, task).map_or_else(|| task.label(), |title| format!("Scaffold {title}"))
        }
        _ => task.label(),
    }
}

/// Returns the title of the scaffold that a task renders, when it is one of the catalog.
fn template<'a>(site: &Site<'a>, task: &Task) -> Option<&'a str> {
    let name = task.body.get("template")?.as_str()?;
    let mut scaffolds = site.catalog().scaffolds().iter().map(|definition| &definition.value);
    Some(scaffolds.find(|scaffold| scaffold.identifier.value == name)?.label())
}

/// Returns whether a task has words of its own.
fn is_named(task: &Task) -> bool {
    task.title.as_ref().or(task.name.as_ref()).is_some_and(|label| !label.is_empty())
}

/// Writes what a task does it to, or with.
fn detail(site: &Site<'_>, offer: &Offer<'_>, task: &Task, out: &mut Markup) {
    let text = |key: &str| task.body.get(key).and_then(Json::as_str).unwrap_or_default().trim();
    let shown = |text: &str, out: &mut Markup| {
        if !text.is_empty() {
            code(&clip(text, LONGEST), out);
        }
    };
    match task.deed {
        Deed::Run => {
            let mut lines = text("run").lines().filter(|line| !line.trim().is_empty());
            shown(lines.next().unwrap_or_default(), out);
            let more = lines.count();
            if more > 0 {
                out.raw("<small>and ")
                    .number(more)
                    .raw(if more == 1 { " line" } else { " lines" })
                    .raw("</small>");
            }
        }
        Deed::Scaffold => {
            // The label says what is rendered, unless it has words of its own.
            if let Some(title) = template(site, task).filter(|_| is_named(task)) {
                out.raw("<small>").text(&clip(title, LONGEST)).raw("</small>");
            }
            shown(text("into"), out);
        }
        Deed::UpsertEntity | Deed::DeleteEntity => {
            out.raw("<small>");
            blueprint(site, offer, task, out);
            out.raw("</small>");
            shown(text("identifier"), out);
        }
        Deed::PullRequest => shown(text("title"), out),
        // The label says what is started, unless it has words of its own.
        Deed::Dispatch if is_named(task) => shown(&format!("{}{}", text("action"), text("workflow")), out),
        Deed::Dispatch => shown(text("repository"), out),
        Deed::Webhook => shown(&format!("{} {}", text("method"), text("url")), out),
        Deed::Kafka => {
            out.raw("<small>no CI runner sends one</small>");
        }
        Deed::Notify => notified(task, out),
        Deed::Gate => shown(text("entity"), out),
        Deed::Uses => shown(text("uses"), out),
    }
}

/// Writes whom a message goes to.
fn notified(task: &Task, out: &mut Markup) {
    const WAYS: &[(&str, &str)] =
        &[("slack", "Slack "), ("teams", "Teams "), ("issue", "an issue in "), ("webhook", "")];
    let mut first = true;
    for (key, words) in WAYS {
        let Some(to) = task.body.get(*key).and_then(Json::as_str) else { continue };
        out.raw(if first { "<small>" } else { ", " }).raw(words).text(&clip(to, LONGEST));
        first = false;
    }
    out.raw(if first { "" } else { "</small>" });
}

/// Writes the blueprint of the entity that a task is about, as a link when it is known.
fn blueprint(site: &Site<'_>, offer: &Offer<'_>, task: &Task, out: &mut Markup) {
    let named = task.body.get("blueprint").and_then(Json::as_str);
    let own = offer.action.blueprint.as_ref().map(|name| name.value.as_str());
    let Some(name) = named.filter(|name| !name.is_empty()).or(own) else { return };
    super::blueprint(site, name, out);
}

/// Returns the point at which the run, and what it changed, is written down.
fn record(site: &Site<'_>, offer: &Offer<'_>) -> Point {
    let mut out = Markup::default();
    out.raw("<b>Record</b><small>");
    let procedure = &offer.procedure;
    let changes = procedure.tasks.iter().chain(&procedure.effects).filter(|task| task.deed.is_effect());
    let mut seen: Vec<String> = Vec::new();
    for task in changes {
        let mut part = Markup::default();
        part.raw(if task.deed == Deed::DeleteEntity { "entity leaves " } else { "entity in " });
        blueprint(site, offer, task, &mut part);
        let part = part.finish().to_string();
        if !seen.contains(&part) {
            out.append(&Markup::trusted(part.clone())).raw(", ");
            seen.push(part);
        }
    }
    out.raw(match site.catalog().config().ci.record {
        Record::PullRequest => "pull request with the run",
        Record::Push => "the run, pushed",
    });
    out.raw("</small>");
    Point::new(out)
}

/// Returns what happens when what the action created has expired.
fn expiry(site: &Site<'_>, offer: &Offer<'_>) -> Vec<Point> {
    let Some(ttl) = &offer.action.ttl else { return Vec::new() };
    let mut when = Markup::default();
    if let Some(usual) = ttl.usual() {
        when.raw("<small>after ").text(&usual.shown()).raw("</small>");
    }
    let mut points = tasks(site, offer, &offer.procedure.on_expire);
    match points.first_mut() {
        Some(first) => {
            first.markup.append(&when);
        }
        None => {
            let mut out = Markup::default();
            out.raw("<b>Expires</b>").append(&when).raw("<small>nothing is done then</small>");
            points.push(Point::new(out));
        }
    }
    for point in &mut points {
        point.later = true;
    }
    points
}

/// Returns the word for what an action does to an entity, and its colour.
pub(super) fn operation(offer: &Offer<'_>) -> (&'static str, &'static str) {
    match offer.operation() {
        Some(Operation::Create) => ("create", "green"),
        Some(Operation::Day2) => ("day-2", "blue"),
        Some(Operation::Delete) => ("delete", "red"),
        None => ("other", "lightGray"),
    }
}

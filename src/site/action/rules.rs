//! The rules of an action in words: who may ask, who agrees and when, how often, for how long, what changes.

use super::flow;
use super::grant::{self, Detail};
use super::wording::{self, code};
use super::{Offer, ROOT, blueprint};
use crate::model::action::limit::{Limit, Ttl};
use crate::model::action::trigger::Operation;
use crate::model::action::{Mode, Quorum};
use crate::procedure::{Deed, Task};
use crate::site::markup::Markup;
use crate::site::words::coded;
use crate::site::{Site, words};

/// Returns the rules as pairs of a term and what holds.
pub(super) fn list(site: &Site<'_>, offer: &Offer<'_>) -> Markup {
    let mut out = Markup::default();
    who(site, offer, &mut out);
    approval(site, offer, &mut out);
    for (at, limit) in offer.action.limits.iter().enumerate() {
        out.raw(if at == 0 { "<dt>Limit<dd>" } else { "<br>" });
        self::limit(limit, &mut out);
    }
    if let Some(ttl) = &offer.action.ttl {
        out.raw("<dt>Time to live<dd>");
        self::ttl(ttl, &mut out);
    }
    changes(site, offer, &mut out);
    secrets(offer, &mut out);
    out.raw("<dt>Asked by<dd>").raw(match offer.action.mode {
        Mode::Dispatch => "starting its workflow",
        Mode::PullRequest => "a file in a pull request, whose merge starts it",
    });
    runs_on(site, &mut out);
    out
}

fn who(site: &Site<'_>, offer: &Offer<'_>, out: &mut Markup) {
    out.raw("<dt>Who may run<dd>");
    match &offer.action.permissions.execute {
        Some(grant) => grant::write(site, grant, Detail::Full, ROOT, out),
        None => {
            out.raw("every member");
        }
    }
    if let (true, Some(condition)) = (offer.needs_entity(), &offer.condition) {
        out.raw("<dt>Offered for<dd>");
        if let Some(name) = &offer.action.blueprint {
            blueprint(site, &name.value, out);
        }
        out.raw(" of which ");
        coded(&condition.summary(), out);
    }
}

fn approval(site: &Site<'_>, offer: &Offer<'_>, out: &mut Markup) {
    let approval = &offer.action.approval;
    out.raw("<dt>Approval<dd>");
    let Some(quorum) = approval.quorum else {
        out.raw("not needed");
        return;
    };
    match &approval.when {
        Some(when) => {
            out.raw("when ");
            wording::condition(&when.value, out);
        }
        None => {
            out.raw("always");
        }
    }
    out.raw("<dt>Who approves<dd>");
    match &offer.action.permissions.approve {
        Some(grant) => grant::write(site, grant, Detail::Full, ROOT, out),
        None => {
            out.raw("every member");
        }
    }
    let policy = offer.action.permissions.approve.as_ref().is_some_and(|grant| grant.policy.is_some());
    out.raw(if policy { "<small>" } else { "<br><small>" }).raw(match quorum {
        Quorum::Any => "one of them is enough",
        Quorum::All => "each of them must agree",
    });
    out.raw("</small>");
}

/// Writes how often it can be asked for: `3 per team in 7 days`.
pub(super) fn limit(limit: &Limit, out: &mut Markup) {
    out.number(limit.max).raw(" per ").raw(limit.per.name()).raw(" in ");
    match limit.window() {
        Some(window) => out.text(&window.shown()),
        None => out.text(&limit.window.value),
    };
}

/// Writes how long what it creates lives: `5 days, 14 days at most`.
pub(super) fn ttl(ttl: &Ttl, out: &mut Markup) {
    let (usual, longest) = (ttl.usual(), ttl.longest());
    if let Some(usual) = usual {
        out.text(&usual.shown());
    }
    if let Some(longest) = longest.filter(|longest| Some(*longest) != usual) {
        out.raw(", ").text(&longest.shown()).raw(" at most");
    }
}

/// Writes what it does to the catalog: to the entities of its own blueprint, and of others.
fn changes(site: &Site<'_>, offer: &Offer<'_>, out: &mut Markup) {
    let own = offer.action.blueprint.as_ref().map(|name| name.value.as_str());
    if let Some(name) = own {
        out.raw(match offer.operation() {
            Some(Operation::Create) => "<dt>Creates<dd>",
            Some(Operation::Delete) => "<dt>Deletes<dd>",
            _ => "<dt>Changes<dd>",
        });
        blueprint(site, name, out);
    }
    let procedure = &offer.procedure;
    let tasks = procedure.tasks.iter().chain(&procedure.effects).chain(&procedure.on_expire);
    let mut others: Vec<&str> = tasks.filter_map(named).filter(|name| Some(*name) != own).collect();
    others.sort_unstable();
    others.dedup();
    for (at, name) in others.into_iter().enumerate() {
        out.raw(if at == 0 { "<dt>Also writes<dd>" } else { ", " });
        blueprint(site, name, out);
    }
}

/// Returns the blueprint that a task names for the entity it writes, unless that is worked out.
fn named(task: &Task) -> Option<&str> {
    let writes = matches!(task.deed, Deed::UpsertEntity | Deed::DeleteEntity);
    let name = task.body.get("blueprint")?.as_str()?;
    (writes && !name.is_empty() && !name.contains("{{")).then_some(name)
}

fn secrets(offer: &Offer<'_>, out: &mut Markup) {
    let procedure = &offer.procedure;
    let tasks = procedure.tasks.iter().chain(&procedure.effects).chain(&procedure.on_expire);
    let mut names: Vec<String> = tasks.flat_map(Task::secrets).collect();
    names.sort_unstable();
    names.dedup();
    for (at, name) in names.iter().enumerate() {
        out.raw(if at == 0 { "<dt>Reads secrets<dd>" } else { ", " });
        code(name, out);
    }
}

fn runs_on(site: &Site<'_>, out: &mut Markup) {
    out.raw("<dt>Runs on<dd>");
    let targets = &site.catalog().config().ci.targets;
    for (at, target) in targets.iter().enumerate() {
        out.raw(if at > 0 { ", " } else { "" }).text(target.label());
    }
    if targets.is_empty() {
        out.raw("no CI system yet: <code>ci.target</code> names one");
    }
}

/// Writes the rules in a few words, for a list of actions.
pub(super) fn marks(offer: &Offer<'_>, out: &mut Markup) {
    let mut parts = Vec::new();
    if offer.action.approval.quorum.is_some() {
        let mut part = Markup::default();
        part.raw(if offer.action.approval.when.is_some() { "approval at times" } else { "approval" });
        parts.push(part);
    }
    for limit in &offer.action.limits {
        let mut part = Markup::default();
        self::limit(limit, &mut part);
        parts.push(part);
    }
    if let Some(usual) = offer.action.ttl.as_ref().and_then(Ttl::usual) {
        let mut part = Markup::default();
        part.raw("lives ").text(&usual.shown());
        parts.push(part);
    }
    for (at, part) in parts.iter().enumerate() {
        out.raw(if at > 0 { ", " } else { "" }).append(part);
    }
}

/// Writes the word for what an action does to an entity, as a tag.
pub(super) fn tag(offer: &Offer<'_>, out: &mut Markup) {
    let (word, color) = flow::operation(offer);
    out.raw("<span class=\"tag ").raw(color).raw("\">").raw(word).raw("</span>");
}

/// Writes the link to where an action is written.
pub(super) fn source(site: &Site<'_>, offer: &Offer<'_>, out: &mut Markup) {
    words::place(site, offer.action.identifier.span, out);
}

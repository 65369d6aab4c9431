//! Automations in words: when each starts, and what it does then.

use super::wording::{self, code};
use super::{ROOT, blueprint};
use crate::catalog::Definition;
use crate::model::automation::Automation;
use crate::model::query::Combinator;
use crate::procedure::{Procedure, Task};
use crate::site::link::clip;
use crate::site::markup::Markup;
use crate::site::{Site, words};
use crate::yaml::Node;

/// The most tasks that are named.
const MOST: usize = 5;

/// Returns the automations in force, in path order.
pub(super) fn published<'a>(site: &Site<'a>) -> impl Iterator<Item = &'a Definition<Automation>> {
    site.catalog().automations().iter().filter(|definition| definition.value.published)
}

/// Returns the rows of the automations in force.
pub(super) fn rows(site: &Site<'_>) -> Markup {
    let mut out = Markup::default();
    for definition in published(site) {
        let automation = &definition.value;
        let (label, identifier) = (automation.label(), &automation.identifier.value);
        out.raw("<tr><th><b>").text(label).raw("</b>");
        if label != identifier {
            out.raw(" <span class=\"id\">").text(identifier).raw("</span>");
        }
        out.raw("<td class=\"wrap\">");
        event(site, definition, &mut out);
        condition(site, definition, &mut out);
        out.raw("<td class=\"wrap\">");
        tasks(&Procedure::of_automation(site.catalog(), definition).tasks, &mut out);
        out.raw("<td class=\"dim p2\">");
        words::place(site, automation.identifier.span, &mut out);
        out.raw("\n");
    }
    out
}

/// Writes what must happen.
fn event(site: &Site<'_>, definition: &Definition<Automation>, out: &mut Markup) {
    let automation = &definition.value;
    let event = automation.event.as_ref().map_or("", |event| event.value.as_str());
    match event {
        "ENTITY_CREATED" => of_entity(site, automation, " is created", out),
        "ENTITY_UPDATED" => of_entity(site, automation, " is changed", out),
        "ENTITY_DELETED" => of_entity(site, automation, " is deleted", out),
        "ANY_ENTITY_CHANGE" => of_entity(site, automation, " is created, changed or deleted", out),
        "TIMER_PROPERTY_EXPIRED" => {
            out.raw("the time ");
            if let Some(property) = &automation.property {
                code(&property.value, out);
                out.raw(" of ");
            }
            of_entity(site, automation, " is over", out);
        }
        "RUN_CREATED" => of_run(site, automation, " begins", out),
        "RUN_UPDATED" => of_run(site, automation, " ends", out),
        "ANY_RUN_CHANGE" => of_run(site, automation, " begins or ends", out),
        "scorecard.degraded" => of_scorecard(automation, " falls to a lower level", out),
        "scorecard.improved" => of_scorecard(automation, " rises to a higher level", out),
        "rule.failed" => {
            out.raw("an entity no longer passes ");
            match written(site, definition, "rule") {
                Some(rule) => code(rule, out),
                None => {
                    out.raw("a rule");
                }
            }
            scorecard(automation, " of ", out);
        }
        "initiative.overdue" => {
            out.raw("the deadline of ");
            match written(site, definition, "initiative") {
                Some(initiative) => code(initiative, out),
                None => {
                    out.raw("an initiative");
                }
            }
            out.raw(" has passed");
        }
        "schedule" => {
            out.raw("it is time: ");
            code(automation.schedule.as_ref().map_or("", |cron| &cron.value), out);
            out.raw(" (UTC)");
        }
        other => {
            out.text(other);
        }
    }
}

/// Returns what the event of an automation has at `key`.
fn written<'a>(site: &Site<'a>, definition: &Definition<Automation>, key: &str) -> Option<&'a str> {
    let node = site.catalog().node(definition.place);
    node.get("trigger")?.get("event")?.get(key).and_then(Node::as_str)
}

fn of_entity(site: &Site<'_>, automation: &Automation, does: &'static str, out: &mut Markup) {
    match &automation.blueprint {
        Some(name) => blueprint(site, &name.value, out),
        None => {
            out.raw("an entity");
        }
    }
    out.raw(does);
}

fn of_run(site: &Site<'_>, automation: &Automation, does: &'static str, out: &mut Markup) {
    out.raw("a run");
    if let Some(name) = &automation.action {
        out.raw(" of ");
        let mut offers = site.offers.all.iter();
        match offers.find(|offer| offer.identifier() == name.value) {
            Some(offer) => {
                out.raw("<a href=\"").raw(ROOT).text(&offer.path()).raw("\">").text(offer.action.label());
                out.raw("</a>");
            }
            None => code(&name.value, out),
        }
    }
    out.raw(does);
}

fn of_scorecard(automation: &Automation, does: &'static str, out: &mut Markup) {
    out.raw("an entity");
    scorecard(automation, " of ", out);
    out.raw(does);
}

fn scorecard(automation: &Automation, before: &'static str, out: &mut Markup) {
    if let Some(name) = &automation.scorecard {
        out.raw(before);
        code(&name.value, out);
    }
}

/// Writes for which events it starts.
fn condition(site: &Site<'_>, definition: &Definition<Automation>, out: &mut Markup) {
    let node = site.catalog().node(definition.place);
    let written = node.get("trigger").and_then(|trigger| trigger.get("condition"));
    let word = written.and_then(|condition| condition.get("combinator")).and_then(Node::as_str);
    let combinator = if word == Some("or") { Combinator::Or } else { Combinator::And };
    for (at, expression) in definition.value.expressions.iter().enumerate() {
        out.raw(match (at, combinator) {
            (0, _) => ", if ",
            (_, Combinator::And) => " and ",
            (_, Combinator::Or) => " or ",
        });
        wording::condition(&expression.value, out);
    }
}

fn tasks(tasks: &[Task], out: &mut Markup) {
    for (at, task) in tasks.iter().take(MOST).enumerate() {
        out.raw(if at > 0 { ", then " } else { "" }).text(&clip(&task.label(), 80));
    }
    if tasks.len() > MOST {
        out.raw(" and ").text(&words::counted(tasks.len() - MOST, "task more", "tasks more"));
    }
}

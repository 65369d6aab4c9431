//! Automations: events that can happen, conditions that can hold, and what is done then.

use super::around::Around;
use super::expression::Expressions;
use super::sight::{Members, Sight, no_property};
use super::step::{Doer, Own};
use super::{action, step};
use crate::catalog::{BlueprintId, Definition};
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::model::automation::Automation;
use crate::model::phrase::{clip, quoted_first};
use crate::model::schedule::Schedule;
use crate::yaml::Node;

/// What sort of event it is, and so what is there when it happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// Something happens to an entity.
    Entity,
    /// A timer of an entity expires.
    Timer,
    /// Something happens to a run of an action.
    Run,
    /// An entity scores differently.
    Score,
    /// An initiative is not done in time.
    Initiative,
    /// It is time.
    Schedule,
}

impl Sort {
    fn of(event: &str) -> Option<Self> {
        Some(match event {
            "ENTITY_CREATED" | "ENTITY_UPDATED" | "ENTITY_DELETED" | "ANY_ENTITY_CHANGE" => Self::Entity,
            "TIMER_PROPERTY_EXPIRED" => Self::Timer,
            "RUN_CREATED" | "RUN_UPDATED" | "ANY_RUN_CHANGE" => Self::Run,
            "scorecard.degraded" | "scorecard.improved" | "rule.failed" => Self::Score,
            "initiative.overdue" => Self::Initiative,
            "schedule" => Self::Schedule,
            _ => return None,
        })
    }

    /// Returns the keys that say which event is meant.
    fn needs(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Entity => &[("blueprintIdentifier", "the blueprint of the entity")],
            Self::Timer => &[
                ("blueprintIdentifier", "the blueprint of the entity"),
                ("propertyIdentifier", "the property that holds when it expires"),
            ],
            Self::Schedule => &[("schedule", "when, such as 23 6 * * 1 for Mondays at 6:23")],
            Self::Run | Self::Score | Self::Initiative => &[],
        }
    }
}

/// Pushes what is wrong with an automation.
pub(super) fn check<'a>(
    around: &'a Around<'a>,
    automation: &'a Definition<Automation>,
    expressions: &mut Expressions,
    found: &mut Vec<Diagnostic>,
) {
    let node = around.catalog.node(automation.place);
    if let Some(finding) = action::graph_of_nodes(node) {
        found.push(finding);
        return;
    }
    let Some(event) = node.get("trigger").and_then(|trigger| trigger.get("event")) else { return };
    // A word that is no event has been reported as the document's shape.
    let Some(sort) = event.get("type").and_then(Node::as_str).and_then(Sort::of) else { return };
    let blueprint = check_event(around, event, sort, found);
    let root = Root { around, sort, blueprint };
    check_condition(node, &root, expressions, found);
    let own = if matches!(sort, Sort::Schedule | Sort::Initiative) { Own::None } else { Own::Given };
    let named = blueprint.is_some() || event.get("blueprintIdentifier").is_some();
    let doer = Doer { around, blueprint, named: named || own == Own::Given, own };
    let sight = root.of_templates();
    step::check(&doer, node, "steps", &sight, expressions, found);
    step::check(&doer, node, "effects", &sight, expressions, found);
    step::check_invocation(&doer, node, &sight, expressions, found);
}

/// Pushes what is wrong with an event; returns the blueprint of its entity, when that is known.
fn check_event(
    around: &Around<'_>,
    event: Node<'_>,
    sort: Sort,
    found: &mut Vec<Diagnostic>,
) -> Option<BlueprintId> {
    let written = |key: &str| event.get(key).filter(|value| !value.is_null());
    let kind = event.get("type");
    for (key, about) in sort.needs().iter().filter(|(key, _)| written(key).is_none()) {
        let name = kind.and_then(Node::as_str).unwrap_or_default();
        let message = format!("`{name}` needs the key `{key}`");
        let place = kind.map_or_else(|| event.span(), Node::span);
        let finding = Diagnostic::new(Rule::MissingKey, place, message);
        found.push(finding.help(format!("add `{key}`: {about}")));
    }
    let blueprint = written("blueprintIdentifier").and_then(|name| around.blueprint(name, found));
    if let (Some(name), Some(blueprint)) = (written("propertyIdentifier"), blueprint) {
        check_timer(around, blueprint, name, sort, found);
    }
    if let Some(name) = written("actionIdentifier") {
        around.named_action(name, found);
    }
    if let Some(schedule) = written("schedule") {
        found.extend(check_schedule(schedule));
    }
    if let Some(name) = written("initiative") {
        found.extend(unknown_initiative(around, name));
    }
    let judged = written("scorecard").map(|name| {
        let cards = around.scorecards(name, found);
        if let Some(rule) = written("rule") {
            found.extend(unknown_rule(&cards, rule));
        }
        cards
    });
    let judged = judged.filter(|_| sort == Sort::Score).unwrap_or_default();
    let judged = judged.first().filter(|_| judged.len() == 1).and_then(|card| card.blueprint.as_ref());
    blueprint.or_else(|| around.catalog.find_blueprint(&judged?.value))
}

/// Pushes a timer that the blueprint does not have, or that is no date.
fn check_timer(
    around: &Around<'_>,
    blueprint: BlueprintId,
    name: Node<'_>,
    sort: Sort,
    found: &mut Vec<Diagnostic>,
) {
    let (blueprint, text) = (around.catalog.blueprint(blueprint), name.as_str().unwrap_or_default());
    let Some(property) = blueprint.property(text) else {
        let (rule, message, help) = no_property(blueprint, text);
        found.push(Diagnostic::new(rule, name.span(), message).help(help));
        return;
    };
    if sort == Sort::Timer && !matches!(property.format(), Some("timer" | "date-time")) {
        let message = format!("`{}` never expires: it is no timer", clip(text));
        let finding = Diagnostic::new(Rule::InvalidValue, name.span(), message);
        let finding = finding.related(property.identifier.span, "declared here");
        found.push(finding.help("give the property `format: timer`, or name another"));
    }
}

/// Returns the finding that a text is no schedule.
fn check_schedule(node: Node<'_>) -> Option<Diagnostic> {
    let error = Schedule::parse(node.as_str()?).err()?;
    let help = "write minute, hour, day, month and weekday, in UTC: 23 6 * * 1 is every Monday at 6:23";
    Some(Diagnostic::new(Rule::InvalidSchedule, node.span(), error.to_string()).help(help))
}

fn unknown_rule(cards: &[&crate::model::scorecard::Scorecard], rule: Node<'_>) -> Option<Diagnostic> {
    let name = rule.as_str()?;
    let names = || cards.iter().flat_map(|card| &card.rules).map(|rule| rule.identifier.value.as_str());
    if cards.is_empty() || names().any(|known| known == name) {
        return None;
    }
    let help =
        did_you_mean(name, names()).unwrap_or_else(|| format!("its rules are {}", quoted_first(names())));
    let message = format!("the scorecard has no rule `{}`", clip(name));
    Some(Diagnostic::new(Rule::UnknownStandard, rule.span(), message).help(help))
}

fn unknown_initiative(around: &Around<'_>, node: Node<'_>) -> Option<Diagnostic> {
    let (name, catalog) = (node.as_str()?, around.catalog);
    let names = || catalog.initiatives().iter().map(|definition| definition.value.identifier.value.as_str());
    if names().any(|known| known == name) || catalog.is_lost(name) {
        return None;
    }
    let message = format!("there is no initiative `{}`", clip(name));
    Some(Diagnostic::new(Rule::UnknownStandard, node.span(), message).maybe_help(did_you_mean(name, names())))
}

/// Checks the expressions that say for which events it happens.
fn check_condition(
    node: Node<'_>,
    root: &Root<'_>,
    expressions: &mut Expressions,
    found: &mut Vec<Diagnostic>,
) {
    let sight = root.of_conditions();
    let condition = node.get("trigger").and_then(|trigger| trigger.get("condition"));
    let written = condition.and_then(|condition| condition.get("expressions"));
    for expression in written.into_iter().flat_map(Node::items) {
        expressions.jq(expression, &sight, found);
    }
}

/// What is said of an initiative that is overdue.
const INITIATIVE: &[&str] = &["identifier", "title", "owner", "deadline", "done", "total", "percent", "left"];

/// What the expressions of an automation see.
struct Root<'a> {
    around: &'a Around<'a>,
    sort: Sort,
    blueprint: Option<BlueprintId>,
}

impl<'a> Root<'a> {
    /// Returns the members of the event: Port's, and what portal's own events hold besides.
    fn event(&self) -> Vec<(&'a str, Sight<'a>)> {
        let mut members = vec![("diff", self.diff())];
        let always = ["action", "context", "type", "resourceType", "trigger"];
        members.extend(always.map(|name| (name, Sight::Any)));
        let of = |lacks, names: &[&'static str]| {
            Sight::members(lacks, Rule::InvalidTemplate, names.iter().map(|name| (*name, Sight::Any)))
        };
        match self.sort {
            Sort::Entity | Sort::Timer | Sort::Run => {}
            Sort::Score => {
                members.extend(["scorecard", "rule"].map(|name| (name, Sight::Any)));
                members.push(("level", of("a change of levels has no", &["before", "after"])));
            }
            Sort::Initiative => members.push(("initiative", of("an initiative has no", INITIATIVE))),
            Sort::Schedule => members.push(("schedule", of("a schedule has no", &["expression", "due"]))),
        }
        members
    }

    /// Returns what has changed: of an entity, the entity before and after; of a run, the run.
    fn diff(&self) -> Sight<'a> {
        let each = match self.sort {
            Sort::Entity | Sort::Timer | Sort::Score => Sight::entity(self.around.catalog, self.blueprint),
            Sort::Run | Sort::Initiative | Sort::Schedule => Sight::Any,
        };
        let members = [("before", each.clone()), ("after", each)];
        Sight::members("a change has no", Rule::InvalidTemplate, members)
    }

    /// Returns what conditions see: the event itself.
    fn of_conditions(&self) -> Sight<'a> {
        let hints = &[("event", "a condition begins at the event: write `.diff`, not `.event.diff`")];
        let (lacks, members) = ("a condition sees no", self.event());
        Sight::Members(Members { lacks, rule: Rule::InvalidTemplate, members, hints })
    }

    /// Returns what templates see, but for the steps: the event by its name.
    fn of_templates(&self) -> Sight<'a> {
        let entity = match self.sort {
            Sort::Schedule => {
                Sight::Nothing("a schedule is about no entity, so `.entity` is null", "name what it is about")
            }
            Sort::Entity | Sort::Timer | Sort::Score => Sight::entity(self.around.catalog, self.blueprint),
            Sort::Run | Sort::Initiative => Sight::Any,
        };
        let event = Sight::members("the event has no", Rule::InvalidTemplate, self.event());
        let mut members = vec![("event", event), ("entity", entity)];
        let others = ["user", "trigger", "action", "run", "secrets", "expiresAt"];
        members.extend(others.map(|name| (name, Sight::Any)));
        let hints = &[
            ("diff", "templates see the event by its name: write `.event.diff`"),
            ("context", "templates see the event by its name: write `.event.context`"),
            ("inputs", "an automation has no inputs; what happened is in `.event`"),
            ("form", "an automation has no inputs; what happened is in `.event`"),
        ];
        Sight::Members(Members { lacks: action::LACKS, rule: Rule::InvalidTemplate, members, hints })
    }
}

//! Automations: what happens by itself when something changes, ends or is due.

use super::action::{self, invocation, permission, step, workflow};
use super::query::COMBINATORS;
use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, flag, identifier, string, strings};
use crate::yaml::{Node, NodeId};
use step::Step;

/// An automation document.
pub static AUTOMATION: Object = Object { name: "an automation", fields: FIELDS, openness: Openness::Closed };

static FIELDS: &[Field] = &[
    optional("kind", Shape::OneOf(&["automation"]), "says that this is an automation, wherever the file is"),
    required("identifier", Shape::Identifier(&identifier::ACTION), "its name, unique in the catalog"),
    optional("title", Shape::Text, "what people read; the identifier when absent"),
    optional("description", Shape::Text, "what it does, in Markdown"),
    optional("icon", Shape::Text, "a Port icon name"),
    required("trigger", Shape::Object(&TRIGGER), "the event, and for which of them it happens"),
    optional("invocationMethod", Shape::Object(&invocation::INVOCATION), "what Port calls"),
    optional("steps", Shape::List(&Shape::Object(&step::STEP)), "portal's addition: what is done, in order"),
    optional(
        "effects",
        Shape::List(&Shape::Object(&step::EFFECT)),
        "portal's addition: what changes in the catalog",
    ),
    optional("publish", Shape::Boolean, "whether it is in force; false for a draft"),
    optional("requiredApproval", action::REQUIRED_APPROVAL, "false in exports; kept"),
    optional("approvalNotification", Shape::Object(&permission::NOTIFICATION), "kept"),
    optional("permissions", Shape::Object(&permission::PERMISSIONS), "kept"),
    optional("allowAnyoneToViewRuns", Shape::Boolean, "whether everyone sees its runs"),
    optional("id", Shape::Any, "written by Port's export; kept"),
    optional("createdAt", Shape::Any, "written by Port's export; kept"),
    optional("createdBy", Shape::Any, "written by Port's export; kept"),
    optional("updatedAt", Shape::Any, "written by Port's export; kept"),
    optional("updatedBy", Shape::Any, "written by Port's export; kept"),
];

static TRIGGER: Object = Object {
    name: "an automation trigger",
    fields: &[
        required("type", Shape::OneOf(&["automation"]), "automation: no one asks for it"),
        required("event", Shape::Object(&EVENT), "the event"),
        optional("condition", Shape::Object(&CONDITION), "for which events it happens; for all when absent"),
    ],
    openness: Openness::Closed,
};

static EVENT: Object = Object {
    name: "an event",
    fields: &[
        required("type", Shape::OneOf(EVENTS), "what must happen"),
        optional(
            "blueprintIdentifier",
            Shape::Identifier(&identifier::BLUEPRINT),
            "entity events: of which blueprint",
        ),
        optional(
            "propertyIdentifier",
            Shape::Identifier(&identifier::PROPERTY),
            "timer events: which property",
        ),
        optional("actionIdentifier", Shape::Identifier(&identifier::ACTION), "run events: of which action"),
        optional(
            "scorecard",
            Shape::Identifier(&identifier::SCORECARD),
            "portal's addition: of which scorecard",
        ),
        optional("rule", Shape::Identifier(&identifier::SCORECARD), "portal's addition: which rule fails"),
        optional(
            "initiative",
            Shape::Identifier(&identifier::SCORECARD),
            "portal's addition: which is overdue",
        ),
        optional("schedule", Shape::Text, "portal's addition: when, as a cron expression in UTC"),
    ],
    openness: Openness::Closed,
};

static CONDITION: Object = Object {
    name: "an automation condition",
    fields: &[
        required("type", Shape::OneOf(&["JQ"]), "JQ: expressions over the event"),
        required("expressions", Shape::List(&Shape::Text), "jq expressions over .diff, .action and .context"),
        optional(
            "combinator",
            Shape::OneOf(COMBINATORS),
            "whether all expressions or one must hold: and, or",
        ),
    ],
    openness: Openness::Closed,
};

/// Every event: Port's, then portal's additions.
pub const EVENTS: &[&str] = &[
    "ENTITY_CREATED",
    "ENTITY_UPDATED",
    "ENTITY_DELETED",
    "ANY_ENTITY_CHANGE",
    "TIMER_PROPERTY_EXPIRED",
    "RUN_CREATED",
    "RUN_UPDATED",
    "ANY_RUN_CHANGE",
    "scorecard.degraded",
    "scorecard.improved",
    "rule.failed",
    "initiative.overdue",
    "schedule",
];

/// Returns the table for a document of a folder of actions or automations: Port exports actions, automations and
/// workflows as one list.
pub fn table(node: Node<'_>) -> &'static Object {
    let automatic = || string(node.get("trigger")?, "type").filter(|kind| kind.value == "automation");
    if node.get("nodes").is_some() {
        &workflow::WORKFLOW
    } else if automatic().is_some() {
        &AUTOMATION
    } else {
        &action::ACTION
    }
}

/// An automation, decoded.
#[derive(Debug, Clone)]
pub struct Automation {
    /// Its name.
    pub identifier: Spanned<String>,
    /// What people read.
    pub title: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// A Port icon name.
    pub icon: Option<Spanned<String>>,
    /// The event, by one of the names of [`EVENTS`] unless reported.
    pub event: Option<Spanned<String>>,
    /// Of which blueprint an entity's event is.
    pub blueprint: Option<Spanned<String>>,
    /// Which property's timer it is.
    pub property: Option<Spanned<String>>,
    /// Of which action a run's event is.
    pub action: Option<Spanned<String>>,
    /// Of which scorecard the event is.
    pub scorecard: Option<Spanned<String>>,
    /// Which rule of a scorecard fails.
    pub rule: Option<Spanned<String>>,
    /// Which initiative is overdue.
    pub initiative: Option<Spanned<String>>,
    /// The cron expression of a schedule.
    pub schedule: Option<Spanned<String>>,
    /// The jq expressions that say for which events it happens.
    pub expressions: Vec<Spanned<String>>,
    /// Whether one of them is enough; all must hold otherwise.
    pub any: bool,
    /// The type of the invocation: `GITHUB`, `WEBHOOK` and so on.
    pub invocation: Option<Spanned<String>>,
    /// What is done.
    pub steps: Vec<Step>,
    /// Whether it is in force.
    pub published: bool,
    /// Where it is written.
    pub node: NodeId,
}

impl Automation {
    /// Returns the automation written as `node`.
    pub fn decode(node: Node<'_>) -> Self {
        let identifier = string(node, "identifier");
        let trigger = node.get("trigger");
        let event = trigger.and_then(|trigger| trigger.get("event"));
        let of_event = |key| event.and_then(|event| string(event, key));
        let condition = trigger.and_then(|trigger| trigger.get("condition"));
        Self {
            identifier: identifier.unwrap_or_else(|| Spanned::new(String::new(), node.span())),
            title: string(node, "title").map(|title| title.value),
            description: string(node, "description").map(|text| text.value),
            icon: string(node, "icon"),
            event: of_event("type"),
            blueprint: of_event("blueprintIdentifier"),
            property: of_event("propertyIdentifier"),
            action: of_event("actionIdentifier"),
            scorecard: of_event("scorecard"),
            rule: of_event("rule"),
            initiative: of_event("initiative"),
            schedule: of_event("schedule"),
            expressions: condition.map(|condition| strings(condition, "expressions")).unwrap_or_default(),
            any: condition
                .and_then(|condition| string(condition, "combinator"))
                .is_some_and(|combinator| combinator.value == "or"),
            invocation: node.get("invocationMethod").and_then(|method| string(method, "type")),
            steps: Step::decode_list(node, "steps"),
            published: flag(node, "publish"),
            node: node.id(),
        }
    }

    /// Returns what people read: the title, else the identifier.
    pub fn label(&self) -> &str {
        self.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&self.identifier.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::query::testing::{assert_single_findings, findings, with};

    const TTL: &str = r#"{
      "identifier": "expire", "title": "Expire", "icon": "Clock", "publish": true, "requiredApproval": false,
      "trigger": {
        "type": "automation",
        "event": {"type": "TIMER_PROPERTY_EXPIRED", "blueprintIdentifier": "env", "propertyIdentifier": "ttl"},
        "condition": {"type": "JQ", "expressions": [".diff.after != null"], "combinator": "and"}
      },
      "invocationMethod": {
        "type": "UPSERT_ENTITY", "blueprintIdentifier": "env",
        "mapping": {"identifier": "{{ .event.diff.after.identifier }}", "properties": {"state": "expired"}}
      }
    }"#;

    const NUDGE: &str = r#"
identifier: nudge
trigger: {type: automation, event: {type: scorecard.degraded, scorecard: readiness}}
steps:
  - notify: {issue: '{{ .entity.properties.repository }}', message: 'fell to {{ .event.level }}'}
"#;

    #[test]
    fn decodes_what_it_accepts() {
        for text in [TTL, NUDGE] {
            assert_eq!(findings(&AUTOMATION, text), [""; 0]);
        }
        let automation = with(TTL, Automation::decode);
        assert_eq!(automation.event.map(|event| event.value).as_deref(), Some("TIMER_PROPERTY_EXPIRED"));
        assert_eq!(automation.property.map(|property| property.value).as_deref(), Some("ttl"));
        assert_eq!(automation.invocation.map(|kind| kind.value).as_deref(), Some("UPSERT_ENTITY"));
        assert_eq!((automation.expressions.len(), automation.any, automation.published), (1, false, true));
        let or = with(&TTL.replace("\"and\"", "\"or\""), Automation::decode);
        assert!(or.any);
        let automation = with(NUDGE, Automation::decode);
        assert_eq!(automation.steps[0].kinds[0].value, "notify");
        assert!(!automation.published);
    }

    #[test]
    fn tells_the_kinds_of_ports_list_apart() {
        for (text, name) in [
            (TTL, "an automation"),
            ("{identifier: a, trigger: {type: self-service}}", "an action"),
            ("{identifier: a, trigger: DAY-2}", "an action"),
            ("{identifier: a, nodes: [], connections: []}", "a workflow"),
        ] {
            assert_eq!(with(text, |node| table(node).name), name, "{text}");
        }
    }

    #[test]
    fn reports_mistakes() {
        assert_single_findings(
            &AUTOMATION,
            &[
                (
                    &TTL.replace("TIMER_PROPERTY_EXPIRED", "TIMER_EXPIRED"),
                    "invalid-value: `TIMER_EXPIRED`",
                    "?)",
                ),
                (
                    &TTL.replace("blueprintIdentifier\": \"env\", \"prop", "blueprint\": \"env\", \"prop"),
                    "unknown-key",
                    "?)",
                ),
                (&TTL.replace("\"automation\"", "\"self-service\""), "invalid-value: `self-service`", ")"),
                (
                    &NUDGE.replace("notify:", "notfy:"),
                    "unknown-key: a step has no key `notfy`",
                    "(did you mean `notify`?)",
                ),
                (
                    &NUDGE.replace("issue:", "issues:"),
                    "unknown-key: a notification step",
                    "(did you mean `issue`?)",
                ),
            ],
        );
    }
}

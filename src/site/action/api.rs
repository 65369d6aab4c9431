//! The JSON API of actions and automations.

use serde_json::{Map, Value, json};

use super::{Offer, automation, recorded};
use crate::catalog::Definition;
use crate::dialect::workflow_file;
use crate::form::{Choices, Dynamic, Expression, Fallback, Field, Form, Necessity};
use crate::model::Spanned;
use crate::model::action::permission::Grant;
use crate::model::action::{Approval, Mode, Quorum};
use crate::model::automation::Automation;
use crate::output::{Output, Rank};
use crate::procedure::{Deed, Procedure, Task};
use crate::site::{Error, Site};
use crate::source::Span;

/// The list of actions.
pub(in crate::site) const LIST: &str = "api/v1/actions.json";

/// The list of automations.
pub(in crate::site) const AUTOMATIONS: &str = "api/v1/automations.json";

/// Returns the path of the file of the action whose files are called `name`.
pub(super) fn path(name: &str) -> String {
    format!("api/v1/actions/{name}.json")
}

/// Returns the lists that there are, for the index: of actions, and of automations.
pub(in crate::site) fn lists(site: &Site<'_>) -> (Option<&'static str>, Option<&'static str>) {
    let automations = automation::published(site).next().is_some();
    ((!site.offers.all.is_empty()).then_some(LIST), automations.then_some(AUTOMATIONS))
}

/// Writes a file for each action, and the lists of actions and automations; nothing when there are none.
pub(super) fn write(site: &Site<'_>, output: &Output) -> Result<(), Error> {
    for offer in &site.offers.all {
        output.write(&path(&offer.name), Rank::Leaf, pretty(&whole(site, offer)).as_bytes())?;
    }
    let (actions, automations) = lists(site);
    if let Some(list) = actions {
        let all: Vec<Value> = site.offers.all.iter().map(summary).collect();
        output.write(list, Rank::List, pretty(&Value::from(all)).as_bytes())?;
    }
    if let Some(list) = automations {
        let all: Vec<Value> =
            automation::published(site).map(|definition| of_automation(site, definition)).collect();
        output.write(list, Rank::List, pretty(&Value::from(all)).as_bytes())?;
    }
    Ok(())
}

/// Returns an action in a few members.
fn summary(offer: &Offer<'_>) -> Value {
    let action = offer.action;
    json!({
        "identifier": offer.identifier(),
        "title": action.label(),
        "operation": action.operation.as_ref().map(|operation| operation.value.name()),
        "blueprint": action.blueprint.as_ref().map(|name| &name.value),
        "page": offer.path(),
        "file": path(&offer.name),
    })
}

/// Returns all that there is to say of an action.
fn whole(site: &Site<'_>, offer: &Offer<'_>) -> Value {
    let action = offer.action;
    let mut value = summary(offer);
    let limits = action.limits.iter();
    let limits: Vec<Value> = limits
        .map(|limit| json!({"per": limit.per.name(), "max": limit.max, "window": limit.window.value}))
        .collect();
    let ttl = action.ttl.as_ref();
    let ttl = ttl.map(|ttl| json!({"default": text(ttl.default.as_ref()), "max": text(ttl.max.as_ref())}));
    let targets = site.catalog().config().ci.targets.iter();
    let workflows: Map<String, Value> = targets
        .map(|&target| (target.name().to_string(), workflow_file(target, offer.identifier()).into()))
        .collect();
    let runs = recorded::of(&site.runs, offer.identifier());
    let Procedure { tasks, on_expire, effects } = &offer.procedure;
    let more = json!({
        "description": action.description,
        "icon": action.icon.as_ref().map(|icon| &icon.value),
        "mode": match action.mode {
            Mode::Dispatch => "dispatch",
            Mode::PullRequest => "pull_request",
        },
        "offeredFor": offer.condition.as_ref().map(|condition| condition.summary()),
        "form": form(&offer.form),
        "permissions": {
            "execute": action.permissions.execute.as_ref().map(grant),
            "approve": action.permissions.approve.as_ref().map(grant),
        },
        "approval": approval(&action.approval),
        "limits": limits,
        "ttl": ttl,
        "tasks": self::tasks(tasks),
        "onExpire": self::tasks(on_expire),
        "effects": self::tasks(effects),
        "workflows": workflows,
        "source": source(site, action.identifier.span),
        "runs": runs.iter().take(recorded::MOST).map(recorded::json).collect::<Vec<_>>(),
    });
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
    }
    value
}

fn text(written: Option<&Spanned<String>>) -> Option<&str> {
    written.map(|text| text.value.as_str())
}

fn source(site: &Site<'_>, span: Span) -> Value {
    let (path, line) = site.place_at(span);
    json!({"path": path, "line": line})
}

fn approval(approval: &Approval) -> Value {
    let required = match approval.quorum {
        None => Value::Bool(false),
        Some(Quorum::Any) => "ANY".into(),
        Some(Quorum::All) => "ALL".into(),
    };
    json!({"required": required, "when": text(approval.when.as_ref())})
}

fn grant(grant: &Grant) -> Value {
    let names = |names: &[Spanned<String>]| names.iter().map(|name| name.value.clone()).collect::<Vec<_>>();
    let policy = grant.policy.as_ref().map(|policy| {
        let queries: Vec<&str> = policy.queries.iter().map(|(name, _)| name.as_str()).collect();
        json!({"queries": queries, "conditions": names(&policy.conditions)})
    });
    json!({
        "roles": names(&grant.roles), "users": names(&grant.users), "teams": names(&grant.teams),
        "ownedByTeam": grant.owned_by_team, "policy": policy,
    })
}

/// Returns a form: its inputs in the order in which people see them, and its pages.
fn form(form: &Form) -> Value {
    let pages: Vec<Value> = form
        .pages
        .iter()
        .map(|page| json!({"title": page.title, "inputs": page.order, "visible": flag(&page.visible)}))
        .collect();
    let headings: Vec<Value> = form
        .headings
        .iter()
        .map(|heading| {
            json!({
                "title": heading.title, "description": heading.description, "before": heading.before,
                "visible": flag(&heading.visible),
            })
        })
        .collect();
    json!({
        "inputs": form.fields.iter().map(input).collect::<Vec<_>>(),
        "pages": pages,
        "headings": headings,
        "required": form.required.as_ref().map(jq),
    })
}

/// Returns an input in Port's words; what it does not have is left out.
fn input(field: &Field) -> Value {
    let mut value = Map::new();
    let mut add = |key: &str, what: Option<Value>| {
        if let Some(what) = what {
            value.insert(key.to_string(), what);
        }
    };
    add("identifier", Some(field.identifier.as_str().into()));
    add("title", Some(field.label.as_str().into()));
    add("description", field.description.as_deref().map(Value::from));
    add("type", Some(field.kind.name().into()));
    add("items", (field.kind.name() == "array").then(|| field.items.name().into()));
    add("format", field.format.as_deref().map(Value::from));
    add("blueprint", field.blueprint.as_deref().map(Value::from));
    add("secret", field.secret.then_some(Value::Bool(true)));
    add("required", (field.necessity == Necessity::Required).then_some(Value::Bool(true)));
    add("visible", (!field.visible.is_always(true)).then(|| flag(&field.visible)));
    add("disabled", (!field.disabled.is_always(false)).then(|| flag(&field.disabled)));
    add(
        "default",
        match &field.fallback {
            Fallback::None => None,
            Fallback::Value(default) => (!field.secret).then(|| default.clone()),
            Fallback::Computed(expression) => Some(jq(expression)),
        },
    );
    add(
        "enum",
        match &field.choices {
            Choices::Any => None,
            Choices::Values(values) => Some(values.clone().into()),
            Choices::Computed(expression) => Some(jq(expression)),
        },
    );
    add(
        "pattern",
        field.pattern.as_ref().map(|pattern| match pattern {
            Dynamic::Fixed(pattern) => Value::from(pattern.as_str()),
            Dynamic::Computed(expression) => jq(expression),
        }),
    );
    for (key, bound) in &field.bounds {
        add(
            key,
            Some(match bound {
                Dynamic::Fixed(value) => number(*value),
                Dynamic::Computed(expression) => jq(expression),
            }),
        );
    }
    add("uniqueItems", field.unique.then_some(Value::Bool(true)));
    add("dependsOn", (!field.depends_on.is_empty()).then(|| field.depends_on.clone().into()));
    if let Value::Object(members) = &field.members {
        for (key, schema) in members {
            add(if key == "required" { "requiredMembers" } else { key }, Some(schema.clone()));
        }
    }
    Value::Object(value)
}

/// Returns a bound as it is written: whole, when it is.
fn number(value: f64) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "within the whole numbers that a float holds exactly"
    )]
    let whole = (value.fract() == 0.0 && value.abs() < 9e15).then_some(value as i64);
    whole.map_or_else(|| json!(value), Value::from)
}

fn flag(flag: &Dynamic<bool>) -> Value {
    match flag {
        Dynamic::Fixed(fixed) => Value::Bool(*fixed),
        Dynamic::Computed(expression) => jq(expression),
    }
}

fn jq(expression: &Expression) -> Value {
    json!({"jqQuery": expression.source})
}

/// Returns tasks, each with the positions of those that must be done first.
fn tasks(tasks: &[Task]) -> Vec<Value> {
    let one = |task: &Task| {
        let run = (task.deed == Deed::Run).then(|| task.body.get("run").cloned()).flatten();
        json!({
            "kind": task.deed.key(), "title": task.label(), "name": task.name, "run": run,
            "when": text(task.when.as_ref()), "needs": task.needs, "secrets": task.secrets(),
        })
    };
    tasks.iter().map(one).collect()
}

fn of_automation(site: &Site<'_>, definition: &Definition<Automation>) -> Value {
    let automation = &definition.value;
    let node = site.catalog().node(definition.place);
    let trigger = node.get("trigger");
    let part = |key| trigger.and_then(|trigger| trigger.get(key)).map(|node| node.to_json());
    json!({
        "identifier": automation.identifier.value,
        "title": automation.label(),
        "description": automation.description,
        "event": part("event"),
        "condition": part("condition"),
        "tasks": tasks(&Procedure::of_automation(site.catalog(), definition).tasks),
        "source": source(site, automation.identifier.span),
    })
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

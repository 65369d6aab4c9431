//! Triggers: which automations an event starts.

use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use super::event::Event;
use crate::catalog::Definition;
use crate::dialect::slug;
use crate::jq::{Filter, Input, on_deep_stack};
use crate::model::Spanned;
use crate::model::automation::Automation;
use crate::model::instant::Instant;

/// An automation with its condition compiled.
#[derive(Debug)]
pub struct Trigger<'a> {
    /// The automation.
    pub definition: &'a Definition<Automation>,
    conditions: Vec<Result<Filter, String>>,
}

impl<'a> Trigger<'a> {
    /// Returns the trigger of an automation.
    pub fn of(definition: &'a Definition<Automation>) -> Self {
        let compile = |expression: &Spanned<String>| {
            let filter = Filter::compile(&expression.value);
            filter.map_err(|error| format!("`{}`: {error}", expression.value.trim()))
        };
        Self { definition, conditions: definition.value.expressions.iter().map(compile).collect() }
    }

    /// Returns the automation's name.
    pub fn name(&self) -> &'a str {
        &self.definition.value.identifier.value
    }

    /// Returns whether the automation waits for such an event, drafts and conditions apart.
    pub fn waits_for(&self, event: &Event) -> bool {
        let automation = &self.definition.value;
        let named = |wanted: &Option<Spanned<String>>, own: Option<&str>| {
            wanted.as_ref().is_none_or(|wanted| Some(wanted.value.as_str()) == own)
        };
        let blueprint = event.entity.as_ref().map(|entity| entity.blueprint.as_str());
        let property = automation.property.as_ref();
        automation.event.as_ref().is_some_and(|name| event.what.is_meant_by(&name.value))
            && named(&automation.blueprint, blueprint)
            && named(&automation.action, event.action())
            && named(&automation.scorecard, event.scorecard())
            && named(&automation.rule, event.rule())
            && named(&automation.initiative, event.initiative())
            && property.is_none_or(|property| event.touches(&property.value) != Some(false))
    }

    /// Returns whether the condition holds for an event, as [`Scene::json`](super::event::Scene::json) has it.
    ///
    /// # Errors
    /// When an expression is not jq, or fails: which and why, as a phrase. An expression that need not be asked cannot
    /// fail.
    pub fn holds(&self, event: &Value, now: Instant) -> Result<bool, String> {
        let (automation, input) = (&self.definition.value, event);
        on_deep_stack(|| {
            let input = Input::from_json(input);
            for (filter, expression) in self.conditions.iter().zip(&automation.expressions) {
                let filter = filter.as_ref().map_err(String::clone)?;
                let holds = filter.holds(&input, now.seconds());
                let holds = holds.map_err(|why| format!("`{}` fails: {why}", expression.value.trim()))?;
                if holds == automation.any {
                    return Ok(holds);
                }
            }
            Ok(!automation.any || self.conditions.is_empty())
        })
    }

    /// Returns the name of the run that the automation is started as by an event at `point`, the commit of a change:
    /// the same whenever it is asked for.
    pub fn run(&self, event: &Event, point: &str) -> String {
        let mut parts = vec![self.name().to_string()];
        parts.extend(event.identity());
        parts.push(point.to_string());
        format!("on-{}-{}", slug(self.name()), digest(&parts))
    }
}

/// Returns a hash of these texts, in their order, as 16 hexadecimal digits.
pub(super) fn digest(parts: &[String]) -> String {
    // A text that holds the separator would need to be an identifier, and none can.
    format!("{:016x}", xxh3_64(parts.join("\0").as_bytes()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::event::{About, What};
    use super::super::request::EntityName;
    use super::super::run::testing::run;
    use super::*;
    use crate::catalog::{self, Catalog};
    use crate::diagnostic::Diagnostics;
    use crate::model::config::Config;
    use crate::source::Sources;
    use crate::worktree::Memory;

    /// Returns a catalog with an automation of this event and condition.
    fn catalog(event: &str, condition: &str) -> Catalog {
        let trigger = format!("{{type: automation, event: {event}, condition: {condition}}}");
        let text = format!("{{identifier: a, trigger: {trigger}, steps: [{{run: x}}], publish: true}}");
        let files = Memory::new([("automations/a.yaml", text.as_str())]);
        let now = Instant::default();
        let loaded =
            catalog::load(&files, Config::default(), Sources::default(), now, &mut Diagnostics::default());
        loaded.unwrap().catalog
    }

    const NONE: &str = "{type: JQ, expressions: []}";

    fn about(what: What, about: About) -> Event {
        let entity = EntityName { blueprint: "Service".into(), identifier: "a".into() };
        Event { what, entity: Some(entity), about, parent: None }
    }

    fn score(rule: Option<&str>) -> About {
        let rule = rule.map(String::from);
        About::Score { scorecard: "ready".into(), rule, before: None, after: None }
    }

    #[test]
    fn an_automation_waits_for_what_its_event_says() {
        let changed = |what| about(what, About::Entity(vec!["tier".into(), "$title".into()]));
        let ran = |what| about(what, About::Run(Box::new(run("gh-1-1", "2026-11-21T11:00:00Z"))));
        let (updated, deleted) = (changed(What::EntityUpdated), changed(What::EntityDeleted));
        let begun = ran(What::RunCreated);
        let failed = about(What::RuleFailed, score(Some("runbook")));
        let fell = about(What::ScorecardDegraded, score(None));
        for (event, waited, expected) in [
            ("{type: ENTITY_UPDATED, blueprintIdentifier: Service}", &updated, true),
            ("{type: ENTITY_UPDATED, blueprintIdentifier: System}", &updated, false),
            ("{type: ENTITY_UPDATED, blueprintIdentifier: Service}", &deleted, false),
            (
                "{type: ENTITY_UPDATED, blueprintIdentifier: Service, propertyIdentifier: tier}",
                &updated,
                true,
            ),
            (
                "{type: ENTITY_UPDATED, blueprintIdentifier: Service, propertyIdentifier: size}",
                &updated,
                false,
            ),
            ("{type: ANY_ENTITY_CHANGE, blueprintIdentifier: Service}", &deleted, true),
            (
                "{type: ANY_ENTITY_CHANGE, blueprintIdentifier: Service, propertyIdentifier: size}",
                &deleted,
                true,
            ),
            (
                "{type: ANY_ENTITY_CHANGE, blueprintIdentifier: Service, propertyIdentifier: size}",
                &updated,
                false,
            ),
            ("{type: ANY_ENTITY_CHANGE}", &updated, true),
            ("{type: ANY_ENTITY_CHANGE}", &fell, false),
            ("{type: ANY_ENTITY_CHANGE}", &begun, false),
            ("{type: ANY_RUN_CHANGE}", &begun, true),
            ("{type: RUN_CREATED, actionIdentifier: deploy}", &begun, true),
            ("{type: RUN_CREATED, actionIdentifier: delete}", &begun, false),
            ("{type: RUN_UPDATED, actionIdentifier: deploy}", &begun, false),
            ("{type: scorecard.degraded, scorecard: ready}", &fell, true),
            ("{type: scorecard.degraded, scorecard: safe}", &fell, false),
            ("{type: scorecard.improved, scorecard: ready}", &fell, false),
            ("{type: rule.failed, scorecard: ready}", &failed, true),
            ("{type: rule.failed, scorecard: ready, rule: runbook}", &failed, true),
            ("{type: rule.failed, scorecard: ready, rule: owner}", &failed, false),
            ("{type: rule.failed, scorecard: ready, blueprintIdentifier: System}", &failed, false),
        ] {
            let catalog = catalog(event, NONE);
            let trigger = Trigger::of(&catalog.automations()[0]);
            assert_eq!(trigger.waits_for(waited), expected, "{event} {waited:?}");
        }
    }

    #[test]
    fn conditions_are_jq_over_the_event() {
        let event =
            json!({"diff": {"before": null, "after": {"properties": {"tier": 1}}}, "action": "CREATE"});
        let (yes, no, wrong) = (".diff.after.properties.tier == 1", ".diff.before != null", ".action | keys");
        for (expressions, combinator, expected) in [
            (&[][..], "and", Ok(true)),
            (&[], "or", Ok(true)),
            (&[yes, yes], "and", Ok(true)),
            (&[yes, no], "and", Ok(false)),
            (&[no, yes], "or", Ok(true)),
            (&[no, no], "or", Ok(false)),
            (&[no, wrong], "and", Ok(false)),
            (&[yes, wrong], "or", Ok(true)),
            (&[yes, wrong], "and", Err("`.action | keys` fails: ")),
            (&["empty"], "and", Ok(false)),
            (&["1 +"], "and", Err("`1 +`: ")),
            (&["def f: f; f"], "and", Err("`def f: f; f` fails: takes too many steps")),
        ] {
            let condition =
                json!({"type": "JQ", "expressions": expressions, "combinator": combinator}).to_string();
            let catalog = catalog("{type: ENTITY_CREATED, blueprintIdentifier: Service}", &condition);
            let holds = Trigger::of(&catalog.automations()[0]).holds(&event, Instant::default());
            match (&holds, expected) {
                (Err(error), Err(start)) => assert!(error.starts_with(start), "{error}"),
                _ => assert_eq!(holds, expected.map_err(String::from), "{condition}"),
            }
        }
    }

    #[test]
    fn a_run_is_called_the_same_whenever_it_is_asked_for() {
        let catalog = catalog("{type: ANY_ENTITY_CHANGE}", NONE);
        let trigger = Trigger::of(&catalog.automations()[0]);
        let id = |event: &Event, commit| trigger.run(event, commit);
        let event = about(What::EntityUpdated, About::Entity(vec!["tier".into()]));
        let same = about(What::EntityUpdated, About::Entity(Vec::new()));
        assert_eq!(id(&event, "c0ffee"), id(&same, "c0ffee"));
        assert!(id(&event, "c0ffee").starts_with("on-a-"));
        let timer = |millis| {
            let deadline = Instant::from_millis(millis);
            about(What::TimerExpired, About::Timer { property: "end".into(), deadline })
        };
        let others = [
            id(&event, "c0ffee"),
            id(&event, "facade"),
            id(&about(What::EntityCreated, About::Entity(Vec::new())), "c0ffee"),
            id(&about(What::ScorecardDegraded, score(None)), "c0ffee"),
            id(&about(What::RuleFailed, score(Some("a"))), "c0ffee"),
            id(&about(What::RuleFailed, score(Some("b"))), "c0ffee"),
            id(&timer(1), ""),
            id(&timer(2), ""),
        ];
        let distinct: std::collections::BTreeSet<_> = others.iter().collect();
        assert_eq!(distinct.len(), others.len());
    }
}

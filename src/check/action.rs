//! Actions: what they ask, who may ask, and what they do, held against the rest of the catalog.

use super::around::Around;
use super::expression::Expressions;
use super::sight::{Members, Sight};
use super::step::{Doer, Own};
use super::{form, limit, permission, step};
use crate::catalog::{BlueprintId, Definition};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::action::Action;
use crate::model::action::trigger::Operation;
use crate::yaml::{Kind, Node};

/// Pushes what is wrong with an action.
pub(super) fn check<'a>(
    around: &'a Around<'a>,
    action: &'a Definition<Action>,
    expressions: &mut Expressions,
    found: &mut Vec<Diagnostic>,
) {
    let (node, action) = (around.catalog.node(action.place), &action.value);
    if let Some(finding) = graph_of_nodes(node) {
        found.push(finding);
        return;
    }
    let trigger = node.get("trigger").filter(|trigger| trigger.kind() == Kind::Map);
    let written = trigger.and_then(|trigger| trigger.get("blueprintIdentifier"));
    let written = written.or_else(|| node.get("blueprint")).filter(|name| !name.is_null());
    let blueprint = written.and_then(|name| around.blueprint(name, found));
    let roots = Roots { around, action, blueprint };
    if let Some(written) = form::Written::of_action(around, node, action) {
        form::check(&written, &roots.of_form(), expressions, found);
    }
    permission::check(around, node, action, &roots, expressions, found);
    limit::check(around, node, action, blueprint, found);
    let doer = |own| Doer { around, blueprint, named: written.is_some(), own };
    let own = match action.operation.as_ref().map(|operation| operation.value) {
        Some(Operation::Create) => Own::Created,
        _ if written.is_none() => Own::None,
        _ => Own::Given,
    };
    let sight = roots.of_templates(false);
    step::check(&doer(own), node, "steps", &sight, expressions, found);
    step::check(&doer(own), node, "effects", &sight, expressions, found);
    step::check_invocation(&doer(own), node, &sight, expressions, found);
    // What is created is there when it expires.
    let later = if written.is_none() { Own::None } else { Own::Given };
    step::check(&doer(later), node, "onExpire", &roots.of_templates(true), expressions, found);
}

/// Returns the finding that a document is one of Port's graphs of nodes, which is kept and not compiled.
pub(super) fn graph_of_nodes(node: Node<'_>) -> Option<Diagnostic> {
    let (key, _) = node.entry("nodes")?;
    let message = "Port's workflows, graphs of nodes, are kept and not compiled";
    let help =
        "write an action or an automation with `steps`: `when` for a condition, `approval` for a question";
    Some(Diagnostic::new(Rule::NotCompiled, key.span(), message).help(help))
}

/// What the expressions of an action see.
pub(super) struct Roots<'a> {
    around: &'a Around<'a>,
    action: &'a Action,
    blueprint: Option<BlueprintId>,
}

/// What people write who think of automations.
const HINTS: &[(&str, &str)] = &[
    ("event", "an action has no event; what was asked for is in `.inputs`"),
    ("diff", "an action has no event"),
];

impl<'a> Roots<'a> {
    /// Returns what the expressions of the form see.
    fn of_form(&self) -> Sight<'a> {
        let inputs = Sight::inputs(self.around.catalog, &self.action.inputs);
        let members = vec![("form", inputs), ("entity", self.entity(false)), ("user", Sight::Any)];
        let hints = &[("inputs", "in a form, the inputs are in `.form`")];
        Sight::Members(Members { lacks: LACKS, rule: Rule::InvalidTemplate, members, hints })
    }

    /// Returns what templates and conditions see, but for the steps; when what was created has `expired`, it is there.
    pub(super) fn of_templates(&self, expired: bool) -> Sight<'a> {
        let inputs = Sight::inputs(self.around.catalog, &self.action.inputs);
        let members = vec![
            ("inputs", inputs.clone()),
            ("form", inputs),
            ("entity", self.entity(expired)),
            ("user", Sight::Any),
            ("trigger", Sight::Any),
            ("action", Sight::Any),
            ("run", Sight::Any),
            ("secrets", Sight::Any),
            ("expiresAt", Sight::Any),
        ];
        Sight::Members(Members { lacks: LACKS, rule: Rule::InvalidTemplate, members, hints: HINTS })
    }

    /// Returns what is seen when it is decided whether someone must agree.
    pub(super) fn of_approval(&self) -> Sight<'a> {
        let help = "here the entity is in `.form`";
        let form = Sight::inputs(self.around.catalog, &self.action.inputs);
        self.of_decisions(form, help, Vec::new())
    }

    /// Returns what is seen when a policy says who may: `results` are those of its searches.
    pub(super) fn of_policy(&self, results: Sight<'a>) -> Sight<'a> {
        let help = "find the entity by a query of the policy, and compare its `.identifier`";
        let form = Sight::identifiers(&self.action.inputs, help);
        self.of_decisions(form, help, vec![("results", results), ("action", Sight::Any)])
    }

    /// Returns what is seen before anything runs.
    fn of_decisions(
        &self,
        form: Sight<'a>,
        help: &'static str,
        more: Vec<(&'a str, Sight<'a>)>,
    ) -> Sight<'a> {
        let mut members = vec![
            ("inputs", Sight::identifiers(&self.action.inputs, help)),
            ("form", form),
            ("entity", self.entity(false)),
            ("user", Sight::Any),
            ("trigger", Sight::Any),
        ];
        members.extend(more);
        Sight::Members(Members { lacks: LACKS, rule: Rule::InvalidTemplate, members, hints: HINTS })
    }

    /// Returns the entity that the action is about.
    fn entity(&self, expired: bool) -> Sight<'a> {
        let creates = self.action.operation.as_ref().is_some_and(|it| it.value == Operation::Create);
        if self.action.blueprint.is_none() {
            let help = "name a blueprint in `blueprintIdentifier`";
            return Sight::Nothing("this action is about no entity, so `.entity` is null", help);
        }
        if creates && !expired {
            let help = "what was asked for is in `.inputs`";
            return Sight::Nothing("this action creates its entity, so `.entity` is null", help);
        }
        Sight::entity(self.around.catalog, self.blueprint)
    }
}

/// What is said of a name that no expression sees.
pub(super) const LACKS: &str = "this expression sees no";

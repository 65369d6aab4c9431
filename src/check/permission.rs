//! Permissions: who may ask and who must agree exists, and somebody can.

use super::action::Roots;
use super::around::Around;
use super::expression::Expressions;
use super::sight::Sight;
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::action::Action;
use crate::model::action::permission::Grant;
use crate::model::action::trigger::Operation;
use crate::yaml::{Kind, Node};

/// Pushes what is wrong with the permissions and the approval of an action.
pub(super) fn check<'a>(
    around: &'a Around<'a>,
    node: Node<'a>,
    action: &'a Action,
    roots: &Roots<'a>,
    expressions: &mut Expressions,
    found: &mut Vec<Diagnostic>,
) {
    let permissions = node.get("permissions").filter(|permissions| permissions.kind() == Kind::Map);
    for grant in ["execute", "approve"].into_iter().filter_map(|key| permissions?.get(key)) {
        check_grantees(around, grant, found);
        if let Some(policy) = grant.get("policy") {
            check_policy(policy, roots, expressions, found);
        }
    }
    found.extend(owned_by_nobody(permissions, action));
    if let Some(when) = node.get("approval").and_then(|approval| approval.get("when")) {
        expressions.jq(when, &roots.of_approval(), found);
    }
    found.extend(missing_approver(node, action));
}

/// Pushes the users, teams and roles that do not exist.
fn check_grantees(around: &Around<'_>, grant: Node<'_>, found: &mut Vec<Diagnostic>) {
    let config = around.catalog.config();
    let named = |key: &str| grant.get(key).into_iter().flat_map(Node::items);
    found.extend(named("users").filter_map(|name| around.unknown_user(name)));
    found.extend(named("teams").filter_map(|name| around.unknown_grantee("team", config.team(), name)));
    found.extend(named("roles").filter_map(|name| around.unknown_role(name)));
}

/// Checks the expressions of a policy, which see what its searches have found.
fn check_policy<'a>(
    policy: Node<'a>,
    roots: &Roots<'a>,
    expressions: &mut Expressions,
    found: &mut Vec<Diagnostic>,
) {
    let queries = || policy.get("queries").into_iter().flat_map(Node::entries);
    let nothing = Sight::members("a query of a policy sees no result", Rule::InvalidTemplate, []);
    for (_, query) in queries() {
        expressions.templates(query, &roots.of_policy(nothing.clone()), found);
    }
    let results = queries().filter_map(|(key, _)| Some((key.as_str()?, Sight::Any)));
    let results = Sight::members("the policy has no query", Rule::InvalidTemplate, results);
    let sight = roots.of_policy(results);
    for condition in policy.get("conditions").into_iter().flat_map(Node::items) {
        expressions.jq(condition, &sight, found);
    }
}

/// Returns the finding that only the owners of an entity may ask, where there is none.
fn owned_by_nobody(permissions: Option<Node<'_>>, action: &Action) -> Option<Diagnostic> {
    let grant = action.permissions.execute.as_ref()?;
    let others = Grant { owned_by_team: false, ..grant.clone() };
    let creates = action.operation.as_ref().is_some_and(|operation| operation.value == Operation::Create);
    if !grant.owned_by_team || !others.is_empty() || !(creates || action.blueprint.is_none()) {
        return None;
    }
    let (key, _) = permissions?.get("execute")?.entry("ownedByTeam")?;
    let message = "nobody may ask for this: there is no entity yet that a team could own";
    let help = "name `roles`, `teams` or `users`, or write a `policy` over the inputs";
    Some(Diagnostic::new(Rule::UnknownGrantee, key.span(), message).help(help))
}

/// Returns the finding that someone must agree and nobody may: where nobody is named at all, every member may.
fn missing_approver(node: Node<'_>, action: &Action) -> Option<Diagnostic> {
    let nobody = action.permissions.approve.as_ref().is_some_and(Grant::is_empty);
    if action.approval.quorum.is_none() || !nobody {
        return None;
    }
    let (key, _) = node.get("permissions")?.entry("approve")?;
    let message = "someone must agree to this, and nobody may";
    let help = "name `roles`, `teams` or `users`, or write a `policy`; without `approve`, every member may";
    Some(Diagnostic::new(Rule::MissingApprover, key.span(), message).help(help))
}

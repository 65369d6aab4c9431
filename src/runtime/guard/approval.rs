//! Whether someone must agree, and whether anyone can.

use serde_json::{Map, Value, json};

use crate::dialect;
use crate::form::{Asker, Form};
use crate::jq::{Filter, Input, on_deep_stack};
use crate::model::action::Action;
use crate::model::instant::Instant;
use crate::model::target::Target;
use crate::printable::shown;
use crate::runtime::provider::Provider;

/// What makes an action independent of environments.
const INSTEAD: &str =
    "or set `mode: pull_request` in the action: then whoever merges the request agrees to it";

/// Returns what the expression that asks for an approval sees: `.form` with the entities that inputs name, `.inputs`,
/// `.entity`, `.user` and `.trigger`.
pub(super) fn sees(form: &Form, values: &Map<String, Value>, asker: &Asker<'_>) -> Value {
    let mut filled = values.clone();
    filled.extend(form.entities(values, asker.known));
    json!({
        "form": filled, "inputs": values, "entity": asker.entity, "user": asker.user,
        "trigger": {"by": {"user": asker.user}, "at": asker.now.iso()},
    })
}

/// Returns whether someone must agree, with what people should know. An expression that fails asks for it: it is there
/// because some requests need a second pair of eyes, and this may be one.
pub(super) fn decide(action: &Action, sees: &Value, now: Instant) -> (bool, Vec<String>) {
    if action.approval.quorum.is_none() {
        return (false, Vec::new());
    }
    let Some(when) = &action.approval.when else { return (true, Vec::new()) };
    let holds = on_deep_stack(|| {
        let filter = Filter::compile(&when.value).map_err(|error| error.message)?;
        filter.first(&Input::from_json(sees), now.seconds())
    });
    match holds {
        Ok(result) => (!matches!(result, None | Some(Value::Null | Value::Bool(false))), Vec::new()),
        Err(reason) => {
            let reason = shown(&reason);
            (true, vec![format!("whether someone must agree cannot be computed, so someone must: {reason}")])
        }
    }
}

/// Returns why nobody could agree to a request that waits for it, a sentence each.
pub(super) fn obstacles(
    action: &Action,
    provider: &Provider<'_>,
    branch: &str,
    notes: &mut Vec<String>,
) -> Vec<String> {
    let environment = dialect::approval_environment(&action.identifier.value);
    let again = provider.target == Target::GitHub
        && provider.job.variable("GITHUB_RUN_ATTEMPT").is_some_and(|attempt| attempt != "1");
    if again {
        let why = "GitHub does not tell which attempt an approval was for";
        return vec![format!(
            "a request that someone must agree to cannot be run again, as {why}: start it anew"
        )];
    }
    match (provider.target, provider.protection(&environment)) {
        (Target::Azure | Target::Bitbucket, _) => {
            let target = provider.target;
            vec![format!("someone must agree to this, and {target} does not tell who does; {INSTEAD}")]
        }
        (Target::GitHub, Ok(protection)) => {
            let gaps = protection.gaps(branch);
            if gaps.is_empty() {
                return Vec::new();
            }
            let (gaps, command) = (gaps.join(", and "), command(&provider.job.repository, &environment));
            vec![format!(
                "someone must agree to this, but the environment `{environment}` is not protected: {gaps}. \
                 An administrator of the repository protects it with: {command} - {INSTEAD}"
            )]
        }
        // Who starts the job that waits is looked at there.
        (Target::GitLab, Ok(_)) => Vec::new(),
        (_, Err(why)) => {
            notes.push(format!("whether `{environment}` is protected cannot be said: {why}"));
            Vec::new()
        }
    }
}

/// Returns the command that protects an environment.
fn command(repository: &str, environment: &str) -> String {
    format!(
        "gh api -X PUT repos/{}/environments/{environment} -F prevent_self_review=true \
         -F 'reviewers[][type]=User' -F \"reviewers[][id]=$(gh api users/LOGIN --jq .id)\" \
         -F 'deployment_branch_policy[protected_branches]=true' \
         -F 'deployment_branch_policy[custom_branch_policies]=false'",
        shown(repository)
    )
}

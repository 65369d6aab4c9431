//! Bitbucket Cloud: its REST API, version 2.0.

use serde_json::{Map, Value, json};

use super::address::{encoded, owner_and_name};
use super::{Conclusion, Merge, Opened, Provider, PullRequest, Started, items, text, text_of};

fn own(provider: &Provider<'_>) -> Result<String, String> {
    Ok(format!("/repositories/{}", owner_and_name(&provider.job.repository)?))
}

/// Returns the pull request that a commit merged (`GET …/commit/{commit}/pullrequests`). People are known by their
/// UUID, as in the variables of a step.
pub(super) fn merge_of(provider: &Provider<'_>, commit: &str) -> Result<Option<Merge>, String> {
    let path = own(provider)?;
    let pulls = provider.get(&format!("{path}/commit/{}/pullrequests", encoded(commit)))?;
    let Some(id) = items(&pulls, "/values").map(|pull| text(pull, "/id")).next() else { return Ok(None) };
    let pull = provider.get(&format!("{path}/pullrequests/{}", encoded(&id)))?;
    // Bitbucket shortens the hash of the merge.
    let made = text(&pull, "/merge_commit/hash");
    if pull["state"] != "MERGED" || made.is_empty() || !commit.starts_with(&made) {
        return Ok(None);
    }
    let approved = items(&pull, "/participants")
        .filter(|participant| participant["approved"] == true)
        .map(|participant| text(participant, "/user/uuid"));
    Ok(Some(Merge {
        author: text(&pull, "/author/uuid"),
        approvers: approved.chain([text(&pull, "/closed_by/uuid")]).collect(),
        link: Some(text(&pull, "/links/html/href")).filter(|link| !link.is_empty()),
    }))
}

/// Starts a custom pipeline (`POST …/pipelines/`).
pub(super) fn dispatch(
    provider: &Provider<'_>,
    repository: &str,
    workflow: &str,
    reference: Option<&str>,
    inputs: &Map<String, Value>,
) -> Result<Started, String> {
    let name = owner_and_name(repository)?;
    let path = format!("/repositories/{name}");
    let reference = match reference {
        Some(reference) => reference.to_string(),
        None => text(&provider.get(&path)?, "/mainbranch/name"),
    };
    let variables: Vec<Value> =
        inputs.iter().map(|(key, value)| json!({"key": key, "value": text_of(value)})).collect();
    let mut target = json!({"type": "pipeline_ref_target", "ref_type": "branch", "ref_name": reference});
    if !workflow.is_empty() {
        target["selector"] = json!({"type": "custom", "pattern": workflow});
    }
    let answer =
        provider.post(&format!("{path}/pipelines/"), &json!({"target": target, "variables": variables}))?;
    if !answer.is_success() {
        return Err(provider.refusal(&answer));
    }
    let number = text(&answer.body, "/build_number");
    Ok(Started {
        repository: repository.to_string(),
        link: Some(format!("{}{name}/pipelines/results/{number}", provider.server())),
        id: Some(text(&answer.body, "/uuid")).filter(|id| !id.is_empty()),
    })
}

/// Returns how a pipeline ended; `None` while it has not (`GET …/pipelines/{pipeline_uuid}`).
pub(super) fn conclusion(
    provider: &Provider<'_>,
    repository: &str,
    id: &str,
) -> Result<Option<Conclusion>, String> {
    let path = format!("/repositories/{}/pipelines/{}", owner_and_name(repository)?, encoded(id));
    let pipeline = provider.get(&path)?;
    Ok((pipeline["state"]["name"] == "COMPLETED").then(|| match text(&pipeline, "/state/result/name") {
        word if word == "SUCCESSFUL" => Conclusion::Success,
        word => Conclusion::Failure(word.to_lowercase()),
    }))
}

/// Opens a pull request (`POST …/pullrequests`).
pub(super) fn open_pull_request(
    provider: &Provider<'_>,
    request: &PullRequest<'_>,
) -> Result<Opened, String> {
    let branch = |name: &str| json!({"branch": {"name": name}});
    let body = json!({
        "title": request.title, "source": branch(request.branch), "destination": branch(request.base),
        "description": request.body, "close_source_branch": true,
    });
    let path = format!("{}/pullrequests", own(provider)?);
    let answer = provider.post(&path, &body)?;
    if !answer.is_success() {
        return Err(provider.refusal(&answer));
    }
    let notes = match (request.labels, request.reviewers) {
        ([], []) => Vec::new(),
        _ => vec!["Bitbucket has no labels and knows reviewers by UUID only, so none was set".into()],
    };
    Ok(Opened { link: text(&answer.body, "/links/html/href"), notes })
}

//! Azure DevOps: its REST API, version 7.1.

use serde_json::{Map, Value, json};

use super::address::encoded;
use super::{Conclusion, Merge, Opened, Provider, PullRequest, Started, items, text, text_of};

const VERSION: &str = "api-version=7.1";

/// Returns the pull request that a commit merged (`POST …/git/repositories/{id}/pullrequestquery`).
pub(super) fn merge_of(provider: &Provider<'_>, commit: &str) -> Result<Option<Merge>, String> {
    let path = format!("{}/pullrequestquery?{VERSION}", repository(provider));
    let body = json!({"queries": [{"type": "lastMergeCommit", "items": [commit]}]});
    let answer = provider.post(&path, &body)?;
    if !answer.is_success() {
        return Err(provider.refusal(&answer));
    }
    let pointer = format!("/results/0/{commit}");
    let completed = |pull: &&Value| pull["status"] == "completed";
    let Some(pull) = items(&answer.body, &pointer).find(completed) else { return Ok(None) };
    // 10 is an approval, 5 one with suggestions.
    let approved = items(pull, "/reviewers")
        .filter(|reviewer| reviewer["vote"].as_i64().is_some_and(|vote| vote >= 5))
        .map(|reviewer| text(reviewer, "/uniqueName"));
    Ok(Some(Merge {
        author: text(pull, "/createdBy/uniqueName"),
        approvers: approved.chain([text(pull, "/closedBy/uniqueName")]).collect(),
        link: None,
    }))
}

/// Starts a pipeline (`POST …/pipelines/{pipelineId}/runs`), which is named or numbered.
pub(super) fn dispatch(
    provider: &Provider<'_>,
    workflow: &str,
    reference: Option<&str>,
    inputs: &Map<String, Value>,
) -> Result<Started, String> {
    let id = match workflow.bytes().all(|byte| byte.is_ascii_digit()) && !workflow.is_empty() {
        true => workflow.to_string(),
        false => {
            let pipelines = provider.get(&format!("/_apis/pipelines?$top=5000&{VERSION}"))?;
            let found = items(&pipelines, "/value").find(|pipeline| pipeline["name"] == workflow);
            let found = found.map(|pipeline| text(pipeline, "/id"));
            found.ok_or_else(|| format!("there is no pipeline `{}`", provider.harmless(workflow)))?
        }
    };
    let inputs: Map<String, Value> =
        inputs.iter().map(|(name, value)| (name.clone(), Value::from(text_of(value)))).collect();
    let mut body = json!({"templateParameters": inputs});
    if let Some(reference) = reference {
        let whole = match reference.starts_with("refs/") {
            true => reference.to_string(),
            false => format!("refs/heads/{reference}"),
        };
        body["resources"] = json!({"repositories": {"self": {"refName": whole}}});
    }
    let answer = provider.post(&format!("/_apis/pipelines/{id}/runs?{VERSION}"), &body)?;
    if !answer.is_success() {
        return Err(provider.refusal(&answer));
    }
    Ok(Started {
        repository: provider.job.repository.clone(),
        link: Some(text(&answer.body, "/_links/web/href")).filter(|link| !link.is_empty()),
        id: Some(text(&answer.body, "/id")).filter(|id| !id.is_empty()),
    })
}

/// Returns how a run ended; `None` while it has not (`GET …/build/builds/{buildId}`).
pub(super) fn conclusion(provider: &Provider<'_>, id: &str) -> Result<Option<Conclusion>, String> {
    let build = provider.get(&format!("/_apis/build/builds/{}?{VERSION}", encoded(id)))?;
    Ok((build["status"] == "completed").then(|| match text(&build, "/result") {
        word if word == "succeeded" => Conclusion::Success,
        word => Conclusion::Failure(word),
    }))
}

/// Opens a pull request (`POST …/git/repositories/{id}/pullrequests`).
pub(super) fn open_pull_request(
    provider: &Provider<'_>,
    request: &PullRequest<'_>,
) -> Result<Opened, String> {
    let labels: Vec<Value> = request.labels.iter().map(|name| json!({"name": name})).collect();
    let (source, target) = (format!("refs/heads/{}", request.branch), format!("refs/heads/{}", request.base));
    let body = json!({
        "sourceRefName": source, "targetRefName": target, "title": request.title,
        "description": request.body, "labels": labels,
    });
    let path = format!("{}/pullrequests", repository(provider));
    let answer = provider.post(&format!("{path}?{VERSION}"), &body)?;
    let open = if answer.is_success() {
        answer.body
    } else {
        let search = format!(
            "{path}?searchCriteria.status=active&searchCriteria.sourceRefName={}&{VERSION}",
            encoded(&source)
        );
        let open = provider.ask(&search)?;
        let same = |pull: &&Value| pull["sourceRefName"] == source.as_str();
        let found = items(&open.body, "/value").find(same).cloned();
        found.ok_or_else(|| provider.refusal(&answer))?
    };
    let project = encoded(provider.job.variable("SYSTEM_TEAMPROJECT").unwrap_or_default());
    let name = encoded(&provider.job.repository);
    let link =
        format!("{}{project}/_git/{name}/pullrequest/{}", provider.server(), text(&open, "/pullRequestId"));
    let notes = match request.reviewers {
        [] => Vec::new(),
        _ => vec!["Azure DevOps knows reviewers by number only, so none was asked".into()],
    };
    Ok(Opened { link, notes })
}

fn repository(provider: &Provider<'_>) -> String {
    format!("/_apis/git/repositories/{}", encoded(&provider.job.repository))
}

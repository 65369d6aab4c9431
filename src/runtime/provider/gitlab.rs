//! GitLab: its REST API, version 4.

use serde_json::{Map, Value, json};

use super::address::encoded;
use super::{
    Branches, Conclusion, Merge, Opened, Protection, Provider, PullRequest, Started, items, text, text_of,
};

/// Returns the path of a project in the API.
fn project(path: &str) -> Result<String, String> {
    if path.is_empty() {
        return Err("the project is not known: CI_PROJECT_PATH is not set".into());
    }
    Ok(format!("/projects/{}", encoded(path)))
}

fn own(provider: &Provider<'_>) -> Result<String, String> {
    project(&provider.job.repository)
}

/// Returns how an environment is protected (`GET /projects/:id/protected_environments/:name`, GitLab Premium). Which
/// branches may use it is not the environment's to say: GitLab's protected variables and branches are.
pub(super) fn protection(provider: &Provider<'_>, environment: &str) -> Result<Protection, String> {
    let path = format!("{}/protected_environments/{}", own(provider)?, encoded(environment));
    let Some(found) = provider.find(&path)? else {
        return Ok(Protection { exists: false, reviewers: 0, branches: Branches::Protected });
    };
    let rules = items(&found, "/approval_rules").count();
    let count = found["required_approval_count"].as_u64().unwrap_or(0);
    let reviewers = rules.max(usize::try_from(count).unwrap_or(usize::MAX));
    Ok(Protection { exists: true, reviewers, branches: Branches::Protected })
}

/// Returns who started this job by hand, which is the approval there is without GitLab Premium.
pub(super) fn approvers(provider: &Provider<'_>) -> Result<Vec<String>, String> {
    let login = provider.job.variable("GITLAB_USER_LOGIN").ok_or("GITLAB_USER_LOGIN is not set")?;
    Ok(vec![login.to_string()])
}

/// Returns the merge request that a commit merged (`GET /projects/:id/repository/commits/:sha/merge_requests`).
pub(super) fn merge_of(provider: &Provider<'_>, commit: &str) -> Result<Option<Merge>, String> {
    let project = own(provider)?;
    let requests =
        provider.get(&format!("{project}/repository/commits/{}/merge_requests", encoded(commit)))?;
    let merged = |request: &&Value| {
        let made = ["merge_commit_sha", "squash_commit_sha", "sha"];
        request["state"] == "merged" && made.iter().any(|key| request[*key] == commit)
    };
    let Some(found) = items(&requests, "").find(merged) else { return Ok(None) };
    let path = format!("{project}/merge_requests/{}", text(found, "/iid"));
    let approvals = provider.get(&format!("{path}/approvals"))?;
    let approved = items(&approvals, "/approved_by").map(|by| text(by, "/user/username"));
    let merged = [text(found, "/merge_user/username"), text(found, "/merged_by/username")];
    Ok(Some(Merge {
        author: text(found, "/author/username"),
        approvers: approved.chain(merged).collect(),
        link: Some(text(found, "/web_url")).filter(|link| !link.is_empty()),
    }))
}

/// Starts a pipeline (`POST /projects/:id/pipeline`): with inputs, or with variables where no pipeline is named.
pub(super) fn dispatch(
    provider: &Provider<'_>,
    repository: &str,
    workflow: &str,
    reference: Option<&str>,
    inputs: &Map<String, Value>,
) -> Result<Started, String> {
    let path = project(repository)?;
    let reference = match reference {
        Some(reference) => reference.to_string(),
        None => text(&provider.get(&path)?, "/default_branch"),
    };
    let mut body = json!({"ref": reference});
    if workflow.is_empty() {
        let variables = inputs.iter().map(|(key, value)| json!({"key": key, "value": text_of(value)}));
        body["variables"] = variables.collect();
    } else {
        body["inputs"] = Value::Object(inputs.clone());
    }
    let answer = provider.post(&format!("{path}/pipeline"), &body)?;
    if !answer.is_success() {
        return Err(provider.refusal(&answer));
    }
    Ok(Started {
        repository: repository.to_string(),
        link: Some(text(&answer.body, "/web_url")).filter(|link| !link.is_empty()),
        id: Some(text(&answer.body, "/id")).filter(|id| !id.is_empty()),
    })
}

/// Returns how a pipeline ended; `None` while it has not (`GET /projects/:id/pipelines/:pipeline_id`).
pub(super) fn conclusion(
    provider: &Provider<'_>,
    repository: &str,
    id: &str,
) -> Result<Option<Conclusion>, String> {
    let pipeline = provider.get(&format!("{}/pipelines/{}", project(repository)?, encoded(id)))?;
    Ok(match text(&pipeline, "/status").as_str() {
        "success" => Some(Conclusion::Success),
        word @ ("failed" | "canceled" | "skipped") => Some(Conclusion::Failure(word.into())),
        _ => None,
    })
}

/// Opens a merge request (`POST /projects/:id/merge_requests`).
pub(super) fn open_pull_request(
    provider: &Provider<'_>,
    request: &PullRequest<'_>,
) -> Result<Opened, String> {
    let project = own(provider)?;
    let PullRequest { branch, base, title, body, .. } = *request;
    let mut notes = Vec::new();
    let mut wanted = json!({
        "source_branch": branch, "target_branch": base, "title": title, "description": body,
        "labels": request.labels.join(","), "remove_source_branch": true,
    });
    let mut ids = Vec::new();
    for login in request.reviewers {
        let found = provider.get(&format!("/users?username={}", encoded(login)))?;
        match items(&found, "").next().map(|user| user["id"].clone()) {
            Some(id) => ids.push(id),
            None => {
                notes.push(format!("there is no user `{}` to ask for a review", provider.harmless(login)))
            }
        }
    }
    if !ids.is_empty() {
        wanted["reviewer_ids"] = ids.into();
    }
    let answer = provider.post(&format!("{project}/merge_requests"), &wanted)?;
    if answer.is_success() {
        return Ok(Opened { link: text(&answer.body, "/web_url"), notes });
    }
    let open = format!("{project}/merge_requests?state=opened&source_branch={}", encoded(branch));
    let open = provider.ask(&open)?;
    match items(&open.body, "").find(|open| open["source_branch"] == branch) {
        Some(open) => Ok(Opened { link: text(open, "/web_url"), notes }),
        None => Err(provider.refusal(&answer)),
    }
}

/// Opens an issue, once per title (`POST /projects/:id/issues`).
pub(super) fn open_issue(
    provider: &Provider<'_>,
    repository: &str,
    title: &str,
    body: &str,
) -> Result<String, String> {
    let path = format!("{}/issues", project(repository)?);
    let search = format!("{path}?state=opened&in=title&per_page=100&search={}", encoded(title));
    let open = provider.get(&search)?;
    if let Some(issue) = items(&open, "").find(|issue| issue["title"] == title) {
        return Ok(text(issue, "/web_url"));
    }
    let answer = provider.post(&path, &json!({"title": title, "description": body}))?;
    if answer.is_success() { Ok(text(&answer.body, "/web_url")) } else { Err(provider.refusal(&answer)) }
}

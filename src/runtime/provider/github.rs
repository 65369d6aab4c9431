//! GitHub: its REST API.

use serde_json::{Map, Value, json};

use super::address::{encoded, owner_and_name};
use super::{
    Branches, Conclusion, Merge, Opened, Protection, Provider, PullRequest, Started, items, text, text_of,
};

/// Returns how an environment is protected (`GET /repos/{owner}/{repo}/environments/{environment_name}`).
pub(super) fn protection(provider: &Provider<'_>, environment: &str) -> Result<Protection, String> {
    let repository = owner_and_name(&provider.job.repository)?;
    let path = format!("/repos/{repository}/environments/{}", encoded(environment));
    let Some(found) = provider.find(&path)? else {
        return Ok(Protection { exists: false, reviewers: 0, branches: Branches::Any });
    };
    let rules = items(&found, "/protection_rules");
    let reviewers = rules
        .filter(|rule| rule["type"] == "required_reviewers")
        .map(|rule| items(rule, "/reviewers").count())
        .sum();
    let policy = &found["deployment_branch_policy"];
    let branches = if policy["protected_branches"] == true {
        Branches::Protected
    } else if policy["custom_branch_policies"] == true {
        let policies = provider.get(&format!("{path}/deployment-branch-policies?per_page=100"))?;
        Branches::Named(items(&policies, "/branch_policies").map(|policy| text(policy, "/name")).collect())
    } else {
        Branches::Any
    };
    Ok(Protection { exists: true, reviewers, branches })
}

/// Returns who approved this run for an environment (`GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals`).
pub(super) fn approvers(provider: &Provider<'_>, environment: &str) -> Result<Vec<String>, String> {
    let repository = owner_and_name(&provider.job.repository)?;
    let run = provider.job.variable("GITHUB_RUN_ID").ok_or("GITHUB_RUN_ID is not set")?;
    let approvals = provider.get(&format!("/repos/{repository}/actions/runs/{}/approvals", encoded(run)))?;
    let mut logins: Vec<String> = items(&approvals, "")
        .filter(|approval| approval["state"] == "approved")
        .filter(|approval| items(approval, "/environments").any(|named| named["name"] == environment))
        .map(|approval| text(approval, "/user/login"))
        .filter(|login| !login.is_empty())
        .collect();
    logins.sort_unstable();
    logins.dedup();
    Ok(logins)
}

/// Returns the pull request that a commit of the default branch merged (`GET
/// /repos/{owner}/{repo}/commits/{sha}/pulls`).
pub(super) fn merge_of(provider: &Provider<'_>, commit: &str) -> Result<Option<Merge>, String> {
    let repository = owner_and_name(&provider.job.repository)?;
    let pulls = provider.get(&format!("/repos/{repository}/commits/{}/pulls", encoded(commit)))?;
    let merged = |pull: &&Value| !pull["merged_at"].is_null() && pull["merge_commit_sha"] == commit;
    let Some(found) = items(&pulls, "").find(merged) else { return Ok(None) };
    let path = format!("/repos/{repository}/pulls/{}", text(found, "/number"));
    let (pull, reviews) = (provider.get(&path)?, provider.get(&format!("{path}/reviews?per_page=100"))?);
    // Only the last word of a reviewer counts, and a comment is none.
    let mut last: Map<String, Value> = Map::new();
    for review in items(&reviews, "").filter(|review| review["state"] != "COMMENTED") {
        last.insert(text(review, "/user/login"), review["state"].clone());
    }
    let approved = last.into_iter().filter(|(_, state)| state == "APPROVED").map(|(login, _)| login);
    Ok(Some(Merge {
        author: text(&pull, "/user/login"),
        approvers: approved.chain([text(&pull, "/merged_by/login")]).collect(),
        link: Some(text(&pull, "/html_url")).filter(|link| !link.is_empty()),
    }))
}

/// Starts a workflow (`POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches`).
pub(super) fn dispatch(
    provider: &Provider<'_>,
    repository: &str,
    workflow: &str,
    reference: Option<&str>,
    inputs: &Map<String, Value>,
) -> Result<Started, String> {
    let path = owner_and_name(repository)?;
    let reference = match reference {
        Some(reference) => reference.to_string(),
        None => default_branch(provider, &path)?,
    };
    // The name of the file is what the API knows a workflow by, wherever the definition says it is.
    let file = workflow.rsplit('/').next().unwrap_or(workflow);
    let inputs: Map<String, Value> =
        inputs.iter().map(|(name, value)| (name.clone(), Value::from(text_of(value)))).collect();
    let body = json!({"ref": reference, "inputs": inputs, "return_run_details": true});
    let answer =
        provider.post(&format!("/repos/{path}/actions/workflows/{}/dispatches", encoded(file)), &body)?;
    if !answer.is_success() {
        return Err(provider.refusal(&answer));
    }
    let id = text(&answer.body, "/workflow_run_id");
    let link = Some(text(&answer.body, "/html_url")).filter(|link| !link.is_empty());
    let list = format!("{}{path}/actions/workflows/{}", provider.server(), encoded(file));
    Ok(Started {
        repository: repository.to_string(),
        link: link.or(Some(list)),
        id: Some(id).filter(|id| !id.is_empty()),
    })
}

fn default_branch(provider: &Provider<'_>, path: &str) -> Result<String, String> {
    let found = provider.get(&format!("/repos/{path}"))?;
    let branch = text(&found, "/default_branch");
    if branch.is_empty() { Err("GitHub does not say the default branch".into()) } else { Ok(branch) }
}

/// Returns how a run ended; `None` while it has not (`GET /repos/{owner}/{repo}/actions/runs/{run_id}`).
pub(super) fn conclusion(
    provider: &Provider<'_>,
    repository: &str,
    id: &str,
) -> Result<Option<Conclusion>, String> {
    let run =
        provider.get(&format!("/repos/{}/actions/runs/{}", owner_and_name(repository)?, encoded(id)))?;
    Ok((run["status"] == "completed").then(|| match text(&run, "/conclusion") {
        word if word == "success" => Conclusion::Success,
        word => Conclusion::Failure(word),
    }))
}

/// Opens a pull request (`POST /repos/{owner}/{repo}/pulls`).
pub(super) fn open_pull_request(
    provider: &Provider<'_>,
    request: &PullRequest<'_>,
) -> Result<Opened, String> {
    let repository = owner_and_name(&provider.job.repository)?;
    let PullRequest { branch, base, title, body, .. } = *request;
    let wanted = json!({"title": title, "head": branch, "base": base, "body": body});
    let answer = provider.post(&format!("/repos/{repository}/pulls"), &wanted)?;
    let opened = if answer.is_success() {
        answer.body
    } else if let Some(open) = open_already(provider, &repository, branch)? {
        open
    } else {
        return Err(refused(provider, provider.refusal(&answer)));
    };
    let (number, link) = (text(&opened, "/number"), text(&opened, "/html_url"));
    let mut notes = Vec::new();
    let mut also = |path: String, body: Value, what: &str| -> Result<(), String> {
        let answer = provider.post(&path, &body)?;
        if !answer.is_success() {
            notes.push(format!("{what}: {}", provider.refusal(&answer)));
        }
        Ok(())
    };
    if !request.labels.is_empty() {
        let path = format!("/repos/{repository}/issues/{number}/labels");
        also(path, json!({"labels": request.labels}), "the labels were not set")?;
    }
    if !request.reviewers.is_empty() {
        let path = format!("/repos/{repository}/pulls/{number}/requested_reviewers");
        let (teams, people): (Vec<&String>, Vec<&String>) =
            request.reviewers.iter().partition(|name| name.contains('/'));
        let teams: Vec<&str> = teams.iter().filter_map(|name| name.rsplit('/').next()).collect();
        let body = json!({"reviewers": people, "team_reviewers": teams});
        also(path, body, "the reviewers were not asked")?;
    }
    Ok(Opened { link, notes })
}

/// Returns the pull request that is open for a branch of the repository.
fn open_already(provider: &Provider<'_>, repository: &str, branch: &str) -> Result<Option<Value>, String> {
    let owner = repository.split('/').next().unwrap_or_default();
    let head = encoded(&format!("{owner}:{branch}"));
    let open = provider.ask(&format!("/repos/{repository}/pulls?state=open&head={head}"))?;
    let same = |pull: &&Value| pull["head"]["ref"] == branch;
    Ok(items(&open.body, "").find(same).cloned())
}

/// Returns why a pull request was not opened, with the setting that most often is the cause.
fn refused(provider: &Provider<'_>, why: String) -> String {
    if !why.contains("not permitted to create or approve pull requests") {
        return why;
    }
    let settings = format!("{}{}/settings/actions", provider.server(), provider.job.repository);
    format!(
        "{why}: turn on \"Allow GitHub Actions to create and approve pull requests\" in {settings}, or set \
         `ci.record: push` in portal.yaml"
    )
}

/// Opens an issue, once per title (`POST /repos/{owner}/{repo}/issues`). Those that are open are listed rather than
/// searched for: the index of the search is minutes behind.
pub(super) fn open_issue(
    provider: &Provider<'_>,
    repository: &str,
    title: &str,
    body: &str,
) -> Result<String, String> {
    const PAGES: usize = 10;
    let path = format!("/repos/{}/issues", owner_and_name(repository)?);
    for page in 1..=PAGES {
        let open = provider.get(&format!("{path}?state=open&per_page=100&page={page}"))?;
        let same = |issue: &&Value| issue["title"] == title && issue["pull_request"].is_null();
        if let Some(issue) = items(&open, "").find(same) {
            return Ok(text(issue, "/html_url"));
        }
        if items(&open, "").count() < 100 {
            break;
        }
    }
    let answer = provider.post(&path, &json!({"title": title, "body": body}))?;
    if answer.is_success() { Ok(text(&answer.body, "/html_url")) } else { Err(provider.refusal(&answer)) }
}

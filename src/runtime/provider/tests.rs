//! Tests of providers: what is asked of whom, and what is made of the answers.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::runtime::testing::Recorded;

const API: &str = "https://api.github.com/repos/marlow/catalog";
const LAB: &str = "https://gitlab.com/api/v4/projects/marlow%2Fcatalog";
const SECRET: &str = "s3cr3t-t0ken";

fn job(target: Target, variables: &[(&str, &str)]) -> Job {
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect();
    Job { target: Some(target), repository: "marlow/catalog".into(), variables, ..Job::default() }
}

fn with<T>(
    target: Target,
    variables: &[(&str, &str)],
    outside: &Recorded,
    then: impl FnOnce(&Provider<'_>) -> T,
) -> T {
    let mut all = vec![("PORTAL_TOKEN", SECRET)];
    all.extend(variables);
    let job = job(target, &all);
    then(&Provider { target, job: &job, outside, directory: PathBuf::from("/repo") })
}

#[test]
fn an_environment_is_protected_when_someone_must_agree_and_no_other_branch_can_use_it() {
    let reviewers = json!({"type": "required_reviewers", "reviewers": [{"type": "Team"}]});
    let protected = json!({"protected_branches": true, "custom_branch_policies": false});
    let custom = json!({"protected_branches": false, "custom_branch_policies": true});
    for (status, body, gaps) in [
        (200, json!({"protection_rules": [reviewers], "deployment_branch_policy": protected}), vec![]),
        (
            200,
            json!({"protection_rules": [{"type": "wait_timer"}], "deployment_branch_policy": null}),
            vec!["it has no required reviewers", "every branch can use it"],
        ),
        (
            200,
            json!({"protection_rules": [reviewers], "deployment_branch_policy": custom}),
            vec!["the branch `release/*` can use it"],
        ),
        (404, json!({"message": "Not Found"}), vec!["it does not exist"]),
    ] {
        let address = format!("GET {API}/environments/portal-approve-a%2Fb");
        let policies = json!({"branch_policies": [{"name": "main"}, {"name": "release/*"}]});
        let outside = Recorded::default().answer(&address, status, &body).answer(
            &format!("{address}/deployment-branch-policies?per_page=100"),
            200,
            &policies,
        );
        let found = with(Target::GitHub, &[], &outside, |provider| provider.protection("portal-approve-a/b"));
        assert_eq!(found.map(|found| found.gaps("main")), Ok(gaps.iter().map(ToString::to_string).collect()));
    }
    let forbidden = json!({"message": "Resource not accessible by integration"});
    let outside = Recorded::default().answer(&format!("GET {API}/environments/x"), 403, &forbidden);
    let found = with(Target::GitHub, &[], &outside, |provider| provider.protection("x"));
    assert_eq!(found, Err("GitHub Actions answers 403: Resource not accessible by integration".into()));
    for target in [Target::Azure, Target::Bitbucket] {
        let outside = Recorded::default();
        let said =
            with(target, &[], &outside, |provider| (provider.protection("x"), provider.approvers("x")));
        assert!(said.0.is_err() && said.1.is_err() && outside.log().is_empty());
    }
}

#[test]
fn gitlab_has_approvals_where_the_environment_asks_for_them() {
    let address = format!("GET {LAB}/protected_environments/portal-approve-x");
    for (status, body, gaps) in [
        (200, json!({"approval_rules": [{}]}), vec![]),
        (200, json!({"required_approval_count": 0}), vec!["it has no required reviewers".to_string()]),
        (404, json!({}), vec!["it does not exist".to_string()]),
    ] {
        let outside = Recorded::default().answer(&address, status, &body);
        let found = with(Target::GitLab, &[], &outside, |provider| provider.protection("portal-approve-x"));
        assert_eq!(found.map(|found| found.gaps("main")), Ok(gaps));
    }
    let job = [("GITLAB_USER_LOGIN", "grace")];
    let approvers = with(Target::GitLab, &job, &Recorded::default(), |provider| provider.approvers("x"));
    assert_eq!(approvers, Ok(vec!["grace".to_string()]));
}

#[test]
fn who_approved_is_who_approved_this_environment() {
    let by = |login: &str, state: &str, environment: &str| json!({"state": state, "user": {"login": login}, "environments": [{"name": environment}]});
    let body = json!([
        by("grace", "approved", "portal-approve-x"),
        by("amy", "approved", "portal-approve-x"),
        by("mallory", "approved", "portal-approve-other"),
        by("bob", "rejected", "portal-approve-x"),
    ]);
    let outside = Recorded::default().answer(&format!("GET {API}/actions/runs/77/approvals"), 200, &body);
    let run = [("GITHUB_RUN_ID", "77")];
    let approvers = with(Target::GitHub, &run, &outside, |provider| provider.approvers("portal-approve-x"));
    assert_eq!(approvers, Ok(vec!["amy".to_string(), "grace".to_string()]));
}

#[test]
fn the_last_word_of_a_reviewer_counts() {
    let pull = json!({
        "number": 7, "merged_at": "2026-11-01T00:00:00Z", "merge_commit_sha": "abc", "html_url": "https://x/7",
        "user": {"login": "ines"}, "merged_by": {"login": "grace"},
    });
    let other = json!({"number": 6, "merged_at": "2026-11-01T00:00:00Z", "merge_commit_sha": "other"});
    let review = |login: &str, state: &str| json!({"user": {"login": login}, "state": state});
    let reviews = json!([
        review("amy", "APPROVED"),
        review("bob", "APPROVED"),
        review("bob", "CHANGES_REQUESTED"),
        review("amy", "COMMENTED"),
    ]);
    let outside = Recorded::default()
        .answer(&format!("GET {API}/commits/abc/pulls"), 200, &json!([other, pull]))
        .answer(&format!("GET {API}/pulls/7"), 200, &pull)
        .answer(&format!("GET {API}/pulls/7/reviews?per_page=100"), 200, &reviews)
        .answer(&format!("GET {API}/commits/def/pulls"), 200, &json!([other]));
    let merge = with(Target::GitHub, &[], &outside, |provider| provider.merge_of("abc"));
    let merge = merge.expect("an answer").expect("a merge");
    assert_eq!(merge.author, "ines");
    assert_eq!(merge.approvers, ["amy", "grace"]);
    assert_eq!(with(Target::GitHub, &[], &outside, |provider| provider.merge_of("def")), Ok(None));
}

#[test]
fn merges_are_found_on_every_system() {
    let lab = json!([{"iid": 3, "state": "merged", "merge_commit_sha": "abc", "web_url": "https://l/3",
        "author": {"username": "ines"}, "merge_user": {"username": "grace"}}]);
    let approvals = json!({"approved_by": [{"user": {"username": "amy"}}]});
    let azure = json!({"results": [{"abc": [{"status": "completed", "createdBy": {"uniqueName": "ines"},
        "closedBy": {"uniqueName": "grace"}, "reviewers": [{"uniqueName": "amy", "vote": 10},
        {"uniqueName": "bob", "vote": -10}]}]}]});
    let bucket = json!({"values": [{"id": 3}]});
    let pull = json!({"state": "MERGED", "merge_commit": {"hash": "ab"}, "author": {"uuid": "ines"},
        "closed_by": {"uuid": "grace"}, "participants": [{"approved": true, "user": {"uuid": "amy"}}],
        "links": {"html": {"href": "https://b/3"}}});
    let (dev, cloud) = (
        "https://dev.azure.com/marlow/shop/_apis/git/repositories/marlow%2Fcatalog",
        "https://api.bitbucket.org/2.0/repositories/marlow/catalog",
    );
    let outside = Recorded::default()
        .answer(&format!("GET {LAB}/repository/commits/abc/merge_requests"), 200, &lab)
        .answer(&format!("GET {LAB}/merge_requests/3/approvals"), 200, &approvals)
        .answer(&format!("POST {dev}/pullrequestquery?api-version=7.1"), 200, &azure)
        .answer(&format!("GET {cloud}/commit/abc/pullrequests"), 200, &bucket)
        .answer(&format!("GET {cloud}/pullrequests/3"), 200, &pull);
    let variables =
        [("SYSTEM_COLLECTIONURI", "https://dev.azure.com/marlow/"), ("SYSTEM_TEAMPROJECT", "shop")];
    for target in [Target::GitLab, Target::Azure, Target::Bitbucket] {
        let merge = with(target, &variables, &outside, |provider| provider.merge_of("abc"));
        let merge = merge.expect("an answer").expect("a merge");
        assert_eq!((merge.author.as_str(), merge.approvers.join(" ").as_str()), ("ines", "amy grace"));
    }
}

#[test]
fn workflows_are_started_and_waited_for() {
    let started = json!({"workflow_run_id": 9, "html_url": "https://github.com/o/r/actions/runs/9"});
    let run = "GET https://api.github.com/repos/o/r/actions/runs/9";
    let outside = Recorded::default()
        .answer("GET https://api.github.com/repos/o/r", 200, &json!({"default_branch": "trunk"}))
        .answer("POST https://api.github.com/repos/o/r/actions/workflows/up.yml/dispatches", 200, &started)
        .answer(run, 200, &json!({"status": "queued"}))
        .answer(run, 200, &json!({"status": "completed", "conclusion": "failure"}));
    let inputs = Map::from_iter([
        ("n".to_string(), json!(3)),
        ("t".to_string(), json!("$(x)")),
        ("l".to_string(), json!(["a"])),
    ]);
    let ended = with(Target::GitHub, &[], &outside, |provider| {
        let started = provider.dispatch("o/r", ".github/workflows/up.yml", None, &inputs)?;
        assert_eq!(started.link.as_deref(), Some("https://github.com/o/r/actions/runs/9"));
        provider.wait(&started)
    });
    assert_eq!(ended, Ok(Conclusion::Failure("failure".into())));
    let log = outside.log().join("\n");
    assert!(
        log.contains(
            r#"{"ref":"trunk","inputs":{"n":"3","t":"$(x)","l":"[\"a\"]"},"return_run_details":true}"#
        ),
        "{log}"
    );
    assert!(log.contains("pause 15"), "{log}");
}

#[test]
fn a_run_that_the_provider_does_not_name_cannot_be_waited_for() {
    let outside = Recorded::default().answer(
        &format!("POST {API}/actions/workflows/a%20b%3F.yml/dispatches"),
        204,
        &json!(null),
    );
    let started = with(Target::GitHub, &[], &outside, |provider| {
        provider.dispatch("", "../a b?.yml", Some("main"), &Map::new())
    });
    let started = started.expect("started");
    assert_eq!(
        started.link.as_deref(),
        Some("https://github.com/marlow/catalog/actions/workflows/a%20b%3F.yml")
    );
    assert!(with(Target::GitHub, &[], &outside, |provider| provider.wait(&started)).is_err());
}

#[test]
fn every_system_starts_what_it_has() {
    let inputs = Map::from_iter([("size".to_string(), json!("large"))]);
    let dev = "https://dev.azure.com/marlow/shop/_apis";
    let cloud = "https://api.bitbucket.org/2.0/repositories/marlow/catalog";
    let outside = Recorded::default()
        .answer(&format!("POST {LAB}/pipeline"), 201, &json!({"id": 5, "web_url": "https://l/5"}))
        .answer(&format!("GET {LAB}/pipelines/5"), 200, &json!({"status": "success"}))
        .answer(
            &format!("GET {dev}/pipelines?$top=5000&api-version=7.1"),
            200,
            &json!({"value": [{"id": 4, "name": "up"}]}),
        )
        .answer(&format!("POST {dev}/pipelines/4/runs?api-version=7.1"), 200, &json!({"id": 6}))
        .answer(
            &format!("GET {dev}/build/builds/6?api-version=7.1"),
            200,
            &json!({"status": "completed", "result": "succeeded"}),
        )
        .answer(&format!("POST {cloud}/pipelines/"), 201, &json!({"uuid": "{u}", "build_number": 8}))
        .answer(
            &format!("GET {cloud}/pipelines/%7Bu%7D"),
            200,
            &json!({"state": {"name": "COMPLETED", "result": {"name": "SUCCESSFUL"}}}),
        );
    let variables =
        [("SYSTEM_COLLECTIONURI", "https://dev.azure.com/marlow/"), ("SYSTEM_TEAMPROJECT", "shop")];
    for (target, workflow, body) in [
        (Target::GitLab, "", r#"{"ref":"main","variables":[{"key":"size","value":"large"}]}"#),
        (Target::GitLab, "up", r#"{"ref":"main","inputs":{"size":"large"}}"#),
        (Target::Azure, "up", r#"{"templateParameters":{"size":"large"}"#),
        (Target::Bitbucket, "up", r#""selector":{"type":"custom","pattern":"up"}"#),
    ] {
        let ended = with(target, &variables, &outside, |provider| {
            provider.wait(&provider.dispatch("", workflow, Some("main"), &inputs)?)
        });
        assert_eq!(ended, Ok(Conclusion::Success), "{target}");
        assert!(outside.log().iter().any(|line| line.contains(body)), "{target}: {:?}", outside.log());
    }
}

#[test]
fn a_refused_pull_request_names_the_setting() {
    let refusal = json!({"message": "GitHub Actions is not permitted to create or approve pull requests."});
    let pulls = format!("{API}/pulls");
    let search = format!("GET {API}/pulls?state=open&head=marlow%3Aportal%2Frun-1");
    let request = PullRequest { branch: "portal/run-1", base: "main", title: "t", ..PullRequest::default() };
    let outside =
        Recorded::default().answer(&format!("POST {pulls}"), 403, &refusal).answer(&search, 200, &json!([]));
    let refused = with(Target::GitHub, &[], &outside, |provider| provider.open_pull_request(&request));
    let refused = refused.expect_err("refused");
    for part in ["Allow GitHub Actions to create and approve", "/settings/actions", "ci.record: push"] {
        assert!(refused.contains(part), "{refused}");
    }
    let open = json!([{"number": 1, "html_url": "https://x/1", "head": {"ref": "portal/run-1"}}]);
    let outside = Recorded::default()
        .answer(&format!("POST {pulls}"), 422, &json!({"message": "Validation Failed"}))
        .answer(&search, 200, &open);
    let opened = with(Target::GitHub, &[], &outside, |provider| provider.open_pull_request(&request));
    assert_eq!(opened.map(|opened| opened.link), Ok("https://x/1".to_string()));
}

#[test]
fn labels_and_reviewers_are_asked_for_and_may_be_missing() {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (labels, reviewers) = (names(&["portal"]), names(&["grace", "marlow/platform"]));
    let request = PullRequest {
        branch: "b",
        base: "main",
        title: "t",
        body: "x",
        labels: &labels,
        reviewers: &reviewers,
    };
    let outside = Recorded::default()
        .answer(&format!("POST {API}/pulls"), 201, &json!({"number": 5, "html_url": "https://x/5"}))
        .answer(&format!("POST {API}/issues/5/labels"), 200, &json!([]))
        .answer(
            &format!("POST {API}/pulls/5/requested_reviewers"),
            422,
            &json!({"message": "Reviews may only be requested from collaborators."}),
        );
    let opened = with(Target::GitHub, &[], &outside, |provider| provider.open_pull_request(&request));
    let opened = opened.expect("opened");
    assert_eq!(opened.link, "https://x/5");
    assert!(opened.notes[0].contains("only be requested from collaborators"), "{:?}", opened.notes);
    let asked = outside.log().join("\n");
    assert!(asked.contains(r#"{"reviewers":["grace"],"team_reviewers":["platform"]}"#), "{asked}");
    let lab = Recorded::default()
        .answer("GET https://gitlab.com/api/v4/users?username=grace", 200, &json!([{"id": 12}]))
        .answer("GET https://gitlab.com/api/v4/users?username=marlow%2Fplatform", 200, &json!([]))
        .answer(&format!("POST {LAB}/merge_requests"), 201, &json!({"web_url": "https://l/1"}));
    let opened = with(Target::GitLab, &[], &lab, |provider| provider.open_pull_request(&request));
    assert_eq!(opened.expect("opened").notes.len(), 1);
    assert!(lab.log().join("\n").contains(r#""reviewer_ids":[12]"#));
}

#[test]
fn an_issue_is_opened_once_per_title() {
    let list = format!("GET {API}/issues?state=open&per_page=100&page=1");
    let pull = json!({"title": "Overdue", "html_url": "https://x/2", "pull_request": {}});
    let issue = json!({"title": "Overdue", "html_url": "https://x/3"});
    let open = |outside: &Recorded| {
        with(Target::GitHub, &[], outside, |provider| provider.open_issue("", "Overdue", "b"))
    };
    let outside = Recorded::default()
        .answer(&list, 200, &json!([pull]))
        .answer(&list, 200, &json!([pull, issue]))
        .answer(&format!("POST {API}/issues"), 201, &issue);
    assert_eq!((open(&outside), open(&outside)), (Ok("https://x/3".into()), Ok("https://x/3".into())));
    assert_eq!(outside.log().iter().filter(|line| line.starts_with("POST")).count(), 1);
}

#[test]
fn nothing_is_changed_without_a_token() {
    let job = job(Target::GitHub, &[]);
    let outside = Recorded::default();
    let provider =
        Provider { target: Target::GitHub, job: &job, outside: &outside, directory: PathBuf::new() };
    let refused = provider.dispatch("", "up.yml", Some("main"), &Map::new());
    assert!(refused.expect_err("refused").contains("PORTAL_TOKEN"));
    assert!(provider.git_env().is_empty() && outside.log().is_empty());
}

#[test]
fn the_token_reaches_git_by_its_environment_and_nobody_by_a_message() {
    for (target, header) in [
        (Target::GitHub, "eC1hY2Nlc3MtdG9rZW46czNjcjN0LXQwa2Vu"),
        (Target::GitLab, "b2F1dGgyOnMzY3IzdC10MGtlbg=="),
        (Target::Azure, SECRET),
        (Target::Bitbucket, "eC10b2tlbi1hdXRoOnMzY3IzdC10MGtlbg=="),
    ] {
        let said = format!("fatal: could not read from {header} and {SECRET}\u{1b}[0m\n::error::x");
        let outside = Recorded::default().program("git push", 128, "", &said);
        let known = [("GIT_CONFIG_COUNT", "2")];
        with(target, &known, &outside, |provider| {
            let env = provider.git_env();
            assert_eq!(env[0], ("GIT_CONFIG_COUNT".into(), "3".into()));
            assert!(env[1].0 == "GIT_CONFIG_KEY_2" && env[1].1.starts_with("http.https://"), "{env:?}");
            assert!(env[2].0 == "GIT_CONFIG_VALUE_2" && env[2].1.ends_with(header), "{env:?}");
            let refused = provider.push("portal/run-1").expect_err("refused").to_string();
            assert!(!refused.contains(SECRET) && !refused.contains(header), "{refused}");
            assert!(!refused.contains('\u{1b}') && !refused.contains('\n'), "{refused}");
        });
        assert!(!outside.log().join("\n").contains(SECRET));
    }
}

#[test]
fn a_branch_that_moved_on_is_told_from_a_refusal() {
    for (said, behind) in [
        ("!\trefs/heads/x:refs/heads/main\t[rejected] (fetch first)", true),
        ("!\trefs/heads/x:refs/heads/main\t[remote rejected] (protected branch hook declined)", false),
    ] {
        let outside = Recorded::default().program("git push", 1, said, "error: failed to push some refs");
        let pushed = with(Target::GitHub, &[], &outside, |provider| provider.push_as("abc", "main"));
        assert_eq!(pushed == Err(PushError::Behind), behind, "{pushed:?}");
    }
    let outside = Recorded::default();
    for wrong in ["a b", "-x..y", "x\ny", "", "../main", "a:b"] {
        let pushed = with(Target::GitHub, &[], &outside, |provider| provider.push(wrong));
        assert!(matches!(pushed, Err(PushError::Refused(_))), "{wrong}");
    }
    assert!(outside.log().is_empty());
}

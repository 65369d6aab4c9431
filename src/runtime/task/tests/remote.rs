//! Tasks that ask others: requests, messages, workflows, pull requests.

use serde_json::{Value, json};

use super::one;
use crate::runtime::outside::Finished;
use crate::runtime::report::Outcome;
use crate::runtime::staging::Stage;

#[test]
fn requests_are_what_templates_say() {
    let steps = "steps: [{name: call, webhook: {url: 'https://a.example/{{ .inputs.name }}', method: put, headers: \
                 {Authorization: 'Bearer {{ .secrets.KEY }}', '{{ null }}': x, X-None: null}, body: {n: '{{ .inputs.size }}', \
                 '{{ spreadValue() }}': '{{ .inputs.more }}', run: '{{ .run.id }}', by: '{{ .trigger.by.user.email }}'}}}]";
    let stage = Stage::new(steps)
        .inputs(json!({"name": "x", "size": 3, "more": {"k": [1]}}))
        .answering(|_| (201, json!({"id": 7, "echo": "s3cret"})));
    let report = stage.perform();
    let expected = json!({"n": 3, "k": [1], "run": "gh-7-1", "by": "ines@example.com"});
    assert_eq!(stage.sent(), [("PUT https://a.example/x".to_string(), expected)]);
    let headers = stage.world.requests.lock().expect("held")[0].headers.clone();
    let headers: Vec<String> = headers.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(headers, ["Authorization: Bearer s3cret", "Content-Type: application/json"]);
    assert_eq!(report.outputs["call"], json!({"status": 201, "body": {"id": 7, "echo": "***"}}));
    assert!(!stage.log().replace("::add-mask::s3cret", "").contains("s3cret"));
}

#[test]
fn requests_that_come_to_nothing_fail() {
    for (status, body, why) in [
        (404, json!("\n  not here s3cret\nmore"), "the answer is 404: not here ***"),
        (500, json!(""), "the answer is 500"),
        (302, json!("moved"), "leads elsewhere, which is not followed"),
    ] {
        let stage =
            Stage::new("steps: [{webhook: {url: 'https://a.example/', headers: {K: '{{ .secrets.KEY }}'}}}]")
                .answering(move |_| (status, body.clone()));
        let (result, said) = one(&stage);
        assert!(result == Outcome::Failed && said.contains(why), "{said}");
    }
    for (url, sent) in
        [("https://169.254.169.254/x", 1), ("https://{{ .inputs.name }}/x", 0), ("{{ .inputs.name }}", 0)]
    {
        let stage = Stage::new(&format!("steps: [{{webhook: {{url: '{url}'}}}}]")).inputs(
            json!({"name": if url.contains("//") { "169.254.169.254" } else { "http://localhost:2375" }}),
        );
        let (result, said) = one(&stage);
        // A definition may name any host: it was reviewed.
        assert_eq!((result == Outcome::Done, stage.sent().len()), (sent == 1, sent), "{url}: {said}");
    }
}

#[test]
fn people_are_notified_where_they_are() {
    let stage = Stage::new(
        "steps: [{notify: {title: T, message: 'hi <!channel> {{ .inputs.name }}', slack: '#ops', teams: ops, webhook: '{{ .secrets.HOOK }}'}}]",
    );
    let (result, said) = one(&stage);
    assert_eq!(
        (result, said.as_str()),
        (Outcome::Done, "sent to Slack #ops, sent to Microsoft Teams ops, sent to a webhook")
    );
    let sent = stage.sent();
    let addresses: Vec<&str> = sent.iter().map(|(to, _)| to.as_str()).collect();
    assert_eq!(
        addresses,
        [
            "POST https://slack.example/s1",
            "POST https://teams.example/s2",
            "POST https://hooks.example/T/s3cret-path"
        ]
    );
    assert_eq!(sent[0].1["text"], "*T*\nhi &lt;!channel&gt; spike");
    assert_eq!(sent[2].1["run"]["id"], "gh-7-1");
    assert_eq!(stage.log().matches("s3cret-path").count(), 1, "only to be hidden: {}", stage.log());
    for (notify, why) in [
        ("message: x", "it says nobody to notify"),
        ("message: x, webhook: '{{ .inputs.name }}'", "this is no address"),
        ("message: x, webhook: 'https://{{ .inputs.name }}.localhost/'", "only the runner"),
    ] {
        let (result, said) = one(&Stage::new(&format!("steps: [{{notify: {{{notify}}}}}]")));
        assert!(result == Outcome::Failed && said.contains(why), "{notify}: {said}");
    }
    // One way that does not work keeps no message from the others.
    let stage = Stage::new("steps: [{notify: {message: x, slack: '', webhook: 'https://a.example/'}}]")
        .answering(
            |request| if request.url.contains("slack") { (500, json!("no")) } else { (200, json!(null)) },
        );
    assert_eq!(one(&stage), (Outcome::Failed, "`slack`: the answer is 500: no".to_string()));
    assert_eq!(stage.sent().len(), 2);
}

#[test]
fn issues_are_opened_once() {
    let step = "steps: [{notify: {title: 'T {{ .inputs.name }}', message: m, issue: marlow/x}}]";
    let stage = Stage::new(step).answering(|request| match request.method.as_str() {
        "GET" => (200, json!({"items": []})),
        _ => (201, json!({"html_url": "https://github.com/marlow/x/issues/1"})),
    });
    let (result, said) = one(&stage);
    assert_eq!((result, said.as_str()), (Outcome::Done, "issue https://github.com/marlow/x/issues/1"));
    let (last, body) = stage.sent().pop().expect("sent");
    assert_eq!(last, "POST https://api.github.com/repos/marlow/x/issues");
    assert_eq!(body["title"], "T spike");
}

const OTHER: &str = "
- identifier: other
  trigger:
    type: self-service
    operation: DAY-2
    blueprintIdentifier: service
    userInputs: {properties: {name: {type: string}, flag: {type: boolean}}}
  steps: [{run: x}]
- identifier: by_file
  mode: pull_request
  trigger: {type: self-service, operation: CREATE, userInputs: {properties: {}}}
  steps: [{run: x}]
";

#[test]
fn actions_are_started_with_where_they_come_from() {
    let steps = "steps: [{dispatch: {action: other, entity: '{{ .inputs.service }}', inputs: {name: '{{ .inputs.name }}', flag: true}}}]";
    let stage = |depth| {
        let mut stage = Stage::with("CREATE", "env", steps, OTHER)
            .inputs(json!({"name": "$(touch canary)", "service": "cart"}))
            .answering(|_| (200, json!({"workflow_run_id": 9, "html_url": "https://github.com/r/9"})));
        stage.request.depth = depth;
        stage
    };
    let first = stage(2);
    assert_eq!(one(&first), (Outcome::Done, "started https://github.com/r/9".to_string()));
    let (to, body) = first.sent().pop().expect("sent");
    let dispatches = "POST https://api.github.com/repos/marlow/catalog/actions/workflows/portal-action-other.yml/dispatches";
    assert_eq!(to, dispatches);
    let inputs = body["inputs"].as_object().expect("inputs");
    assert_eq!(body["ref"], "main");
    assert_eq!(inputs["name"], "$(touch canary)");
    let texts: Vec<&str> = inputs.values().filter_map(Value::as_str).collect();
    assert!(texts.contains(&"cart") && texts.contains(&"true"), "{inputs:?}");
    assert!(texts.contains(&"{\"depth\":3,\"parent\":\"gh-7-1\"}"), "{inputs:?}");
    let deep = stage(3);
    let (result, said) = one(&deep);
    assert!(result == Outcome::Failed && said.contains("3 runs led here"), "{said}");
    assert_eq!(deep.sent().len(), 0);
}

#[test]
fn what_cannot_be_started_is_not() {
    for (dispatch, why) in [
        ("action: none", "there is no action `none`"),
        ("action: by_file", "is asked for by a request file"),
        ("action: other, inputs: '{{ .inputs.name }}'", "`inputs` must be a mapping"),
    ] {
        let stage = Stage::with("CREATE", "env", &format!("steps: [{{dispatch: {{{dispatch}}}}}]"), OTHER);
        let (result, said) = one(&stage);
        assert!(result == Outcome::Failed && said.contains(why), "{dispatch}: {said}");
        assert_eq!(stage.sent().len(), 0);
    }
}

#[test]
fn workflows_are_started_and_waited_for() {
    let invocation = "invocationMethod: {type: GITHUB, org: o, repo: r, workflow: w.yml, workflowInputs: {ref: dev, n: '{{ .inputs.size }}'}, reportWorkflowStatus: REPORT}";
    let stage = |report: &str, conclusion: &'static str| {
        Stage::new(&invocation.replace("REPORT", report)).inputs(json!({"size": 3})).answering(
            move |request| match request.method.as_str() {
                "POST" => (200, json!({"workflow_run_id": 9, "html_url": "https://github.com/r/9"})),
                _ => (200, json!({"status": "completed", "conclusion": conclusion})),
            },
        )
    };
    let waits = stage("true", "failure");
    assert_eq!(one(&waits), (Outcome::Failed, "https://github.com/r/9 ended with failure".to_string()));
    assert_eq!(waits.sent()[0].1["inputs"], json!({"n": "3"}));
    assert_eq!(waits.sent()[0].1["ref"], "dev");
    assert_eq!(one(&stage("true", "success")).0, Outcome::Done);
    let leaves = stage("'{{ false }}'", "failure");
    assert_eq!((one(&leaves).0, leaves.sent().len()), (Outcome::Done, 1));
    let (result, said) = one(&Stage::new("invocationMethod: {type: GITLAB, projectName: p, groupName: g}"));
    assert!(result == Outcome::Failed && said.contains("workflows of GitHub Actions only"), "{said}");
}

#[test]
fn pull_requests_hold_what_has_changed() {
    let stage = |steps: &str, tree: &'static str| {
        Stage::new(&format!("steps: {steps}"))
            .inputs(json!({"name": "main"}))
            .running(move |program| {
                let said = match program.arguments.first().map(String::as_str) {
                    Some("write-tree") => tree,
                    Some("rev-parse") => "tree-0",
                    Some("commit-tree") => "c0ffee",
                    _ => "",
                };
                (program.name == "git").then(|| Finished { stdout: said.into(), ..Finished::default() })
            })
            .answering(|_| (201, json!({"html_url": "https://github.com/pull/1", "number": 1})))
    };
    let made = stage("[{pullRequest: {title: \"T\\nx\", body: B}}]", "tree-1");
    assert_eq!(one(&made), (Outcome::Done, "opened https://github.com/pull/1".to_string()));
    let programs = made.world.programs.lock().expect("held");
    let git: Vec<String> = programs.iter().map(|program| program.arguments.join(" ")).collect();
    let pushed = git.iter().find(|line| line.starts_with("push")).expect("pushed");
    assert!(pushed.ends_with("c0ffee:refs/heads/portal/change-gh-7-1"), "{pushed}");
    let commit = programs.iter().find(|program| program.arguments[0] == "commit-tree").expect("committed");
    assert_eq!(commit.input.as_deref(), Some(b"T".as_slice()));
    let last = git.last().expect("something");
    assert!(last.starts_with("clean"), "the work tree is put back: {git:?}");
    let nothing = stage("[{pullRequest: {title: T}}]", "tree-0");
    assert_eq!(one(&nothing).0, Outcome::Skipped);
    assert_eq!(nothing.sent().len(), 0);
    for (step, why) in [
        ("[{pullRequest: {title: T, branch: '{{ .inputs.name }}'}}]", "is a branch to merge into"),
        ("[{pullRequest: {title: T, branch: x, base: x}}]", "is a branch to merge into"),
        ("[{pullRequest: {title: T, branch: 'a..b'}}]", "is no name of a branch"),
        ("[{pullRequest: {title: T, branch: 'a b'}}]", "is no name of a branch"),
        ("[{pullRequest: {title: '{{ .inputs.absent }}'}}]", "needs a `title`"),
    ] {
        let stage = stage(step, "tree-1");
        let (result, said) = one(&stage);
        assert!(result == Outcome::Failed && said.contains(why), "{step}: {said}");
        let programs = stage.world.programs.lock().expect("held");
        assert!(!programs.iter().any(|program| program.arguments[0] == "push"), "{step}");
    }
}

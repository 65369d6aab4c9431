//! Tests of the guard: what it lets through, and every reason for which it does not.

use std::path::PathBuf;

use serde_json::json;

use super::*;
use crate::model::instant::Instant;
use crate::portal::Origin;
use crate::runtime::run::{Run, testing};
use crate::runtime::testing::Recorded;
use crate::worktree::Memory;

const ENVIRONMENT: &str =
    "https://api.github.com/repos/marlow/catalog/environments/portal-approve-dev_environment";

const CATALOG: &[(&str, &str)] = &[
    (
        "blueprints/all.yaml",
        "identifier: Environment\nschema: {properties: {size: {type: string}, locked: {type: boolean}, expiresAt: {type: string, format: date-time}}}\n---\nidentifier: _user\nschema: {properties: {github: {type: string}}}\n",
    ),
    (
        "entities/Environment/all.yaml",
        "- {identifier: dev, properties: {locked: false}}\n- {identifier: prod, properties: {locked: true}}\n",
    ),
    ("entities/_team/all.yaml", "- {identifier: cart}\n- {identifier: platform}\n"),
    (
        "entities/_user/all.yaml",
        "- {identifier: ines@x.example, properties: {github: ines}, relations: {teams: [cart]}}\n- {identifier: grace@x.example, properties: {github: grace}, relations: {teams: [platform]}}\n- {identifier: a, properties: {github: twin}}\n- {identifier: b, properties: {github: TWIN}}\n",
    ),
];

const CREATE: &str = "
identifier: dev_environment
trigger:
  type: self-service
  operation: CREATE
  blueprintIdentifier: Environment
  userInputs:
    properties:
      name: {type: string, pattern: '^[a-z]+$'}
      size: {type: string, enum: [small, large], default: small}
      count: {type: number}
      owner: {type: string, format: team}
      near: {type: string, format: entity, blueprint: Environment}
      key: {type: string, encryption: aes256-gcm}
    required: [name, owner]
permissions: {execute: {teams: [cart]}, approve: {teams: [platform]}}
approval: {when: '.form.size == \"large\" or .form.near.properties.locked'}
limits: [{per: person, max: 1, window: 7d}]
ttl: {default: 5d, max: 14d}
steps: [{run: ./up}]
";

const CHANGE: &str = "
identifier: resize
trigger:
  type: self-service
  operation: DAY-2
  blueprintIdentifier: Environment
  userInputs: {properties: {}}
  condition: {type: SEARCH, combinator: and, rules: [{property: locked, operator: '=', value: false}]}
steps: [{run: ./resize}]
";

/// Starts the other one, so that it may say where it comes from.
const STARTER: &str = "
identifier: starter
trigger: {type: self-service, operation: CREATE, userInputs: {properties: {}}}
steps: [{dispatch: {action: dev_environment}}]
";

/// What a test changes of the usual request, which is let through.
struct Case<'a> {
    action: &'a str,
    name: &'a str,
    answers: Value,
    job: Vec<(&'a str, &'a str)>,
    runs: Vec<Run>,
    config: &'a str,
    outside: Recorded,
}

fn case(action: &str) -> Case<'_> {
    Case {
        action,
        name: "dev_environment",
        answers: json!({"name": "try", "owner": "cart"}),
        job: Vec::new(),
        runs: Vec::new(),
        config: "ci: {target: github}\n",
        outside: Recorded::default(),
    }
}

fn job(more: &[(&str, &str)]) -> Job {
    let usual = [
        ("GITHUB_ACTIONS", "true"),
        ("GITHUB_REPOSITORY", "marlow/catalog"),
        ("GITHUB_RUN_ID", "7"),
        ("GITHUB_RUN_ATTEMPT", "1"),
        ("GITHUB_REF", "refs/heads/main"),
        ("GITHUB_SHA", "abc"),
        ("GITHUB_ACTOR", "ines"),
        ("GITHUB_SERVER_URL", "https://github.com"),
    ];
    let variables = usual.iter().chain(more).map(|(name, value)| ((*name).to_string(), (*value).to_string()));
    Job::of(variables.collect())
}

impl Case<'_> {
    fn judge(self, asked: impl FnOnce(Map<String, Value>) -> Asked) -> Verdict {
        let files =
            CATALOG.iter().copied().chain([("actions/a.yaml", self.action), ("actions/b.yaml", STARTER)]);
        let files = Memory::new(files);
        let now = Instant::parse("2026-11-21T12:00:00Z").expect("an instant");
        let portal = Portal::open(Origin::new(&files, now), Some(self.config.into())).expect("opened");
        let job = job(&self.job);
        let target = job.target.expect("in CI");
        let provider = Provider { target, job: &job, outside: &self.outside, directory: PathBuf::new() };
        let Value::Object(answers) = self.answers else { panic!("no answers") };
        let ledger = Ledger::of(self.runs);
        let guard = Guard {
            portal: &portal,
            ledger: &ledger,
            job: &job,
            provider: Some(&provider),
            checks_only: false,
        };
        guard.judge(self.name, &asked(answers))
    }

    fn through(self) -> (Request, bool, Vec<String>) {
        match self.judge(Asked::Answers) {
            Verdict::Through { request, waits, notes } => (*request, waits, notes),
            Verdict::Refused(refusal) => panic!("refused: {:?}", refusal.reasons),
        }
    }

    fn refused(self) -> Refusal {
        match self.judge(Asked::Answers) {
            Verdict::Refused(refusal) => *refusal,
            Verdict::Through { request, .. } => panic!("let through: {request:?}"),
        }
    }
}

#[test]
fn a_request_is_complete_canonical_and_sealed() {
    let answers = json!({
        "name": "try", "owner": "cart", "count": "3.0", "key": "vault:x", "ttl": "2d",
        "portal_origin": "{\"depth\": 1, \"parent\": \"gh-1-1\"}",
    });
    let asked = Case { answers, ..case(CREATE) };
    let (request, waits, notes) = asked.through();
    assert_eq!((waits, notes.len()), (false, 0));
    assert_eq!(request.run, "gh-7-1");
    assert_eq!(
        Value::Object(request.inputs.clone()),
        json!({"name": "try", "size": "small", "count": 3, "owner": "cart", "key": "vault:x"})
    );
    assert_eq!(request.actor.user.as_deref(), Some("ines@x.example"));
    assert_eq!(request.expires_at.as_deref(), Some("2026-11-23T12:00:00Z"));
    assert_eq!((request.depth, request.parent.as_deref()), (1, Some("gh-1-1")));
    let line = serde_json::to_string(&request).expect("JSON");
    assert!(!line.contains('\n'));
    assert_eq!(Request::parse(&line).as_ref(), Ok(&request));
    assert!(Request::parse(&line.replace("\"small\"", "\"large\"")).is_err());
}

#[test]
fn every_reason_is_said_at_once() {
    let mut earlier = testing::run("gh-3-1", "2026-11-20T00:00:00Z");
    earlier.action = Some("dev_environment".into());
    earlier.actor =
        Some(Actor { login: "grace".into(), user: Some("grace@x.example".into()), ..Actor::default() });
    let refusal = Case {
        answers: json!({
            "name": "Not lower", "owner": "nobody", "sze": 1, "ttl": "20d", "key": "s3cr3t", "entity": "dev",
            "portal_origin": "{\"depth\": 9}",
        }),
        job: vec![("GITHUB_REF", "refs/heads/mine"), ("GITHUB_TRIGGERING_ACTOR", "grace")],
        runs: vec![earlier],
        ..case(CREATE)
    }
    .refused();
    let reasons = refusal.reasons.join("\n");
    for part in [
        "actions run on the branch `main` only, and this is `mine`",
        "9 runs led to this one",
        "`name`",
        "`nobody`",
        "there is no input `sze`",
        "20 days is too long a time to live: the longest is 14 days",
        "`grace@x.example` may not start this action: it is for the team `cart`",
        "may ask for this 1 time in 7 days, and did so: gh-3-1 by `grace@x.example`",
    ] {
        assert!(reasons.contains(part), "{part} is not in\n{reasons}");
    }
    assert!(!refusal.inputs.contains_key("key"), "{:?}", refusal.inputs);
    assert_eq!(refusal.inputs["name"], "Not lower");
    assert!(!serde_json::to_string(&refusal).expect("JSON").contains("s3cr3t"));
}

#[test]
fn it_is_refused_for_each_reason() {
    let answers = || json!({"name": "try", "owner": "cart"});
    let with = |key: &str, value: &str| {
        let mut answers = answers();
        answers[key] = value.into();
        answers
    };
    for (case, said) in [
        (Case { name: "dev_enviroment", ..case(CREATE) }, "did you mean `dev_environment`"),
        (case(&format!("{CREATE}publish: false\n")), "is a draft"),
        (
            case(&CREATE.replace("limits:", "limmits:")),
            "the definition has mistakes: an action has no key `limmits`",
        ),
        (Case { job: vec![("GITHUB_REF", "refs/tags/v1")], ..case(CREATE) }, "and this is no branch"),
        (Case { config: "ci: {target: github, branch: trunk}\n", ..case(CREATE) }, "the branch `trunk` only"),
        (
            Case { job: vec![("GITHUB_ACTOR", "stranger")], ..case(CREATE) },
            "`stranger` is not a user of this catalog",
        ),
        (Case { answers: with("ttl", "0d"), ..case(CREATE) }, "`0d` is no time to live"),
        (Case { answers: with("ttl", "soon"), ..case(CREATE) }, "`soon` is no time to live"),
        (Case { answers: with("portal_origin", "x"), ..case(CREATE) }, "leave that question empty"),
        (Case { answers: json!({"owner": "cart"}), ..case(CREATE) }, "`name` is required"),
        (case(&format!("{CREATE}mode: pull_request\n")), "is asked for by a file that is merged"),
        (
            Case { name: "resize", answers: json!({}), ..case(CHANGE) },
            "this action is about an `Environment`: say which",
        ),
        (Case { name: "resize", answers: json!({"entity": "de"}), ..case(CHANGE) }, "did you mean `dev`"),
        (
            Case { name: "resize", answers: json!({"entity": "prod"}), ..case(CHANGE) },
            "is not offered for `prod`",
        ),
    ] {
        let refusal = case.refused();
        assert_eq!(refusal.reasons.len(), 1, "{:?}", refusal.reasons);
        assert!(refusal.reasons[0].contains(said), "{said}: {:?}", refusal.reasons);
        assert_eq!(refusal.run, "gh-7-1");
    }
    let (request, ..) = Case { name: "resize", answers: json!({"entity": "dev"}), ..case(CHANGE) }.through();
    assert_eq!(request.entity.map(|entity| entity.identifier).as_deref(), Some("dev"));
}

#[test]
fn who_two_users_claim_to_be_is_nobody() {
    let refusal = Case { job: vec![("GITHUB_ACTOR", "twin")], ..case(CREATE) }.refused();
    assert_eq!(refusal.reasons.len(), 1, "{:?}", refusal.reasons);
    assert!(refusal.reasons[0].contains("`a` and `b` both claim the login `twin`"), "{:?}", refusal.reasons);
    assert_eq!((refusal.actor.login.as_str(), refusal.actor.user), ("twin", None));
}

#[test]
fn someone_must_agree_when_the_action_says_so() {
    let protected = json!({
        "protection_rules": [{"type": "required_reviewers", "reviewers": [{}]}],
        "deployment_branch_policy": {"protected_branches": true},
    });
    for (action, answers, waits) in [
        (CREATE.to_string(), json!({"name": "try", "owner": "cart"}), false),
        (CREATE.to_string(), json!({"name": "try", "owner": "cart", "size": "large"}), true),
        (CREATE.to_string(), json!({"name": "try", "owner": "cart", "near": "prod"}), true),
        (
            CREATE.replace("approval: {when: '", "approval: {when: 'error or "),
            json!({"name": "try", "owner": "cart"}),
            true,
        ),
        (
            CREATE.replace("approval: {when: '", "approval: {when: '(empty) or "),
            json!({"name": "try", "owner": "cart"}),
            false,
        ),
        (
            CREATE.replace("approval:", "requiredApproval: true\n#"),
            json!({"name": "try", "owner": "cart"}),
            true,
        ),
    ] {
        let outside = Recorded::default().answer(&format!("GET {ENVIRONMENT}"), 200, &protected);
        let asked = Case { answers, outside, ..case(&action) };
        let (request, waiting, notes) = asked.through();
        assert_eq!((request.needs_approval, waiting), (waits, waits), "{action}");
        assert_eq!(notes.len(), usize::from(action.contains("error or")), "{notes:?}");
    }
}

#[test]
fn an_environment_that_holds_nobody_back_is_refused_with_the_remedy() {
    let large = || json!({"name": "try", "owner": "cart", "size": "large"});
    for (status, body, said) in [
        (404, json!({}), "is not protected: it does not exist"),
        (200, json!({"protection_rules": []}), "it has no required reviewers, and every branch can use it"),
    ] {
        let outside = Recorded::default().answer(&format!("GET {ENVIRONMENT}"), status, &body);
        let refusal = Case { answers: large(), outside, ..case(CREATE) }.refused();
        assert_eq!(refusal.reasons.len(), 1);
        for part in [
            said,
            "gh api -X PUT repos/marlow/catalog/environments/portal-approve-dev_environment",
            "mode: pull_request",
        ] {
            assert!(refusal.reasons[0].contains(part), "{part}: {:?}", refusal.reasons);
        }
    }
    // That it cannot be read is known; who agreed is asked again by the job that runs.
    let outside = Recorded::default().answer(&format!("GET {ENVIRONMENT}"), 403, &json!({"message": "no"}));
    let (_, waits, notes) = Case { answers: large(), outside, ..case(CREATE) }.through();
    assert!(waits && notes[0].contains("cannot be said: GitHub Actions answers 403: no"), "{notes:?}");
    let again = Case { answers: large(), job: vec![("GITHUB_RUN_ATTEMPT", "2")], ..case(CREATE) }.refused();
    assert!(again.reasons[0].contains("start it anew"), "{:?}", again.reasons);
    let azure = [
        ("GITHUB_ACTIONS", ""),
        ("TF_BUILD", "True"),
        ("BUILD_REQUESTEDFOREMAIL", "ines@x.example"),
        ("BUILD_SOURCEBRANCH", "refs/heads/main"),
    ];
    let refusal = Case { answers: large(), job: azure.to_vec(), ..case(CREATE) }.refused();
    assert!(refusal.reasons[0].contains("Azure Pipelines does not tell who does"), "{:?}", refusal.reasons);
}

#[test]
fn a_merged_file_is_the_request_of_who_opened_its_pull_request() {
    const API: &str = "https://api.github.com/repos/marlow/catalog";
    let action = format!("{CREATE}mode: pull_request\n");
    let file = |text: &str| RequestFile::parse(text.as_bytes().to_vec()).expect("a request");
    let asked = |text: &str| {
        let file = file(text);
        move |_| Asked::File(file)
    };
    let merged = |author: &str, by: &str| {
        let pull = json!({"number": 1, "merged_at": "x", "merge_commit_sha": "abc", "user": {"login": author}, "merged_by": {"login": by}});
        Recorded::default()
            .answer(&format!("GET {API}/commits/abc/pulls"), 200, &json!([pull]))
            .answer(&format!("GET {API}/pulls/1"), 200, &pull)
            .answer(&format!("GET {API}/pulls/1/reviews?per_page=100"), 200, &json!([]))
    };
    let small = "{action: dev_environment, inputs: {name: try, owner: cart}, ttl: 1d}";
    let large = "{action: dev_environment, inputs: {name: try, owner: cart, size: large}}";
    // The job's own actor is who merged, which says nothing about who asked.
    let job = vec![("GITHUB_ACTOR", "grace")];
    let verdict =
        |outside, text: &str| Case { job: job.clone(), outside, ..case(&action) }.judge(asked(text));
    match verdict(merged("ines", "grace"), large) {
        Verdict::Through { request, waits, .. } => {
            assert_eq!(request.actor.login, "ines");
            assert!(request.needs_approval && !waits);
        }
        refused => panic!("{refused:?}"),
    }
    for (outside, text, said) in [
        (merged("ines", "ines"), large, "asked for it, and nobody agrees to their own request"),
        (merged("stranger", "grace"), small, "`stranger` is not a user of this catalog"),
        (
            Recorded::default().answer(&format!("GET {API}/commits/abc/pulls"), 200, &json!([])),
            small,
            "was not merged by a pull request",
        ),
        (
            merged("ines", "grace"),
            "{action: other, inputs: {name: try, owner: cart}}",
            "the file asks for `other`",
        ),
    ] {
        match verdict(outside, text) {
            Verdict::Refused(refusal) => assert!(refusal.reasons[0].contains(said), "{:?}", refusal.reasons),
            through => panic!("{through:?}"),
        }
    }
    let plain = case(CREATE).judge(asked(small));
    assert!(matches!(plain, Verdict::Refused(refusal) if refusal.reasons[0].contains("start its workflow")));
}

#[test]
fn hostile_texts_stay_on_their_line() {
    let hostile = "::error::x\n##vso[task]y\u{1b}[2J${{ secrets.X }} $(id) `|`";
    let refusal = Case {
        answers: json!({"name": hostile, "owner": hostile, "ttl": hostile, hostile: "x"}),
        job: vec![("GITHUB_ACTOR", hostile)],
        ..case(CREATE)
    }
    .refused();
    for reason in &refusal.reasons {
        assert!(!reason.contains(['\n', '\u{1b}']) && !reason.starts_with("::"), "{reason}");
        assert!(!reason.contains("##vso["), "{reason}");
    }
    let line = serde_json::to_string(&refusal).expect("JSON");
    assert!(!line.contains('\n'));
    let text = summary(&Verdict::Refused(Box::new(refusal)));
    assert!(text.lines().all(|line| !line.starts_with("::")) && !text.contains('\u{1b}'), "{text}");
    let open = CREATE.replace("pattern: '^[a-z]+$'", "minLength: 1");
    let answers = json!({"name": hostile, "owner": "cart", "size": "small"});
    let (request, waits, notes) = Case { answers, ..case(&open) }.through();
    let text = summary(&Verdict::Through { request: Box::new(request), waits, notes });
    assert!(text.contains("| `owner` | `cart` |") && text.contains("sha256:"), "{text}");
    assert!(!text.contains('\u{1b}') && text.lines().all(|line| !line.starts_with("::")), "{text}");
}

//! Tests of records: what the jobs before came to, and where the commit goes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use serde_json::{Map, Value, json};

use super::*;
use crate::model::target::Target;
use crate::runtime::outside::{Finished, HttpRequest, HttpResponse, Program};
use crate::runtime::report::Effect;
use crate::runtime::request::Request;
use crate::runtime::run::testing;
use crate::runtime::testing::Recorded;
use crate::runtime::{Job, Outside, World};
use crate::worktree::Memory;

const API: &str = "https://api.github.com/repos/marlow/catalog";

/// A world whose `git` is the real one, and whose provider is written down beforehand.
struct Half<'a> {
    world: World<'a>,
    recorded: Recorded,
    /// What happens before the first push: somebody else is faster.
    before_push: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Half<'_> {
    fn new(recorded: Recorded) -> Self {
        Self { world: World::new(&Job::default(), |_| ()), recorded, before_push: Mutex::new(None) }
    }
}

impl Outside for Half<'_> {
    fn run(&self, program: &Program) -> Result<Finished, String> {
        if program.arguments.first().is_some_and(|first| first == "push")
            && let Some(happens) = self.before_push.lock().expect("held").take()
        {
            happens();
        }
        self.world.run(program)
    }

    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, String> {
        self.recorded.send(request)
    }

    fn pause(&self, seconds: u64) {
        self.recorded.pause(seconds);
    }
}

/// A repository with a catalog in a folder, and its remote.
struct Scene {
    folder: tempfile::TempDir,
}

fn git(at: &Path, arguments: &[&str]) -> String {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"];
    let done = Command::new("git")
        .current_dir(at)
        .args(identity)
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git runs");
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, text).expect("written");
}

const BLUEPRINT: &str = "identifier: Environment\nschema: {properties: {size: {type: string, enum: [small, large]}, expiresAt: {type: string, format: date-time}}}\n";

impl Scene {
    fn new(remote: bool) -> Self {
        let scene = Self { folder: tempfile::tempdir().expect("a folder") };
        let work = scene.work();
        fs::create_dir_all(&work).expect("made");
        git(&work, &["init", "-q"]);
        write(&work, "catalog/portal.yaml", "title: Marlow\n");
        write(&work, "catalog/blueprints/environment.yaml", BLUEPRINT);
        git(&work, &["add", "."]);
        git(&work, &["commit", "-q", "-m", "one"]);
        if remote {
            git(scene.folder.path(), &["init", "-q", "--bare", "remote.git"]);
            git(&work, &["remote", "add", "origin", &scene.remote().to_string_lossy()]);
            git(&work, &["push", "-q", "origin", "main"]);
        }
        // What people have lying around must not be in the commit.
        write(&work, "catalog/entities/Environment/draft.yaml", "identifier: draft\n");
        scene
    }

    fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    fn remote(&self) -> PathBuf {
        self.folder.path().join("remote.git")
    }

    /// Records runs; `record` is the setting.
    fn record(&self, runs: &[Run], record: ci::Record, outside: &dyn Outside) -> Result<Recording, String> {
        self.record_as(runs, record, outside, &[("PORTAL_TOKEN", "t0ken")], false)
    }

    fn record_as(
        &self,
        runs: &[Run],
        record: ci::Record,
        outside: &dyn Outside,
        variables: &[(&str, &str)],
        rehearsal: bool,
    ) -> Result<Recording, String> {
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let job = Job {
            target: Some(Target::GitHub),
            repository: "marlow/catalog".into(),
            variables,
            ..Job::default()
        };
        let root = self.work().join("catalog");
        let provider = Provider { target: Target::GitHub, job: &job, outside, directory: root.clone() };
        let ci = Ci { record, ..Ci::default() };
        let now = Instant::parse("2026-11-21T12:00:00Z").expect("an instant");
        let recorder = Recorder {
            root: &root,
            config_file: "portal.yaml",
            ci: &ci,
            provider: &provider,
            now,
            rehearsal,
        };
        recorder.record_all(runs)
    }
}

fn created(id: &str, name: &str, size: &str) -> Run {
    let effect = json!({"upsert": {"blueprint": "Environment", "identifier": name,
        "properties": {"size": size, "expiresAt": "2026-11-26T12:00:00Z"}}});
    let effect: Effect = serde_json::from_value(effect).expect("an effect");
    Run { effects: vec![effect], ..testing::run(id, "2026-11-21T11:00:00Z") }
}

fn opening(recorded: Recorded) -> Recorded {
    recorded.answer(&format!("POST {API}/pulls"), 201, &json!({"number": 1, "html_url": "https://x/1"}))
}

const TRY: &str = "catalog/entities/Environment/try.yaml";

#[test]
fn a_record_is_a_commit_on_a_branch_with_a_pull_request() {
    let scene = Scene::new(true);
    let outside = Half::new(opening(Recorded::default()));
    let runs = [created("gh-7-1", "try", "small")];
    let recording = scene.record(&runs, ci::Record::PullRequest, &outside).expect("recorded");
    assert_eq!(recording.place, Place::PullRequest("portal/run-gh-7-1".into(), "https://x/1".into()));
    let remote = scene.remote();
    let changed = git(&remote, &["show", "--name-status", "--format=%an <%ae>|%s", "portal/run-gh-7-1"]);
    assert_eq!(
        changed,
        "portal <portal@noreply.invalid>|Record deploy (success)\n\nA\tcatalog/.portal/runs/2026/11/gh-7-1.json\nA\tcatalog/entities/Environment/try.yaml\n"
    );
    let entity = git(&remote, &["show", &format!("portal/run-gh-7-1:{TRY}")]);
    assert_eq!(
        entity,
        "identifier: try\nproperties:\n  size: small\n  expiresAt: \"2026-11-26T12:00:00Z\"\n"
    );
    let status = git(&scene.work(), &["status", "--porcelain"]);
    assert_eq!(status, "?? catalog/entities/\n", "the work tree is as it was");
    // Once more, by a job that is run again: nothing is done twice, and the pull request is asked for again.
    let again = scene.record(&runs, ci::Record::PullRequest, &outside).expect("recorded");
    assert_eq!((again.already.as_slice(), again.runs.len()), (&["gh-7-1".to_string()][..], 0));
    assert_eq!(git(&remote, &["rev-list", "--count", "portal/run-gh-7-1"]).trim(), "2");
    assert_eq!(outside.recorded.log().len(), 2);
}

#[test]
fn a_pull_request_that_is_refused_is_a_problem_and_the_record_stays() {
    let scene = Scene::new(true);
    let refusal = json!({"message": "GitHub Actions is not permitted to create or approve pull requests."});
    let search = format!("GET {API}/pulls?state=open&head=marlow%3Aportal%2Frun-gh-7-1");
    let recorded = Recorded::default().answer(&format!("POST {API}/pulls"), 403, &refusal).answer(
        &search,
        200,
        &json!([]),
    );
    let runs = [testing::run("gh-7-1", "2026-11-21T11:00:00Z")];
    let recording = scene.record(&runs, ci::Record::PullRequest, &Half::new(recorded)).expect("recorded");
    assert_eq!(recording.place, Place::Branch("portal/run-gh-7-1".into()));
    assert!(recording.problems[0].contains("Allow GitHub Actions to create"), "{:?}", recording.problems);
    assert!(git(&scene.remote(), &["branch"]).contains("portal/run-gh-7-1"));
}

#[test]
fn a_push_is_made_anew_when_somebody_is_faster() {
    let scene = Scene::new(true);
    let outside = Half::new(Recorded::default());
    let (remote, other) = (scene.remote(), scene.folder.path().join("other"));
    *outside.before_push.lock().expect("held") = Some(Box::new(move || {
        git(other.parent().expect("a folder"), &["clone", "-q", &remote.to_string_lossy(), "other"]);
        write(&other, TRY, "identifier: try\n# theirs\nproperties:\n  size: small\n");
        git(&other, &["add", "."]);
        git(&other, &["commit", "-q", "-m", "faster"]);
        git(&other, &["push", "-q", "origin", "main"]);
    }));
    let runs = [created("gh-7-1", "try", "large"), created("gh-8-1", "more", "small")];
    let recording = scene.record(&runs, ci::Record::Push, &outside).expect("recorded");
    assert_eq!(recording.place, Place::Default("main".into()));
    assert_eq!(outside.recorded.log(), ["pause 1"]);
    let remote = scene.remote();
    assert_eq!(git(&remote, &["log", "--format=%s", "main"]), "Record 2 runs\nfaster\none\n");
    let entity = git(&remote, &["show", &format!("main:{TRY}")]);
    assert_eq!(
        entity,
        "identifier: try\n# theirs\nproperties:\n  size: large\n  expiresAt: \"2026-11-26T12:00:00Z\"\n"
    );
    // The checkout is behind, and still nothing is recorded twice.
    let again = scene.record(&runs, ci::Record::Push, &outside).expect("recorded");
    assert_eq!((again.already.len(), again.place), (2, Place::Nowhere));
    assert_eq!(git(&remote, &["rev-list", "--count", "main"]).trim(), "3");
}

#[cfg(unix)]
#[test]
fn a_branch_that_takes_no_push_gets_a_pull_request() {
    use std::os::unix::fs::PermissionsExt;
    let scene = Scene::new(true);
    let hook = scene.remote().join("hooks/update");
    write(
        &scene.remote(),
        "hooks/update",
        "#!/bin/sh\n[ \"$1\" != refs/heads/main ] || { echo protected >&2; exit 1; }\n",
    );
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).expect("executable");
    let outside = Half::new(opening(Recorded::default()));
    let runs = [created("gh-7-1", "try", "small")];
    let recording = scene.record(&runs, ci::Record::Push, &outside).expect("recorded");
    assert_eq!(recording.place, Place::PullRequest("portal/run-gh-7-1".into(), "https://x/1".into()));
    assert!(recording.notes[0].contains("cannot be pushed to `main`"), "{:?}", recording.notes);
}

#[test]
fn without_a_remote_it_is_on_a_branch_here() {
    let scene = Scene::new(false);
    let outside = Half::new(Recorded::default());
    let runs = [created("gh-7-1", "try", "small")];
    for record in [ci::Record::PullRequest, ci::Record::Push] {
        let recording = scene.record(&runs, record, &outside).expect("recorded");
        if recording.already.is_empty() {
            assert_eq!(recording.place, Place::Local("portal/run-gh-7-1".into()));
            assert!(recording.notes[0].contains("there is no remote"), "{:?}", recording.notes);
        } else {
            assert_eq!(recording.place, Place::Nowhere);
        }
    }
    assert!(git(&scene.work(), &["show", "--name-only", "portal/run-gh-7-1"]).contains(TRY));
}

#[test]
fn what_would_break_the_catalog_is_left_out_and_said() {
    let scene = Scene::new(false);
    let outside = Half::new(Recorded::default());
    let runs = [created("gh-7-1", "try", "huge"), created("gh-8-1", "more", "small")];
    let recording = scene.record(&runs, ci::Record::PullRequest, &outside).expect("recorded");
    let [first, second] = recording.runs.as_slice() else { panic!("{recording:?}") };
    assert_eq!((first.status, second.status), (Status::Failure, Status::Success));
    assert!(
        first.reasons[0].starts_with("the catalog was not changed: entities/Environment/try.yaml:3"),
        "{first:?}"
    );
    let files: Vec<&str> = recording.files.keys().map(String::as_str).collect();
    assert_eq!(files.len(), 3, "{files:?}");
    assert!(files.contains(&"entities/Environment/more.yaml"), "{files:?}");
}

#[test]
fn a_rehearsal_writes_nothing() {
    let scene = Scene::new(true);
    let outside = Half::new(Recorded::default());
    let runs = [created("gh-7-1", "try", "small")];
    let recording = scene
        .record_as(&runs, ci::Record::PullRequest, &outside, &[("PORTAL_TOKEN", "t")], true)
        .expect("planned");
    assert_eq!((recording.place, recording.files.len()), (Place::Nowhere, 2));
    assert!(!git(&scene.work(), &["branch", "-a"]).contains("portal/"));
    assert!(outside.recorded.log().is_empty());
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let scene = Scene::new(false);
    let outside = Half::new(Recorded::default());
    for (id, at) in [("../x", "2026-11-21T11:00:00Z"), ("", "2026-11-21T11:00:00Z"), ("gh-1-1", "../../../x")]
    {
        assert!(scene.record(&[testing::run(id, at)], ci::Record::Push, &outside).is_err(), "{id} {at}");
    }
    #[cfg(unix)]
    {
        let work = scene.work();
        std::os::unix::fs::symlink("/tmp", work.join("catalog/.portal")).expect("linked");
        git(&work, &["add", "catalog/.portal"]);
        git(&work, &["commit", "-q", "-m", "link"]);
        let refused =
            scene.record(&[testing::run("gh-1-1", "2026-11-21T11:00:00Z")], ci::Record::Push, &outside);
        assert!(refused.expect_err("refused").contains("is not a plain file"));
    }
}

#[test]
fn words_stay_on_their_line() {
    let hostile = "x\nCo-authored-by: Eve <e@x>\n\nfixes #1 @team\u{1b}[2J";
    let mut run = testing::run("gh-7-1", "2026-11-21T11:00:00Z");
    run.action = Some(hostile.into());
    run.link = Some(hostile.into());
    run.reasons = vec![hostile.into()];
    run.approved_by = vec![hostile.into()];
    let message = words::message(std::slice::from_ref(&run));
    assert_eq!(message.lines().count(), 7, "{message}");
    assert!(!message.lines().any(|line| line.starts_with("Co-authored-by")) && !message.contains('\u{1b}'));
    let body = words::body(std::slice::from_ref(&run));
    assert!(!body.contains("#1") && !body.contains("@team") && !body.contains('\u{1b}'), "{body}");
}

/// Returns the record of an action, of what the guard handed on and what the run came to.
fn run_after(guard: Value, result: &str, report: Option<Value>) -> Run {
    let files = Memory::new([(
        "actions/deploy.yaml",
        "identifier: deploy\ntrigger: {type: self-service, operation: CREATE, userInputs: {properties: {key: {type: string, encryption: aes256-gcm}, size: {type: string}}}}\nsteps: [{run: ./x}]\n",
    )]);
    let now = Instant::parse("2026-11-21T12:00:00Z").expect("an instant");
    let portal = Portal::open(Origin::new(&files, now), None).expect("opened");
    let job = Job { run: "gh-7-2".into(), actor: "tom".into(), commit: "abc".into(), ..Job::default() };
    let outputs: Map<String, Value> =
        report.map(|report| ("report".to_string(), Value::from(report.to_string()))).into_iter().collect();
    let guard: JobResult = serde_json::from_value(guard).expect("a job");
    run_of(&portal, "deploy", &guard, &JobResult { result: result.into(), outputs }, &job)
}

fn request(needs_approval: bool) -> Request {
    serde_json::from_value::<Request>(json!({
        "schema": "portal.request/v1", "run": "gh-7-1", "action": "deploy",
        "inputs": {"key": "vault:x", "size": "small"}, "actor": {"login": "ines"}, "at": "2026-11-21T11:00:00Z",
        "commit": "def", "expiresAt": "2026-11-26T11:00:00Z", "needsApproval": needs_approval, "depth": 1,
        "parent": "gh-1-1",
    }))
    .expect("a request")
    .sealed()
}

fn let_through(request: &Request) -> Value {
    json!({"result": "success", "outputs": {"request": serde_json::to_string(request).expect("JSON")}})
}

#[test]
fn what_the_jobs_came_to_is_a_run() {
    let done = json!({"label": "up", "kind": "run", "result": "done"});
    let failed = json!({"label": "up", "kind": "run", "result": "failed", "message": "exit 3"});
    let effect = json!({"delete": {"blueprint": "b", "identifier": "i"}});
    let approved = json!({"tasks": [done], "approvedBy": ["grace"]});
    for (needs_approval, result, report, status, reason) in [
        (false, "success", Some(json!({"tasks": [done], "effects": [effect]})), Status::Success, ""),
        (true, "success", Some(approved.clone()), Status::Success, ""),
        (false, "failure", Some(json!({"tasks": [done, failed]})), Status::Failure, "up: exit 3"),
        (false, "success", Some(json!({"tasks": [failed]})), Status::Failure, "up: exit 3"),
        (true, "failure", Some(json!({"tasks": [failed]})), Status::Cancelled, "up: exit 3"),
        (false, "failure", Some(json!({"tasks": [done]})), Status::Failure, "after its tasks"),
        (false, "failure", None, Status::Failure, "before it could say"),
        (true, "failure", None, Status::Cancelled, "nobody agreed"),
        (true, "skipped", None, Status::Cancelled, "nobody agreed"),
        (false, "skipped", None, Status::Cancelled, "not started"),
        (true, "cancelled", None, Status::Cancelled, "it was cancelled"),
        (false, "success", None, Status::Failure, "did not say"),
    ] {
        let run = run_after(let_through(&request(needs_approval)), result, report.clone());
        assert_eq!(run.status, status, "{result} {report:?}");
        assert_eq!(run.reasons.is_empty(), reason.is_empty(), "{:?}", run.reasons);
        assert!(reason.is_empty() || run.reasons[0].contains(reason), "{:?}", run.reasons);
        assert_eq!(run.expires_at.is_some(), status == Status::Success, "{result} {report:?}");
        assert_eq!((run.id.as_str(), run.commit.as_str(), run.depth), ("gh-7-2", "def", 1));
        assert_eq!(Value::Object(run.inputs.clone()), json!({"size": "small"}), "no secret");
        assert_eq!(run.at, "2026-11-21T11:00:00Z");
        assert!(run.digest.is_some_and(|digest| digest.starts_with("sha256:")));
    }
    let run = run_after(let_through(&request(true)), "success", Some(approved));
    assert_eq!((run.approved_by, run.needed_approval), (vec!["grace".to_string()], true));
}

#[test]
fn refusals_and_broken_jobs_are_runs_too() {
    let refusal = json!({
        "run": "gh-7-1", "action": "deploy", "actor": {"login": "eve"}, "inputs": {"size": 9}, "reasons": ["no"],
        "at": "2026-11-21T11:00:00Z", "commit": "def",
    });
    let refused = json!({"result": "failure", "outputs": {"refusal": refusal.to_string()}});
    let run = run_after(refused, "skipped", None);
    assert_eq!((run.status, run.reasons.as_slice()), (Status::Refused, &["no".to_string()][..]));
    assert_eq!((run.actor.map(|actor| actor.login).as_deref(), run.id.as_str()), (Some("eve"), "gh-7-2"));
    let tampered = serde_json::to_string(&request(false)).expect("JSON").replace("small", "large");
    for (guard, status, reason) in [
        (json!({"result": "failure"}), Status::Failure, "could not decide"),
        (json!({"result": "cancelled"}), Status::Cancelled, "cancelled"),
        (
            json!({"result": "success", "outputs": {"request": tampered}}),
            Status::Failure,
            "its digest differs",
        ),
        (json!({"result": "success", "outputs": {"request": "{"}}), Status::Failure, "cannot be read"),
        (json!({"outputs": {"refusal": "[]"}}), Status::Failure, "cannot be read"),
        (
            let_through(&Request { action: "other".into(), ..request(false) }.sealed()),
            Status::Failure,
            "not for `deploy`",
        ),
    ] {
        let run = run_after(guard, "skipped", None);
        assert_eq!(run.status, status);
        assert!(run.reasons[0].contains(reason), "{:?}", run.reasons);
        assert_eq!(run.actor.map(|actor| actor.login).as_deref(), Some("tom"));
    }
}

#[test]
fn parts_of_an_action_are_one_run() {
    let report = |count: usize| {
        let task = json!({"label": "t", "kind": "run", "result": "done"});
        json!({"tasks": vec![task; count]}).to_string()
    };
    let part = |result: &str, count: usize| json!({"result": result, "outputs": {"report": report(count)}});
    for (jobs, result, tasks) in [
        (
            json!({"guard": {"result": "success"}, "run": part("success", 1), "used_1": {"result": "success", "outputs": {}}, "run_2": part("success", 3)}),
            "success",
            3,
        ),
        (
            json!({"run_2": part("failure", 3), "run": part("success", 1), "used_1": {"result": "skipped"}}),
            "failure",
            3,
        ),
        (
            json!({"run": part("success", 1), "used_1": {"result": "failure"}, "run_2": {"result": "skipped"}}),
            "failure",
            1,
        ),
        (json!({"run": {"result": "skipped"}, "guard": {"result": "failure"}}), "skipped", 0),
    ] {
        let Value::Object(jobs) = jobs else { panic!() };
        let joined = joined(&jobs);
        assert_eq!((joined.result.as_str(), result::count(&joined)), (result, tasks));
    }
}

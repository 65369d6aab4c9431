//! A stage for tests: a small catalog, and a world that notes what it is asked and answers as it is told.

use std::path::Path;
use std::sync::Mutex;

use serde_json::{Value, json};

use super::commission::Commission;
use super::exec::{self, Earlier, Part};
use super::log::testing::Shared;
use super::outside::{Finished, HttpRequest, HttpResponse, Program};
use super::perform::Performed;
use super::provider::Provider;
use super::report::Report;
use super::request::{Actor, EntityName, Request, SCHEMA};
use super::{Job, Log, Outside, Secrets, Setting, Subject};
use crate::catalog::Definition;
use crate::model::action::Action;
use crate::model::instant::Instant;
use crate::model::target::Target;
use crate::portal::{Origin, Portal};
use crate::procedure::{Procedure, Task};
use crate::worktree::{Files, Memory, Worktree};

const BLUEPRINTS: &str = "
- identifier: env
  schema:
    properties: {size: {type: string}, expiresAt: {type: string, format: timer}, team_size: {type: number}}
- identifier: service
  schema: {properties: {tier: {type: number}}}
- identifier: _user
  schema: {properties: {github: {type: string}}}
";

const ENTITIES: &str = "
- {identifier: cart, title: The cart, blueprint: service, properties: {tier: 1}}
- {identifier: red, blueprint: _team}
- {identifier: ines@example.com, blueprint: _user, properties: {github: ines}}
- {identifier: noor@example.com, blueprint: _user, properties: {github: noor}, relations: {teams: [red]}}
- {identifier: pavel@example.com, blueprint: _user, properties: {github: pavel}}
- {identifier: old, blueprint: env, properties: {size: small, expiresAt: '2026-11-01T00:00:00Z'}}
";

const SCORECARD: &str = "
identifier: readiness
title: Readiness
blueprint: service
levels: [{title: Basic, color: paleBlue}, {title: Bronze, color: bronze}, {title: Silver, color: silver}]
rules:
  - {identifier: named, title: Named, level: Bronze, query: {combinator: and, conditions: [{property: $title, operator: isNotEmpty}]}}
  - {identifier: owned, title: Owned, level: Silver, query: {combinator: and, conditions: [{property: $team, operator: isNotEmpty}]}}
";

/// A form of every type.
const FORM: &str = "
    properties:
      name: {type: string}
      size: {type: number}
      flag: {type: boolean}
      tags: {type: array, items: {type: string}}
      more: {type: object}
      service: {type: string, format: entity, blueprint: service}
      absent: {type: string}
      with-dash: {type: string}
";

/// What a world says to a program, and to a request.
type Answer<Asked, Said> = Box<dyn Fn(&Asked) -> Said + Send + Sync>;

/// A stage on which an action is performed.
pub(crate) struct Stage {
    portal: Portal,
    /// The catalog, by path.
    texts: Vec<(&'static str, String)>,
    pub(crate) root: tempfile::TempDir,
    pub(crate) job: Job,
    pub(crate) request: Request,
    pub(crate) rehearsal: bool,
    pub(crate) world: Asked,
    out: Shared,
}

/// A world that notes what it is asked.
pub(crate) struct Asked {
    pub(crate) programs: Mutex<Vec<Program>>,
    pub(crate) requests: Mutex<Vec<HttpRequest>>,
    runs: Answer<Program, Finished>,
    answers: Answer<HttpRequest, HttpResponse>,
}

impl Outside for Asked {
    fn run(&self, program: &Program) -> Result<Finished, String> {
        self.programs.lock().expect("held").push(program.clone());
        Ok((self.runs)(program))
    }

    fn send(&self, request: &HttpRequest) -> Result<HttpResponse, String> {
        self.requests.lock().expect("held").push(request.clone());
        Ok((self.answers)(request))
    }

    fn pause(&self, _: u64) {}
}

impl Stage {
    /// Returns a stage for an action with this text after its trigger: steps, effects and so on, indented by nothing.
    pub(crate) fn new(rest: &str) -> Self {
        Self::with("CREATE", "env", rest, "")
    }

    /// Returns a stage for an action with this operation and blueprint, beside other documents of actions.
    pub(crate) fn with(operation: &str, blueprint: &str, rest: &str, others: &str) -> Self {
        let trigger = format!(
            "identifier: act\ntitle: Act!\ntrigger:\n  type: self-service\n  operation: {operation}\n  \
             blueprintIdentifier: {blueprint}\n  userInputs:{FORM}{rest}\n"
        );
        let texts = [
            ("blueprints/all.yaml", BLUEPRINTS),
            ("entities/all.yaml", ENTITIES),
            ("scorecards/readiness.yaml", SCORECARD),
            ("actions/act.yaml", &trigger),
            ("actions/others.yaml", if others.is_empty() { "[]" } else { others }),
        ];
        let portal = open(&Memory::new(texts));
        // Some stages have mistakes that `portal validate` reports: the runtime holds all the same.
        assert!(!portal.catalog.actions().is_empty(), "{trigger}");
        let variables = [
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_REPOSITORY", "marlow/catalog"),
            ("GITHUB_RUN_ID", "7"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_OUTPUT", "/tmp/output"),
            ("PORTAL_TOKEN", "t0ken"),
            ("PORTAL_SECRET_KEY", "s3cret"),
            ("PORTAL_SECRET_HOOK", "https://hooks.example/T/s3cret-path"),
            ("PORTAL_SECRET_SLACK_WEBHOOK_URL", "https://slack.example/s1"),
            ("PORTAL_SECRET_TEAMS_WEBHOOK_URL", "https://teams.example/s2"),
        ];
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Self {
            portal,
            texts: texts.map(|(path, text)| (path, text.to_string())).into(),
            root: tempfile::tempdir().expect("a folder"),
            job: Job::of(variables.collect()),
            request: request(),
            rehearsal: false,
            world: Asked {
                programs: Mutex::default(),
                requests: Mutex::default(),
                runs: Box::new(usual_run),
                answers: Box::new(|_| HttpResponse { status: 200, body: b"{\"ok\": true}".to_vec() }),
            },
            out: Shared::default(),
        }
    }

    /// Returns it with its catalog on disk, and these files besides.
    pub(crate) fn on_disk(mut self, more: &[(&str, &str)]) -> Self {
        let own = self.texts.iter().map(|(path, text)| (*path, text.as_str()));
        for (path, text) in own.chain(more.iter().copied()) {
            let path = self.root.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, text).expect("written");
        }
        self.portal = open(&Worktree::new(self.root.path()));
        self
    }

    /// Returns it with these inputs.
    pub(crate) fn inputs(mut self, inputs: Value) -> Self {
        let Value::Object(inputs) = inputs else { panic!("{inputs} is no object") };
        self.request.inputs = inputs;
        self
    }

    /// Returns it for this entity.
    pub(crate) fn entity(mut self, blueprint: &str, identifier: &str) -> Self {
        self.request.entity = Some(EntityName { blueprint: blueprint.into(), identifier: identifier.into() });
        self
    }

    /// Returns it with a world that answers requests so.
    pub(crate) fn answering(
        mut self,
        answer: impl Fn(&HttpRequest) -> (u16, Value) + Send + Sync + 'static,
    ) -> Self {
        self.world.answers = Box::new(move |request| {
            let (status, body) = answer(request);
            let body = body.as_str().map_or_else(|| body.to_string(), String::from);
            HttpResponse { status, body: body.into_bytes() }
        });
        self
    }

    /// Returns it with a world that runs programs so.
    pub(crate) fn running(
        mut self,
        run: impl Fn(&Program) -> Option<Finished> + Send + Sync + 'static,
    ) -> Self {
        self.world.runs = Box::new(move |program| run(program).unwrap_or_else(|| usual_run(program)));
        self
    }

    pub(crate) fn action(&self) -> &Definition<Action> {
        let mut actions = self.portal.catalog.actions().iter();
        actions.find(|action| action.value.identifier.value == "act").expect("the action")
    }

    /// Returns who agreed to the request.
    pub(crate) fn approvers(&self) -> Result<Vec<String>, String> {
        let provider = Provider {
            target: Target::GitHub,
            job: &self.job,
            outside: &self.world,
            directory: self.root.path().to_path_buf(),
        };
        exec::approvers(&self.portal, self.action(), &self.request, &provider)
    }

    /// Returns the action of a request, as a job may perform it.
    pub(crate) fn found(&self, identifier: &str) -> Result<(), String> {
        exec::action(&self.portal, identifier, &self.request, &self.job).map(drop)
    }

    /// Returns what the scaffold step of the action asks for, with these inputs.
    pub(crate) fn commission(
        &self,
        inputs: &serde_json::Map<String, Value>,
    ) -> Result<Option<Commission>, String> {
        Commission::of_action(&self.portal, self.action(), inputs, &self.request.actor)
    }

    /// Performs the action.
    pub(crate) fn perform(&self) -> Report {
        self.part(Part::default(), Earlier::default()).expect("performed").report
    }

    /// Performs a part of the action.
    pub(crate) fn part(&self, part: Part, earlier: Earlier) -> Result<Performed, String> {
        let procedure = Procedure::of_action(&self.portal.catalog, self.action());
        let names: Vec<String> = procedure.all().flat_map(Task::secrets).collect();
        let secrets = Secrets::of(names.iter().map(String::as_str), &self.job);
        let log =
            Log::new(self.job.target, "w0rd".into(), self.portal.now, secrets.clone(), self.out.clone());
        let subject = Subject::of_request(&self.portal, self.action(), &self.request, &self.job);
        let setting = Setting {
            portal: &self.portal,
            root: self.root.path(),
            job: &self.job,
            outside: &self.world,
            log: &log,
            secrets: &secrets,
            rehearsal: self.rehearsal,
            subject: &subject,
        };
        exec::execute(&procedure, part, earlier, &setting)
    }

    /// Returns what the log says.
    pub(crate) fn log(&self) -> String {
        self.out.text()
    }

    /// Returns the scripts that were run, in the order of their starts.
    pub(crate) fn scripts(&self) -> Vec<String> {
        let programs = self.world.programs.lock().expect("held");
        programs.iter().filter(|it| it.name == "sh").map(|it| it.arguments[2].clone()).collect()
    }

    /// Returns a variable that the script at `number` got.
    pub(crate) fn variable(&self, number: usize, name: &str) -> Option<String> {
        let programs = self.world.programs.lock().expect("held");
        let mut set = programs[number].env.iter().rev();
        set.find(|(set, _)| set == name).map(|(_, value)| value.clone())
    }

    /// Returns the requests that were sent: method, address and body.
    pub(crate) fn sent(&self) -> Vec<(String, Value)> {
        let requests = self.world.requests.lock().expect("held");
        let sent = requests.iter().map(|request| {
            let body = request.body.as_deref().unwrap_or_default();
            let plain = || Value::from(String::from_utf8_lossy(body).into_owned());
            let body = serde_json::from_slice(body).unwrap_or_else(|_| plain());
            (format!("{} {}", request.method, request.url), body)
        });
        sent.collect()
    }
}

/// Returns the catalog of these files.
fn open(files: &dyn Files) -> Portal {
    let now = Instant::parse("2026-11-21T12:00:00Z").expect("an instant");
    let config = b"ci: {target: github}\n".to_vec();
    Portal::open(Origin::new(files, now), Some(config)).expect("opened")
}

/// Runs what tests write in the place of scripts: `fail`, `say TEXT` and `out NAME=VALUE`.
fn usual_run(program: &Program) -> Finished {
    let script = program.arguments.get(2).map(String::as_str).unwrap_or_default();
    let words = script.split_once(' ');
    match words {
        _ if script == "fail" => Finished { code: 3, ..Finished::default() },
        Some(("say", text)) => Finished { stdout: format!("{text}\n"), ..Finished::default() },
        Some(("out", line)) => {
            let file = program.env.iter().find(|(name, _)| name == "PORTAL_OUTPUT");
            let path = Path::new(&file.expect("a file for outputs").1);
            std::fs::write(path, line).expect("written");
            Finished::default()
        }
        _ => Finished::default(),
    }
}

/// Returns a request for the action of a stage.
fn request() -> Request {
    Request {
        schema: SCHEMA.into(),
        run: "gh-7-1".into(),
        action: "act".into(),
        inputs: json!({"name": "spike"}).as_object().cloned().expect("an object"),
        entity: None,
        actor: Actor {
            login: "ines".into(),
            user: Some("ines@example.com".into()),
            email: Some("ines@example.com".into()),
            teams: vec!["red".into()],
            roles: vec!["Member".into()],
        },
        at: "2026-11-21T11:59:00Z".into(),
        commit: String::new(),
        expires_at: None,
        needs_approval: false,
        depth: 0,
        parent: None,
        digest: String::new(),
    }
}

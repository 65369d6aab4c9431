//! `portal ci exec`: the job that performs an action.

use std::io;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{handover, job, word};
use crate::catalog::Definition;
use crate::cli::open::{Opened, Source};
use crate::cli::{Failure, Global, Outcome};
use crate::model::action::Action;
use crate::printable::markdown;
use crate::procedure::{Procedure, Task};
use crate::runtime::exec::{self, Earlier, Part};
use crate::runtime::perform::Performed;
use crate::runtime::report::{self, Report};
use crate::runtime::request::Request;
use crate::runtime::{Job, Log, Outside, Rehearsal, Secrets, Setting, Subject, World};

/// Perform an action that the guard let through
///
/// Reads the request from PORTAL_REQUEST, or from the file guard.json of the folder PORTAL_HANDOVER, and hands on what
/// became of it as `report`.
#[derive(Debug, Args)]
pub(super) struct Exec {
    /// The action
    #[arg(value_name = "ACTION")]
    action: String,
    /// Begin with this task, counted from 0; PORTAL_EARLIER holds the report of those before
    #[arg(long, value_name = "N", default_value_t = 0)]
    from: usize,
    /// End before this task
    #[arg(long, value_name = "M")]
    to: Option<usize>,
    /// Do nothing unless someone must agree to the request, or unless nobody must: where a CI system has a job for each
    #[arg(long, value_name = "WHETHER")]
    approval: Option<Approval>,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// Whether someone must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Approval {
    /// Someone must
    Required,
    /// Nobody must
    NotRequired,
}

impl Approval {
    /// Returns whether a request is one of these.
    pub(super) fn is_of(self, request: &Request) -> bool {
        request.needs_approval == (self == Self::Required)
    }
}

impl Exec {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let job = job();
        let opened = Source::default().open(global, None)?;
        let request = handover::read(&job, "PORTAL_REQUEST", "guard", "request");
        let request = request.ok_or_else(|| {
            Failure::Other("there is no request: PORTAL_REQUEST holds it, as the guard handed it on".into())
        })?;
        let request = Request::parse(&request);
        if let (Some(approval), Ok(request)) = (self.approval, &request)
            && !approval.is_of(request)
        {
            let log = Log::new(job.target, word(), opened.portal.now, Secrets::default(), io::stdout());
            log.say("nothing to do: this request is for the other job, with or without an approval");
            return Ok(Outcome::Done);
        }
        let found = request.and_then(|request| {
            let action = exec::action(&opened.portal, &self.action, &request, &job)?;
            Ok((request, action))
        });
        let performed = match found {
            Ok((request, action)) => self.perform(opened, &job, &request, action)?,
            Err(why) => {
                let log = Log::new(job.target, word(), opened.portal.now, Secrets::default(), io::stdout());
                refused(&log, &why)
            }
        };
        self.hand_on(&job, performed)
    }

    /// Performs the request, when all that it needs is there.
    fn perform(
        &self,
        opened: &Opened,
        job: &Job,
        request: &Request,
        action: &Definition<Action>,
    ) -> Result<Performed, Failure> {
        let portal = &opened.portal;
        let procedure = Procedure::of_action(&portal.catalog, action);
        let names: Vec<String> = procedure.all().flat_map(Task::secrets).collect();
        let names = || names.iter().map(String::as_str);
        let mut secrets = Secrets::of(names(), job);
        if self.dry_run {
            secrets = secrets.pretended(names());
        }
        let log = Log::new(job.target, word(), portal.now, secrets.clone(), io::stdout());
        let world = World::new(job, |line| log.script_line(line));
        let rehearsal = Rehearsal::new(&world, secrets.clone(), |line| log.say(line));
        let outside: &dyn Outside = if self.dry_run { &rehearsal } else { &world };
        let subject = Subject::of_request(portal, action, request, job);
        let setting = Setting {
            portal,
            root: &opened.root,
            job,
            outside,
            log: &log,
            secrets: &secrets,
            rehearsal: self.dry_run,
            subject: &subject,
        };
        let earlier = earlier(job)?;
        let agreed = match self.agreed(&setting, action, request, &earlier) {
            Ok(agreed) => agreed,
            Err(why) => return Ok(refused(&log, &why)),
        };
        let part = Part { from: self.from, to: self.to };
        let performed = exec::execute(&procedure, part, earlier, &setting).map_err(Failure::Other)?;
        Ok(Performed { report: Report { approved_by: agreed, ..performed.report }, ..performed })
    }

    /// Returns who agreed: to a later part, those who agreed to the first, which waited for them.
    fn agreed(
        &self,
        setting: &Setting<'_>,
        action: &Definition<Action>,
        request: &Request,
        earlier: &Earlier,
    ) -> Result<Vec<String>, String> {
        let before = &earlier.report.approved_by;
        if !request.needs_approval || (self.from > 0 && !before.is_empty()) {
            return Ok(before.clone());
        }
        if self.dry_run {
            setting.log.say("would ask who agreed to the request");
            return Ok(Vec::new());
        }
        exec::approvers(setting.portal, action, request, &setting.provider()?)
    }

    fn hand_on(&self, job: &Job, performed: Performed) -> Result<Outcome, Failure> {
        let report = &exec::fitting(performed.report, self.to.is_none());
        if !self.dry_run {
            let line = serde_json::to_string(report).map_err(|error| Failure::Other(error.to_string()))?;
            let mut outputs = vec![("report", line)];
            if self.to.is_some() {
                outputs.push(("start", performed.next.is_some().to_string()));
                outputs.push(("with", performed.next.unwrap_or_else(|| json!({})).to_string()));
            }
            handover::write(job, "exec", &outputs)?;
            handover::summarise(job, &summary(&self.action, report))?;
        }
        Ok(if exec::has_failed(report) { Outcome::Findings } else { Outcome::Done })
    }
}

fn refused(log: &Log, why: &str) -> Performed {
    log.fail(&format!("nothing was done: {why}"));
    Performed { report: exec::not_performed(why), next: None }
}

/// Returns what became of the tasks before.
fn earlier(job: &Job) -> Result<Earlier, Failure> {
    let json = |text: &str, what: &str| -> Result<Value, Failure> {
        serde_json::from_str(text).map_err(|error| Failure::Other(format!("{what} cannot be read: {error}")))
    };
    let report = match handover::read(job, "PORTAL_EARLIER", "exec", "report") {
        Some(text) => serde_json::from_value(json(&text, "PORTAL_EARLIER")?)
            .map_err(|error| Failure::Other(format!("PORTAL_EARLIER is no report: {error}")))?,
        None => Report::default(),
    };
    let used = job.variable("PORTAL_USED").map(|text| json(text, "PORTAL_USED")).transpose()?;
    Ok(Earlier { report, used })
}

/// Returns what became of the tasks, for people.
fn summary(action: &str, report: &Report) -> String {
    let rows: Vec<Vec<String>> = report
        .tasks
        .iter()
        .map(|task| {
            let result = match task.result {
                report::Outcome::Done => "done",
                report::Outcome::Skipped => "skipped",
                report::Outcome::Failed => "**failed**",
            };
            let message = task.message.as_deref().unwrap_or_default();
            vec![markdown::cell(&task.label), result.to_string(), markdown::cell(message)]
        })
        .collect();
    format!("### {}\n\n{}\n", markdown::name(action), markdown::table(&["Task", "Result", ""], &rows))
}

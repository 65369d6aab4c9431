//! Exec: the job that performs an action, with exactly what the guard let through.
//!
//! The request carries a digest of itself, so what is performed is what was checked and, where someone had to agree, what
//! they saw. Who agreed is asked of the provider, in the job that has the power: an approval that cannot be confirmed is
//! none.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::actor;
use super::job::Job;
use super::perform::{Performed, perform_effects, perform_part};
use super::permission::Permit;
use super::provider::Provider;
use super::report::{Outcome, Report, TaskResult};
use super::request::Request;
use super::setting::{self, Setting};
use crate::catalog::Definition;
use crate::dialect;
use crate::model::action::{Action, Mode, Quorum};
use crate::portal::Portal;
use crate::procedure::{Deed, Procedure, Task};

/// Which tasks of an action a job performs: those up to a reusable workflow, which only the CI system can start, or
/// after one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    /// The position of the first.
    pub from: usize,
    /// The position after the last; that of the end when absent.
    pub to: Option<usize>,
}

/// What was done before a part.
#[derive(Debug, Clone, Default)]
pub struct Earlier {
    /// What the jobs before reported.
    pub report: Report,
    /// What the CI system says of the reusable workflow just before: `{result, outputs}`.
    pub used: Option<Value>,
}

/// Returns the action of a request that this job may perform.
///
/// # Errors
/// Why it may not, as a sentence.
pub fn action<'p>(
    portal: &'p Portal,
    identifier: &str,
    request: &Request,
    job: &Job,
) -> Result<&'p Definition<Action>, String> {
    if request.action != identifier {
        return Err(format!("the request is for `{}`, not for `{identifier}`", request.action));
    }
    if !request.commit.is_empty() && !job.commit.is_empty() && request.commit != job.commit {
        let (checked, here) = (&request.commit, &job.commit);
        return Err(format!("the request was checked at the commit {checked}, and this job runs on {here}"));
    }
    let mut actions = portal.catalog.actions().iter();
    let action = actions.find(|action| action.value.identifier.value == identifier);
    let action = action.ok_or_else(|| format!("there is no action `{identifier}`"))?;
    // A step that is mistaken is none: what is left must not run without it.
    let source = portal.catalog.node(action.place).span().source;
    let errors = portal.diagnostics.as_slice().iter();
    let mut errors = errors.filter(|finding| finding.severity == crate::diagnostic::Severity::Error);
    match errors.find(|finding| finding.primary.span.source == source) {
        Some(finding) => Err(format!("the definition has mistakes: {}", finding.message)),
        None => Ok(action),
    }
}

/// Returns who agreed to a request, by login; nobody when nobody had to.
///
/// # Errors
/// When nobody who may has agreed, or not all who must, or it cannot be said who did.
pub fn approvers(
    portal: &Portal,
    action: &Definition<Action>,
    request: &Request,
    provider: &Provider<'_>,
) -> Result<Vec<String>, String> {
    if !request.needs_approval {
        return Ok(Vec::new());
    }
    let logins = match action.value.mode {
        Mode::Dispatch => provider.approvers(&dialect::approval_environment(&request.action))?,
        Mode::PullRequest => {
            let merge = provider.merge_of(&request.commit)?;
            merge.ok_or("the request was not merged by a pull request, so nobody has agreed to it")?.approvers
        }
    };
    if logins.is_empty() {
        return Err("someone must agree to this request, and nobody has".into());
    }
    let permit = Permit {
        portal,
        action,
        actor: &request.actor,
        entity: setting::find(portal, request.entity.as_ref()),
        inputs: &request.inputs,
    };
    let (mut agreed, mut users, mut reasons) = (Vec::new(), BTreeSet::new(), Vec::new());
    for login in logins {
        let approver = actor::find(portal.known(), Some(provider.target), &login);
        match approver.map(|approver| (permit.approval_refusal(&approver), approver)) {
            Ok((None, approver)) => {
                users.extend(approver.user);
                agreed.push(login);
            }
            Ok((Some(why), _)) | Err(why) => reasons.push(why),
        }
    }
    if agreed.is_empty() {
        return Err(format!("nobody who may agree to this request has: {}", reasons.join("; ")));
    }
    let missing = match action.value.approval.quorum {
        Some(Quorum::All) => missing(portal, permit, &users),
        Some(Quorum::Any) | None => Vec::new(),
    };
    match missing.is_empty() {
        true => Ok(agreed),
        false => Err(format!("all must agree to this request, and some have not: {}", missing.join(", "))),
    }
}

/// Returns the users of the catalog who may agree to a request and are not among `agreed`.
fn missing(portal: &Portal, permit: Permit<'_>, agreed: &BTreeSet<String>) -> Vec<String> {
    let catalog = &portal.catalog;
    let users = catalog.find_blueprint(catalog.config().user()).into_iter();
    let users = users.flat_map(|blueprint| catalog.entities_of(blueprint)).map(|user| user.identifier());
    let waited_for = |user: &&str| {
        let actor = actor::find(portal.known(), None, user);
        !agreed.contains(*user) && actor.is_ok_and(|actor| permit.approval_refusal(&actor).is_none())
    };
    users.filter(waited_for).map(|user| format!("`{user}`")).collect()
}

/// Performs a part of an action.
///
/// # Errors
/// When there is no such part, or what became of the tasks before it is not known.
pub fn execute(
    procedure: &Procedure,
    part: Part,
    earlier: Earlier,
    setting: &Setting<'_>,
) -> Result<Performed, String> {
    let tasks = &procedure.tasks;
    let end = part.to.unwrap_or(tasks.len());
    if part.from > end || end > tasks.len() {
        return Err(format!("there are {} tasks, so none from {} to {end}", tasks.len(), part.from));
    }
    let earlier = complete(&tasks[..part.from], earlier)?;
    let performed = perform_part(tasks, part.from..end, earlier, setting);
    if end < tasks.len() {
        return Ok(performed);
    }
    let report = perform_effects(&procedure.effects, performed.report, setting);
    Ok(Performed { report, ..performed })
}

/// Returns what became of all of `tasks`: as it was reported, and of a reusable workflow at the end, as the CI system
/// says.
fn complete(tasks: &[Task], earlier: Earlier) -> Result<Report, String> {
    let Earlier { mut report, used } = earlier;
    report.tasks.truncate(tasks.len());
    if let [.., last] = tasks
        && last.deed == Deed::Uses
        && report.tasks.len() + 1 == tasks.len()
    {
        let used = used.unwrap_or_else(|| json!({"result": "success"}));
        let word = used["result"].as_str().unwrap_or_default();
        let (result, message) = match word {
            "success" => (Outcome::Done, None),
            "skipped" => (Outcome::Skipped, Some("the CI system did not start it".to_string())),
            word => (Outcome::Failed, Some(format!("it ended with {word}"))),
        };
        if let (Some(name), Some(outputs)) = (&last.name, used["outputs"].as_object()) {
            report.outputs.insert(name.clone(), Value::Object(outputs.clone()));
        }
        let (label, kind) = (last.label(), last.deed.key().to_string());
        report.tasks.push(TaskResult { label, kind, result, message });
    }
    if report.tasks.len() < tasks.len() {
        return Err(format!(
            "what became of the {} tasks before is not known: PORTAL_EARLIER says it of {}",
            tasks.len(),
            report.tasks.len()
        ));
    }
    Ok(report)
}

/// Returns the report of a request that was not performed, for the record to say why.
pub fn not_performed(why: &str) -> Report {
    Report { tasks: vec![failure("Check the request", why)], ..Report::default() }
}

/// Returns the failure of something that portal does besides the tasks.
fn failure(label: &str, why: &str) -> TaskResult {
    TaskResult {
        label: label.into(),
        kind: "check".into(),
        result: Outcome::Failed,
        message: Some(why.to_string()),
    }
}

/// The most bytes of a report inside JSON: the next job gets it in a variable, which Linux limits to 128 KiB.
const MOST: usize = 100 << 10;

/// Returns a report as it can be handed on. After the last part nobody reads outputs, so they are left out when they do
/// not fit; a report that does not fit without them says that it failed.
pub fn fitting(report: Report, last: bool) -> Report {
    let size = |report: &Report| Value::String(json!(report).to_string()).to_string().len();
    if size(&report) <= MOST {
        return report;
    }
    let smaller = Report { outputs: Map::new(), ..report.clone() };
    if last && size(&smaller) <= MOST {
        return smaller;
    }
    let why = format!(
        "it has {} KiB and cannot be handed on: at most {} can, so let tasks write less",
        size(&report) >> 10,
        MOST >> 10
    );
    let mut tasks: Vec<TaskResult> = report.tasks;
    tasks.iter_mut().for_each(|task| task.message = None);
    tasks.push(failure("Hand on the report", &why));
    Report { tasks, approved_by: report.approved_by, ..Report::default() }
}

/// Returns whether something failed.
pub fn has_failed(report: &Report) -> bool {
    report.tasks.iter().any(|task| task.result == Outcome::Failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::staging::Stage;

    /// Returns a stage whose action someone must agree to, and who has according to GitHub.
    fn approved(permissions: &str, logins: &'static [&'static str]) -> Stage {
        let mut stage =
            Stage::new(&format!("steps: [{{run: a}}]\n{permissions}")).answering(move |request| {
                if request.url.ends_with("/approvals") {
                    let approval = |login| {
                        json!({
                            "state": "approved", "user": {"login": login},
                            "environments": [{"name": "portal-approve-act"}],
                        })
                    };
                    return (200, logins.iter().map(approval).collect());
                }
                (404, Value::Null)
            });
        stage.request.needs_approval = true;
        stage
    }

    #[test]
    fn who_may_must_agree() {
        const RED: &str = "requiredApproval: true\npermissions: {approve: {teams: [red]}}";
        const ALL: &str =
            "requiredApproval: ALL\npermissions: {approve: {users: [noor@example.com, pavel@example.com]}}";
        for (permissions, logins, expected) in [
            (RED, &["noor"][..], Ok(&["noor"][..])),
            (RED, &["Noor", "pavel"], Ok(&["Noor"])),
            (RED, &["pavel"], Err("nobody who may agree")),
            (RED, &["ines"], Err("nobody agrees to their own")),
            (RED, &["INES"], Err("nobody agrees to their own")),
            (RED, &["stranger"], Err("nobody who may agree")),
            (RED, &[], Err("nobody has")),
            (ALL, &["noor"], Err("some have not: `pavel@example.com`")),
            (ALL, &["noor", "pavel"], Ok(&["noor", "pavel"])),
        ] {
            match (approved(permissions, logins).approvers(), expected) {
                (Ok(agreed), Ok(expected)) => assert_eq!(agreed, expected, "{logins:?}"),
                (Err(said), Err(why)) => assert!(said.contains(why), "{logins:?}: {said}"),
                (other, _) => panic!("{logins:?}: {other:?}"),
            }
        }
        let mut stage = approved(RED, &["noor"]);
        stage = stage.answering(|_| (500, Value::Null));
        assert!(stage.approvers().is_err(), "an approval that cannot be confirmed is none");
        stage.request.needs_approval = false;
        assert_eq!(stage.approvers(), Ok(Vec::new()));
    }

    #[test]
    fn only_what_was_checked_is_performed() {
        let mut stage = Stage::new("steps: [{run: a}]");
        assert_eq!(stage.found("act"), Ok(()));
        assert!(stage.found("other").is_err_and(|why| why.contains("not for `other`")));
        stage.request.commit = "a".into();
        assert_eq!(stage.found("act"), Ok(()), "who does not know the commit cannot compare");
        stage.job.commit = "b".into();
        assert!(stage.found("act").is_err_and(|why| why.contains("at the commit a")));
        stage.request.commit.clear();
        stage.request.action = "none".into();
        assert_eq!(stage.found("none"), Err("there is no action `none`".to_string()));
    }

    #[test]
    fn a_report_fits_into_a_variable() {
        let report = Stage::new("steps: [{upsertEntity: {identifier: new}}]").perform();
        assert_eq!(fitting(report.clone(), true), report);
        let mut large = report.clone();
        large.outputs.insert("a".into(), json!("\"".repeat(30 << 10)));
        assert_eq!(fitting(large.clone(), true), report, "nobody reads outputs after the last part");
        let said = fitting(large, false);
        assert!(has_failed(&said) && said.effects.is_empty() && said.tasks.len() == 2, "{said:?}");
        let mut large = report;
        large.tasks[0].message = Some("x".repeat(MOST));
        assert!(has_failed(&fitting(large, true)));
    }
}

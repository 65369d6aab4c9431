//! Templates that are rendered: the files of a new service, in the work tree of the job.
//!
//! Everything is worked out before anything is written, as for a person at a terminal. A pull request that follows takes
//! the files along.

use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;

use super::pull_request::TREE;
use super::{Done, Scene};
use crate::diagnostic::Diagnostic;
use crate::form::{Asker, Filled, Problem};
use crate::output::batch::{self, There, look, write};
use crate::runtime::commission::Commission;
use crate::scaffold::plan::Purpose;
use crate::scaffold::{Change, Library, Part, Plan, Refusal, Request, Template, plan};
use crate::source::Sources;
use crate::worktree::Worktree;

/// After so many mistakes the rest is counted.
const MOST: usize = 5;

pub(super) fn perform(scene: &Scene<'_>) -> Result<Done, String> {
    let setting = &scene.setting;
    let commission = Commission::of_task(&scene.task.body, scene.context.clone())?;
    let files = Worktree::new(setting.root);
    let library =
        Library { portal: setting.portal, files: &files, root: setting.root, directory: setting.root };
    let template = library.open(&commission.template)?;
    let answers = answers(scene, &commission, &template)?;
    let request = Request {
        purpose: Purpose::Create,
        template: &template,
        answers: &answers,
        portal: setting.portal,
        files: &files,
        catalog: setting.root,
        destination: commission.into.as_deref().map(|into| (setting.root, into)),
    };
    let plan = plan(&request).map_err(refused)?;
    // What a pull request commits, and puts back, is a state of the work tree between tasks.
    let _alone = TREE.lock().unwrap_or_else(PoisonError::into_inner);
    let new = new(&plan)?;
    told(scene, &plan);
    if setting.rehearsal {
        for (_, change) in &new {
            scene.log.say(&format!("would write {}", change.path));
        }
    } else {
        written(&plan, &new)?;
    }
    Ok(done(&plan, &template, new.len()))
}

/// Returns the answers to the form of the template, held against it.
fn answers(scene: &Scene<'_>, commission: &Commission, template: &Template) -> Result<Filled, String> {
    let given = commission.answers(&template.form)?;
    let portal = scene.setting.portal;
    let user = scene.context.get("user").cloned().unwrap_or_default();
    let asker = Asker { known: portal.known(), user: &user, entity: None, now: portal.now };
    template.form.fill(&given, &asker).map_err(|problems| listed(problems.iter().map(problem)))
}

/// Returns the changes to files that do not hold already what they are to, each with the position of its ground.
///
/// # Errors
/// The files that would be lost.
fn new(plan: &Plan) -> Result<Vec<(usize, &Change)>, String> {
    let (mut new, mut taken) = (Vec::new(), Vec::new());
    for (number, ground) in plan.grounds.iter().enumerate() {
        for change in &ground.changes {
            let there = look(&ground.root, &change.path).map_err(|error| error.to_string())?;
            match there {
                There::File { bytes, executable } if bytes == change.bytes => {
                    // What it holds is right; whether it can be run is made so.
                    new.extend((executable != change.executable).then_some((number, change)));
                }
                There::Nothing => new.push((number, change)),
                There::File { .. } if change.part == Part::Appended => new.push((number, change)),
                There::File { .. } => taken.push(format!("`{}` is there already", change.path)),
                There::Folder => taken.push(format!("`{}` is a folder", change.path)),
                There::Link => taken.push(format!("`{}` is no regular file", change.path)),
            }
        }
    }
    if taken.is_empty() { Ok(new) } else { Err(listed(taken.into_iter())) }
}

/// Says what people should know about the new service.
fn told(scene: &Scene<'_>, plan: &Plan) {
    plan.notes.iter().for_each(|note| scene.log.say(note));
    let Some(entity) = &plan.entity else { return };
    for warning in &entity.verdict.warnings {
        scene.log.say(&finding(&entity.verdict.sources, warning));
    }
    for standing in &entity.verdict.standings {
        let of = format!("{} of {} rules", standing.passed, standing.total);
        scene.log.say(&format!("{}: {}, {of}", standing.title, standing.level));
    }
}

/// Writes the changes, all or none.
fn written(plan: &Plan, new: &[(usize, &Change)]) -> Result<(), String> {
    let mut done = Vec::new();
    for (number, ground) in plan.grounds.iter().enumerate() {
        let of_ground = new.iter().filter(|(at, _)| *at == number).map(|(_, change)| batch::Change {
            path: &change.path,
            bytes: Some(&change.bytes),
            executable: change.executable,
        });
        let changes: Vec<batch::Change<'_>> = of_ground.collect();
        match write(&ground.root, &changes, &AtomicBool::new(false)) {
            Ok(written) => done.push(written),
            Err(error) => {
                let mut said = error.to_string();
                for written in done.into_iter().rev() {
                    if let Err(error) = written.undo() {
                        said.push_str(&format!("; {error}"));
                    }
                }
                return Err(said);
            }
        }
    }
    Ok(())
}

/// Returns what the task led to.
fn done(plan: &Plan, template: &Template, count: usize) -> Done {
    let place = if plan.target.is_empty() { "the root".to_string() } else { format!("`{}`", plan.target) };
    let entity = plan.entity.as_ref().map(|it| (it.blueprint.as_str(), it.identifier.as_str()));
    let of = entity.map(|(blueprint, identifier)| format!(", with `{identifier}` of `{blueprint}`"));
    let of = of.unwrap_or_default();
    let name = &template.identifier;
    let mut done = match count {
        0 => Done::nothing(format!("{place} is already as `{name}` makes it")),
        1 => Done::saying(format!("`{name}` makes 1 file in {place}{of}")),
        count => Done::saying(format!("`{name}` makes {count} files in {place}{of}")),
    };
    let (blueprint, identifier) = entity.unzip();
    done = done.with("target", plan.target.as_str()).with("files", count);
    done.with("blueprint", blueprint).with("identifier", identifier)
}

fn refused(refusal: Refusal) -> String {
    match refusal {
        Refusal::Findings(sources, findings) => listed(findings.iter().map(|it| finding(&sources, it))),
        Refusal::Problems(problems) => listed(problems.iter().map(problem)),
        Refusal::Other(why) => why,
    }
}

/// Returns mistakes as one sentence.
fn listed(mistakes: impl ExactSizeIterator<Item = String>) -> String {
    let rest = mistakes.len().saturating_sub(MOST);
    let said: Vec<String> = mistakes.take(MOST).collect();
    let more = if rest > 0 { format!("; and {rest} more") } else { String::new() };
    said.join("; ") + &more
}

fn finding(sources: &Sources, finding: &Diagnostic) -> String {
    let source = sources.get(finding.source());
    let at = source.position(finding.primary.span.start);
    let help = finding.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{}:{}:{}: {}{help}", source.path(), at.line, at.column, finding.message)
}

fn problem(problem: &Problem) -> String {
    let help = problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{}{help}", problem.message)
}

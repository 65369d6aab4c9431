//! Performing tasks: in waves, each after what it needs.
//!
//! Tasks that need nothing of each other are performed at the same time, each with a log of its own that is shown as a
//! whole. A task that fails stops those that need it; a task that is skipped, because of its `when` or because there
//! was nothing to do, stops none. All others go on: what has been started is better finished and recorded.

use std::collections::BTreeMap;
use std::ops::Range;
use std::thread;

use serde_json::Value;

use super::log::Log;
use super::report::{Outcome, Report, TaskResult};
use super::setting::Setting;
use super::task::{self, Done, Scene};
use crate::procedure::{Deed, Task};
use crate::template;

/// A part of a procedure that was performed.
#[derive(Debug, Default)]
pub struct Performed {
    /// What became of the tasks up to its end.
    pub report: Report,
    /// The inputs of the reusable workflow that comes next, when the CI system is to start it.
    pub next: Option<Value>,
}

/// Performs tasks, and returns what became of them.
pub fn perform(tasks: &[Task], setting: &Setting<'_>) -> Report {
    perform_part(tasks, 0..tasks.len(), Report::default(), setting).report
}

/// Performs the tasks at the positions `part`; `earlier` says what became of each of those before. A reusable workflow
/// that follows is the CI system's to start: whether it is, and with what, is said.
pub fn perform_part(tasks: &[Task], part: Range<usize>, earlier: Report, setting: &Setting<'_>) -> Performed {
    let end = part.end;
    let mut course = Course::new(tasks, part.start, earlier);
    for wave in waves(tasks, part) {
        let ready: Vec<usize> = wave.into_iter().filter(|&at| course.may_start(at, setting)).collect();
        let ended = together(&course, &ready, setting);
        for (at, ended) in ready.into_iter().zip(ended) {
            course.end(at, ended, setting);
        }
    }
    let elsewhere = tasks.get(end).is_some_and(|task| task.deed == Deed::Uses);
    let next = if elsewhere && course.may_start(end, setting) { course.inputs(end, setting) } else { None };
    Performed { report: course.report(), next }
}

/// Performs the changes of the catalog that a definition states besides its tasks, when all of these succeeded, and
/// adds them to `report`.
pub fn perform_effects(effects: &[Task], report: Report, setting: &Setting<'_>) -> Report {
    if report.tasks.iter().any(|task| task.result == Outcome::Failed) {
        return report;
    }
    // They come after the tasks and need none of each other: one that fails stops no other.
    let (mut results, mut all) = (report.tasks.clone(), report);
    all.tasks.clear();
    let alone: Vec<Task> =
        effects.iter().map(|effect| Task { needs: Vec::new(), ..effect.clone() }).collect();
    let mut done = perform_part(&alone, 0..alone.len(), all, setting).report;
    results.append(&mut done.tasks);
    Report { tasks: results, ..done }
}

/// Returns the positions of the tasks of `part`, those first that need none of the others.
fn waves(tasks: &[Task], part: Range<usize>) -> Vec<Vec<usize>> {
    let mut depths: BTreeMap<usize, usize> = BTreeMap::new();
    let mut waves: Vec<Vec<usize>> = Vec::new();
    for at in part {
        let needs = tasks[at].needs.iter().filter_map(|need| depths.get(need));
        let depth = needs.max().map_or(0, |deepest| deepest + 1);
        depths.insert(at, depth);
        if waves.len() <= depth {
            waves.push(Vec::new());
        }
        waves[depth].push(at);
    }
    waves
}

/// How far a procedure is.
struct Course<'t> {
    tasks: &'t [Task],
    results: Vec<Option<TaskResult>>,
    report: Report,
}

impl<'t> Course<'t> {
    fn new(tasks: &'t [Task], start: usize, mut earlier: Report) -> Self {
        let mut results: Vec<Option<TaskResult>> = earlier.tasks.drain(..).map(Some).collect();
        results.resize(start.max(results.len()), None);
        results.truncate(start);
        results.resize(tasks.len(), None);
        Self { tasks, results, report: earlier }
    }

    /// Returns the task that failed and on which the one at `at` waits, directly or through others.
    fn obstacle(&self, at: usize) -> Option<usize> {
        self.tasks[at].needs.iter().find_map(|&need| match self.results[need].as_ref()?.result {
            Outcome::Failed => Some(need),
            Outcome::Skipped => self.obstacle(need),
            Outcome::Done => None,
        })
    }

    /// Returns whether a task is performed; notes what becomes of it when it is not.
    fn may_start(&mut self, at: usize, setting: &Setting<'_>) -> bool {
        let task = &self.tasks[at];
        if let Some(obstacle) = self.obstacle(at) {
            let why = format!("`{}` failed", self.tasks[obstacle].label());
            self.note(at, Outcome::Skipped, Some(why), setting.log);
            return false;
        }
        let Some(when) = &task.when else { return true };
        match template::evaluate(&when.value, &self.context(setting)) {
            Ok(Value::Null | Value::Bool(false)) => {
                let why = format!("`{}` does not hold", when.value.trim());
                self.note(at, Outcome::Skipped, Some(why), setting.log);
                false
            }
            Ok(_) => true,
            Err(failure) => {
                self.note(at, Outcome::Failed, Some(format!("`when`: {failure}")), setting.log);
                false
            }
        }
    }

    /// Returns a task as it is performed; `apart` is its own log, when others are performed at the same time.
    fn scene<'a>(
        &'a self,
        at: usize,
        context: &template::Context,
        setting: &Setting<'a>,
        apart: Option<&'a Log>,
    ) -> Scene<'a> {
        Scene {
            setting: *setting,
            task: &self.tasks[at],
            tasks: self.tasks,
            number: at,
            context: context.clone(),
            log: apart.unwrap_or(setting.log),
            alone: apart.is_none(),
        }
    }

    /// Returns what expressions see now, but for the secrets.
    fn context(&self, setting: &Setting<'_>) -> template::Context {
        setting.subject.context.clone().with("steps", Value::Object(self.report.outputs.clone()))
    }

    /// Returns the inputs of a reusable workflow; notes that it failed when they cannot be said.
    fn inputs(&mut self, at: usize, setting: &Setting<'_>) -> Option<Value> {
        let with = &self.tasks[at].with;
        let rendered = match template::secrets(with).is_empty() {
            true => template::render(with, &self.context(setting)).map_err(|failure| failure.to_string()),
            false => Err("everybody who sees the run sees these inputs, so none can be a secret".into()),
        };
        match rendered {
            Ok(Value::Null) => Some(Value::Object(serde_json::Map::new())),
            Ok(inputs) => Some(setting.secrets.hide_in(inputs)),
            Err(why) => {
                self.note(at, Outcome::Failed, Some(format!("`with`: {why}")), setting.log);
                None
            }
        }
    }

    /// Notes how a task ended.
    fn end(&mut self, at: usize, ended: Result<Done, String>, setting: &Setting<'_>) {
        let task = &self.tasks[at];
        let (result, message) = match ended {
            Ok(done) => {
                let hide = |value| setting.secrets.hide_in(value);
                if let (Some(name), false) = (&task.name, done.skipped) {
                    self.report.outputs.insert(name.clone(), hide(Value::Object(done.outputs)));
                }
                self.report.effects.extend(done.effects);
                (if done.skipped { Outcome::Skipped } else { Outcome::Done }, done.message)
            }
            Err(why) => (Outcome::Failed, Some(why)),
        };
        self.results[at] =
            Some(result_of(task, result, message.map(|message| setting.secrets.hide(&message))));
    }

    /// Notes what becomes of a task that is not performed, and says so.
    fn note(&mut self, at: usize, result: Outcome, message: Option<String>, log: &Log) {
        log.open(at, &self.tasks[at].label());
        tell(log, result, message.as_deref());
        log.close(at);
        self.results[at] = Some(result_of(&self.tasks[at], result, message));
    }

    fn report(self) -> Report {
        Report { tasks: self.results.into_iter().flatten().collect(), ..self.report }
    }
}

fn result_of(task: &Task, result: Outcome, message: Option<String>) -> TaskResult {
    TaskResult { label: task.label(), kind: task.deed.key().to_string(), result, message }
}

/// Performs the tasks of a wave, and returns how each ended.
fn together(course: &Course<'_>, ready: &[usize], setting: &Setting<'_>) -> Vec<Result<Done, String>> {
    let context = &course.context(setting);
    if ready.len() <= 1 || setting.rehearsal {
        return ready.iter().map(|&at| staged(&course.scene(at, context, setting, None))).collect();
    }
    thread::scope(|threads| {
        let perform = |at| {
            let log = setting.log.apart();
            let ended = staged(&course.scene(at, context, setting, Some(&log)));
            (log, ended)
        };
        let started: Vec<_> = ready.iter().map(|&at| threads.spawn(move || perform(at))).collect();
        let ended = started.into_iter().map(|thread| match thread.join() {
            Ok((log, ended)) => {
                setting.log.join(log);
                ended
            }
            Err(bug) => std::panic::resume_unwind(bug),
        });
        ended.collect()
    })
}

/// Performs a task under a heading.
fn staged(scene: &Scene<'_>) -> Result<Done, String> {
    scene.log.open(scene.number, &scene.task.label());
    let ended = task::perform(scene);
    match &ended {
        Ok(done) => {
            let result = if done.skipped { Outcome::Skipped } else { Outcome::Done };
            tell(scene.log, result, done.message.as_deref());
        }
        Err(why) => tell(scene.log, Outcome::Failed, Some(why)),
    }
    scene.log.close(scene.number);
    ended
}

fn tell(log: &Log, result: Outcome, message: Option<&str>) {
    match (result, message) {
        (Outcome::Failed, message) => log.fail(message.unwrap_or("it failed")),
        (Outcome::Skipped, Some(message)) => log.say(&format!("skipped: {message}")),
        (_, Some(message)) => log.say(message),
        (_, None) => {}
    }
}

#[cfg(test)]
mod tests;

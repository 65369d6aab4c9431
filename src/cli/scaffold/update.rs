//! `portal scaffold update`: a service, brought to the state of its template.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use clap::Args;
use serde_json::{Map, Value, json};

use super::destination::Destination;
use super::outline::between;
use super::questions::Questions;
use super::workshop::{State, Workshop};
use super::{Format, json, outline, refusal};
use crate::cli::answers::stopped;
use crate::cli::prompt::{Consent, Terminal};
use crate::cli::{Failure, Global, Outcome, interrupt};
use crate::form::{Filled, Form};
use crate::output::batch::{self, Change, Written};
use crate::printable::{self, plural, shown};
use crate::provenance::Record;
use crate::runtime::actor::user_json;
use crate::runtime::start::quoted;
use crate::scaffold::Template;
use crate::scaffold::update::{self, Merged, Outcome as Came, Request};
use crate::workflow::difference;

/// Bring a service to the state of its template
///
/// A three-way merge, as Git's: what the template made, what it makes now, and what is there. Nobody's changes are lost;
/// where both changed the same lines there are conflict markers, and the record stays where it was until they are gone.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Update {
    /// The folder of the service [default: the current one]
    folder: Option<PathBuf>,
    /// The state of the template to go to: a tag, a branch or a commit [default: the newest]
    #[arg(long, value_name = "REV")]
    to: Option<String>,
    #[command(flatten)]
    questions: Questions,
    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Write what would change as a patch to stdout; with --dry-run nothing else
    #[arg(long)]
    diff: bool,
    /// Forget an update that has conflicts: the record is as before, files stay as they are (git restore takes them back)
    #[arg(long, conflicts_with_all = ["to", "dry_run", "diff"])]
    abort: bool,
    /// Go on without asking whether to
    #[arg(short, long)]
    yes: bool,
    /// How to write what was done
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

const EXAMPLES: &str = "Examples:
  portal scaffold update services/refunds          to the template as it is now
  portal scaffold update services/refunds --to v1.4.0
  portal scaffold update --dry-run --diff          what would change here
  portal scaffold update services/refunds --set tier=2 --no-input

After conflicts: resolve them as those of Git, then run it again; or --abort.
Exit codes: 0 done or nothing to do; 1 there are conflicts, or something is wrong; 2 answers are missing, or it could
not run; 130 interrupted, and nothing was written.";

/// A service that is being updated.
struct Updating<'a> {
    update: &'a Update,
    workshop: &'a Workshop<'a>,
    place: Destination,
    record: Record,
}

impl Update {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        if self.diff && self.format == Format::Json {
            let message = "--diff and --format json would both write to stdout: choose one";
            return Err(Failure::Other(message.into()));
        }
        let workshop = Workshop::open(global)?;
        let folder = self.folder.clone().unwrap_or_else(|| PathBuf::from("."));
        let place = Destination::of(workshop.root(), &workshop.directory, &folder)?;
        let Some(record) = workshop.record(&place.root, &place.folder)? else {
            return Ok(Outcome::Findings);
        };
        let updating = Updating { update: self, workshop: &workshop, place, record };
        updating.run()
    }
}

impl Updating<'_> {
    fn run(&self) -> Result<Outcome, Failure> {
        if self.update.abort {
            return self.abort();
        }
        match update::complete(&self.place.root, self.workshop.root(), &self.place.folder, &self.record) {
            Ok(None) => {}
            Ok(Some(record)) => return self.complete(&record),
            Err(refusal) => {
                let mut stderr = io::stderr().lock();
                for line in refusal::lines(&refusal) {
                    writeln!(stderr, "error: {line}")?;
                }
                if self.workshop.global.quiet == 0 {
                    writeln!(stderr, "{}", self.how_to_go_on())?;
                }
                return Ok(Outcome::Findings);
            }
        }
        let Some(new) = self.newest()? else { return Ok(Outcome::Findings) };
        // Without it, what nobody has changed is still taken over.
        let old = self.workshop.reopen(&self.record.origin, State::Recorded);
        if let Err(reason) = &old {
            writeln!(io::stderr(), "warning: {}", shown(reason))?;
        }
        let old = old.ok();
        let Some(answers) = self.answers(old.as_ref().map(|old| &old.form), &new.form)? else {
            return Ok(Outcome::Findings);
        };
        let library = self.workshop.library();
        let request = Request {
            library: &library,
            root: &self.place.root,
            folder: &self.place.folder,
            record: &self.record,
            old: old.as_ref(),
            new: &new,
            answers: &answers,
        };
        let merged = match update::update(&request) {
            Ok(merged) => merged,
            Err(refusal) => return refusal::say(refusal, self.workshop.global),
        };
        self.show(&merged)?;
        if !self.update.dry_run {
            if !self.is_agreed(&merged)? {
                return Err(Failure::Interrupted);
            }
            write(&merged.files)?;
        }
        self.end(&merged)
    }

    /// Returns the template as it is to be; `None` when it has mistakes, which have been said.
    fn newest(&self) -> Result<Option<Template>, Failure> {
        let origin = &self.record.origin;
        let template = match &self.update.to {
            Some(revision) => self.workshop.reopen(origin, State::At(revision)),
            None => self.workshop.reopen(origin, State::Newest),
        };
        self.workshop.sound(template.map_err(Failure::Other)?)
    }

    /// Returns the new form filled in: what the record has and still holds, what the command line gives, and what a person
    /// says to the rest. What was left out before and need not be given is not asked again.
    fn answers(&self, old: Option<&Form>, new: &Form) -> Result<Option<Filled>, Failure> {
        let questions = &self.update.questions;
        let mut given: Map<String, Value> = Map::new();
        for (name, value) in &self.record.answers {
            if new.field(name).is_some_and(|field| !field.secret) {
                given.insert(name.clone(), value.clone());
            }
        }
        for field in
            new.fields.iter().filter(|field| old.is_some_and(|old| old.field(&field.identifier).is_some()))
        {
            given.entry(field.identifier.clone()).or_insert(Value::Null);
        }
        given.extend(questions.given(self.workshop, new)?);
        let user = user_json(&self.workshop.actor(questions.actor.as_deref()));
        let asker = questions.asker(self.workshop, &user);
        // What the form refuses now is asked again.
        if questions.can_ask()
            && let Err(problems) = new.fill(&given, &asker)
        {
            for name in problems.iter().filter_map(|problem| problem.input.as_deref()) {
                given.remove(name);
            }
        }
        let again = |said: &Map<String, Value>| {
            let mut line = format!("portal scaffold update {}", quoted(self.shown()));
            for (name, value) in said.iter().filter(|(name, value)| {
                !value.is_null() && self.record.answers.get(name.as_str()) != Some(*value)
            }) {
                let text = value.as_str().map_or_else(|| value.to_string(), String::from);
                line.push_str(&format!(" --set {}", quoted(&format!("{name}={text}"))));
            }
            line
        };
        let answered = questions.complete(self.workshop, new, &given, again)?;
        Ok(answered.map(|answered| answered.filled))
    }

    /// Completes an update whose conflicts are resolved.
    fn complete(&self, record: &Merged) -> Result<Outcome, Failure> {
        if !self.update.dry_run {
            write(std::slice::from_ref(record))?;
        }
        if self.update.format == Format::Json {
            let said = json!({
                "schema": "portal.scaffold-update/v1", "folder": self.place.folder, "completed": true,
                "from": null, "to": null,
                "files": [file(record)], "conflicts": 0, "notes": [], "written": !self.update.dry_run,
            });
            write!(io::stdout().lock(), "{}", printable::json(&said).map_err(io::Error::from)?)?;
        } else if self.workshop.global.quiet == 0 {
            writeln!(io::stderr(), "all conflicts are resolved: {} is up to date", shown(self.shown()))?;
        }
        Ok(Outcome::Done)
    }

    /// Forgets an update that has conflicts.
    fn abort(&self) -> Result<Outcome, Failure> {
        let Some(record) = update::abandon(&self.place.root, &self.place.folder, &self.record) else {
            return Err(Failure::Other(format!("no update of `{}` was begun", shown(self.shown()))));
        };
        write(std::slice::from_ref(&record))?;
        if self.update.format == Format::Json {
            let said = json!({
                "schema": "portal.scaffold-update/v1", "folder": self.place.folder, "completed": false,
                "from": null, "to": null, "files": [file(&record)], "conflicts": 0, "notes": [], "written": true,
            });
            write!(io::stdout().lock(), "{}", printable::json(&said).map_err(io::Error::from)?)?;
        } else if self.workshop.global.quiet == 0 {
            let place = shown(self.shown());
            writeln!(io::stderr(), "the update of {place} is forgotten; `git restore` takes its files back")?;
        }
        Ok(Outcome::Done)
    }

    fn show(&self, merged: &update::Update) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        if self.update.diff {
            let is_terminal = io::IsTerminal::is_terminal(&stdout);
            let by = if is_terminal { difference::difference } else { difference::patch };
            for file in &merged.files {
                let text = between(&file.path, file.before.as_deref(), file.after.as_deref(), by);
                stdout.write_all(text.as_bytes())?;
            }
        }
        let only_diff = self.update.diff && self.update.dry_run;
        let quiet = self.workshop.global.quiet > 0 && !self.update.dry_run;
        if only_diff || quiet || self.update.format == Format::Json {
            return Ok(());
        }
        let text = self.outline(merged);
        match self.update.dry_run {
            true => stdout.write_all(text.as_bytes())?,
            false => io::stderr().lock().write_all(text.as_bytes())?,
        }
        Ok(())
    }

    /// Returns what would be done, as people see it.
    fn outline(&self, merged: &update::Update) -> String {
        let state = |origin: &crate::provenance::Origin| {
            let of =
                origin.tag.clone().or_else(|| origin.commit.clone()).unwrap_or_else(|| origin.digest.clone());
            of.get(..12).map_or(of.clone(), String::from)
        };
        if merged.files.is_empty() {
            return format!("{} is up to date\n", shown(self.shown()));
        }
        let template = &merged.to.template;
        let mut said =
            shown(&format!("{}: {template} {} → {}", self.shown(), state(&merged.from), state(&merged.to)));
        said.push('\n');
        let width = merged.files.iter().map(|it| shown(&it.path).chars().count()).max().unwrap_or(0);
        for file in &merged.files {
            let line = format!("  {} {:width$}  {}", sign(file), shown(&file.path), shown(&about(file)));
            said.push_str(&format!("{}\n", line.trim_end()));
        }
        if let Some((entity, verdict)) = merged.entity.as_ref().zip(merged.verdict.as_ref()) {
            said.push_str(&outline::entity(&entity.blueprint, &entity.identifier, verdict));
        }
        for note in &merged.notes {
            said.push_str(&format!("note: {}\n", shown(note)));
        }
        said
    }

    fn is_agreed(&self, merged: &update::Update) -> Result<bool, Failure> {
        if self.update.yes || merged.files.is_empty() || !self.update.questions.can_ask() {
            return Ok(true);
        }
        loop {
            match Terminal::new(self.workshop.global).consent("Proceed?", true).map_err(stopped)? {
                Consent::Yes => return Ok(true),
                Consent::No => {
                    writeln!(io::stderr(), "nothing was written")?;
                    return Ok(false);
                }
                Consent::Show => {
                    let mut stderr = io::stderr().lock();
                    for file in &merged.files {
                        let (before, after) = (file.before.as_deref(), file.after.as_deref());
                        let text = between(&file.path, before, after, difference::difference);
                        stderr.write_all(text.as_bytes())?;
                    }
                }
            }
        }
    }

    /// Says what was done, or in a dry run would be.
    fn end(&self, merged: &update::Update) -> Result<Outcome, Failure> {
        let conflicts = merged.files.iter().filter(|it| matches!(it.outcome, Came::Conflict(_))).count();
        if self.update.format == Format::Json {
            let said = json!({
                "schema": "portal.scaffold-update/v1", "folder": self.place.folder, "completed": conflicts == 0,
                "from": json::origin(&merged.from), "to": json::origin(&merged.to),
                "files": merged.files.iter().map(file).collect::<Vec<_>>(), "conflicts": conflicts,
                "notes": merged.notes, "written": !self.update.dry_run,
            });
            write!(io::stdout().lock(), "{}", printable::json(&said).map_err(io::Error::from)?)?;
        } else if !self.update.dry_run && !merged.files.is_empty() && self.workshop.global.quiet == 0 {
            let mut stderr = io::stderr().lock();
            writeln!(stderr, "updated {}", plural(merged.files.len(), "file", "files"))?;
            if conflicts > 0 {
                let count = plural(conflicts, "file has", "files have");
                writeln!(stderr, "{count} conflicts\n{}", self.how_to_go_on())?;
            }
        }
        Ok(if conflicts > 0 { Outcome::Findings } else { Outcome::Done })
    }

    fn how_to_go_on(&self) -> String {
        let line = format!("portal scaffold update {}", quoted(self.shown()));
        format!("resolve the conflicts, then: {line}\nor give up: {line} --abort")
    }

    /// Returns the folder as people name it.
    fn shown(&self) -> &str {
        match self.update.folder.as_deref().and_then(Path::to_str) {
            Some(folder) => folder,
            None => ".",
        }
    }
}

/// Writes all of it, or nothing.
fn write(files: &[Merged]) -> Result<(), Failure> {
    let stop = interrupt::flag();
    let mut roots: Vec<&Path> = files.iter().map(|file| file.root.as_path()).collect();
    roots.dedup();
    roots.sort_unstable();
    roots.dedup();
    let mut done: Vec<Written> = Vec::new();
    let mut failed = None;
    for root in roots {
        let own = files.iter().filter(|file| file.root == root && file.is_written());
        let changes: Vec<Change<'_>> = own
            .map(|file| Change {
                path: &file.path,
                bytes: file.after.as_deref(),
                executable: file.executable,
            })
            .collect();
        match batch::write(root, &changes, stop) {
            Ok(written) => done.push(written),
            Err(error) => {
                failed = Some(error.to_string());
                break;
            }
        }
    }
    let interrupted = stop.load(Ordering::Relaxed);
    if failed.is_none() && !interrupted {
        return Ok(());
    }
    let left: Vec<String> =
        done.into_iter().rev().filter_map(|it| it.undo().err()).map(|error| error.to_string()).collect();
    match (failed, left.is_empty()) {
        (_, true) if interrupted => Err(Failure::Interrupted),
        (failed, true) => Err(Failure::Other(failed.unwrap_or_default())),
        (failed, false) => {
            let why = failed.unwrap_or_else(|| "interrupted".into());
            Err(Failure::Other(format!("{why}; and not everything could be taken back: {}", left.join("; "))))
        }
    }
}

fn sign(file: &Merged) -> char {
    match (&file.outcome, &file.before, &file.after) {
        (Came::Conflict(_), ..) => '!',
        (_, None, _) => '+',
        (_, _, None) => '-',
        _ => '~',
    }
}

fn about(file: &Merged) -> String {
    match (&file.outcome, &file.after) {
        (Came::Conflict(what), _) => format!("conflict: {what}"),
        (Came::Taken, None) => "deleted, as in the template".into(),
        (Came::Taken, Some(_)) => "taken from the template".into(),
        (Came::Merged, _) => "merged with your changes".into(),
        (Came::Record, _) => "the record of where it comes from".into(),
    }
}

/// Returns a file, for programs.
fn file(file: &Merged) -> Value {
    let (outcome, conflict) = match &file.outcome {
        Came::Taken => ("taken", None),
        Came::Merged => ("merged", None),
        Came::Conflict(what) => ("conflict", Some(what)),
        Came::Record => ("record", None),
    };
    let deed = match (&file.before, &file.after) {
        (None, _) => "new",
        (_, None) => "deleted",
        _ => "changes",
    };
    json!({
        "path": file.path, "root": file.root.display().to_string(), "deed": deed, "outcome": outcome,
        "conflict": conflict, "executable": file.executable,
    })
}

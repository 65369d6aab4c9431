//! A service that is being made: questions, plan, agreement, files.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::action::Asked;
use super::conflict::{self, Policy};
use super::deed::{Planned, look_at};
use super::destination::Destination;
use super::landing::{Landed, Landing};
use super::new::New;
use super::workshop::{Workshop, joined};
use super::{Format, json, outline, refresh, refusal, saved};
use crate::cli::answers::{Answered, stopped};
use crate::cli::prompt::{Consent, Terminal};
use crate::cli::{Failure, Outcome, terminal};
use crate::form::{Field, Filled, Form};
use crate::git;
use crate::printable::{self, plural, shown};
use crate::runtime::start::quoted;
use crate::scaffold::{self, Plan, Purpose, Request, Template};

/// A service that is being made.
pub(super) struct Making<'a> {
    pub(super) new: &'a New,
    pub(super) workshop: &'a Workshop<'a>,
    /// The template, or the action, as it was named.
    pub(super) reference: &'a str,
    pub(super) template: &'a Template,
    pub(super) destination: Option<Destination>,
    /// What an action asks for; the template's own form is not asked then.
    pub(super) asked: Option<Asked>,
}

impl Making<'_> {
    /// Does all of it, from the questions to the last word.
    pub(super) fn make(&self) -> Result<Outcome, Failure> {
        let Some(answers) = self.answers()? else { return Ok(Outcome::Findings) };
        let kept = self.kept(&answers)?;
        let mut plan = match self.plan(&answers.filled) {
            Ok(plan) => plan,
            Err(refusal) => return refusal::say(refusal, self.workshop.global),
        };
        refresh::workflows(self.workshop, &mut plan)?;
        let mut planned = look_at(&plan)?;
        let policy = match (self.new.on_conflict, self.new.questions.can_ask()) {
            (Some(policy), _) => policy,
            (None, true) => Policy::Ask,
            (None, false) => Policy::Fail,
        };
        let branch = self.branch(&plan, &answers.filled, &Landing::new(&planned))?;
        self.show(&plan, &planned, branch.as_deref())?;
        if self.new.dry_run {
            // On a terminal it is enough to see what would be asked.
            if policy != Policy::Ask {
                conflict::settle(&mut planned, policy, self.workshop.global)?;
            }
            return self.end(&plan, &planned, &answers, branch.as_deref(), None);
        }
        if policy == Policy::Ask && !self.new.questions.can_ask() {
            return Err(Failure::Other(
                "--on-conflict ask needs a terminal: pass fail, skip or overwrite".into(),
            ));
        }
        conflict::settle(&mut planned, policy, self.workshop.global)?;
        if !self.is_agreed(&planned)? {
            return Err(Failure::Interrupted);
        }
        let mut landing = Landing::new(&planned);
        landing.branch = branch.clone().filter(|_| landing.is_in_git());
        landing.message = self.new.commit.then(|| self.message(&plan, &answers.filled));
        let landed = landing.land()?;
        if let Some((path, text)) = &kept {
            saved::write(path, text)?;
        }
        let branch = landing.branch.clone();
        self.end(&plan, &planned, &answers, branch.as_deref(), Some((&landing, &landed)))
    }

    /// Returns the answers to the template's form; `None` when some are refused, which has been said.
    fn answers(&self) -> Result<Option<Answered>, Failure> {
        let form = &self.template.form;
        let questions = &self.new.questions;
        let Some(asked) = &self.asked else {
            let given = questions.given(self.workshop, form)?;
            return questions.complete(self.workshop, form, &given, |said| self.line(said));
        };
        let given = asked.commission.answers(form).map_err(Failure::Other)?;
        let answered =
            questions.complete(self.workshop, form, &given, |_| self.line(&asked.answered.answers))?;
        Ok(answered.map(|it| Answered { asked: it.asked || asked.answered.asked, ..it }))
    }

    /// Returns the form that a person sees: that of an action is another than that of its template.
    fn form(&self) -> &Form {
        self.asked.as_ref().map_or(&self.template.form, |asked| &asked.form)
    }

    /// Returns what was said to the form that a person sees, as far as it counts.
    fn said(&self, answered: &Answered) -> Map<String, Value> {
        let seen = self.asked.as_ref().map_or(answered, |asked| &asked.answered);
        // What is hidden has its default, whatever was said.
        let counts =
            |name: &String| !seen.filled.hidden.contains(name) && seen.filled.values.contains_key(name);
        let said = seen.answers.iter().filter(|(name, _)| counts(name));
        said.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Returns where answers are kept, and what is; nothing is written over.
    fn kept(&self, answers: &Answered) -> Result<Option<(PathBuf, String)>, Failure> {
        let Some(path) = &self.new.save_answers else { return Ok(None) };
        let path = self.workshop.directory.join(path);
        let text = saved::text(self.form(), &self.said(answers));
        saved::check(&path, &text)?;
        Ok(Some((path, text)))
    }

    fn plan(&self, filled: &Filled) -> Result<Plan, scaffold::Refusal> {
        let workshop = self.workshop;
        let request = Request {
            purpose: Purpose::Create,
            template: self.template,
            answers: filled,
            portal: &workshop.opened.portal,
            files: &workshop.files,
            catalog: workshop.root(),
            destination: self.destination.as_ref().map(|it| (it.root.as_path(), it.folder.as_str())),
        };
        scaffold::plan(&request)
    }

    /// Returns the branch that is begun; none outside of Git, or when nobody wants one.
    fn branch(&self, plan: &Plan, filled: &Filled, landing: &Landing<'_>) -> Result<Option<String>, Failure> {
        if !landing.is_in_git() {
            let asked = [("--branch", self.new.branch.is_some()), ("--commit", self.new.commit)];
            return match asked.into_iter().find(|(_, is_given)| *is_given && !landing.is_empty()) {
                None => Ok(None),
                Some((option, _)) => Err(Failure::Other(format!(
                    "{option} needs a Git repository, and the files go to none: `git init` makes one"
                ))),
            };
        }
        let usual = || format!("scaffold/{}", slug(&self.name(plan, filled)));
        Ok((!self.new.no_branch).then(|| self.new.branch.clone().unwrap_or_else(usual)))
    }

    /// Returns what the new service is called.
    fn name(&self, plan: &Plan, filled: &Filled) -> String {
        let text = filled.values.get("name").and_then(Value::as_str).map(String::from);
        let entity = || plan.entity.as_ref().map(|entity| entity.identifier.clone());
        let folder = || plan.target.rsplit('/').next().filter(|it| !it.is_empty()).map(String::from);
        let root = || {
            let root = plan.grounds.first()?.root.file_name()?;
            Some(root.to_string_lossy().into_owned())
        };
        let name = text.filter(|name| !name.trim().is_empty()).or_else(entity).or_else(folder).or_else(root);
        name.unwrap_or_default()
    }

    fn message(&self, plan: &Plan, filled: &Filled) -> String {
        match &self.new.message {
            Some(message) => format!("{}\n", message.trim_end()),
            None => format!(
                "Add {} from the template {}\n",
                shown(&self.name(plan, filled)),
                shown(&self.template.identifier)
            ),
        }
    }

    /// Shows what would be done.
    fn show(&self, plan: &Plan, planned: &[Planned<'_>], branch: Option<&str>) -> Result<(), Failure> {
        let global = self.workshop.global;
        let mut stdout = io::stdout().lock();
        if self.new.diff {
            let is_terminal = io::IsTerminal::is_terminal(&stdout);
            for file in planned {
                let text = if is_terminal { outline::difference(file) } else { outline::patch(file) };
                stdout.write_all(text.as_bytes())?;
            }
        }
        let only_diff = self.new.diff && self.new.dry_run;
        if only_diff || self.new.format == Format::Json || (global.quiet > 0 && !self.new.dry_run) {
            return Ok(());
        }
        let title = |root: &Path| self.title(root, branch);
        if self.new.dry_run {
            outline::write(plan, planned, title, &mut stdout)?;
        } else {
            outline::write(plan, planned, title, &mut io::stderr().lock())?;
        }
        if let Some(verdict) = plan.entity.as_ref().map(|entity| &entity.verdict)
            && !verdict.warnings.is_empty()
            && global.quiet == 0
        {
            terminal::write_warnings(&verdict.sources, &verdict.warnings, global, &mut io::stderr().lock())?;
        }
        Ok(())
    }

    /// Returns the line above the files of a root.
    fn title(&self, root: &Path, branch: Option<&str>) -> String {
        let verb = if self.new.dry_run { "would write" } else { "will write" };
        let place = match root == self.workshop.root() {
            true => String::new(),
            false => format!(" into {}", root.display()),
        };
        match (git::work_tree(root), branch) {
            (Some(_), Some(branch)) => format!("{verb}{place} on the new branch {branch}:"),
            (Some(_), None) => format!("{verb}{place}, on the branch that is checked out:"),
            (None, _) => format!("{verb}{place}, outside of Git:"),
        }
    }

    /// Returns whether a person agrees to the plan, or nobody has to.
    fn is_agreed(&self, planned: &[Planned<'_>]) -> Result<bool, Failure> {
        let writes = planned.iter().any(|file| file.deed.writes());
        if self.new.yes || !writes || !self.new.questions.can_ask() {
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
                    for file in planned.iter().filter(|file| file.deed.writes()) {
                        stderr.write_all(outline::difference(file).as_bytes())?;
                    }
                }
            }
        }
    }

    /// Says what was done, or in a dry run would be.
    fn end(
        &self,
        plan: &Plan,
        planned: &[Planned<'_>],
        answers: &Answered,
        branch: Option<&str>,
        done: Option<(&Landing<'_>, &Landed)>,
    ) -> Result<Outcome, Failure> {
        let again = format!("{} --no-input", self.line(&self.said(answers)));
        let next = self.next(plan, branch, done);
        if self.new.format == Format::Json {
            let said = json!({
                "schema": "portal.scaffold-plan/v1",
                "template": self.template.identifier, "origin": json::origin(&self.template.origin),
                "target": plan.target,
                "files": planned.iter().map(json::file).collect::<Vec<_>>(),
                "entity": plan.entity.as_ref().map(json::entity),
                "branch": branch,
                "commits": done.map_or(&[][..], |(_, landed)| &landed.commits),
                "next": next, "written": done.is_some(), "notes": plan.notes, "again": again,
            });
            write!(io::stdout().lock(), "{}", printable::json(&said).map_err(io::Error::from)?)?;
            return Ok(Outcome::Done);
        }
        let Some((landing, landed)) = done else { return Ok(Outcome::Done) };
        if self.workshop.global.quiet > 0 {
            return Ok(Outcome::Done);
        }
        let mut stderr = io::stderr().lock();
        if landed.written == 0 {
            writeln!(stderr, "everything is there already: nothing was written")?;
            return Ok(Outcome::Done);
        }
        let count = plural(landed.written, "file", "files");
        let place = match (branch, landing.is_in_git()) {
            (Some(branch), _) => format!(" on the new branch {}", shown(branch)),
            (None, true) => String::new(),
            (None, false) => "; this is no Git repository, so there is no branch".into(),
        };
        let deed = if landed.commits.is_empty() { "wrote" } else { "committed" };
        writeln!(stderr, "{deed} {count}{place}")?;
        if let Some(Destination { is_inside: false, .. }) = &self.destination
            && let Some(entity) = &plan.entity
        {
            let file = shown(&entity.file);
            writeln!(stderr, "the entity is in the catalog, in {file}: commit it there as well")?;
        }
        if !next.is_empty() {
            writeln!(stderr, "next:")?;
        }
        for step in &next {
            for (number, line) in step.trim().lines().enumerate() {
                let mark = if number == 0 { "-" } else { " " };
                writeln!(stderr, "  {mark} {}", shown(line))?;
            }
        }
        if answers.asked {
            writeln!(stderr, "the same without questions:\n  {}", shown(&again))?;
        }
        Ok(Outcome::Done)
    }

    /// Returns what a person does then: what the template says, and what Git still needs.
    fn next(&self, plan: &Plan, branch: Option<&str>, done: Option<(&Landing<'_>, &Landed)>) -> Vec<String> {
        let mut next = plan.next.clone();
        let Some((landing, landed)) = done else { return next };
        for repository in landing.repositories() {
            let here = git::work_tree(&self.workshop.directory).as_ref() == Some(repository);
            let git = match here {
                true => "git".to_string(),
                false => format!("git -C {}", quoted(&repository.display().to_string())),
            };
            let mut line = String::new();
            if landed.commits.is_empty() {
                line = format!("{git} add {} && {git} commit && ", self.added(plan, landing, repository));
            }
            match (branch, git::remote(repository)) {
                (Some(branch), Some(_)) => {
                    next.push(format!("{line}{git} push -u origin {}", quoted(branch)));
                }
                _ if line.is_empty() => {}
                _ => next.push(line.trim_end_matches(" && ").to_string()),
            }
        }
        next
    }

    /// Returns what to name so that Git takes all files: the folder of the service, and every file elsewhere.
    fn added(&self, plan: &Plan, landing: &Landing<'_>, repository: &Path) -> String {
        let target = plan.grounds.first().and_then(|ground| {
            let below = ground.root.strip_prefix(repository).ok()?.to_str()?.replace('\\', "/");
            let target = joined(&below, &plan.target);
            Some(target.trim_matches('/').to_string())
        });
        // Relative to the folder in which the line is entered.
        let here = self.workshop.directory.strip_prefix(repository).ok().and_then(Path::to_str);
        let here = here.unwrap_or_default().replace('\\', "/");
        let named = |path: &str| quoted(&relative(&here, path));
        let mut words: Vec<String> = Vec::new();
        if let Some(target) = target.as_deref().filter(|target| !target.is_empty()) {
            words.push(named(target));
        }
        let below =
            |path: &str| target.as_deref().is_some_and(|target| path.starts_with(&format!("{target}/")));
        words.extend(landing.paths_in(repository).iter().filter(|path| !below(path)).map(|path| named(path)));
        words.join(" ")
    }

    /// Returns the command line that says the same, with these answers.
    fn line(&self, answers: &Map<String, Value>) -> String {
        let new = self.new;
        let mut line = format!("portal scaffold new {}", quoted(self.reference));
        if let Some(path) = &new.destination {
            line.push_str(&format!(" {}", quoted(&path.display().to_string())));
        }
        let form = self.form();
        for (name, value) in answers {
            let field = form.field(name);
            line.push_str(&argument(name, value, field));
        }
        for (option, value) in [("--branch", &new.branch), ("--actor", &new.questions.actor)] {
            if let Some(value) = value {
                line.push_str(&format!(" {option} {}", quoted(value)));
            }
        }
        for (option, is_given) in [("--no-branch", new.no_branch), ("--commit", new.commit)] {
            if is_given {
                line.push_str(&format!(" {option}"));
            }
        }
        line
    }
}

/// Returns an answer as words of a command line.
fn argument(name: &str, value: &Value, field: Option<&Field>) -> String {
    if value.is_null() {
        return String::new();
    }
    if field.is_some_and(|field| field.secret) {
        return format!(" --set-file {}", quoted(&format!("{name}=-")));
    }
    let text = value.as_str().map_or_else(|| value.to_string(), String::from);
    format!(" --set {}", quoted(&format!("{name}={text}")))
}

/// Returns a name as a part of a branch's name: letters and digits, with single dashes.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        match c.is_alphanumeric() {
            true => slug.push(c),
            false if slug.is_empty() || slug.ends_with('-') => {}
            false => slug.push('-'),
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "service".into() } else { slug.into() }
}

/// Returns `path` as seen from the folder `here`, both relative to one root.
fn relative(here: &str, path: &str) -> String {
    let mut here: Vec<&str> = here.split('/').filter(|part| !part.is_empty()).collect();
    let mut path: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    while let (Some(one), Some(other)) = (here.first(), path.first())
        && one == other
        && path.len() > 1
    {
        here.remove(0);
        path.remove(0);
    }
    format!("{}{}", "../".repeat(here.len()), path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::relative;

    #[test]
    fn a_path_is_named_from_where_the_line_is_entered() {
        for (here, path, expected) in [
            ("", "services/x", "services/x"),
            ("examples/catalog", "examples/catalog/services/x", "services/x"),
            ("a/b", "a/c/x", "../c/x"),
            ("a", "x", "../x"),
            ("services/x", "services/x", "../x"),
            ("ab", "a/x", "../a/x"),
        ] {
            assert_eq!(relative(here, path), expected, "{here} {path}");
        }
    }
}

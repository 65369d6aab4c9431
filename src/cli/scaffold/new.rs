//! `portal scaffold new`: a service from a template.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use super::Format;
use super::action::{self, Meant};
use super::conflict::Policy;
use super::destination::Destination;
use super::list::NONE;
use super::making::Making;
use super::questions::Questions;
use super::workshop::Workshop;
use crate::cli::answers::stopped;
use crate::cli::prompt::Terminal;
use crate::cli::run::Run;
use crate::cli::{Failure, Global, Outcome};
use crate::form::Choice;
use crate::model::phrase::quoted_first;
use crate::printable::shown;
use crate::prompt::{Control, Prompter, Question, Reply, Stop};

/// Make a service from a template
///
/// Asks what the template asks, works out every file and the entity, holds the entity against the catalog, shows it all,
/// and writes it on a new branch when you agree: all of it, or nothing. It commits with --commit and never pushes.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct New {
    /// A template: of the catalog by name, a folder, or an address; or an action that uses one [default: asked for]
    template: Option<String>,
    /// The folder of the service: below the catalog, or a root of its own elsewhere [default: the template's target]
    #[arg(value_name = "DEST")]
    pub(super) destination: Option<PathBuf>,
    #[command(flatten)]
    pub(super) questions: Questions,
    /// Keep the answers, but for secrets, in FILE, which --answers reads
    #[arg(long, value_name = "FILE", help_heading = "Answers")]
    pub(super) save_answers: Option<PathBuf>,
    /// Say what would be done, and do nothing
    #[arg(short = 'n', long)]
    pub(super) dry_run: bool,
    /// Write what would change as a patch to stdout; with --dry-run nothing else
    #[arg(long)]
    pub(super) diff: bool,
    /// What to do with files that are there and differ [default: ask on a terminal, else fail]
    #[arg(long, value_name = "POLICY")]
    pub(super) on_conflict: Option<Policy>,
    /// Go on without asking whether to
    #[arg(short, long)]
    pub(super) yes: bool,
    /// The new branch [default: scaffold/NAME]
    #[arg(long, value_name = "NAME", conflicts_with = "no_branch", help_heading = "Git")]
    pub(super) branch: Option<String>,
    /// Stay on the branch that is checked out
    #[arg(long, help_heading = "Git")]
    pub(super) no_branch: bool,
    /// Make a commit of the new files, and of nothing else
    #[arg(long, help_heading = "Git")]
    pub(super) commit: bool,
    /// The message of the commit [default: Add NAME from the template TEMPLATE]
    #[arg(short, long, value_name = "TEXT", requires = "commit", help_heading = "Git")]
    pub(super) message: Option<String>,
    /// How to write what was done
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

const EXAMPLES: &str = "Examples:
  portal scaffold new                              choose a template and answer
  portal scaffold new http-service                 answer, look at the plan, agree
  portal scaffold new http-service --set name=refunds --set owner=payments --no-input --commit
  portal scaffold new http-service --answers refunds.yaml --dry-run
  portal scaffold new http-service --answers refunds.yaml --dry-run --diff | less
  portal scaffold new http-service ../refunds      a repository of its own; the entity goes to the catalog
  portal scaffold new ./templates/worker --defaults
  portal scaffold new https://github.com/acme/templates//go-service@v1.4.0
  pass show deploy-token | portal scaffold new http-service --answers refunds.yaml --set-file token=-

--set wins over --set-file, that over --answers, that over what is asked, that over defaults.
Exit codes: 0 done; 1 an answer is refused, or the template or the new entity is wrong; 2 answers are missing, a file
is in the way, or it could not run; 130 interrupted. Unless it is 0, nothing was written.";

impl New {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        if self.diff && self.format == Format::Json {
            let message = "--diff and --format json would both write to stdout: choose one";
            return Err(Failure::Other(message.into()));
        }
        let workshop = Workshop::open(global)?;
        let reference = match &self.template {
            Some(reference) => reference.clone(),
            None => self.pick(&workshop)?,
        };
        let asked = match action::find(&workshop, &reference)? {
            Meant::Template => None,
            Meant::Action => return self.start(&reference, global),
            Meant::Commission(action) => match action::ask(&workshop, &self.questions, action)? {
                None => return Ok(Outcome::Findings),
                asked => asked,
            },
        };
        let name = asked.as_ref().map_or(reference.as_str(), |asked| &asked.commission.template);
        let Some(template) = workshop.template(name)? else { return Ok(Outcome::Findings) };
        let into = asked.as_ref().and_then(|asked| asked.commission.into.as_ref());
        let destination = match (&self.destination, into) {
            (Some(path), _) => Some(Destination::of(workshop.root(), &workshop.directory, path)?),
            (None, Some(folder)) => Some(Destination {
                root: workshop.root().to_path_buf(),
                folder: folder.clone(),
                is_inside: true,
            }),
            (None, None) => None,
        };
        let (workshop, template) = (&workshop, &template);
        Making { new: self, workshop, reference: &reference, template, destination, asked }.make()
    }

    /// Starts an action that makes no files here, as `portal run` does.
    fn start(&self, action: &str, global: &Global) -> Result<Outcome, Failure> {
        self.refuse_what_actions_lack(action)?;
        let Questions { answers, actor, no_input, .. } = self.questions.clone();
        let json = self.format == Format::Json;
        Run::of(action, answers, actor, no_input, self.dry_run, json).run(global)
    }

    /// Asks which template.
    fn pick(&self, workshop: &Workshop<'_>) -> Result<String, Failure> {
        let listed = workshop.list()?;
        if listed.is_empty() {
            return Err(Failure::Other(NONE.into()));
        }
        if !self.questions.can_ask() {
            let names = listed.iter().map(|it| it.identifier.as_str());
            let names = quoted_first(names);
            return Err(Failure::Other(format!("which template? this catalog has {names}")));
        }
        let choices =
            listed.into_iter().map(|it| Choice { value: it.identifier.into(), label: it.title }).collect();
        let question = Question {
            label: "Template",
            help: None,
            control: Control::One(choices),
            initial: None,
            required: true,
        };
        match Terminal::new(workshop.global).ask(&question, None).map_err(stopped)? {
            Reply::Answer(Value::String(name)) => Ok(name),
            _ => Err(stopped(Stop::Interrupted)),
        }
    }

    /// Refuses options that an action without a template has no use for.
    fn refuse_what_actions_lack(&self, action: &str) -> Result<(), Failure> {
        let lacks = [
            ("DEST", self.destination.is_some()),
            ("--branch", self.branch.is_some()),
            ("--no-branch", self.no_branch),
            ("--commit", self.commit),
            ("--diff", self.diff),
            ("--on-conflict", self.on_conflict.is_some()),
            ("--save-answers", self.save_answers.is_some()),
            ("--defaults", self.questions.defaults),
        ];
        match lacks.into_iter().find(|(_, is_given)| *is_given) {
            None => Ok(()),
            Some((option, _)) => Err(Failure::Other(format!(
                "`{}` is an action that makes no files here, so {option} says nothing: leave it out",
                shown(action)
            ))),
        }
    }
}

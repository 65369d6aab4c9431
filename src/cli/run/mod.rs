//! `portal run`: a self-service action, started from a terminal.

mod conversation;

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use self::conversation::Conversation;
use super::answers::Answers;
use super::open::{Opened, Source};
use super::{Failure, Global, Outcome};
use crate::catalog::Definition;
use crate::diagnostic::did_you_mean;
use crate::dialect;
use crate::form::Form;
use crate::git::{self, NewFile};
use crate::model::action::{Action, Mode};
use crate::model::target::Target;
use crate::printable::{self, shown};
use crate::runtime::actor;
use crate::runtime::request::Actor;
use crate::runtime::request_file;
use crate::runtime::start::{self, Start};
use crate::runtime::world::World;
use crate::runtime::{Job, Outside};

/// Start a self-service action
///
/// Asks for what is missing, holds it against the form as the guard will, and starts the action's workflow with your own
/// rights, through the tool of your CI system (gh, glab, az). Without an action it lists those that there are.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Run {
    /// The action's identifier
    action: Option<String>,
    #[command(flatten)]
    answers: Answers,
    /// The entity that the action is about
    #[arg(long, value_name = "IDENTIFIER")]
    entity: Option<String>,
    /// How long what is created lives: 12h, 5d
    #[arg(long, value_name = "TIME")]
    ttl: Option<String>,
    /// Who asks: an e-mail address or login [default: Git's user.email]
    #[arg(long, value_name = "WHO", env = "PORTAL_ACTOR")]
    actor: Option<String>,
    /// The CI system, when the configuration names several
    #[arg(long, value_name = "TARGET", value_parser = clap::builder::PossibleValuesParser::new(Target::NAMES))]
    target: Option<String>,
    /// Never ask; fail when something is missing
    #[arg(long, env = "PORTAL_NO_INPUT")]
    no_input: bool,
    /// Print the command that starts it, and do nothing
    #[arg(long, visible_alias = "dry-run")]
    print: bool,
    /// How to write what was done
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    source: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// A JSON object
    Json,
}

const EXAMPLES: &str = "Examples:
  portal run                                       list the actions
  portal run dev_environment                       ask for its inputs, then start it
  portal run dev_environment --set name=spike --set owner=cart --ttl 3d --no-input
  portal run extend_ttl --entity spike --print     the command, to read or to copy
  portal run create_service --answers service.yaml --set-file description=README.md

Exit codes: 0 started or printed, 1 an answer is refused, 2 answers are missing or it could not be started,
130 interrupted.";

impl Run {
    /// Returns the start of an action as another command asks for it; `print` to do nothing, `json` for programs.
    pub(super) fn of(
        action: &str,
        answers: Answers,
        actor: Option<String>,
        no_input: bool,
        print: bool,
        json: bool,
    ) -> Self {
        Self {
            action: Some(action.to_string()),
            answers,
            entity: None,
            ttl: None,
            actor,
            target: None,
            no_input,
            print,
            format: if json { Format::Json } else { Format::Text },
            source: Source::default(),
        }
    }

    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let opened = self.source.open(global, None)?;
        let Some(name) = &self.action else { return self.list(opened) };
        let action = find(opened, name)?;
        let form = Form::of_action(opened.portal.catalog.node(action.place), &action.value);
        let actor = self.actor(opened)?;
        let mut asking = Conversation::new(self, global, opened, action, &form, actor)?;
        asking.entity()?;
        let Some(values) = asking.values()? else { return Ok(Outcome::Findings) };
        asking.warn(&values)?;
        match action.value.mode {
            Mode::PullRequest => self.request(&asking, &values),
            Mode::Dispatch => self.dispatch(&asking, &values),
        }
    }

    /// Lists the actions that can be started.
    fn list(&self, opened: &Opened) -> Result<Outcome, Failure> {
        let published = opened.portal.catalog.actions().iter().map(|action| &action.value);
        let published: Vec<&Action> = published.filter(|action| action.published).collect();
        let mut out = io::stdout().lock();
        if self.format == Format::Json {
            let actions: Vec<Value> = published.iter().map(|action| summary(action)).collect();
            write!(out, "{}", printable::json(&actions).map_err(io::Error::from)?)?;
            return Ok(Outcome::Done);
        }
        let width = published.iter().map(|action| action.identifier.value.len()).max().unwrap_or(0);
        for action in &published {
            let about = action
                .blueprint
                .as_ref()
                .map_or(String::new(), |blueprint| format!(" ({})", blueprint.value));
            let line = format!("{:width$}  {}{about}", action.identifier.value, action.label());
            writeln!(out, "{}", shown(&line))?;
        }
        if published.is_empty() {
            writeln!(
                io::stderr(),
                "this catalog has no actions; `portal explain` and docs/actions.md say how to add one"
            )?;
        }
        Ok(Outcome::Done)
    }

    /// Returns who asks.
    fn actor(&self, opened: &Opened) -> Result<Actor, Failure> {
        let login = self.actor.clone().or_else(|| git::user_email(&opened.directory)).unwrap_or_default();
        actor::find(opened.portal.known(), None, &login).map_err(Failure::Other)
    }

    /// Returns the CI system.
    fn target(&self, opened: &Opened) -> Result<Target, Failure> {
        let targets = &opened.portal.catalog.config().ci.targets;
        if let Some(named) = self.target.as_deref().and_then(Target::from_name) {
            return Ok(named);
        }
        targets.first().copied().ok_or_else(|| {
            Failure::Other("the configuration names no CI system: add `ci: {target: github}` to portal.yaml, or pass --target".into())
        })
    }

    /// Starts the workflow, or prints how.
    fn dispatch(&self, asking: &Conversation<'_>, values: &Map<String, Value>) -> Result<Outcome, Failure> {
        let target = self.target(asking.opened)?;
        let catalog = &asking.opened.portal.catalog;
        let questions = dialect::ask(asking.form, asking.action(), catalog, target);
        let action = &asking.action().identifier.value;
        let mut given = values.clone();
        for (name, value) in [("$entity", &asking.entity), ("$ttl", &self.ttl)] {
            if let Some(value) = value {
                given.insert(name.into(), Value::from(value.as_str()));
            }
        }
        let mut start = start::start(&questions, action, &catalog.config().ci, &given);
        if start.needs_repository() {
            let remote = git::remote(&asking.opened.directory).and_then(|url| start::repository_of(&url));
            start = start.in_repository(remote.as_deref().unwrap_or("WORKSPACE/REPOSITORY"));
        }
        if self.print {
            return self.say(asking, values, &start.line, false);
        }
        self.perform(&start)?;
        self.say(asking, values, &start.line, true)
    }

    /// Runs the provider's own tool.
    fn perform(&self, start: &Start) -> Result<(), Failure> {
        let failed = |why: String| {
            let name = &start.program.name;
            let help = format!("get {name} from {} and sign in, or pass --print for the command", start.get);
            Failure::Other(format!("`{name}` could not start the action: {why} ({help})"))
        };
        let finished = World::new(&Job::default(), say_line).run(&start.program).map_err(failed)?;
        match finished.is_success() {
            true => Ok(()),
            false => Err(failed(format!("it ended with {}", finished.code))),
        }
    }

    /// Puts the request on a branch of its own.
    fn request(&self, asking: &Conversation<'_>, values: &Map<String, Value>) -> Result<Outcome, Failure> {
        let action = &asking.action().identifier.value;
        let written = request_file::RequestFile {
            action: action.clone(),
            entity: asking.entity.clone(),
            ttl: self.ttl.clone(),
            inputs: values.clone(),
        };
        let text = written.text();
        let name = written.name(asking.opened.portal.now);
        let path = format!("{}/{}/{name}.yaml", request_file::FOLDER, dialect::slug(action));
        let branch = format!("portal/request-{}-{name}", dialect::slug(action));
        let line = format!("git push origin {branch}");
        if self.print {
            let mut out = io::stdout().lock();
            write!(out, "# {path}\n{text}")?;
            return Ok(Outcome::Done);
        }
        let message = format!("Request {action}\n");
        let files = [NewFile { path: path.clone(), bytes: text.into_bytes() }];
        git::branch_with(&asking.opened.root, &branch, &message, &files)?;
        writeln!(io::stderr(), "{path} is on the new branch {branch}; your work tree is as it was")?;
        writeln!(
            io::stderr(),
            "push it and open a pull request: it is checked there, and starts when it is merged"
        )?;
        self.say(asking, values, &line, false)
    }

    /// Says what was done, and how to do it again.
    fn say(
        &self,
        asking: &Conversation<'_>,
        values: &Map<String, Value>,
        line: &str,
        started: bool,
    ) -> Result<Outcome, Failure> {
        let action = &asking.action().identifier.value;
        let again = start::again(action, asking.entity.as_deref(), self.ttl.as_deref(), values);
        let mut out = io::stdout().lock();
        if self.format == Format::Json {
            let said = json!({
                "schema": "portal.start/v1", "action": action, "entity": asking.entity, "inputs": values,
                "command": line, "again": again, "started": started, "warnings": asking.warnings,
            });
            write!(out, "{}", printable::json(&said).map_err(io::Error::from)?)?;
            return Ok(Outcome::Done);
        }
        let mut stderr = io::stderr().lock();
        if started {
            writeln!(stderr, "started {}", shown(asking.action().label()))?;
        } else {
            writeln!(out, "{line}")?;
        }
        if asking.asked {
            writeln!(stderr, "the same without questions:\n  {again}")?;
        }
        Ok(Outcome::Done)
    }
}

/// Returns an action in few words, for programs.
fn summary(action: &Action) -> Value {
    json!({
        "identifier": action.identifier.value,
        "title": action.title,
        "description": action.description,
        "operation": action.operation.as_ref().map(|operation| operation.value.name()),
        "blueprint": action.blueprint.as_ref().map(|blueprint| &blueprint.value),
        "inputs": action.inputs.iter().map(|input| &input.identifier.value).collect::<Vec<_>>(),
    })
}

/// Returns the action of that name, which must be in force.
fn find<'a>(opened: &'a Opened, name: &str) -> Result<&'a Definition<Action>, Failure> {
    let actions = opened.portal.catalog.actions();
    let named = actions.iter().find(|action| action.value.identifier.value == name);
    let Some(action) = named else {
        let names = actions.iter().map(|action| action.value.identifier.value.as_str());
        let help = did_you_mean(name, names).unwrap_or_else(|| "`portal run` lists the actions".into());
        return Err(Failure::Other(format!("there is no action `{}` ({help})", shown(name))));
    };
    if !action.value.published {
        return Err(Failure::Other(format!("`{name}` is a draft: it says `publish: false`")));
    }
    Ok(action)
}

/// Shows a line of a program.
fn say_line(line: &str) {
    // There is nowhere left to say that stderr cannot be written.
    let _ = writeln!(io::stderr(), "{line}");
}

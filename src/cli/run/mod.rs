//! `portal run`: a self-service action, started from a terminal.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

use super::open::{Opened, Source};
use super::prompt::{Terminal, can_ask};
use super::{Failure, Global, Outcome};
use crate::catalog::Definition;
use crate::diagnostic::did_you_mean;
use crate::dialect;
use crate::form::{Asker, Form, Problem};
use crate::git::{self, NewFile};
use crate::known::document;
use crate::model::action::trigger::Operation;
use crate::model::action::{Action, Mode};
use crate::model::instant::Age;
use crate::model::phrase::an;
use crate::model::target::Target;
use crate::printable::{self, shown};
use crate::prompt::{self, Control, Prompter, Question, Reply, Stop};
use crate::runtime::actor;
use crate::runtime::ledger::Ledger;
use crate::runtime::permission::Permit;
use crate::runtime::request::{Actor, EntityName};
use crate::runtime::request_file;
use crate::runtime::start::{self, Start};
use crate::runtime::world::World;
use crate::runtime::{Job, Outside, limit};

/// Start a self-service action
///
/// Asks for what is missing, holds it against the form as the guard will, and starts the action's workflow with your own
/// rights, through the tool of your CI system (gh, glab, az). Without an action it lists those that there are.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Run {
    /// The action's identifier
    action: Option<String>,
    /// Give an input: NAME=VALUE; lists with commas or as JSON
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Give an input from a file: NAME=FILE
    #[arg(long, value_name = "NAME=FILE")]
    set_file: Vec<String>,
    /// Give inputs from a YAML or JSON file; `--set` wins over it
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
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

/// What is asked and answered.
struct Conversation<'a> {
    run: &'a Run,
    global: &'a Global,
    opened: &'a Opened,
    definition: &'a Definition<Action>,
    form: &'a Form,
    actor: Actor,
    user: Value,
    given: Map<String, Value>,
    entity: Option<String>,
    entity_json: Option<Value>,
    warnings: Vec<String>,
    asked: bool,
}

impl<'a> Conversation<'a> {
    fn new(
        run: &'a Run,
        global: &'a Global,
        opened: &'a Opened,
        definition: &'a Definition<Action>,
        form: &'a Form,
        actor: Actor,
    ) -> Result<Self, Failure> {
        let given = given(run, form)?;
        if let Some(ttl) = &run.ttl {
            check_ttl(&definition.value, ttl)?;
        }
        let user = actor::user_json(&actor);
        let (entity, entity_json, warnings) = (run.entity.clone(), None, Vec::new());
        Ok(Self {
            run,
            global,
            opened,
            definition,
            form,
            actor,
            user,
            given,
            entity,
            entity_json,
            warnings,
            asked: false,
        })
    }

    fn action(&self) -> &'a Action {
        &self.definition.value
    }

    fn can_ask(&self) -> bool {
        !self.run.no_input && can_ask()
    }

    fn asker(&self) -> Asker<'_> {
        let (known, now) = (self.opened.portal.known(), self.opened.portal.now);
        Asker { known, user: &self.user, entity: self.entity_json.as_ref(), now }
    }

    /// Finds the entity that the action is about, asking for it when it was not named.
    fn entity(&mut self) -> Result<(), Failure> {
        let action = self.action();
        let creates = action.operation.as_ref().is_none_or(|operation| operation.value == Operation::Create);
        let catalog = &self.opened.portal.catalog;
        let blueprint = action.blueprint.as_ref().and_then(|name| catalog.find_blueprint(&name.value));
        let (false, Some(blueprint)) = (creates, blueprint) else {
            return match &self.entity {
                Some(_) => {
                    Err(Failure::Other("this action is not about an entity: leave --entity out".into()))
                }
                None => Ok(()),
            };
        };
        if self.entity.is_none() && self.can_ask() {
            self.entity = Some(self.ask_entity(blueprint)?);
        }
        let kind = catalog.blueprint(blueprint).label();
        let Some(name) = &self.entity else {
            return Err(Failure::Other(format!(
                "this action is about {}: pass --entity IDENTIFIER",
                an(kind)
            )));
        };
        let Some(id) = catalog.find_entity(blueprint, name) else {
            let names = catalog.entities_of(blueprint).map(|entity| entity.identifier());
            let help =
                did_you_mean(name, names).unwrap_or_else(|| format!("`portal query {kind}` lists them"));
            return Err(Failure::Other(format!("there is no {kind} `{}` ({help})", shown(name))));
        };
        self.entity_json = Some(document::json(self.opened.portal.known(), catalog.entity(id)));
        Ok(())
    }

    fn ask_entity(&mut self, blueprint: crate::catalog::BlueprintId) -> Result<String, Failure> {
        let catalog = &self.opened.portal.catalog;
        let choice = |entity: crate::catalog::EntityRef<'_>| crate::form::Choice {
            value: Value::from(entity.identifier()),
            label: entity.label().to_string(),
        };
        let question = Question {
            label: catalog.blueprint(blueprint).label(),
            help: None,
            control: Control::One(catalog.entities_of(blueprint).map(choice).collect()),
            initial: None,
            required: true,
        };
        self.asked = true;
        match Terminal::new(self.global).ask(&question, None).map_err(stopped)? {
            Reply::Answer(Value::String(name)) => Ok(name),
            _ => Err(stopped(Stop::Interrupted)),
        }
    }

    /// Returns the values of the form; `None` when answers are refused, which has been said.
    fn values(&mut self) -> Result<Option<Map<String, Value>>, Failure> {
        let mut answers = self.given.clone();
        if self.can_ask() {
            let mut terminal = Terminal::new(self.global);
            answers =
                prompt::converse(self.form, &self.given, &self.asker(), &mut terminal).map_err(stopped)?;
            self.asked |= answers.len() > self.given.len();
        }
        let missing = prompt::missing(self.form, &answers, &self.asker());
        let filled = self.form.fill(&answers, &self.asker());
        let problems = match filled {
            Ok(filled) => return Ok(Some(filled.values)),
            Err(problems) => problems,
        };
        let mut stderr = io::stderr().lock();
        for Problem { message, help, .. } in &problems {
            let help = help.as_ref().map_or(String::new(), |help| format!(" ({help})"));
            writeln!(stderr, "error: {}{}", shown(message), shown(&help))?;
        }
        if missing.is_empty() {
            return Ok(None);
        }
        let mut line = start::again(
            &self.action().identifier.value,
            self.entity.as_deref(),
            self.run.ttl.as_deref(),
            &answers,
        );
        for field in &missing {
            line.push_str(&format!(" --set {}=…", field.identifier));
        }
        let count = printable::plural(missing.len(), "answer is", "answers are");
        Err(Failure::Other(format!("{count} missing\n  {line}")))
    }

    /// Says when the guard is going to refuse it: it decides by who the CI system says that asks, so this only warns.
    fn warn(&mut self, values: &Map<String, Value>) -> Result<(), Failure> {
        let portal = &self.opened.portal;
        let blueprint =
            self.action().blueprint.as_ref().and_then(|it| portal.catalog.find_blueprint(&it.value));
        let id =
            blueprint.zip(self.entity.as_ref()).and_then(|(it, name)| portal.catalog.find_entity(it, name));
        let entity = id.map(|id| portal.catalog.entity(id));
        let permit = Permit { portal, action: self.definition, actor: &self.actor, entity, inputs: values };
        let name = entity.map(|entity| EntityName {
            blueprint: entity.blueprint().identifier.value.clone(),
            identifier: entity.identifier().to_string(),
        });
        let ledger = Ledger::read(&self.opened.root);
        let reached = limit::reached(self.action(), &self.actor, name.as_ref(), &ledger, portal.now);
        for reason in permit.refusal().into_iter().chain(reached) {
            writeln!(io::stderr(), "warning: the guard will refuse this: {}", shown(&reason))?;
            self.warnings.push(reason);
        }
        Ok(())
    }
}

/// Shows a line of a program.
fn say_line(line: &str) {
    // There is nowhere left to say that stderr cannot be written.
    let _ = writeln!(io::stderr(), "{line}");
}

/// Returns the answers of the command line: those of files, then those of `--set`.
fn given(run: &Run, form: &Form) -> Result<Map<String, Value>, Failure> {
    let mut given = Map::new();
    let mut wrong: Vec<String> = Vec::new();
    if let Some(path) = &run.answers {
        given = answers_of(path)?;
    }
    let mut texts: Vec<(String, String)> = Vec::new();
    for pair in &run.set_file {
        let (name, path) = split(pair, "--set-file", "NAME=FILE")?;
        let text = fs::read_to_string(path)
            .map_err(|error| Failure::Other(format!("cannot read `{path}` for `{name}`: {error}")))?;
        texts.push((name.into(), text));
    }
    for pair in &run.set {
        let (name, text) = split(pair, "--set", "NAME=VALUE")?;
        texts.push((name.into(), text.into()));
    }
    for (name, text) in texts {
        let value = match form.field(&name) {
            // That there is no such input is found with everything else.
            None => Ok(Value::from(text)),
            Some(field) => prompt::value_of(field, &text),
        };
        match value {
            Ok(value) => {
                given.insert(name, value);
            }
            Err(reason) => wrong.push(format!("`{name}`: {reason}")),
        }
    }
    if wrong.is_empty() { Ok(given) } else { Err(Failure::Other(shown(&wrong.join("; ")))) }
}

fn split<'a>(pair: &'a str, option: &str, form: &str) -> Result<(&'a str, &'a str), Failure> {
    let parts = pair.split_once('=').filter(|(name, _)| !name.is_empty());
    parts.ok_or_else(|| {
        Failure::Other(format!("{option} {} has no value: write {option} {form}", shown(pair)))
    })
}

/// Returns the inputs in a YAML or JSON file.
fn answers_of(path: &PathBuf) -> Result<Map<String, Value>, Failure> {
    let shown_path = path.display();
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::Other(format!("cannot read `{shown_path}`: {error}")))?;
    let value: Value = serde_yaml::from_str(&text)
        .map_err(|error| Failure::Other(format!("`{shown_path}` cannot be read: {error}")))?;
    match value {
        Value::Object(inputs) => Ok(inputs),
        Value::Null => Ok(Map::new()),
        _ => Err(Failure::Other(format!("`{shown_path}` must be a mapping of inputs"))),
    }
}

/// Says when a time to live is none, or longer than the action allows.
fn check_ttl(action: &Action, text: &str) -> Result<(), Failure> {
    let Some(ttl) = &action.ttl else {
        return Err(Failure::Other("what this action creates has no time to live: leave --ttl out".into()));
    };
    let Some(asked) = Age::parse(text) else {
        return Err(Failure::Other(format!("`{}` is no length of time: write 12h or 5d", shown(text))));
    };
    match ttl.longest() {
        Some(longest) if asked > longest => {
            Err(Failure::Other(format!("{} is too long: at most {}", asked.shown(), longest.shown())))
        }
        _ => Ok(()),
    }
}

fn stopped(stop: Stop) -> Failure {
    match stop {
        Stop::Interrupted => Failure::Interrupted,
        Stop::Unable(reason) => Failure::Other(format!("cannot ask: {reason} (pass --no-input and --set)")),
    }
}

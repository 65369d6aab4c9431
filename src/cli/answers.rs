//! The answers to a form: those of the command line, those of a person, and what is said when some are missing.

use std::cell::Cell;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value};

use super::prompt::Terminal;
use super::{Failure, Global};
use crate::form::{Asker, Field, Filled, Form, Problem};
use crate::known::Known;
use crate::model::phrase::quoted_first;
use crate::model::property::Type;
use crate::printable::{plural, shown};
use crate::prompt::{self, GIVEN, Manner, Secrets, Stop};

/// Answers of the command line.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Answers {
    /// Give an input: NAME=VALUE; lists with commas or as JSON
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(super) set: Vec<String>,
    /// Give an input from a file: NAME=FILE; `-` reads stdin
    #[arg(long, value_name = "NAME=FILE")]
    pub(super) set_file: Vec<String>,
    /// Give inputs from a YAML or JSON file; `-` reads stdin, `--set` wins over it
    #[arg(long, value_name = "FILE")]
    pub(super) answers: Option<PathBuf>,
}

impl Answers {
    /// Returns the answers of the command line: those of the file of answers, then those of single files, then those of
    /// `--set`. Paths are read from `directory`. Of a secret only that it was given is returned, unless its name is meant.
    pub(super) fn given(
        &self,
        form: &Form,
        directory: &Path,
        secrets: Secrets,
    ) -> Result<Map<String, Value>, Failure> {
        let stdin = Stdin { directory, is_read: Cell::new(false) };
        let mut given = match &self.answers {
            Some(path) => answers_of(path, &stdin)?,
            None => Map::new(),
        };
        let is_secret =
            |name: &str| secrets == Secrets::Themselves && form.field(name).is_some_and(|field| field.secret);
        let mut wrong: Vec<String> = Vec::new();
        let mut texts: Vec<(&str, String)> = Vec::new();
        for pair in &self.set_file {
            let (name, path) = split(pair, "--set-file", "NAME=FILE")?;
            let text = stdin.text(Path::new(path)).map_err(|error| {
                Failure::Other(format!("cannot read `{}` for `{}`: {error}", shown(path), shown(name)))
            })?;
            texts.push((name, text));
        }
        for pair in &self.set {
            let (name, text) = split(pair, "--set", "NAME=VALUE")?;
            if is_secret(name) {
                wrong.push(format!(
                    "`{name}` is a secret, and everybody on this machine can see the words of a command: pass \
                     --set-file {name}=- and give it on stdin"
                ));
                continue;
            }
            texts.push((name, text.into()));
        }
        for (name, text) in texts {
            let value = match form.field(name) {
                // That there is no such input is found with everything else.
                None => Ok(Value::from(text)),
                Some(_) if is_secret(name) => Ok(Value::from(text)),
                Some(field) => prompt::value_of(field, &text),
            };
            match value {
                Ok(value) => {
                    given.insert(name.into(), value);
                }
                Err(reason) => wrong.push(format!("`{name}`: {reason}")),
            }
        }
        for (name, value) in &mut given {
            if is_secret(name) {
                *value = standing_for(value);
            }
        }
        if wrong.is_empty() { Ok(given) } else { Err(Failure::Other(shown(&wrong.join("; ")))) }
    }

    /// Returns whether stdin is read, so that it is nobody's to type at.
    pub(super) fn reads_stdin(&self) -> bool {
        let file = |pair: &String| pair.split_once('=').is_some_and(|(_, path)| path == "-");
        self.answers.as_deref() == Some(Path::new("-")) || self.set_file.iter().any(file)
    }
}

/// Returns what stands for a secret: that it was given, or nothing.
fn standing_for(secret: &Value) -> Value {
    let is_empty = secret.is_null() || secret.as_str().is_some_and(|text| text.trim().is_empty());
    if is_empty { Value::Null } else { GIVEN.into() }
}

fn split<'a>(pair: &'a str, option: &str, form: &str) -> Result<(&'a str, &'a str), Failure> {
    let parts = pair.split_once('=').filter(|(name, _)| !name.is_empty());
    parts.ok_or_else(|| {
        Failure::Other(format!("{option} {} has no value: write {option} {form}", shown(pair)))
    })
}

/// Files of the command line, one of which may be stdin.
struct Stdin<'a> {
    directory: &'a Path,
    is_read: Cell<bool>,
}

impl Stdin<'_> {
    fn text(&self, path: &Path) -> Result<String, String> {
        if path != Path::new("-") {
            return fs::read_to_string(self.directory.join(path)).map_err(|error| error.to_string());
        }
        if self.is_read.replace(true) {
            return Err("stdin can be read once only".into());
        }
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map_err(|error| error.to_string())?;
        Ok(text)
    }
}

/// Returns the inputs in a YAML or JSON file.
fn answers_of(path: &Path, stdin: &Stdin<'_>) -> Result<Map<String, Value>, Failure> {
    let name = shown(&path.display().to_string());
    let text = stdin.text(path).map_err(|error| Failure::Other(format!("cannot read `{name}`: {error}")))?;
    let value: Value = serde_yaml::from_str(&text)
        .map_err(|error| Failure::Other(format!("`{name}` cannot be read: {error}")))?;
    match value {
        Value::Object(inputs) => Ok(inputs),
        Value::Null => Ok(Map::new()),
        _ => Err(Failure::Other(format!("`{name}` must be a mapping of inputs"))),
    }
}

/// A form that is to be completed.
pub(super) struct Asking<'a> {
    pub(super) global: &'a Global,
    pub(super) form: &'a Form,
    pub(super) asker: Asker<'a>,
    pub(super) manner: Manner,
    /// Whether there is somebody to ask.
    pub(super) can_ask: bool,
}

/// A form, completed.
#[derive(Debug)]
pub(super) struct Answered {
    /// What was given, and said.
    pub(super) answers: Map<String, Value>,
    /// Whether anything was asked.
    pub(super) asked: bool,
    /// The whole form.
    pub(super) filled: Filled,
}

impl Asking<'_> {
    /// Returns the form filled in with what is given and what a person says; `None` when answers are refused, which has
    /// been said. Missing ones are a failure, with `again`: the command line for some answers.
    pub(super) fn complete(
        &self,
        given: &Map<String, Value>,
        again: impl Fn(&Map<String, Value>) -> String,
    ) -> Result<Option<Answered>, Failure> {
        let mut answers = given.clone();
        let mut asked = false;
        if self.can_ask {
            let mut terminal = Terminal::new(self.global);
            let talk = prompt::converse(self.form, given, &self.asker, self.manner, &mut terminal);
            answers = talk.map_err(stopped)?;
            asked = answers.len() > given.len();
        }
        let missing = prompt::missing(self.form, &answers, &self.asker);
        let problems = match self.form.fill(&answers, &self.asker) {
            Ok(filled) => return Ok(Some(Answered { answers, asked, filled })),
            Err(problems) => problems,
        };
        let is_missing = |problem: &Problem| {
            missing.iter().any(|field| problem.input.as_deref() == Some(field.identifier.as_str()))
        };
        let others = problems.iter().filter(|problem| !is_missing(problem));
        say_problems(others)?;
        if missing.is_empty() {
            return Ok(None);
        }
        Err(Failure::Other(self.lacks(&missing, &answers, &again(&answers))))
    }

    /// Returns the sentence that answers are missing: each with what it is, and the command line that gives them.
    fn lacks(&self, missing: &[&Field], answers: &Map<String, Value>, again: &str) -> String {
        let mut said = plural(missing.len(), "answer is", "answers are");
        said.push_str(" missing");
        if !self.can_ask {
            said.push_str(", and there is nobody to ask");
        }
        let width = missing.iter().map(|field| field.identifier.chars().count()).max().unwrap_or(0);
        let mut line = again.to_string();
        for field in missing {
            let name = &field.identifier;
            let itself = field.secret && self.manner.secrets == Secrets::Themselves;
            said.push_str(&format!("\n  {name:width$}  {}", shown(&self.what(field, answers, itself))));
            line.push_str(&if itself {
                format!(" --set-file {name}=-")
            } else {
                format!(" --set {name}=…")
            });
        }
        format!("{said}\n  {line}")
    }

    /// Returns what an input is, as a phrase.
    fn what(&self, field: &Field, answers: &Map<String, Value>, itself: bool) -> String {
        let title =
            if field.label == field.identifier { String::new() } else { format!("{}: ", field.label) };
        let choices = self.form.state(field, answers, &self.asker).ok().and_then(|state| state.choices);
        let kind = match (&choices, blueprint(field, self.asker.known)) {
            _ if itself => "a secret, which is read from stdin or a file".to_string(),
            _ if field.secret => "the name of a secret".to_string(),
            (Some(choices), Some(blueprint)) => {
                let count = plural(choices.len(), "entity", "entities");
                let of = if field.kind == Type::Array { "some of" } else { "one of" };
                format!("{of} {count} (`portal query {blueprint}` lists them)")
            }
            (Some(choices), None) => {
                let of = if field.kind == Type::Array { "any of" } else { "one of" };
                format!("{of} {}", quoted_first(choices.iter().map(|choice| choice.label.as_str())))
            }
            (None, _) => kind(field),
        };
        let pattern = field.fixed_pattern().map(|pattern| format!(" that matches {pattern}"));
        format!("{title}{kind}{}", pattern.unwrap_or_default())
    }
}

/// Returns what a value of an input is, in words.
pub(super) fn kind(field: &Field) -> String {
    let format = field.format.as_deref().filter(|format| !matches!(*format, "entity" | "team" | "user"));
    match (field.kind, format) {
        (Type::String, Some(format)) => format!("text ({format})"),
        (Type::String, None) => "text".into(),
        (Type::Number, _) => "a number".into(),
        (Type::Boolean, _) => "true or false".into(),
        (Type::Array, _) => "a list, with commas".into(),
        (Type::Object, _) => "a JSON object".into(),
    }
}

/// Returns the blueprint of which entities are picked.
pub(super) fn blueprint<'a>(field: &'a Field, known: Known<'a>) -> Option<&'a str> {
    match field.format.as_deref() {
        Some("entity") => field.blueprint.as_deref(),
        Some("team") => Some(known.catalog.config().team()),
        Some("user") => Some(known.catalog.config().user()),
        _ => None,
    }
}

/// Says what is wrong with what was given.
pub(super) fn say_problems<'p>(problems: impl IntoIterator<Item = &'p Problem>) -> io::Result<()> {
    let mut stderr = io::stderr().lock();
    for Problem { message, help, .. } in problems {
        let help = help.as_ref().map_or(String::new(), |help| format!(" ({help})"));
        writeln!(stderr, "error: {}{}", shown(message), shown(&help))?;
    }
    Ok(())
}

/// Returns why a conversation ended.
pub(super) fn stopped(stop: Stop) -> Failure {
    match stop {
        Stop::Interrupted => Failure::Interrupted,
        Stop::Unable(reason) => Failure::Other(format!("cannot ask: {reason} (pass --no-input and --set)")),
    }
}

//! The answers that a command line gives.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use super::Run;
use crate::cli::Failure;
use crate::form::Form;
use crate::printable::shown;
use crate::prompt;

/// Returns the answers of the command line: those of files, then those of `--set`.
pub(super) fn given(run: &Run, form: &Form) -> Result<Map<String, Value>, Failure> {
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
fn answers_of(path: &Path) -> Result<Map<String, Value>, Failure> {
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

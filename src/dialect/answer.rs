//! Answers: a form's values as a CI system holds them, and back.
//!
//! A CI system passes texts on, and cannot tell an empty text from none. So an empty text is written as two quotation
//! marks, and a text of nothing but quotation marks gets two more; everything else is written as it is, and what is no
//! text as JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::name::{slug, variable};
use super::{About, Asking, Control, ENTITY, NONE, ORIGIN, Question, TTL};
use crate::model::property::Type;
use crate::model::target::Target;

/// The environment variable that holds all answers as one JSON object, where a CI system can make one.
const ANSWERS: &str = "PORTAL_ANSWERS";

/// Returns the answers to a form, by input, of what a CI system passed on: texts become numbers, booleans, lists and
/// objects where the form has these, what stands for no answer is left out, and inputs without a question of their own
/// are taken from the one that holds them. What cannot be read stays as it is, for the guard to refuse. The reserved
/// questions are returned by their names: `$entity`, `$ttl`, `$origin`.
pub fn read(asking: &Asking, raw: &Map<String, Value>) -> Map<String, Value> {
    let mut answers = Map::new();
    let mut more = Map::new();
    for (name, value) in raw {
        let Some(question) = asking.questions.iter().find(|question| question.name == *name) else {
            answers.insert(name.clone(), value.clone());
            continue;
        };
        let Some(value) = read_one(question, value) else { continue };
        match (&question.about, value) {
            (About::More(_), Value::Object(members)) => more = members,
            (about, value) => {
                answers.insert(key(about, name).to_string(), value);
            }
        }
    }
    // Who fills in the one question means it: the others have at most their defaults.
    answers.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    answers
}

/// Returns what to answer to the questions so that [`read`] gives these values back: texts, by the names of the
/// questions. An input that is not asked for is left out.
pub fn answer(asking: &Asking, values: &Map<String, Value>) -> Map<String, Value> {
    let mut answers = Map::new();
    for question in &asking.questions {
        let text = match &question.about {
            About::More(names) => more(asking, names, values),
            about => values.get(key(about, &question.name)).map(|value| written(question, value)),
        };
        answers.extend(text.map(|text| (question.name.clone(), Value::String(text))));
    }
    answers
}

/// Returns what starts the action's workflow with these values, by the names that the CI system asks for: on GitLab the
/// project's main pipeline, which takes the action and all answers as one line of JSON, elsewhere the [`answer`]s.
pub fn dispatch(asking: &Asking, action: &str, values: &Map<String, Value>) -> Map<String, Value> {
    if asking.target != Target::GitLab {
        return answer(asking, values);
    }
    let request = Value::Object(values.clone()).to_string();
    [("action", slug(action)), ("request", request)]
        .into_iter()
        .map(|(name, text)| (name.to_string(), Value::from(text)))
        .collect()
}

/// Returns what a CI system passed on, by the names of the questions, of the environment variables of a job: the JSON
/// object in `PORTAL_ANSWERS`, else one variable for each question.
///
/// # Errors
/// When `PORTAL_ANSWERS` is no JSON object, as a phrase.
pub fn answers_from(
    asking: &Asking,
    variables: &BTreeMap<String, String>,
) -> Result<Map<String, Value>, String> {
    if let Some(text) = variables.get(ANSWERS).filter(|text| !text.trim().is_empty()) {
        return match serde_json::from_str(text) {
            Ok(Value::Object(answers)) => Ok(answers),
            _ => Err(format!("{ANSWERS} is no JSON object")),
        };
    }
    let given = asking.questions.iter().filter_map(|question| {
        let value = variables.get(&variable(asking.target, &question.name))?;
        Some((question.name.clone(), Value::String(value.clone())))
    });
    Ok(given.collect())
}

/// Returns the name under which the answer to a question is read.
fn key<'a>(about: &'a About, name: &'a str) -> &'a str {
    match about {
        About::Input(input) => input,
        About::Entity => ENTITY,
        About::Ttl => TTL,
        About::Origin => ORIGIN,
        About::More(_) => name,
    }
}

/// Returns the answer to a question; `None` when there is none.
fn read_one(question: &Question, raw: &Value) -> Option<Value> {
    let Some(text) = raw.as_str() else { return Some(raw.clone()).filter(|raw| !raw.is_null()) };
    if text.is_empty() || (text == NONE && matches!(question.control, Control::Choice(_))) {
        return None;
    }
    let literal = || Value::from(text);
    if matches!(question.about, About::More(_)) {
        return Some(json_of(text, Value::is_object).unwrap_or_else(literal));
    }
    Some(match question.kind {
        Type::String => Value::from(unquoted(text)),
        Type::Number => json_of(text, Value::is_number).unwrap_or_else(literal),
        Type::Boolean => match text.trim().to_ascii_lowercase().as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => literal(),
        },
        Type::Array => json_of(text, Value::is_array).unwrap_or_else(literal),
        Type::Object => json_of(text, Value::is_object).unwrap_or_else(literal),
    })
}

fn json_of(text: &str, wanted: fn(&Value) -> bool) -> Option<Value> {
    serde_json::from_str(text).ok().filter(wanted)
}

/// Returns a value as the answer to a question.
fn written(question: &Question, value: &Value) -> String {
    match value {
        Value::String(text) if question.kind == Type::String && is_quotes(text) => format!("{text}\"\""),
        value => text_of(value),
    }
}

/// Returns a value as text: a text as it is, anything else as JSON.
pub(super) fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

/// Returns whether a text has nothing but quotation marks, or nothing.
fn is_quotes(text: &str) -> bool {
    text.bytes().all(|byte| byte == b'"')
}

/// Returns the text that an answer stands for.
fn unquoted(text: &str) -> &str {
    let quotes = is_quotes(text).then(|| text.strip_prefix("\"\"")).flatten();
    quotes.unwrap_or(text)
}

/// Returns the inputs for which there is no room as JSON; `None` when none of them has a value.
fn more(asking: &Asking, names: &[String], values: &Map<String, Value>) -> Option<String> {
    let own = |name: &str| names.iter().any(|held| held == name);
    let unasked = |name: &str| name == ORIGIN && asking.question(&About::Origin).is_none();
    let held: Map<String, Value> = values
        .iter()
        .filter(|(name, _)| own(name) || unasked(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    (!held.is_empty()).then(|| Value::Object(held).to_string())
}

//! Asking a form one question after the other, with a way back.
//!
//! What is asked, in which order, with which choices, and whether an answer will do, is decided here; how a question
//! looks is a [`Prompter`]'s. So all of it is tested without a terminal, and whoever asks a form, asks it the same way.

use serde_json::{Map, Value};

use crate::form::{Asker, Choice, Field, Form, State};
use crate::model::property::Type;

/// Puts one question to a person.
pub trait Prompter {
    /// Returns what the person says. It is called again with `problem` when the answer will not do.
    ///
    /// # Errors
    /// When the person, or the terminal, ends the conversation.
    fn ask(&mut self, question: &Question<'_>, problem: Option<&str>) -> Result<Reply, Stop>;
}

/// What a person says to a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// An answer.
    Answer(Value),
    /// Nothing: the default is fine, or there is nothing to say.
    Nothing,
    /// Ask the question before this one again.
    Back,
}

/// Why a conversation ended before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The person does not want to go on.
    Interrupted,
    /// The terminal cannot ask, as a phrase.
    Unable(String),
}

/// How a form is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Manner {
    /// What is asked for where a form wants a secret.
    pub secrets: Secrets,
    /// Whether only that is asked for which must be given and has no default.
    pub briefly: bool,
}

/// What is asked for where a form wants a secret.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Secrets {
    /// The name that it has in its store.
    #[default]
    Names,
    /// The secret itself. It is never among the answers: [`GIVEN`] stands for it.
    Themselves,
}

/// What stands for a secret that was given, wherever answers are seen.
pub const GIVEN: &str = "given";

/// A question.
#[derive(Debug, Clone, PartialEq)]
pub struct Question<'a> {
    /// What people read first.
    pub label: &'a str,
    /// What people read besides.
    pub help: Option<String>,
    /// How it is answered.
    pub control: Control,
    /// The answer until there is one: the person's own when the question is asked again, else the default.
    pub initial: Option<Value>,
    /// Whether there must be an answer.
    pub required: bool,
}

/// How a question is answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Control {
    /// With a line of text.
    Line,
    /// With a text of several lines.
    Text,
    /// With a secret, which nobody sees.
    Secret,
    /// With a number.
    Number,
    /// With yes or no.
    Flag,
    /// With one of these.
    One(Vec<Choice>),
    /// With any of these.
    Many(Vec<Choice>),
    /// With texts or numbers, one after the other.
    List,
    /// With a JSON object.
    Object,
}

/// Returns the answers to a form: those that are `given`, which are not asked for, and what the person says. An input
/// about which nothing can be computed is not asked for either; that it cannot is found when the form is filled in.
///
/// # Errors
/// When the person, or the terminal, ends the conversation.
pub fn converse(
    form: &Form,
    given: &Map<String, Value>,
    asker: &Asker<'_>,
    manner: Manner,
    prompter: &mut dyn Prompter,
) -> Result<Map<String, Value>, Stop> {
    let fields = form.questions();
    let mut answers = given.clone();
    let mut asked: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(field) = fields.get(at) {
        let values = so_far(form, &fields[..at], &answers, asker);
        let state = form.state(field, &values, asker).ok();
        let state = state.filter(|state| state.visible && !state.disabled);
        let state = state.filter(|state| !manner.briefly || (state.required && state.default.is_none()));
        let Some(state) = state.filter(|_| !given.contains_key(&field.identifier)) else {
            at += 1;
            continue;
        };
        match put(form, field, &state, &values, &answers, asker, manner, prompter)? {
            Reply::Answer(answer) => {
                answers.insert(field.identifier.clone(), answer);
            }
            Reply::Nothing => {
                answers.remove(&field.identifier);
            }
            Reply::Back => {
                at = asked.pop().unwrap_or(at);
                continue;
            }
        }
        asked.push(at);
        at += 1;
    }
    // An answer given before the way back may be to a question that is no longer asked.
    let values = so_far(form, &fields, &answers, asker);
    answers.retain(|name, _| given.contains_key(name) || values.contains_key(name));
    Ok(answers)
}

/// Returns the inputs that are shown and must be given, have no default, and are not among `given`, in the order in
/// which they would be asked for.
pub fn missing<'f>(form: &'f Form, given: &Map<String, Value>, asker: &Asker<'_>) -> Vec<&'f Field> {
    let fields = form.questions();
    let mut missing = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        let values = so_far(form, &fields[..at], given, asker);
        let Ok(state) = form.state(field, &values, asker) else { continue };
        let given = given.get(&field.identifier).is_some_and(|value| !value.is_null() && value != "");
        if state.visible && state.required && state.default.is_none() && !given {
            missing.push(*field);
        }
    }
    missing
}

/// Asks until the answer will do.
#[expect(clippy::too_many_arguments, reason = "they are what a conversation consists of")]
fn put(
    form: &Form,
    field: &Field,
    state: &State,
    values: &Map<String, Value>,
    answers: &Map<String, Value>,
    asker: &Asker<'_>,
    manner: Manner,
    prompter: &mut dyn Prompter,
) -> Result<Reply, Stop> {
    let itself = field.secret && manner.secrets == Secrets::Themselves;
    let mut question = question(field, state, itself);
    if itself {
        question.initial = None;
    } else if let Some(answer) = answers.get(&field.identifier) {
        question.initial = Some(answer.clone());
    }
    let mut problem: Option<String> = None;
    loop {
        let reply = prompter.ask(&question, problem.as_deref())?;
        problem = match &reply {
            Reply::Answer(_) if itself => return Ok(Reply::Answer(GIVEN.into())),
            Reply::Answer(answer) => {
                let found = form.check(field, answer, values, asker);
                question.initial = Some(answer.clone());
                let said = found.iter().map(|problem| match &problem.help {
                    Some(help) => format!("{}: {help}", problem.message),
                    None => problem.message.clone(),
                });
                (!found.is_empty()).then(|| said.collect::<Vec<_>>().join("; "))
            }
            Reply::Nothing if state.required && state.default.is_none() => {
                question.initial = None;
                Some("an answer is needed".into())
            }
            Reply::Nothing | Reply::Back => None,
        };
        if problem.is_none() {
            return Ok(reply);
        }
    }
}

/// Returns the question that an input is; `itself` when a secret is asked for, and not its name.
fn question<'a>(field: &'a Field, state: &State, itself: bool) -> Question<'a> {
    let mut help: Vec<String> = field.description.iter().cloned().collect();
    if let Some(pattern) = field.fixed_pattern() {
        help.push(format!("must match {pattern}"));
    }
    match (field.secret, itself) {
        (true, true) => help.push("a secret: it is not shown and not recorded".into()),
        (true, false) => help.push("the name of the secret in its store, not the secret".into()),
        (false, _) => {}
    }
    Question {
        label: &field.label,
        help: (!help.is_empty()).then(|| help.join(" · ")),
        control: if itself { Control::Secret } else { control(field, state) },
        initial: state.default.clone(),
        required: state.required,
    }
}

fn control(field: &Field, state: &State) -> Control {
    let choices = state.choices.clone().filter(|choices| !choices.is_empty());
    match (field.kind, choices) {
        (Type::Array, Some(choices)) => Control::Many(choices),
        (Type::Array, None) => Control::List,
        (Type::Object, _) => Control::Object,
        (Type::Boolean, _) => Control::Flag,
        (_, Some(choices)) => Control::One(choices),
        (Type::Number, None) => Control::Number,
        (Type::String, None) => match field.format.as_deref() {
            Some("multi-line" | "markdown" | "yaml" | "proto") => Control::Text,
            _ => Control::Line,
        },
    }
}

/// Returns the values of `fields`: what is answered, else the default; a hidden one has its default in any case.
fn so_far(
    form: &Form,
    fields: &[&Field],
    answers: &Map<String, Value>,
    asker: &Asker<'_>,
) -> Map<String, Value> {
    let mut values = Map::new();
    for field in fields {
        let Ok(state) = form.state(field, &values, asker) else { continue };
        let answer = answers.get(&field.identifier).filter(|_| state.visible && !state.disabled);
        if let Some(value) = answer.cloned().or(state.default) {
            values.insert(field.identifier.clone(), value);
        }
    }
    values
}

/// Returns the value that a text on a command line stands for: JSON where the input is no text, a list also with commas.
///
/// # Errors
/// When it cannot be, as a phrase.
pub fn value_of(field: &Field, text: &str) -> Result<Value, String> {
    let json = || serde_json::from_str::<Value>(text).ok();
    match field.kind {
        Type::String => Ok(Value::from(text)),
        Type::Number => {
            let number = text.trim().parse::<i64>().map(Value::from).ok();
            let number = number.or_else(|| json().filter(Value::is_number));
            number.ok_or_else(|| format!("`{text}` is no number"))
        }
        Type::Boolean => match text.trim() {
            "true" | "yes" => Ok(Value::Bool(true)),
            "false" | "no" => Ok(Value::Bool(false)),
            _ => Err(format!("`{text}` is neither true nor false")),
        },
        Type::Array => match json() {
            Some(list @ Value::Array(_)) => Ok(list),
            _ if text.trim().is_empty() => Ok(Value::Array(Vec::new())),
            _ => text.split(',').map(|item| item_of(field, item.trim())).collect(),
        },
        Type::Object => {
            let object = json().filter(Value::is_object);
            object.ok_or_else(|| format!("`{text}` is no JSON object"))
        }
    }
}

fn item_of(field: &Field, text: &str) -> Result<Value, String> {
    match field.items {
        Type::String => Ok(Value::from(text)),
        _ => serde_json::from_str(text).map_err(|_| format!("`{text}` is no {}", field.items.name())),
    }
}

#[cfg(test)]
mod tests;

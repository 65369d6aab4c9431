//! Single values against what their input takes.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Broken;
use serde_json::{Map, Number, Value};

use super::fill::Problem;
use super::seen::Seen;
use super::{Choices, Dynamic, Expression, Field};
use crate::diagnostic::did_you_mean;
use crate::model::format::{self, FORMATS};
use crate::model::keyword::{broken_limit, patterns};
use crate::model::phrase::{clip, quoted_first};
use crate::model::property::Type;

/// The longest name of a secret.
const LONGEST_SECRET: usize = 200;

/// Returns a value in the one form that it has in requests: a number without a fraction is an integer.
pub(super) fn canonical(value: &Value) -> Value {
    match value {
        Value::Number(number) => Value::Number(whole(number).unwrap_or_else(|| number.clone())),
        Value::Array(items) => items.iter().map(canonical).collect(),
        Value::Object(entries) => {
            entries.iter().map(|(key, value)| (key.clone(), canonical(value))).collect()
        }
        other => other.clone(),
    }
}

/// Returns a number as an integer, when it is written with a fraction of nothing.
fn whole(number: &Number) -> Option<Number> {
    // Beyond this a float does not hold every integer.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let value = number.as_f64().filter(|value| number.is_f64() && value.fract() == 0.0)?;
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and below 2^53")]
    (value.abs() < EXACT).then(|| Number::from(value as i64))
}

/// Pushes what is wrong with the value of an input, apart from the names in it.
pub(super) fn check(field: &Field, value: &Value, seen: &Seen<'_>, found: &mut Vec<Problem>) {
    if field.secret {
        found.extend(secret(field, value));
        return;
    }
    match schema(field, Some(seen)) {
        Ok(schema) => hold(field, value, &schema, found),
        Err(problem) => found.push(*problem),
    }
}

/// Returns what is wrong with the value of an input, as far as nothing has to be computed for that.
pub(super) fn refusals(field: &Field, value: &Value) -> Vec<Problem> {
    let mut found = Vec::new();
    if let Ok(schema) = schema(field, None) {
        hold(field, &canonical(value), &schema, &mut found);
    }
    found
}

/// Returns why no value can be held against what is fixed of an input.
pub(super) fn unusable(field: &Field) -> Option<Problem> {
    // Only these can be wrong: the rest has been read, and is what it should be.
    if field.pattern.is_none() && field.members.is_null() {
        return None;
    }
    build(field, &schema(field, None).ok()?).err()
}

/// Pushes what is wrong with a value by a schema.
fn hold(field: &Field, value: &Value, schema: &Value, found: &mut Vec<Problem>) {
    let validator = match build(field, schema) {
        Ok(validator) => validator,
        Err(problem) => return found.push(problem),
    };
    let errors: Vec<ValidationError<'_>> = validator.iter_errors(value).collect();
    let is_type = |error: &&ValidationError<'_>| matches!(error.kind(), Broken::Type { .. });
    let mistyped: Vec<&str> =
        errors.iter().filter(is_type).map(|error| error.instance_path().as_str()).collect();
    // A value of another type is not also outside its choices.
    let telling =
        |error: &&ValidationError<'_>| is_type(error) || !mistyped.contains(&error.instance_path().as_str());
    found.extend(errors.iter().filter(telling).map(|error| broken(field, error)));
}

/// Compiles a schema: linear-time patterns, our formats, no way to the network or to files.
fn build(field: &Field, schema: &Value) -> Result<jsonschema::Validator, Problem> {
    let options = jsonschema::options().with_pattern_options(patterns()).should_validate_formats(true);
    // Whether users exist is asked of the catalog, where they need not be called by an e-mail address.
    let formats = FORMATS.iter().filter(|format| format.name != "user");
    let options = formats.fold(options, |options, format| options.with_format(format.name, format.check));
    options.build(schema).map_err(|error| uncompiled(field, &error))
}

/// Returns the problem that this is not the name of a secret. What is given may be a secret: it is not repeated.
fn secret(field: &Field, value: &Value) -> Option<Problem> {
    let named = |text: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'/' | b':' | b'-');
        (1..=LONGEST_SECRET).contains(&text.len()) && text.bytes().all(plain)
    };
    if value.as_str().is_some_and(named) {
        return None;
    }
    let message = format!("`{}` takes the name of a secret, never a secret", field.identifier);
    let help = "store the secret where the CI system keeps secrets, and give its name: letters, digits and any of _ . / : -";
    Some(Problem::new(field, message).help(help))
}

/// Returns the whole JSON Schema of an input, with what is computed of it; without `seen`, only with what is fixed.
fn schema(field: &Field, seen: Option<&Seen<'_>>) -> Result<Value, Box<Problem>> {
    let mut schema = field.schema.clone();
    let Value::Object(keywords) = &mut schema else { return Ok(schema) };
    for (keyword, bound) in &field.bounds {
        if let Some(bound) = self::bound(field, keyword, bound, seen)? {
            keywords.insert((*keyword).to_string(), bound);
        }
    }
    let mut of_each = Map::new();
    if let Some(choices) = choices(field, seen)? {
        of_each.insert("enum".into(), Value::Array(choices));
    }
    if let Some(format) = field.format.as_deref().filter(|_| field.kind == Type::Array) {
        of_each.insert("format".into(), format.into());
    }
    let pattern = match &field.pattern {
        Some(Dynamic::Fixed(pattern)) => Some(Value::from(pattern.as_str())),
        Some(Dynamic::Computed(expression)) => evaluated(field, "pattern", expression, seen)?,
        None => None,
    };
    match pattern {
        None | Some(Value::Null) => {}
        Some(pattern @ Value::String(_)) => {
            of_each.insert("pattern".into(), pattern);
        }
        Some(_) => return Err(Box::new(Problem::failed(field, "pattern", "it gives no text"))),
    }
    if field.kind != Type::Array {
        keywords.extend(of_each);
        return Ok(schema);
    }
    let items = keywords.entry("items").or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(items) = items {
        items.extend(of_each);
    }
    Ok(schema)
}

/// Returns what a keyword is computed to be; `None` when nothing can be computed yet.
fn evaluated(
    field: &Field,
    keyword: &str,
    expression: &Expression,
    seen: Option<&Seen<'_>>,
) -> Result<Option<Value>, Box<Problem>> {
    let Some(seen) = seen else { return Ok(None) };
    let computed = seen.evaluate(expression);
    computed.map(Some).map_err(|reason| Box::new(Problem::failed(field, keyword, &reason)))
}

/// Returns a bound as JSON Schema has it; `None` when its expression gives null: there is none then.
fn bound(
    field: &Field,
    keyword: &str,
    bound: &Dynamic<f64>,
    seen: Option<&Seen<'_>>,
) -> Result<Option<Value>, Box<Problem>> {
    let number = match bound {
        Dynamic::Fixed(number) => *number,
        Dynamic::Computed(expression) => match evaluated(field, keyword, expression, seen)? {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Number(number)) => number.as_f64().unwrap_or_default(),
            Some(_) => return Err(Box::new(Problem::failed(field, keyword, "it gives no number"))),
        },
    };
    let number = Number::from_f64(number).map(|number| whole(&number).unwrap_or(number));
    Ok(number.map(Value::Number))
}

/// Returns the values to choose from; `None` when every value can be given, or nothing can be computed yet.
pub(super) fn choices(field: &Field, seen: Option<&Seen<'_>>) -> Result<Option<Vec<Value>>, Box<Problem>> {
    match &field.choices {
        Choices::Any => Ok(None),
        Choices::Values(values) => Ok(Some(values.clone())),
        Choices::Computed(expression) => match evaluated(field, "enum", expression, seen)? {
            None => Ok(None),
            Some(Value::Array(values)) => Ok(Some(values)),
            Some(Value::Null) => Ok(Some(Vec::new())),
            Some(_) => Err(Box::new(Problem::failed(field, "enum", "it gives no list"))),
        },
    }
}

/// Returns the problem that nothing can be held against the schema of an input.
fn uncompiled(field: &Field, error: &ValidationError<'_>) -> Problem {
    let name = &field.identifier;
    if field.pattern.is_some() {
        let message = format!("the pattern of `{name}` is not one that can be checked");
        let help = "patterns are regular expressions without look-around and back-references";
        return Problem::new(field, message).help(help);
    }
    Problem::new(field, format!("`{name}` cannot be checked: {}", error.masked()))
}

/// Returns what one error of the schema means.
fn broken(field: &Field, error: &ValidationError<'_>) -> Problem {
    let name = place(field, error.instance_path().as_str());
    let shown = shown(error.instance());
    let problem = |message: String| Problem::new(field, message);
    match error.kind() {
        Broken::Type { .. } => {
            let wanted = wanted(field, error);
            problem(format!("{name} is {wanted}, not {}", article(error.instance())))
        }
        Broken::Enum { options } => {
            let texts: Vec<String> = options.as_array().into_iter().flatten().map(self::shown).collect();
            let values = || texts.iter().map(String::as_str);
            let help = did_you_mean(&shown, values()).unwrap_or_else(|| match texts.len() {
                0 => "there is nothing to choose from".into(),
                _ => format!("choose one of {}", quoted_first(values())),
            });
            problem(format!("`{shown}` is not one of the choices of {name}")).help(help)
        }
        Broken::Pattern { pattern } => problem(format!("`{shown}` does not match the pattern of {name}"))
            .help(format!("the pattern is {}", clip(pattern))),
        Broken::Format { format } => match format::find(format) {
            Some(format) => problem(format!("`{shown}` is not {}", format.looks))
                .help(format!("{name} takes {}, such as {}", format.looks, format.example)),
            None => problem(format!("`{shown}` does not have the format of {name}")),
        },
        Broken::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            problem(format!("{name} needs the key `{}`", clip(key)))
        }
        Broken::AdditionalProperties { unexpected } => {
            problem(format!("{name} has no key {}", quoted_first(unexpected.iter().map(String::as_str))))
        }
        kind => problem(format!("{name} {}", broken_limit(kind, error))),
    }
}

/// Returns the words for the input, or for the part of its value at a JSON pointer.
fn place(field: &Field, pointer: &str) -> String {
    let name = &field.identifier;
    let parts: Vec<&str> = pointer.split('/').skip(1).collect();
    match parts.as_slice() {
        [] => format!("`{name}`"),
        [number] if field.kind == Type::Array && number.parse::<usize>().is_ok() => {
            format!("item {} of `{name}`", number.parse::<usize>().map_or(0, |number| number + 1))
        }
        parts => format!("`{}` of `{name}`", clip(&parts.join("."))),
    }
}

/// Returns which type is wanted, with its article.
fn wanted(field: &Field, error: &ValidationError<'_>) -> String {
    let whole = field.whole && error.instance_path().as_str().is_empty();
    match error.kind() {
        _ if whole => "a whole number".to_string(),
        Broken::Type { kind } => match kind {
            jsonschema::error::TypeKind::Single(kind) => match kind.to_string().as_str() {
                "string" => "a text".into(),
                "array" => "a list".into(),
                "object" => "a mapping".into(),
                "boolean" => "`true` or `false`".into(),
                other => format!("a {other}"),
            },
            jsonschema::error::TypeKind::Multiple(_) => "of another type".into(),
        },
        _ => String::new(),
    }
}

/// Returns a value of another type than was wanted, in words.
fn article(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::Bool(flag) => format!("`{flag}`"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text `{}`", clip(text)),
        Value::Array(_) => "a list".into(),
        Value::Object(_) => "a mapping".into(),
    }
}

/// Returns a value short enough for a message.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| clip(&value.to_string()), clip)
}

//! The language of Backstage's templates: nunjucks, as far as a template of files needs it, and bounded.
//!
//! It is read by the same engine as our own templates, which differs in what is JavaScript in nunjucks: `===`, `.length`,
//! methods of texts and lists, what is true, how values print. Those are made up for here. Nothing in it can reach
//! anything but its context.

mod filter;
mod growth;
mod method;
mod tag;
mod value;

use std::cell::Cell;
use std::io;
use std::ops::Range;

use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use serde_json::{Map, Value};

use crate::skeleton::Mistake;
use crate::worktree::MOST_FILE_BYTES;

pub(super) use tag::names;
use value::print;

/// How many instructions one text may take.
const FUEL: u64 = 1_000_000;

/// How deep a text may nest.
const DEEPEST: usize = 100;

/// The longest text that a filter or a method makes.
const LONGEST: usize = MOST_FILE_BYTES;

/// What Backstage's settings change about the language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Whether expressions are in `{{ }}`, as in cookiecutter, rather than in `${{ }}`.
    pub cookiecutter: bool,
    /// Whether the line break after a statement goes.
    pub trim_blocks: bool,
    /// Whether the space before a statement goes.
    pub lstrip_blocks: bool,
}

impl Dialect {
    fn open(self) -> &'static str {
        if self.cookiecutter { "{{" } else { "${{" }
    }
}

/// The language in one dialect.
pub(super) struct Language {
    dialect: Dialect,
    environment: Environment<'static>,
}

impl Language {
    /// Returns the language in a dialect.
    pub(super) fn new(dialect: Dialect) -> Self {
        let mut environment = Environment::new();
        let mut syntax = SyntaxConfig::builder();
        syntax.variable_delimiters(dialect.open(), "}}").keep_trailing_newline(true);
        syntax.trim_blocks(dialect.trim_blocks).lstrip_blocks(dialect.lstrip_blocks);
        if let Ok(syntax) = syntax.build() {
            environment.set_syntax(syntax);
        }
        environment.set_undefined_behavior(UndefinedBehavior::Chainable);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(DEEPEST);
        environment.set_debug(true);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.set_formatter(|out, _, value| Ok(out.write_str(&print(value)?)?));
        environment.set_unknown_method_callback(|_, value, method, arguments| {
            method::call(value, method, arguments)
        });
        // What nunjucks does not have, and what would let a text grow beyond what can be told from its tags.
        for name in ["debug", "namespace", "dict"] {
            environment.add_global(name, minijinja::Value::UNDEFINED);
        }
        environment.add_global("null", ());
        filter::add(&mut environment);
        Self { dialect, environment }
    }

    /// Returns what `source` says.
    ///
    /// # Errors
    /// What is wrong with it, or with what it asks for.
    pub(super) fn text(&self, source: &str, context: &Map<String, Value>) -> Result<String, Mistake> {
        if !is_template(source, self.dialect.open()) {
            return Ok(source.to_string());
        }
        let whole = 0..source.len();
        let rewritten = self.rewritten(source, context)?;
        let template = self.environment.template_from_str(&rewritten);
        let template = template.map_err(|error| mistake(&error, 0, whole.clone()))?;
        let mut output = Capped { bytes: Vec::new(), is_full: Cell::new(false) };
        let rendered = template.render_captured_to(value::context(context), &mut output).map(|_| ());
        if output.is_full.get() {
            let message = "it makes a text of more than 8 MiB".to_string();
            return Err(Mistake { range: whole, message, help: None });
        }
        rendered.map_err(|error| mistake(&error, 0, whole.clone()))?;
        String::from_utf8(output.bytes).map_err(|_| Mistake {
            range: whole,
            message: "it makes no text".into(),
            help: None,
        })
    }

    /// Returns a text as the engine reads it.
    fn rewritten(&self, source: &str, context: &Map<String, Value>) -> Result<String, Mistake> {
        let given = context.values().map(value::longest).max().unwrap_or(0);
        let rewritten = tag::rewritten(source, self.dialect.open(), given);
        rewritten.map_err(|(range, message)| {
            let help = "a template of files needs expressions, `if`, `for` and `set`";
            Mistake { range, message, help: Some(help.into()) }
        })
    }

    /// Returns the value that `source` gives: one expression alone keeps its type, anything else is text; `None` when the
    /// expression is undefined.
    ///
    /// # Errors
    /// What is wrong with it, or with what it asks for.
    pub(super) fn value(&self, source: &str, context: &Map<String, Value>) -> Result<Option<Value>, Mistake> {
        let Some(inner) = tag::alone(source, self.dialect.open()) else {
            return self.text(source, context).map(|text| Some(Value::String(text)));
        };
        let rewritten = self.rewritten(source, context)?;
        let expression = rewritten.get(inner.clone()).unwrap_or_default();
        let failed = |error: &Error| mistake(error, inner.start, inner.clone());
        let compiled = self.environment.compile_expression(expression).map_err(|error| failed(&error))?;
        let value = compiled.eval(value::context(context)).map_err(|error| failed(&error))?;
        value::to_json(&value).map_err(|error| failed(&error))
    }
}

/// Returns whether anything in a text is an expression, a statement or a comment.
fn is_template(source: &str, open: &str) -> bool {
    [open, "{%", "{#"].iter().any(|mark| source.contains(mark))
}

/// Returns what an error is about: the bytes of a text whose expression begins at `offset`, or `otherwise`.
fn mistake(error: &Error, offset: usize, otherwise: Range<usize>) -> Mistake {
    let range = error.range().map(|range| range.start + offset..range.end + offset);
    let range = range.filter(|range| range.end <= otherwise.end).unwrap_or(otherwise);
    let detail = error.detail().map(str::to_string).unwrap_or_else(|| error.kind().to_string());
    let (message, help) = match error.kind() {
        ErrorKind::OutOfFuel => ("it takes too long".to_string(), None),
        ErrorKind::UnknownFilter => {
            (detail, Some("use a filter of nunjucks or of Backstage that is pure: no dates, nothing random"))
        }
        ErrorKind::TemplateNotFound => ("it includes another file, which templates cannot".to_string(), None),
        _ => (detail, None),
    };
    Mistake { range, message, help: help.map(str::to_string) }
}

/// A text that is being made, up to so many bytes.
struct Capped {
    bytes: Vec<u8>,
    is_full: Cell<bool>,
}

impl io::Write for &mut Capped {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > LONGEST {
            self.is_full.set(true);
            return Err(io::Error::other("too long"));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;

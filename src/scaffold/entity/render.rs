//! The texts of a value, rendered, with the comments around them.

use serde_json::{Map, Value};

use crate::catalog::refers_to_file;
use crate::check::IGNORE_MARK;
use crate::diagnostic::{Diagnostic, Rule};
use crate::skeleton::{Context, Engine, Mistake};
use crate::source::Span;
use crate::yaml::edit::Step;
use crate::yaml::{Comment, Comments, Kind, MAX_BYTES, Node, write};

/// When so much is wrong, the rest is not looked at.
const MOST_FINDINGS: usize = 100;

/// What texts of a template are said by.
pub(super) trait Speech {
    /// Returns the value that `source` gives: one expression alone keeps its type, anything else is text.
    fn value(&self, source: &str) -> Result<Value, Mistake>;

    /// Returns the text that `source` gives.
    fn text(&self, source: &str) -> Result<String, Mistake>;
}

/// The language of templates, speaking of a context.
pub(super) struct Voice<'a> {
    pub(super) engine: &'a Engine,
    pub(super) context: &'a Context,
}

impl Speech for Voice<'_> {
    fn value(&self, source: &str) -> Result<Value, Mistake> {
        self.engine.value(source, self.context)
    }

    fn text(&self, source: &str) -> Result<String, Mistake> {
        self.engine.text(source, self.context)
    }
}

/// A value with its comments.
pub(super) struct Said {
    pub(super) value: Value,
    pub(super) comments: Comments,
}

/// What renders, and keeps what is wrong.
pub(super) struct Rendering<'a> {
    speech: &'a dyn Speech,
    pub(super) findings: Vec<Diagnostic>,
    /// How many bytes of text there may still be: no larger file could be read.
    left: usize,
}

impl<'a> Rendering<'a> {
    pub(super) fn new(speech: &'a dyn Speech) -> Self {
        Self { speech, findings: Vec::new(), left: MAX_BYTES }
    }

    /// Returns what a node says; `None` when it comes to nothing, or something is wrong with it. `way` is where it is in the
    /// entity.
    pub(super) fn node(
        &mut self,
        node: Node<'_>,
        mut comments: Comments,
        way: &mut Vec<Step>,
    ) -> Option<Said> {
        if self.findings.len() > MOST_FINDINGS {
            return None;
        }
        let before = self.findings.len();
        let value = match node.kind() {
            Kind::String => self.value(node, way),
            Kind::List if !node.is_empty() => self.list(node, &mut comments, way),
            Kind::Map if !node.is_empty() => self.map(node, &mut comments, way),
            _ => Some(node.to_json()),
        };
        // What is left out takes its comments along; what is wrong does not hide what else is.
        if value.is_none() && self.findings.len() == before {
            return None;
        }
        for comment in comments.own_mut() {
            self.comment(comment);
        }
        value.map(|value| Said { value, comments })
    }

    fn map(&mut self, node: Node<'_>, comments: &mut Comments, way: &mut Vec<Step>) -> Option<Value> {
        let mut map = Map::new();
        for (key, value) in node.entries() {
            let name = key.text().unwrap_or_default().to_string();
            let step = Step::Key(name.clone());
            if let Some(said) = self.part(value, comments.take(&step), &step, way) {
                map.insert(name, said.value);
                comments.put(step, said.comments);
            }
        }
        (!map.is_empty()).then_some(Value::Object(map))
    }

    fn list(&mut self, node: Node<'_>, comments: &mut Comments, way: &mut Vec<Step>) -> Option<Value> {
        let mut items = Vec::new();
        let mut kept = Vec::new();
        for (number, item) in node.items().enumerate() {
            let step = Step::Item(number);
            if let Some(said) = self.part(item, comments.take(&step), &step, way) {
                kept.push((Step::Item(items.len()), said.comments));
                items.push(said.value);
            }
        }
        kept.into_iter().for_each(|(step, own)| comments.put(step, own));
        (!items.is_empty()).then_some(Value::Array(items))
    }

    fn part(&mut self, node: Node<'_>, own: Comments, step: &Step, way: &mut Vec<Step>) -> Option<Said> {
        way.push(step.clone());
        let said = self.node(node, own, way);
        way.pop();
        said
    }

    /// Returns the value of a text. A literal empty text is one; what an expression makes empty is nothing.
    fn value(&mut self, node: Node<'_>, way: &[Step]) -> Option<Value> {
        let source = node.as_str()?;
        match self.speech.value(source) {
            Err(mistake) => {
                self.mistake(&mistake, node);
                None
            }
            Ok(value) if !source.is_empty() && is_nothing(&value) => None,
            Ok(value) => self.permitted(node, source, &value, way).then_some(value),
        }
    }

    /// Returns whether a value may be written, and keeps why not: an answer is data, whatever it looks like.
    fn permitted(&mut self, node: Node<'_>, source: &str, value: &Value, way: &[Step]) -> bool {
        let property = way.len() > 1 && matches!(way.first(), Some(Step::Key(key)) if key == "properties");
        if property && refers_to_file(value) && !source.starts_with("file://") {
            let message = "what is rendered here would be read as the content of a file";
            let help = "answer with something else, or write `file://` in the template itself";
            self.fault(node.span(), message, Some(help.into()));
            return false;
        }
        if !source.contains(IGNORE_MARK) && mentions(value, IGNORE_MARK) {
            self.orders(node.span());
            return false;
        }
        if let Err(error) = write::check(value) {
            self.fault(node.span(), &error.to_string(), None);
            return false;
        }
        self.spend(size(value), node.span())
    }

    /// Renders a comment in its place.
    fn comment(&mut self, comment: &mut Comment) {
        let Span { source, start, .. } = comment.span;
        match self.speech.text(&comment.text) {
            Err(mistake) => {
                let (start, range) = (start as usize, mistake.range.clone());
                let span = Span::new(source, start + range.start, start + range.end);
                let span = if range.is_empty() { comment.span } else { span };
                self.fault(span, &mistake.message, mistake.help);
            }
            Ok(text) => {
                let text = write::one_line(&text);
                if text.contains(IGNORE_MARK) && !comment.text.contains(IGNORE_MARK) {
                    self.orders(comment.span);
                } else if self.spend(text.len(), comment.span) {
                    comment.text = text;
                }
            }
        }
    }

    /// Takes bytes from what there may be; keeps that it is too much.
    fn spend(&mut self, bytes: usize, span: Span) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                true
            }
            None => {
                let message = format!("the entity has more than {} MiB with this", MAX_BYTES / 1024 / 1024);
                self.fault(span, &message, Some("give shorter answers".into()));
                false
            }
        }
    }

    fn mistake(&mut self, mistake: &Mistake, node: Node<'_>) {
        let span = if mistake.range.is_empty() { node.span() } else { node.part(mistake.range.clone()) };
        self.fault(span, &mistake.message, mistake.help.clone());
    }

    /// Keeps that an answer would say which rules are not to be checked.
    fn orders(&mut self, span: Span) {
        let message = format!("what is rendered here holds `{IGNORE_MARK}`, by which rules are ignored");
        self.fault(span, &message, Some("answer with something else".into()));
    }

    pub(super) fn fault(&mut self, span: Span, message: &str, help: Option<String>) {
        self.findings.push(Diagnostic::new(Rule::TemplateFault, span, message).maybe_help(help));
    }
}

/// Returns whether a value is none that a person would write.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// Returns whether a text of a value, or a key, holds `part`.
fn mentions(value: &Value, part: &str) -> bool {
    match value {
        Value::String(text) => text.contains(part),
        Value::Array(items) => items.iter().any(|item| mentions(item, part)),
        Value::Object(entries) => {
            entries.iter().any(|(key, value)| key.contains(part) || mentions(value, part))
        }
        _ => false,
    }
}

/// Returns about how many bytes the texts of a value have.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum::<usize>() + items.len(),
        Value::Object(entries) => entries.iter().map(|(key, value)| key.len() + size(value)).sum(),
        _ => 1,
    }
}

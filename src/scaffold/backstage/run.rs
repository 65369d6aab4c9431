//! Taking the steps of a template, one after the other, in memory.

use serde_json::{Map, Value, json};

use super::Template;
use super::nunjucks::{Dialect, Language, names};
use super::parameter::fault;
use super::step::{Step, Treatment};
use super::work::Work;
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::phrase::clip;
use crate::skeleton::Mistake;
use crate::source::{Sources, Span};
use crate::yaml::{Kind, Node};

/// The most turns of a step that is taken for each of a list.
const MOST_TURNS: usize = 256;

/// The most bytes of all texts of steps together, once they are rendered.
const MOST_TEXT: usize = 64 * 1024 * 1024;

/// The longest note, in characters.
const LONGEST_NOTE: usize = 10_000;

/// That something is wrong, which is among the findings already.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told;

/// What a step gives to later ones.
pub(super) type Output = Map<String, Value>;

/// The steps at work.
pub(super) struct Run<'a> {
    pub template: &'a Template,
    /// Where the template is, as people see it.
    pub place: &'a str,
    /// The folder of the service, below its root.
    pub target: &'a str,
    pub language: Language,
    /// What expressions see.
    pub context: Map<String, Value>,
    pub work: Work,
    pub sources: Sources,
    pub findings: Vec<Diagnostic>,
    pub notes: Vec<String>,
    pub next: Vec<String>,
    /// The folder that was published last, below the work area.
    pub published: String,
    /// Whether a step was refused: what is missing then may be what it would have made.
    pub has_refused: bool,
    /// The bytes of all texts of steps so far.
    pub spent: usize,
}

impl<'a> Run<'a> {
    /// Returns the steps ready to be taken with these answers.
    pub(super) fn new(
        template: &'a Template,
        place: &'a str,
        target: &'a str,
        parameters: Map<String, Value>,
        sources: Sources,
    ) -> Self {
        let mut context = Map::new();
        context.insert("parameters".into(), Value::Object(parameters));
        context.insert("steps".into(), Value::Object(Map::new()));
        Self {
            template,
            place,
            target,
            language: Language::new(Dialect::default()),
            context,
            work: Work::default(),
            sources,
            findings: Vec::new(),
            notes: Vec::new(),
            next: Vec::new(),
            published: String::new(),
            has_refused: false,
            spent: 0,
        }
    }

    /// Takes all steps, and says what the template says at the end.
    pub(super) fn take(&mut self) {
        for step in &self.template.steps {
            // What is wrong with one step is told; the next may have mistakes of its own.
            let _ = self.step(step);
        }
        let output = self.template.document.roots().find_map(|root| root.get("spec")?.get("output"));
        if let Some(output) = output {
            let _ = self.output(output);
        }
    }

    fn step(&mut self, step: &Step) -> Result<(), Told> {
        let node = self.template.document.node(step.node);
        if let Some(condition) = node.get("if") {
            let value = self.value(condition)?;
            if !is_true(value.as_ref()) {
                return Ok(());
            }
        }
        if step.treatment == Treatment::Refused {
            self.has_refused = true;
            let message =
                format!("step `{}` cannot be taken: `{}` is not performed here", step.id, clip(&step.action));
            let help = "leave the step out with `if`, or do what it does after the files are there";
            self.findings.push(fault(step.span, message).help(help));
            return Err(Told);
        }
        let Some(each) = node.get("each") else {
            let output = self.act(step, node)?;
            self.keep(step, output);
            return Ok(());
        };
        let turns: Vec<(String, Value)> = match self.value(each)? {
            Some(Value::Array(items)) => {
                items.into_iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect()
            }
            Some(Value::Object(entries)) => entries.into_iter().collect(),
            None | Some(Value::Null) => Vec::new(),
            Some(_) => {
                return Err(self.wrong(each.span(), format!("`each` of step `{}` gives no list", step.id)));
            }
        };
        if turns.len() > MOST_TURNS {
            let message = format!("step `{}` would be taken more than {MOST_TURNS} times", step.id);
            return Err(self.wrong(each.span(), message));
        }
        let mut outputs: Map<String, Value> = Map::new();
        for (key, value) in turns {
            self.context.insert("each".into(), json!({"key": key, "value": value}));
            let output = self.act(step, node);
            self.context.remove("each");
            for (name, value) in output? {
                let list = outputs.entry(name).or_insert_with(|| json!([]));
                if let Value::Array(items) = list {
                    items.push(value);
                }
            }
        }
        self.keep(step, outputs);
        Ok(())
    }

    /// Keeps what a step gives for later ones.
    fn keep(&mut self, step: &Step, output: Output) {
        if let Some(Value::Object(steps)) = self.context.get_mut("steps") {
            let given = Map::from_iter([("output".to_string(), Value::Object(output))]);
            steps.insert(step.id.clone(), Value::Object(given));
        }
    }

    /// Says what the template says at the end: links and texts.
    fn output(&mut self, node: Node<'a>) -> Result<(), Told> {
        for kind in ["links", "text"] {
            for item in node.get(kind).into_iter().flat_map(Node::items) {
                if let Some(condition) = item.get("if")
                    && !is_true(self.value(condition)?.as_ref())
                {
                    continue;
                }
                let title = self.said(item, "title")?;
                let keys: &[&str] = if kind == "links" { &["url", "entityRef"] } else { &["content"] };
                for key in keys {
                    let Some(text) = self.said(item, key)?.filter(|text| !text.trim().is_empty()) else {
                        continue;
                    };
                    let title = title.as_deref().filter(|title| !title.trim().is_empty());
                    match title {
                        Some(title) => self.note(&format!("{}: {}", title.trim(), text.trim())),
                        None => self.note(&text),
                    }
                    break;
                }
            }
        }
        Ok(())
    }

    /// Tells that something is wrong.
    pub(super) fn wrong(&mut self, span: Span, message: String) -> Told {
        self.findings.push(fault(span, message));
        Told
    }

    /// Returns the value of a mapping's entry, rendered; `None` when it is not there, or nothing.
    pub(super) fn entry(&mut self, node: Node<'a>, key: &str) -> Result<Option<Value>, Told> {
        let Some(value) = node.get(key) else { return Ok(None) };
        Ok(self.value(value)?.filter(|value| !value.is_null()))
    }

    /// Returns the text of an entry; numbers and flags as they are written.
    pub(super) fn said(&mut self, node: Node<'a>, key: &str) -> Result<Option<String>, Told> {
        let Some(value) = self.entry(node, key)? else { return Ok(None) };
        match value {
            Value::String(text) => Ok(Some(text)),
            Value::Number(_) | Value::Bool(_) => Ok(Some(value.to_string())),
            _ => {
                let span = node.get(key).unwrap_or(node).span();
                Err(self.wrong(span, format!("`{key}` gives no text")))
            }
        }
    }

    /// Returns whether an entry is `true`.
    pub(super) fn flag(&mut self, node: Node<'a>, key: &str) -> Result<bool, Told> {
        Ok(self.entry(node, key)?.is_some_and(|value| is_true(Some(&value))))
    }

    /// Returns the texts of an entry: a list of them, or one.
    pub(super) fn texts(&mut self, node: Node<'a>, key: &str) -> Result<Vec<String>, Told> {
        let texts = match self.entry(node, key)? {
            None => Some(Vec::new()),
            Some(Value::String(text)) => Some(vec![text]),
            Some(Value::Array(items)) => {
                items.into_iter().map(|item| item.as_str().map(String::from)).collect::<Option<Vec<_>>>()
            }
            Some(_) => None,
        };
        texts.ok_or_else(|| {
            let span = node.get(key).unwrap_or(node).span();
            self.wrong(span, format!("`{key}` gives no list of texts"))
        })
    }

    /// Returns a value with every text in it rendered; `None` when it is undefined.
    pub(super) fn value(&mut self, node: Node<'a>) -> Result<Option<Value>, Told> {
        match node.kind() {
            Kind::String => self.text(node),
            Kind::List => {
                let mut items = Vec::with_capacity(node.len());
                for item in node.items() {
                    items.push(self.value(item)?.unwrap_or(Value::Null));
                }
                Ok(Some(Value::Array(items)))
            }
            Kind::Map => {
                let mut entries = Map::new();
                for (key, value) in node.entries() {
                    if let Some(value) = self.value(value)? {
                        entries.insert(key.as_str().unwrap_or_default().to_string(), value);
                    }
                }
                Ok(Some(Value::Object(entries)))
            }
            _ => Ok(Some(node.to_json())),
        }
    }

    fn text(&mut self, node: Node<'a>) -> Result<Option<Value>, Told> {
        let text = node.as_str().unwrap_or_default();
        for name in names(text, "${{") {
            let parts: Vec<&str> = name.parts.iter().map(String::as_str).collect();
            let secret = match parts.as_slice() {
                ["secrets", ..] => true,
                ["parameters", name, ..] => self.template.secrets.iter().any(|secret| secret == name),
                _ => false,
            };
            if secret {
                let message =
                    format!("`{}` is a secret, which no file may hold", clip(&name.parts.join(".")));
                let help = "let what runs the service read the secret where it is stored";
                let finding = Diagnostic::new(Rule::TemplateSecret, node.part(name.range), message);
                self.findings.push(finding.help(help));
                return Err(Told);
            }
        }
        let value =
            self.language.value(text, &self.context).map_err(|Mistake { range, message, help }| {
                let span = if range.is_empty() { node.span() } else { node.part(range) };
                self.findings.push(fault(span, message).maybe_help(help));
                Told
            })?;
        self.spent += value.as_ref().map_or(0, |value| match value {
            Value::String(text) => text.len(),
            other => other.to_string().len(),
        });
        if self.spent > MOST_TEXT {
            let message = format!("the steps say more than {} MiB", MOST_TEXT / 1024 / 1024);
            return Err(self.wrong(node.span(), message));
        }
        Ok(value)
    }

    /// Adds what people should know.
    pub(super) fn note(&mut self, text: &str) {
        let text = text.trim();
        let end = text.char_indices().nth(LONGEST_NOTE).map_or(text.len(), |(at, _)| at);
        self.notes.push(text.get(..end).unwrap_or_default().to_string());
    }
}

/// Returns whether a value counts as true: as in JavaScript, but for an empty list.
pub(super) fn is_true(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(_)) => true,
    }
}

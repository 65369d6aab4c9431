//! `portal explain`: why a rule exists, what breaks it, what satisfies it.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{Failure, Outcome, filter};
use crate::diagnostic::{Content, ExampleFile, Rule};

/// Explain a rule
///
/// Without a name, lists every rule with its severity.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Explain {
    /// The rule, as reports name it
    rule: Option<String>,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Choice,
}

/// How an explanation is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// For people
    Text,
    /// As in the documentation
    Markdown,
    /// For programs
    Json,
}

const EXAMPLES: &str = "Examples:
  portal explain
  portal explain dangling-relation
  portal explain --format json";

impl Explain {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        let rules = match &self.rule {
            Some(name) => filter::rules(std::slice::from_ref(name))?,
            None => Rule::ALL.to_vec(),
        };
        let text = match (self.format, self.rule.is_some()) {
            (Choice::Text, false) => list(&rules),
            (Choice::Text, true) => rules.iter().map(|&rule| explain(rule)).collect(),
            (Choice::Markdown, _) => rules.iter().map(|&rule| markdown(rule)).collect(),
            (Choice::Json, one) => {
                let facts: Vec<Value> = rules.iter().map(|&rule| facts(rule)).collect();
                let value = if one { facts.into_iter().next().unwrap_or_default() } else { facts.into() };
                format!("{value:#}\n")
            }
        };
        io::stdout().lock().write_all(text.as_bytes())?;
        Ok(Outcome::Done)
    }
}

/// Returns a line for each rule.
fn list(rules: &[Rule]) -> String {
    let width = rules.iter().map(|rule| rule.name().len()).max().unwrap_or(0);
    let line =
        |rule: &Rule| format!("{:width$}  {:7}  {}\n", rule.name(), rule.severity().name(), rule.summary());
    rules.iter().map(line).collect()
}

fn explain(rule: Rule) -> String {
    let explanation = rule.explanation();
    format!(
        "{}[{}]: {}\n\n{}\n\nFails:\n\n{}\nPasses:\n\n{}\nFix: {}\n",
        rule.severity().name(),
        rule.name(),
        rule.summary(),
        explanation.why,
        example(&explanation.fails),
        example(&explanation.passes),
        explanation.fix,
    )
}

/// Returns the files of an example, indented under their paths.
fn example(files: &[ExampleFile]) -> String {
    let mut text = String::new();
    for file in files {
        text.push_str(&format!("  {}\n", file.path));
        for line in shown(&file.content).lines() {
            text.push_str(&format!("    {line}\n"));
        }
    }
    text
}

/// Returns the content of an example as a person can read it.
fn shown(content: &Content) -> String {
    const MOST: usize = 2_000;
    match content {
        Content::Link(target) => format!("(a link to {target})"),
        Content::Bytes(bytes) if bytes.len() > MOST => format!("({} bytes)", bytes.len()),
        Content::Bytes(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            text.chars()
                .map(
                    |c| {
                        if c.is_control() && c != '\n' {
                            c.escape_default().to_string()
                        } else {
                            c.to_string()
                        }
                    },
                )
                .collect()
        }
    }
}

/// Returns a rule's section of the documentation.
pub(crate) fn markdown(rule: Rule) -> String {
    let body = rule.markdown().replace("\n## ", "\n### ");
    format!("## {}\n\n*{}*: {}.\n\n{}\n\n", rule.name(), rule.severity().name(), rule.summary(), body.trim())
}

fn facts(rule: Rule) -> Value {
    let explanation = rule.explanation();
    let files = |files: &[ExampleFile]| -> Value {
        files.iter().map(|file| json!({"path": file.path, "text": shown(&file.content)})).collect()
    };
    json!({
        "rule": rule.name(),
        "severity": rule.severity().name(),
        "summary": rule.summary(),
        "why": explanation.why,
        "fails": files(&explanation.fails),
        "passes": files(&explanation.passes),
        "fix": explanation.fix,
    })
}

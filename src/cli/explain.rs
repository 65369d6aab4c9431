//! `portal explain`: why a rule exists, what breaks it, what satisfies it; and what a scorecard asks.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::open::Source;
use super::{Failure, Global, Outcome};
use crate::diagnostic::{Content, ExampleFile, Rule, closest, did_you_mean};
use crate::model::phrase::{clip, quoted_first};
use crate::portal::Portal;
use crate::printable::{self, shown};
use crate::scoreboard::rule::{self as standard, Subject};

/// Explain a rule of portal, or of the catalog's scorecards
///
/// Without a name, lists every rule of portal with its severity. A scorecard, or a rule of one as SCORECARD/RULE, is
/// looked up in the catalog: what it asks, how it comes out, how to fulfil it.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Explain {
    /// A rule as reports name it, a scorecard, or SCORECARD/RULE; with BLUEPRINT/ before it when there are several
    #[arg(value_name = "RULE")]
    rule: Option<String>,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "text", env = "PORTAL_EXPLAIN_FORMAT")]
    format: Choice,
    #[command(flatten)]
    source: Source,
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
  portal explain production_readiness
  portal explain production_readiness/runbook
  portal explain --format json";

impl Explain {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let text = match &self.rule {
            None => self.all(),
            Some(name) => match Rule::from_name(name) {
                Some(rule) => self.one(rule),
                None => self.standard(global, name)?,
            },
        };
        io::stdout().lock().write_all(text.as_bytes())?;
        Ok(Outcome::Done)
    }

    fn all(&self) -> String {
        match self.format {
            Choice::Text => list(Rule::ALL),
            Choice::Markdown => Rule::ALL.iter().map(|&rule| markdown(rule)).collect(),
            Choice::Json => {
                let facts: Vec<Value> = Rule::ALL.iter().map(|&rule| facts(rule)).collect();
                format!("{:#}\n", Value::from(facts))
            }
        }
    }

    fn one(&self, rule: Rule) -> String {
        match self.format {
            Choice::Text => explain(rule),
            Choice::Markdown => markdown(rule),
            Choice::Json => format!("{:#}\n", facts(rule)),
        }
    }

    /// Returns what there is to say about a scorecard, or a rule of one.
    fn standard(&self, global: &Global, name: &str) -> Result<String, Failure> {
        let opened = self.source.open(global, None)?;
        let portal = &opened.portal;
        match standard::find(portal, name).as_slice() {
            [] => Err(unknown(portal, name)),
            [only] => Ok(match self.format {
                Choice::Text => only.text(),
                Choice::Markdown => only.markdown(),
                Choice::Json => printable::json(&only.json()).map_err(io::Error::from)?,
            }),
            several => {
                let names: Vec<String> = several.iter().map(Subject::name).collect();
                let names = shown(&quoted_first(names.iter().map(String::as_str)));
                Err(Failure::Other(format!("`{}` means several: name one of {names}", shown(&clip(name)))))
            }
        }
    }
}

/// Returns the error that nothing is called `name`, with what is: rules of scorecards are found by their own name too.
fn unknown(portal: &Portal, name: &str) -> Failure {
    let own = standard::names(portal);
    let known = Rule::ALL.iter().map(|rule| rule.name()).chain(own.iter().map(String::as_str));
    let last = |full: &String| {
        full.rsplit('/').next().is_some_and(|rule| closest(name, [rule]).len() == 1 || rule == name)
    };
    let near = || own.iter().find(|full| last(full)).map(|full| format!("did you mean `{full}`?"));
    let help = did_you_mean(name, known).or_else(near).map(|help| shown(&help));
    let listed = "`portal explain` lists the rules, `portal score --by rule` those of scorecards";
    let help = help.unwrap_or_else(|| listed.into());
    Failure::Other(format!("there is no rule or scorecard `{}`; {help}", shown(&clip(name))))
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
        for line in content(&file.content).lines() {
            text.push_str(&format!("    {line}\n"));
        }
    }
    text
}

/// Returns the content of an example as a person can read it.
fn content(content: &Content) -> String {
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
        files.iter().map(|file| json!({"path": file.path, "text": content(&file.content)})).collect()
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

//! Conditions on scorecards: which level an entity has, how a rule came out.

use super::compile::Mistake;
use super::operand;
use super::operator::{Operand, Operator};
use super::test::Ask;
use crate::diagnostic::{Diagnostic, Rule};
use crate::known::Outcome;
use crate::source::Span;
use crate::yaml::Node;

/// Returns what a condition on a level, or on a rule, of a scorecard asks.
pub(super) fn ask(
    scorecard: &str,
    node: Node<'_>,
    operator: Operator,
    operand: Operand,
    span: Span,
) -> Result<Ask, Mistake> {
    let scorecard = scorecard.to_string();
    let Some(rule) = node.get("scorecardRule").and_then(Node::as_str) else {
        return Ok(Ask::Level { scorecard, operator, operand });
    };
    let words: Vec<String> = operand::kinds(&operand).into_iter().map(word).collect();
    let outcomes: Vec<Outcome> = words.iter().filter_map(|word| outcome(word)).collect();
    if outcomes.len() != words.len() || outcomes.is_empty() {
        let message = "a rule is `passed`, `failed`, `unknown` or `waived`";
        let help = "compare with one of these";
        return Err(Box::new(Diagnostic::new(Rule::InvalidCondition, span, message).help(help)));
    }
    Ok(Ask::Rule { scorecard, rule: rule.to_string(), operator, outcomes })
}

fn word(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_lowercase)
}

/// Returns the outcome that a word stands for: ours, or Port's in its API and on its pages.
fn outcome(word: &str) -> Option<Outcome> {
    match word {
        "passed" | "success" | "true" => Some(Outcome::Passed),
        "failed" | "failure" | "not passed" | "false" => Some(Outcome::Failed),
        "unknown" => Some(Outcome::Unknown),
        "waived" => Some(Outcome::Waived),
        _ => None,
    }
}

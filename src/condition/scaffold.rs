//! Conditions on the template that an entity was made from.

use std::sync::Arc;

use globset::{GlobBuilder, GlobMatcher};

use super::compile::{Compiler, Mistake};
use super::look::Answer;
use super::operator::Operator;
use super::test::{Ask, Truth};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::phrase::clip;
use crate::printable::plural;
use crate::provenance::Age;
use crate::source::Span;
use crate::yaml::Node;

/// A condition on the template that an entity was made from. Everything that it asks must hold.
#[derive(Debug)]
pub(super) struct ScaffoldTest {
    template: Option<Name>,
    behind: Option<Count>,
    changed: Option<Count>,
}

/// A name, or a pattern of names.
#[derive(Debug)]
struct Name {
    text: String,
    glob: Option<GlobMatcher>,
}

/// How a number has to compare.
#[derive(Debug, Clone, Copy)]
struct Count {
    operator: Operator,
    number: usize,
}

/// Returns what a condition on the template asks.
pub(super) fn ask(compiler: &mut Compiler<'_, '_>, node: Node<'_>) -> Result<Ask, Mistake> {
    let test = ScaffoldTest {
        template: node.get("template").map(name).transpose()?.flatten(),
        behind: node.get("behind").map(count).transpose()?.flatten(),
        changed: node.get("changed").map(count).transpose()?.flatten(),
    };
    if test.template.is_none() && test.behind.is_none() && test.changed.is_none() {
        let message = "this scaffold condition does not say what to ask".to_string();
        return Err(mistake(
            node.span(),
            message,
            "add `template:`, `behind: \"< 3\"` or `changed: \"= 0\"`",
        ));
    }
    let test = Arc::new(test);
    let number = compiler.lookups.add_scaffold(&test, compiler.scope.blueprint);
    Ok(Ask::Scaffold { number, test })
}

fn mistake(span: Span, message: String, help: &str) -> Mistake {
    Box::new(Diagnostic::new(Rule::InvalidCondition, span, message).help(help))
}

/// Returns the name at `node`; `None` when it is no text, which is reported by the shape of the document.
fn name(node: Node<'_>) -> Result<Option<Name>, Mistake> {
    let Some(text) = node.as_str() else { return Ok(None) };
    let is_plain = !text.contains(['*', '?', '[', '{']);
    // An address is no path: a star stands for any part of it.
    let glob = (!is_plain).then(|| GlobBuilder::new(text).literal_separator(false).build());
    let glob = glob.transpose().map_err(|error| {
        let help = "`*` stands for any part of a name, `{a,b}` for either";
        mistake(node.span(), format!("`{}` is no pattern of names: {}", clip(text), error.kind()), help)
    })?;
    Ok(Some(Name { text: text.to_string(), glob: glob.map(|glob| glob.compile_matcher()) }))
}

/// Returns the operator and the number of `< 3`; `None` when it is no text, which is reported by the shape.
fn count(node: Node<'_>) -> Result<Option<Count>, Mistake> {
    let Some(text) = node.as_str() else { return Ok(None) };
    let text = text.trim();
    let end = text.find(|c: char| !matches!(c, '<' | '>' | '=' | '!')).unwrap_or(text.len());
    let is_count =
        |operator: &Operator| operator.orders() || matches!(operator, Operator::Equal | Operator::NotEqual);
    let operator = Operator::from_name(&text[..end]).filter(is_count);
    let number = text[end..].trim().parse().ok();
    match operator.zip(number) {
        Some((operator, number)) => Ok(Some(Count { operator, number })),
        None => {
            let message = format!("`{}` compares with no number", clip(text));
            Err(mistake(node.span(), message, "write =, <, <=, > or >= and a whole number: \"< 3\""))
        }
    }
}

impl Name {
    fn is(&self, template: &str) -> bool {
        self.glob.as_ref().map_or_else(|| self.text == template, |glob| glob.is_match(template))
    }
}

impl Count {
    fn accepts(self, count: usize) -> bool {
        let order = count.cmp(&self.number);
        match self.operator {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            operator => operator.accepts(order),
        }
    }

    /// Returns whether a number accepts that is known to be 1 or more.
    fn accepts_some(self) -> Truth {
        // Between these, nothing changes.
        let telling = [1, self.number.saturating_sub(1), self.number, self.number.saturating_add(1)];
        let accepted: Vec<bool> =
            telling.into_iter().filter(|count| *count >= 1).map(|count| self.accepts(count)).collect();
        match (accepted.contains(&true), accepted.contains(&false)) {
            (true, false) => Truth::Holds,
            (false, true) => Truth::Fails,
            _ => Truth::Unknown,
        }
    }

    fn words(self) -> String {
        format!("{} {}", self.operator.phrase(), self.number)
    }
}

impl ScaffoldTest {
    /// Returns whether it asks how far behind the template's newest state an entity is.
    pub(super) fn asks_age(&self) -> bool {
        self.behind.is_some()
    }

    /// Returns whether it asks how many files have changed.
    pub(super) fn asks_changes(&self) -> bool {
        self.changed.is_some()
    }

    /// Returns what is known of an entity that was made from `template`, as the record `path` says: how far behind it is, and
    /// how many files have changed, when that is asked.
    pub(super) fn look(
        &self,
        path: &str,
        template: &str,
        age: Option<&Age>,
        changed: Option<usize>,
    ) -> Answer {
        let mut truth = Truth::from(self.template.as_ref().is_none_or(|name| name.is(template)));
        let mut seen = format!("it was made from `{}`", clip(template));
        if let Some((count, age)) = self.behind.zip(age) {
            truth = truth.min(match age {
                Age::Unknown(_) => Truth::Unknown,
                Age::Behind(None) => count.accepts_some(),
                Age::Current | Age::Behind(Some(_)) => {
                    count.accepts(age.versions().unwrap_or_default()).into()
                }
            });
            seen += &match age {
                Age::Current => ", which has not changed since".to_string(),
                Age::Behind(Some(1)) => ", which has changed once since".to_string(),
                Age::Behind(Some(times)) => format!(", which has changed {times} times since"),
                Age::Behind(None) => ", which has changed since (how often is not known)".to_string(),
                Age::Unknown(reason) => format!(", but {reason}"),
            };
        }
        if let Some((count, changed)) = self.changed.zip(changed) {
            truth = truth.min(count.accepts(changed).into());
            let files = match changed {
                0 => "no file is".to_string(),
                many => plural(many, "file is", "files are"),
            };
            seen += &format!("; {files} not as written");
        }
        Answer::new(truth, seen, Some(path))
    }

    /// Returns what is asked, in words.
    pub(super) fn words(&self) -> String {
        let template = self.template.as_ref().map(|name| format!("the template is `{}`", clip(&name.text)));
        let behind = self.behind.map(|count| format!("the number of versions behind {}", count.words()));
        let changed = self.changed.map(|count| format!("the number of changed files {}", count.words()));
        template.into_iter().chain(behind).chain(changed).collect::<Vec<_>>().join(" and ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_not_known_may_still_tell() {
        for (operator, number, expected) in [
            (Operator::Equal, 0, Truth::Fails),
            (Operator::Less, 1, Truth::Fails),
            (Operator::LessOrEqual, 0, Truth::Fails),
            (Operator::Greater, 0, Truth::Holds),
            (Operator::GreaterOrEqual, 1, Truth::Holds),
            (Operator::NotEqual, 0, Truth::Holds),
            (Operator::Equal, 1, Truth::Unknown),
            (Operator::Equal, 5, Truth::Unknown),
            (Operator::NotEqual, 5, Truth::Unknown),
            (Operator::Less, 3, Truth::Unknown),
            (Operator::LessOrEqual, 1, Truth::Unknown),
            (Operator::Greater, 1, Truth::Unknown),
            (Operator::GreaterOrEqual, 2, Truth::Unknown),
            (Operator::LessOrEqual, usize::MAX, Truth::Holds),
        ] {
            let count = Count { operator, number };
            assert_eq!(count.accepts_some(), expected, "{operator:?} {number}");
        }
    }
}

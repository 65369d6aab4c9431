//! Expressions and templates of actions and automations: they are jq, and what they name is there.

use std::collections::BTreeMap;

use super::sight::Sight;
use crate::diagnostic::{Diagnostic, Rule};
use crate::jq::{self, Filter, JqError, Path};
use crate::template;
use crate::yaml::{Kind, Node};

/// Expressions that have been read: definitions say the same thing often, and reading it takes time.
#[derive(Debug, Default)]
pub(super) struct Expressions {
    read: BTreeMap<String, Result<Vec<Path>, JqError>>,
}

impl Expressions {
    /// Checks the jq that `node` is.
    pub(super) fn jq(&mut self, node: Node<'_>, sight: &Sight<'_>, found: &mut Vec<Diagnostic>) {
        if let Some(source) = node.as_str() {
            self.check(node, source, 0, sight, found);
        }
    }

    /// Checks the jq of `{jqQuery: …}`, if `node` is that.
    pub(super) fn query(&mut self, node: Option<Node<'_>>, sight: &Sight<'_>, found: &mut Vec<Diagnostic>) {
        if let Some(query) = node.and_then(|node| node.get("jqQuery")) {
            self.jq(query, sight, found);
        }
    }

    /// Checks every template below `node`, keys included.
    pub(super) fn templates(&mut self, node: Node<'_>, sight: &Sight<'_>, found: &mut Vec<Diagnostic>) {
        match node.kind() {
            Kind::String => self.template(node, sight, found),
            Kind::List => node.items().for_each(|item| self.templates(item, sight, found)),
            Kind::Map => {
                for (key, value) in node.entries() {
                    self.template(key, sight, found);
                    self.templates(value, sight, found);
                }
            }
            _ => {}
        }
    }

    /// Checks the template that a text is.
    fn template(&mut self, node: Node<'_>, sight: &Sight<'_>, found: &mut Vec<Diagnostic>) {
        let text = node.as_str().unwrap_or_default();
        if !text.contains("{{") {
            return;
        }
        match template::expressions(text) {
            Err(error) => found.push(report(node, 0, &error)),
            Ok(expressions) => {
                for (source, offset) in expressions.into_iter().filter(|(source, _)| !spreads(source)) {
                    self.check(node, source, offset, sight, found);
                }
            }
        }
    }

    /// Checks an expression that begins at `offset` of the text of `node`.
    fn check(
        &mut self,
        node: Node<'_>,
        source: &str,
        offset: usize,
        sight: &Sight<'_>,
        found: &mut Vec<Diagnostic>,
    ) {
        if !self.read.contains_key(source) {
            self.read.insert(source.to_string(), read(source));
        }
        match &self.read[source] {
            Err(error) => found.push(report(node, offset, error)),
            Ok(paths) => found.extend(paths.iter().filter_map(|path| {
                let mistake = sight.look(path)?;
                let start = offset + mistake.at.0;
                let span = node.part(start..start + mistake.at.1);
                Some(Diagnostic::new(mistake.rule, span, mistake.message).help(mistake.help))
            })),
        }
    }
}

/// Returns whether an expression is Port's word for putting a mapping in its place, and no jq.
fn spreads(source: &str) -> bool {
    source == "spreadValue()"
}

/// Returns the chains of members that an expression names.
fn read(source: &str) -> Result<Vec<Path>, JqError> {
    if let Some(path) = plain(source) {
        return Ok((1..=path.len()).map(|length| path[..length].to_vec()).collect());
    }
    Filter::compile(source)?;
    Ok(jq::paths(source))
}

/// Returns the one chain that an expression is when it is nothing else, as most are: it need not be compiled.
fn plain(source: &str) -> Option<Path> {
    let mut path = Path::new();
    let mut offset = 1;
    for name in source.strip_prefix('.')?.split('.') {
        let mut letters = name.chars();
        let first = letters.next().filter(|letter| letter.is_ascii_alphabetic() || *letter == '_');
        if first.is_none() || !letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_') {
            return None;
        }
        path.push((name.to_string(), offset));
        offset += name.len() + 1;
    }
    Some(path)
}

/// Returns the finding that what begins at `offset` of a text is no jq.
fn report(node: Node<'_>, offset: usize, error: &JqError) -> Diagnostic {
    let length = node.as_str().map_or(0, str::len);
    let span = error.offset.map_or_else(
        || node.span(),
        |within| {
            let start = (offset + within).min(length);
            node.part(start..(start + 1).min(length))
        },
    );
    Diagnostic::new(Rule::InvalidJq, span, error.message.clone()).maybe_help(error.help.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_chains_are_read_as_the_parser_reads_them() {
        for source in [".a", ".a.b_1.C", "._x", ".inputs.name.properties.tier"] {
            assert_eq!(read(source).unwrap(), jq::paths(source), "{source}");
            assert!(plain(source).is_some(), "{source}");
        }
        for source in ["", ".", "..", ".a.", ".1", ".a-b", ".a[0]", ".a | .b", "a", ".é", ".a\n"] {
            assert!(plain(source).is_none(), "{source}");
        }
    }
}

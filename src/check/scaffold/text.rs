//! The texts of a scaffold's document that are templates.

use std::collections::BTreeSet;
use std::ops::Range;

use super::Names;
use crate::check::effect::Said;
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::phrase::clip;
use crate::model::scaffold::{Delimiters, Scaffold};
use crate::skeleton::{Engine, refusal};
use crate::yaml::{Kind, Node};

/// The texts of a scaffold's document.
pub(super) struct Texts<'a> {
    engine: &'a Engine,
    names: &'a Names,
    delimiters: &'a Delimiters,
    /// The names that they ask for.
    pub(super) used: BTreeSet<String>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(engine: &'a Engine, names: &'a Names, scaffold: &'a Scaffold) -> Self {
        Self { engine, names, delimiters: &scaffold.delimiters, used: BTreeSet::new() }
    }

    /// Pushes what is wrong with every text of the document that is a template.
    pub(super) fn check_document(&mut self, node: Node<'_>, found: &mut Vec<Diagnostic>) {
        if let Some(target) = node.get("target") {
            self.check(target, true, found);
            self.check_path(target, "the target", found);
        }
        for part in ["entity", "append", "next"].into_iter().filter_map(|key| node.get(key)) {
            self.check_all(part, found);
        }
        let items = node.get("append").into_iter().flat_map(Node::items);
        for file in items.filter_map(|item| item.get("file")) {
            self.check_path(file, "the file", found);
        }
    }

    fn check_all(&mut self, node: Node<'_>, found: &mut Vec<Diagnostic>) {
        match node.kind() {
            Kind::String => self.check(node, false, found),
            Kind::List => node.items().for_each(|item| self.check_all(item, found)),
            Kind::Map => node.entries().for_each(|(_, value)| self.check_all(value, found)),
            _ => {}
        }
    }

    /// Pushes what is wrong with a text: it is no template, or asks for what is not there.
    fn check(&mut self, node: Node<'_>, is_target: bool, found: &mut Vec<Diagnostic>) {
        let Some(text) = node.as_str() else { return };
        if self.said(text) == Said::All {
            return;
        }
        let place = |range: Range<usize>| if range.is_empty() { node.span() } else { node.part(range) };
        match self.engine.names(text) {
            Err(mistake) => {
                let finding = Diagnostic::new(Rule::TemplateFault, place(mistake.range), mistake.message);
                found.push(finding.maybe_help(mistake.help));
            }
            Ok(names) => {
                for name in names {
                    if let Some(mistake) = self.names.mistake(&name, is_target) {
                        let at = place(self.find(text, &name).unwrap_or_default());
                        found.push(Diagnostic::new(mistake.rule, at, mistake.message).help(mistake.help));
                    }
                    self.used.insert(name);
                }
            }
        }
    }

    /// Pushes a path that leads somewhere else whatever is answered.
    fn check_path(&self, node: Node<'_>, what: &str, found: &mut Vec<Diagnostic>) {
        let Some(text) = node.as_str() else { return };
        let outline = self.outline(text);
        let path = outline.trim().trim_end_matches('/');
        if path == "." || outline.trim().is_empty() {
            return;
        }
        if let Some(reason) = refusal(if path.is_empty() { "/" } else { path }) {
            let message = format!("{what} `{}` {reason}", clip(text));
            let help = "write a path below the root, such as services/{{ name }}";
            found.push(Diagnostic::new(Rule::TemplatePath, node.span(), message).help(help));
        }
    }

    /// Returns how much of a text is known before there are answers.
    pub(super) fn said(&self, text: &str) -> Said {
        let Delimiters { variable: [open, close], block, comment } = self.delimiters;
        if [open, &block[0], &comment[0]].into_iter().all(|open| !text.contains(open.as_str())) {
            return Said::All;
        }
        let inner =
            text.trim().strip_prefix(open.as_str()).and_then(|rest| rest.strip_suffix(close.as_str()));
        let alone = inner.is_some_and(|inner| {
            ![open, close, &block[0], &comment[0]].into_iter().any(|mark| inner.contains(mark.as_str()))
        });
        if alone { Said::Nothing } else { Said::Part }
    }

    /// Returns a text with `x` for each expression, and without statements and comments.
    fn outline(&self, text: &str) -> String {
        let Delimiters { variable, block, comment } = self.delimiters;
        let (mut outline, mut rest) = (String::new(), text);
        loop {
            let next = [(variable, "x"), (block, ""), (comment, "")].into_iter();
            let next = next.filter_map(|(pair, stands)| Some((rest.find(pair[0].as_str())?, pair, stands)));
            let Some((at, [open, close], stands)) = next.min_by_key(|(at, ..)| *at) else { break };
            let inner = &rest[at + open.len()..];
            let Some(end) = inner.find(close.as_str()) else { break };
            outline.push_str(&rest[..at]);
            outline.push_str(stands);
            rest = &inner[end + close.len()..];
        }
        outline + rest
    }

    /// Returns where an expression of a text names `name`.
    fn find(&self, text: &str, name: &str) -> Option<Range<usize>> {
        let Delimiters { variable, block, .. } = self.delimiters;
        let opening = [variable, block].into_iter().filter_map(|pair| text.find(pair[0].as_str())).min()?;
        let part = |c: char| c.is_alphanumeric() || c == '_';
        let whole = |at: usize| {
            let before = text[..at].chars().next_back().is_some_and(|c| part(c) || c == '.');
            let after = text[at + name.len()..].chars().next().is_some_and(part);
            at >= opening && !before && !after
        };
        let mut places = text.match_indices(name).map(|(at, _)| at);
        places.find(|at| whole(*at)).map(|at| at..at + name.len())
    }
}

//! What can be wrong with a tree, whatever the syntax it was written in.

use super::build::{Builder, MAX_FINDINGS, Reading};
use super::tree::{Form, MAX_EXPANSION, MAX_NODES, NodeData, SIDE, index};
use super::{MAX_DEPTH, clip, quotes};
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::Span;

impl Builder<'_> {
    /// Looks at a plain key; all but a few are told harmless by their first byte.
    #[inline]
    pub(super) fn check_key(&mut self, key: &NodeData) {
        let held = if key.flags & SIDE == 0 { self.text } else { &self.side };
        if matches!(held.as_bytes().get(key.a as usize), Some(b'<' | 0x80..)) {
            self.check_odd_key(key);
        }
    }

    fn check_odd_key(&mut self, key: &NodeData) {
        let text = self.text_of(key);
        if text == "<<" {
            let span = self.span(key.start as usize, key.end as usize);
            self.mistake(
                Diagnostic::new(Rule::MergeKey, span, "merge keys (`<<`) are not part of YAML 1.2")
                    .label("would be a key like any other")
                    .help("write the keys out, or quote `\"<<\"` if it is meant as a key"),
            );
        } else if quotes::wraps(text) {
            self.blame_quotes();
        }
    }

    fn text_of(&self, node: &NodeData) -> &str {
        let held = if node.flags & SIDE == 0 { self.text } else { &self.side };
        held.get(node.a as usize..(node.a + node.b) as usize).unwrap_or("")
    }

    /// Reports every key of the mapping that has been written before.
    pub(super) fn check_duplicates(&mut self, map: u32) {
        if !self.may_repeat(map) {
            return;
        }
        let mut keys: Vec<(&str, &NodeData)> = self.keys(map).map(|key| (self.text_of(key), key)).collect();
        keys.sort_by_key(|(text, _)| *text);
        let groups = keys.chunk_by(|left, right| left.0 == right.0);
        let mut repeated: Vec<_> =
            groups.flat_map(|same| same[1..].iter().map(|again| (same[0], *again))).collect();
        repeated.sort_by_key(|(_, (_, again))| again.start);
        let findings: Vec<Diagnostic> = repeated
            .iter()
            .take(MAX_FINDINGS)
            .map(|((text, first), (_, again))| self.duplicate(text, first, again))
            .collect();
        for finding in findings {
            self.mistake(finding);
        }
    }

    /// Returns whether a key might be written twice: exact for a few keys, else told by a small filter.
    fn may_repeat(&self, map: u32) -> bool {
        let few = self.nodes[map as usize].a <= 64;
        let mut seen = 0u64;
        for (at, key) in self.keys(map).enumerate() {
            let text = self.text_of(key);
            let bit = 1u64 << filter_bit(text.as_bytes());
            if seen & bit != 0 && (!few || self.keys(map).take(at).any(|other| self.text_of(other) == text)) {
                return true;
            }
            seen |= bit;
        }
        false
    }

    /// Returns the string keys of a mapping.
    fn keys(&self, map: u32) -> impl Iterator<Item = &NodeData> {
        let mut at = map as usize + 1;
        let entries = self.nodes[map as usize].a / 2;
        (0..entries)
            .map(move |_| {
                let key = &self.nodes[at];
                at = self.nodes[key.next as usize].next as usize;
                key
            })
            .filter(|key| key.form == Form::String)
    }

    fn duplicate(&self, text: &str, first: &NodeData, repeated: &NodeData) -> Diagnostic {
        let span = |node: &NodeData| self.span(node.start as usize, node.end as usize);
        Diagnostic::new(
            Rule::DuplicateKey,
            span(repeated),
            format!("the key `{}` is written twice in one mapping", clip(text)),
        )
        .label("second")
        .related(span(first), "first")
        .help("keep one of the two")
    }

    pub(super) fn container_as_key(&mut self, key: NodeData) {
        let span = self.span(key.start as usize, key.end as usize);
        let kind = if key.form == Form::List { "list" } else { "mapping" };
        let before = (key.start as usize).saturating_sub(1);
        let template = self.text.get(before..).is_some_and(|text| text.starts_with("{{"));
        let diagnostic = Diagnostic::new(Rule::UnsupportedValue, span, format!("a {kind} cannot be a key"));
        self.mistake(if template {
            diagnostic
                .label("YAML reads `{{` as a mapping inside a mapping")
                .help("quote the template: \"{{ … }}\"")
        } else {
            diagnostic.help("only texts and numbers can be keys")
        });
    }

    pub(super) fn unsupported_number(&mut self, start: usize, end: usize, reason: &str) {
        let written = self.text.get(start..end).unwrap_or_default();
        let message = format!("the number `{}` cannot be kept", clip(written));
        let finding = Diagnostic::new(Rule::UnsupportedValue, self.span(start, end), message);
        self.mistake(finding.label(reason).help("quote it if it is meant as text"));
    }

    pub(super) fn too_many(&mut self, node: &NodeData) {
        let span = self.span(node.start as usize, node.end as usize);
        let message = format!("a file of more than {MAX_NODES} values");
        self.mistake(Diagnostic::new(Rule::DocumentTooLarge, span, message).help("split the file"));
    }

    pub(super) fn too_deep(&mut self, start: usize, end: usize) {
        self.reading = self.reading.max(Reading::NextDocument);
        self.mistake(too_deep(self.span(start, end)));
    }

    pub(super) fn cycle(&self, start: usize, end: usize, aimed: NodeData) -> Diagnostic {
        let name = self.text.get(start..end).unwrap_or_default();
        Diagnostic::new(
            Rule::AliasCycle,
            self.span(start, end),
            format!("the alias `{}` is inside what it stands for", clip(name)),
        )
        .related(self.span(aimed.start as usize, aimed.start as usize + 1), "it stands for what starts here")
        .help("write the value out")
    }

    pub(super) fn expansion(&self, start: usize, end: usize) -> Diagnostic {
        Diagnostic::new(
            Rule::AliasExpansion,
            self.span(start, end),
            format!("aliases repeat more than {MAX_EXPANSION} values"),
        )
        .label("one too many")
        .help("write fewer aliases of aliases")
    }
}

/// Returns the finding about a container nested too deep.
pub(super) fn too_deep(span: Span) -> Diagnostic {
    Diagnostic::new(
        Rule::NestingTooDeep,
        span,
        format!("lists and mappings are nested more than {MAX_DEPTH} deep"),
    )
    .help("flatten the document")
}

/// Returns which of 64 bits stands for a key: seldom the same for the keys of one mapping.
fn filter_bit(key: &[u8]) -> u32 {
    let byte = |at: usize| key.get(at).copied().map_or(0, u32::from);
    let last = key.len().saturating_sub(1);
    let mixed = byte(0) + byte(key.len() / 2).wrapping_mul(7) + byte(last).wrapping_mul(31);
    (mixed + index(key.len()).wrapping_mul(13)) % 64
}

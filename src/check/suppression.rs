//! What is not to be reported: `# portal: ignore[rule] reason`, and the levels of the configuration.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Diagnostics, Rule, did_you_mean};
use crate::source::{Source, SourceId, Sources, Span};

/// What a comment starts with.
pub const MARK: &str = "portal: ignore[";

/// A comment that ignores a rule on its line, or alone on a line, on the next one.
#[derive(Debug)]
struct Ignore<'a> {
    name: &'a str,
    rule: Option<Rule>,
    /// Where the rule is named.
    span: Span,
    /// The line, from 1, that is ignored.
    line: usize,
    used: bool,
}

/// Drops the findings that comments ignore, reports comments that name no rule or ignore nothing, gives every
/// finding the level of the configuration, and sorts them.
pub fn suppress(sources: &Sources, catalog: &Catalog, found: &mut Diagnostics) {
    let mut ignores: BTreeMap<SourceId, Vec<Ignore<'_>>> = BTreeMap::new();
    for (id, source) in sources.iter().filter(|(_, source)| source.text().contains(MARK)) {
        let comments = comments(id, source);
        if !comments.is_empty() {
            ignores.insert(id, comments);
        }
    }
    if !ignores.is_empty() {
        found.retain(|finding| !is_ignored(finding, sources, &mut ignores));
        for ignore in ignores.values().flatten().filter(|ignore| !ignore.used) {
            found.push(idle(ignore));
        }
    }
    let levels = &catalog.config().levels;
    found.level(|finding| levels.severity(finding, sources.get(finding.source()).path()));
    found.sort();
}

/// Returns the ignore comments of a source.
fn comments<'a>(id: SourceId, source: &'a Source) -> Vec<Ignore<'a>> {
    let text = source.text();
    let mut ignores = Vec::new();
    for (at, mark) in text.match_indices(MARK) {
        let line = source.line_at(u32::try_from(at).unwrap_or(u32::MAX));
        let Some(range) = source.line_range(line) else { continue };
        let before = &text[range.start..at];
        // Only a comment counts: `#` at the start of the line or after a space, directly before the mark.
        let Some(code) =
            before.trim_end().strip_suffix('#').filter(|code| code.is_empty() || code.ends_with([' ', '\t']))
        else {
            continue;
        };
        let names = &text[at + mark.len()..range.end];
        let Some(close) = names.find(']') else { continue };
        let ignored = if code.trim().is_empty() { line + 1 } else { line };
        let mut start = at + mark.len();
        for part in names[..close].split(',') {
            let name = part.trim();
            let offset = start + (part.len() - part.trim_start().len());
            let span = Span::new(id, offset, offset + name.len());
            ignores.push(Ignore { name, rule: Rule::from_name(name), span, line: ignored, used: false });
            start += part.len() + 1;
        }
    }
    ignores
}

/// Returns whether a comment ignores the finding, and marks the comment as used.
fn is_ignored(
    finding: &Diagnostic,
    sources: &Sources,
    ignores: &mut BTreeMap<SourceId, Vec<Ignore<'_>>>,
) -> bool {
    let Some(ignores) = ignores.get_mut(&finding.source()) else { return false };
    let line = sources.get(finding.source()).line_at(finding.primary.span.start);
    let matching =
        ignores.iter_mut().filter(|ignore| ignore.rule == Some(finding.rule) && ignore.line == line);
    matching.fold(false, |_, ignore| {
        ignore.used = true;
        true
    })
}

/// Returns the finding about a comment that does nothing.
fn idle(ignore: &Ignore<'_>) -> Diagnostic {
    let name = ignore.name;
    if ignore.rule.is_none() {
        let help = did_you_mean(name, Rule::ALL.iter().map(|rule| rule.name()));
        let help = help.unwrap_or_else(|| "`portal explain` lists the rules".into());
        return Diagnostic::new(Rule::UnknownRule, ignore.span, format!("there is no rule `{name}`"))
            .help(help);
    }
    let message = format!("`{name}` is not found on this line, so there is nothing to ignore");
    Diagnostic::new(Rule::UnusedIgnore, ignore.span, message).help("remove the comment")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_name_rules_for_their_line_or_the_next() {
        for (text, expected) in [
            ("a: b # portal: ignore[self-reference] wanted\n", vec![("self-reference", 1)]),
            (
                "# portal: ignore[self-reference, wrong-type]\na: b\n",
                vec![("self-reference", 2), ("wrong-type", 2)],
            ),
            ("a: 'portal: ignore[self-reference]'\n", vec![]),
            ("a: b#portal: ignore[self-reference]\n", vec![]),
            ("a: b # portal: ignore[self-reference\n", vec![]),
        ] {
            let source = Source::new("a.yaml", text);
            let found: Vec<(&str, usize)> =
                comments(SourceId::new(0), &source).iter().map(|ignore| (ignore.name, ignore.line)).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}

//! Records of what was made from templates: all that there are can be read.

use crate::catalog::Catalog;
use crate::diagnostic::Diagnostic;
use crate::provenance;
use crate::source::{Source, Sources, Span};
use crate::worktree::Files;

/// Pushes what is wrong with the records of a catalog; their texts are added to `sources`. Whoever cannot list or read them
/// is told so by what lists the catalog.
pub(super) fn check(
    catalog: &Catalog,
    files: &dyn Files,
    sources: &mut Sources,
    found: &mut Vec<Diagnostic>,
) {
    let services = provenance::all(files, catalog.config()).unwrap_or_default();
    for faulty in services.into_iter().filter_map(|service| service.record.err()) {
        found.extend(faulty.findings.into_iter().map(|finding| moved(finding, &faulty.sources, sources)));
    }
}

/// Returns a finding about a text of `from` as one about the same text of `to`.
fn moved(mut finding: Diagnostic, from: &Sources, to: &mut Sources) -> Diagnostic {
    let mut place = |span: Span| {
        let source = from.get(span.source);
        let known = to.find(source.path());
        let id = known.unwrap_or_else(|| to.add(Source::new(source.path(), source.shared_text())));
        Span { source: id, ..span }
    };
    finding.primary.span = place(finding.primary.span);
    for label in &mut finding.related {
        label.span = place(label.span);
    }
    finding
}

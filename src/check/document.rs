//! What the configuration says of documents.

use crate::catalog::Catalog;
use crate::condition::invalid_jq;
use crate::diagnostic::Diagnostic;
use crate::jq::Filter;

/// Pushes the finding that the folder of documents is given by something that is no jq.
pub(super) fn check(catalog: &Catalog, found: &mut Vec<Diagnostic>) {
    if let Some(source) = &catalog.config().documents
        && let Err(error) = Filter::compile(&source.value)
    {
        found.push(invalid_jq(&source.value, source.span, &error));
    }
}

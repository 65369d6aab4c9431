//! What the pages of documents are called.

use std::collections::BTreeSet;

use super::folder::Start;
use crate::model::identifier::segment;

/// The names of the pages of an entity.
pub(super) struct Names<'a> {
    start: Option<&'a Start>,
    taken: BTreeSet<String>,
}

impl<'a> Names<'a> {
    /// Returns no names yet, for an entity whose folder is `start`.
    pub(super) fn new(start: Option<&'a Start>) -> Self {
        Self { start, taken: BTreeSet::new() }
    }

    /// Returns the name of a document: `index` for the README of the entity's folder, else its path below `docs`, in one
    /// segment: `guides~2Fsetup`. Where that is taken, the path is whole.
    pub(super) fn name(&mut self, path: &str) -> String {
        let path = without_extension(path);
        let own = self.start.and_then(|start| start.relative(path));
        let below = own.unwrap_or(path);
        if own.is_some_and(|own| own.eq_ignore_ascii_case("readme")) && self.taken.insert("index".into()) {
            return "index".into();
        }
        let short = below.strip_prefix("docs/").unwrap_or(below);
        let mut name = segment(short).into_owned();
        if self.taken.contains(&name.to_ascii_lowercase()) {
            name = segment(below).into_owned();
        }
        // Disks that take capitals for small letters hold only one of both; extensions may differ, too.
        while !self.taken.insert(name.to_ascii_lowercase()) {
            name.push_str("~again");
        }
        name
    }
}

/// Returns a path without the extension of a Markdown file.
pub(super) fn without_extension(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(stem, _)| stem)
}

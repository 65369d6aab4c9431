//! What a document points at: other documents, files of the repository, images, the web.

use percent_encoding::percent_decode_str;

use super::Images;
use crate::catalog::folder_of;
use crate::site::markdown::{Picture, Places, Target, anchor};
use crate::site::{Site, link, words};
use crate::worktree::normalise;

/// The surroundings of a document on a page.
pub(super) struct Around<'a> {
    pub(super) site: &'a Site<'a>,
    pub(super) images: &'a Images,
    /// The path of the document.
    pub(super) path: &'a str,
    /// What links of the page start with.
    pub(super) root: &'static str,
    /// The page that has the headings of the document, where that is another.
    pub(super) elsewhere: Option<String>,
}

impl Around<'_> {
    /// Returns the path of a file that the document names; `None` when it is outside of the catalog.
    fn file(&self, target: &str) -> Option<String> {
        let target = target.split(['?', '#']).next().unwrap_or_default();
        let decoded = percent_decode_str(target).decode_utf8().ok()?;
        if decoded.is_empty() || decoded.contains(|c: char| c.is_control()) {
            return None;
        }
        // As on GitHub, a path from the root is one from the root of the repository.
        match decoded.strip_prefix('/') {
            Some(path) => normalise("", path),
            None => normalise(folder_of(self.path), &decoded),
        }
    }

    /// Returns the page of the document at `path`, or of the one that leads the folder at `path`.
    fn page(&self, path: &str, fragment: Option<&str>) -> Option<String> {
        let at = |path: &str| self.site.documents.at(path);
        let document = at(path).or_else(|| {
            ["README.md", "readme.md", "index.md"].iter().find_map(|name| at(&format!("{path}/{name}")))
        })?;
        let page = super::path(self.site, document);
        let fragment = fragment.filter(|fragment| !fragment.is_empty());
        let fragment = fragment.map(|fragment| format!("#{}", anchor(fragment, self))).unwrap_or_default();
        if document.path == self.path && self.elsewhere.is_none() && !fragment.is_empty() {
            return Some(fragment);
        }
        Some(format!("{}{page}{fragment}", self.root))
    }
}

impl Places for Around<'_> {
    fn link(&self, target: &str) -> Option<Target> {
        let target = target.trim();
        if let Some(fragment) = target.strip_prefix('#') {
            let page = self.elsewhere.as_deref().unwrap_or_default();
            let fragment = percent_decode_str(fragment).decode_utf8_lossy();
            return Some(Target::Inside(format!("{page}#{}", anchor(&fragment, self))));
        }
        if let Some(link) = link::outside(target) {
            return Some(Target::Outside(link.href));
        }
        if target.starts_with("//") || has_scheme(target) {
            return None;
        }
        let path = self.file(target)?;
        let fragment = target.split_once('#').map(|(_, fragment)| fragment);
        let decoded = fragment.map(|fragment| percent_decode_str(fragment).decode_utf8_lossy());
        if let Some(page) = self.page(&path, decoded.as_deref()) {
            return Some(Target::Inside(page));
        }
        // A file that is not there is nowhere to go to.
        if !self.site.documents.is_file(&path) && !self.site.documents.is_folder(&path) {
            return None;
        }
        words::source_url(self.site, &path, line(fragment)).map(Target::Outside)
    }

    fn image(&self, target: &str) -> Picture {
        let target = target.trim();
        if let Some(link) = link::outside(target) {
            return Picture::Linked(link.href);
        }
        if target.starts_with("//") || has_scheme(target) {
            return Picture::Text;
        }
        let Some(path) = self.file(target) else { return Picture::Text };
        match self.images.get(&path) {
            Some(file) => Picture::Shown(format!("{}{file}", self.root)),
            None if !self.site.documents.is_file(&path) => Picture::Text,
            None => words::source_url(self.site, &path, 1).map_or(Picture::Text, Picture::Linked),
        }
    }

    fn is_taken(&self, id: &str) -> bool {
        self.site.icons.is_drawn(id)
            || matches!(id, "main" | "contents" | "documents")
            || id.starts_with("fn")
    }
}

/// Returns whether an address says how it is to be opened, in a way that is not followed.
fn has_scheme(target: &str) -> bool {
    let end = target.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.'));
    end.is_some_and(|end| end > 0 && target[end..].starts_with(':'))
}

/// Returns the line that a link to a file on a host names: `#L12`, `#L12-L20`.
fn line(fragment: Option<&str>) -> usize {
    let digits = fragment.and_then(|fragment| fragment.strip_prefix('L'));
    let digits = digits.map(|digits| digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(1)
}

/// Returns the paths of the files that images of a document are, as far as they are files of the catalog.
pub(super) fn image_file(path: &str, target: &str) -> Option<String> {
    let target = target.trim().split(['?', '#']).next().unwrap_or_default();
    if target.starts_with("//") || has_scheme(target) {
        return None;
    }
    let decoded = percent_decode_str(target).decode_utf8().ok()?;
    match decoded.strip_prefix('/') {
        Some(rest) => normalise("", rest),
        None => normalise(folder_of(path), &decoded),
    }
}

//! One file, parsed: its text, its tree, and the documents in it.

use std::sync::Arc;

use super::recognise::{Folder, Piece, recognise, table};
use super::reference::{Reference, references, resolve};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::Kind;
use crate::model::config::Config;
use crate::source::{Source, SourceId, Span};
use crate::worktree::{Content, Files};
use crate::yaml::{self, Document, MAX_BYTES};

/// A file, parsed.
pub(super) struct Parsed {
    pub(super) source: Source,
    pub(super) document: Document,
    pub(super) pieces: Vec<Piece>,
    references: Vec<Reference>,
    pub(super) found: Vec<Diagnostic>,
}

impl Parsed {
    /// Returns what one file holds; `index` is the position its source will have.
    pub(super) fn read(index: usize, path: String, content: Content, config: &Config) -> Self {
        let id = SourceId::new(index);
        match text(id, content) {
            (text, None) => Self::of(id, path, text, config),
            (text, Some(finding)) => {
                let document = yaml::parse(id, &Arc::from(""), &mut Vec::new());
                let source = Source::new(path, text);
                Self { source, document, pieces: Vec::new(), references: Vec::new(), found: vec![finding] }
            }
        }
    }

    fn of(id: SourceId, path: String, text: Arc<str>, config: &Config) -> Self {
        let mut found = Vec::new();
        let document = yaml::parse(id, &text, &mut found);
        let folder = Folder::of(&path, config);
        let mut pieces = Vec::new();
        for root in document.roots() {
            pieces.extend(recognise(root, folder, &mut found));
        }
        if found.is_empty() && document.roots().next().is_none() {
            let finding =
                Diagnostic::new(Rule::EmptyDocument, Span::start_of(id), "this file holds no document");
            found.push(finding.help("write one, or remove the file"));
        }
        let mut references = Vec::new();
        for piece in &pieces {
            let node = document.node(piece.node);
            table(piece.kind, node).check(node, &mut found);
            if piece.kind == Kind::Entity {
                references.extend(self::references(node));
            }
        }
        Self { source: Source::new(path, text), document, pieces, references, found }
    }

    /// Puts the files that the documents name in their places.
    pub(super) fn resolve(&mut self, files: &dyn Files) {
        let references = std::mem::take(&mut self.references);
        if !references.is_empty() {
            resolve(&mut self.document, references, self.source.path(), files, &mut self.found);
        }
    }
}

/// Returns the text of a file, or what can be shown of it with why it cannot be read.
pub(super) fn text(id: SourceId, content: Content) -> (Arc<str>, Option<Diagnostic>) {
    match content {
        Content::Text(text) => {
            let finding = yaml::forbidden_character(id, &text);
            (text, finding)
        }
        Content::Bytes(bytes) => {
            let (text, finding) = yaml::text_of(id, bytes);
            (text.into(), finding)
        }
        Content::TooLarge(size) => (Arc::from(""), Some(too_large(id, size))),
    }
}

fn too_large(source: SourceId, size: u64) -> Diagnostic {
    let message =
        format!("this file has {} MiB; at most {} MiB are read", size.div_ceil(1 << 20), MAX_BYTES >> 20);
    Diagnostic::new(Rule::DocumentTooLarge, Span::start_of(source), message)
        .help("split it, or exclude it in portal.yaml")
}

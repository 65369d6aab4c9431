//! The versions of the files that a commit changed, compared document by document.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::part::{self, short};
use super::{Change, DataFiles, Fate};
use crate::catalog::{self, Named};
use crate::git::{Blob, FileChange, Reader};
use crate::history::node::same;
use crate::model::Kind;
use crate::model::config::Config;
use crate::source::SourceId;
use crate::worktree::CONFIG_FILE;
use crate::yaml::{self, Document, MAX_BYTES, Node};

/// What a file is at least counted as: a version of no bytes is work as well.
const LEAST_BYTES: u64 = 256;

/// What tells a document from all others.
type Key<'a> = (Kind, Option<&'a str>, &'a str);

/// Returns how many bytes the versions of a file have.
pub(super) fn bytes(reader: &Reader, file: &FileChange) -> u64 {
    let of = |blob: Option<Blob>| blob.map_or(0, |blob| reader.size(blob).max(LEAST_BYTES));
    of(file.old) + of(file.new)
}

/// Returns what a commit that changed these files did to documents, in the order of files, then of documents. A document
/// that is in another file than before has moved.
pub(super) fn changes(
    reader: &Reader,
    files: &[FileChange],
    config: &Config,
    data: &DataFiles,
) -> Vec<Change> {
    let mut found = Vec::new();
    for (number, file) in files.iter().enumerate() {
        let own = match data.change(file) {
            Some(change) => vec![change],
            None => compare(reader, file, config),
        };
        found.extend(own.into_iter().map(|change| (number, change)));
    }
    moves(reader, files, config, &mut found);
    found.into_iter().map(|(_, change)| change).collect()
}

/// A version of a file.
struct Version {
    document: Document,
    /// Whether nothing is missing for a mistake.
    is_whole: bool,
}

impl Version {
    /// Returns a version; of a file that is not there, nothing.
    fn read(reader: &Reader, blob: Option<Blob>) -> Self {
        let Some(blob) = blob else { return Self::of("", true) };
        match reader.bytes(blob, MAX_BYTES) {
            None => Self::of("", false),
            Some(bytes) => {
                let (text, mistake) = yaml::text_of(SourceId::new(0), bytes);
                Self::of(&text, mistake.is_none())
            }
        }
    }

    fn of(text: &str, is_text: bool) -> Self {
        let (document, is_whole) = catalog::tree(&Arc::from(text));
        Self { document, is_whole: is_whole && is_text }
    }

    fn named<'a>(&'a self, file: &'a FileChange, config: &Config) -> Vec<Named<'a>> {
        catalog::named(&self.document, &file.path, config)
    }
}

fn key<'a>(named: &Named<'a>) -> Key<'a> {
    (named.kind, named.blueprint, named.identifier)
}

/// Returns what became of the documents of a file.
fn compare(reader: &Reader, file: &FileChange, config: &Config) -> Vec<Change> {
    let (old, new) = (Version::read(reader, file.old), Version::read(reader, file.new));
    if file.path == CONFIG_FILE {
        return configuration(file, &old, &new);
    }
    let (olds, news) = (old.named(file, config), new.named(file, config));
    let was: FxHashMap<Key<'_>, &Named<'_>> = olds.iter().map(|named| (key(named), named)).collect();
    let is: FxHashMap<Key<'_>, &Named<'_>> = news.iter().map(|named| (key(named), named)).collect();
    let mut changes = Vec::new();
    let mut added = Vec::new();
    let mut removed: Vec<&Named<'_>> = olds.iter().filter(|named| !is.contains_key(&key(named))).collect();
    for named in &news {
        match was.get(&key(named)) {
            None => added.push(named),
            Some(before) if same(before.node, named.node) => {}
            Some(before) => changes.push(changed(file, named, before.node, Fate::Changed)),
        }
    }
    // Of a version with a mistake it is not known what it does not have.
    if !old.is_whole {
        added.clear();
    }
    if !new.is_whole {
        removed.clear();
    }
    if let ([new], [old]) = (added.as_slice(), removed.as_slice())
        && (new.kind, new.blueprint) == (old.kind, old.blueprint)
    {
        changes.push(changed(file, new, old.node, Fate::Renamed(short(old.identifier))));
        return changes;
    }
    changes.extend(added.into_iter().map(|named| change(file, named, Fate::Created)));
    changes.extend(removed.into_iter().map(|named| change(file, named, Fate::Removed)));
    changes
}

fn configuration(file: &FileChange, old: &Version, new: &Version) -> Vec<Change> {
    let root = |version: &'_ Version| version.document.roots().next().map(|node| node.id());
    let fate = match (file.old, file.new) {
        (None, _) => Fate::Created,
        (_, None) => Fate::Removed,
        _ => Fate::Changed,
    };
    let (parts, more) = match (root(old), root(new)) {
        (Some(was), Some(is)) => part::compare(Kind::Page, old.document.node(was), new.document.node(is)),
        _ => (Vec::new(), 0),
    };
    if fate == Fate::Changed && parts.is_empty() {
        return Vec::new();
    }
    let identifier = CONFIG_FILE.to_string();
    let path = file.path.clone();
    vec![Change {
        kind: None,
        blueprint: None,
        identifier,
        title: None,
        path,
        fate,
        parts,
        more,
        is_data: false,
    }]
}

fn change(file: &FileChange, named: &Named<'_>, fate: Fate) -> Change {
    Change {
        kind: Some(named.kind),
        blueprint: named.blueprint.map(short),
        identifier: short(named.identifier),
        title: named.node.get("title").and_then(Node::as_str).map(short),
        path: file.path.clone(),
        fate,
        parts: Vec::new(),
        more: 0,
        is_data: false,
    }
}

fn changed(file: &FileChange, named: &Named<'_>, old: Node<'_>, fate: Fate) -> Change {
    let (parts, more) = part::compare(named.kind, old, named.node);
    Change { parts, more, ..change(file, named, fate) }
}

/// Makes one change of a document that one file lost and another got.
fn moves(reader: &Reader, files: &[FileChange], config: &Config, found: &mut Vec<(usize, Change)>) {
    type Name = (Option<Kind>, Option<String>, String);
    let name = |change: &Change| (change.kind, change.blueprint.clone(), change.identifier.clone());
    let mut lost: FxHashMap<Name, usize> = FxHashMap::default();
    if !found.iter().any(|(_, change)| change.fate == Fate::Created) {
        return;
    }
    for (at, (_, change)) in found.iter().enumerate() {
        if change.fate == Fate::Removed && !change.is_data {
            lost.insert(name(change), at);
        }
    }
    let mut gone = Vec::new();
    for at in 0..found.len() {
        let (number, change) = &found[at];
        let from =
            (change.fate == Fate::Created && !change.is_data).then(|| lost.remove(&name(change))).flatten();
        let Some(from) = from else { continue };
        let (old, new) = (&files[found[from].0], &files[*number]);
        let (parts, more) = moved(reader, (old, new), config, change);
        let change = &mut found[at].1;
        change.fate = Fate::Moved(old.path.clone());
        (change.parts, change.more) = (parts, more);
        gone.push(from);
    }
    gone.sort_unstable();
    let mut at = 0;
    found.retain(|_| {
        at += 1;
        gone.binary_search(&(at - 1)).is_err()
    });
}

/// Returns what changed of a document on its way from one file to another.
fn moved(
    reader: &Reader,
    (old, new): (&FileChange, &FileChange),
    config: &Config,
    change: &Change,
) -> (Vec<part::Part>, usize) {
    if old.old == new.new {
        return (Vec::new(), 0);
    }
    let (was, is) = (Version::read(reader, old.old), Version::read(reader, new.new));
    let find = |named: Vec<Named<'_>>| {
        let mut all = named.into_iter();
        all.find(|named| Some(named.kind) == change.kind && short(named.identifier) == change.identifier)
            .map(|named| named.node.id())
    };
    match (find(was.named(old, config)), find(is.named(new, config)), change.kind) {
        (Some(from), Some(to), Some(kind)) => {
            part::compare(kind, was.document.node(from), is.document.node(to))
        }
        _ => (Vec::new(), 0),
    }
}

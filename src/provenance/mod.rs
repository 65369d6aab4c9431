//! Provenance: which template a service was made from, with which answers, and what has changed since.
//!
//! A service carries its own record, `.portal/scaffold.yaml`, so that it can be moved, and asked, without anything else.
//! What is current and what is behind is worked out from the record, the template as it is now, and Git.

mod age;
mod drift;
mod record;
mod service;

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::model::scaffold;
use crate::worktree::Tree;

pub use age::Age;
pub use drift::{FileState, drift};
pub use record::{parse, read, text};
pub use service::{Faulty, Service, all, of, record_path};

/// Where the record of a service is, below its folder.
pub const RECORD: &str = ".portal/scaffold.yaml";

/// The schema of records.
pub const SCHEMA: &str = "portal.scaffold/v1";

/// Which template, and which state of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// How the template is named, wherever one is: an identifier of the catalog (`http-service`), an address
    /// (`https://host/org/repo//sub/dir`), or a folder relative to the catalog root. Never a path of one machine, unless
    /// the person gave one that leads out of the catalog.
    pub template: String,
    /// The tag, or another revision, that was asked for.
    pub tag: Option<String>,
    /// The commit that holds the template.
    pub commit: Option<String>,
    /// Whether the commit holds the template as it was used. It does not when there were changes that nobody had committed.
    pub is_committed: bool,
    /// The digest of the template's files: SHA-256, in hexadecimal.
    pub digest: String,
}

/// Returns the digest of a file's bytes: SHA-256, in hexadecimal.
pub fn digest_of(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes).as_slice())
}

/// Returns the digest of a template: of the paths, modes and bytes of its document and of the files that it makes. Its
/// tests, and what else is in its folder, are no part of it.
pub fn digest_of_tree(tree: &Tree) -> String {
    let made = |path: &str| {
        path == scaffold::FILE
            || [scaffold::TEMPLATE, scaffold::REPOSITORY].iter().any(|folder| is_below(path, folder))
    };
    let all = !tree.files.iter().any(|file| file.path == scaffold::FILE);
    let mut hasher = Sha256::new();
    for file in tree.files.iter().filter(|file| all || made(&file.path)) {
        let head = format!("{}\0{}\0{}\0", file.path, u8::from(file.executable), file.bytes.len());
        hasher.update(head.as_bytes());
        hasher.update(&file.bytes);
    }
    hex(hasher.finalize().as_slice())
}

/// Returns what the template `tree` in `folder` is made of, files and folders, below what `folder` is below: that of which
/// its digest is.
pub fn parts(folder: &str, tree: &Tree) -> Vec<String> {
    let below = |name: &str| if folder.is_empty() { name.to_string() } else { format!("{folder}/{name}") };
    match tree.file(scaffold::FILE) {
        Some(_) => [scaffold::FILE, scaffold::TEMPLATE, scaffold::REPOSITORY].map(below).to_vec(),
        None => vec![folder.to_string()],
    }
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The record of a service.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// The template.
    pub origin: Origin,
    /// The version of portal that wrote it.
    pub portal: String,
    /// The answers, without secrets.
    pub answers: Map<String, Value>,
    /// The entity that was made, if one was.
    pub entity: Option<RecordedEntity>,
    /// The files of `template/`: the digest of each by its path below the service's folder.
    pub files: BTreeMap<String, String>,
    /// The files of `repository/`: the digest of each by its path below the root.
    pub repository: BTreeMap<String, String>,
    /// The lines that were added: the file, below the root, and the line.
    pub appended: Vec<(String, String)>,
    /// An update that was begun and has conflicts that nobody has resolved yet.
    pub updating: Option<Updating>,
}

/// An update that was begun: what the record will say once its conflicts are resolved.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Updating {
    /// The state of the template that it goes to.
    pub origin: Origin,
    /// The answers, without secrets.
    pub answers: Map<String, Value>,
    /// The files of `template/` as the new state makes them: the digest of each by its path below the service's folder.
    pub files: BTreeMap<String, String>,
    /// The files of `repository/` as the new state makes them: the digest of each by its path below the root.
    pub repository: BTreeMap<String, String>,
    /// The lines that the new state adds: the file, below the root, and the line.
    pub appended: Vec<(String, String)>,
    /// The entity as the new state makes it.
    pub entity: Option<RecordedEntity>,
    /// The files that a person must decide about, below the root.
    pub conflicts: Vec<String>,
}

/// The entity in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedEntity {
    /// Its blueprint.
    pub blueprint: String,
    /// Its identifier.
    pub identifier: String,
    /// Its file, below the catalog root.
    pub file: String,
    /// The digest of the file as it was written.
    pub digest: String,
}

//! The list of the files that portal put into a folder, with what some of them were made from.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::{Error, create};

/// The name of the manifest, in the folder it describes.
pub const MANIFEST: &str = ".portal-site.json";

/// What a file was made from, and what became of it, as hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Made {
    /// Everything that the file depends on.
    pub(super) from: u64,
    /// Its bytes.
    pub(super) bytes: u64,
}

/// A file of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) made: Option<Made>,
}

/// Returns the files of the build that made `folder`, sorted, or `None` when portal did not make it.
pub(super) fn read(folder: &Path) -> Option<Vec<Entry>> {
    let text = fs::read_to_string(folder.join(MANIFEST)).ok()?;
    let Value::Object(mut manifest) = serde_json::from_str(&text).ok()? else { return None };
    let Value::Array(files) = manifest.remove("files")? else { return None };
    // A manifest is a file that anybody can edit: what it names must still be inside the folder.
    let mut files: Vec<Entry> =
        files.iter().filter_map(entry).filter(|entry| super::is_plain(&entry.path)).collect();
    files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Some(files)
}

/// Returns the file that a line of the manifest names: a path, or a path and two hashes.
fn entry(line: &Value) -> Option<Entry> {
    let Value::Array(parts) = line else {
        return Some(Entry { path: line.as_str()?.to_string(), made: None });
    };
    let hash = |at: usize| u64::from_str_radix(parts.get(at)?.as_str()?, 16).ok();
    let made = hash(1).zip(hash(2)).map(|(from, bytes)| Made { from, bytes });
    Some(Entry { path: parts.first()?.as_str()?.to_string(), made })
}

/// Writes the manifest of a build into `folder`, one file a line; `files` are sorted.
pub(super) fn write<'a>(folder: &Path, files: impl Iterator<Item = &'a Entry>) -> Result<(), Error> {
    let mut text = String::from("{\"generator\": \"portal\", \"version\": 1, \"files\": [");
    for (at, file) in files.enumerate() {
        text.push_str(if at == 0 { "\n" } else { ",\n" });
        let line = match file.made {
            None => json!(file.path),
            Some(made) => json!([file.path, format!("{:016x}", made.from), format!("{:016x}", made.bytes)]),
        };
        text.push_str(&line.to_string());
    }
    text.push_str("\n]}\n");
    let path = folder.join(MANIFEST);
    create(&path, text.as_bytes()).map_err(Error::at(&path))
}

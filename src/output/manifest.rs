//! The list of the files that portal put into a folder, with what they hold and what some were made from.

use std::fs::{self, Metadata};
use std::io::Write;
use std::path::Path;

use serde::Deserialize;
use xxhash_rust::xxh3::xxh3_64;

use super::{Error, create};

/// The name of the manifest, in the folder it describes.
pub const MANIFEST: &str = ".portal-site.json";

/// A file of a build.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) size: u64,
    /// The hash of its bytes.
    pub(super) hash: u64,
    /// The hash of everything that it depends on, when that is known.
    pub(super) from: Option<u64>,
}

impl Entry {
    pub(super) fn new(path: &str, bytes: &[u8], from: Option<u64>) -> Self {
        Self { path: path.to_string(), size: bytes.len() as u64, hash: xxh3_64(bytes), from }
    }

    /// Returns whether the file holds these bytes, if nobody changed it.
    pub(super) fn is(&self, other: &Self) -> bool {
        (self.size, self.hash) == (other.size, other.hash)
    }
}

/// The build that made a folder.
#[derive(Debug)]
pub(super) struct Earlier {
    /// Its files, sorted by path.
    pub(super) entries: Vec<Entry>,
    /// When the manifest was put there: after all the files.
    published: Option<Stamp>,
}

impl Earlier {
    /// Returns what is known of a folder of somebody else: nothing.
    pub(super) fn unknown() -> Self {
        Self { entries: Vec::new(), published: None }
    }

    pub(super) fn find(&self, path: &str) -> Option<&Entry> {
        let at = self.entries.binary_search_by(|entry| entry.path.as_str().cmp(path)).ok()?;
        self.entries.get(at)
    }

    /// Returns whether the file in `folder` is surely as it was published: every change and every copy of a file
    /// makes it newer than the manifest. When it is not sure, the file has to be read.
    pub(super) fn is_untouched(&self, folder: &Path, entry: &Entry) -> bool {
        let Some(published) = self.published else { return false };
        let Ok(file) = fs::symlink_metadata(folder.join(&entry.path)) else { return false };
        file.is_file() && file.len() == entry.size && stamp(&file).is_some_and(|stamp| stamp < published)
    }
}

/// Seconds and nanoseconds since 1970.
type Stamp = (i64, i64);

/// Returns when a file was last changed, renamed or copied: no program can set this time back.
#[cfg(unix)]
fn stamp(metadata: &Metadata) -> Option<Stamp> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.ctime(), metadata.ctime_nsec()))
}

/// Returns when the bytes of a file were last changed.
#[cfg(not(unix))]
fn stamp(metadata: &Metadata) -> Option<Stamp> {
    let since = metadata.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some((i64::try_from(since.as_secs()).ok()?, i64::from(since.subsec_nanos())))
}

/// The manifest as it is written.
#[derive(Deserialize)]
struct Manifest {
    files: Vec<Line>,
}

/// Path, size, and the two hashes in hexadecimal.
type Line = (String, u64, String, Option<String>);

/// Returns the build that made `folder`, or `None` when portal did not make it.
pub(super) fn read(folder: &Path) -> Option<Earlier> {
    let path = folder.join(MANIFEST);
    let published = fs::symlink_metadata(&path).ok().and_then(|metadata| stamp(&metadata));
    let manifest: Manifest = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
    // A manifest is a file that anybody can edit: what it names must still be inside the folder.
    let lines = manifest.files.into_iter().filter(|(path, ..)| super::is_plain(path));
    let number = |hash: &str| u64::from_str_radix(hash, 16).ok();
    let mut entries: Vec<Entry> = lines
        .filter_map(|(path, size, hash, from)| {
            Some(Entry { path, size, hash: number(&hash)?, from: from.as_deref().and_then(number) })
        })
        .collect();
    entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Some(Earlier { entries, published })
}

/// Writes the manifest of a build into `folder`, one file a line; `files` are sorted.
pub(super) fn write<'a>(folder: &Path, files: impl Iterator<Item = &'a Entry>) -> Result<(), Error> {
    let path = folder.join(MANIFEST);
    let text = text(files).map_err(Error::at(&path))?;
    create(&path, &text).map_err(Error::at(&path))
}

fn text<'a>(files: impl Iterator<Item = &'a Entry>) -> std::io::Result<Vec<u8>> {
    let mut text = b"{\"generator\": \"portal\", \"version\": 1, \"files\": [".to_vec();
    for (at, file) in files.enumerate() {
        text.extend_from_slice(if at == 0 { b"\n[" } else { b",\n[" });
        serde_json::to_writer(&mut text, &file.path)?;
        write!(text, ", {}, \"{:016x}\", ", file.size, file.hash)?;
        match file.from {
            Some(from) => write!(text, "\"{from:016x}\"]")?,
            None => text.extend_from_slice(b"null]"),
        }
    }
    text.extend_from_slice(b"\n]}\n");
    Ok(text)
}

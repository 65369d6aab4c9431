//! The list of the files that portal put into a folder.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{Error, create};

/// The name of the manifest, in the folder it describes.
pub const MANIFEST: &str = ".portal-site.json";

/// Returns the files of the build that made `folder`, sorted, or `None` when portal did not make it.
pub(super) fn read(folder: &Path) -> Option<Vec<String>> {
    let text = fs::read_to_string(folder.join(MANIFEST)).ok()?;
    let Value::Object(mut manifest) = serde_json::from_str(&text).ok()? else { return None };
    let Value::Array(files) = manifest.remove("files")? else { return None };
    let name = |file| if let Value::String(name) = file { Some(name) } else { None };
    // A manifest is a file that anybody can edit: what it names must still be inside the folder.
    let mut files: Vec<String> = files.into_iter().filter_map(name).filter(|path| super::is_plain(path)).collect();
    files.sort_unstable();
    Some(files)
}

/// Writes the manifest of a build into `folder`, one file a line.
pub(super) fn write<'a>(folder: &Path, files: impl Iterator<Item = &'a str>) -> Result<(), Error> {
    let mut files: Vec<&str> = files.collect();
    files.sort_unstable();
    let mut text = String::from("{\"generator\": \"portal\", \"version\": 1, \"files\": [\n");
    for (at, file) in files.iter().enumerate() {
        text.push_str(&Value::from(*file).to_string());
        text.push_str(if at + 1 < files.len() { ",\n" } else { "\n" });
    }
    text.push_str("]}\n");
    let path = folder.join(MANIFEST);
    create(&path, text.as_bytes()).map_err(Error::at(&path))
}

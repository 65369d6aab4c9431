//! What earlier runs read of the history, kept in the user's cache folder: commits never change.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use super::Failure;
use super::open::Opened;
use crate::git::History;
use crate::history::timeline::{self, Memory, Timeline};

/// The variable that names the folder of what is kept, in place of the user's cache folder; empty keeps nothing.
const FOLDER: &str = "PORTAL_CACHE";

/// Returns what the commits up to `revision` did to the catalog; nothing without a repository. What is remembered is read
/// from there, and what is new is remembered; where that does not work, all is read each time.
pub(super) fn timeline(opened: &Opened, revision: &str) -> Result<Timeline, Failure> {
    let config = opened.portal.catalog.config();
    let most = config.history.unwrap_or(timeline::USUAL);
    if most == 0 {
        return Ok(Timeline::default());
    }
    let Some(history) = History::open(&opened.root, revision, Some(&opened.prefix)) else {
        return Ok(Timeline::default());
    };
    let key = Memory::key(config, &opened.prefix);
    let place = folder().map(|folder| folder.join(name(&opened.root, &opened.prefix)));
    let mut memory = place.as_deref().and_then(|place| read(place, &key)).unwrap_or_default();
    let timeline = Timeline::read(&history, config, most, &mut memory)?;
    if let Some(place) = place.filter(|_| memory.is_new()) {
        // Only time is lost: the next run reads the same again.
        let _ = write(&place, &key, &memory);
    }
    Ok(timeline)
}

/// Returns the folder of what is kept, as each system's custom is.
fn folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    if let Some(folder) = variable(FOLDER) {
        return (!folder.as_os_str().is_empty()).then_some(folder);
    }
    let absolute = |folder: &PathBuf| folder.is_absolute();
    let home = || variable("HOME").filter(absolute);
    let cache = match std::env::consts::OS {
        "windows" => variable("LOCALAPPDATA").filter(absolute),
        "macos" => home().map(|home| home.join("Library/Caches")),
        _ => variable("XDG_CACHE_HOME").filter(absolute).or_else(|| home().map(|home| home.join(".cache"))),
    };
    cache.map(|cache| cache.join("portal"))
}

/// Returns the file for a catalog: one each, so that none is in another's way.
fn name(root: &Path, prefix: &str) -> String {
    format!("history-{:016x}.jsonl", xxh3_64(format!("{}\0{prefix}", root.display()).as_bytes()))
}

fn read(place: &Path, key: &str) -> Option<Memory> {
    Memory::read(BufReader::new(File::open(place).ok()?), key).ok()
}

fn write(place: &Path, key: &str, memory: &Memory) -> io::Result<()> {
    let folder = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    let mut out = BufWriter::new(&mut file);
    memory.write(key, &mut out)?;
    out.flush()?;
    drop(out);
    file.persist(place).map_err(|error| error.error)?;
    Ok(())
}

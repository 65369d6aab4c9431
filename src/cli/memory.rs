//! What earlier runs read of the history, kept in the user's cache folder: commits never change.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use xxhash_rust::xxh3::xxh3_64;

use super::Failure;
use super::open::Opened;
use crate::git::{self, History};
use crate::history::timeline::{self, DataFiles, Memory, Timeline};
use crate::history::{self, Sightings, Trends};

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
    let data = DataFiles::of(&opened.portal.catalog);
    let key = Memory::key(config, &data, &opened.prefix);
    let place = place(opened, "history");
    let mut memory = place.as_deref().and_then(open).and_then(|text| Memory::read(text, &key).ok());
    let memory = memory.get_or_insert_default();
    let timeline = Timeline::read(&history, config, &data, most, memory)?;
    if let Some(place) = place.filter(|_| memory.is_new()) {
        // Only time is lost: the next run reads the same again.
        let _ = write(&place, |out| memory.write(&key, out));
    }
    Ok(timeline)
}

/// Returns how the scorecards, and what pages follow, have come along up to `revision`, remembered alike. Not in a shallow
/// clone: when there is more of the history later, a commit may be judged otherwise, by when its files were changed.
pub(super) fn trends(opened: &Opened, revision: &str) -> Trends {
    let is_whole = git::is_shallow(&opened.root).is_ok_and(|is_shallow| !is_shallow);
    let place = place(opened, "levels").filter(|_| is_whole);
    let key = Sightings::key(&opened.portal, &opened.prefix);
    let mut sightings = place.as_deref().and_then(open).and_then(|text| Sightings::read(text, &key).ok());
    let sightings = sightings.get_or_insert_default();
    let trends = history::trends(&opened.portal, &opened.root, revision, sightings);
    if let Some(place) = place.filter(|_| sightings.is_new()) {
        // Only time is lost here, too.
        let _ = write(&place, |out| sightings.write(&key, out));
    }
    trends
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

/// Returns the file of a sort for a catalog: one each, so that none is in another's way.
fn place(opened: &Opened, sort: &str) -> Option<PathBuf> {
    let hash = xxh3_64(format!("{}\0{}", opened.root.display(), opened.prefix).as_bytes());
    Some(folder()?.join(format!("{sort}-{hash:016x}.jsonl")))
}

fn open(place: &Path) -> Option<BufReader<File>> {
    Some(BufReader::new(File::open(place).ok()?))
}

fn write(
    place: &Path,
    text: impl FnOnce(&mut BufWriter<&mut NamedTempFile>) -> io::Result<()>,
) -> io::Result<()> {
    let folder = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    let mut out = BufWriter::new(&mut file);
    text(&mut out)?;
    out.flush()?;
    drop(out);
    file.persist(place).map_err(|error| error.error)?;
    Ok(())
}

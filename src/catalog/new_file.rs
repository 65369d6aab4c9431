//! Where the file of a new entity goes, and what it is called.

use std::collections::BTreeSet;

use xxhash_rust::xxh3::xxh3_64;

use crate::model::Kind;
use crate::model::config::Config;
use crate::model::identifier::segment;
use crate::worktree::{Files, normalise};

/// A name of a file or folder is no longer than this, its extension left out.
const LONGEST: usize = 80;

/// The paths of a catalog that are taken, and those that new entities may have.
pub struct NewFiles<'a> {
    files: &'a dyn Files,
    config: &'a Config,
    /// Whether there is no catalog yet, whatever else there is.
    begins: bool,
    /// The files of the catalog; read when the first is asked for.
    listed: Option<Listed>,
}

/// What a catalog consists of.
struct Listed {
    paths: Vec<String>,
    /// The same, in lower case: on some disks, names that differ only by case are one.
    lower: BTreeSet<String>,
    /// Whether the catalog has none of the folders of the kinds, and is all there is.
    whole: bool,
}

impl<'a> NewFiles<'a> {
    /// Returns the paths of the catalog `files` with this configuration.
    pub fn new(config: &'a Config, files: &'a dyn Files) -> Self {
        Self { files, config, begins: false, listed: None }
    }

    /// Returns the paths of a catalog that begins with these entities: they go to the folder for entities, whatever other
    /// documents lie around.
    pub fn of_new_catalog(config: &'a Config, files: &'a dyn Files) -> Self {
        Self { begins: true, ..Self::new(config, files) }
    }

    /// Returns the path of a file for the entity `identifier` of `blueprint`, below the catalog root, and whether its
    /// folder says the blueprint. No file of the catalog and none of `new` is called so, whatever the case of its letters,
    /// but for those that are `gone`.
    ///
    /// # Errors
    /// Why there is none: files cannot be listed, or the configuration names no folder that entities could be in.
    pub fn path(
        &mut self,
        blueprint: &str,
        identifier: &str,
        new: &[&str],
        gone: &dyn Fn(&str) -> bool,
    ) -> Result<(String, bool), String> {
        let listed = match self.listed.take() {
            Some(listed) => listed,
            None => self.list()?,
        };
        let listed = self.listed.insert(listed);
        let root = folder(self.config, listed.whole)?;
        let safe = readable(blueprint, "blueprint");
        let paths = || listed.paths.iter().map(String::as_str).chain(new.iter().copied());
        let folder = existing(paths(), &root, &safe).unwrap_or(safe);
        let folder_says = folder == blueprint && !listed.whole;
        let taken = |path: &str| {
            let lower = path.to_lowercase();
            let listed = listed.lower.contains(&lower) && !gone(path);
            let new = new.iter().any(|new| new.to_lowercase() == lower);
            listed
                || new
                || (!gone(path) && self.files.reference(path, 0).err().as_deref() != Some("does not exist"))
        };
        let file = readable(identifier, "entity");
        let hash = xxh3_64(identifier.as_bytes()) >> 32;
        let others = (2..100).map(|number| format!("{file}-{hash:08x}-{number}"));
        let names = [file.clone(), format!("{file}-{hash:08x}")].into_iter().chain(others);
        let mut paths = names.map(|file| format!("{root}{folder}/{file}.yaml"));
        let path = paths.find(|path| !taken(path)).ok_or("there is no name left for a file")?;
        Ok((path, folder_says))
    }

    fn list(&self) -> Result<Listed, String> {
        let selection = self.config.selection();
        let paths = self.files.list(&selection).map_err(|error| error.to_string())?.files;
        let foldered = selection.compile(|_| true);
        let whole = !self.begins && paths.iter().any(|path| !foldered.takes(path));
        let lower = paths.iter().map(|path| path.to_lowercase()).collect();
        Ok(Listed { paths, lower, whole })
    }
}

/// Returns the folder of new entities, ending in `/`: the first that the configuration has for entities. A catalog
/// without such folders would no longer be whole if it got one.
fn folder(config: &Config, whole: bool) -> Result<String, String> {
    if whole {
        return Ok(String::new());
    }
    let folder = config.folders(Kind::Entity).first().copied().unwrap_or("entities");
    let inside = normalise("", folder).filter(|inside| inside == folder);
    inside.map(|inside| format!("{inside}/")).ok_or_else(|| format!("`{folder}` is no folder for entities"))
}

/// Returns the folder below `root` that is there already and differs from `folder` at most by case.
fn existing<'p>(paths: impl Iterator<Item = &'p str>, root: &str, folder: &str) -> Option<String> {
    let folders = paths.filter_map(|path| path.strip_prefix(root)?.split_once('/').map(|(folder, _)| folder));
    let mut alike: Vec<&str> = folders.filter(|there| there.eq_ignore_ascii_case(folder)).collect();
    // The very same, where there are several.
    alike.sort_by_key(|there| (*there != folder, *there));
    alike.first().map(|there| (*there).to_string())
}

/// Returns an identifier as the name of a file or folder: ASCII letters, digits, `.`, `_` and `-` stay, what else
/// there is becomes `-`, and it means nothing else to any system.
fn readable(identifier: &str, of: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let mut name = String::new();
    for c in identifier.chars() {
        let c = if plain(c) { c } else { '-' };
        if !(matches!(c, '-' | '.') && name.ends_with(c)) {
            name.push(c);
        }
    }
    let edge = ['-', '.'];
    let hash = xxh3_64(identifier.as_bytes()) >> 32;
    let mut name = match name.trim_matches(edge) {
        "" => format!("{of}-{hash:08x}"),
        name if name.len() > LONGEST => format!("{}-{hash:08x}", name[..LONGEST - 9].trim_end_matches(edge)),
        name => name.to_string(),
    };
    // Windows keeps some names for devices, whatever their extension.
    if segment(&name) != name {
        name.insert_str(0, "x-");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_readable_and_mean_nothing_else() {
        for (identifier, expected) in [
            ("CartService", "CartService"),
            ("cart-pr-482", "cart-pr-482"),
            ("rita.okafor@marlow.example", "rita.okafor-marlow.example"),
            ("org/repo", "org-repo"),
            ("../../x", "x"),
            ("/etc/passwd", "etc-passwd"),
            ("..\\..\\x", "x"),
            ("a..b", "a.b"),
            (".git", "git"),
            ("-rf", "rf"),
            ("CON", "x-CON"),
            ("con.txt", "x-con.txt"),
            ("lpt1", "x-lpt1"),
            ("x.", "x"),
            ("a\nb\0c", "a-b-c"),
            ("__proto__", "__proto__"),
        ] {
            assert_eq!(readable(identifier, "entity"), expected, "{identifier:?}");
        }
        for odd in ["äöü", "...", "/", "", "日本"] {
            let name = readable(odd, "entity");
            assert!(name.starts_with("entity-") && name.len() == 15, "{odd:?}: {name}");
        }
        let long = readable(&"a".repeat(300), "entity");
        assert!(long.len() <= LONGEST && long.starts_with("aaa"), "{long}");
        assert_ne!(long, readable(&"a".repeat(301), "entity"));
    }
}

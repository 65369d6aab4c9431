//! Where each page is: paths inside the site, and links between pages.
//!
//! Links are relative and name files, so that the site works under any path and from a disk. Pages are in the
//! root or one folder below it, so a link from a page is its root (empty or `../`) and a path of this module.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::{BlueprintId, Catalog, Definition, EntityRef};
use crate::dialect::slug;
use crate::model::identifier::segment;
use crate::model::scorecard::Scorecard;

/// The folder of each blueprint, and whether it has a page.
#[derive(Debug)]
pub(super) struct Addresses {
    folders: Vec<Option<String>>,
}

impl Addresses {
    /// Returns the addresses of the pages of a catalog. A blueprint that the catalog did not declare has a page
    /// only when it has entities.
    pub(super) fn new(catalog: &Catalog) -> Self {
        let folder = |id| {
            let blueprint = catalog.blueprint(id);
            let shown = !blueprint.system || catalog.entities_of(id).len() > 0;
            shown.then(|| folder(&blueprint.identifier.value))
        };
        Self { folders: catalog.blueprints().map(|(id, _)| folder(id)).collect() }
    }

    /// Returns the folder of a blueprint that has pages.
    pub(super) fn folder(&self, blueprint: BlueprintId) -> Option<&str> {
        self.folders[blueprint.index()].as_deref()
    }

    /// Returns the path of page `number`, from 1, of a blueprint.
    pub(super) fn blueprint(&self, blueprint: BlueprintId, number: usize) -> Option<String> {
        let folder = self.folder(blueprint)?;
        // No entity's file is called so: `~` is followed by two digits there.
        let name = if number > 1 { format!("~page-{number}") } else { "index".into() };
        Some(format!("{folder}/{name}.html"))
    }

    /// Returns the path of an entity's page.
    pub(super) fn entity(&self, entity: EntityRef<'_>) -> String {
        self.below("", entity, ".html")
    }

    /// Returns the path of an entity's file among others under `root`.
    pub(super) fn below(&self, root: &str, entity: EntityRef<'_>, extension: &str) -> String {
        let folder = self.folder(entity.blueprint_id()).unwrap_or_default();
        let name = segment(entity.identifier());
        let mut path = String::with_capacity(root.len() + folder.len() + name.len() + extension.len() + 1);
        for part in [root, folder, "/", &name, extension] {
            path.push_str(part);
        }
        path
    }
}

/// The folders of the site's own pages.
pub(super) const SCORECARDS: &str = "scorecards";
pub(super) const INITIATIVES: &str = "initiatives";
pub(super) const ACTIONS: &str = "actions";
pub(super) const PAGES: &str = "pages";
pub(super) const GRAPH: &str = "graph";
pub(super) const TEAMS: &str = "teams";
pub(super) const AUDIT: &str = "audit";
/// The documents and the interface descriptions of entities: `docs/Component/cart/…`.
pub(super) const DOCUMENTS: &str = "docs";
/// What scripts load: the search index, the rows of tables.
pub(super) const DATA: &str = "data";

/// All of them.
const FOLDERS: [&str; 9] = [SCORECARDS, INITIATIVES, ACTIONS, PAGES, GRAPH, TEAMS, AUDIT, DOCUMENTS, DATA];

/// Returns the folder of a blueprint: its segment, kept apart from the files of the root (`portal.css`) and from the
/// folders of the site's own pages, also on disks that take capitals for small letters.
fn folder(identifier: &str) -> String {
    let folder = segment(identifier);
    let lower = folder.to_ascii_lowercase();
    let file = matches!(
        lower.rsplit_once('.'),
        Some((_, "html" | "css" | "js" | "xml" | "txt" | "json" | "svg" | "ico" | "png"))
    );
    match folder.bytes().next() {
        Some(first) if first != b'~' && (file || FOLDERS.contains(&lower.as_str())) => {
            format!("~{first:02X}{}", &folder[1..])
        }
        _ => folder.into_owned(),
    }
}

/// Returns the names of the files of a catalog's scorecards, in its order. One whose identifier others have, too, says
/// which blueprint it is for: `~of~` is in no segment.
pub(super) fn scorecards(catalog: &Catalog) -> Vec<String> {
    let identifier = |scorecard: &Scorecard| scorecard.identifier.value.to_ascii_lowercase();
    let mut shared: BTreeMap<String, usize> = BTreeMap::new();
    for definition in catalog.scorecards() {
        *shared.entry(identifier(&definition.value)).or_default() += 1;
    }
    let mut taken = BTreeSet::new();
    let name = |definition: &Definition<Scorecard>| {
        let scorecard = &definition.value;
        let mut name = segment(&scorecard.identifier.value).into_owned();
        if shared.get(&identifier(scorecard)).is_some_and(|count| *count > 1) {
            let blueprint = scorecard.blueprint.as_ref().map_or("", |blueprint| &blueprint.value);
            name.push_str(&format!("~of~{}", segment(blueprint)));
        }
        // Two of the same blueprint are a mistake, which is reported; both have a page all the same.
        while !taken.insert(name.to_ascii_lowercase()) {
            name.push_str("~again");
        }
        name
    };
    catalog.scorecards().iter().map(name).collect()
}

/// Returns the path of page `number`, from 1, of the scorecard whose files are called `name`.
pub(super) fn scorecard(name: &str, number: usize) -> String {
    let page = if number > 1 { format!("~page-{number}") } else { String::new() };
    format!("{SCORECARDS}/{name}{page}.html")
}

/// Returns the path of an initiative's page.
pub(super) fn initiative(identifier: &str) -> String {
    format!("{INITIATIVES}/{}.html", segment(identifier))
}

/// Returns the names of the files of these actions, in their order.
pub(super) fn actions<'a>(identifiers: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let name = |identifier: &str| {
        // A slug is plain, but may be called `index`.
        let mut name = segment(&slug(identifier)).into_owned();
        // Two of the same name are a mistake, which is reported; both have a page all the same.
        while !taken.insert(name.clone()) {
            name.push_str("~again");
        }
        name
    };
    identifiers.map(name).collect()
}

/// Returns the names of the files of these pages, in their order.
pub(super) fn pages<'a>(identifiers: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::from(["index".to_string()]);
    let name = |identifier: &str| {
        let mut name = segment(identifier).into_owned();
        // Two that differ by case alone would be one file on some disks.
        while !taken.insert(name.to_ascii_lowercase()) {
            name.push_str("~again");
        }
        name
    };
    identifiers.map(name).collect()
}

/// Returns the path of the page whose files are called `name`.
pub(super) fn page(name: &str) -> String {
    format!("{PAGES}/{name}.html")
}

/// Returns the path of the page of the action whose files are called `name`.
pub(super) fn action(name: &str) -> String {
    format!("{ACTIONS}/{name}.html")
}

/// Returns `text` as part of an address outside the site: what has a meaning there is escaped, slashes stay.
pub(super) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_keep_clear_of_files() {
        for (identifier, expected) in [
            ("Component", "Component"),
            ("portal.css", "~70ortal.css"),
            ("404.HTML", "~3404.HTML"),
            ("index.html", "~69ndex.html"),
            ("k8s/pod", "k8s~2Fpod"),
            ("v1.2", "v1.2"),
            ("scorecards", "~73corecards"),
            ("Initiatives", "~49nitiatives"),
            ("actions", "~61ctions"),
            ("docs", "~64ocs"),
            ("Data", "~44ata"),
        ] {
            assert_eq!(folder(identifier), expected);
        }
    }

    #[test]
    fn actions_have_files_of_their_own() {
        let names = actions(["deploy", "index", "deploy", "Deploy", "../x"].into_iter());
        assert_eq!(names[..3], ["deploy", "~69ndex", "deploy~again"]);
        assert!(names[3].starts_with("deploy-") && names[4].starts_with("x-"), "{names:?}");
    }

    #[test]
    fn paths_are_encoded() {
        assert_eq!(encode("a b/é#?.yaml"), "a%20b/%C3%A9%23%3F.yaml");
    }
}

//! Where descriptions are: in a property, in a file that a property names, in the folder of an entity.

use rustc_hash::FxHashMap;

use crate::catalog::{Catalog, EntityId, EntityRef, OwnFolders, folder_of};
use crate::model::identifier::segment;
use crate::model::property::{Property, Type};
use crate::source::{Sources, Span};
use crate::worktree::{Files, Selection, Unreadable, normalise};
use crate::yaml::{Kind, Node};

use super::recognise::{KEYS, by_name, by_text};

/// The most descriptions of one entity.
const MOST: usize = 20;

/// The files in an entity's folder, or in its folder `api` or `proto`, that are descriptions.
const NAMES: &[&str] = &[
    "**/openapi.{yaml,yml,json}",
    "**/swagger.{yaml,yml,json}",
    "**/asyncapi.{yaml,yml,json}",
    "**/*.{graphql,graphqls,gql}",
    "**/*.proto",
];

/// The folders below an entity's own that are looked into.
const BELOW: &[&str] = &["api", "proto"];

/// A description, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Whose interface it describes.
    pub entity: EntityId,
    /// What its files are called: one segment of a path, unique for the entity, also where case does not count.
    pub name: String,
    /// The number of the property that says it, among those of the blueprint.
    pub property: Option<usize>,
    /// Where the catalog says it.
    pub span: Option<Span>,
    /// Where it is.
    pub place: Place,
    /// The number of the description that this is another mention of: the same file, which is shown once.
    pub same: Option<usize>,
}

/// Where a description is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the file at this path, relative to the catalog root.
    File(String),
    /// In the value of the property.
    Value,
    /// At this address, which is not fetched.
    Address(String),
}

/// Returns the descriptions of a catalog, by entity.
///
/// # Errors
/// When the files cannot be listed.
pub fn find(catalog: &Catalog, sources: &Sources, files: &dyn Files) -> Result<Vec<Found>, Unreadable> {
    let said: Vec<Vec<usize>> = catalog
        .blueprints()
        .map(|(_, blueprint)| {
            let may = |(number, property): (usize, &Property)| Says::of(property).is_some().then_some(number);
            blueprint.properties.iter().enumerate().filter_map(may).collect()
        })
        .collect();
    let mut beside = beside(catalog, sources, files, &said)?;
    let mut all = Vec::new();
    for entity in catalog.entities() {
        let start = all.len();
        for &number in &said[entity.blueprint_id().index()] {
            all.extend(in_property(entity, number, sources));
        }
        for path in beside.remove(&entity.id()).unwrap_or_default() {
            let known = all[start..].iter().any(|found: &Found| found.place == Place::File(path.clone()));
            if !known {
                let name = stem(&path);
                let (entity, place) = (entity.id(), Place::File(path));
                all.push(Found { entity, name, property: None, span: None, place, same: None });
            }
        }
        all.truncate(start + MOST);
        distinguish(&mut all[start..]);
    }
    unite(&mut all);
    Ok(all)
}

/// Finds the descriptions that are mentioned more than once. A file belongs to the first entity that names it, and to the
/// one whose folder it is in when none does.
fn unite(all: &mut [Found]) {
    let mut first: FxHashMap<String, usize> = FxHashMap::default();
    for named in [true, false] {
        for (at, found) in all.iter_mut().enumerate() {
            let Place::File(path) = &found.place else { continue };
            if found.property.is_some() == named {
                let owner = *first.entry(path.clone()).or_insert(at);
                found.same = (owner != at).then_some(owner);
            }
        }
    }
}

/// How surely a property has descriptions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// It is declared to.
    Surely,
    /// It is called as Backstage calls them; its value decides.
    Perhaps,
}

impl Says {
    fn of(property: &Property) -> Option<Self> {
        let kind = matches!(property.kind, Some(Type::String | Type::Object));
        let declared = matches!(property.spec.as_deref(), Some("open-api" | "async-api"));
        match &property.identifier.value {
            _ if !kind => None,
            _ if declared || property.format() == Some("proto") => Some(Self::Surely),
            name if name == "definition" => Some(Self::Perhaps),
            name => {
                let rest = name.strip_prefix("definition").unwrap_or_default();
                rest.starts_with(|c: char| c.is_ascii_uppercase()).then_some(Self::Perhaps)
            }
        }
    }
}

/// Returns the description that a property of an entity says.
fn in_property(entity: EntityRef<'_>, number: usize, sources: &Sources) -> Option<Found> {
    let property = &entity.blueprint().properties[number];
    let says = Says::of(property)?;
    let node = entity.property(&property.identifier.value)?;
    let folder = folder_of(sources.get(entity.source()).path());
    let place = match node.kind() {
        Kind::Map if says == Says::Surely || KEYS.iter().any(|(key, _)| node.get(key).is_some()) => {
            Place::Value
        }
        Kind::String => of_text(node, says, folder, sources)?,
        _ => return None,
    };
    let name = match &place {
        Place::File(path) => stem(path),
        _ => segment(&property.identifier.value).into_owned(),
    };
    Some(Found {
        entity: entity.id(),
        name,
        property: Some(number),
        span: Some(node.span()),
        place,
        same: None,
    })
}

/// Returns what a text means: an address, a file, or itself.
fn of_text(node: Node<'_>, says: Says, folder: &str, sources: &Sources) -> Option<Place> {
    let text = node.as_str()?.trim();
    if text.starts_with("file://") {
        // The file cannot be had, which has been said.
        return None;
    }
    if let Some(path) = written_path(sources.text(node.span()), folder)
        && by_name(&path).is_some()
    {
        return Some(Place::File(path));
    }
    let one_word = !text.is_empty() && text.len() <= 2000 && !text.contains(char::is_whitespace);
    if one_word && (text.starts_with("https://") || text.starts_with("http://")) {
        return (says == Says::Surely).then(|| Place::Address(text.to_string()));
    }
    if one_word && by_name(text).is_some() && !text.contains(['{', ':']) {
        return Some(Place::File(resolve(text, folder)?));
    }
    match says {
        Says::Surely => (!text.is_empty()).then_some(Place::Value),
        Says::Perhaps => by_text(text).map(|_| Place::Value),
    }
}

/// Returns the path of the file whose content has taken the place of what is written: `file://…`, `{$text: …}`.
fn written_path(written: &str, folder: &str) -> Option<String> {
    let unquoted = written.trim().trim_matches(['"', '\'']);
    if let Some(path) = unquoted.strip_prefix("file://") {
        return resolve(path, folder);
    }
    let inner = unquoted.trim_matches(['{', '}']).trim();
    let (key, path) = inner.split_once(':')?;
    let key = key.trim().trim_matches(['"', '\'']);
    let path = path.trim().trim_matches(['"', '\'']);
    let whole = !path.is_empty() && !path.contains('\n');
    (whole && matches!(key, "$text" | "$json" | "$yaml")).then(|| resolve(path, folder))?
}

/// Returns a path that is written in a document in `folder`: from there with `./` or `../`, else from the root.
fn resolve(path: &str, folder: &str) -> Option<String> {
    let relative = path.starts_with("./") || path.starts_with("../");
    normalise(if relative { folder } else { "" }, path)
}

/// Returns the descriptions in the folders of entities, in path order.
fn beside(
    catalog: &Catalog,
    sources: &Sources,
    files: &dyn Files,
    said: &[Vec<usize>],
) -> Result<FxHashMap<EntityId, Vec<String>>, Unreadable> {
    let own = OwnFolders::new(catalog, sources);
    // Of several entities in one file, the one that is there to be described has the folder, else the first.
    let mut owners: FxHashMap<&str, (bool, EntityId)> = FxHashMap::default();
    for entity in catalog.entities() {
        let Ok(folder) = own.of(entity) else { continue };
        let described = !said[entity.blueprint_id().index()].is_empty();
        let known = owners.entry(folder).or_insert((described, entity.id()));
        if described && !known.0 {
            *known = (true, entity.id());
        }
    }
    if owners.is_empty() {
        return Ok(FxHashMap::default());
    }
    let include = NAMES.iter().map(ToString::to_string).collect();
    let listing = files.list(&Selection { include, ..Selection::default() })?;
    let mut beside: FxHashMap<EntityId, Vec<String>> = FxHashMap::default();
    for path in listing.files {
        let folder = folder_of(&path);
        let parent = || {
            let (parent, name) = folder.rsplit_once('/').unwrap_or(("", folder));
            BELOW.contains(&name).then(|| owners.get(parent))?
        };
        if let Some((_, entity)) = owners.get(folder).or_else(parent) {
            beside.entry(*entity).or_default().push(path);
        }
    }
    Ok(beside)
}

/// Returns the name of a file without its extension, as a segment of a path.
fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    segment(if name.is_empty() { "api" } else { name }).into_owned()
}

/// Gives descriptions of one entity different names.
fn distinguish(found: &mut [Found]) {
    for at in 1..found.len() {
        let base = found[at].name.clone();
        let mut number = 1;
        while found[..at].iter().any(|other| other.name.eq_ignore_ascii_case(&found[at].name)) {
            number += 1;
            found[at].name = format!("{base}~{number}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_found_where_they_are_written() {
        for (written, expected) in [
            ("file://services/cart/openapi.yaml", Some("services/cart/openapi.yaml")),
            ("\"file://./openapi.yaml\"", Some("apis/openapi.yaml")),
            ("{$text: ../b/x.proto}", Some("b/x.proto")),
            ("$text: ./x.graphql", Some("apis/x.graphql")),
            ("{\"$text\": \"./x.graphql\"}", Some("apis/x.graphql")),
            ("{$text: ../../x.proto}", None),
            ("openapi: 3.1.0", None),
        ] {
            assert_eq!(written_path(written, "apis").as_deref(), expected, "{written}");
        }
    }
}

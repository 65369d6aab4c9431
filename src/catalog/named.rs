//! The documents of one text by their names, without the catalog around them: what an earlier version of a file held.

use std::sync::Arc;

use super::load::stated;
use super::place::Stated;
use super::recognise::{Folder, Piece, recognise};
use crate::model::Kind;
use crate::model::config::Config;
use crate::model::entity::Entity;
use crate::source::SourceId;
use crate::yaml::{self, Document, Node};

/// A document, and what tells it from all others of its kind.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// What it is.
    pub kind: Kind,
    /// Of an entity and a scorecard, its blueprint.
    pub blueprint: Option<&'a str>,
    /// Its identifier.
    pub identifier: &'a str,
    /// The document.
    pub node: Node<'a>,
}

/// Returns the tree of a text that a catalog held, and whether it is whole: a document with a mistake is not in it.
pub fn tree(text: &Arc<str>) -> (Document, bool) {
    let mut found = Vec::new();
    let document = yaml::parse(SourceId::new(0), text, &mut found);
    (document, found.is_empty())
}

/// Returns the documents with names of the file at `path`, in their order. What is recognised, and what an entity is of, is
/// said by `config` and the place of the file, as when a catalog is loaded.
pub fn named<'a>(document: &'a Document, path: &'a str, config: &Config) -> Vec<Named<'a>> {
    let folder = Folder::of(path, config);
    let mut pieces = Vec::new();
    for root in document.roots() {
        pieces.extend(recognise(root, folder, &mut Vec::new()));
    }
    let named = |piece: Piece| {
        let node = document.node(piece.node);
        let text = |key: &str| node.get(key).and_then(Node::as_str).filter(|text| !text.is_empty());
        let (blueprint, identifier) = match piece.kind {
            Kind::Entity => {
                let entity = Entity::decode(node)?;
                let blueprint = match stated(document, piece, path, config) {
                    Stated::Name(name, _) | Stated::Folder(name) => name,
                    Stated::Nothing => return None,
                };
                (Some(blueprint), entity.identifier(document))
            }
            Kind::Scorecard => {
                let around = piece.blueprint.and_then(|id| document.node(id).as_str());
                let placed = folder.name.filter(|_| folder.kind == Some(Kind::Scorecard));
                (text("blueprint").or(around).or(placed), text("identifier")?)
            }
            Kind::Integration | Kind::Scaffold => (None, text("identifier").unwrap_or_else(|| stem(path))),
            _ => (None, text("identifier")?),
        };
        Some(Named { kind: piece.kind, blueprint, identifier, node })
    };
    pieces.into_iter().filter_map(named).collect()
}

/// Returns what a file is called: its name without what follows the dot; of a scaffold's, the folder it is in.
fn stem(path: &str) -> &str {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    if stem == "scaffold" { folder.rsplit('/').next().unwrap_or(stem) } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_named_as_when_they_are_loaded() {
        for (path, text, expected) in [
            ("entities/Component/a.yaml", "identifier: a", "entity Component a"),
            ("entities/a.yaml", "{identifier: a, blueprint: Component}", "entity Component a"),
            (
                "entities/a.yaml",
                "blueprint: Component\ndata: [{identifier: a}, {identifier: b}]",
                "entity Component a, entity Component b",
            ),
            ("entities/a.yaml", "identifier: a", ""),
            ("blueprints/a.yaml", "identifier: A", "blueprint - A"),
            ("scorecards/Component/a.yaml", "identifier: care", "scorecard Component care"),
            ("scorecards/a.yaml", "{identifier: care, blueprint: Api}", "scorecard Api care"),
            ("integrations/pager.yaml", "resources: []", "integration - pager"),
            ("waivers/w.yaml", "identifier: w\n---\nidentifier: v", "waiver - w, waiver - v"),
            ("entities/Component/a.yaml", "identifier: [", ""),
        ] {
            let text: Arc<str> = text.into();
            let (document, _) = tree(&text);
            let config = Config::default();
            let named = named(&document, path, &config);
            let words = |named: &Named<'_>| {
                format!("{} {} {}", named.kind.name(), named.blueprint.unwrap_or("-"), named.identifier)
            };
            assert_eq!(named.iter().map(words).collect::<Vec<_>>().join(", "), expected, "{path}: {text}");
        }
    }
}

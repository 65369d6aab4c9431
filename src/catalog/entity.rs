//! One entity, as it is read: what is written of it, and what integrations add.

use super::facts::{Fact, Part};
use super::{BlueprintId, Catalog, EntityId, Record};
use crate::model::blueprint::Blueprint;
use crate::model::entity::Entity;
use crate::source::{SourceId, Span};
use crate::yaml::{Document, Node};

/// An entity of a catalog, with what is needed to read it.
#[derive(Debug, Clone, Copy)]
pub struct EntityRef<'a> {
    catalog: &'a Catalog,
    id: EntityId,
    record: &'a Record,
    document: &'a Document,
}

impl<'a> EntityRef<'a> {
    pub(super) fn new(catalog: &'a Catalog, id: EntityId, record: &'a Record) -> Self {
        Self { catalog, id, record, document: &catalog.documents[record.document as usize] }
    }

    /// Returns its id.
    pub fn id(self) -> EntityId {
        self.id
    }

    /// Returns the id of its blueprint.
    pub fn blueprint_id(self) -> BlueprintId {
        self.record.blueprint
    }

    /// Returns its blueprint.
    pub fn blueprint(self) -> &'a Blueprint {
        self.catalog.blueprint(self.record.blueprint)
    }

    /// Returns its identifier.
    pub fn identifier(self) -> &'a str {
        self.catalog.names.get(self.id)
    }

    /// Returns where its identifier is written.
    pub fn span(self) -> Span {
        self.document.node(self.record.entity.identifier).span()
    }

    /// Returns the source it was read from.
    pub fn source(self) -> SourceId {
        self.document.source()
    }

    /// Returns its title, if it has one.
    pub fn title(self) -> Option<&'a str> {
        let own = self.record.entity.title.map(|title| self.document.node(title));
        let title = own.or_else(|| {
            self.overlays().iter().find_map(|part| Some(self.added(part).node(part.entity.title?)))
        });
        title?.as_str()
    }

    /// Returns what people read: the title, else the identifier.
    pub fn label(self) -> &'a str {
        self.title().unwrap_or_else(|| self.identifier())
    }

    /// Returns its icon: its own, else its blueprint's.
    pub fn icon(self) -> Option<&'a str> {
        self.own_icon().or_else(|| self.blueprint().icon.as_ref().map(|icon| icon.value.as_str()))
    }

    /// Returns the icon that it has itself.
    pub fn own_icon(self) -> Option<&'a str> {
        self.field("icon").and_then(Node::as_str).filter(|icon| !icon.is_empty())
    }

    /// Returns the whole document: of an entity that is written, what is written.
    pub fn node(self) -> Node<'a> {
        self.document.node(self.record.entity.node)
    }

    /// Returns the value of a key beside its properties and relations: as written, else as an integration says.
    pub fn field(self, key: &str) -> Option<Node<'a>> {
        let own = self.node().get(key);
        let more = self.overlays();
        if more.is_empty() || own.is_some_and(|own| !own.is_null()) {
            return own;
        }
        let added = |part: &'a Part| self.added(part).node(part.entity.node).get(key);
        more.iter().find_map(added).or(own)
    }

    /// Returns the mapping of its stored values, without those that integrations add to a written entity.
    pub fn properties_node(self) -> Option<Node<'a>> {
        self.record.entity.properties.map(|id| self.document.node(id))
    }

    /// Returns the stored value of a property, as written, else as an integration says; `None` when it is absent or
    /// null.
    pub fn property(self, identifier: &str) -> Option<Node<'a>> {
        let own = self.properties_node().and_then(|properties| properties.get(identifier));
        if let Some(own) = own.filter(|value| !value.is_null()) {
            return Some(own);
        }
        self.supplied(identifier).map(|(_, node)| node)
    }

    /// Returns the stored values by name: the written ones in their order, then those that integrations add.
    pub fn properties(self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        let more = self.overlays();
        let own = self.properties_node().into_iter().flat_map(Node::entries);
        let own = own.map(|(key, value)| (key.as_str().unwrap_or_default(), value));
        let own = own.filter(move |(name, value)| {
            more.is_empty() || !value.is_null() || self.supplied(name).is_none()
        });
        let added = more.iter().flat_map(move |part| {
            let properties = part.entity.properties.map(|id| self.added(part).node(id));
            properties.into_iter().flat_map(Node::entries).filter_map(move |(key, value)| {
                let name = key.as_str()?;
                let first = self.property(name)?;
                (first.id() == value.id() && std::ptr::eq(first.document(), value.document()))
                    .then_some((name, value))
            })
        });
        own.chain(added)
    }

    /// Returns the relations it states, then those that integrations add: key and value of each.
    pub fn relations(self) -> impl Iterator<Item = (Node<'a>, Node<'a>)> {
        let more = self.overlays();
        let own = self.record.entity.relations.map(|id| self.document.node(id));
        let all = own.into_iter().flat_map(Node::entries);
        let all =
            all.filter(move |(key, value)| more.is_empty() || !value.is_null() || !related(self, more, *key));
        let added = more.iter().enumerate().flat_map(move |(number, part)| {
            self.relations_of(part).filter(move |(key, _)| {
                let name = key.as_str().unwrap_or_default();
                own.and_then(|own| own.get(name)).is_none_or(Node::is_null)
                    && !related(self, &more[..number], *key)
            })
        });
        all.chain(added)
    }

    /// Returns the teams it names as owners.
    pub fn teams(self) -> impl Iterator<Item = Node<'a>> {
        let parts = self.overlays();
        let own = self.node();
        let node = if parts.is_empty() || Entity::teams(own).next().is_some() {
            own
        } else {
            let mut added = parts.iter().map(|part| self.added(part).node(part.entity.node));
            added.find(|node| Entity::teams(*node).next().is_some()).unwrap_or(own)
        };
        Entity::teams(node)
    }

    /// Returns where the value of a property comes from, when an integration says it.
    pub fn fact(self, property: &str) -> Option<Fact<'a>> {
        let parts = self.parts();
        if parts.is_empty() {
            return None;
        }
        let own = self.properties_node().and_then(|own| own.get(property)).filter(|own| !own.is_null());
        match own {
            Some(node) if self.is_made() => Some(self.catalog.facts.fact(self.catalog, &parts[0], node)),
            Some(_) => None,
            None => {
                let (part, node) = self.supplied(property)?;
                Some(self.catalog.facts.fact(self.catalog, part, node))
            }
        }
    }

    /// Returns where the entity comes from, when it exists only because of an integration; its node is the
    /// identifier.
    pub fn origin(self) -> Option<Fact<'a>> {
        let part = self.parts().first().filter(|_| self.is_made())?;
        let node = self.document.node(part.entity.identifier);
        Some(self.catalog.facts.fact(self.catalog, part, node))
    }

    /// Returns all that integrations say of it, in the order in which it counts, each with the values it holds.
    pub fn said(self) -> impl Iterator<Item = (Fact<'a>, Node<'a>)> {
        self.parts().iter().map(move |part| {
            let document = self.added(part);
            let fact = self.catalog.facts.fact(self.catalog, part, document.node(part.entity.identifier));
            (fact, document.node(part.entity.node))
        })
    }

    /// Returns what integrations say of it.
    fn parts(self) -> &'a [Part] {
        self.catalog.facts.of(self.id)
    }

    /// Returns what integrations add to the document that the entity is.
    pub(super) fn overlays(self) -> &'a [Part] {
        let parts = self.parts();
        if parts.is_empty() || !self.is_made() { parts } else { &parts[1..] }
    }

    /// Returns whether no one has written it.
    pub(super) fn is_made(self) -> bool {
        self.catalog.facts.made(self.record.document)
    }

    /// Returns the value that an integration adds for a property.
    fn supplied(self, property: &str) -> Option<(&'a Part, Node<'a>)> {
        self.overlays().iter().find_map(|part| {
            let properties = self.added(part).node(part.entity.properties?);
            Some((part, properties.get(property).filter(|value| !value.is_null())?))
        })
    }

    fn relations_of(self, part: &'a Part) -> impl Iterator<Item = (Node<'a>, Node<'a>)> {
        let relations = part.entity.relations.map(|id| self.added(part).node(id));
        relations.into_iter().flat_map(Node::entries)
    }

    /// Returns the document of what an integration says.
    fn added(self, part: &Part) -> &'a Document {
        &self.catalog.documents[part.document as usize]
    }
}

/// Returns whether one of the parts states the relation called `key`.
fn related<'a>(entity: EntityRef<'a>, parts: &'a [Part], key: Node<'a>) -> bool {
    parts.iter().any(|part| {
        entity.relations_of(part).any(|(other, value)| other.as_str() == key.as_str() && !value.is_null())
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::model::config::Config;
    use crate::model::instant::{Age, Instant};
    use crate::source::Sources;
    use crate::worktree::Worktree;

    const FILES: &[(&str, &str)] = &[
        (
            "blueprints/all.yaml",
            "identifier: s\nschema: {properties: {a: {type: number}, b: {type: number}, c: {type: number}}}\nrelations: {r: {target: s}, q: {target: s}}\n",
        ),
        (
            "entities/s/all.yaml",
            "- {identifier: x, properties: {b: 1, a: null}, relations: {r: x, q: null}}\n- identifier: z\n",
        ),
        (
            "integrations/one.yaml",
            "source: one.json\nasOf: .t\nmaxAge: 7d\nresources: [{kind: k, port: {entity: {mappings: {identifier: .i, blueprint: '\"s\"', title: .title, team: .team, properties: {a: .a, b: .b}, relations: {r: .r, q: .r}}}}}]\n",
        ),
        (
            "integrations/two.yaml",
            "source: one.json\nresources: [{kind: k, port: {entity: {mappings: {identifier: .i, blueprint: '\"s\"', properties: {c: .a, a: 9}}}}}]\n",
        ),
        (
            "one.json",
            "[{\"i\": \"x\", \"a\": 2, \"b\": 3, \"r\": \"z\", \"t\": 60, \"title\": \"X\", \"team\": [\"t\"]},\n{\"i\": \"y\", \"a\": 4},\n{\"i\": \"y\", \"a\": 4, \"b\": 5}]",
        ),
    ];

    #[test]
    fn what_integrations_say_is_added_to_what_is_written() {
        let root = tempfile::tempdir().expect("a folder");
        for (path, text) in FILES {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        }
        let mut found = Diagnostics::default();
        let files = Worktree::new(root.path());
        let loaded =
            super::super::load(&files, Config::default(), Sources::default(), Instant::default(), &mut found)
                .expect("loaded");
        let catalog = &loaded.catalog;
        let entity = |name| {
            let blueprint = catalog.find_blueprint("s").expect("a blueprint");
            catalog.entity(catalog.find_entity(blueprint, name).expect("an entity"))
        };
        let values = |entity: EntityRef<'_>| {
            let values: Vec<String> =
                entity.properties().map(|(name, value)| format!("{name}={}", value.to_json())).collect();
            values.join(" ")
        };
        let relations = |entity: EntityRef<'_>| {
            let relations = entity.relations();
            let relations: Vec<String> =
                relations.map(|(key, value)| format!("{:?}={}", key, value.to_json())).collect();
            relations.join(" ")
        };
        let (x, y, z) = (entity("x"), entity("y"), entity("z"));
        assert_eq!(
            (values(x).as_str(), values(y).as_str(), values(z).as_str()),
            ("b=1 a=2 c=2", "a=4 b=5 c=4", "")
        );
        assert_eq!(relations(x), r#""r"="x" "q"="z""#);
        assert_eq!((x.title(), x.teams().count(), x.icon()), (Some("X"), 1, None));
        assert!(x.origin().is_none() && x.fact("b").is_none() && z.fact("a").is_none());
        let fact = x.fact("a").expect("a fact");
        assert_eq!((fact.as_of, fact.max_age), (Some(Instant::from_seconds(60)), Some(Age::days(7))));
        assert_eq!(loaded.sources.text(fact.node.span()), "2");
        assert_eq!(x.fact("c").expect("a fact").as_of, None);
        let origin = y.origin().expect("an origin");
        assert_eq!(loaded.sources.text(origin.node.span()), "\"y\"");
        assert_eq!(loaded.sources.get(y.source()).path(), "one.json");
        assert_eq!(y.fact("b").map(|fact| loaded.sources.text(fact.node.span())), Some("5"));
        let duplicates: Vec<&str> = found.as_slice().iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(
            duplicates,
            [
                "`b` of `x` has a second value",
                "`a` of `x` has a second value",
                "`a` of `y` has a second value",
            ]
        );
    }
}

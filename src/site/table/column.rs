//! The columns of a table: everything that is known of an entity, stored, computed and judged.

use crate::catalog::{BlueprintId, EntityRef};
use crate::known::Column as Known;
use crate::model::property::{Property, Type};
use crate::model::relation::Relation;
use crate::site::board::Board;
use crate::site::value::{self, Atom};
use crate::site::{Site, computed, outline};
use crate::yaml::Node;

/// What a column shows.
#[derive(Debug)]
pub(in crate::site) enum Column<'a> {
    Property(&'a Property),
    /// The teams that own an entity; whether any has one.
    Owner(bool),
    /// What it points at by the relation of this number.
    Relation(usize, &'a Relation),
    /// A computed property, by its number.
    Computed(usize, computed::Face<'a>, &'a Known),
    /// The level in a scorecard.
    Level(&'a Board<'a>),
}

/// What the values of a column are, for comparing them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Time,
    Level,
    /// Too long for a line: one can only ask whether there is one.
    Long,
}

impl Kind {
    /// Returns the letter that stands for it in the data.
    pub(super) fn letter(self) -> &'static str {
        match self {
            Self::Text => "s",
            Self::Number => "n",
            Self::Time => "t",
            Self::Level => "l",
            Self::Long => "x",
        }
    }
}

/// What an entity has in a column.
pub(super) enum Cell<'a> {
    /// Values that fit a line; none when there is nothing.
    Atoms(Vec<Atom<'a>>),
    /// A value that needs more room, as text.
    Long(String),
}

/// Returns every column of a blueprint besides the name: properties, the owner, relations, computed properties, levels.
pub(super) fn all<'a>(site: &'a Site<'_>, id: BlueprintId) -> Vec<Column<'a>> {
    let blueprint = site.catalog().blueprint(id);
    let owned = site.catalog().entities_of(id).any(|entity| !site.graph().owners(entity.id()).is_empty());
    let known = site.portal.computed.columns(id).iter();
    let computed = site.computed[id.index()].iter().zip(known).enumerate();
    let boards = site.boards_of(id).iter().map(|&number| &site.boards[number]);
    let mut columns: Vec<Column<'a>> = blueprint.properties.iter().map(Column::Property).collect();
    columns.push(Column::Owner(owned));
    columns
        .extend(blueprint.relations.iter().enumerate().map(|(at, relation)| Column::Relation(at, relation)));
    columns.extend(computed.map(|(number, (face, known))| Column::Computed(number, *face, known)));
    columns.extend(boards.map(Column::Level));
    columns
}

/// Returns what columns are called in addresses and in saved views, as Port calls them: a property by its identifier,
/// `$team`, `scorecard#care`. A relation or computed property that is called as something before it says what it is.
pub(super) fn names(site: &Site<'_>, id: BlueprintId, columns: &[Column<'_>]) -> Vec<String> {
    let is_property = |name: &str| site.catalog().blueprint(id).property(name).is_some();
    let mut names: Vec<String> = Vec::with_capacity(columns.len());
    for column in columns {
        let mut name = match column {
            Column::Property(property) => property.identifier.value.clone(),
            Column::Owner(_) => "$team".into(),
            Column::Relation(_, relation) if is_property(&relation.identifier.value) => {
                format!("relation#{}", relation.identifier.value)
            }
            Column::Relation(_, relation) => relation.identifier.value.clone(),
            Column::Computed(_, _, known) => known.identifier.clone(),
            Column::Level(board) => format!("scorecard#{}", board.scorecard.identifier.value),
        };
        while names.contains(&name) {
            name.insert_str(0, "computed#");
        }
        names.push(name);
    }
    names
}

impl<'a> Column<'a> {
    /// Returns what people read.
    pub(in crate::site) fn label(&self) -> &str {
        match self {
            Self::Property(property) => property.label(),
            Self::Owner(_) => "Owner",
            Self::Relation(_, relation) => relation.label(),
            Self::Computed(_, face, _) => face.label,
            Self::Level(board) => &board.card.title,
        }
    }

    /// Returns all that decides how its values are shown and that its entities do not say.
    pub(super) fn print(&self) -> String {
        match self {
            Self::Property(property) => property.identifier.value.clone(),
            Self::Relation(number, _) => format!("relation {number}"),
            Self::Owner(owned) => format!("owner {owned}"),
            Self::Computed(number, face, _) => format!("computed {number} {face:?}"),
            Self::Level(board) => format!("level {} {:?}", board.card.title, board.levels()),
        }
    }

    /// Returns whether its values are numbers that say how much, not which.
    pub(in crate::site) fn is_number(&self) -> bool {
        match self {
            Self::Property(property) => property.kind == Some(Type::Number) && property.values.is_empty(),
            Self::Computed(_, face, _) => face.is_number(),
            Self::Relation(..) | Self::Owner(_) | Self::Level(_) => false,
        }
    }

    /// Returns whether its values are shown as tags.
    pub(in crate::site) fn is_tag(&self) -> bool {
        match self {
            Self::Property(property) => outline::is_tag(property),
            Self::Computed(_, face, _) => !face.look.colors.is_empty(),
            _ => false,
        }
    }

    /// Returns whether an entity can have several values in it.
    pub(super) fn is_many(&self) -> bool {
        match self {
            Self::Property(property) => property.kind == Some(Type::Array),
            Self::Owner(_) => true,
            Self::Relation(_, relation) => relation.many,
            Self::Computed(_, face, _) => face.look.kind == Some(Type::Array),
            Self::Level(_) => false,
        }
    }

    /// Returns whether its values are yes and no.
    pub(super) fn is_boolean(&self) -> bool {
        match self {
            Self::Property(property) => property.kind == Some(Type::Boolean),
            Self::Computed(_, face, _) => face.look.kind == Some(Type::Boolean),
            _ => false,
        }
    }

    /// Returns what its values are.
    pub(super) fn kind(&self) -> Kind {
        let of = |kind, format| match (kind, format) {
            (Some(Type::Number), _) => Kind::Number,
            (_, Some("date-time" | "timer")) => Kind::Time,
            (_, Some("markdown" | "yaml" | "proto" | "json")) => Kind::Long,
            (Some(Type::Object), format) if format != Some("labeled-url") => Kind::Long,
            _ => Kind::Text,
        };
        match self {
            Self::Property(property) => of(property.kind, outline::format(property)),
            Self::Computed(_, face, _) => of(face.look.kind, face.look.format),
            Self::Owner(_) | Self::Relation(..) => Kind::Text,
            Self::Level(_) => Kind::Level,
        }
    }

    /// Returns its values in their order, from the least to the most, when somebody has put them into one.
    pub(super) fn order(&self) -> Vec<&str> {
        match self {
            Self::Property(property) => property.values.iter().map(|value| value.value.as_str()).collect(),
            Self::Level(board) => board.card.levels.iter().map(|level| level.title.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the folder with the pages of the entities in it, when all are of one blueprint.
    pub(super) fn folder(&self, site: &'a Site<'_>) -> Option<&'a str> {
        let blueprint = match self {
            Self::Relation(_, relation) => match relation.targets.as_slice() {
                [target] => site.catalog().find_blueprint(&target.value)?,
                _ => return None,
            },
            Self::Owner(_) => site.team?,
            _ => return None,
        };
        site.addresses.folder(blueprint)
    }

    /// Returns the stored value of an entity, when that is what the column shows.
    pub(super) fn stored<'e>(&self, entity: EntityRef<'e>) -> Option<Node<'e>> {
        match self {
            Self::Property(property) => entity.property(&property.identifier.value),
            _ => None,
        }
    }

    /// Returns what an entity has in it, as far as it fits a line.
    pub(in crate::site) fn values(&self, site: &'a Site<'_>, entity: EntityRef<'a>) -> Vec<Atom<'a>> {
        match self.cell(site, entity) {
            Cell::Atoms(atoms) => atoms,
            Cell::Long(_) => Vec::new(),
        }
    }

    /// Returns what an entity has in it.
    pub(super) fn cell(&self, site: &'a Site<'_>, entity: EntityRef<'a>) -> Cell<'a> {
        let linked = |id| Atom::Entity(site.face(id));
        match self {
            Self::Property(property) => {
                let Some(node) = self.stored(entity) else { return Cell::Atoms(Vec::new()) };
                let long = || node.as_str().map_or_else(|| node.to_json().to_string(), str::to_string);
                value::atoms(site, property, node).map_or_else(|| Cell::Long(long()), Cell::Atoms)
            }
            Self::Owner(_) => {
                Cell::Atoms(site.graph().owners(entity.id()).iter().map(|&team| linked(team)).collect())
            }
            Self::Relation(number, _) => {
                let edges = site.graph().outgoing(entity.id()).iter();
                let edges = edges.filter(|edge| edge.relation as usize == *number);
                Cell::Atoms(edges.map(|edge| linked(edge.to)).collect())
            }
            Self::Computed(number, face, _) => {
                let Some(json) = site.portal.computed.value_at(entity, *number) else {
                    return Cell::Atoms(Vec::new());
                };
                let long = || json.as_str().map_or_else(|| json.to_string(), str::to_string);
                computed::atoms(site, &face.look, json).map_or_else(|| Cell::Long(long()), Cell::Atoms)
            }
            Self::Level(board) => {
                let standing = board.card.standing(entity.id());
                Cell::Atoms(standing.map(|standing| Atom::Level(board, standing.level)).into_iter().collect())
            }
        }
    }
}

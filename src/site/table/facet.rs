//! Facets: what values a column has, and how many entities have each.

use rustc_hash::FxHashMap;

use super::column::{Cell, Column, Kind};
use super::{cell, choice};
use crate::catalog::BlueprintId;
use crate::model::property::Type;
use crate::site::markup::Markup;
use crate::site::value::Atom;
use crate::site::{Site, outline};

/// The most facets of a table.
const MOST: usize = 6;

/// So many values of a facet stand there at once.
const SHOWN: usize = 8;

/// More different values than these are no help in choosing.
const MOST_DIFFERENT: usize = 100;

/// The values of a column.
#[derive(Debug)]
pub(in crate::site) struct Facet {
    /// The number of the column.
    column: usize,
    label: String,
    /// Its values: text, name, how many have it.
    values: Vec<(String, String, usize)>,
}

/// Returns the facets of a blueprint: what kind of thing it is, who owns it, what it belongs to, how good it is.
pub(super) fn facets(site: &Site<'_>, id: BlueprintId, columns: &[Column<'_>]) -> Vec<Facet> {
    let mut ranked: Vec<(usize, usize)> = Vec::new();
    let mut seen = [0; 5];
    for (number, column) in columns.iter().enumerate() {
        if let Some(class) = class(column) {
            // The first two of each class come before the third of any.
            ranked.push((class + seen[class] / 2 * seen.len(), number));
            seen[class] += 1;
        }
    }
    ranked.sort_unstable();
    let ranked = ranked.into_iter().map(|(_, number)| number);
    choice::first(MOST, ranked, |numbers| count(site, id, columns, numbers))
}

/// Returns the facets of those columns whose values divide the entities into few parts. Each entity is looked at once.
fn count(site: &Site<'_>, id: BlueprintId, columns: &[Column<'_>], numbers: &[usize]) -> Vec<Facet> {
    let mut counts: Vec<(usize, Count)> = numbers.iter().map(|&number| (number, Count::default())).collect();
    for entity in site.catalog().entities_of(id) {
        counts.retain_mut(|(number, count)| count.add(&columns[*number].cell(site, entity)).is_some());
        if counts.is_empty() {
            break;
        }
    }
    counts.into_iter().filter_map(|(number, count)| count.facet(number, &columns[number])).collect()
}

/// Returns what class of facets a column makes; `None` when it makes none.
fn class(column: &Column<'_>) -> Option<usize> {
    match column {
        Column::Property(property) if !property.values.is_empty() => Some(0),
        Column::Property(property) => match (property.kind?, outline::format(property)) {
            (Type::Boolean, _) | (Type::String | Type::Array, Some("user" | "team")) => Some(4),
            (Type::String, None) if !outline::is_description(property) => Some(4),
            (Type::Array, None) => Some(4),
            _ => None,
        },
        Column::Owner(owned) => owned.then_some(1),
        Column::Relation(..) => Some(2),
        Column::Level(_) => Some(3),
        Column::Computed(_, face, _) => {
            let few = !face.look.colors.is_empty() || face.look.kind == Some(Type::Boolean);
            few.then_some(4)
        }
    }
}

/// The values of a column while they are counted.
#[derive(Debug, Default)]
struct Count {
    /// Where each is in `values`, by its name.
    places: FxHashMap<String, usize>,
    /// Text, name, how many have it.
    values: Vec<(String, String, usize)>,
    /// How many entities have any.
    filled: usize,
}

impl Count {
    /// Adds what an entity has; `None` when the column is no choice.
    fn add(&mut self, cell: &Cell<'_>) -> Option<()> {
        let Cell::Atoms(atoms) = cell else { return None };
        self.filled += usize::from(!atoms.is_empty());
        for atom in atoms {
            let (text, name) = words(atom)?;
            match self.places.get(name) {
                Some(&place) => self.values[place].2 += 1,
                None if self.values.len() == MOST_DIFFERENT => return None,
                None => {
                    self.places.insert(name.to_string(), self.values.len());
                    self.values.push((text.to_string(), name.to_string(), 1));
                }
            }
        }
        Some(())
    }

    /// Returns the facet if the values divide the entities into few parts.
    fn facet(self, number: usize, column: &Column<'_>) -> Option<Facet> {
        let mut values = self.values;
        let chosen = column.kind() == Kind::Level || !column.order().is_empty() || column.is_boolean();
        if values.len() < 2 || (!chosen && values.len() * 2 > self.filled) {
            return None;
        }
        if column.kind() == Kind::Level {
            let order = column.order();
            values.sort_by_key(|(text, ..)| std::cmp::Reverse(order.iter().position(|level| level == text)));
        } else {
            values.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| a.0.cmp(&b.0)));
        }
        Some(Facet { column: number, label: column.label().to_string(), values })
    }
}

/// Returns what is shown of a value and what it is called; `None` of what is no choice.
fn words<'a>(atom: &'a Atom<'_>) -> Option<(&'a str, &'a str)> {
    (!matches!(atom, Atom::Away { .. } | Atom::Time(_))).then(|| cell::words(atom))
}

impl Facet {
    /// Writes the facet for readers without a script.
    pub(in crate::site) fn write(&self, out: &mut Markup) {
        let (first, rest) = self.values.split_at(self.values.len().min(SHOWN));
        out.raw("<div class=\"facet\"><h2>").text(&self.label).raw("</h2><ul>");
        items(first, out);
        out.raw("</ul>");
        if !rest.is_empty() {
            out.raw("<details><summary>").number(rest.len()).raw(" more</summary><ul>");
            items(rest, out);
            out.raw("</ul></details>");
        }
        out.raw("</div>\n");
    }

    /// Appends the facet for a script: the number of its column, after that of the name, and its values.
    pub(super) fn append(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(format!("[{},[", self.column + 1).as_bytes());
        for (at, (text, name, count)) in self.values.iter().enumerate() {
            out.extend_from_slice(if at > 0 { b",[" } else { b"[" });
            cell::string(text, out);
            out.push(b',');
            cell::string(name, out);
            out.extend_from_slice(format!(",{count}]").as_bytes());
        }
        out.extend_from_slice(b"]]");
    }
}

fn items(values: &[(String, String, usize)], out: &mut Markup) {
    for (text, _, count) in values {
        out.raw("<li>").text(text).raw(" <small>").number(*count).raw("</small>");
    }
}

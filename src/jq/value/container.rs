//! Lists and objects that know how much they hold.

use std::hash::RandomState;
use std::rc::Rc;

use indexmap::IndexMap;

use super::{Text, V, Weight};
use crate::jq::fuel::charge;

/// The entries of an object, in the order in which they were set. The hash is a random one, for whoever writes a
/// catalog could choose keys that collide.
type Entries = IndexMap<Text, V, RandomState>;

/// Some values in order.
#[derive(Clone, Debug, Default)]
pub(in crate::jq) struct List {
    items: Vec<V>,
    weight: Weight,
}

/// Some values by name.
#[derive(Clone, Debug, Default)]
pub(in crate::jq) struct Object {
    entries: Entries,
    weight: Weight,
}

impl Default for Weight {
    /// Returns what holds nothing.
    fn default() -> Self {
        Self { units: 1, depth: 1 }
    }
}

impl Weight {
    /// Returns the weight with one child more.
    fn with(self, child: Self) -> Self {
        Self { units: self.units.saturating_add(child.units), depth: self.depth.max(child.depth + 1) }
    }

    /// Returns the weight with `old` replaced by `new`, and whether the depth has to be found anew.
    fn replaced(self, old: Self, new: Self) -> (Self, bool) {
        let units = self.units.saturating_sub(old.units);
        let stale = old.depth + 1 == self.depth && new.depth < old.depth;
        (Self { units, ..self }.with(new), stale)
    }
}

/// Returns the depth of what holds `items`.
fn depth<'a>(items: impl Iterator<Item = &'a V>) -> usize {
    1 + items.map(|item| item.weight().depth).max().unwrap_or(0)
}

impl List {
    /// Returns a list of items, whatever they weigh.
    pub(in crate::jq) fn new(items: Vec<V>) -> Self {
        let weight = items.iter().fold(Weight::default(), |weight, item| weight.with(item.weight()));
        Self { items, weight }
    }

    pub(super) fn weight(&self) -> Weight {
        self.weight
    }

    pub(in crate::jq) fn items(&self) -> &[V] {
        &self.items
    }

    /// Returns the items to be kept, copies of them when the list is shared.
    pub(super) fn into_items(list: Rc<Self>) -> Vec<V> {
        Rc::try_unwrap(list)
            .unwrap_or_else(|list| {
                charge(list.items.len());
                (*list).clone()
            })
            .items
    }

    /// Returns the list to be changed, a copy when it is shared.
    pub(super) fn editable(list: &mut Rc<Self>) -> &mut Self {
        if Rc::strong_count(list) > 1 {
            charge(list.items.len());
        }
        Rc::make_mut(list)
    }

    /// Appends items.
    pub(super) fn extend(&mut self, items: impl IntoIterator<Item = V>) {
        for item in items {
            charge(1);
            self.weight = self.weight.with(item.weight());
            self.weight.admit();
            self.items.push(item);
        }
    }

    /// Takes out the item at a place, to be [put back](Self::set) changed.
    pub(super) fn take(&mut self, at: usize) -> V {
        std::mem::take(&mut self.items[at])
    }

    /// Replaces the item at a place, which has been taken out and weighed `old`.
    pub(super) fn set(&mut self, at: usize, old: Weight, new: V) {
        let (weight, stale) = self.weight.replaced(old, new.weight());
        self.weight = weight;
        self.items[at] = new;
        if stale {
            self.refresh();
        }
        self.weight.admit();
    }

    /// Replaces the items of a range.
    pub(super) fn splice(&mut self, range: std::ops::Range<usize>, items: &[V]) {
        charge(self.items.len() + items.len());
        self.items.splice(range, items.iter().cloned());
        self.weight = self.items.iter().fold(Weight::default(), |weight, item| weight.with(item.weight()));
        self.weight.admit();
    }

    /// Finds the depth anew.
    fn refresh(&mut self) {
        let deepest = self.weight.depth;
        // Mostly another item is as deep, often the last one.
        if !self.items.iter().rev().any(|item| item.weight().depth + 1 == deepest) {
            charge(self.items.len() / 4);
            self.weight.depth = depth(self.items.iter());
        }
    }
}

impl Object {
    pub(super) fn weight(&self) -> Weight {
        self.weight
    }

    pub(in crate::jq) fn get(&self, key: &str) -> Option<&V> {
        self.entries.get(key)
    }

    pub(in crate::jq) fn entries(&self) -> impl DoubleEndedIterator<Item = (&Text, &V)> + ExactSizeIterator {
        self.entries.iter()
    }

    pub(in crate::jq) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns the key of the entry at a place.
    pub(super) fn key(&self, at: usize) -> Text {
        self.entries.get_index(at).map_or_else(|| Text::key(""), |(key, _)| key.clone())
    }

    /// Returns the value of the entry at a place.
    pub(super) fn value(&self, at: usize) -> V {
        self.entries[at].clone()
    }

    /// Returns the entries to be kept, copies of them when the object is shared.
    pub(super) fn into_entries(object: Rc<Self>) -> Entries {
        Rc::try_unwrap(object).unwrap_or_else(|object| (*object).clone()).entries
    }

    /// Returns the object to be changed, a copy when it is shared.
    pub(super) fn editable(object: &mut Rc<Self>) -> &mut Self {
        if Rc::strong_count(object) > 1 {
            charge(2 * object.entries.len());
        }
        Rc::make_mut(object)
    }

    /// Sets an entry, whatever it weighs; the depth may become too large, until [`refresh`](Self::refresh).
    pub(in crate::jq) fn insert(&mut self, key: Text, value: V) {
        let new = value.weight();
        let own = key.units();
        match self.entries.insert(key, value) {
            Some(old) => self.weight = self.weight.replaced(old.weight(), new).0,
            None => {
                self.weight = self.weight.with(new);
                self.weight.units = self.weight.units.saturating_add(own);
            }
        }
    }

    /// Sets entries of other objects.
    pub(super) fn extend(&mut self, entries: impl IntoIterator<Item = (Text, V)>) {
        for (key, value) in entries {
            charge(1 + key.units());
            self.insert(key, value);
            if self.weight.units > super::MOST_UNITS {
                super::stop();
            }
        }
        self.refresh();
        self.weight.admit();
    }

    /// Takes out the value of a key, to be put back with [`set`](Self::set) or removed.
    pub(super) fn take(&mut self, key: &str) -> Option<V> {
        self.entries.get_mut(key).map(std::mem::take)
    }

    /// Replaces the value of a key, which has been taken out and weighed `old`, or adds it.
    pub(super) fn set(&mut self, key: &Text, old: Option<Weight>, new: V) {
        let weight = new.weight();
        let Some(old) = old else {
            charge(1 + key.units());
            self.insert(key.clone(), new);
            self.weight.admit();
            return;
        };
        let (weight, stale) = self.weight.replaced(old, weight);
        self.weight = weight;
        if let Some(value) = self.entries.get_mut(&**key) {
            *value = new;
        }
        if stale {
            self.refresh();
        }
        self.weight.admit();
    }

    /// Removes a key, whose value has been taken out and weighed `old`.
    pub(super) fn remove(&mut self, key: &Text, old: Weight) {
        charge(1 + self.entries.len() / 4);
        self.entries.shift_remove(&**key);
        self.weight.units = self.weight.units.saturating_sub(old.units + key.units());
        if old.depth + 1 == self.weight.depth {
            self.refresh();
        }
    }

    /// Finds the depth anew.
    fn refresh(&mut self) {
        let deepest = self.weight.depth;
        if !self.entries.values().rev().any(|value| value.weight().depth + 1 == deepest) {
            charge(self.entries.len() / 4);
            self.weight.depth = depth(self.entries.values());
        }
    }

    /// Sets a value in an object that an evaluation is given.
    pub(in crate::jq) fn give(object: &mut Rc<Self>, key: Text, value: V) {
        let object = Rc::make_mut(object);
        object.insert(key, value);
        object.weight.depth = depth(object.entries.values());
    }
}

impl FromIterator<(Text, V)> for Object {
    /// Returns an object that an evaluation is given.
    fn from_iter<T: IntoIterator<Item = (Text, V)>>(entries: T) -> Self {
        let mut object = Self::default();
        for (key, value) in entries {
            object.insert(key, value);
        }
        object
    }
}

//! One file of the catalog while it is changed, and where in it things are after what was removed.

use crate::yaml::Node;
use crate::yaml::edit::{Edit, EditError, Place, Step};

/// A file while it is changed.
#[derive(Debug)]
pub(super) struct File {
    pub(super) edit: Edit,
    /// What it held; `None` for a new one.
    before: Option<String>,
    /// What was removed, in order, each place as it was then.
    removed: Vec<Place>,
    /// Whether it goes as a whole.
    gone: bool,
}

impl File {
    /// Returns a file that holds `text`.
    pub(super) fn open(text: &str) -> Result<Self, EditError> {
        Ok(Self { edit: Edit::open(text)?, before: Some(text.to_string()), removed: Vec::new(), gone: false })
    }

    /// Returns a file that did not exist.
    pub(super) fn new(text: &str) -> Result<Self, EditError> {
        Ok(Self { before: None, ..Self::open(text)? })
    }

    /// Returns the file that is made anew where this one went.
    pub(super) fn anew(&self, text: &str) -> Result<Self, EditError> {
        Ok(Self { before: self.before.clone(), ..Self::open(text)? })
    }

    /// Returns whether the file goes.
    pub(super) fn is_gone(&self) -> bool {
        self.gone
    }

    /// Returns what changes: the bytes of the file, or `None` when it goes; nothing when it stays as it was.
    pub(super) fn finish(self) -> Option<Option<Vec<u8>>> {
        match (self.gone, self.before) {
            (true, None) => None,
            (true, Some(_)) => Some(None),
            (false, before) => {
                let text = self.edit.finish();
                (before.as_ref() != Some(&text)).then(|| Some(text.into_bytes()))
            }
        }
    }

    /// Returns where something is now that was at `place` when the file was opened.
    pub(super) fn now(&self, place: &Place) -> Place {
        let mut place = place.clone();
        for removed in &self.removed {
            shift(&mut place, removed);
        }
        place
    }

    /// Returns the node at a place.
    pub(super) fn node(&self, place: &Place) -> Option<Node<'_>> {
        let root = self.edit.document().roots().nth(place.document)?;
        place.steps.iter().try_fold(root, |node, step| match step {
            Step::Key(key) => node.get(key),
            Step::Item(number) => node.items().nth(*number),
        })
    }

    /// Removes the entity at a place: the item of a list or the document that it is, or the file when that holds
    /// nothing else.
    pub(super) fn remove(&mut self, place: &Place) -> Result<(), EditError> {
        let mut place = place.clone();
        // An entity may be wrapped, as the `spec` of a document of Kubernetes is.
        while matches!(place.steps.last(), Some(Step::Key(_))) {
            place.steps.pop();
        }
        let alone = |list: Option<Node<'_>>| list.is_some_and(|list| list.len() == 1);
        if let [Step::Item(_)] = place.steps.as_slice()
            && alone(self.edit.document().roots().nth(place.document))
        {
            place.steps.clear();
        }
        if place.steps.is_empty() && self.edit.document().roots().len() == 1 {
            self.gone = true;
        } else {
            self.edit.remove(&place)?;
        }
        self.removed.push(place);
        Ok(())
    }
}

/// Moves a place to where it is after something before it was removed.
fn shift(place: &mut Place, removed: &Place) {
    let Some((last, way)) = removed.steps.split_last() else {
        place.document -= usize::from(place.document > removed.document);
        return;
    };
    let Some((step, Step::Item(number))) = place.steps.get_mut(way.len()).zip(Some(last)) else { return };
    if let Step::Item(own) = step {
        *own -= usize::from(*own > *number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_move_up_when_something_before_them_goes() {
        let mut file = File::open("[1, 2, 3]\n---\n- a: {x: [1, 2]}\n- b\n- c\n---\nd: 1\n").unwrap();
        let at = |document| Place { document, ..Place::default() };
        let (list, last) = (at(1), at(2).key("d"));
        let (b, c, deep) = (list.clone().item(1), list.clone().item(2), list.clone().item(0).key("a"));
        file.remove(&b).unwrap();
        assert_eq!((file.now(&c), file.now(&deep)), (list.clone().item(1), deep));
        assert_eq!(file.now(&last), last);
        file.remove(&at(0)).unwrap();
        assert_eq!((file.now(&c), file.now(&last)), (at(0).item(1), at(1).key("d")));
        assert_eq!(file.node(&file.now(&c)).unwrap().as_str(), Some("c"));
        file.remove(&file.now(&c)).unwrap();
        assert_eq!(file.edit.text(), "- a: {x: [1, 2]}\n---\nd: 1\n");
        file.remove(&at(0).item(0)).unwrap();
        assert!(!file.is_gone());
        file.remove(&at(0)).unwrap();
        assert_eq!(file.finish(), Some(None));
    }
}

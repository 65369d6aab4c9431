//! Data of integrations: files that are no documents. That one changed is told, not what in it: it is another tool's, and
//! may change every hour.

use globset::{GlobSet, GlobSetBuilder};

use super::{Change, Fate};
use crate::catalog::{Catalog, sources};
use crate::git::FileChange;
use crate::model::Kind;

/// Which files hold the data of which integration, as the integrations of today say.
#[derive(Debug, Clone, Default)]
pub struct DataFiles {
    set: GlobSet,
    /// Of each pattern, the identifier and the title of its integration.
    names: Vec<(String, Option<String>)>,
    /// All of it in a text.
    print: String,
}

impl DataFiles {
    /// Returns the files of a catalog's integrations.
    pub fn of(catalog: &Catalog) -> Self {
        let mut data = Self::default();
        let mut set = GlobSetBuilder::new();
        for definition in catalog.integrations() {
            let integration = &definition.value;
            let Some(identifier) = &integration.identifier else { continue };
            for glob in sources(integration) {
                data.print.push_str(&format!(
                    "{}\0{:?}\0{}\0",
                    identifier.value,
                    integration.title,
                    glob.glob()
                ));
                data.names.push((identifier.value.clone(), integration.title.clone()));
                set.add(glob);
            }
        }
        // Each pattern is one: that all of them together are too much leaves the data out.
        if let Ok(set) = set.build() {
            data.set = set;
        }
        data
    }

    /// Returns what tells it from the files of other integrations.
    pub(super) fn print(&self) -> &str {
        &self.print
    }

    /// Returns whether a file is one of them.
    pub(super) fn has(&self, path: &str) -> bool {
        self.set.is_match(path)
    }

    /// Returns what a commit did to the data of an integration; `None` of what is no such file.
    pub(super) fn change(&self, file: &FileChange) -> Option<Change> {
        let (identifier, title) = self.names.get(*self.set.matches(&file.path).first()?)?;
        let fate = match (file.old, file.new) {
            (None, _) => Fate::Created,
            (_, None) => Fate::Removed,
            _ => Fate::Changed,
        };
        Some(Change {
            kind: Some(Kind::Integration),
            blueprint: None,
            identifier: identifier.clone(),
            title: title.clone(),
            path: file.path.clone(),
            fate,
            parts: Vec::new(),
            more: 0,
            is_data: true,
        })
    }
}

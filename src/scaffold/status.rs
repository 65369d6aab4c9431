//! How services stand to their templates.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::{Library, Refusal};
use crate::printable::shown;
use crate::provenance::{self, Faulty, Origin, RECORD, Record};
use crate::worktree::{Files, Worktree};

pub use crate::provenance::{Age, FileState};

/// How services stand to their templates, by folder; of one whose record cannot be read, why.
pub type Statuses = Vec<(String, Result<Status, Refusal>)>;

/// The schema of a status as JSON.
pub const SCHEMA: &str = "portal.scaffold-status/v1";

/// How a service stands to its template.
#[derive(Debug)]
pub struct Status {
    /// The folder of the service, below the root that was asked about; empty for the root itself.
    pub folder: String,
    /// Its record.
    pub record: Record,
    /// Whether the template has moved on.
    pub age: Age,
    /// The template as it is now; `None` when it cannot be had.
    pub newest: Option<Origin>,
    /// The files that are no longer as they were written, by their path below the root.
    pub files: Vec<(String, FileState)>,
    /// Whether an update was begun and has conflicts that nobody has resolved.
    pub is_updating: bool,
}

impl Status {
    /// Returns it for programs. `newest` is the tag of the template as it is now, else its commit; `behind` is how many
    /// versions have come since, when that is known.
    pub fn json(&self) -> Value {
        let Record { origin, entity, .. } = &self.record;
        let (age, reason) = match &self.age {
            Age::Current => ("current", None),
            Age::Behind(_) => ("behind", None),
            Age::Unknown(reason) => ("unknown", Some(reason)),
        };
        let newest = self.newest.as_ref().and_then(|newest| newest.tag.as_ref().or(newest.commit.as_ref()));
        let files = |wanted: FileState| -> Vec<&str> {
            let files = self.files.iter().filter(|(_, state)| *state == wanted);
            files.map(|(path, _)| path.as_str()).collect()
        };
        let entity = entity
            .as_ref()
            .map(|entity| json!({"blueprint": entity.blueprint, "identifier": entity.identifier}));
        json!({
            "schema": SCHEMA,
            "folder": if self.folder.is_empty() { "." } else { &self.folder },
            "template": origin.template,
            "tag": origin.tag,
            "commit": origin.commit,
            "newest": newest,
            "behind": self.age.versions(),
            "age": age,
            "reason": reason,
            "changed": files(FileState::Changed),
            "deleted": files(FileState::Deleted),
            "updating": self.is_updating,
            "entity": entity,
        })
    }
}

/// Returns how the service in `folder` of `root` stands to its template. One that is elsewhere is asked for.
///
/// # Errors
/// When it has no record, or one that cannot be read.
pub fn of(library: &Library<'_>, root: &Path, folder: &str) -> Result<Status, Refusal> {
    let disk = Worktree::new(root);
    let files: &dyn Files = if root == library.root { library.files } else { &disk };
    let record = provenance::of(files, folder).map_err(|error| Refusal::Other(error.to_string()))?;
    let record = record.ok_or_else(|| {
        let name = if folder.is_empty() { "." } else { folder };
        Refusal::Other(format!("`{}` was not made from a template: it has no `{RECORD}`", shown(name)))
    })?;
    let record = record.map_err(refused)?;
    let newest = newest(library, &record.origin, true);
    status(library, files, folder, record, &newest)
}

/// Returns how every service of the catalog stands to its template, by folder; of one whose record cannot be read, why.
/// Templates that are elsewhere are asked for only when `fetches`: then the network is needed.
///
/// # Errors
/// When the catalog cannot be searched for records.
pub fn all(library: &Library<'_>, fetches: bool) -> Result<Statuses, Refusal> {
    let config = library.portal.catalog.config();
    let services =
        provenance::all(library.files, config).map_err(|error| Refusal::Other(error.to_string()))?;
    // Many services are made from one template, which is opened once.
    let mut known: BTreeMap<(String, Option<String>), Result<Origin, String>> = BTreeMap::new();
    let mut all = Vec::new();
    for service in services {
        let status = service.record.map_err(refused).and_then(|record| {
            let key = (record.origin.template.clone(), record.origin.tag.clone());
            let newest = known.entry(key).or_insert_with(|| newest(library, &record.origin, fetches));
            status(library, library.files, &service.folder, record, newest)
        });
        all.push((service.folder, status));
    }
    Ok(all)
}

fn refused(faulty: Faulty) -> Refusal {
    Refusal::Findings(faulty.sources, faulty.findings)
}

/// Returns the template as it is now, or why it cannot be had.
fn newest(library: &Library<'_>, origin: &Origin, fetches: bool) -> Result<Origin, String> {
    if !fetches && library.is_elsewhere(origin) {
        return Err("its template is elsewhere; `portal scaffold status FOLDER` asks for it".into());
    }
    library.reopen(origin, false).map(|template| template.origin)
}

fn status(
    library: &Library<'_>,
    files: &dyn Files,
    folder: &str,
    record: Record,
    newest: &Result<Origin, String>,
) -> Result<Status, Refusal> {
    let changed =
        provenance::drift(files, folder, &record).map_err(|error| Refusal::Other(error.to_string()))?;
    let age = match newest {
        Err(reason) => Age::Unknown(reason.clone()),
        Ok(newest) if newest.digest == record.origin.digest => Age::Current,
        // A history that cannot be read counts nothing; a state that nobody has committed is one version.
        Ok(_) => Age::Behind(library.versions(&record.origin).ok().map(|versions| versions.len().max(1))),
    };
    Ok(Status {
        folder: folder.to_string(),
        age,
        newest: newest.as_ref().ok().cloned(),
        files: changed,
        is_updating: record.updating.is_some(),
        record,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::{RecordedEntity, digest_of};

    #[test]
    fn a_status_is_json_for_programs() {
        let record = Record {
            origin: Origin {
                template: "api".into(),
                tag: Some("v1.0.0".into()),
                commit: Some("0".repeat(40)),
                is_committed: true,
                digest: digest_of(b""),
            },
            entity: Some(RecordedEntity {
                blueprint: "Service".into(),
                identifier: "cart".into(),
                file: "entities/cart.yaml".into(),
                digest: digest_of(b""),
            }),
            ..Record::default()
        };
        let newest = Origin { tag: Some("v1.2.0".into()), ..record.origin.clone() };
        let mut status = Status {
            folder: String::new(),
            record,
            age: Age::Behind(Some(2)),
            newest: Some(newest),
            files: vec![("a".into(), FileState::Changed), ("b".into(), FileState::Deleted)],
            is_updating: false,
        };
        let expected = json!({
            "schema": "portal.scaffold-status/v1",
            "folder": ".",
            "template": "api",
            "tag": "v1.0.0",
            "commit": "0".repeat(40),
            "newest": "v1.2.0",
            "behind": 2,
            "age": "behind",
            "reason": null,
            "changed": ["a"],
            "deleted": ["b"],
            "updating": false,
            "entity": {"blueprint": "Service", "identifier": "cart"},
        });
        assert_eq!(status.json(), expected);
        for (age, behind, word, reason) in [
            (Age::Current, json!(0), "current", Value::Null),
            (Age::Behind(None), Value::Null, "behind", Value::Null),
            (Age::Unknown("it is gone".into()), Value::Null, "unknown", json!("it is gone")),
        ] {
            status.age = age;
            let json = status.json();
            assert_eq!((&json["behind"], &json["age"], &json["reason"]), (&behind, &json!(word), &reason));
        }
    }
}

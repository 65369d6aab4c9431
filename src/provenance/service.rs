//! The services of a catalog that were made from templates.

use super::{RECORD, Record, read};
use crate::diagnostic::{Diagnostic, Rule};
use crate::model::Kind;
use crate::model::config::Config;
use crate::source::{Source, SourceId, Sources, Span};
use crate::worktree::{Content, Files, Held, Selection, Unreadable};

/// The largest record that is read, in bytes.
const MOST_BYTES: usize = 1024 * 1024;

/// A service with a record.
#[derive(Debug)]
pub struct Service {
    /// Its folder, below the catalog root; empty for the root itself.
    pub folder: String,
    /// Its record, or what is wrong with it.
    pub record: Result<Record, Faulty>,
}

/// A record that cannot be read.
#[derive(Debug)]
pub struct Faulty {
    /// Its text.
    pub sources: Sources,
    /// What is wrong with it.
    pub findings: Vec<Diagnostic>,
}

/// Returns the path of the record of the service in `folder`.
pub fn record_path(folder: &str) -> String {
    if folder.is_empty() { RECORD.to_string() } else { format!("{folder}/{RECORD}") }
}

/// Returns the services of a catalog that have a record, by folder. Hidden folders are looked into for records and nothing
/// else; those of templates, such as what their tests expect, belong to nobody. What Git ignores is not there.
///
/// # Errors
/// When files cannot be listed or read.
pub fn all(files: &dyn Files, config: &Config) -> Result<Vec<Service>, Unreadable> {
    let selection = Selection { include: vec![format!("**/{RECORD}")], ..Selection::default() };
    let listed = files.list(&selection)?.files;
    let templates = config.folders(Kind::Scaffold);
    let is_template = |folder: &str| {
        templates
            .iter()
            .any(|own| folder.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    };
    let mut folders: Vec<&str> =
        listed.iter().filter_map(|path| path.strip_suffix(RECORD)?.strip_suffix('/')).collect();
    folders.retain(|folder| !is_template(folder));
    // What is in `.portal` at the root is no document of the catalog, so it is not listed.
    folders.insert(0, "");
    folders.sort_unstable();
    folders.dedup();
    let mut services = Vec::new();
    for folder in folders {
        if let Some(record) = of(files, folder)? {
            services.push(Service { folder: folder.to_string(), record });
        }
    }
    Ok(services)
}

/// Returns the record of the service in `folder`, or what is wrong with it; `None` when it has none.
///
/// # Errors
/// When the file is there and cannot be read.
pub fn of(files: &dyn Files, folder: &str) -> Result<Option<Result<Record, Faulty>>, Unreadable> {
    let path = record_path(folder);
    let mut sources = Sources::default();
    let content = match files.held(&path, MOST_BYTES)? {
        Held::Nothing => return Ok(None),
        Held::File(bytes) => Content::from(bytes.as_slice()),
        Held::Other => {
            return Ok(Some(Err(faulty(
                &path,
                "a record is a regular file of at most 1 MiB, and this is none",
            ))));
        }
    };
    let Content::Text(text) = content else {
        return Ok(Some(Err(faulty(&path, "this record is no UTF-8 text"))));
    };
    let record = read(&path, &text, &mut sources);
    Ok(Some(record.map_err(|findings| Faulty { sources, findings })))
}

/// Returns what is wrong with a record of which no text can be shown.
fn faulty(path: &str, message: &str) -> Faulty {
    let mut sources = Sources::default();
    sources.add(Source::new(path, ""));
    let finding = Diagnostic::new(Rule::ScaffoldRecord, Span::start_of(SourceId::new(0)), message);
    Faulty { sources, findings: vec![finding.help("bring back the file as it is in Git")] }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::provenance::{Origin, digest_of, text};
    use crate::worktree::{Memory, Worktree};

    fn record(template: &str) -> String {
        let origin = Origin { template: template.into(), digest: digest_of(b""), ..Origin::default() };
        text(&Record { origin, ..Record::default() })
    }

    fn listed(files: &dyn Files) -> Vec<String> {
        let services = all(files, &Config::default()).unwrap();
        let said = |service: &Service| match &service.record {
            Ok(record) => format!("{}={}", service.folder, record.origin.template),
            Err(faulty) => format!("{}: {}", service.folder, faulty.findings[0].message),
        };
        services.iter().map(said).collect()
    }

    #[test]
    fn records_are_found_wherever_services_are() {
        let (a, b) = (record("a"), record("b"));
        let files = Memory::new([
            (".portal/scaffold.yaml", a.as_str()),
            (".portal/other.yaml", "x"),
            ("services/cart/.portal/scaffold.yaml", &b),
            ("services/cart/.portal/x/scaffold.yaml", &b),
            ("services/pay/portal/scaffold.yaml", &b),
            ("services/.hidden/.portal/scaffold.yaml", &b),
            ("scaffolds/t/template/.portal/scaffold.yaml", &b),
            ("scaffolds/t/tests/x/expected/.portal/scaffold.yaml", &b),
            ("scaffolds-old/.portal/scaffold.yaml", &b),
            ("zoo/.portal/scaffold.yaml", ""),
        ]);
        let expected =
            ["=a", "scaffolds-old=b", "services/.hidden=b", "services/cart=b", "zoo: this record is empty"];
        assert_eq!(listed(&files), expected);
        assert!(listed(&Memory::new([("entities/a.yaml", "")])).is_empty());
    }

    #[test]
    fn what_git_ignores_is_no_service() {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(".gitignore", "/build/\n");
        write("build/x/.portal/scaffold.yaml", &record("a"));
        write("x/.portal/scaffold.yaml", &record("b"));
        assert_eq!(listed(&Worktree::new(root.path())), ["x=b"]);
    }
}

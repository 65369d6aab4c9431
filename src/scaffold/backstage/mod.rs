//! Backstage templates (`scaffolder.backstage.io/v1beta3`): their form, their skeletons and the steps that make files.
//!
//! A template is read as it is published. Its parameters become a form of ours, its skeletons are rendered as nunjucks
//! would, and of its steps those are performed that make files, in memory; what would reach out of this machine is
//! printed for a person to run, or refused. `docs/scaffolds-backstage.md` has the tables.

mod action;
mod address;
mod condition;
mod document;
mod fetch;
mod input;
mod nunjucks;
mod parameter;
mod publish;
mod run;
mod step;
#[cfg(test)]
mod tests;
mod work;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::plan::{Change, Ground, Part, Plan, Refusal, Request, one_file_each, recorded};
use crate::diagnostic::Severity;
use crate::provenance::{self, RECORD, Record};
use crate::skeleton::refusal;
use crate::worktree::Tree;
use crate::yaml::Document;

pub use document::{is_template, open};
pub use step::{Step, Treatment};

/// A Backstage template.
#[derive(Debug)]
pub struct Template {
    document: Arc<Document>,
    /// The repository that it is in: skeletons may be anywhere there.
    root: Tree,
    /// Its folder in that.
    folder: String,
    steps: Vec<Step>,
    /// The parameters that are secrets.
    secrets: Vec<String>,
}

impl Template {
    /// Returns its steps, in their order, with what becomes of each.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns a path of the repository as people see it: beside `place`, which is what they see of the template.
    fn shown(&self, place: &str, path: &str) -> String {
        let below = path.strip_prefix(&self.folder).filter(|_| !self.folder.is_empty());
        match below.filter(|rest| rest.starts_with('/')) {
            Some(rest) => format!("{place}{rest}"),
            None => match place.strip_suffix(&self.folder).filter(|_| !self.folder.is_empty()) {
                Some(root) => format!("{root}{path}"),
                None if self.folder.is_empty() => format!("{place}/{path}"),
                None => path.to_string(),
            },
        }
    }
}

/// Parameters by which the folder of a service is called, the first that is given.
const NAMES: &[&str] = &["name", "component_id", "componentName", "repoName", "application_id"];

/// Returns everything that the steps of a template would write. No entity of the catalog is made: what Backstage would
/// register is a file like any other.
///
/// # Errors
/// Every reason why nothing can be.
pub(super) fn plan(request: &Request<'_>, template: &Template) -> Result<Plan, Refusal> {
    let opened = request.template;
    let fields = opened.form.fields.iter().filter(|field| !field.secret);
    let parameters: Map<String, Value> = fields
        .filter_map(|field| {
            Some((field.identifier.clone(), request.answers.values.get(&field.identifier)?.clone()))
        })
        .collect();
    let (root, target) = match request.destination {
        Some((root, folder)) => (root, folder.to_string()),
        None => (request.catalog, target(&parameters, &opened.identifier)?),
    };
    let mut run = run::Run::new(template, &opened.place, &target, parameters, opened.sources.clone());
    run.take();
    if run.findings.iter().any(|finding| finding.severity == Severity::Error) {
        run.findings.dedup();
        return Err(Refusal::Findings(run.sources, run.findings));
    }
    let files: BTreeMap<String, String> = run
        .work
        .files()
        .iter()
        .map(|(path, file)| (path.clone(), provenance::digest_of(&file.bytes)))
        .collect();
    let record = Record {
        updating: None,
        origin: opened.origin.clone(),
        portal: env!("CARGO_PKG_VERSION").to_string(),
        answers: recorded(request),
        entity: None,
        files,
        repository: BTreeMap::new(),
        appended: Vec::new(),
    };
    let (work, next, notes) = (run.work, run.next, run.notes);
    let changes = changes(&work, &target, &record);
    one_file_each(&changes)?;
    Ok(Plan {
        target,
        grounds: vec![Ground { root: root.to_path_buf(), changes }],
        entity: None,
        record,
        next,
        notes,
    })
}

/// Returns the files of a work area, and their record, below the folder of the service.
fn changes(work: &work::Work, target: &str, record: &Record) -> Vec<Change> {
    let mut changes: Vec<Change> = work
        .files()
        .iter()
        .map(|(path, file)| Change {
            path: work::join(target, path),
            bytes: file.bytes.to_vec(),
            executable: file.executable,
            part: Part::Template,
        })
        .collect();
    // Steps that make no files make no service that could be brought up to date.
    if !changes.is_empty() {
        let bytes = provenance::text(record).into_bytes();
        changes.push(Change {
            path: work::join(target, RECORD),
            bytes,
            executable: false,
            part: Part::Record,
        });
    }
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    changes
}

/// Returns the folder of a service for which nobody named one: that of its name, else of its repository, else of the
/// template.
fn target(parameters: &Map<String, Value>, template: &str) -> Result<String, Refusal> {
    let text = |name: &&str| parameters.get(*name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let named = NAMES.iter().find_map(text).map(String::from);
    let repository =
        || parameters.values().find_map(|value| Some(address::Address::parse(value.as_str()?).ok()?.repo));
    let name = named.or_else(repository).unwrap_or_else(|| template.to_string());
    let folder = slug(&name);
    match refusal(&folder) {
        None => Ok(folder),
        Some(_) => {
            let name = crate::model::phrase::clip(&name);
            Err(Refusal::Other(format!("no folder can be called after `{name}`: say where the files go")))
        }
    }
}

/// Returns a name as that of a folder: lower case, with a dash for what is no letter or digit.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for character in name.to_lowercase().chars() {
        match character {
            c if c.is_alphanumeric() || matches!(c, '_' | '.') => slug.push(c),
            _ if !slug.ends_with('-') => slug.push('-'),
            _ => {}
        }
    }
    slug.trim_matches(['-', '.']).to_string()
}

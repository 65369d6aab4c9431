//! Everything that making a service would write, worked out before anything is written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::template::{Recipe, Template};
use super::verdict::{self, Verdict};
use super::{append, entity};
use crate::diagnostic::Diagnostic;
use crate::form::{Filled, Problem};
use crate::model::scaffold::{REPOSITORY, Scaffold, TEMPLATE};
use crate::portal::Portal;
use crate::provenance::{self, RECORD, Record, RecordedEntity};
use crate::skeleton::{Context, Engine, Mistake, Rendered, Undefined, clashes, refusal};
use crate::source::Sources;
use crate::worktree::Files;

/// What a plan is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A service that is not there yet.
    Create,
    /// A service that is there, whose files are to be compared: its entity may exist, no line is added to a file, and the
    /// catalog is not asked what it says.
    Again,
}

/// What is asked for.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// What for.
    pub purpose: Purpose,
    /// The template.
    pub template: &'a Template,
    /// The answers to its form, held against it.
    pub answers: &'a Filled,
    /// The catalog that the entity becomes part of.
    pub portal: &'a Portal,
    /// The catalog's files.
    pub files: &'a dyn Files,
    /// The catalog root.
    pub catalog: &'a Path,
    /// Where the files go, when the template does not decide: a root, and a folder below it, empty for the root itself.
    pub destination: Option<(&'a Path, &'a str)>,
}

/// Everything that would be written.
#[derive(Debug)]
pub struct Plan {
    /// The folder of the service, below the root of the first ground; empty for the root itself.
    pub target: String,
    /// The files, by the folder that they are below: that of the service, and the catalog's when it is another.
    pub grounds: Vec<Ground>,
    /// The entity, if one is made.
    pub entity: Option<Newcomer>,
    /// The record that is among the files.
    pub record: Record,
    /// What a person does then.
    pub next: Vec<String>,
    /// What people should know, though it is no mistake.
    pub notes: Vec<String>,
}

/// A folder with what would be written below it.
#[derive(Debug)]
pub struct Ground {
    /// The folder.
    pub root: PathBuf,
    /// What would be written, in path order.
    pub changes: Vec<Change>,
}

/// A file that would be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its path below the root, with forward slashes.
    pub path: String,
    /// What it would hold.
    pub bytes: Vec<u8>,
    /// Whether it could be run.
    pub executable: bool,
    /// What it is to the service.
    pub part: Part,
}

/// What a file is to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// A file of its folder.
    Template,
    /// A file of the repository.
    Repository,
    /// A file that gets more lines, all others as they are.
    Appended,
    /// Its entity.
    Entity,
    /// Its record.
    Record,
    /// A generated file of the CI system that names what there is to choose.
    Workflow,
}

/// The entity that would be made.
#[derive(Debug)]
pub struct Newcomer {
    /// Its blueprint.
    pub blueprint: String,
    /// Its identifier.
    pub identifier: String,
    /// Its file, below the catalog root.
    pub file: String,
    /// What the catalog says about it.
    pub verdict: Verdict,
}

/// Why there is no plan.
#[derive(Debug)]
pub enum Refusal {
    /// The template is wrong, or what it makes is: findings in the texts of the template, or of the catalog as it would be.
    Findings(Sources, Vec<Diagnostic>),
    /// The answers do not go together with the catalog or the destination.
    Problems(Vec<Problem>),
    /// Something else, with what to do.
    Other(String),
}

/// Returns everything that would be written.
///
/// # Errors
/// Every reason why nothing can be.
pub fn plan(request: &Request<'_>) -> Result<Plan, Refusal> {
    let template = request.template;
    let errors = |finding: &&Diagnostic| finding.severity == crate::diagnostic::Severity::Error;
    if template.findings.iter().any(|finding| errors(&finding)) {
        let findings = template.findings.iter().filter(errors).cloned().collect();
        return Err(Refusal::Findings(template.sources.clone(), findings));
    }
    match &template.recipe {
        Recipe::Portal { scaffold, .. } => Draft::new(request, scaffold)?.finish(),
        Recipe::Backstage(recipe) => super::backstage::plan(request, recipe),
    }
}

/// Returns what templates see: each answer by its name, all of them as `inputs`, the entities that they name as
/// `entities`, and the folder of the service as `target`. An input that nobody gave is nothing, which is no mistake.
pub fn context(request: &Request<'_>, target: Option<&str>) -> Context {
    let form = &request.template.form;
    let mut inputs = Map::new();
    for field in form.fields.iter().filter(|field| !field.secret) {
        let value = request.answers.values.get(&field.identifier).cloned().unwrap_or(Value::Null);
        inputs.insert(field.identifier.clone(), value);
    }
    let mut values = inputs.clone();
    values.insert("entities".into(), Value::Object(form.picked(&inputs, request.portal.known())));
    values.insert("template".into(), json!({"identifier": request.template.identifier}));
    if let Some(target) = target {
        values.insert("target".into(), target.into());
    }
    values.insert("inputs".into(), Value::Object(inputs));
    Context::new(values)
}

/// Returns the answers that a record keeps: all that were given but for secrets.
pub fn recorded(request: &Request<'_>) -> Map<String, Value> {
    let mut answers = request.answers.values.clone();
    answers.retain(|name, _| request.template.form.field(name).is_some_and(|field| !field.secret));
    answers
}

/// A plan that is being made.
struct Draft<'a> {
    request: &'a Request<'a>,
    scaffold: &'a Scaffold,
    engine: Engine,
    context: Context,
    sources: Sources,
    findings: Vec<Diagnostic>,
    root: PathBuf,
    target: String,
    changes: Vec<Change>,
}

impl<'a> Draft<'a> {
    fn new(request: &'a Request<'a>, scaffold: &'a Scaffold) -> Result<Self, Refusal> {
        let engine = Engine::new(&scaffold.delimiters, Undefined::Strict).map_err(Refusal::Other)?;
        let (root, given) = match request.destination {
            Some((root, target)) => (root, Some(target.to_string())),
            None => (request.catalog, None),
        };
        let mut draft = Self {
            request,
            scaffold,
            engine,
            context: context(request, None),
            sources: request.template.sources.clone(),
            findings: Vec::new(),
            root: root.to_path_buf(),
            target: String::new(),
            changes: Vec::new(),
        };
        match given.or_else(|| draft.target()) {
            Some(target) => draft.target = target,
            None => return Err(Refusal::Findings(draft.sources, draft.findings)),
        }
        draft.context = context(request, Some(if draft.target.is_empty() { "." } else { &draft.target }));
        Ok(draft)
    }

    /// Returns the folder that the template chooses; `None` when it cannot, which is kept.
    fn target(&mut self) -> Option<String> {
        let written = self.scaffold.target.as_ref()?;
        let text = self.say(&written.value, written.span)?;
        let target = text.trim().trim_end_matches('/').to_string();
        if target == "." {
            return Some(String::new());
        }
        match refusal(&target) {
            None => Some(target),
            Some(reason) => {
                let message = format!("the target `{}` {reason}", crate::model::phrase::clip(&target));
                self.findings.push(Diagnostic::new(
                    crate::diagnostic::Rule::TemplatePath,
                    written.span,
                    message,
                ));
                None
            }
        }
    }

    fn finish(mut self) -> Result<Plan, Refusal> {
        let template = self.request.template;
        let files = self.render(TEMPLATE);
        let repository = self.render(REPOSITORY);
        let appended = self.append();
        let next = self.next();
        let entity = self.entity();
        if !self.findings.is_empty() {
            return Err(Refusal::Findings(self.sources, self.findings));
        }
        let mut record = Record {
            origin: template.origin.clone(),
            portal: env!("CARGO_PKG_VERSION").to_string(),
            answers: recorded(self.request),
            entity: None,
            files: digests(&files),
            repository: digests(&repository),
            appended,
            updating: None,
        };
        let target = self.target.clone();
        let inside =
            |path: &str| if target.is_empty() { path.to_string() } else { format!("{target}/{path}") };
        let made = files.into_iter().map(|file| (inside(&file.path), file, Part::Template));
        let made = made.chain(repository.into_iter().map(|file| (file.path.clone(), file, Part::Repository)));
        for (path, file, part) in made {
            self.changes.push(Change { path, bytes: file.bytes, executable: file.executable, part });
        }
        let mut grounds =
            vec![Ground { root: self.root.clone(), changes: std::mem::take(&mut self.changes) }];
        let mut newcomer = None;
        if let Some(made) = entity {
            record.entity = Some(RecordedEntity {
                blueprint: made.blueprint.clone(),
                identifier: made.identifier.clone(),
                file: made.file.clone(),
                digest: provenance::digest_of(made.text.as_bytes()),
            });
            let change = Change {
                path: made.file.clone(),
                bytes: made.text.clone().into_bytes(),
                executable: false,
                part: Part::Entity,
            };
            ground(&mut grounds, self.request.catalog).changes.push(change);
            newcomer = Some(made);
        }
        let bytes = provenance::text(&record).into_bytes();
        let change = Change { path: inside(RECORD), bytes, executable: false, part: Part::Record };
        grounds[0].changes.push(change);
        for ground in &mut grounds {
            ground.changes.sort_by(|a, b| a.path.cmp(&b.path));
            one_file_each(&ground.changes)?;
        }
        let entity = newcomer.map(|made| judged(self.request, made, &grounds)).transpose()?;
        Ok(Plan { target, grounds, entity, record, next, notes: Vec::new() })
    }

    /// Returns the files that one of the template's folders becomes; keeps what is wrong.
    fn render(&mut self, folder: &str) -> Vec<Rendered> {
        let template = self.request.template;
        match self.engine.files(&template.tree.below(folder), &self.context) {
            Ok(files) => files,
            Err(faults) => {
                let place = format!("{}/{folder}", template.place);
                let findings = faults.iter().map(|fault| fault.finding(&place, &mut self.sources));
                self.findings.extend(findings.collect::<Vec<_>>());
                Vec::new()
            }
        }
    }

    /// Returns what a text of the document says; keeps what is wrong with it.
    fn say(&mut self, text: &str, span: crate::source::Span) -> Option<String> {
        let said = self.engine.text(text, &self.context);
        said.map_err(|Mistake { message, help, .. }| {
            let finding = Diagnostic::new(crate::diagnostic::Rule::TemplateFault, span, message);
            self.findings.push(finding.maybe_help(help));
        })
        .ok()
    }

    fn next(&mut self) -> Vec<String> {
        let steps = self.scaffold.next.clone();
        steps
            .iter()
            .filter_map(|step| self.say(&step.value, step.span))
            .filter(|it| !it.trim().is_empty())
            .collect()
    }

    /// Adds the files that get more lines, and returns the lines.
    fn append(&mut self) -> Vec<(String, String)> {
        let wanted = self.scaffold.append.clone();
        let mut lines = Vec::new();
        for item in &wanted {
            let file = self.say(&item.file.value, item.file.span);
            let line = self.say(&item.line.value, item.line.span);
            if let Some((file, line)) =
                file.zip(line).filter(|(file, line)| !file.trim().is_empty() && !line.trim().is_empty())
            {
                lines.push((file.trim().to_string(), line, item.file.span));
            }
        }
        if self.request.purpose == Purpose::Create {
            match append::changes(&self.root, &lines) {
                Ok(changes) => self.changes.extend(changes),
                Err(findings) => self.findings.extend(findings),
            }
        }
        lines.into_iter().map(|(file, line, _)| (file, line)).collect()
    }

    fn entity(&mut self) -> Option<entity::Made> {
        let node = self.request.template.entity()?;
        match entity::make(node, &self.engine, &self.context, self.request) {
            Ok(made) => Some(made),
            Err(findings) => {
                self.findings.extend(findings);
                None
            }
        }
    }
}

/// Returns the ground of a root, new when there is none.
fn ground<'g>(grounds: &'g mut Vec<Ground>, root: &Path) -> &'g mut Ground {
    let at = grounds.iter().position(|ground| ground.root == root).unwrap_or_else(|| {
        grounds.push(Ground { root: root.to_path_buf(), changes: Vec::new() });
        grounds.len() - 1
    });
    &mut grounds[at]
}

/// Refuses two changes of one file, on a disk that does not tell cases apart either.
pub(super) fn one_file_each(changes: &[Change]) -> Result<(), Refusal> {
    let paths = changes.iter().map(|change| change.path.as_str());
    match clashes(paths).first() {
        None => Ok(()),
        Some((one, other)) if one == other => Err(Refusal::Other(format!("`{one}` would be written twice"))),
        Some((one, other)) => Err(Refusal::Other(format!("`{one}` and `{other}` cannot both be written"))),
    }
}

fn digests(files: &[Rendered]) -> BTreeMap<String, String> {
    files.iter().map(|file| (file.path.clone(), provenance::digest_of(&file.bytes))).collect()
}

/// Returns the entity with what the catalog says about it once everything is written.
pub(super) fn judged(
    request: &Request<'_>,
    made: entity::Made,
    grounds: &[Ground],
) -> Result<Newcomer, Refusal> {
    let below = grounds.iter().filter(|ground| ground.root == request.catalog);
    let changes = below.flat_map(|ground| &ground.changes);
    let changes = changes.map(|change| (change.path.clone(), Some(change.bytes.clone()))).collect();
    let verdict = match request.purpose {
        Purpose::Create => {
            verdict::judge(request.portal, request.files, &changes, &made.blueprint, &made.identifier)?
        }
        Purpose::Again => Verdict::default(),
    };
    Ok(Newcomer { blueprint: made.blueprint, identifier: made.identifier, file: made.file, verdict })
}

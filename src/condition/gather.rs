//! What conditions look up outside the catalog's documents: files, and the history of paths.
//!
//! It is looked up before conditions are evaluated, for all entities at once: files are listed once and each is read
//! once, the history is walked once.

use std::collections::BTreeMap;
use std::sync::Arc;

use globset::GlobMatcher;
use rayon::prelude::*;
use regex::Regex;
use rustc_hash::FxHashMap;
use serde_json::Value;

use super::evidence::shown_json;
use super::failure::Failures;
use super::operator::Operator;
use super::test::{Asked, Truth};
use crate::catalog::{BlueprintId, EntityId, EntityRef};
use crate::git::{History, Touched};
use crate::jq::{self, Filter, Input};
use crate::known::Known;
use crate::model::Kind;
use crate::model::instant::{Age, Instant};
use crate::source::{SourceId, Sources};
use crate::worktree::{Content, Files, Selection, Unreadable, normalise};
use crate::yaml;

/// The largest file that is looked into, in bytes.
const LARGEST: usize = 1 << 20;

/// How many files are read at a time.
const AT_ONCE: usize = 256;

/// How many files one entity's pattern is looked for in.
const MOST_FILES: usize = 100;

/// A folder that jq gives.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) filter: Arc<Filter>,
    pub(super) source: String,
}

/// A path, or a pattern of paths.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) text: String,
    pub(super) glob: Option<GlobMatcher>,
}

/// A condition on files.
#[derive(Debug)]
pub(super) struct FileTest {
    pub(super) root: Option<Root>,
    pub(super) pattern: Pattern,
    pub(super) ask: FileAsk,
}

/// What is asked of files.
#[derive(Debug)]
pub(super) enum FileAsk {
    Exists,
    Absent,
    Matches(Regex),
    Lacks(Regex),
    Jq(Arc<Filter>, String),
}

/// A condition on the history of a path.
#[derive(Debug)]
pub(super) struct GitTest {
    pub(super) root: Option<Root>,
    pub(super) path: Option<String>,
    pub(super) operator: Operator,
    pub(super) age: Age,
}

/// What conditions have to look up.
#[derive(Debug, Default)]
pub struct Lookups {
    lookups: Vec<Lookup>,
}

#[derive(Debug)]
struct Lookup {
    what: What,
    /// The blueprint whose entities are asked about; all when `None`.
    blueprint: Option<BlueprintId>,
}

#[derive(Debug)]
enum What {
    File(Arc<FileTest>),
    Git(Arc<GitTest>),
}

impl Lookups {
    pub(super) fn add_file(&mut self, test: &Arc<FileTest>, blueprint: Option<BlueprintId>) -> usize {
        self.lookups.push(Lookup { what: What::File(Arc::clone(test)), blueprint });
        self.lookups.len() - 1
    }

    pub(super) fn add_git(&mut self, test: &Arc<GitTest>, blueprint: Option<BlueprintId>) -> usize {
        self.lookups.push(Lookup { what: What::Git(Arc::clone(test)), blueprint });
        self.lookups.len() - 1
    }

    /// Returns whether nothing has to be looked up.
    pub fn is_empty(&self) -> bool {
        self.lookups.is_empty()
    }
}

/// What has been found for an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) truth: Truth,
    /// What was seen, in a few words.
    pub(super) seen: String,
    /// The file that decided.
    pub(super) file: Option<String>,
}

impl Answer {
    fn new(truth: impl Into<Truth>, seen: impl Into<String>, file: Option<&str>) -> Self {
        Self { truth: truth.into(), seen: seen.into(), file: file.map(String::from) }
    }

    fn unknown(seen: impl Into<String>) -> Self {
        Self::new(Truth::Unknown, seen, None)
    }
}

/// The answers to all lookups.
#[derive(Debug, Default)]
pub struct Gathered {
    answers: Vec<FxHashMap<EntityId, Answer>>,
    failures: Failures,
}

impl Gathered {
    /// Returns the answers to `lookups`, read from `files` and from `history`, if there is one.
    ///
    /// # Errors
    /// When files cannot be listed or read.
    pub fn gather(
        lookups: &Lookups,
        known: Known<'_>,
        sources: &Sources,
        files: &dyn Files,
        history: Option<&History>,
    ) -> Result<Self, Unreadable> {
        if lookups.is_empty() {
            return Ok(Self::default());
        }
        let places = Places { known, sources, own: own_folders(known, sources) };
        let mut gathered = Self::default();
        gathered.answers.resize_with(lookups.lookups.len(), FxHashMap::default);
        gathered.look_into_files(lookups, &places, files)?;
        gathered.look_into_history(lookups, &places, history);
        Ok(gathered)
    }

    /// Returns the expressions that have failed while conditions were evaluated.
    pub fn failures(&self) -> &Failures {
        &self.failures
    }

    pub(super) fn truth(&self, number: usize, entity: EntityId) -> Truth {
        self.answer(number, entity).map_or(Truth::Unknown, |answer| answer.truth)
    }

    pub(super) fn answer(&self, number: usize, entity: EntityId) -> Option<&Answer> {
        self.answers.get(number)?.get(&entity)
    }

    fn look_into_files(
        &mut self,
        lookups: &Lookups,
        places: &Places<'_>,
        files: &dyn Files,
    ) -> Result<(), Unreadable> {
        let tests = || {
            lookups.lookups.iter().enumerate().filter_map(|(number, lookup)| match &lookup.what {
                What::File(test) => Some((number, lookup.blueprint, test)),
                What::Git(_) => None,
            })
        };
        if tests().next().is_none() {
            return Ok(());
        }
        let hidden = |test: &FileTest| format!("/{}", test.pattern.text).contains("/.");
        let listed = list(files, tests().any(|(.., test)| hidden(test)))?;
        // What is still to be decided by what files hold: for each path, who asks what of it.
        let mut open: BTreeMap<&str, Vec<(usize, EntityId)>> = BTreeMap::new();
        for (number, blueprint, test) in tests() {
            for (entity, paths) in places.matching(blueprint, test, &listed) {
                let settled = match &paths {
                    Err(why) => Some(Answer::unknown(why)),
                    Ok(paths) => test.settled(paths),
                };
                if let Some(answer) = settled {
                    self.answers[number].insert(entity, answer);
                    continue;
                }
                for path in paths.into_iter().flatten() {
                    open.entry(path).or_default().push((number, entity));
                }
            }
        }
        let tests: FxHashMap<usize, &Arc<FileTest>> =
            tests().map(|(number, _, test)| (number, test)).collect();
        let open: Vec<(&str, Vec<(usize, EntityId)>)> = open.into_iter().collect();
        for some in open.chunks(AT_ONCE) {
            let paths: Vec<String> = some.iter().map(|(path, _)| (*path).to_string()).collect();
            let contents = files.read(&paths, LARGEST)?;
            for ((path, asking), content) in some.iter().zip(&contents) {
                let mut known: FxHashMap<usize, Answer> = FxHashMap::default();
                for &(number, entity) in asking {
                    let answer = known
                        .entry(number)
                        .or_insert_with(|| tests[&number].look(path, content, places.known));
                    self.keep(number, entity, answer.clone(), tests[&number].needs_all());
                }
            }
        }
        Ok(())
    }

    /// Keeps the answer that decides: the best of several files, or the worst when all of them are meant.
    fn keep(&mut self, number: usize, entity: EntityId, answer: Answer, all: bool) {
        let known = self.answers[number].entry(entity).or_insert_with(|| answer.clone());
        if if all { answer.truth < known.truth } else { answer.truth > known.truth } {
            *known = answer;
        }
    }

    fn look_into_history(&mut self, lookups: &Lookups, places: &Places<'_>, history: Option<&History>) {
        let tests: Vec<(usize, Option<BlueprintId>, &Arc<GitTest>)> = lookups
            .lookups
            .iter()
            .enumerate()
            .filter_map(|(number, lookup)| match &lookup.what {
                What::Git(test) => Some((number, lookup.blueprint, test)),
                What::File(_) => None,
            })
            .collect();
        if tests.is_empty() {
            return;
        }
        let mut asked: Vec<(usize, EntityId, &GitTest, String)> = Vec::new();
        for (number, blueprint, test) in tests {
            for (entity, path) in places.histories(blueprint, test) {
                match path {
                    Ok(path) => asked.push((number, entity, test, path)),
                    Err(why) => {
                        self.answers[number].insert(entity, Answer::unknown(why));
                    }
                }
            }
        }
        let mut paths: Vec<&str> = asked.iter().map(|(.., path)| path.as_str()).collect();
        paths.sort_unstable();
        paths.dedup();
        let touched = history.map(|history| history.last_commits(&paths)).unwrap_or_default();
        for (number, entity, test, path) in &asked {
            let answer = match (history, touched.get(path.as_str())) {
                (None, _) => Answer::unknown("there is no Git history"),
                (_, Some(Touched::At(seconds))) => {
                    test.look(path, Instant::from_seconds(*seconds), places.known.now)
                }
                (_, Some(Touched::Beyond)) => Answer::unknown(format!(
                    "the clone is shallow: it ends before the last commit of `{path}`"
                )),
                (Some(_), None) => Answer::unknown(format!("`{path}` is not committed")),
            };
            self.answers[*number].insert(*entity, answer);
        }
    }
}

/// Returns every file of the catalog's folder, sorted; those in hidden folders only when they are asked for.
fn list(files: &dyn Files, hidden: bool) -> Result<Vec<String>, Unreadable> {
    let mut include = vec!["**".to_string()];
    include.extend(hidden.then(|| ".*/**".to_string()));
    Ok(files.list(&Selection { include, ..Selection::default() })?.files)
}

/// Returns for each folder that holds a file with entities that file, or `None` when it holds several. The folders of
/// the catalog's own documents are nobody's own.
fn own_folders<'a>(known: Known<'a>, sources: &'a Sources) -> FxHashMap<&'a str, Option<SourceId>> {
    let mut own: FxHashMap<&str, Option<SourceId>> = FxHashMap::default();
    let shared = known.catalog.config().folders(Kind::Entity);
    let is_shared = |folder: &str| {
        shared
            .iter()
            .any(|own| folder.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    };
    for entity in known.catalog.entities() {
        let source = entity.source();
        let folder = folder_of(sources.get(source).path());
        if is_shared(folder) {
            continue;
        }
        own.entry(folder)
            .and_modify(|only| *only = only.filter(|only| *only == source))
            .or_insert(Some(source));
    }
    own
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Where entities have their files.
struct Places<'a> {
    known: Known<'a>,
    sources: &'a Sources,
    own: FxHashMap<&'a str, Option<SourceId>>,
}

impl<'a> Places<'a> {
    /// Returns the entities that are asked about.
    fn entities(&self, blueprint: Option<BlueprintId>) -> Vec<EntityRef<'a>> {
        let catalog = self.known.catalog;
        blueprint.map_or_else(
            || catalog.entities().collect(),
            |blueprint| catalog.entities_of(blueprint).collect(),
        )
    }

    /// Returns the folder of the file in which an entity is written, when that is nobody else's.
    fn own_folder(&self, entity: EntityRef<'a>) -> Result<String, String> {
        let folder = folder_of(self.sources.get(entity.source()).path());
        let own = self.own.get(folder).copied().flatten().is_some();
        let other = || format!("`{folder}` is not the entity's own folder: set `root`");
        own.then(|| folder.to_string()).ok_or_else(other)
    }

    /// Returns the folder in which the paths of an entity start, or why there is none.
    fn root(&self, entity: EntityRef<'a>, root: Option<&Root>) -> Result<String, String> {
        let Some(root) = root else { return self.own_folder(entity) };
        let asked = Asked::new(self.known, entity);
        let given = root.filter.first(asked.input(), self.known.now.seconds());
        let given = given.map_err(|error| format!("`{}` fails: {error}", root.source))?;
        // Where nothing else is said, it is the entity's own.
        let Some(given) = given.filter(|given| !given.is_null()) else {
            let none = |why| format!("`{}` gives nothing, and {why}", root.source);
            return self.own_folder(entity).map_err(none);
        };
        let text = given.as_str().ok_or_else(|| format!("`{}` gives no folder", root.source))?;
        let text = text.trim_end_matches('/');
        if text.is_empty() || text == "." {
            return Ok(String::new());
        }
        normalise("", text).ok_or_else(|| format!("`{text}` is not inside the catalog"))
    }

    /// Returns for each entity the files that its pattern means, or why that cannot be said.
    fn matching<'f>(
        &self,
        blueprint: Option<BlueprintId>,
        test: &FileTest,
        listed: &'f [String],
    ) -> Vec<(EntityId, Result<Vec<&'f str>, String>)> {
        let entities = self.entities(blueprint);
        let found = |entity: &EntityRef<'a>| {
            let root = self.root(*entity, test.root.as_ref());
            (entity.id(), root.map(|root| test.pattern.find(&root, listed)))
        };
        jq::on_deep_stack(|| entities.par_iter().map(found).collect())
    }

    /// Returns for each entity the path whose history is asked for, or why that cannot be said.
    fn histories(
        &self,
        blueprint: Option<BlueprintId>,
        test: &GitTest,
    ) -> Vec<(EntityId, Result<String, String>)> {
        let entities = self.entities(blueprint);
        let found = |entity: &EntityRef<'a>| {
            // Without a folder of its own, what an entity has of its own is the file that it is written in.
            let file = || self.sources.get(entity.source()).path().to_string();
            let root = match self.root(*entity, test.root.as_ref()) {
                Err(_) if test.root.is_none() && test.path.is_none() => Ok(file()),
                Ok(root) if root.is_empty() && test.root.is_none() && test.path.is_none() => Ok(file()),
                other => other,
            };
            (entity.id(), root.map(|root| join(&root, test.path.as_deref().unwrap_or_default())))
        };
        jq::on_deep_stack(|| entities.par_iter().map(found).collect())
    }
}

fn join(folder: &str, path: &str) -> String {
    match (folder, path) {
        ("", path) => path.to_string(),
        (folder, "") => folder.to_string(),
        (folder, path) => format!("{folder}/{path}"),
    }
}

impl Pattern {
    /// Returns the files below `root` that are meant, in order.
    fn find<'f>(&self, root: &str, listed: &'f [String]) -> Vec<&'f str> {
        let Some(glob) = &self.glob else {
            let path = join(root, &self.text);
            let found = listed.binary_search_by(|file| file.as_str().cmp(&path)).ok();
            return found.map(|at| listed[at].as_str()).into_iter().collect();
        };
        let prefix = if root.is_empty() { String::new() } else { format!("{root}/") };
        let start = listed.partition_point(|file| file.as_str() < prefix.as_str());
        let below = listed[start..].iter().take_while(|file| file.starts_with(&prefix));
        let meant = below.filter(|file| glob.is_match(&file[prefix.len()..]));
        meant.map(String::as_str).take(MOST_FILES).collect()
    }
}

impl FileTest {
    /// Returns whether all of several files are meant, not one of them.
    fn needs_all(&self) -> bool {
        matches!(self.ask, FileAsk::Lacks(_))
    }

    /// Returns the answer when no file has to be read for it.
    fn settled(&self, paths: &[&str]) -> Option<Answer> {
        let first = paths.first().copied();
        let missing = || format!("there is no `{}`", self.pattern.text);
        match (&self.ask, first) {
            (FileAsk::Exists, Some(path)) => Some(Answer::new(true, format!("`{path}` exists"), first)),
            (FileAsk::Absent, Some(path)) => Some(Answer::new(false, format!("`{path}` exists"), first)),
            (FileAsk::Absent | FileAsk::Lacks(_), None) => Some(Answer::new(true, missing(), None)),
            (_, None) => Some(Answer::new(false, missing(), None)),
            (FileAsk::Lacks(_), Some(_)) if paths.len() == MOST_FILES => {
                Some(Answer::unknown(format!("`{}` means too many files", self.pattern.text)))
            }
            _ => None,
        }
    }

    /// Returns what one file says.
    fn look(&self, path: &str, content: &Content, known: Known<'_>) -> Answer {
        let Content::Text(text) = content else {
            return Answer::unknown(format!("`{path}` is no text, or larger than 1 MiB"));
        };
        let line = |regex: &Regex| {
            let start = regex.find(text)?.start();
            Some(1 + text.as_bytes()[..start].iter().filter(|&&byte| byte == b'\n').count())
        };
        match &self.ask {
            FileAsk::Exists | FileAsk::Absent => Answer::unknown("no file has to be read"),
            FileAsk::Matches(regex) => match line(regex) {
                Some(line) => Answer::new(true, format!("`{path}` has it in line {line}"), Some(path)),
                None => Answer::new(false, format!("`{path}` has no such text"), Some(path)),
            },
            FileAsk::Lacks(regex) => match line(regex) {
                Some(line) => Answer::new(false, format!("`{path}` has it in line {line}"), Some(path)),
                None => Answer::new(true, format!("`{path}` has no such text"), Some(path)),
            },
            FileAsk::Jq(filter, _) => {
                let mut found = Vec::new();
                let document = yaml::parse(SourceId::new(0), text, &mut found);
                let Some(root) = document.roots().next() else {
                    return Answer::unknown(format!("`{path}` is neither YAML nor JSON"));
                };
                let json = root.to_json();
                let given = || filter.first(&Input::from_json(&json), known.now.seconds());
                match jq::on_deep_stack(given).map(Option::unwrap_or_default) {
                    Ok(given) => {
                        let holds = !matches!(given, Value::Null | Value::Bool(false));
                        Answer::new(holds, format!("`{path}` gives {}", shown_json(&given)), Some(path))
                    }
                    Err(error) => Answer::new(Truth::Unknown, format!("`{path}`: {error}"), Some(path)),
                }
            }
        }
    }
}

impl GitTest {
    /// Returns what the last commit of a path, made at `at`, says.
    fn look(&self, path: &str, at: Instant, now: Instant) -> Answer {
        let age = now.since(at);
        let holds = match self.operator {
            Operator::Less => age < self.age,
            Operator::LessOrEqual => age <= self.age,
            Operator::Greater => age > self.age,
            _ => age >= self.age,
        };
        Answer::new(
            holds,
            format!("`{path}` was last changed {} ({} ago)", at.date(), age.shown()),
            Some(path),
        )
    }
}

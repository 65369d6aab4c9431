//! What conditions look up outside the catalog's documents: files, the history of paths, and the records of services.
//!
//! It is looked up before conditions are evaluated, for all entities at once: files are listed once and each is read
//! once, the history is walked once.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::failure::Failures;
use super::look::{Answer, FileTest, GitTest};
use super::made::Services;
use super::place::Places;
use super::scaffold::ScaffoldTest;
use super::test::Truth;
use crate::catalog::{BlueprintId, EntityId};
use crate::git::{History, Touched};
use crate::known::Known;
use crate::model::instant::Instant;
use crate::provenance;
use crate::source::Sources;
use crate::worktree::{Files, Selection, Unreadable};

/// The largest file that is looked into, in bytes.
const LARGEST: usize = 1 << 20;

/// How many files are read at a time.
const AT_ONCE: usize = 256;

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
    Scaffold(Arc<ScaffoldTest>),
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

    pub(super) fn add_scaffold(&mut self, test: &Arc<ScaffoldTest>, blueprint: Option<BlueprintId>) -> usize {
        self.lookups.push(Lookup { what: What::Scaffold(Arc::clone(test)), blueprint });
        self.lookups.len() - 1
    }

    /// Returns whether nothing has to be looked up.
    pub fn is_empty(&self) -> bool {
        self.lookups.is_empty()
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
        let places = Places::new(known, sources);
        let mut gathered = Self::default();
        gathered.answers.resize_with(lookups.lookups.len(), FxHashMap::default);
        gathered.look_into_files(lookups, &places, files)?;
        gathered.look_into_history(lookups, &places, history);
        gathered.look_into_records(lookups, &places, sources, files, history)?;
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
                What::Git(_) | What::Scaffold(_) => None,
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
                What::File(_) | What::Scaffold(_) => None,
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

    fn look_into_records(
        &mut self,
        lookups: &Lookups,
        places: &Places<'_>,
        sources: &Sources,
        files: &dyn Files,
        history: Option<&History>,
    ) -> Result<(), Unreadable> {
        let tests = lookups.lookups.iter().enumerate();
        let tests = tests.filter_map(|(number, lookup)| match &lookup.what {
            What::Scaffold(test) => Some((number, lookup.blueprint, test)),
            What::File(_) | What::Git(_) => None,
        });
        let mut tests = tests.peekable();
        if tests.peek().is_none() {
            return Ok(());
        }
        let catalog = places.known.catalog;
        let templates = catalog.templates(sources, files)?;
        let services = provenance::all(files, catalog.config())?;
        let mut services = Services::new(files, history, templates, services);
        for (number, blueprint, test) in tests {
            for entity in places.entities(blueprint) {
                let folder = places.own_folder(entity).ok();
                let answer = services.look(test, entity, folder.as_deref())?;
                self.answers[number].insert(entity.id(), answer);
            }
        }
        Ok(())
    }
}

/// Returns every file of the catalog's folder, sorted; those in hidden folders only when they are asked for.
fn list(files: &dyn Files, hidden: bool) -> Result<Vec<String>, Unreadable> {
    let mut include = vec!["**".to_string()];
    include.extend(hidden.then(|| ".*/**".to_string()));
    Ok(files.list(&Selection { include, ..Selection::default() })?.files)
}

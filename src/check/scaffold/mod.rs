//! Scaffolds: a document that asks for what its templates need, and files that can be made of the answers.
//!
//! Nothing is rendered here: what would go wrong for some answers only is found when a service is made, or by the tests
//! of the scaffold.

mod delimiter;
mod entity;
mod name;
mod place;
mod record;
mod step;
mod text;
mod usage;

use std::collections::BTreeSet;

use super::around::Around;
use super::expression::Expressions;
use super::sight::{Members, Sight};
use super::{action, form};
use crate::catalog::{Catalog, Definition};
use crate::diagnostic::{Diagnostic, Diagnostics, Rule};
use crate::graph::unknown_team;
use crate::model::scaffold::{FILE, REPOSITORY, Scaffold, TEMPLATE};
use crate::skeleton::{self, Undefined};
use crate::source::Sources;
use crate::worktree::{Files, Tree};
use crate::yaml::Node;

use name::Names;
use text::Texts;

/// Pushes what is wrong with scaffolds, and with what actions and automations ask of them. The texts of files that
/// findings are about are added to `sources`.
pub fn check(catalog: &Catalog, files: &dyn Files, sources: &mut Sources, found: &mut Diagnostics) {
    let mut problems = Vec::new();
    step::check(catalog, files, sources, &mut problems);
    if !catalog.scaffolds().is_empty() {
        // Looking for records is a walk of its own: a catalog without templates is spared it.
        record::check(catalog, files, sources, &mut problems);
        let around = Around::new(catalog);
        let mut expressions = Expressions::default();
        let mut folders = place::Folders::default();
        for definition in catalog.scaffolds() {
            let scaffold = Checked { around: &around, definition, node: catalog.node(definition.place) };
            scaffold.check_document(&mut expressions, &mut problems);
            let Some(folder) = folders.of(definition, sources, &mut problems) else { continue };
            scaffold.check_texts(&folder, files, sources, &mut problems);
        }
    }
    found.extend(problems);
}

/// A scaffold that is being checked.
struct Checked<'a> {
    around: &'a Around<'a>,
    definition: &'a Definition<Scaffold>,
    node: Node<'a>,
}

impl Checked<'_> {
    fn scaffold(&self) -> &Scaffold {
        &self.definition.value
    }

    /// Pushes what is wrong with the form, and with who keeps the scaffold.
    fn check_document(&self, expressions: &mut Expressions, found: &mut Vec<Diagnostic>) {
        let scaffold = self.scaffold();
        found.extend(scaffold.icon.as_ref().and_then(super::unknown_icon));
        let team = self.node.get("team").filter(|team| !team.is_null());
        found.extend(team.and_then(|team| unknown_team(self.around.catalog, team)));
        let inputs = self.node.get("userInputs");
        if let Some(written) = inputs.and_then(|it| form::Written::at(self.around, it, &scaffold.inputs)) {
            form::check(&written, &self.sight(), expressions, found);
        }
    }

    /// Returns what the expressions of the form see.
    fn sight(&self) -> Sight<'_> {
        let inputs = Sight::inputs(self.around.catalog, &self.scaffold().inputs);
        let help = "ask for one: an input of the format `entity`";
        let entity = Sight::Nothing("a scaffold is about no entity, so `.entity` is null", help);
        let members = vec![("form", inputs), ("entity", entity), ("user", Sight::Any)];
        let hints = &[("inputs", "in a form, the inputs are in `.form`")];
        Sight::Members(Members { lacks: action::LACKS, rule: Rule::InvalidTemplate, members, hints })
    }

    /// Pushes what is wrong with the texts of the document, and with the files beside it.
    fn check_texts(
        &self,
        folder: &str,
        files: &dyn Files,
        sources: &mut Sources,
        found: &mut Vec<Diagnostic>,
    ) {
        let tree = files.tree(folder);
        let tree = tree.map_err(|error| found.push(self.unreadable(&error.reason))).unwrap_or_default();
        let engine = match delimiter::engine(self.node, self.scaffold(), Undefined::Strict) {
            Ok(engine) => engine,
            // Without delimiters no text can be read.
            Err(findings) => return found.extend(findings),
        };
        let names = Names::of(self.scaffold());
        let mut texts = Texts::new(&engine, &names, self.scaffold());
        texts.check_document(self.node, found);
        if let Some(entity) = self.node.get("entity") {
            entity::check(self.around, entity, &texts, found);
        }
        let mut used = texts.used;
        let mut faults = Vec::new();
        for part in [TEMPLATE, REPOSITORY] {
            let below = tree.below(part);
            let known = names.known();
            let wrong = skeleton::lint(&engine, &below, &known, &names.secrets);
            let place = format!("{folder}/{part}");
            faults.extend(wrong.iter().map(|fault| fault.finding(&place, sources)));
            used.extend(skeleton::uses(&engine, &below));
        }
        found.extend(faults);
        if is_empty(&tree) {
            found.push(self.nothing(folder, &tree));
        }
        usage::check(self.scaffold(), self.node, &used, found);
    }

    /// Returns the finding that the folder cannot be read.
    fn unreadable(&self, reason: &str) -> Diagnostic {
        let message = format!("the folder of this scaffold cannot be read: {reason}");
        let place = self.scaffold().identifier.span;
        let help = format!("keep it in a folder of its own, with `{FILE}` and `{TEMPLATE}/`");
        Diagnostic::new(Rule::TemplatePath, place, message).help(help)
    }

    /// Returns the finding that there are no files to make a service of.
    fn nothing(&self, folder: &str, tree: &Tree) -> Diagnostic {
        let folders: BTreeSet<&str> =
            tree.files.iter().filter_map(|file| Some(file.path.split_once('/')?.0)).collect();
        let near = crate::diagnostic::did_you_mean(TEMPLATE, folders.iter().copied());
        let help = match near {
            Some(_) => format!("the folder is called `{TEMPLATE}`, without another letter: rename yours"),
            None => format!("put the files of a new service into `{folder}/{TEMPLATE}/`"),
        };
        let message = format!("there is nothing to make: no file is in `{TEMPLATE}/` or `{REPOSITORY}/`");
        Diagnostic::new(Rule::TemplatePath, self.scaffold().identifier.span, message).help(help)
    }
}

/// Returns whether nothing of a scaffold's folder would become a file. What cannot be one is a mistake of its own.
fn is_empty(tree: &Tree) -> bool {
    let empty = |part: &str| {
        let below = tree.below(part);
        below.files.is_empty() && below.refused.is_empty()
    };
    [TEMPLATE, REPOSITORY].into_iter().all(empty)
}

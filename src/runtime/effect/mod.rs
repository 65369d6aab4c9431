//! From what a run did to the files of the catalog: which change, and what they hold then.
//!
//! A [`Plan`] is made in memory and held against the rules: the catalog is opened as it would be, and if that brings a
//! new error, there is no plan but reasons. Whatever a request says, then, the catalog stays one that validates. What is
//! written already is changed where it is, and nothing else of its file; what is new gets a file of its own.

mod draft;
mod file;
#[cfg(test)]
mod tests;
mod upsert;
mod verdict;

use std::collections::BTreeMap;

use crate::model::phrase::clip;
use crate::portal::Portal;
use crate::runtime::report::Effect;
use crate::runtime::request::EntityName;
use crate::worktree::Files;

use draft::Draft;

/// What is to be done to the files of a catalog.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// What each file that changes will hold, by its path relative to the catalog root; `None` for one that goes.
    pub files: BTreeMap<String, Option<Vec<u8>>>,
    /// What people should know, though it is no mistake.
    pub notes: Vec<String>,
}

/// Returns what `effects`, each seeing those before it, do to the catalog `portal`, which was read from `files`.
///
/// # Errors
/// Every reason why they cannot be: what cannot be changed, and what would be wrong with the catalog then.
pub fn plan(portal: &Portal, files: &dyn Files, effects: &[Effect]) -> Result<Plan, Vec<String>> {
    let mut draft = Draft::new(portal, files);
    let mut reasons = Vec::new();
    for effect in effects {
        let result = match effect {
            Effect::Upsert(upsert) => draft.upsert(upsert),
            Effect::Delete(name) => draft.delete(name),
        };
        reasons.extend(result.err().into_iter().flatten());
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let names = draft.names();
    let plan = draft.finish();
    let reasons = verdict::judge(portal, files, &plan, &names);
    if reasons.is_empty() { Ok(plan) } else { Err(reasons) }
}

/// Returns what an entity is called in sentences: ``the `Service` `cart` ``.
fn called(name: &EntityName) -> String {
    format!("the `{}` `{}`", clip(&name.blueprint), clip(&name.identifier))
}

//! Descriptions of interfaces: that they can be read, and that what they refer to is there.

use rayon::prelude::*;

use crate::catalog::Catalog;
use crate::diagnostic::{Diagnostic, Diagnostics, Rule};
use crate::interface::{self, Found, Loaded, Place, Problem};
use crate::jq;
use crate::source::Sources;
use crate::worktree::{Files, Unreadable};

/// How many descriptions are in memory at once.
const AT_ONCE: usize = 64;

/// Pushes what is wrong with descriptions. The texts of files that findings are about are added to `sources`.
///
/// # Errors
/// When the files cannot be listed.
pub fn check(
    catalog: &Catalog,
    files: &dyn Files,
    sources: &mut Sources,
    found: &mut Diagnostics,
) -> Result<(), Unreadable> {
    let all = interface::find(catalog, sources, files)?;
    for some in all.chunks(AT_ONCE) {
        let loaded: Vec<(&Found, Result<Loaded<'_>, String>)> = some
            .iter()
            .filter(|found| found.same.is_none())
            .map(|found| (found, interface::load(catalog, sources, files, found)))
            .collect();
        // Schemas are read as deep as they are nested.
        let read: Vec<_> = jq::on_deep_stack(|| loaded.into_par_iter().map(read).collect());
        for result in read {
            match result {
                Ok((problems, loaded)) => found.extend(interface::findings(&loaded, &problems, sources)),
                Err(finding) => found.extend(finding),
            }
        }
    }
    Ok(())
}

/// Returns what is wrong with a description, and the description, or the finding that it cannot be had.
fn read<'a>(
    (found, loaded): (&Found, Result<Loaded<'a>, String>),
) -> Result<(Vec<Problem>, Loaded<'a>), Option<Diagnostic>> {
    match loaded {
        Ok(loaded) => Ok((loaded.read().1, loaded)),
        Err(reason) => Err(missing(found, &reason)),
    }
}

/// Returns the finding that there is no description where one is said to be.
fn missing(found: &Found, reason: &str) -> Option<Diagnostic> {
    let (Place::File(path), Some(span)) = (&found.place, found.span) else { return None };
    let help = "paths start at the catalog root, or with ./ at the folder of this file";
    Some(Diagnostic::new(Rule::InterfaceDescription, span, format!("`{path}` {reason}")).help(help))
}

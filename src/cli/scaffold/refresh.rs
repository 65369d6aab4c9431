//! The catalog's workflow files, as they are once there is one entity more: choices that list entities list the new one.
//!
//! Without this, whoever makes a service would be told by the next check that files elsewhere are stale.

use std::path::PathBuf;

use super::workshop::Workshop;
use crate::cli::{Failure, repository};
use crate::history::Prospect;
use crate::model::target::Target;
use crate::scaffold::{Change, Ground, Part, Plan};
use crate::workflow;
use crate::workflow::state::{self, State};

/// Adds the files that the plan makes stale to it. One that is not as it should be already is left to `portal workflows`.
pub(super) fn workflows(workshop: &Workshop<'_>, plan: &mut Plan) -> Result<(), Failure> {
    let opened = workshop.opened;
    let targets = &opened.portal.catalog.config().ci.targets;
    let inside = plan.grounds.iter().filter(|ground| ground.root == opened.root);
    let changes = inside.flat_map(|ground| &ground.changes);
    let changes = changes.map(|change| (change.path.clone(), Some(change.bytes.clone()))).collect();
    if targets.is_empty() || opened.portal.diagnostics.has_errors() || plan.entity.is_none() {
        return Ok(());
    }
    let Ok(root) = repository::root(opened) else { return Ok(()) };
    let now = workflow::Plan::of(&opened.portal.catalog, &opened.portal.sources, targets);
    let present = repository::present(&root, Target::ALL)?;
    let fine: Vec<String> = state::compare(&now, &present)
        .into_iter()
        .filter(|file| file.state == State::Current)
        .map(|file| file.path)
        .collect();
    if fine.is_empty() {
        return Ok(());
    }
    let after = Prospect::of(&opened.portal, &workshop.files, &changes)?.portal;
    let then = workflow::Plan::of(&after.catalog, &after.sources, targets);
    let stale = state::compare(&then, &present).into_iter();
    let stale = stale.filter(|file| file.state == State::Stale && fine.contains(&file.path));
    let refreshed: Vec<Change> = stale
        .filter_map(|file| {
            let bytes = file.expected?.into_bytes();
            Some(Change { path: file.path, bytes, executable: false, part: Part::Workflow })
        })
        .collect();
    if !refreshed.is_empty() {
        ground(plan, root).changes.extend(refreshed);
        plan.grounds.iter_mut().for_each(|ground| ground.changes.sort_by(|a, b| a.path.cmp(&b.path)));
    }
    Ok(())
}

/// Returns the ground of a root, new when there is none.
fn ground(plan: &mut Plan, root: PathBuf) -> &mut Ground {
    let at = plan.grounds.iter().position(|ground| ground.root == root).unwrap_or_else(|| {
        plan.grounds.push(Ground { root, changes: Vec::new() });
        plan.grounds.len() - 1
    });
    &mut plan.grounds[at]
}

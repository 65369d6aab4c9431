//! The runs that a catalog has on record, for what shows them.

use std::io::{self, Write};

use super::open::Opened;
use super::{Failure, Global};
use crate::git::Revision;
use crate::runtime::ledger::{LONGEST, Ledger};
use crate::runtime::report::Effect;
use crate::runtime::run::{FOLDER, Run, Status};
use crate::site::{self, State};
use crate::worktree;

/// Returns the runs of actions on record, on disk or at the revision `at`: those of the catalog itself, for the same
/// catalog must give the same pages whichever branches a clone has. What cannot be read is said, and left out.
pub(super) fn runs(global: &Global, opened: &Opened, at: Option<&str>) -> Result<Vec<site::Run>, Failure> {
    let files = match at {
        Some(name) => Revision::open(&opened.root, name)?.below(FOLDER, ".json", LONGEST)?,
        None => worktree::below(&opened.root, FOLDER, ".json", LONGEST)
            .map_err(|error| Failure::Other(error.to_string()))?,
    };
    let ledger = Ledger::of_files(files);
    if global.quiet == 0 {
        for warning in ledger.warnings() {
            writeln!(io::stderr(), "warning: {warning}")?;
        }
    }
    Ok(ledger.iter().filter_map(|recorded| shown(&recorded.run)).collect())
}

/// Returns what pages show of a run; nothing of one that is of no action.
fn shown(run: &Run) -> Option<site::Run> {
    let created = run.effects.iter().find_map(|effect| match effect {
        Effect::Upsert(upsert) => Some(&upsert.name),
        Effect::Delete(_) => None,
    });
    let entity = run.entity.as_ref().or(created);
    Some(site::Run {
        entity: entity.map(|name| (name.blueprint.clone(), name.identifier.clone())),
        id: run.id.clone(),
        action: run.action.clone()?,
        state: match run.status {
            Status::Success => State::Done,
            Status::Failure => State::Failed,
            Status::Refused => State::Refused,
            Status::Cancelled => State::Cancelled,
        },
        reasons: run.reasons.clone(),
        by: run.actor.as_ref().map(|actor| actor.user.clone().unwrap_or_else(|| actor.login.clone())),
        at: run.at.clone(),
        approved_by: run.approved_by.clone(),
        expires_at: run.expires_at.clone(),
        link: run.link.clone(),
    })
}

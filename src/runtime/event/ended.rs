//! What happened to runs: a record is written once, when a run has ended, so its beginning and its end are one change.

use super::{About, Event, Parent, What};
use crate::runtime::run::{Cause, Run, Status};

/// Returns the beginning and the end of each of these runs, in their order. Runs of automations are none of Port's
/// runs; a request that was refused never was one, so that who may not ask cannot start an automation by asking.
pub fn of_runs<'r>(runs: impl IntoIterator<Item = &'r Run>) -> Vec<Event> {
    let counts =
        |run: &&Run| run.cause == Cause::Request && run.action.is_some() && run.status != Status::Refused;
    let both = |run: &Run| {
        [What::RunCreated, What::RunUpdated].map(|what| Event {
            what,
            entity: run.entity.clone(),
            about: About::Run(Box::new(run.clone())),
            parent: Some(Parent { run: run.id.clone(), depth: run.depth }),
        })
    };
    runs.into_iter().filter(counts).flat_map(both).collect()
}

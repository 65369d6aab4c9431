//! `portal ci sweep`: what is due because time has passed.

use clap::Args;

use super::round::{Options, Site};
use crate::cli::open::Source;
use crate::cli::{Failure, Global, Outcome};
use crate::git;
use crate::runtime::record::Recording;
use crate::runtime::sweep;
use crate::runtime::trigger::Trigger;

/// Do what is due: schedules, timers, the ends of what was created for a time, overdue initiatives
///
/// Safe to start late, twice, or not at all for a while: what is on record is not done again.
#[derive(Debug, Args)]
pub(super) struct Sweep {
    #[command(flatten)]
    options: Options,
}

impl Sweep {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let opened = Source::default().open(global, None)?;
        let portal = &opened.portal;
        let mut site = Site::new(global, &self.options, opened, &opened.root)?;
        site.fetch(None)?;
        site.commit = git::commit(&opened.root, "HEAD").map(|commit| commit.id).unwrap_or_default();
        let ledger = site.ledger();
        let triggers: Vec<Trigger<'_>> = portal.catalog.automations().iter().map(Trigger::of).collect();
        let sweep = sweep::Sweep { portal, triggers: &triggers, ledger: &ledger };
        let mut plan = sweep.plan(portal.catalog.config().ci.max_events);
        plan.warnings.extend(ledger.warnings().iter().cloned());
        if self.options.plan {
            site.show(&plan, None)?;
            return site.conclude(&plan, &Recording::default());
        }
        if plan.starts.is_empty() {
            site.say("note", "nothing is due")?;
        }
        site.carry_out(&plan, None, |_| Ok(()))
    }
}

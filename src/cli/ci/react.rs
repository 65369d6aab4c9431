//! `portal ci react`: the automations that a change starts.

use clap::Args;

use super::round::{Options, Site};
use crate::cli::open::{self, Source};
use crate::cli::{Failure, Global, Outcome};
use crate::git;
use crate::runtime::actor;
use crate::runtime::plan::Plan;
use crate::runtime::react::{self, Base, Changed, REACTED, short};
use crate::runtime::record::Recording;
use crate::runtime::trigger::Trigger;
use crate::worktree;

/// Start the automations that wait for what changed between two commits
///
/// Looks at what changed since the commit that automations have seen last, which the branch portal/reacted keeps, else
/// since BEFORE, and moves that branch when everything is on record.
#[derive(Debug, Args)]
pub(super) struct React {
    /// The commit that the branch was at before the push
    #[arg(long, value_name = "SHA", default_value = "")]
    before: String,
    /// The commit that was pushed, which is checked out
    #[arg(long, value_name = "SHA", default_value = "HEAD")]
    after: String,
    /// The most runs that start at once [default: ci.maxEvents]
    #[arg(long, value_name = "N")]
    max: Option<usize>,
    #[command(flatten)]
    options: Options,
}

impl React {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let source = Source { at: Some(self.after.clone()) };
        let opened = source.open(global, None)?;
        let root = worktree::find_root(&opened.root).unwrap_or_else(|| opened.root.clone());
        let mut site = Site::new(global, &self.options, opened, &root)?;
        site.fetch(Some(REACTED))?;
        let ledger = site.ledger();
        let range = react::range(&root, (&self.before, &self.after), &ledger);
        let (head, base) = range.map_err(|error| Failure::Other(error.to_string()))?;
        site.commit.clone_from(&head);
        let base = match base {
            Base::Seen(why) => {
                site.say("note", &why)?;
                site.show(&Plan::default(), Some((&head, &head)))?;
                return Ok(Outcome::Done);
            }
            Base::Unknown(why) => {
                site.say("note", &why)?;
                return self.finish(&site, &Plan::default(), (&head, &head));
            }
            Base::Commit(base, note) => {
                note.map_or(Ok(()), |note| site.say("note", &note))?;
                base
            }
        };
        let before = open::beside(global, opened, &base)?;
        let mut warnings = Vec::new();
        let runs = react::new_runs(&root, (&base, &head), &mut warnings)?;
        warnings.extend(ledger.warnings().iter().cloned());
        // Who pushed is only shown: that nobody knows is no reason to stop.
        let actor = actor::find(opened.portal.known(), site.job.target, &site.job.actor);
        let actor = actor.map_err(|why| warnings.push(why)).ok();
        let changed = Changed {
            before: &before,
            after: &opened.portal,
            commit: &head,
            runs: &runs,
            actor: actor.as_ref().filter(|actor| !actor.login.is_empty()),
        };
        let triggers: Vec<Trigger<'_>> =
            opened.portal.catalog.automations().iter().map(Trigger::of).collect();
        let mut plan = react::plan(changed, &triggers, &ledger);
        plan.warnings.extend(warnings);
        self.finish(&site, &plan, (&base, &head))
    }

    /// Shows what is planned, or carries it out.
    fn finish(&self, site: &Site<'_>, plan: &Plan<'_>, range: (&str, &str)) -> Result<Outcome, Failure> {
        let most = self.max.unwrap_or(site.portal.catalog.config().ci.max_events);
        let too_many = plan.starts.len() > most;
        if self.options.plan {
            site.show(plan, Some(range))?;
        }
        if too_many {
            site.say("error", &refusal(plan, most, range.1))?;
            return Ok(Outcome::Findings);
        }
        if self.options.plan {
            return site.conclude(plan, &Recording::default());
        }
        self.is_checked_out(site)?;
        let stored = git::commit(&site.root, react::STORED).map(|commit| commit.id);
        site.carry_out(plan, Some(range), |provider| {
            let moved = provider.move_branch(REACTED, stored.as_deref(), range.1);
            moved.map_err(|why| {
                Failure::Other(format!("the branch `{REACTED}` cannot be moved to {}: {why}", short(range.1)))
            })
        })
    }

    /// Refuses a commit that is not checked out: scripts run in the checkout, and records are written there.
    fn is_checked_out(&self, site: &Site<'_>) -> Result<(), Failure> {
        let head = git::commit(&site.root, "HEAD").map(|commit| commit.id);
        if head.as_ref() == Some(&site.commit) {
            return Ok(());
        }
        let here = head.as_deref().map_or("no commit", short);
        let wanted = short(&site.commit);
        Err(Failure::Other(format!("{here} is checked out, not {wanted}: check that out, or pass --plan")))
    }
}

/// Returns why too many runs are none, and what to do.
fn refusal(plan: &Plan<'_>, most: usize, head: &str) -> String {
    let count = plan.starts.len();
    format!(
        "{count} runs would start, and {most} are the most that one change starts, so none does ({}): if all are meant, \
         raise `ci.maxEvents` or pass --max {count}; if none is, pass the change over: git push --force origin \
         {head}:refs/heads/{REACTED}",
        plan.counts()
    )
}

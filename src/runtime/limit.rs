//! Limits: how often an action may be asked for, counted from the record.

use super::ledger::{Ledger, Recorded};
use super::request::{Actor, EntityName};
use super::run::{Cause, Status};
use crate::model::action::Action;
use crate::model::action::limit::{Limit, Per};
use crate::model::instant::Instant;
use crate::printable::{plural, shown};

/// Returns why one more request would be too many, one reason for each limit that is reached, with the runs that count.
pub fn reached(
    action: &Action,
    actor: &Actor,
    entity: Option<&EntityName>,
    ledger: &Ledger,
    now: Instant,
) -> Vec<String> {
    let mut reasons = Vec::new();
    for limit in &action.limits {
        let Some(window) = limit.window() else { continue };
        for (whom, counts) in groups(limit.per, actor, entity) {
            let since = now.before(window);
            let runs = ledger.of_action(&action.identifier.value).filter(|it| it.at > since && it.at <= now);
            let earlier: Vec<&Recorded> = runs.filter(|it| is_counted(it) && counts(it)).collect();
            if (earlier.len() as u64) < limit.max {
                continue;
            }
            reasons.push(reason(limit, &whom, &earlier, &window.shown(), now));
        }
    }
    reasons
}

type Counts<'a> = Box<dyn Fn(&Recorded) -> bool + 'a>;

/// Returns whose requests a limit counts: of each team of who asks, each team's own.
fn groups<'a>(per: Per, actor: &'a Actor, entity: Option<&'a EntityName>) -> Vec<(String, Counts<'a>)> {
    let person = || -> (String, Counts<'a>) {
        let who = actor.user.as_ref().unwrap_or(&actor.login);
        (format!("`{}`", shown(who)), Box::new(move |run| is_same_person(run, actor)))
    };
    match per {
        Per::Person => vec![person()],
        // Who is in no team has no team's requests to share: their own count.
        Per::Team if actor.teams.is_empty() => vec![person()],
        Per::Team => {
            let group = |team: &'a String| -> (String, Counts<'a>) {
                let of_team = move |run: &Recorded| {
                    run.run.actor.as_ref().is_some_and(|actor| actor.teams.contains(team))
                };
                (format!("team `{}`", shown(team)), Box::new(of_team))
            };
            actor.teams.iter().map(group).collect()
        }
        Per::Entity => entity
            .map(|entity| -> (String, Counts<'a>) {
                let same = move |run: &Recorded| run.run.entity.as_ref() == Some(entity);
                (format!("`{}`", shown(&entity.identifier)), Box::new(same))
            })
            .into_iter()
            .collect(),
    }
}

fn is_same_person(run: &Recorded, actor: &Actor) -> bool {
    run.run.actor.as_ref().is_some_and(|other| match (&other.user, &actor.user) {
        (Some(one), Some(two)) => one == two,
        _ => other.login.eq_ignore_ascii_case(&actor.login),
    })
}

/// Returns whether a run counts: what was refused, and what nobody agreed to, cost nothing; and that something expired
/// was nobody's request.
fn is_counted(run: &Recorded) -> bool {
    run.run.cause == Cause::Request && matches!(run.run.status, Status::Success | Status::Failure)
}

/// Returns the limit in words, with the runs that count, newest first, and when there is room again.
fn reason(limit: &Limit, whom: &str, earlier: &[&Recorded], window: &str, now: Instant) -> String {
    const SHOWN: usize = 10;
    let times = plural(usize::try_from(limit.max).unwrap_or(usize::MAX), "time", "times");
    let mut text = format!("{whom} may ask for this {times} in {window}");
    let runs: Vec<String> = earlier.iter().rev().take(SHOWN).map(|run| one(run)).collect();
    if !runs.is_empty() {
        text.push_str(&format!(", and did so: {}", runs.join("; ")));
    }
    if earlier.len() > SHOWN {
        text.push_str(&format!("; and {} more", earlier.len() - SHOWN));
    }
    // Room comes when the oldest of the last `max` runs leaves the window.
    let max = usize::try_from(limit.max).unwrap_or(usize::MAX);
    let oldest = earlier.len().checked_sub(max).and_then(|at| earlier.get(at));
    if let (Some(oldest), Some(window)) = (oldest, limit.window()) {
        let next = oldest.at.after(window);
        if next > now {
            text.push_str(&format!("; the next is free on {}", next.iso()));
        }
    }
    text
}

fn one(run: &Recorded) -> String {
    let who = run.run.actor.as_ref().map_or("somebody", |actor| actor.user.as_ref().unwrap_or(&actor.login));
    let link = run.run.link.as_ref().map_or(String::new(), |link| format!(", {}", shown(link)));
    format!("{} by `{}` on {}{link}", shown(&run.run.id), shown(who), run.at.iso())
}

//! Which team passes which rule: a table of shares with a ground that darkens as they rise.

use std::collections::BTreeMap;

use super::Site;
use super::board::Board;
use super::link::clip;
use super::markup::Markup;
use crate::catalog::EntityId;
use crate::known::Tally;

/// The most teams of a table.
const MOST_TEAMS: usize = 60;

/// The shares, in percent, from which on a ground is darker.
const STEPS: &[(usize, &str)] = &[(100, "h5"), (90, "h4"), (75, "h3"), (60, "h2"), (40, "h1"), (0, "h0")];

/// What a team owns of what is judged, and how each rule came out for it.
struct Row {
    team: Option<EntityId>,
    entities: usize,
    tallies: Vec<Tally>,
}

/// Returns the table of a scorecard, for a page whose links start with `root`; nothing when no
/// team owns what it judges.
pub(super) fn table(site: &Site<'_>, board: &Board<'_>, root: &'static str) -> Markup {
    let mut out = Markup::default();
    let mut rows = rows(site, board);
    if rows.iter().all(|row| row.team.is_none()) {
        return out;
    }
    rows.sort_by_key(|row| (row.team.is_none(), std::cmp::Reverse(row.entities)));
    rows.truncate(MOST_TEAMS);
    rows.sort_by_key(|row| (row.team.is_none(), row.team.map(|team| site.face(team).label())));
    out.raw("<table class=\"heat\"><thead><tr><th>Team");
    for (_, rule) in board.rules() {
        out.raw("<th>").text(&clip(&rule.title, 48));
    }
    out.raw("<tbody>\n");
    for row in &rows {
        out.raw("<tr><th>");
        match row.team {
            Some(team) => site.face(team).link(root, &mut out),
            None => out.raw("nobody"),
        };
        out.raw(" <small>").number(row.entities).raw("</small>");
        row.tallies.iter().for_each(|tally| cell(tally, |_| false, &mut out));
        out.raw("\n");
    }
    out.raw("</table>");
    out
}

/// Returns the rows by team, in the catalog's order; what nobody owns is one of them.
fn rows(site: &Site<'_>, board: &Board<'_>) -> Vec<Row> {
    let mut rows: BTreeMap<Option<EntityId>, Row> = BTreeMap::new();
    let none = Tally::default();
    for standing in board.card.standings() {
        let owners = site.graph().owners(standing.entity);
        let nobody = owners.is_empty().then_some(None);
        for team in owners.iter().copied().map(Some).chain(nobody) {
            let fresh = || Row { team, entities: 0, tallies: vec![none; standing.outcomes.len()] };
            let row = rows.entry(team).or_insert_with(fresh);
            row.entities += 1;
            row.tallies.iter_mut().zip(standing.outcomes).for_each(|(tally, outcome)| tally.add(*outcome));
        }
    }
    rows.into_values().collect()
}

/// Writes the cell of a tally; `begin` writes the beginning of a link, and says whether there is one.
pub(super) fn cell(tally: &Tally, begin: impl FnOnce(&mut Markup) -> bool, out: &mut Markup) {
    match tally.percent().filter(|_| tally.unknown < tally.total()) {
        Some(share) => {
            let step = STEPS.iter().find(|(from, _)| share >= *from).map_or("h0", |(_, step)| step);
            out.raw("<td class=\"").raw(step).raw("\">");
            let linked = begin(out);
            out.number(share).raw(if linked { "</a>" } else { "" })
        }
        None => out.raw("<td class=\"na\">–"),
    };
}

/// Returns what the grounds stand for.
pub(super) fn key() -> Markup {
    let mut out = Markup::default();
    out.raw("<ul class=\"key\">");
    for (from, step) in STEPS.iter().rev() {
        out.raw("<li><i class=\"").raw(step).raw("\"></i>");
        match from {
            0 => out.raw("below 40"),
            from => out.number(*from),
        };
    }
    out.raw("<li class=\"dim\">– unknown</ul>");
    out
}

//! What to do first: the rules that alone hold entities back.

use std::collections::BTreeMap;

use super::Site;
use super::board::Board;
use super::link::clip;
use super::markup::Markup;
use crate::catalog::EntityId;

/// The most fixes of a page.
const MOST: usize = 8;

/// A rule that is all that entities of one level lack for another.
struct Fix {
    rule: usize,
    from: usize,
    to: usize,
    moves: usize,
    /// The team that owns most of them.
    mostly: Option<EntityId>,
}

/// Returns rows for a table, those that move most entities up first; nothing when no single rule does.
pub(super) fn rows(site: &Site<'_>, board: &Board<'_>, root: &'static str) -> Markup {
    let mut out = Markup::default();
    let mut fixes = fixes(site, board);
    fixes.sort_by_key(|fix| (std::cmp::Reverse(fix.moves), fix.rule, fix.from));
    for fix in fixes.iter().take(MOST) {
        let rule = &board.card.rules[fix.rule];
        out.raw("<tr><th><a href=\"#rule-").number(fix.rule + 1).raw("\"><b>").text(&clip(&rule.title, 80));
        out.raw("</b></a><td class=\"nw\">");
        board.write_level(fix.from, &mut out);
        out.raw(" → ");
        board.write_level(fix.to, &mut out);
        out.raw("<td class=\"n hi\">").number(fix.moves).raw(if fix.moves == 1 {
            " moves up"
        } else {
            " move up"
        });
        out.raw("<td class=\"p2 dim\">");
        if let Some(team) = fix.mostly {
            site.face(team).link(root, &mut out);
        }
        out.raw("\n");
    }
    out
}

fn fixes(site: &Site<'_>, board: &Board<'_>) -> Vec<Fix> {
    let mut found: BTreeMap<(usize, usize, usize), BTreeMap<EntityId, usize>> = BTreeMap::new();
    let mut moves: BTreeMap<(usize, usize, usize), usize> = BTreeMap::new();
    for standing in board.card.standings() {
        let Some((to, missing)) = standing.next() else { continue };
        let [rule] = missing[..] else { continue };
        let key = (rule, standing.level, to);
        *moves.entry(key).or_default() += 1;
        let teams = found.entry(key).or_default();
        for &team in site.graph().owners(standing.entity) {
            *teams.entry(team).or_default() += 1;
        }
    }
    let fix = |((rule, from, to), moves)| {
        let teams = found.get(&(rule, from, to)).into_iter().flatten();
        // Of equals, the first in the catalog.
        let mostly = teams.min_by_key(|(team, count)| (std::cmp::Reverse(**count), **team));
        Fix { rule, from, to, moves, mostly: mostly.map(|(team, _)| *team) }
    };
    moves.into_iter().map(fix).collect()
}

//! How an entity does in its scorecards: levels, rules with their evidence, and what to do.
//!
//! Results change with time, with other entities and with files that are no part of the catalog, so that what is said
//! of them has a hash of its own, by which a page is kept or rendered.

use xxhash_rust::xxh3::Xxh3;

use super::board::Board;
use super::link::clip;
use super::markup::Markup;
use super::words::{self, coded, counted};
use super::{Site, markdown};
use crate::catalog::EntityRef;
use crate::condition::{Evidence, Truth};
use crate::known::{Outcome, Standing};
use crate::model::instant::Instant;
use crate::model::scorecard::Stage;
use crate::model::waiver::Waiver;

/// The most levels beside a title.
const MOST_MARKS: usize = 4;

/// The most conditions of a rule whose evidence is shown.
const MOST_EVIDENCE: usize = 4;

/// The most characters of what was seen of a rule that passes.
const LONGEST_PROOF: usize = 36;

/// What a page says of the scorecards of an entity.
#[derive(Debug, Default)]
pub(super) struct Verdict {
    /// The levels, for the title.
    pub(super) marks: Markup,
    /// A section for each scorecard.
    pub(super) sections: Markup,
    /// How many rules pass, of how many that count.
    pub(super) passed: usize,
    pub(super) rules: usize,
}

/// What decided each rule of an entity's scorecards, where it was needed before it is known whether a page is made anew.
pub(super) type Proofs = Vec<Option<Markup>>;

/// Returns the hash of all that decides what [`of`] says, joined with `others`, which says all of the entity's own
/// values, and what was worked out for it. Cheaper than to say it: most rules ask about those values alone, so that with
/// them their outcome is enough.
pub(super) fn hash(site: &Site<'_>, entity: EntityRef<'_>, root: &'static str, others: u64) -> (u64, Proofs) {
    let mut hasher = Xxh3::new();
    hasher.update(&others.to_le_bytes());
    let mut proofs = Vec::new();
    let mut standings = standings(site, entity).peekable();
    if standings.peek().is_some() {
        // The lines of its values, which the values do not tell.
        let span = entity.node().span();
        hasher.update(site.portal.sources.text(span).as_bytes());
    }
    for (board, standing) in standings {
        hasher.update(&board.print.to_le_bytes());
        hasher.update(board.name.as_bytes());
        hasher.update(&standing.level.to_le_bytes());
        let part = Part { site, board, standing, entity, root };
        for (at, &outcome) in standing.outcomes.iter().enumerate() {
            hasher.update(&[outcome as u8]);
            let proof = (!part.is_plain(at) || outcome == Outcome::Waived).then(|| {
                let mut proof = Markup::default();
                part.prove(at, outcome, &mut proof);
                proof.hash(&mut hasher);
                proof
            });
            proofs.push(proof);
        }
    }
    (hasher.digest(), proofs)
}

/// Returns how an entity stands in each scorecard that judges it.
fn standings<'a, 's>(
    site: &'a Site<'s>,
    entity: EntityRef<'_>,
) -> impl Iterator<Item = (&'a Board<'s>, Standing<'a>)> {
    let id = entity.id();
    let boards = site.boards_of(entity.blueprint_id()).iter().map(|&number| &site.boards[number]);
    boards.filter_map(move |board| Some((board, board.card.standing(id)?)))
}

/// Returns how an entity does, for a page whose links start with `root`; `proofs` are those of [`hash`].
pub(super) fn of(site: &Site<'_>, entity: EntityRef<'_>, root: &'static str, proofs: &Proofs) -> Verdict {
    let mut verdict = Verdict { sections: Markup::with_capacity(4096), ..Verdict::default() };
    let mut proofs = proofs.as_slice();
    for (at, (board, standing)) in standings(site, entity).enumerate() {
        if at < MOST_MARKS {
            verdict.marks.raw("<div><dt>").text(board.card.title.as_str()).raw("<dd>");
            board.write_level(standing.level, &mut verdict.marks);
            verdict.marks.raw("</div>");
        }
        let tally = standing.tally();
        verdict.passed += tally.passed + tally.waived;
        verdict.rules += tally.total();
        verdict.sections.raw(if at == 0 { "<section id=\"score\">" } else { "<section>" });
        let (own, others) = proofs.split_at(standing.outcomes.len());
        proofs = others;
        Part { site, board, standing, entity, root }.write(own, &mut verdict.sections);
        verdict.sections.raw("</section>\n");
    }
    verdict
}

/// One scorecard of an entity.
struct Part<'a, 's> {
    site: &'a Site<'s>,
    board: &'a Board<'s>,
    standing: Standing<'a>,
    entity: EntityRef<'a>,
    root: &'static str,
}

impl Part<'_, '_> {
    /// Returns whether a rule asks about the entity's own values alone.
    fn is_plain(&self, at: usize) -> bool {
        self.board.plain.get(at).copied().unwrap_or(false)
    }

    fn write(&self, proofs: &[Option<Markup>], out: &mut Markup) {
        self.heading(out);
        self.track(out);
        let mut rules: Vec<(usize, Outcome)> = self.standing.outcomes.iter().copied().enumerate().collect();
        rules.sort_by_key(|&(at, outcome)| (std::cmp::Reverse(outcome), self.board.card.rules[at].level, at));
        let first_passed = rules.partition_point(|(_, outcome)| *outcome != Outcome::Passed);
        let (open, passed) = rules.split_at(first_passed);
        self.list(open, proofs, "<ol class=\"rules\">", out);
        if !passed.is_empty() {
            let count = counted(passed.len(), "rule passes", "rules pass");
            out.raw("<details><summary>").text(&count).raw("</summary>");
            self.list(passed, proofs, "<ol class=\"rules ok\">", out);
            out.raw("</details>");
        }
    }

    fn heading(&self, out: &mut Markup) {
        let (board, standing) = (self.board, self.standing);
        out.raw("<div class=\"bar\"><h2><a href=\"").raw(self.root).text(&board.path()).raw("\">");
        out.text(&board.card.title).raw("</a></h2>");
        board.write_level(standing.level, out);
        out.raw("<span class=\"dim\">");
        match standing.next() {
            Some((next, missing)) => {
                out.text(&counted(missing.len(), "rule", "rules")).raw(" to ").text(board.level(next));
            }
            None => {
                out.raw("the highest level");
            }
        }
        out.raw("</span></div>\n");
    }

    /// Writes the levels, the one that is reached marked.
    fn track(&self, out: &mut Markup) {
        out.raw("<ol class=\"track\">");
        for level in 0..self.board.card.levels.len() {
            out.raw(if level == self.standing.level { "<li class=\"now\">" } else { "<li>" })
                .text(self.board.level(level));
        }
        out.raw("</ol>");
    }

    fn list(
        &self,
        rules: &[(usize, Outcome)],
        proofs: &[Option<Markup>],
        start: &'static str,
        out: &mut Markup,
    ) {
        if rules.is_empty() {
            return;
        }
        out.raw(start);
        for &(at, outcome) in rules {
            self.rule(at, outcome, proofs[at].as_ref(), out);
        }
        out.raw("</ol>");
    }

    fn rule(&self, at: usize, outcome: Outcome, proof: Option<&Markup>, out: &mut Markup) {
        let counted = &self.board.card.rules[at];
        let rule = &self.board.scorecard.rules[at];
        out.raw("<li>");
        let open = outcome != Outcome::Passed;
        // The list of those that pass says so in the stylesheet: they are most of what a page says.
        if open {
            state(outcome, out);
        }
        out.raw(if open { "<p><b>" } else { "<p>" }).text(rule.label()).raw(if open { "</b> " } else { " " });
        if let Some(level) = counted.level {
            out.raw("<small>").text(self.board.level(level)).raw("</small>");
        }
        stage(counted.stage, out);
        match proof {
            Some(proof) => {
                out.append(proof);
            }
            None => self.prove(at, outcome, out),
        }
        match outcome {
            Outcome::Failed | Outcome::Unknown => {
                help(rule.how_to_fix.as_ref().or(rule.description.as_ref()), out)
            }
            Outcome::Waived => help(rule.how_to_fix.as_ref(), out),
            Outcome::Passed => {}
        }
        out.raw("\n");
    }

    /// Writes what decided, and who has let it be.
    fn prove(&self, at: usize, outcome: Outcome, out: &mut Markup) {
        let evidence = self.evidence(at);
        let shown = shown(&evidence, outcome);
        let one = shown.len() == 1 && outcome != Outcome::Waived;
        out.raw(if one { "" } else { "<div>" });
        self.write_evidence(&shown, outcome, out);
        if outcome == Outcome::Waived {
            self.waiver(at, out);
        }
        out.raw(if one { "" } else { "</div>" });
    }

    /// Returns what a rule asked and saw.
    fn evidence(&self, at: usize) -> Vec<Evidence<'_>> {
        let portal = self.site.portal;
        portal.standards.evidence(portal.known(), self.board.card.scorecard, at, self.entity.id())
    }

    /// Writes what decided, a paragraph for each condition.
    fn write_evidence(&self, shown: &[&Evidence<'_>], outcome: Outcome, out: &mut Markup) {
        for evidence in shown.iter().take(MOST_EVIDENCE) {
            out.raw("<p>");
            match evidence.subject {
                // That it holds is said by where it stands, and what it is by the rule's name.
                Some(subject) if outcome == Outcome::Passed && evidence.seen != "nothing" => {
                    subject.split('`').for_each(|part| {
                        out.text(part);
                    });
                    out.raw(": ").text(&clip(&evidence.seen, LONGEST_PROOF));
                }
                _ => {
                    coded(evidence.asked, out);
                    out.raw("; seen: ");
                    coded(&evidence.seen, out);
                }
            }
            // What is not written and yet as it should be is computed: where the entity begins does not tell of it.
            if outcome != Outcome::Passed || evidence.span != Some(self.entity.span()) {
                self.source(evidence, out);
            }
        }
        let more = shown.len().saturating_sub(MOST_EVIDENCE);
        if more > 0 {
            out.raw("<p>and ").text(&counted(more, "condition more", "conditions more"));
        }
    }

    /// Writes where what was seen is written, and of what time it is.
    fn source(&self, evidence: &Evidence<'_>, out: &mut Markup) {
        if let Some(file) = &evidence.file {
            out.raw(", ");
            words::file(self.site, file, out);
        } else if let Some(span) = evidence.span {
            out.raw(", ");
            let own = span.source == self.entity.source();
            if own { words::near(self.site, span, out) } else { words::place(self.site, span, out) }
        }
        if let Some(as_of) = evidence.as_of {
            out.raw(", as of ");
            words::day(as_of, out);
        }
    }

    fn waiver(&self, at: usize, out: &mut Markup) {
        let portal = self.site.portal;
        let found = portal.standards.waiver(portal.known(), self.board.card.scorecard, at, self.entity.id());
        let Some(definition) = found.and_then(|number| portal.catalog.waivers().get(number)) else { return };
        let waiver: &Waiver = &definition.value;
        out.raw("<p>waived ");
        if let Some(end) = last_day(waiver) {
            out.raw("until ");
            words::day(end, out);
        }
        if let Some(approver) = &waiver.approver {
            out.raw(" by ");
            words::person(self.site, &approver.value, self.root, out);
        }
        out.raw(" (");
        words::place(self.site, portal.catalog.node(definition.place).span(), out);
        out.raw(")");
        if let Some(reason) = &waiver.reason {
            out.raw(": ").text(reason.trim());
        }
    }
}

/// Returns what decided: of a rule that passes what holds, of another what does not.
fn shown<'e, 'a>(all: &'e [Evidence<'a>], outcome: Outcome) -> Vec<&'e Evidence<'a>> {
    let decides = |evidence: &&Evidence<'_>| (evidence.truth == Truth::Holds) == (outcome == Outcome::Passed);
    let deciding: Vec<&Evidence<'a>> = all.iter().filter(decides).collect();
    if deciding.is_empty() { all.iter().collect() } else { deciding }
}

/// Returns the last day on which a waiver holds.
pub(super) fn last_day(waiver: &Waiver) -> Option<Instant> {
    Instant::parse(&waiver.expires.as_ref()?.value)
}

/// Writes an outcome as a sign and a word.
pub(super) fn state(outcome: Outcome, out: &mut Markup) {
    let class = match outcome {
        Outcome::Passed => "pass",
        Outcome::Waived => "dim",
        Outcome::Unknown => "warn",
        Outcome::Failed => "fail",
    };
    out.raw("<b class=\"st ").raw(class).raw("\">").raw(outcome.name()).raw("</b>");
}

/// Writes the stage of a rule that is not in force in full.
pub(super) fn stage(stage: Stage, out: &mut Markup) {
    match stage {
        Stage::Preview => out.raw(" <small class=\"how\">preview, does not count yet</small>"),
        Stage::Warn => out.raw(" <small class=\"how\">warns only</small>"),
        Stage::Enforce => out,
    };
}

/// Writes what to do, or what the rule means.
fn help(text: Option<&String>, out: &mut Markup) {
    if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
        out.raw("<div class=\"fix prose\">").append(&markdown::markup(text)).raw("</div>");
    }
}

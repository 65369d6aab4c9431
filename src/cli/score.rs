//! `portal score`: scorecard results, and a gate for a pipeline.

use std::collections::HashSet;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::open::{Opened, Source};
use super::{Failure, Global, Outcome, open, terminal};
use crate::git;
use crate::history::Change;
use crate::query;
use crate::scoreboard::{self, Bar, Board, BoardError, Format, Group, Style, Under, View};

/// Scorecard results; gates a pipeline
///
/// Shows how every entity scores, or one with the evidence of each rule. --fail-under turns a level into a gate; with
/// --diff only what a change made worse fails it.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Score {
    /// Only this entity, with evidence; `Component/CartService` when others are called the same
    #[arg(value_name = "ENTITY")]
    entity: Option<String>,
    /// Only this scorecard; may be repeated
    #[arg(long = "scorecard", value_name = "ID", value_delimiter = ',', env = "PORTAL_SCORECARD")]
    scorecards: Vec<String>,
    /// Add up by team, domain, rule or level
    #[arg(long, value_name = "GROUP")]
    by: Option<By>,
    /// What to fix for the next level: the rules that, fixed alone, lift most entities
    #[arg(long, conflicts_with = "by")]
    next: bool,
    #[command(flatten)]
    gate: Gate,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    source: Source,
}

/// What fails.
#[derive(Debug, Args)]
#[command(next_help_heading = "Gate")]
struct Gate {
    /// End with 1 when an entity is under LEVEL of a scorecard that has such a level
    #[arg(long, value_name = "LEVEL", env = "PORTAL_FAIL_UNDER")]
    fail_under: Option<String>,
    /// Of those, count only entities whose level fell since the merge base with BASE
    #[arg(long, value_name = "BASE", requires = "fail_under", env = "PORTAL_DIFF_BASE")]
    diff: Option<String>,
}

/// How the results are written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
struct Output {
    /// How to write the results
    #[arg(long, value_name = "FORMAT", default_value = "table", env = "PORTAL_SCORE_FORMAT")]
    format: Choice,
    /// Write the results to FILE instead of stdout
    #[arg(short, long, value_name = "FILE", env = "PORTAL_OUTPUT")]
    output: Option<PathBuf>,
    /// Go on even when the catalog has errors
    #[arg(long, env = "PORTAL_KEEP_GOING")]
    keep_going: bool,
}

/// The groupings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// By owning team; an entity with several counts for each
    Team,
    /// By the nearest domain that relations lead to
    Domain,
    /// By rule
    Rule,
    /// By level
    Level,
}

/// The formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// Aligned columns
    Table,
    /// portal.score/v1
    Json,
    /// Comma-separated values, a row for each rule and entity
    Csv,
    /// Tables for a comment or a wiki
    Markdown,
    /// JUnit XML: a suite for each scorecard
    Junit,
}

const EXAMPLES: &str = "Examples:
  portal score
  portal score CartService
  portal score CartService --next
  portal score --scorecard production_readiness --by team
  portal score --fail-under Silver --diff origin/main
  portal score --format junit -o scores.xml

--by and --next shape tables, in csv and markdown too; json and junit always hold every rule of every entity.
Rules in stage preview are shown and never count. Rules in stage warn count; their failures are warnings.";

impl From<BoardError> for Failure {
    fn from(error: BoardError) -> Self {
        Self::Other(error.to_string())
    }
}

impl Score {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let opened = self.source.open(global, None)?;
        // What a change breaks besides is for `validate` to fail: here it is said, and only levels decide.
        let change = self.gate.diff.is_some();
        if !opened.is_sound(global, self.output.keep_going || change)? {
            return Ok(Outcome::Findings);
        }
        let portal = &opened.portal;
        let entity = self.entity.as_deref().map(|name| query::entity(portal, name)).transpose()?;
        let board = Board::new(portal, &self.scorecards, entity)?;
        let bar = self.gate.fail_under.as_deref().map(|level| Bar::new(&board, level)).transpose()?;
        self.write(global, &board)?;
        if global.quiet == 0 {
            self.say(&board)?;
        }
        let under = match &bar {
            Some(bar) => self.under(global, opened, &board, bar)?,
            None => None,
        };
        if let Some(under) = under.filter(|under| !under.standings.is_empty()) {
            if !global.is_silent() {
                let since = self.gate.diff.as_ref().map(|base| format!(", by a change since {base}"));
                let said = under.message(&board);
                let (first, rest) = said.split_once('\n').unwrap_or((&said, ""));
                writeln!(io::stderr(), "error: {first}{}", since.unwrap_or_default())?;
                if !rest.is_empty() {
                    writeln!(io::stderr(), "{rest}")?;
                }
            }
            return Ok(Outcome::Findings);
        }
        let errors = portal.diagnostics.has_errors() && !change;
        Ok(if errors { Outcome::Findings } else { Outcome::Done })
    }

    fn write(&self, global: &Global, board: &Board<'_>) -> Result<(), Failure> {
        let stdout = io::stdout();
        let to_terminal = self.output.output.is_none();
        let style = Style {
            width: (to_terminal && stdout.is_terminal()).then(|| terminal::width(&stdout)),
            color: to_terminal && global.color(&stdout),
        };
        let mut text = Vec::new();
        scoreboard::write(board, self.view(), self.format(), style, &mut text)?;
        match &self.output.output {
            Some(path) => fs::write(path, &text)
                .map_err(|error| Failure::Other(format!("cannot write `{}`: {error}", path.display())))?,
            None if global.is_silent() => {}
            None => stdout.lock().write_all(&text)?,
        }
        Ok(())
    }

    /// Says what was looked at, and which rules will fail one day.
    fn say(&self, board: &Board<'_>) -> Result<(), Failure> {
        let mut stderr = io::stderr().lock();
        for warning in board.warnings() {
            writeln!(stderr, "warning: {warning}")?;
        }
        Ok(writeln!(stderr, "{}", board.summary())?)
    }

    /// Returns what is under the bar: of a change, what it brought there.
    fn under<'a>(
        &self,
        global: &Global,
        opened: &'a Opened,
        board: &Board<'a>,
        bar: &'a Bar<'a>,
    ) -> Result<Option<Under<'a>>, Failure> {
        let mut under = bar.under(board);
        let Some(base) = &self.gate.diff else { return Ok(Some(under)) };
        let base = git::merge_base(&opened.root, base, self.source.at.as_deref())?;
        let old = open::beside(global, opened, &base)?;
        let change = Change::between(&old, &opened.portal);
        let falls = change.standings.iter().filter(|standing| standing.falls());
        let fell: HashSet<_> = falls.map(|standing| (standing.scorecard.as_str(), standing.entity)).collect();
        under.retain(|scorecard, entity| fell.contains(&(scorecard, entity)));
        Ok(Some(under))
    }

    fn view(&self) -> View {
        match self.by {
            _ if self.next => View::Next,
            Some(By::Team) => View::By(Group::Team),
            Some(By::Domain) => View::By(Group::Domain),
            Some(By::Rule) => View::By(Group::Rule),
            Some(By::Level) => View::By(Group::Level),
            None => View::Standings,
        }
    }

    fn format(&self) -> Format {
        match self.output.format {
            Choice::Table => Format::Table,
            Choice::Json => Format::Json,
            Choice::Csv => Format::Csv,
            Choice::Markdown => Format::Markdown,
            Choice::Junit => Format::Junit,
        }
    }
}

//! `portal query`: entities, columns, relations and graphs.

use std::fs;
use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use rustc_hash::FxHashSet;

use super::open::{Opened, Source};
use super::{Failure, Global, Outcome, terminal};
use crate::catalog::EntityId;
use crate::query::{self, Answer, Format, QueryError, Style};

/// Ask the catalog: entities, columns, relations, graphs
///
/// Names a blueprint to list its entities, or an entity to see all about it. Columns are properties, relations and
/// paths over them (system.domain.$title), conditions are jq over the entity.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Query {
    /// A blueprint or an entity; `Component/CartService` when others are called the same
    name: Option<String>,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    output: Output,
    #[command(flatten)]
    source: Source,
}

/// Which entities.
#[derive(Debug, Args)]
#[command(next_help_heading = "Selection")]
struct Selection {
    /// Those for which a jq expression holds
    #[arg(long = "where", value_name = "JQ")]
    condition: Option<String>,
    /// Those that a search query of Port chooses: {combinator, rules}, YAML or JSON; `-` reads stdin. A query with
    /// mistakes ends with 1, the mistakes at their lines
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// What the entity depends on, directly or not
    #[arg(long)]
    upstream: bool,
    /// What depends on the entity, directly or not: who is affected when it fails
    #[arg(long)]
    downstream: bool,
    /// How many relations to follow [default: all]
    #[arg(long, value_name = "N")]
    depth: Option<usize>,
    /// Those that depend on ENTITY, directly or not
    #[arg(long, value_name = "ENTITY", value_delimiter = ',')]
    depends_on: Vec<String>,
    /// Those on which ENTITY depends, directly or not
    #[arg(long, value_name = "ENTITY", value_delimiter = ',')]
    used_by: Vec<String>,
    /// At most N of them
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Sort by a column; with `-` before it, the greatest first
    #[arg(long, value_name = "COLUMN", allow_hyphen_values = true)]
    sort: Option<String>,
}

/// How the answer is written.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
struct Output {
    /// The columns: properties, relations, $team, file, line, level.SCORECARD, paths such as system.domain
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    columns: Vec<String>,
    /// How to write the answer [default: table on a terminal, tsv in a pipe]
    #[arg(long, value_name = "FORMAT", env = "PORTAL_QUERY_FORMAT")]
    format: Option<Choice>,
    /// Answer even when the catalog has errors
    #[arg(long, env = "PORTAL_KEEP_GOING")]
    keep_going: bool,
}

/// The formats of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Choice {
    /// Aligned columns
    Table,
    /// A JSON list, or one object
    Json,
    /// The same as YAML
    Yaml,
    /// Comma-separated values
    Csv,
    /// Tab-separated values
    Tsv,
    /// A JSON object a line
    Ndjson,
    /// A Graphviz graph
    Dot,
    /// A Mermaid flowchart
    Mermaid,
}

impl From<Choice> for Format {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::Table => Self::Table,
            Choice::Json => Self::Json,
            Choice::Yaml => Self::Yaml,
            Choice::Csv => Self::Csv,
            Choice::Tsv => Self::Tsv,
            Choice::Ndjson => Self::Ndjson,
            Choice::Dot => Self::Dot,
            Choice::Mermaid => Self::Mermaid,
        }
    }
}

const EXAMPLES: &str = "Examples:
  portal query Component --where '.properties.tier == 1' --columns 'identifier,$team,system.domain'
  portal query CartService
  portal query cart-sql-sb --downstream --depth 2
  portal query Component --depends-on cart-sql-sb --format json
  portal query Component --columns 'identifier,level.production_readiness'
  portal query --rules owned-by-payments.yaml --format json
  portal query System --format mermaid";

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        Self::Other(error.to_string())
    }
}

impl Query {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let opened = self.source.open(global, None)?;
        if !opened.is_sound(global, self.output.keep_going)? {
            return Ok(Outcome::Findings);
        }
        let mut selection = self.selection(opened)?;
        if let Some(path) = &self.selection.rules {
            selection.among = choose(global, opened, &selection, path)?;
            if selection.among.is_none() {
                return Ok(Outcome::Findings);
            }
        }
        let answer = query::run(&opened.portal, &selection, &self.output.columns)?;
        let stdout = io::stdout();
        let style = Style {
            width: terminal::width(&stdout),
            color: global.color(&stdout),
            terminal: stdout.is_terminal(),
        };
        let mut text = Vec::new();
        query::write(&answer, &opened.portal, self.format(&answer, style), style, &mut text)?;
        stdout.lock().write_all(&text)?;
        Ok(if opened.portal.diagnostics.has_errors() { Outcome::Findings } else { Outcome::Done })
    }

    fn selection(&self, opened: &Opened) -> Result<query::Selection, Failure> {
        let asked = &self.selection;
        let selection = query::Selection {
            condition: asked.condition.clone(),
            upstream: asked.upstream,
            downstream: asked.downstream,
            depth: asked.depth,
            depends_on: asked.depends_on.clone(),
            used_by: asked.used_by.clone(),
            limit: asked.limit,
            sort: asked.sort.clone(),
            ..query::Selection::default()
        };
        match &self.name {
            Some(name) => Ok(selection.about(&opened.portal, name)?),
            None => Ok(selection),
        }
    }

    /// Returns the format asked for; without one, what suits the reader: a person, or a program in a pipe. The facts
    /// about one entity are no table, so they stay what a person reads.
    fn format(&self, answer: &Answer, style: Style) -> Format {
        match self.output.format {
            Some(format) => format.into(),
            None if style.terminal || answer.is_single() => Format::Table,
            None => Format::Tsv,
        }
    }
}

/// Returns the entities that the query in a file chooses; says what is wrong with it, and returns `None` when it has
/// errors.
fn choose(
    global: &Global,
    opened: &Opened,
    selection: &query::Selection,
    path: &Path,
) -> Result<Option<FxHashSet<EntityId>>, Failure> {
    let stdin = path.as_os_str() == "-";
    let whole = opened.directory.join(path);
    let mut bytes = Vec::new();
    if stdin {
        io::stdin().lock().read_to_end(&mut bytes)?;
    } else {
        bytes = fs::read(&whole)
            .map_err(|error| Failure::Other(format!("cannot read `{}`: {error}", path.display())))?;
    }
    let name = if stdin { "stdin".into() } else { path.to_string_lossy().replace('\\', "/") };
    let blueprint = selection.blueprint.as_deref().filter(|_| !selection.upstream && !selection.downstream);
    let blueprint = blueprint.and_then(|name| opened.portal.catalog.find_blueprint(name));
    let chosen = query::choose(&opened.portal, blueprint, &name, bytes);
    let mut stderr = io::stderr().lock();
    if !global.is_silent() && !chosen.diagnostics.as_slice().is_empty() {
        terminal::write_findings(&chosen.sources, chosen.diagnostics.as_slice(), global, &mut stderr)?;
    }
    if chosen.personal && global.quiet == 0 {
        let said = "the query asks who looks, and nobody does here: such conditions choose nothing";
        writeln!(stderr, "warning: {said}")?;
    }
    if chosen.diagnostics.has_errors() {
        if !global.is_silent() {
            writeln!(stderr, "error: `{name}` has mistakes; nothing was chosen")?;
        }
        return Ok(None);
    }
    Ok(Some(chosen.entities))
}

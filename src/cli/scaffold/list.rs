//! `portal scaffold list`: the templates of the catalog.

use std::io::{self, Write};

use clap::Args;
use serde_json::{Value, json};

use super::Format;
use super::workshop::Workshop;
use crate::cli::{Failure, Global, Outcome};
use crate::printable::{self, shown};
use crate::scaffold::source::Listed;

/// List the templates of the catalog
#[derive(Debug, Default, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct List {
    /// How to write them
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

const EXAMPLES: &str = "Examples:
  portal scaffold list
  portal scaffold list --format json";

impl List {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let workshop = Workshop::open(global)?;
        let listed = workshop.list()?;
        let mut out = io::stdout().lock();
        if self.format == Format::Json {
            let templates: Vec<Value> = listed.iter().map(summary).collect();
            let said = json!({"schema": "portal.scaffold-list/v1", "templates": templates});
            write!(out, "{}", printable::json(&said).map_err(io::Error::from)?)?;
            return Ok(Outcome::Done);
        }
        let width = listed.iter().map(|it| it.identifier.chars().count()).max().unwrap_or(0);
        for template in &listed {
            let tags = match template.tags.is_empty() {
                true => String::new(),
                false => format!("  [{}]", template.tags.join(", ")),
            };
            let line = format!("{:width$}  {}{tags}", template.identifier, template.title);
            writeln!(out, "{}", shown(&line))?;
        }
        if listed.is_empty() && global.quiet == 0 {
            writeln!(io::stderr(), "{NONE}")?;
        }
        Ok(Outcome::Done)
    }
}

/// What is said of a catalog without templates.
pub(super) const NONE: &str = "this catalog has no templates: docs/scaffolds.md says how to write one in scaffolds/NAME/, \
     and `portal scaffold new` takes a folder or an address, too";

fn summary(listed: &Listed) -> Value {
    json!({
        "identifier": listed.identifier, "title": listed.title, "description": listed.description,
        "tags": listed.tags, "folder": listed.folder, "backstage": listed.is_backstage,
    })
}

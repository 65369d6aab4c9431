//! `portal schema`: JSON Schemas for editors and for our own outputs.

use std::io::{self, Write};

use clap::Args;
use serde_json::Value;

use super::open::Source;
use super::{Failure, Global, Outcome};
use crate::diagnostic::did_you_mean;
use crate::{report, schema};

/// JSON Schemas for editors and for our own outputs
///
/// Without a name, lists the schemas. `portal schema entity BLUEPRINT` reads the catalog: the schema of its
/// entities of that blueprint, with which an editor completes properties and relations.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Schema {
    /// The schema
    name: Option<String>,
    /// With `entity`: the blueprint
    blueprint: Option<String>,
    #[command(flatten)]
    source: Source,
}

const EXAMPLES: &str = "Examples:
  portal schema
  portal schema blueprint > blueprint.schema.json
  portal schema entity Component
  portal schema diagnostics";

/// The schema of reports, which `report` knows.
const DIAGNOSTICS: (&str, &str) = ("diagnostics", "the report of `portal validate --format json`");

impl Schema {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let text = match (&self.name, &self.blueprint) {
            (None, _) => list(),
            (Some(name), None) => format!("{:#}\n", named(name)?),
            (Some(name), Some(blueprint)) if name == "entity" => {
                format!("{:#}\n", self.entity(global, blueprint)?)
            }
            (Some(name), Some(_)) => {
                return Err(Failure::Other(format!(
                    "`{name}` takes no blueprint; `portal schema entity BLUEPRINT` does"
                )));
            }
        };
        io::stdout().lock().write_all(text.as_bytes())?;
        Ok(Outcome::Done)
    }

    fn entity(&self, global: &Global, blueprint: &str) -> Result<Value, Failure> {
        let opened = self.source.open(global, None)?;
        schema::entity(&opened.portal, blueprint).map_err(|error| Failure::Other(error.to_string()))
    }
}

fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    schema::names().iter().copied().chain([DIAGNOSTICS])
}

fn list() -> String {
    names().map(|(name, about)| format!("{name:15}  {about}\n")).collect()
}

fn named(name: &str) -> Result<Value, Failure> {
    let own = (name == DIAGNOSTICS.0).then(report::json::schema);
    own.or_else(|| schema::document(name)).ok_or_else(|| {
        let help = did_you_mean(name, names().map(|(name, _)| name))
            .unwrap_or_else(|| "`portal schema` lists them".into());
        Failure::Other(format!("there is no schema `{name}`; {help}"))
    })
}

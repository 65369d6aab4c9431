//! `portal scaffold status`: whether services are behind their templates.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::destination::Destination;
use super::workshop::Workshop;
use super::{Format, refusal};
use crate::cli::{Failure, Global, Outcome, progress};
use crate::printable::{self, plural, shown};
use crate::provenance::Origin;
use crate::scaffold::Refusal;
use crate::scaffold::status::{self, Age, FileState, Status as Found};

/// Whether services are behind their templates
///
/// A service knows its template by its record, .portal/scaffold.yaml. Templates of the catalog and of folders are looked
/// at; those at an address only for a named service, or with --fetch.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Status {
    /// The folder of a service [default: all of the catalog]
    folder: Option<PathBuf>,
    /// Also ask for templates at an address, by the network
    #[arg(long)]
    fetch: bool,
    /// How to write it
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

const EXAMPLES: &str = "Examples:
  portal scaffold status
  portal scaffold status services/refunds          which files were changed
  portal scaffold status --fetch --format json     for a bot

Exit codes: 0 all are current, or it cannot be said; 1 one is behind, is being updated, or has a wrong record; 2 it
could not run.";

impl Status {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let workshop = Workshop::open(global)?;
        let spinner = progress::spinner(global, "looking at templates");
        let found = match &self.folder {
            Some(folder) => {
                let place = Destination::of(workshop.root(), &workshop.directory, folder)?;
                match status::of(&workshop.library(), &place.root, &place.folder) {
                    // One that was named must be there.
                    Err(refusal) => return refusal::say(refusal, global),
                    found => vec![(place.folder, found)],
                }
            }
            None => match status::all(&workshop.library(), self.fetch) {
                Err(refusal) => return refusal::say(refusal, global),
                Ok(all) => all,
            },
        };
        spinner.finish_and_clear();
        self.say(global, &found)
    }

    fn say(&self, global: &Global, found: &[(String, Result<Found, Refusal>)]) -> Result<Outcome, Failure> {
        let mut out = io::stdout().lock();
        if self.format == Format::Json {
            let said: Vec<Value> = found.iter().map(|(folder, found)| said(folder, found)).collect();
            write!(out, "{}", printable::json(&said).map_err(io::Error::from)?)?;
        } else {
            let width =
                found.iter().map(|(folder, _)| shown(place(folder)).chars().count()).max().unwrap_or(0);
            for (folder, found) in found {
                let folder = shown(place(folder));
                match found {
                    Ok(found) => {
                        writeln!(out, "{folder:width$}  {}", shown(&line(found)))?;
                        if self.folder.is_some() {
                            write!(out, "{}", details(found))?;
                        }
                    }
                    Err(refusal) => {
                        let lines = refusal::lines(refusal);
                        writeln!(out, "{folder:width$}  its record is wrong: {}", lines.join("; "))?;
                    }
                }
            }
            if found.is_empty() && global.quiet == 0 {
                writeln!(io::stderr(), "no service of this catalog was made from a template")?;
            }
        }
        let is_fine = |found: &Result<Found, Refusal>| matches!(found, Ok(found) if !found.is_updating && !matches!(found.age, Age::Behind(_)));
        let all = found.iter().all(|(_, found)| is_fine(found));
        Ok(if all { Outcome::Done } else { Outcome::Findings })
    }
}

/// Returns a folder as people name it.
fn place(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

/// Returns how a service stands, in a line.
fn line(found: &Found) -> String {
    let mut said = found.record.origin.template.clone();
    if let Some(tag) = &found.record.origin.tag {
        said.push_str(&format!("@{tag}"));
    }
    let age = match &found.age {
        Age::Current => "current".to_string(),
        Age::Behind(Some(count)) => format!("{} behind", plural(*count, "version", "versions")),
        Age::Behind(None) => "behind".into(),
        Age::Unknown(reason) => format!("unknown: {reason}"),
    };
    said.push_str(&format!("  {age}"));
    let count = |wanted| found.files.iter().filter(|(_, state)| *state == wanted).count();
    for (state, phrase) in [(FileState::Changed, "changed"), (FileState::Deleted, "deleted")] {
        if count(state) > 0 {
            said.push_str(&format!(", {} {phrase}", plural(count(state), "file", "files")));
        }
    }
    if found.is_updating {
        said.push_str(", an update has conflicts");
    }
    said
}

/// Returns what more there is to say of one service.
fn details(found: &Found) -> String {
    let mut said = String::new();
    let state = |origin: &Origin| match (&origin.tag, &origin.commit) {
        (Some(tag), _) => tag.clone(),
        (None, Some(commit)) => commit.get(..12).unwrap_or(commit).to_string(),
        (None, None) => format!("digest {}", origin.digest.get(..12).unwrap_or(&origin.digest)),
    };
    let mut add = |line: &str| said.push_str(&format!("  {}\n", shown(line)));
    add(&format!("made from   {} at {}", found.record.origin.template, state(&found.record.origin)));
    if let Some(newest) = &found.newest {
        add(&format!("template    {}", state(newest)));
    }
    if let Some(entity) = &found.record.entity {
        add(&format!("entity      {}/{}", entity.blueprint, entity.identifier));
    }
    for (path, state) in &found.files {
        let word = if *state == FileState::Changed { "changed " } else { "deleted " };
        add(&format!("{word}    {path}"));
    }
    let folder = place(&found.folder);
    match (&found.age, found.is_updating) {
        (_, true) => add(&format!("resolve the conflicts, then: portal scaffold update {folder}")),
        (Age::Behind(_), false) => add(&format!("bring it up to date: portal scaffold update {folder}")),
        _ => {}
    }
    said
}

/// Returns how a service stands, for programs.
fn said(folder: &str, found: &Result<Found, Refusal>) -> Value {
    match found {
        Ok(found) => found.json(),
        Err(refusal) => json!({
            "schema": status::SCHEMA, "folder": place(folder), "age": "unknown", "wrong": refusal::lines(refusal),
        }),
    }
}

//! `portal templates`: what the pages are made with, a catalog's own in their places, and what has changed since.
//!
//! Beside a template that was copied out lies the original that it was made from, in `templates/.portal/`. So it is known
//! when a newer portal has changed the original, what it has changed, and how to bring that together with one's own.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;

use clap::Args;

use super::{Failure, Global, Outcome, build, interrupt, open};
use crate::diagnostic::did_you_mean;
use crate::git::merge::{self, Conflict, Labels, Trees};
use crate::output::batch::{self, Change};
use crate::site::TEMPLATES;
use crate::workflow::difference::difference;
use crate::worktree::TreeFile;

/// The templates of the site: copy one out, bring it up to date
///
/// Without anything, lists the templates and which of them the catalog has in `templates/`. With a name, prints the original.
#[derive(Debug, Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Templates {
    /// Templates: entity.html; with --diff and --update, all that were copied when none is named
    names: Vec<String>,
    /// Copy them into `templates/`, with a note of what they were made from
    #[arg(long, group = "what", requires = "names")]
    write: bool,
    /// Show what has changed in the originals since they were copied
    #[arg(long, group = "what")]
    diff: bool,
    /// Bring what has changed in the originals into the copies
    #[arg(long, group = "what")]
    update: bool,
}

const EXAMPLES: &str = "Examples:
  portal templates
  portal templates entity.html
  portal templates --write footer.html
  portal templates --diff
  portal templates --update

A template that begins with {% extends \"portal/entity.html\" %} changes blocks of the original, and needs no update.";

/// The folder of the catalog's own templates.
pub(super) const FOLDER: &str = "templates";

/// The folder of what they were made from, in it.
const BASES: &str = ".portal";

/// A template of the catalog.
struct Own {
    name: &'static str,
    original: &'static str,
    /// What the catalog has in its place.
    text: String,
    /// What that was made from, when it is known.
    base: Option<String>,
}

impl Own {
    /// Returns whether the original has changed since it was copied.
    fn is_behind(&self) -> bool {
        self.base.as_ref().is_some_and(|base| base != self.original)
    }
}

impl Templates {
    pub(super) fn run(&self, global: &Global) -> Result<Outcome, Failure> {
        let root = open::root(global)?;
        let texts = build::texts(&root.join(FOLDER))?;
        for name in &self.names {
            original(name)?;
        }
        if self.write {
            return self.copy(&root, &texts);
        }
        let named = |own: &Own| self.names.is_empty() || self.names.iter().any(|name| name == own.name);
        let own: Vec<Own> = own(&texts).into_iter().filter(named).collect();
        match (self.diff, self.update) {
            (true, _) => say(&own.iter().filter(|own| own.is_behind()).map(changed).collect::<String>()),
            (_, true) => update(&root, &own),
            _ if self.names.is_empty() => say(&list(&texts)),
            _ => self
                .names
                .iter()
                .map(|name| original(name))
                .collect::<Result<String, _>>()
                .and_then(|text| say(&text)),
        }
    }

    /// Copies originals, those that the catalog does not have yet.
    fn copy(&self, root: &Path, texts: &BTreeMap<String, String>) -> Result<Outcome, Failure> {
        if let Some(name) = self.names.iter().find(|name| texts.contains_key(*name)) {
            let help = "--update brings it up to date; remove it to begin anew";
            return Err(Failure::Other(format!("{FOLDER}/{name} is there already: {help}")));
        }
        let mut files = Vec::new();
        for name in &self.names {
            let text = original(name)?;
            files.extend([(format!("{FOLDER}/{name}"), text), (base_of(name), text)]);
        }
        let files: Vec<(String, String)> =
            files.into_iter().map(|(path, text)| (path, text.to_string())).collect();
        write(root, &files)?;
        self.names.iter().try_for_each(|name| writeln!(io::stderr(), "wrote {FOLDER}/{name}"))?;
        Ok(Outcome::Done)
    }
}

fn say(text: &str) -> Result<Outcome, Failure> {
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(Outcome::Done)
}

/// Returns the path of what a template was made from.
fn base_of(name: &str) -> String {
    format!("{FOLDER}/{BASES}/{name}")
}

/// Returns the original called `name`.
fn original(name: &str) -> Result<&'static str, Failure> {
    let found = TEMPLATES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
    found.ok_or_else(|| {
        let help = did_you_mean(name, TEMPLATES.iter().map(|(name, _)| *name))
            .unwrap_or_else(|| "`portal templates` lists them".into());
        Failure::Other(format!("there is no template `{name}`; {help}"))
    })
}

/// Returns the templates that a catalog has in the place of ours; `texts` is all of its folder.
fn own(texts: &BTreeMap<String, String>) -> Vec<Own> {
    let one = |&(name, original): &(&'static str, &'static str)| {
        let base = texts.get(&format!("{BASES}/{name}")).cloned();
        texts.get(name).map(|text| Own { name, original, text: text.clone(), base })
    };
    TEMPLATES.iter().filter_map(one).collect()
}

/// Returns the templates of a folder without what they were made from.
pub(super) fn used(mut texts: BTreeMap<String, String>) -> BTreeMap<String, String> {
    texts.retain(|name, _| !name.split('/').any(|part| part.starts_with('.')));
    texts
}

/// Returns what to say of each template that was made from an original that has changed since.
pub(super) fn warnings(texts: &BTreeMap<String, String>) -> Vec<String> {
    let own = own(texts).into_iter().filter(Own::is_behind);
    own.map(|Own { name, .. }| {
        format!(
            "{FOLDER}/{name} was made from an older {name}: `portal templates --diff {name}` shows what has changed, \
             and --update brings it in"
        )
    })
    .collect()
}

/// Returns the list of templates, with what the catalog has in their places.
fn list(texts: &BTreeMap<String, String>) -> String {
    let own = own(texts);
    let state = |name: &str| match own.iter().find(|own| own.name == name) {
        None => "",
        Some(own) if own.is_behind() => "yours, made from an older one: see --diff and --update",
        Some(own) if own.base.is_some() => "yours",
        Some(own) if own.text.contains(&format!("portal/{name}")) => "yours, on top of the original",
        Some(_) => "yours, with no note of what it was made from",
    };
    let mut lines: Vec<String> = TEMPLATES
        .iter()
        .map(|(name, _)| format!("{name:18}{}", state(name)).trim_end().to_string())
        .collect();
    let known = |name: &str| TEMPLATES.iter().any(|(known, _)| *known == name);
    for name in used(texts.clone()).keys().filter(|name| !known(name)) {
        let meant = did_you_mean(name, TEMPLATES.iter().map(|(name, _)| *name));
        let meant = meant.map(|meant| format!("; {meant}")).unwrap_or_default();
        lines.push(format!("{name:18}yours alone{meant}"));
    }
    lines.join("\n") + "\n"
}

/// Returns what has changed in an original since it was copied.
fn changed(own: &Own) -> String {
    difference(own.name, own.base.as_deref(), Some(own.original))
}

/// Brings what has changed in the originals into the copies; where both changed the same lines, both stand there.
fn update(root: &Path, own: &[Own]) -> Result<Outcome, Failure> {
    let behind: Vec<&Own> = own.iter().filter(|own| own.is_behind()).collect();
    let file = |own: &Own, text: &str| TreeFile {
        path: own.name.to_string(),
        bytes: text.as_bytes().into(),
        executable: false,
    };
    let side = |text: fn(&Own) -> &str| behind.iter().map(|own| file(own, text(own))).collect::<Vec<_>>();
    let bases = side(|own| own.base.as_deref().unwrap_or_default());
    let (ours, theirs) = (side(|own| &own.text), side(|own| own.original));
    let nothing = (BTreeSet::new(), BTreeMap::new());
    let trees = Trees { base: &bases, lost: &nothing.0, ours: &ours, barred: &nothing.1, theirs: &theirs };
    let labels = Labels {
        ours: "yours".into(),
        base: "the original that it was made from".into(),
        theirs: format!("the original of portal {}", env!("CARGO_PKG_VERSION")),
    };
    let merged = merge::merge(&trees, &labels)?;
    let mut files: Vec<(String, String)> =
        behind.iter().map(|own| (base_of(own.name), own.original.to_string())).collect();
    for file in &merged.files {
        if let Some(after) = &file.after {
            let text = String::from_utf8_lossy(&after.bytes).into_owned();
            files.push((format!("{FOLDER}/{}", file.path), text));
        }
    }
    write(root, &files)?;
    let mut outcome = Outcome::Done;
    for own in &behind {
        let conflict = merged.files.iter().any(|file| {
            file.path == own.name
                && matches!(file.outcome, merge::Outcome::Conflict(Conflict::Lines | Conflict::Added))
        });
        if conflict {
            outcome = Outcome::Findings;
            let what = "both changed the same lines, which stand between markers";
            writeln!(io::stderr(), "{FOLDER}/{}: {what}", own.name)?;
        } else {
            writeln!(io::stderr(), "updated {FOLDER}/{}", own.name)?;
        }
    }
    if behind.is_empty() {
        writeln!(io::stderr(), "nothing to bring in: no original has changed since it was copied")?;
    }
    Ok(outcome)
}

fn write(root: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    let changes: Vec<Change<'_>> = files
        .iter()
        .map(|(path, text)| Change { path, bytes: Some(text.as_bytes()), executable: false })
        .collect();
    drop(batch::write(root, &changes, interrupt::flag())?);
    Ok(())
}

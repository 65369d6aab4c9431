//! The files of a skeleton, and what they become.

use std::collections::BTreeMap;

use super::budget::Budget;
use super::engine::{Context, Engine};
use super::lint::{no_text, of_name};
use super::path::{clashes, is_record, refusal};
use super::run::{Place, Seen, Setting};
use super::wrong::Wrong;
use super::{Fault, Mistake, Rendered, SUFFIX};
use crate::diagnostic::Rule;
use crate::jq::on_deep_stack;
use crate::model::phrase::clip;
use crate::worktree::{MOST_BYTES, Tree, TreeFile};

impl Engine {
    /// Returns the files that `tree` becomes, in path order. Each segment of a path is rendered by itself, and one that
    /// comes to nothing leaves the file out; a file whose name ends in `.j2` is rendered, any other is copied.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the files.
    pub fn files(&self, tree: &Tree, context: &Context) -> Result<Vec<Rendered>, Vec<Fault>> {
        on_deep_stack(|| {
            let (budget, seen) = (Budget::new(), Seen::default());
            let setting = self.setting(&budget, context, &seen);
            let mut faults = read_refusals(tree);
            let mut made: Vec<Rendered> = Vec::new();
            let mut size = 0;
            for file in &tree.files {
                match self.file(setting, file) {
                    Ok(Some(rendered)) => {
                        size += rendered.bytes.len();
                        made.push(rendered);
                    }
                    Ok(None) => {}
                    Err(fault) => faults.push(fault),
                }
                if size > MOST_BYTES {
                    let message =
                        format!("the files become more than {} MiB together", MOST_BYTES / 1024 / 1024);
                    faults.push(of_name(file, Wrong::new(message)));
                    break;
                }
                if budget.is_spent() {
                    break;
                }
            }
            faults.extend(meetings(tree, &made));
            if !faults.is_empty() {
                faults.sort_by(|a, b| a.file.cmp(&b.file));
                return Err(faults);
            }
            made.sort_unstable_by(|a, b| a.path.cmp(&b.path));
            Ok(made)
        })
    }

    /// Returns what one file becomes; `None` when it is left out.
    fn file(&self, setting: Setting<'_>, file: &TreeFile) -> Result<Option<Rendered>, Fault> {
        let Some(path) = self.path(setting, file)? else { return Ok(None) };
        let bytes = if renders(file) {
            let source = str::from_utf8(&file.bytes).map_err(|_| no_text(file))?;
            setting.budget.renew();
            let said = self.say(setting, source, Place::Text).map_err(|wrong| Fault {
                rule: wrong.rule,
                file: file.path.clone(),
                text: source.into(),
                mistake: wrong.mistake(),
            })?;
            said.into_bytes()
        } else {
            file.bytes.to_vec()
        };
        Ok(Some(Rendered { path, bytes, executable: file.executable, from: file.path.clone() }))
    }

    /// Returns the path that a file has; `None` when it is left out.
    fn path(&self, setting: Setting<'_>, file: &TreeFile) -> Result<Option<String>, Fault> {
        let mut path = String::new();
        setting.budget.renew();
        for (at, segment) in segments(bare(&file.path)) {
            let said = self.say(setting, segment, Place::Name).map_err(|wrong| {
                let range = wrong.range.clone().unwrap_or(0..segment.len());
                of_name(file, Wrong { range: Some(range.start + at..range.end + at), ..wrong })
            })?;
            if said.is_empty() {
                // One that says nothing at all is a mistake of its own.
                return if segment.is_empty() { Err(nameless(file)) } else { Ok(None) };
            }
            if at > 0 {
                path.push('/');
            }
            path.push_str(&said);
        }
        let reason = refusal(&path);
        let reason = reason.or_else(|| is_record(&path).then(|| "is written by portal itself".to_string()));
        match reason {
            None => Ok(Some(path)),
            Some(reason) => {
                let wrong =
                    Wrong::new(format!("this file would be called `{}`, which {reason}", clip(&path)));
                Err(of_name(file, wrong.rule(Rule::TemplatePath)))
            }
        }
    }
}

/// Returns what cannot be read from a skeleton.
pub(super) fn read_refusals(tree: &Tree) -> Vec<Fault> {
    let fault = |refused: &crate::worktree::Refused| Fault {
        rule: Rule::TemplatePath,
        file: refused.path.clone(),
        text: refused.path.as_str().into(),
        mistake: Mistake {
            range: 0..refused.path.len(),
            message: format!("`{}` {}, and a template has only files", clip(&refused.path), refused.reason),
            help: Some("put the file itself here, or leave it out".into()),
        },
    };
    tree.refused.iter().map(fault).collect()
}

/// Returns what would be one file on some systems.
fn meetings(tree: &Tree, made: &[Rendered]) -> Vec<Fault> {
    let from: BTreeMap<&str, Vec<&str>> = made.iter().fold(BTreeMap::new(), |mut from, file| {
        from.entry(file.path.as_str()).or_insert_with(Vec::new).push(&file.from);
        from
    });
    let mut faults = Vec::new();
    for (first, other) in clashes(made.iter().map(|file| file.path.as_str())) {
        let sources = |path: &str| from.get(path).map(Vec::as_slice).unwrap_or_default();
        let (Some(one), Some(file)) =
            (sources(first).first(), sources(other).last().and_then(|path| tree.file(path)))
        else {
            continue;
        };
        let message = if first == other {
            format!("this file would be called `{}`, as `{one}` is", clip(other))
        } else {
            format!(
                "`{}` and `{}`, made from `{one}`, would be one file on some systems",
                clip(other),
                clip(first)
            )
        };
        faults.push(of_name(file, Wrong::new(message).rule(Rule::TemplatePath)));
    }
    faults
}

fn nameless(file: &TreeFile) -> Fault {
    let wrong = Wrong::new(format!("this file has no name before `{SUFFIX}`")).rule(Rule::TemplatePath);
    of_name(file, wrong)
}

/// Returns whether a file is rendered.
pub(super) fn renders(file: &TreeFile) -> bool {
    file.path.ends_with(SUFFIX)
}

/// Returns a path without the suffix of files that are rendered.
pub(super) fn bare(path: &str) -> &str {
    path.strip_suffix(SUFFIX).unwrap_or(path)
}

/// Returns the segments of a path, each with its offset.
pub(super) fn segments(path: &str) -> impl Iterator<Item = (usize, &str)> {
    path.split('/').scan(0, |at, segment| {
        let start = *at;
        *at += segment.len() + 1;
        Some((start, segment))
    })
}

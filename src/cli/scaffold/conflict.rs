//! Files in the way, and what is done about them.

use std::io::{self, Write};

use clap::ValueEnum;
use serde_json::Value;

use super::deed::{Deed, Planned};
use super::outline::difference;
use crate::cli::answers::stopped;
use crate::cli::prompt::Terminal;
use crate::cli::{Failure, Global};
use crate::form::Choice;
use crate::printable::{plural, shown};
use crate::prompt::{Control, Prompter, Question, Reply, Stop};
use crate::scaffold::Part;

/// What is done when a file is there already and holds something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Policy {
    /// Ask, file by file
    Ask,
    /// Write nothing at all
    Fail,
    /// Leave it as it is
    Skip,
    /// Write over it
    Overwrite,
}

const OVERWRITE: &str = "overwrite";
const SKIP: &str = "skip";
const SHOW: &str = "show the difference";
const OVERWRITE_ALL: &str = "overwrite this and all others";
const SKIP_ALL: &str = "skip this and all others";
const STOP: &str = "stop: write nothing";

/// Decides what becomes of every file that is in the way.
pub(super) fn settle(planned: &mut [Planned<'_>], policy: Policy, global: &Global) -> Result<(), Failure> {
    let mut policy = policy;
    let mut refused: Vec<String> = Vec::new();
    for file in planned.iter_mut().filter(|file| file.conflict.is_some()) {
        let decided = if policy == Policy::Ask { ask(file, &mut policy, global)? } else { policy };
        let reason = file.conflict.unwrap_or_default();
        match decided {
            Policy::Overwrite => file.conflict = None,
            Policy::Skip if file.change.part != Part::Entity => {
                (file.deed, file.conflict) = (Deed::Skipped, None);
            }
            Policy::Skip => refused.push(shown(&format!(
                "`{}` {reason}: a service needs its entity, so it cannot be skipped",
                file.path()
            ))),
            Policy::Ask | Policy::Fail => refused.push(shown(&format!("`{}` {reason}", file.path()))),
        }
    }
    if refused.is_empty() {
        return Ok(());
    }
    let count = plural(refused.len(), "file is", "files are");
    let list = refused.join("\n  ");
    Err(Failure::Other(format!(
        "{count} in the way, so nothing was written:\n  {list}\n  \
         --diff shows what would change, --on-conflict skip or overwrite decides"
    )))
}

/// Asks what becomes of a file; for all others, `policy` is changed.
fn ask(file: &Planned<'_>, policy: &mut Policy, global: &Global) -> Result<Policy, Failure> {
    let is_entity = file.change.part == Part::Entity;
    let words = [OVERWRITE, SKIP, SHOW, OVERWRITE_ALL, SKIP_ALL, STOP];
    let offered = words.into_iter().filter(|word| !is_entity || (*word != SKIP && *word != SKIP_ALL));
    let choices = offered.map(|word| Choice { value: word.into(), label: word.into() }).collect();
    let label = format!("{} {}", file.path(), file.conflict.unwrap_or_default());
    let question =
        Question { label: &label, help: None, control: Control::One(choices), initial: None, required: true };
    loop {
        let reply = Terminal::new(global).ask(&question, None).map_err(stopped)?;
        let Reply::Answer(Value::String(word)) = reply else { return Err(stopped(Stop::Interrupted)) };
        match word.as_str() {
            OVERWRITE => return Ok(Policy::Overwrite),
            SKIP => return Ok(Policy::Skip),
            OVERWRITE_ALL => *policy = Policy::Overwrite,
            SKIP_ALL => *policy = Policy::Skip,
            SHOW => {
                write!(io::stderr().lock(), "{}", difference(file))?;
                continue;
            }
            _ => return Err(stopped(Stop::Interrupted)),
        }
        return Ok(*policy);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::Parser;

    use super::*;
    use crate::scaffold::Change;

    fn settled(policy: Policy) -> Result<Vec<(Deed, bool)>, String> {
        let parts = [Part::Template, Part::Template, Part::Appended, Part::Entity];
        let change = |part| Change { path: "a".into(), bytes: Vec::new(), executable: false, part };
        let changes: Vec<Change> = parts.into_iter().map(change).collect();
        let mut planned: Vec<Planned<'_>> = changes
            .iter()
            .map(|change| Planned {
                root: Path::new("/"),
                change,
                there: Some(b"x".to_vec()),
                deed: Deed::Changes,
                conflict: Some("is in the way"),
            })
            .collect();
        planned[0].conflict = None;
        let portal = crate::cli::Portal::try_parse_from(["portal", "completions", "bash"]).unwrap();
        match settle(&mut planned, policy, &portal.global) {
            Ok(()) => Ok(planned.iter().map(|file| (file.deed, file.conflict.is_some())).collect()),
            Err(Failure::Other(message)) => Err(message),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_policy_decides() {
        let all = vec![(Deed::Changes, false); 4];
        assert_eq!(settled(Policy::Overwrite), Ok(all));
        let refused = settled(Policy::Fail).unwrap_err();
        assert!(refused.starts_with("3 files are in the way"), "{refused}");
        let refused = settled(Policy::Skip).unwrap_err();
        assert!(refused.starts_with("1 file is in the way") && refused.contains("entity"), "{refused}");
    }
}

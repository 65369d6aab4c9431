//! What is wrong with a skeleton whatever the answers are.

use std::collections::BTreeSet;

use super::engine::{Engine, part};
use super::files::{bare, read_refusals, renders, segments};
use super::names::{DOLLAR_HELP, asked};
use super::parse::{openings, parse};
use super::path::{clashes, is_record, refusal, segment_refusal};
use super::wrong::Wrong;
use super::{Fault, Mistake, SUFFIX};
use crate::diagnostic::{Rule, did_you_mean};
use crate::jq::on_deep_stack;
use crate::worktree::{Tree, TreeFile};

/// Returns everything that is wrong with the files of a skeleton whatever the answers are, in the order of the files: what
/// is no template, names that are not `known`, `secrets` that would be written, paths that cannot be, and expressions of CI
/// systems that would be taken for the template's own.
pub fn lint(
    engine: &Engine,
    tree: &Tree,
    known: &BTreeSet<String>,
    secrets: &BTreeSet<String>,
) -> Vec<Fault> {
    on_deep_stack(|| {
        let mut faults = read_refusals(tree);
        for file in &tree.files {
            names(engine, file, known, secrets, &mut faults);
            contents(engine, file, known, secrets, &mut faults);
        }
        let fixed: Vec<&TreeFile> = tree.files.iter().filter(|file| is_fixed(engine, &file.path)).collect();
        for (first, other) in clashes(fixed.iter().map(|file| bare(&file.path))) {
            if let Some(file) = fixed.iter().rev().find(|file| bare(&file.path) == other) {
                let message = format!("`{other}` and `{first}` would be one file on some systems");
                faults.push(of_name(file, Wrong::new(message).rule(Rule::TemplatePath)));
            }
        }
        faults.sort_by(|a, b| a.file.cmp(&b.file));
        faults
    })
}

/// Returns the names that the files of a skeleton, and their names, ask the context for; of `inputs` and `entities` what is
/// asked of them. What is no template asks for nothing.
pub fn uses(engine: &Engine, tree: &Tree) -> BTreeSet<String> {
    on_deep_stack(|| {
        let mut names = BTreeSet::new();
        for file in &tree.files {
            let mut add = |source: &str| {
                if let Ok(template) = parse(source, &engine.syntax) {
                    names.extend(asked(&template, &engine.extras()).names.into_iter().map(|(name, _)| name));
                }
            };
            segments(bare(&file.path)).for_each(|(_, segment)| add(segment));
            if let (true, Ok(text)) = (renders(file), str::from_utf8(&file.bytes)) {
                add(text);
            }
        }
        names
    })
}

/// Returns what is wrong with a text.
pub(super) fn text(
    engine: &Engine,
    source: &str,
    known: &BTreeSet<String>,
    secrets: &BTreeSet<String>,
) -> Vec<Wrong> {
    let template = match parse(source, &engine.syntax) {
        Ok(template) => template,
        Err(wrong) => return vec![wrong],
    };
    let asked = asked(&template, &engine.extras());
    let mut found = asked.wrong;
    for (name, range) in asked.names {
        let shown = crate::model::phrase::clip(&name);
        if secrets.contains(&name) {
            let message = format!("`{shown}` is a secret, and a template must not write it into a file");
            let wrong = Wrong::new(message).rule(Rule::TemplateSecret).at(range);
            found.push(
                wrong.help("write where the service finds it when it runs, such as the name of a variable"),
            );
        } else if !known.contains(&name) {
            let wrong = Wrong::new(format!("there is no variable `{shown}`")).rule(Rule::UnknownVariable);
            let before = part(source, 0..range.start).trim_end();
            let dollar = before.strip_suffix("{{").is_some_and(|before| before.ends_with('$'));
            let names = known.iter().chain(&asked.own).map(String::as_str);
            let help = if dollar { Some(DOLLAR_HELP.to_string()) } else { did_you_mean(&name, names) };
            found.push(wrong.at(range).maybe_help(help));
        }
    }
    found
}

/// Checks the name of a file.
fn names(
    engine: &Engine,
    file: &TreeFile,
    known: &BTreeSet<String>,
    secrets: &BTreeSet<String>,
    faults: &mut Vec<Fault>,
) {
    let before = faults.len();
    for (at, segment) in segments(bare(&file.path)) {
        for wrong in text(engine, segment, known, secrets) {
            let range = wrong.range.clone().unwrap_or(0..segment.len());
            faults.push(of_name(file, Wrong { range: Some(range.start + at..range.end + at), ..wrong }));
        }
        if is_fixed(engine, segment)
            && let Some(reason) = segment_refusal(segment)
        {
            let wrong = Wrong::new(format!("`{}` {reason}", crate::model::phrase::clip(segment)));
            faults.push(of_name(file, wrong.rule(Rule::TemplatePath).at(at..at + segment.len())));
        }
    }
    if faults.len() == before && is_fixed(engine, &file.path) {
        let path = bare(&file.path);
        let reason =
            if is_record(path) { Some("is written by portal itself".to_string()) } else { refusal(path) };
        if let Some(reason) = reason {
            let wrong = Wrong::new(format!("`{}` {reason}", crate::model::phrase::clip(path)));
            faults.push(of_name(file, wrong.rule(Rule::TemplatePath)));
        }
    }
}

/// Checks what a file holds.
fn contents(
    engine: &Engine,
    file: &TreeFile,
    known: &BTreeSet<String>,
    secrets: &BTreeSet<String>,
    faults: &mut Vec<Fault>,
) {
    if !renders(file) {
        return;
    }
    let Ok(source) = str::from_utf8(&file.bytes) else {
        faults.push(no_text(file));
        return;
    };
    let text_of = std::sync::Arc::from(source);
    let mut found = text(engine, source, known, secrets);
    if engine.delimiters.variable[0] == "{{" {
        for at in openings(source, &engine.syntax) {
            if part(source, 0..at).ends_with('$') {
                let end = part(source, at..source.len()).find("}}").map_or(at + 2, |end| at + end + 2);
                let wrong = Wrong::new("this is taken for an expression of the template");
                let wrong = wrong.rule(Rule::TemplateDelimiter).at(at - 1..end);
                found.push(wrong.help(DOLLAR_HELP));
            }
        }
    }
    found.sort_by_key(|wrong| wrong.range.as_ref().map_or(0, |range| range.start));
    faults.extend(found.into_iter().map(|wrong| Fault {
        rule: wrong.rule,
        file: file.path.clone(),
        text: std::sync::Arc::clone(&text_of),
        mistake: wrong.mistake(),
    }));
}

/// Returns whether a name is what it is, with nothing to render.
fn is_fixed(engine: &Engine, name: &str) -> bool {
    let delimiters = &engine.delimiters;
    [&delimiters.variable, &delimiters.block, &delimiters.comment].iter().all(|pair| !name.contains(&pair[0]))
}

/// Returns what is wrong with the name of a file.
pub(super) fn of_name(file: &TreeFile, wrong: Wrong) -> Fault {
    let wrong = wrong.at(0..file.path.len());
    Fault {
        rule: wrong.rule,
        file: file.path.clone(),
        text: file.path.as_str().into(),
        mistake: wrong.mistake(),
    }
}

/// Returns that a file that is to be rendered is no text.
pub(super) fn no_text(file: &TreeFile) -> Fault {
    let mistake = Mistake {
        range: 0..0,
        message: "this is no UTF-8, and cannot be rendered".into(),
        help: Some(format!("give it a name without `{SUFFIX}`: it is copied then")),
    };
    Fault { rule: Rule::TemplateFault, file: file.path.clone(), text: "".into(), mistake }
}

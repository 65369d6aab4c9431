//! Steps: each does one thing, in an order that can be followed, with what is there.

use super::around::Around;
use super::expression::Expressions;
use super::sight::{Members, Sight};
use super::{dispatch, effect, invocation};
use crate::catalog::BlueprintId;
use crate::diagnostic::{Diagnostic, Rule, did_you_mean};
use crate::jq;
use crate::model::action::step::{KINDS, Step};
use crate::model::phrase::{clip, quoted};
use crate::model::target::Target;
use crate::template;
use crate::yaml::{Kind, Node};

/// Who takes steps.
#[derive(Clone, Copy)]
pub(super) struct Doer<'a> {
    pub(super) around: &'a Around<'a>,
    /// The blueprint of entities that do not say theirs.
    pub(super) blueprint: Option<BlueprintId>,
    /// Whether it names a blueprint, known or not.
    pub(super) named: bool,
    /// The entity of steps that do not name one.
    pub(super) own: Own,
}

/// The entity of steps that do not name one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    /// None.
    None,
    /// The one that is created, by one of the steps.
    Created,
    /// The one that the action, or the event, is about.
    Given,
}

/// Pushes what is wrong with the steps of the list at `key`.
pub(super) fn check(
    doer: &Doer<'_>,
    document: Node<'_>,
    key: &str,
    sight: &Sight<'_>,
    expressions: &mut Expressions,
    found: &mut Vec<Diagnostic>,
) {
    let steps = Step::decode_list(document, key);
    for (number, step) in steps.iter().enumerate() {
        let before = &steps[..number];
        // Effects come last, and see what all steps have given.
        let done = if key == "effects" { Step::decode_list(document, "steps") } else { before.to_vec() };
        let sight = with_steps(sight, &done);
        let node = document.document().node(step.node);
        found.extend(one_kind(node, step));
        check_name(step, before, found);
        check_needs(step, before, &steps, found);
        if let Some(when) = node.get("when") {
            expressions.jq(when, &sight, found);
        }
        for values in ["env", "with"].into_iter().filter_map(|key| node.get(key)) {
            expressions.templates(values, &sight, found);
        }
        for kind in &step.kinds {
            let Some(body) = node.get(kind.value).filter(|body| !body.is_null()) else { continue };
            match kind.value {
                "run" => found.extend(template_in_command(body)),
                "uses" => found.extend(reusable(doer, document, key, body)),
                "kafka" => found.push(kafka(kind.span)),
                name => {
                    expressions.templates(body, &sight, found);
                    check_body(doer, name, body, found);
                }
            }
        }
    }
}

/// Pushes what is wrong with what Port calls, and with an action or automation that does nothing at all.
pub(super) fn check_invocation(
    doer: &Doer<'_>,
    document: Node<'_>,
    sight: &Sight<'_>,
    expressions: &mut Expressions,
    found: &mut Vec<Diagnostic>,
) {
    if let Some(method) = document.get("invocationMethod").filter(|method| method.kind() == Kind::Map) {
        expressions.templates(method, &with_steps(sight, &[]), found);
        invocation::check(doer, method, found);
        return;
    }
    let does = ["steps", "effects"].into_iter().any(|key| document.get(key).is_some_and(|it| !it.is_empty()));
    if !does {
        let place = document.get("identifier").map_or_else(|| document.span(), Node::span);
        let message = "this does nothing: it has neither `steps` nor an `invocationMethod`";
        let help = "add `steps`: what is done, in order";
        found.push(Diagnostic::new(Rule::MissingKey, place, message).help(help));
    }
}

/// Returns what expressions see, with what these steps have given.
fn with_steps<'a>(sight: &Sight<'a>, steps: &'a [Step]) -> Sight<'a> {
    let Sight::Members(members) = sight else { return sight.clone() };
    let names = steps.iter().filter_map(|step| Some((step.name.as_ref()?.value.as_str(), Sight::Any)));
    let given = Sight::members("no step before this one is called", Rule::InvalidStep, names);
    let mut all = members.members.clone();
    all.push(("steps", given));
    Sight::Members(Members { members: all, ..members.clone() })
}

/// Returns the finding that a step does nothing, or several things.
fn one_kind(node: Node<'_>, step: &Step) -> Option<Diagnostic> {
    match step.kinds.as_slice() {
        [_] => None,
        [] => {
            let place = node.entries().next().map_or_else(|| node.span(), |(key, _)| key.span());
            let message = "this step does not say what is done";
            let help =
                format!("add one of {}", quoted(KINDS.iter().copied().filter(|kind| *kind != "kafka")));
            Some(Diagnostic::new(Rule::InvalidStep, place, message).help(help))
        }
        [first, others @ ..] => {
            let last = others.last().unwrap_or(first);
            let message = format!("this step does two things, `{}` and `{}`", first.value, last.value);
            let finding = Diagnostic::new(Rule::InvalidStep, last.span, message);
            Some(finding.related(first.span, "the first").help("write two steps"))
        }
    }
}

fn check_name(step: &Step, before: &[Step], found: &mut Vec<Diagnostic>) {
    let Some(name) = &step.name else { return };
    let mut names = before.iter().filter_map(|step| step.name.as_ref());
    if let Some(first) = names.find(|first| first.value == name.value) {
        let message = format!("there is already a step called `{}`", clip(&name.value));
        let finding = Diagnostic::new(Rule::InvalidStep, name.span, message);
        found.push(finding.related(first.span, "first used here").help("rename one of them"));
    }
}

/// Pushes each step that is waited for and does not come before.
fn check_needs(step: &Step, before: &[Step], all: &[Step], found: &mut Vec<Diagnostic>) {
    let names = |steps: &'_ [Step]| -> Vec<String> {
        steps.iter().filter_map(|step| Some(step.name.as_ref()?.value.clone())).collect()
    };
    let (known, all) = (names(before), names(all));
    for need in step.needs.iter().filter(|need| !known.contains(&need.value)) {
        let (message, help) = if all.contains(&need.value) {
            let message = format!("the step `{}` does not come before this one", clip(&need.value));
            (message, "steps wait for steps above them: put it above".to_string())
        } else {
            let near = did_you_mean(&need.value, known.iter().map(String::as_str));
            let none = || match known.len() {
                0 => "give the step that comes first a `name`".to_string(),
                _ => format!("the steps before it are {}", quoted(known.iter().map(String::as_str))),
            };
            (format!("no step is called `{}`", clip(&need.value)), near.unwrap_or_else(none))
        };
        found.push(Diagnostic::new(Rule::InvalidStep, need.span, message).help(help));
    }
}

/// Pushes what is wrong with what a step says of the catalog.
fn check_body(doer: &Doer<'_>, kind: &str, body: Node<'_>, found: &mut Vec<Diagnostic>) {
    match kind {
        "upsertEntity" => effect::check_upsert(doer, body, found),
        "deleteEntity" => {
            effect::check_reference(doer, body, "deletes", found);
        }
        "dispatch" => dispatch::check(doer, body, found),
        "gate" => check_gate(doer, body, found),
        "notify" => {
            let told = ["slack", "teams", "webhook", "issue"].into_iter().any(|key| body.get(key).is_some());
            if !told {
                let message = "this step tells nobody";
                let help = "add `slack`, `teams`, `webhook` or `issue`";
                found.push(Diagnostic::new(Rule::InvalidStep, body.span(), message).help(help));
            }
        }
        _ => {}
    }
}

/// Pushes a scorecard, or a level of it, that does not exist.
fn check_gate(doer: &Doer<'_>, body: Node<'_>, found: &mut Vec<Diagnostic>) {
    let around = doer.around;
    if body.get("entity").is_none() && doer.own != Own::Given {
        found.push(effect::no_entity(body, "judges"));
    }
    let cards = body.get("scorecard").map(|name| around.scorecards(name, found)).unwrap_or_default();
    let Some((node, level)) = body.get("failUnder").and_then(|node| Some((node, node.as_str()?))) else {
        return;
    };
    let titles: Vec<&str> = cards.iter().flat_map(|card| card.level_titles()).collect();
    if !level.contains("{{") && !titles.is_empty() && !titles.contains(&level) {
        let message = format!("the scorecard has no level `{}`", clip(level));
        let help = did_you_mean(level, titles.iter().copied());
        let help = help.unwrap_or_else(|| format!("its levels are {}", quoted(titles.iter().copied())));
        found.push(Diagnostic::new(Rule::UnknownStandard, node.span(), message).help(help));
    }
}

/// Returns the finding that no CI system sends messages to Kafka.
pub(super) fn kafka(span: crate::source::Span) -> Diagnostic {
    let message = "no CI system sends messages to Kafka, so this fails when it runs";
    let help = "use `webhook` with the address of a REST proxy, or `run` with a client";
    Diagnostic::new(Rule::NotCompiled, span, message).help(help)
}

/// What templates see that no other language has at the start of its own.
const OURS: &[&str] =
    &["inputs", "form", "entity", "user", "steps", "secrets", "run", "event", "trigger", "action"];

/// Returns the finding that a command has a template in it. Other tools have templates with braces, too: what names
/// nothing of ours is theirs.
fn template_in_command(command: Node<'_>) -> Option<Diagnostic> {
    let text = command.as_str().filter(|text| text.contains("{{"))?;
    let expressions = template::expressions(text).ok()?;
    let (path, source, offset) = expressions.into_iter().find_map(|(source, offset)| {
        let path = jq::paths(source).pop()?;
        let (root, _) = path.first()?;
        (OURS.contains(&root.as_str()) && source.starts_with('.')).then_some((path, source, offset))
    })?;
    let variable = match path.as_slice() {
        [(root, _), (name, _), ..] if matches!(root.as_str(), "inputs" | "form") => {
            let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
            format!("\"$PORTAL_INPUT_{}\"", name.chars().map(letter).collect::<String>())
        }
        _ => "the environment".to_string(),
    };
    let message = "a command is no template: what somebody enters would be a part of it";
    let help = format!("read {variable}, or give the command a variable under `env`");
    let span = command.part(offset..offset + source.len());
    Some(Diagnostic::new(Rule::InvalidStep, span, message).help(help))
}

/// Returns the finding that a reusable workflow is not pinned, or cannot be used there.
fn reusable(doer: &Doer<'_>, document: Node<'_>, key: &str, node: Node<'_>) -> Option<Diagnostic> {
    let automatic = document.get("trigger").and_then(|it| it.get("type")).and_then(Node::as_str);
    if automatic == Some("automation") || key != "steps" {
        let message = "a reusable workflow is a job of its own, which only an action's `steps` have";
        let help = "use `dispatch` to start it";
        return Some(Diagnostic::new(Rule::NotCompiled, node.span(), message).help(help));
    }
    let text = node.as_str()?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'/' | b'-');
    let (name, version) = text.split_once('@').map_or((text, None), |(name, rest)| (name, Some(rest)));
    let targets = &doer.around.catalog.config().ci.targets;
    let github = targets.is_empty() || targets.contains(&Target::GitHub);
    if name.is_empty() || !name.bytes().all(plain) || name.split('/').any(|part| part == "..") {
        let message = "this is no reusable workflow";
        let help = "write `owner/repository/.github/workflows/file.yml@` and a commit, or `./` and a file of this repository";
        return Some(Diagnostic::new(Rule::InvalidStep, node.span(), message).help(help));
    }
    let commit = version.is_some_and(|it| it.len() == 40 && it.bytes().all(|b| b.is_ascii_hexdigit()));
    let local = name.starts_with("./") && version.is_none();
    if commit || local || !github {
        return None;
    }
    let message = match version {
        Some(version) => format!("`{}` is no commit: what it means can change", clip(version)),
        None => "this workflow is not pinned to a commit: what it does can change".to_string(),
    };
    let help = "write the 40 digits of the commit after `@`, and its version in a comment";
    Some(Diagnostic::new(Rule::UnpinnedWorkflow, node.span(), message).help(help))
}

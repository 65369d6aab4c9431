//! Reading a node of a flowchart: `id`, `id[text]`, `id{text}`, …

use super::Form;

/// The longest label, in characters, and the most lines of one.
const LONGEST: usize = 120;
const MOST_LINES: usize = 4;

/// A node as it is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) id: String,
    /// Its form and its text, where they are given.
    pub(super) looks: Option<(Form, Vec<String>)>,
    /// Whether it is given a class, of which only colours come.
    pub(super) styled: bool,
}

/// The brackets of each form; the longer ones first.
const FORMS: &[(&str, &str, Form)] = &[
    ("([", "])", Form::Stadium),
    ("[(", ")]", Form::Store),
    ("((", "))", Form::Circle),
    ("{{", "}}", Form::Hexagon),
    ("[[", "]]", Form::Box),
    ("[", "]", Form::Box),
    ("(", ")", Form::Round),
    ("{", "}", Form::Choice),
];

/// Returns the node that a text starts with, and what is after it.
pub(super) fn read(text: &str) -> Option<(Written, &str)> {
    let end = id_end(text);
    let (id, mut rest) = text.split_at(end);
    // A node called so ends a group, which Mermaid itself takes badly.
    if id.is_empty() || id == "end" || rest.starts_with('@') {
        return None;
    }
    let mut looks = None;
    if let Some((open, close, form)) = FORMS.iter().find(|(open, ..)| rest.starts_with(open)) {
        let inside = &rest[open.len()..];
        let (words, after) = match inside.strip_prefix('"') {
            Some(quoted) => {
                let (words, after) = quoted.split_once('"')?;
                (words, after.strip_prefix(close)?)
            }
            None => inside.split_once(close)?,
        };
        // `[/…/]` and `[\…\]` are other forms; brackets in a text need quotes.
        let quoted = inside.starts_with('"');
        if words.starts_with(['/', '\\']) || (!quoted && words.contains(['[', ']', '(', ')', '{', '}', '"']))
        {
            return None;
        }
        looks = Some((*form, label(words)?));
        rest = after;
    }
    let mut styled = false;
    if let Some(class) = rest.strip_prefix(":::") {
        let end = class.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(class.len());
        (rest, styled) = (&class[end..], true);
    }
    Some((Written { id: id.to_string(), looks, styled }, rest))
}

/// Returns where the id at the start of a text ends. A hyphen or a dot belongs to it when a letter follows, for otherwise
/// it begins a link.
fn id_end(text: &str) -> usize {
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let inner = at > 0 && matches!(c, '-' | '.' | '/') && next.is_some_and(char::is_alphanumeric);
        if !(c.is_alphanumeric() || c == '_' || inner) {
            return at;
        }
    }
    text.len()
}

/// Returns the lines of a label; `None` when it is written in a way that would not be shown as it is meant.
pub(super) fn label(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let text = text.replace("<br/>", "\n").replace("<br />", "\n").replace("<br>", "\n").replace("\\n", "\n");
    let special =
        text.contains(['`', '<', '"']) || (text.contains('#') && text.contains(';')) || text.contains("fa:");
    let lines: Vec<String> =
        text.lines().map(|line| line.trim().to_string()).filter(|line| !line.is_empty()).collect();
    let fits = !lines.is_empty()
        && lines.len() <= MOST_LINES
        && lines.iter().all(|line| line.chars().count() <= LONGEST);
    (fits && !special).then(|| lines.iter().flat_map(|line| wrapped(line)).collect())
}

/// Returns a line as lines of a width that a node can have.
fn wrapped(line: &str) -> Vec<String> {
    const WIDE: usize = 28;
    let mut lines = vec![String::new()];
    for word in line.split_whitespace() {
        let last = lines.last_mut().expect("there is always a line");
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > WIDE {
            lines.push(word.to_string());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

//! Reading trees: places in files, references, and what is wrong.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::model::phrase::clip;
use crate::worktree::normalise;
use crate::yaml::{Kind, Node, NodeId};

use super::anchor::Anchors;
use super::model::{Example, Form, Interface, Named};
use super::problem::{MOST, Problem};

/// How many references may follow one another.
const LONGEST_CHAIN: usize = 16;

/// How many schemas, named and nested, are read of one description.
const MOST_SCHEMAS: usize = 100_000;

/// How many schemas may have a name.
const MOST_NAMED: usize = 10_000;

/// The longest example that is kept.
pub(super) const LONGEST_EXAMPLE: usize = 8 * 1024;

/// One of the files of a description.
pub(super) struct File<'a> {
    pub(super) path: &'a str,
    pub(super) folder: &'a str,
    pub(super) root: Option<Node<'a>>,
}

/// A value, and the number of the file that it is in.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) node: Node<'a>,
    pub(super) file: usize,
}

impl<'a> At<'a> {
    fn with(self, node: Node<'a>) -> Self {
        Self { node, ..self }
    }

    /// Returns the value of a key; none when it is null.
    pub(super) fn get(self, key: &str) -> Option<Self> {
        self.node.get(key).filter(|node| !node.is_null()).map(|node| self.with(node))
    }

    /// Returns the keys and values of a mapping but extensions, `x-…`.
    pub(super) fn entries(self) -> impl Iterator<Item = (&'a str, Self)> {
        let plain = self.node.entries().filter_map(|(key, value)| Some((key.text()?, value)));
        plain.filter(|(key, _)| !key.starts_with("x-")).map(move |(key, value)| (key, self.with(value)))
    }

    /// Returns the items of a list.
    pub(super) fn items(self) -> impl Iterator<Item = Self> {
        self.node.items().map(move |node| self.with(node))
    }

    /// Returns the keys and values of the mapping at `key`.
    pub(super) fn entries_of(self, key: &str) -> Vec<(&'a str, Self)> {
        self.get(key).into_iter().flat_map(Self::entries).collect()
    }

    /// Returns the items of the list at `key`.
    pub(super) fn items_of(self, key: &str) -> Vec<Self> {
        self.get(key).into_iter().flat_map(Self::items).collect()
    }

    /// Returns the scalar at `key`, or an empty text.
    pub(super) fn text(self, key: &str) -> String {
        self.get(key).and_then(|at| at.node.text()).unwrap_or_default().trim().to_string()
    }

    /// Returns whether `key` is true.
    pub(super) fn flag(self, key: &str) -> bool {
        self.get(key).and_then(|at| at.node.as_bool()).unwrap_or(false)
    }

    /// Returns the texts of the list at `key`.
    pub(super) fn texts(self, key: &str) -> Vec<String> {
        self.items_of(key).into_iter().filter_map(|at| Some(at.node.text()?.to_string())).collect()
    }
}

/// A schema that has a name and is still to be read.
struct Waiting<'a> {
    at: At<'a>,
    name: String,
}

/// What a reference leads to.
pub(super) enum Target<'a> {
    /// A value of one of the files, and the name that the reference ends with.
    Here(At<'a>, String),
    /// An address outside the catalog.
    Away(String),
    /// Nothing, which has been said.
    Nowhere,
}

/// What reads a description.
pub(super) struct Reader<'a> {
    pub(super) form: Form,
    pub(super) problems: Vec<Problem>,
    pub(super) anchors: Anchors,
    files: Vec<File<'a>>,
    refused: &'a BTreeMap<String, String>,
    named: Vec<Waiting<'a>>,
    numbers: BTreeMap<(usize, NodeId), usize>,
    left: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        form: Form,
        files: Vec<File<'a>>,
        refused: &'a BTreeMap<String, String>,
        problems: Vec<Problem>,
    ) -> Self {
        Self {
            form,
            problems,
            anchors: Anchors::default(),
            files,
            refused,
            named: Vec::new(),
            numbers: BTreeMap::new(),
            left: MOST_SCHEMAS,
        }
    }

    /// Returns the description itself.
    pub(super) fn main(&self) -> At<'a> {
        let root = self.files.first().and_then(|file| file.root);
        At { node: root.expect("a description without a root has no reader"), file: 0 }
    }

    /// Says that something is wrong at a value.
    pub(super) fn wrong(&mut self, at: At<'a>, message: impl Into<String>, help: &str) {
        if self.problems.len() < MOST {
            let problem =
                Problem { text: at.file, span: at.node.span(), message: message.into(), help: None };
            self.problems.push(problem.help(help));
        }
    }

    /// Returns whether another schema may be read; says it once when not.
    pub(super) fn may_read(&mut self, at: At<'a>) -> bool {
        if self.left == 1 {
            self.wrong(
                at,
                "this description is too large: the schemas from here on are left out",
                "name schemas that are used often under `components`, and refer to them",
            );
        }
        self.left = self.left.saturating_sub(1);
        self.left > 0
    }

    /// Returns what a value stands for: itself, or what its `$ref` leads to. `None` when that is nothing, which is said.
    pub(super) fn resolve(&mut self, at: At<'a>) -> Option<At<'a>> {
        let mut here = at;
        for _ in 0..LONGEST_CHAIN {
            let Some(reference) = here.get("$ref") else { return Some(here) };
            match self.follow(reference) {
                Target::Here(target, _) => here = target,
                Target::Away(_) | Target::Nowhere => return None,
            }
        }
        self.wrong(at, "this reference leads to another without end", "name what it stands for here");
        None
    }

    /// Returns what the text of a reference leads to.
    pub(super) fn follow(&mut self, reference: At<'a>) -> Target<'a> {
        let written = reference.node.as_str().unwrap_or_default();
        let (path, fragment) = written.split_once('#').unwrap_or((written, ""));
        if path.contains("://") {
            return Target::Away(written.to_string());
        }
        match self.locate(reference.file, path, fragment) {
            Ok(at) => Target::Here(at, last_part(path, fragment)),
            Err(reason) => {
                let message = format!("`{}` {reason}", clip(written));
                self.wrong(reference, message, "references lead to this description, or to a file beside it");
                Target::Nowhere
            }
        }
    }

    fn locate(&self, from: usize, path: &str, fragment: &str) -> Result<At<'a>, String> {
        let file = if path.is_empty() {
            from
        } else {
            let path = normalise(self.files[from].folder, path).ok_or("lies outside the catalog")?;
            let number = self.files.iter().position(|file| file.path == path);
            let reason = || self.refused.get(&path).cloned().unwrap_or_else(|| "cannot be read".into());
            number.ok_or_else(reason)?
        };
        let root = self.files[file].root.ok_or("has a mistake, so it cannot be read")?;
        let fragment = decode(fragment);
        let (_, node) = root.locate(&fragment).ok_or("leads to nothing")?;
        Ok(At { node, file })
    }

    /// Returns the number of the schema at `at`, which is called `name`.
    pub(super) fn number(&mut self, at: At<'a>, name: &str) -> Option<usize> {
        let key = (at.file, at.node.id());
        if let Some(&number) = self.numbers.get(&key) {
            return Some(number);
        }
        if self.named.len() >= MOST_NAMED {
            return None;
        }
        self.numbers.insert(key, self.named.len());
        self.named.push(Waiting { at, name: name.to_string() });
        Some(self.named.len() - 1)
    }

    /// Returns the name of a schema that has a number.
    pub(super) fn name(&self, number: usize) -> &str {
        &self.named[number].name
    }

    /// Reads the schemas that have names, those that only they name included.
    pub(super) fn read_named(&mut self, interface: &mut Interface) {
        let mut number = 0;
        while let Some(waiting) = self.named.get(number) {
            let (at, name) = (waiting.at, waiting.name.clone());
            let schema = self.schema(at);
            let anchor = self.anchors.give("schema-", &name);
            interface.schemas.push(Named { anchor, name, schema });
            number += 1;
        }
    }

    /// Returns what `info` says.
    pub(super) fn information(&mut self, interface: &mut Interface) {
        let main = self.main();
        let Some(info) = main.get("info") else {
            self.wrong(main, "this description does not say what it describes", "add `info` with a title");
            return;
        };
        interface.title = info.text("title");
        interface.version = info.text("version");
        interface.description = info.text("description");
        if interface.description.is_empty() {
            interface.description = info.text("summary");
        }
        let mut link = |address: String, text: &str| {
            if !address.is_empty() {
                interface.links.push((address, text.to_string()));
            }
        };
        if let Some(contact) = info.get("contact") {
            let name = contact.text("name");
            let name = if name.is_empty() { "Contact" } else { &name };
            link(contact.text("url"), name);
            let mail = contact.text("email");
            link(if mail.is_empty() { String::new() } else { format!("mailto:{mail}") }, &mail);
        }
        if let Some(license) = info.get("license") {
            link(license.text("url"), &format!("Licence: {}", license.text("name")));
        }
        link(info.text("termsOfService"), "Terms of service");
        let docs = main.get("externalDocs").or_else(|| info.get("externalDocs"));
        if let Some(docs) = docs {
            let text = docs.text("description");
            link(docs.text("url"), if text.is_empty() { "Documentation" } else { &text });
        }
    }

    /// Returns the examples at `example`, `examples` of a value.
    pub(super) fn examples(&mut self, at: At<'a>) -> Vec<Example> {
        let mut examples: Vec<Example> = at.get("example").map(|it| example("", it)).into_iter().collect();
        let Some(given) = at.get("examples") else { return examples };
        if given.node.kind() == Kind::List {
            examples.extend(given.items().map(|it| example("", it)));
            return examples;
        }
        for (name, entry) in given.entries() {
            let Some(entry) = self.resolve(entry) else { continue };
            let summary = entry.text("summary");
            let name = if summary.is_empty() { name } else { &summary };
            let value = entry.get("value").or_else(|| entry.get("dataValue"));
            match (value, entry.text("externalValue")) {
                (Some(value), _) => examples.push(example(name, value)),
                (None, address) if !address.is_empty() => {
                    examples.push(Example { name: name.to_string(), text: String::new(), address });
                }
                _ => {}
            }
        }
        examples
    }
}

/// Returns an example that is given as a value.
pub(super) fn example(name: &str, at: At<'_>) -> Example {
    Example { name: name.to_string(), text: lay_out(&at.node.to_json()), address: String::new() }
}

/// Returns a value as people read it: a text as it is, anything else as JSON; cut when it is long.
pub(super) fn lay_out(value: &Value) -> String {
    let mut text = match value {
        Value::String(text) => text.clone(),
        value => format!("{value:#}"),
    };
    if text.len() > LONGEST_EXAMPLE {
        let end = (0..=LONGEST_EXAMPLE).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.truncate(end);
        text.push_str("\n…");
    }
    text
}

/// Returns what a reference ends with, as a name.
fn last_part(path: &str, fragment: &str) -> String {
    let last = fragment.rsplit('/').next().filter(|last| !last.is_empty());
    let file = || {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.split('.').next().unwrap_or(name)
    };
    decode(last.unwrap_or_else(file)).replace("~1", "/").replace("~0", "~")
}

/// Returns a fragment of an address without its escapes.
fn decode(fragment: &str) -> Cow<'_, str> {
    if !fragment.contains('%') {
        return Cow::Borrowed(fragment);
    }
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = (byte == b'%').then(|| after.get(..2)).flatten();
        let value = hex.and_then(|hex| u8::from_str_radix(str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(value.unwrap_or(byte));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_are_decoded() {
        for (fragment, expected) in [
            ("/a/b", "/a/b"),
            ("/a%20b", "/a b"),
            ("/100%", "/100%"),
            ("/%zz", "/%zz"),
            ("/%C3%A9", "/\u{e9}"),
        ] {
            assert_eq!(decode(fragment), expected);
        }
        assert_eq!(last_part("", "/components/schemas/A~1B"), "A/B");
        assert_eq!(last_part("./common/money.schema.yaml", ""), "money");
    }
}

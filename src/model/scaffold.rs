//! Scaffolds: templates of new services, the golden paths.
//!
//! A scaffold is a folder. Its document, `scaffold.yaml`, says what is asked, where the files go and which entity they
//! make; the files themselves are in `template/` and `repository/` beside it.

use super::action::input::{self, Input};
use super::shape::{Field, Object, Openness, Shape, optional, required};
use super::{Spanned, identifier, string, strings};
use crate::yaml::{Kind, Node, NodeId};

/// The name of the document in the folder of a scaffold.
pub const FILE: &str = "scaffold.yaml";

/// The folder of the files that go to the target.
pub const TEMPLATE: &str = "template";

/// The folder of the files that go to the root of the catalog, or of the repository without one.
pub const REPOSITORY: &str = "repository";

/// The folder of the tests: a folder each, with `answers.yaml` and `expected/`.
pub const TESTS: &str = "tests";

/// A scaffold document.
pub static SCAFFOLD: Object = Object { name: "a scaffold", fields: FIELDS, openness: Openness::Closed };

static FIELDS: &[Field] = &[
    optional("kind", Shape::OneOf(&["scaffold"]), "says that this is a scaffold, wherever the file is"),
    required("identifier", Shape::Identifier(&identifier::ACTION), "its name, unique in the catalog"),
    optional("title", Shape::Text, "what people read; the identifier when absent"),
    optional("description", Shape::Text, "what it makes and for whom, in Markdown"),
    optional("icon", Shape::Text, "a Port icon name"),
    optional("team", Shape::Text, "the team that keeps the template"),
    optional("tags", Shape::List(&Shape::Text), "words by which it is found"),
    optional("userInputs", Shape::Object(&input::USER_INPUTS), "what is asked, as in an action's form"),
    required("target", Shape::Text, "the folder of the new files, below the root: services/{{ name }}"),
    optional("delimiters", Shape::Object(&DELIMITERS), "what encloses expressions, when not {{ }}"),
    optional(
        "entity",
        Shape::Object(&ENTITY),
        "the entity that comes with the files; its texts are templates",
    ),
    optional("append", Shape::List(&Shape::Object(&APPEND)), "lines that are added to files of the root"),
    optional("next", Shape::List(&Shape::Text), "what a person does then, one step each; templates"),
];

static DELIMITERS: Object = Object {
    name: "delimiters",
    fields: &[
        optional("variable", PAIR, "around expressions: [\"{{\", \"}}\"]"),
        optional("block", PAIR, "around statements: [\"{%\", \"%}\"]"),
        optional("comment", PAIR, "around comments: [\"{#\", \"#}\"]"),
    ],
    openness: Openness::Closed,
};

const PAIR: Shape = Shape::List(&Shape::Text);

/// The entity of a scaffold: that of a file in `entities/`, whose texts are templates.
static ENTITY: Object = Object {
    name: "the entity of a scaffold",
    fields: &[
        required("identifier", Shape::Text, "its identifier"),
        required("blueprint", Shape::Text, "its blueprint"),
        optional("title", Shape::Text, "what people read"),
        optional("icon", Shape::Text, "a Port icon name"),
        optional("team", NAMES, "the owning team, or a list of them"),
        optional("properties", MAPPING, "its properties"),
        optional("relations", MAPPING, "its relations"),
    ],
    openness: Openness::Closed,
};

const NAMES: Shape = Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]);
const MAPPING: Shape = Shape::Map(&identifier::FREE, &Shape::Any);

static APPEND: Object = Object {
    name: "a line to add",
    fields: &[
        required("file", Shape::Text, "the file, below the root: CODEOWNERS; a template"),
        required("line", Shape::Text, "the line; a template"),
    ],
    openness: Openness::Closed,
};

/// A scaffold, decoded.
#[derive(Debug, Clone)]
pub struct Scaffold {
    /// Its name.
    pub identifier: Spanned<String>,
    /// What people read.
    pub title: Option<String>,
    /// What it makes and for whom.
    pub description: Option<String>,
    /// A Port icon name.
    pub icon: Option<Spanned<String>>,
    /// The team that keeps the template.
    pub team: Option<Spanned<String>>,
    /// Words by which it is found.
    pub tags: Vec<Spanned<String>>,
    /// What is asked, in the order of the document.
    pub inputs: Vec<Input>,
    /// The folder of the new files, a template; `None` when it is missing, which is reported.
    pub target: Option<Spanned<String>>,
    /// What encloses expressions.
    pub delimiters: Delimiters,
    /// The entity that comes with the files.
    pub entity: Option<NodeId>,
    /// Lines that are added to files of the root.
    pub append: Vec<Append>,
    /// What a person does then, templates.
    pub next: Vec<Spanned<String>>,
    /// Where it is written.
    pub node: NodeId,
}

/// What encloses expressions, statements and comments: an opening and a closing each.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delimiters {
    /// Around expressions.
    pub variable: [String; 2],
    /// Around statements.
    pub block: [String; 2],
    /// Around comments.
    pub comment: [String; 2],
}

impl Default for Delimiters {
    fn default() -> Self {
        let pair = |open: &str, close: &str| [open.to_string(), close.to_string()];
        Self { variable: pair("{{", "}}"), block: pair("{%", "%}"), comment: pair("{#", "#}") }
    }
}

/// A line that is added to a file of the root.
#[derive(Debug, Clone)]
pub struct Append {
    /// The file, a template.
    pub file: Spanned<String>,
    /// The line, a template.
    pub line: Spanned<String>,
}

impl Scaffold {
    /// Returns the scaffold written as `node`.
    pub fn decode(node: Node<'_>) -> Self {
        let mappings = |key: &str| node.get(key).into_iter().flat_map(Node::items);
        let append =
            |item: Node<'_>| Some(Append { file: string(item, "file")?, line: string(item, "line")? });
        Self {
            identifier: string(node, "identifier")
                .unwrap_or_else(|| Spanned::new(String::new(), node.span())),
            title: string(node, "title").map(|title| title.value),
            description: string(node, "description").map(|text| text.value),
            icon: string(node, "icon"),
            team: string(node, "team"),
            tags: strings(node, "tags"),
            inputs: node.get("userInputs").map(input::decode).unwrap_or_default(),
            target: string(node, "target"),
            delimiters: node.get("delimiters").map(Delimiters::decode).unwrap_or_default(),
            entity: node.get("entity").filter(|entity| entity.kind() == Kind::Map).map(Node::id),
            append: mappings("append").filter_map(append).collect(),
            next: strings(node, "next"),
            node: node.id(),
        }
    }

    /// Returns what people read: the title, else the identifier.
    pub fn label(&self) -> &str {
        self.title.as_deref().filter(|title| !title.is_empty()).unwrap_or(&self.identifier.value)
    }

    /// Returns the input called `identifier`.
    pub fn input(&self, identifier: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.identifier.value == identifier)
    }
}

impl Delimiters {
    /// Returns those written as `node`; the usual ones where a pair is missing or none, which is reported.
    fn decode(node: Node<'_>) -> Self {
        let usual = Self::default();
        let pair = |key: &str, usual: [String; 2]| {
            let written: Vec<String> = strings(node, key).into_iter().map(|text| text.value).collect();
            <[String; 2]>::try_from(written).unwrap_or(usual)
        };
        Self {
            variable: pair("variable", usual.variable),
            block: pair("block", usual.block),
            comment: pair("comment", usual.comment),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceId;

    const TEXT: &str = "
identifier: http-service
title: HTTP service
userInputs:
  properties:
    name: {type: string}
    owner: {type: string, format: team}
  required: [name]
target: services/{{ name }}
delimiters: {variable: ['[[', ']]'], block: ['[%']}
entity: {identifier: '{{ name }}', blueprint: Component}
append: [{file: CODEOWNERS, line: '/services/{{ name }}/ @acme/{{ owner }}'}, {file: x}]
next: ['git push']
";

    #[test]
    fn a_scaffold_is_read() {
        let mut found = Vec::new();
        let document = crate::yaml::parse(SourceId::new(0), &TEXT.into(), &mut found);
        let node = document.roots().next().unwrap();
        let scaffold = Scaffold::decode(node);
        assert_eq!(scaffold.identifier.value, "http-service");
        assert_eq!(scaffold.label(), "HTTP service");
        assert!(scaffold.input("owner").is_some() && scaffold.input("size").is_none());
        assert_eq!(scaffold.target.unwrap().value, "services/{{ name }}");
        assert_eq!(scaffold.delimiters.variable, ["[[", "]]"]);
        assert_eq!(scaffold.delimiters.block, Delimiters::default().block, "half a pair is none");
        assert_eq!(scaffold.append.len(), 1, "one without a line is reported by its shape");
        assert!(scaffold.entity.is_some());
        SCAFFOLD.check(node, &mut found);
        assert_eq!(found.len(), 1, "{found:?}");
    }
}

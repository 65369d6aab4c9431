//! The texts of a description: its own, and those of the files that it refers to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalog::{Catalog, folder_of};
use crate::source::{Sources, Span};
use crate::worktree::{Files, normalise};
use crate::yaml::{self, Document, Kind, Node};

use super::find::{Found, Place};
use super::model::{Form, Interface};
use super::problem::{MOST, Problem};
use super::reader::{File, Reader};
use super::recognise::{Family, KEYS, by_name, by_text};
use super::{asyncapi, graphql, openapi, protobuf};

/// The most files that one description is made of.
const MOST_FILES: usize = 64;

/// A description with everything that reading it needs.
#[derive(Debug)]
pub struct Loaded<'a> {
    texts: Vec<Text>,
    /// The value itself, when it is a mapping and no text.
    tree: Option<Node<'a>>,
    family: Option<Family>,
    /// The files that it refers to and that cannot be had, with the reason.
    refused: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Text {
    /// The path of the file, or that of the document that the value is written in.
    path: String,
    /// The place of the value; `None` for a file.
    value: Option<Span>,
    text: Arc<str>,
}

/// Where a text is from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin<'a> {
    /// A file, relative to the catalog root.
    File(&'a str),
    /// A value in a document of the catalog.
    Value(Span),
}

/// Returns what a description is made of; the files are read, not parsed.
///
/// # Errors
/// Why there is no text, as a phrase about the file: `does not exist`.
pub fn load<'a>(
    catalog: &'a Catalog,
    sources: &Sources,
    files: &dyn Files,
    found: &Found,
) -> Result<Loaded<'a>, String> {
    let entity = catalog.entity(found.entity);
    let mut loaded = Loaded { texts: Vec::new(), tree: None, family: None, refused: BTreeMap::new() };
    match (&found.place, found.property) {
        (Place::File(path), _) => {
            loaded.family = by_name(path);
            loaded.texts.push(Text { path: path.clone(), value: None, text: read(files, path)? });
        }
        (Place::Value, Some(number)) => {
            let property = &entity.blueprint().properties[number].identifier.value;
            let node = entity.property(property).ok_or("has no value")?;
            let path = sources.get(entity.source()).path().to_string();
            let text: Arc<str> = match node.kind() {
                Kind::Map => {
                    loaded.tree = Some(node);
                    format!("{:#}\n", node.to_json()).into()
                }
                _ => node.as_str().unwrap_or_default().into(),
            };
            loaded.family = if loaded.tree.is_some() { Some(Family::Tree) } else { by_text(&text) };
            loaded.texts.push(Text { path, value: Some(node.span()), text });
        }
        _ => return Err("is not read".into()),
    }
    if loaded.family == Some(Family::Tree) {
        loaded.follow(files);
    }
    Ok(loaded)
}

fn read(files: &dyn Files, path: &str) -> Result<Arc<str>, String> {
    let bytes = files.reference(path, yaml::MAX_BYTES)?;
    let text = String::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_string())?;
    Ok(text.into())
}

impl<'a> Loaded<'a> {
    /// Reads the files that the texts refer to, and those that these refer to.
    fn follow(&mut self, files: &dyn Files) {
        let mut asked: BTreeSet<String> =
            self.texts.iter().filter(|text| text.value.is_none()).map(|text| text.path.clone()).collect();
        let mut at = 0;
        let mut bytes = self.texts[0].text.len();
        while at < self.texts.len() {
            let folder = folder_of(&self.texts[at].path).to_string();
            let text = Arc::clone(&self.texts[at].text);
            for written in references(&text) {
                let Some(path) = normalise(&folder, written).filter(|path| asked.insert(path.clone())) else {
                    continue;
                };
                let full = self.texts.len() >= MOST_FILES || bytes > yaml::MAX_BYTES;
                let read = if full { Err("is one file too many".into()) } else { read(files, &path) };
                match read {
                    Ok(text) => {
                        bytes += text.len();
                        self.texts.push(Text { path, value: None, text });
                    }
                    Err(reason) => {
                        self.refused.insert(path, reason);
                    }
                }
            }
            at += 1;
        }
    }

    /// Returns where text number `number` is from.
    pub(super) fn origin(&self, number: usize) -> Origin<'_> {
        let text = &self.texts[number];
        text.value.map_or(Origin::File(&text.path), Origin::Value)
    }

    /// Returns text number `number`.
    pub(super) fn text(&self, number: usize) -> &str {
        &self.texts[number].text
    }

    /// Returns whether the description is a mapping in a document of the catalog.
    pub(super) fn is_tree(&self) -> bool {
        self.tree.is_some()
    }

    /// Returns the description as it is written, for those who want the file.
    pub fn original(&self) -> &str {
        self.text(0)
    }

    /// Returns the extension that a file of it has.
    pub fn extension(&self) -> &'static str {
        match self.family {
            Some(Family::GraphQl) => "graphql",
            Some(Family::Protobuf) => "proto",
            _ if self.is_tree() || self.original().trim_start().starts_with('{') => "json",
            _ => "yaml",
        }
    }

    /// Returns the interface, as far as it can be read, and what is wrong.
    pub fn read(&self) -> (Option<Interface>, Vec<Problem>) {
        let (interface, mut problems) = match self.family {
            Some(Family::Tree) => self.read_tree(),
            Some(Family::GraphQl) => graphql::read(self.original()),
            Some(Family::Protobuf) => protobuf::read(self.original()),
            None => (None, vec![unknown(Problem::at(0, 0, 0, String::new()))]),
        };
        problems.truncate(MOST);
        (interface, problems)
    }

    fn read_tree(&self) -> (Option<Interface>, Vec<Problem>) {
        let mut problems = Vec::new();
        let start = usize::from(self.is_tree());
        let documents: Vec<Document> = (start..self.texts.len())
            .map(|number| parse(number, &self.texts[number].text, &mut problems))
            .collect();
        let mut roots: Vec<Option<Node<'_>>> = self.tree.into_iter().map(Some).collect();
        roots.extend(documents.iter().map(|document| document.roots().next()));
        let Some(main) = roots.first().copied().flatten() else {
            if problems.is_empty() {
                problems.push(unknown(Problem::at(0, 0, 0, String::new())));
            }
            return (None, problems);
        };
        let files = self.texts.iter().zip(&roots).map(|(text, root)| File {
            path: &text.path,
            folder: folder_of(&text.path),
            root: *root,
        });
        let form = KEYS.iter().find(|(key, _)| main.get(key).is_some()).map(|(_, form)| *form);
        let Some(form) = form else {
            let at =
                Problem { span: Span { end: main.span().start, ..main.span() }, ..Problem::at(0, 0, 0, "") };
            problems.push(unknown(at));
            return (None, problems);
        };
        let mut reader = Reader::new(form, files.collect(), &self.refused, problems);
        let interface = match form {
            Form::AsyncApi => asyncapi::read(&mut reader),
            _ => openapi::read(&mut reader),
        };
        (Some(interface), reader.problems)
    }
}

/// Returns the finding that nobody knows what this is.
fn unknown(at: Problem) -> Problem {
    let message = "this is no description of an interface that can be read".to_string();
    Problem { message, ..at }.help("begin it with `openapi: 3.1.0`, `swagger: \"2.0\"` or `asyncapi: 3.0.0`")
}

/// Returns the tree of text number `number`.
fn parse(number: usize, text: &Arc<str>, problems: &mut Vec<Problem>) -> Document {
    let mut found = Vec::new();
    let document = yaml::parse(crate::source::SourceId::new(0), text, &mut found);
    problems.extend(found.into_iter().map(|finding| Problem {
        text: number,
        span: finding.primary.span,
        message: finding.message,
        help: finding.help,
    }));
    document
}

/// Returns the paths after every `$ref` of a text that leads to another file; better one too many than one too few.
fn references(text: &str) -> Vec<&str> {
    let written = text.match_indices("$ref").filter_map(|(at, _)| {
        let rest = text[at + 4..].trim_start_matches(['"', '\'']).trim_start();
        let rest = rest.strip_prefix(':')?.trim_start().trim_start_matches(['"', '\'']);
        let end = rest.find(['#', '"', '\'', '\n', '\r', ',', '}']).unwrap_or(rest.len());
        let path = rest[..end].trim_end();
        (!path.is_empty() && !path.contains("://")).then_some(path)
    });
    written.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_to_files_are_found_in_any_spelling() {
        let text = "a: {$ref: './x.yaml#/A'}\nb:\n  $ref: y.yaml\nc: {\"$ref\": \"#/B\"}\n\
                    {\"$ref\":\"z/w.json#/C\"}\n$ref: https://e.com/a.yaml\n$reference: no";
        assert_eq!(references(text), ["./x.yaml", "y.yaml", "z/w.json"]);
    }
}

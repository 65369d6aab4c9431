//! A file of another tool's data, read into the items that are mapped.

use std::sync::Arc;

use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, Rule};
use crate::model::phrase::clip;
use crate::source::{SourceId, Span};
use crate::yaml::{self, Document, Kind, MAX_NODES, Node, NodeId};

/// What a file of data is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// One JSON value.
    Json,
    /// A stream of YAML documents.
    Yaml,
    /// Rows of cells, the first of which names them.
    Csv,
    /// A JSON value a line.
    Ndjson,
}

impl Format {
    /// Returns the format of that name, as integrations write it.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "json" => Self::Json,
            "yaml" => Self::Yaml,
            "csv" => Self::Csv,
            "ndjson" => Self::Ndjson,
            _ => return None,
        })
    }

    /// Returns the format that the extension of a path says.
    pub fn of_path(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "yml" => Some(Self::Yaml),
            "jsonl" => Some(Self::Ndjson),
            extension => Self::from_name(extension),
        }
    }
}

/// One of the things that a file holds.
#[derive(Debug, Clone, Copy)]
pub(super) enum Item {
    /// A value of its document.
    Node(NodeId),
    /// A row of a table: its first byte, and the one after its last.
    Row(u32, u32),
}

/// A file of data, read.
#[derive(Debug)]
pub struct Data {
    source: SourceId,
    text: Arc<str>,
    document: Document,
    /// The names of a table's cells.
    header: Vec<String>,
    items: Vec<Item>,
}

impl Data {
    /// Returns what `text` holds, pushing what is wrong with it to `found`.
    pub fn read(format: Format, source: SourceId, text: &Arc<str>, found: &mut Vec<Diagnostic>) -> Self {
        let document = match format {
            Format::Json | Format::Yaml => yaml::parse(source, text, found),
            Format::Ndjson => yaml::parse_lines(source, text, found),
            Format::Csv => yaml::parse(source, &Arc::from(""), &mut Vec::new()),
        };
        let items = document.roots().flat_map(|root| {
            let apart = root.kind() == Kind::List && format != Format::Ndjson;
            let whole = (!apart).then_some(root);
            root.items().filter(move |_| apart).chain(whole).map(|node| Item::Node(node.id()))
        });
        let items = items.collect();
        let mut data = Self { source, text: Arc::clone(text), document, header: Vec::new(), items };
        if format == Format::Csv {
            data.read_table(found);
        }
        data
    }

    /// Returns how many items there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Returns the source it was read from.
    pub fn source(&self) -> SourceId {
        self.source
    }

    pub(super) fn items(&self) -> &[Item] {
        &self.items
    }

    /// Returns the node of an item that has one.
    pub(super) fn node(&self, item: Item) -> Option<Node<'_>> {
        if let Item::Node(id) = item { Some(self.document.node(id)) } else { None }
    }

    /// Returns where an item is.
    pub(super) fn span(&self, item: Item) -> Span {
        match item {
            Item::Node(id) => self.document.node(id).span(),
            Item::Row(start, end) => Span { source: self.source, start, end },
        }
    }

    /// Returns an item as JSON: of a row, an object of strings.
    pub(super) fn value(&self, item: Item) -> Value {
        match item {
            Item::Node(id) => self.document.node(id).to_json(),
            Item::Row(start, end) => {
                let text = self.text.get(start as usize..end as usize).unwrap_or_default();
                let mut row = Rows::new(text);
                row.next(self.source);
                let named = self.header.iter().zip(&row.cells);
                let entry = |(name, cell): (&String, &str)| (name.clone(), Value::from(cell));
                Value::Object(named.map(entry).collect::<Map<_, _>>())
            }
        }
    }

    /// Returns the whole document that the items are in; null when they are in none, but each on a line of its own.
    pub(super) fn whole(&self) -> Value {
        let mut roots = self.document.roots();
        match (roots.next(), roots.next()) {
            (Some(only), None) => only.to_json(),
            _ => Value::Null,
        }
    }

    /// Reads the text as a table: a header, then rows of as many cells.
    fn read_table(&mut self, found: &mut Vec<Diagnostic>) {
        /// After so many mistakes the rest is of no interest.
        const MOST: usize = 100;
        let text = Arc::clone(&self.text);
        let mut mistakes = 0;
        let mut rows = Rows::new(&text);
        let Some(span) = rows.next(self.source) else { return };
        self.header = rows.cells.iter().map(|name| name.trim().to_string()).collect();
        found.extend(self.repeated().map(|name| {
            let message = format!("two columns are called `{}`", clip(name));
            Diagnostic::new(Rule::DuplicateKey, span, message).help("rename one of them")
        }));
        while let Some(span) = rows.next(self.source) {
            if rows.cells.len() != self.header.len() {
                mistakes += 1;
                found.extend((mistakes <= MOST).then(|| uneven(span, rows.cells.len(), self.header.len())));
            } else if self.items.len() == MAX_NODES {
                let message = format!("this file has more than {MAX_NODES} rows");
                found.push(Diagnostic::new(Rule::DocumentTooLarge, span, message).help("split the file"));
                break;
            } else {
                self.items.push(Item::Row(span.start, span.end));
            }
        }
    }

    /// Returns the first name that two columns have.
    fn repeated(&self) -> Option<&String> {
        let mut names: Vec<&String> = self.header.iter().collect();
        names.sort_unstable();
        names.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
    }
}

/// The rows of a table, one after the other.
struct Rows<'a> {
    text: &'a str,
    /// Where the text that is read starts: after a byte-order mark.
    from: usize,
    reader: csv::Reader<&'a [u8]>,
    /// The cells of the last row.
    cells: StringRecord,
}

impl<'a> Rows<'a> {
    fn new(text: &'a str) -> Self {
        let from = text.len() - text.trim_start_matches('\u{feff}').len();
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).buffer_capacity((text.len() - from).clamp(16, 8192));
        Self { text, from, reader: builder.from_reader(&text.as_bytes()[from..]), cells: StringRecord::new() }
    }

    /// Reads the next row and returns where it is, without the line breaks around it.
    fn next(&mut self, source: SourceId) -> Option<Span> {
        let start = self.at()?;
        if !self.reader.read_record(&mut self.cells).unwrap_or(false) {
            return None;
        }
        let end = self.at()?;
        let breaks = ['\n', '\r'];
        let text = self.text.get(start..end)?;
        let before = text.len() - text.trim_start_matches(breaks).len();
        Some(Span::new(source, start + before, start + text.trim_end_matches(breaks).len()))
    }

    /// Returns the byte of the text that is read next.
    fn at(&self) -> Option<usize> {
        Some(self.from + usize::try_from(self.reader.position().byte()).ok()?)
    }
}

fn uneven(span: Span, cells: usize, columns: usize) -> Diagnostic {
    let message = format!("this row has {cells} cells, and the header {columns}");
    Diagnostic::new(Rule::Syntax, span, message).help("a cell that holds a comma is quoted: \"a, b\"")
}

//! The elements of HTML that a text may have: harmless ones, written anew without any attribute of theirs.

/// How an element behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// It holds words, inside a paragraph.
    Phrase,
    /// It holds blocks; words in it are put into a paragraph.
    Flow,
    /// It holds blocks or words.
    Mixed,
    /// It is a block that holds words.
    Words,
    /// It holds only elements of certain names.
    Frame,
}

/// An element.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Element {
    /// Its name in a text.
    pub(super) name: &'static str,
    /// How it begins and ends in the markup.
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    pub(super) role: Role,
    /// The elements that it can be in; any when there are none.
    pub(super) within: &'static [&'static str],
}

const fn phrase(name: &'static str, open: &'static str, close: &'static str) -> Element {
    Element { name, open, close, role: Role::Phrase, within: &[] }
}

const fn block(name: &'static str, open: &'static str, close: &'static str, role: Role) -> Element {
    Element { name, open, close, role, within: &[] }
}

const fn part(
    name: &'static str,
    open: &'static str,
    close: &'static str,
    role: Role,
    within: &'static [&'static str],
) -> Element {
    Element { name, open, close, role, within }
}

/// A paragraph, which is opened around words that stand in none.
pub(super) static PARAGRAPH: Element = block("p", "<p>", "</p>", Role::Words);

/// All others, but for headings, links and images, which need more than their name.
static ELEMENTS: &[Element] = &[
    phrase("b", "<b>", "</b>"),
    phrase("strong", "<strong>", "</strong>"),
    phrase("i", "<i>", "</i>"),
    phrase("em", "<em>", "</em>"),
    phrase("u", "<u>", "</u>"),
    phrase("s", "<s>", "</s>"),
    phrase("strike", "<s>", "</s>"),
    phrase("del", "<del>", "</del>"),
    phrase("ins", "<ins>", "</ins>"),
    phrase("sub", "<sub>", "</sub>"),
    phrase("sup", "<sup>", "</sup>"),
    phrase("small", "<small>", "</small>"),
    phrase("mark", "<mark>", "</mark>"),
    phrase("kbd", "<kbd>", "</kbd>"),
    phrase("code", "<code>", "</code>"),
    phrase("tt", "<code>", "</code>"),
    phrase("samp", "<samp>", "</samp>"),
    phrase("var", "<var>", "</var>"),
    phrase("q", "<q>", "</q>"),
    phrase("cite", "<cite>", "</cite>"),
    block("div", "<div>", "</div>", Role::Flow),
    block("center", "<div class=\"mid\">", "</div>", Role::Flow),
    block("blockquote", "<blockquote>", "</blockquote>", Role::Flow),
    block("details", "<details>", "</details>", Role::Flow),
    part("summary", "<summary>", "</summary>", Role::Words, &["details"]),
    block("pre", "<pre>", "</pre>", Role::Words),
    block("ul", "<ul>", "</ul>", Role::Frame),
    block("ol", "<ol>", "</ol>", Role::Frame),
    part("li", "<li>", "</li>", Role::Mixed, &["ul", "ol"]),
    block("table", "<table>", "</table>", Role::Frame),
    part("thead", "<thead>", "</thead>", Role::Frame, &["table"]),
    part("tbody", "<tbody>", "</tbody>", Role::Frame, &["table"]),
    part("tr", "<tr>", "</tr>", Role::Frame, &["table", "thead", "tbody"]),
    part("td", "<td>", "</td>", Role::Mixed, &["tr"]),
    part("th", "<th>", "</th>", Role::Mixed, &["tr"]),
];

/// Names whose tags say nothing here: they are left out, what is between them is not.
const IGNORED: &[&str] = &[
    "span",
    "font",
    "picture",
    "source",
    "figure",
    "figcaption",
    "section",
    "article",
    "header",
    "footer",
    "nobr",
    "wbr",
    "colgroup",
    "col",
    "caption",
];

/// Returns the element of a name.
pub(super) fn find(name: &str) -> Option<&'static Element> {
    if name == PARAGRAPH.name {
        return Some(&PARAGRAPH);
    }
    ELEMENTS.iter().find(|element| element.name == name)
}

/// Returns whether tags of a name are left out.
pub(super) fn is_ignored(name: &str) -> bool {
    IGNORED.contains(&name)
}

/// Returns the level of a heading's name.
pub(super) fn heading(name: &str) -> Option<usize> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

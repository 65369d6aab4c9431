use super::*;

#[test]
fn markdown_becomes_safe_markup() {
    for (text, expected) in [
        ("# A\n\n## B", "<h3>A</h3>\n<h4>B</h4>\n"),
        ("### A\n\n# B", "<h3>A</h3>\n<h3>B</h3>\n"),
        ("## A\n\n#### B\n\n## C", "<h3>A</h3>\n<h4>B</h4>\n<h3>C</h3>\n"),
        ("#\n\ntext", "<p>text</p>\n"),
        ("**a** `b`", "<p><strong>a</strong> <code>b</code></p>\n"),
        ("[a](https://e.com)", "<p><a rel=\"noopener noreferrer\" href=\"https://e.com/\">a</a></p>\n"),
        ("[](https://e.com)", "<p><a rel=\"noopener noreferrer\" href=\"https://e.com/\">link</a></p>\n"),
        (
            "<https://e.com>",
            "<p><a rel=\"noopener noreferrer\" href=\"https://e.com/\">https://e.com</a></p>\n",
        ),
        (
            "see https://e.com.",
            "<p>see <a rel=\"noopener noreferrer\" href=\"https://e.com/\">https://e.com</a>.</p>\n",
        ),
        ("<a@e.com>", "<p><a rel=\"noopener noreferrer\" href=\"mailto:a@e.com\">a@e.com</a></p>\n"),
        ("[a](javascript:alert(1))", "<p>a</p>\n"),
        ("[a](<javascript:alert(1)>)", "<p>a</p>\n"),
        ("[x]: javascript:alert(1)\n\n[x]", "<p>x</p>\n"),
        ("[a](docs/b.md)", "<p>a</p>\n"),
        ("![alt](a.png)", "<p>alt</p>\n"),
        ("![x](x\"onerror=alert(1))", "<p>x</p>\n"),
        (
            "![alt](https://e.com/x.png)",
            "<p><a rel=\"noopener noreferrer\" href=\"https://e.com/x.png\">alt</a></p>\n",
        ),
        (
            "[![build](https://e.com/b.svg)](https://e.com/ci)",
            "<p><a rel=\"noopener noreferrer\" href=\"https://e.com/ci\">build</a></p>\n",
        ),
        ("a\u{202e}b", "<p>a\u{2039}U+202E\u{203a}b</p>\n"),
        ("---\ntitle: x\n---\n\ntext", "<p>text</p>\n"),
        ("~~a~~", "<p><del>a</del></p>\n"),
        ("3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n"),
        ("```sh\na <b>\n```", "<pre><code>a &lt;b&gt;\n</code></pre>\n"),
    ] {
        assert_eq!(render(text), expected, "{text}");
    }
}

#[test]
fn harmless_html_is_taken_and_everything_else_is_text() {
    for (text, expected) in [
        ("a<br>b <kbd>Ctrl</kbd> H<sub>2</sub>O", "<p>a<br>\nb <kbd>Ctrl</kbd> H<sub>2</sub>O</p>\n"),
        ("<b onclick=\"alert(1)\" style=\"color:red\">x</b>", "<p><b>x</b></p>\n"),
        ("<script>\nalert(1)\n</script>", "<p>&lt;script&gt;\nalert(1)\n&lt;/script&gt;</p>\n"),
        ("a <script>x</script>", "<p>a &lt;script&gt;x&lt;/script&gt;</p>\n"),
        ("<style>a{}</style>", "<p>&lt;style&gt;a{}&lt;/style&gt;</p>\n"),
        ("<iframe src=x>", "<p>&lt;iframe src=x&gt;</p>\n"),
        ("<!-- hidden -->\n\nshown", "\n\n<p>shown</p>\n"),
        ("<a href=\"javascript:alert(1)\">x</a>", "<p>x</p>\n"),
        (
            "<p align=\"center\">\n<b>Cart</b> &amp; more\n</p>",
            "<p class=\"mid\">\n<b>Cart</b> &amp; more\n</p>\n\n",
        ),
        (
            "<details>\n<summary>More</summary>\n\n- **a**\n\n</details>\n\nb",
            "<details>\n<summary>More</summary>\n\n<ul>\n<li><strong>a</strong></li>\n</ul>\n</details>\n\n<p>b</p>\n",
        ),
        // What is not closed is closed, and what was not opened is not.
        (
            "<details>\n\n> <b>a\n\n</details>",
            "<details>\n\n<blockquote>\n<p><b>a</b></p>\n</blockquote>\n</details>\n\n",
        ),
        ("</p></div></b>x", "<p>x</p>\n"),
        ("*a </p> b*", "<p><em>a  b</em></p>\n"),
        ("<table><tr><td>1<td>2</table>", "<table><tr><td>1</td><td>2</td></tr></table>\n"),
        ("<ul>text<li>a</ul>", "<ul><li>text</li><li>a</li></ul>\n"),
        ("<h2>A &lt; b</h2>", "<h3>A &lt; b</h3>\n\n"),
        ("<li>a</li>", "<p>a</p>\n"),
        ("&#x202e;a <b>&#x202e;</b>", "<p>\u{2039}U+202E\u{203a}a <b>\u{2039}U+202E\u{203a}</b></p>\n"),
        ("<div>&#x202e;</div>", "<div><p>\u{2039}U+202E\u{203a}</p></div>\n"),
    ] {
        assert_eq!(render(text).trim_end(), expected.trim_end(), "{text}");
    }
}

/// Returns the markup of a page of its own.
fn whole(text: &str) -> Written {
    write(text, Style { places: &Web, top: 2, whole_page: true, title: Some("Title") })
}

#[test]
fn a_page_of_its_own_has_anchors_footnotes_and_alerts() {
    let written = whole("# Title\n\n## One\n\n## One\n\n#### Deep");
    let ids: Vec<(usize, &str)> =
        written.headings.iter().map(|heading| (heading.level, heading.id.as_str())).collect();
    assert_eq!(ids, [(2, "one"), (2, "one-1"), (3, "deep")]);
    assert!(!written.markup.contains("Title"), "{}", written.markup);
    let notes = whole("a[^x] b[^x] c[^none]\n\n[^x]: The *note*.").markup;
    assert!(notes.contains("<sup><a id=\"fnref-1-2\" href=\"#fn-1\""), "{notes}");
    assert!(notes.contains("<li id=\"fn-1\" value=\"1\"><p>The <em>note</em>.</p>"), "{notes}");
    assert!(notes.contains("c[^none]"), "{notes}");
    let alert = whole("> [!WARNING]\n> Mind **this**.").markup;
    assert!(alert.contains("<blockquote class=\"alert warning\"><p><b>Warning</b></p>\n<p>Mind"), "{alert}");
    let tasks = whole("- [x] a\n- [ ] b").markup;
    assert!(tasks.contains("aria-label=\"done\">") && tasks.contains("aria-label=\"to do\">"), "{tasks}");
    assert!(!tasks.contains("<input"), "{tasks}");
    let chart = whole("```mermaid\ngraph TD\n A --> B\n```").markup;
    assert!(chart.contains("<svg ") && chart.contains("A leads to B"), "{chart}");
    let chart = whole("```mermaid\npie\n \"a\" : 1\n```").markup;
    assert!(chart.contains("is not drawn here") && chart.contains("<pre><code>pie"), "{chart}");
}

#[test]
fn tables_name_every_column_and_align_without_styles() {
    let table = render("| | a |\n|-|-:|\n| 1 | 2 |");
    assert!(table.contains("<th>\u{2013}</th><th class=\"n\">a</th>"), "{table}");
    assert!(table.contains("<td class=\"n\">2</td>") && !table.contains("style="), "{table}");
}

#[test]
fn a_long_text_is_begun_and_a_short_one_is_whole() {
    let style = Style { places: &Web, top: 3, whole_page: false, title: None };
    let section = |name: &str, words: usize| format!("## {name}\n\n{}\n\n", "word ".repeat(words));
    let short = format!("{}{}", section("One", 20), section("Two", 20));
    assert!(beginning(&short, style).1);
    let long = format!("{}{}", section("One", 20), section("Two", 900));
    let (markup, whole) = beginning(&long, style);
    assert!(!whole && markup.contains("One") && !markup.contains("Two"), "{markup}");
    // A reference that is defined after the cut is one all the same.
    let linked = format!("See [a].\n\n{}\n\n[a]: https://e.com", section("Two", 900));
    assert!(beginning(&linked, style).0.contains("href=\"https://e.com/\""));
    let drawn = "Text.\n\n```mermaid\ngraph TD\n A --> B\n```\n";
    let (markup, whole) = beginning(drawn, style);
    assert!(!whole && markup == "<p>Text.</p>\n", "{markup}");
    let (markup, whole) = beginning(&"word ".repeat(2_000), style);
    assert!(!whole && markup.len() < 40_000, "{}", markup.len());
}

#[test]
fn the_first_paragraph_is_said_without_marks() {
    for (text, expected) in [
        ("Rolls out **a** `b`,\nthen [c](https://e.com).\n\nMore.", "Rolls out a b, then c."),
        ("# Title\n\ntext", "Title"),
        ("- one\n- two", "one"),
        ("<b>x</b> y", "<b>x</b> y"),
        ("<div>\nx\n</div>\n\ny", "<div>\nx\n</div>"),
        ("", ""),
    ] {
        assert_eq!(first(text), expected, "{text}");
    }
}

#[test]
fn images_are_listed_once() {
    let text =
        "![a](x.png) ![b](x.png) <img src=\"y.svg\">\n\n<p align=center><img src='z.gif' width=10></p>";
    assert_eq!(images(text), ["x.png", "y.svg", "z.gif"]);
}

#[test]
fn hostile_texts_do_not_take_long() {
    for text in [
        "<a href='".repeat(40_000),
        format!("https://e.com/{}", ")".repeat(200_000)),
        "[^a] ".repeat(40_000),
        format!("<div>\n{}", "<b>".repeat(60_000)),
        "# a\n".repeat(40_000),
        "> ".repeat(20_000),
        "<!--".repeat(50_000),
        "![".repeat(20_000),
    ] {
        let start = std::time::Instant::now();
        whole(&text);
        assert!(start.elapsed().as_secs() < 20, "{}", &text[..20]);
    }
}

/// Returns whether tags are closed in their order, with nothing but what a text may have.
fn is_well_formed(markup: &str) -> Result<(), String> {
    const VOID: &[&str] = &["br", "hr", "img"];
    const ATTRIBUTES: &[&str] = &[
        "class",
        "href",
        "rel",
        "id",
        "aria-label",
        "role",
        "tabindex",
        "src",
        "alt",
        "loading",
        "width",
        "height",
        "start",
        "value",
        "x",
        "y",
        "rx",
        "d",
        "viewBox",
        "cx",
        "cy",
        "r",
    ];
    let mut open = Vec::new();
    for piece in tag::pieces(markup) {
        match piece {
            tag::Piece::Text(text) if text.contains('<') => return Err(format!("bare bracket in {text}")),
            tag::Piece::Start(written, name, attributes) => {
                if matches!(name.as_str(), "script" | "style" | "iframe" | "object" | "form") {
                    return Err(written.into());
                }
                for (attribute, value) in attributes {
                    let known = ATTRIBUTES.iter().any(|known| known.eq_ignore_ascii_case(&attribute));
                    let bad = value.trim_start().to_ascii_lowercase().starts_with("javascript:");
                    if !known || bad {
                        return Err(written.into());
                    }
                }
                if !VOID.contains(&name.as_str()) && !written.ends_with("/>") {
                    open.push(name);
                }
            }
            tag::Piece::End(written, name) if open.pop().as_ref() != Some(&name) => {
                return Err(format!("{written} is not open"));
            }
            _ => {}
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("{open:?} stay open")) }
}

proptest::proptest! {
    /// Whatever is written, the markup is closed in its order and has nothing that acts.
    #[test]
    fn any_text_becomes_well_formed_markup(
        parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "<b>", "</b>", "<p>", "</p>", "<div align=center>", "</div>", "<details>", "</details>", "<summary>",
                "</summary>", "<table>", "<tr>", "<td>", "</table>", "<ul>", "<li>", "</ul>", "<h2>", "</h2>",
                "<a href=\"javascript:x\">", "<a href='https://e.com'>", "</a>", "<img src=x onerror=alert(1)>", "<br>",
                "<script>", "</script>", "<!--", "-->", "\n", "\n\n", "# ", "> ", "- ", "  ", "1. ", "*", "**", "`", "```\n",
                "text", "[^a]", "[^a]: ", "[x](y)", "[x](https://e.com)", "![i](j)", "|a|b|\n|-|-:|\n|c|d|\n", "&lt;", "&#60;",
                "<", ">", "\"", "https://e.com", "- [x] ", "<pre>", "</pre>", "<center>", "<span>", "---\n", "~~",
            ]),
            0..40,
        ),
        page: bool,
    ) {
        let text = parts.concat();
        let style = Style { places: &Web, top: 2, whole_page: page, title: None };
        let markup = write(&text, style).markup;
        proptest::prop_assert_eq!(is_well_formed(&markup), Ok(()), "{}\n{}", text, markup);
        let begun = beginning(&text, style).0;
        proptest::prop_assert_eq!(is_well_formed(&begun), Ok(()), "{}\n{}", text, begun);
    }
}

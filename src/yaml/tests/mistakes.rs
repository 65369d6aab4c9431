//! Every mistake a text can hold: what is said, and at which bytes.

use std::sync::Arc;

use super::super::{MAX_BYTES, parse, text_of};
use super::{read, render};
use crate::source::SourceId;

/// A text, how many of its documents can be used all the same, and the findings.
type Case = (&'static str, usize, &'static [&'static str]);

const CASES: &[Case] = &[
    (
        "a: b: c",
        0,
        &[
            "syntax 4..5 a `: ` inside a text without quotation marks; not allowed here; put the text into quotation marks",
        ],
    ),
    (
        "a: \"x",
        0,
        &["syntax 3..4 a quotation mark is never closed; opened here; add the closing quotation mark"],
    ),
    (
        "a: [1, 2",
        0,
        &[
            "syntax 3..4 `[` is never closed; opened here; close the bracket, or quote the text if the bracket belongs to it",
        ],
    ),
    (
        "a: {b: 1",
        0,
        &[
            "syntax 3..4 `{` is never closed; opened here; close the bracket, or quote the text if the bracket belongs to it",
        ],
    ),
    (
        "a: b\n c: d",
        0,
        &[
            "syntax 6..7 this key stands where the text above still goes on; read as part of the line above; give the key the same indentation as the keys beside it, or add the `:` that the line above lacks",
        ],
    ),
    (
        "a:\n  b: 1\n c: 2",
        0,
        &[
            "syntax 11..12 a key is expected here; does not fit the keys above; give the line the indentation of the lines it belongs with",
        ],
    ),
    (
        "a: {{ x }}",
        0,
        &[
            "unsupported-value 4..9 a mapping cannot be a key; YAML reads `{{` as a mapping inside a mapping; quote the template: \"{{ … }}\"",
        ],
    ),
    (
        "a: {{ x.y }}/foo",
        0,
        &[
            "syntax 3..12 a text that starts with `{{` needs quotation marks; YAML reads `{` as a mapping; quote the whole value: \"{{ … }}\"",
        ],
    ),
    (
        "a:\n\tb: 1",
        0,
        &[
            "tab-indentation 3..4 a tab is used for indentation; YAML indents by spaces only; replace each tab by spaces",
        ],
    ),
    (
        "a:\n  b: 1\n\tc: 1",
        0,
        &["tab-indentation 10..11 a tab where YAML allows only spaces; replace the tab by spaces"],
    ),
    (
        "a: @x",
        0,
        &["syntax 3..4 a text cannot start with `@`; reserved by YAML; put the text into quotation marks"],
    ),
    (
        "a: `x`",
        0,
        &[
            "syntax 3..4 a text cannot start with a backtick; reserved by YAML; put the text into quotation marks",
        ],
    ),
    (
        "a: %x",
        0,
        &["syntax 3..4 a text cannot start with `%`; reserved by YAML; put the text into quotation marks"],
    ),
    (
        "%x: 1",
        0,
        &[
            "syntax 0..1 a text cannot start with `%`; starts a YAML directive; put the text into quotation marks",
        ],
    ),
    (
        "a: *foo",
        0,
        &[
            "undefined-alias 3..7 the alias `*foo` stands for nothing; no `&foo` before this place in the document; quote the text if the `*` belongs to it",
        ],
    ),
    (
        "a: \"x\" y",
        0,
        &[
            "syntax 7..8 something follows a quoted text; the text has ended before this; write `\\\"` for a quotation mark inside double ones, or quote the whole value",
        ],
    ),
    (
        "a: 'it's' y",
        0,
        &[
            "syntax 7..8 something follows a quoted text; the text has ended before this; write `''` for an apostrophe inside single quotation marks",
        ],
    ),
    (
        "a: \"\\q\"",
        0,
        &[
            "syntax 4..6 a backslash escape that does not exist; unknown escape; write `\\\\` for a backslash, or use single quotation marks",
        ],
    ),
    ("a: \"\\u12\"", 0, &["syntax 3..4 a `\\x` or `\\u` escape that is no character; in this text"]),
    ("a: [1, 2}", 0, &["syntax 3..4 `[` is closed by `}`; opened here"]),
    (
        "a: ]",
        0,
        &[
            "syntax 3..4 a closing bracket without an opening one; closes nothing; remove the bracket, or quote the text if the bracket belongs to it",
        ],
    ),
    (
        "- a\nb: 1",
        0,
        &[
            "syntax 4..5 a list item is expected here; does not start with `- `; start the line with `- `, or correct its indentation",
        ],
    ),
    (
        "a: 1\n- b",
        0,
        &[
            "syntax 5..6 a list item among the keys of a mapping; indent the list under its key, or remove the `- `",
        ],
    ),
    (
        "a\nb: 1",
        0,
        &[
            "syntax 2..3 this key stands where the text above still goes on; read as part of the line above; give the key the same indentation as the keys beside it, or add the `:` that the line above lacks",
        ],
    ),
    (
        "a:1\nb: 2",
        0,
        &[
            "syntax 4..5 this key stands where the text above still goes on; read as part of the line above; write a space after the `:` in the line above",
        ],
    ),
    (
        "{\"a\": 1 \"b\": 2}",
        0,
        &["syntax 8..9 a `,` is missing between two values; a `,` belongs before this"],
    ),
    ("{\"a\" 1}", 0, &["syntax 5..6 a key without a `:`; a `:` and the value belong here"]),
    ("[1, 2", 0, &["syntax 0..1 `[` is never closed; opened here; add the missing `]`"]),
    ("{\"a\": {\"b\": 1}", 0, &["syntax 0..1 `{` is never closed; opened here; add the missing `}`"]),
    (
        "{\"a\": 1} x",
        1,
        &[
            "syntax 9..10 text after the end of the JSON value; the value before is complete; a file holds one JSON value; put several into a list, or between `---` lines",
        ],
    ),
    (
        "{\"a\": 1}\n{\"b\": 2}",
        1,
        &[
            "syntax 9..10 text after the end of the JSON value; the value before is complete; a file holds one JSON value; put several into a list, or between `---` lines",
        ],
    ),
    ("{\"a\": 1]", 0, &["syntax 7..8 `{` is closed by `]`; the wrong bracket"]),
    (
        "{\"a\": \"x",
        0,
        &["syntax 6..7 a quotation mark is never closed; opened here; add the closing quotation mark"],
    ),
    (
        "{\"a\": \"\\d\"}",
        0,
        &[
            "syntax 7..9 a backslash escape that does not exist; unknown escape; write `\\\\` for a backslash, or use single quotation marks",
        ],
    ),
    (
        "{\"a\": \"\\ud800\"}",
        0,
        &["syntax 7..9 a `\\u` escape that is no character; four hexadecimal digits follow `\\u`"],
    ),
    (
        "a: - b",
        0,
        &[
            "syntax 3..4 a list cannot start here; start the list on the next line, or put the text into quotation marks",
        ],
    ),
    (
        "key: | x\n  y",
        0,
        &[
            "syntax 5..6 only `-`, `+` or a digit may follow `|` and `>`; does not belong here; start the text on the next line, indented",
        ],
    ),
    (
        "a: !foo! x",
        0,
        &[
            "syntax 3..4 a tag that cannot be read; put the text into quotation marks if the `!` belongs to it",
        ],
    ),
    (
        "a: !Ref x",
        0,
        &[
            "unsupported-tag 3..7 the tag `!Ref` has no meaning in a catalog; remove the tag, or quote the text if the `!` belongs to it",
        ],
    ),
    (
        "a: !!int abc",
        0,
        &[
            "unsupported-tag 3..8 the tag `!!int` does not fit `abc`; remove the tag, or quote the text if the `!` belongs to it",
        ],
    ),
    (
        "a: !!binary abc",
        0,
        &[
            "unsupported-tag 3..11 the tag `!!binary` has no meaning in a catalog; remove the tag, or quote the text if the `!` belongs to it",
        ],
    ),
    (
        "a: !!map [1]",
        0,
        &[
            "unsupported-tag 3..8 the tag `!!map` does not fit a list; remove the tag, or quote the text if the `!` belongs to it",
        ],
    ),
    (
        "a: b #c\n d",
        0,
        &[
            "syntax 5..6 a comment inside a text of several lines; ends the text; move the comment, or indent and quote the text if the `#` belongs to it",
        ],
    ),
    (
        "\"a\": \"b\"c",
        0,
        &[
            "syntax 8..9 something follows a quoted text; the text has ended before this; write `\\\"` for a quotation mark inside double ones, or quote the whole value",
        ],
    ),
    (
        "a: [1,2]x",
        0,
        &[
            "syntax 8..9 something follows a value that is complete; a new line is expected before this; put the whole value into quotation marks",
        ],
    ),
    (
        "a: [\"x\", - y]",
        0,
        &[
            "syntax 9..10 a `- ` inside brackets; lists in brackets have no dashes; separate the items by commas, or quote the `-`",
        ],
    ),
    (
        "title: \"Cart\ndescription: \"foo\"",
        0,
        &[
            "syntax 13..24 a quoted text goes on in a line that is not indented; still inside the quoted text; close the quotation mark above, or indent the lines of the text",
        ],
    ),
    (
        "a: |\n  x\n y: 1",
        0,
        &[
            "syntax 10..11 a key is expected here; does not fit the keys above; give the line the indentation of the lines it belongs with",
        ],
    ),
    (
        "a: *",
        0,
        &[
            "syntax 3..4 `*` and `&` need a name; put the text into quotation marks if the character belongs to it",
        ],
    ),
    ("[a, b]: c", 0, &["unsupported-value 0..6 a list cannot be a key; only texts and numbers can be keys"]),
    (
        "a: ,b",
        0,
        &["syntax 3..4 a text cannot start with `,`; reserved by YAML; put the text into quotation marks"],
    ),
    (
        "“a”: 1\n“b”: 2",
        0,
        &[
            "typographic-quotes 0..3 a typographic quotation mark `“` (U+201C) where `\"` is needed; the first of 4 in this file; replace all 4 with straight quotation marks (`\"`)",
        ],
    ),
    (
        "“a”: “x”\na: 1\na: 2",
        0,
        &[
            "typographic-quotes 0..3 a typographic quotation mark `“` (U+201C) where `\"` is needed; the first of 4 in this file; replace all 4 with straight quotation marks (`\"`)",
        ],
    ),
    (
        "{“a”: “b”}",
        0,
        &[
            "typographic-quotes 1..4 a typographic quotation mark `“` (U+201C) where `\"` is needed; the first of 4 in this file; replace all 4 with straight quotation marks (`\"`)",
        ],
    ),
    (
        "a: [“x”, “y\nb: 1",
        0,
        &[
            "typographic-quotes 4..7 a typographic quotation mark `“` (U+201C) where `\"` is needed; the first of 3 in this file; replace all 3 with straight quotation marks (`\"`)",
        ],
    ),
    (
        "a: 1\nb: 2\na: 3\na: 4",
        0,
        &[
            "duplicate-key 10..11 the key `a` is written twice in one mapping; second; keep one of the two; 0..1 first",
            "duplicate-key 15..16 the key `a` is written twice in one mapping; second; keep one of the two; 0..1 first",
        ],
    ),
    (
        "<<: x\na: 1",
        0,
        &[
            "merge-key 0..2 merge keys (`<<`) are not part of YAML 1.2; would be a key like any other; write the keys out, or quote `\"<<\"` if it is meant as a key",
        ],
    ),
    (
        "a: &x {b: 1}\nc:\n  <<: *x",
        0,
        &[
            "merge-key 18..20 merge keys (`<<`) are not part of YAML 1.2; would be a key like any other; write the keys out, or quote `\"<<\"` if it is meant as a key",
        ],
    ),
    (
        "a: &x [*x]",
        0,
        &[
            "alias-cycle 7..9 the alias `*x` is inside what it stands for; write the value out; 6..7 it stands for what starts here",
        ],
    ),
    (
        "a: &x [1]\n*x : 2",
        0,
        &["unsupported-value 10..12 a list cannot be a key; only texts and numbers can be keys"],
    ),
    (
        "a: .inf",
        0,
        &[
            "unsupported-value 3..7 the number `.inf` cannot be kept; JSON has no infinity and no `NaN`; quote it if it is meant as text",
        ],
    ),
    (
        "a: -.INF\nb: .nan\nc: 1e400\nd: 0xffffffffffffffffff\n.nan: 1",
        0,
        &[
            "unsupported-value 3..8 the number `-.INF` cannot be kept; JSON has no infinity and no `NaN`; quote it if it is meant as text",
            "unsupported-value 12..16 the number `.nan` cannot be kept; JSON has no infinity and no `NaN`; quote it if it is meant as text",
            "unsupported-value 20..25 the number `1e400` cannot be kept; the number is too large; quote it if it is meant as text",
            "unsupported-value 29..49 the number `0xffffffffffffffffff` cannot be kept; the number is too large; quote it if it is meant as text",
        ],
    ),
    (
        "x: 1\n... foo",
        0,
        &["syntax 9..12 text after the end marker `...`; start the next document on a new line"],
    ),
    (
        "x: 1\n---\ny: [\n---\nz: 1",
        2,
        &[
            "syntax 12..13 `[` is never closed; opened here; close the bracket, or quote the text if the bracket belongs to it",
        ],
    ),
    (
        "{\"a\": 1, \"a\": 2}",
        0,
        &[
            "duplicate-key 9..12 the key `a` is written twice in one mapping; second; keep one of the two; 1..4 first",
        ],
    ),
    (
        "{\"a\": 1e999}",
        0,
        &[
            "unsupported-value 6..11 the number `1e999` cannot be kept; the number is too large; quote it if it is meant as text",
        ],
    ),
    (
        "- - a\n  - b\n - c",
        0,
        &[
            "syntax 13..14 a list item is expected here; does not start with `- `; start the line with `- `, or correct its indentation",
        ],
    ),
    (
        "a: >0\n x",
        0,
        &[
            "syntax 3..4 only `-`, `+` or a digit may follow `|` and `>`; does not belong here; start the text on the next line, indented",
        ],
    ),
    (
        "a: 'x\nb: 1",
        0,
        &[
            "syntax 6..7 a quoted text goes on in a line that is not indented; still inside the quoted text; close the quotation mark above, or indent the lines of the text",
        ],
    ),
    (
        "foo: bar\n  baz: qux",
        0,
        &[
            "syntax 11..14 this key stands where the text above still goes on; read as part of the line above; give the key the same indentation as the keys beside it, or add the `:` that the line above lacks",
        ],
    ),
    (
        "foo: bar\nbaz",
        0,
        &[
            "syntax 9..12 a key without a `:`; a `:` and the value belong after this; add the `:`, or indent the line if it belongs to the text above",
        ],
    ),
    (
        "name: x\n  desc: y: z",
        0,
        &[
            "syntax 10..14 this key stands where the text above still goes on; read as part of the line above; give the key the same indentation as the keys beside it, or add the `:` that the line above lacks",
        ],
    ),
    (
        "key: \"a\n---\nb: 1",
        1,
        &[
            "syntax 8..9 a quoted text goes on in a line that is not indented; still inside the quoted text; close the quotation mark above, or indent the lines of the text",
        ],
    ),
    (
        "a: \"b\" # c\n d",
        0,
        &[
            "syntax 12..13 a key is expected here; does not fit the keys above; give the line the indentation of the lines it belongs with",
        ],
    ),
    (
        "- name: x\n   y: 1",
        0,
        &[
            "syntax 13..14 this key stands where the text above still goes on; read as part of the line above; give the key the same indentation as the keys beside it, or add the `:` that the line above lacks",
        ],
    ),
    (
        "a: b\n\tc",
        0,
        &["tab-indentation 5..6 a tab where YAML allows only spaces; replace the tab by spaces"],
    ),
    (
        "a: #c\n b: 1\n  c: 2",
        0,
        &[
            "syntax 14..15 this key stands where the text above still goes on; read as part of the line above; give the key the same indentation as the keys beside it, or add the `:` that the line above lacks",
        ],
    ),
    (
        "command: [sh, -c, \"x]",
        0,
        &["syntax 18..19 a quotation mark is never closed; opened here; add the closing quotation mark"],
    ),
    (
        "x: 'don't'",
        0,
        &[
            "syntax 8..9 something follows a quoted text; the text has ended before this; write `''` for an apostrophe inside single quotation marks",
        ],
    ),
    (
        "a: 1\n%x: 2",
        0,
        &[
            "syntax 5..6 a text cannot start with `%`; starts a YAML directive; put the text into quotation marks",
        ],
    ),
    (
        "- a: b\n  c\n  d: e",
        0,
        &[
            "syntax 9..10 a key without a `:`; a `:` and the value belong after this; add the `:`, or indent the line if it belongs to the text above",
        ],
    ),
    ("{\"a\": [1, 2}", 0, &["syntax 11..12 `[` is closed by `}`; the wrong bracket"]),
    ("{\"a\":: 1}", 0, &["syntax 5..6 a value is missing between brackets; a value belongs before this"]),
    ("[1, 2,, 3]", 0, &["syntax 6..7 a value is missing between brackets; a value belongs before this"]),
    ("a: [1, 2,, 3]", 0, &["syntax 9..10 a value is missing between brackets; a value belongs before this"]),
    (
        "a: \"x\n  y\" z",
        0,
        &[
            "syntax 11..12 something follows a quoted text; the text has ended before this; write `\\\"` for a quotation mark inside double ones, or quote the whole value",
        ],
    ),
    (
        "a: &x [1]\nb: &y [*x, *x]\nc: [*y\n",
        0,
        &[
            "syntax 28..29 `[` is never closed; opened here; close the bracket, or quote the text if the bracket belongs to it",
        ],
    ),
    (
        "- a: b: c\n---\n- ok\n---\n- [",
        1,
        &[
            "syntax 6..7 a `: ` inside a text without quotation marks; not allowed here; put the text into quotation marks",
            "syntax 25..26 `[` is never closed; opened here; close the bracket, or quote the text if the bracket belongs to it",
        ],
    ),
    (
        "‘a’: 1",
        0,
        &[
            "typographic-quotes 0..3 a typographic quotation mark `‘` (U+2018) where `'` is needed; the first of 2 in this file; replace all 2 with straight quotation marks (`'`)",
        ],
    ),
];

#[test]
fn mistakes_are_named_where_they_are() {
    for (text, usable, expected) in CASES {
        let (document, found) = read(text);
        let found: Vec<String> = found.iter().map(render).collect();
        assert_eq!(found, *expected, "{text:?}");
        assert_eq!(document.roots().count(), *usable, "{text:?}");
    }
}

#[test]
fn bytes_that_are_no_text_are_named() {
    for (bytes, text, expected) in [
        (
            &b"a: caf\xe9\n"[..],
            "a: caf\u{fffd}\n",
            "invalid-utf8 6..9 byte 0xE9 at offset 6 is not UTF-8 text; the first bad byte; save the file as UTF-8",
        ),
        (
            b"\xff\xfea\0",
            "\u{fffd}\u{fffd}a\0",
            "invalid-utf8 0..3 byte 0xFF at offset 0 is not UTF-8 text; the first bad byte; the file seems to be UTF-16; save it as UTF-8",
        ),
        (
            b"a: \0b",
            "a: \0b",
            "control-character 3..4 a control character (NUL), which YAML does not allow; remove the character; in a double-quoted text it can be written as an escape (`\\u0000`)",
        ),
        (
            b"\xc3\xa9: \x7f",
            "\u{e9}: \x7f",
            "control-character 4..5 a control character (U+007F), which YAML does not allow; remove the character; in a double-quoted text it can be written as an escape (`\\u007F`)",
        ),
        (
            b"\xc2\xa0\xc2\x80",
            "\u{a0}\u{80}",
            "control-character 2..4 a control character (U+0080), which YAML does not allow; remove the character; in a double-quoted text it can be written as an escape (`\\u0080`)",
        ),
    ] {
        let (read, finding) = text_of(SourceId::new(0), bytes.to_vec());
        assert_eq!(read, text);
        assert_eq!(finding.as_ref().map(render).as_deref(), Some(expected));
    }
    let (text, finding) = text_of(SourceId::new(0), "a: \t\u{85}é\r\n".as_bytes().to_vec());
    assert_eq!((text.as_str(), finding), ("a: \t\u{85}é\r\n", None));
}

#[test]
fn a_text_over_the_limit_is_not_read() {
    let text: Arc<str> = Arc::from("a".repeat(MAX_BYTES + 1));
    let mut found = Vec::new();
    assert_eq!(parse(SourceId::new(0), &text, &mut found).roots().count(), 0);
    assert_eq!(
        found.iter().map(render).collect::<Vec<_>>(),
        [
            "document-too-large 0..0 a file of 8388609 bytes, over the limit of 8 MiB; split the file, or leave it out of the catalog's folders"
        ]
    );
}

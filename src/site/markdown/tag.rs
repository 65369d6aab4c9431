//! Tags of HTML, read from a text that may be anything.

/// The longest value of an attribute, in characters.
const LONGEST: usize = 4_000;

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// What stands between tags.
    Text(&'a str),
    /// A start tag: as written, its name in small letters, its attributes.
    Start(&'a str, String, Vec<(String, &'a str)>),
    /// An end tag: as written, its name in small letters.
    End(&'a str, String),
    /// A comment.
    Comment,
}

/// Returns the pieces of a text, in their order.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut rest, mut plain) = (text, 0);
    while let Some(at) = rest[plain..].find('<').map(|at| at + plain) {
        let Some((piece, length)) = piece(&rest[at..]) else {
            plain = at + 1;
            continue;
        };
        if at > 0 {
            pieces.push(Piece::Text(&rest[..at]));
        }
        pieces.push(piece);
        (rest, plain) = (&rest[at + length..], 0);
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// Returns the tag or comment that a text starts with, and its length.
fn piece(text: &str) -> Option<(Piece<'_>, usize)> {
    if let Some(comment) = text.strip_prefix("<!--") {
        // One that is not closed hides the rest, as in a browser.
        let end = comment.find("-->").map_or(text.len(), |end| end + "<!--".len() + "-->".len());
        return Some((Piece::Comment, end));
    }
    let (inside, is_end) = match text.strip_prefix("</") {
        Some(inside) => (inside, true),
        None => (text.strip_prefix('<')?, false),
    };
    let name = inside.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next()?;
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let (attributes, after) = attributes(&inside[name.len()..])?;
    let length = text.len() - after.len();
    let (written, name) = (&text[..length], name.to_ascii_lowercase());
    Some((if is_end { Piece::End(written, name) } else { Piece::Start(written, name, attributes) }, length))
}

/// Returns attributes up to the end of the tag, and what is after it.
fn attributes(mut rest: &str) -> Option<(Vec<(String, &str)>, &str)> {
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return Some((attributes, after));
        }
        let end = find(rest, |c| c.is_ascii_whitespace() || matches!(c, '=' | '>' | '/' | '<'))?;
        if end == 0 {
            return None;
        }
        let name = rest[..end].to_ascii_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(given) = rest.strip_prefix('=') {
            let given = given.trim_start();
            let quote = given.chars().next().filter(|c| matches!(c, '"' | '\''));
            (value, rest) = match quote {
                Some(quote) => {
                    let end = find(&given[1..], |c| c == quote)?;
                    (&given[1..=end], &given[end + 2..])
                }
                None => given.split_at(find(given, |c| c.is_ascii_whitespace() || c == '>')?),
            };
        }
        attributes.push((name, value));
    }
}

/// Returns where the first of some characters is. It is not looked for far away, so that many tags without an end do not take
/// long.
fn find(text: &str, wanted: impl Fn(char) -> bool) -> Option<usize> {
    text.char_indices().take(LONGEST).find(|(_, c)| wanted(*c)).map(|(at, _)| at)
}

/// Characters that have a name in HTML and are written by it in READMEs.
const NAMED: &[(&str, &str)] = &[
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", "\u{a0}"),
    ("copy", "©"),
    ("reg", "®"),
    ("trade", "™"),
    ("mdash", "—"),
    ("ndash", "–"),
    ("hellip", "…"),
    ("rarr", "→"),
    ("larr", "←"),
    ("middot", "·"),
    ("bull", "•"),
    ("times", "×"),
    ("emsp", "\u{2003}"),
    ("ensp", "\u{2002}"),
];

/// Returns a text of HTML with its character references replaced; those that it does not know stay as they are.
pub(super) fn decoded(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        match reference(rest) {
            Some((character, length)) => {
                decoded.push_str(&character);
                rest = &rest[length..];
            }
            None => {
                decoded.push('&');
                rest = &rest[1..];
            }
        }
    }
    decoded.push_str(rest);
    decoded
}

/// Returns what the character reference at the start of a text stands for, and its length.
fn reference(text: &str) -> Option<(String, usize)> {
    let end = text.bytes().take(12).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let found = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?.to_string()
        }
        None => NAMED.iter().find(|(known, _)| *known == name)?.1.to_string(),
    };
    Some((found, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_from_any_text() {
        let shown = |text: &str| {
            let pieces = pieces(text);
            let piece = |piece: &Piece<'_>| match piece {
                Piece::Text(text) => format!("{text:?}"),
                Piece::Start(_, name, attributes) => format!("<{name} {attributes:?}>"),
                Piece::End(_, name) => format!("</{name}>"),
                Piece::Comment => "!".into(),
            };
            pieces.iter().map(piece).collect::<String>()
        };
        for (text, expected) in [
            ("a<BR/>b", r#""a"<br []>"b""#),
            ("<p align=center>", r#"<p [("align", "center")]>"#),
            ("<img src = 'a>b' alt>", r#"<img [("src", "a>b"), ("alt", "")]>"#),
            ("</p >", "</p>"),
            ("a < b <3 <", r#""a < b <3 <""#),
            ("<a href=\"x", r#""<a href=\"x""#),
            ("<!-- <p> -->x", r#"!"x""#),
            ("<!-- x", "!"),
            ("<p <b>", r#""<p "<b []>"#),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn references_stand_for_characters() {
        for (text, expected) in [
            ("a&nbsp;b&copy;", "a\u{a0}b©"),
            ("&#60;&#x3e;&lt;", "<><"),
            ("&unknown; & &#xd800; &", "&unknown; & &#xd800; &"),
        ] {
            assert_eq!(decoded(text), expected, "{text}");
        }
    }
}

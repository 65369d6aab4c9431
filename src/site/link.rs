//! Addresses written in a catalog: which become links, and what is shown of them.

use std::borrow::Cow;

use url::Url;

/// An address that a page may link to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Outside {
    /// The whole address, with what HTML or a browser could misread escaped.
    pub(super) href: String,
    /// What is shown: host and path.
    pub(super) text: String,
}

/// Returns the address written as `text` if it is a web or mail address. Anything else (`javascript:`, `data:`,
/// `file:`, relative addresses) is text, and so is an address that carries a password.
pub(super) fn outside(text: &str) -> Option<Outside> {
    if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    match url.scheme() {
        "http" | "https" => {
            let plain = url.username().is_empty() && url.password().is_none();
            let host = url.host_str().filter(|host| plain && !host.is_empty())?;
            let shown = format!("{host}{}", url.path().trim_end_matches('/'));
            Some(Outside { text: clip(&shown, 60).into_owned(), href: url.into() })
        }
        "mailto" => Some(Outside { text: url.path().to_string(), href: url.into() }),
        _ => None,
    }
}

/// Returns the link to a mail address.
pub(super) fn mail(address: &str) -> Option<Outside> {
    let well_formed = crate::model::format::find("email").is_some_and(|format| (format.check)(address));
    // `?` would begin headers of the mail, `%` would be decoded.
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '?' | '%' | '&' | '#' | '"' | ':' | '/');
    (well_formed && address.chars().all(plain))
        .then(|| Outside { href: format!("mailto:{address}"), text: address.to_string() })
}

/// Returns the beginning of a text, at most `longest` characters, the last of them `…` when it was cut.
pub(super) fn clip(text: &str, longest: usize) -> Cow<'_, str> {
    if text.len() <= longest || text.chars().count() <= longest {
        return Cow::Borrowed(text);
    }
    let head: String = text.chars().take(longest - 1).collect();
    Cow::Owned(head.trim_end().to_string() + "…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_and_mail_addresses_are_links() {
        for (text, href) in [
            ("https://example.com/a?b=c#d", Some("https://example.com/a?b=c#d")),
            ("http://example.com", Some("http://example.com/")),
            ("mailto:ines@example.com", Some("mailto:ines@example.com")),
            (
                "https://example.invalid/\"onmouseover=alert(1)//",
                Some("https://example.invalid/%22onmouseover=alert(1)//"),
            ),
            ("https://ex\u{430}mple.invalid/", Some("https://xn--exmple-4nf.invalid/")),
            ("javascript:alert(1)", None),
            ("JaVaScRiPt:alert(1)", None),
            ("java\tscript:alert(1)", None),
            (" javascript:alert(1)", None),
            ("data:text/html,<script>", None),
            ("vbscript:msgbox(1)", None),
            ("file:///etc/passwd", None),
            ("//example.invalid/x", None),
            ("http://user:secret@example.invalid/", None),
            ("http://[::1", None),
            ("docs/readme.md", None),
            ("", None),
        ] {
            assert_eq!(outside(text).map(|link| link.href).as_deref(), href, "{text}");
        }
    }

    #[test]
    fn mail_addresses_cannot_add_headers() {
        for (address, linked) in
            [("ines@example.com", true), ("a@b?bcc=x@y.z", false), ("ines", false), ("a\"b@c.d", false)]
        {
            assert_eq!(mail(address).is_some(), linked, "{address}");
        }
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(clip("Zürich", 6), "Zürich");
        assert_eq!(clip("Zürich HB", 7), "Zürich…");
    }
}

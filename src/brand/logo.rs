//! The logo: a PNG, or an SVG that can do nothing but be seen.
//!
//! Pages show it as an image, in which a browser runs nothing; but it is a file of the site, and who opens it by itself has
//! a document of the site's own origin. So an SVG with anything that runs, loads or leads elsewhere is refused.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::svg;

/// The most bytes of a logo: every reader of the site loads it.
pub(super) const LARGEST: usize = 64 * 1024;

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Logo {
    /// What it is written in.
    pub format: Format,
    /// The file.
    pub bytes: Vec<u8>,
    /// Its width by its height.
    pub ratio: f64,
}

/// What a picture is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Scalable Vector Graphics.
    Svg,
    /// Portable Network Graphics.
    Png,
}

/// Why a picture cannot be shown, as a phrase, and what to do.
type Refusal = (String, &'static str);

const SIMPLER: &str = "export it as a plain SVG of shapes, or as a PNG";

impl Logo {
    /// Returns the picture that a file holds, or why it cannot be shown.
    pub(super) fn parse(bytes: Vec<u8>) -> Result<Self, Refusal> {
        let (format, (width, height)) = match png(&bytes) {
            Some(size) => (Format::Png, size),
            None => (Format::Svg, size(&bytes)?),
        };
        let ratio = width / height;
        if !ratio.is_finite() || !(0.05..=20.0).contains(&ratio) {
            return Err(("has no size that a bar could show".into(), "give it a `viewBox` of its drawing"));
        }
        Ok(Self { format, bytes, ratio })
    }
}

impl Format {
    /// Returns the ending of its files' names.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
        }
    }
}

/// Returns the width and the height of a PNG (ISO/IEC 15948, 5.2 and 11.2.2); nothing of a file that is none.
fn png(bytes: &[u8]) -> Option<(f64, f64)> {
    let rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let number = |at: usize| Some(f64::from(u32::from_be_bytes(rest.get(at..at + 4)?.try_into().ok()?)));
    (rest.get(4..8)? == b"IHDR").then(|| Some((number(8)?, number(12)?)))?
}

/// Returns the width and the height of an SVG that only draws, or why it is refused.
fn size(bytes: &[u8]) -> Result<(f64, f64), Refusal> {
    svg::check(bytes).map_err(|what| (what, SIMPLER))?;
    let mut reader = Reader::from_reader(bytes);
    loop {
        // The first element is the drawing: that it is one has just been seen.
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => return measure(&tag),
            Ok(Event::Eof) | Err(_) => return Err(("is no drawing".into(), SIMPLER)),
            Ok(_) => {}
        }
    }
}

/// Returns the width and the height of a drawing: those of its view box, else its own.
fn measure(tag: &BytesStart<'_>) -> Result<(f64, f64), Refusal> {
    let value = |name: &str| {
        let attribute = tag.try_get_attribute(name).ok().flatten()?;
        Some(String::from_utf8_lossy(&attribute.value).into_owned())
    };
    let number =
        |text: &str| text.trim().trim_end_matches("px").parse::<f64>().ok().filter(|size| *size > 0.0);
    let view = value("viewBox").and_then(|view| {
        let mut parts = view.split([' ', ',']).filter(|part| !part.is_empty()).skip(2);
        Some((number(parts.next()?)?, number(parts.next()?)?))
    });
    let own = || Some((number(&value("width")?)?, number(&value("height")?)?));
    let help = "give its `svg` element a `viewBox`";
    view.or_else(own).ok_or_else(|| ("does not say how large it is".into(), help))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn svg(inside: &str) -> Vec<u8> {
        format!("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 20 10\">{inside}</svg>")
            .into_bytes()
    }

    #[test]
    fn pictures_that_only_draw_are_taken() {
        for inside in [
            "<path d=\"M0 0h9\" fill=\"#066169\"/>",
            "<style>.a{fill:url(#b)}</style><g class=\"a\"><title>x &amp; y</title></g>",
            "<defs><linearGradient id=\"b\"><stop offset=\"0\"/></linearGradient></defs><use href=\"#b\"/>",
            "<use xmlns:xlink=\"http://www.w3.org/1999/xlink\" xlink:href=\"#b\"/><!-- a note -->",
        ] {
            let logo = Logo::parse(svg(inside)).unwrap_or_else(|(reason, _)| panic!("{inside}: {reason}"));
            assert_eq!((logo.format, logo.ratio), (Format::Svg, 2.0));
        }
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x20\x08\x06".to_vec();
        let logo = Logo::parse(png).unwrap();
        assert_eq!((logo.format, logo.ratio), (Format::Png, 2.0));
    }

    #[test]
    fn everything_else_is_refused() {
        for (text, reason) in [
            ("", "no drawing"),
            ("GIF89a", "no drawing"),
            ("<html></html>", "no drawing"),
            ("<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "how large"),
            ("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 0\"/>", "how large"),
            ("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 1\"/>", "no size"),
            (
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><script/></svg>",
                "element `script`",
            ),
        ] {
            let (said, _) = Logo::parse(text.into()).expect_err(text);
            assert!(said.contains(reason), "{text}: {said}");
        }
    }
}

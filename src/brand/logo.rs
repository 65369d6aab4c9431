//! The logo: a PNG, or an SVG that can do nothing but be seen.
//!
//! Pages show it as an image, in which a browser runs nothing; but it is a file of the site, and who opens it by itself has
//! a document of the site's own origin. So an SVG with anything that runs, loads or leads elsewhere is refused.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

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

/// The elements that only draw.
const ELEMENTS: &[&str] = &[
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "title",
    "desc",
    "metadata",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "mask",
    "pattern",
    "style",
    "filter",
    "feGaussianBlur",
    "feOffset",
    "feBlend",
    "feColorMatrix",
    "feFlood",
    "feComposite",
    "feMerge",
    "feMergeNode",
    "feDropShadow",
];

const SIMPLER: &str = "export it as a plain SVG of shapes, or as a PNG";

impl Logo {
    /// Returns the picture that a file holds, or why it cannot be shown.
    pub(super) fn parse(bytes: Vec<u8>) -> Result<Self, Refusal> {
        let (format, (width, height)) = match png(&bytes) {
            Some(size) => (Format::Png, size),
            None => (Format::Svg, svg(&bytes)?),
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
fn svg(bytes: &[u8]) -> Result<(f64, f64), Refusal> {
    let neither = || ("is neither an SVG nor a PNG".to_string(), SIMPLER);
    let text = str::from_utf8(bytes).map_err(|_| neither())?;
    let mut reader = Reader::from_str(text);
    let mut size = None;
    let mut depth = 0_usize;
    let mut in_style = false;
    loop {
        let event = reader.read_event().map_err(|error| (format!("is no XML: {error}"), SIMPLER))?;
        match &event {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => {
                let name = name(tag)?;
                if size.is_none() {
                    if name != "svg" {
                        return Err(neither());
                    }
                    size = Some(measure(tag)?);
                }
                attributes(tag)?;
                let opens = matches!(event, Event::Start(_));
                in_style = opens && name == "style";
                depth += usize::from(opens);
            }
            Event::End(_) => {
                in_style = false;
                depth = depth.saturating_sub(1);
            }
            Event::Text(text) if in_style => style(&String::from_utf8_lossy(text))?,
            Event::CData(text) if in_style => style(&String::from_utf8_lossy(text))?,
            Event::DocType(_) => {
                return Err(("has a document type, which can hold entities".into(), SIMPLER));
            }
            Event::PI(_) => return Err(("has a processing instruction".into(), SIMPLER)),
            Event::GeneralRef(entity) if in_style => {
                return Err((format!("has `&{};` in its styles", String::from_utf8_lossy(entity)), SIMPLER));
            }
            _ => {}
        }
    }
    match size {
        Some(size) if depth == 0 => Ok(size),
        Some(_) => Err(("ends before its drawing does".into(), SIMPLER)),
        None => Err(neither()),
    }
}

/// Returns the name of an element that only draws.
fn name<'a>(tag: &'a BytesStart<'_>) -> Result<&'a str, Refusal> {
    let name = str::from_utf8(tag.name().into_inner()).unwrap_or_default();
    // What an editor keeps for itself, such as `sodipodi:namedview`, is in a namespace of its own, and draws nothing; but a
    // prefix can stand for any.
    match ELEMENTS.contains(&name) {
        true => Ok(name),
        false => Err((format!("has the element `{name}`, which does more than to draw"), SIMPLER)),
    }
}

/// Refuses attributes that run something or load something.
fn attributes(tag: &BytesStart<'_>) -> Result<(), Refusal> {
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| (format!("is no XML: {error}"), SIMPLER))?;
        let key = String::from_utf8_lossy(attribute.key.into_inner()).to_lowercase();
        let value = String::from_utf8_lossy(&attribute.value).into_owned();
        let local = key.rsplit(':').next().unwrap_or_default();
        if local.starts_with("on") {
            return Err((format!("has the attribute `{key}`, which runs a script"), SIMPLER));
        }
        if local == "href" && !value.starts_with('#') {
            return Err((format!("refers to `{value}`, which is outside of it"), SIMPLER));
        }
        let is_name = key == "xmlns" || key.starts_with("xmlns:");
        if !is_name {
            style(&value)?;
        }
    }
    Ok(())
}

/// Refuses styles that load something.
fn style(text: &str) -> Result<(), Refusal> {
    let text = text.to_lowercase();
    let inside = |rest: &str| rest.trim_start_matches([' ', '\t', '\n', '\r', '"', '\'']).starts_with('#');
    let loads = text.split("url(").skip(1).any(|rest| !inside(rest));
    // An escape can spell any of these.
    if loads
        || text.contains("@import")
        || text.contains("image-set")
        || text.contains('\\')
        || text.contains("&#")
    {
        return Err(("has a style that loads something".into(), SIMPLER));
    }
    Ok(())
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
        for (inside, reason) in [
            ("<script>alert(1)</script>", "element `script`"),
            ("<SCRIPT>alert(1)</SCRIPT>", "element `SCRIPT`"),
            ("<svg:script xmlns:svg=\"http://www.w3.org/2000/svg\"/>", "element `svg:script`"),
            ("<foreignObject/>", "element `foreignObject`"),
            ("<image href=\"https://example.com/x.png\"/>", "element `image`"),
            ("<a href=\"javascript:alert(1)\"/>", "element `a`"),
            ("<animate attributeName=\"href\"/>", "element `animate`"),
            ("<set attributeName=\"onload\"/>", "element `set`"),
            ("<g onload=\"alert(1)\"/>", "runs a script"),
            ("<g ONCLICK=\"alert(1)\"/>", "runs a script"),
            ("<use href=\"https://example.com/x.svg#a\"/>", "outside of it"),
            ("<use xlink:href=\"data:text/html,x\"/>", "outside of it"),
            ("<use href=\"&#106;avascript:x\"/>", "outside of it"),
            ("<style>@import 'x';</style>", "loads something"),
            ("<style>a{b:url(//example.com/x)}</style>", "loads something"),
            ("<style>a{b:u\\72l(//example.com/x)}</style>", "loads something"),
            ("<style><![CDATA[@import 'x';]]></style>", "loads something"),
            ("<style>a{b:&#117;rl(x)}</style>", "in its styles"),
            ("<rect fill=\"url(https://example.com/x)\"/>", "loads something"),
            ("<rect style=\"fill:URL('x')\"/>", "loads something"),
            ("<g>", "XML"),
            ("</svg><g>", "XML"),
        ] {
            let refused = Logo::parse(svg(inside));
            let (said, _) = refused.expect_err(inside);
            assert!(said.contains(reason), "{inside}: {said}");
        }
        for (text, reason) in [
            ("", "neither"),
            ("GIF89a", "neither"),
            ("<html></html>", "element `html`"),
            ("<svg/>", "how large"),
            ("<svg viewBox=\"0 0 1 0\"/>", "how large"),
            ("<svg viewBox=\"0 0 1000 1\"/>", "no size"),
            ("<!DOCTYPE svg [<!ENTITY a \"b\">]><svg viewBox=\"0 0 1 1\">&a;</svg>", "document type"),
            ("<?xml-stylesheet href=\"x\"?><svg viewBox=\"0 0 1 1\"/>", "processing instruction"),
        ] {
            let (said, _) = Logo::parse(text.into()).expect_err(text);
            assert!(said.contains(reason), "{text}: {said}");
        }
    }
}

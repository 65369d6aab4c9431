//! Which drawings may be published, in a document or as the logo: those that hold nothing but a drawing.
//!
//! In a page a drawing is an image, which runs no script and loads nothing. But it can also be opened by its own address,
//! where it would be a document of the site. So it may only have elements that draw, and nothing that acts or refers to
//! another file. What is more is refused, not repaired.

use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::reader::NsReader;

const SVG: &[u8] = b"http://www.w3.org/2000/svg";
const XHTML: &[u8] = b"http://www.w3.org/1999/xhtml";

/// The elements of a drawing that draw, or say how; filters begin with `fe`.
const ELEMENTS: &[&str] = &[
    "svg",
    "g",
    "defs",
    "symbol",
    "use",
    "title",
    "desc",
    "metadata",
    "style",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "textPath",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "mask",
    "pattern",
    "marker",
    "filter",
    "switch",
    "view",
];

/// Checks that a file is nothing but a drawing.
///
/// # Errors
///
/// What else it is or has, as the end of a sentence: `` has the element `script` ``.
pub fn check(bytes: &[u8]) -> Result<(), String> {
    let text = str::from_utf8(bytes).map_err(|_| "is not UTF-8 text".to_string())?;
    let mut reader = NsReader::from_str(text);
    let (mut depth, mut styles, mut drawn) = (0_usize, 0_usize, false);
    loop {
        let (namespace, event) = reader.read_resolved_event().map_err(|_| "is not XML".to_string())?;
        match event {
            Event::Start(ref tag) | Event::Empty(ref tag) => {
                let is_svg = matches!(namespace, ResolveResult::Bound(name) if name.as_ref() == SVG);
                let name = tag.local_name();
                let name = str::from_utf8(name.as_ref()).unwrap_or_default();
                if depth == 0 && (drawn || !is_svg || name != "svg") {
                    return Err("is no drawing".into());
                }
                drawn = true;
                if matches!(namespace, ResolveResult::Bound(name) if name.as_ref() == XHTML) {
                    return Err(format!("has the element `{name}` of a page"));
                }
                if is_svg && !ELEMENTS.contains(&name) && !name.starts_with("fe") || name == "feImage" {
                    return Err(format!("has the element `{name}`"));
                }
                attributes(tag)?;
                if matches!(event, Event::Start(_)) {
                    depth += 1;
                    styles += usize::from(name == "style");
                }
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                styles = styles.saturating_sub(usize::from(tag.local_name().as_ref() == b"style"));
            }
            Event::Text(text) if styles > 0 => style(&String::from_utf8_lossy(&text))?,
            Event::CData(text) if styles > 0 => style(&String::from_utf8_lossy(&text))?,
            Event::GeneralRef(_) if styles > 0 => {
                return Err("has styles that are written in references".into());
            }
            // Entities could stand for anything.
            Event::DocType(text) if text.contains(&b'[') => return Err("declares entities".into()),
            Event::PI(_) => return Err("has a processing instruction".into()),
            Event::Eof => break,
            _ => {}
        }
    }
    if drawn && depth == 0 { Ok(()) } else { Err("is no drawing".into()) }
}

/// Checks that no attribute acts or refers to another file.
fn attributes(tag: &BytesStart<'_>) -> Result<(), String> {
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|_| "is not XML".to_string())?;
        let name = attribute.key.local_name();
        let name = String::from_utf8_lossy(name.as_ref()).to_ascii_lowercase();
        let value = attribute
            .normalized_value(quick_xml::XmlVersion::default())
            .map_err(|_| "is not XML".to_string())?;
        let value = value.trim();
        if name.starts_with("on") {
            return Err(format!("has the attribute `{name}`"));
        }
        if matches!(name.as_str(), "href" | "src" | "base") && !value.starts_with('#') {
            return Err("refers to another file".into());
        }
        // The names of namespaces are addresses that nothing follows.
        if !attribute.key.as_ref().starts_with(b"xmlns") {
            style(value)?;
        }
    }
    Ok(())
}

/// Checks that styles refer to nothing but parts of the drawing.
fn style(text: &str) -> Result<(), String> {
    let lower = text.to_ascii_lowercase();
    let refers = lower
        .split("url(")
        .skip(1)
        .any(|target| !target.trim_start().trim_start_matches(['"', '\'']).starts_with('#'));
    // With a backslash, letters can be written in other ways.
    if refers
        || lower.contains("@import")
        || lower.contains("javascript:")
        || lower.contains('\\')
        || lower.contains("image(")
        || lower.contains("image-set(")
    {
        return Err("has styles that refer to another file".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_drawings_are_published() {
        let svg = |inside: &str| {
            format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\">{inside}</svg>"
            )
        };
        for inside in [
            "<path d=\"M0 0h1\" style=\"fill:url(#a)\"/>",
            "<style>.a{fill:#fff}</style><use xlink:href=\"#b\"/>",
            "<metadata><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"/></metadata>",
        ] {
            assert_eq!(check(svg(inside).as_bytes()), Ok(()), "{inside}");
        }
        for inside in [
            "<script>alert(1)</script>",
            "<script xmlns=\"http://www.w3.org/1999/xhtml\">alert(1)</script>",
            "<x:script xmlns:x=\"http://www.w3.org/2000/svg\">alert(1)</x:script>",
            "<foreignObject/>",
            "<a href=\"javascript:alert(1)\"/>",
            "<path onload=\"alert(1)\"/>",
            "<path ONLOAD=\"alert(1)\"/>",
            "<use href=\"https://e.com/a.svg#b\"/>",
            "<use href=\"data:image/svg+xml,x\"/>",
            "<image href=\"a.png\"/>",
            "<style>@import url(https://e.com)</style>",
            "<style>a{background:url(https://e.com)}</style>",
            "<style>a{background:u&#114;l(https://e.com)}</style>",
            "<style><![CDATA[@import 'https://e.com']]></style>",
            "<path style=\"fill:u\\72l(https://e.com)\"/>",
            "<path style=\"fill:&#117;rl(https://e.com)\"/>",
            "<set attributeName=\"href\" to=\"javascript:alert(1)\"/>",
            "<animate attributeName=\"x\"/>",
            "<SCRIPT>alert(1)</SCRIPT>",
            "<set attributeName=\"onload\"/>",
            "<use href=\"&#106;avascript:x\"/>",
            "<use xlink:href=\"data:text/html,x\"/>",
            "<style>a{b:url(//example.com/x)}</style>",
            "<rect fill=\"url(https://example.com/x)\"/>",
            "<rect style=\"fill:URL('x')\"/>",
            "<g>",
            "</svg><g>",
        ] {
            assert!(check(svg(inside).as_bytes()).is_err(), "{inside}");
        }
        for whole in [
            "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            "<?xml-stylesheet href=\"https://e.com\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>",
            "<html xmlns=\"http://www.w3.org/1999/xhtml\"/>",
            "<svg/>",
            "<svg xmlns=\"http://www.w3.org/2000/svg\">",
            "",
        ] {
            assert!(check(whole.as_bytes()).is_err(), "{whole}");
        }
    }
}

//! The accent: one colour for each scheme that can be read on everything it is written on.

use crate::diagnostic::{Diagnostic, Diagnostics, Rule};
use crate::model::Spanned;
use crate::model::color::{BLACK, Color, READABLE, WHITE};
use crate::model::site;

/// The colour of links and marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    /// On light grounds.
    pub light: Tones,
    /// On dark grounds.
    pub dark: Tones,
}

/// An accent with what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tones {
    /// The colour itself.
    pub accent: Color,
    /// A ground with a touch of it.
    pub tint: Color,
    /// What is written on it.
    pub on: Color,
}

/// What a scheme of `templates/portal.css` has the accent on.
struct Scheme {
    name: &'static str,
    /// The ground of the page, and that of what lies deeper.
    grounds: [Color; 2],
    /// How much of the accent is in its tint.
    share: f64,
    /// Where the accent gets more contrast.
    end: Color,
}

const LIGHT: Scheme =
    Scheme { name: "light", grounds: [WHITE, Color([0xf6, 0xf6, 0xf3])], share: 0.1, end: BLACK };

const DARK: Scheme = Scheme {
    name: "dark",
    grounds: [Color([0x13, 0x14, 0x12]), Color([0x1c, 0x1d, 0x1a])],
    share: 0.18,
    end: WHITE,
};

/// What is written on an accent that is light.
const INK: Color = Color([0x0b, 0x1c, 0x1d]);

impl Accent {
    /// Returns the accent that the settings ask for, pushing what cannot be read: the nearest shade that can be takes its
    /// place. A colour for one scheme alone is made lighter or darker for the other.
    pub(super) fn derive(written: &site::Accent, found: &mut Diagnostics) -> Option<Self> {
        let first = written.light.as_ref().or(written.dark.as_ref())?.value;
        let mut tones = |scheme: &Scheme, written: Option<&Spanned<Color>>| {
            if let Some(finding) = written.and_then(|written| scheme.unreadable(written)) {
                found.push(finding);
            }
            scheme.tones(scheme.nearest(written.map_or(first, |written| written.value)))
        };
        Some(Self { light: tones(&LIGHT, written.light.as_ref()), dark: tones(&DARK, written.dark.as_ref()) })
    }
}

impl Scheme {
    fn tint(&self, accent: Color) -> Color {
        self.grounds[0].mixed(accent, self.share)
    }

    /// Returns the lowest contrast that a colour has with what it is written on.
    fn contrast(&self, accent: Color) -> f64 {
        let grounds = self.grounds.into_iter().chain([self.tint(accent)]);
        grounds.map(|ground| accent.contrast(ground)).fold(f64::INFINITY, f64::min)
    }

    /// Returns the nearest shade that can be read.
    fn nearest(&self, accent: Color) -> Color {
        accent.nearest(self.end, |shade| self.contrast(shade) >= READABLE).unwrap_or(self.end)
    }

    fn tones(&self, accent: Color) -> Tones {
        let on = if accent.contrast(WHITE) >= accent.contrast(INK) { WHITE } else { INK };
        Tones { accent, tint: self.tint(accent), on }
    }

    fn unreadable(&self, written: &Spanned<Color>) -> Option<Diagnostic> {
        let contrast = self.contrast(written.value);
        if contrast >= READABLE {
            return None;
        }
        let (color, name) = (written.value, self.name);
        // Never rounded up to what is needed.
        let shown = (contrast * 10.0).floor() / 10.0;
        let message =
            format!("`{color}` has a contrast of {shown} on the {name} grounds, and text needs {READABLE}");
        let nearest = self.nearest(color);
        let help = match color.contrast(BLACK) > color.contrast(WHITE) && self.name == LIGHT.name {
            true => format!(
                "the nearest shade that can be read is \"{nearest}\"; as it is, the colour may do on dark grounds: \
                 accent: {{light: \"{nearest}\", dark: \"{color}\"}}"
            ),
            false => format!("the nearest shade that can be read is \"{nearest}\""),
        };
        Some(Diagnostic::new(Rule::LowContrast, written.span, message).help(help))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{SourceId, Span};

    fn spanned(color: &str) -> Spanned<Color> {
        Spanned::new(Color::parse(color).unwrap(), Span::start_of(SourceId::new(0)))
    }

    /// The grounds are those of the stylesheet, and its own accent is one that this module would take.
    #[test]
    fn the_grounds_are_those_of_the_stylesheet() {
        let css = include_str!("../../templates/portal.css");
        let ours = [("#066169", "#78d6db")];
        for (at, name) in ["bg", "sunk"].into_iter().enumerate() {
            let (light, dark) = (LIGHT.grounds[at], DARK.grounds[at]);
            let short = |color: Color| color.to_string().replace("#ffffff", "#fff");
            let written = format!("--{name}:light-dark({},{dark})", short(light));
            assert!(css.contains(&written), "{written}");
        }
        for (light, dark) in ours {
            assert!(css.contains(&format!("--accent:light-dark({light},{dark})")));
            let mut found = Diagnostics::default();
            let written = site::Accent { light: Some(spanned(light)), dark: Some(spanned(dark)) };
            let accent = Accent::derive(&written, &mut found).unwrap();
            assert_eq!(
                (accent.light.accent, accent.dark.accent),
                (spanned(light).value, spanned(dark).value)
            );
            assert!(found.as_slice().is_empty());
        }
    }

    #[test]
    fn every_colour_becomes_one_that_can_be_read() {
        for r in (0..=255).step_by(51) {
            for (g, b) in (0..=255).step_by(51).flat_map(|g| (0..=255).step_by(51).map(move |b| (g, b))) {
                let color = Spanned::new(Color([r, g, b]), Span::start_of(SourceId::new(0)));
                let mut found = Diagnostics::default();
                let written = site::Accent { light: Some(color.clone()), dark: Some(color) };
                let accent = Accent::derive(&written, &mut found).unwrap();
                for (scheme, tones) in [(LIGHT, accent.light), (DARK, accent.dark)] {
                    let on = tones.on.contrast(tones.accent);
                    assert!(scheme.contrast(tones.accent) >= READABLE && on >= READABLE, "{tones:?}: {on}");
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_read_is_said_with_what_can() {
        let said = |light: Option<&str>, dark: Option<&str>| {
            let mut found = Diagnostics::default();
            Accent::derive(&site::Accent { light: light.map(spanned), dark: dark.map(spanned) }, &mut found);
            found.as_slice().iter().map(|finding| finding.message.clone()).collect::<Vec<_>>()
        };
        assert_eq!(said(Some("#066169"), None), [""; 0]);
        assert_eq!(said(None, Some("#ff9900")), [""; 0]);
        let orange = said(Some("#ff9900"), None);
        assert!(orange[0].starts_with("`#ff9900` has a contrast of 1.9 on the light grounds"), "{orange:?}");
        assert!(said(None, Some("#000080"))[0].contains("on the dark grounds"));
    }
}

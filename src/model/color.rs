//! Colours as the web writes them, and how well one can be read on another.
//!
//! Contrast is that of WCAG 2.2 (`https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio`), of which text needs 4.5.

use std::fmt;

/// The contrast that text of the usual size needs (WCAG 2.2, 1.4.3).
pub const READABLE: f64 = 4.5;

/// A colour of red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Color(pub [u8; 3]);

/// White.
pub const WHITE: Color = Color([255; 3]);

/// Black.
pub const BLACK: Color = Color([0; 3]);

impl Color {
    /// Returns the colour written as `#rgb` or `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: Option<Vec<u8>> = text
            .strip_prefix('#')?
            .chars()
            .map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
            .collect();
        match digits?.as_slice() {
            [r, g, b] => Some(Self([r * 17, g * 17, b * 17])),
            [r, s, g, h, b, c] => Some(Self([r * 16 + s, g * 16 + h, b * 16 + c])),
            _ => None,
        }
    }

    /// Returns the colour that has `share` of another in it, from 0 to 1.
    #[must_use]
    pub fn mixed(self, other: Self, share: f64) -> Self {
        let mix = |own: u8, other: u8| {
            let mixed = f64::from(own) * (1.0 - share) + f64::from(other) * share;
            // Between two bytes.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
            let byte = mixed.round() as u8;
            byte
        };
        let (Self([r, g, b]), Self([s, h, c])) = (self, other);
        Self([mix(r, s), mix(g, h), mix(b, c)])
    }

    /// Returns how light it is, from 0 to 1 (WCAG's relative luminance).
    fn luminance(self) -> f64 {
        let linear = |byte: u8| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let Self([r, g, b]) = self;
        0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
    }

    /// Returns the contrast between two colours, from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// Returns the first of this colour's shades towards `end` for which `fits` holds.
    pub fn nearest(self, end: Self, fits: impl Fn(Self) -> bool) -> Option<Self> {
        (0..=255_u8).map(|step| self.mixed(end, f64::from(step) / 255.0)).find(|shade| fits(*shade))
    }
}

impl fmt::Display for Color {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([r, g, b]) = self;
        write!(out, "#{r:02x}{g:02x}{b:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_written_as_on_the_web() {
        for (text, expected) in [
            ("#066169", Some("#066169")),
            ("#FA0", Some("#ffaa00")),
            ("066169", None),
            ("#06616", None),
            ("#06616g", None),
            ("#\u{fc}00", None),
            ("red", None),
            ("", None),
        ] {
            assert_eq!(Color::parse(text).map(|color| color.to_string()).as_deref(), expected, "{text}");
        }
    }

    /// The greys on both sides of what text needs on white, and the two ends.
    #[test]
    fn contrast_is_that_of_the_guidelines() {
        for (a, b, expected) in
            [("#000", "#fff", 21.0), ("#777", "#fff", 4.48), ("#767676", "#fff", 4.54), ("#f00", "#fff", 4.0)]
        {
            let contrast = Color::parse(a).unwrap().contrast(Color::parse(b).unwrap());
            assert!((contrast - expected).abs() < 0.01, "{a} on {b}: {contrast}");
        }
    }

    #[test]
    fn the_nearest_shade_is_found() {
        let orange = Color::parse("#ff9900").unwrap();
        let shade = orange.nearest(BLACK, |shade| shade.contrast(WHITE) >= READABLE).unwrap();
        let contrast = shade.contrast(WHITE);
        // One step of 255 further than it must be, at most.
        assert!((READABLE..READABLE + 0.1).contains(&contrast), "{shade}: {contrast}");
        assert_eq!(orange.nearest(BLACK, |_| true), Some(orange));
    }
}

//! The colours of parts: those that values have, else shades of the accent by rank.

use crate::model::property::PALETTE;

/// The colour of a part: classes of the stylesheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::site) enum Hue {
    /// A palette colour.
    Palette(&'static str),
    /// A shade, darker for the first.
    Rank(usize),
    /// What is put together, or not said.
    Rest,
}

/// The shades, from the darkest.
const SHADES: &[&str] = &["r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7"];

impl Hue {
    /// Returns the palette colour of that name, if it is one.
    pub(in crate::site) fn named(name: &str) -> Option<Self> {
        PALETTE.iter().copied().find(|color| *color == name).map(Self::Palette)
    }

    /// Returns the class beside `x`, which says that it is the colour of a part.
    pub(in crate::site) fn class(self) -> &'static str {
        match self {
            Self::Palette(name) => name,
            Self::Rank(rank) => SHADES[rank.min(SHADES.len() - 1)],
            Self::Rest => "rest",
        }
    }
}

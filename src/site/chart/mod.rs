//! Charts, drawn in the build: each with its numbers in text, its colours from the stylesheet, its sizes as attributes.

pub(super) mod bars;
pub(super) mod figure;
pub(super) mod hue;
pub(super) mod plot;
pub(super) mod ring;
mod scale;

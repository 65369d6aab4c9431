//! A bar: how large something is beside others.

use super::hue::Hue;
use crate::site::markup::Markup;

/// Writes the bar of `count` where `most` fills the width. The number stands beside it, so that it is only drawn.
#[expect(clippy::cast_precision_loss, reason = "a place in a drawing")]
pub(in crate::site) fn draw(count: usize, most: usize, hue: Hue, out: &mut Markup) {
    let width = 100.0 * count as f64 / most.max(1) as f64;
    // What is there is seen.
    let width = if count > 0 { width.max(0.6) } else { 0.0 };
    out.raw("<svg viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"x ")
        .raw(hue.class());
    out.raw("\" height=\"10\" width=\"").text(&format!("{width:.2}")).raw("\"/></svg>");
}

//! A ring: how a whole divides. Its legend, beside it, has the numbers.

use super::hue::Hue;
use crate::site::markup::Markup;

/// The middle of the drawing and the radius of the ring.
const MIDDLE: f64 = 60.0;
const RADIUS: f64 = 48.0;

/// A gap between two parts, as a share of the ring.
const GAP: f64 = 0.007;

/// Writes the ring of parts with the whole in the middle; `words` are what it shows, in a sentence.
#[expect(clippy::cast_precision_loss, reason = "a place in a drawing")]
pub(in crate::site) fn draw(parts: &[(usize, Hue)], words: &str, out: &mut Markup) {
    let total: usize = parts.iter().map(|(count, _)| count).sum();
    out.raw("<svg viewBox=\"0 0 120 120\" role=\"img\" aria-label=\"").text(words).raw("\">");
    let mut start = 0.0;
    for (count, hue) in parts.iter().filter(|(count, _)| *count > 0) {
        let share = *count as f64 / total.max(1) as f64;
        out.raw("<path class=\"x ").raw(hue.class()).raw("\" d=\"").text(&arc(start, share)).raw("\"/>");
        start += share;
    }
    out.raw("<text x=\"60\" y=\"60\">")
        .text(&super::figure::figure(total as f64, 0, false))
        .raw("</text></svg>");
}

/// Returns the arc of a part that begins at a share of the ring, clockwise from the top.
fn arc(start: f64, share: f64) -> String {
    if share >= 1.0 {
        // An arc cannot end where it begins.
        return format!("M60 12A{RADIUS} {RADIUS} 0 1 1 60 108A{RADIUS} {RADIUS} 0 1 1 60 12");
    }
    // A small part keeps half of itself.
    let length = (share - GAP).max(share / 2.0);
    let (x, y) = place(start);
    let (to_x, to_y) = place(start + length);
    let large = u8::from(length > 0.5);
    format!("M{x:.2} {y:.2}A{RADIUS} {RADIUS} 0 {large} 1 {to_x:.2} {to_y:.2}")
}

fn place(share: f64) -> (f64, f64) {
    let angle = share * std::f64::consts::TAU;
    (MIDDLE + RADIUS * angle.sin(), MIDDLE - RADIUS * angle.cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_follow_each_other_around_the_ring() {
        for (parts, expected) in [
            (vec![], vec![]),
            (vec![4], vec!["M60 12A48 48 0 1 1 60 108A48 48 0 1 1 60 12"]),
            (vec![0, 4], vec!["M60 12A48 48 0 1 1 60 108A48 48 0 1 1 60 12"]),
            (
                vec![1, 1],
                vec!["M60.00 12.00A48 48 0 0 1 62.11 107.95", "M60.00 108.00A48 48 0 0 1 57.89 12.05"],
            ),
            (
                vec![3, 1],
                vec!["M60.00 12.00A48 48 0 1 1 12.05 62.11", "M12.00 60.00A48 48 0 0 1 57.89 12.05"],
            ),
        ] {
            let parts: Vec<(usize, Hue)> = parts.into_iter().map(|count| (count, Hue::Rest)).collect();
            let mut out = Markup::default();
            draw(&parts, "<parts>", &mut out);
            let text = out.finish().to_string();
            assert!(text.contains("aria-label=\"&lt;parts&gt;\""));
            let arcs: Vec<&str> =
                text.split(" d=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            assert_eq!(arcs, expected);
        }
    }
}

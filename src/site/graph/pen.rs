//! Lines of a layered drawing, as SVG.

use super::layout::Layout;
use crate::site::markup::Markup;

/// How far lines are round where they turn.
const ROUND: i32 = 6;

/// Begins the SVG of a drawing, in its own size.
pub(super) fn begin(layout: &Layout, out: &mut Markup) {
    let (width, height) = (layout.width + 2, layout.height + 2);
    // On a narrower page a drawing shrinks a little before it scrolls.
    let least = match width * 4 / 5 {
        ..400 => "m",
        400..600 => "m4",
        600..800 => "m6",
        800..1000 => "m8",
        1000..1200 => "m10",
        1200..1500 => "m12",
        _ => "m15",
    };
    out.raw("<svg class=\"").raw(least).raw("\" width=\"").number(width).raw("\" height=\"").number(height);
    out.raw("\" viewBox=\"-1 -1 ").number(width).raw(" ").number(height).raw("\">");
}

/// Writes the lines and their arrows.
pub(super) fn lines(layout: &Layout, out: &mut Markup) {
    if layout.lines.is_empty() {
        return;
    }
    out.raw("<path class=\"e\" d=\"");
    layout.lines.iter().for_each(|line| path(line, out));
    out.raw("\"/><path class=\"h\" d=\"");
    for &(x, y, from_left) in &layout.heads {
        let (x, head) = if from_left { (x - 8, "l8 4-8 4z") } else { (x + 8, "l-8 4 8 4z") };
        out.raw("M").number(x).raw(" ").number(y - 4).raw(head);
    }
    out.raw("\"/>");
}

/// Writes one line: it begins and ends level, and turns with round corners.
fn path(points: &[(i32, i32)], out: &mut Markup) {
    let Some(&(x, y)) = points.first() else { return };
    out.raw("M").number(x).raw(" ").number(y);
    let &[from, turn, back, to] = points else {
        points.iter().skip(1).for_each(|&(x, _)| {
            out.raw("H").number(x);
        });
        return;
    };
    let round =
        ((turn.1 - back.1).abs() / 2).min((turn.0 - from.0).abs()).min((back.0 - to.0).abs()).min(ROUND);
    let signed = |positive: bool| if positive { round } else { -round };
    let (right, down, on) = (signed(turn.0 >= from.0), signed(back.1 >= turn.1), signed(to.0 >= back.0));
    out.raw("H").number(turn.0 - right);
    out.raw("q").number(right).raw(" 0 ").number(right).raw(" ").number(down);
    out.raw("V").number(back.1 - down);
    out.raw("q0 ").number(down).raw(" ").number(on).raw(" ").number(down);
    out.raw("H").number(to.0);
}

/// Writes a text of a drawing.
pub(super) fn text(class: &'static str, x: i32, y: i32, text: &str, out: &mut Markup) {
    out.raw("<text class=\"").raw(class).raw("\" x=\"").number(x).raw("\" y=\"").number(y).raw("\">");
    out.text(text).raw("</text>");
}

/// Writes a rectangle.
pub(super) fn rectangle(area: super::layout::Area, out: &mut Markup) {
    out.raw("<rect x=\"").number(area.x).raw("\" y=\"").number(area.y).raw("\" width=\"").number(area.width);
    out.raw("\" height=\"").number(area.height).raw("\" rx=\"4\"/>");
}

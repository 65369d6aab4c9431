//! The drawing of a chart as SVG, in the look of the site, with its text beside it.

use std::fmt::Write;

use super::layout::{LINE, Layout, PADDING, Rect};
use super::{Chart, Form, Stroke};
use crate::site::markup::escape;

/// Returns the drawing of a chart.
pub(super) fn draw(chart: &Chart, layout: &Layout) -> String {
    let mut out = Drawing(String::new());
    let (width, height) = (layout.width.ceil(), layout.height.ceil());
    out.raw(
        "<figure class=\"chart\"><div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Diagram\">",
    );
    out.raw(&format!(
        "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"Diagram, in words below\">"
    ));
    for (title, frame) in chart.groups.iter().zip(&layout.groups) {
        if let Some(frame) = frame {
            out.rect("g", frame, 4.0);
            out.line_of_text("t", frame.x - frame.w / 2.0 + PADDING, frame.y - frame.h / 2.0 + 16.0, title);
        }
    }
    for (edge, points) in chart.edges.iter().zip(&layout.ways) {
        out.edge(points, edge.stroke, edge.arrows, chart.direction.is_across());
    }
    for (node, rect) in chart.nodes.iter().zip(&layout.nodes) {
        out.form(node.form, rect);
        let top = rect.y - (node.lines.len() as f64 - 1.0) * LINE / 2.0 + 4.5;
        let down = if node.form == Form::Store { 5.0 } else { 0.0 };
        for (at, line) in node.lines.iter().enumerate() {
            out.line_of_text("c", rect.x, top + at as f64 * LINE + down, line);
        }
    }
    for (edge, rect) in chart.edges.iter().zip(&layout.labels) {
        if let (Some(label), Some(rect)) = (&edge.label, rect) {
            out.rect("l", rect, 2.0);
            out.line_of_text("s", rect.x, rect.y + 4.0, label);
        }
    }
    out.raw("</svg></div>\n<figcaption><details><summary>In words</summary>\n<ul>\n");
    out.words(chart);
    out.raw("</ul></details>");
    if chart.styled {
        out.raw("<small>Colours and links of the original are left out.</small>");
    }
    out.raw("</figcaption></figure>\n");
    out.0
}

/// Markup in the making.
struct Drawing(String);

impl Drawing {
    fn raw(&mut self, markup: &str) {
        self.0.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        escape(text, &mut self.0).expect("a string takes everything");
    }

    fn write(&mut self, arguments: std::fmt::Arguments<'_>) {
        self.0.write_fmt(arguments).expect("a string takes everything");
    }

    fn rect(&mut self, class: &str, Rect { x, y, w, h }: &Rect, round: f64) {
        let (left, top) = (x - w / 2.0, y - h / 2.0);
        self.write(format_args!(
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{w:.1}\" height=\"{h:.1}\" rx=\"{round:.0}\"/>"
        ));
    }

    fn line_of_text(&mut self, class: &str, x: f64, y: f64, text: &str) {
        self.write(format_args!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">"));
        self.text(text);
        self.raw("</text>");
    }

    /// Writes the outline of a node.
    fn form(&mut self, form: Form, rect: &Rect) {
        let Rect { x, y, w, h } = *rect;
        let (left, top, right, bottom) = (x - w / 2.0, y - h / 2.0, x + w / 2.0, y + h / 2.0);
        match form {
            Form::Box => self.rect("n", rect, 3.0),
            Form::Round => self.rect("n", rect, 10.0),
            Form::Stadium => self.rect("n", rect, h / 2.0),
            Form::Circle => {
                self.write(format_args!("<circle class=\"n\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{:.1}\"/>", w / 2.0));
            }
            Form::Choice => self.write(format_args!(
                "<path class=\"n\" d=\"M{x:.1} {top:.1}L{right:.1} {y:.1}L{x:.1} {bottom:.1}L{left:.1} {y:.1}z\"/>"
            )),
            Form::Hexagon => self.write(format_args!(
                "<path class=\"n\" d=\"M{:.1} {top:.1}H{:.1}L{right:.1} {y:.1}L{:.1} {bottom:.1}H{:.1}L{left:.1} {y:.1}z\"/>",
                left + 12.0,
                right - 12.0,
                right - 12.0,
                left + 12.0
            )),
            Form::Store => {
                let (a, b) = (w / 2.0, 6.0);
                self.write(format_args!(
                    "<path class=\"n\" d=\"M{left:.1} {:.1}a{a:.1} {b} 0 0 1 {w:.1} 0V{:.1}a{a:.1} {b} 0 0 1 -{w:.1} 0zm0 0a{a:.1} {b} 0 0 0 {w:.1} 0\"/>",
                    top + b,
                    bottom - b
                ));
            }
        }
    }

    /// Writes an edge: curves between layers, straight through what it passes.
    fn edge(&mut self, points: &[(f64, f64)], stroke: Stroke, arrows: (bool, bool), across: bool) {
        let class = match stroke {
            Stroke::Plain => "e",
            Stroke::Dotted => "e d",
            Stroke::Thick => "e b",
        };
        let Some(&(x, y)) = points.first() else { return };
        self.write(format_args!("<path class=\"{class}\" d=\"M{x:.1} {y:.1}"));
        for (at, pair) in points.windows(2).enumerate() {
            let ((x1, y1), (x2, y2)) = (pair[0], pair[1]);
            // Every other piece leads through the cell that the edge passes.
            if at % 2 == 1 {
                self.write(format_args!("L{x2:.1} {y2:.1}"));
                continue;
            }
            let (mx, my) = (f64::midpoint(x1, x2), f64::midpoint(y1, y2));
            let (a, b) = if across { ((mx, y1), (mx, y2)) } else { ((x1, my), (x2, my)) };
            self.write(format_args!("C{:.1} {:.1} {:.1} {:.1} {x2:.1} {y2:.1}", a.0, a.1, b.0, b.1));
        }
        self.raw("\"/>");
        if arrows.1 && points.len() > 1 {
            self.arrow(points[points.len() - 1], points[points.len() - 2], across);
        }
        if arrows.0 && points.len() > 1 {
            self.arrow(points[0], points[1], across);
        }
    }

    /// Writes the head of an arrow at a point, coming from the side of another.
    fn arrow(&mut self, (x, y): (f64, f64), from: (f64, f64), across: bool) {
        let back = |at: f64, from: f64| if from < at { -7.0 } else { 7.0 };
        if across {
            let back = back(x, from.0);
            self.write(format_args!("<path class=\"h\" d=\"M{x:.1} {y:.1}l{back} -4v8z\"/>"));
        } else {
            let back = back(y, from.1);
            self.write(format_args!("<path class=\"h\" d=\"M{x:.1} {y:.1}l-4 {back}h8z\"/>"));
        }
    }

    /// Writes every edge as a line of a list, and the nodes that have none.
    fn words(&mut self, chart: &Chart) {
        let name = |node: usize| chart.nodes[node].lines.join(" ");
        for edge in &chart.edges {
            self.raw("<li>");
            self.text(&name(edge.from));
            self.raw(match edge.arrows {
                (false, true) => " leads to ",
                (true, true) => " leads to and comes from ",
                (true, false) => " comes from ",
                (false, false) => " goes with ",
            });
            self.text(&name(edge.to));
            if let Some(label) = &edge.label {
                self.raw(": ");
                self.text(label);
            }
            self.raw("\n");
        }
        let alone = |node: &usize| chart.edges.iter().all(|edge| edge.from != *node && edge.to != *node);
        for node in (0..chart.nodes.len()).filter(alone) {
            self.raw("<li>");
            self.text(&name(node));
            self.raw("\n");
        }
        for (number, title) in chart.groups.iter().enumerate() {
            let members = (0..chart.nodes.len()).filter(|&node| chart.nodes[node].group == Some(number));
            let members: Vec<String> = members.map(name).collect();
            self.raw("<li>");
            self.text(&format!("{title}: {}", members.join(", ")));
            self.raw("\n");
        }
    }
}

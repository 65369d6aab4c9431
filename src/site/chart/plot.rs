//! Lines over time: labelled at their ends, with gaps where there is no value, and all numbers in a table below.

use std::fmt::Write;

use super::figure::plain;
use super::scale::Scale;
use crate::site::link::clip;
use crate::site::markup::Markup;

/// The height of a drawing, and what is left around the lines.
const HEIGHT: f64 = 230.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 24.0;

/// The width of a letter, about, and the height of a label.
const LETTER: f64 = 6.1;
const LINE: f64 = 13.0;

/// The longest label of a line.
const LONGEST: usize = 22;

/// The classes of lines, so that each is told from the others; what it is called stands at its end.
const CLASSES: &[&str] = &["l0", "l1", "l2", "l3", "l4", "l5", "l6", "l7", "l8", "l9"];

/// A drawing of lines.
#[derive(Debug)]
pub(in crate::site) struct Plot {
    /// How wide it is, in the pixels that its letters are made for.
    pub(in crate::site) width: f64,
    /// What it shows, in a sentence.
    pub(in crate::site) words: String,
    /// The points in time: where each is, from 0 to 1, what it is called below the axis, and in full.
    pub(in crate::site) times: Vec<Time>,
    /// The lines, at most ten.
    pub(in crate::site) lines: Vec<Line>,
    /// Levels to compare with.
    pub(in crate::site) levels: Vec<(f64, String)>,
    /// What stands after a number.
    pub(in crate::site) unit: &'static str,
}

/// A point in time.
#[derive(Debug, Clone)]
pub(in crate::site) struct Time {
    /// How far along the axis.
    pub(in crate::site) at: f64,
    /// What it is called where there is little room.
    pub(in crate::site) short: String,
    /// What it is called in full.
    pub(in crate::site) whole: String,
}

/// A line.
#[derive(Debug, Clone)]
pub(in crate::site) struct Line {
    /// What it is called.
    pub(in crate::site) label: String,
    /// Its value at each point in time.
    pub(in crate::site) values: Vec<Option<f64>>,
    /// The points in time that are its own, in order, when others have more: it goes on over those.
    pub(in crate::site) at: Option<Vec<usize>>,
}

impl Line {
    fn last(&self) -> Option<(usize, f64)> {
        self.values.iter().enumerate().rev().find_map(|(at, value)| Some((at, (*value)?)))
    }
}

/// From numbers to places in the drawing.
struct Frame<'a> {
    plot: &'a Plot,
    scale: Scale,
    left: f64,
    right: f64,
}

impl Plot {
    /// Returns how wide a drawing is that stands in so many of twelve columns.
    pub(in crate::site) fn width_of(columns: usize) -> f64 {
        match columns {
            0..=4 => 420.0,
            5..=7 => 640.0,
            8 | 9 => 860.0,
            _ => 1200.0,
        }
    }

    /// Writes the drawing, and its numbers as a table that opens.
    pub(in crate::site) fn write(&self, out: &mut Markup) {
        // Letters stay readable on a phone: the drawing scrolls there.
        let class =
            if self.width > 700.0 { "<div class=\"plot wide scroll\"" } else { "<div class=\"plot scroll\"" };
        out.raw(class)
            .raw(" tabindex=\"0\" role=\"region\" aria-label=\"")
            .text(&self.words)
            .raw("\"><svg width=\"")
            .text(&format!("{}", self.width))
            .raw("\" viewBox=\"0 0 ");
        out.text(&format!("{} {HEIGHT}", self.width))
            .raw("\" role=\"img\" aria-label=\"")
            .text(&self.words)
            .raw("\">");
        let frame = self.frame();
        self.axes(&frame, out);
        for (line, class) in self.lines.iter().zip(CLASSES) {
            out.raw("<path class=\"").raw(class).raw("\" d=\"").text(&frame.path(line)).raw("\"/>");
        }
        self.labels(&frame, out);
        out.raw("</svg></div>");
        self.table(out);
    }

    fn frame(&self) -> Frame<'_> {
        let values = self.lines.iter().flat_map(|line| &line.values).copied().flatten();
        let scale = Scale::of(values.chain(self.levels.iter().map(|(level, _)| *level)));
        let letters = |text: &str| text.chars().count() as f64 * LETTER;
        let marks = scale.marks.iter().map(|mark| letters(&self.shown(*mark)));
        let left = marks.fold(0.0, f64::max) + 8.0;
        let labels =
            self.lines.iter().filter(|line| line.last().is_some()).map(|line| letters(&self.label(line)));
        let right = labels.fold(0.0, f64::max) + 12.0;
        Frame { plot: self, scale, left, right: right.min(self.width / 2.0) }
    }

    fn shown(&self, value: f64) -> String {
        format!("{}{}", plain(value), self.unit)
    }

    /// Returns what stands at the end of a line.
    fn label(&self, line: &Line) -> String {
        let value = line.last().map(|(_, value)| self.shown(value)).unwrap_or_default();
        if line.label.is_empty() { value } else { format!("{value} {}", clip(&line.label, LONGEST)) }
    }

    fn axes(&self, frame: &Frame<'_>, out: &mut Markup) {
        let end = self.width - frame.right;
        for mark in &frame.scale.marks {
            let y = frame.y(*mark);
            out.raw("<path class=\"g\" d=\"")
                .text(&format!("M{:.1} {y:.1}H{end:.1}", frame.left))
                .raw("\"/>");
            text(frame.left - 6.0, y + 4.0, "end", &self.shown(*mark), out);
        }
        for (level, name) in &self.levels {
            let y = frame.y(*level);
            out.raw("<path class=\"mark\" d=\"")
                .text(&format!("M{:.1} {y:.1}H{end:.1}", frame.left))
                .raw("\"/>");
            text(frame.left + 4.0, y - 4.0, "start", &clip(name, 32), out);
        }
        // As many times as there is room for, the last of them always.
        let widest = self.times.iter().map(|time| time.short.chars().count()).max().unwrap_or(0) as f64
            * LETTER
            + 14.0;
        let mut free = f64::INFINITY;
        for time in self.times.iter().rev() {
            let x = frame.x(time.at);
            if x + widest / 2.0 <= free {
                text(x, HEIGHT - 5.0, "middle", &time.short, out);
                free = x - widest / 2.0;
            }
        }
    }

    /// Writes what each line is called at its end, moved apart where they meet.
    fn labels(&self, frame: &Frame<'_>, out: &mut Markup) {
        let lines =
            self.lines.iter().zip(CLASSES).filter_map(|(line, class)| Some((line, *class, line.last()?)));
        let mut labels: Vec<_> =
            lines.map(|(line, class, (at, value))| (frame.y(value) + 4.0, line, class, at)).collect();
        labels.sort_by(|a, b| a.0.total_cmp(&b.0));
        let places =
            apart(&labels.iter().map(|label| label.0).collect::<Vec<_>>(), TOP + 4.0, HEIGHT - BOTTOM + 4.0);
        for ((_, line, class, at), y) in labels.into_iter().zip(places) {
            let x = frame.x(self.times.get(at).map_or(1.0, |time| time.at)) + 8.0;
            let x = x.max(self.width - frame.right + 8.0);
            out.raw("<text class=\"")
                .raw(class)
                .raw("\" x=\"")
                .text(&format!("{x:.1}"))
                .raw("\" y=\"")
                .text(&format!("{y:.1}"));
            out.raw("\">").text(&self.label(line)).raw("</text>");
        }
    }

    fn table(&self, out: &mut Markup) {
        out.raw("<details><summary>Numbers</summary><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Numbers\"><table><thead><tr><th>When");
        for (number, line) in self.lines.iter().enumerate() {
            out.raw("<th class=\"n\">");
            match line.label.as_str() {
                "" => out.raw("Value ").number(number + 1),
                label => out.text(label),
            };
        }
        out.raw("<tbody>\n");
        for (at, time) in self.times.iter().enumerate().rev() {
            out.raw("<tr><th>").text(&time.whole);
            for line in &self.lines {
                match line.values.get(at).copied().flatten() {
                    Some(value) => out.raw("<td class=\"n\">").text(&self.shown(value)),
                    None => out.raw("<td class=\"n\">–"),
                };
            }
            out.raw("\n");
        }
        out.raw("</table></div></details>");
    }
}

impl Frame<'_> {
    fn x(&self, share: f64) -> f64 {
        self.left + (self.plot.width - self.left - self.right) * share
    }

    fn y(&self, value: f64) -> f64 {
        TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - self.scale.share(value))
    }

    /// Returns the path of a line: interrupted where it has no value, a dot where one stands alone.
    fn path(&self, line: &Line) -> String {
        let mut path = String::new();
        let mut drawn = false;
        let all = || (0..line.values.len()).collect();
        let own: Vec<usize> = line.at.clone().unwrap_or_else(all);
        let valued = |at: &usize| line.values.get(*at).copied().flatten();
        for (place, at) in own.iter().enumerate() {
            let (Some(value), Some(time)) = (valued(at), self.plot.times.get(*at)) else {
                drawn = false;
                continue;
            };
            let (x, y) = (self.x(time.at), self.y(value));
            let _ = write!(path, "{}{x:.1} {y:.1}", if drawn { 'L' } else { 'M' });
            let alone = !drawn && own.get(place + 1).and_then(valued).is_none();
            path.push_str(if alone { "h0.1" } else { "" });
            drawn = true;
        }
        path
    }
}

/// Returns places at least a line apart, from the top down, as near as can be to where they should be.
fn apart(wanted: &[f64], top: f64, bottom: f64) -> Vec<f64> {
    let mut places = Vec::with_capacity(wanted.len());
    let mut free = top;
    for &place in wanted {
        let place = place.max(free);
        places.push(place);
        free = place + LINE;
    }
    let mut free = bottom;
    for place in places.iter_mut().rev() {
        *place = place.min(free);
        free = *place - LINE;
    }
    places
}

fn text(x: f64, y: f64, anchor: &'static str, label: &str, out: &mut Markup) {
    out.raw("<text x=\"").text(&format!("{x:.1}")).raw("\" y=\"").text(&format!("{y:.1}"));
    out.raw("\" text-anchor=\"").raw(anchor).raw("\">").text(label).raw("</text>");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(lines: Vec<Vec<Option<f64>>>) -> String {
        let most = lines.iter().map(Vec::len).max().unwrap_or(0);
        let time = |at: usize| Time {
            at: at as f64 / 3.0,
            short: format!("<{at}>"),
            whole: format!("<{at}> whole"),
        };
        let line = |values| Line { label: "<line>".into(), values, at: None };
        let plot = Plot {
            width: 640.0,
            words: "<words>".into(),
            times: (0..most).map(time).collect(),
            lines: lines.into_iter().map(line).collect(),
            levels: vec![(1.0, "<level>".into())],
            unit: " %",
        };
        let mut out = Markup::default();
        plot.write(&mut out);
        out.finish().to_string()
    }

    #[test]
    fn lines_have_gaps_and_dots() {
        let text = plot(vec![vec![Some(1.0), Some(2.0), None, Some(4.0)]]);
        let path =
            text.split("class=\"l0\" d=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a line");
        assert_eq!(path.matches('M').count(), 2, "{path}");
        assert_eq!(path.matches('L').count(), 1, "{path}");
        assert!(path.ends_with("h0.1"), "{path}");
        assert!(!text.contains("<line>") && !text.contains("<words>") && !text.contains("<level>"), "{text}");
        assert!(text.contains("4 % &lt;line&gt;"));
    }

    #[test]
    fn a_line_goes_on_over_the_points_of_others() {
        let time = |at: usize| Time { at: at as f64 / 4.0, short: String::new(), whole: String::new() };
        let line = Line {
            label: String::new(),
            values: vec![Some(1.0), None, Some(3.0), None, Some(2.0)],
            at: Some(vec![0, 2, 4]),
        };
        let plot = Plot {
            width: 640.0,
            words: String::new(),
            times: (0..5).map(time).collect(),
            lines: vec![line],
            levels: Vec::new(),
            unit: "",
        };
        let path = plot.frame().path(&plot.lines[0]);
        assert_eq!((path.matches('M').count(), path.matches('L').count()), (1, 2), "{path}");
    }

    #[test]
    fn nothing_and_far_numbers_are_drawn() {
        for lines in [
            vec![],
            vec![vec![]],
            vec![vec![None, None]],
            vec![vec![Some(1e300), Some(-1e300)]],
            vec![vec![Some(f64::NAN)]],
        ] {
            assert!(plot(lines).contains("</svg>"));
        }
    }

    #[test]
    fn labels_keep_apart_and_inside() {
        for wanted in [vec![50.0, 50.0, 50.0], vec![200.0, 205.0, 206.0], vec![0.0, 1.0], vec![]] {
            let places = apart(&wanted, 16.0, 210.0);
            assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= LINE - 0.001), "{places:?}");
            assert!(places.iter().all(|place| *place <= 210.0), "{places:?}");
        }
    }
}

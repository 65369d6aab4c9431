//! The course of an initiative: how far it was when, drawn, and where that leads, said.

use std::fmt::Write;

use super::Site;
use super::markup::Markup;
use super::words;
use crate::history::{Forecast, Outlook, Point};
use crate::model::instant::Instant;
use crate::score::Progress;

/// The size of the drawing, and what is left around the lines for their labels.
const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 150.0;
const LEFT: f64 = 44.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 24.0;

/// Returns how an initiative has come along, when that is known.
pub(super) fn of<'a>(site: &'a Site<'_>, progress: &Progress) -> Option<&'a Outlook> {
    site.outlooks.iter().find(|outlook| outlook.initiative == progress.initiative)
}

/// Writes when it will be done, against the deadline: `at this pace done by 3 Jan 2027, 12 days late`.
pub(super) fn forecast(outlook: &Outlook, deadline: Option<Instant>, out: &mut Markup) {
    match outlook.forecast {
        Forecast::Done | Forecast::Unknown => {}
        Forecast::Never => {
            out.raw("<span class=\"warn\">no end in sight: none have arrived since ");
            if let Some(first) = outlook.points.first() {
                words::day(first.at, out);
            }
            out.raw("</span>");
        }
        Forecast::At(at) => {
            let late = deadline.filter(|deadline| at > *deadline).map(|deadline| at.since(deadline).shown());
            out.raw(if late.is_some() { "<span class=\"warn\">" } else { "<span>" });
            out.raw("at this pace done by ");
            words::day(at, out);
            if let Some(late) = late {
                out.raw(", ").text(&late).raw(" late");
            }
            out.raw("</span>");
        }
    }
}

/// Writes the drawing: the share over time, the way it goes on, and the deadline. Nothing for fewer than two points.
pub(super) fn draw(outlook: &Outlook, progress: &Progress, out: &mut Markup) {
    let [first, .., last] = outlook.points.as_slice() else { return };
    let ahead = match outlook.forecast {
        Forecast::At(at) => Some(at),
        _ => None,
    };
    // A forecast far beyond the deadline would squeeze what has been into a corner: its line leaves the drawing.
    let end = progress.deadline.unwrap_or(last.at).max(last.at);
    let scale = Scale { start: first.at, end };
    out.raw("<div class=\"plot scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Chart\"><svg viewBox=\"0 0 640 150\" role=\"img\" aria-label=\"");
    out.text(&described(&outlook.points)).raw("\">");
    for (share, label) in [(0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")] {
        let y = scale.y(share);
        out.raw("<path class=\"g\" d=\"").text(&format!("M{LEFT} {y:.1}H{:.1}", WIDTH - RIGHT)).raw("\"/>");
        write_text(LEFT - 6.0, y + 4.0, "end", label, out);
    }
    out.raw("<path class=\"go1\" d=\"").text(&path(&outlook.points, &scale)).raw("\"/>");
    if let Some(at) = ahead {
        out.raw("<path class=\"dash\" d=\"").text(&onward(last, at, &scale)).raw("\"/>");
    }
    if progress.deadline.is_some() {
        let line = format!("M{:.1} {TOP}V{:.1}", scale.x(end), HEIGHT - BOTTOM);
        out.raw("<path class=\"mark\" d=\"").text(&line).raw("\"/>");
    }
    write_text(scale.x(first.at), HEIGHT - 6.0, "start", &first.at.date(), out);
    write_text(scale.x(end), HEIGHT - 6.0, "end", &end.date(), out);
    out.raw("</svg></div>");
}

/// Writes a label.
fn write_text(x: f64, y: f64, anchor: &'static str, label: &str, out: &mut Markup) {
    out.raw("<text x=\"").text(&format!("{x:.1}")).raw("\" y=\"").text(&format!("{y:.1}"));
    out.raw("\" text-anchor=\"").raw(anchor).raw("\">").text(label).raw("</text>");
}

/// Returns the points in words, for who does not see them.
fn described(points: &[Point]) -> String {
    let words: Vec<String> = points
        .iter()
        .map(|point| format!("{}: {} of {}", point.at.date(), point.done, point.total))
        .collect();
    words.join(", ")
}

/// From instants and shares to places in the drawing.
struct Scale {
    start: Instant,
    end: Instant,
}

impl Scale {
    #[expect(clippy::cast_precision_loss, reason = "a place in a drawing")]
    fn x(&self, at: Instant) -> f64 {
        let whole = self.end.since(self.start).millis().max(1) as f64;
        LEFT + (WIDTH - LEFT - RIGHT) * (at.since(self.start).millis() as f64 / whole)
    }

    fn y(&self, share: f64) -> f64 {
        TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - share)
    }
}

fn path(points: &[Point], scale: &Scale) -> String {
    let mut path = String::new();
    for (number, point) in points.iter().enumerate() {
        let word = if number == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{word}{:.1} {:.1}", scale.x(point.at), scale.y(point.share()));
    }
    path
}

/// Returns the line from the last point to where all have arrived, cut where the drawing ends.
#[expect(clippy::cast_precision_loss, reason = "a place in a drawing")]
fn onward(last: &Point, at: Instant, scale: &Scale) -> String {
    let seen = at.min(scale.end.max(last.at));
    let way = at.since(last.at).millis().max(1) as f64;
    let share = last.share() + (1.0 - last.share()) * (seen.since(last.at).millis() as f64 / way);
    format!(
        "M{:.1} {:.1}L{:.1} {:.1}",
        scale.x(last.at),
        scale.y(last.share()),
        scale.x(seen),
        scale.y(share.min(1.0))
    )
}

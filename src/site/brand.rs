//! What shows whose site it is: the logo, the picture on tabs, the stylesheet of the accent.

use minijinja::Value;

use super::record::{maybe, none, record};
use super::{Error, Options, Site, asset, frame};
use crate::brand::{Accent, Logo, Tones};
use crate::output::{Output, Rank};
use crate::portal::Portal;

/// The stylesheet of the accent, which pages load after ours.
const STYLESHEET: &str = "portal-brand.css";

/// The picture on tabs, when the logo is none for it.
const FAVICON: &str = "favicon.svg";

/// How high the logo is in the bar, in pixels.
const HEIGHT: f64 = 22.0;

/// A logo that is so much wider than high has the name in it: the bar does not say it again.
const WORDMARK: f64 = 2.5;

/// Between these ratios a logo will do as the picture on tabs.
const SQUARE: std::ops::RangeInclusive<f64> = 0.66..=1.5;

/// Our accent on light grounds, and what is written on it.
const ACCENT: (&str, &str) = ("#066169", "#fff");

record! {
    /// The logo in the bar; `alt` is the name when the logo has it in it.
    LogoPart { path, alt, width, height }
}

record! {
    /// What the picture on tabs is drawn with.
    Favicon { accent, on }
}

/// Returns what every template may read of a portal.
pub(super) fn common(portal: &Portal, address: Option<&str>, feed: bool) -> Value {
    let config = portal.catalog.config();
    let title = config.title.as_deref().unwrap_or("Developer portal");
    let logo = portal.brand.logo.as_ref();
    let favicon = logo.filter(|logo| SQUARE.contains(&logo.ratio)).map(path);
    Value::from(frame::Common {
        title: Value::from(title),
        description: maybe(config.description.as_deref()),
        address: maybe(address),
        feed: Value::from(feed),
        logo: maybe(logo.map(|logo| logo_part(logo, title))),
        favicon: Value::from(favicon.unwrap_or_else(|| FAVICON.to_string())),
        accent: Value::from(portal.brand.accent.is_some()),
    })
}

fn logo_part(logo: &Logo, title: &str) -> LogoPart {
    LogoPart {
        path: Value::from(path(logo)),
        alt: if logo.ratio >= WORDMARK { Value::from(title) } else { Value::from("") },
        width: Value::from(format!("{:.0}", (HEIGHT * logo.ratio).max(1.0))),
        height: Value::from(format!("{HEIGHT}")),
    }
}

/// Returns where the logo is in the site.
fn path(logo: &Logo) -> String {
    format!("logo.{}", logo.format.extension())
}

/// Writes the files, those that the catalog does not bring itself.
pub(super) fn write(site: &Site<'_>, output: &Output, options: &Options) -> Result<(), Error> {
    let brand = &site.portal.brand;
    let write = |path: &str, bytes: &[u8]| match asset::is_replaced(options, path) {
        true => Ok(()),
        false => output.write(path, Rank::Leaf, bytes),
    };
    if let Some(logo) = &brand.logo {
        write(&path(logo), &logo.bytes)?;
    }
    if let Some(accent) = &brand.accent {
        write(STYLESHEET, stylesheet(accent).as_bytes())?;
    }
    let light = brand.accent.map(|accent| accent.light);
    let (accent, on) = light.map_or_else(
        || (ACCENT.0.to_string(), ACCENT.1.to_string()),
        |Tones { accent, on, .. }| (accent.to_string(), on.to_string()),
    );
    let mut picture = Vec::new();
    let colors = Favicon { accent: Value::from(accent), on: Value::from(on) };
    site.theme.render(FAVICON, colors.into(), &mut picture)?;
    write(FAVICON, &picture)?;
    Ok(())
}

/// Returns the tokens of `templates/portal.css` that an accent changes.
fn stylesheet(Accent { light, dark }: &Accent) -> String {
    format!(
        ":root{{--accent:light-dark({},{});--tint:light-dark({},{});--on:light-dark({},{})}}\n",
        light.accent, dark.accent, light.tint, dark.tint, light.on, dark.on
    )
}

/// Returns the text at the top of the home page, as markup.
pub(super) fn text(site: &Site<'_>) -> Value {
    site.portal.brand.text.as_deref().map_or_else(none, |text| super::markdown::markup(text).finish())
}

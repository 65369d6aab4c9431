//! Whose site it is: the logo, the accent and the text of the home page, read and found fit to be shown.

mod accent;
mod logo;

use crate::diagnostic::{Diagnostic, Diagnostics, Rule};
use crate::model::Spanned;
use crate::model::site::Site;
use crate::worktree::Files;

pub use accent::{Accent, Tones};
pub use logo::{Format, Logo};

/// The most bytes of the text of the home page.
const LONGEST: usize = 256 * 1024;

/// What a site shows of whose it is.
#[derive(Debug, Clone, Default)]
pub struct Brand {
    /// The picture in the bar.
    pub logo: Option<Logo>,
    /// The colour of links and marks.
    pub accent: Option<Accent>,
    /// The Markdown at the top of the home page.
    pub text: Option<String>,
}

impl Brand {
    /// Returns what the settings of a site name, pushing what cannot be had or shown.
    pub fn read(site: &Site, files: &dyn Files, found: &mut Diagnostics) -> Self {
        Self {
            logo: site.logo.as_ref().and_then(|path| logo(path, files, found)),
            accent: Accent::derive(&site.accent, found),
            text: site.text.as_ref().and_then(|path| text(path, files, found)),
        }
    }
}

fn logo(path: &Spanned<String>, files: &dyn Files, found: &mut Diagnostics) -> Option<Logo> {
    let bytes = bytes(path, logo::LARGEST, files, found)?;
    match Logo::parse(bytes) {
        Ok(logo) => Some(logo),
        Err((reason, help)) => {
            let message = format!("the logo `{}` {reason}", path.value);
            found.push(Diagnostic::new(Rule::UnusableLogo, path.span, message).help(help));
            None
        }
    }
}

fn text(path: &Spanned<String>, files: &dyn Files, found: &mut Diagnostics) -> Option<String> {
    let bytes = bytes(path, LONGEST, files, found)?;
    let text = String::from_utf8(bytes).map_err(|_| unreadable(path, "is not UTF-8 text"));
    text.map_err(|finding| found.push(finding)).ok()
}

/// Returns what a file holds that the settings name.
fn bytes(path: &Spanned<String>, most: usize, files: &dyn Files, found: &mut Diagnostics) -> Option<Vec<u8>> {
    let bytes = files.reference(&path.value, most).map_err(|reason| unreadable(path, &reason));
    bytes.map_err(|finding| found.push(finding)).ok()
}

fn unreadable(path: &Spanned<String>, reason: &str) -> Diagnostic {
    let help = "a path is relative to the folder of portal.yaml, and stays inside it";
    Diagnostic::new(Rule::FileReference, path.span, format!("`{}` {reason}", path.value)).help(help)
}

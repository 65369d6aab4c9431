//! The files that pages load: stylesheets and scripts, each of which a catalog's file of the same name replaces.

use std::borrow::Cow;

use super::{Error, Options, Site, graph};
use crate::output::{Output, Rank};

/// A file that is embedded in the binary.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asset {
    /// Its path in the site.
    pub(super) path: &'static str,
    /// What it holds.
    pub(super) text: &'static str,
}

impl Asset {
    /// Returns what is served: a script without what is for its writers alone.
    pub(super) fn served(&self) -> Cow<'static, str> {
        if !self.path.ends_with(".js") {
            return Cow::Borrowed(self.text);
        }
        Cow::Owned(minifier::js::minify(self.text).to_string())
    }
}

/// What every page looks like.
pub(super) const STYLESHEET: Asset =
    Asset { path: "portal.css", text: include_str!("../../templates/portal.css") };

/// What pages look like that show more than an entity: forms, drawings, charts, tables with tools.
pub(super) const VIEWS: Asset =
    Asset { path: "portal-views.css", text: include_str!("../../templates/portal-views.css") };

/// The script of every page: search, the switch of colours, dates, copying.
pub(super) const SCRIPT: Asset = Asset { path: "portal.js", text: include_str!("../../templates/portal.js") };

/// The script of the pages of actions.
pub(super) const FORM: Asset =
    Asset { path: "portal-form.js", text: include_str!("../../templates/portal-form.js") };

/// The script of the explorer of the graph.
pub(super) const GRAPH: Asset =
    Asset { path: "portal-graph.js", text: include_str!("../../templates/portal-graph.js") };

/// The script of tables: sorting, filters, groups, columns.
pub(super) const TABLE: Asset =
    Asset { path: "portal-table.js", text: include_str!("../../templates/portal-table.js") };

/// Every file, in the order of their paths.
pub(super) const ALL: [Asset; 6] = [FORM, GRAPH, TABLE, VIEWS, STYLESHEET, SCRIPT];

/// Writes those that pages of this site load and that the catalog does not bring itself.
pub(super) fn write(site: &Site<'_>, output: &Output, options: &Options) -> Result<(), Error> {
    for asset in ALL {
        let used = match asset.path {
            path if path == FORM.path => !site.offers.all.is_empty(),
            path if path == GRAPH.path => graph::is_any(site.portal),
            _ => true,
        };
        if used && !is_replaced(options, asset.path) {
            output.write(asset.path, Rank::Leaf, asset.served().as_bytes())?;
        }
    }
    Ok(())
}

/// Returns whether the catalog brings a file of its own in the place of one of ours.
pub(super) fn is_replaced(options: &Options, path: &str) -> bool {
    options.statics.iter().any(|(own, _)| own == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The limits that the site promises: whoever reads a page waits for nothing else.
    #[test]
    fn pages_stay_light() {
        assert!(STYLESHEET.text.len() <= 16 * 1024, "{} bytes", STYLESHEET.text.len());
        let scripts: usize =
            ALL.iter().filter(|asset| asset.path.ends_with(".js")).map(|asset| asset.served().len()).sum();
        assert!(scripts <= 40 * 1024, "{scripts} bytes of scripts");
        let every = SCRIPT.served().len();
        assert!(every <= 14 * 1024, "every page loads {every} bytes of script");
    }
}

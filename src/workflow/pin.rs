//! The actions that generated GitHub workflows use: all GitHub's own, each at a commit.

/// An action at a commit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pin {
    /// `owner/name@commit`.
    pub(super) uses: &'static str,
    /// The version that the commit is.
    pub(super) version: &'static str,
}

/// Checks the repository out.
pub(super) const CHECKOUT: Pin =
    Pin { uses: "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd", version: "v6.0.2" };

/// Keeps files of a run.
pub(super) const UPLOAD: Pin =
    Pin { uses: "actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f", version: "v6.0.0" };

/// Keeps a site for GitHub Pages.
pub(super) const UPLOAD_PAGES: Pin =
    Pin { uses: "actions/upload-pages-artifact@7b1f4a764d45c48632c6b24a0339c27f5614fb0b", version: "v4.0.0" };

/// Publishes the site that was kept.
pub(super) const DEPLOY_PAGES: Pin =
    Pin { uses: "actions/deploy-pages@d6db90164ac5ed86f2b6aed7e0febac5b3c0c03e", version: "v4.0.5" };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_githubs_own_and_pinned() {
        for pin in [CHECKOUT, UPLOAD, UPLOAD_PAGES, DEPLOY_PAGES] {
            let (name, commit) = pin.uses.split_once('@').expect("an action has a commit");
            assert!(name.starts_with("actions/"), "{name}");
            assert!(commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()), "{name}");
            assert!(pin.version.starts_with('v'), "{name}");
        }
    }
}

//! The tags of a repository on disk.

use std::path::Path;

use super::fetch::Tag;
use super::{GitError, discover};

/// Returns the tags of the repository that `from` is in that mark commits, by name.
///
/// # Errors
/// When there is no repository, or Git cannot read it.
pub fn tags(from: &Path) -> Result<Vec<Tag>, GitError> {
    let repository = discover(from)?;
    let cannot = |error: git2::Error| GitError::new("cannot read the tags of the repository", &error);
    let mut tags = Vec::new();
    for reference in repository.references_glob("refs/tags/*").map_err(cannot)? {
        let reference = reference.map_err(cannot)?;
        let name = reference.name().ok().and_then(|name| name.strip_prefix("refs/tags/")).map(String::from);
        // A tag may mark something else than a commit, and have a name that is no Unicode: no template is named by it.
        let Some((name, commit)) = name.zip(reference.peel_to_commit().ok()) else { continue };
        tags.push(Tag { name, commit: commit.id().to_string() });
    }
    tags.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(tags)
}

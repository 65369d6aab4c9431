//! Templates that are rendered: not yet.

use super::{Done, Scene};

pub(super) fn perform(scene: &Scene<'_>) -> Result<Done, String> {
    let template = scene.text_at("template")?;
    Err(format!("this version of portal does not render templates, so `{template}` was not: use `run`"))
}

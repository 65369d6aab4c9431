//! Scorecard levels that must be held to go on.

use super::{Done, Scene};
use crate::known::{Card, Standing};
use crate::model::phrase::{clip, quoted_first};

pub(super) fn perform(scene: &Scene<'_>) -> Result<Done, String> {
    let at = |key: &str| scene.text_at(key);
    let (scorecard, level) = (at("scorecard")?, at("failUnder")?);
    let entity = scene.entity(scene.name_at("blueprint")?, scene.name_at("entity")?)?;
    let portal = scene.setting.portal;
    let blueprint = portal.catalog.find_blueprint(&entity.blueprint);
    let id = blueprint.and_then(|blueprint| portal.catalog.find_entity(blueprint, &entity.identifier));
    let id =
        id.ok_or_else(|| format!("there is no `{}` of `{}`", clip(&entity.identifier), entity.blueprint))?;
    let card = portal.scores.find(&scorecard, blueprint);
    let card = card
        .ok_or_else(|| format!("there is no scorecard `{}` for `{}`", clip(&scorecard), entity.blueprint))?;
    let bar = card.find_level(&level);
    let bar = bar.ok_or_else(|| format!("`{}` has no level `{}`", card.identifier, clip(&level)))?;
    let standing = card.standing(id);
    let standing = standing
        .ok_or_else(|| format!("`{}` is not judged by `{}`", clip(&entity.identifier), card.identifier))?;
    let reached = &standing.reached().title;
    if standing.level >= bar {
        return Ok(
            Done::saying(format!("`{}` is at {reached}", entity.identifier)).with("level", reached.as_str())
        );
    }
    let missing = missing(card, &standing, bar);
    Err(format!(
        "`{}` is at {reached} of `{}`, under {level}: {} missing",
        entity.identifier,
        card.identifier,
        quoted_first(missing)
    ))
}

/// Returns the rules up to a level that neither pass nor are waived.
fn missing<'a>(card: &'a Card, standing: &'a Standing<'_>, bar: usize) -> impl Iterator<Item = &'a str> {
    let rules = card.rules.iter().zip(standing.outcomes);
    let open = rules.filter(move |(rule, outcome)| {
        rule.counts() && rule.level <= Some(bar) && !outcome.counts_as_passed()
    });
    open.map(|(rule, _)| rule.identifier.as_str())
}

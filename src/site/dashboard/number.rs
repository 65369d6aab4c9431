//! Numbers: how many entities, what a property of them comes to, a property of one.

use super::data::{Data, Scene, begin_list};
use super::widget::{Pen, empty};
use crate::compute::measure::Measure;
use crate::model::page::{Amount, Decimals, Number, Reference, Unit, Widget};
use crate::model::property::PALETTE;
use crate::site::chart::figure::figure;
use crate::site::markup::Markup;
use crate::site::table::List;

use super::ROOT;

/// Writes a number.
pub(super) fn write(
    scene: &Scene<'_, '_>,
    number: &Number,
    data: &Data<'_>,
    widget: &Widget,
    pen: &mut Pen<'_, '_, '_>,
) {
    let (value, single) = match number.amount {
        Amount::Single => match single(scene, number, data) {
            Some((value, entity)) => (value, Some(entity)),
            None => (None, None),
        },
        amount => (computed(scene, number, data, amount), None),
    };
    let Some(value) = value.filter(|value| value.is_finite()) else {
        empty(widget, "There is no value for this.", pen.out);
        return;
    };
    let format = number.format(value);
    pen.out.raw("<p class=\"num\">");
    let linked = match single {
        Some(entity) => {
            scene.site.face(entity).begin(ROOT, pen.out).raw("\">");
            true
        }
        None => begin_list(scene.site, data.blueprint, data.list(), pen.out),
    };
    shown(value, &number.unit, number.decimals, pen.out);
    pen.out.raw(if linked { "</a>" } else { "" });
    if let Some(format) = format {
        let color =
            format.color.as_deref().and_then(|own| PALETTE.iter().copied().find(|color| *color == own));
        pen.out.raw(" <span class=\"tag ").raw(color.unwrap_or("lightGray")).raw("\">");
        let usual = || format!("{} {}", format.operator, figure(format.value, 2, false));
        pen.out
            .text(&format.message.clone().filter(|text| !text.is_empty()).unwrap_or_else(usual))
            .raw("</span>");
    }
    pen.out.raw("</p>");
    if let Some(text) = widget.description.as_deref().filter(|text| !text.trim().is_empty()) {
        pen.out.raw("<p class=\"dim\">").text(text.trim()).raw("</p>");
    }
    if let Some(text) = format.and_then(|format| format.description.as_deref()) {
        pen.out.raw("<p class=\"dim\">").text(text).raw("</p>");
    }
    let without = data.list().map_or(0, List::left_out);
    if without > 0 && single.is_none() {
        pen.out.raw("<p class=\"dim\">Its list is without ").number(without).raw(" of its filters</p>");
    }
    if let Some(words) = basis(scene, number, data) {
        pen.out.raw("<p class=\"dim\">").text(&words).raw("</p>");
    }
}

/// Writes a number with its unit.
fn shown(value: f64, unit: &Unit, decimals: Decimals, out: &mut Markup) {
    let text = match decimals {
        Decimals::Usual => figure(value, 2, false),
        Decimals::Round => figure(value, 0, false),
        Decimals::Places(places) => figure(value, places, true),
    };
    let side = |out: &mut Markup| {
        out.raw("<small>").text(&unit.text).raw("</small>");
    };
    if unit.before && !unit.text.is_empty() {
        side(out);
        out.raw(" ");
    }
    out.raw("<b>").text(&text).raw("</b>");
    if !unit.before && !unit.text.is_empty() {
        out.raw(" ");
        side(out);
    }
}

fn name(number: &Number) -> Option<&str> {
    match number.property.as_ref().map(|property| &property.value) {
        Some(Reference::Property(name) | Reference::Named(name)) => Some(name),
        _ => None,
    }
}

fn computed(scene: &Scene<'_, '_>, number: &Number, data: &Data<'_>, amount: Amount) -> Option<f64> {
    let over = if amount == Amount::Property { Some(name(number)?.to_string()) } else { None };
    let measure = Measure {
        function: number.function(),
        over,
        period: number.period(),
        dated: number.dated.as_ref().map_or_else(|| "$createdAt".into(), |dated| dated.value.clone()),
    };
    measure.value(scene.site.portal.known(), &data.entities, data.condition.period(&measure.dated))
}

/// Returns the property of one entity, and the entity.
fn single(
    scene: &Scene<'_, '_>,
    number: &Number,
    data: &Data<'_>,
) -> Option<(Option<f64>, crate::catalog::EntityId)> {
    let catalog = scene.site.catalog();
    let named = || catalog.find_entity(data.blueprint, &number.entity.as_ref()?.value);
    let id = scene.entity().or_else(named)?;
    let value =
        name(number).and_then(|name| scene.site.portal.known().value(catalog.entity(id), name).as_f64());
    Some((value, id))
}

/// Returns over how many entities a property was counted.
fn basis(scene: &Scene<'_, '_>, number: &Number, data: &Data<'_>) -> Option<String> {
    let name = name(number).filter(|_| number.amount == Amount::Property)?;
    let known = scene.site.portal.known();
    let has =
        |id: &&crate::catalog::EntityId| known.value(known.catalog.entity(**id), name).as_f64().is_some();
    let (with, all) = (data.entities.iter().filter(has).count(), data.entities.len());
    let of = if with == all { format!("{all}") } else { format!("{with} of {all}") };
    let word = number.function.as_ref().map_or("count", |function| function.value.as_str());
    Some(format!("{word} over {of} {}", if all == 1 { "entity" } else { "entities" }))
}

use std::fs;
use std::path::Path;

use crate::history::{Sample, Trends};
use crate::model::instant::Instant;
use crate::portal::{Origin, Portal};
use crate::site::{Options, build};
use crate::worktree::Worktree;

/// A text that must stay text, in every place that takes one.
const HOSTILE: &str = r#"</title><script>alert(1)</script>"><img src=x onerror=alert(1)>"#;

const SERVICE: &str = "
identifier: service
title: Service
ownership: {type: Direct}
schema:
  properties:
    tier: {type: number, enum: [1, 2], enumColors: {'1': red, '2': orange}}
    cost: {type: number}
    name: {type: string}
    day: {type: string, format: date-time}
    live: {type: boolean}
    many: {type: array}
relations:
  needs: {target: service, many: true}
";

const CARE: &str = "
identifier: care
title: Care
blueprint: service
levels: [{title: Floor, color: paleBlue}, {title: Good, color: green}, {title: Best, color: gold}]
rules:
  - {identifier: named, level: Good, query: {combinator: and, conditions: [{property: name, operator: isNotEmpty}]}}
  - {identifier: live, level: Best, query: {combinator: and, conditions: [{property: live, operator: '=', value: true}]}}
";

const ENTITIES: &str = "
- {identifier: a, blueprint: service, properties: {tier: 1, cost: 10, name: x, day: '2026-11-02T10:00:00Z', live: true, many: [p, q]}, relations: {needs: [b, c]}}
- {identifier: b, blueprint: service, properties: {tier: 1, cost: 20, name: y, day: '2026-11-09T10:00:00Z', live: false, many: [p]}, relations: {needs: [c]}}
- {identifier: c, blueprint: service, properties: {tier: 2, day: '2026-11-10T10:00:00Z'}}
- {identifier: d, blueprint: service}
";

/// Returns the page with these keys, as the site has it.
fn page(keys: &str, trends: Trends) -> String {
    with(keys, ENTITIES, trends)
}

fn with(keys: &str, entities: &str, trends: Trends) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/"))).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    write("blueprints/service.yaml", SERVICE);
    write("scorecards/care.yaml", CARE);
    write("entities/all.yaml", entities);
    write("pages/it.yaml", &format!("{{identifier: it, {keys}}}"));
    let files = Worktree::new(folder.path());
    let now = Instant::parse("2026-11-21T18:00:00Z").expect("an instant");
    let portal = Portal::open(Origin::new(&files, now), None).expect("opens");
    let site = folder.path().join("site");
    build(&portal, &site, &Options { trends, ..Options::default() }).expect("builds");
    let text = fs::read_to_string(site.join("pages/it.html")).expect("a page");
    text.split_once("<main").map(|(_, main)| main.to_string()).expect("a main part")
}

/// Returns what a page with one widget shows, its markup left out, and spaces once.
fn shown(widget: &str) -> String {
    text(&page(&format!("widgets: [{{{widget}}}]"), Trends::default()))
}

fn text(markup: &str) -> String {
    let mut out = String::new();
    for part in markup.split('<') {
        let (tag, rest) = part.split_once('>').unwrap_or(("", part));
        let name = tag.split(' ').next().unwrap_or_default();
        out.push_str(if matches!(name, "td" | "th") { " | " } else { " " });
        out.push_str(rest);
    }
    let main = out.split("About this site").next().unwrap_or_default();
    main.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_widget_says_its_numbers() {
    let mut failures = String::new();
    let number = |rest: &str| format!("type: entities-number-chart, title: T, blueprint: service, {rest}");
    for (widget, expected) in [
        (number("chartType: countEntities, func: count"), "T 4"),
        (number("func: count, unit: custom, unitCustom: pcs, dataset: {combinator: and, rules: [{property: tier, operator: '=', value: 1}]}"), "T 2 pcs"),
        (number("func: count, dataset: [{property: tier, operator: '=', value: 9}]"), "T 0"),
        (number("chartType: aggregateByProperty, func: sum, property: cost, unit: $, unitAlignment: left"), "T $ 30 sum over 2 of 4 entities"),
        (number("chartType: aggregateByProperty, func: average, property: property#cost"), "T 15 average over 2 of 4"),
        (number("chartType: aggregateByProperty, func: max, property: cost, dataset: [{property: tier, operator: '=', value: 2}], emptyStateText: '**no** cost'"), "T no cost"),
        (number("chartType: displaySingleProperty, entity: b, property: cost, displayFormatting: custom, decimalPlaces: 2"), "T 20.00"),
        (number("func: average, averageOf: week, measureTimeBy: day, dataset: [{property: day, operator: isNotEmpty}]"), "T 1"),
        (number("func: count, conditionalFormatting: [{operator: '>', value: 3, color: red, message: many, description: why}]"), "T 4 many why"),
        ("type: entities-pie-chart, title: T, blueprint: service, property: property#tier".into(), "T All 4 4 | tier | Entities | Share | 1 | 2 | 50 % | 2 | 1 | 25 % | not set | 1 | 25 %"),
        ("type: entities-pie-chart, title: T, blueprint: service, property: scorecard#care".into(), "| Best | 1 | 25 % | Good | 1 | 25 % | Floor | 2 | 50 %"),
        ("type: bar-chart, title: T, blueprint: service, property: scorecard-rule#care#named".into(), "| passed | | 2 | failed | | 2"),
        ("type: bar-chart, title: T, blueprint: service, property: property#live".into(), "| no | | 1 | yes | | 1 | not set | | 2"),
        ("type: bar-chart, title: T, blueprint: service, property: property#many".into(), "| p | | 2 | q | | 1 | not set | | 2 4 entities; those with several values count for each."),
        ("type: bar-chart, title: T, blueprint: service, property: relation#needs.needs".into(), "| c | | 1 | not set | | 3"),
        ("type: bar-chart, title: T, blueprint: service, property: $team".into(), "| nobody | | 4"),
        ("type: bar-chart, title: T, blueprint: none, property: a".into(), "There is no blueprint `none` in this catalog."),
        ("type: bar-chart, title: T, blueprint: service, property: property#nothing".into(), "nothing of that name to divide by"),
        ("type: line-chart, title: T, blueprint: service, chartType: countEntities, measureTimeBy: day, timeInterval: isoWeek, timeRange: {preset: lastMonth}".into(), "| When | Value 1 | 16 Nov 2026 | 0 | 9 Nov 2026 | 2 | 2 Nov 2026 | 1 | 26 Oct 2026 | 0"),
        ("type: line-chart, title: T, blueprint: service, chartType: aggregatePropertiesValues, func: sum, properties: [properties.cost], measureTimeBy: day, timeInterval: isoWeek, timeRange: {preset: last2Weeks}".into(), "| 16 Nov 2026 | – | 9 Nov 2026 | 20"),
        ("type: multi-line-chart, title: T, timeInterval: month, timeRange: {preset: lastMonth}, lines: [{title: A, blueprint: service, chartType: countEntities, measureTimeBy: day, breakdownProperty: property#tier}]".into(), "| When | 1 | 2 | not set | Nov 2026 | 2 | 1 | 0"),
        ("type: line-chart, title: T, blueprint: service, chartType: propertiesValueHistory, entity: a, properties: [properties.cost]".into(), "There is no history to draw this from yet."),
        ("type: table-entities-explorer, title: T, dataset: {combinator: and, rules: [{property: $blueprint, operator: '=', value: service}, {property: cost, operator: '>', value: 5}]}, blueprintConfig: {service: {groupSettings: {groupBy: [tier]}, sortSettings: {sortBy: [{property: cost, order: desc}]}, propertiesSettings: {shown: [cost, needs, care, $title]}}}".into(), "All 2 | Service | cost | needs | Care | 1 2 | b | 20 | c | Good | a | 10 | b , c | Best"),
        ("type: heat-map, title: T, blueprint: service, rows: property#tier, columns: property#live".into(), "| tier | no | yes | not set | 1 2 | 1 | 1 | 0 | 2 1 | 0 | 0 | 1"),
        ("type: heat-map, title: T, scorecard: care, rows: property#tier".into(), "| 1 2 | 100 | 50 | 2 1 | 0 | 0 | not set 1 | 0 | 0"),
        ("type: scorecard-levels, title: T".into(), "| Care | | 50 % Good or above | 4"),
        ("type: scorecard-levels, title: T, scorecard: care, property: property#tier".into(), "| 2 | | 0 % | 1 | not set | | 0 % | 1 | 1 | | 100 % | 2"),
        ("type: scorecard-trend, title: T, scorecard: care".into(), "There is no history to draw this from yet."),
        ("type: initiatives, title: T".into(), "There is no initiative."),
        ("type: entity-details, title: T, blueprint: service, entity: a, hiddenQuery: [name]".into(), "T a tier 1 cost 10 day 2 Nov 2026, 10:00 UTC live yes many p, q needs b , c Care Best"),
        ("type: markdown, title: T, markdown: 'Hello **you**'".into(), "T Hello you"),
        ("type: markdown, title: T, source: property, blueprintIdentifier: service, entityIdentifier: a, propertyIdentifier: name".into(), "T x"),
        ("type: iframe-widget, title: T, url: 'https://example.com/x'".into(), "T example.com/x A page of another host. This site loads nothing from there."),
        ("type: links-widget, title: T, links: [{title: A, url: 'https://example.com', description: d}, {title: B, url: 'javascript:alert(1)'}]".into(), "T A d B"),
        ("type: action-card-widget, title: T, actions: [{action: none}]".into(), "T none is not offered"),
        ("type: runs-table, title: T".into(), "No run is on record."),
        ("type: ai-agent, title: T".into(), "ai-agent talks to a service of Port"),
        ("type: nothing, title: T".into(), "There is no widget of the type nothing"),
        ("type: grouper, title: T, groups: [{title: One, widgets: [{type: markdown, title: M, markdown: a}]}, {title: Two, widgets: []}]".into(), "T One M a Two"),
        (number("func: count, dataset: {combinator: and, rules: [{property: $team, operator: containsAny, value: [{context: userTeams, property: '$identifier'}]}]}"), "This depends on who looks"),
    ] {
        let found = shown(&widget);
        if !found.contains(expected) {
            failures.push_str(&format!("{widget}\n  shows     {found}\n  not       {expected}\n"));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn numbers_lead_to_their_lists() {
    let page = page(
        "widgets: [{type: entities-pie-chart, blueprint: service, property: property#tier, dataset: {combinator: and,
          rules: [{property: name, operator: '!=', value: 'a/b=c&d'}, {property: tier, operator: in, value: [1, 2]}]}}]",
        Trends::default(),
    );
    let filter = "data-filter=\"name!=a%2Fb%3Dc%26d&amp;tier=1,2&amp;tier=1\"";
    assert!(page.contains(&format!("<a href=\"../service/index.html\" {filter}>")), "{page}");
}

#[test]
fn filters_of_the_page_hold_for_widgets_that_have_what_they_ask() {
    let keys = "pageFilters: [{identifier: t, title: T, query: {combinator: and, rules: [{property: tier, operator: '=', value: 1}]}},
        {query: {combinator: and, rules: [{property: nothing, operator: '=', value: 1}]}}],
        widgets: [{type: entities-number-chart, title: N, blueprint: service, func: count}]";
    assert!(text(&page(keys, Trends::default())).contains("N 2"));
}

#[test]
fn widgets_stand_in_the_rows_that_hold_them_and_none_is_lost() {
    let keys = "layout: [{columns: [{id: b, size: 4}, {id: a, size: 8}, {id: none, size: 3}]}, {columns: [{id: a, size: 12}]}],
        widgets: [{id: a, type: markdown, title: A, markdown: x}, {id: b, type: markdown, title: B, markdown: x}, {id: c, type: markdown, title: C, markdown: x}]";
    let page = page(keys, Trends::default());
    let places: Vec<&str> = page
        .split("<div class=\"c")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|c| c.len() < 3)
        .collect();
    assert_eq!(places, ["4", "8", "12"]);
    assert!(text(&page).contains("B x A x C x"), "{}", text(&page));
}

#[test]
fn what_is_long_is_cut_and_counted() {
    let entities: String = (0..1000)
        .map(|number| format!("- {{identifier: e{number:04}, blueprint: service, properties: {{name: n{}, cost: {number}}}}}\n", number % 60))
        .collect();
    let keys = "widgets: [{type: entities-pie-chart, title: P, blueprint: service, property: property#name},
        {type: bar-chart, title: B, blueprint: service, property: property#name},
        {type: entities-pie-chart, title: A, blueprint: service, property: property#name, dontAggregateOther: true},
        {type: heat-map, title: H, blueprint: service, rows: property#name, columns: property#name},
        {type: table-entities-explorer, title: T, blueprint: service, dataset: []}]";
    let found = text(&with(keys, &entities, Trends::default()));
    for expected in [
        "53 others",
        "45 others",
        "47 others",
        "20 smaller rows are left out",
        "44 smaller columns are left out",
        "The first 25 of 1000.",
    ] {
        assert!(found.contains(expected), "{expected} is not in {found}");
    }
}

#[test]
fn scorecards_and_values_have_a_past() {
    let sample = |day: &str, levels: Vec<usize>, value: Option<f64>| Sample {
        at: Instant::parse(day).expect("a day"),
        levels: [(("care".to_string(), "service".to_string()), levels)].into(),
        entities: [("service".to_string(), 4)].into(),
        values: value
            .map(|value| (("service".to_string(), "a".to_string(), "cost".to_string()), value))
            .into_iter()
            .collect(),
    };
    let trends = Trends {
        samples: vec![
            sample("2026-08-01", vec![4, 0, 0], Some(3.0)),
            sample("2026-09-01", vec![3, 1, 0], None),
            sample("2026-10-01", vec![2, 1, 1], Some(7.0)),
            sample("2026-11-21", vec![2, 1, 1], Some(10.0)),
        ],
        ..Trends::default()
    };
    let keys = "widgets: [{type: scorecard-trend, title: S, scorecard: care},
        {type: line-chart, title: L, blueprint: service, chartType: propertiesValueHistory, entity: a, properties: [properties.cost], timeRange: {preset: last12Months}}]";
    let found = text(&page(keys, trends));
    assert!(
        found.contains("| 1 Oct 2026 | 50 % | 25 % | 1 Sep 2026 | 25 % | 0 % | 1 Aug 2026 | 0 % | 0 %"),
        "{found}"
    );
    assert!(found.contains("| 1 Oct 2026 | 7 | 1 Sep 2026 | – | 1 Aug 2026 | 3"), "{found}");
}

#[test]
fn hostile_text_stays_text() {
    let keys = "title: TEXT, description: TEXT, audience: [TEXT], widgets: [
        {type: entities-number-chart, title: TEXT, description: TEXT, blueprint: service, func: count, unit: custom, unitCustom: TEXT,
          conditionalFormatting: [{operator: '>', value: 0, color: TEXT, message: TEXT, description: TEXT}]},
        {type: entities-pie-chart, title: TEXT, blueprint: service, property: property#name},
        {type: bar-chart, blueprint: service, property: property#name},
        {type: heat-map, blueprint: service, rows: property#name, columns: property#name},
        {type: line-chart, title: TEXT, blueprint: service, chartType: countEntities, measureTimeBy: day, breakdownProperty: property#name, yAxisTitle: TEXT, baselines: [{name: TEXT, value: 1}]},
        {type: table-entities-explorer, blueprint: service, dataset: [], blueprintConfig: {service: {groupSettings: {groupBy: [name]}}}},
        {type: markdown, markdown: TEXT}, {type: iframe-widget, url: TEXT}, {type: TEXT, title: TEXT},
        {type: links-widget, links: [{title: TEXT, url: TEXT, description: TEXT}]},
        {type: action-card-widget, actions: [TEXT]}, {type: grouper, groups: [{title: TEXT, widgets: []}]},
        {type: entities-number-chart, blueprint: TEXT, emptyStateText: TEXT}]";
    let quoted = format!("'{}'", HOSTILE.replace('\'', "''"));
    let entities = ENTITIES.replace("name: x", &format!("name: {quoted}"));
    let page = with(&keys.replace("TEXT", &quoted), &entities, Trends::default());
    assert!(
        !page.contains("<script") && !page.contains("<img") && !page.contains("onerror=alert(1)>"),
        "{page}"
    );
    assert!(!page.contains("style=") && !page.contains("NaN"));
}

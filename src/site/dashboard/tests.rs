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
    of(keys, entities, trends, "pages/it.html")
}

/// Returns the main part of a page of the site.
fn of(keys: &str, entities: &str, trends: Trends, page: &str) -> String {
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
    let text = fs::read_to_string(site.join(page)).expect("a page");
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
    let rules = "dataset: {combinator: and, rules: [{property: name, operator: '!=', value: 'a/b=c&d'}, {property: tier, operator: in, value: [1, 2]}]}";
    let jq = "dataset: [{jq: '.properties.tier != null'}]";
    for (widget, links) in [
        (
            format!("type: entities-pie-chart, property: property#tier, {rules}"),
            vec![
                "?name.not=a%2Fb%3Dc%26d&amp;tier.is=1&amp;tier.is=2\">All 3</a>",
                "?name.not=a%2Fb%3Dc%26d&amp;tier.is=1\">2</a>",
                "?name.not=a%2Fb%3Dc%26d&amp;tier.is=2\">1</a>",
            ],
        ),
        (
            format!("type: entities-number-chart, func: count, {jq}"),
            vec![
                "index.html\" title=\"This list is without 1 of its filters\"><b>3</b></a>",
                "Its list is without 1 of its filters",
            ],
        ),
        (
            format!("type: bar-chart, property: relation#needs, {jq}"),
            vec![
                "All 3 <small>without 1 of its filters</small></a>",
                "?needs.is=c\" title=\"This list is without 1 of its filters\">2</a>",
                "?needs.empty=\" title",
            ],
        ),
        (
            "type: bar-chart, property: property#live".into(),
            vec!["?live.is=yes\">1</a>", "?live.is=no\">1</a>", "?live.empty=\">2</a>"],
        ),
        (
            "type: bar-chart, property: property#day".into(),
            vec!["?day.ge=2026-11-02T10%3A00%3A00Z&amp;day.le=2026-11-02T10%3A00%3A00Z\">1</a>"],
        ),
        ("type: bar-chart, property: scorecard#care".into(), vec!["?scorecard%23care.is=Best\">1</a>"]),
        (
            "type: bar-chart, property: scorecard-rule#care#named".into(),
            vec![
                "scorecards/care.html#rule-1\">passed</a>",
                "The lists behind the numbers are without 1 filter.",
            ],
        ),
        ("type: bar-chart, property: $identifier".into(), vec!["?%24title.is=a\">1</a>"]),
        (
            "type: heat-map, rows: property#tier, columns: property#live".into(),
            vec![
                "?tier.is=1&amp;live.is=yes\">1</a>",
                "<small><a href=\"../service/index.html?tier.is=1\">2</a></small>",
                "?tier.empty=&amp;live.empty=\">1</a>",
            ],
        ),
        (
            "type: heat-map, rows: property#tier, scorecard: care".into(),
            vec![
                "?scorecard%23care.any=&amp;tier.is=1\" title=\"This list is without 1 of its filters\">100</a>",
            ],
        ),
        ("type: scorecard-levels".into(), vec!["care.html#entities\">4</a>"]),
        (
            "type: table-entities-explorer, blueprintConfig: {service: {groupSettings: {groupBy: [tier]}}}"
                .into(),
            vec!["<small><a href=\"../service/index.html?tier.is=1\">2</a></small>"],
        ),
    ] {
        let page = page(&format!("widgets: [{{blueprint: service, {widget}}}]"), Trends::default());
        for link in links {
            assert!(page.contains(link), "{widget}\n{link}\n{page}");
        }
    }
}

#[test]
fn what_is_put_together_has_a_list() {
    let entities: String = (0..30)
        .map(|number| {
            format!(
                "- {{identifier: e{number:02}, blueprint: service, properties: {{name: n{:02}}}}}\n",
                number % 20
            )
        })
        .collect();
    let keys = "widgets: [{type: bar-chart, blueprint: service, property: property#name}]";
    let page = with(keys, &entities, Trends::default());
    assert!(
        page.contains("?name.not=n00&amp;name.not=n01") && page.contains("name.not=n14\">5</a>"),
        "{page}"
    );
}

#[test]
fn lines_from_the_history_and_by_dates_share_an_axis() {
    let value = |day: &str, value: f64| Sample {
        at: Instant::parse(day).expect("a day"),
        levels: [].into(),
        entities: [("service".to_string(), 4)].into(),
        values: [(("service".to_string(), "a".to_string(), "cost".to_string()), value)].into(),
    };
    let trends = || Trends {
        samples: vec![value("2026-10-01", 3.0), value("2026-11-01", 7.0), value("2026-11-21", 10.0)],
        ..Trends::default()
    };
    let keys = "widgets: [{type: multi-line-chart, title: L, timeInterval: month, timeRange: {preset: last3Months}, lines: [
        {title: Cost of a, blueprint: service, chartType: propertiesValueHistory, entity: a, properties: [properties.cost]},
        {title: Begun, blueprint: service, chartType: countEntities, measureTimeBy: day}]}]";
    let drawn = page(keys, trends());
    let found = text(&drawn);
    assert!(found.contains("What is counted by month stands where the month begins."), "{found}");
    assert!(
        found.contains(
            "When | Cost of a | Begun | 21 Nov 2026 | 10 | – | 1 Nov 2026 | 7 | 3 | 1 Oct 2026 | 3 | 0"
        ),
        "{found}"
    );
    assert!(drawn.contains("<path class=\"l0\"") && drawn.contains("<path class=\"l1\""), "{drawn}");
    let without = text(&page(keys, Trends::default()));
    assert!(without.contains("There is no history yet to draw Cost of a from."), "{without}");
    assert!(without.contains("1 Nov 2026 | 3") || without.contains("Nov 2026 | 3"), "{without}");
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

#[test]
fn pages_of_entities_stand_on_the_pages_of_each() {
    let keys = "type: entity, blueprint: service, title: Sheet, widgets: [{type: grouper, groups: [
        {title: Overview, widgets: [{type: entity-info, blueprint: '{{blueprint}}', entity: '{{url.identifier}}'}]},
        {title: Round, widgets: [
          {type: entities-number-chart, title: N, blueprint: service, func: count, dataset: [{relation: needs, operator: '=', value: '{{url.identifier}}'}]},
          {type: entities-number-chart, title: Own, chartType: displaySingleProperty, blueprint: '{{blueprint}}', entity: '{{url.identifier}}', property: cost},
          {type: bar-chart, title: B, blueprint: service, property: property#tier, dataset: [{operator: relatedTo, blueprint: '{{blueprint}}', value: '{{url.identifier}}', direction: upstream}]},
          {type: table-entities-explorer, title: T, blueprint: service, dataset: [{relation: needs, operator: contains, value: '{{url.identifier}}'}, {property: tier, operator: '=', value: 1}]},
          {type: markdown, title: M, markdown: 'On **{{ .entity.properties.name }}** and {{ unknown }}'},
          {type: markdown, title: P, source: property, propertyIdentifier: name},
          {type: links-widget, title: L, links: [{title: 'Of {{url.identifier}}', url: 'https://example.com/{{ .entity.properties.name }}/x'}]},
          {type: initiatives, title: No}]}]}]";
    let about = |entities: &str, page: &str| of(keys, entities, Trends::default(), page);
    let page = about(ENTITIES, "service/c.html");
    let found = text(&page);
    for expected in ["Sheet", "Round N 2", "L Of c", "B No entity is meant.", "M On", "and {{ unknown }}"] {
        assert!(found.contains(expected), "{expected} is not in {found}");
    }
    assert!(!found.contains("Overview") && !page.contains(">No<"), "{found}");
    assert!(page.contains("href=\"../service/index.html?needs.is=c\"><b>2</b>"), "{page}");
    let other = text(&about(ENTITIES, "service/a.html"));
    assert!(other.contains("Own 10") && other.contains("N 0"), "{other}");
    // Two services that it depends on, directly and not.
    assert!(other.contains("B All 2"), "{other}");
    let hostile = ENTITIES.replace("name: x", "name: 'j/\"><img src=x>'");
    let page = about(&hostile, "service/a.html");
    assert!(
        page.contains("https://example.com/j%2F%22%3E%3Cimg%20src%3Dx%3E/x") && !page.contains("<img"),
        "{page}"
    );
}

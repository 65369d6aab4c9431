//! Pages: the mistakes of widgets and layouts, each with a way out.

use super::*;
use crate::diagnostic::{Diagnostic, Rule, Severity};

const SERVICE: &str = "
identifier: service
schema:
  properties:
    tier: {type: number}
    name: {type: string}
    day: {type: string, format: date-time}
relations:
  system: {target: system}
";

const SYSTEM: &str = "{identifier: system, relations: {domain: {target: service}}}";

const ACTION: &str =
    "{identifier: deploy, trigger: {type: self-service, operation: DAY-2}, steps: [{run: ./deploy}]}";

/// Returns the findings about a page of these keys, each as `rule: message (help)`.
fn found(page: &str) -> Vec<String> {
    let files = [
        ("blueprints/service.yaml", SERVICE),
        ("blueprints/system.yaml", SYSTEM),
        ("actions/deploy.yaml", ACTION),
        ("entities/cart.yaml", "{identifier: cart, blueprint: service}"),
        ("entities/shop.yaml", "{identifier: shop, blueprint: system}"),
        ("pages/it.yaml", &format!("{{identifier: it, {page}}}")),
    ];
    let text: String = files.iter().map(|(path, text)| format!("=== {path}\n{}\n", text.trim())).collect();
    let portal = open(&text);
    let of_page = |found: &&Diagnostic| portal.sources.get(found.source()).path().starts_with("pages/");
    let line = |found: &Diagnostic| {
        assert!(found.help.is_some(), "no way out of: {}", found.message);
        format!("{}: {} ({})", found.rule.name(), found.message, found.help.as_deref().unwrap_or_default())
    };
    portal.diagnostics.as_slice().iter().filter(of_page).map(line).collect()
}

/// Returns the findings about a page with one widget of these keys.
fn about(widget: &str) -> Vec<String> {
    found(&format!("widgets: [{{{widget}}}]"))
}

#[test]
fn mistakes_of_widgets_are_named_with_a_way_out() {
    let number = |rest: &str| format!("type: entities-number-chart, blueprint: service, {rest}");
    let mut failures = String::new();
    for (widget, expected) in [
        ("type: entities-pie-charts".to_string(), "unknown-widget: there is no widget of the type `entities-pie-charts`; nothing is shown (did you mean `entities-pie-chart`"),
        ("type: ai-agent".into(), "unshown-widget: `ai-agent` talks to a service"),
        ("type: my-entities".into(), "unshown-widget: `my-entities` is about who looks"),
        ("type: entities-pie-chart, property: property#tier".into(), "invalid-widget: it does not say whose entities"),
        ("type: entities-pie-chart, blueprint: servce, property: a".into(), "invalid-widget: there is no blueprint `servce` (did you mean `service`?)"),
        ("type: entities-pie-chart, blueprint: service".into(), "invalid-widget: it does not say by what its entities divide"),
        ("type: bar-chart, blueprint: service, property: property#teir".into(), "invalid-widget: `service` has no property `teir` (did you mean `tier`?)"),
        ("type: bar-chart, blueprint: service, property: property#system".into(), "invalid-widget: `service` has no property `system` (it is a relation: write `relation#system`)"),
        ("type: bar-chart, blueprint: service, property: relation#system.domian".into(), "invalid-widget: `system` has no relation `domian` (did you mean `domain`?)"),
        ("type: bar-chart, blueprint: service, property: scorecard#care".into(), "invalid-widget: there is no scorecard `care` (there are none)"),
        (number("chartType: aggregateByProperty, func: summ, property: tier"), "invalid-widget: `summ` is no function of properties ("),
        (number("chartType: countEntities, func: sum"), "invalid-widget: `sum` is no function of entities"),
        (number("chartType: countEntities, func: average"), "invalid-widget: an average of entities needs a period"),
        (number("chartType: aggregateByProperty, func: sum"), "invalid-widget: it does not say which property"),
        (number("chartType: aggregateByProperty, func: sum, property: name"), "invalid-widget: `name` is a string, not a number"),
        (number("chartType: displaySingleProperty, property: tier"), "invalid-widget: it does not say which entity"),
        (number("chartType: displaySingleProperty, property: tier, entity: carts"), "invalid-widget: no `service` is called `carts` (did you mean `cart`?)"),
        (number("conditionalFormatting: [{operator: '<', value: 1, color: grene}]"), "invalid-widget: `grene` is no colour of the palette ("),
        (number("dataset: {combinator: and, rules: [{property: teir, operator: '=', value: 1}]}"), "condition-property: `service` has no property `teir`"),
        (number("dataset: [{property: teir, operator: '=', value: 1}]"), "condition-property: `service` has no property `teir`"),
        (number("dataset: {rules: []}"), "missing-key: a query needs the key `combinator`"),
        (number("dataset: {combinator: and, rules: [{file: {exists: README.md}}]}"), "invalid-condition: a widget cannot ask for files"),
        ("type: line-chart, blueprint: service, chartType: countEntity, measureTimeBy: day".into(), "invalid-widget: `countEntity` is no type of line (did you mean `countEntities`?)"),
        ("type: line-chart, blueprint: service, chartType: countEntities, measureTimeBy: dya".into(), "invalid-widget: `service` has no property or relation `dya` ("),
        ("type: line-chart, blueprint: service, chartType: countEntities, timeInterval: months".into(), "invalid-widget: `months` is no interval (did you mean `month`?)"),
        ("type: line-chart, blueprint: service, chartType: countEntities, timeRange: {preset: nextWeek}".into(), "invalid-widget: `nextWeek` is no range of time"),
        ("type: multi-line-chart, lines: []".into(), "invalid-widget: it has no line"),
        ("type: multi-line-chart, lines: [{chartType: countEntities}]".into(), "invalid-widget: it does not say whose entities"),
        (format!("type: multi-line-chart, lines: [{}]", ["{blueprint: service, chartType: countEntities}"; 11].join(", ")), "unshown-widget: this is line 11 of the chart, and 10 are drawn (draw the others"),
        ("type: line-chart, blueprint: service, chartType: aggregatePropertiesValues, func: sum".into(), "invalid-widget: it does not say which property"),
        ("type: action-card-widget, actions: [{action: deplyo}]".into(), "invalid-widget: there is no action `deplyo` (did you mean `deploy`?)"),
        ("type: links-widget, links: [{title: a, url: 'javascript:alert(1)'}]".into(), "invalid-widget: `javascript:alert(1)` is no web address"),
        ("type: iframe-widget, url: /a".into(), "invalid-widget: `/a` is no web address"),
        ("type: heat-map, blueprint: service, rows: $team".into(), "invalid-widget: it does not say by what its entities divide: `columns` is missing"),
        ("type: scorecard-trend".into(), "invalid-widget: it does not say which scorecard"),
        ("type: table-entities-explorer, blueprint: service, blueprintConfig: {service: {groupSettings: {groupBy: [systm]}}}".into(), "invalid-widget: `service` has no property or relation `systm`"),
    ] {
        let found = about(&widget);
        if found.len() > 1 || !found.iter().any(|finding| finding.starts_with(expected)) {
            failures.push_str(&format!("{widget}\n  gives {found:#?}\n  not   {expected}\n"));
        }
    }
    assert!(failures.is_empty(), "{failures}");
}

#[test]
fn rules_that_a_dataset_can_ask_are_no_mistakes() {
    for rule in [
        "{jq: '.properties.tier == 1'}",
        "{property: tier, operator: '>', value: 1, maxAge: 7d}",
        "{relation: system, some: {property: $identifier, operator: '=', value: shop}}",
        "{combinator: or, rules: [{jq: .properties.name}, {property: tier, operator: isEmpty}]}",
    ] {
        for dataset in [format!("{{combinator: and, rules: [{rule}]}}"), format!("[{rule}]")] {
            let found =
                about(&format!("type: table-entities-explorer, blueprint: service, dataset: {dataset}"));
            assert_eq!(found, [""; 0], "{dataset}");
        }
    }
}

#[test]
fn layouts_hold_each_widget_once() {
    let widgets = "widgets: [{id: a, type: markdown}, {id: b, type: markdown}]";
    for (layout, expected) in [
        ("[{columns: [{id: a, size: 6}, {id: b, size: 6}]}]", None),
        ("[{columns: [{id: a}, {id: b}]}]", None),
        (
            "[{columns: [{id: a, size: 12}]}, {columns: [{id: c, size: 12}]}, {columns: [{id: b, size: 12}]}]",
            Some("there is no widget `c`"),
        ),
        ("[{columns: [{id: a, size: 12}]}]", Some("no row of the layout holds this widget")),
        (
            "[{columns: [{id: a, size: 6}, {id: b, size: 5}]}]",
            Some("the columns of this row are 11 wide together"),
        ),
        ("[{columns: [{id: a, size: 10}, {id: b, size: 2}]}]", Some("a column is 2 wide")),
        (
            "[{columns: [{id: a, size: 6}, {id: b, size: 6}]}, {columns: [{id: a, size: 12}]}]",
            Some("the widget `a` has a place already"),
        ),
    ] {
        let found = found(&format!("layout: {layout}, {widgets}"));
        match expected {
            None => assert_eq!(found, [""; 0], "{layout}"),
            Some(expected) => {
                assert_eq!(found.len(), 1, "{found:#?}");
                assert!(found[0].starts_with(&format!("invalid-layout: {expected}")), "{}", found[0]);
            }
        }
    }
    let twice = found("widgets: [{id: a, type: markdown}, {id: a, type: markdown}]");
    assert!(twice.len() == 1 && twice[0].contains("two widgets are called `a`"), "{twice:?}");
}

#[test]
fn widgets_on_the_page_of_an_entity_go_by_its_relations() {
    let id = "'{{url.identifier}}'";
    let pie = |rules: String| {
        format!(
            "{{type: entities-pie-chart, blueprint: service, property: property#tier, dataset: [{rules}]}}"
        )
    };
    for (widget, expected) in [
        (pie(format!("{{relation: system, operator: '=', value: {id}}}")), None),
        (pie(format!("{{operator: relatedTo, blueprint: '{{{{blueprint}}}}', value: {id}}}")), None),
        (
            pie(format!("{{relation: systm, operator: '=', value: {id}}}")),
            Some("invalid-widget: `service` has no relation `systm` (did you mean `system`?)"),
        ),
        (
            pie(format!(
                "{{relation: system, operator: '=', value: {id}}}, {{property: teir, operator: '=', value: 1}}"
            )),
            Some("condition-property: `service` has no property `teir`"),
        ),
        (
            pie("{property: tier, operator: '=', value: 1}".into()),
            Some("unshown-widget: this `entities-pie-chart` is not about the entity that is looked at"),
        ),
        (
            pie(format!("{{property: name, operator: '=', value: {id}}}")),
            Some("unshown-widget: this `entities-pie-chart` asks about the entity in a way that"),
        ),
        ("{type: initiatives}".into(), Some("unshown-widget: this `initiatives` is not about")),
        ("{type: runs-table}".into(), Some("unshown-widget: this `runs-table` lists runs")),
        ("{type: ai-agent}".into(), Some("unshown-widget: `ai-agent` talks")),
        ("{type: markdown, markdown: '{{ .entity.title }}'}".into(), None),
        ("{type: links-widget, links: [{title: a, url: '{{.entity.properties.name}}'}]}".into(), None),
        (format!("{{type: entity-info, blueprint: '{{{{blueprint}}}}', entity: {id}}}"), None),
        ("{type: table-entities-explorer-by-direction}".into(), None),
        ("{type: table-audit-log}".into(), None),
    ] {
        let found = found(&format!("type: entity, blueprint: system, widgets: [{widget}]"));
        match expected {
            None => assert_eq!(found, [""; 0], "{widget}"),
            Some(expected) => {
                assert!(found.len() == 1 && found[0].starts_with(expected), "{widget}\n{found:#?}");
            }
        }
    }
}

#[test]
fn pages_that_no_site_can_show_are_named() {
    for (page, expected) in [
        ("visibility: private", "unshown-widget: this page is private"),
        ("type: entity", "unshown-widget: this page does not say the entities of which blueprint"),
        ("type: home", "unshown-widget: this page is one of the dashboards"),
    ] {
        let found = found(page);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?}");
    }
    assert_eq!(Rule::UnshownWidget.severity(), Severity::Info);
}

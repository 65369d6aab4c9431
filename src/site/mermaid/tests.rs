use super::parse::parse;
use super::*;

/// Returns a chart as its edges: `A[Form text] -> B`.
fn said(text: &str) -> String {
    let Some(chart) = parse(text) else { return "none".into() };
    let name = |node: usize| {
        let node = &chart.nodes[node];
        let group = node.group.map(|group| format!("@{}", chart.groups[group])).unwrap_or_default();
        match node.form {
            Form::Box => format!("{}{group}", node.lines.join("/")),
            form => format!("{form:?}({}){group}", node.lines.join("/")),
        }
    };
    let edge = |edge: &Edge| {
        let label = edge.label.as_deref().map(|label| format!("|{label}|")).unwrap_or_default();
        let line = match (edge.stroke, edge.arrows) {
            (Stroke::Plain, (false, true)) => "->",
            (Stroke::Plain, (true, true)) => "<->",
            (Stroke::Plain, _) => "-",
            (Stroke::Dotted, (_, true)) => "..>",
            (Stroke::Dotted, _) => "..",
            (Stroke::Thick, _) => "=>",
        };
        format!("{} {line}{label} {}", name(edge.from), name(edge.to))
    };
    chart.edges.iter().map(edge).collect::<Vec<_>>().join(", ")
}

#[test]
fn what_is_understood_is_read_as_it_is_meant() {
    for (text, expected) in [
        ("graph TD\n A --> B", "A -> B"),
        ("flowchart LR; a-b --> c.d; c.d---e", "a-b -> c.d, c.d - e"),
        ("graph TD\n A[One two] -->|yes| B{Is it?}", "One two ->|yes| Choice(Is it?)"),
        (
            "graph TD\n A -- yes, it is --> B -. maybe .-> C == sure ==> D",
            "A ->|yes, it is| B, B ..>|maybe| C, C =>|sure| D",
        ),
        ("graph TD\n A & B --> C & D", "A -> C, A -> D, B -> C, B -> D"),
        ("graph TD\n A<-->B\n A-.->B\n A-.-B\n A==>B\n A--->B", "A <-> B, A ..> B, A .. B, A => B, A -> B"),
        (
            "graph TD\n%% note\n A[\"a (b); c\"] --> B[(Orders)]\n B --> C([x])",
            "a (b); c -> Store(Orders), Store(Orders) -> Stadium(x)",
        ),
        ("graph TD\n A[one<br/>two] --> B:::hot\n classDef hot fill:#f00", "one/two -> B"),
        (
            "graph TD\n subgraph g[The group]\n A --> B\n end\n B --> C",
            "A@The group -> B@The group, B@The group -> C",
        ),
        // What is not understood is not drawn at all.
        ("graph TD\n A --> B\n B --> ", "none"),
        ("graph TD\n A --x B", "none"),
        ("graph TD\n A ~~~ B", "none"),
        ("graph TD\n A@{ shape: cyl } --> B", "none"),
        ("graph TD\n A[/x/] --> B", "none"),
        ("graph TD\n A[a <b>x</b>] --> B", "none"),
        ("graph TD\n subgraph g\n A --> B\n end\n C --> g", "none"),
        ("graph TD\n subgraph g\n subgraph h\n A --> B\n end\n end", "none"),
        ("graph TD\n subgraph g\n direction LR\n A --> B\n end", "none"),
        ("graph TD\n subgraph g\n A --> B", "none"),
        ("graph XY\n A --> B", "none"),
        ("sequenceDiagram\n A->>B: x", "none"),
        ("graph TD\n A", "none"),
        ("", "none"),
    ] {
        assert_eq!(said(text), expected, "{text}");
    }
}

/// Returns whether two nodes, or a node and a label, lie over each other.
fn overlaps(text: &str) -> bool {
    let chart = parse(text).expect("understood");
    let layout = layout::layout(&chart).expect("laid out");
    let rects: Vec<_> = layout.nodes.iter().chain(layout.labels.iter().flatten()).collect();
    rects.iter().enumerate().any(|(at, a)| {
        rects[at + 1..]
            .iter()
            .any(|b| (a.x - b.x).abs() * 2.0 < a.w + b.w - 0.1 && (a.y - b.y).abs() * 2.0 < a.h + b.h - 0.1)
    })
}

#[test]
fn nothing_lies_over_anything_else() {
    for text in [
        "graph TD\n A --> B & C & D --> E\n A --> E\n E -->|again| A",
        "graph LR\n A -->|a long label| B\n A -->|another one| C\n B --> C\n C -->|back| A",
        "graph BT\n A --> B --> C --> D --> E\n A --> E\n A --> D\n B --> E",
        "graph TD\n A --> B\n C --> D\n E --> F\n F --> A\n A <--> D",
        "graph RL\n subgraph one\n A --> B\n end\n subgraph two\n C --> D\n end\n B --> C",
    ] {
        assert!(!overlaps(text), "{text}");
    }
}

#[test]
fn drawings_say_text_as_text() {
    let drawn = draw("graph TD\n A[\"x & y\"] -->|'z'| B").expect("drawn");
    assert!(drawn.contains("x &amp; y leads to B: &#39;z&#39;"), "{drawn}");
    assert!(!drawn.contains("style="), "{drawn}");
    assert_eq!(draw("graph TD\n A --> A"), None);
}

proptest::proptest! {
    /// Whatever is written, the drawing ends and holds no markup of the text.
    #[test]
    fn any_text_is_drawn_or_left(text in "(graph|flowchart) (TD|LR)\n([ABCD] ?(-->|---|-.->|==>|-->\\|<i>\\|) ?[ABCD][\\[({]?[a<\"]{0,3}[\\])}]?\n){1,12}") {
        if let Some(drawn) = draw(&text) {
            proptest::prop_assert!(!drawn.contains("<i>") && !drawn.contains("NaN"), "{}", drawn);
        }
    }
}

//! Texts that want to be more than text, in every field that people can write: no script runs, nothing is asked of another
//! place, and nothing makes a page wider than the screen.

use serde_json::{Value, json};

use super::NOW;
use super::chromium::{Browser, on_disk};
use crate::sandbox::Sandbox;

/// What each does when it is taken for markup is to set `window.taken`.
pub(super) const TEXTS: [&str; 14] = [
    r#"<script>window.taken=1</script>"#,
    r#""><img src=x onerror="window.taken=1">"#,
    r#"'><svg onload="window.taken=1">"#,
    r#"</title></style></textarea></script><script>window.taken=1</script>"#,
    r#"javascript:window.taken=1"#,
    r#"[link](javascript:window.taken=1) ![image](https://elsewhere.example/x.png) <https://elsewhere.example>"#,
    r#"data:text/html,<script>parent.taken=1</script>"#,
    r#"--> ]]> <!-- <![CDATA[ <script>window.taken=1</script>"#,
    r#"{{ 7 * 7 }} {% raw %} ${window.taken=1} #{7*7} `x`"#,
    "\u{202e}gnp.exe \u{200b}\u{feff}\u{2066}",
    "&lt;b&gt; &amp;quot; &#x3c;script&#x3e;window.taken=1&#x3c;/script&#x3e;",
    "Z\u{351}\u{36b}a\u{353}\u{303}l\u{34e}\u{366}g\u{321}\u{34a}o\u{321}\u{34a} \u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "a\"b'c\\d\n# heading\n- list\n| table | row |\n|---|---|\n",
    concat!(
        "wordthatneverendswordthatneverendswordthatneverendswordthatneverendswordthatneverends",
        "wordthatneverendswordthatneverendswordthatneverendswordthatneverendswordthatneverends"
    ),
];

/// What sticks out of a page that is wider than the screen: the markup of the innermost such element.
const WIDEST: &str = "document.documentElement.scrollWidth <= innerWidth ? '' : \
    [...document.querySelectorAll('body *')].filter(n => n.getBoundingClientRect().right > innerWidth || \
    (n.scrollWidth > n.clientWidth && getComputedStyle(n).overflowX === 'visible' && \
    n.getBoundingClientRect().left + n.scrollWidth > innerWidth)).pop()?.outerHTML.slice(0, 120) ?? 'something'";

/// Texts that stick out of what they stand in, where that neither scrolls nor cuts: the first of them.
const STICKING: &str = "(() => {
    const lines = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
    while (lines.nextNode()) {
        const text = lines.currentNode;
        if (!text.data.trim() || !text.parentElement.checkVisibility() || text.parentElement.closest('svg, select, .vh, .skip')) continue;
        range.selectNodeContents(text);
        const right = Math.max(...[...range.getClientRects()].map(box => box.right));
        for (let node = text.parentElement; node !== document.body; node = node.parentElement) {
            const { display, overflowX } = getComputedStyle(node);
            if (display === 'inline' || display === 'contents') continue;
            if (overflowX !== 'visible') break;
            if (display.startsWith('inline')) continue;
            if (right > node.getBoundingClientRect().right + 1) return node.outerHTML.slice(0, 160);
        }
    }
    return '';
})()";

/// What the scripts of a page have to have drawn, by what its address has in it.
const DRAWN: [(&str, &str); 4] = [
    ("/index.html#?", "document.querySelector('.pages [role=status]').textContent.includes(' of ')"),
    ("search.html?", "document.querySelector('#results [role=status]').textContent.includes(' found')"),
    ("explore.html#b", "document.querySelector('#sheet a.me')"),
    ("explore.html?", "document.getElementById('trouble').textContent"),
];

/// Opens pages on a wide and on a narrow screen and returns what is wrong with them.
pub(super) fn judge(browser: &mut Browser, home: &str, pages: &[String]) -> Vec<String> {
    let mut broken = Vec::new();
    for width in [1400, 390] {
        browser.resize(width, 900);
        for page in pages {
            browser.open(home, page);
            for (_, condition) in DRAWN.iter().filter(|(part, _)| page.contains(part)) {
                browser.wait(condition);
            }
            if browser.value("typeof window.taken") != json!("undefined") {
                broken.push(format!("{page} ran a script"));
            }
            let wide = browser.text(WIDEST);
            if !wide.is_empty() {
                broken.push(format!("{page} is wider than {width} pixels: {wide}"));
            }
            let sticking = browser.text(STICKING);
            if !sticking.is_empty() {
                broken.push(format!("a text of {page} stands out at {width} pixels: {sticking}"));
            }
            // Nothing that is clicked or sent may be more than an address of the web.
            let leads = browser.value(LEADING);
            if leads != json!([]) {
                broken.push(format!("{page} leads to {leads}"));
            }
            broken.extend(browser.complaints().into_iter().map(|said| format!("{page}: {said}")));
        }
    }
    broken
}

/// Where a page leads that is neither its own site nor the web, and what it would load from elsewhere.
const LEADING: &str = "[...document.querySelectorAll('[href], [src], [action], [formaction]')].flatMap(node => \
    ['href', 'src', 'action', 'formaction'].map(name => node.getAttribute(name)).filter(to => to !== null).filter(to => {
        const { protocol } = new URL(to, location.href);
        return node.matches('a, a *') ? !['http:', 'https:', 'mailto:', location.protocol].includes(protocol) : protocol !== location.protocol;
    }))";

/// Writes a catalog in which every text is one of [`TEXTS`].
fn catalog(sandbox: &Sandbox) {
    let text = |at: usize| TEXTS[at % TEXTS.len()];
    let write = |path: String, document: &Value| {
        // JSON is YAML, and quotes every text as it is.
        sandbox.write(&path, serde_json::to_string(document).unwrap());
    };
    sandbox.write(
        "portal.yaml",
        serde_json::to_string(&json!({"title": text(0), "description": text(1)})).unwrap(),
    );
    for (at, hostile) in TEXTS.iter().enumerate() {
        let properties = json!({
            "text": {"type": "string", "title": hostile, "description": text(at + 1)},
            "markdown": {"type": "string", "format": "markdown", "title": text(at + 2)},
            "link": {"type": "string", "title": text(at + 3)},
            "choice": {"type": "string", "enum": [hostile, "plain"], "enumColors": {"plain": "red"}, "title": hostile},
            "many": {"type": "array", "items": {"type": "string"}, "title": hostile},
            "object": {"type": "object", "title": hostile},
        });
        write(
            format!("blueprints/b{at}.json"),
            &json!({"identifier": format!("b{at}"), "title": hostile, "description": text(at + 1), "icon": hostile,
                "schema": {"properties": properties, "required": []},
                "relations": {"next": {"title": text(at + 1), "target": format!("b{}", (at + 1) % TEXTS.len())},
                    "all": {"title": hostile, "target": format!("b{at}"), "many": true}}}),
        );
        for (number, other) in TEXTS.iter().enumerate().take(4) {
            write(
                format!("entities/b{at}/e{number}.json"),
                &json!({"identifier": format!("e{number}"), "blueprint": format!("b{at}"), "title": hostile,
                    "icon": other,
                    "properties": {"text": hostile, "markdown": format!("{hostile}\n\n{other}\n\n```mermaid\ngraph TD\n A[{other}]-->B\n```\n"),
                        "link": hostile, "choice": hostile, "many": [hostile, other], "object": {*hostile: other}},
                    "team": [format!("t{at}")], "relations": {"next": format!("e{number}"), "all": ["e0", "e1", "e2", "e3"]}}),
            );
        }
        write(
            format!("scorecards/s{at}.json"),
            &json!({"identifier": format!("s{at}"), "title": hostile, "blueprint": format!("b{at}"),
                "levels": [{"title": "Basic", "color": "red"}, {"title": format!("{hostile} {at}"), "color": "green"}],
                "rules": [{"identifier": "r", "title": hostile, "description": text(at + 1), "level": format!("{hostile} {at}"),
                    "query": {"combinator": "and", "conditions": [{"property": "text", "operator": "=", "value": text(at + 1)}]}}]}),
        );
        write(
            format!("entities/_team/t{at}.json"),
            &json!({"identifier": format!("t{at}"), "blueprint": "_team", "title": hostile, "properties": {"description": text(at + 1)}}),
        );
        write(
            format!("entities/_user/u{at}.json"),
            &json!({"identifier": format!("u{at}@example.com"), "blueprint": "_user", "title": hostile,
                "properties": {"email": format!("u{at}@example.com")}, "relations": {"teams": [format!("t{at}")]}}),
        );
        write(
            format!("initiatives/i{at}.json"),
            &json!({"identifier": format!("i{at}"), "title": hostile, "description": text(at + 1), "owner": format!("t{at}"),
                "start": "2026-10-01", "deadline": "2027-03-31", "targets": [{"scorecard": format!("s{at}"), "rules": ["r"]}]}),
        );
        let input = json!({"type": "string", "title": hostile, "description": text(at + 1), "default": hostile, "enum": [hostile, text(at + 2)]});
        write(
            format!("actions/a{at}.json"),
            &json!({"identifier": format!("a{at}"), "title": hostile, "description": text(at + 1), "icon": hostile,
                "trigger": {"type": "self-service", "operation": "DAY-2", "blueprintIdentifier": format!("b{at}"),
                    "userInputs": {"properties": {"choice": input, "free": {"type": "string", "title": hostile, "default": hostile}}}},
                "invocationMethod": {"type": "WEBHOOK", "url": "https://example.com/hook"}}),
        );
        write(
            format!("pages/p{at}.json"),
            &json!({"identifier": format!("p{at}"), "title": hostile, "description": text(at + 1),
            "widgets": [
                {"type": "markdown", "title": hostile, "markdown": text(at + 1)},
                {"type": "entities-pie-chart", "title": hostile, "blueprint": format!("b{at}"), "property": "choice"},
            ]}),
        );
    }
}

#[test]
fn hostile_texts_do_nothing_and_break_nothing() {
    let Some(mut browser) = Browser::start() else { return };
    let sandbox = Sandbox::new();
    catalog(&sandbox);
    // The history has texts as well.
    sandbox.git(&["init", "-q", "-b", "main"]);
    sandbox.git(&["add", "-A"]);
    let name = [("GIT_AUTHOR_NAME", TEXTS[1])];
    let message = format!("{}\n\n{}\nReviewed-by: {} <a@example.com>", TEXTS[0], TEXTS[3], TEXTS[2]);
    assert_eq!(sandbox.run("git", &["commit", "-q", "-m", &message], b"", &name).code, 0);
    let ran = sandbox.portal(&["--now", NOW, "build", "--keep-going", "--output", "site"]);
    assert!(ran.stderr.contains("built "), "{}", ran.stderr);
    let home = on_disk(&sandbox.path().join("site"));
    let mut pages: Vec<String> = [
        "index.html",
        "scorecards/index.html",
        "pages/index.html",
        "graph/index.html",
        "teams/index.html",
        "audit/index.html",
        "health.html",
        "404.html",
    ]
    .iter()
    .map(ToString::to_string)
    .collect();
    for at in 0..TEXTS.len() {
        pages.push(format!("b{at}/index.html"));
        pages.push(format!("b{at}/e{}.html", at % 4));
        pages.push(format!("scorecards/s{at}.html"));
        pages.push(format!("pages/p{at}.html"));
        pages.push(format!("_team/t{at}.html"));
        pages.push(format!("initiatives/i{at}.html"));
        pages.push(format!("actions/a{at}.html"));
    }
    // What scripts make of the same texts, and of those that an address brings along.
    for at in 0..4 {
        pages.push(format!("graph/explore.html#b{at}/e0?depth=2"));
        pages.push(format!("b{at}/index.html#?group=choice&sort=text&column=text&column=markdown&column=link&column=many&column=object&choice.any="));
    }
    let brought = "%3Cimg%20src=x%20onerror=window.taken=1%3E";
    pages.push(format!("b0/index.html#?text.has={brought}&group={brought}&sort={brought}&column={brought}&{brought}.is={brought}"));
    pages.push(format!("b0/index.html#?text.not={brought}&group=text"));
    pages.push("search.html?q=script".to_string());
    pages.push(format!("search.html?q={brought}"));
    pages.push(format!("graph/explore.html?entity={brought}"));
    let broken = judge(&mut browser, &home, &pages);
    assert!(broken.is_empty(), "{broken:#?}");
}

//! The site as people use it: opened from the disk and from a host, with a keyboard, with and without scripts.

mod chromium;
mod form;
mod graph;
mod hands;
mod hostile;
mod hostile_file;
mod past;
mod picture;
#[cfg(feature = "serve")]
mod preview;
mod reading;
mod search;
mod served;
mod table;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chromium::{Browser, on_disk};
use served::Served;

/// The instant that sites are built for.
const NOW: &str = "2026-11-21T18:00:00Z";

/// A page of every kind that the site of the example has, with a name for the kind.
const PAGES: &[(&str, &str)] = &[
    ("home", "index.html"),
    ("catalog", "Component/index.html"),
    ("entity", "Component/CartService.html"),
    ("system", "System/Cart.html"),
    ("api", "API/CartAPI.html"),
    ("interface", "docs/API/CartAPI/api~openapi.html"),
    ("document", "docs/Component/CheckoutService/index.html"),
    ("team", "_team/cart.html"),
    ("teams", "teams/index.html"),
    ("user", "_user/ines.duarte~40marlow.example.html"),
    ("scorecards", "scorecards/index.html"),
    ("scorecard", "scorecards/production_readiness.html"),
    ("initiative", "initiatives/java_21.html"),
    ("actions", "actions/index.html"),
    ("action", "actions/dev_environment.html"),
    ("dashboards", "pages/index.html"),
    ("dashboard", "pages/engineering_health.html"),
    ("model", "graph/index.html"),
    ("explorer", "graph/explore.html#Component/CartService"),
    ("audit", "audit/index.html"),
    ("month", "audit/2026-11.html"),
    ("health", "health.html"),
    ("search", "search.html?q=cart"),
    ("lost", "404.html"),
];

/// Returns the site of the example, which is built once for all tests.
fn example() -> &'static Path {
    static SITE: OnceLock<PathBuf> = OnceLock::new();
    SITE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("example-site");
        let sandbox = past::example();
        let output = folder.to_str().unwrap();
        let ran = sandbox.portal(&["--now", NOW, "build", "--output", output, "--force"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        folder
    })
}

/// Does something with the example's site opened from the disk, then from a host under a path of its own, and expects no
/// complaint of the browser.
fn everywhere(act: impl Fn(&mut Browser, &str)) {
    let Some(mut browser) = Browser::start() else { return };
    for home in [on_disk(example()), Served::start(example()).home] {
        act(&mut browser, &home);
        let complaints = browser.complaints();
        assert!(complaints.is_empty(), "{home}: {complaints:#?}");
    }
}

#[test]
fn the_colours_follow_the_system_until_somebody_chooses() {
    everywhere(|browser, home| {
        let ground = "getComputedStyle(document.documentElement).backgroundColor";
        browser.prefer("light");
        browser.open(home, "index.html");
        let light = browser.text(ground);
        browser.prefer("dark");
        let dark = browser.text(ground);
        assert_ne!(light, dark);
        // From the system's colours to the light ones.
        browser.click("[title=Colours]");
        browser.wait("document.documentElement.dataset.theme === 'light'");
        assert_eq!(browser.text(ground), light);
        browser.open(home, "Component/CartService.html");
        browser.wait("document.documentElement.dataset.theme === 'light'");
        assert_eq!(browser.text(ground), light);
        browser.value("localStorage.clear()");
        browser.prefer("light");
    });
}

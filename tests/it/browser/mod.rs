//! The site as people use it: opened from the disk and from a host, with a keyboard, with and without scripts.

mod chromium;
mod form;
mod hostile;
mod served;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chromium::{Browser, on_disk};
use served::Served;

use crate::sandbox::{Sandbox, repository};

/// Returns the site of the example, which is built once for all tests.
fn example() -> &'static Path {
    static SITE: OnceLock<PathBuf> = OnceLock::new();
    SITE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("example-site");
        let sandbox = Sandbox::new();
        sandbox.copy(&repository("examples/catalog"), "");
        let output = folder.to_str().unwrap();
        let now = "2026-11-21T18:00:00Z";
        let ran = sandbox.portal(&["--now", now, "build", "--output", output, "--force"]);
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

#[test]
fn everything_is_read_without_scripts() {
    everywhere(|browser, home| {
        browser.scripts(false);
        for page in
            ["index.html", "Component/index.html", "Component/CartService.html", "scorecards/index.html"]
        {
            browser.open(home, page);
            assert!(
                browser.value("document.querySelector('main').innerText.length").as_u64() > Some(200),
                "{page}"
            );
        }
        browser.scripts(true);
    });
}

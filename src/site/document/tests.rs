use std::fs;
use std::path::Path;

use crate::document::Documents;
use crate::model::instant::Instant;
use crate::portal::{Origin, Portal};
use crate::site::{Built, Options, build};
use crate::worktree::Worktree;

const BLUEPRINT: &str = "identifier: service\nschema: {properties: {}}\n";
const CONFIG: &str =
    "include: ['services/*/portal.yml']\nsource: {url: 'https://git.example/{path}#L{line}'}\n";

fn write(root: &Path, files: &[(&str, &[u8])]) {
    for (path, bytes) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, bytes).expect("written");
    }
}

/// Builds the site of a catalog with two services, `a` and `b`, and these files.
fn built(root: &Path, files: &[(&str, &[u8])]) -> Built {
    write(
        root,
        &[
            ("portal.yaml", CONFIG.as_bytes()),
            ("blueprints/service.yaml", BLUEPRINT.as_bytes()),
            ("services/a/portal.yml", b"{blueprint: service, identifier: a}"),
            ("services/b/portal.yml", b"{blueprint: service, identifier: b}"),
        ],
    );
    write(root, files);
    let worktree = Worktree::new(root);
    let config = Some(CONFIG.as_bytes().to_vec());
    let portal = Portal::open(Origin::new(&worktree, Instant::default()), config).expect("opened");
    let documents = Documents::find(&portal, Box::new(Worktree::new(root))).expect("found");
    build(&portal, &root.join("site"), &Options { documents, ..Options::default() }).expect("built")
}

fn page(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join("site").join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn links_lead_where_they_can_be_followed() {
    let root = tempfile::tempdir().expect("a folder");
    let text = "# A\n\n[s](docs/setup.md#One-Two) [f](docs/) [b](../b/README.md) [l](src/x.rs#L7-L9) [d](src) \
                [no](nowhere.md) [up](../../../etc/passwd) [root](/services/b/README.md) [h](#one) [api](#api) \
                [j](javascript:alert(1)) [v](VBSCRIPT:x) [p](//e.com) [m](mailto:a@e.com) [e](docs/a%20b.md) [q](docs/setup.md?x=1)";
    built(
        root.path(),
        &[
            ("services/a/README.md", text.as_bytes()),
            ("services/a/docs/index.md", b"# Docs"),
            (
                "services/a/docs/setup.md",
                b"# Setup\n\n## One Two\n\n[back](../README.md) [self](setup.md#one-two)",
            ),
            ("services/a/docs/a b.md", b"# Spaced"),
            ("services/a/src/x.rs", b""),
            ("services/b/README.md", b"# B"),
        ],
    );
    let page = page(root.path(), "docs/service/a/index.html");
    for expected in [
        ">s</a>|href=\"../../../docs/service/a/setup.html#one-two\"",
        ">f</a>|href=\"../../../docs/service/a/~69ndex.html\"",
        ">b</a>|href=\"../../../docs/service/b/index.html\"",
        ">l</a>|href=\"https://git.example/services/a/src/x.rs#L7\"",
        ">d</a>|href=\"https://git.example/services/a/src#L1\"",
        ">root</a>|href=\"../../../docs/service/b/index.html\"",
        ">h</a>|href=\"#one\"",
        // An icon of the page has this id.
        ">api</a>|href=\"#section-api\"",
        ">m</a>|href=\"mailto:a@e.com\"",
        ">e</a>|href=\"../../../docs/service/a/a~20b.html\"",
        ">q</a>|href=\"../../../docs/service/a/setup.html\"",
    ] {
        let (end, href) = expected.split_once('|').expect("two parts");
        assert!(page.contains(&format!("{href}{end}")), "{expected}\n{page}");
    }
    for text in [" no ", " up ", " j v p "] {
        assert!(page.contains(text), "{text}\n{page}");
    }
    let setup = self::page(root.path(), "docs/service/a/setup.html");
    assert!(setup.contains("href=\"../../../docs/service/a/index.html\">back"), "{setup}");
    assert!(setup.contains("href=\"#one-two\">self"), "{setup}");
    let entity = self::page(root.path(), "service/a.html");
    assert!(entity.contains("href=\"../docs/service/a/index.html#one\""), "{entity}");
    assert!(entity.contains("href=\"../docs/service/a/setup.html\">Setup</a>"), "{entity}");
}

#[test]
fn images_are_copied_or_said() {
    let root = tempfile::tempdir().expect("a folder");
    let png = b"\x89PNG\r\n\x1a\n0".as_slice();
    let text = b"![Good](x.png) ![Same](docs/y.png) ![Bad](bad.svg) ![Fake](fake.png) ![Away](https://e.com/i.png) \
                 ![Up](../../../x.png) ![None](none.png) <img src=\"x.png\" alt=\"Sized\" width=\"40\" onerror=\"alert(1)\">";
    let built = built(
        root.path(),
        &[
            ("services/a/README.md", text),
            ("services/a/x.png", png),
            ("services/a/docs/y.png", png),
            (
                "services/a/bad.svg",
                b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>",
            ),
            ("services/a/fake.png", b"<html>"),
        ],
    );
    let page = page(root.path(), "docs/service/a/index.html");
    assert!(page.contains("<img loading=\"lazy\" src=\"../../../docs/~images/x-"), "{page}");
    assert!(page.contains("alt=\"Sized\" width=\"40\">"), "{page}");
    assert!(page.contains("href=\"https://git.example/services/a/bad.svg#L1\">Bad</a>"), "{page}");
    assert!(page.contains("href=\"https://e.com/i.png\">Away</a>"), "{page}");
    assert!(page.contains(" Up None "), "{page}");
    assert!(!page.contains("onerror"), "{page}");
    assert_eq!(
        built.left_out,
        [
            "the image `services/a/bad.svg` is not shown: it has the element `script`",
            "the image `services/a/fake.png` is not shown: it is not what its name says",
        ]
    );
    let images: Vec<_> = fs::read_dir(root.path().join("site/docs/~images")).expect("there").collect();
    assert_eq!(images.len(), 2, "one for each name");
    let entity = self::page(root.path(), "service/a.html");
    assert!(entity.contains("src=\"../docs/~images/x-"), "{entity}");
}

#[test]
fn hostile_documents_stay_text_and_builds_are_the_same() {
    let root = tempfile::tempdir().expect("a folder");
    let hostile = "---\ntitle: \"</title><script>alert(1)</script>\"\n---\n\n# <img src=x onerror=alert(1)>\n\n\
                   <script>alert(1)</script>\n\n[x](javascript:alert(1)) <a href=\"JAVASCRIPT:alert(1)\">y</a>\n\n\
                   ```mermaid\ngraph TD\n A[\"<script>\"] --> B\n```\n";
    let files: &[(&str, &[u8])] =
        &[("services/a/README.md", hostile.as_bytes()), ("services/a/docs/<script>.md", hostile.as_bytes())];
    built(root.path(), files);
    for path in ["docs/service/a/index.html", "docs/service/a/~3Cscript~3E.html", "service/a.html"] {
        let page = page(root.path(), path);
        assert!(!page.contains("<script>") && !page.contains("onerror=alert(1)>"), "{path}\n{page}");
        assert!(!page.to_lowercase().contains("href=\"javascript"), "{path}\n{page}");
    }
    let again = built(root.path(), files);
    assert_eq!((again.written, again.removed), (0, 0));
    // A document that changes brings the page of its entity up to date.
    let changed = built(root.path(), &[("services/a/README.md", b"# New\n\ntext")]);
    assert!(changed.written > 0 && page(root.path(), "service/a.html").contains(">New</a>"));
}

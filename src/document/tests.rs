use super::*;
use crate::model::instant::Instant;
use crate::portal::{Origin, Portal};
use crate::worktree::Memory;

const BLUEPRINT: (&str, &str) = (
    "blueprints/service.yaml",
    "identifier: service\nschema:\n  properties:\n    folder: {type: string}\n    runbook: {type: string, format: markdown}\n    \
     more: {type: array, items: {type: string, format: markdown}}\n",
);

/// Returns the documents of a catalog with these files: `entity: path name title`, and the warnings.
fn found(config: &str, files: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
    let all = || Memory::new(std::iter::once(BLUEPRINT).chain(files.iter().copied()));
    let portal = Portal::open(Origin::new(&all(), Instant::default()), Some(config.as_bytes().to_vec()));
    let portal = portal.expect("opened");
    let documents = Documents::find(&portal, Box::new(all())).expect("found");
    let mut said = Vec::new();
    for entity in portal.catalog.entities() {
        for &number in documents.of(entity.id()) {
            let Document { path, owner, name, title } = &documents.all()[number];
            let other = if *owner == entity.id() { "" } else { " elsewhere" };
            said.push(format!("{}: {path} {name} {title}{other}", entity.identifier()));
        }
    }
    (said, documents.warnings().to_vec())
}

const INCLUDE: &str = "include: ['services/*/portal.yml']";

#[test]
fn an_entity_has_the_documents_of_its_own_folder() {
    let (said, warnings) = found(
        INCLUDE,
        &[
            ("entities/service/none.yaml", "{identifier: none}"),
            ("entities/README.md", "# Nobody's"),
            ("services/cart/portal.yml", "{blueprint: service, identifier: cart}"),
            ("services/cart/README.md", "text"),
            ("services/cart/docs/setup.md", "# Set up"),
            ("services/cart/docs/index.md", "# Start"),
            ("services/cart/docs/README.md", "# Again"),
            ("services/cart/docs/guides/a.md", "# A"),
            ("services/cart/docs/.hidden/a.md", "# Hidden"),
            ("services/cart/docs/empty.md", " \n"),
            ("services/cart/docs/a.txt", "# No"),
            ("services/cart/adr/0001-x.md", "# X"),
            ("services/cart/src/note.md", "# No"),
        ],
    );
    assert_eq!(
        said,
        [
            "cart: services/cart/README.md index cart",
            "cart: services/cart/docs/index.md ~69ndex Start",
            "cart: services/cart/docs/README.md README Again",
            "cart: services/cart/docs/setup.md setup Set up",
            "cart: services/cart/docs/guides/a.md guides~2Fa A",
            "cart: services/cart/adr/0001-x.md adr~2F0001-x X",
        ]
    );
    assert_eq!(warnings, Vec::<String>::new());
}

#[test]
fn the_order_is_that_of_mkdocs() {
    let (said, _) = found(
        INCLUDE,
        &[
            ("services/cart/portal.yml", "{blueprint: service, identifier: cart}"),
            (
                "services/cart/mkdocs.yml",
                "docs_dir: pages\nnav:\n  - Home: index.md\n  - Guides:\n    - z.md\n    - 'The A': a.md\n  - Away: https://e.com\n  - ../../x.md\n",
            ),
            ("services/cart/pages/index.md", "# Start"),
            ("services/cart/pages/a.md", "# A"),
            ("services/cart/pages/b.md", "# B"),
            ("services/cart/pages/z.md", "# Z"),
            ("services/cart/docs/no.md", "# No"),
        ],
    );
    assert_eq!(
        said,
        [
            "cart: services/cart/pages/index.md pages~2Findex Home",
            "cart: services/cart/pages/z.md pages~2Fz Z",
            "cart: services/cart/pages/a.md pages~2Fa The A",
            "cart: services/cart/pages/b.md pages~2Fb B",
        ]
    );
}

#[test]
fn documents_elsewhere_are_named_by_properties() {
    let entity = |text: &'static str| ("entities/service/all.yaml", text);
    let (said, _) = found(
        "",
        &[
            entity(
                "- {identifier: a, properties: {runbook: 'file://docs/runbooks/a.md', more: ['file://docs/b.md', plain]}}\n\
                 - {identifier: b, properties: {runbook: {$text: ../../docs/b.md}}}\n\
                 - identifier: c\n  properties:\n    runbook:\n      $text: \"docs/b.md\"\n\
                 - {identifier: d, properties: {runbook: 'docs/b.md'}}\n",
            ),
            ("docs/runbooks/a.md", "# A"),
            ("docs/b.md", "# B"),
        ],
    );
    assert_eq!(
        said,
        [
            "a: docs/runbooks/a.md runbooks~2Fa A",
            "a: docs/b.md b B",
            "b: docs/b.md b B elsewhere",
            "c: docs/b.md b B elsewhere",
        ]
    );
}

#[test]
fn the_configuration_says_where_documents_are() {
    let (said, warnings) = found(
        "site: {documents: .properties.folder}",
        &[
            (
                "entities/service/all.yaml",
                "- {identifier: a, properties: {folder: src/a/}}\n- {identifier: b, properties: {folder: ../out}}\n\
                 - {identifier: c}\n- {identifier: d, properties: {folder: .}}\n",
            ),
            ("src/a/README.md", "# A"),
            ("README.md", "# All"),
        ],
    );
    assert_eq!(said, ["a: src/a/README.md index A", "d: README.md index All"]);
    assert_eq!(warnings, ["the documents of service `b` are not shown: `../out` is not inside the catalog"]);
}

#[test]
fn what_is_left_out_is_said() {
    let many: Vec<(String, String)> =
        (0..=MOST).map(|at| (format!("services/cart/docs/{at:04}.md"), "# X".to_string())).collect();
    let large = "x".repeat(LARGEST + 1);
    let mut files = vec![
        (
            "services/cart/portal.yml",
            "- {blueprint: service, identifier: cart}\n- {blueprint: service, identifier: z}\n",
        ),
        ("services/pay/portal.yml", "{blueprint: service, identifier: pay}"),
        ("services/pay/README.md", large.as_str()),
    ];
    files.extend(many.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let (said, warnings) = found(INCLUDE, &files);
    assert_eq!(said.iter().filter(|line| line.starts_with("cart: ")).count(), MOST);
    assert!(!said.iter().any(|line| line.starts_with("z: ")), "the folder is the first one's");
    assert_eq!(warnings[0], "service `cart` has 501 documents: the site shows the first 500");
}

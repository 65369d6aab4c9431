//! A site of one's own: logo, accent, bar, home page, templates, and what becomes of them with a newer portal.

use std::fs;

use crate::sandbox::{Ran, Sandbox};

const LOGO: &str =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 80 20\"><path d=\"M0 0h80v20z\"/></svg>\n";

const CONFIG: &str = "title: Shop
site:
  logo: brand/logo.svg
  accent: {light: \"#7a1f5c\", dark: \"#f4b\"}
  navigation:
    areas: [catalog, overview]
    links:
      - {blueprint: service}
      - {scorecard: care, title: Care <b>}
      - {action: deploy}
      - {title: Runbooks, url: \"https://example.com/a?b=c&d\"}
  home: {text: brand/home.md, show: [catalog, attention]}
";

fn catalog() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("portal.yaml", CONFIG);
    sandbox.write("brand/logo.svg", LOGO);
    sandbox.write(
        "brand/home.md",
        "# Welcome\n\nAsk in [the channel](https://chat.example.com).<script>x</script>\n",
    );
    sandbox
        .write("blueprints/service.yaml", "identifier: service\ntitle: Service\nschema: {properties: {}}\n");
    sandbox.write("entities/cart.yaml", "identifier: cart\nblueprint: service\n");
    sandbox.write(
        "scorecards/care.yaml",
        "identifier: care\ntitle: Care\nblueprint: service\nrules:\n  - identifier: a\n    title: A\n    level: \
         Bronze\n    query: {combinator: and, conditions: [{property: $title, operator: isNotEmpty}]}\n",
    );
    sandbox.write(
        "actions/deploy.yaml",
        "identifier: deploy\ntitle: Deploy\ntrigger: {type: self-service, operation: DAY-2, \
         blueprintIdentifier: service, userInputs: {properties: {}}}\ninvocationMethod: {type: GITHUB, org: a, repo: b, \
         workflow: c.yml}\n",
    );
    sandbox
}

fn build(sandbox: &Sandbox) -> Ran {
    let ran = sandbox.portal(&["build", "--keep-going", "--now", "2026-11-21T18:00:00Z"]);
    assert!(ran.stderr.contains("built "), "{}", ran.stderr);
    ran
}

fn page(sandbox: &Sandbox, path: &str) -> String {
    fs::read_to_string(sandbox.path().join("site").join(path))
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn a_site_shows_whose_it_is() {
    let sandbox = catalog();
    let ran = build(&sandbox);
    assert!(!ran.stderr.contains("error["), "{}", ran.stderr);
    let entity = page(&sandbox, "service/cart.html");
    for expected in [
        "<link rel=\"stylesheet\" href=\"../portal-brand.css\">",
        "<link rel=\"icon\" href=\"../favicon.svg\">",
        "<img src=\"../logo.svg\" alt=\"Shop\" width=\"88\" height=\"22\">",
        "<a href=\"../service/index.html\">Service</a>",
        "<a href=\"../scorecards/care.html\">Care &lt;b&gt;</a>",
        "<a href=\"../actions/deploy.html\">Deploy</a>",
        "<a href=\"https://example.com/a?b=c&amp;d\" rel=\"noopener noreferrer\">Runbooks</a>",
    ] {
        assert!(entity.contains(expected), "{expected}:\n{entity}");
    }
    assert!(entity.find(">Catalog<") < entity.find(">Overview<"), "the areas are in their order");
    assert!(!entity.contains(">Scorecards</a>"), "an area that is not named is not there");
    assert_eq!(page(&sandbox, "logo.svg"), LOGO);
    let css = page(&sandbox, "portal-brand.css");
    assert!(css.starts_with(":root{--accent:light-dark(#7a1f5c,#ff44bb);"), "{css}");
    assert!(page(&sandbox, "favicon.svg").contains("fill=\"#7a1f5c\""));
    let home = page(&sandbox, "index.html");
    assert!(home.contains("<h3>Welcome</h3>") && !home.contains("<script>x"), "{home}");
    assert!(home.contains("id=\"catalog\"") && home.contains("Needs attention"));
    assert!(!home.contains("id=\"model\"") && home.contains("id=\"built\""));
}

#[test]
fn what_depends_on_the_settings_is_made_anew() {
    let sandbox = catalog();
    build(&sandbox);
    sandbox.write("brand/logo.svg", LOGO.replace("80 20", "20 20"));
    sandbox.write("portal.yaml", CONFIG.replace("Runbooks", "Books"));
    build(&sandbox);
    let entity = page(&sandbox, "service/cart.html");
    assert!(entity.contains(">Books</a>") && entity.contains("href=\"../logo.svg\">"), "{entity}");
    sandbox.write("portal.yaml", "title: Shop\n");
    build(&sandbox);
    let entity = page(&sandbox, "service/cart.html");
    assert!(!entity.contains("portal-brand.css") && !entity.contains("logo.svg"), "{entity}");
    assert!(!sandbox.path().join("site/logo.svg").exists());
}

#[test]
fn settings_that_cannot_be_are_said_with_their_place() {
    let sandbox = catalog();
    for (old, new, expected) in [
        ("#7a1f5c", "#ff9900", "portal.yaml:4:19: error[low-contrast]"),
        ("brand/logo.svg", "brand/none.svg", "portal.yaml:3:9: error[file-reference]"),
        ("brand/home.md", "../home.md", "error[file-reference]"),
        ("brand/logo.svg", "brand/home.md", "error[unusable-logo]"),
        ("blueprint: service", "blueprint: servise", "error[unknown-blueprint]"),
        ("scorecard: care", "scorecard: cares", "error[unknown-standard]"),
        ("action: deploy", "action: deplo", "error[unknown-action]"),
        ("https://example.com", "javascript://example.com", "error[invalid-value]"),
        ("{action: deploy}", "{title: Nothing}", "this link leads nowhere"),
        ("{action: deploy}", "{action: deploy, blueprint: service}", "not to several"),
        ("[catalog, overview]", "[catalogue]", "error[invalid-value]"),
        ("\"#7a1f5c\"", "purple", "`purple` is no colour"),
        ("  logo:", "  logos:", "error[unknown-key]"),
    ] {
        sandbox.write("portal.yaml", CONFIG.replacen(old, new, 1));
        let ran = sandbox.portal(&["validate", "--format", "concise"]);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains(expected), "{new}: {said}");
    }
}

#[test]
fn a_template_can_change_a_block_of_the_original() {
    let sandbox = catalog();
    sandbox.write(
        "templates/entity.html",
        "{% extends \"portal/entity.html\" %}{% block main %}<p>Ours</p>{{ super() }}{% endblock %}",
    );
    sandbox.write(
        "templates/layout.html",
        "{% extends \"portal/layout.html\" %}{% block head %}<meta name=\"ours\" content=\"{{ site.title }}\">{% endblock %}",
    );
    build(&sandbox);
    let entity = page(&sandbox, "service/cart.html");
    assert!(
        entity.contains("<meta name=\"ours\" content=\"Shop\">") && entity.contains("<p>Ours</p>"),
        "{entity}"
    );
    assert!(entity.contains("<h1 "), "{entity}");
}

#[test]
fn a_copied_template_follows_its_original() {
    let sandbox = catalog();
    let ran = sandbox.portal(&["templates", "--write", "footer.html"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "wrote templates/footer.html\n"));
    let original = fs::read_to_string(sandbox.path().join("templates/footer.html")).unwrap();
    assert_eq!(sandbox.portal(&["templates", "footer.html"]).stdout, original);
    assert_eq!(sandbox.portal(&["templates", "--write", "footer.html"]).code, 2, "what is there stays");
    assert!(!build(&sandbox).stderr.contains("warning"));
    assert!(sandbox.portal(&["templates", "--update"]).stderr.contains("nothing to bring in"));

    // As if an older portal had had another line, below which ours has been added.
    let older = format!("<!-- older -->\n<p>between</p>\n<p>between</p>\n<p>between</p>\n{original}");
    sandbox.write("templates/.portal/footer.html", &older);
    sandbox.write("templates/footer.html", format!("{older}<p>Ours</p>\n"));
    let ran = build(&sandbox);
    assert!(
        ran.stderr.contains("warning: templates/footer.html was made from an older footer.html"),
        "{}",
        ran.stderr
    );
    assert!(page(&sandbox, "index.html").contains("<p>Ours</p>"));
    assert!(
        sandbox.portal(&["templates"]).stdout.contains("footer.html       yours, made from an older one")
    );
    assert!(sandbox.portal(&["templates", "--diff"]).stdout.contains("-<!-- older -->"));
    let ran = sandbox.portal(&["templates", "--update"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, "updated templates/footer.html\n"));
    let updated = fs::read_to_string(sandbox.path().join("templates/footer.html")).unwrap();
    assert_eq!(updated, format!("{original}<p>Ours</p>\n"));
    assert!(!build(&sandbox).stderr.contains("warning"));

    sandbox.write("templates/.portal/footer.html", "<p>one</p>\n");
    sandbox.write("templates/footer.html", "<p>two</p>\n");
    let ran = sandbox.portal(&["templates", "--update", "footer.html"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("stand between markers"), "{}", ran.stderr);
    let ran = sandbox.portal(&["templates", "foter.html"]);
    assert!(ran.code == 2 && ran.stderr.contains("did you mean `footer.html`"), "{}", ran.stderr);
}

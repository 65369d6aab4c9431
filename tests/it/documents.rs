//! The definitions that the documentation shows, read: one catalog for each page.

use std::fs;

use crate::sandbox::{Sandbox, repository};

/// What the examples of a page rest on.
const CATALOG: &[(&str, &str)] = &[
    (
        "blueprints/all.yaml",
        "identifier: Service\ntitle: Service\nschema: {properties: {tier: {type: number}}}\n---\nidentifier: Environment\ntitle: Environment\nschema: {properties: {size: {type: string}, url: {type: string, format: url}, expiresAt: {type: string, format: timer}}}\nrelations: {service: {target: Service}}\n",
    ),
    (
        "entities/all.yaml",
        "- {identifier: platform, blueprint: _team}\n- {identifier: ines@example.com, blueprint: _user}\n- {identifier: cart, blueprint: Service}\n- {identifier: dev, blueprint: Environment}\n",
    ),
];

#[test]
fn the_actions_of_the_documentation_have_no_findings() {
    let sandbox = Sandbox::new();
    CATALOG.iter().for_each(|(path, text)| sandbox.write(path, text));
    let page = fs::read_to_string(repository("docs/actions.md")).unwrap();
    let mut shown = 0;
    for fence in page.split("```").skip(1).step_by(2) {
        let (information, text) = fence.split_once('\n').unwrap();
        if let Some(path) = information.strip_prefix("yaml ") {
            sandbox.write(path, text);
            shown += 1;
        } else if information == "yaml" {
            // A part of an action, shown alone.
            let base = "identifier: part\ntrigger: {type: self-service, operation: DAY-2, blueprintIdentifier: Service, userInputs: {properties: {}}}\nsteps: [{run: ./x}]\n";
            sandbox.write(
                &format!("actions/part-{shown}.yaml"),
                format!("{}{text}", base.replace("part", &format!("part-{shown}"))),
            );
            shown += 1;
        }
    }
    assert_eq!(shown, 4, "the page shows two definitions and two parts");
    let ran = sandbox.portal(&["validate", "--format", "concise"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stdout);
}

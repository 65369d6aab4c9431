//! Folders: what skeletons become.

use std::collections::BTreeSet;

use super::*;
use crate::skeleton::{lint, uses};

fn made(files: &[(&str, &[u8])]) -> Result<Vec<(String, String)>, Vec<String>> {
    let made = engine().files(&tree(files.iter().copied()), &answers());
    let shown = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    made.map(|files| files.into_iter().map(|file| (file.path, shown(file.bytes))).collect())
        .map_err(|faults| messages(&faults))
}

#[test]
fn a_skeleton_becomes_files() {
    let files = made(&[
        ("README.md.j2", b"# {{ name | title }}\n"),
        ("src/{{ package | folders }}/{{ name | pascal }}.java.j2", b"package {{ package }};\n"),
        ("{% if docker %}Dockerfile{% endif %}", b"FROM {{ kept }}\n"),
        ("{% if quiet %}quiet{% endif %}/log.j2", b"{{ never.asked }}"),
        ("{{ nobody }}/x", b""),
        ("ci.yml", b"${{ github.ref }}\n"),
        ("logo.png", b"\x89PNG\xff"),
        ("{{ name }}.j2/x", b"a folder"),
        ("template.j2.j2", b"{{ name }}"),
    ])
    .unwrap();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert_eq!(
        files,
        [
            ("Dockerfile", "FROM {{ kept }}\n"),
            ("README.md", "# Payment Api\n"),
            ("ci.yml", "${{ github.ref }}\n"),
            ("logo.png", "\u{fffd}PNG\u{fffd}"),
            ("payment-api.j2/x", "a folder"),
            ("src/com/acme/pay/PaymentApi.java", "package com.acme.pay;\n"),
            ("template.j2", "payment-api"),
        ]
    );
}

#[test]
fn modes_and_bytes_stay() {
    let mut tree = tree([("run.sh.j2", &b"echo {{ name }}"[..]), ("bin", b"\0\xff\r\n")]);
    tree.files[1].executable = true;
    let made = engine().files(&tree, &answers()).unwrap();
    assert_eq!((made[0].bytes.as_slice(), made[0].executable), (&b"\0\xff\r\n"[..], false));
    assert_eq!(
        (made[1].path.as_str(), made[1].executable, made[1].from.as_str()),
        ("run.sh", true, "run.sh.j2")
    );
}

#[test]
fn everything_that_is_wrong_is_found() {
    let faults = made(&[
        ("a.j2", b"{{ nope }}"),
        ("b.j2", b"\xff"),
        ("c.j2", b"{% if %}{% endif %}"),
        ("{{ nope }}.txt", b""),
        ("README.md", b""),
        ("readme.{{ 'MD' }}", b""),
        ("{{ 'x' }}", b""),
        ("x/y", b""),
    ])
    .unwrap_err();
    assert_eq!(
        faults,
        [
            "unknown-variable a.j2: there is no variable `nope`",
            "template-fault b.j2: this is no UTF-8, and cannot be rendered",
            "template-fault c.j2: this is no template: unexpected end of block",
            "template-path readme.{{ 'MD' }}: `readme.MD` and `README.md`, made from `README.md`, would be one file on some systems",
            "template-path {{ 'x' }}: `x` and `x/y`, made from `x/y`, would be one file on some systems",
            "unknown-variable {{ nope }}.txt: there is no variable `nope`",
        ]
    );
}

#[test]
fn a_mistake_in_a_name_is_placed_in_it() {
    let tree = tree([("src/{{ nmae | kebab }}/x.txt", &b""[..])]);
    let faults = engine().files(&tree, &answers()).unwrap_err();
    let fault = &faults[0];
    assert_eq!(&fault.text[fault.mistake.range.clone()], "nmae");
    let mut sources = crate::source::Sources::default();
    let finding = fault.finding("scaffolds/x/template", &mut sources);
    assert_eq!(sources.text(finding.primary.span), "nmae");
}

fn found(files: &[(&str, &[u8])]) -> Vec<String> {
    let known = ["name", "port", "inputs", "entities"].map(String::from).into();
    let secrets = BTreeSet::from(["token".to_string()]);
    let faults = lint(&engine(), &tree(files.iter().copied()), &known, &secrets);
    let shown = |fault: &Fault| {
        let part = &fault.text[fault.mistake.range.clone()];
        format!("{} {} `{part}`", fault.rule.name(), fault.file)
    };
    faults.iter().map(shown).collect()
}

#[test]
fn a_skeleton_is_checked_without_answers() {
    let files: &[(&str, &[u8])] = &[
        ("a.j2", b"{{ name }} {{ nmae }} {{ inputs.port }} {{ inputs.prot }} {{ name | kebap }}"),
        ("b.j2", b"{{ token }} {{ inputs.token }} {% include 'x' %}"),
        ("c.yml.j2", b"on: ${{ github.ref }} {{ '${{' }} {% raw %}${{ x }}{% endraw %}"),
        ("d.j2", b"{{ name"),
        ("e.j2", b"\xff"),
        ("f/{{ nmae }}/{{ token }}", b"{{ nmae }}"),
        ("g/NUL.txt", b""),
        ("H", b""),
        ("h", b""),
        (".portal/scaffold.yaml.j2", b""),
    ];
    assert_eq!(
        found(files),
        [
            "template-path .portal/scaffold.yaml.j2 `.portal/scaffold.yaml.j2`",
            "unknown-variable a.j2 `nmae`",
            "unknown-variable a.j2 `inputs.prot`",
            "template-fault a.j2 `kebap`",
            "template-secret b.j2 `token`",
            "template-secret b.j2 `inputs.token`",
            "template-fault b.j2 `include 'x'`",
            "template-delimiter c.yml.j2 `${{ github.ref }}`",
            "unknown-variable c.yml.j2 `github`",
            "template-fault d.j2 `{{ name`",
            "template-fault e.j2 ``",
            "unknown-variable f/{{ nmae }}/{{ token }} `nmae`",
            "template-secret f/{{ nmae }}/{{ token }} `token`",
            "template-path g/NUL.txt `NUL.txt`",
            "template-path h `h`",
        ]
    );
    let uses = uses(&engine(), &tree(files.iter().copied()));
    let uses: Vec<&str> = uses.iter().map(String::as_str).collect();
    assert_eq!(uses, ["github", "name", "nmae", "port", "prot", "token"]);
}

#[test]
fn texts_of_a_document_are_checked_alike() {
    let known = BTreeSet::from(["name".to_string()]);
    let found = engine().check("services/{{ nmae }}/{{ name | kebap }}", &known, &BTreeSet::new());
    let found: Vec<_> = found.iter().map(|(rule, mistake)| (rule.name(), mistake.range.clone())).collect();
    assert_eq!(found, [("template-fault", 30..35), ("unknown-variable", 12..16)]);
}

#[test]
fn many_files_are_rendered_once_each() {
    let names: Vec<String> =
        (0..3_000).map(|at| format!("d{}/{{{{ name }}}}-{at}.txt.j2", at % 50)).collect();
    let tree = tree(names.iter().map(|name| (name.as_str(), &b"{{ name }}:{{ port }}\n"[..])));
    let made = engine().files(&tree, &answers()).unwrap();
    assert_eq!(made.len(), 3_000);
    assert!(made.iter().all(|file| file.bytes == b"payment-api:8080\n"));
    assert!(made.is_sorted_by(|a, b| a.path < b.path));
}

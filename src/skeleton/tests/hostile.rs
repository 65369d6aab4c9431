//! Templates that want out: each is refused, and nothing is made.

use super::*;
use crate::worktree::Refused;

/// Names of files, each with an answer and a part of the message.
const NAMES: &[(&str, &str, &str)] = &[
    ("../evil", "", "leads out of the destination"),
    ("a/../../evil", "", "leads out of the destination"),
    ("{{ x }}/evil", "..", "leads out of the destination"),
    ("{{ x }}", "../../.ssh/authorized_keys", "has no slash"),
    ("{{ x | folders }}", "../../etc/passwd", "is an absolute path"),
    ("{{ x | folders }}", "a..b", "a folder without a name"),
    ("a/{{ x | folders }}", "/etc/passwd", "a folder without a name"),
    ("{{ x | folders }}", "/etc/passwd", "absolute"),
    ("{{ x }}", "/etc/passwd", "has no slash"),
    ("{{ x }}", "..\\..\\evil", "has no slash"),
    ("a{{ '\\u002f..\\u002f..' }}/b", "", "has no slash"),
    ("{% set y %}{{ x | folders }}{% endset %}{{ y }}", "a.b", "has no slash"),
    ("a\\b", "", "backslash"),
    ("C:evil", "", "colon"),
    ("{{ x }}", "C:evil", "colon"),
    ("{{ x }}", "file.txt:stream", "colon"),
    (".git/hooks/pre-commit", "", "data of Git"),
    (".{{ x }}/config", "GIT", "data of Git"),
    ("{{ x }}/config", "git~1", "data of Git"),
    ("{{ x }}", ".g\u{200c}it", "U+200C"),
    ("sub/{{ x }}", ".git", "data of Git"),
    ("{{ x }}", "CON", "device"),
    ("{{ x }}.txt", "lpt1", "device"),
    ("nul", "", "device"),
    ("{{ x }}", "a\0b", "U+0000"),
    ("{{ x }}", "a\nb", "U+000A"),
    ("{{ x }}", "a\u{202e}txt.exe", "U+202E"),
    ("{{ x }}", "trailing.", "ends in a dot"),
    ("{{ x }}", "trailing ", "ends in a space"),
    ("{{ x }}", "e\u{301}", "in parts"),
    ("{{ x * 300 }}", "a", "more than 255 bytes"),
    ("{{ x * 100000 }}", "a", "more than 1,024 bytes"),
    ("{{ ('a.' * 100 ~ 'a') | folders }}", "", "more than 64 folders"),
    (".portal/scaffold.yaml", "", "written by portal itself"),
    (".Portal/{{ x }}", "Scaffold.YAML", "written by portal itself"),
    ("a/.j2", "", "no name before `.j2`"),
    ("{{ x", "", "never closed"),
    ("{{ nope }}", "", "no variable `nope`"),
    ("{% for i in range(10000) %}{{ i }}{% endfor %}", "", "more than 1,024 bytes"),
    ("{% for i in range(10000) %}{% for j in range(10000) %}{% endfor %}{% endfor %}", "", "this takes"),
    ("{{ 'x' * 100000000 }}", "", "this takes"),
];

#[test]
fn names_that_want_out_are_refused() {
    for (name, answer, expected) in NAMES {
        let tree = tree([(*name, &b"evil"[..]), ("fine", b"fine")]);
        let faults = engine().files(&tree, &of(json!({"x": answer}))).unwrap_err();
        assert_eq!(faults.len(), 1, "{name}: {:?}", messages(&faults));
        assert!(faults[0].mistake.message.contains(expected), "{name}: {:?}", messages(&faults));
        assert_eq!(faults[0].file, *name);
        assert!(faults[0].text.get(faults[0].mistake.range.clone()).is_some(), "{name}");
    }
    let long = "a".repeat(10_000);
    let faults = engine().files(&tree([(long.as_str(), &b""[..])]), &answers()).unwrap_err();
    assert!(faults[0].mistake.message.len() < 200 && faults[0].mistake.message.contains("1,024 bytes"));
}

#[test]
fn files_that_meet_are_refused() {
    for (one, other) in [
        ("a", "{{ 'A' }}"),
        ("a/b", "{{ 'a' }}"),
        ("{{ x }}", "{{ x | upper }}"),
        ("x.txt", "x.txt.j2"),
        ("straße", "STRASSE"),
    ] {
        let tree = tree([(one, &b""[..]), (other, b"")]);
        let faults = engine().files(&tree, &of(json!({"x": "same"}))).unwrap_err();
        assert_eq!(faults.len(), 1, "{:?}", messages(&faults));
        assert_eq!(faults[0].rule.name(), "template-path");
    }
}

#[test]
fn links_are_refused() {
    let mut tree = tree([("fine", &b""[..])]);
    for (path, reason) in
        [("etc", "is a symbolic link"), ("module", "is a submodule"), ("big", "is larger than 8 MiB")]
    {
        tree.refused.push(Refused { path: path.into(), reason });
    }
    let found = messages(&engine().files(&tree, &answers()).unwrap_err());
    assert_eq!(found.len(), 3);
    assert!(found[1].contains("template-path etc: `etc` is a symbolic link"), "{found:?}");
    assert_eq!(messages(&crate::skeleton::lint(&engine(), &tree, &[].into(), &[].into())), found);
}

#[test]
fn files_that_read_the_world_find_nothing() {
    for source in [
        "{% include '/etc/passwd' %}",
        "{% import '/etc/passwd' as x %}",
        "{% extends '../secret' %}",
        "{{ debug() }}",
        "{{ env.HOME }}",
        "{{ self._TemplateReference__context }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ lipsum() }}",
        "{{ name | attr('__class__') | upper(1) }}",
        "{{ now() }}",
        "{{ get_env('HOME') }}",
        "{{ load_file('x') }}",
        "{{ request }}",
    ] {
        let tree = tree([("x.j2", source.as_bytes()), ("fine", b"")]);
        assert_eq!(engine().files(&tree, &answers()).unwrap_err().len(), 1, "{source}");
    }
}

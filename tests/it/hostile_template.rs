//! Templates, answers and destinations that mean harm: each is refused, and nothing anywhere changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::sandbox::{Ran, Sandbox};

/// What a template of one file is made of: the name and the text of the file, and an answer.
struct Attack {
    file: &'static str,
    text: &'static str,
    name: &'static str,
    /// What the message has to say.
    says: &'static str,
}

const PLAIN: &str = "text\n";

/// Names and texts, by what they try.
const ATTACKS: &[Attack] = &[
    // Out of the destination, by an answer.
    Attack { file: "{{ name }}.txt.j2", text: PLAIN, name: "../../x", says: "{{ name }}.txt" },
    Attack { file: "{{ name }}/x", text: PLAIN, name: "..", says: "{{ name }}" },
    Attack { file: "a/{{ name }}/x", text: PLAIN, name: ".", says: "{{ name }}" },
    Attack { file: "{{ name }}", text: PLAIN, name: "/etc/cron.d/x", says: "{{ name }}" },
    Attack { file: "{{ name }}", text: PLAIN, name: "C:\\x", says: "{{ name }}" },
    Attack { file: "{{ name }}", text: PLAIN, name: "c:x", says: "{{ name }}" },
    Attack { file: "{{ name }}", text: PLAIN, name: "a\\..\\..\\x", says: "{{ name }}" },
    Attack { file: "{{ name }}", text: PLAIN, name: "a/b", says: "{{ name }}" },
    Attack { file: "{{ name }}", text: PLAIN, name: "a\nb", says: "{{ name }}" },
    Attack { file: "{{ name }}", text: PLAIN, name: "a\u{202e}gpj.exe", says: "{{ name }}" },
    // Into Git.
    Attack { file: "{{ name }}/hooks/pre-commit", text: PLAIN, name: ".git", says: "{{ name }}" },
    Attack { file: "{{ name }}/hooks/pre-commit", text: PLAIN, name: ".GIT", says: "{{ name }}" },
    Attack { file: "{{ name }}/config", text: PLAIN, name: "git~1", says: "{{ name }}" },
    Attack { file: "{{ name }}/config", text: PLAIN, name: ".g\u{200c}it", says: "{{ name }}" },
    Attack { file: "{{ name }}/config", text: PLAIN, name: ".git.", says: "{{ name }}" },
    // What is a device, or another name, on some systems.
    Attack { file: "{{ name }}.txt", text: PLAIN, name: "con", says: "{{ name }}" },
    Attack { file: "{{ name }}", text: PLAIN, name: "LPT1", says: "{{ name }}" },
    Attack { file: "{{ name }}", text: PLAIN, name: "a.", says: "{{ name }}" },
    Attack { file: "{{ name }}", text: PLAIN, name: "a ", says: "{{ name }}" },
    Attack { file: "{{ name }}", text: PLAIN, name: "a:stream", says: "{{ name }}" },
    // What never ends, or has no end.
    Attack {
        file: "a.j2",
        text: "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
        name: "x",
        says: "a.j2",
    },
    Attack { file: "a.j2", text: "{{ 'x' * 100000000 }}", name: "x", says: "a.j2" },
    Attack { file: "a.j2", text: "{{ name * 1000000000 }}", name: "x", says: "a.j2" },
    Attack { file: "a.j2", text: "{{ range(1000000000) | list | length }}", name: "x", says: "a.j2" },
    Attack { file: "a.j2", text: "{{ name | indent(1000000000) }}", name: "x\nx", says: "a.j2" },
    Attack { file: "a.j2", text: "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", name: "x", says: "a.j2" },
    Attack {
        file: "a.j2",
        text: "{% set ns = namespace(t='xxxxxxxxxxxxxxxx') %}{% for i in range(64) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}{{ ns.t | length }}",
        name: "x",
        says: "a.j2",
    },
    // What reads the world.
    Attack { file: "a.j2", text: "{% include '../../portal.yaml' %}", name: "x", says: "a.j2" },
    Attack { file: "a.j2", text: "{% import '/etc/passwd' as p %}", name: "x", says: "a.j2" },
    Attack { file: "a.j2", text: "{% extends '/etc/passwd' %}", name: "x", says: "a.j2" },
    Attack { file: "a.j2", text: "{{ env('HOME') }}", name: "x", says: "a.j2" },
    Attack { file: "a.j2", text: "{{ ''.__class__.__mro__ }}", name: "x", says: "a.j2" },
    // What portal itself writes.
    Attack { file: ".portal/scaffold.yaml.j2", text: PLAIN, name: "x", says: ".portal/scaffold.yaml" },
];

/// Returns a sandbox with the folder `catalog`, in which the template of an attack is.
fn sandbox(file: &str, text: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("catalog/portal.yaml", "title: T\n");
    sandbox.write("beside.txt", "beside\n");
    sandbox.write("catalog/scaffolds/t/scaffold.yaml", SCAFFOLD);
    sandbox.write(&format!("catalog/scaffolds/t/template/{file}"), text);
    sandbox
}

const SCAFFOLD: &str = "
identifier: t
userInputs: {properties: {name: {type: string}}, required: [name]}
target: out
";

/// Returns everything below a folder: files with what they hold, links with where they lead.
fn listing(folder: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_string_lossy().into_owned();
            let metadata = fs::symlink_metadata(&path).unwrap();
            let held = if metadata.is_symlink() {
                format!("-> {}", fs::read_link(&path).unwrap().display())
            } else if metadata.is_dir() {
                folders.push(path);
                "a folder".into()
            } else {
                String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned()
            };
            all.insert(name, held);
        }
    }
    all
}

/// Makes a service, which must fail, and returns what was said.
fn refused(sandbox: &Sandbox, name: &str) -> Ran {
    let before = listing(sandbox.path());
    let set = format!("name={name}");
    let arguments = ["-C", "catalog", "scaffold", "new", "t", "--set", &set, "--no-input", "--yes"];
    let ran = sandbox.portal(&arguments);
    assert!(matches!(ran.code, 1 | 2), "{name:?}: {ran:?}");
    assert_eq!(listing(sandbox.path()), before, "{name:?}: {ran:?}");
    ran
}

#[test]
fn no_template_and_no_answer_leads_anywhere_else() {
    for Attack { file, text, name, says } in ATTACKS {
        let sandbox = sandbox(file, text);
        let ran = refused(&sandbox, name);
        assert!(ran.stderr.contains(says), "{file} {text} {name:?}: {ran:?}");
        assert!(!ran.stderr.contains("panicked"), "{ran:?}");
    }
}

#[test]
fn names_have_an_end() {
    let sandbox = sandbox("{{ name }}", PLAIN);
    refused(&sandbox, &"x".repeat(10_000));
    refused(&sandbox, &"é".repeat(200));
}

#[test]
fn two_names_that_are_one_on_some_disks_are_refused() {
    for (other, name) in
        [("readme.md", "README"), ("a/x", "A"), ("x.md/y", "x"), ("stra\u{df}e.md", "STRASSE")]
    {
        let sandbox = sandbox("{{ name }}.md", PLAIN);
        sandbox.write(&format!("catalog/scaffolds/t/template/{other}"), PLAIN);
        if other.starts_with("stra") || other == "a/x" {
            // These differ on every disk: whether they are taken for one is up to the rules, and both are fine.
            continue;
        }
        refused(&sandbox, name);
    }
}

#[cfg(unix)]
#[test]
fn links_are_followed_nowhere() {
    use std::os::unix::fs::symlink;
    // In the template: a file, a folder, one that leads nowhere.
    for (target, link) in
        [("/etc/passwd", "passwd"), ("/etc", "etc"), ("../../../../beside.txt", "b"), ("nowhere", "n")]
    {
        let sandbox = sandbox("a", PLAIN);
        symlink(target, sandbox.path().join("catalog/scaffolds/t/template").join(link)).unwrap();
        let ran = refused(&sandbox, "x");
        assert!(ran.stderr.contains(link) && ran.stderr.contains("symbolic link"), "{ran:?}");
    }
    // In the destination: the folder of the service, a folder in it, the file itself.
    for link in ["out", "out/sub", "out/sub/file"] {
        let sandbox = sandbox("sub/file", PLAIN);
        fs::create_dir(sandbox.path().join("outside")).unwrap();
        sandbox.write("outside/file", "kept\n");
        let place = sandbox.path().join("catalog").join(link);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        let target = if link.ends_with("file") { "outside/file" } else { "outside" };
        symlink(sandbox.path().join(target), &place).unwrap();
        let ran = refused(&sandbox, "x");
        assert!(ran.stderr.contains("link"), "{link}: {ran:?}");
    }
    // The template's own folder.
    let sandbox = sandbox("a", PLAIN);
    let folder = sandbox.path().join("catalog/scaffolds/t");
    fs::rename(folder.join("template"), sandbox.path().join("elsewhere")).unwrap();
    symlink(sandbox.path().join("elsewhere"), folder.join("template")).unwrap();
    refused(&sandbox, "x");
}

#[test]
fn a_target_and_a_line_lead_nowhere_else() {
    let with = |rest: &str| {
        let sandbox = sandbox("a", PLAIN);
        let text = SCAFFOLD.replace("target: out\n", rest);
        sandbox.write("catalog/scaffolds/t/scaffold.yaml", text);
        sandbox
    };
    for (rest, name) in [
        ("target: '{{ name }}'\n", "../out"),
        ("target: '{{ name }}'\n", "/tmp/out"),
        ("target: 'a/{{ name }}/b'\n", "../.."),
        ("target: '{{ name }}'\n", ".git/hooks"),
        ("target: out\nappend: [{file: '{{ name }}', line: x}]\n", "../beside.txt"),
        ("target: out\nappend: [{file: '{{ name }}', line: x}]\n", ".git/config"),
        ("target: out\nappend: [{file: LINES, line: '{{ name }}'}]\n", "a\nb"),
    ] {
        refused(&with(rest), name);
    }
}

#[test]
fn an_answer_stays_text_in_the_entity() {
    let sandbox = sandbox("a", PLAIN);
    sandbox
        .write("catalog/blueprints/s.yaml", "{identifier: s, schema: {properties: {why: {type: string}}}}\n");
    let entity = "target: out\nentity: {identifier: x, blueprint: s, properties: {why: '{{ name }}'}}\n";
    sandbox.write("catalog/scaffolds/t/scaffold.yaml", SCAFFOLD.replace("target: out\n", entity));
    for name in ["a: b # c", "x\nidentifier: y\n---\n", "!!str 1", "'\"", "{{ 1 }}", "*a &a", "yes", "- a"] {
        let set = format!("name={name}");
        let arguments = ["-C", "catalog", "scaffold", "new", "t", "--set", &set, "--no-input", "--yes"];
        let ran = sandbox.portal(&arguments);
        assert_eq!(ran.code, 0, "{name:?}: {ran:?}");
        let asked = sandbox.portal(&["-C", "catalog", "query", "s", "--columns", "why", "--format", "json"]);
        let answer: serde_json::Value = serde_json::from_str(&asked.stdout).unwrap();
        let text = answer.to_string();
        assert!(text.contains(&serde_json::Value::from(name).to_string()), "{name:?}: {text}");
        fs::remove_dir_all(sandbox.path().join("catalog/out")).unwrap();
        fs::remove_dir_all(sandbox.path().join("catalog/entities")).unwrap();
    }
}

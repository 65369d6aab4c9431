//! Every folder below `tests/cases/`: a catalog, commands, and what a user then sees.
//!
//! `cmd` holds a command a line: `portal …`, or `git …`, `rm PATH`, `mv FROM TO`, to prepare. `portal … < FILE`
//! reads stdin from a file of the case, `NAME=value portal …` sets a variable. `output.txt` holds what the
//! `portal` lines printed; `UPDATE=1 cargo test` rewrites it, to be read before it is committed.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::sandbox::{Sandbox, repository};

#[test]
fn every_case_prints_what_it_should() {
    let mut failures = String::new();
    let mut count = 0;
    for case in cases(&repository("tests/cases")) {
        count += 1;
        let seen = run(&case);
        let expected = case.join("output.txt");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, &seen).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != seen {
            writeln!(failures, "=== {} printed:\n{seen}", case.display()).unwrap();
        }
    }
    assert!(count > 0, "there are no cases");
    assert!(failures.is_empty(), "{failures}\nRead the difference, then: UPDATE=1 cargo test cases");
}

/// Returns the folders that hold a `cmd`, in order.
fn cases(folder: &Path) -> Vec<PathBuf> {
    if folder.join("cmd").is_file() {
        return vec![folder.to_path_buf()];
    }
    let mut inside: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    inside.sort();
    inside.iter().filter(|path| path.is_dir()).flat_map(|path| cases(path)).collect()
}

/// Returns the transcript of a case.
fn run(case: &Path) -> String {
    let sandbox = Sandbox::new();
    sandbox.copy(case, "");
    for file in ["cmd", "output.txt"] {
        let _ = fs::remove_file(sandbox.path().join(file));
    }
    let mut transcript = String::new();
    for line in fs::read_to_string(case.join("cmd")).unwrap().lines().filter(|line| !line.trim().is_empty()) {
        step(&sandbox, line, &mut transcript);
    }
    transcript
}

/// Runs one line of a case.
fn step(sandbox: &Sandbox, line: &str, transcript: &mut String) {
    let (command, stdin) = line.split_once(" < ").unwrap_or((line, ""));
    let stdin =
        if stdin.is_empty() { Vec::new() } else { fs::read(sandbox.path().join(stdin.trim())).unwrap() };
    let words = words(command);
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut variables = Vec::new();
    while let Some((name, value)) = words[0].split_once('=') {
        variables.push((name, value));
        words.remove(0);
    }
    match words[0] {
        "portal" => {
            let ran = sandbox.run(env!("CARGO_BIN_EXE_portal"), &words[1..], &stdin, &variables);
            write!(transcript, "$ {line}\n{}", ran.stdout).unwrap();
            if !ran.stderr.is_empty() {
                write!(transcript, "--- stderr\n{}", ran.stderr).unwrap();
            }
            writeln!(transcript, "--- exit {}\n", ran.code).unwrap();
        }
        "git" => drop(sandbox.git(&words[1..])),
        "rm" => fs::remove_file(sandbox.path().join(words[1])).unwrap(),
        "mv" => fs::rename(sandbox.path().join(words[1]), sandbox.path().join(words[2])).unwrap(),
        "cat" => {
            writeln!(transcript, "$ {line}\n{}", fs::read_to_string(sandbox.path().join(words[1])).unwrap())
                .unwrap()
        }
        "ls" => {
            writeln!(transcript, "$ {line}\n{}", list(&sandbox.path().join(words[1]), "").join("\n")).unwrap()
        }
        other => panic!("a case cannot run `{other}`"),
    }
}

/// Returns the files below a folder, sorted.
fn list(folder: &Path, prefix: &str) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            files.extend(list(&entry.path(), &format!("{name}/")));
        } else {
            files.push(name);
        }
    }
    files.sort();
    files
}

/// Splits a line into words as a shell does, with single and double quotes.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c == ' ' => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

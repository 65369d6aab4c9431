//! A temporary folder to run the real binary in, with a clean environment.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A temporary folder, removed at the end.
pub(crate) struct Sandbox {
    folder: tempfile::TempDir,
}

/// What a program printed, with paths and times replaced.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, with the folders it needs.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Copies a folder of the repository into this one.
    pub(crate) fn copy(&self, from: &Path, to: &str) {
        copy(from, &self.path().join(to));
    }

    /// Runs `portal` here.
    pub(crate) fn portal(&self, arguments: &[&str]) -> Ran {
        self.run(env!("CARGO_BIN_EXE_portal"), arguments, b"", &[])
    }

    /// Runs `git` here, with an identity and a date of its own.
    pub(crate) fn git(&self, arguments: &[&str]) -> Ran {
        let ran = self.run("git", arguments, b"", &[]);
        assert_eq!(ran.code, 0, "git {arguments:?}: {}", ran.stderr);
        ran
    }

    /// Runs a program here.
    pub(crate) fn run(
        &self,
        program: &str,
        arguments: &[&str],
        stdin: &[u8],
        variables: &[(&str, &str)],
    ) -> Ran {
        let mut command = self.command(program, arguments);
        command.envs(variables.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{program}: {error}"));
        // A program that does not read its input may have ended before it is written.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        let output = child.wait_with_output().unwrap();
        let text = |bytes: &[u8]| self.masked(&String::from_utf8_lossy(bytes));
        Ran {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            code: output.status.code().unwrap_or(-1),
        }
    }

    /// Returns a program to run here, with a clean environment.
    pub(crate) fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.path()).env_clear();
        for kept in ["PATH", "SYSTEMROOT", "TEMP", "TMP", "LD_LIBRARY_PATH"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            // What is kept of the history is no part of what a test looks at; tests of it say where.
            .env("PORTAL_CACHE", "")
            .env("HOME", self.path());
        for who in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{who}_NAME"), "Ines")
                .env(format!("GIT_{who}_EMAIL"), "ines@example.com");
            command.env(format!("GIT_{who}_DATE"), "2026-03-01T09:30:00Z");
        }
        command
    }

    /// Replaces what differs from run to run.
    fn masked(&self, text: &str) -> String {
        let root = self.path().canonicalize().unwrap();
        let text = text.replace("\r\n", "\n").replace(&*root.to_string_lossy(), "[ROOT]");
        let text = text
            .replace(&*self.path().to_string_lossy(), "[ROOT]")
            .replace(env!("CARGO_PKG_VERSION"), "[VERSION]");
        let lines: Vec<String> = text.split('\n').map(mask_time).collect();
        lines.join("\n")
    }
}

/// Replaces `in 61 ms` at the end of a line.
fn mask_time(line: &str) -> String {
    let timed = line.strip_suffix(" ms").or_else(|| line.strip_suffix(" s"));
    let cut = timed.and_then(|rest| {
        rest.rfind(" in ").filter(|&at| rest[at + 4..].chars().all(|c| c.is_ascii_digit() || c == '.'))
    });
    cut.map_or_else(|| line.to_string(), |at| format!("{} in [TIME]", &line[..at]))
}

fn copy(from: &Path, to: &PathBuf) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}

/// Returns a folder of the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

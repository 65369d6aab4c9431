//! How jobs run, as the configuration says or the target usually has it.

use crate::model::ci::{Ci, Install, Record};
use crate::model::target::Target;

/// The most minutes of a job that only decides or writes down.
const SHORT: u32 = 15;

/// How jobs run on a CI system.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) target: Target,
    /// The catalog's folder; empty when it is the repository.
    pub(super) folder: String,
    pub(super) branch: String,
    pub(super) runner: String,
    pub(super) image: String,
    pub(super) install: Install,
    pub(super) record: Record,
    pub(super) timeout: u32,
    pub(super) schedule: String,
    pub(super) publish: bool,
}

impl Settings {
    pub(super) fn of(ci: &Ci, target: Target) -> Self {
        let runner = || ci.runner.clone().unwrap_or_else(|| "ubuntu-24.04".into());
        // It has git, curl, tar and the certificates of authorities, and little else.
        let image =
            || ci.image.clone().unwrap_or_else(|| "docker.io/library/buildpack-deps:24.04-scm".into());
        Self {
            target,
            folder: ci.folder.clone(),
            branch: ci.branch.clone(),
            runner: runner(),
            image: image(),
            install: ci.install.clone(),
            record: ci.record,
            timeout: ci.timeout.max(1),
            schedule: ci.schedule.clone(),
            publish: ci.publish,
        }
    }

    /// Returns the most minutes of a job that only decides or writes down.
    pub(super) fn short(&self) -> u32 {
        self.timeout.min(SHORT)
    }

    /// Returns the beginning of a command: `portal`, in the catalog's folder.
    pub(super) fn portal(&self) -> String {
        match self.folder.as_str() {
            "" => "portal".to_string(),
            // The configuration takes letters, digits, `-`, `_` and `.` only.
            folder => format!("portal -C {folder}"),
        }
    }

    /// Returns a path of the catalog as one of the repository.
    pub(super) fn path(&self, path: &str) -> String {
        if self.folder.is_empty() { path.to_string() } else { format!("{}/{path}", self.folder) }
    }
}

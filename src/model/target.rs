//! Targets: the CI systems that actions and automations are compiled for.

use std::fmt;

/// A CI system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// GitHub Actions.
    GitHub,
    /// GitLab CI.
    GitLab,
    /// Azure Pipelines.
    Azure,
    /// Bitbucket Pipelines.
    Bitbucket,
}

impl Target {
    /// Every target, in the order of the documentation.
    pub const ALL: &[Self] = &[Self::GitHub, Self::GitLab, Self::Azure, Self::Bitbucket];

    /// Their names in the configuration, in the same order.
    pub const NAMES: &[&str] = &["github", "gitlab", "azure", "bitbucket"];

    /// Returns its name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Azure => "azure",
            Self::Bitbucket => "bitbucket",
        }
    }

    /// Returns what people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub Actions",
            Self::GitLab => "GitLab CI",
            Self::Azure => "Azure Pipelines",
            Self::Bitbucket => "Bitbucket Pipelines",
        }
    }

    /// Returns the target of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|target| target.name() == name)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.label())
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn every_target_has_its_name() {
        for (target, name) in Target::ALL.iter().zip(Target::NAMES) {
            assert_eq!((target.name(), Target::from_name(name)), (*name, Some(*target)));
        }
    }
}

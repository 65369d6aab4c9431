//! `portal completions`: a script for the user's shell.

use std::io;

use clap::Args;
use clap_complete::Shell;

use super::{Failure, Outcome};

/// Shell completions
///
/// Prints a script that the shell loads.
#[derive(Debug, Args)]
#[command(after_long_help = "Examples:
  portal completions bash > ~/.local/share/bash-completion/completions/portal
  portal completions zsh > ~/.zfunc/_portal
  portal completions fish > ~/.config/fish/completions/portal.fish")]
pub(super) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut super::command(), "portal", &mut script);
        io::Write::write_all(&mut io::stdout().lock(), &script)?;
        Ok(Outcome::Done)
    }
}

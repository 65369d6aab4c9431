//! The `portal` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    portal::cli::run(std::env::args_os())
}

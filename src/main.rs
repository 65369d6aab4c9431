//! The `portal` command.

use std::process::ExitCode;

/// Pages are made of millions of small pieces, on all threads at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    portal::cli::run(std::env::args_os())
}

//! The `recto` program. It must not do more than start the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    recto::cli::main()
}

//! The `jieda` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    jieda::cli::run()
}

//! The standalone gateway. What it does is in the library's `server`.

use std::process::ExitCode;

fn main() -> ExitCode {
    everwire::server::main()
}

//! `clawlets`: what an operator does. See the crate's README.

fn main() -> std::process::ExitCode {
    clawlets_cli::main(std::env::args_os()).into()
}

//! `clf`: what a bot does with jobs. See the crate's README.

fn main() -> std::process::ExitCode {
    clawlets_clf::main(std::env::args_os()).into()
}

//! `clawlets-host`: releases and secrets on a host. See the crate's README.

fn main() -> std::process::ExitCode {
    clawlets_host::main(std::env::args_os()).into()
}

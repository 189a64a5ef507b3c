//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Takes deploy requests from chats, bots and terminals, judges and logs them, and hands them to GitHub.
///
/// Variables win over the configuration file, and without a file they are all that is needed: CONTROL_API_TOKEN and
/// CONTROL_API_TOKENS_FILE, GITHUB_TOKEN or an App's key, GITHUB_REPO, CLAWLETS_FLEET. CONTROL_LOG sets what is logged, such
/// as `debug`.
///
/// Exit codes: 0 stopped in order, 2 usage, 7 the address or the runtime cannot be used, 78 the configuration is invalid.
#[derive(Debug, Parser)]
#[command(name = "clawlets-control", version)]
pub(crate) struct Arguments {
    /// Write the pages of the reference that this program generates, and do nothing else.
    #[arg(long, value_name = "DIR", hide = true)]
    pub(crate) write_reference: Option<PathBuf>,
    /// Which face is shown.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// The configuration.
#[derive(Debug, Args)]
pub(crate) struct Configuration {
    /// The configuration file. Without one, variables say everything.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Which face is shown.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve over HTTP until SIGTERM or SIGINT.
    Serve(Serve),
    /// Answer the events of an AWS Lambda function behind a function URL.
    Lambda(Configuration),
    /// Do one request from standard input, and print its answer.
    ///
    /// It is judged as a person's, since whoever can read the configuration has its tokens. `caller` in the request narrows
    /// it. Exit codes are those of `clf fleet`: 6 refused, 5 a deploy is running, 7 upstream.
    Invoke(Configuration),
    /// Check the configuration and every file that it names, say all that is wrong, and start nothing.
    Check(Configuration),
}

/// How to serve.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The address and port to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
    pub(crate) listen: String,
    #[command(flatten)]
    pub(crate) configuration: Configuration,
}

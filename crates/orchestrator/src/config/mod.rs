//! `orchestrator.toml`: what the daemon is told by its administrator.
//!
//! A [`Config`] that exists is valid, and every file that it names was readable when it was made. Reading reports all
//! faults of a file in one run, each with its path, its line and, for a misspelt key, the key that was probably meant.
//! Secrets never stand in the file: it names files that hold them.
//!
//! This part knows neither the environment (the program hands `CLF_*` variables in as [`Overrides`]) nor what the
//! settings are used for.

mod check;
mod document;
mod duration_text;
mod euros;
mod fault;
mod github;
mod load;
mod overrides;
mod provider;
mod secret_file;
mod settings;

pub use clawlets_model::egress::{EgressRule, InvalidDestination};
pub(crate) use document::Document as FileForm;
pub use fault::{ConfigError, Fault};
pub use github::GithubApp;
pub use load::load;
pub use overrides::{OVERRIDES, Override, Overrides};
pub use provider::{Access, Provider, ProviderKind};
pub use secret_file::{SecretFile, SecretFileError};
pub use settings::{BotPolicy, Cattle, Config, Join, Listen, Reaping, Retention, Tailnet};

//! The one file that says what this host's world is. Unknown keys are errors, with the nearest known one named.

mod bootstrap;
mod document;
mod error;
mod github;
mod load;
mod secrets;
mod seed;
mod trust;
mod watch;

pub use bootstrap::{AwsSecretsSettings, AwsSettings, BootstrapSettings, Deadlines};
pub use document::{Boot, Caches, Config, HealthSettings, Loader, Nix, Paths, Reboot, Switch, Updates};
pub use error::ConfigError;
pub use github::{AppAccess, GithubSettings, SyncSettings};
pub use load::{load, usual};
pub use secrets::{Mode, Owner, SecretsSettings};
pub use seed::{SeedSettings, ToolSettings};
pub use watch::{Restarts, ServeOn, WatchSettings};

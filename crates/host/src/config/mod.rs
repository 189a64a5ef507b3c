//! The one file that says what this host's world is. Unknown keys are errors, with the nearest known one named.

mod document;
mod error;
mod load;
mod trust;

pub use document::{Boot, Caches, Config, HealthSettings, Loader, Nix, Paths, Reboot, Switch, Updates};
pub use error::ConfigError;
pub use load::load;

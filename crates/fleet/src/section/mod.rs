//! What a fleet's declaration says, section by section: each key with its type, its default and its documentation.

mod aws;
mod backups;
mod bot;
mod cache;
mod cattle;
mod clf;
mod control;
mod host;
mod memory;
mod profile;
mod secret_file;
mod self_update;
mod shared;

pub use aws::Aws;
pub use backups::{Backups, Restic};
pub use bot::Bot;
pub use cache::{Cache, Netrc};
pub use cattle::{Budget, Cattle, CattleDefaults, CattleEgress, CattleHetzner, CattleProvider};
pub use clf::{BotCattle, Clf};
pub use control::Control;
pub use host::{
    Deploy, EgressMode, Host, HostAws, HostEgress, HostHetzner, HostProvider, Operator, Provisioning,
    SshExposure, SshExposureMode, Tailnet, TailnetMode,
};
pub use memory::{Memory, MemoryBackend};
pub use profile::{GitHub, GitHubSync, Profile, Resources, SkillFolders, Skills, Workspace};
pub use secret_file::{SecretEnv, SecretFile, SecretFiles};
pub use self_update::{Health, HealthCheck, HealthCheckKind, Need, SelfUpdate};
pub use shared::{Discord, Shared};

/// A default, which follows the grammar of its type.
fn fixed<T, E: std::fmt::Debug>(value: Result<T, E>) -> T {
    value.expect("a default follows the grammar of its type")
}

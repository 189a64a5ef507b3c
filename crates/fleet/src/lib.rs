//! `fleet/clawlets.json`: the file that declares a fleet.
//!
//! - [`Fleet::read`] reads a text and reports everything that is wrong with it in one run: each [`Problem`] has a JSON
//!   path, a stable code, a line and a column, what was expected and what was probably meant;
//! - the types in this crate are the declaration: a value that exists is valid;
//! - [`Fleet::effective`] gives the declaration back with every default filled in;
//! - [`Fleet::json_schema`] describes the file to editors;
//! - [`migrate`] rewrites a file of an earlier version.
//!
//! The file is JSON as its standard has it: no comments, no trailing commas, no byte order mark. Nix reads the same file
//! with `builtins.fromJSON`, which takes nothing else, and editors hold a `.json` file to the same rule.
//!
//! It is pure: no files, no network, no clock, no environment.

pub mod edit;
mod fleet;
mod form;
mod json;
mod migrate;
mod problem;
mod read;
mod reference;
mod rules;
mod schema;
mod section;
mod value;
mod version;

pub use fleet::Fleet;
pub use form::{NonEmpty, Settings};
pub use json::{InvalidPath, JsonPath, Position};
pub use migrate::{Migrated, migrate};
pub use problem::{InvalidFleet, Problem, ProblemCode, Severity, Strictness};
pub use read::Loaded;
pub use reference::variables_in;
pub use rules::redact;
pub use section::{
    Aws, Backups, Bot, BotCattle, Budget, Cache, Cattle, CattleDefaults, CattleEgress, CattleHetzner,
    CattleProvider, Clf, Control, Deploy, Discord, EgressMode, GitHub, GitHubSync, Health, HealthCheck,
    HealthCheckKind, Host, HostAws, HostEgress, HostHetzner, HostProvider, Memory, MemoryBackend, Need,
    Netrc, Operator, Profile, Provisioning, Resources, Restic, SecretEnv, SecretFile, SecretFiles,
    SelfUpdate, Shared, SkillFolders, Skills, SshExposure, SshExposureMode, Tailnet, TailnetMode, Workspace,
};
pub use value::{
    AbsolutePath, AmiId, AwsRegion, CloudName, CpuQuota, DiskDevice, Domain, FileMode, FlakeName,
    GatewayPort, GuildId, HttpUrl, InvalidValue, KeyName, KeyText, Line, MemorySize, Moment, Period,
    Permission, PermissionName, RelativePath, RepositoryName, SecretFileId, ServerName, SkillName,
    StorePrefix, TargetPath, UnitName, UnixName,
};
pub use version::SchemaVersion;

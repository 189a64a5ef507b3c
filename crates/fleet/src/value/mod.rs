//! The values of the file that have a grammar of their own. A value that exists is valid; `parse` is the only way to one.

mod address;
mod cloud;
mod github;
mod invalid;
mod path;
mod port;
mod systemd;
mod time;
mod word;

pub use address::{Domain, HttpUrl, ServerName};
pub use cloud::{AmiId, AwsRegion, CloudName, StorePrefix};
pub use github::{Permission, PermissionName, RepositoryName};
pub use invalid::InvalidValue;
pub(crate) use invalid::text_value;
pub use path::{AbsolutePath, DiskDevice, FileMode, RelativePath, TargetPath};
pub use port::GatewayPort;
pub use systemd::{CpuQuota, MemorySize, UnitName, UnixName};
pub(crate) use time::systemd_span;
pub use time::{Moment, Period};
pub use word::{FlakeName, GuildId, KeyName, KeyText, Line, SecretFileId, SkillName};

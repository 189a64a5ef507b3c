//! `repos.tsv`: which repositories a host keeps copies of.

mod branch;
mod list;
mod name;
mod origin;
mod url;

pub use branch::{BranchName, InvalidBranch};
pub use list::{RepoList, RepoSeed};
pub use name::{InvalidRepoName, RepoName};
pub use origin::{InvalidOrigin, Origin};
pub use url::{FileUrls, InvalidRemote, RemoteUrl, Transport};

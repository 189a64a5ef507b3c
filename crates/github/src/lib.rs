//! GitHub as a GitHub App sees it.
//!
//! An [`App`] signs in with a JWT that its private key makes ([`AppKey`]); with it [`Github`] mints access tokens of one
//! installation, narrowed to a [`Scope`] of repositories and permissions. Such a token lives for an hour at most, and is
//! revoked when whoever has it needs it no more.
//!
//! This crate must not know files, the environment or the clock, and repeats no call by itself: an error says whether
//! that may help and when. A key, a JWT or a token is in no error and in no `Debug`.

mod access;
mod answer;
mod api_url;
mod app;
mod error;
mod github;
mod jwt;
mod key;
mod listing;
mod mint;
mod narrowed;
mod repository;
mod scope;
mod token;
mod workflow;

pub use access::{Access, InvalidPermission, Permission};
pub use api_url::api_url;
pub use app::{App, AppId, InstallationId};
pub use error::GithubError;
pub use github::{Github, SetupError};
pub use key::{AppKey, KeyError};
pub use listing::{
    Budget, Etag, InvalidOwner, Item, Listing, Owner, Page, PageAnswer, PageUrl, RepositoryItem,
};
pub use repository::Repository;
pub use scope::{InvalidRepository, InvalidScope, RepositoryName, Scope};
pub use token::InstallationToken;
pub use workflow::{GitRef, InvalidWorkflow, WorkflowFile, WorkflowRun};

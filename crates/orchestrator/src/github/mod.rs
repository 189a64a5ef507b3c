//! Tokens for GitHub that VMs are given: one for each VM whose operator asked for one, narrowed to what is configured.
//!
//! A token is minted when its VM redeems its one-time token, and revoked when the job has ended or the VM is gone. It is
//! kept in memory only. After a restart its value is not known any more: it then ends by itself, an hour after it was
//! minted. What was minted and what became of it stands in the job's history.

mod error;
mod source;
mod tokens;

pub(crate) use tokens::GithubTokens;

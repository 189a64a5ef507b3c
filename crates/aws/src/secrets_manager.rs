//! Secrets.

mod client;
mod value;

pub use client::SecretsManager;
pub use value::{SecretName, SecretSummary, SecretValue, SecretVersion};

//! The tables `[seed]` and `[tools]`: what a host starts out with.

use std::path::PathBuf;

use clawlets_release::value::Period;
use serde::Deserialize;

/// What a host starts out with, and where it is kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SeedSettings {
    /// The list of repositories.
    pub list: PathBuf,
    /// The folder of their copies.
    pub repositories: PathBuf,
    /// The snapshot from which copies are made that are not there yet. It may be missing.
    pub snapshot: PathBuf,
    /// The program `git`.
    pub git: PathBuf,
    /// How long one call of it may take.
    pub deadline: Period,
    /// The file with the token for private repositories. It may be missing.
    pub token_file: PathBuf,
    /// Where that token is sent, and nowhere else.
    pub token_origin: String,
    /// The folder of what bots are given: `common`, and `bots/<bot>` over it.
    pub workspaces: PathBuf,
    /// The folder below which each bot has its `<bot>/workspace`.
    pub bots: PathBuf,
    /// The folder of the records of what bots were given.
    pub records: PathBuf,
}

impl Default for SeedSettings {
    fn default() -> Self {
        Self {
            list: "/etc/clawlets/repos.tsv".into(),
            repositories: "/var/lib/clawlets/repos".into(),
            snapshot: "/var/lib/clawlets/repo-seeds/repo-seeds.tar.zst".into(),
            git: "git".into(),
            deadline: super::document::period("15m"),
            token_file: "/run/clawlets/github.env".into(),
            token_origin: "https://github.com".to_owned(),
            workspaces: "/etc/clawlets/workspaces".into(),
            bots: "/srv/clawlets".into(),
            records: "/var/lib/clawlets/seeded".into(),
        }
    }
}

/// What is installed, for bots to know.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ToolSettings {
    /// The list: name, package and one line, separated by tabs. It may be missing.
    pub list: PathBuf,
    /// Where it is shown as Markdown.
    pub rendered: PathBuf,
}

impl Default for ToolSettings {
    fn default() -> Self {
        Self { list: "/etc/clawlets/tools.tsv".into(), rendered: "/etc/clawlets/tools.md".into() }
    }
}

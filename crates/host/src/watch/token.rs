//! How old the tokens are that bots and the host show GitHub.

use std::{
    fs,
    path::Path,
    time::{Duration, SystemTime},
};

use clawlets_model::BotId;

use crate::config::{AppAccess, Config};

/// A token, by its file. What is in there is not read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Token {
    /// There is none, and none is wanted.
    #[default]
    Unwanted,
    /// There is none, and there should be.
    Missing,
    /// It was written so long ago.
    Old(Duration),
}

impl Token {
    /// The host's own.
    pub(super) fn of_host(config: &Config) -> Self {
        Self::in_file(&config.github.host_file(), Some(&config.github.host))
    }

    /// That of a bot.
    pub(super) fn of_bot(config: &Config, bot: &BotId) -> Self {
        Self::in_file(&config.github.bot_file(bot), config.github.bots.get(bot))
    }

    fn in_file(path: &Path, access: Option<&AppAccess>) -> Self {
        let written = fs::metadata(path).and_then(|metadata| metadata.modified());
        match written {
            // One from the future was written just now, by a clock that was put right since.
            Ok(written) => Self::Old(SystemTime::now().duration_since(written).unwrap_or_default()),
            Err(_) if access.is_some_and(|access| access.app_id != 0) => Self::Missing,
            Err(_) => Self::Unwanted,
        }
    }

    /// Its age in seconds.
    pub(super) const fn age(self) -> Option<u64> {
        match self {
            Self::Old(age) => Some(age.as_secs()),
            Self::Unwanted | Self::Missing => None,
        }
    }

    /// What is wrong with it, if it may be so old.
    pub(super) fn finding(self, limit: Duration) -> Option<String> {
        match self {
            Self::Old(age) if age > limit => {
                Some(format!("its GitHub token is {} minutes old and is not renewed", age.as_secs() / 60))
            }
            Self::Missing => Some("it has no GitHub token".to_owned()),
            Self::Old(_) | Self::Unwanted => None,
        }
    }
}

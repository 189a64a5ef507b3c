//! What only a person knows.

use std::path::Path;

use clawlets_model::{
    BotId,
    net::{AdminCidr, WorldOpen},
};
use clawlets_printer::{Fault, Printer};

use crate::commands::ssh_keys::check_public_key_file;

/// What a step needs to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// The folder of a new repository.
    Folder,
    /// The file of an SSH public key.
    PublicKey,
    /// The network that hosts are administered from.
    Network,
    /// The name of a bot.
    Bot,
}

impl Question {
    /// The word of the command that the answer takes the place of.
    pub(super) const fn stands_for(self) -> &'static str {
        match self {
            Self::Folder => "DIR",
            Self::PublicKey => "~/.ssh/id_ed25519.pub",
            Self::Network => "ADDRESS/32",
            Self::Bot => "NAME",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Folder => "Folder of the repository",
            Self::PublicKey => "File of your SSH public key",
            Self::Network => "Your public address, as ADDRESS/32",
            Self::Bot => "Name of the bot",
        }
    }

    /// What is probably the answer.
    fn preset(self) -> Option<&'static str> {
        match self {
            Self::Folder => Some("my-fleet"),
            Self::PublicKey => Some(self.stands_for()).filter(|file| self.check(file).is_ok()),
            Self::Network | Self::Bot => None,
        }
    }

    fn check(self, answer: &str) -> Result<(), String> {
        match self {
            Self::Folder => {
                clawlets_scaffold::check_target(Path::new(answer)).map_err(|error| error.to_string())
            }
            Self::PublicKey => check_public_key_file(answer),
            Self::Network => {
                AdminCidr::parse(answer, WorldOpen::Refuse).map(drop).map_err(|error| error.to_string())
            }
            Self::Bot => BotId::parse(answer).map(drop).map_err(|error| error.to_string()),
        }
    }

    /// The answer. None when nobody can be asked, and no answer is probably the right one.
    ///
    /// # Errors
    /// A fault when the person interrupts.
    pub(super) fn answer(self, printer: &Printer, asks: bool) -> Result<Option<String>, Fault> {
        if asks {
            return printer.ask(self.words(), self.preset(), |answer| self.check(answer)).map(Some);
        }
        Ok(match self {
            // A folder is for a person to choose.
            Self::Folder => None,
            Self::PublicKey | Self::Network | Self::Bot => self.preset().map(str::to_owned),
        })
    }
}

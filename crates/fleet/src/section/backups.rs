//! `fleet.backups`: copies of what bots know.

use crate::{form::section, rules, value::Line};

section! {
    /// Copies of what bots know.
    Backups {
        /// Copies with restic.
        restic: Restic = "restic" or Restic::default();
    }
}

section! {
    /// Copies with restic. Its password is the secret `restic_password`.
    Restic checked by rules::restic {
        /// Whether copies are made.
        enable: bool = "enable" or false;
        /// The repository, as restic names it.
        repository: Option<Line> = "repository" or None;
    }
}

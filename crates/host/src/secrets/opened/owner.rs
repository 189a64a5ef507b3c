//! Whose a secret is, in numbers.

use clawlets_model::SecretName;
use nix::unistd::{Gid, Group, Uid, User};

use super::ActivateError;
use crate::config::Owner;

/// Who gets a file, as the kernel knows them; whoever writes it where nobody is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ids {
    pub(super) user: Option<Uid>,
    pub(super) group: Option<Gid>,
}

impl Ids {
    /// Looks up whoever a secret is for.
    pub(super) fn of(secret: &SecretName, owner: &Owner) -> Result<Self, ActivateError> {
        let unknown = |kind, name: &str| ActivateError::UnknownOwner {
            secret: secret.clone(),
            kind,
            name: name.to_owned(),
        };
        let user = owner.owner.as_deref().map(|name| match User::from_name(name) {
            Ok(Some(user)) => Ok(user.uid),
            Ok(None) | Err(_) => Err(unknown("user", name)),
        });
        let group = owner.group.as_deref().map(|name| match Group::from_name(name) {
            Ok(Some(group)) => Ok(group.gid),
            Ok(None) | Err(_) => Err(unknown("group", name)),
        });
        Ok(Self { user: user.transpose()?, group: group.transpose()? })
    }
}

//! What this machine's account database knows.

use std::io;

use nix::unistd::{Group, Uid, User};

/// What is asked about one peer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Account {
    /// The user's name; none for an id without an account.
    pub(crate) user_name: Option<String>,
    /// The id of the operators' group; none when there is no such group.
    pub(crate) operators_gid: Option<u32>,
}

/// An account database.
pub(crate) trait Accounts: Send + Sync {
    /// Looks up a user by id and the operators' group by name. May wait for a directory service.
    ///
    /// # Errors
    /// When the database cannot be asked. The caller is then nobody.
    fn account(&self, uid: u32) -> io::Result<Account>;
}

/// The account database of this machine, by its name service switch.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct SystemAccounts;

impl Accounts for SystemAccounts {
    fn account(&self, uid: u32) -> io::Result<Account> {
        let user = User::from_uid(Uid::from_raw(uid)).map_err(io::Error::from)?;
        let group = Group::from_name(super::caller::OPERATORS_GROUP).map_err(io::Error::from)?;
        Ok(Account {
            user_name: user.map(|user| user.name),
            operators_gid: group.map(|group| group.gid.as_raw()),
        })
    }
}

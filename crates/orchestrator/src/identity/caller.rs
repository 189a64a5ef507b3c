//! What a peer may be: an operator, a bot, or nobody.

use std::collections::BTreeMap;

use clawlets_model::{BotId, Requester};

use super::{account::Account, peer::Peer};

/// Members of this group are operators.
pub(crate) const OPERATORS_GROUP: &str = "clf-operators";
/// A bot's unix user is this and its id.
const BOT_USER_PREFIX: &str = "bot-";

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Caller {
    /// May see and do everything.
    Operator,
    /// May see and do what is its own.
    Bot(BotId),
    /// May do nothing.
    Nobody,
}

/// How peers become callers.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    own_uid: u32,
    uids: BTreeMap<u32, BotId>,
}

impl Rules {
    /// The rules of a daemon that runs as `own_uid`, with bots for these further user ids.
    #[must_use]
    pub(crate) const fn new(own_uid: u32, uids: BTreeMap<u32, BotId>) -> Self {
        Self { own_uid, uids }
    }

    /// Who a peer is. Root, the daemon's own user and members of [`OPERATORS_GROUP`] are operators; then come the
    /// configured user ids, then users named `bot-<id>`.
    #[must_use]
    pub(crate) fn caller(&self, peer: &Peer, account: &Account) -> Caller {
        let is_operator = peer.uid == 0
            || peer.uid == self.own_uid
            || account.operators_gid.is_some_and(|gid| peer.gids.contains(&gid));
        if is_operator {
            return Caller::Operator;
        }
        if let Some(bot) = self.uids.get(&peer.uid) {
            return Caller::Bot(bot.clone());
        }
        let id = account.user_name.as_deref().and_then(|name| name.strip_prefix(BOT_USER_PREFIX));
        match id.and_then(|id| BotId::parse(id).ok()) {
            // A bot of this name would pass for the requester that stands for all operators.
            Some(bot) if Requester::from(&bot) == Requester::operator() => Caller::Nobody,
            Some(bot) => Caller::Bot(bot),
            None => Caller::Nobody,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identity_comes_from_the_kernel_and_the_account_database_alone() {
        let bot = |id: &str| Caller::Bot(BotId::parse(id).unwrap());
        let rules = Rules::new(990, BTreeMap::from([(1001, BotId::parse("maren").unwrap())]));
        let cases = [
            ("root", 0, vec![0], None, Caller::Operator),
            ("the daemon's own user", 990, vec![990], Some("clf"), Caller::Operator),
            ("a member of the operators' group", 1005, vec![100, 50], Some("ada"), Caller::Operator),
            ("a bot user that is also an operator", 1005, vec![50], Some("bot-maren"), Caller::Operator),
            ("a bot by its user name", 2001, vec![2001], Some("bot-rex"), bot("rex")),
            ("a bot by its configured uid", 1001, vec![1001], Some("ada"), bot("maren")),
            ("somebody else", 1005, vec![100], Some("ada"), Caller::Nobody),
            ("a user without an account", 4000, vec![4000], None, Caller::Nobody),
            ("a bot user with an invalid id", 2002, vec![], Some("bot-Rex!"), Caller::Nobody),
            ("the empty bot", 2003, vec![], Some("bot-"), Caller::Nobody),
            ("a bot that would pass for the operators", 2004, vec![], Some("bot-operator"), Caller::Nobody),
        ];
        for (name, uid, gids, user_name, expected) in cases {
            let account = Account { user_name: user_name.map(str::to_owned), operators_gid: Some(50) };
            assert_eq!(rules.caller(&Peer { uid, gids }, &account), expected, "{name}");
        }
    }

    #[test]
    fn without_an_operators_group_nobody_is_in_it() {
        let peer = Peer { uid: 1005, gids: vec![0, 50] };
        let caller = Rules::new(990, BTreeMap::new()).caller(&peer, &Account::default());
        assert_eq!(caller, Caller::Nobody);
    }
}

//! Who may do what.

use clawlets_jobs::Scope;
use clawlets_model::{BotId, Requester};

use super::answer::Fault;
use crate::identity::Caller;

/// Lets only operators pass.
pub(super) fn operators_only(caller: &Caller, what: &str) -> Result<(), Fault> {
    match caller {
        Caller::Operator => Ok(()),
        Caller::Bot(_) | Caller::Nobody => Err(Fault::forbidden(format!("{what} is for operators only"))),
    }
}

/// The jobs that a caller may see.
pub(super) fn scope(caller: &Caller) -> Result<Scope, Fault> {
    match caller {
        Caller::Operator => Ok(Scope::All),
        Caller::Bot(bot) => Ok(Scope::Of(Requester::from(bot))),
        Caller::Nobody => Err(nobody()),
    }
}

/// On whose behalf a caller acts, given whom the request names.
pub(super) fn requester(caller: &Caller, named: Option<Requester>) -> Result<Requester, Fault> {
    match (caller, named) {
        (Caller::Operator, named) => Ok(named.unwrap_or_else(Requester::operator)),
        (Caller::Bot(bot), None) => Ok(Requester::from(bot)),
        (Caller::Bot(bot), Some(named)) if named == Requester::from(bot) => Ok(named),
        (Caller::Bot(bot), Some(named)) => {
            Err(Fault::forbidden(format!("bot {bot} may not act on behalf of {named}")))
        }
        (Caller::Nobody, _) => Err(nobody()),
    }
}

/// The bot that a requester is; none for the operators.
pub(super) fn bot(requester: &Requester) -> Option<BotId> {
    (*requester != Requester::operator()).then(|| {
        BotId::parse(requester.as_str())
            .expect("the grammar of requesters is that of bots, and 'operator' is excluded")
    })
}

/// The refusal of whoever is neither operator nor bot.
pub(super) fn nobody() -> Fault {
    Fault::forbidden("this user is neither an operator nor a bot")
}

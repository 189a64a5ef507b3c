//! From what was seen to what is done about it.

use std::collections::BTreeMap;

use clawlets_model::{BotId, host_status::Health};
use clawlets_printer::{count, seconds};
use jiff::Timestamp;

use super::{BotLook, BotMemo, Memo, Policy, sickness::diagnose};
use crate::health::Account;

/// Whether a bot may be touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hands {
    /// It may.
    On,
    /// An update is proven or taken back: whoever does that must see what became of it.
    Off,
}

/// A bot that is to be started anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restart {
    /// The bot.
    pub bot: BotId,
    /// Which restart within the window this is, from 1.
    pub count: u32,
}

/// How a bot is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// In one word.
    pub health: Health,
    /// What is wrong, in sentences.
    pub findings: Vec<String>,
    /// How often it was started anew within the window, this time included.
    pub restarts: u32,
    /// When somebody last wrote to it.
    pub last_inbound_at: Option<Timestamp>,
}

/// What follows from one look at every bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What is to be remembered before anything is done.
    pub memo: Memo,
    /// What is to be done.
    pub restarts: Vec<Restart>,
    /// How the bots are.
    pub verdicts: BTreeMap<BotId, Verdict>,
}

/// Decides what to do about what was seen at `now`, in seconds since the boot that `memo` is of. Bots that are no longer
/// looked at are forgotten.
#[must_use]
pub fn decide(
    mut memo: Memo,
    seen: &BTreeMap<BotId, BotLook>,
    now: u64,
    hands: Hands,
    policy: &Policy,
) -> Decision {
    let mut known = std::mem::take(&mut memo.bots);
    let mut restarts = Vec::new();
    let mut verdicts = BTreeMap::new();
    for (bot, look) in seen {
        let mut bot_memo = known.remove(bot).unwrap_or_default();
        let (verdict, is_restarted) = decide_one(&mut bot_memo, look, now, hands, policy);
        if is_restarted {
            restarts.push(Restart { bot: bot.clone(), count: verdict.restarts });
        }
        verdicts.insert(bot.clone(), verdict);
        if bot_memo != BotMemo::default() {
            memo.bots.insert(bot.clone(), bot_memo);
        }
    }
    Decision { memo, restarts, verdicts }
}

/// Decides for one bot whether it is started anew.
fn decide_one(
    memo: &mut BotMemo,
    look: &BotLook,
    now: u64,
    hands: Hands,
    policy: &Policy,
) -> (Verdict, bool) {
    memo.forget(now, policy.window);
    let mut diagnosis = diagnose(look, now, policy);
    let sick_since = diagnosis.patience.map(|_| memo.sick_since.unwrap_or(now));
    memo.sick_since = sick_since;
    let is_due = diagnosis
        .patience
        .zip(sick_since)
        .is_some_and(|(patience, since)| now.saturating_sub(since) >= patience);
    let is_rested =
        memo.restarts.last().is_none_or(|last| now.saturating_sub(*last) >= policy.rest(memo.restarts.len()));
    let is_spent = memo.restarts.len() >= policy.most as usize;
    let is_restarted = is_due && is_rested && !is_spent && hands == Hands::On;
    if is_restarted {
        memo.restarts.push(now);
        // What comes up is judged anew.
        memo.sick_since = None;
    } else if is_due && is_spent {
        diagnosis.findings.push(format!(
            "it was started anew {} within {} and is left to a person",
            count(memo.restarts.len(), "time"),
            seconds(i64::try_from(policy.window).unwrap_or(i64::MAX)),
        ));
    }
    let last_inbound_at = match &look.account {
        Account::Answers { last_inbound_at, .. } => *last_inbound_at,
        Account::Starting | Account::Silent => None,
    };
    let verdict = Verdict {
        health: diagnosis.health,
        findings: diagnosis.findings,
        restarts: u32::try_from(memo.restarts.len()).unwrap_or(u32::MAX),
        last_inbound_at,
    };
    (verdict, is_restarted)
}

//! From what was seen of a host to its status.

use std::{collections::BTreeMap, time::Duration};

use clawlets_model::{
    BotId,
    host_status::{BotStatus, Health, HostStatus},
};
use jiff::Timestamp;

use super::{Verdict, memory::Answer, token::Token, update::Update};
use crate::config::Config;

/// What was seen of the host itself.
#[derive(Debug)]
pub(super) struct HostLook {
    pub(super) memory: Answer,
    /// The host's own token.
    pub(super) token: Token,
    /// Those of its bots.
    pub(super) bot_tokens: BTreeMap<BotId, Token>,
    /// The folders whose file systems have too little room.
    pub(super) full: Vec<String>,
    pub(super) update: Option<Update>,
}

/// The status of a host.
pub(super) fn status(
    config: &Config,
    look: &HostLook,
    verdicts: &BTreeMap<BotId, Verdict>,
    as_of: Timestamp,
) -> HostStatus {
    let findings = findings(config, look);
    let bots: Vec<BotStatus> = verdicts
        .iter()
        .map(|(id, verdict)| {
            let token = look.bot_tokens.get(id).copied().unwrap_or_default();
            of_bot(id, verdict, token.finding(config.watch.token_max_age.duration()))
        })
        .collect();
    let own = if findings.is_empty() { Health::Healthy } else { Health::Unhealthy };
    // A bot that somebody stopped is as it should be.
    let of_bots = bots.iter().map(|bot| bot.health).filter(|health| *health != Health::Stopped);
    HostStatus {
        schema_version: 1,
        host: config.host.clone(),
        release: look.update.as_ref().and_then(|update| Some(update.current_release?.to_string())),
        update: look.update.as_ref().map(|update| update.phase.clone()),
        health: of_bots.fold(own, Health::max),
        findings,
        bots,
        memory_latency_ms: match look.memory {
            Answer::After(latency) => Some(millis(latency)),
            Answer::Absent | Answer::NotMounted | Answer::Faulty | Answer::Hung => None,
        },
        token_age_seconds: look.token.age(),
        as_of,
    }
}

fn of_bot(id: &BotId, verdict: &Verdict, more: Option<String>) -> BotStatus {
    let health = if more.is_some() { verdict.health.max(Health::Unhealthy) } else { verdict.health };
    BotStatus {
        id: id.clone(),
        health,
        findings: verdict.findings.iter().cloned().chain(more).collect(),
        restarts: verdict.restarts,
        last_inbound_at: verdict.last_inbound_at,
    }
}

fn findings(config: &Config, look: &HostLook) -> Vec<String> {
    let (watch, free) = (&config.watch, config.health.disk_free_mib);
    let memory = |what: &str| Some(format!("the memory at {} {what}", watch.memory.display()));
    let of_memory = match look.memory {
        Answer::After(latency) if latency > watch.memory_slow.duration() => {
            memory(&format!("took {} ms to answer", millis(latency)))
        }
        Answer::After(_) => None,
        Answer::Absent if watch.memory_is_mount => memory("is not there"),
        Answer::Absent => None,
        Answer::NotMounted => memory("is not mounted"),
        Answer::Faulty => memory("answers with an error"),
        Answer::Hung => memory("does not answer"),
    };
    let of_token = look.token.finding(watch.token_max_age.duration());
    let of_disks = look.full.iter().map(|folder| format!("{folder} has less than {free} MiB left"));
    of_memory.into_iter().chain(of_token).chain(of_disks).collect()
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(look: &HostLook, healths: &[Health]) -> HostStatus {
        let verdicts = healths.iter().enumerate().map(|(at, health)| {
            let verdict =
                Verdict { health: *health, findings: Vec::new(), restarts: 0, last_inbound_at: None };
            (BotId::parse(&format!("bot{at}")).unwrap(), verdict)
        });
        let config = toml::from_str("host = 'web-1'\nsystem = 'x86_64-linux'").unwrap();
        status(&config, look, &verdicts.collect(), Timestamp::UNIX_EPOCH)
    }

    fn fine() -> HostLook {
        let memory = Answer::After(Duration::from_millis(3));
        HostLook {
            memory,
            token: Token::Unwanted,
            bot_tokens: BTreeMap::new(),
            full: Vec::new(),
            update: None,
        }
    }

    #[test]
    fn a_host_is_as_well_as_the_worst_of_its_bots() {
        use Health::{Healthy, Starting, Stopped, Unhealthy, Unknown};
        for (bots, expected) in [
            (&[][..], Healthy),
            (&[Healthy, Healthy], Healthy),
            (&[Healthy, Starting], Starting),
            (&[Stopped, Healthy], Healthy),
            (&[Unknown, Starting], Unknown),
            (&[Unhealthy, Healthy], Unhealthy),
        ] {
            assert_eq!(of(&fine(), bots).health, expected, "{bots:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_the_host_is_said() {
        let minutes = |minutes: u64| Token::Old(Duration::from_secs(minutes * 60));
        for (look, expected) in [
            (fine(), None),
            (HostLook { memory: Answer::Absent, ..fine() }, None),
            (HostLook { memory: Answer::Hung, ..fine() }, Some("the memory at /memory does not answer")),
            (
                HostLook { memory: Answer::After(Duration::from_millis(2_500)), ..fine() },
                Some("the memory at /memory took 2500 ms to answer"),
            ),
            (HostLook { token: minutes(59), ..fine() }, None),
            (
                HostLook { token: minutes(70), ..fine() },
                Some("its GitHub token is 70 minutes old and is not renewed"),
            ),
            (HostLook { token: Token::Missing, ..fine() }, Some("it has no GitHub token")),
            (HostLook { full: vec!["/".to_owned()], ..fine() }, Some("/ has less than 512 MiB left")),
        ] {
            let status = of(&look, &[Health::Healthy]);
            assert_eq!(status.findings, Vec::from_iter(expected), "{look:?}");
            assert_eq!(status.health == Health::Unhealthy, expected.is_some(), "{look:?}");
        }
    }
}

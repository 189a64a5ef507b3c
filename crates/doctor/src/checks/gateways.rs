//! The gateways of the bots. What is wrong with them is found by `clawlets-gateway`; here it is sorted.

use clawlets_fleet::{Severity, Strictness};
use clawlets_gateway::{FindingKind, check};
use clawlets_model::BotId;

use crate::{
    fix::Fix,
    subject::Subject,
    verdict::{Finding, Verdict},
};

pub(crate) fn would_start(subject: &Subject<'_>) -> Vec<Finding> {
    findings(subject, |kind| kind.severity(Strictness::Lenient) == Severity::Error)
}

pub(crate) fn have_their_secrets(subject: &Subject<'_>) -> Vec<Finding> {
    findings(subject, is_about_secrets)
}

pub(crate) fn follow_the_policy(subject: &Subject<'_>) -> Vec<Finding> {
    findings(subject, |kind| {
        kind.severity(Strictness::Lenient) == Severity::Warning && !is_about_secrets(kind)
    })
}

fn is_about_secrets(kind: FindingKind) -> bool {
    match kind {
        FindingKind::NoSecret | FindingKind::Withheld => true,
        FindingKind::PortTaken
        | FindingKind::Contradiction
        | FindingKind::Twice
        | FindingKind::Retired
        | FindingKind::Schema
        | FindingKind::Policy
        | FindingKind::InlineSecret => false,
    }
}

/// What there is to say of each bot, which passes when there is nothing.
fn findings(subject: &Subject<'_>, counts: fn(FindingKind) -> bool) -> Vec<Finding> {
    let Some(fleet) = subject.fleet() else { return Vec::new() };
    let mut findings = Vec::new();
    for bot in fleet.shared.bots.keys() {
        let found: Vec<_> = check(fleet, bot).into_iter().filter(|found| counts(found.kind)).collect();
        if found.is_empty() {
            findings.push(Verdict::Pass.about(bot.as_str()));
        }
        findings.extend(found.into_iter().map(|found| {
            let cause = format!("{}: {}", found.path, found.message);
            Verdict::problem(cause, fix(found.kind, bot)).about(bot.as_str())
        }));
    }
    findings
}

fn fix(kind: FindingKind, bot: &BotId) -> Fix {
    Fix::run(match kind {
        FindingKind::Policy => format!("clawlets gateway harden --bot {bot} --write"),
        FindingKind::NoSecret | FindingKind::Withheld => "clawlets config wire-secrets --write".to_owned(),
        FindingKind::PortTaken
        | FindingKind::Contradiction
        | FindingKind::Twice
        | FindingKind::Retired
        | FindingKind::Schema
        | FindingKind::InlineSecret => format!("clawlets gateway validate --bot {bot}"),
    })
}

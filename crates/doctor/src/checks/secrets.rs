//! Secrets and the keys to them. What is wrong with them is found by `clawlets-secrets`; here it is sorted.

use std::collections::BTreeSet;

use clawlets_model::HostName;
use clawlets_secrets::plan::{Finding as Found, FindingKind};

use super::bootstrap::enabled;
use crate::{
    fix::Fix,
    secrets::{Looked, Secrets},
    subject::Subject,
    verdict::{Finding, Verdict},
};

pub(crate) fn has_a_key(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(secrets) = subject.secrets() else { return Vec::new() };
    let Ok(looked) = &secrets.looked else { return Vec::new() };
    if !looked.has_files && enabled(subject).next().is_none() {
        return Vec::new();
    }
    let operators = looked.vault.rules.operators().unwrap_or_default();
    let mine = &looked.vault.identities;
    let is_mine = |identity: &clawlets_secrets::AgeIdentity| {
        operators.iter().any(|(_, recipient)| recipient == identity.recipient())
    };
    let verdict = match &secrets.keys {
        Err(trouble) => Verdict::problem(trouble.cause.clone(), Fix::by_hand(trouble.remedy.clone())),
        Ok(()) if mine.is_empty() && operators.is_empty() => {
            Verdict::problem("there is no age key of yours", Fix::run("clawlets secrets init"))
        }
        Ok(()) if mine.is_empty() => Verdict::problem(
            "this project has operators, and no key of one is here",
            Fix::run("clawlets env set SOPS_AGE_KEY_FILE"),
        ),
        Ok(()) if !operators.is_empty() && !mine.iter().any(is_mine) => Verdict::problem(
            "the key that is here is none of an operator of this project: have one of them add it",
            Fix::run("clawlets secrets rotate --operator add --name NAME --recipient RECIPIENT"),
        ),
        Ok(()) => Verdict::Pass,
    };
    verdict.of_project()
}

pub(crate) fn hosts_have_keys(subject: &Subject<'_>) -> Vec<Finding> {
    of_enabled_hosts(subject, &[FindingKind::HostKey], |_, _| true)
}

pub(crate) fn are_there(subject: &Subject<'_>) -> Vec<Finding> {
    of_enabled_hosts(subject, &[FindingKind::Missing], |secrets, found| !is_orchestrators(secrets, found))
}

/// The orchestrator may run on a host that is not enabled here, such as a machine that is there already.
pub(crate) fn of_orchestrator(subject: &Subject<'_>) -> Vec<Finding> {
    if !subject.fleet().is_some_and(|fleet| fleet.cattle.enabled) {
        return Vec::new();
    }
    of_enabled_hosts(subject, &[FindingKind::Missing], is_orchestrators)
}

pub(crate) fn are_values(subject: &Subject<'_>) -> Vec<Finding> {
    of_files(subject, &[FindingKind::Placeholder])
}

pub(crate) fn are_readable(subject: &Subject<'_>) -> Vec<Finding> {
    of_files(subject, &[FindingKind::Damaged, FindingKind::Closed, FindingKind::NoValue])
}

pub(crate) fn have_their_readers(subject: &Subject<'_>) -> Vec<Finding> {
    if let Some(Secrets { looked: Err(cause), .. }) = subject.secrets() {
        let fix = Fix::run("git checkout -- secrets/.sops.yaml");
        return Verdict::problem(cause.clone(), fix).of_project();
    }
    of_files(subject, &[FindingKind::Readers, FindingKind::Unfinished])
}

pub(crate) fn are_not_exposed(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(Ok(looked)) = subject.secrets().map(|secrets| &secrets.looked) else { return Vec::new() };
    or_pass(tell(looked, &[FindingKind::Exposed], |_| true))
}

pub(crate) fn are_referenced(subject: &Subject<'_>) -> Vec<Finding> {
    of_files(subject, &[FindingKind::Unreferenced])
}

pub(crate) fn are_the_same(subject: &Subject<'_>) -> Vec<Finding> {
    of_files(subject, &[FindingKind::Differs])
}

fn is_orchestrators(secrets: &Secrets, found: &Found) -> bool {
    let about = found.host.as_ref().zip(found.secret.as_ref());
    about.is_some_and(|(host, secret)| secrets.is_orchestrators(host, secret))
}

/// What there is to say of hosts that are to come to life; a host that is not enabled may lack everything.
fn of_enabled_hosts(
    subject: &Subject<'_>,
    kinds: &[FindingKind],
    counts: impl Fn(&Secrets, &Found) -> bool,
) -> Vec<Finding> {
    let Some(secrets) = subject.secrets() else { return Vec::new() };
    let Ok(looked) = &secrets.looked else { return Vec::new() };
    let enabled: BTreeSet<&HostName> = enabled(subject).map(|(name, _)| name).collect();
    if enabled.is_empty() {
        return Vec::new();
    }
    or_pass(tell(looked, kinds, |found| {
        found.host.as_ref().is_some_and(|host| enabled.contains(host)) && counts(secrets, found)
    }))
}

/// What there is to say of encrypted files.
fn of_files(subject: &Subject<'_>, kinds: &[FindingKind]) -> Vec<Finding> {
    let Some(Ok(looked)) = subject.secrets().map(|secrets| &secrets.looked) else { return Vec::new() };
    if !looked.has_files {
        return Vec::new();
    }
    let has_no_key = looked.vault.identities.is_empty();
    let asks_for_values = kinds.iter().any(|kind| match kind {
        FindingKind::Closed | FindingKind::Placeholder | FindingKind::NoValue | FindingKind::Differs => true,
        FindingKind::Unfinished
        | FindingKind::HostKey
        | FindingKind::Missing
        | FindingKind::Unreferenced
        | FindingKind::Damaged
        | FindingKind::Readers
        | FindingKind::Exposed => false,
    });
    // Without a key every file counts as closed, which is one thing to tell and not one for each.
    let mut findings = tell(looked, kinds, |found| !(has_no_key && found.kind == FindingKind::Closed));
    if has_no_key && asks_for_values {
        findings.extend(Verdict::unknown("there is no key here to look into the files").of_project());
        return findings;
    }
    or_pass(findings)
}

fn tell(looked: &Looked, kinds: &[FindingKind], counts: impl Fn(&Found) -> bool) -> Vec<Finding> {
    let found = looked.findings.iter().filter(|found| kinds.contains(&found.kind) && counts(found));
    let verdict = |found: &Found| {
        let verdict = Verdict::problem(found.message.clone(), Fix::run(found.fix.clone()));
        Finding { about: found.host.as_ref().map(ToString::to_string), verdict }
    };
    found.map(verdict).collect()
}

fn or_pass(findings: Vec<Finding>) -> Vec<Finding> {
    if findings.is_empty() { Verdict::Pass.of_project() } else { findings }
}

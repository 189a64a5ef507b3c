//! Hosts that update themselves.

use clawlets_fleet::{Host, HttpUrl, SelfUpdate};
use clawlets_model::HostName;
use url::Url;

use super::{bootstrap::enabled, config::is_update_key};
use crate::{
    fix::Fix,
    network::reach,
    subject::Subject,
    verdict::{Finding, Verdict},
};

fn updating<'a>(subject: &'a Subject<'_>) -> impl Iterator<Item = (&'a HostName, &'a Host)> {
    enabled(subject).filter(|(_, host)| host.self_update.enable)
}

fn each(
    subject: &Subject<'_>,
    holds: impl Fn(&SelfUpdate) -> bool,
    otherwise: impl Fn(&HostName) -> Verdict,
) -> Vec<Finding> {
    updating(subject)
        .map(|(name, host)| {
            Verdict::pass_if(holds(&host.self_update), || otherwise(name)).about(name.as_str())
        })
        .collect()
}

/// That there are keys is a rule of the declaration; that they are keys is only a doubt there.
pub(crate) fn keys_are_keys(subject: &Subject<'_>) -> Vec<Finding> {
    let Some(loaded) = subject.loaded() else { return Vec::new() };
    let doubt_about = |name: &HostName| {
        let mut doubts = loaded.warnings.iter().filter(|problem| is_update_key(problem));
        doubts.find(|problem| problem.path.segments().nth(1) == Some(name.as_str()))
    };
    let look = |(name, _): (&HostName, &Host)| {
        let verdict = match doubt_about(name) {
            None => Verdict::Pass,
            Some(doubt) => Verdict::problem(
                format!("line {}: {doubt}: it verifies no release", doubt.line),
                Fix::run(format!("clawlets host set --host {name} --self-update-public-key KEY")),
            ),
        };
        verdict.about(name.as_str())
    };
    updating(subject).map(look).collect()
}

pub(crate) fn has_a_recovery_key(subject: &Subject<'_>) -> Vec<Finding> {
    each(
        subject,
        |update| update.allow_unsigned || !update.recovery_public_keys.is_empty(),
        |name| {
            let fix = format!("clawlets host set --host {name} --self-update-recovery-public-key KEY");
            Verdict::problem("it pins no recovery key", Fix::run(fix))
        },
    )
}

pub(crate) fn previous_keys_count(subject: &Subject<'_>) -> Vec<Finding> {
    let now = subject.machine.now();
    each(
        subject,
        |update| update.previous_public_keys_valid_until.is_none_or(|end| end.timestamp() > now),
        |name| {
            let fix = format!(
                "clawlets host set --host {name} --self-update-previous-public-key '' --self-update-previous-public-keys-valid-until ''"
            );
            Verdict::problem("the keys from before have ended, and are still listed", Fix::run(fix))
        },
    )
}

/// Signatures protect what a release is. That a host is shown the newest one, and not who asks for it, needs TLS.
pub(crate) fn urls_are_private(subject: &Subject<'_>) -> Vec<Finding> {
    let is_private = |url: &HttpUrl| {
        let host = url.url().host_str().unwrap_or_default();
        url.url().scheme() == "https" || matches!(host, "localhost" | "127.0.0.1" | "[::1]")
    };
    each(
        subject,
        |update| update.base_urls.iter().all(is_private),
        |name| {
            let fix = format!("clawlets host set --host {name} --self-update-base-url https://SERVER/deploy");
            Verdict::problem("it fetches releases without TLS", Fix::run(fix))
        },
    )
}

pub(crate) fn is_signed(subject: &Subject<'_>) -> Vec<Finding> {
    each(
        subject,
        |update| !update.allow_unsigned,
        |name| {
            let fix = format!("clawlets config set hosts.{name}.selfUpdate.allowUnsigned false");
            Verdict::problem("it takes releases that nobody signed", Fix::run(fix))
        },
    )
}

pub(crate) fn goes_forward(subject: &Subject<'_>) -> Vec<Finding> {
    each(
        subject,
        |update| !update.allow_rollback,
        |name| {
            let fix = format!("clawlets config set hosts.{name}.selfUpdate.allowRollback false");
            Verdict::problem("it takes an older release for a newer one", Fix::run(fix))
        },
    )
}

pub(crate) fn mirrors_answer(subject: &Subject<'_>) -> Vec<Finding> {
    let mut urls: Vec<Url> = updating(subject)
        .flat_map(|(_, host)| host.self_update.base_urls.iter().map(|url| url.url().clone()))
        .collect();
    urls.sort_unstable();
    urls.dedup();
    let answers = reach(subject.machine, &urls);
    urls.iter()
        .zip(answers)
        .map(|(url, answer)| {
            Verdict::of(answer, || Fix::run(format!("curl --head '{url}'"))).about(url.as_str())
        })
        .collect()
}

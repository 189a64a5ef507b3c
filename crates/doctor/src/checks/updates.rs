//! Hosts that update themselves.

use clawlets_fleet::{Host, SelfUpdate};
use clawlets_model::HostName;
use url::Url;

use super::bootstrap::enabled;
use crate::{
    network::{Reach, reach},
    subject::Subject,
    verdict::{Finding, Verdict},
};

fn updating<'a>(subject: &'a Subject<'_>) -> impl Iterator<Item = (&'a HostName, &'a Host)> {
    enabled(subject).filter(|(_, host)| host.self_update.enable)
}

fn each(
    subject: &Subject<'_>,
    holds: fn(&SelfUpdate) -> bool,
    otherwise: impl Fn(&HostName) -> Verdict,
) -> Vec<Finding> {
    updating(subject)
        .map(|(name, host)| {
            Verdict::pass_if(holds(&host.self_update), || otherwise(name)).about(name.as_str())
        })
        .collect()
}

pub(crate) fn has_keys(subject: &Subject<'_>) -> Vec<Finding> {
    each(
        subject,
        |update| update.allow_unsigned || !update.public_keys.is_empty(),
        |name| {
            let fix = format!("clawlets config set hosts.{name}.selfUpdate.publicKeys '[\"KEY\"]'");
            Verdict::problem("it trusts no signing key", fix)
        },
    )
}

pub(crate) fn has_urls(subject: &Subject<'_>) -> Vec<Finding> {
    each(
        subject,
        |update| !update.base_urls.is_empty(),
        |name| {
            let fix = format!("clawlets config set hosts.{name}.selfUpdate.baseUrls '[\"https://…\"]'");
            Verdict::problem("it knows no place of releases", fix)
        },
    )
}

pub(crate) fn is_signed(subject: &Subject<'_>) -> Vec<Finding> {
    each(
        subject,
        |update| !update.allow_unsigned,
        |name| {
            let fix = format!("clawlets config set hosts.{name}.selfUpdate.allowUnsigned false");
            Verdict::problem("it takes releases that nobody signed", fix)
        },
    )
}

pub(crate) fn goes_forward(subject: &Subject<'_>) -> Vec<Finding> {
    each(
        subject,
        |update| !update.allow_rollback,
        |name| {
            let fix = format!("clawlets config set hosts.{name}.selfUpdate.allowRollback false");
            Verdict::problem("it takes an older release for a newer one", fix)
        },
    )
}

pub(crate) fn mirrors_answer(subject: &Subject<'_>) -> Vec<Finding> {
    let mut urls: Vec<String> = updating(subject)
        .flat_map(|(_, host)| host.self_update.base_urls.iter().map(|url| url.as_str().to_owned()))
        .collect();
    urls.sort_unstable();
    urls.dedup();
    urls.into_iter()
        .map(|url| {
            let verdict = match Url::parse(&url).map(|url| reach(&url)) {
                Ok(Reach::Answers) => Verdict::Pass,
                Ok(Reach::Refuses(cause)) => Verdict::problem(cause, format!("curl --head {url}")),
                Ok(Reach::Unknown(why)) => Verdict::unknown(why),
                Err(error) => Verdict::problem(error.to_string(), "clawlets config validate"),
            };
            verdict.about(url)
        })
        .collect()
}
